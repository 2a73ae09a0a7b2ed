"""Mends typing errors before a message is read: a word that nobody knows becomes the near word that fits best between its neighbours.

Known words are symspellpy's English dictionary (MIT licence) and the words of the training phrases; only the latter are what a word
may become, and which one is told by how often they stand beside these neighbours there. Words that are known are never changed, nor names,
nor a message that is not mostly English.
"""
from __future__ import annotations

import json
import math
import re
from collections import Counter
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Dict, FrozenSet, Iterable, List, Optional, Sequence, Text, Tuple

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import METADATA, METADATA_INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from symspellpy import SymSpell, Verbosity

from bot.nlu.text import IS_ENGLISH, MENDED, folded, text_speak

DICTIONARY = "frequency_dictionary_en_82_765.txt"
COMMON = 100_000          # a word that is rarer than this in the dictionary (its uses in books and pages) may be a typing error
COMMON_SHORT = {2: 20_000_000, 3: 1_500_000}   # the same for short words, of which nearly all are in some dictionary
SAID = 2                  # a word of the training phrases counts as a word from so many uses on
SAID_OFTEN = 20           # and, where the dictionary does not have it, may be what a typing error meant
ENGLISH = 0.5             # a message is read as English from this share of known words on
LONG_ENOUGH = 5           # letters: two may be wrong where no word is nearer
FOREIGN = 2               # and is left as it is where so many, and half, of its unknown words are of another language: "tata o bate pe mama"
WRONG_LETTER = 3.0        # how much less likely each wrong letter makes a word, against how often it is said (natural logarithm)
_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_ENDING = re.compile("['’](?:s|d|ll|ve|re|m)$", re.IGNORECASE)
_VOWELS = re.compile("[aeiou]")

Pair = Tuple[str, str]


@lru_cache(maxsize=None)
def dictionary() -> Dict[str, int]:
    """English words, small letters, and their uses."""
    lines = (files("symspellpy") / DICTIONARY).read_text(encoding="utf-8-sig").splitlines()
    return {word: int(uses) for word, uses in (line.split() for line in lines)}


def _is_common(word: str) -> bool:
    return dictionary().get(word, 0) >= COMMON_SHORT.get(len(word), COMMON)


