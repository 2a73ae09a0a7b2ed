"""Nothing a person types is written anywhere: words that nobody else would write are sent down every path, and then searched for.

Searched are standard output and error, every file that was written, everything that Redis was sent and kept, and the metrics; for the
words as they were typed, and encoded in the ways in which programs write things down.
"""
import base64
import json
import os
import re
import signal
import socket
import subprocess
import sys
import unicodedata
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Dict, Iterator, List
from urllib.parse import quote

import httpx
import pytest

from bot.signposting.data_files import ROOT
from bot.webchat.cleaning import LONGEST
from tests.conftest import free_port
from tests.launch import ACTION, COMPONENT, LOGS, SPINS, WAITS
from tests.servers import API, Bot, Redis, Talk, program, raw, running_redis, serving, shared, until

# What somebody might set who wants to see more.
DEBUG = {
    "LOG_LEVEL": "DEBUG", "LOG_LEVEL_LIBRARIES": "DEBUG", "FORCE_JSON_LOGGING": "1", "SANIC_ACCESS_LOG": "true", "SANIC_DEBUG": "true",
    "SANIC_NOISY_EXCEPTIONS": "true", "PYTHONASYNCIODEBUG": "1", "PYTHONWARNINGS": "always", "PYTHONFAULTHANDLER": "1",
    "RASA_TELEMETRY_ENABLED": "true", "DEBUG": "1",
}


class Words:
    """Words to search for: a new one for each path, so that a leak says where it is."""

    def __init__(self) -> None:
        self.by_path: Dict[str, str] = {}
        self._number = count()

    def on(self, path: str) -> str:
        number = next(self._number)
        self.by_path[path] = f"vexquil{chr(97 + number // 26)}{chr(97 + number % 26)}jod\u00f6zan"
        return self.by_path[path]

    def found_in(self, haystack: bytes) -> List[str]:
        """The paths whose words are in there, in whatever form."""
        lower = haystack.lower()
        return [path for path, word in self.by_path.items() if any(form.lower() in lower for form in forms(word))]


def forms(word: str) -> List[bytes]:
    """A word as programs write it: the whole, and its ASCII beginning, which most encodings leave as it is."""
    stem = re.match(r"[a-z]+", word).group()
    found = [stem.encode(), word.encode("latin-1"), stem[::-1].encode()]
    for part in (word, stem):
        plain = part.encode()
        found += [plain, plain.hex().encode(), quote(part).encode(), json.dumps(part)[1:-1].encode(), ascii(part)[1:-1].encode()]
        found += [part.encode("utf-16-le"), part.encode("utf-16-be"), unicodedata.normalize("NFD", part).encode()]
        found += [" ".join(plain.hex()[at : at + 2] for at in range(0, len(plain) * 2, 2)).encode(), ", ".join(map(str, plain)).encode()]
        for shift in range(3):   # base64 of a text with the word anywhere in it
            inner = base64.b64encode(b"x" * shift + plain)[4 if shift else 0 : -4]
            found += [inner, inner.translate(bytes.maketrans(b"+/", b"-_"))]
    return [form for form in found if len(form) > 6]


