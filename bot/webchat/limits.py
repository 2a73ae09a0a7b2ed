"""How much one conversation may send: enough for any person, too little for a flood."""
import time
from collections import deque
from typing import Callable, Deque, Dict

MOST = 40              # messages of one conversation
WITHIN_SECONDS = 60.0


class Limits:
    """Counts each conversation's messages in a sliding window. Conversations without messages in the window are dropped."""

    def __init__(self, most: int = MOST, within: float = WITHIN_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._within, self._clock = most, within, clock
        self._sent: Dict[str, Deque[float]] = {}
        self._swept = clock()

    def allows(self, conversation_id: str) -> bool:
        """Counts a message, and says whether it may be answered."""
        now = self._clock()
        if now - self._swept > self._within:
            self._swept = now
            self._sent = {one: sent for one, sent in self._sent.items() if sent and now - sent[-1] <= self._within}
        sent = self._sent.setdefault(conversation_id, deque())
        while sent and now - sent[0] > self._within:
            sent.popleft()
        if len(sent) >= self._most:
            return False
        sent.append(now)
        return True
