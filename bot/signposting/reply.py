"""Puts a reply together: text, service cards and choices, as the messages of the web chat.

Every function gives a Reply whose messages hold at least one service, whatever is asked of it.
"""
import datetime
from dataclasses import dataclass, field
from typing import Dict, List, Optional, Tuple

from bot.signposting.choices import PREFER_NOT_TO_SAY, choices, labelled, question_for
from bot.signposting.routes import MOST_SERVICES, Row, by_severity, route
from bot.signposting.services import EMERGENCY, WITHOUT_PHONE_CALL, Contact, registry
from bot.signposting.situation import Situation
from bot.signposting.words import first_key, keys_for, say

Message = Dict[str, object]


@dataclass
class Reply:
    """`services`: ids in the order shown; `rows`: ids of the route table's rows; `words`: keys of the responses used; `figures`: ids of the
    rows of data/figures.yml whose numbers are said; `asked`: the id of the question put; `question`: the question answered, for one that follows on from it."""

    messages: List[Message] = field(default_factory=list)
    services: List[str] = field(default_factory=list)
    rows: List[str] = field(default_factory=list)
    words: List[str] = field(default_factory=list)
    figures: List[str] = field(default_factory=list)
    asked: Optional[str] = None
    question: Optional[Dict[str, object]] = None

    def add_text(self, key: Optional[str], turn: int, **values: object) -> None:
        if key and key not in self.words:
            self.words.append(key)
            self.messages.append({"type": "text", "text": say(key, turn, **values)})

    def add_services(self, services: List[str], known: Situation) -> None:
        self.services = services
        urgent = known.urgency == "now"
        cards = [card(service, known) for service in services]
        self.messages.append({"type": "services", "urgent": urgent, "services": cards})

    def add_choices(self, ids: List[str]) -> None:
        self.messages.append({"type": "choices", "choices": labelled(ids)})


def card(service_id: str, known: Situation) -> Dict[str, object]:
    """One service as it is shown: its contacts in the order to try them, only those that may be printed."""
    service = registry()[service_id]
    contacts = service.printable_contacts()
    if "abroad" in known.facts and service.abroad:
        contacts.insert(0, service.abroad)
    if known.can_phone == "no":
        contacts.sort(key=lambda contact: contact.kind not in WITHOUT_PHONE_CALL)
    hours = service.hours
    adult = known.audience in ("adult", "professional") and service.line_adult
    return {
        "id": service.id,
        "name": service.name,
        "line": service.line_adult if adult else service.line,
        "urgent": service.id == EMERGENCY and known.urgency == "now",
        "cost": service.cost,
        "hours": hours.text if hours and hours.printable(_today()) else None,
        "access": list(service.access),
        "contacts": [_contact(contact) for contact in contacts],
    }


def _today() -> datetime.date:
    return datetime.date.today()


def _contact(contact: Contact) -> Dict[str, object]:
    return {"kind": contact.kind, "label": contact.label, "display": contact.display, "href": contact.href}


def voices(known: Situation) -> List[str]:
    """Whose words to look for, best first."""
    if known.audience == "professional":
        return ["professional", "adult", "child"]
    if known.audience == "adult":
        return ["adult", "child"]
    return ["friend", "child", "adult"] if known.audience == "child" and known.about == "other" else ["child", "adult"]


def _urgent_key(known: Situation) -> str:
    topic = "urgent_suicide" if {"suicide", "self_harm"} & set(known.concerns) else "urgent"
    return first_key(keys_for(topic, voices(known))) or "utter_urgent_child"


def for_concern(known: Situation, new: Tuple[str, ...], turn: int, asked: Tuple[str, ...]) -> Reply:
    """The answer to a worry. `new`: the concerns of this message; what was said before stays in the services."""
    reply = Reply()
    services, rows = route(known)
    reply.rows = [row.id for row in rows]
    of_message = [(concern, row) for concern, row in zip(by_severity(known.concerns), rows) if concern in new]
    if known.urgency == "now":
        reply.add_text(_urgent_key(known), turn)
        reply.add_services(services, known)
        reply.add_text("utter_urgent_program", turn)
    for concern, row in of_message[:1]:   # one warm text is enough; the others' safety lines follow the cards
        if not (known.urgency == "now" and concern in ("immediate_danger", "suicide")):
            reply.add_text(_words_key(concern, row, known), turn)
    if known.urgency != "now":
        reply.add_services(services, known)
        if known.urgency == "possible":
            reply.add_text(first_key(keys_for("possible", voices(known))), turn)
        for concern, row in of_message[:2]:   # in danger now only what to do now is said: no "if", and no question
            reply.add_text(_after_key(concern, row, known), turn)
    if known.audience == "professional":
        reply.add_text("utter_professional_after", turn)
    if "abroad" in known.facts:
        reply.add_text("utter_not_in_uk", turn)
    if {"harmer_police", "harmer_trusted"} & known.facts:
        reply.add_text("utter_harmer_is_trusted", turn)
    _ask(reply, known, asked, turn)
    return reply