class Place:
    """A server's own home, temporary folder and working directory, and the list of all files it opens for writing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("home", "tmp", "work"):
            (folder / name).mkdir(parents=True)
        self.notes = folder.parent / f"{folder.name}-written"
        self.environment = {"HOME": str(folder / "home"), "TMPDIR": str(folder / "tmp"), "XDG_CACHE_HOME": str(folder / "home" / "cache")}

    def written(self) -> Dict[str, bytes]:
        """What stands in the files that were written, by their paths."""
        paths = {path for path in self.folder.rglob("*") if path.is_file()}
        for line in self.notes.read_text().splitlines():
            paths |= {Path(self.folder / "work", one) for one in line.split(" ")[1:] if one}
        return {str(path): path.read_bytes() for path in paths if path.is_file() and not str(path).startswith(("/proc", "/dev"))}


@contextmanager
def watched(tmp_path: Path, *faults: str, **environment: str) -> Iterator[Bot]:
    place, port = Place(tmp_path / "place"), free_port()
    counted = {"METRICS_PORT": str(port), "EVENT_LOG": "1"}
    with serving(
        [f"lists_what_it_writes={place.notes}", *faults], environment={**DEBUG, **counted, **place.environment, **environment}, cwd=place.folder / "work"
    ) as bot:
        bot.place, bot.metrics = place, f"http://127.0.0.1:{port}/metrics"
        yield bot


def leaks(words: Words, bot: Bot, **more: bytes) -> Dict[str, List[str]]:
    """Where words were found, and the paths they were sent down."""
    places = {"output": bot.output().encode(), "file names": bot.place.notes.read_bytes(), **bot.place.written(), **more}
    return {place: found for place, content in places.items() for found in [words.found_in(content)] if found}


def send_down_every_path(bot: Bot, words: Words) -> None:
    """Each answer must be one: a path that does not work shows nothing."""
    address, port = bot.address, bot.port
    talk = bot.talk()
    for path, text in {
        "a worry": "my dad hits me {}", "danger": "hes got a knife {} right now", "small talk": "hello {}", "nothing understood": "{}",
        "a slash command": "/{}{\"{}\": \"{}\"}", "an intent": "/greet{\"name\": \"{}\"}", "a restart": "/restart {}",
        "a name": "my name is {} and my phone number is 07700 900123", "markup": "<img src=x onerror=alert('{}')>", "long": "im being bullied. {} " * 40,
    }.items():
        assert talk.say(text.replace("{}", words.on(path))).services
    for path, body, status in [
        ("a choice", json.dumps({"choice": words.on("a choice")}), 404),
        ("too long", json.dumps({"text": words.on("too long") * LONGEST}), 413),
        ("huge", json.dumps({"text": words.on("huge") * 20_000}), 413),
        ("no JSON", '{"text": "' + words.on("no JSON"), 400),
        ("wrong type", json.dumps({"text": [words.on("wrong type")]}), 400),
        ("unknown field", json.dumps({"text": "a", words.on("unknown field"): words.on("unknown value")}), 400),
    ]:
        assert talk.http.post("/messages", content=body.encode()).status_code == status, path
    for path, headers, status in [
        ("token", {"Authorization": "Bearer x.{}"}, 401), ("agent", {"User-Agent": "{}"}, 200), ("referrer", {"Referer": "http://example/{}"}, 200),
        ("cookie", {"Cookie": "a={}"}, 200), ("forwarded", {"X-Forwarded-For": "{}"}, 200), ("origin", {"Origin": "http://{}"}, 200),
        ("language", {"Accept-Language": "{}"}, 200), ("content type", {"Content-Type": "{}"}, 200), ("any header", {"X-{}": "{}"}, 200),
    ]:
        encoded = {name.format(re.match("[a-z]+", words.on(path + " name")).group()).encode(): value.format(words.on(path)).encode() for name, value in headers.items()}
        answer = httpx.post(
            f"{address}{API}/messages", content=b'{"text": "hello"}', timeout=30, headers={b"Authorization": f"Bearer {talk.token}".encode(), **encoded}
        )
        assert answer.status_code == status, path
    for path, method, where, status in [
        ("address", "GET", "/{}", 404), ("query", "GET", "/?q={}", 200), ("page", "GET", "/?lang={}", 200), ("file", "GET", "/widget/{}", 404),
        ("query of a message", "POST", API + "/messages?text={}", 401), ("wrong method", "PUT", API + "/messages?{}", 405), ("rest", "POST", "/webhooks/rest/webhook?{}", 404),
    ]:
        assert httpx.request(method, address + where.format(words.on(path)), timeout=30, content=words.on(path + " body").encode()).status_code == status, path
    token = f"Authorization: Bearer {talk.token}\r\n".encode()
    post = b"POST /webhooks/webchat/messages HTTP/1.1\r\nHost: x\r\n" + token
    for path, before in [
        ("no HTTP", b""), ("bad method", b"%s /"), ("bad length", post + b"Content-Length: x%s\r\n\r\n"), ("bad chunks", post + b"Transfer-Encoding: chunked\r\n\r\n%s\r\n"),
        ("bad header", post + b"%s\r\n\r\n"), ("early end", post + b"Content-Length: 500\r\n\r\n%s"), ("expect", post + b"Expect: %s\r\n\r\n"),
        ("upgrade", post + b"Upgrade: websocket\r\nConnection: upgrade\r\nContent-Length: 0\r\nSec-WebSocket-Key: %s\r\n\r\n"), ("huge header", post + b"X: " + b"%s" * 3000 + b"\r\n\r\n"),
    ]:
        word = words.on(path).encode()
        raw(port, (before.replace(b"%s", word) or word) + b"\r\n\r\n", wait=1)
    body = json.dumps({"text": f"my dad hits me {words.on('left while it was answered')} {WAITS}"}).encode()
    with socket.create_connection(("127.0.0.1", port)) as gone:
        gone.sendall(post + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    faulty = bot.talk()
    for fault in (COMPONENT, LOGS, ACTION, WAITS):
        assert faulty.say(f"my dad hits me {words.on(fault)} {fault}").services, fault
    flood = bot.talk()
    assert {flood.post(text=words.on("flood")).status_code for _ in range(42)} == {200, 429}
    flood.http.delete("/sessions")
    assert flood.post(text=words.on("after the end")).status_code in (401, 429)
    ended = bot.talk()
    assert ended.http.delete("/sessions").status_code == 200 and ended.post(text=words.on("ended")).status_code == 401
    for path in ("/health/live", "/health/ready"):
        assert bot.status(f"{path}?{quote(words.on(path))}") in (200, 503)


def ask_for_metrics(bot: Bot) -> bytes:
    found = httpx.get(bot.metrics, timeout=30).content
    assert b"webchat_requests_total" in found
    return found


def test_nothing_typed_is_written_by_the_server_alone(tmp_path):
    words = Words()
    with watched(tmp_path, "impatient", "component_raises", "component_logs", "actions_fail") as bot:
        send_down_every_path(bot, words)
        metrics = ask_for_metrics(bot)
        before = bot.workers()
        with pytest.raises(httpx.HTTPError):   # the worker hangs in C, is killed and replaced
            bot.talk().post(text=f"my dad hits me {words.on(SPINS)} {SPINS}")
        until(lambda: bot.workers() and bot.workers() != before and bot.ready(), 60, "the worker is replaced")
        os.kill(bot.workers()[0], signal.SIGABRT)   # dies as of a fault in C
        until(lambda: bot.ready(), 60, "the worker is replaced")
    assert len(words.by_path) > 60
    assert bot.place.notes.read_text(), "the list of written files is not kept"
    assert "ERROR" in bot.output() and "component.failed" in bot.output(), "the faults did not come about"
    assert not leaks(words, bot, metrics=metrics)


def test_nothing_typed_reaches_redis_or_the_action_servers_logs(tmp_path):
    words = Words()
    with running_redis() as redis, action_server(tmp_path) as (url, log), sent_to(redis, tmp_path) as sent:
        with watched(tmp_path, "impatient", "component_raises", "component_logs", ACTION_SERVER_URL=url, **shared(redis)) as bot:
            send_down_every_path(bot, words)
            assert len(redis.client.keys("conversation:*")) >= 2 and b"conversation:" in sent.read_bytes()
            kept = repr([(key, redis.client.dump(key), redis.client.ttl(key)) for key in redis.client.keys()]).encode()
            values = b"".join(redis.client.get(key) or b"" for key in redis.client.keys("conversation:*"))
            assert b"physical_abuse" in values and b"-1)" not in kept
            metrics = ask_for_metrics(bot)
    assert not leaks(words, bot, metrics=metrics, redis=kept, values=values, sent=sent.read_bytes(), actions=log.read_bytes())
    assert b"rasa_sdk" in log.read_bytes() or b"sanic" in log.read_bytes(), log.read_text()
    assert b"127.0.0.1" not in values


@contextmanager
def action_server(tmp_path: Path):
    """Rasa's action server as the README says to start it, with actions that fail."""
    port, log = free_port(), tmp_path / "actions.log"
    command = [sys.executable, "-m", "tests.launch", "actions_fail", "rasa", "run", "actions", "--port", str(port), "--debug"]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **DEBUG}, stdout=out, stderr=subprocess.STDOUT)
    try:
        until(lambda: process.poll() is not None or _is_there(port), 90, "the action server")
        assert process.poll() is None, log.read_text()
        yield f"http://127.0.0.1:{port}/webhook", log
    finally:
        process.terminate()
        process.wait(20)


