"""The parent of the workers, and what it leaves behind."""
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.signposting.data_files import ROOT
from tests.conftest import free_port
from tests.servers import serving, until


def test_workers_end_with_their_parent_however_it_ends():
    with serving() as bot:
        workers = bot.workers()
        bot.process.kill()
        until(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers), 20, "the workers are gone")


def test_with_a_full_disk_it_does_not_start(tmp_path):
    """A temporary folder of 1 MB, in which no model can be unpacked."""
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(small)], capture_output=True).returncode:
        pytest.skip("needs the right to mount a file system")
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "bot", "serve", "--port", str(free_port())], cwd=ROOT, capture_output=True, text=True, timeout=120,
            env={**os.environ, "TMPDIR": str(small)},
        )
    finally:
        subprocess.run(["umount", str(small)], check=True)
    assert ended.returncode == 1 and "No space left on device" in ended.stderr and len(ended.stderr.splitlines()) == 1
