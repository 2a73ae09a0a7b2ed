"""From a visitor's message to the messages of the answer: always one that shows a way to reach a person."""
import asyncio
import logging
import os
from typing import Any, AsyncContextManager, Awaitable, Callable, Dict, List, Optional, Protocol, Tuple

from rasa.core.channels.channel import CollectingOutputChannel, UserMessage

from bot.signposting.choices import choices
from bot.signposting.data_files import ROOT
from bot.signposting.reply import Message, static_help
from bot.webchat.cleaning import LONGEST, cleaned
from bot.webchat.conversations import IN_HAND, ConversationOver, Turn

NAME = "webchat"
PAUSED_FILE = ROOT / "paused"
PATIENCE_SECONDS = 7.0   # the widget tells the visitor after 8

OnNewMessage = Callable[[UserMessage], Awaitable[Any]]
logger = logging.getLogger(__name__)


class AnyConversations(Protocol):
    """Where conversations are remembered: in memory, or shared through Redis."""

    async def open(self, conversation_id: str) -> None: ...

    async def end(self, conversation_id: str) -> None: ...

    def turn(self, conversation_id: str) -> AsyncContextManager[Turn]: ...


class TooLong(ValueError):
    """The text has more than LONGEST letters."""


class NoSuchChoice(ValueError):
    """There is no choice with that id."""


class WebChatOutput(CollectingOutputChannel):
    """Collects the messages of one answer."""

    @classmethod
    def name(cls) -> str:
        return NAME

    async def send_custom_json(self, recipient_id: str, json_message: Dict[str, Any], **kwargs: Any) -> None:
        self.messages.append(json_message)

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        self.messages.append({"type": "text", "text": text})


def paused() -> bool:
    """The kill switch: BOT_PAUSED=1, or a file named `paused` in the project's folder, turns every answer into static help at once."""
    return os.environ.get("BOT_PAUSED", "") not in ("", "0") or PAUSED_FILE.exists()


def _typed(conversation_id: str, text: str, output: WebChatOutput) -> UserMessage:
    if len(text) > LONGEST:
        raise TooLong
    harmless = cleaned(text)
    if not any(one.isalnum() for one in harmless) and not _pictures(harmless):
        return _understood(conversation_id, "empty", {}, output)
    if harmless.strip(" .!?").lower() in choices().safe_words:
        return _understood(conversation_id, "repeat_help", {}, output)
    return UserMessage(harmless, output, conversation_id, input_channel=NAME)


def _pictures(text: str) -> bool:
    """True where emoji or other signs might mean something; punctuation alone does not."""
    return any(ord(one) > 0x2190 for one in text)


def _chosen(conversation_id: str, choice_id: str, output: WebChatOutput) -> UserMessage:
    choice = choices().by_id(choice_id)
    if choice is None:
        raise NoSuchChoice
    return _understood(conversation_id, choice.says, choice.tells, output)


def _understood(conversation_id: str, intent: str, tells: Dict[str, str], output: WebChatOutput) -> UserMessage:
    """A message whose meaning is known, so that it passes by the NLU pipeline."""
    found = [{"entity": name, "value": value} for name, value in tells.items()]
    parsed = {"text": "", "intent": {"name": intent, "confidence": 1.0}, "entities": found, "intent_ranking": []}
    return UserMessage("", output, conversation_id, parse_data=parsed, input_channel=NAME)  # type: ignore[arg-type]


async def answer(
    on_new_message: OnNewMessage, conversations: AnyConversations, conversation_id: str, text: Optional[str] = None,
    choice: Optional[str] = None, patience: Optional[float] = None, although_paused: bool = False,
) -> Tuple[List[Message], Dict[str, Any]]:
    """The answer's messages, and the trace of how it came about (empty where something inside failed).

    `patience`: seconds after which there is help instead of an answer. `although_paused`: past the kill switch. Raises TooLong, NoSuchChoice and ConversationOver, and
    nothing else: any fault inside ends in help.
    """
    output = WebChatOutput()
    message = _typed(conversation_id, text or "", output) if choice is None else _chosen(conversation_id, choice, output)
    if paused() and not although_paused:
        return static_help("utter_paused").messages, {}
    failed = False
    try:
        await asyncio.wait_for(_in_turn(on_new_message, conversations, conversation_id, message), patience or PATIENCE_SECONDS)
    except (asyncio.CancelledError, ConversationOver):
        raise
    except Exception as error:  # whatever fails in there, a person must not be left without an answer
        logger.error("No answer from inside: %s", type(error).__name__)
        failed = True
    messages = [one for one in output.messages if one.get("type") != "trace"]
    trace = next((one for one in output.messages if one.get("type") == "trace"), {})
    if not any(one.get("type") == "services" and one.get("services") for one in messages):
        return static_help("utter_broken").messages, {}
    return messages, {} if failed else trace


async def _in_turn(on_new_message: OnNewMessage, conversations: AnyConversations, conversation_id: str, message: UserMessage) -> None:
    async with conversations.turn(conversation_id) as turn:
        IN_HAND.set(turn)
        await on_new_message(message)
