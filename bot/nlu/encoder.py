"""A dense featurizer: the meaning of the whole message and of each of its parts, by a sentence encoder for 16 languages."""
from __future__ import annotations

from functools import lru_cache
from typing import Any, Dict, List, Text

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SEQUENCE, FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.sentence_model import load
from bot.nlu.text import folded, parts, text_of, words

ALIAS = "sentence_encoder"
BATCH = 64

_encoder = lru_cache(maxsize=None)(load)


def encode(texts: List[str]) -> np.ndarray:
    """One row of 512 float32 numbers of length 1 for each text. Texts are best folded, with short forms written out."""
    return np.vstack([_encoder().encode(texts[start:start + BATCH]) for start in range(0, len(texts), BATCH)]).astype(np.float32)


def readable(text: str) -> List[str]:
    """What is encoded of a message: the whole first, then its parts where it has several."""
    whole = folded(text)
    pieces = parts(whole)
    return [" ".join(words(one)) or " " for one in ([whole] + pieces if len(pieces) > 1 else [whole])]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoder(DenseFeaturizer, GraphComponent):
    """Sets the sentence feature (the whole message) and, as sequence, one row for each part."""

    def __init__(self, config: Dict[Text, Any], name: Text) -> None:
        DenseFeaturizer.__init__(self, name, config)

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {**DenseFeaturizer.get_default_config(), "alias": ALIAS}

    @classmethod
    def create(cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext) -> SentenceEncoder:
        return cls(config, execution_context.node_name)

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            if message.get(TEXT):
                rows = encode(readable(text_of(message)))
                for kind, matrix in ((FEATURE_TYPE_SENTENCE, rows[:1]), (FEATURE_TYPE_SEQUENCE, rows[1:] if len(rows) > 1 else rows)):
                    message.add_features(Features(matrix, kind, TEXT, ALIAS))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The classifier reads training messages by itself, with the noise it adds; nothing is needed here."""
        return training_data

    @classmethod
    def validate_config(cls, config: Dict[Text, Any]) -> None:
        pass
