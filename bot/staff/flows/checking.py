"""Compares an answer with what is expected of it, and with what every answer must keep."""
import re
from typing import Any, Callable, Dict, Iterable, List, Optional, Tuple

from bot.signposting.routes import MOST_SERVICES
from bot.signposting.services import EMERGENCY, WITHOUT_PHONE_CALL
from bot.staff.flows.model import NONE
from bot.staff.flows.results import Failure, Turn

Difference = Optional[Tuple[str, str]]   # expected and got, or None where it is as it should be


def failures(number: int, turn: Turn) -> List[Failure]:
    """All that is wrong with the answer of turn `number`."""
    step = turn.step
    found = [Failure(number, step.line, "every answer", expected, got) for expected, got in broken_promises(turn)]
    for name in sorted(step.expected.__fields_set__, key=lambda one: step.lines.get(one, 0)):
        difference = CHECKS[name](turn, getattr(step.expected, name))
        if difference:
            found.append(Failure(number, step.lines.get(name, step.line), name, *difference))
    return found


def broken_promises(turn: Turn) -> Iterable[Tuple[str, str]]:
    """What every answer must keep, whether a flow asks for it or not."""
    if not turn.trace:
        yield "an answer from inside", "something failed inside, and only the static help was shown"
        return
    others = [one for one in turn.services if one != EMERGENCY]
    if not others:
        yield "at least one service besides 999", _list(turn.services)
    if len(others) > MOST_SERVICES or len(set(turn.services)) < len(turn.services):
        yield f"at most {MOST_SERVICES} services besides 999, each once", _list(turn.services)
    if others and not any(contact["kind"] in WITHOUT_PHONE_CALL for card in turn.cards for contact in card["contacts"]):
        yield "a way to get help without a phone call", _list(turn.services)
    for card in turn.cards:
        if not card["contacts"] or not card["line"] or not card["name"] or not all(one["display"] and one["href"] for one in card["contacts"]):
            yield "a name, a line and a contact on every card", f"{card['id']} lacks one"
    if not turn.texts or not all(text.strip() for text in turn.texts):
        yield "words, and no empty ones", repr(turn.texts)
    if turn.trace.get("urgency") == "now":
        if turn.services[:1] != [EMERGENCY]:
            yield "999 first in danger now", _list(turn.services)
        if "utter_urgent_program" not in turn.trace.get("words", ()):
            yield "in danger now, that it is a program, nobody was told and it cannot send help (utter_urgent_program)", _list(turn.trace.get("words", ()))


def _list(values: Iterable[str]) -> str:
    return ", ".join(values) or "none"


def _same(got: Callable[[Turn], Any]) -> Callable[[Turn, Any], Difference]:
    def check(turn: Turn, wanted: Any) -> Difference:
        found = got(turn)
        return None if found == wanted else (_shown(wanted), _shown(found))

    return check


def _shown(value: Any) -> str:
    if value is None:
        return NONE
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _list(value) if isinstance(value, (tuple, list)) else str(value)


def _told(name: str) -> Callable[[Turn, Any], Difference]:
    """What the trace tells, once."""
    return _same(lambda turn: turn.trace.get(name))


def _exactly(got: Callable[[Turn], List[str]]) -> Callable[[Turn, Any], Difference]:
    return _same(lambda turn: tuple(got(turn)))


def _includes(got: Callable[[Turn], Iterable[str]]) -> Callable[[Turn, Any], Difference]:
    def check(turn: Turn, wanted: Tuple[str, ...]) -> Difference:
        found = list(got(turn))
        return None if set(wanted) <= set(found) else (f"at least {_list(wanted)}", _list(found))

    return check


def _without(got: Callable[[Turn], Iterable[str]]) -> Callable[[Turn, Any], Difference]:
    def check(turn: Turn, unwanted: Tuple[str, ...]) -> Difference:
        found = list(got(turn))
        return (f"none of {_list(unwanted)}", _list(found)) if set(unwanted) & set(found) else None

    return check


def _in_order(turn: Turn, wanted: Tuple[str, ...]) -> Difference:
    found = [one for one in turn.services if one in wanted]
    return None if tuple(found) == wanted else (f"in this order {_list(wanted)}", _list(turn.services))


def _at_most(turn: Turn, most: int) -> Difference:
    return None if len(turn.services) <= most else (f"at most {most}", f"{len(turn.services)}: {_list(turn.services)}")


def _card_of(turn: Turn, service: str) -> Optional[Dict[str, Any]]:
    return next((card for card in turn.cards if card["id"] == service), None)


