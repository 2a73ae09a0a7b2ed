"""How much one conversation and one address may send: enough for any person or school, too little for a flood."""
import time
from collections import OrderedDict
from typing import Callable, Tuple

PER_CONVERSATION = 40     # messages within the window
WITHIN_SECONDS = 60.0
MOST_COUNTED = 50_000     # keys; beyond it the oldest windows go


class Limits:
    """Counts by key in windows of `within` seconds, in memory; a count goes with its window. `Counts` over Redis is in shared.py."""

    def __init__(self, within: float = WITHIN_SECONDS, most_counted: int = MOST_COUNTED, clock: Callable[[], float] = time.monotonic) -> None:
        self._within, self._most_counted, self._clock = within, most_counted, clock
        self._counts: "OrderedDict[str, Tuple[float, int]]" = OrderedDict()   # by the beginning of their windows, oldest first

    async def allows(self, *limits: Tuple[str, int]) -> bool:
        """Counts one message for each (key, most), and says whether all of them let it pass. A `most` of 0 is no limit."""
        return self.count(*limits)

    def count(self, *limits: Tuple[str, int]) -> bool:
        self.forget_old()
        now = self._clock()
        allowed = True
        for key, most in limits:
            if most:
                began, counted = self._counts.get(key, (now, 0))
                self._counts[key] = (began, counted + 1)
                allowed = allowed and counted < most
        return allowed

    def forget_old(self) -> None:
        now = self._clock()
        while self._counts:
            began, _ = next(iter(self._counts.values()))
            if now - began < self._within and len(self._counts) <= self._most_counted:
                return
            self._counts.popitem(last=False)
