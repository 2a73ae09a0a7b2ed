"""A server that speaks the web chat API with scripted replies, so that the browser part is tested without the bot.

What a visitor types decides what happens: see `_reply`. `python tests/browser/stub_server.py [port]` runs it by hand.
Contacts come from the registry, like everything the bot prints.
"""
import json
import re
import socket
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Dict, List, Optional, Tuple
from urllib.parse import parse_qs, urlsplit

import jinja2

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from bot.signposting.reply import card as registry_card  # noqa: E402
from bot.signposting.situation import Situation  # noqa: E402

WIDGET = ROOT / "bot" / "webchat" / "widget"
FIRST_CONTACTS = ("emergency_999", "childline", "nspcc_helpline", "report_remove", "police_101")
TYPES = {".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".svg": "image/svg+xml"}
STRICT = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"
CHOICES = [{"id": "c1", "label": "Under 13"}, {"id": "c2", "label": "13 to 15"}, {"id": "c3", "label": "That is not what I meant"}]


def card(service: str, urgent: bool = False) -> Dict[str, object]:
    return registry_card(service, Situation(urgency="now" if urgent else "no"))


def services(*ids: str, urgent: bool = False) -> Dict[str, object]:
    return {"type": "services", "urgent": urgent, "services": [card(service, urgent) for service in ids]}


def text(words: str) -> Dict[str, object]:
    return {"type": "text", "text": words}


class Stub(ThreadingHTTPServer):
    """`sessions` are the tokens that live; `seen` every API request as (method, path, body)."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.sessions: Dict[str, int] = {}
        self.seen: List[Tuple[str, str, object]] = []
        self.sockets: List[socket.socket] = []
        self.pages: Dict[str, Tuple[str, Dict[str, str]]] = {}  # extra pages of a test: path -> (html, headers)
        self.templates = jinja2.Environment(loader=jinja2.FileSystemLoader(str(WIDGET)), autoescape=True)

    def get_request(self) -> Tuple[socket.socket, object]:
        request, address = super().get_request()
        self.sockets.append(request)
        return request, address

    def kill(self) -> None:
        """Drops every connection and answers no more, as a server that died."""
        self.shutdown()
        self.server_close()
        for one in self.sockets:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # closed already

    def calls(self, method: str, end: str = "") -> List[object]:
        """The bodies of the API requests with this method whose path ends so."""
        return [body for verb, path, body in self.seen if verb == method and path.endswith(end)]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def render(self, name: str, lang: str = "en") -> str:
        words = json.loads((WIDGET / "words.json").read_text())
        return self.templates.get_template(name).render(
            services=[card(service) for service in FIRST_CONTACTS], words=words, lang=lang, origin=self.address)

    def handle_error(self, request: object, client_address: object) -> None:
        """Browsers drop connections when a page goes away."""


class Handler(BaseHTTPRequestHandler):
    server: Stub
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def do_OPTIONS(self) -> None:
        self._answer(204, b"", "text/plain", {"Access-Control-Allow-Methods": "GET, POST, DELETE", "Access-Control-Allow-Headers": "authorization, content-type"})

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        templates = {"/": "page.html.j2", "/widget/embed": "embed.html.j2", "/widget/frame": "frame.html.j2", "/widget/fallback.html": "fallback.html.j2"}
        file = WIDGET / url.path[len("/widget/"):] if url.path.startswith("/widget/") else None
        if url.path in self.server.pages:
            html, headers = self.server.pages[url.path]
            self._answer(200, html.encode(), "text/html; charset=utf-8", headers)
        elif url.path in templates:
            lang = parse_qs(url.query).get("lang", ["en"])[0]
            page = self.server.render(templates[url.path], lang if lang in ("en", "cy") else "en")
            policy = STRICT + ("; frame-ancestors *" if url.path == "/widget/frame" else "; frame-src 'self'" if url.path == "/widget/embed" else "")
            self._answer(200, page.encode(), "text/html; charset=utf-8", {"Content-Security-Policy": policy, "Referrer-Policy": "no-referrer"})
        elif file and file.suffix in TYPES and file.is_file() and file.parent == WIDGET:
            self._answer(200, file.read_bytes(), TYPES[file.suffix])
        else:
            self._answer(404, b"not here", "text/plain")

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = json.loads(raw or b"{}")
        self.server.seen.append(("POST", self.path, body))
        if self.path == "/webhooks/webchat/sessions":
            token = f"token-{len(self.server.seen)}"
            self.server.sessions[token] = 0
            self._json(201, {"session": token, "messages": [text("Hello from the server.")]})
        elif self.path == "/webhooks/webchat/messages" and self._token() in self.server.sessions:
            self.server.sessions[self._token()] += 1
            self._reply(body)
        else:
            self._json(401, {"error": {"code": "session_over", "message": "The session is over."}, "messages": [text("Start again.")]})

    def do_DELETE(self) -> None:
        self.server.seen.append(("DELETE", self.path, None))
        self.server.sessions.pop(self._token(), None)
        self._answer(204, b"", "text/plain")

    def _token(self) -> str:
        return (self.headers.get("Authorization") or "").replace("Bearer ", "")

    def _reply(self, body: Dict[str, str]) -> None:
        """The script: a word in the message chooses the reply."""
        said = body.get("text") or body.get("choice") or ""
        slow = re.search(r"slow (\d+)", said)
        if slow:
            time.sleep(int(slow.group(1)) / 1000)
        if "crash" in said:
            self._json(500, {"error": {"code": "broken", "message": "Something broke."}, "messages": [text("Something went wrong here. These people can help."), services("childline", "nspcc_helpline")]})
        elif "bare error" in said:
            self._answer(502, b"<h1>Bad gateway</h1>", "text/html")
        elif "cut" in said:
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
        elif "empty" in said:
            self._json(200, {"messages": []})
        elif "danger" in said or "knife" in said:
            self._json(200, {"messages": [
                text("You are in danger now. Please ring 999 first.\n\nI am a computer program. Nobody has been told and I cannot send help."),
                services("emergency_999", "childline", urgent=True)]})
        elif "nude" in said:
            self._json(200, {"messages": [
                text("It is not your fault. You do not have to pay or send more. You are not in trouble for telling me."),
                services("report_remove", "childline", "emergency_999"), {"type": "choices", "choices": CHOICES}]})
        elif "bad link" in said:
            wicked = dict(card("childline"), contacts=[{"kind": "web", "label": "Click", "display": "x", "href": "javascript:alert(1)"}])
            self._json(200, {"messages": [text("<img src=x onerror=alert(1)>"), {"type": "services", "urgent": False, "services": [wicked]}]})
        elif "arabic" in said:
            self._json(200, {"messages": [text("مرحبا، يمكنك التحدث مع تشايلدلاين"), services("childline")]})
        elif said in ("c1", "c2", "c3"):
            self._json(200, {"messages": [text("Thank you. Childline is for you."), services("childline")]})
        else:
            self._json(200, {"messages": [
                text("Thank you for telling me. What is happening is not your fault, and you have done the right thing."),
                services("childline", "police_101"), {"type": "choices", "choices": CHOICES}]})

    def _json(self, status: int, body: Dict[str, object]) -> None:
        self._answer(status, json.dumps(body).encode(), "application/json")

    def _answer(self, status: int, body: bytes, kind: str, headers: Optional[Dict[str, str]] = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Cache-Control", "no-store" if kind.startswith("text/html") else "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serving(port: int = 0):
    stub = Stub(port)
    threading.Thread(target=stub.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield stub
    finally:
        stub.kill()


if __name__ == "__main__":
    with serving(int(sys.argv[1]) if len(sys.argv) > 1 else 0) as running:
        print(running.address, flush=True)
        threading.Event().wait()
