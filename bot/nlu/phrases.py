"""The little language in which data/ writes phrases to look for, and its matcher.

    he has (a|got a) knife     words, and (this|or that)
    going to [really] hurt     [may be there or not]
    took ... tablets           up to four words between
    attack*                    any ending
    {somebody}                 a list that the same file defines under `lists`

Matching is on whole words of the message as bot.nlu.text gives them: small letters, no apostrophes, short forms written out.
"""
import re
import time
from functools import cached_property
from typing import Any, Dict, FrozenSet, Generic, Hashable, Iterable, Iterator, List, Mapping, NamedTuple, Optional, Pattern, Sequence, Set, Tuple, TypeVar
from weakref import WeakSet

from bot.nlu.text import folded, words

GAP = r"(?:\S+ ){0,4}"
_AT_A_WORD = "(?<![^ ])"
_TOKEN = re.compile(r"\.\.\.|[()|\[\]]|\{\w+\}|[^\s()|\[\]{}]+")
_CLOSES = {"(": ")", "[": "]"}

Mark = TypeVar("Mark", bound=Hashable)


class PhraseError(ValueError):
    """A phrase is not written in the language above."""


class _Part(NamedTuple):
    """A piece of a phrase: as a regular expression; sets of words, of each of which one must be there; whether it may be nothing at all."""

    written: str
    needs: Tuple[FrozenSet[str], ...]
    may_be_nothing: bool


class Lists:
    """The lists of a file, each read once."""

    def __init__(self, lists: Mapping[str, Sequence[str]], signs: FrozenSet[str] = frozenset()) -> None:
        """`signs`: words that stand for something else, so that no text need have them."""
        self.signs = signs
        self._lists = lists
        self._read: Dict[str, Optional[_Part]] = {}

    def part(self, name: str) -> Optional[_Part]:
        """None where there is no such list, or while it is being read: a list cannot hold itself. Raises PhraseError."""
        if name not in self._read and name in self._lists:
            self._read[name] = None
            self._read[name] = _either([_Reader(one, self).whole() for one in self._lists[name]])
        return self._read.get(name)


NO_LISTS = Lists({})


class Phrase:
    """A phrase, how it is written as a regular expression over `prepared` text, and sets of words: one of each is in every text that has it."""

    def __init__(self, phrase: str, lists: Lists = NO_LISTS) -> None:
        """Raises PhraseError."""
        self.phrase = phrase
        part = _Reader(phrase, lists).whole()
        if part.may_be_nothing:
            raise PhraseError(f"{phrase!r} would match everything")
        self.written = _AT_A_WORD + part.written
        self.needs = sorted(part.needs, key=_how_common)

    @cached_property
    def pattern(self) -> Pattern[str]:
        """Compiled when first asked for: most are not needed for long, since their words are not there (`compile_all` for a server)."""
        return re.compile(self.written)


class _Reader:
    """Reads one phrase."""

    def __init__(self, phrase: str, lists: Lists) -> None:
        self._phrase, self._lists = phrase, lists
        self._tokens = _TOKEN.findall(phrase)
        self._place = 0

    def whole(self) -> _Part:
        part = self._alternatives("")
        if self._place < len(self._tokens):
            raise PhraseError(f"{self._phrase!r}: {self._tokens[self._place]} closes nothing")
        return part

    def _alternatives(self, closing: str) -> _Part:
        """Up to `closing`, which is left to be read, or up to the end."""
        found = [self._sequence(closing)]
        while self._place < len(self._tokens) and self._tokens[self._place] == "|":
            self._place += 1
            found.append(self._sequence(closing))
        return _either(found) if len(found) > 1 else found[0]

    def _sequence(self, closing: str) -> _Part:
        parts: List[_Part] = []
        while self._place < len(self._tokens) and self._tokens[self._place] not in (")", "]", "|"):
            token = self._tokens[self._place]
            self._place += 1
            if token in _CLOSES:
                part = self._alternatives(_CLOSES[token])
                if self._place == len(self._tokens) or self._tokens[self._place] != _CLOSES[token]:
                    raise PhraseError(f"{self._phrase!r}: {token} is not closed")
                self._place += 1
                parts.append(part if token == "(" else _Part(f"(?:{part.written})?", (), True))
            else:
                parts.append(self._word(token))
        needs = dict.fromkeys(need for part in parts for need in part.needs)
        return _Part("".join(part.written for part in parts), tuple(needs), all(part.may_be_nothing for part in parts))

    def _word(self, token: str) -> _Part:
        if token == "...":
            return _Part(GAP, (), True)
        if token.startswith("{"):
            part = self._lists.part(token[1:-1])
            if part is None:
                raise PhraseError(f"{self._phrase!r}: there is no list called {token[1:-1]}")
            return part
        if token.endswith("*"):
            start = folded(token[:-1])
            return _Part(rf"{re.escape(start)}\S* ", (frozenset([f"{start}*"]),) if start else (), False)
        found = words(folded(token))
        return _Part("".join(re.escape(one) + " " for one in found), tuple(frozenset([one]) for one in found if one not in self._lists.signs), not found)


