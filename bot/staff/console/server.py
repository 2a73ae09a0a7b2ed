"""The console's own web server, on 127.0.0.1 alone and behind its guard. The public server knows nothing of it."""
import asyncio
import datetime
import json
import logging
from html import escape
from pathlib import Path
from typing import Any, Dict, Optional

from sanic import Request, Sanic
from sanic.exceptions import SanicException
from sanic.response import HTTPResponse, html, raw
from sanic.response import json as json_response

from bot.assistant import Assistant
from bot.signposting.data_files import DataError
from bot.signposting.routes import table
from bot.signposting.situation import ABOUT, AGES, AUDIENCES, CAN_PHONE, FACTS, URGENCIES
from bot.staff.console import keep
from bot.staff.console.approval import changes_page
from bot.staff.console.fresh import Fresh, model_is_of_this_data
from bot.staff.console.guard import HEADERS, Guard
from bot.staff.console.map import route_map
from bot.staff.console.runs import Busy, Runs, trainings
from bot.staff.console.talk import NotValid, conversation_of, held, talk
from bot.staff.console.why import readable
from bot.staff.contacts import entries as contacts
from bot.staff.contacts.show import page as contacts_page
from bot.staff.flows import load
from bot.webchat.static import WIDGET

HERE = Path(__file__).parent / "page"
FILES = {
    **{path.name: path for path in HERE.glob("*.*")},
    # The console shows answers as visitors see them.
    **{name: WIDGET / name for name in ("webchat.css", "messages.js", "words.json", "icon.svg")},
    "contacts.css": Path(contacts.__file__).parent / "contacts.css",
}
KINDS = {".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".svg": "image/svg+xml"}
MOST_BYTES = 512 * 1024
API = "/staff/api"
MENDING = "<!doctype html><html lang=en-GB><meta charset=utf-8><title>A file needs mending</title><h1>A file needs mending</h1><pre>{mistakes}</pre></html>"
logger = logging.getLogger(__name__)


def create_app(assistant: Assistant, guard: Guard) -> Sanic:
    app = Sanic("console", configure_logging=False)
    app.config.REQUEST_MAX_SIZE = MOST_BYTES
    fresh, runs = Fresh(), Runs(assistant)

    @app.on_request
    async def only_staff(request: Request) -> Optional[HTTPResponse]:
        return guard.refuses(request)

    @app.on_response
    async def safe(request: Request, response: HTTPResponse) -> None:
        response.headers.update(HEADERS)

    def told(answer: Dict[str, Any], status: int = 200) -> HTTPResponse:
        """`data`: the page sees by it that files were read anew."""
        return json_response({**answer, "data": fresh.times}, status=status)

    # ---- pages

    @app.get("/staff/")
    async def home(request: Request) -> HTTPResponse:
        return html((HERE / "console.html").read_text(encoding="utf-8"))

    @app.get("/staff/files/<name:str>")
    async def file(request: Request, name: str) -> HTTPResponse:
        found = FILES.get(name)
        if found is None or found.suffix not in KINDS:
            return json_response({"error": "There is nothing at this address."}, status=404)
        return raw(found.read_bytes(), content_type=f"{KINDS[found.suffix]}; charset=utf-8")

    @app.get("/staff/contacts")
    async def contacts_and_call_sheet(request: Request) -> HTTPResponse:
        fresh.refresh()
        return html(contacts_page(contacts.entries(), datetime.date.today()))

    @app.get("/staff/changes")
    async def changes_to_approve(request: Request) -> HTTPResponse:
        return html(changes_page())

    # ---- the conversation

    @app.get(f"{API}/state")
    async def state(request: Request) -> HTTPResponse:
        problem = None
        try:
            fresh.refresh()
        except DataError as error:
            problem = str(error)
        values = {
            "audience": AUDIENCES, "about": ABOUT, "speaker_age": AGES, "age": AGES, "urgency": URGENCIES, "can_phone": CAN_PHONE,
            "concerns": () if problem else table().severity, "facts": FACTS,
        }
        return told({
            "start": {name: [{"value": value, "label": readable(name, value)} for value in known] for name, known in values.items()},
            "problem": problem, "trained": {**trainings(), "of_this_data": model_is_of_this_data()},
        })

    @app.post(f"{API}/talk")
    async def say(request: Request) -> HTTPResponse:
        fresh.refresh()
        return told({"answers": await talk(assistant, conversation_of(_body(request)))})

    @app.get(f"{API}/map")
    async def routes(request: Request) -> HTTPResponse:
        fresh.refresh()
        return told(route_map())

    # ---- tests

    @app.get(f"{API}/tests")
    async def tests(request: Request) -> HTTPResponse:
        fresh.refresh()
        files, mistakes = keep.listed()
        return told({"files": files, "mistakes": mistakes})

    @app.get(f"{API}/tests/file")
    async def test_file(request: Request) -> HTTPResponse:
        name = request.args.get("name", "")
        return json_response({"file": name, "text": keep.read(name)})

    @app.post(f"{API}/tests/draft")
    async def draft(request: Request) -> HTTPResponse:
        fresh.refresh()
        body = _body(request)
        conversation = conversation_of(body.get("conversation"))
        if not conversation.turns:
            raise NotValid("Say something first: a test needs at least one message.")
        return json_response(keep.draft(_text(body, "title"), conversation, await held(assistant, conversation)))

    @app.post(f"{API}/tests/save")
    async def save(request: Request) -> HTTPResponse:
        fresh.refresh()
        body = _body(request)
        refused = keep.save(_text(body, "file"), _text(body, "text"), body.get("overwrite") is True)
        if refused:
            return json_response({"exists": True, "error": refused}, status=409)
        return json_response({"saved": f"tests/flows/{body['file']}"}, status=201)

    @app.post(f"{API}/tests/run")
    async def run_tests(request: Request) -> HTTPResponse:
        fresh.refresh()
        body = _body(request)
        flows = load([keep.file_named(_text(body, "file"))] if "file" in body else [keep.FOLDER])
        if "flow" in body:
            flows = [flow for flow in flows if flow.name == body["flow"]]
        if not flows:
            raise NotValid("There is no test to run yet: keep a conversation as one.")
        (runs.start_comparison if body.get("compare") is True else runs.start)(flows)
        return told({"started": len(flows)}, status=202)

    @app.get(f"{API}/tests/run")
    async def run_so_far(request: Request) -> HTTPResponse:
        since = request.args.get("since", "0")
        return json_response(runs.seen(int(since) if since.isdigit() else 0))

    # ---- what can go wrong

    @app.exception(DataError)
    async def data_is_wrong(request: Request, error: DataError) -> HTTPResponse:
        mistakes = str(error).splitlines()
        if not request.path.startswith(API):
            return html(MENDING.format(mistakes=escape(str(error))), status=422)
        return json_response({"error": mistakes[0], "mistakes": mistakes}, status=422)

    @app.exception(NotValid, keep.NoSuchFile)
    async def not_valid(request: Request, error: Exception) -> HTTPResponse:
        return json_response({"error": str(error)}, status=400)

    @app.exception(Busy)
    async def busy(request: Request, error: Busy) -> HTTPResponse:
        return json_response({"error": "A run is going on. Wait until it is over."}, status=409)

    @app.exception(Exception)
    async def any_fault(request: Request, error: Exception) -> HTTPResponse:
        refused = guard.refuses(request)   # also where there is no such address, which Sanic finds out before it asks the guard
        if refused:
            return refused
        status = error.status_code if isinstance(error, SanicException) else 500
        if status == 500:
            logger.error("A request failed: %s", type(error).__name__)
        return json_response({"error": f"That did not work ({type(error).__name__})."}, status=status)

    return app


def _body(request: Request) -> Dict[str, Any]:
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        raise NotValid("not JSON") from None
    if not isinstance(body, dict):
        raise NotValid("an object is needed")
    return body


def _text(body: Dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise NotValid(f"{name}: write a text")
    return value


def serve(port: int) -> None:
    """Loads the model and serves until it is stopped. Prints the link that signs in."""
    guard = Guard(port)
    app = create_app(Assistant.load(), guard)

    @app.after_server_start
    async def say_where(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        print(f"The staff console, on this computer alone. Open this link:\n{guard.link}\nCtrl+C ends it.", flush=True)

    app.run(host="127.0.0.1", port=port, access_log=False, debug=False, motd=False)
