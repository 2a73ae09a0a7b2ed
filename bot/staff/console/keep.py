"""Flow files in tests/flows/ as the console reads, drafts, checks and saves them; never a file anywhere else."""
import os
import re
import tempfile
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

from bot.signposting.data_files import ROOT, DataError, shown
from bot.signposting.reply import Message
from bot.staff.console.talk import Conversation
from bot.staff.flows import Flow, from_conversation, load
from bot.staff.flows.reading import flow_files
from bot.staff.flows.writing import as_yaml

FOLDER = ROOT / "tests" / "flows"
LONGEST_NAME = 60
MOST_LETTERS = 200_000
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*(\.yml|\.yaml|\.csv)", re.IGNORECASE)
_HEAD = "# Kept from a conversation in the staff console. Take out what need not be so, and save.\ntest_cases:\n"


class NoSuchFile(ValueError):
    """There is no flow file of that name, or it is no name for one."""


def file_named(name: str) -> Path:
    """A flow file that is there, or one that may be made: directly in tests/flows. Raises NoSuchFile for whatever is neither."""
    if name in _there():
        return FOLDER / name
    if len(name) > LONGEST_NAME or not _NAME.fullmatch(name):
        raise NoSuchFile(f"{name[:80]!r} is no name for a test: letters, digits, - and _ only, and .yml at the end")
    path = FOLDER / name
    if path.is_symlink() or path.resolve().parent != FOLDER.resolve():
        raise NoSuchFile(f"{name!r} does not lie in tests/flows")
    return path


def _there() -> List[str]:
    return [relative(path) for path in flow_files(FOLDER)] if FOLDER.is_dir() else []


def relative(path: Path) -> str:
    """The file's name as the page knows it: from tests/flows on."""
    return path.relative_to(FOLDER).as_posix() if FOLDER in path.parents else path.name


def name_for(title: str) -> str:
    """A file name made of whatever somebody typed as a title."""
    plain = re.sub(r"[^a-z0-9]+", "-", title.lower().rsplit(".yml", 1)[0]).strip("-")[: LONGEST_NAME - 4].strip("-")
    return f"{plain or 'conversation'}.yml"


def listed() -> Tuple[List[Dict[str, Any]], List[str]]:
    """Every flow file with its flows, and every mistake in them."""
    files, mistakes = [], []
    for name in _there():
        try:
            flows = [{"name": flow.name, "line": flow.line, "steps": len(flow.steps)} for flow in load([FOLDER / name])]
        except DataError as error:
            flows = []
            mistakes += str(error).splitlines()
        files.append({"file": name, "flows": flows})
    return files, mistakes


def draft(title: str, conversation: Conversation, answers: List[Tuple[List[Message], Dict[str, Any]]]) -> Dict[str, str]:
    """A test of the conversation as it went, to be edited: its file name and text."""
    said = [(turn.text if not turn.choice else None, turn.choice or None, *answer) for turn, answer in zip(conversation.turns, answers)]
    name = name_for(title)
    return {"file": name, "text": _HEAD + as_yaml(from_conversation(title.strip() or "A conversation", FOLDER / name, said, conversation.start))}


def read(name: str) -> str:
    path = file_named(name)
    if not path.is_file():
        raise NoSuchFile(f"there is no {name} in tests/flows")
    return path.read_text(encoding="utf-8")


def checked(name: str, text: str) -> List[Flow]:
    """The flows that the text holds. Raises DataError with every mistake, named as if the file were saved already."""
    path = file_named(name)
    if len(text) > MOST_LETTERS:
        raise DataError(f"{shown(path)}: a file has at most {MOST_LETTERS} letters here")
    with tempfile.TemporaryDirectory() as folder:
        trial = Path(folder) / path.name
        trial.write_text(text, encoding="utf-8")
        try:
            flows = load([trial])
        except DataError as error:
            raise DataError(str(error).replace(str(trial), shown(path))) from None
    if not flows:
        raise DataError(f"{shown(path)}:1: there is no test in it")
    return flows


def save(name: str, text: str, overwrite: bool = False) -> Optional[str]:
    """Saves a checked text and returns None, or why it was not saved: a file of that name is there and may not be replaced."""
    checked(name, text)
    path = file_named(name)
    if path.exists() and not overwrite:
        return f"tests/flows/{name} is there already. Save under another name, or replace it."
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=FOLDER, prefix=".saving-", delete=False) as trial:
        trial.write(text if text.endswith("\n") else f"{text}\n")
    os.chmod(trial.name, 0o644)
    os.replace(trial.name, path)   # a reader sees the old file or the new one, never half of it
    return None
