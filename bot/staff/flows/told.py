"""A failed flow told in plain text: the conversation so far, expected against got, and why the bot answered so."""
from typing import Dict, List

from bot.signposting.data_files import shown
from bot.staff.flows.results import Failure, Result, Turn
from bot.staff.flows.why import why

LONGEST = 400   # letters of an answer's text


def told(result: Result) -> str:
    """The failure as text of several lines; the first names the flow and its place."""
    lines = [f"{result.flow.name}  ({shown(result.flow.path)}:{result.flow.line})"]
    failed: Dict[int, List[Failure]] = {}
    for failure in result.failures:
        failed.setdefault(failure.turn, []).append(failure)
    for number, turn in enumerate(result.turns[: max(failed, default=len(result.turns)) + 1]):
        lines += [f"  visitor: {turn.step.said}", *_answer(turn)]
        for failure in failed.get(number, ()):
            lines += [
                f"    ✗ {failure.what}  ({shown(result.flow.path)}:{failure.line})", f"        expected: {failure.expected}", f"        got:      {failure.got}",
            ]
        if number in failed:
            lines += ["    why:", *(f"        {line}" for line in why(turn))]
    return "\n".join(lines)


def _answer(turn: Turn) -> List[str]:
    text = " ".join(turn.texts)
    return [f"  bot:     {text[:LONGEST]}{' ...' if len(text) > LONGEST else ''}", f"           [{', '.join(turn.services) or 'no services'}]"]
