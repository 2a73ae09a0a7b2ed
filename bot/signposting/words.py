"""What the bot says: the responses in data/domain/words/, with the numbers of the registry put in."""
import re
from functools import lru_cache
from typing import Dict, Iterable, List, Match, Optional, Tuple

from bot.signposting.data_files import DATA, DataError, read_yaml, shown
from bot.signposting.services import registry

WORDS = DATA / "domain" / "words"
# what stands for a part of a figure, of a place ... (bot/signposting/figure_answers.py)
FIGURES = ("value", "place", "police", "period", "since", "platform", "share", "all", "level", "list", "places", "data", "article")
_PLACEHOLDER = re.compile(r"{(\w+)}")


@lru_cache(maxsize=None)
def responses() -> Dict[str, Tuple[str, ...]]:
    """Every response by its key, as a tuple of variants. Raises DataError where a file is not of Rasa's form."""
    found: Dict[str, Tuple[str, ...]] = {}
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
                if name not in registry() and name not in ("limit", *FIGURES):
                    raise DataError(f"{shown(path)}:{line}: {key}: {{{name}}} is not a service of services.yml")
            found[key] = texts
    return found


def first_key(keys: Iterable[str]) -> Optional[str]:
    """The first of the keys that has words, or None."""
    return next((key for key in keys if key in responses()), None)


def say(key: str, turn: int = 0, **values: object) -> str:
    """The text of a response. Variants take turns within a conversation, so the same conversation reads the same."""
    variants = responses()[key]

    def fill(match: Match[str]) -> str:
        name = match.group(1)
        if name in values:
            return str(values[name])
        return registry()[name].phone if name in registry() else match.group(0)

    return _PLACEHOLDER.sub(fill, variants[turn % len(variants)])


def keys_for(words: str, voices: List[str], ending: str = "") -> List[str]:
    """The keys of a reply, best first: utter_<words>_<voice><ending>."""
    return [f"utter_{words}_{voice}{ending}" for voice in voices]