def _words_key(concern: str, row: Row, known: Situation) -> Optional[str]:
    return first_key(keys_for(row.words or concern, voices(known)) + keys_for("general_worry", voices(known)))


def _after_key(concern: str, row: Row, known: Situation) -> Optional[str]:
    return first_key(keys_for(row.words or concern, voices(known), "_after"))


def _ask(reply: Reply, known: Situation, asked: Tuple[str, ...], turn: int) -> None:
    """The question that sharpens the help, with its choices; else the choices that are always there."""
    question = question_for(known, asked) if known.urgency != "now" else None
    ids = []
    if question:
        reply.asked = question.id
        reply.add_text(question.words, turn)
        ids = list(question.choices) + [PREFER_NOT_TO_SAY]
    elif known.can_phone == "unknown":
        ids = ["cannot_phone"]
    reply.add_choices(ids + ["not_what_i_meant"])


def keeping_help(move: str, known: Situation, turn: int, asked: Tuple[str, ...], before: Optional[Situation] = None) -> Reply:
    """The answer to anything that is no new worry. After a worry the help stays in hand; before one the menu is shown.

    `move`: the intent, whose words are utter_<move>, or utter_<move>_calm where no worry was said. `before`: the situation before
    this message; where what was told opens another door, the words of that door are said too.
    """
    reply = Reply()
    services, rows = route(known)
    reply.rows = [row.id for row in rows]
    worried = bool(known.concerns) or known.urgency != "no"
    keys = [f"utter_{move}", f"utter_{move}_calm"] if worried else [f"utter_{move}_calm", f"utter_{move}"]
    fallback = "utter_not_understood" if worried else "utter_not_understood_calm"
    if known.urgency == "now":
        reply.add_text("utter_urgent_again", turn)
        reply.add_services(services, known)
        reply.add_text("utter_urgent_program", turn)
        reply.add_text(first_key(keys + [fallback]), turn)
    else:
        reply.add_text(first_key(keys + [fallback]), turn)
        top = by_severity(known.concerns)[0] if known.concerns else None
        another_door = top is not None and before is not None and before.concerns and route(before)[1][0] != rows[0]
        if another_door:
            reply.add_text(_words_key(top, rows[0], known), turn)
        reply.add_services(services, known)
        if another_door:
            reply.add_text(_after_key(top, rows[0], known), turn)
    if known.urgency == "possible":
        reply.add_text("utter_still_here_999", turn)
    if move == "wrong_guess" or not worried:
        reply.add_choices(list(choices().topics))
    else:
        _ask(reply, known, asked, turn)
    return reply


def static_help(key: str, **values: object) -> Reply:
    """Help that needs nothing but the data files: for empty, over-long or broken input and for faults inside."""
    reply = Reply()
    unknown = Situation()
    reply.add_text(key, 0, **values)
    services = [EMERGENCY] + route(unknown)[0]
    reply.add_services(services, unknown)
    return reply


def plain_text(message: Message) -> str:
    """A message for channels that have no cards or buttons."""
    if message["type"] == "text":
        return str(message["text"])
    if message["type"] == "services":
        return "\n".join(_plain_card(one) for one in message["services"])  # type: ignore[union-attr]
    return "You can answer: " + ", ".join(one["label"] for one in message["choices"])  # type: ignore[union-attr]


def _plain_card(one: Dict) -> str:
    ways = [f"{contact['label']}: {contact['display']}" if contact["label"] else contact["display"] for contact in one["contacts"]]
    return f"{one['name']}: {one['line']} {' | '.join(ways)}"
