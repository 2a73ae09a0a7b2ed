"""The learned part: how much a text sounds like a worry, like danger now, like each intent, and who seems to speak.

One representation, linear heads. A text is its sentence vector's nearness to the middles of heaps of training texts (a Gaussian kernel, approximated
after Nystroem) beside its word and letter n-grams. How the heads are learned is told in bot/nlu/concern_learning.py.
"""
from __future__ import annotations

from pathlib import Path
from typing import Callable, Dict, List, NamedTuple, Sequence

import numpy as np

SHARPNESS = 3.0          # how much the best intent takes of the shares
YES_NO = 4               # the heads before the intents': worry, now, adult, child
LETTERS = range(2, 6)    # in a letter n-gram
_FACTOR = np.uint64(0x9E3779B97F4A7C15)   # of the keys: any large odd number that was not made to fit


class Reading(NamedTuple):
    """For each text read (rows): the probability of a worry, of danger now, of an adult and of a child speaking, and of each intent."""

    worry: np.ndarray
    now: np.ndarray
    adult: np.ndarray
    child: np.ndarray
    intents: np.ndarray


def word_grams(text: str) -> List[str]:
    """The words of a text, and each two in a row."""
    words = text.lower().split()
    return words + [f"{first} {second}" for first, second in zip(words, words[1:])]


def letter_grams(text: str) -> List[str]:
    """Two to five letters in a row, inside words with a space at both ends."""
    grams: List[str] = []
    for word in text.lower().split():
        padded = f" {word} "
        for length in LETTERS:
            if length >= len(padded):
                grams.append(padded)
                break
            grams += [padded[start:start + length] for start in range(len(padded) - length + 1)]
    return grams


GRAMS: Dict[str, Callable[[str], List[str]]] = {"word": word_grams, "char": letter_grams}


def key_of(gram: str) -> int:
    """The number (of 64 bits) by which an n-gram is kept and looked up: among 200,000, two are the same once in a billion trainings."""
    key = 0
    for letter in gram:
        key = (key * int(_FACTOR) + ord(letter)) % 2**64
    return key


def word_keys(text: str) -> np.ndarray:
    """The keys of a text's word n-grams."""
    return np.array([key_of(gram) for gram in word_grams(text)], dtype=np.uint64)


def letter_keys(text: str) -> np.ndarray:
    """The keys of a text's letter n-grams, all of a length at once: that costs a third of making the n-grams and finding them by their letters."""
    padded = "".join(f" {word} " for word in text.lower().split())
    letters = np.frombuffer(padded.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    space = letters == ord(" ")
    word = np.append(0, np.cumsum(space[:-1] & space[1:]))   # which word each letter is in: between words there are two spaces
    keys, found = letters, []
    for length in LETTERS:
        keys = keys[:-1] * _FACTOR + letters[length - 1:]
        found.append(keys[word[:1 - length] == word[length - 1:]])
    return np.concatenate(found)


KEYS: Dict[str, Callable[[str], np.ndarray]] = {"word": word_keys, "char": letter_keys}


class ConcernModel:
    """Arrays only. Loaded they stay in their files: the system reads the pages that messages need, and may drop them again."""

    def __init__(self, arrays: Dict[str, np.ndarray]) -> None:
        """`word_keys` and `char_keys` are sorted; the `gram_weights` are in their order, words first."""
        self._arrays = arrays
        self.intents: List[str] = [str(one) for one in arrays["intents"]]
        middle = len(arrays["word_keys"])
        self._weights = {"word": arrays["gram_weights"][:middle], "char": arrays["gram_weights"][middle:]}

    def read(self, vectors: np.ndarray, texts: Sequence[str]) -> Reading:
        """`vectors`: a row for each of the `texts`."""
        grams = self._gram_scores(texts)
        nearness = (self._arrays["landmarks"] @ vectors.T).T   # in this order, numpy takes a third of the time for a single row
        kernel = np.exp(-self._arrays["kernel_width"] * (2.0 - 2.0 * nearness))
        scores = kernel @ self._arrays["kernel_weights"] + grams + self._arrays["offsets"]
        chances = 1.0 / (1.0 + np.exp(-(scores[:, :YES_NO] * self._arrays["slopes"] + self._arrays["shifts"])))
        rivals = np.exp(SHARPNESS * (scores[:, YES_NO:] - scores[:, YES_NO:].max(axis=1, keepdims=True)))
        return Reading(*chances.T, rivals / rivals.sum(axis=1, keepdims=True))

    def _gram_scores(self, texts: Sequence[str]) -> np.ndarray:
        """What the n-grams add to each text's scores: TfidfVectorizer's numbers, without its checks and sparse matrices, which cost more than the sum."""
        scores = np.zeros((len(texts), self._arrays["gram_weights"].shape[1]), dtype=np.float32)
        for name, keys_of in KEYS.items():
            known = self._arrays[f"{name}_keys"]
            for row, text in enumerate(texts):
                keys, times = np.unique(keys_of(text), return_counts=True)
                found = np.minimum(known.searchsorted(keys), len(known) - 1)
                here = known[found] == keys
                if here.any():
                    found = found[here]
                    values = (1.0 + np.log(times[here].astype(np.float32))) * self._arrays[f"{name}_idf"][found]
                    scores[row] += (values / np.sqrt(values @ values)) @ self._weights[name][found]
        return scores

    def save(self, folder: Path) -> None:
        """A file an array."""
        for name, array in self._arrays.items():
            np.save(folder / f"{name}.npy", np.ascontiguousarray(array))

    @classmethod
    def load(cls, folder: Path) -> "ConcernModel":
        return cls({path.stem: np.asarray(np.load(path, mmap_mode="r", allow_pickle=False)) for path in folder.glob("*.npy")})