def _either(parts: Sequence[_Part]) -> _Part:
    needs = (frozenset().union(*(min(part.needs, key=_how_common) for part in parts)),) if all(part.needs for part in parts) else ()
    return _Part(f"(?:{'|'.join(part.written for part in parts)})", needs, any(part.may_be_nothing for part in parts))


def _how_common(needs: FrozenSet[str]) -> float:
    """Long words are rarer than short ones."""
    return sum(8.0 ** -len(one) for one in needs)


class Phrases(Generic[Mark]):
    """Many phrases, each with a mark of its own kind, found by the words that they need: a message has the words of few."""

    in_use: "WeakSet[Phrases[Any]]" = WeakSet()

    def __init__(self, marked: Iterable[Tuple[Mark, Phrase]]) -> None:
        self._all = list(marked)
        Phrases.in_use.add(self)
        self._always: List[int] = []
        self._by_need: Dict[str, List[int]] = {}
        for number, (_, phrase) in enumerate(self._all):
            for need in phrase.needs[0] if phrase.needs else ():
                self._by_need.setdefault(need, []).append(number)
            if not phrase.needs:
                self._always.append(number)
        beginnings = {one for _, phrase in self._all for need in phrase.needs for one in need if one.endswith("*")}
        self._beginnings = {length: {one for one in beginnings if len(one) == length + 1} for length in {len(one) - 1 for one in beginnings}}

    def in_order(self, text: str) -> Iterator[Tuple[Mark, Phrase]]:
        """The marks and phrases whose words a `prepared` text has, in their order; these need not be in it, but no other is."""
        there = set(text.split())
        for length, beginnings in self._beginnings.items():
            there |= beginnings & {f"{word[:length]}*" for word in there}
        numbers: Set[int] = set(self._always)
        for one in self._by_need.keys() & there:
            numbers.update(self._by_need[one])
        for number in sorted(numbers):
            found = self._all[number]
            for need in found[1].needs[1:]:   # the first of them brought it here
                if need.isdisjoint(there):
                    break
            else:
                yield found

    def that_may_be_in(self, text: str) -> Dict[Mark, List[Phrase]]:
        """The same by mark."""
        found: Dict[Mark, List[Phrase]] = {}
        for mark, phrase in self.in_order(text):
            found.setdefault(mark, []).append(phrase)
        return found

    def any_in(self, text: str) -> bool:
        """True where any of the phrases is in a `prepared` text."""
        return any(phrase.pattern.search(text) for _, phrase in self.in_order(text))

    def marks_in(self, text: str) -> List[Mark]:
        """The marks of all phrases that are in a `prepared` text, in their order, each once."""
        return list(dict.fromkeys(mark for mark, phrase in self.in_order(text) if phrase.pattern.search(text)))


def compile_all(pause: float) -> None:
    """Compiles every phrase read so far, with so many seconds of rest after each (there are 3,000; one takes 0.2 ms, the longest 7)."""
    for phrases in list(Phrases.in_use):
        for _, phrase in phrases._all:
            phrase.pattern
            time.sleep(pause)


def prepared(text: str) -> str:
    """A folded text as phrases are matched against it: its words, a space after each."""
    return " ".join(words(text)) + " "
