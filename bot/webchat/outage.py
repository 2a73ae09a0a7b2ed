"""What a proxy shows while the bot does not run: the page with the contacts, the widget, and help in answer to it. Plain files, made beforehand."""
import shutil
from pathlib import Path

from bot.webchat.channel import refusal
from bot.webchat.static import TYPES, WIDGET, Static


def write(folder: Path) -> None:
    """Writes the files into `folder`, under the paths that they have on the server; `answer.json` answers what the widget sends."""
    widget = folder / "widget"
    widget.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(Static().page("page.html.j2"), encoding="utf-8")
    (folder / "answer.json").write_bytes(refusal(502, "away", "The bot does not run at the moment.", "utter_broken").body or b"")
    (widget / "fallback.html").write_text(Static().page("fallback.html.j2"), encoding="utf-8")
    for path in WIDGET.iterdir():
        if path.suffix in TYPES:
            shutil.copyfile(path, widget / path.name)
