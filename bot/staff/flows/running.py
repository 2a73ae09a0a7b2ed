"""Runs flows on the real assistant, by the same path as the web chat: conversations in parallel on one loaded model."""
import asyncio
import logging
import time
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterable, List, Optional, Tuple
from uuid import uuid4

from bot.signposting.reply import Message, static_help
from bot.staff.flows.checking import failures
from bot.staff.flows.model import Flow, Step
from bot.staff.flows.results import Result, Turn
from bot.webchat.cleaning import LONGEST
from bot.webchat.conversations import CONVERSATIONS

AT_ONCE = 4   # more would only wait for each other, and a message that waits long is answered with static help
if TYPE_CHECKING:   # it imports Rasa, and mistakes in flow files are to be named before that
    from bot.assistant import Assistant

logger = logging.getLogger(__name__)

OnResult = Callable[[Result], None]


async def run(assistant: "Assistant", flows: Iterable[Flow], on_result: Optional[OnResult] = None, at_once: int = AT_ONCE) -> List[Result]:
    """The results in the flows' order; `on_result` hears of each as soon as it is there."""
    free = asyncio.Semaphore(at_once)

    async def one(flow: Flow) -> Result:
        async with free:
            result = await hold(assistant, flow)
        if on_result:
            on_result(result)
        return result

    return list(await asyncio.gather(*(one(flow) for flow in flows)))


async def hold(assistant: "Assistant", flow: Flow) -> Result:
    """Holds one conversation to its end and checks every answer."""
    began = time.perf_counter()
    conversation, result = f"flow-{uuid4().hex}", Result(flow)
    if flow.start.__fields_set__:
        CONVERSATIONS.write(conversation, flow.start.slots())
    try:
        for number, step in enumerate(flow.steps):
            turn = await _turn(assistant, conversation, step)
            result.turns.append(turn)
            result.failures += failures(number, turn)
    finally:
        CONVERSATIONS.forget(conversation)
    result.seconds = time.perf_counter() - began
    return result


async def _turn(assistant: "Assistant", conversation: str, step: Step) -> Turn:
    from bot.webchat.answering import TooLong

    began = time.perf_counter()
    try:
        messages, trace = await assistant.answer(conversation, text=step.user, choice=step.choice)
    except TooLong:
        messages, trace = _too_long()
    except Exception as error:   # a fault that not even the static help survives fails this flow and no other
        logger.error("No answer at all: %s", type(error).__name__)
        messages, trace = [], {}
    seconds = time.perf_counter() - began
    return Turn(step, messages, trace, dict(CONVERSATIONS.read(conversation) or {}), seconds)


def _too_long() -> Tuple[List[Message], Dict[str, Any]]:
    """As the channel answers a message that is too long."""
    try:
        return static_help("utter_too_long", limit=LONGEST).messages, {"words": ["utter_too_long"]}
    except KeyError:   # there are no such words
        return [], {}
