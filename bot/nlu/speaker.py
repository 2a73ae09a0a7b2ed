"""Who speaks, about whom, what age, can they phone, which service is asked about: found by the phrases in data/speaker.yml."""
from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Any, Dict, List, Match, Optional, Sequence, Set, Text, Tuple

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, INTENT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.phrases import Lists, Phrase, PhraseError, Phrases, prepared
from bot.nlu.text import folded, sentences, text_of
from bot.signposting.data_files import DATA, DataError, Strict, read, shown
from bot.signposting.services import registry
from bot.signposting.situation import band

PATH = DATA / "speaker.yml"
UNSURE_AGE = "speaker_age likely"
STORY = 3              # sentences: a shorter message about another is not turned round
NOTHING = "nothing"    # in tells and ages: phrases that look alike and tell nothing; they hide their words from the phrases after them

_NUMBERS = "five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty".split()
_NUMBER_WORDS = {word: number for number, word in enumerate(_NUMBERS, start=5)}
_NUMBER_WORDS.update({"one": 1, "two": 2, "three": 3, "four": 4, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80})
# What stands for a number in an age phrase: any age, one under 18, one of 19 or more, the age at the next birthday, the year of birth.
_SLOTS = {"#child": "agechild", "#adult": "ageadult", "#next": "agenext", "#born": "agebirth", "#": "ageany"}
_CHILDS_AGE = "|".join(["1[0-7]", "[1-9]", *(word for word, number in _NUMBER_WORDS.items() if number < 18)])
_ADULTS_AGE = "|".join(["19", r"[2-9]\d", *(word for word, number in _NUMBER_WORDS.items() if number > 18)])
_ANY_AGE = "|".join([r"\d{1,2}", *_NUMBER_WORDS])
_AGES = {"agechild": _CHILDS_AGE, "ageadult": _ADULTS_AGE, "agenext": _ANY_AGE, "agebirth": r"19[3-9]\d|20[0-3]\d", "ageany": _ANY_AGE}

_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty"
_UNITS = "one|two|three|four|five|six|seven|eight|nine"
_A_NUMBER = re.compile(rf"(?<!\S)(?:{_ANY_AGE}|\d{{4}}) ")
_HAS_NUMBER = re.compile(rf"\d|\b(?:{'|'.join(_NUMBER_WORDS)})\b")   # most messages have none: then nothing below need be looked for

