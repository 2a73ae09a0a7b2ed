"""Real processes for tests: the bot's server (with or without faults in it), Redis and nginx, each on a free port."""
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, Dict, Iterable, Iterator, List, Optional

import httpx
import pytest
import redis as redis_client

from bot.signposting.data_files import ROOT
from tests.conftest import READY_WITHIN_SECONDS, Answer, free_port, seen

SECRET = "only-for-tests-only-for-tests-only-for-tests"
API = "/webhooks/webchat"
OTHER_PATHS = os.pathsep + "/usr/sbin" + os.pathsep + "/sbin"


def until(true: Callable[[], object], within: float = 60.0, what: str = "") -> None:
    """Waits for something to become true. Fails the test where it does not."""
    deadline = time.monotonic() + within
    while not true():
        assert time.monotonic() < deadline, f"it did not come about: {what}"
        time.sleep(0.1)


def program(name: str, package: str) -> str:
    found = shutil.which(name, path=os.environ.get("PATH", "") + OTHER_PATHS)
    if not found:
        pytest.fail(f"This test needs {name} (Debian: apt-get install {package}).")
    return found


class Talk:
    """A visitor with a session."""

    def __init__(self, address: str, **headers: str) -> None:
        self.http = httpx.Client(base_url=address + API, timeout=30, headers=headers)
        opened = self.http.post("/sessions")
        assert opened.status_code == 201, opened.text
        self.token = opened.json()["session"]
        self.http.headers["Authorization"] = f"Bearer {self.token}"

    def post(self, **body: str) -> httpx.Response:
        return self.http.post("/messages", json=body)

    def say(self, text: str) -> Answer:
        answer = self.post(text=text)
        assert answer.status_code == 200, answer.text
        return seen(answer.json()["messages"], {})


class Bot:
    """A running server."""

    def __init__(self, process: subprocess.Popen, port: int, log: Path) -> None:
        self.process, self.port, self._log = process, port, log
        self.address = f"http://127.0.0.1:{port}"

    def output(self) -> str:
        """All it has written to standard output and error; still known when it has ended."""
        if self._log.exists():
            self._output = self._log.read_text(errors="replace")
        return self._output

    def status(self, path: str, timeout: float = 30.0) -> Optional[int]:
        try:
            return httpx.get(self.address + path, timeout=timeout).status_code
        except httpx.HTTPError:
            return None

    def ready(self) -> bool:
        return self.status("/health/ready") == 200

    def knows_that_it_is_not_ready(self) -> bool:
        """Fails the test where it goes on saying that it is ready (an answer may be a second old)."""
        until(lambda: self.status("/health/ready") == 503, 5, "not ready")
        return True

    def live(self) -> bool:
        return self.status("/health/live", timeout=3) == 200

    def talk(self, **headers: str) -> Talk:
        return Talk(self.address, **headers)

    def workers(self) -> List[int]:
        """The process ids of its workers."""
        return [int(one) for one in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()]


@contextmanager
def serving(
    faults: Iterable[str] = (), workers: int = 1, wait: bool = True, environment: Optional[Dict[str, str]] = None, cwd: Path = ROOT
) -> Iterator[Bot]:
    """A server, started as `make run` starts it, with faults put into it where asked for; waits until it is ready."""
    port = free_port()
    faults = list(faults)
    module = ["tests.launch", ",".join(faults)] if faults else ["bot"]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", *module, "serve", "--port", str(port), "--workers", str(workers)],
                cwd=cwd, env={**os.environ, "MESSAGES_PER_ADDRESS": "0", "PYTHONPATH": str(ROOT), **(environment or {})},
                stdout=out, stderr=subprocess.STDOUT,
            )
        bot = Bot(process, port, log)
        try:
            if wait:
                until(lambda: process.poll() is not None or bot.ready(), READY_WITHIN_SECONDS, bot.output())
                assert process.poll() is None, bot.output()
            yield bot
        finally:
            ended_by_itself = process.poll() is not None
            process.terminate()
            status = process.wait(timeout=30)
            bot.output()
            assert ended_by_itself or status == 0, "asked to stop, it did not end well"


class Redis:
    """A Redis that writes nothing to disk, and can be killed and started again."""

    def __init__(self, folder: str) -> None:
        self._folder, self.port = folder, free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.client = redis_client.Redis.from_url(self.url, socket_timeout=5)
        self.process: Optional[subprocess.Popen] = None

    def start(self) -> None:
        command = [program("redis-server", "redis-tools"), "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(command, cwd=self._folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(self._answers, 20, "Redis")

    def _answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except redis_client.RedisError:
            return False

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait(10)
            self.process = None

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)


@contextmanager
def running_redis() -> Iterator[Redis]:
    with tempfile.TemporaryDirectory() as folder:
        redis = Redis(folder)
        redis.start()
        try:
            yield redis
        finally:
            redis.kill()


def shared(redis: Redis, **more: str) -> Dict[str, str]:
    """The environment of a bot whose conversations are in `redis`."""
    return {"REDIS_URL": redis.url, "SESSION_SECRET": SECRET, **more}


def raw(port: int, data: bytes, wait: float = 5.0) -> bytes:
    """What the server answers to bytes, until it closes or `wait` seconds have gone without a byte."""
    with socket.create_connection(("127.0.0.1", port), timeout=wait) as one:
        one.sendall(data)
        found = b""
        try:
            while True:
                more = one.recv(65536)
                if not more:
                    return found
                found += more
        except OSError:
            return found
