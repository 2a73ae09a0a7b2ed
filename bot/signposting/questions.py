"""Answers to questions: about services (from the registry), about figures, and about the policy, this chat and what it keeps (from the words).

Whatever is asked, the help stays in hand: the services follow each answer, and danger said once stays above or below it.
"""
import datetime
from typing import Callable, Dict, List, Optional, Tuple

from bot.signposting.choices import choices
from bot.signposting.figure_answers import Asked, about_figures
from bot.signposting.reply import Reply
from bot.signposting.routes import MOST_SERVICES, route
from bot.signposting.services import EMERGENCY, NATIONS, WITHOUT_PHONE_CALL, Fact, Service, registry
from bot.signposting.situation import Situation
from bot.signposting.words import first_key, say

MOST_ASKED_ABOUT = 3


def answer_with_figures(asked: Asked, known: Situation) -> Reply:
    """The answer to a question about figures; `reply.figures` holds the ids of the rows whose numbers it says."""
    reply = Reply()
    said = about_figures(asked)
    texts = said.texts()
    reply.words = list(said.words)
    reply.figures = [row.id for row in said.rows]
    return _with_help(reply, texts, (), known)


def answer_from_words(question: str, topics: Tuple[str, ...], known: Situation, turn: int) -> Reply:
    """The answer to a question that is answered in words. `question`: the intent; `topics`: of data/questions.yml, the first that fits."""
    reply = Reply()
    kind = question.replace("ask_", "", 1)
    topic = next((one for one in topics if one.startswith(f"{kind}_")), None)
    key = first_key([f"utter_ask_{topic}", f"utter_{question}"]) or "utter_ask_bot"
    reply.words.append(key)
    return _with_help(reply, [say(key, turn)], (), known)


def about_services(service_ids: List[str], known: Situation, turn: int, asks: Tuple[str, ...] = ()) -> Reply:
    """The answer to a question about services: what was asked of each (`asks`: the keys of ASKED), else what it is and does.

    Where no service was named, those in hand are meant.
    """
    reply = Reply()
    asked_about = [service for service in service_ids if service in registry()][:MOST_ASKED_ABOUT]
    meant = asked_about or [service for service in route(known)[0] if asks and service != EMERGENCY][:MOST_ASKED_ABOUT]
    if not asked_about:
        reply.words.append("utter_ask_service")
    texts = [say(key, turn) for key in reply.words] + [_about(registry()[service], known, asks) for service in meant]
    return _with_help(reply, texts, tuple(asked_about), known)


def _with_help(reply: Reply, texts: List[str], first: Tuple[str, ...], known: Situation) -> Reply:
    """The texts with the help in hand; `first` are the services that were asked about."""
    kept, rows = route(known)
    reply.rows = [row.id for row in rows]
    others = list(dict.fromkeys([*first, *(kept if known.concerns or not first else [])]))
    danger = [EMERGENCY] if EMERGENCY in kept else []   # danger said once stays in hand, whatever is asked
    others = [one for one in others if one not in danger][:MOST_SERVICES]
    if not any(registry()[one].needs_no_phone_call for one in others if one != EMERGENCY):   # asked about 999 or Samaritans alone: there is always a way without a call
        others = others[: MOST_SERVICES - 1] + [next(one for one in kept if one != EMERGENCY and registry()[one].needs_no_phone_call)]
    answer = [{"type": "text", "text": text} for text in texts]
    if known.urgency == "now":
        reply.add_text("utter_urgent_again", 0)
        reply.add_services(danger + others, known)
        reply.add_text("utter_urgent_program", 0)
        reply.messages += answer
    else:
        reply.messages += answer
        reply.add_services(others + danger, known)
    if known.urgency == "possible":
        reply.add_text("utter_still_here_999", 0)
    worried = bool(known.concerns) or known.urgency != "no"
    reply.add_choices(["cannot_phone", "not_what_i_meant"] if worried else ["show_help"] if first else list(choices().topics))
    return reply


# ---- what may be asked of a service

def _about(service: Service, known: Situation, asks: Tuple[str, ...]) -> str:
    facts = [fact for one in asks for fact in ASKED[one](service) if one in ASKED]
    adult = known.audience in ("adult", "professional") and service.line_adult
    line = service.line_adult if adult else service.line
    facts = facts or [str(line), service.happens, *service.does_not[:1]]
    return f"{service.name}: {' '.join(dict.fromkeys(facts))}".replace("..", ".")


def _stated(fact: Optional[Fact], otherwise: List[str]) -> List[str]:
    return [fact.text] if fact and fact.printable(datetime.date.today()) else otherwise


def _hours(service: Service) -> List[str]:
    hours = service.hours
    return [f"{hours.text}."] if hours and hours.printable(datetime.date.today()) else ["Its own page says when it is open."]


def _anonymous(service: Service) -> List[str]:
    return _stated(service.anonymous, [service.private])


def _deaf(service: Service) -> List[str]:
    return _stated(service.deaf, [f"I do not know how it can be reached in sign language. {_written(service)}".strip()])


def _silent(service: Service) -> List[str]:
    return _stated(service.silent, [_written(service) or "I do not know of a way to reach it without speaking."])


def _written(service: Service) -> str:
    """The ways to reach it without speaking, where there are any."""
    kinds = {"chat": "chat", "form": "an online form", "text": "text", "email": "email", "web": "its page"}
    ways = list(dict.fromkeys(kinds[contact.kind] for contact in service.printable_contacts() if contact.kind in kinds and contact.kind in WITHOUT_PHONE_CALL))
    return f"You can reach it by {' or '.join(ways)}, with no need to speak." if ways else ""


def _nations(service: Service) -> List[str]:
    whole = set(service.nations) == set(NATIONS)
    where = ["It is for all of the UK: England, Scotland, Wales and Northern Ireland."] if whole else []
    return where + _stated(service.nations_note, [])


ASKED: Dict[str, Callable[[Service], List[str]]] = {
    "cost": lambda service: [service.cost],
    "anonymous": _anonymous,
    "private": lambda service: [service.private],
    "hours": _hours,
    "deaf": _deaf,
    "silent": _silent,
    "nations": _nations,
    "who_for": lambda service: [service.who],
    "limits": lambda service: list(service.does_not),
    "happens": lambda service: [service.happens],
}