_SPELLINGS = (    # how ages are typed, and how the phrases write them
    (re.compile(rf"\b({_TENS})[ -]({_UNITS})\b"), lambda found: str(_NUMBER_WORDS[found[1]] + _NUMBER_WORDS[found[2]])),
    (re.compile(rf"\b(\d{{1,2}}|{'|'.join(_NUMBER_WORDS)})[ -]?(?:y|yr|yrs|year|years)[ ./-]{{0,2}}(?:o|old|olds|of age)\b"), r"\1 year old"),
    (re.compile(r"\b(\d{1,2})(yrs?|y)\b"), r"\1 years"),
    (re.compile(r"\b(?:p|primary )([1-7])(s?)\b"), r"year \1 \2"),    # Scotland: Primary 7 is 11 as Year 7 is, S3 is 14 as Year 10 is
    (re.compile(r"(^|[.,(]|\b(?:in|into|started|now|am|im|an|my|our|of|is)) ?\bs([1-6])\b"), lambda found: f"{found[1]} year {int(found[2]) + 7}"),
    (re.compile(r"\b(?:y|yr ?|year ?)(\d{1,2})(s?)\b"), r"year \1 \2"),
    (re.compile(r"\bu(\d{1,2})(s?)\b"), r"under \1 \2"),
    (re.compile(r"\b(\d\d) ?/? ?(f|m|nb)\b"), r"\1 \2"),
    (re.compile(r"\b(f|m|nb) ?/? ?(\d\d)\b"), r"\1 \2"),
    (re.compile(r"\b(im|age|aged)(\d{1,2})\b"), r"\1 \2"),
    (re.compile(r"\b(\d\d)(s|ish)\b"), r"\1 \2"),
    (re.compile(r"\b4\b(?= year old)"), "four"),
    (re.compile(r"\b(is|im|hes|shes|only|about|age|aged|year|just|my|turned|of) 4\b(?! (?:me|my|you|u|the|a|us|him|her|them|real|ever|help)\b)"), r"\1 four"),
)
_NUMBER = rf"(?<![£$€#.\d])\b(?:{_ANY_AGE})\b"
_PUNCTUATION = (    # what stands beside a number is kept for the phrases with an age, as a word that nobody types
    (re.compile(rf"(?<!\d)([,(]|\s-(?=\s))\s*(?={_NUMBER}(?![:\d]))"), r"\1 commabeside "),
    (re.compile(rf"([.!?;]\s+|\n\s*)(?={_NUMBER}(?![:\d]))"), r"\1 stopbeside "),
    (re.compile(rf"({_NUMBER})(?=\s*(?:,(?!\s*\d)|\)|\s-\s)\s*\S)"), r"\1 commabeside "),
    (re.compile(rf"({_NUMBER})(?=\s*[.!?;\n]\s*\S)(?!\.\d)"), r"\1 stopbeside "),
)
_BESIDE = re.compile(r"(?:commabeside|stopbeside) ")
_START, _END, _LAST, _TAKEN, _HIDDEN = "^ ", "$ ", "$$ ", "¤ ", "¬ "
_MARKS = {"^": "messagestart", "$": "openingend", "$$": "messageend", ",": "commabeside", ".": "stopbeside", **_SLOTS}
_OF_THE_SPEAKER = {"age", "speaker_age", "age_of_somebody", "age_of_them", "audience", "likely_audience", "about"}
_STAND_INS = frozenset(_MARKS.values())
_OPPOSITE = {"adult": "child", "child": "adult"}
_OPENING = re.compile(r"[,.:;!?(\n]| - |-(?= )")


class SpeakerFile(Strict):
    """`tells`: for each entity and value the phrases that show it. `ages`, `school_years`: phrases with a number. The file says more."""

    lists: Dict[str, Tuple[str, ...]]
    tells: Dict[str, Dict[str, Tuple[str, ...]]]
    ages: Dict[str, Tuple[str, ...]]
    school_years: Dict[str, Tuple[str, ...]]
    fillers: Tuple[str, ...]


