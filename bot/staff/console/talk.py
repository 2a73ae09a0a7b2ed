"""A conversation with the bot as the console holds it: the page keeps what was said, and each request says all of it again.

So restart, one step back and replay need nothing to be kept here, and a changed file counts for the whole conversation at once.
"""
from typing import Any, Dict, List, Tuple
from uuid import uuid4

from pydantic import ValidationError, validator

from bot.assistant import Assistant
from bot.signposting.data_files import Strict
from bot.signposting.reply import Message, static_help
from bot.staff.console.why import explain
from bot.staff.flows import State
from bot.webchat.answering import NoSuchChoice, TooLong
from bot.webchat.cleaning import LONGEST
from bot.webchat.conversations import CONVERSATIONS

MOST_TURNS = 40


class NotValid(ValueError):
    """What the page sent is not a conversation. The text is for staff."""


class Said(Strict):
    """A message (`text`) or a button (`choice`)."""

    text: str = ""
    choice: str = ""


class Conversation(Strict):
    start: State = State()
    turns: Tuple[Said, ...] = ()

    @validator("turns")
    def _not_endless(cls, turns: Tuple[Said, ...]) -> Tuple[Said, ...]:
        if len(turns) > MOST_TURNS:
            raise ValueError(f"a conversation has at most {MOST_TURNS} messages here: start a new one")
        return turns


def conversation_of(sent: Any) -> Conversation:
    """Raises NotValid."""
    try:
        return Conversation.parse_obj(sent)
    except ValidationError as error:
        first = error.errors()[0]
        raise NotValid(f"{'.'.join(str(one) for one in first['loc'])}: {first['msg']}") from None


async def held(assistant: Assistant, conversation: Conversation) -> List[Tuple[List[Message], Dict[str, Any]]]:
    """For each turn the answer's messages and its trace. Raises NotValid for a button that is not there."""
    name = f"console-{uuid4().hex}"
    if conversation.start.__fields_set__:
        CONVERSATIONS.write(name, conversation.start.slots())
    try:
        return [await _answer(assistant, name, said) for said in conversation.turns]
    finally:
        CONVERSATIONS.forget(name)


async def _answer(assistant: Assistant, name: str, said: Said) -> Tuple[List[Message], Dict[str, Any]]:
    try:
        return await (assistant.answer(name, choice=said.choice) if said.choice else assistant.answer(name, text=said.text))
    except TooLong:
        return static_help("utter_too_long", limit=LONGEST).messages, {}
    except NoSuchChoice:
        raise NotValid(f"There is no button {said.choice!r} (data/choices.yml).") from None


async def talk(assistant: Assistant, conversation: Conversation) -> List[Dict[str, Any]]:
    """For the page: of each turn the messages of the answer, and why."""
    answers = zip(conversation.turns, await held(assistant, conversation))
    return [{"messages": messages, "why": explain(trace, said.text)} for said, (messages, trace) in answers]
