"""The web server: the page, the widget's files, the web chat's channel and the health checks, and nothing else of Rasa's."""
import asyncio
import logging
import secrets
from typing import Any, Awaitable, Callable, Optional

from rasa.core.channels.channel import UserMessage
from sanic import Request, Sanic
from sanic.exceptions import SanicException
from sanic.response import HTTPResponse, html
from sanic.response import json as json_response

from bot.webchat.answering import answer
from bot.webchat.channel import WebChat, refusal
from bot.webchat.conversations import CONVERSATIONS
from bot.webchat.origins import cross_origin, security_headers
from bot.webchat.static import PAGES, Static

API = "/webhooks/webchat"
MOST_BYTES = 64 * 1024
PROBE = ("someone is threatening to share my pictures", "report_remove")
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


def create_app(gate: Gate, name: str = "webchat") -> Sanic:
    """The Sanic app. `gate` gets its `on_new_message` when the model has loaded."""
    app = Sanic(name, configure_logging=False)
    app.config.REQUEST_MAX_SIZE = MOST_BYTES
    app.blueprint(WebChat().blueprint(gate), url_prefix=API)
    static = Static()

    def page(request: Request, template: str) -> HTTPResponse:
        return html(static.page(template, request.args.get("lang", "en"), f"{request.scheme}://{request.host}"))

    @app.get("/")
    async def home(request: Request) -> HTTPResponse:
        return page(request, "page.html.j2")

    @app.get("/widget/<name:path>")
    async def widget(request: Request, name: str) -> HTTPResponse:
        if name in PAGES:
            shown = page(request, PAGES[name])
            if name == "fallback.html":
                shown.headers["Access-Control-Allow-Origin"] = "*"
            return shown
        return static.file(name, request) or refusal(404, "not_found", "There is nothing at this address.", "utter_broken")

    @app.get("/health/live")
    async def live(request: Request) -> HTTPResponse:
        return json_response({"live": True})

    @app.get("/health/ready")
    async def ready(request: Request) -> HTTPResponse:
        is_ready = gate.on_new_message is not None and await _answers_right(gate)
        return json_response({"ready": is_ready}, status=200 if is_ready else 503)

    @app.on_response
    async def safe(request: Request, response: HTTPResponse) -> None:
        if request.path.startswith(API):
            response.headers.update(cross_origin(request.headers.get("origin")))
        for header, value in security_headers(request.path).items():
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
