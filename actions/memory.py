"""Between Rasa's tracker and the signposting core: what a message made known, and what the conversation remembers."""
from dataclasses import replace
from typing import Any, Dict, List, Optional, Tuple

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet

from bot.signposting.choices import choices
from bot.signposting.moves import moves
from bot.signposting.routes import table
from bot.signposting.situation import URGENCIES, Situation

CORRECTING = ("inform", "wrong_guess", "wrong_detail", "nlu_fallback", "off_topic", "near_miss")   # what may put right who speaks and about whom
_ONE_VALUE = ("audience", "about", "age", "speaker_age", "can_phone", "urgency")


def entities(tracker: Tracker, name: str) -> List[str]:
    """The values found for an entity in the latest message, in their order, each once."""
    found = [one["value"] for one in tracker.latest_message.get("entities") or [] if one.get("entity") == name]
    return list(dict.fromkeys(found))


def intent_of(tracker: Tracker) -> Tuple[str, float]:
    """The latest message's intent and how sure it is, 0 to 1."""
    intent = tracker.latest_message.get("intent") or {}
    return intent.get("name") or "nlu_fallback", float(intent.get("confidence") or 0.0)


def news(tracker: Tracker) -> Dict[str, Any]:
    """What the latest message made known, as fields of Situation. Worked out once a message: each has a tracker of its own."""
    if not hasattr(tracker, "news"):
        tracker.news = _news(tracker)
    return tracker.news


def _news(tracker: Tracker) -> Dict[str, Any]:
    before = remembered(tracker)
    told: Dict[str, Any] = {name: values[0] for name in _ONE_VALUE for values in [entities(tracker, name)] if values}
    likely = entities(tracker, "likely_audience")
    if likely and "audience" not in told and before.audience == "unknown":
        told["audience"] = likely[0]   # a guess fills a gap and never overwrites what was said
    if before.audience == "professional" and told.get("audience") == "child" and "speaker_age" not in told and intent_of(tracker)[0] not in CORRECTING:
        del told["audience"]   # "a girl in my class" is said by teachers too
    told.update(_age_of_somebody(tracker, told))
    told["facts"] = entities(tracker, "fact")
    concerns = entities(tracker, "concern")
    intent, _ = intent_of(tracker)
    concern = table().concern_of(intent)
    if concern and concern not in concerns:
        concerns.insert(0, concern)
    known = before.told(**told)
    told["concerns"] = list(dict.fromkeys(known.fitting(one) for one in concerns))
    urgent = table().urgent_intents.get(intent)
    if urgent and "urgency" not in told:
        told["urgency"] = urgent.urgency
    if intent in moves():
        move = moves()[intent].news(before, tuple(entities(tracker, "service")))
        told.update(move, facts=[*told["facts"], *move["facts"]])   # type: ignore[misc]
    if concern is None and intent not in CORRECTING:   # who is only named in passing ("will they arrest my dad") changes nothing that is known
        told = {name: value for name, value in told.items() if name not in ("audience", "about") or getattr(before, name) == "unknown"}
    for when in entities(tracker, "when"):
        urgencies = [table().when_told.get(concern, {}).get(when, "no") for concern in (*concerns, *before.concerns)]
        told["urgency"] = max([told.get("urgency", "no"), *urgencies], key=URGENCIES.index)
    return told


def _age_of_somebody(tracker: Tracker, told: Dict[str, Any]) -> Dict[str, Any]:
    """The age in a message that is only a number, given to the person of whom it was asked or is most likely meant; "she is 19" only to
    the one of whom it was asked, as it may be said of the one who does harm."""
    ages, theirs = entities(tracker, "age_of_somebody"), entities(tracker, "age_of_them")
    if not ages and not theirs or "age" in told or "speaker_age" in told:
        return {}
    before = remembered(tracker)
    asked = (tracker.get_slot("asked") or [None])[-1]
    question = next((one for one in choices().questions if one.id == asked), None)
    whose = question.unknown[0] if question and question.unknown[0] in ("age", "speaker_age") and getattr(before, question.unknown[0]) == "unknown" else None
    if not ages:
        return {"age": theirs[0]} if whose == "age" else {}
    if whose is None:
        whose = "age" if before.about == "other" or before.audience in ("adult", "professional") else "speaker_age"
    return {whose: ages[0]}


def remembered(tracker: Tracker) -> Situation:
    """The situation before the latest message."""
    slots = {name: tracker.get_slot(name) for name in _ONE_VALUE}
    known = {name: value for name, value in slots.items() if value}
    return Situation(
        concerns=tuple(tracker.get_slot("concerns") or ()), facts=frozenset(tracker.get_slot("facts") or ()),
        put_last=tuple(tracker.get_slot("put_last") or ()), **known,
    )


def calmed(known: Situation) -> Situation:
    """After "I'm safe now" danger is no longer now, but it stays possible: somebody else may be typing."""
    return replace(known, urgency="possible") if known.urgency == "now" else known


def without_latest(tracker: Tracker, known: Situation) -> Situation:
    """After "that's not what I meant" the worry assumed last is dropped; what was said before it stays."""
    wrong = tracker.get_slot("latest") or known.concerns
    return replace(known, concerns=tuple(one for one in known.concerns if one not in wrong))


def turn_of(tracker: Tracker) -> int:
    return int(tracker.get_slot("turn") or 0)


def remember(tracker: Tracker, known: Situation, turn: int, asked: Tuple[str, ...]) -> List[EventType]:
    """The events that keep all this for the next message: only what has changed, since each event costs time in Rasa."""
    concerns = [one for one in news(tracker)["concerns"] if one in known.concerns]
    events = kept(known, turn, asked, concerns or tracker.get_slot("latest"))
    return [event for event in events if event["value"] != tracker.get_slot(event["name"])]


def kept(known: Situation, turn: int, asked: Tuple[str, ...], latest: Optional[List[str]] = None) -> List[EventType]:
    """A situation as a conversation remembers it. `latest`: the worries that were assumed last."""
    return [
        *(SlotSet(name, getattr(known, name)) for name in _ONE_VALUE),
        SlotSet("concerns", list(known.concerns)),
        SlotSet("facts", sorted(known.facts)),
        SlotSet("put_last", list(known.put_last)),
        SlotSet("latest", latest),
        SlotSet("asked", list(asked)),
        SlotSet("turn", turn + 1),
    ]
