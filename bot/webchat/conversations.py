"""What conversations remember: a few facts each, never a word that was typed. In memory; bot/webchat/shared.py has the same over Redis."""
import asyncio
import time
from collections import OrderedDict
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any, AsyncIterator, Callable, Dict, Optional, Tuple
from weakref import WeakValueDictionary

MOST_CONVERSATIONS = 20_000

Facts = Dict[str, Any]


class ConversationOver(LookupError):
    """The conversation never was, has ended or is forgotten."""


class StoreGone(RuntimeError):
    """The store of conversations cannot be reached, or does not let this message have its turn."""


class Turn:
    """A conversation in hand, while one message of it is answered. What `facts` holds in the end is remembered."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts


# The turn that the running message has; Rasa's tracker store reads and writes it (bot/webchat/tracker_store.py).
IN_HAND: "ContextVar[Optional[Turn]]" = ContextVar("in_hand", default=None)


class Conversations:
    """Facts by conversation id. A conversation unused for `minutes` is forgotten, and the oldest beyond `most`."""

    def __init__(self, minutes: float = 15.0, most: int = MOST_CONVERSATIONS, clock: Callable[[], float] = time.monotonic):
        self._seconds = minutes * 60
        self._most = most
        self._clock = clock
        self._kept: "OrderedDict[str, Tuple[float, Facts]]" = OrderedDict()
        self._locks: "WeakValueDictionary[str, asyncio.Lock]" = WeakValueDictionary()

    async def open(self, conversation_id: str) -> None:
        self.write(conversation_id, {})

    async def end(self, conversation_id: str) -> None:
        self.forget(conversation_id)

    @asynccontextmanager
    async def turn(self, conversation_id: str) -> AsyncIterator[Turn]:
        """One message's turn: messages of one conversation wait for each other. Raises ConversationOver.

        Where the block raises, nothing of it is remembered.
        """
        lock = self._locks.setdefault(conversation_id, asyncio.Lock())
        async with lock:
            facts = self.read(conversation_id)
            if facts is None:
                raise ConversationOver
            turn = Turn(facts)
            yield turn
            if self.read(conversation_id) is not None:   # ended meanwhile: then it stays forgotten
                self.write(conversation_id, turn.facts)

    def write(self, conversation_id: str, facts: Facts) -> None:
        self._kept[conversation_id] = (self._clock(), facts)
        self._kept.move_to_end(conversation_id)
        self.forget_old()

    def read(self, conversation_id: str) -> Optional[Facts]:
        """The facts, or None where the conversation never was, has ended or is forgotten."""
        self.forget_old()
        found = self._kept.get(conversation_id)
        return found[1] if found else None

    def forget(self, conversation_id: str) -> None:
        self._kept.pop(conversation_id, None)

    def __len__(self) -> int:
        self.forget_old()
        return len(self._kept)

    def forget_old(self) -> None:
        """Every look does it; the server does it every few seconds too, so that nothing waits for the next visitor to be forgotten."""
        oldest_kept = self._clock() - self._seconds
        while self._kept:
            conversation_id, (used, _) = next(iter(self._kept.items()))
            if used >= oldest_kept and len(self._kept) <= self._most:
                return
            del self._kept[conversation_id]


CONVERSATIONS = Conversations()   # of the tools that speak to the assistant in their own process