def _contacts(turn: Turn, wanted: Dict[str, Tuple[str, ...]]) -> Difference:
    for service, kinds in wanted.items():
        card = _card_of(turn, service)
        found = [contact["kind"] for contact in card["contacts"]] if card else ["no such card"]
        if tuple(found) != kinds:
            return f"{service}: {_list(kinds)}", f"{service}: {_list(found)}"
    return None


def _card_texts(turn: Turn, wanted: Dict[str, Tuple[str, ...]]) -> Difference:
    for service, texts in wanted.items():
        card = _card_of(turn, service)
        if card is None:
            return f"a card of {service}", _list(turn.services)
        found = " ".join(str(part) for part in (card["name"], card["line"], card["cost"], card["hours"], *card["access"]) if part)
        found += " " + " ".join(f"{contact['label'] or ''} {contact['display']}" for contact in card["contacts"])
        for text in texts:
            if _plain(text) not in _plain(found):
                return f"{service}: {text!r} on its card", found
    return None


def _plain(text: str) -> str:
    return " ".join(text.replace("’", "'").lower().split())


def _whole(turn: Turn) -> str:
    return _plain(" ".join(turn.texts))


def _bot(turn: Turn, wanted: Tuple[str, ...]) -> Difference:
    said = [_plain(text) for text in turn.texts]
    missing = [text for text in wanted if _plain(text) not in said]
    return (" / ".join(missing), " / ".join(turn.texts)) if missing else None


def _contains(turn: Turn, wanted: Tuple[str, ...]) -> Difference:
    missing = [text for text in wanted if _plain(text) not in _whole(turn)]
    return (f"the text {_quoted(missing)}", " ".join(turn.texts)) if missing else None


def _not_contains(turn: Turn, unwanted: Tuple[str, ...]) -> Difference:
    there = [text for text in unwanted if _plain(text) in _whole(turn)]
    return (f"never the text {_quoted(there)}", " ".join(turn.texts)) if there else None


def _matches(turn: Turn, wanted: Tuple[str, ...]) -> Difference:
    missing = [one for one in wanted if not re.search(one, " ".join(turn.texts), re.IGNORECASE)]
    return (f"a text that fits {_quoted(missing)}", " ".join(turn.texts)) if missing else None


def _quoted(texts: Iterable[str]) -> str:
    return ", ".join(f'"{text}"' for text in texts)


def _reading_grade(turn: Turn, most: float) -> Difference:
    try:
        import textstat
    except ImportError:
        return f"reading grade at most {most:g}", "not measured: textstat is not installed (make setup-tests)"
    grade = max(textstat.flesch_kincaid_grade(text) for text in turn.texts)
    return None if grade <= most else (f"reading grade at most {most:g}", f"{grade:g}")


def _remembered(turn: Turn, wanted: Dict[str, Optional[str]]) -> Difference:
    for name, value in wanted.items():
        found = turn.remembered.get(name)
        held = found if isinstance(found, list) else [found] if found not in (None, "unknown") or found == value else []
        if not held or (value is not None and value not in held):
            return f"{name}: {value or 'anything'}", f"{name}: {_list(str(one) for one in held)}"
    return None


def _trace_list(name: str) -> Callable[[Turn], List[str]]:
    return lambda turn: list(turn.trace.get(name) or ())


CHECKS: Dict[str, Callable[[Turn, Any], Difference]] = {
    "services": _exactly(lambda turn: turn.services),
    "services_include": _includes(lambda turn: turn.services),
    "services_in_order": _in_order,
    "never": _without(lambda turn: turn.services),
    "first": _same(lambda turn: next(iter(turn.services), None)),
    "count": _same(lambda turn: len(turn.services)),
    "count_at_most": _at_most,
    "contacts": _contacts,
    "card": _card_texts,
    "urgent": _same(lambda turn: turn.services[:1] == [EMERGENCY]),
    "concerns": _includes(_trace_list("concerns")),
    "facts": _includes(_trace_list("facts")),
    "signs": _includes(_trace_list("signs")),
    "signs_never": _without(_trace_list("signs")),
    "rows": _exactly(_trace_list("rows")),
    **{name: _told(name) for name in ("urgency", "concern", "audience", "about", "age", "speaker_age", "can_phone", "intent")},
    "bot": _bot,
    "utter": _includes(_trace_list("words")),
    "utter_never": _without(_trace_list("words")),
    "contains": _contains,
    "not_contains": _not_contains,
    "matches": _matches,
    "reading_grade_at_most": _reading_grade,
    "choices": _exactly(lambda turn: turn.choices),
    "choices_include": _includes(lambda turn: turn.choices),
    "choices_never": _without(lambda turn: turn.choices),
    "slot_was_set": _remembered,
}
