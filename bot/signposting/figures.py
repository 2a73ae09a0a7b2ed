"""The figures of data/figures.yml: what was counted, where, when, by whom, and what visitors call it. Each is one an article gives."""
import re
from functools import lru_cache
from pathlib import Path
from typing import Dict, List, Optional, Tuple

from pydantic import validator
from pydantic.fields import ModelField

from bot.signposting.data_files import DATA, DataError, Strict, did_you_mean, read, shown

NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
IN_WORDS = {"a quarter": 25, "half": 50}   # percent

Names = Dict[str, Tuple[str, ...]]


class Article(Strict):
    """`shown`: how answers name the article, with its date."""

    id: str
    shown: str
    publisher: str
    title: str


class Measure(Strict):
    """`counts`: what is counted, exactly. `data`: whose figures they are, as answers say it."""

    id: str
    counts: str
    kind: str
    data: str


class Place(Strict):
    """A place that has a figure. `police`: the words for its police; `within`: the larger place it is part of."""

    name: str
    police: str
    names: Tuple[str, ...]
    within: Optional[str] = None


class Elsewhere(Strict):
    """Places without a figure. `within`: a place with a figure, of which they are part; `own`: the visitor's own area, not named."""

    places: Names
    within: Optional[str] = None
    own: bool = False


class Period(Strict):
    """`2023/24`, or latest, newer, older, before (the year before the one that was spoken of)."""

    id: str
    names: Tuple[str, ...]


class Platform(Strict):
    name: str
    names: Tuple[str, ...]


class OtherPlatforms(Strict):
    """Without a figure: `searched`, the police were asked to look for them; `others`, they are not named in the articles."""

    searched: Names
    others: Names


class Row(Strict):
    """One figure: `value` in `unit`, written in answers as `text`. `also`: further articles that give it."""

    id: str
    measure: str
    period: str
    value: int
    text: str
    unit: str
    article: str
    place: Optional[str] = None
    platform: Optional[str] = None
    since: Optional[str] = None
    level: Optional[str] = None
    also: Tuple[str, ...] = ()

    @validator("period", "since")
    def _a_year(cls, period: Optional[str]) -> Optional[str]:
        if period is not None and not re.fullmatch(r"20\d\d/\d\d", period):
            raise ValueError(f"{period!r} is not a year such as 2023/24")
        return period

    @validator("text")
    def _says_the_value(cls, text: str, values: Dict) -> str:
        said = [int(one.replace(",", "")) for one in NUMBER.findall(text)] or [IN_WORDS.get(text)]
        if said != [values.get("value")]:
            raise ValueError(f"{text!r} does not say the value, {values.get('value')}")
        return text


class Figures(Strict):
    articles: Tuple[Article, ...]
    measures: Tuple[Measure, ...]
    places: Tuple[Place, ...]
    elsewhere: Tuple[Elsewhere, ...]
    periods: Tuple[Period, ...]
    platforms: Tuple[Platform, ...]
    other_platforms: OtherPlatforms
    rows: Tuple[Row, ...]

    @validator("elsewhere", each_item=True)
    def _within_a_known_place(cls, one: Elsewhere, values: Dict) -> Elsewhere:
        known = [place.name for place in values.get("places", ())]
        if one.within is not None and one.within not in known:
            raise ValueError(f"{one.within!r} is not one of the places{did_you_mean(one.within, known)}")
        return one

    @validator("rows", each_item=True)
    def _known_parts(cls, row: Row, values: Dict, field: ModelField) -> Row:
        for name, key, rows in (("measure", "id", "measures"), ("article", "id", "articles"), ("place", "name", "places"), ("platform", "name", "platforms")):
            known = [getattr(one, key) for one in values.get(rows, ())]
            value = getattr(row, name)
            if value is not None and value not in known:
                raise ValueError(f"{row.id}: {value!r} is not listed under {rows}{did_you_mean(value, known)}")
        for article in row.also:
            if article not in [one.id for one in values.get("articles", ())]:
                raise ValueError(f"{row.id}: there is no article {article!r}")
        return row

    def row(self, measure: str, **fields: Optional[str]) -> Optional[Row]:
        """The row of a measure with these fields (place, period, platform ...), or None."""
        return next((row for row in self.of(measure) if all(getattr(row, name) == value for name, value in fields.items())), None)

    def of(self, measure: str) -> List[Row]:
        """All rows of a measure, in the file's order."""
        return [row for row in self.rows if row.measure == measure]

    def measure(self, row: Row) -> Measure:
        return next(one for one in self.measures if one.id == row.measure)

    def article(self, row: Row) -> Article:
        return next(one for one in self.articles if one.id == row.article)

    def place(self, name: str) -> Optional[Place]:
        """The place, where it has a figure."""
        return next((one for one in self.places if one.name == name), None)

    def lies(self, name: str) -> Optional[Elsewhere]:
        """Where a place without a figure lies, or None where the place is not listed."""
        return next((one for one in self.elsewhere if name in one.places), None)

    def called(self) -> Dict[str, List[Tuple[str, Tuple[str, ...]]]]:
        """For place, period and platform: each value with the phrases that visitors use for it. Places without a figure come with their own name."""
        places = [(one.name, one.names) for one in self.places]
        places += [(name, names if one.own else (name, *names)) for one in self.elsewhere for name, names in one.places.items()]
        platforms = [(one.name, one.names) for one in self.platforms]
        for others in (self.other_platforms.searched, self.other_platforms.others):
            platforms += [(name, (name, *names)) for name, names in others.items()]
        return {"place": places, "period": [(one.id, one.names) for one in self.periods], "platform": platforms}


@lru_cache(maxsize=None)
def figures(path: Path = DATA / "figures.yml") -> Figures:
    """All figures. Raises DataError that names what to mend."""
    found = read(path, Figures)
    ids = [row.id for row in found.rows]
    doubled = sorted({one for one in ids if ids.count(one) > 1})
    if doubled:
        raise DataError(f"{shown(path)}: the id {doubled[0]} stands there twice")
    return found
