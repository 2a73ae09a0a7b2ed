"""Typing as it happens: neighbouring keys, letters left out or doubled, short forms, no vowels. For training and for evaluation."""
import random
from typing import Callable, Dict, List

from bot.nlu.slips import NEIGHBOURS
from bot.nlu.text import text_speak


def typing_errors(text: str, chance: random.Random, share: float = 0.1) -> str:
    """About `share` of the letters mistyped: a neighbouring key, left out, doubled, or swapped with the next."""
    out: List[str] = []
    place = 0
    while place < len(text):
        letter = text[place]
        if letter.isalpha() and chance.random() < share:
            kind = chance.choice(("neighbour", "out", "double", "swap"))
            if kind == "neighbour":
                out.append(chance.choice(NEIGHBOURS.get(letter.lower(), letter)))
            elif kind == "double":
                out.append(letter * 2)
            elif kind == "swap" and place + 1 < len(text):
                out.append(text[place + 1] + letter)
                place += 1
        else:
            out.append(letter)
        place += 1
    return "".join(out)


def short_forms(text: str, chance: random.Random) -> str:
    """Words and pairs of words replaced by their text-speak."""
    back: Dict[str, List[str]] = {}
    for short, long in text_speak().items():
        back.setdefault(long, []).append(short)
    words = text.split()
    out: List[str] = []
    place = 0
    while place < len(words):
        pair = " ".join(words[place:place + 2]).lower()
        if pair in back and chance.random() < 0.8:
            out.append(chance.choice(back[pair]))
            place += 2
            continue
        word = words[place]
        out.append(chance.choice(back[word.lower()]) if word.lower() in back and chance.random() < 0.7 else word)
        place += 1
    return " ".join(out)


def no_vowels(text: str, chance: random.Random) -> str:
    """Vowels inside about half of the longer words left out."""
    words = text.split()
    return " ".join(
        word[0] + "".join(one for one in word[1:-1] if one.lower() not in "aeiou") + word[-1] if len(word) > 3 and chance.random() < 0.5 else word
        for word in words
    )


NOISES: Dict[str, Callable[[str, random.Random], str]] = {
    "typing errors": typing_errors,
    "text-speak": short_forms,
    "no vowels": no_vowels,
    "capitals": lambda text, chance: text.upper(),
    "emoji": lambda text, chance: f"{text} {chance.choice('😭😢🙏😰')}{chance.choice('😭😢🙏😰')}",
}
