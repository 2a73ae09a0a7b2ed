"""The learned part: how much a text sounds like a worry, like danger now, like each intent, and who seems to speak.

One representation, linear heads. A text is its sentence vector's nearness to some training texts (a Gaussian kernel, approximated
after Nystroem) beside its word and letter n-grams. The heads are linear support vector machines. The scores of the yes/no heads are
turned into probabilities with scores that the training texts got from models that had not seen them (Platt); the intents only compete.
"""
from __future__ import annotations

from pathlib import Path
from typing import Dict, List, NamedTuple, Sequence, Tuple

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

LANDMARKS = 2000
KERNEL_WIDTH = 1.0       # gamma of the Gaussian kernel between sentence vectors of length 1
NGRAM_SHARE = 0.5        # weight of the n-grams beside the kernel
SOFTNESS = 1.0           # C of the yes/no heads
SOFTNESS_INTENTS = 0.5   # C of the intents' head
SHARPNESS = 3.0          # how much the best intent takes of the shares
FOLDS = 3
YES_NO = 3               # the heads before the intents': worry, now, adult

_VECTORIZERS: Dict[str, Dict] = {
    "word": dict(analyzer="word", token_pattern=r"\S+", ngram_range=(1, 2), sublinear_tf=True, min_df=2, dtype=np.float32),
    "char": dict(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=3, dtype=np.float32),
}


class Example(NamedTuple):
    """One training text: as `bot.nlu.encoder.readable` gives it, its vector, and what is known of it."""

    text: str
    vector: np.ndarray
    intent: str
    worry: bool
    now: bool
    speaker: str    # child, adult, professional or unknown


class Reading(NamedTuple):
    """For each text read (rows): the probability of a worry, of danger now, of an adult speaking, and of each intent."""

    worry: np.ndarray
    now: np.ndarray
    adult: np.ndarray
    intents: np.ndarray


class ConcernModel:
    """Arrays only, so that it is kept as .npz and loads in no time."""

    def __init__(self, arrays: Dict[str, np.ndarray]) -> None:
        # Row by row in memory: scipy copies anything else anew for each product.
        self._arrays = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
        self.intents: List[str] = [str(one) for one in arrays["intents"]]
        self._landmarks = arrays["landmarks"]
        self._vectorizers = []
        for name, options in _VECTORIZERS.items():
            vectorizer = TfidfVectorizer(**{**options, "min_df": 1}, vocabulary={str(term): place for place, term in enumerate(arrays[f"{name}_terms"])})
            vectorizer.idf_ = arrays[f"{name}_idf"]
            self._vectorizers.append(vectorizer)

    # ---- reading

    def read(self, vectors: np.ndarray, texts: Sequence[str]) -> Reading:
        """`vectors`: a row for each of the `texts`."""
        # As float32, like the weights: scipy would otherwise turn all weights into float64 for each product.
        grams = hstack([vectorizer.transform(texts) for vectorizer in self._vectorizers]).tocsr().astype(np.float32)
        kernel = np.exp(-KERNEL_WIDTH * (2.0 - 2.0 * (vectors @ self._landmarks.T)))
        scores = kernel @ self._arrays["kernel_weights"] + NGRAM_SHARE * (grams @ self._arrays["gram_weights"]) + self._arrays["offsets"]
        chances = 1.0 / (1.0 + np.exp(-(scores[:, :YES_NO] * self._arrays["slopes"] + self._arrays["shifts"])))
        rivals = np.exp(SHARPNESS * (scores[:, YES_NO:] - scores[:, YES_NO:].max(axis=1, keepdims=True)))
        return Reading(chances[:, 0], chances[:, 1], chances[:, 2], rivals / rivals.sum(axis=1, keepdims=True))

    # ---- learning

    @classmethod
    def learn(cls, examples: Sequence[Example]) -> "ConcernModel":
        texts = [one.text for one in examples]
        vectors = np.vstack([one.vector for one in examples])
        vectorizers = {name: TfidfVectorizer(**options).fit(texts) for name, options in _VECTORIZERS.items()}
        nystroem = Nystroem(gamma=KERNEL_WIDTH, n_components=min(LANDMARKS, len(texts)), random_state=0).fit(vectors)
        features = hstack(
            [csr_matrix(nystroem.transform(vectors).astype(np.float32))]
            + [vectorizer.transform(texts) * NGRAM_SHARE for vectorizer in vectorizers.values()]
        ).tocsr()
        intents = np.array([one.intent for one in examples])
        names = sorted(set(intents))
        speakers = np.array([one.speaker for one in examples])
        targets = [(np.array([one.worry for one in examples]), None), (np.array([one.now for one in examples]), None)]
        targets.append((np.isin(speakers, ["adult", "professional"]), speakers != "unknown"))
        heads = [_yes_no(features, target, where) for target, where in targets]
        machine = LinearSVC(C=SOFTNESS_INTENTS, random_state=0).fit(features, intents)
        weights = np.vstack([*(head[0] for head in heads), machine.coef_]).T
        kernel_size = nystroem.components_.shape[0]
        arrays = {
            "intents": np.array(names),
            "landmarks": nystroem.components_.astype(np.float32),
            "kernel_weights": (nystroem.normalization_.T @ weights[:kernel_size]).astype(np.float32),
            "gram_weights": np.ascontiguousarray(weights[kernel_size:], dtype=np.float32),
            "offsets": np.array([*(head[1] for head in heads), *machine.intercept_], dtype=np.float32),
            "slopes": np.array([head[2] for head in heads], dtype=np.float32),
            "shifts": np.array([head[3] for head in heads], dtype=np.float32),
        }
        for name, vectorizer in vectorizers.items():
            arrays[f"{name}_terms"] = vectorizer.get_feature_names_out().astype(str)
            arrays[f"{name}_idf"] = vectorizer.idf_.astype(np.float32)
        return cls(arrays)

    # ---- keeping

    def save(self, path: Path) -> None:
        np.savez(path, **self._arrays)

    @classmethod
    def load(cls, path: Path) -> "ConcernModel":
        with np.load(path, allow_pickle=False) as arrays:
            return cls({name: arrays[name] for name in arrays.files})


Head = Tuple[np.ndarray, float, float, float]   # weights, offset, and slope and shift of its probability


def _yes_no(features: csr_matrix, target: np.ndarray, where: np.ndarray = None) -> Head:
    rows = np.flatnonzero(where) if where is not None else np.arange(len(target))
    inside, wanted = features[rows], target[rows].astype(int)
    unseen = np.zeros(len(rows))
    for learn, test in StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(inside, wanted):
        unseen[test] = LinearSVC(C=SOFTNESS, random_state=0).fit(inside[learn], wanted[learn]).decision_function(inside[test])
    slope, shift = _platt(unseen, wanted)
    machine = LinearSVC(C=SOFTNESS, random_state=0).fit(inside, wanted)
    return machine.coef_[0], float(machine.intercept_[0]), slope, shift


def _platt(scores: np.ndarray, target: np.ndarray) -> Tuple[float, float]:
    fitted = LogisticRegression(C=1e3).fit(scores[:, None], target)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])
