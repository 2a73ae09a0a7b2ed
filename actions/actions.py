"""The three actions that data/rules.yml names."""
from typing import Any, Dict, List, Optional, Tuple

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.memory import calmed, entities, intent_of, news, remember, remembered, turn_of, without_latest
from bot.signposting.figure_answers import Asked
from bot.signposting.moves import keeping_help, moves
from bot.signposting.questions import about_services, answer_from_words, answer_with_figures
from bot.signposting.reply import Reply, for_concern, plain_text
from bot.signposting.routes import by_severity, table
from bot.signposting.situation import Situation

CARDS = "webchat"   # the channel that shows cards and buttons; all others get plain text


TOLD = ("about", "audience", "speaker_age", "age", "facts")   # what a person tells of themselves or of another
NOT_A_MOVE = {"nlu_fallback": "not_understood", "off_topic": "off_topic", "near_miss": "off_topic"}


ASKS_A_SERVICE = (*NOT_A_MOVE, "who_finds_out", "no_credit")   # "will childline tell my mum" is best answered by Childline's own facts
SURE = 0.25   # a move that takes something back is believed from this share on
SURELY_ELSE = 0.7   # after a worry, "tomorrow at lunch" is believed to be about something else from this share on


def _rescued(tracker: Tracker) -> Optional[str]:
    """What a message that was not understood says all the same: a fact such as deafness, that they cannot phone, or who and how old somebody is."""
    for move in moves().values():
        if move.tells.get("fact") in entities(tracker, "fact"):
            return move.id
    if entities(tracker, "can_phone") == ["no"]:
        return "cannot_phone"
    before = remembered(tracker)
    after = before.told(**news(tracker))
    return "inform" if before.concerns and any(getattr(after, name) != getattr(before, name) for name in (*TOLD, "urgency")) else None


def _asked(tracker: Tracker) -> Asked:
    """What the latest message asks of the figures."""
    topics = [one[len("figures_"):] for one in entities(tracker, "topic") if one.startswith("figures_")]
    places, periods, platforms = (tuple(entities(tracker, name)) for name in ("place", "period", "platform"))
    return Asked(topics[0] if topics else "", places, periods, platforms)


def _goes_on_about_figures(tracker: Tracker) -> bool:
    """True for "and in Scotland?" after a question about figures, whatever it was taken for by itself."""
    last, asked = tracker.get_slot("question") or {}, _asked(tracker)
    named = asked.places or asked.periods or asked.platforms
    return "figures" in last and not entities(tracker, "service") and bool(named or asked.topic and entities(tracker, "follows"))


def _figures(tracker: Tracker, known: Situation) -> Reply:
    last = (tracker.get_slot("question") or {}).get("figures")
    before, asked = Asked.remembered(last), _asked(tracker).dated(Asked.remembered(last))
    if last and (entities(tracker, "follows") or asked == Asked(periods=asked.periods)):
        asked = asked.following(before)
    reply = answer_with_figures(asked, known)
    reply.question = {"figures": asked.kept()}
    return reply


def _services(tracker: Tracker, known: Situation, turn: int) -> Reply:
    """Services that are named, or those asked about before: "and is it anonymous?"."""
    services = entities(tracker, "service") or (tracker.get_slot("question") or {}).get("services", [])
    reply = about_services(services, known, turn, tuple(entities(tracker, "asks")))
    reply.question = {"services": services}
    return reply


class _Signposting:
    """Reads the message, changes what is known, sends the reply and remembers."""

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> List[EventType]:
        turn = turn_of(tracker)
        asked = tuple(tracker.get_slot("asked") or ())
        known, reply = self.reply(tracker, remembered(tracker).told(**news(tracker)), turn, asked)
        if tracker.get_latest_input_channel() == CARDS:
            for message in reply.messages:
                dispatcher.utter_message(json_message=message)
            dispatcher.utter_message(json_message=_trace(tracker, known, reply))
        else:
            for message in reply.messages:
                dispatcher.utter_message(text=plain_text(message))
        events = remember(tracker, known, turn, asked + ((reply.asked,) if reply.asked else ()))
        if reply.move:
            said = tracker.get_slot("said") or {}
            events.append(SlotSet("said", {**said, reply.move: said.get(reply.move, 0) + 1}))
        # One message, one answer: saying so spares Rasa asking its policies once more what comes next.
        return events + ([SlotSet("question", reply.question)] if reply.question is not None else []) + [FollowupAction("action_listen")]

    def reply(self, tracker: Tracker, known: Situation, turn: int, asked: Tuple[str, ...]) -> Tuple[Situation, Reply]:
        raise NotImplementedError


