"""Drives a server: conversations one after another or many at once, each message timed from before it is sent until its answer is read."""
import asyncio
import time
from typing import Dict, Iterable, List, NamedTuple, Sequence

import aiohttp

from bot.bench.sides import Side

PER_CONVERSATION = 30   # messages: a server of ours takes 40 a minute in one conversation


class Run(NamedTuple):
    """`times`: seconds of each message, in order; `seconds`: of the whole run; `cpu_seconds`: the server's."""

    times: List[float]
    seconds: float
    cpu_seconds: float


async def _talk(side: Side, http: aiohttp.ClientSession, texts: Sequence[str]) -> List[float]:
    conversation = await side.open(http)
    times = []
    for text in texts:
        began = time.perf_counter()
        await side.say(http, conversation, text)
        times.append(time.perf_counter() - began)
    return times


async def _run(side: Side, conversations: List[Sequence[str]], at_once: int) -> Run:
    waiting = iter(conversations)
    times: List[float] = []

    async def visitor() -> None:
        for texts in waiting:
            times.extend(await _talk(side, http, texts))

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=at_once), timeout=aiohttp.ClientTimeout(total=120)) as http:
        cpu, began = side.cpu_seconds(), time.perf_counter()
        await asyncio.gather(*(visitor() for _ in range(at_once)))
        return Run(times, time.perf_counter() - began, side.cpu_seconds() - cpu)


def run(side: Side, conversations: List[Sequence[str]], at_once: int = 1) -> Run:
    return asyncio.run(_run(side, conversations, at_once))


def added(runs: Iterable[Run]) -> Run:
    listed = list(runs)
    return Run([one for each in listed for one in each.times], sum(one.seconds for one in listed), sum(one.cpu_seconds for one in listed))


def figures(found: Run) -> Dict[str, float]:
    """p50, p95, p99 in milliseconds, messages a second, and messages a second of processor time (a core)."""
    ordered = sorted(found.times)

    def at(share: float) -> float:
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    return {
        "messages": len(ordered), "p50 ms": at(0.5), "p95 ms": at(0.95), "p99 ms": at(0.99),
        "messages a second": len(ordered) / found.seconds, "messages a second a core": len(ordered) / max(found.cpu_seconds, 1e-9),
    }
