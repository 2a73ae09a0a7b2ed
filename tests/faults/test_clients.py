"""Clients that are slow, half-open, broken or too many: each is bounded, and no other visitor waits for them."""
import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from bot.webchat import connections
from tests.conftest import seen
from tests.servers import API, raw, serving

PROXY = "127.0.0.2"

POST = b"POST /webhooks/webchat/messages HTTP/1.1\r\nHost: x\r\n"


@pytest.fixture(scope="module")
def bot():
    with serving(["short_of_time", "few_conversations"], environment={"MESSAGES_PER_ADDRESS": "50", "TRUSTED_PROXIES": PROXY}) as bot:
        yield bot


def through_proxy(bot, address: str) -> httpx.Client:
    """A visitor at `address` behind a proxy that the bot trusts: it connects from PROXY."""
    return httpx.Client(
        base_url=bot.address + API, transport=httpx.HTTPTransport(local_address=PROXY), headers={"X-Forwarded-For": address}, timeout=30
    )


def dripping(port: int, first: bytes, drop: bytes, most: float) -> float:
    """Sends a byte now and then, as slowly as it can; gives for how many seconds the server bore with it."""
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=0.3) as one:
        one.sendall(first)
        while time.monotonic() - began < most:
            try:
                one.sendall(drop)
                if one.recv(65536) == b"":
                    break
            except socket.timeout:
                continue
            except OSError:
                break
    return time.monotonic() - began


@pytest.mark.parametrize("first, drop", [
    (b"GET / HT", b"T"),                                                   # the first line
    (POST, b"x"),                                                          # a header
    (POST + b"Content-Length: 60000\r\n\r\n", b" "),                       # the body
    (POST + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),         # chunks
    (b"", b""),                                                            # nothing at all: half-open
])
def test_whoever_sends_slowly_is_let_go(bot, first, drop):
    assert dripping(bot.port, first, drop, most=40) < 30
    assert bot.live()


def test_slow_clients_cost_nobody_an_answer(bot):
    slow = [socket.create_connection(("127.0.0.1", bot.port)) for _ in range(200)]
    for one in slow:
        one.sendall(POST)
    answer = bot.talk().say("im being bullied")
    assert answer.services[0] == "childline"
    for one in slow:
        one.close()


def test_one_address_cannot_hold_all_connections(bot):
    held = []
    refused = 0
    for _ in range(connections.MOST_PER_ADDRESS + 20):
        one = socket.create_connection(("127.0.0.1", bot.port))
        one.settimeout(5)
        held.append(one)
    for one in held[-10:]:
        try:
            refused += one.recv(1) == b""
        except ConnectionError:
            refused += 1
    assert refused == 10
    for one in held:
        one.close()
    assert bot.live() and bot.talk().say("hello").services


def test_a_client_that_does_not_read_its_answers_is_let_go(bot):
    with socket.create_connection(("127.0.0.1", bot.port)) as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        one.settimeout(40)
        try:
            one.sendall(b"GET /widget/panel.js HTTP/1.1\r\nHost: x\r\n\r\n" * 500)
        except OSError:
            return   # let go while it was still sending
        assert bot.live()
        time.sleep(12)
        with pytest.raises(OSError):
            for _ in range(100):
                one.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 100)


@pytest.mark.parametrize("head", [
    b"Content-Length: 2\r\nContent-Length: 2", b"Transfer-Encoding: chunked\r\nContent-Length: 2", b"Content-Length: -2", b"Content-Length: +2",
    b"Transfer-Encoding: identity", b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
])
def test_a_body_without_one_clear_length_is_refused_and_nothing_after_it_is_read(bot, head):
    answer = raw(bot.port, POST + head + b"\r\n\r\n{}GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n", wait=15)
    assert answer.startswith(b"HTTP/1.1 400") and answer.count(b"HTTP/1.1") == 1


@pytest.mark.parametrize("data", [
    b"\r\n\r\n", b"\x00" * 100 + b"\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    POST + b"Content-Length: -5\r\n\r\n{}", POST + b"Content-Length: 99999999999999\r\n\r\n{}", POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}  {}",
    POST + b"Content-Length: five\r\n\r\n{}", POST + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{}", POST + b"Transfer-Encoding: gzip\r\n\r\n{}",
    POST + b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n{}", b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 5000 + b"\r\n", b"GET /%ff%fe%00 HTTP/1.1\r\n\r\n", b"GET http://[::1 HTTP/1.1\r\n\r\n", b"OPTIONS * HTTP/1.1\r\n\r\n",
    b"CONNECT example:443 HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: <script>\r\nAuthorization: Bearer \xff\xfe\r\n\r\n",
])
def test_broken_requests_end_and_harm_nobody(bot, data):
    before = bot.workers()
    answer = raw(bot.port, data, wait=15)
    head = answer.split(b"\r\n", 1)[0]
    assert answer == b"" or head.startswith(b"HTTP/1.1 "), head
    if head.startswith((b"HTTP/1.1 4", b"HTTP/1.1 5")) and b"\r\n\r\n{" in answer:
        body, _ = json.JSONDecoder().raw_decode(answer.split(b"\r\n\r\n", 1)[1].decode())
        assert "childline" in seen(body["messages"], {}).services
    assert b"Traceback" not in answer and b"sanic" not in answer.lower()
    assert bot.live() and bot.workers() == before


def test_an_address_that_floods_is_refused_with_help_and_its_proxy_is_not_blamed(bot):
    with through_proxy(bot, "203.0.113.5") as one, through_proxy(bot, "203.0.113.6") as other:
        opened = [one.post("/sessions") for _ in range(12)]
        assert [answer.status_code for answer in opened] == [201] * 10 + [429] * 2   # a fifth as many sessions as messages
        answers = [one.post("/messages", json={"text": "hello"}, headers={"Authorization": f"Bearer {opened[number % 10].json()['session']}"}) for number in range(53)]
        assert [answer.status_code for answer in answers] == [200] * 50 + [429] * 3
        for answer in (opened[-1], answers[-1]):
            assert "childline" in seen(answer.json()["messages"], {}).services
        assert other.post("/sessions").status_code == 201


def test_thousands_of_sessions_are_bounded_and_the_oldest_forgotten(bot):
    first = bot.talk()
    assert first.say("hello").services

    def open_many(network: int) -> None:
        with through_proxy(bot, "") as many:
            for number in range(250):
                assert many.post("/sessions", headers={"X-Forwarded-For": f"198.51.{network}.{number}"}).status_code == 201

    with ThreadPoolExecutor(8) as several:
        list(several.map(open_many, range(8)))
    answer = first.post(text="ok")
    assert answer.status_code == 401 and "childline" in seen(answer.json()["messages"], {}).services
    assert bot.talk().say("im being bullied").services[0] == "childline" and bot.ready()
