"""`python -m bot bench`: this bot and Rasa's default, the same messages by HTTP, in turns, so that a busy machine is busy for both."""
import json
import os
import platform
import subprocess
import sys
import time
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any, Dict, List

from rich.console import Console
from rich.table import Table

from bot.bench.drive import PER_CONVERSATION, Run, added, figures, run
from bot.bench.report import write_page
from bot.bench.sides import Default, Ours, Side, redis, running
from bot.evaluation.sets import read_set
from bot.signposting.data_files import ROOT

SHORT, LONG = 60, 1000   # letters
MANY = 32                # conversations at once
SECRET = "only-for-benchmarks-on-this-machine-alone"

console = Console()


def short_texts() -> List[str]:
    """The evaluation messages of up to SHORT letters."""
    return [one.text for one in read_set("english") if len(one.text) <= SHORT]


def long_texts(count: int = 10) -> List[str]:
    """Messages of LONG letters, put together from the evaluation messages."""
    everything = ". ".join(one.text for one in read_set("english"))
    return [everything[start * LONG:(start + 1) * LONG] for start in range(min(count, len(everything) // LONG))]


def in_conversations(texts: List[str], length: int, count: int) -> List[List[str]]:
    """`count` conversations of `length` messages each, taken from `texts` round and round."""
    return [[texts[(number * length + place) % len(texts)] for place in range(length)] for number in range(count)]


def bench(folder: Path, with_default: bool, rounds: int, sessions: int) -> Dict[str, Any]:
    """Measures everything, prints it, and writes bench.json and bench.html into `folder`."""
    result: Dict[str, Any] = {"machine": machine(), "sides": {}, "environment MB": {"this bot": _folder_mb(ROOT / ".venv")}}
    with ExitStack() as stack:
        sides: List[Side] = []
        for side in [Ours] + ([Default] if with_default else []):
            console.print(f"starting {side.name}")
            sides.append(stack.enter_context(running(side)))
        if with_default:
            from scripts.default_rasa import VENV, how_trained

            result["environment MB"][Default.name] = _folder_mb(VENV)
            result["default"] = {"Rasa's default was trained for": how_trained()}
        runs = _in_turns(sides, rounds)
        for side in sides:
            result["sides"][side.name] = {
                "start s": side.start_seconds, "start cpu s": side.start_cpu_seconds, "peak MB": side.peak_mb(),
                **{name: figures(found) for name, found in runs[side.name].items()},
            }
    result["long conversation"] = _long_conversation()
    result["workers on Redis"] = _workers(rounds)
    result["sessions"] = _sessions(sessions)
    result["times better"] = ratios(result)
    result["machine"]["load after"] = os.getloadavg()[0]
    _print(result)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "bench.json").write_text(json.dumps(result, indent=1), encoding="utf-8")
    write_page(folder / "bench.html", result)
    console.print(f"The whole report: {folder / 'bench.html'}")
    return result


def speed(default: Side) -> None:
    """Prints how long whole messages take by HTTP, this bot beside a running Rasa's default."""
    with running(Ours) as ours:
        runs = _in_turns([ours, default], 2)
    for load, found in runs[ours.name].items():
        here, there = figures(found), figures(runs[default.name][load])
        console.print(f"{load}: p50 {here['p50 ms']:.1f} ms, Rasa's default {there['p50 ms']:.1f} ms: {there['p50 ms'] / here['p50 ms']:.1f} times")


def machine() -> Dict[str, Any]:
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=str(ROOT), capture_output=True, text=True).stdout.strip()
    return {"date": str(date.today()), "commit": commit, "python": platform.python_version(), "cores": os.cpu_count(), "load before": os.getloadavg()[0]}


def _in_turns(sides: List[Side], rounds: int) -> Dict[str, Dict[str, Run]]:
    """What each side did, by load. Each round asks all sides for the same before the next begins."""
    short, long = short_texts(), long_texts()
    loads = {
        "short, one at a time": (in_conversations(short, 10, 6), 1),
        "long, one at a time": (in_conversations(long, 5, 2), 1),
        f"short, {MANY} at once": (in_conversations(short, 5, MANY), MANY),
    }
    found: Dict[str, Dict[str, List[Run]]] = {side.name: {name: [] for name in loads} for side in sides}
    for side in sides:
        run(side, in_conversations(short, 10, 3))   # to warm up
    for number in range(rounds):
        for name, (conversations, at_once) in loads.items():
            for side in sides:
                console.print(f"round {number + 1} of {rounds}: {name}, {side.name}")
                found[side.name][name].append(run(side, conversations, at_once))
    return {side: {name: added(runs) for name, runs in by.items()} for side, by in found.items()}


def _long_conversation(turns: int = 300) -> Dict[str, float]:
    """Milliseconds of turns 1 to 20 (each in a conversation of its own) and of turns 281 to 300 of one conversation, in this process: a visitor
    could not send so many without a limit stopping them."""
    import asyncio

    from bot.assistant import Assistant
    from bot.conversing import CONVERSATIONS

    async def held() -> Dict[str, float]:
        assistant, texts = Assistant.load(), short_texts()[:20]

        async def timed(conversation: str, text: str) -> float:
            began = time.process_time()
            await assistant.answer(conversation, text=text)
            return 1000 * (time.process_time() - began)

        for text in texts:
            await timed("warm", text)
        first = [await timed(f"first {number}", text) for number, text in enumerate(texts)]
        every = [await timed("long", texts[number % len(texts)]) for number in range(turns)]
        for name in ["warm", "long", *(f"first {number}" for number in range(len(texts)))]:
            CONVERSATIONS.forget(name)
        return {"turn 1 cpu ms": sum(first) / len(first), f"turn {turns} cpu ms": sum(every[-20:]) / 20}

    return asyncio.run(held())


def _workers(rounds: int) -> Dict[str, Any]:
    """One worker and two, both on the same Redis, with MANY conversations at once, in turns."""
    with redis() as url:
        if url is None:
            return {"not measured": "there is no redis-server"}
        environment = {"REDIS_URL": url, "SESSION_SECRET": SECRET}
        conversations = in_conversations(short_texts(), 5, 10 * MANY)   # some seconds: of half a second, the ends would be most, when one worker waits for the other
        with running(Ours, 1, **environment) as one, running(Ours, 2, **environment) as two:
            found: Dict[str, List[Run]] = {"one worker": [], "two workers": []}
            for number in range(rounds):
                for name, side in (("one worker", one), ("two workers", two)):
                    console.print(f"round {number + 1} of {rounds}: {name} on Redis")
                    found[name].append(run(side, conversations, MANY))
        return {name: figures(added(runs)) for name, runs in found.items()}


def _sessions(count: int) -> Dict[str, float]:
    """Memory (MB) after a warm-up, with `count` conversations of three messages, and when they have expired."""
    minutes = max(0.5, count / 1500)   # none expires before the last is there, from 80 messages a second on
    with running(Ours, SESSION_MINUTES=str(minutes)) as side:
        texts = short_texts()
        console.print(f"{count} sessions of three messages")
        run(side, in_conversations(texts, 3, max(100, count // 20)), MANY)
        time.sleep(60 * minutes + 10)
        before = side.memory_mb()
        run(side, in_conversations(texts, 3, count), MANY)
        during = side.memory_mb()
        time.sleep(60 * minutes + 10)
        return {"sessions": count, "after a warm-up MB": before, "at the end MB": during, "expired MB": side.memory_mb(), "share": side.memory_mb() / before}


def _folder_mb(folder: Path) -> float:
    """The sizes of all files, as an installation of its own would take them."""
    return sum(one.lstat().st_size for one in folder.rglob("*") if one.is_file() and not one.is_symlink()) / 1e6


def ratios(result: Dict[str, Any]) -> Dict[str, float]:
    """How many times better this bot is than Rasa's default; empty where that was not measured."""
    ours, default = result["sides"][Ours.name], result["sides"].get(Default.name)
    if default is None:
        return {}
    found = {"start to ready": default["start s"] / ours["start s"], "processor time of the start": default["start cpu s"] / ours["start cpu s"],
             "peak memory": default["peak MB"] / ours["peak MB"],
             "environment": result["environment MB"][Default.name] / result["environment MB"][Ours.name]}
    for load, measured in ours.items():
        if isinstance(measured, dict):
            found[f"{load}: p50"] = default[load]["p50 ms"] / measured["p50 ms"]
            found[f"{load}: processor time a message"] = measured["messages a second a core"] / default[load]["messages a second a core"]
    return found


def _print(result: Dict[str, Any]) -> None:
    for load in [name for name, found in result["sides"][Ours.name].items() if isinstance(found, dict)]:
        table = Table("", *result["sides"], title=load)
        for figure in result["sides"][Ours.name][load]:
            table.add_row(figure, *(f"{found[load][figure]:.1f}" for found in result["sides"].values()))
        console.print(table)
    for name, value in result["times better"].items():
        console.print(f"{name}: {value:.1f} times better than Rasa's default")
    for name, value in result.get("default", {}).items():
        console.print(f"{name} {value}")
    for name in ("environment MB", "long conversation", "workers on Redis", "sessions"):
        console.print(name, result[name])


def default_ready() -> None:
    """Installs and trains Rasa's default where that is not done. Raises SystemExit where it fails."""
    if subprocess.run([sys.executable, "-m", "scripts.default_rasa"], cwd=str(ROOT)).returncode:
        raise SystemExit(1)