class Speaker:
    """The compiled phrases of data/speaker.yml. Raises DataError where one is not written right."""

    def __init__(self) -> None:
        found = read(PATH, SpeakerFile)
        lists = Lists({name: [_marked(one) for one in phrases] for name, phrases in found.lists.items()}, _STAND_INS)
        try:
            self._values = {entity: list(values) for entity, values in found.tells.items()}
            self._tells = Phrases(
                ((entity, value), one) for entity, values in found.tells.items() for value, phrases in values.items() for one in _phrases(phrases, lists)
            )
            self._ages = Phrases(
                ((whose, school), one) for school, ages in ((False, found.ages), (True, found.school_years))
                for whose, phrases in ages.items() for one in _phrases(phrases, lists, hiding=_kind(whose) == NOTHING)
            )
            self._fillers = Phrases(("filler", one) for one in _phrases(found.fillers, lists))
        except PhraseError as error:
            raise DataError(f"{shown(PATH)}: {error}") from None
        self._services = Phrases((service.id, Phrase(one)) for service in registry().values() for name in service.names for one in (name, f"{name}s"))

    def read(self, text: str, guessed: Optional[str] = None) -> Tuple[Dict[str, List[str]], bool]:
        """What the text tells (values by entity, in the file's order), and whether it tells nothing else ("im 14", "shes my daughter").

        `guessed`: who seems to speak, by learning: adult, child or None. It decides whose age a bare "girl, 10" is.
        """
        text = _spelled(folded(text))
        lines = [prepared(one) for one in sentences(text)]
        told: Dict[str, List[str]] = {}
        left = self._read_ages(text, told)
        seen = _opened(lines, text)
        near = [self._tells.that_may_be_in(line) for line in seen]
        sentences_about: Dict[str, Set[int]] = {}
        for entity, values in self._values.items():
            clear = seen
            for value in values:
                by_line = [found.get((entity, value), []) for found in near]
                if not any(by_line):
                    continue
                if _kind(value) == NOTHING:
                    clear = [_replaced(line, phrases, _HIDDEN) for line, phrases in zip(clear, by_line)]
                    continue
                there = {place for place, line in enumerate(clear) if any(phrase.pattern.search(line) for phrase in by_line[place])}
                if there:
                    if entity == "about":
                        sentences_about[value] = there & set(range(len(lines)))
                    value, _, weak = value.partition(" ")
                    told.setdefault(f"likely_{entity}" if entity == "audience" and _kind(weak) == "likely" else entity, []).append(value)
        named = self._services.that_may_be_in("".join(lines))
        services = [service for service, names in named.items() if any(name.pattern.search(line) for name in names for line in lines)]
        if services:
            told["service"] = services
        _settle_ages(told, guessed)
        _settle_about(told, guessed, sentences_about, len(lines))
        only = bool(_OF_THE_SPEAKER & set(told)) and not services and not self._without_fillers(left).strip()
        return {entity: list(dict.fromkeys(values)) for entity, values in told.items()}, only

    def _without_fillers(self, text: str) -> str:
        return _replaced(text, self._fillers.that_may_be_in(text).get("filler", []), "")

    def _read_ages(self, text: str, told: Dict[str, List[str]]) -> str:
        """Adds the ages to `told`, each number read once by the first phrase that has it; returns the message without numbers.

        The words around a number stay: a phrase may have passed over what matters ("im pregnant and 15").
        """
        for found, kept in _PUNCTUATION if _HAS_NUMBER.search(text) else ():
            text = found.sub(kept, text)
        left = whole = _START + "".join(prepared(one) for one in sentences(text)) + _LAST
        for (whose, school), phrases in self._ages.that_may_be_in(left).items():

            def take(match: Match[str]) -> str:
                if _kind(whose) == NOTHING:
                    return _HIDDEN
                age = _age(match, school)
                if age is None:
                    return match.group(0)
                told.setdefault(UNSURE_AGE if whose == UNSURE_AGE else _kind(whose), []).append(band(age))
                return _TAKEN

            for phrase in phrases:
                left = phrase.pattern.sub(take, left)
        return _BESIDE.sub("", _A_NUMBER.sub("", whole.replace(_START, "").replace(_LAST, "")))


def _settle_ages(told: Dict[str, List[str]], guessed: Optional[str]) -> None:
    """Gives an age that a bare "girl, 10" or "Year 9" tells to the child who speaks, or, where an adult speaks, to the child of whom they speak.

    That an adult speaks is not believed of learning alone where the message is about the speaker: "they push me. year 8". An age that was said of
    another ("my youngest, she's two") is not kept where the message is about the speaker.
    """
    unsure = told.pop(UNSURE_AGE, [])
    about_self = told.get("about", [""])[0] == "self"
    grown_up = told.get("audience", told.get("likely_audience", [""]))[0] in ("adult", "professional") or (guessed == "adult" and not (unsure and about_self))
    if unsure:
        told.setdefault("age" if grown_up else "speaker_age", []).extend(unsure)
    if grown_up and about_self:
        told.pop("age", None)


def _settle_about(told: Dict[str, List[str]], guessed: Optional[str], sentences_about: Dict[str, Set[int]], sentences: int) -> None:
    """A child whose story speaks of itself in as many sentences as of another ("my friends told me to ...") tells its own."""
    if told.get("about", [""])[0] == "other" and "child" in (guessed, *told.get("audience", [])):
        surely, other = sentences_about.get("self", set()), len(sentences_about["other"])
        if sentences >= STORY and (len(surely) >= other or len(surely | sentences_about.get("self likely", set())) > other):
            told["about"] = ["self"]


def _kind(name: str) -> str:
    """The first word of a value's name: the second is for people."""
    return name.partition(" ")[0]


def _marked(phrase: str) -> str:
    """The phrase with words in place of the signs ^, $ and #, which the language of phrases does not know."""
    return " ".join(_MARKS.get(token, token) for token in re.split(r" +", re.sub(r"([()|\[\]])", r" \1 ", phrase)))


