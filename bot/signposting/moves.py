"""What a person does after the first message: the moves of data/moves.yml, and the reply that keeps the help in hand."""
from dataclasses import fields
from functools import lru_cache
from pathlib import Path
from typing import Dict, List, Optional, Tuple

from pydantic import validator

from bot.signposting.choices import choices
from bot.signposting.data_files import DATA, Strict, did_you_mean, read
from bot.signposting.questions import ASKED
from bot.signposting.reply import Reply, after_key, ask, move_key, voices, words_key
from bot.signposting.routes import by_severity, route
from bot.signposting.services import EMERGENCY, registry
from bot.signposting.situation import FACTS, Situation
from bot.signposting.words import first_key, keys_for, responses

PUTS_LAST = ("named_or_first", "named_or_rung", "all")
NOTED = ("about", "audience", "speaker_age", "age")   # what is told back when somebody says it, in this order


class Move(Strict):
    """One row of data/moves.yml, which says what each field means."""

    id: str
    tells: Dict[str, str] = {}
    calms: bool = False
    forgets: bool = False
    puts_last: Optional[str] = None
    reads_out: Optional[str] = None
    not_after: Tuple[str, ...] = ()

    @property
    def changes_much(self) -> bool:
        """True where it takes something back: that there is danger, or a worry."""
        return self.calms or self.forgets

    @validator("tells")
    def _known_tells(cls, tells: Dict[str, str]) -> Dict[str, str]:
        known = [one.name for one in fields(Situation)] + ["fact"]
        for name, value in tells.items():
            if name not in known:
                raise ValueError(f"{name!r} is nothing that can be told{did_you_mean(name, known)}")
            if name == "fact" and value not in FACTS:
                raise ValueError(f"{value!r} is not a fact{did_you_mean(value, FACTS)}")
        return tells

    @validator("not_after", each_item=True)
    def _known_facts(cls, fact: str) -> str:
        if fact not in FACTS:
            raise ValueError(f"{fact!r} is not a fact{did_you_mean(fact, FACTS)}")
        return fact

    @validator("puts_last")
    def _known_puts_last(cls, which: str) -> str:
        if which not in PUTS_LAST:
            raise ValueError(f"write one of {', '.join(PUTS_LAST)}")
        return which

    @validator("reads_out")
    def _known_field(cls, name: str) -> str:
        if name not in ASKED:
            raise ValueError(f"write one of {', '.join(ASKED)}")
        return name

    def news(self, known: Situation, named: Tuple[str, ...] = ()) -> Dict[str, object]:
        """What the move makes known, as fields of Situation. `named`: the services that the message names."""
        news: Dict[str, object] = {name: value for name, value in self.tells.items() if name != "fact"}
        news["facts"] = [self.tells["fact"]] if "fact" in self.tells else []
        shown = [service for service in route(known)[0] if service != EMERGENCY] if known.concerns else []   # the menu is not yet an answer
        named = tuple(service for service in named if service != EMERGENCY)
        if self.puts_last:
            rung = [service for service in shown if any(contact.kind == "phone" for contact in registry()[service].printable_contacts())]
            unnamed = {"all": shown, "named_or_first": shown[:1], "named_or_rung": (rung or shown)[:1]}[self.puts_last]
            news["put_last"] = unnamed if self.puts_last == "all" else named or unnamed
        return news


class _File(Strict):
    moves: Tuple[Move, ...]


@lru_cache(maxsize=None)
def moves(path: Path = DATA / "moves.yml") -> Dict[str, Move]:
    """The moves that change something, by id. Raises DataError that names what to mend."""
    return {move.id: move for move in read(path, _File).moves}


