"""Why the bot answered so: its trace, with each decision's words for staff and the line of the file where it is written."""
from typing import Any, Dict, List

from bot.signposting.routes import by_severity, table
from bot.signposting.services import registry
from bot.signposting.situation import Situation
from bot.signposting.words import responses
from bot.staff.console.fresh import rule_of, where_figure, where_menu, where_row, where_service, where_sign, where_words
from bot.staff.flows.why import phrase_of

URGENCY = {"now": "happening now", "possible": "may be happening", "no": "not urgent"}
ABOUT = {"self": "themselves", "other": "somebody else", "unknown": "not known"}
SPEAKS = {"child": "a child speaks", "adult": "an adult speaks", "professional": "a professional speaks"}
TELLS_OF = {"self": ", about themselves", "other": ", about somebody else"}
_KNOWN = (
    ("audience", "Who speaks"), ("about", "About whom"), ("speaker_age", "Age of the speaker"), ("age", "Age of the person it is about"),
    ("urgency", "Happening now?"), ("can_phone", "Can they phone?"), ("known_concerns", "Worries so far"), ("facts", "Facts that change the door"),
)


def readable(name: str, value: Any) -> str:
    """A value of the trace as people read it."""
    if isinstance(value, (list, tuple)):
        return ", ".join(spoken(str(one)) for one in value) or "none"
    return {"urgency": URGENCY, "about": ABOUT}.get(name, {}).get(value) or spoken(str(value))


def spoken(value: str) -> str:
    """`under_13` as under 13, `13_15` as 13 to 15, `unknown` as not known."""
    if value == "unknown":
        return "not known"
    first, _, second = value.partition("_")
    return f"{first} to {second}" if first.isdigit() and second.isdigit() else value.replace("19_plus", "19 or older").replace("_", " ")


def explain(trace: Dict[str, Any], text: str = "") -> Dict[str, Any]:
    """The trace for the page; `text` is what was said. An empty trace, after a fault inside or while the bot is paused, says so."""
    if not trace:
        return {"summary": "Something failed inside, or the bot is paused: everybody is shown the same list of contacts."}
    rule = rule_of(trace["intent"])
    return {
        "summary": _summary(trace, text),
        "intent": {"name": trace["intent"], "confidence": trace["confidence"], "concern": trace["concern"]},
        "ranking": trace["ranking"],
        "known": [{"name": name, "label": label, "value": readable(name, trace[name])} for name, label in _KNOWN],
        "signs": [{"id": sign, "phrase": phrase_of(sign, text), "where": where_sign(sign)} for sign in trace["signs"]],
        "rule": {"name": rule[0], "action": rule[1], "where": rule[2]} if rule else None,
        "rows": rows(trace),
        "words": [
            {"key": key, "text": responses()[key][0], "ways": len(responses()[key]), "where": where_words(key)}
            for key in trace["words"] if key in responses()
        ],
        "figures": [{"id": figure, "where": where_figure(figure)} for figure in trace["figures"]],
        "services": [_service(one) for one in trace["services"]],
    }


def _summary(trace: Dict[str, Any], text: str) -> str:
    if trace["ranking"]:
        taken = f"Taken as {spoken(trace['intent'])}, {round(trace['confidence'] * 100)}% sure"
    else:
        taken = f"{'Always taken as' if text else 'A button:'} {spoken(trace['intent'])}"   # the safe words, and a message without words
    who = f"{SPEAKS.get(trace['audience'], 'it is not known who speaks')}{TELLS_OF.get(trace['about'], '')}"
    names = ", ".join(registry()[one].name for one in trace["services"])
    return f"{taken}; {who}; {URGENCY[trace['urgency']]}. Shown: {names}."


def rows(trace: Dict[str, Any]) -> List[Dict[str, Any]]:
    """The rows of the route table in force, each with its concern; the row of the help menu where no worry is known."""
    found = {row.id: row for row in table().routes}
    if not trace["rows"]:
        known = Situation(audience=trace["audience"])
        place = next(place for place, menu in enumerate(table().help_menu) if known.audience in menu.audience)
        services = list(table().help_menu[place].services)
        return [{"id": menu_id(place), "concern": None, "when": [], "services": services, "where": where_menu(place)}]
    concerns = by_severity(tuple(trace["known_concerns"]))
    return [
        {
            "id": row_id, "concern": concern, "services": list(found[row_id].services), "where": where_row(row_id),
            "when": [f"{name}: {', '.join(spoken(one) for one in values)}" for name, values in found[row_id].when if values],
        }
        for concern, row_id in zip(concerns, trace["rows"])
    ]


def menu_id(place: int) -> str:
    """What the console calls a row of the help menu, which has no id of its own."""
    return f"help_menu_{place + 1}"


def _service(service_id: str) -> Dict[str, Any]:
    service = registry()[service_id]
    return {
        "id": service_id, "name": service.name, "where": where_service(service_id),
        "contacts": [
            {"shown": one.display, "source": one.source, "checked_on": str(one.checked_on)} for one in service.printable_contacts()
        ],
    }
