"""The parent of the workers: opens the port, starts them, and replaces one that dies or hangs. It speaks to no visitor itself."""
import logging
import multiprocessing
import os
import resource
import signal
import socket
import sys
import time
from multiprocessing.connection import Connection, wait
from typing import Any, List, Optional

from bot.webchat.settings import Settings

logger = logging.getLogger(__name__)

TICK_SECONDS = 1.0
SILENT_TICKS = 10          # without a beat: asked to stop; twice as many: killed. Ticks, not seconds: a machine that slept is no hang
SILENT_TICKS_AT_FIRST = 120   # while it starts
LIVED_SECONDS = 30.0       # a worker that died sooner is started again only after a pause
LONGEST_PAUSE_SECONDS = 10.0
STOP_SECONDS = 12.0

_fork = multiprocessing.get_context("fork")


class Refused(RuntimeError):
    """The server cannot start. Its text says why, and what to do."""


class _Worker:
    """One place among the workers: its own listening socket, which outlives the process, so that callers wait and are not turned away."""

    def __init__(self, number: int, listening: socket.socket) -> None:
        self.number, self.listening = number, listening
        self.process: Any = None
        self.reports: Optional[Connection] = None
        self.ready = False
        self.silent = 0
        self.pause = 0.0
        self.began = self.start_at = 0.0

    def start(self, load: Any, settings: Settings, first: bool) -> None:
        self.reports, child = _fork.Pipe(duplex=False)
        self.process = _fork.Process(target=_work, args=(load, self.listening, settings, child, first, self.number), daemon=True)
        self.process.start()
        child.close()
        self.ready, self.silent, self.began = False, 0, time.monotonic()

    @property
    def patience(self) -> int:
        """How many ticks without a beat are too many."""
        return SILENT_TICKS if self.ready else SILENT_TICKS_AT_FIRST

    def after_death(self) -> None:
        """Decides when the next one starts: at once, or after a pause that doubles while they die young."""
        young = time.monotonic() - self.began < LIVED_SECONDS
        self.pause = min(LONGEST_PAUSE_SECONDS, max(0.5, self.pause * 2)) if young and self.pause else (0.5 if young else 0.0)
        self.start_at = time.monotonic() + (self.pause if young else 0.0)
        self.process.close()
        self.reports.close()   # type: ignore[union-attr]
        self.process = self.reports = None


def _work(load: Any, listening: socket.socket, settings: Settings, parent: Connection, first: bool, number: int) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)   # the terminal tells both; the parent passes it on
    from bot.webchat.worker import run

    status = 1
    try:
        run(load, listening, settings, parent, first, number)
        status = 0
    finally:
        sys.stdout.flush()
        os._exit(status)   # a model that hangs must not hold up the end


class Workers:
    """Runs `settings.workers` workers until it is told to stop."""

    def __init__(self, load: Any, settings: Settings, host: str, port: int) -> None:
        self._load, self._settings, self._address = load, settings, f"http://{host}:{port}"
        self._workers = [_Worker(number, one) for number, one in enumerate(_sockets(host, port, settings.workers))]
        self._stopping = False

    def run(self) -> None:
        """Returns when it was asked to stop. Raises Refused where a worker cannot begin."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        for worker in self._workers:
            worker.start(self._load, self._settings, first=True)
        try:
            begun = False
            while not self._stopping:
                self._listen()
                self._watch(begun)
                if not begun and all(worker.ready for worker in self._workers):
                    begun = True
                    print(f"Ready on {self._address}", flush=True)
        finally:
            self._end()

    def _stop(self, *_: Any) -> None:
        self._stopping = True
        for worker in self._workers:
            if worker.process is not None and worker.process.is_alive():
                worker.process.terminate()

    def _listen(self) -> None:
        """Waits for reports and deaths, for a tick at most, and reads the reports."""
        for worker in self._workers:
            worker.silent += 1
        connections = [worker.reports for worker in self._workers if worker.reports]
        until = time.monotonic() + TICK_SECONDS
        while connections and time.monotonic() < until:
            for connection in wait(connections, until - time.monotonic()):
                worker = next(one for one in self._workers if one.reports is connection)
                try:
                    what, why = connection.recv()   # type: ignore[union-attr]
                except (EOFError, OSError):
                    worker.process.join(TICK_SECONDS)   # it is dying
                    return
                if what == "refused":
                    raise Refused(why)
                worker.silent = 0
                if what == "ready":
                    worker.ready = True
                    return
        if not connections:
            time.sleep(TICK_SECONDS / 4)

    def _watch(self, begun: bool) -> None:
        for worker in self._workers:
            if worker.process is None:
                if time.monotonic() >= worker.start_at and not self._stopping:
                    worker.start(self._load, self._settings, first=False)
            elif not worker.process.is_alive():
                if self._stopping:
                    continue
                if not begun:
                    raise Refused(f"A worker ended (status {worker.process.exitcode}) before it was ready. Is there memory enough?")
                logger.error("A worker ended (status %s) and is replaced", worker.process.exitcode)
                worker.after_death()
            elif worker.silent == worker.patience:
                logger.error("A worker hangs and is replaced")
                worker.process.terminate()
            elif worker.silent >= 2 * worker.patience:
                worker.process.kill()

    def _end(self) -> None:
        self._stop()
        until = time.monotonic() + STOP_SECONDS
        for worker in self._workers:
            if worker.process is not None:
                worker.process.join(max(0.1, until - time.monotonic()))
                if worker.process.is_alive():
                    worker.process.kill()
            worker.listening.close()


def _sockets(host: str, port: int, count: int) -> List[socket.socket]:
    """One listening socket a worker, all on one port: the system shares callers out among them. Raises Refused."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 8192)), hard))
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        with socket.socket(family) as alone:   # two servers on one port would share the visitors without a word
            alone.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            alone.bind(address)
        found = []
        for _ in range(count):
            one = socket.socket(family)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if count > 1:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            one.bind(address)
            one.listen(1024)
            found.append(one)
        return found
    except OSError as error:
        raise Refused(f"Cannot listen on {host}:{port}: {error.strerror or error}. Choose another with PORT=...") from None
