"""The buttons and the questions that offer them: data/choices.yml."""
from functools import lru_cache
from pathlib import Path
from typing import Dict, List, Optional, Tuple

from pydantic import validator

from bot.signposting.data_files import DATA, Strict, did_you_mean, read
from bot.signposting.routes import route, table
from bot.signposting.situation import ABOUT, AGES, AUDIENCES, CAN_PHONE, FACTS, URGENCIES, Situation

PREFER_NOT_TO_SAY = "prefer_not_to_say"


class Choice(Strict):
    id: str
    label: str
    says: str
    tells: Dict[str, str] = {}

    @validator("tells")
    def _known_values(cls, tells: Dict[str, str]) -> Dict[str, str]:
        may_be = {
            "audience": AUDIENCES, "about": ABOUT, "age": AGES, "speaker_age": AGES, "urgency": URGENCIES, "can_phone": CAN_PHONE,
            "fact": FACTS, "concern": table().severity,
        }
        for name, value in tells.items():
            if name not in may_be:
                raise ValueError(f"{name!r} is nothing that a button can tell{did_you_mean(name, may_be)}; known: {', '.join(may_be)}")
            if value not in may_be[name]:   # YAML reads 13_15 without quotation marks as the number 1315
                raise ValueError(f"{name}: {value!r} is not known{did_you_mean(value, may_be[name])}; write one of them, in quotation marks")
        return tells

    def news(self) -> Dict[str, object]:
        """What the choice makes known, as fields of Situation."""
        news: Dict[str, object] = {name: value for name, value in self.tells.items() if name not in ("fact", "concern")}
        if "fact" in self.tells:
            news["facts"] = [self.tells["fact"]]
        if "concern" in self.tells:
            news["concerns"] = [self.tells["concern"]]
        return news


class Question(Strict):
    id: str
    words: str
    unknown: Tuple[str, ...]
    about: Tuple[str, ...] = ()
    audience: Tuple[str, ...] = ()
    concerns: Tuple[str, ...] = ()
    choices: Tuple[str, ...]


class Choices(Strict):
    choices: Tuple[Choice, ...]
    questions: Tuple[Question, ...]
    topics: Tuple[str, ...]
    safe_words: Tuple[str, ...]

    @validator("questions", "topics", each_item=True)
    def _known_choices(cls, value: object, values: Dict) -> object:
        known = [choice.id for choice in values.get("choices", ())]
        for one in value.choices if isinstance(value, Question) else [value]:
            if one not in known:
                raise ValueError(f"{one!r} is not one of the choices{did_you_mean(str(one), known)}")
        return value

    def by_id(self, choice_id: str) -> Optional[Choice]:
        return next((choice for choice in self.choices if choice.id == choice_id), None)


@lru_cache(maxsize=None)
def choices(path: Path = DATA / "choices.yml") -> Choices:
    """All choices and questions. Raises DataError that names what to mend."""
    return read(path, Choices)


def question_for(known: Situation, asked: Tuple[str, ...]) -> Optional[Question]:
    """The next question worth asking: not asked before, its answer not known, and some answer would change the services."""
    now, _ = route(known)
    for question in choices().questions:
        if question.id in asked or not all(getattr(known, name) == "unknown" for name in question.unknown):
            continue
        if question.about and known.about not in question.about or question.audience and known.audience not in question.audience:
            continue
        if question.concerns and not set(question.concerns) & set(known.concerns):
            continue
        if any(route(known.told(**choices().by_id(one).news()))[0] != now for one in question.choices):  # type: ignore[union-attr]
            return question
    return None


def labelled(ids: List[str]) -> List[Dict[str, str]]:
    """The choices as the web chat shows them."""
    found = [choices().by_id(one) for one in ids]
    return [{"id": choice.id, "label": choice.label} for choice in found if choice]
