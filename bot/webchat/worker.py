"""One worker: a process that serves the web chat on a socket it was given, and tells its parent how it is."""
import asyncio
import logging
import os
import resource
import socket
from multiprocessing.connection import Connection
from typing import Callable

from bot import logs
from bot.webchat.answering import OnNewMessage, paused
from bot.webchat.connections import BoundedProtocol
from bot.webchat.health import Gate, answers_right
from bot.webchat.metrics import serve as serve_metrics
from bot.webchat.model_thread import ModelThread
from bot.webchat.server import create_app
from bot.webchat.settings import Settings

BEAT_SECONDS = 1.0
HUNG_SECONDS = 15.0          # a model that hangs for so long is given up: no more beats, and the parent replaces the worker
FIRST_ANSWER_SECONDS = 60.0  # the first message after loading takes longer than those that follow
TRY_AGAIN_SECONDS = 10.0     # to load the model, where it was there before and now is not
READY, BEAT, REFUSED = "ready", "beat", "refused"

Load = Callable[[], OnNewMessage]
logger = logging.getLogger(__name__)


class NotAsTrained(RuntimeError):
    """The model loads, and does not answer as this bot should: it was trained from something else."""


def run(load: Load, listening: socket.socket, settings: Settings, parent: Connection, may_refuse: bool, number: int = 0) -> None:
    """Serves until it is stopped. `number`: which of the workers this is. `load` runs in a thread, so that liveness does not wait for it.

    What `parent` is sent: (READY, "") once, (BEAT, "") every second while the worker can answer, and (REFUSED, why) where
    the model cannot be loaded and `may_refuse`; where not, visitors get static help and loading is tried again.
    """
    logs.seal()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))   # a core file would hold what was being said
    gate = Gate()
    app = create_app(gate, settings)
    if settings.metrics_port:
        serve_metrics(app.ctx.metrics, settings.metrics_port + number)
    parent_id = os.getppid()

    async def open_gate() -> None:
        while True:
            try:
                model = ModelThread(await asyncio.get_running_loop().run_in_executor(None, load))
                if not await answers_right(model, patience=FIRST_ANSWER_SECONDS):
                    raise NotAsTrained("The model does not answer as it should. Train it anew: .venv/bin/python -m bot train --force")
            except Exception as error:
                if may_refuse and not paused():   # with the kill switch on it starts whatever is broken
                    parent.send((REFUSED, f"{error or type(error).__name__}"))
                    app.stop()
                    return
                logger.error("The model cannot be loaded (%s): visitors get the contacts only", type(error).__name__)
                await asyncio.sleep(TRY_AGAIN_SECONDS)
            else:
                gate.on_new_message = model
                parent.send((READY, ""))
                return

    async def beat() -> None:
        while os.getppid() == parent_id:
            model = gate.on_new_message
            if not (isinstance(model, ModelThread) and model.silent_for() > HUNG_SECONDS):
                parent.send((BEAT, ""))
            await asyncio.sleep(BEAT_SECONDS)
        app.stop()   # the parent is gone without a word

    @app.after_server_start
    async def begin(_: object, loop: asyncio.AbstractEventLoop) -> None:
        app.add_task(open_gate())
        app.add_task(beat())

    app.run(sock=listening, protocol=BoundedProtocol, backlog=1024, access_log=False, debug=False, motd=False)
