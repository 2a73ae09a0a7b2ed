"""The web server: the page, the widget's files, the web chat's channel and the health checks, and nothing else of Rasa's."""
import asyncio
import json
import logging
import secrets
from pathlib import Path
from typing import Any, Awaitable, Callable, Optional

from jinja2 import Environment, FileSystemLoader, select_autoescape
from rasa.core.channels.channel import UserMessage
from sanic import Request, Sanic
from sanic.exceptions import SanicException
from sanic.response import HTTPResponse, file, html
from sanic.response import json as json_response

from bot.signposting.reply import card
from bot.signposting.situation import Situation
from bot.webchat.answering import answer
from bot.webchat.channel import WebChat, refusal
from bot.webchat.conversations import CONVERSATIONS

WIDGET = Path(__file__).parent / "widget"
MOST_BYTES = 64 * 1024
ON_THE_PAGE = ("childline", "nspcc_helpline", "report_remove", "police_101", "emergency_999")
PROBE = ("someone is threatening to share my pictures", "report_remove")
SAFE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
TYPES = {".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".svg": "image/svg+xml", ".png": "image/png"}
logger = logging.getLogger(__name__)

Answerer = Callable[[UserMessage], Awaitable[Any]]


class Gate:
    """The assistant once it has loaded: until then the server lives and is not ready, and messages get static help."""

    def __init__(self) -> None:
        self.on_new_message: Optional[Answerer] = None

    async def __call__(self, message: UserMessage) -> Any:
        if self.on_new_message is None:
            raise RuntimeError("the model is still loading")
        return await self.on_new_message(message)


def page(name: str, lang: str = "en") -> str:
    """One of the widget's templates, filled with the contacts of the registry. `lang`: a language of words.json."""
    templates = Environment(loader=FileSystemLoader(str(WIDGET)), autoescape=select_autoescape(default=True, default_for_string=True))
    cards = [card(service, Situation()) for service in ON_THE_PAGE]
    words = json.loads((WIDGET / "words.json").read_text(encoding="utf-8"))
    return templates.get_template(name).render(services=cards, words=words, lang=lang if lang in words else "en")


def create_app(gate: Gate, name: str = "webchat") -> Sanic:
    """The Sanic app. `gate` gets its `on_new_message` when the model has loaded."""
    app = Sanic(name, configure_logging=False)
    app.config.REQUEST_MAX_SIZE = MOST_BYTES
    app.config.FALLBACK_ERROR_FORMAT = "json"
    app.blueprint(WebChat().blueprint(gate), url_prefix="/webhooks/webchat")

    @app.get("/")
    async def home(request: Request) -> HTTPResponse:
        return html(page("page.html.j2", request.args.get("lang", "en")))

    @app.get("/widget/<path:path>")
    async def widget(request: Request, path: str) -> HTTPResponse:
        template = {"embed": "embed.html.j2", "frame": "frame.html.j2", "fallback.html": "fallback.html.j2"}.get(path)
        if template:
            return html(page(template, request.args.get("lang", "en")))
        found = (WIDGET / path).resolve()
        if WIDGET.resolve() not in found.parents or found.suffix not in TYPES or not found.is_file():
            return refusal(404, "not_found", "There is nothing at this address.", "utter_broken")
        return await file(found, mime_type=TYPES[found.suffix], headers={"Access-Control-Allow-Origin": "*"})

    @app.get("/health/live")
    async def live(request: Request) -> HTTPResponse:
        return json_response({"live": True})

    @app.get("/health/ready")
    async def ready(request: Request) -> HTTPResponse:
        is_ready = gate.on_new_message is not None and await _answers_right(gate)
        return json_response({"ready": is_ready}, status=200 if is_ready else 503)

    @app.on_response
    async def safe(request: Request, response: HTTPResponse) -> None:
        for header, value in SAFE_HEADERS.items():
            response.headers.setdefault(header, value)

    @app.exception(Exception)
    async def any_fault(request: Request, error: Exception) -> HTTPResponse:
        status = error.status_code if isinstance(error, SanicException) else 500
        if status == 500:
            logger.error("A request failed: %s", type(error).__name__)
        code = {404: "not_found", 405: "not_allowed", 413: "too_long"}.get(status, "failed")
        return refusal(status, code, "The request could not be answered.", "utter_broken")

    return app


async def _answers_right(gate: Gate) -> bool:
    """True where a real message really gets its right answer."""
    text, expected = PROBE
    conversation = f"health-{secrets.token_hex(8)}"
    messages, trace = await answer(gate, conversation, text=text)
    CONVERSATIONS.forget(conversation)
    return bool(trace) and any(
        one["id"] == expected for message in messages if message["type"] == "services" for one in message["services"]  # type: ignore
    )


def serve(load: Callable[[], Answerer], host: str, port: int) -> None:
    """Serves until it is stopped. `load` loads the model in a thread of its own, so that liveness does not wait for it."""
    gate = Gate()
    app = create_app(gate)

    @app.after_server_start
    async def start_loading(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        async def load_and_open() -> None:
            try:
                gate.on_new_message = await loop.run_in_executor(None, load)
            except Exception as error:  # without a model there is nothing to serve: say why and stop
                print(f"The assistant could not be loaded: {error}", flush=True)
                app.stop()
                return
            print(f"Ready on http://{host}:{port}", flush=True)

        app.add_task(load_and_open())

    app.run(host=host, port=port, access_log=False, debug=False, motd=False)
