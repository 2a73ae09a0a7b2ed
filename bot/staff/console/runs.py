"""Runs flows while the page watches: one run at a time, on one model or on two to compare them."""
import asyncio
import datetime
from typing import Any, Awaitable, Callable, Dict, List, Optional

from bot.assistant import MODEL, Assistant
from bot.staff.console.keep import relative
from bot.staff.flows import Flow, Result, coverage, run, why
from bot.training import PREVIOUS

COMPARED = ("intent", "concern", "urgency", "audience")


class Busy(RuntimeError):
    """A run is going on."""


class Runs:
    """The latest run. What the page has seen of it, it does not ask for again."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._previous: Optional[Assistant] = None
        self._previous_from = 0.0
        self._task: Optional["asyncio.Task[None]"] = None
        self._state: Dict[str, Any] = {"kind": "none", "total": 0, "failed": 0, "results": [], "over": True, "mistake": None}

    @property
    def going_on(self) -> bool:
        return self._task is not None and not self._task.done()

    def start(self, flows: List[Flow]) -> None:
        """Runs the flows on the model in use. Raises Busy."""
        self._begin("tests", len(flows), lambda: self._tests(flows))

    def start_comparison(self, flows: List[Flow]) -> None:
        """Runs the flows on the training before this one and on this one. Raises Busy."""
        self._begin("comparison", 2 * len(flows), lambda: self._comparison(flows))

    def seen(self, since: int) -> Dict[str, Any]:
        """The run's state, with its results from number `since` on."""
        return {**self._state, "results": self._state["results"][since:], "done": self._state.get("done", 0), "next": len(self._state["results"])}

    def _begin(self, kind: str, total: int, work: Callable[[], Awaitable[None]]) -> None:
        if self.going_on:
            raise Busy
        self._state = {"kind": kind, "total": total, "done": 0, "failed": 0, "results": [], "over": False, "mistake": None}
        self._task = asyncio.get_running_loop().create_task(self._to_its_end(work))

    async def _to_its_end(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Exception as error:  # the page must hear of it, whatever it is
            self._state["mistake"] = f"The run stopped: {error or type(error).__name__}"
        finally:
            self._state["over"] = True

    def _one_more(self, _: Result) -> None:
        self._state["done"] += 1

    async def _tests(self, flows: List[Flow]) -> None:
        def add(result: Result) -> None:
            self._one_more(result)
            self._state["failed"] += not result.passed
            self._state["results"].append(told(result))

        results = await run(self._assistant, flows, add)
        covered = coverage(results)
        self._state["coverage"] = {
            kind: {"reached": sum(count > 0 for count in names.values()), "all": len(names), "missing": covered.missing()[kind]}
            for kind, names in covered.reached.items()
        }

    async def _comparison(self, flows: List[Flow]) -> None:
        before = await run(await self._load_previous(), flows, self._one_more)
        now = await run(self._assistant, flows, self._one_more)
        for old, new in zip(before, now):
            changed = changes(old, new)
            if changed:
                self._state["results"].append({**told(new), "was": old.passed, "changes": changed})
        self._state["failed"] = sum(old.passed and not new.passed for old, new in zip(before, now))
        self._state["mended"] = sum(new.passed and not old.passed for old, new in zip(before, now))

    async def _load_previous(self) -> Assistant:
        if not PREVIOUS.is_file():
            raise FileNotFoundError("there is no earlier training to compare with. `make train` keeps one each time it trains anew.")
        trained = PREVIOUS.stat().st_mtime
        if self._previous is None or self._previous_from != trained:
            self._previous = await asyncio.get_running_loop().run_in_executor(None, Assistant.load, PREVIOUS)
            self._previous_from = trained
        return self._previous


def told(result: Result) -> Dict[str, Any]:
    """A result as the page shows it."""
    return {
        "file": relative(result.flow.path), "flow": result.flow.name, "line": result.flow.line, "passed": result.passed,
        "ms": round(result.seconds * 1000),
        "turns": [
            {
                "said": turn.step.said, "services": turn.services, "texts": turn.texts, "why": why(turn) if not result.passed else [],
                "failures": [
                    {"line": one.line, "what": one.what, "expected": one.expected, "got": one.got}
                    for one in result.failures if one.turn == number
                ],
            }
            for number, turn in enumerate(result.turns)
        ] if not result.passed else [],
    }


def changes(old: Result, new: Result) -> List[Dict[str, str]]:
    """What is answered otherwise, turn by turn."""
    found = []
    for before, after in zip(old.turns, new.turns):
        for name in COMPARED:
            one, other = before.trace.get(name), after.trace.get(name)
            if one != other:
                found.append({"said": after.step.said, "what": name, "before": str(one), "now": str(other)})
        if before.services != after.services:
            found.append({"said": after.step.said, "what": "services", "before": ", ".join(before.services), "now": ", ".join(after.services)})
    return found


def trainings() -> Dict[str, Optional[str]]:
    """When the model in use and the one before it were trained."""
    return {name: _when(path.stat().st_mtime) if path.is_file() else None for name, path in (("current", MODEL), ("previous", PREVIOUS))}


def _when(seconds: float) -> str:
    return datetime.datetime.fromtimestamp(seconds).strftime("%Y-%m-%d %H:%M")