class Spelling:
    """What people here say, and how to find it behind a typing error."""

    def __init__(self, said: Dict[str, int], pairs: Dict[Pair, int], elsewhere: FrozenSet[str]) -> None:
        """`said`: English words and how often the training phrases use them, `pairs`: the same of two words in a row.
        `elsewhere`: words of other languages."""
        self.said, self.pairs, self.elsewhere = said, pairs, elsewhere
        self._all = sum(said.values()) or 1
        meant = {word for word, uses in said.items() if uses >= SAID and (_is_common(word) or uses >= SAID_OFTEN)}
        self._near = SymSpell(max_dictionary_edit_distance=2, prefix_length=7)
        self._skeletons: Dict[str, List[str]] = {}
        for word in sorted(meant):   # in one order: of words that fit alike the first is taken
            self._near.create_dictionary_entry(word, said[word])
            if len(word) > 3:
                self._skeletons.setdefault(_bones(word), []).append(word)

    @classmethod
    def learn(cls, english: Iterable[str], others: Iterable[str]) -> "Spelling":
        said, pairs = Counter(), Counter()
        for text in english:
            row = ["", *_plain_words(text), ""]
            said.update(row[1:-1])
            pairs.update(zip(row, row[1:]))
        elsewhere = Counter(word for text in others for word in _plain_words(text))
        foreign = frozenset(one for one, uses in elsewhere.items() if uses >= SAID >= said[one])
        return cls(dict(said), {pair: uses for pair, uses in pairs.items() if uses > 1}, foreign)

    def save(self, path: Path) -> None:
        pairs = [[*pair, uses] for pair, uses in self.pairs.items()]
        path.write_text(json.dumps({"said": self.said, "pairs": pairs, "elsewhere": sorted(self.elsewhere)}), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "Spelling":
        kept = json.loads(path.read_text(encoding="utf-8"))
        return cls(kept["said"], {(first, second): uses for first, second, uses in kept["pairs"]}, frozenset(kept["elsewhere"]))

    def is_english(self, text: str) -> bool:
        """False only where another language shows: by its letters or words, beside too few English ones. Many typing errors are no other language."""
        typed = _plain_words(text)
        shows_another = not text.isascii() or any(one in self.elsewhere for one in typed)
        return not shows_another or self._english(typed, [self._knows(one) for one in typed])

    def _english(self, words: Sequence[str], known: Sequence[bool]) -> bool:
        return sum(is_known and one not in self.elsewhere for one, is_known in zip(words, known)) >= ENGLISH * len(words)

    def mended(self, text: str) -> str:
        """The text with its typing errors mended, all else as it was."""
        found = list(_TOKEN.finditer(text))
        typed = [folded(one.group(0)) for one in found]
        known = [self._knows(one) or self._knows(folded(_ENDING.sub("", match.group(0)))) for one, match in zip(typed, found)]
        if all(known) or not self._english(typed, known):
            return text
        strange = [one for one, is_known in zip(typed, known) if not is_known]
        if FOREIGN <= sum(one in self.elsewhere for one in strange) >= len(strange) / 2:
            return text
        out, end = [], 0
        for place, match in enumerate(found):
            if not known[place] and typed[place].isascii() and not _is_name(match.group(0), text, match.start()):
                before = typed[place - 1] if place else ""
                typed[place] = self._meaning(typed[place], before, typed[place + 1] if place + 1 < len(typed) else "")
                out += [text[end:match.start()], typed[place]]
                end = match.end()
        return "".join(out) + text[end:]

    def _knows(self, word: str) -> bool:
        return self.said.get(word, 0) >= SAID_OFTEN or _is_common(word) or word in text_speak() or (len(word) > 2 and self.said.get(word, 0) >= SAID) or len(word) < 2

    def _meaning(self, word: str, before: str, after: str) -> str:
        """The near word that fits best between its neighbours, or the word itself where none is near."""
        near = self._nearby(word)
        return max(near, key=lambda one: self._fits(one[0], before, after) - WRONG_LETTER * one[1])[0] if near else word

    def remember_words(self) -> None:
        """Looks each word up once: for training phrases, never for what visitors type."""
        self._nearby = lru_cache(maxsize=None)(self._nearby)   # type: ignore[method-assign]

    def _nearby(self, word: str) -> Sequence[Tuple[str, int]]:
        """Words that may have been meant, and how many letters are wrong."""
        far = 1 if len(word) < 7 else 2
        found = self._near.lookup(word, Verbosity.ALL, max_edit_distance=far)
        if not found and len(word) >= LONG_ENOUGH:
            found = self._near.lookup(word, Verbosity.ALL, max_edit_distance=2)
        near = [(str(one.term), int(one.distance)) for one in found]
        if not _VOWELS.search(word[1:-1]):
            near += [(whole, 1) for whole in self._skeletons.get(word, ())]
        return near

    def _fits(self, word: str, before: str, after: str) -> float:
        return self._follows(before, word) + self._follows(word, after)

    def _follows(self, first: str, second: str) -> float:
        """How likely the second word is after the first (natural logarithm), by pairs as far as they were seen, else by the word alone."""
        uses = self._all if first == "" else self.said.get(first, 0)
        alone = (self.said.get(second, 0) + 0.1) / self._all
        return math.log((self.pairs.get((first, second), 0) + 5 * alone) / (uses + 5))


def _bones(word: str) -> str:
    return word[0] + _VOWELS.sub("", word[1:-1]) + word[-1]


def _is_name(typed: str, text: str, start: int) -> bool:
    """A capital inside a sentence, or short letters all in capitals (DSL, FE), in a text that is not all capitals."""
    if typed.islower() or text.isupper():
        return False
    before = text[:start].rstrip()
    return (typed.isupper() and len(typed) <= 5) or (typed[0].isupper() and not typed.isupper() and bool(before) and before[-1] not in ".!?\n")


def _plain_words(text: str) -> List[str]:
    return _TOKEN.findall(folded(text))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SpellingTolerance(GraphComponent):
    """Sets, beside the text, the text with its typing errors mended, which the components after it read (bot.nlu.text.text_of)."""

    def __init__(self, storage: ModelStorage, resource: Resource, spelling: Optional[Spelling] = None) -> None:
        self._storage, self._resource, self._spelling = storage, resource, spelling

    @classmethod
    def create(cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext) -> SpellingTolerance:
        return cls(model_storage, resource)

    @classmethod
    def load(cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext, **kwargs: Any) -> SpellingTolerance:
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, Spelling.load(folder / "words.json"))

    def train(self, training_data: TrainingData) -> Resource:
        self._spelling = spelling_of(training_data)
        with self._storage.write_to(self._resource) as folder:
            self._spelling.save(folder / "words.json")
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Training phrases are learnt from as they were written."""
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            if message.get(TEXT) and self._spelling:
                message.set(MENDED, self._spelling.mended(message.get(TEXT)))
                message.set(IS_ENGLISH, self._spelling.is_english(message.get(TEXT)))
        return messages


def spelling_of(training_data: TrainingData) -> Spelling:
    """What the training phrases teach about words. Phrases in other languages carry `language` in their metadata."""
    english: List[str] = []
    others: List[str] = []
    for example in training_data.intent_examples:
        metadata = (example.get(METADATA) or {}).get(METADATA_INTENT) or {}
        (others if "language" in metadata else english).append(example.get(TEXT) or "")
    spelling = Spelling.learn(english, others)
    spelling.remember_words()
    return spelling
