"""The safety net: phrases in data/safety_net.yml that mean danger. It raises urgency and never lowers it."""
from __future__ import annotations

from functools import lru_cache
from typing import Any, Dict, List, NamedTuple, Optional, Text, Tuple

from pydantic import validator
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
from bot.signposting.routes import table

PATH = DATA / "safety_net.yml"
WORDS_BEFORE = 4   # how near before a phrase a negation must stand to cancel it


class Sign(Strict):
    """One row: phrases that mean danger, with examples that prove them."""

    id: str
    urgency: str
    concern: str
    phrases: Tuple[str, ...]
    unless: Tuple[str, ...] = ("past", "fiction", "idiom", "negation")
    must_match: Tuple[str, ...]
    must_not_match: Tuple[str, ...] = ()

    @validator("urgency")
    def _known_urgency(cls, urgency: str) -> str:
        if urgency not in ("now", "possible"):
            raise ValueError("write now or possible")
        return urgency

    @validator("concern")
    def _known_concern(cls, concern: str) -> str:
        if concern not in table().severity:
            raise ValueError(f"{concern!r} is not a concern of routes.yml")
        return concern


class SafetyNetFile(Strict):
    """`cancel`: phrases that take a sign's meaning away, by kind; `fiction` counts anywhere in the message."""

    lists: Dict[str, Tuple[str, ...]]
    cancel: Dict[str, Tuple[str, ...]]
    signs: Tuple[Sign, ...]


class Found(NamedTuple):
    sign: str
    urgency: str
    concern: str


class Net:
    """The compiled safety net. Raises DataError where a phrase is not written right."""

    def __init__(self) -> None:
        content = read(PATH, SafetyNetFile)
        self.signs = content.signs
        lists = Lists(content.lists)
        try:
            self._cancel = {kind: Phrases((kind, Phrase(one, lists)) for one in phrases) for kind, phrases in content.cancel.items()}
            self._phrases = Phrases((sign.id, Phrase(one, lists)) for sign in content.signs for one in sign.phrases)
        except PhraseError as error:
            raise DataError(f"{shown(PATH)}: {error}") from None
        for sign in content.signs:
            for kind in sign.unless:
                if kind not in self._cancel:
                    raise DataError(f"{shown(PATH)}: {sign.id}: there is no list {kind!r} under cancel")

    def search(self, text: str) -> List[Found]:
        """Every sign of danger in the message, read sentence by sentence."""
        lines = [prepared(one) for one in sentences(folded(text))]
        whole = "".join(lines)
        fiction = self._any("fiction", whole)
        near = [(line, self._phrases.that_may_be_in(line)) for line in lines]
        may_be = {sign for _, found in near for sign in found}
        return [
            Found(sign.id, sign.urgency, sign.concern)
            for sign in self.signs
            if sign.id in may_be and not (fiction and "fiction" in sign.unless) and any(self._means_it(sign, found[sign.id], line) for line, found in near if sign.id in found)
        ]

    def _means_it(self, sign: Sign, phrases: List[Phrase], line: str) -> bool:
        may_be_negated = "negation" in sign.unless
        if not any(not (may_be_negated and self._negated(line, one.start())) for phrase in phrases for one in phrase.pattern.finditer(line)):
            return False
        return not any(self._any(kind, line) for kind in sign.unless if kind not in ("negation", "fiction"))

    def _negated(self, line: str, start: int) -> bool:
        """True where a negation stands just before a phrase that begins at `start`."""
        return self._any("negation", " ".join(line[:start].split()[-WORDS_BEFORE:]) + " ")

    def _any(self, kind: str, text: str) -> bool:
        return kind in self._cancel and self._cancel[kind].any_in(text)


@lru_cache(maxsize=None)
def net() -> Net:
    return Net()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class SafetyNet(GraphComponent, EntityExtractorMixin):
    """Adds the signs found, their urgency and concern as entities, and lets a worry win over small talk."""

    def __init__(self, config: Dict[Text, Any]) -> None:
        self._config = config

    @classmethod
    def create(cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext) -> SafetyNet:
        net()
        return cls(config)

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            found = net().search(text_of(message))
            if found:
                self._raise(message, found)
        return messages

    def _raise(self, message: Message, found: List[Found]) -> None:
        entities = list(message.get(ENTITIES, []))
        urgency = "now" if any(one.urgency == "now" for one in found) else "possible"
        before = next((one["value"] for one in entities if one["entity"] == "urgency"), "no")
        if urgency == "now" or before == "no":
            entities = [one for one in entities if one["entity"] != "urgency"]
            entities += self.add_extractor_name([{"entity": "urgency", "value": urgency}])
        said = {one.concern for one in found}
        replaced = {other for concern in said for other in table().instead_of.get(concern, ()) if other not in said}
        entities = [one for one in entities if one["entity"] != "concern" or one["value"] not in replaced]
        concerns = {one["value"] for one in entities if one["entity"] == "concern"}
        new = list(dict.fromkeys(one.concern for one in found if one.concern not in concerns))
        entities += self.add_extractor_name([{"entity": "concern", "value": value} for value in new])
        entities += self.add_extractor_name([{"entity": "sign", "value": one.sign} for one in found])
        message.set(ENTITIES, entities, add_to_output=True)
        intent = (message.get(INTENT) or {}).get("name")
        if table().concern_of(intent or "") in {None, *replaced}:
            message.set(INTENT, {"name": _intent_for(found, urgency), "confidence": 1.0}, add_to_output=True)


def _intent_for(found: List[Found], urgency: str) -> Optional[str]:
    """The intent that speaks of the first sign of the highest urgency."""
    concern = next(one.concern for one in found if one.urgency == urgency)
    urgent = table().urgent_intents
    return next((name for name, meaning in urgent.items() if meaning.concern == concern and meaning.urgency == urgency), concern)
