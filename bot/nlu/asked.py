"""What a question asks about: topics by the phrases of data/questions.yml; places, years and platforms by those of data/figures.yml."""
from __future__ import annotations

from functools import lru_cache
from typing import Any, Dict, Iterable, List, Sequence, Text, Tuple

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.phrases import Phrase, PhraseError, Phrases, prepared
from bot.nlu.text import folded, sentences, text_of
from bot.signposting.data_files import DATA, DataError, Strict, read, shown
from bot.signposting.figures import figures
from bot.signposting.routes import table

PATH = DATA / "questions.yml"
TAKEN = "¤"
FIGURES, NOT_UNDERSTOOD = "ask_figures", "nlu_fallback"
SURE_ENOUGH = 0.1   # a share of all intents, the next best of a message that only names a place, a year or an app


class Follows(Strict):
    starts: Tuple[str, ...]
    anywhere: Tuple[str, ...]


class QuestionsFile(Strict):
    """`topics`: by kind of question, then by topic, phrases; `asks`: what is asked of a service. The file says more."""

    topics: Dict[str, Dict[str, Tuple[str, ...]]]
    asks: Dict[str, Tuple[str, ...]]
    follows: Follows


class Asked:
    """The compiled phrases. Raises DataError where one is not written right."""

    def __init__(self) -> None:
        found = read(PATH, QuestionsFile)
        try:
            self._topics = _phrases((f"{kind}_{topic}", phrases) for kind, topics in found.topics.items() for topic, phrases in topics.items())
            self._asks = _phrases(found.asks.items())
            self._follows = _phrases([("start", found.follows.starts), ("pronoun", found.follows.anywhere)])
        except PhraseError as error:
            raise DataError(f"{shown(PATH)}: {error}") from None
        try:
            self._names = {
                # Longer names are looked for first: "south wales" before "wales".
                entity: Phrases(sorted(((value, Phrase(one)) for value, phrases in called for one in phrases), key=lambda name: -_length(name[1])))
                for entity, called in figures().called().items()
            }
        except PhraseError as error:
            raise DataError(f"data/figures.yml: {error}") from None

    def read(self, text: str) -> Dict[str, List[str]]:
        """What the text asks about: values by entity (topic, asks, follows, place, period, platform), in the order of the text or the file."""
        line = "".join(prepared(one) for one in sentences(folded(text)))
        told = {
            "topic": self._topics.marks_in(line),
            "asks": self._asks.marks_in(line),
            "follows": self._followed(line),
        }
        told.update({entity: self._named(line, entity) for entity in ("place", "period", "platform")})
        return {entity: values for entity, values in told.items() if values}

    def _followed(self, line: str) -> List[str]:
        for mark, phrase in self._follows.in_order(line):
            if phrase.pattern.match(line) if mark == "start" else phrase.pattern.search(line):
                return [mark]
        return []

    def _named(self, line: str, entity: str) -> List[str]:
        places: List[Tuple[int, str]] = []
        for value, name in self._names[entity].in_order(line):
            places += [(match.start(), value) for match in name.pattern.finditer(line)]
            line = name.pattern.sub(lambda match: TAKEN * (len(match.group(0)) - 1) + " ", line)
        return list(dict.fromkeys(value for _, value in sorted(places)))


def _other_than_figures(message: Message) -> Dict[Text, Any]:
    """What a message without a word about figures means instead ("Scotland", "that was last year"): after a question about figures it goes on."""
    ranking = message.get(INTENT_RANKING_KEY) or []
    others = [one for one in ranking if one["name"] != FIGURES and table().concern_of(one["name"]) is None and one["confidence"] >= SURE_ENOUGH]
    return others[0] if others else {"name": NOT_UNDERSTOOD, "confidence": 0.0}


def _phrases(marked: Iterable[Tuple[str, Sequence[str]]]) -> Phrases:
    return Phrases((mark, Phrase(one)) for mark, phrases in marked for one in phrases)


def _length(name: Phrase) -> int:
    return len(prepared(folded(name.phrase)).split())


@lru_cache(maxsize=None)
def asked() -> Asked:
    return Asked()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class AskedExtractor(GraphComponent, EntityExtractorMixin):
    """Adds what is asked about as entities, to messages that are no worry."""

    @classmethod
    def create(cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext) -> AskedExtractor:
        asked()
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            intent = (message.get(INTENT) or {}).get("name") or ""
            if table().concern_of(intent) is not None:
                continue
            told = asked().read(text_of(message))
            found = [{"entity": entity, "value": value} for entity, values in told.items() for value in values]
            message.set(ENTITIES, message.get(ENTITIES, []) + self.add_extractor_name(found), add_to_output=True)
            names = {"place", "period", "platform"} & set(told)
            if intent == FIGURES and names and not any(topic.startswith("figures_") for topic in told.get("topic", ())):
                message.set(INTENT, _other_than_figures(message), add_to_output=True)
        return messages
