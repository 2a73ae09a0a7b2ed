"""Decides which concern a message speaks of, if any, reading the whole and each part of it."""
from __future__ import annotations

import random
from typing import Any, Dict, List, Set, Text, Tuple

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, METADATA, METADATA_INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.concern_model import ConcernModel, Reading
from bot.nlu.encoder import readable
from bot.nlu.noise import NOISES
from bot.nlu.spelling import spelling_of
from bot.nlu.text import IS_ENGLISH, text_of
from bot.nlu.vectors import vectors_of
from bot.signposting.routes import by_severity, table

NOISE_FOR_TRAINING = ("typing errors", "typing errors", "no vowels", "typing errors", "text-speak")   # what costs most, most often
NOT_UNDERSTOOD = "nlu_fallback"
RANKED = 10


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ConcernClassifier(IntentClassifier, EntityExtractorMixin, GraphComponent):
    """Sets the intent and its ranking, and adds every concern found, the urgency and the likely speaker as entities.

    A message is a worry where the whole, or any part of it, is one surely enough; the thresholds are below, and config.yml may set others.
    """

    def __init__(self, config: Dict[Text, Any], storage: ModelStorage, resource: Resource, model: ConcernModel = None) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._model = model
        if model is not None:   # of each of its intents: whether it is a worry, danger now, and the share from which it is believed
            concerns = [table().concern_of(name) for name in model.intents]
            self._worries = np.array([concern is not None for concern in concerns])
            self._now = np.isin(model.intents, sorted(self._now_intents()))
            self._believed_from = np.array([table().believed_from.get(concern or "", 0.0) for concern in concerns])

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {
            "worry": 0.65,          # the whole message is a worry from this probability on
            "one_worry": 0.25,      # or a single worry has this share of all intents,
            "one_worry_ahead": 1.5,  # so many times that of any other intent,
            "one_worry_hint": 0.2,  # and the whole is a worry from this probability on
            "worry_part": 0.78,     # a part of it, where the whole hints at one too,
            "worry_hint": 0.3,      # from this probability on,
            "worry_part_alone": 0.99,  # or the part is as sure as this: the one sentence in a long calm message;
            "now_part_alone": 0.7,  # or it is a worry and danger now as surely as this
            "now": 0.14,            # danger now, the whole message: low, since a missed danger is worse than a needless 999
            "now_elsewhere": 0.32,  # the same in other languages, where the encoder sees danger more readily
            "now_share": 0.05,      # and this share of all intents is danger now
            "now_part": 0.6,        # a part of it, and
            "now_part_share": 0.6,  # this share of all intents in the part: out of a calm story "she rang me in floods" is no danger
            "now_worries": 0.4,     # below this share of worries among all intents a message is hardly one, and is not danger now
            "another_concern": 0.3,  # a second concern in the same part, from this share of all worries on
            "concern_part": 0.5,    # a further concern from a part, from this share of all worries on
            "adult": 0.92,          # an adult seems to speak
            "child": 0.8,          # a child seems to speak; between the two it stays unknown, and both doors are shown
            "words_to_tell_who": 7,  # a shorter message does not show who speaks, only phrases do
            "understood": 0.12,     # below this share the best other intent is not believed
        }

    @classmethod
    def create(cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext) -> ConcernClassifier:
        return cls(config, model_storage, resource)

    @classmethod
    def load(cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext, **kwargs: Any) -> ConcernClassifier:
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, ConcernModel.load(folder))

    # ---- training

    def train(self, training_data: TrainingData) -> Resource:
        examples = [one for one in training_data.intent_examples if one.get(TEXT)]
        texts, intents, speakers = [], [], []
        chance = random.Random(1)
        spelling = spelling_of(training_data)
        for place, example in enumerate(examples):
            metadata = (example.get(METADATA) or {}).get(METADATA_INTENT) or {}
            versions = [example.get(TEXT)]
            if "language" not in metadata:
                noise = NOISES[NOISE_FOR_TRAINING[place % len(NOISE_FOR_TRAINING)]]
                versions.append(spelling.mended(noise(example.get(TEXT), chance)))
            for version in dict.fromkeys(versions):
                texts.append(readable(version)[0])
                intents.append(example.get(INTENT))
                speakers.append(str(metadata.get("speaker", "unknown")))
        vectors = vectors_of(texts)
        from bot.nlu.concern_learning import Example, learn   # scikit-learn, which reading does without

        print(f"  learning which of {len(texts)} phrases are worries, danger now, and which concern", flush=True)
        urgent = self._now_intents()
        self._model = learn(
            [
                Example(text, vector, intent, table().concern_of(intent) is not None, intent in urgent, speaker)
                for text, vector, intent, speaker in zip(texts, vectors, intents, speakers)
            ]
        )
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    # ---- reading

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            text = text_of(message)
            if text and self._model is not None:
                self._understand(message, text)
        return messages

    def _understand(self, message: Message, text: str) -> None:
        sequence, whole = message.get_dense_features(TEXT, [])
        texts = readable(text)
        vectors = np.vstack([whole.features, sequence.features]) if len(texts) > 1 else whole.features
        reading = self._model.read(vectors, texts)
        intent, ranking, concerns, urgent = self._decide(reading, message.get(IS_ENGLISH, True))
        found = [{"entity": "concern", "value": concern} for concern in concerns]
        if urgent:
            found.append({"entity": "urgency", "value": "now"})
        likely = [who for who, chance in (("adult", reading.adult[0]), ("child", reading.child[0])) if chance >= self._config[who]]
        if concerns and len(likely) == 1 and len(text.split()) >= self._config["words_to_tell_who"]:
            found.append({"entity": "likely_audience", "value": likely[0]})
        message.set(INTENT, intent, add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        message.set(ENTITIES, message.get(ENTITIES, []) + self.add_extractor_name(found), add_to_output=True)

    def _decide(self, reading: Reading, english: bool = True) -> Tuple[Dict[Text, Any], List[Dict[Text, Any]], List[str], bool]:
        """The intent, the ranking of the whole message, the concerns, most severe first, and whether it is danger now."""
        wants = self._config
        rows = [0] if reading.worry[0] >= wants["worry"] or self._one_worry_stands_out(reading) else []
        from_part = wants["worry_part"] if reading.worry[0] >= wants["worry_hint"] else wants["worry_part_alone"]
        for row in range(1, len(reading.worry)):
            danger = reading.worry[row] >= wants["worry_part"] and self._nowness(reading, row)[0] >= wants["now_part_alone"]
            if danger or reading.worry[row] >= from_part:
                rows.append(row)
        order = np.argsort(-reading.intents[0])
        ranking = [{"name": self._model.intents[place], "confidence": float(reading.intents[0][place])} for place in order[:RANKED]]
        if not rows:
            calm = [one for one in ranking if table().concern_of(one["name"]) is None and one["confidence"] >= wants["understood"]]
            return calm[0] if calm else {"name": NOT_UNDERSTOOD, "confidence": float(1 - reading.worry[0])}, ranking, [], False
        urgent = any(self._is_now(reading, row, english) for row in rows)
        intents: List[Tuple[str, float]] = []
        believed = self._believed(reading.intents[0])
        for row in rows:
            found = self._concern_intents(reading.intents[row] * believed, urgent)
            intents += [one for one in found if not intents or row == 0 or one[1] >= wants["concern_part"]]
        concerns: List[str] = []
        for concern in (table().concern_of(name) for name, _ in intents):
            if not any(table().rivals(concern, other) for other in concerns):
                concerns.append(concern)
        concerns = by_severity(tuple(concerns))[:3]
        confidence = float(max(reading.worry[row] for row in rows))
        return {"name": intents[0][0], "confidence": confidence}, ranking, concerns, urgent

    def _one_worry_stands_out(self, reading: Reading) -> bool:
        wants, shares = self._config, reading.intents[0]
        least = max(wants["one_worry"], wants["one_worry_ahead"] * shares[~self._worries].max())
        return bool(reading.worry[0] >= wants["one_worry_hint"] and shares[self._worries].max() >= least)

    def _is_now(self, reading: Reading, row: int, english: bool) -> bool:
        nowness, share = self._nowness(reading, row)
        if row == 0:
            return nowness >= self._config["now" if english else "now_elsewhere"] and share >= self._config["now_share"]
        return nowness >= self._config["now_part"] and share >= self._config["now_part_share"]

    def _nowness(self, reading: Reading, row: int) -> Tuple[float, float]:
        """How much a part sounds like danger now, by the yes/no head and by such intents' share of the worries; and their share of all intents."""
        shares = reading.intents[row]
        worries = shares[self._worries].sum()
        now = shares[self._now].sum()
        return float(reading.now[row] + now / worries) / 2 if worries >= self._config["now_worries"] else 0.0, float(now)

    @staticmethod
    def _now_intents() -> Set[str]:
        return {name for name, meaning in table().urgent_intents.items() if meaning.urgency == "now"}

    def _believed(self, shares: np.ndarray) -> np.ndarray:
        """1 for each intent, and 0 for those that the whole message does not speak of surely enough (`believed_from` in data/routes.yml)."""
        return (shares >= self._believed_from * shares[self._worries].sum()).astype(shares.dtype)

    def _concern_intents(self, shares: np.ndarray, urgent: bool) -> List[Tuple[str, float]]:
        """The worry that a part speaks of, and others that it speaks of nearly as surely, each with its share of all worries."""
        asked = self._worries if urgent else self._worries & ~self._now
        total = shares[asked].sum() or 1.0
        first, *others = [(self._model.intents[place], float(shares[place] / total)) for place in np.argsort(np.where(asked, -shares, 1.0))[:3]]
        return [first] + [one for one in others if one[1] >= self._config["another_concern"]]
