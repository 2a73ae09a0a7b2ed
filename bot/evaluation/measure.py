"""Asks the assistant each message in a conversation of its own, and counts what it got right."""
import math
import time
from typing import Awaitable, Callable, Dict, Iterable, List, NamedTuple, Tuple

from bot.evaluation.sets import Item
from bot.signposting.services import EMERGENCY
from bot.webchat.cleaning import LONGEST

Ask = Callable[[str], Awaitable[Tuple[List[str], Dict]]]   # a message -> service ids in order, and the trace


class Outcome(NamedTuple):
    item: Item
    services: List[str]
    trace: Dict
    ms: float

    @property
    def led_by_999(self) -> bool:
        return self.services[:1] == [EMERGENCY]

    @property
    def as_worry(self) -> bool:
        return self.trace.get("concern") is not None

    @property
    def all_shown(self) -> bool:
        return all(service in self.services for service in self.item.must) and (EMERGENCY not in self.item.must or self.led_by_999)

    @property
    def wrong_shown(self) -> List[str]:
        return [one for one in self.item.must_not if (self.led_by_999 if one == EMERGENCY else one in self.services)]


class Share(NamedTuple):
    """`hits` of `total`, with a 95% interval after Wilson."""

    hits: int
    total: int

    @property
    def value(self) -> float:
        return self.hits / self.total if self.total else float("nan")

    @property
    def interval(self) -> Tuple[float, float]:
        if not self.total:
            return (0.0, 1.0)
        z, n, p = 1.96, self.total, self.value
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return max(0.0, middle - half), min(1.0, middle + half)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{100 * self.value:.1f}% ({self.hits}/{self.total}; {100 * low:.1f} to {100 * high:.1f})"


def share(outcomes: Iterable[bool]) -> Share:
    listed = list(outcomes)
    return Share(sum(listed), len(listed))


async def measure(ask: Ask, items: Iterable[Item], tick: Callable[[], None] = lambda: None) -> List[Outcome]:
    """The outcome of each item. Texts longer than the web chat takes are cut where it would refuse them."""
    outcomes = []
    for item in items:
        began = time.perf_counter()
        services, trace = await ask(item.text[:LONGEST])
        outcomes.append(Outcome(item, services, trace, 1000 * (time.perf_counter() - began)))
        tick()
    return outcomes


def figures(outcomes: List[Outcome]) -> Dict[str, Share]:
    """The figures that the floor in the tests holds, for one set of messages."""
    worries = [one for one in outcomes if one.item.concern]
    calm = [one for one in outcomes if not one.item.concern]
    return {
        "999 first where it is needed": share(one.led_by_999 for one in outcomes if one.item.urgency == "now"),
        "right services all shown": share(one.all_shown for one in outcomes if one.item.must),
        "worries taken as a worry": share(one.as_worry for one in worries),
        "worries not now led by 999": share(one.led_by_999 for one in worries if one.item.urgency == "no"),
        "harmless led by 999": share(one.led_by_999 for one in calm if EMERGENCY not in one.item.must),
        "harmless taken as a worry": share(one.as_worry for one in calm),
        "a wrong service shown": share(bool(one.wrong_shown) for one in outcomes),
    }


def ordinary(texts: Iterable[str]) -> List[Item]:
    """Ordinary messages as items: nothing must be shown, and neither a worry nor 999 may be."""
    return [Item(text, "en", "unknown", None, "no", (), (EMERGENCY,)) for text in texts]
