"""What conversations remember, in memory only: a few facts each, never a word that was typed."""
import os
import time
from collections import OrderedDict
from typing import Any, Callable, Dict, Optional, Tuple

SESSION_MINUTES = float(os.environ.get("SESSION_MINUTES", "15"))
MOST_CONVERSATIONS = 20_000

Facts = Dict[str, Any]


class Conversations:
    """Facts by conversation id. A conversation unused for `minutes` is forgotten, and the oldest beyond `most`."""

    def __init__(self, minutes: float = SESSION_MINUTES, most: int = MOST_CONVERSATIONS, clock: Callable[[], float] = time.monotonic):
        self._seconds = minutes * 60
        self._most = most
        self._clock = clock
        self._kept: "OrderedDict[str, Tuple[float, Facts]]" = OrderedDict()

    def write(self, conversation_id: str, facts: Facts) -> None:
        self._forget_old()
        self._kept[conversation_id] = (self._clock(), facts)
        self._kept.move_to_end(conversation_id)

    def read(self, conversation_id: str) -> Optional[Facts]:
        """The facts, or None where the conversation never was, has ended or is forgotten."""
        self._forget_old()
        found = self._kept.get(conversation_id)
        return found[1] if found else None

    def forget(self, conversation_id: str) -> None:
        self._kept.pop(conversation_id, None)

    def __len__(self) -> int:
        self._forget_old()
        return len(self._kept)

    def _forget_old(self) -> None:
        oldest_kept = self._clock() - self._seconds
        while self._kept:
            conversation_id, (used, _) = next(iter(self._kept.items()))
            if used >= oldest_kept and len(self._kept) <= self._most:
                return
            del self._kept[conversation_id]


CONVERSATIONS = Conversations()
