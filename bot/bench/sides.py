"""The servers that are compared: each started as its users start it, spoken to by HTTP, and measured from outside by what Linux says of its processes."""
import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional
from uuid import uuid4

import aiohttp

from bot.signposting.data_files import ROOT

STARTS_WITHIN_SECONDS = 600
TICKS = os.sysconf("SC_CLK_TCK")


class NotReady(RuntimeError):
    """A server did not come up."""


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Side:
    """A running server. `start_seconds`: from its start to its first right answer."""

    name = ""

    def __init__(self, command: List[str], port: int, cwd: Path, environment: Dict[str, str]) -> None:
        self.address = f"http://127.0.0.1:{port}"
        began = time.monotonic()
        # A session of its own: Linux then shares the processor out among the servers evenly, whatever else runs beside them.
        self.process = subprocess.Popen(command, cwd=str(cwd), env={**os.environ, **environment}, start_new_session=True,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        asyncio.run(self._until_ready())
        self.start_seconds = time.monotonic() - began
        self.start_cpu_seconds = self.cpu_seconds()

    async def _until_ready(self) -> None:
        deadline = time.monotonic() + STARTS_WITHIN_SECONDS
        async with aiohttp.ClientSession() as http:
            while time.monotonic() < deadline and self.process.poll() is None:
                try:
                    if await self.ready(http):
                        return
                except (aiohttp.ClientError, asyncio.TimeoutError):
                    pass
                await asyncio.sleep(0.1)
        self.stop()
        raise NotReady(f"{self.name} did not start")

    async def ready(self, http: aiohttp.ClientSession) -> bool:
        raise NotImplementedError

    async def open(self, http: aiohttp.ClientSession) -> Any:
        """A new conversation."""
        raise NotImplementedError

    async def say(self, http: aiohttp.ClientSession, conversation: Any, text: str) -> Any:
        """Sends a message and reads the answer, whole. Raises RuntimeError where it is none."""
        raise NotImplementedError

    def processes(self) -> List[int]:
        found = [self.process.pid]
        for one in found:
            try:
                found += [int(child) for child in Path(f"/proc/{one}/task/{one}/children").read_text().split()]
            except OSError:
                pass
        return found

    def cpu_seconds(self) -> float:
        """Processor time of all its processes so far: what a message costs, however busy the machine is."""
        total = 0
        for one in self.processes():
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
        return total / TICKS

    def peak_mb(self) -> float:
        """The largest memory each of its processes has had, added up (what processes share is counted in each)."""
        return sum(_kb(one, "status", "VmHWM:") for one in self.processes()) / 1024

    def memory_mb(self) -> float:
        """What its processes hold now; what they share is counted once."""
        return sum(_kb(one, "smaps_rollup", "Pss:") for one in self.processes()) / 1024

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _kb(process: int, file: str, name: str) -> int:
    try:
        return next(int(line.split()[1]) for line in Path(f"/proc/{process}/{file}").read_text().splitlines() if line.startswith(name))
    except (OSError, StopIteration):
        return 0


class Ours(Side):
    name = "this bot"

    def __init__(self, workers: int = 1, **environment: str) -> None:
        port = free_port()
        command = [sys.executable, "-m", "bot", "serve", "--port", str(port), "--workers", str(workers)]
        super().__init__(command, port, ROOT, {"MESSAGES_PER_ADDRESS": "0", **environment})

    async def ready(self, http: aiohttp.ClientSession) -> bool:
        async with http.get(f"{self.address}/health/ready") as answer:
            return answer.status == 200

    async def open(self, http: aiohttp.ClientSession) -> Dict[str, str]:
        async with http.post(f"{self.address}/webhooks/webchat/sessions") as answer:
            return {"Authorization": f"Bearer {(await answer.json())['session']}"}

    async def say(self, http: aiohttp.ClientSession, conversation: Dict[str, str], text: str) -> Any:
        async with http.post(f"{self.address}/webhooks/webchat/messages", headers=conversation, json={"text": text}) as answer:
            found = await answer.json()
            if answer.status != 200 or not found["messages"]:
                raise RuntimeError(f"{self.name}: {answer.status}")
            return found


class Default(Side):
    """`rasa init`'s pipeline and policies, trained on the same phrases, with rules and stories (scripts/default_rasa.py)."""

    name = "Rasa's default"

    def __init__(self) -> None:
        from scripts.default_rasa import BOT, ENVIRONMENT, VENV

        port = free_port()
        command = [str(VENV / "bin" / "python"), "-m", "rasa", "run", "--port", str(port), "--interface", "127.0.0.1", "--model", "models/model.tar.gz",
                   "--credentials", "credentials.yml"]
        super().__init__(command, port, BOT, {name: ENVIRONMENT[name] for name in ("RASA_TELEMETRY_ENABLED", "TF_CPP_MIN_LOG_LEVEL", "SQLALCHEMY_SILENCE_UBER_WARNING")})

    async def ready(self, http: aiohttp.ClientSession) -> bool:
        try:
            return bool(await self.say(http, uuid4().hex, "hello"))
        except RuntimeError:
            return False

    async def open(self, http: aiohttp.ClientSession) -> str:
        return uuid4().hex

    async def say(self, http: aiohttp.ClientSession, conversation: str, text: str) -> Any:
        async with http.post(f"{self.address}/webhooks/rest/webhook", json={"sender": conversation, "message": text}) as answer:
            found = await answer.json() if answer.status == 200 else None
            if not found:   # Rasa says nothing at all where something inside failed
                raise RuntimeError(f"{self.name}: no answer ({answer.status})")
            return found


@contextmanager
def running(side: Any, *arguments: Any, **options: Any) -> Iterator[Any]:
    started = side(*arguments, **options)
    try:
        yield started
    finally:
        started.stop()


@contextmanager
def redis() -> Iterator[Optional[str]]:
    """The address of a Redis that writes nothing to disk; None where there is no redis-server."""
    program = shutil.which("redis-server")
    if not program:
        yield None
        return
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen([program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"], cwd=folder, stdout=subprocess.DEVNULL)
        time.sleep(1)
        try:
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()
            server.wait()
