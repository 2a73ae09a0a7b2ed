"""Why the bot answered so, in lines that staff can follow to the file that decided it."""
import re
from functools import lru_cache
from pathlib import Path
from typing import Dict, List, Optional

from bot.signposting.data_files import DATA, read, shown
from bot.signposting.routes import by_severity
from bot.staff.flows.results import Turn

RUNNERS_UP = 3


def why(turn: Turn) -> List[str]:
    """Lines of plain text: what was understood, the safety net, who and how urgent, the rows of the route table, the words."""
    trace = turn.trace
    if not trace.get("intent"):
        return ["no trace: the answer did not come from the model"]
    lines = [f"understood as {trace['intent']} ({_percent(trace['confidence'])}){_runners_up(trace)}"]
    if turn.step.choice is not None:
        lines = [f"button {turn.step.choice}, which says {trace['intent']} ({_place(DATA / 'choices.yml', turn.step.choice)})"]
    for sign in trace["signs"]:
        phrase = phrase_of(sign, turn.step.user or "")
        lines.append(f"safety net: {sign} ({_place(DATA / 'safety_net.yml', sign)})" + (f", phrase {phrase!r}" if phrase else ""))
    lines.append(
        f"audience {trace['audience']}, about {trace['about']}, age {trace['age']}, speaker's age {trace['speaker_age']}, urgency {trace['urgency']}, "
        f"can phone {trace['can_phone']}" + (f", facts: {', '.join(trace['facts'])}" if trace["facts"] else "")
    )
    concerns = by_severity(tuple(trace["known_concerns"]))
    for concern, row in zip(concerns, trace["rows"]):
        lines.append(f"route table: row {row} for {concern} ({_place(DATA / 'routes.yml', row)})")
    if not trace["rows"]:
        lines.append("route table: the help menu, since no worry is known")
    lines.append(f"words: {', '.join(trace['words']) or 'none'}")
    return lines


def _percent(share: float) -> str:
    return f"{share:.0%}"


def _runners_up(trace: Dict) -> str:
    others = [f"{one['intent']} {_percent(one['confidence'])}" for one in trace["ranking"] if one["intent"] != trace["intent"]][:RUNNERS_UP]
    return f"; the whole message also looks like {', '.join(others)}" if others else ""


def _place(path: Path, row: str) -> str:
    """File and line of the row with that id, where it can be found."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return shown(path)
    found = next((number for number, line in enumerate(lines, start=1) if re.search(rf"\bid: {re.escape(row)}\b", line)), None)
    return f"{shown(path)}:{found}" if found else shown(path)


@lru_cache(maxsize=None)
def _phrases() -> Dict[str, list]:
    """For each sign its phrases as they are written, each with its pattern."""
    from bot.nlu.phrases import Lists, Phrase
    from bot.nlu.safety_net import PATH, SafetyNetFile

    content = read(PATH, SafetyNetFile)
    lists = Lists(content.lists)
    return {sign.id: [(phrase, Phrase(phrase, lists).pattern) for phrase in sign.phrases] for sign in content.signs}


def phrase_of(sign: str, text: str) -> Optional[str]:
    """The phrase of a sign of the safety net that the text holds, as data/safety_net.yml writes it."""
    from bot.nlu.phrases import prepared
    from bot.nlu.text import folded, sentences

    lines = [prepared(one) for one in sentences(folded(text))]
    return next((phrase for phrase, pattern in _phrases().get(sign, ()) if any(pattern.search(line) for line in lines)), None)
