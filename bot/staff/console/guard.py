"""Keeps the console to the person who started it: a token, a cookie, the right Host and, for whatever changes something, the right Origin."""
import hmac
import secrets
from typing import Optional

from sanic import Request
from sanic.response import HTTPResponse, html, redirect
from sanic.response import json as json_response

COOKIE = "staff_console"
HOME = "/staff/"
_PAGE = """<!doctype html><html lang="en-GB"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Staff console</title>
<h1>{title}</h1><p>{text}</p></html>"""
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Guard:
    """Looks at every request first. A page on another address can neither read the console nor make it do anything."""

    def __init__(self, port: int) -> None:
        self._host = f"127.0.0.1:{port}"
        self._token = secrets.token_urlsafe(32)
        self._session = secrets.token_urlsafe(32)   # what the cookie holds: the token itself is only in the printed link

    @property
    def address(self) -> str:
        return f"http://{self._host}"

    @property
    def link(self) -> str:
        """The link that signs in. It is printed at the start and nowhere else."""
        return f"{self.address}/?token={self._token}"

    def refuses(self, request: Request) -> Optional[HTTPResponse]:
        """The refusal or the sign-in that answers the request, or None where it may go on."""
        if request.headers.getall("host", []) != [self._host]:   # another name for this computer: DNS rebinding
            return _page(403, "Not this address", f"The console answers at {self.address} alone.")
        if request.path == "/":
            return self._signs_in(request)
        if not hmac.compare_digest(request.cookies.get(COOKIE, "").encode(), self._session.encode()):
            return _page(401, "Please sign in", "Open the link that stands in the terminal where the console was started.")
        if request.method not in ("GET", "HEAD"):
            kind = request.headers.get("content-type", "").split(";")[0].strip()
            if request.headers.get("origin") != self.address or kind != "application/json":
                return json_response({"error": "Only the console's own page may do this."}, status=403)
        return None

    def _signs_in(self, request: Request) -> HTTPResponse:
        if not hmac.compare_digest(request.args.get("token", "").encode(), self._token.encode()):
            return _page(403, "That link does not fit", "Open the link that stands in the terminal where the console was started. It is new with each start.")
        answer = redirect(HOME, status=303)
        answer.cookies[COOKIE] = self._session
        answer.cookies[COOKIE].update({"httponly": True, "samesite": "Strict", "path": "/"})
        return answer


def _page(status: int, title: str, text: str) -> HTTPResponse:
    return html(_PAGE.format(title=title, text=text), status=status)
