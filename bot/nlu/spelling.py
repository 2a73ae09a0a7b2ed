"""Mends typing errors before a message is read: words that nobody knows become the near words that fit best beside each other.

Known words are symspellpy's English dictionary (MIT licence) and the words of the training phrases; only the latter are what a word
may become, and which one is told by how often they stand beside their neighbours there, and by the slips between (bot/nlu/slips.py): the likeliest
row of words is taken (Viterbi). Words that are known well are never changed, nor names, nor a message in another language.
"""
from __future__ import annotations

import json
import math
import re
from collections import Counter
from functools import lru_cache
from heapq import nsmallest
from importlib.resources import files
from pathlib import Path
from typing import Any, Dict, FrozenSet, Iterable, List, Match, Optional, Sequence, Text, Tuple

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import METADATA, METADATA_INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from symspellpy import SymSpell, Verbosity

from bot.nlu.slips import slips
from bot.nlu.text import IS_ENGLISH, MENDED, folded, text_speak
from bot.signposting.data_files import DATA

DICTIONARY = "frequency_dictionary_en_82_765.txt"
PHRASE_FILES = ("speaker.yml", "safety_net.yml", "questions.yml", "figures.yml")   # read when the model is trained
SELDOM_A_SLIP = 4         # letters: a shorter word of theirs may be a typing error all the same
COMMON = 100_000          # a word that is rarer than this in the dictionary (its uses in books and pages) may be a typing error
COMMON_SHORT = {2: 20_000_000, 3: 1_500_000}   # the same for short words, of which nearly all are in some dictionary
SAID = 2                  # a word of the training phrases counts as a word from so many uses on
SAID_OFTEN = 20           # and, where the dictionary does not have it, may be what a typing error meant
SHOWS = 0.25              # a message shows another language where this share of its words are of one,
ENGLISH = 0.5             # and is read as English all the same from this share of known words on
LEGIBLE = 0.2             # any other is mended from this share on
LONG_ENOUGH = 5           # letters: two may be wrong
FOREIGN = 2               # where so many, and half, of its unknown words are of another language, it is left as it is: "tata o bate pe mama"
ONE_SLIP = 3.0            # at most this unlikely is a word with one slip of the finger
NO_VOWELS = 3.0           # how much less likely a word is that was typed without its vowels (natural logarithm), like the slips
SELDOM_SAID = 3.0         # the same for another word than the one typed, where that is known, but hardly
CHOICES = 8               # of the words that may have been meant so many are weighed: each costs time
PAIRS = 80                # a pair of words counts as much as its single words from about so many uses of the first on
LETTERS = frozenset("abcdgiknruwxy")   # single letters that people mean: "a", "i", "u", "n" for "and"
SHORTEST = tuple("a i am an as at be by do go he if im in is it me my no of on or so to up us we".split())   # what the others may stand for
_TOKEN = re.compile(r"(?<![^\W_])[^\W\d_]+(?:['’][^\W\d_]+)*(?![^\W_])")   # no letters that touch a number: "13f", "30s", "ks2"
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

    def __init__(self, said: Dict[str, int], pairs: Dict[Pair, int], elsewhere: FrozenSet[str], looked_for: FrozenSet[str] = frozenset()) -> None:
        """`said`: English words and how often the training phrases use them, `pairs`: the same of two words in a row.
        `elsewhere`: words of other languages. `looked_for`: words that must stay to be found in phrases: "granda", "paeds"."""
        self.said, self.pairs, self.elsewhere, self.looked_for = said, pairs, elsewhere, looked_for
        self._all = sum(said.values()) or 1
        meant = {word for word, uses in said.items() if uses >= SAID and (_is_common(word) or uses >= SAID_OFTEN)}
        self._near = SymSpell(max_dictionary_edit_distance=2, prefix_length=7)
        self._skeletons: Dict[str, List[str]] = {}
        for word in sorted(meant):   # in one order: of words that fit alike the first is taken
            self._near.create_dictionary_entry(word, said[word])
            if len(word) > 3:
                self._skeletons.setdefault(_bones(word), []).append(word)

    @classmethod
    def learn(cls, english: Iterable[str], others: Iterable[str], phrases: Iterable[str] = ()) -> "Spelling":
        said, pairs = Counter(), Counter()
        for text in english:
            row = ["", *_plain_words(text), ""]
            said.update(row[1:-1])
            pairs.update(zip(row, row[1:]))
        elsewhere = Counter(word for text in others for word in _plain_words(text))
        foreign = frozenset(one for one, uses in elsewhere.items() if uses >= SAID >= said[one])
        looked_for = frozenset(word for phrase in phrases for word in _plain_words(phrase) if len(word) >= SELDOM_A_SLIP) - foreign
        return cls(dict(said), {pair: uses for pair, uses in pairs.items() if uses > 1}, foreign, looked_for)

    def save(self, path: Path) -> None:
        pairs = [[*pair, uses] for pair, uses in self.pairs.items()]
        path.write_text(json.dumps({"said": self.said, "pairs": pairs, "elsewhere": sorted(self.elsewhere), "looked_for": sorted(self.looked_for)}), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "Spelling":
        kept = json.loads(path.read_text(encoding="utf-8"))
        pairs = {(first, second): uses for first, second, uses in kept["pairs"]}
        return cls(kept["said"], pairs, frozenset(kept["elsewhere"]), frozenset(kept["looked_for"]))

    def is_english(self, text: str) -> bool:
        """False only where another language shows: by its letters or words, beside too few English ones. Many typing errors are no other language."""
        typed = _plain_words(text)
        return not self._shows_another(text, typed) or self._english(typed, [self._knows(one) for one in typed])

    def _shows_another(self, text: str, typed: Sequence[str]) -> bool:
        return not text.isascii() or any(one in self.elsewhere for one in typed)

    def _english(self, words: Sequence[str], known: Sequence[bool], share: float = ENGLISH) -> bool:
        return sum(is_known and one not in self.elsewhere for one, is_known in zip(words, known)) >= share * len(words)

    def mended(self, text: str) -> str:
        """The text with its typing errors mended, all else as it was."""
        found = list(_TOKEN.finditer(text))
        typed = [folded(one.group(0)) for one in found]
        sure = [self._is_sure(one) or self._is_sure(folded(_ENDING.sub("", match.group(0)))) for one, match in zip(typed, found)]
        if all(sure) or max(map(len, typed)) < 2 or self._cannot_be_mended(text, typed):
            return text
        spaced = self._with_spaces_put_right(text, found, typed)
        may_be = [
            [(one, 0.0)] if is_sure or self._is_sure(one) or not one.isascii()
            else self._may_be_with_a_capital(one, before) if _is_name(match.group(0), text, match.start()) else self._may_be(one)
            for one, is_sure, match, before in zip(spaced, sure, found, ["", *spaced])
        ]
        out, end = [], 0
        for match, one, meant in zip(found, typed, self._likeliest(may_be)):
            if meant != one:
                out += [text[end:match.start()], meant]
                end = match.end()
        return "".join(out) + text[end:]

    def _cannot_be_mended(self, text: str, typed: Sequence[str]) -> bool:
        known = [self._knows(one) for one in typed]
        strange = [one for one, is_known in zip(typed, known) if not is_known]
        foreign = sum(one in self.elsewhere for one in strange)
        share = ENGLISH if not text.isascii() or sum(one in self.elsewhere for one in typed) >= SHOWS * len(typed) else LEGIBLE
        return FOREIGN <= foreign >= len(strange) / 2 or not self._english(typed, known, share)

    def _is_sure(self, word: str) -> bool:
        """True for words that stay as they are, whatever stands beside them."""
        return word in LETTERS if len(word) < 2 else word in self.looked_for or self._is_often_said(word)

    def _knows(self, word: str) -> bool:
        """True for English words, as far as is known here: what is looked for may be of any language."""
        return len(word) < 2 or self._is_often_said(word) or (len(word) > 2 and self.said.get(word, 0) >= SAID)

    def _is_often_said(self, word: str) -> bool:
        return self.said.get(word, 0) >= SAID_OFTEN or _is_common(word) or word in text_speak()

    def _may_be(self, word: str) -> List[Tuple[str, float]]:
        """Words that may have been meant, itself among them where it is one, and how unlikely the slips between are."""
        if len(word) < 2:
            return [(word, SELDOM_SAID), *self._best([(one, slips(word, one)) for one in SHORTEST])]
        near = self._best(self._nearby(word))
        if self._knows(word):
            return [(word, 0.0), *((one, SELDOM_SAID + unlikely) for one, unlikely in near if one != word)]
        return near or [(word, 0.0)]

    def _may_be_with_a_capital(self, word: str, before: str) -> List[Tuple[str, float]]:
        """The same for a name, as it seems: another word only where that is often said after the word before ("Report Remoove")."""
        near = [one for one in self._nearby(word) if one[1] <= ONE_SLIP and (before, one[0]) in self.pairs] if len(word) >= LONG_ENOUGH else []
        return self._best(near) or [(word, 0.0)]

    def _best(self, words: Iterable[Tuple[str, float]]) -> List[Tuple[str, float]]:
        return nsmallest(CHOICES, words, key=lambda one: one[1] - math.log(self.said.get(one[0], 0) + 0.1))

    def _likeliest(self, may_be: Sequence[Sequence[Tuple[str, float]]]) -> List[str]:
        """One word for each place, so that all together fit best."""
        ends: Dict[str, float] = {"": 0.0}
        before: List[Dict[str, str]] = []   # for each place, and each word there, the best word before it
        for words in [*may_be, [("", 0.0)]]:
            now: Dict[str, float] = {}
            before.append({})
            for word, unlikely in words:
                now[word], before[-1][word] = max((likely + self._follows(last, word) - unlikely, last) for last, likely in ends.items())
            ends = now
        word, found = "", []
        for place in reversed(before):
            word = place[word]
            found.append(word)
        return found[-2::-1]

    def _with_spaces_put_right(self, text: str, found: Sequence[Match[str]], typed: Sequence[str]) -> List[str]:
        """The words, where a space had slipped by one letter ("tot he" is "to the") as they were meant: both known, and often said together."""
        words = list(typed)
        for place, (first, second) in enumerate(zip(found, found[1:])):
            one, other = words[place:place + 2]
            if text[first.end():second.start()] == " " and not (self._is_word(one) and self._is_word(other)):
                for left, right in ((one + other[0], other[1:]), (one[:-1], one[-1] + other)):
                    if (left, right) in self.pairs and self._is_word(left) and self._is_word(right):
                        words[place:place + 2] = left, right
                        break
        return words

    def _is_word(self, one: str) -> bool:
        return one in LETTERS if len(one) < 2 else self._knows(one)

    def remember_words(self) -> None:
        """Looks each word up once: for training phrases, never for what visitors type."""
        self._nearby = lru_cache(maxsize=None)(self._nearby)   # type: ignore[method-assign]

    def _nearby(self, word: str) -> List[Tuple[str, float]]:
        """Words that may have been meant, and how unlikely the slips between are."""
        found = self._near.lookup(word, Verbosity.ALL, max_edit_distance=1 if len(word) < LONG_ENOUGH else 2)
        near = {str(one.term): slips(word, str(one.term)) for one in found}
        if not _VOWELS.search(word[1:-1]):
            near.update((whole, min(NO_VOWELS, near.get(whole, NO_VOWELS))) for whole in self._skeletons.get(word, ()))
        return list(near.items())

    def _follows(self, first: str, second: str) -> float:
        """How likely the second word is after the first (natural logarithm), by pairs as far as they were seen, else by the word alone."""
        uses = self._all if first == "" else self.said.get(first, 0)
        alone = (self.said.get(second, 0) + 0.1) / self._all
        return math.log((self.pairs.get((first, second), 0) + PAIRS * alone) / (uses + PAIRS))


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
    spelling = Spelling.learn(english, others, [(DATA / name).read_text(encoding="utf-8") for name in PHRASE_FILES])
    spelling.remember_words()
    return spelling
