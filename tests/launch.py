"""Starts the bot's command line with faults put into it: python -m tests.launch FAULT,FAULT serve --port 5005.

The program itself has no hooks for tests: a fault here replaces a part of it before it starts. Faults wait for their word in a message.
"""
import asyncio
import re
import resource
import sys
import time
from pathlib import Path

from bot import lean

lean.prepare()

COMPONENT, LOGS = "brokencomponent", "loggedcomponent"
ACTION, WAITS, SLEEPS, SPINS, PAUSES = "brokenaction", "waitingaction", "sleepingaction", "spinningaction", "pausingaction"
PAUSE_SECONDS = 1.5


def component_raises() -> None:
    """A component of the pipeline raises, with what was typed in its error and in its local variables."""
    from bot.nlu.safety_net import SafetyNet

    process = SafetyNet.process

    def raises(self, messages):
        typed = messages[0].get("text") or ""
        if COMPONENT in typed:
            raise ValueError(f"cannot read {typed}")
        return process(self, messages)

    SafetyNet.process = raises


def component_logs() -> None:
    """A library logs, warns and prints tracebacks with what was typed, at every level and in every way there is."""
    import logging
    import threading
    import warnings

    import structlog
    from bot.nlu.safety_net import SafetyNet

    process = SafetyNet.process

    def logs(self, messages):
        typed = messages[0].get("text") or ""
        if LOGS in typed:
            for name in ("rasa.core.processor", "dask", "redis", "py.warnings", "asyncio", "sanic.root", "sanic.error", "bot.nlu.safety_net"):
                logger = logging.getLogger(name)
                try:
                    raise KeyError(typed)
                except KeyError:
                    logger.exception("%s" if not name.startswith("bot") else "a line of our own", *([typed] if not name.startswith("bot") else []))
                if not name.startswith("bot"):
                    for level in (10, 20, 30, 40, 50):
                        logger.log(level, typed)
            structlog.get_logger().error("component.failed", user_text=typed, exc_info=True)
            structlog.get_logger("rasa").critical("component.failed", anything=typed, stack_info=True)
            warnings.warn(typed)
            warnings.warn(typed, DeprecationWarning)
            threading.Thread(target=lambda: int(typed)).start()

            async def lost() -> None:
                raise ValueError(typed)

            asyncio.get_running_loop().create_task(lost())   # "Task exception was never retrieved"
            asyncio.get_running_loop().call_soon(int, typed)   # "Exception in callback"
        return process(self, messages)

    SafetyNet.process = logs


def actions_fail() -> None:
    """An action raises, pauses, waits for ever, sleeps for ever, or spins for ever in C without letting go of the interpreter."""
    from actions.actions import _Signposting

    run = _Signposting.run

    def fails(self, dispatcher, tracker, domain):
        typed = tracker.latest_message.get("text") or ""
        if ACTION in typed:
            raise RuntimeError(f"no row for {typed}")
        if WAITS in typed:
            return asyncio.sleep(3600)
        if PAUSES in typed:
            return paused(self, dispatcher, tracker, domain)
        if SLEEPS in typed:
            time.sleep(3600)
        if SPINS in typed:
            re.match(r"(a*)*b", "a" * 60)
        return run(self, dispatcher, tracker, domain)

    async def paused(*arguments):
        await asyncio.sleep(PAUSE_SECONDS)
        return run(*arguments)

    _Signposting.run = fails


def impatient() -> None:
    """What the program waits for takes a fifth of the time: so tests of hanging need not take minutes."""
    from bot.webchat import answering, model_thread, worker, workers

    answering.PATIENCE_SECONDS, model_thread.STUCK_SECONDS, worker.HUNG_SECONDS = 2.0, 2.0, 4.0
    workers.SILENT_TICKS, worker.TRY_AGAIN_SECONDS = 3, 1.0


def short_of_time() -> None:
    """A third of the time for requests and their answers."""
    from bot.webchat import connections

    connections.REQUEST_SECONDS, connections.RESPONSE_SECONDS, connections.IDLE_SECONDS = 3, 6, 6


def few_conversations() -> None:
    """Room for 1,000 conversations."""
    from bot.webchat import conversations

    conversations.Conversations.__init__.__defaults__ = (15.0, 1000, time.monotonic)


def no_room_on_the_disk() -> None:
    """From when the model is loaded on, no file can grow by a byte."""
    from bot.assistant import Assistant

    load = Assistant.load.__func__

    def then_full(cls, *args):
        assistant = load(cls, *args)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        return assistant

    Assistant.load = classmethod(then_full)


def writes_a_diary() -> None:
    """What must never be: each message goes to standard error and into a file. It shows that the search for leaks finds one."""
    from bot.nlu.safety_net import SafetyNet

    process = SafetyNet.process

    def leaks(self, messages):
        typed = messages[0].get("text") or ""
        if typed:
            print(typed.encode().hex(), file=sys.stderr, flush=True)
            with open(Path.home() / "diary", "a") as diary:
                diary.write(typed)
        return process(self, messages)

    SafetyNet.process = leaks


def lists_what_it_writes(path: str) -> None:
    """Every file that is opened for writing, made, renamed or linked is named in the file at `path`."""
    import os

    notes = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def hook(event, arguments):
        changes = event == "open" and (isinstance(arguments[1], str) and set(arguments[1]) & set("wax+") or arguments[2] & (os.O_WRONLY | os.O_RDWR))
        if changes or event in ("os.rename", "os.link", "os.symlink", "os.mkdir", "shutil.copyfile", "sqlite3.connect"):
            os.write(notes, f"{event} {arguments[0]} {arguments[1] if event.startswith(('os.', 'shutil.')) else ''}\n".encode())

    sys.addaudithook(hook)


def model_at(path: str) -> None:
    """The model is looked for at `path`."""
    from bot.assistant import Assistant

    load = Assistant.load.__func__
    Assistant.load = classmethod(lambda cls: load(cls, Path(path)))


def main() -> None:
    for fault in filter(None, sys.argv[1].split(",")):
        name, _, value = fault.partition("=")
        globals()[name](*([value] if value else []))
    sys.argv[1:2] = []
    from bot.__main__ import cli

    cli()


if __name__ == "__main__":
    main()