def _is_there(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


@contextmanager
def sent_to(redis: Redis, tmp_path: Path) -> Iterator[Path]:
    """A file with every command that Redis is sent."""
    with (tmp_path / "sent").open("wb") as out:
        process = subprocess.Popen([program("redis-cli", "redis-tools"), "-p", str(redis.port), "monitor"], stdout=out)
        try:
            yield tmp_path / "sent"
        finally:
            process.terminate()
            process.wait(10)


def test_the_search_finds_what_leaks(tmp_path):
    words = Words()
    with watched(tmp_path, "writes_a_diary") as bot:
        Talk(bot.address).say(f"my dad hits me {words.on('a worry')}")
    found = leaks(words, bot)
    assert found.pop("output") == ["a worry"]
    assert any(place.endswith("/home/diary") for place in found), found


@pytest.mark.parametrize("encode", [
    str.encode, lambda text: base64.b64encode(text.encode()), lambda text: base64.urlsafe_b64encode(b"?" + text.encode()), lambda text: quote(text).encode(),
    lambda text: json.dumps(text).encode(), lambda text: repr(text.encode()).encode(), lambda text: text.encode("utf-16"), lambda text: text.upper().encode(),
    lambda text: text.encode().hex().encode(), lambda text: base64.b64encode(b"ab" + text.encode()), lambda text: str(list(text.encode())).encode(),
])
def test_the_search_knows_the_ways_of_writing(encode):
    words = Words()
    text = f"said {words.on('here')} to nobody"
    assert words.found_in(b"before " + encode(text) + b" after") == ["here"]
    assert not words.found_in(encode("said vexquilzzjod\u00f6zan to nobody"))
