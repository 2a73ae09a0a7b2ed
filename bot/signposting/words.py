"""What the bot says: the responses in data/domain/words/, with the numbers of the registry put in."""
import datetime
import re
from functools import lru_cache
from pathlib import Path
from typing import Dict, FrozenSet, Iterable, List, NamedTuple, Optional, Pattern, Tuple

from bot.signposting.data_files import DATA, DataError, did_you_mean, read_yaml, shown
from bot.signposting.services import EMERGENCY, registry

WORDS = DATA / "domain" / "words"
# what stands for a part of a figure, of a place ... (bot/signposting/figure_answers.py)
FIGURES = ("value", "place", "police", "period", "since", "platform", "share", "all", "level", "list", "places", "data", "article")
_PLACEHOLDER = re.compile(r"{(\w+)}")


class Place(NamedTuple):
    """Where a response stands."""

    path: Path
    line: int


@lru_cache(maxsize=None)
def _read() -> Tuple[Dict[str, Tuple[str, ...]], Dict[str, Place]]:
    found: Dict[str, Tuple[str, ...]] = {}
    places: Dict[str, Place] = {}
    for path in sorted(WORDS.glob("*.yml")):
        content = read_yaml(path)
        for key, variants in (content.get("responses") or {}).items():
            line = content["responses"].lc.data[key][0] + 1
            if key in found:
                raise DataError(f"{shown(path)}:{line}: {key} stands in another file too")
            if not variants or not all(isinstance(one, dict) and str(one.get("text") or "").strip() for one in variants):
                raise DataError(f"{shown(path)}:{line}: {key} needs at least one `- text: ...`")
            texts = tuple(str(one["text"]).strip() for one in variants)
            for name in {name for text in texts for name in _PLACEHOLDER.findall(text)}:
                if name not in filled() and name not in ("limit", *FIGURES):
                    raise DataError(f"{shown(path)}:{line}: {key}: {{{name}}} is not a service of services.yml{did_you_mean(name, filled())}")
            found[key], places[key] = texts, Place(path, line)
    return found, places


def responses() -> Dict[str, Tuple[str, ...]]:
    """Every response by its key, as a tuple of variants. Raises DataError where a file is not of Rasa's form."""
    return _read()[0]


def places() -> Dict[str, Place]:
    """The file and line of every response, by its key. Raises DataError."""
    return _read()[1]


def first_key(keys: Iterable[str]) -> Optional[str]:
    """The first of the keys that has words, or None."""
    return next((key for key in keys if key in responses()), None)


def say(key: str, turn: int = 0, **values: object) -> str:
    """The text of a response. Variants take turns within a conversation, so the same conversation reads the same."""
    variants = responses()[key]
    words = {**filled(), **{name: str(value) for name, value in values.items()}}
    return _PLACEHOLDER.sub(lambda match: words.get(match.group(1), match.group(0)), variants[turn % len(variants)])


def filled() -> Dict[str, str]:
    """What stands for the placeholders: {childline} its number, {emergency_999_relay} its contact of that kind."""
    return _filled(datetime.date.today())


@lru_cache(maxsize=2)
def _filled(day: datetime.date) -> Dict[str, str]:
    found = {service: entry.phone for service, entry in registry().items()}
    found.update({f"{service}_{contact.kind}": contact.display for service, entry in registry().items() for contact in entry.printable_contacts(day)})
    return found


@lru_cache(maxsize=None)
def _names() -> Tuple[Tuple[str, Pattern[str]], ...]:
    return tuple(
        (service.id, re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, (service.name, *service.called)))})(?![\w-])")) for service in registry().values()
    )


@lru_cache(maxsize=1000)   # our own sentences, said again and again
def services_named(text: str) -> FrozenSet[str]:
    """The ids of the services that a text of ours names, by their names or as our words call them (`called` in the registry)."""
    return frozenset(service for service, name in _names() if name.search(text))


def naming_only(services: List[str], text: str) -> str:
    """The text without the sentences that name a service other than these. 999 may always be named: its number is all that is needed."""
    allowed = {*services, EMERGENCY}
    sentences = re.split(r"(?<=[.!?]) +", text)
    return " ".join(sentence for sentence in sentences if services_named(sentence) <= allowed)


def keys_for(words: str, voices: List[str], ending: str = "") -> List[str]:
    """The keys of a reply, best first: utter_<words>_<voice><ending>."""
    return [f"utter_{words}_{voice}{ending}" for voice in voices]
