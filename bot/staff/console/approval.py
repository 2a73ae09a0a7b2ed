"""What has changed in the files that staff edit, as a page to print for the second person who approves it."""
import datetime
import subprocess
from pathlib import Path
from typing import List, Tuple

from jinja2 import Environment, FileSystemLoader

from bot.signposting.data_files import ROOT

FOLDERS = ("data", "tests/flows")
_HERE = Path(__file__).parent / "page"


def _git(*arguments: str) -> str:
    return subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, check=True, timeout=30).stdout.decode("utf-8", "replace")


def changed_lines() -> Tuple[str, List[Tuple[str, str]]]:
    """The version compared with, and the changed lines as (kind, text); kind: file, place, added, removed or same.

    Raises OSError or subprocess.SubprocessError where there is no git or this is no git checkout.
    """
    version = _git("log", "-1", "--format=%h of %ad", "--date=format:%Y-%m-%d").strip()
    found: List[Tuple[str, str]] = []
    for line in _git("diff", "--no-color", "--no-ext-diff", "HEAD", "--", *FOLDERS).splitlines():
        if line.startswith("diff --git "):
            found.append(("file", line.rsplit(" b/", 1)[-1]))
        elif line.startswith("@@"):
            start = line.split("+", 1)[1].split(" ", 1)[0].split(",")[0]
            found.append(("place", "the whole file is gone" if start == "0" else f"from line {start} on"))
        elif line.startswith(("+++", "---", "index ", "new file", "deleted file", "old mode", "new mode", "similarity", "rename ")):
            continue
        else:
            found.append(({"+": "added", "-": "removed"}.get(line[:1], "same"), line[1:]))
    for name in _git("ls-files", "--others", "--exclude-standard", "-z", "--", *FOLDERS).split("\0"):
        if name:
            found.append(("file", f"{name} (new)"))
            found += [("added", line) for line in (ROOT / name).read_text(encoding="utf-8", errors="replace").splitlines()]
    return version, found


def changes_page() -> str:
    """The page. It says so where there is nothing to compare with."""
    try:
        version, lines = changed_lines()
    except (OSError, subprocess.SubprocessError):
        version, lines = "", []
    template = Environment(loader=FileSystemLoader(str(_HERE)), autoescape=True, trim_blocks=True, lstrip_blocks=True).get_template("changes.html.j2")
    return template.render(version=version, lines=lines, today=datetime.date.today(), folders=FOLDERS)
