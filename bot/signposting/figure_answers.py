"""Answers with figures: from what is asked (topic, places, years, platforms) to sentences, each number from a row of data/figures.yml.

What counts different things is never set side by side without saying so.
"""
from dataclasses import asdict, dataclass, field, replace
from typing import Callable, Dict, List, Optional, Tuple

from bot.signposting.figures import Row, figures
from bot.signposting.words import responses, say

LATEST, EARLIER = "2023/24", "2022/23"     # the years that the rows cover
UK, DEFAULT_PLACE = "the UK", "England and Wales"
META = "Meta products"
MESSENGER = "Facebook Messenger"
MOST_PLACES = 3
_CAVEATS = {     # measures whose caveat is another's, or two
    "recorded_average": ("utter_figure_recorded_caveat",),
    "recorded_request": ("utter_figure_recorded_caveat", "utter_figure_recorded_request_caveat"),
    "platform_share": ("utter_figure_platform_caveat",),
}


@dataclass(frozen=True)
class Asked:
    """What was asked: names and ids of data/figures.yml, and a topic of data/questions.yml ("" where only a place, a year or an app is named)."""

    topic: str = ""
    places: Tuple[str, ...] = ()
    periods: Tuple[str, ...] = ()
    platforms: Tuple[str, ...] = ()

    def following(self, before: "Asked") -> "Asked":
        """The same question with what it leaves out taken from the one before: "and in Scotland?", "is it getting worse?"."""
        carries_on = before.topic in ("pace", "trend", "breakdown") or before.topic == "platform" and not self.places
        topic = self.topic or (before.topic if carries_on and not self.platforms else "")
        platforms = self.platforms or (before.platforms if not self.places else ())
        places = self.places or (before.places if not self.platforms else ())
        return Asked(topic, places, self.periods or before.periods, platforms)

    def dated(self, before: "Asked") -> "Asked":
        """The same with "the year before" put as a year."""
        if "before" not in self.periods:
            return self
        spoken_of = next((one for one in before.periods if "/" in one), LATEST)
        year = int(spoken_of[:4]) - 1
        period = f"{year}/{(year + 1) % 100:02d}"
        known = [one.id for one in figures().periods]
        return replace(self, periods=(period if period in known else "older",))

    def kept(self) -> Dict[str, object]:
        """As it is remembered: no word of it was typed by a visitor."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def remembered(cls, kept: Optional[Dict]) -> "Asked":
        values = {name: tuple(value) if isinstance(value, list) else value for name, value in (kept or {}).items()}
        return cls(**values)


@dataclass
class Said:
    """Sentences of an answer, the keys of the words used, and the rows whose numbers are in them."""

    sentences: List[str] = field(default_factory=list)
    words: List[str] = field(default_factory=list)
    rows: List[Row] = field(default_factory=list)

    def add(self, key: str, *rows: Row, **values: object) -> None:
        self.words.append(key)
        sentence = say(key, **values)
        if sentence not in self.sentences:
            self.sentences.append(sentence)
        self.rows += [row for row in rows if row not in self.rows]

    def row(self, row: Row, **values: object) -> None:
        """A row in the words of its measure."""
        place = figures().place(row.place) if row.place else None
        self.add(
            f"utter_figure_{row.measure}", row, value=row.text, period=row.period, since=row.since, place=row.place,
            police=place.police if place else "", platform=row.platform, level=row.level, **values,
        )

    def texts(self) -> List[str]:
        """The answer; and below it what the numbers do not tell, with their sources."""
        small = Said()
        sources: Dict[str, List[str]] = {}
        for row in list(self.rows):
            for key in _CAVEATS.get(row.measure, (f"utter_figure_{row.measure}_caveat",)):
                if key in responses() and key not in small.words:
                    forces = [figures().of("forces")[0]] if row.measure.startswith("platform") else []
                    small.add(key, *forces, value=forces[0].text if forces else "")
            articles = sources.setdefault(figures().measure(row).data, [])
            if figures().article(row).shown not in articles:
                articles.append(figures().article(row).shown)
        for data, articles in sources.items():
            small.add("utter_figures_from", data=data, article=_joined(articles))
        self.rows += [row for row in small.rows if row not in self.rows]
        self.words += small.words
        return [" ".join(part) for part in (self.sentences, small.sentences) if part]


def about_figures(asked: Asked) -> Said:
    """The answer to a question about figures. Always says something: what is not known is said plainly, with what is."""
    said = Said()
    if asked.topic == "trend" and len(asked.places) > 1:   # "is it worse in Wales or in Scotland?"
        asked = replace(asked, topic="")
    if asked.platforms and asked.topic in ("", "count", "pace", "rank", "platform", "trend"):
        _platforms(said, asked)
    else:
        _TOPICS.get(asked.topic, _count)(said, asked)
    return said


# ---- how many

def _count(said: Said, asked: Asked) -> None:
    period = _period(said, asked)
    if not period:
        return
    places = _known_places(said, asked.places)
    if not asked.places:
        places = [UK] if period == EARLIER else [DEFAULT_PLACE]
    found: List[Row] = []
    for place in places[:MOST_PLACES]:
        if place == UK and period == LATEST:
            _whole_uk(said)
            return
        row = _row(place, period)
        if row is None:
            said.add("utter_figures_no_period_place", place=place, period=period)
            row = _row(place, LATEST)
        if row is not None and row not in found:
            found.append(row)
    for row in found:
        said.row(row)
        average = figures().row("recorded_average", place=row.place, period=row.period)
        if average and len(found) == 1:
            said.row(average)
    _compare(said, found)


def _row(place: str, period: str) -> Optional[Row]:
    """What was recorded in a place and year, by whichever measure counted it."""
    found = (figures().row(measure, place=place, period=period) for measure in ("recorded", "recorded_request", "recorded_uk"))
    return next((row for row in found if row is not None), None)


def _compare(said: Said, rows: List[Row]) -> None:
    if len(rows) < 2:
        return
    if len({(row.measure, row.period) for row in rows}) == 1:
        said.add("utter_figures_same_kind", place=max(rows, key=lambda row: row.value).place)
    else:
        said.add("utter_figures_other_kind")


def _whole_uk(said: Said) -> None:
    said.add("utter_figures_uk", period=LATEST)
    for place in (DEFAULT_PLACE, "Scotland", "Northern Ireland"):
        row = _row(place, LATEST)
        if row is not None:
            said.row(row)


def _known_places(said: Said, places: Tuple[str, ...]) -> List[str]:
    """The places that have a figure; of the others it is said that they have none, and what they are part of is taken in their place."""
    known: List[str] = []
    for place in places:
        lies = figures().lies(place)
        if lies is None:
            known.append(place)
            continue
        if lies.own:
            said.add("utter_figures_own_area")
        else:
            said.add("utter_figures_no_place", place=place)
        if lies.within:
            said.add("utter_figures_wider", place=lies.within)
            known.append(lies.within)
        else:
            said.add("utter_figures_places", places=_joined(_places_with_a_figure()))
    return list(dict.fromkeys(known))


def _places_with_a_figure() -> List[str]:
    return [place.name for place in figures().places if place.name != UK and place.within is None]


def _period(said: Said, asked: Asked) -> str:
    """The year to answer for; where the year asked about has no figure, that is said and the latest is taken. "" where only a change is known."""
    period = next(iter(asked.periods), LATEST)
    if period == EARLIER:
        return EARLIER
    if period == "latest":
        said.add("utter_figures_latest", period=LATEST)
    elif period == "newer":
        said.add("utter_figures_newer", period=LATEST)
    elif period != LATEST:
        said.add("utter_figures_no_period")
        change = next((row for row in figures().of("change") if row.since == period), None)
        if change is not None:
            said.add("utter_figures_trend")
            said.row(change)
            return ""
    return LATEST


def _pace(said: Said, asked: Asked) -> None:
    period = _period(said, asked)
    for place in (_known_places(said, asked.places) or [DEFAULT_PLACE]) if period else []:
        place = DEFAULT_PLACE if place == UK else place
        row, average = _row(place, period), figures().row("recorded_average", place=place, period=period)
        if row is None:
            said.add("utter_figures_no_period_place", place=place, period=period)
            row, average = _row(place, LATEST), figures().row("recorded_average", place=place, period=LATEST)
        if row is not None:
            said.row(row)
            said.row(average) if average else said.add("utter_figures_no_average")


def _rank(said: Said, asked: Asked) -> None:
    said.add("utter_figures_rank")
    _breakdown(said, asked)


def _breakdown(said: Said, asked: Asked) -> None:
    """All rows of one measure in one list, the highest first; of Wales, those of its forces."""
    inside = asked.places[:1] if any(place.within in asked.places for place in figures().places if place.within) else ()
    rows = [row for row in figures().of("recorded") if row.place and (not inside or figures().place(row.place).within == inside[0])]  # type: ignore[union-attr]
    rows.sort(key=lambda row: -row.value)
    said.add("utter_figures_breakdown", *rows, period=LATEST, list=_joined([f"{row.place} {row.text}" for row in rows]))


# ---- is it getting worse

def _trend(said: Said, asked: Asked) -> None:
    for place in asked.places:
        if place not in (UK, DEFAULT_PLACE):
            lies = figures().lies(place)
            said.add("utter_figures_own_area") if lies and lies.own else said.add("utter_figures_no_trend", place=place)
            row = _row(place, LATEST)
            if row is not None:
                said.row(row)
    said.add("utter_figures_trend")
    for row in figures().of("change"):
        said.row(row)
    said.add("utter_figures_trend_since")


# ---- apps

def _platforms(said: Said, asked: Asked) -> None:
    if asked.topic == "trend":
        said.add("utter_figures_no_trend_platform")
    elif next(iter(asked.periods), LATEST) not in (LATEST, EARLIER):
        _period(said, replace(asked, periods=tuple(one if "/" not in one else "older" for one in asked.periods)))
    rows = [row for name in asked.platforms for row in _platform(said, name, asked)]
    if len(rows) > 1:
        said.add("utter_figures_platforms", *rows, *_shares(rows), **_listed(sorted(rows, key=lambda row: -row.value)))
    elif rows:
        said.row(rows[0], all=_any().text, share=_share(rows[0]).text)
        said.rows += [_any(), _share(rows[0])]
    for name in asked.platforms:
        earlier = figures().row("platform_share_earlier", platform=name)
        if earlier and (EARLIER in asked.periods or asked.topic == "trend"):
            said.row(earlier)
    for place in asked.places:
        if place not in (UK, DEFAULT_PLACE):
            said.add("utter_figures_platform_no_place", place=place)


def _platform(said: Said, name: str, asked: Asked) -> List[Row]:
    """The row of a platform; where it has none, that is said."""
    row = figures().row("platform", platform=name)
    if row is not None:
        return [row]
    share = figures().row("platform_share", platform=name)
    if share is not None:
        said.row(share)
        said.add("utter_figures_meta")
    elif name == MESSENGER:
        said.add("utter_figures_messenger", platform=name)
    else:
        searched = name in figures().other_platforms.searched
        said.add("utter_figures_searched" if searched else "utter_figures_no_platform", platform=name)
        if len(asked.platforms) == 1:
            said.add("utter_figures_platforms_known", list=_joined([row.platform or "" for row in _all_platforms()]))
    return []


def _which_platform(said: Said, asked: Asked) -> None:
    rows = _all_platforms()
    said.add("utter_figures_platforms", *rows, *_shares(rows), **_listed(rows))
    for place in asked.places:
        if place not in (UK, DEFAULT_PLACE):
            said.add("utter_figures_platform_no_place", place=place)
    if EARLIER in asked.periods:
        for row in figures().of("platform_share_earlier"):
            said.row(row)


def _all_platforms() -> List[Row]:
    rows = [row for row in figures().of("platform") if row.platform]
    return sorted(rows, key=lambda row: -row.value)


def _any() -> Row:
    return figures().row("platform", platform=None)  # type: ignore[return-value]


def _share(row: Row) -> Row:
    return figures().row("platform_share", platform=row.platform)  # type: ignore[return-value]


def _shares(rows: List[Row]) -> List[Row]:
    return [_any(), *(_share(row) for row in rows)]


def _listed(rows: List[Row]) -> Dict[str, object]:
    return {
        "period": LATEST, "all": _any().text, "platform": rows[0].platform,
        "list": _joined([f"{row.platform} {row.text} ({_share(row).text})" for row in rows]),
    }


# ---- the rest

def _childline(said: Said, asked: Asked) -> None:
    asked_for = next(iter(asked.periods), LATEST)
    if asked_for in ("latest", "newer"):
        _period(said, asked)
    elif asked_for != LATEST:
        said.add("utter_figures_no_period")
    for measure in ("childline", "childline_change"):
        for row in figures().of(measure):
            said.row(row)


def _kind(said: Said, asked: Asked) -> None:
    """What the number is, and what it is not: crimes, not children and not people who were caught."""
    (_platforms if asked.platforms else _count)(said, asked)
    said.add("utter_figures_kind")


def _forces(said: Said, asked: Asked) -> None:
    with_platform, wanted = figures().of("forces")
    said.add("utter_figures_forces", with_platform, wanted, value=with_platform.text, all=wanted.text)


def _words(key: str) -> Callable[[Said, Asked], None]:
    return lambda said, asked: said.add(key)


_TOPICS: Dict[str, Callable[[Said, Asked], None]] = {
    "count": _count,
    "pace": _pace,
    "rank": _rank,
    "breakdown": _breakdown,
    "trend": _trend,
    "platform": _which_platform,
    "childline": _childline,
    "forces": _forces,
    "private_messages": _words("utter_figures_private_messages"),
    "why": _words("utter_figures_why"),
    "who": _words("utter_figures_who"),
    "kind": _kind,
    "other": _words("utter_figures_other"),
    "years": _words("utter_figures_years"),
    "sources": _words("utter_figures_sources"),
    "accurate": _words("utter_figures_accurate"),
}


def _joined(names: List[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
