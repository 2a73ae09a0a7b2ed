"""The privacy notices as pages, made from docs/privacy.md and docs/privacy-children.md: what visitors read is what was reviewed."""
import re
from typing import Dict, Tuple

from markdown_it import MarkdownIt

from bot.signposting.data_files import ROOT

PATHS = {"privacy": "privacy.md", "privacy/children": "privacy-children.md"}
_TO_FILL_IN = re.compile(r"\[[^\]]*\](?!\()")   # in square brackets, and no link: for the organisation to write


def notices(minutes: float) -> Dict[str, Tuple[str, str]]:
    """The title and the HTML of each notice by its path, with the minutes after which a conversation really is forgotten."""
    found = {}
    for path, name in PATHS.items():
        text = (ROOT / "docs" / name).read_text(encoding="utf-8").split("\n---\n", 1)[1]
        text = _TO_FILL_IN.sub("", text).replace("15 minutes", f"{minutes:g} minutes")
        for other, file in PATHS.items():
            text = text.replace(f"({file})", f"(/{other})")
        title = re.search(r"^# (.+)$", text, re.M)
        found[path] = (title.group(1) if title else "Privacy", MarkdownIt("commonmark", {"html": False}).render(text))
    return found
