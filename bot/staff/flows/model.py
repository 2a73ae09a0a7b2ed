"""What a conversation test is made of: a starting state, then messages and what each answer must show."""
import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Callable, Dict, Iterable, List, Optional, Tuple

from pydantic import validator
from pydantic.fields import ModelField

from bot.signposting.choices import choices
from bot.signposting.data_files import DATA, Strict, did_you_mean, read_yaml
from bot.signposting.routes import table
from bot.signposting.services import KINDS, registry
from bot.signposting.situation import ABOUT, AGES, AUDIENCES, CAN_PHONE, FACTS, URGENCIES, Situation
from bot.signposting.words import responses

NONE = "none"   # written where there is no concern


@lru_cache(maxsize=None)
def intents() -> List[str]:
    return [str(one) for one in read_yaml(DATA / "domain" / "domain.yml")["intents"]]


def signs() -> List[str]:
    from bot.nlu.safety_net import net   # imports Rasa

    return [sign.id for sign in net().signs]


# What may be written where: by the field of State or Expected.
KNOWN: Dict[str, Callable[[], Iterable[str]]] = {
    **dict.fromkeys(("services", "services_include", "services_in_order", "never", "first", "contacts", "card"), registry),
    **dict.fromkeys(("concern", "concerns"), lambda: [*table().severity, NONE]),
    **dict.fromkeys(("choices", "choices_include", "choices_never"), lambda: [choice.id for choice in choices().choices]),
    **dict.fromkeys(("utter", "utter_never"), responses),
    **dict.fromkeys(("age", "speaker_age"), lambda: AGES),
    "audience": lambda: AUDIENCES,
    "about": lambda: ABOUT,
    "urgency": lambda: URGENCIES,
    "can_phone": lambda: CAN_PHONE,
    "facts": lambda: FACTS,
    "intent": intents,
    "rows": lambda: [row.id for row in table().routes],
    **dict.fromkeys(("signs", "signs_never"), signs),
    "asked": lambda: [question.id for question in choices().questions],
}


def _listed(value: Any) -> Any:
    """Names may be written as a list, or as one text with spaces, commas or semicolons between them."""
    return [one for one in re.split(r"[\s,;]+", value) if one] if isinstance(value, str) else value


def _check(name: str, value: str) -> None:
    known = list(KNOWN[name]())
    if value not in known:
        raise ValueError(f"{value!r} is not known{did_you_mean(value, known) or _some(known)}")


def _some(known: List[str]) -> str:
    return f"; known: {', '.join(known)}" if len(known) <= 12 else ""


class _Checked(Strict):
    """Values that are not known are named, with what may have been meant."""

    @validator("*", pre=True)
    def _names(cls, value: Any, field: ModelField) -> Any:
        return _listed(value) if field.outer_type_ == Tuple[str, ...] and field.name in KNOWN else value

    @validator("*")
    def _known(cls, value: Any, field: ModelField) -> Any:
        if field.name in KNOWN and value is not None:
            for one in [value] if isinstance(value, str) else value:
                _check(field.name, one)
        return value


class State(_Checked):
    """What the conversation remembers before the first message."""

    concerns: Tuple[str, ...] = ()
    audience: str = "unknown"
    about: str = "unknown"
    age: str = "unknown"            # of the person it concerns
    speaker_age: str = "unknown"    # of the person who types
    urgency: str = "no"
    can_phone: str = "unknown"
    facts: Tuple[str, ...] = ()
    asked: Tuple[str, ...] = ()     # questions of data/choices.yml that were asked already

    def slots(self) -> Dict[str, Any]:
        """As the actions remember it."""
        from actions.memory import kept   # imports Rasa's SDK

        known = {name: getattr(self, name) for name in ("audience", "about", "age", "speaker_age", "urgency", "can_phone")}
        situation = Situation(concerns=self.concerns, facts=frozenset(self.facts), **known).settled()
        return {event["name"]: event["value"] for event in kept(situation, 0, self.asked)}


