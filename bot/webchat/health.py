"""Whether the bot really answers, and the gate that stays shut until it has loaded its model."""
import asyncio
import secrets
import time
from typing import Any, Optional

from rasa.core.channels.channel import UserMessage

from bot.webchat.answering import AnyConversations, OnNewMessage, answer
from bot.webchat.conversations import ConversationOver, Conversations, StoreGone

PROBE = ("someone is threatening to share my pictures", "report_remove")
FRESH_SECONDS = 1.0   # how old an answer of `Readiness` may be, so that nobody can keep the model busy by asking


class NotLoaded(RuntimeError):
    """The model is still loading, or cannot be loaded."""


class Gate:
    """The assistant once it has loaded: until then the server lives and is not ready, and messages get static help."""

    def __init__(self) -> None:
        self.on_new_message: Optional[OnNewMessage] = None

    async def __call__(self, message: UserMessage) -> Any:
        if self.on_new_message is None:
            raise NotLoaded
        return await self.on_new_message(message)


class Readiness:
    """Ready means: a real message, through the model and the store of conversations, gets its right answer now."""

    def __init__(self, gate: Gate, conversations: AnyConversations) -> None:
        self._gate, self._conversations = gate, conversations
        self._asking = asyncio.Lock()
        self._asked, self._ready = float("-inf"), False

    async def __call__(self) -> bool:
        async with self._asking:
            if time.monotonic() - self._asked > FRESH_SECONDS:
                self._ready = self._gate.on_new_message is not None and await answers_right(self._gate, self._conversations)
                self._asked = time.monotonic()
            return self._ready


async def answers_right(on_new_message: OnNewMessage, conversations: Optional[AnyConversations] = None, patience: Optional[float] = None) -> bool:
    """True where a real message really gets its right answer, in a conversation of its own that is forgotten at once.

    So too while the kill switch is on: what balances the load must not take a bot away that shows help to everybody.
    """
    conversations = conversations or Conversations()
    text, expected = PROBE
    conversation_id = f"health-{secrets.token_hex(8)}"
    try:
        await conversations.open(conversation_id)
        messages, trace = await answer(on_new_message, conversations, conversation_id, text=text, patience=patience, although_paused=True)
        await conversations.end(conversation_id)
    except (StoreGone, ConversationOver):
        return False
    return bool(trace) and any(
        one["id"] == expected for message in messages if message["type"] == "services" for one in message["services"]  # type: ignore
    )
