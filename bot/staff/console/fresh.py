"""Takes up changed data files without a new start, and says where a line stands that staff may want to edit."""
from functools import lru_cache
from pathlib import Path
from typing import Any, Iterable, Optional, Tuple

from bot.signposting.data_files import DATA, DataError, line_of, read_yaml, shown
from bot.signposting.routes import table
from bot.signposting.services import registry
from bot.signposting.words import WORDS
from bot.staff.flows.fresh import read_anew
from bot.training import STAMP, made_of

_Stamp = Tuple[Tuple[str, int, int], ...]


class Fresh:
    """Knows whether data/ has changed since it was last read. `times`: how often it was read anew."""

    def __init__(self) -> None:
        self.times = 0
        self._read: Optional[_Stamp] = _stamp()

    def refresh(self) -> None:
        """Reads changed files anew. Raises DataError as long as one of them is wrong."""
        now = _stamp()
        if now == self._read:
            return
        self._read = None
        try:
            read_anew()
        except DataError:
            raise
        except Exception as error:  # a file of a quite different form
            raise DataError(f"The files in data/ cannot be read ({type(error).__name__}: {error})") from None
        self._read = now
        self.times += 1


def _stamp() -> _Stamp:
    found = []
    for path in sorted(DATA.rglob("*.yml")):
        about = path.stat()
        found.append((str(path), about.st_mtime_ns, about.st_size))
    return tuple(found)


def model_is_of_this_data() -> bool:
    """False where what the model is made of has changed since the training."""
    return STAMP.exists() and STAMP.read_text() == made_of()


# ---- where something stands

@lru_cache(maxsize=None)
def _content(path: Path) -> Any:
    return read_yaml(path)


def _where(path: Path, keys: Iterable) -> str:
    return f"{shown(path)}:{line_of(_content(path), keys)}"


def where_row(row_id: str) -> str:
    """Such as data/routes.yml:61."""
    return _where(DATA / "routes.yml", ["routes", [row.id for row in table().routes].index(row_id)])


def where_menu(place: int) -> str:
    return _where(DATA / "routes.yml", ["help_menu", place])


def where_service(service_id: str) -> str:
    return _where(DATA / "services.yml", ["services", list(registry()).index(service_id)])


def where_figure(figure_id: str) -> str:
    return _where(DATA / "figures.yml", ["rows", [row["id"] for row in _content(DATA / "figures.yml")["rows"]].index(figure_id)])


def where_sign(sign_id: str) -> str:
    signs = [sign["id"] for sign in _content(DATA / "safety_net.yml")["signs"]]
    return _where(DATA / "safety_net.yml", ["signs", signs.index(sign_id)])


def rule_of(intent: str) -> Optional[Tuple[str, str, str]]:
    """The rule's name, its action and where it stands."""
    path = DATA / "rules.yml"
    try:
        for place, rule in enumerate(_content(path)["rules"]):
            if any(step.get("intent") == intent for step in rule["steps"]):
                action = next((str(step["action"]) for step in rule["steps"] if "action" in step), "")
                return str(rule["rule"]), action, _where(path, ["rules", place])
    except (AttributeError, KeyError, TypeError):   # only training reads the rules, and it names what is wrong with them
        pass
    return None


@lru_cache(maxsize=None)
def where_words(key: str) -> Optional[str]:
    for path in sorted(WORDS.glob("*.yml")):
        if key in (_content(path).get("responses") or {}):
            return _where(path, ["responses", key])
    return None