class Expected(_Checked):
    """What an answer must show. Only what is written is checked: pydantic's `__fields_set__` tells."""

    services: Tuple[str, ...] = ()             # exactly these, in this order
    services_include: Tuple[str, ...] = ()     # at least these, in any order
    services_in_order: Tuple[str, ...] = ()    # at least these, in this order
    never: Tuple[str, ...] = ()                # none of these
    first: Optional[str] = None                # this one leads
    count: Optional[int] = None                # so many services, 999 among them
    count_at_most: Optional[int] = None
    contacts: Dict[str, Tuple[str, ...]] = {}  # by service: the kinds of its contacts, in the order shown
    card: Dict[str, Tuple[str, ...]] = {}      # by service: texts that its card holds

    urgent: Optional[bool] = None              # 999 first
    urgency: Optional[str] = None
    concern: Optional[str] = None              # the most severe worry of the message; none where it is no worry
    concerns: Tuple[str, ...] = ()             # at least these were found in the message
    audience: Optional[str] = None
    about: Optional[str] = None
    age: Optional[str] = None
    speaker_age: Optional[str] = None
    can_phone: Optional[str] = None
    facts: Tuple[str, ...] = ()                # at least these are remembered
    intent: Optional[str] = None
    signs: Tuple[str, ...] = ()                # at least these signs of the safety net were seen
    signs_never: Tuple[str, ...] = ()
    rows: Tuple[str, ...] = ()                 # exactly these rows of the route table gave the services

    bot: Tuple[str, ...] = ()                  # each is one of the bot's texts, word for word
    utter: Tuple[str, ...] = ()                # at least these responses are said
    utter_never: Tuple[str, ...] = ()
    contains: Tuple[str, ...] = ()             # the bot's text holds each, in capitals or not
    not_contains: Tuple[str, ...] = ()
    matches: Tuple[str, ...] = ()              # regular expressions that the bot's text holds
    reading_grade_at_most: Optional[float] = None

    choices: Tuple[str, ...] = ()              # exactly these buttons, in this order
    choices_include: Tuple[str, ...] = ()
    choices_never: Tuple[str, ...] = ()

    slot_was_set: Dict[str, Optional[str]] = {}   # remembered after the answer; an empty value stands for any

    @validator("bot", "contains", "not_contains", "matches", pre=True)
    def _one_or_many(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    @validator("contacts", "card", pre=True)
    def _by_service(cls, value: Any, field: ModelField) -> Any:
        if not isinstance(value, dict):
            raise ValueError("write service: value, one a line")
        one = _listed if field.name == "contacts" else (lambda texts: [texts] if isinstance(texts, str) else texts)
        return {service: one(given) for service, given in value.items()}

    @validator("contacts")
    def _known_kinds(cls, value: Dict[str, Tuple[str, ...]]) -> Dict[str, Tuple[str, ...]]:
        for kind in (kind for kinds in value.values() for kind in kinds):
            if kind not in KINDS:
                raise ValueError(f"{kind!r} is not a kind of contact{did_you_mean(kind, KINDS)}; known: {', '.join(KINDS)}")
        return value

    @validator("matches", each_item=True)
    def _compiles(cls, value: str) -> str:
        try:
            re.compile(value)
        except (re.error, RecursionError, OverflowError) as error:
            raise ValueError(f"{value!r} is not a regular expression: {error}") from None
        return value

    @validator("slot_was_set")
    def _known_slots(cls, value: Dict[str, Optional[str]]) -> Dict[str, Optional[str]]:
        for name, wanted in value.items():
            if name not in State.__fields__:
                raise ValueError(f"{name!r} is not remembered{did_you_mean(name, State.__fields__)}; known: {', '.join(State.__fields__)}")
            if wanted is not None:
                _check(name, wanted)
        return value


@dataclass(frozen=True)
class Step:
    """A message (`user`) or a button (`choice`), and what the answer must show. `lines`: where each expectation is written."""

    user: Optional[str] = None
    choice: Optional[str] = None
    expected: Expected = Expected()
    line: int = 0
    lines: Dict[str, int] = field(default_factory=dict)

    @property
    def said(self) -> str:
        return f"[{self.choice}]" if self.choice is not None else self.user or ""


@dataclass(frozen=True)
class Flow:
    """One conversation test. `line`: where it begins in `path`."""

    name: str
    path: Path
    line: int
    start: State
    steps: Tuple[Step, ...]
