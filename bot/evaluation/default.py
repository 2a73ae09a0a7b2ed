"""Rasa's default beside us: what it understands of the same messages, led to services by our own route table.

It has no speaker detection, so who speaks and how old they are stays unknown; it knows one intent a message, and no urgency but its intents'.
"""
from typing import Awaitable, Callable, Dict, List, Tuple
from uuid import uuid4

import aiohttp

from bot.bench.sides import Default
from bot.signposting.moves import keeping_help
from bot.signposting.reply import for_concern
from bot.signposting.routes import table
from bot.signposting.situation import Situation


def shown_for(intent: str) -> Tuple[List[str], Dict]:
    """The services for an intent alone, and the trace as the evaluation reads it."""
    concern, urgent = table().concern_of(intent), table().urgent_intents.get(intent)
    if concern is None:
        return keeping_help(intent, Situation(), 0, ()).services, {"concern": None, "intent": intent}
    known = Situation().told(concerns=[concern], urgency=urgent.urgency if urgent else "no")
    return for_concern(known, (concern,), 0, ()).services, {"concern": concern, "intent": intent, "confidence": 1.0, "urgency": known.urgency}


def asking(default: Default, http: aiohttp.ClientSession) -> Callable[[str], Awaitable[Tuple[List[str], Dict]]]:
    """Asks the running default bot, whose answer is the intent's name; each message in a conversation of its own."""

    async def ask(text: str) -> Tuple[List[str], Dict]:
        try:
            answer = await default.say(http, uuid4().hex, text)
        except RuntimeError:   # Rasa answers nothing where something inside failed
            return [], {"concern": None}
        return shown_for(answer[0]["text"])

    return ask
