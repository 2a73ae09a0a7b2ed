"""Sentence vectors of the training phrases, kept between trainings, so that after a change only new phrases are encoded.

Kept in .cache/sentence-vectors.npz: for each phrase a digest of the encoder's version and the phrase (never the phrase), and its vector. Only what
the last training used is kept, so it stays as large as data/nlu/ (about 2 KB a phrase). Visitors' messages never come here.
"""
import hashlib
import multiprocessing
import os
import zipfile
from pathlib import Path
from typing import Dict, List, Sequence

import numpy as np

from bot.nlu.encoder import encode
from bot.nlu.sentence_model import UNPACKED
from bot.signposting.data_files import ROOT

CACHE = ROOT / ".cache" / "sentence-vectors.npz"
FEW = 2000     # texts: up to this many are encoded in one process
LENGTH = 512   # numbers in a vector


def vectors_of(texts: Sequence[str], cache: Path = CACHE) -> np.ndarray:
    """One row of float32 numbers for each text, as `bot.nlu.encoder.encode` gives it. A cache that cannot be read or written does not matter."""
    keys = [_key(text) for text in texts]
    known = _read(cache)
    new = {key: text for key, text in zip(keys, texts) if key not in known}
    if new:
        print(f"  encoding {len(new)} phrases", flush=True)
        known.update(zip(new, _encoded(list(new.values()))))
        _write(cache, {key: known[key] for key in keys})
    return np.vstack([known[key] for key in keys])


def _key(text: str) -> bytes:
    # 17 bytes with a last one that is not zero: numpy drops zeros at the end of a string of bytes.
    return hashlib.blake2b(f"{UNPACKED.name}\n{text}".encode(), digest_size=16).digest() + b"."


def _encoded(texts: List[str]) -> np.ndarray:
    if len(texts) <= FEW or (os.cpu_count() or 1) < 2:
        return encode(texts)
    middle = len(texts) // 2
    with multiprocessing.get_context("fork").Pool(2) as pool:
        return np.vstack(pool.map(encode, [texts[:middle], texts[middle:]], chunksize=1))


def _read(cache: Path) -> Dict[bytes, np.ndarray]:
    try:
        with np.load(cache, allow_pickle=False) as kept:
            keys, vectors = kept["keys"], kept["vectors"]
        if vectors.dtype != np.float32 or vectors.shape != (len(keys), LENGTH) or not np.isfinite(vectors).all():
            return {}
        return dict(zip(keys.tolist(), vectors))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return {}


def _write(cache: Path, known: Dict[bytes, np.ndarray]) -> None:
    try:
        cache.parent.mkdir(exist_ok=True)
        half = cache.with_name(f"{cache.stem}.{os.getpid()}.npz")
        np.savez(half, keys=np.array(list(known)), vectors=np.vstack(list(known.values())))
        half.replace(cache)
    except OSError:
        pass
