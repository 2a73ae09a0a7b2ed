"""What the tests share: one loaded assistant, and one server of our own, for the whole run."""
import asyncio
import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from functools import lru_cache
from typing import Dict, Iterator, List, NamedTuple

import httpx
import pytest

from bot import lean

lean.prepare()

from bot.signposting.data_files import ROOT  # noqa: E402

READY_WITHIN_SECONDS = 120


class Answer(NamedTuple):
    """What a person is shown: service ids in order, texts, choice labels; and the trace that explains it."""

    services: List[str]
    texts: List[str]
    choices: List[str]
    trace: Dict
    messages: List[Dict]

    @property
    def text(self) -> str:
        return " ".join(self.texts)

    @property
    def led_by_999(self) -> bool:
        return self.services[:1] == ["emergency_999"]


def seen(messages: List[Dict], trace: Dict) -> Answer:
    return Answer(
        [one["id"] for message in messages if message["type"] == "services" for one in message["services"]],
        [message["text"] for message in messages if message["type"] == "text"],
        [one["id"] for message in messages if message["type"] == "choices" for one in message["choices"]],
        trace,
        messages,
    )


class Talk:
    """A conversation with the real assistant, in this process, by the same path as the web chat."""

    def __init__(self, assistant, loop: asyncio.AbstractEventLoop, number: int) -> None:
        self._assistant, self._loop, self._id = assistant, loop, f"test-{number}"

    def say(self, text: str) -> Answer:
        return seen(*self._loop.run_until_complete(self._assistant.answer(self._id, text=text)))

    def choose(self, choice: str) -> Answer:
        return seen(*self._loop.run_until_complete(self._assistant.answer(self._id, choice=choice)))


@lru_cache(maxsize=None)
def the_loop() -> asyncio.AbstractEventLoop:
    return asyncio.new_event_loop()


@lru_cache(maxsize=None)
def the_assistant():
    from bot.assistant import Assistant

    return Assistant.load()


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    yield the_loop()
    the_loop().close()


@pytest.fixture(scope="session")
def assistant():
    return the_assistant()


@pytest.fixture(scope="session")
def new_talk(assistant, loop):
    """A function that begins a conversation of its own."""
    count = iter(range(1_000_000))
    return lambda: Talk(assistant, loop, next(count))


@pytest.fixture
def talk(new_talk) -> Talk:
    return new_talk()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextmanager
def running(**environment: str) -> Iterator[str]:
    """The address of a real server, started as `make run` starts it, until the block ends."""
    port = free_port()
    command = [sys.executable, "-m", "bot", "serve", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "MESSAGES_PER_ADDRESS": "0", **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while not _ready(address):
            assert process.poll() is None and time.monotonic() < deadline, "the server did not become ready"
            time.sleep(0.3)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def _ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health/ready", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """One real server for all tests that need no settings of their own."""
    with running() as address:
        yield address