def keeping_help(
    move: str, known: Situation, turn: int, asked: Tuple[str, ...], before: Optional[Situation] = None, told: Tuple[str, ...] = (), times: int = 0
) -> Reply:
    """The answer to anything that is no new worry. After a worry the help stays in hand; before one the menu is shown.

    `move`: the intent; its words are utter_<move>_now in danger now, utter_<move>_<voice>, utter_<move>, or utter_<move>_calm where no
    worry was said. `before`: the situation before this message; where what was told opens another door, the words of that door are
    said too. `told`: the fields of Situation that this message spoke of. `times`: how often the move was answered before; the first
    answer is the fullest, and the variants take turns.
    """
    reply = Reply()
    services, rows = route(known)
    reply.rows = [row.id for row in rows]
    worried = bool(known.concerns) or known.urgency != "no"
    key = _key(move, known, worried)
    top = by_severity(known.concerns)[0] if known.concerns else None
    another_door = top is not None and before is not None and bool(before.concerns) and _door(before) != _door(known)
    reply.services = services
    if known.urgency == "now":
        reply.add_text("utter_urgent_again", turn)
        reply.add_services(services, known)
        reply.add_text("utter_urgent_program", turn)
        _say(reply, move, key, known, times, before, told)
    else:
        _say(reply, move, key, known, times, before, told)
        if another_door:
            reply.add_worry(words_key(top, rows[0], known), known, turn)
        reply.add_services(services, known)
        if another_door:
            reply.add_text(after_key(top, rows[0], known), turn)
    if known.audience == "professional" and before is not None and before.audience != "professional":
        reply.add_text("utter_professional_after", turn)
    if known.urgency == "possible":
        risen = before is not None and before.urgency == "no"
        reply.add_text(first_key(keys_for("possible", voices(known))) if risen else "utter_still_here_999", turn)
    if move == "wrong_guess" or not worried:
        reply.add_choices(list(choices().topics))
    else:
        ask(reply, known, asked, turn)
    return reply


def _key(move: str, known: Situation, worried: bool) -> str:
    now = [f"utter_{move}_now"] if known.urgency == "now" else []
    before_all = now if worried else [f"utter_{move}_calm"]
    found = first_key(before_all) or move_key(move, known) or first_key([f"utter_{move}_calm"])
    return found or ("utter_not_understood" if worried else "utter_not_understood_calm")


def _door(known: Situation) -> Tuple[Optional[str], str]:
    """The route of the gravest worry, and whose words belong to it: the two things that make another answer of the same worry."""
    rows = route(known)[1]
    return (rows[0].id if rows else None), voices(known)[0]


def _say(reply: Reply, move: str, key: str, known: Situation, times: int, before: Optional[Situation], told: Tuple[str, ...]) -> None:
    noted = _noted(known, before, told) if before is not None else []
    if move == "inform" and noted:
        changed = before is not None and route(before)[0] != reply.services
        opening = "utter_put_right" if _put_right(known, before, told) else "utter_thank_you"
        ending = "utter_shown_changed" if changed else "utter_shown_same"
        if not known.concerns and known.urgency == "no":
            ending = "utter_shown_calm"
        reply.add_joined([opening, *noted, ending], times)
        return
    reply.add_text(key, times)
    read_out = moves()[move].reads_out if move in moves() else None
    if read_out and known.urgency != "now":   # in danger now only 999 counts
        for service in reply.services[:4]:
            reply.messages.append({"type": "text", "text": f"{registry()[service].name}: {' '.join(ASKED[read_out](registry()[service]))}"})


def _noted(known: Situation, before: Optional[Situation], told: Tuple[str, ...]) -> List[str]:
    """The keys that tell back what was just said, such as utter_noted_age_13_15."""
    keys = [f"utter_noted_{name}_{getattr(known, name)}" for name in NOTED if name in told]
    if known.about == "self" or "speaker_age" in told:
        keys = [key for key in keys if not key.startswith(("utter_noted_age_", "utter_noted_audience_child"))]
    return [key for key in keys if key in responses()]


def _put_right(known: Situation, before: Optional[Situation], told: Tuple[str, ...]) -> bool:
    """True where what was told is not what was taken to be so."""
    return before is not None and any(getattr(before, name) not in ("unknown", getattr(known, name)) for name in told if name in NOTED)

