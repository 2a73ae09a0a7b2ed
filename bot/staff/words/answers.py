"""What the page is made of: each answer with its words, its services, how hard it is to read and where to edit it."""
from functools import lru_cache
from pathlib import Path
from typing import Dict, List, NamedTuple, Tuple

import textstat

from bot.signposting.data_files import DATA, line_of, read_yaml, shown
from bot.signposting.reply import for_concern
from bot.signposting.routes import Row, route, table
from bot.signposting.services import registry
from bot.signposting.situation import Situation
from bot.signposting.words import filled, first_key, keys_for, places, responses, say

CHILD_GRADE, ADULT_GRADE = 6.0, 8.0
AWAITING = "# Awaiting review"

# Who is spoken to, as the page's columns. The unknown speaker hears what a child hears, with a door for adults beside it.
PEOPLE: Dict[str, Situation] = {
    "A child, about themselves": Situation(audience="child", about="self"),
    "A child, about somebody else": Situation(audience="child", about="other"),
    "Not known who": Situation(),
    "An adult, about a child": Situation(audience="adult", about="other"),
    "An adult, about themselves": Situation(audience="adult", about="self"),
    "At work with the child": Situation(audience="professional", about="other"),
}


TO = {
    "_calm": "before any worry was told", "_now": "in danger now", "_friend": "to a child who speaks about somebody else", "_adult_self": "to an adult about themselves",
    "_professional": "to somebody at work with the child", "_adult": "to an adult",
}
EXAMPLES = 3


class Said(NamedTuple):
    """One response. `texts`: its variants with the numbers put in; `grades`: US reading grade of each; `place`: file and line."""

    key: str
    texts: List[str]
    grades: List[float]
    limit: float
    place: str
    reviewed: bool
    part: str

    @property
    def move(self) -> str:
        """The intent that it answers, where it answers one: utter_no_credit_now answers no_credit."""
        name = self.key[len("utter_"):]
        return next((one for one in sorted(typed(), key=len, reverse=True) if name == one or name.startswith(f"{one}_")), "")

    @property
    def to(self) -> str:
        """Who hears it, as the end of its key tells."""
        return next((who for ending, who in TO.items() if self.key.endswith(ending)), "")

    @property
    def too_hard(self) -> bool:
        return self.key not in NAMES_ONLY and any(grade > self.limit for grade in self.grades)


class Answer(NamedTuple):
    """What one person hears: the services' names in their order, and the responses read before and after them."""

    who: str
    row: str
    row_place: str
    services: List[str]
    said: List[Said]


class Worry(NamedTuple):
    concern: str
    answers: List[Answer]


# Examples of what is put into the words, a figure's parts among them; tests/test_figures.py reads whole answers with every figure.
FILLED = {
    "limit": 2000, "value": "2,194", "place": "Wales", "police": "Police in Wales", "period": "2023/24", "since": "2022/23", "platform": "Snapchat", "share": "50%",
    "all": "7,338", "level": "a record", "list": "Wales 2,194 and London 2,780", "places": "Wales and London", "data": "Home Office figures", "article": "an article of 2025",
}
NAMES_ONLY = ("utter_figures_from",)   # who counted, and where it was read: no sentence to be made easier


def easy_enough(key: str) -> float:
    """The highest reading grade that the response may have."""
    for_adults = any(f"_{voice}" in key for voice in ("adult_self", "adult_after", "professional")) or key.endswith("_adult")
    return ADULT_GRADE if for_adults or key.startswith(("utter_ask_policy", "utter_figure")) else CHILD_GRADE


def grade(text: str) -> float:
    """The US school grade that reads it with ease, without its numbers and addresses."""
    for contact in sorted(filled().values(), key=len, reverse=True):
        text = text.replace(contact, "them")
    return float(textstat.flesch_kincaid_grade(text))


@lru_cache(maxsize=None)
def typed() -> Dict[str, List[str]]:
    """What people type, for instance, by intent: the first training phrases of each."""
    found: Dict[str, List[str]] = {}
    intent = ""
    for path in sorted((DATA / "nlu").glob("*.yml")):
        for line in _lines(path):   # line by line: these files are long, and simple
            if line.lstrip().startswith("- intent:"):
                intent = line.split(":", 1)[1].strip()
            elif line.startswith("    - ") and len(found.setdefault(intent, [])) < EXAMPLES:
                found[intent].append(line[6:].strip())
    return found


@lru_cache(maxsize=None)
def said(key: str) -> Said:
    texts = [say(key, turn, **FILLED) for turn in range(len(responses()[key]))]
    place = places()[key]
    lines = _lines(place.path)
    part = next((line.strip("# -\n") for line in reversed(lines[: place.line]) if line.lstrip().startswith("# ---")), "")
    return Said(
        key, texts, [round(grade(text), 1) for text in texts], easy_enough(key),
        f"{shown(place.path)}:{place.line}", not lines[0].startswith(AWAITING), part,
    )


@lru_cache(maxsize=None)
def _lines(path: Path) -> List[str]:
    return path.read_text(encoding="utf-8").splitlines()


@lru_cache(maxsize=None)
def _row_places() -> Dict[str, str]:
    content = read_yaml(DATA / "routes.yml")
    return {row["id"]: f"data/routes.yml:{line_of(content, ['routes', number])}" for number, row in enumerate(content["routes"])}


@lru_cache(maxsize=None)
def worries() -> List[Worry]:
    """Every worry, the gravest first, with the answer to each kind of person."""
    return [Worry(concern, [_answer(concern, who, known) for who, known in PEOPLE.items()]) for concern in table().severity]


def _answer(concern: str, who: str, known: Situation) -> Answer:
    known = known.told(concerns=[concern])
    reply = for_concern(known, (concern,), 0, asked=("who", "age", "age_pictured"))
    _, rows = route(known)
    return Answer(who, rows[0].id, _row_places()[rows[0].id], [registry()[one].name for one in reply.services], [said(key) for key in reply.words])


@lru_cache(maxsize=None)
def special_routes() -> List[Tuple[Row, str, List[str], List[Said]]]:
    """The routes that only an age or a fact opens: the row, its place, the services' names, and the words of their own."""
    met = {answer.row for worry in worries() for answer in worry.answers}
    found = []
    for row in table().routes:
        if row.id not in met:
            words = row.words or next(iter(row.when.concern), "general_worry")
            keys = [first_key(keys_for(words, voices, ending)) for voices in (["child"], ["adult_self", "adult"]) for ending in ("", "_after")]
            found.append((row, _row_places()[row.id], [registry()[one].name for one in row.services], [said(key) for key in dict.fromkeys(keys) if key]))
    return found


def the_rest() -> Dict[str, List[Said]]:
    """All responses that no worry's answer holds, by file."""
    shown_before = {one.key for worry in worries() for answer in worry.answers for one in answer.said}
    shown_before |= {one.key for *_, words in special_routes() for one in words}
    rest: Dict[str, List[Said]] = {}
    for key, place in places().items():
        if key not in shown_before:
            rest.setdefault(shown(place.path), []).append(said(key))
    return rest
