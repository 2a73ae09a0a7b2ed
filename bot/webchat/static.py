"""The widget's files and pages, read once: with an ETag, compressed where the browser takes it."""
import gzip
import hashlib
import json
from pathlib import Path
from typing import Dict, NamedTuple, Optional

from jinja2 import Environment, FileSystemLoader
from sanic import Request
from sanic.response import HTTPResponse, raw

from bot.signposting.reply import card
from bot.signposting.situation import Situation

WIDGET = Path(__file__).parent / "widget"
TYPES = {".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".svg": "image/svg+xml"}
PAGES = {"embed": "embed.html.j2", "frame": "frame.html.j2", "fallback.html": "fallback.html.j2"}
ON_THE_PAGE = ("emergency_999", "childline", "nspcc_helpline", "report_remove", "police_101")


class File(NamedTuple):
    kind: str
    content: bytes
    compressed: bytes
    etag: str


def _file(path: Path) -> File:
    content = path.read_bytes()
    return File(TYPES[path.suffix], content, gzip.compress(content, 9, mtime=0), f'"{hashlib.sha256(content).hexdigest()[:20]}"')


class Static:
    """The files by name, and the pages, filled with the registry's contacts and the interface's words."""

    def __init__(self) -> None:
        self._files: Dict[str, File] = {path.name: _file(path) for path in WIDGET.iterdir() if path.suffix in TYPES}
        self._words = json.loads((WIDGET / "words.json").read_text(encoding="utf-8"))
        self._templates = Environment(loader=FileSystemLoader(str(WIDGET)), autoescape=True)

    def page(self, template: str, lang: str = "en", origin: str = "", **more: object) -> str:
        """A page in one of the languages of words.json (English where there is no such language)."""
        cards = [card(service, Situation()) for service in ON_THE_PAGE]
        chosen = lang if lang in self._words else "en"
        return self._templates.get_template(template).render(services=cards, words=self._words, lang=chosen, origin=origin, **more)

    def file(self, name: str, request: Request) -> Optional[HTTPResponse]:
        """The file as a response, or None where there is none of that name. Any site may load it: it holds nothing of a visitor."""
        found = self._files.get(name)
        if found is None:
            return None
        headers = {"ETag": found.etag, "Cache-Control": "no-cache", "Access-Control-Allow-Origin": "*", "Vary": "Accept-Encoding"}
        if request.headers.get("if-none-match") == found.etag:
            return raw(b"", status=304, headers=headers)
        if "gzip" in request.headers.get("accept-encoding", ""):
            return raw(found.compressed, content_type=found.kind, headers={**headers, "Content-Encoding": "gzip"})
        return raw(found.content, content_type=found.kind, headers=headers)
