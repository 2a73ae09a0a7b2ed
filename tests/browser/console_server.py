"""A staff console of its own, on a copy of the project: tests may change its data and its flows."""
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import time
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Iterator, Tuple

import httpx
import numpy as np

from bot.signposting.data_files import ROOT
from tests.conftest import READY_WITHIN_SECONDS, free_port

PARTS = ("bot", "actions", "data", "config.yml", "requirements.txt", "pyproject.toml")
FIRST_FLOW = """test_cases:
  - test_case: A child who is hit at home
    steps:
      - user: my dad hits me when he is angry. im 11
        assertions:
          - first: childline
"""


class Console:
    """`link` signs in; `address` is where it answers; `folder` is its copy of the project."""

    def __init__(self, folder: Path, link: str) -> None:
        self.folder, self.link = folder, link
        self.address = link.split("/?", 1)[0]
        self._client = httpx.Client(timeout=180, trust_env=False)

    @property
    def flows(self) -> Path:
        return self.folder / "tests" / "flows"

    @lru_cache(maxsize=None)
    def cookie(self) -> str:
        return self.raw("GET", self.link).cookies["staff_console"]

    def raw(self, method: str, address: str, **options: Any) -> httpx.Response:
        """A request with nothing but what `options` give it: no cookie is kept from one to the next."""
        self._client.cookies.clear()
        return self._client.request(method, address, **options)

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.raw("GET", self.address + path, headers={"Cookie": f"staff_console={self.cookie()}", **headers})

    def post(self, path: str, body: object, **headers: str) -> httpx.Response:
        sent = {"Cookie": f"staff_console={self.cookie()}", "Origin": self.address, **headers}
        return self.raw("POST", f"{self.address}/staff/api/{path}", json=body, headers=sent)

    @contextmanager
    def changed(self, name: str, old: str, new: str) -> Iterator[Tuple[Path, int]]:
        """A file of data/ with `old` replaced by `new`, until the block ends; gives the file and the line of the change."""
        path = self.folder / "data" / name
        before = path.read_text(encoding="utf-8")
        assert before.count(old) >= 1, f"{old!r} does not stand in {name}"
        path.write_text(before.replace(old, new, 1), encoding="utf-8")
        try:
            yield path, before[: before.index(old)].count("\n") + 1
        finally:
            path.write_text(before, encoding="utf-8")

    def line(self, where: str) -> str:
        """The line that something such as data/routes.yml:61 points to."""
        name, number = where.rsplit(":", 1)
        return (self.folder / name).read_text(encoding="utf-8").splitlines()[int(number) - 1]


@contextmanager
def serving_console(folder: Path) -> Iterator[Console]:
    """Started as `make console` starts it, until the block ends."""
    skip = shutil.ignore_patterns("__pycache__")
    for part in PARTS:
        (shutil.copytree(ROOT / part, folder / part, ignore=skip) if (ROOT / part).is_dir() else shutil.copy2(ROOT / part, folder / part))
    (folder / "models").mkdir()
    for name in ("model.tar.gz", "made-of"):
        shutil.copy2(ROOT / "models" / name, folder / "models" / name)
    (folder / "tests" / "flows").mkdir(parents=True)
    (folder / "tests" / "flows" / "first.yml").write_text(FIRST_FLOW)
    who = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q"], ["add", "data", "tests"], [*who, "commit", "-q", "-m", "As approved"]):
        subprocess.run(["git", *command], cwd=folder, check=True, capture_output=True)
    log = folder / "log"
    with log.open("w") as out:
        process = subprocess.Popen([sys.executable, "-m", "bot", "console", "--port", str(free_port())], cwd=folder, env={**os.environ}, stdout=out, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while not (found := re.search(r"http://127\.0\.0\.1:\d+/\?token=\S+", log.read_text())):
            assert process.poll() is None and time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
        yield Console(folder, found.group())
    finally:
        process.terminate()
        process.wait(timeout=20)


def another_training(model: Path, to: Path, never: str) -> None:
    """A model like `model` that takes nothing for the intent `never`."""
    with tarfile.open(model) as old:
        contents = {member.name: old.extractfile(member).read() for member in old.getmembers() if member.isfile()}
        place = next(name for name in contents if name.endswith("/offsets.npy"))
        offsets, intents = (np.load(io.BytesIO(contents[place.replace("offsets", which)])) for which in ("offsets", "intents"))
        offsets.ravel()[len(offsets.ravel()) - len(intents) + list(intents).index(never)] -= 100
        out = io.BytesIO()
        np.save(out, offsets)
        contents[place] = out.getvalue()
        with tarfile.open(to, "w:gz") as new:
            for member in old.getmembers():
                content = contents.get(member.name, b"")
                member.size = len(content)
                new.addfile(member, io.BytesIO(content))