class ActionSignpost(_Signposting, Action):
    """A worry: the services of the route table, at once."""

    def name(self) -> str:
        return "action_signpost"

    def reply(self, tracker: Tracker, known: Situation, turn: int, asked: Tuple[str, ...]) -> Tuple[Situation, Reply]:
        new = tuple(news(tracker)["concerns"])
        reply = for_concern(known, new, turn, asked, intent_of(tracker)[0])
        reply.question = {}   # after a worry, "and in Scotland" tells where somebody is
        return known, reply


class ActionKeepHelp(_Signposting, Action):
    """Everything that is no new worry: the help stays in hand, or the menu is shown."""

    def name(self) -> str:
        return "action_keep_help"

    def reply(self, tracker: Tracker, known: Situation, turn: int, asked: Tuple[str, ...]) -> Tuple[Situation, Reply]:
        move, confidence = intent_of(tracker)
        if _goes_on_about_figures(tracker) and (move in NOT_A_MOVE or "start" in entities(tracker, "follows")):
            return known, _figures(tracker, known)
        if move in ASKS_A_SERVICE and entities(tracker, "service") and entities(tracker, "asks"):
            return known, _services(tracker, known, turn)
        change = moves().get(move)
        if change and change.changes_much and confidence < SURE:
            change, move, known = None, "nlu_fallback", remembered(tracker)
        if change and change.calms and not set(change.not_after) & known.facts:
            known = calmed(known)
        if change and change.forgets:
            known = without_latest(tracker, known)
        if move in NOT_A_MOVE:
            unsure = known.concerns and confidence < SURELY_ELSE
            move = _rescued(tracker) or NOT_A_MOVE["nlu_fallback" if unsure else move]
        heard = news(tracker)
        told = tuple(name for name in TOLD if heard.get(name))
        times = (tracker.get_slot("said") or {}).get(move, 0)
        reply = keeping_help(move, known, turn, asked, before=remembered(tracker), told=told, times=times)
        reply.move = move
        return known, reply


class ActionAnswer(_Signposting, Action):
    """A question about a service, the figures, the policy, privacy or the bot."""

    def name(self) -> str:
        return "action_answer"

    def reply(self, tracker: Tracker, known: Situation, turn: int, asked: Tuple[str, ...]) -> Tuple[Situation, Reply]:
        question, _ = intent_of(tracker)
        topics = tuple(entities(tracker, "topic"))
        if question == "ask_figures" or _goes_on_about_figures(tracker):
            return known, _figures(tracker, known)
        if question == "ask_service":
            return known, _services(tracker, known, turn)
        return known, answer_from_words(question, topics, known, turn)


def _trace(tracker: Tracker, known: Situation, reply: Reply) -> Dict[str, Any]:
    """Why the bot answered so, without a word of what was typed. The web chat keeps it from visitors; staff tools read it."""
    intent, confidence = intent_of(tracker)
    new = by_severity(tuple(news(tracker)["concerns"]))
    return {
        "type": "trace",
        "intent": intent,
        "confidence": round(confidence, 4),
        "concern": new[0] if new else None,
        "concerns": new,
        "audience": known.audience,
        "about": known.about,
        "age": known.age,
        "speaker_age": known.speaker_age,
        "urgency": known.urgency,
        "can_phone": known.can_phone,
        "facts": sorted(known.facts),
        "signs": entities(tracker, "sign"),
        "services": reply.services,
        "rows": list(dict.fromkeys(reply.rows)),
        "words": reply.words,
        "figures": reply.figures,
        "ranking": [
            {"intent": one["name"], "confidence": round(one["confidence"], 4)}
            for one in (tracker.latest_message.get("intent_ranking") or [])[:5]
        ],
        "known_concerns": [one for one in known.concerns if one in table().severity],
    }
