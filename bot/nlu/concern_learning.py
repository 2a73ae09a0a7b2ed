"""How bot/nlu/concern_model.py is learned from training texts.

The heads are linear support vector machines. The scores of the yes/no heads are turned into probabilities with scores that the training
texts got from models that had not seen them (Platt); the intents only compete.
"""
from __future__ import annotations

import multiprocessing
import os
from typing import Any, List, NamedTuple, Sequence, Tuple

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.cluster import MiniBatchKMeans
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from bot.nlu.concern_model import GRAMS, YES_NO, ConcernModel, key_of

LANDMARKS = 3000
KERNEL_WIDTH = 1.6       # gamma of the Gaussian kernel between sentence vectors of length 1
NGRAM_SHARE = 0.5        # weight of the n-grams beside the kernel
SOFTNESS = 1.0           # C of the yes/no heads
SOFTNESS_INTENTS = 0.5   # C of the intents' head
FOLDS = 3
TOLERANCE = 1e-3         # scores are within 0.0002 of those at 1e-4, in half the time
GROUPS = 4               # of intents, learned beside each other
RAREST = {"word": 2, "char": 3}   # in how many texts an n-gram must be


class Example(NamedTuple):
    """One training text: as `bot.nlu.encoder.readable` gives it, its vector, and what is known of it."""

    text: str
    vector: np.ndarray
    intent: str
    worry: bool
    now: bool
    speaker: str    # child, adult, professional, either (a careful reader could not tell) or unknown (nobody said)


def learn(examples: Sequence[Example]) -> ConcernModel:
    texts = [one.text for one in examples]
    vectors = np.vstack([one.vector for one in examples])
    vectorizers = {name: TfidfVectorizer(analyzer=GRAMS[name], sublinear_tf=True, min_df=least, dtype=np.float32) for name, least in RAREST.items()}
    grams = [vectorizer.fit_transform(texts) * NGRAM_SHARE for vectorizer in vectorizers.values()]
    landmarks = _landmarks(vectors)
    nystroem = Nystroem(gamma=KERNEL_WIDTH, n_components=len(landmarks), random_state=0).fit(landmarks)
    features = hstack([_all_full(nystroem.transform(vectors)), *grams], format="csr", dtype=np.float64)
    features.sort_indices()   # once, instead of in each of the many machines
    names, heads, machine = _machines(features, examples)
    weights = np.vstack([*(head[0] for head in heads), machine[0]]).T
    kernel_size = nystroem.components_.shape[0]
    arrays = {
        "intents": np.array(names),
        "kernel_width": np.float32(KERNEL_WIDTH),
        "landmarks": nystroem.components_.astype(np.float32),
        "kernel_weights": (nystroem.normalization_.T @ weights[:kernel_size]).astype(np.float32),
        "gram_weights": np.ascontiguousarray(weights[kernel_size:] * NGRAM_SHARE, dtype=np.float32),
        "offsets": np.array([*(head[1] for head in heads), *machine[1]], dtype=np.float32),
        "slopes": np.array([head[2] for head in heads], dtype=np.float32),
        "shifts": np.array([head[3] for head in heads], dtype=np.float32),
    }
    orders, before = [], 0
    for name, vectorizer in vectorizers.items():
        keys = np.array([key_of(gram) for gram in vectorizer.get_feature_names_out()], dtype=np.uint64)
        order = np.argsort(keys)
        arrays[f"{name}_keys"] = keys[order]
        arrays[f"{name}_idf"] = vectorizer.idf_[order].astype(np.float32)
        orders.append(before + order)
        before += len(keys)
    arrays["gram_weights"] = arrays["gram_weights"][np.concatenate(orders)]
    return ConcernModel(arrays)


def _landmarks(vectors: np.ndarray) -> np.ndarray:
    """The middles of so many heaps of texts that are near each other: they stand for all of them better than as many texts taken at random."""
    heaps = MiniBatchKMeans(min(LANDMARKS, len(vectors)), init="random", n_init=1, max_iter=15, batch_size=4096, max_no_improvement=None, random_state=0)
    middles = heaps.fit(vectors).cluster_centers_
    return middles / np.linalg.norm(middles, axis=1, keepdims=True)


Head = Tuple[np.ndarray, float, float, float]   # weights, offset, and slope and shift of its probability
Rows = Tuple[np.ndarray, np.ndarray]            # weights, offsets: a row, a number for each intent
REST = ""                                       # stands for the intents of other groups; sorts before any name
_features: csr_matrix                           # what all machines learn from: forked processes share it, which no argument would


def _machines(features: csr_matrix, examples: Sequence[Example]) -> Tuple[List[str], List[Head], Rows]:
    """The intents' names in order, the yes/no heads, and the intents' head; learned in two processes where there are two cores."""
    global _features
    _features = features
    intents = np.array([one.intent for one in examples])
    speakers = np.array([one.speaker for one in examples])
    names = sorted(set(intents))
    everyone = np.arange(len(examples))
    tasks: List[Tuple] = [(_one_group, intents, group.tolist()) for group in np.array_split(names, min(GROUPS, len(names)))]
    tasks += [
        (_yes_no, np.array([one.worry for one in examples]), everyone),
        (_yes_no, np.array([one.now for one in examples]), everyone),
        (_yes_no, np.isin(speakers, ["adult", "professional"]), np.flatnonzero(speakers != "unknown")),
        (_yes_no, speakers == "child", np.flatnonzero(speakers != "unknown")),
    ]
    with multiprocessing.get_context("fork").Pool(min(2, os.cpu_count() or 1)) as pool:
        found = pool.map(_run, tasks, chunksize=1)
    del _features
    groups, heads = found[:-YES_NO], found[-YES_NO:]
    return names, heads, (np.vstack([weights for weights, _ in groups]), np.concatenate([offsets for _, offsets in groups]))


def _all_full(matrix: np.ndarray) -> csr_matrix:
    """A dense matrix as a sparse one, without the search for zeros that csr_matrix would make."""
    rows, columns = matrix.shape
    return csr_matrix((matrix.ravel(), np.tile(np.arange(columns, dtype=np.int32), rows), np.arange(rows + 1, dtype=np.int32) * columns), shape=matrix.shape)


def _run(task: Tuple) -> Any:
    work, *arguments = task
    return work(*arguments)


def _one_group(intents: np.ndarray, group: List[str]) -> Rows:
    """Each intent of the group against all others. The machines of one fit do not touch each other, so groups change nothing."""
    machine = LinearSVC(C=SOFTNESS_INTENTS, tol=TOLERANCE, random_state=0).fit(_features, np.where(np.isin(intents, group), intents, REST))
    return machine.coef_[1:], machine.intercept_[1:]


def _yes_no(target: np.ndarray, rows: np.ndarray) -> Head:
    inside, wanted = (_features if len(rows) == len(target) else _features[rows]), target[rows].astype(int)
    unseen = np.zeros(len(rows))
    for learn, test in StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(inside, wanted):
        machine = LinearSVC(C=SOFTNESS, tol=TOLERANCE, random_state=0).fit(inside[learn], wanted[learn])
        unseen[test] = machine.decision_function(inside[test])
    slope, shift = _platt(unseen, wanted)
    machine = LinearSVC(C=SOFTNESS, tol=TOLERANCE, random_state=0).fit(inside, wanted)
    return machine.coef_[0], float(machine.intercept_[0]), slope, shift


def _platt(scores: np.ndarray, target: np.ndarray) -> Tuple[float, float]:
    fitted = LogisticRegression(C=1e3).fit(scores[:, None], target)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])
