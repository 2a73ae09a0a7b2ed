"""The little language in which data/ writes phrases to look for, and its matcher.

    he has (a|got a) knife     words, and (this|or that)
    going to [really] hurt     [may be there or not]
    took ... tablets           up to four words between
    attack*                    any ending
    {somebody}                 a list that the same file defines under `lists`

Matching is on whole words of the message as bot.nlu.text gives them: small letters, no apostrophes, short forms written out.
"""
import re
from functools import cached_property
from typing import List, Mapping, Pattern, Sequence

from bot.nlu.text import folded, words

GAP = r"(?:\S+ ){0,4}"
_AT_A_WORD = "(?<![^ ])"
_TOKEN = re.compile(r"\.\.\.|[()|\[\]]|\{\w+\}|[^\s()|\[\]{}]+")


class PhraseError(ValueError):
    """A phrase is not written in the language above."""


class Phrase:
    """A phrase and how it is written as a regular expression over `prepared` text."""

    def __init__(self, phrase: str, lists: Mapping[str, Sequence[str]]) -> None:
        """Raises PhraseError where a list is not known."""
        self.phrase = phrase
        self.written = _AT_A_WORD + _pattern(phrase, lists, ())

    @cached_property
    def pattern(self) -> Pattern[str]:
        """Compiled when first asked for: most phrases are only ever looked for together with others. Raises PhraseError."""
        try:
            compiled = re.compile(self.written)
        except re.error as error:
            raise PhraseError(f"{self.phrase!r}: {error}") from None
        if compiled.match(""):
            raise PhraseError(f"{self.phrase!r} would match everything")
        return compiled


def compile_phrase(phrase: str, lists: Mapping[str, Sequence[str]]) -> Pattern[str]:
    """The phrase as a pattern over `prepared` text. Raises PhraseError."""
    return Phrase(phrase, lists).pattern


def any_of(phrases: Sequence[Phrase]) -> Pattern[str]:
    """One pattern that is found in a text where any of the phrases is. Raises PhraseError that names the one that is not written right."""
    unnamed = (re.sub(r"\(\?P<\w+>", "(?:", one.written[len(_AT_A_WORD):]) for one in phrases)
    try:
        compiled = re.compile(f"{_AT_A_WORD}(?:{'|'.join(unnamed)})")
    except re.error:
        compiled = None
    if phrases and (compiled is None or compiled.match("")):
        for one in phrases:
            one.pattern
    return compiled


def _pattern(phrase: str, lists: Mapping[str, Sequence[str]], inside: tuple) -> str:
    out: List[str] = []
    for token in _TOKEN.findall(phrase):
        if token == "...":
            out.append(GAP)
        elif token == "(":
            out.append("(?:")
        elif token == "[":
            out.append("(?:")
        elif token in ")|":
            out.append(token)
        elif token == "]":
            out.append(")?")
        elif token.startswith("{"):
            name = token[1:-1]
            if name not in lists or name in inside:
                raise PhraseError(f"{phrase!r}: there is no list called {name}")
            alternatives = [_pattern(one, lists, inside + (name,)) for one in lists[name]]
            out.append(f"(?:{'|'.join(alternatives)})")
        elif token.endswith("*"):
            out.append(rf"{re.escape(folded(token[:-1]))}\S* ")
        else:
            out.extend(re.escape(word) + " " for word in words(folded(token)))
    return "".join(out)


def prepared(text: str) -> str:
    """A folded text as phrases are matched against it: its words, a space after each."""
    return " ".join(words(text)) + " "
