"""Puts a reply together: text, service cards and choices, as the messages of the web chat.

Every function gives a Reply whose messages hold at least one service, whatever is asked of it.
"""
import datetime
from dataclasses import dataclass, field
from typing import Dict, List, Optional, Tuple

from bot.signposting.choices import PREFER_NOT_TO_SAY, choices, labelled, question_for
from bot.signposting.routes import MOST_SERVICES, Row, by_severity, route, table
from bot.signposting.services import EMERGENCY, FOR_DEAF_PEOPLE, WITHOUT_PHONE_CALL, Contact, registry
from bot.signposting.situation import Situation
from bot.signposting.words import first_key, keys_for, naming_only, say

Message = Dict[str, object]


@dataclass
class Reply:
    """`services`: ids in the order shown; `rows`: ids of the route table's rows; `words`: keys of the responses used; `figures`: ids of the
    rows of data/figures.yml whose numbers are said; `asked`: the id of the question put; `move`: what was answered, where it was no worry and no question; `question`: the question answered, for one that follows on from it."""

    messages: List[Message] = field(default_factory=list)
    services: List[str] = field(default_factory=list)
    rows: List[str] = field(default_factory=list)
    words: List[str] = field(default_factory=list)
    figures: List[str] = field(default_factory=list)
    asked: Optional[str] = None
    move: Optional[str] = None
    question: Optional[Dict[str, object]] = None

    def add_text(self, key: Optional[str], turn: int, **values: object) -> None:
        """Says a response. Where its sentences name a service that is not on the cards, they are left out: nobody is sent where no door is."""
        if key and key not in self.words:
            text = say(key, turn, **values)
            if self.services and not key.startswith("utter_ask_"):
                text = naming_only(self.services, text)
            if text:
                self.words.append(key)
                self.messages.append({"type": "text", "text": text})

    def add_worry(self, key: Optional[str], known: Situation, turn: int) -> None:
        """The words of a worry; a professional is sent to their safeguarding lead before anything else is said."""
        if known.audience == "professional" and not str(key).endswith("_professional"):
            self.add_text("utter_professional_first", turn)
        self.add_text(key, turn)

    def add_joined(self, keys: List[str], turn: int) -> None:
        """One text of several responses, read one after the other."""
        self.words += [key for key in keys if key not in self.words]
        self.messages.append({"type": "text", "text": " ".join(say(key, turn) for key in keys)})

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
    if "deaf" in known.facts:
        contacts.sort(key=lambda contact: contact.kind not in FOR_DEAF_PEOPLE)
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
        return ["adult_self", "adult", "child"] if known.about == "self" else ["adult", "child"]
    return ["friend", "child", "adult"] if known.audience == "child" and known.about == "other" else ["child", "adult"]


def move_key(move: str, known: Situation) -> Optional[str]:
    """The words for a move, a barrier or a fear: utter_<move>_<voice> for some voices, else utter_<move>, which is for everyone."""
    own = {"child": ["friend"] if known.about == "other" else [], "adult": ["adult_self", "adult"], "professional": ["professional", "adult"]}.get(known.audience, [])
    return first_key([*keys_for(move, own), f"utter_{move}"])


def _urgent_key(known: Situation, new: Tuple[str, ...]) -> str:
    concerns = set(new) or set(known.concerns)
    topic = "urgent"
    if "harm_to_others" in concerns and known.about != "other":
        topic = "urgent_harm_to_others"
    elif {"suicide", "self_harm"} & concerns:
        topic = "urgent_suicide"
    return first_key(keys_for(topic, voices(known))) or "utter_urgent_child"


def for_concern(known: Situation, new: Tuple[str, ...], turn: int, asked: Tuple[str, ...], intent: str = "") -> Reply:
    """The answer to a worry. `new`: the concerns of this message; what was said before stays in the services.

    `intent`: what the message means; one of the route table's `intents` may have words of its own.
    """
    services, rows = route(known)
    reply = Reply(services=services, rows=[row.id for row in rows])
    of_message = [(concern, row) for concern, row in zip(by_severity(known.concerns), rows) if concern in new]
    if known.urgency == "now":
        reply.add_text(_urgent_key(known, new), turn)
        reply.add_services(services, known)
        reply.add_text("utter_urgent_program", turn)
    for concern, row in of_message[:1]:   # one warm text is enough; the others' safety lines follow the cards
        if not (known.urgency == "now" and concern in ("immediate_danger", "suicide", "harm_to_others")):
            own = keys_for(intent, voices(known)) if intent not in table().severity else []   # a worry's words are its row's
            key = first_key(own) or words_key(concern, row, known)
            reply.add_worry(key, known, turn)
    if known.urgency != "now":
        reply.add_services(services, known)
        if known.urgency == "possible":
            reply.add_text(first_key(keys_for("possible", voices(known))), turn)
        for concern, row in of_message[:2]:   # in danger now only what to do now is said: no "if", and no question
            reply.add_text(after_key(concern, row, known), turn)
        if _older_too(known) and "childline" in services:   # the next door is for adults only where Childline stands first
            reply.add_text("utter_older_too" if services[0] == "childline" else "utter_older_tell", turn)
    if known.audience == "professional":
        reply.add_text("utter_professional_after", turn)
    if "abroad" in known.facts:
        reply.add_text(move_key("not_in_uk", known), turn)
    if {"harmer_police", "harmer_trusted"} & known.facts:
        reply.add_text(move_key("harmer_is_trusted", known), turn)
    if "deaf" in known.facts:
        reply.add_text(move_key("deaf", known), turn)
    ask(reply, known, asked, turn)
    return reply


def _older_too(known: Situation) -> bool:
    """True where an adult may be speaking of themselves, and Childline leads because nobody has said so."""
    return known.audience == "unknown" and known.about != "other" and known.speaker_age == "unknown"


def words_key(concern: str, row: Row, known: Situation) -> Optional[str]:
    return first_key(keys_for(row.words or concern, voices(known)) + keys_for("general_worry", voices(known)))


def after_key(concern: str, row: Row, known: Situation) -> Optional[str]:
    return first_key(keys_for(row.words or concern, voices(known), "_after"))


def ask(reply: Reply, known: Situation, asked: Tuple[str, ...], turn: int) -> None:
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
