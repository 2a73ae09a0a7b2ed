"""Plain ways of looking at a message: one spelling for look-alikes, words, sentences and the parts to read one by one."""
import re
import unicodedata
from functools import lru_cache
from typing import Dict, List

from pydantic import BaseModel
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.signposting.data_files import DATA, read

_APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʼ`´"), None)
_LOOK_ALIKES = str.maketrans({"“": '"', "”": '"', "–": "-", "—": "-", "…": "."})
# Scripts written without spaces are taken letter by letter, so that phrases work for them too.
_NO_SPACES = "\u3400-\u9fff\u3040-\u30ff\u0e00-\u0e7f"
_WORD = re.compile(rf"[{_NO_SPACES}]|[^\W{_NO_SPACES}]+(?:[\u0300-\u036f\u0900-\u0dff\u064b-\u0652]+\w*)*")
_STRETCHED = re.compile(r"([a-z])\1{2,}")
_SENTENCE_END = re.compile(r"[.!?;\n。！？；۔।]+|(?<=\w) - ")
_CLAUSE = re.compile(r",|،|\b(?:but|because|and then|anyway|also|btw|so)\b")

MENDED = "mended"    # the key of a message's text with its typing errors mended
IS_ENGLISH = "is english"   # the key of whether it is in English
LONGEST_PART = 28    # words: a longer sentence is read clause by clause, or in windows
SHORTEST_PART = 3    # words: a shorter one joins its neighbour


class _TextSpeak(BaseModel):
    text_speak: Dict[str, str]


@lru_cache(maxsize=None)
def text_speak() -> Dict[str, str]:
    return read(DATA / "text_speak.yml", _TextSpeak).text_speak


def folded(text: str) -> str:
    """Small letters, one form of each character, no apostrophes, no letter three times in a row."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_LOOK_ALIKES)
        text = "".join(one for one in text if unicodedata.category(one) != "Cf")
    text = text.translate(_APOSTROPHES).lower()
    return _STRETCHED.sub(r"\1\1", text)


def text_of(message: Message) -> str:
    """What the components read of a message: its text with the typing errors mended, where it came through bot.nlu.spelling."""
    return message.get(MENDED) or message.get(TEXT) or ""


def words(text: str) -> List[str]:
    """The words of a folded text, short forms written out."""
    short = text_speak()
    found: List[str] = []
    for word in _WORD.findall(text):
        found.extend(short[word].split() if word in short else [word])
    return found


def sentences(text: str) -> List[str]:
    """The folded text's sentences, none empty."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part and part.strip()]


def parts(text: str) -> List[str]:
    """What is read one by one beside the whole: sentences, long ones in clauses or windows, short ones joined.

    A message of one short sentence has one part, itself.
    """
    pieces: List[str] = []
    for sentence in sentences(text):
        if len(sentence.split()) <= LONGEST_PART:
            pieces.append(sentence)
            continue
        for clause in _joined([one.strip() for one in _CLAUSE.split(sentence) if one.strip()], 6):
            pieces.extend(_windows(clause))
    return _joined(pieces, SHORTEST_PART) or [text.strip()]


def _joined(pieces: List[str], shortest: int) -> List[str]:
    joined: List[str] = []
    for piece in pieces:
        if joined and (len(piece.split()) < shortest or len(joined[-1].split()) < shortest):
            joined[-1] = f"{joined[-1]} {piece}"
        else:
            joined.append(piece)
    return joined


def _windows(clause: str) -> List[str]:
    """Overlapping windows of a long clause without punctuation."""
    found = clause.split()
    if len(found) <= LONGEST_PART:
        return [clause]
    step = LONGEST_PART // 2
    return [" ".join(found[start:start + LONGEST_PART]) for start in range(0, max(1, len(found) - step), step)]
