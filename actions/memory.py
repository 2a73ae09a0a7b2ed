"""Between Rasa's tracker and the signposting core: what a message made known, and what the conversation remembers."""
from dataclasses import replace
from typing import Any, Dict, List, Tuple

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet

from bot.signposting.routes import table
from bot.signposting.situation import Situation

_ONE_VALUE = ("audience", "about", "age", "speaker_age", "can_phone", "urgency")
CALMING = ("safe_now", "joking")


def entities(tracker: Tracker, name: str) -> List[str]:
    """The values found for an entity in the latest message, in their order, each once."""
    found = [one["value"] for one in tracker.latest_message.get("entities") or [] if one.get("entity") == name]
    return list(dict.fromkeys(found))


def intent_of(tracker: Tracker) -> Tuple[str, float]:
    """The latest message's intent and how sure it is, 0 to 1."""
    intent = tracker.latest_message.get("intent") or {}
    return intent.get("name") or "nlu_fallback", float(intent.get("confidence") or 0.0)


def news(tracker: Tracker) -> Dict[str, Any]:
    """What the latest message made known, as fields of Situation."""
    told: Dict[str, Any] = {name: values[0] for name in _ONE_VALUE for values in [entities(tracker, name)] if values}
    likely = entities(tracker, "likely_audience")
    if likely and "audience" not in told and remembered(tracker).audience == "unknown":
        told["audience"] = likely[0]   # a guess fills a gap and never overwrites what was said
    told["facts"] = entities(tracker, "fact")
    concerns = entities(tracker, "concern")
    intent, _ = intent_of(tracker)
    concern = table().concern_of(intent)
    if concern and concern not in concerns:
        concerns.insert(0, concern)
    told["concerns"] = concerns
    urgent = table().urgent_intents.get(intent)
    if urgent and "urgency" not in told:
        told["urgency"] = urgent.urgency
    return told


def remembered(tracker: Tracker) -> Situation:
    """The situation before the latest message."""
    slots = {name: tracker.get_slot(name) for name in _ONE_VALUE}
    known = {name: value for name, value in slots.items() if value}
    return Situation(
        concerns=tuple(tracker.get_slot("concerns") or ()), facts=frozenset(tracker.get_slot("facts") or ()), **known
    )


def calmed(known: Situation) -> Situation:
    """After "I'm safe now" danger is no longer now, but it stays possible: somebody else may be typing."""
    return replace(known, urgency="possible") if known.urgency == "now" else known


def turn_of(tracker: Tracker) -> int:
    return int(tracker.get_slot("turn") or 0)


def remember(known: Situation, turn: int, asked: Tuple[str, ...]) -> List[EventType]:
    """The events that keep all this for the next message."""
    return [
        *(SlotSet(name, getattr(known, name)) for name in _ONE_VALUE),
        SlotSet("concerns", list(known.concerns)),
        SlotSet("facts", sorted(known.facts)),
        SlotSet("asked", list(asked)),
        SlotSet("turn", turn + 1),
    ]
