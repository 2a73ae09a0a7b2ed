"""The model in a thread of its own: whatever hangs in there, the server goes on answering."""
import asyncio
import threading
import time
from typing import Any, Awaitable, Callable

from rasa.core.channels.channel import UserMessage

STUCK_SECONDS = 7.0

OnNewMessage = Callable[[UserMessage], Awaitable[Any]]


class ModelStuck(RuntimeError):
    """The model has not let go of an earlier message: it hangs, or what an action called does."""


class ModelThread:
    """Runs `on_new_message` in an event loop of its own. What waits in there can be cancelled; what does not is noticed."""

    def __init__(self, on_new_message: OnNewMessage) -> None:
        self._on_new_message = on_new_message
        self._loop = asyncio.new_event_loop()
        self._asked, self._asked_at = False, 0.0
        threading.Thread(target=self._loop.run_forever, name="model", daemon=True).start()

    async def __call__(self, message: UserMessage) -> Any:
        """The answer. Raises ModelStuck, and whatever the model raises."""
        if self.silent_for() > STUCK_SECONDS:
            raise ModelStuck
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._run(message), self._loop))

    async def _run(self, message: UserMessage) -> Any:
        return await self._on_new_message(message)

    def silent_for(self) -> float:
        """For how many seconds the thread has not come to answer. To be asked every second or so."""
        if not self._asked:
            self._asked, self._asked_at = True, time.monotonic()
            self._loop.call_soon_threadsafe(self._heard)
        return time.monotonic() - self._asked_at

    def _heard(self) -> None:
        self._asked = False
