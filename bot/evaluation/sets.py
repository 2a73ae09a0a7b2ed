"""The evaluation messages under tests/understanding/, written apart from the training phrases, and never trained on."""
import json
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional, Tuple

from bot.signposting.data_files import ROOT

SETS = ROOT / "tests" / "understanding"


class Item(NamedTuple):
    """A message, and what must be shown and must not. `must_not` 999 means that 999 must not lead."""

    text: str
    lang: str
    speaker: str
    concern: Optional[str]
    urgency: str
    must: Tuple[str, ...]
    must_not: Tuple[str, ...]


def read_set(name: str) -> List[Item]:
    """The messages of tests/understanding/<name>.jsonl."""
    return [_item(json.loads(line)) for line in (SETS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines() if line.strip()]


def read_ordinary(path: Path) -> List[str]:
    """Ordinary messages: the first column of a tab-separated file, a message a line."""
    return [line.split("\t")[0].strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _item(row: Dict) -> Item:
    return Item(row["text"], row["lang"], row["speaker"], row["concern"], row["urgency"], tuple(row["must"]), tuple(row["must_not"]))