def _phrases(phrases: Sequence[str], lists: Lists, hiding: bool = False) -> List[Phrase]:
    return [_with_number(Phrase(_marked(one), lists), hiding) for one in phrases]


def _with_number(phrase: Phrase, hiding: bool) -> Phrase:
    """A comma before a number, and what stands after it, need not be written in a phrase; one that hides goes by what is written ("14 girls", not "14, girls")."""
    before, after = f"(?:{_MARKS[',']} )?", "" if hiding else f"(?:{_MARKS[',']} |{_MARKS['.']} )?"
    written = phrase.written.replace("messagestart ", re.escape(_START)).replace("openingend ", re.escape(_END)).replace("messageend ", re.escape(_LAST))
    for name, ages in _AGES.items():
        written = written.replace(f"{name} ", f"{before}(?P<{name}>{ages}) {after}", 1).replace(f"{name} ", f"{before}(?:{ages}) {after}")
    phrase.written = written
    return phrase


def _spelled(text: str) -> str:
    for typed, written in _SPELLINGS if _HAS_NUMBER.search(text) else ():
        text = typed.sub(written, text)
    return text


def _opened(lines: List[str], text: str) -> List[str]:
    """The lines with marks where the message starts and ends; and where more follows, the words before the first comma or stop, marked at both ends."""
    opening, *more = _OPENING.split(text.strip(), 1)
    marked = [f"{_START if place == 0 else ''}{line}{_LAST if place == len(lines) - 1 else ''}" for place, line in enumerate(lines)]
    return [*marked, _START + prepared(opening) + _END] if more and more[0].strip() else marked


def _replaced(text: str, phrases: Sequence[Phrase], by: str) -> str:
    for phrase in phrases:
        text = phrase.pattern.sub(by, text)
    return text


def _age(match: Match[str], school: bool) -> Optional[int]:
    name, number = next((name, number) for name, number in match.groupdict().items() if number)
    age = int(number) if number.isdigit() else _NUMBER_WORDS[number]
    if school:
        return age + 4 if 1 <= age <= 13 else None   # year 9 is 13 to 14: the younger age is taken
    if name == "agenext":
        age -= 1
    if name == "agebirth":
        age = date.today().year - age - (date.today().month < 7)   # the likelier of the two ages
    return age if 0 < age < 100 else None


@lru_cache(maxsize=None)
def speaker() -> Speaker:
    return Speaker()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class SpeakerExtractor(GraphComponent, EntityExtractorMixin):
    """Adds what is told about the speaker as entities. A message that tells nothing else gets the intent `inform`."""

    def __init__(self, config: Dict[Text, Any]) -> None:
        self._config = config

    @classmethod
    def create(cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext) -> SpeakerExtractor:
        speaker()
        return cls(config)

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            guessed = next((one["value"] for one in message.get(ENTITIES, []) if one["entity"] == "likely_audience"), None)
            told, only = speaker().read(text_of(message), guessed)
            likely = told.get("likely_audience", [""])[0]
            if guessed == "child" and likely == "professional":
                del told["likely_audience"]
            elif guessed and likely == _OPPOSITE[guessed]:
                told["likely_audience"] = []   # two guesses disagree
            if guessed and told.get("audience") == [_OPPOSITE[guessed]] and "speaker_age" not in told:
                told["audience"], guessed = [], None   # phrases and learning disagree: who speaks stays unknown, and both doors are shown
            found = [{"entity": entity, "value": value} for entity, values in told.items() for value in values]
            kept = [one for one in message.get(ENTITIES, []) if one["entity"] not in told or one["entity"] in ("concern", "fact")]
            if "audience" in told:
                kept = [one for one in kept if one["entity"] != "likely_audience"]
            if only:
                kept = [one for one in kept if one["entity"] != "concern"]
                message.set(INTENT, {"name": "inform", "confidence": 1.0}, add_to_output=True)
            message.set(ENTITIES, kept + self.add_extractor_name(found), add_to_output=True)
        return messages
