"""`python -m bot converse`: conversations as JSON lines in, answers as JSON lines out, by the same path as the web chat."""
import json
import time
from typing import Any, Dict, Iterable, List, TextIO, Tuple
from uuid import uuid4

from bot.assistant import Assistant
from bot.signposting.reply import Message, static_help
from bot.webchat.answering import NoSuchChoice, TooLong
from bot.webchat.cleaning import LONGEST
from bot.webchat.conversations import CONVERSATIONS


class NotValid(ValueError):
    """A line is not of the form that converse reads."""


async def converse(lines: Iterable[str], out: TextIO) -> int:
    """Writes a line for each conversation as soon as it is over. Returns the exit status: 1 where any line was not valid."""
    assistant = Assistant.load()
    status = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        conversation_id = None
        try:
            conversation_id, turns = _read(line, number)
            result: Dict[str, Any] = {"id": conversation_id, "turns": await _hold(assistant, turns)}
        except NotValid as error:
            status = 1
            result = {"id": _id_of(line), "error": str(error)}
        print(json.dumps(result, ensure_ascii=False), file=out, flush=True)
    return status


def _id_of(line: str) -> Any:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found.get("id") if isinstance(found, dict) else None


def _read(line: str, number: int) -> Tuple[Any, List[str]]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise NotValid(f"line {number}: not JSON ({error})") from None
    if not isinstance(found, dict) or "id" not in found:
        raise NotValid(f'line {number}: an object with "id" is needed')
    if isinstance(found.get("text"), str) and "turns" not in found:
        return found["id"], [found["text"]]
    turns = found.get("turns")
    if not isinstance(turns, list) or not turns or not all(isinstance(one, dict) and isinstance(one.get("user"), str) for one in turns):
        raise NotValid(f'line {number}: needs "text", or "turns" as a list of {{"user": "..."}}')
    return found["id"], [one["user"] for one in turns]


async def _hold(assistant: Assistant, turns: List[str]) -> List[Dict[str, Any]]:
    conversation = uuid4().hex
    answered = []
    for text in turns:
        began = time.perf_counter()
        try:
            messages, trace = await assistant.answer(conversation, text=text)
        except TooLong:
            messages, trace = static_help("utter_too_long", limit=LONGEST).messages, {}
        except NoSuchChoice:  # a typed message is never a choice
            raise AssertionError from None
        answered.append(_turn(text, messages, trace, time.perf_counter() - began))
    CONVERSATIONS.forget(conversation)
    return answered


def _turn(text: str, messages: List[Message], trace: Dict[str, Any], seconds: float) -> Dict[str, Any]:
    services = [one["id"] for message in messages if message["type"] == "services" for one in message["services"]]  # type: ignore
    return {
        "user": text,
        "intent": trace.get("intent"),
        "confidence": trace.get("confidence"),
        "concern": trace.get("concern"),
        "audience": trace.get("audience", "unknown"),
        "urgent": trace.get("urgency") == "now",
        "services": services,
        "text": [message["text"] for message in messages if message["type"] == "text"],
        "choices": [one["label"] for message in messages if message["type"] == "choices" for one in message["choices"]],  # type: ignore
        "ms": round(seconds * 1000, 1),
    }
