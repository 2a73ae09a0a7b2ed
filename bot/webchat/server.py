"""The web server: the page, the widget's files, the web chat's channel and the health checks, and nothing else of Rasa's."""
import asyncio
import logging
from typing import Iterable, Protocol, Tuple

from markupsafe import Markup
from sanic import Request, Sanic
from sanic.exceptions import SanicException
from sanic.response import HTTPResponse, html
from sanic.response import json as json_response

from bot.webchat.answering import paused
from bot.webchat.channel import WebChat, refusal
from bot.webchat.connections import StrictRequest, bound
from bot.webchat.conversations import Conversations
from bot.webchat.health import Gate, Readiness
from bot.webchat.limits import Limits
from bot.webchat.metrics import Metrics, watch
from bot.webchat.notices import notices
from bot.webchat.origins import cross_origin, security_headers
from bot.webchat.settings import Settings
from bot.webchat.static import PAGES, Static

API = "/webhooks/webchat"
logger = logging.getLogger(__name__)


class Forgets(Protocol):
    def forget_old(self) -> None: ...


async def forgetting(stores: Iterable[Forgets], every: float = 5.0) -> None:
    """Has `stores` forget what is old every few seconds, also while nobody comes. Ends with the server."""
    while True:
        await asyncio.sleep(every)
        for store in stores:
            store.forget_old()


def create_app(gate: Gate, settings: Settings = Settings(), name: str = "webchat") -> Sanic:
    """The Sanic app. `gate` gets its `on_new_message` when the model has loaded."""
    app = Sanic(name, configure_logging=False, request_class=StrictRequest)
    bound(app)
    if settings.redis_url and settings.session_secret:
        from bot.webchat.shared import SharedConversations, SharedLimits, connect

        redis = connect(settings.redis_url)
        limits = SharedLimits(redis, settings.session_secret)
        webchat = WebChat(settings, SharedConversations(redis, settings.session_secret, settings.session_minutes), limits)
        in_memory: Tuple[Forgets, ...] = (limits,)
    else:
        conversations, limits_here = Conversations(settings.session_minutes), Limits()
        webchat = WebChat(settings, conversations, limits_here)
        in_memory = (conversations, limits_here)
    app.ctx.is_proxy = webchat.visitors.is_trusted
    app.blueprint(webchat.blueprint(gate), url_prefix=API)
    is_ready = Readiness(gate, webchat.conversations)
    static = Static()
    privacy = {path: static.page("notice.html.j2", title=title, notice=Markup(text)) for path, (title, text) in notices(settings.session_minutes).items()}

    def page(request: Request, template: str) -> HTTPResponse:
        by_proxy = request.headers.get("x-forwarded-proto") if webchat.visitors.is_trusted(request.ip) else None
        scheme = "https" if by_proxy == "https" else request.scheme
        return html(static.page(template, request.args.get("lang", "en"), f"{scheme}://{request.host}"))

    app.ctx.metrics = Metrics(lambda: len(in_memory[0]) if isinstance(in_memory[0], Conversations) else 0)
    if settings.metrics_port or settings.event_log:
        watch(app, app.ctx.metrics, API, settings.event_log)

    @app.after_server_start
    async def begin_forgetting(_: object, loop: asyncio.AbstractEventLoop) -> None:
        app.add_task(forgetting(in_memory))

    @app.get("/")
    async def home(request: Request) -> HTTPResponse:
        return page(request, "page.html.j2")

    @app.get("/privacy")
    async def notice(request: Request) -> HTTPResponse:
        return html(privacy["privacy"])

    @app.get("/privacy/children")
    async def notice_for_children(request: Request) -> HTTPResponse:
        return html(privacy["privacy/children"])

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
        now = await is_ready()
        return json_response({"ready": now, **({"paused": True} if paused() else {})}, status=200 if now else 503)

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
        answered = refusal(status, code, "The request could not be answered.", "utter_broken")
        answered.headers.update(getattr(error, "headers", None) or {})   # 405 says which methods there are
        return answered

    return app
