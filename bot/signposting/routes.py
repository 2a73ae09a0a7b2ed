"""The route table, data/routes.yml: from what is known of a conversation to the services to show, in order."""
from functools import lru_cache
from pathlib import Path
from typing import Dict, List, Optional, Tuple, Union

from pydantic import PrivateAttr, validator
from pydantic.fields import ModelField

from bot.signposting.data_files import DATA, DataError, Strict, did_you_mean, read, shown
from bot.signposting.services import EMERGENCY, registry
from bot.signposting.situation import ABOUT, AGES, AUDIENCES, FACTS, URGENCIES, Situation

MOST_SERVICES = 3


class When(Strict):
    """What a row asks for; an empty list fits everything, `facts` fits where any of them holds."""

    concern: Tuple[str, ...] = ()
    audience: Tuple[str, ...] = ()
    about: Tuple[str, ...] = ()
    age: Tuple[str, ...] = ()
    facts: Tuple[str, ...] = ()

    @validator("audience", "about", "age", "facts")
    def _known(cls, values: Tuple[str, ...], field: ModelField) -> Tuple[str, ...]:
        known = {"audience": AUDIENCES, "about": ABOUT, "age": AGES, "facts": FACTS}[field.name]
        for value in values:
            if value not in known:
                raise ValueError(f"{value!r} is not known{did_you_mean(value, known)}; known: {', '.join(known)}")
        return values

    def fits(self, concern: str, known: Situation) -> bool:
        return (
            (not self.concern or concern in self.concern)
            and (not self.audience or known.audience in self.audience)
            and (not self.about or known.about in self.about)
            and (not self.age or known.age in self.age)
            and (not self.facts or any(fact in known.facts for fact in self.facts))
        )


class Listed(Strict):
    """Something that lists services of the registry."""

    services: Tuple[str, ...]

    @validator("services", each_item=True)
    def _in_registry(cls, service: str) -> str:
        if service not in registry():
            raise ValueError(f"{service!r} is not in services.yml{did_you_mean(service, registry())}")
        if service == EMERGENCY:
            raise ValueError("999 is never listed: it stands above the others by itself where it is happening now")
        return service

    @validator("services")
    def _few_and_reachable(cls, services: Tuple[str, ...]) -> Tuple[str, ...]:
        if not 1 <= len(services) <= MOST_SERVICES:
            raise ValueError(f"lists {len(services)} services; 1 to {MOST_SERVICES} are shown at once")
        if len(set(services)) < len(services):
            raise ValueError("lists a service twice")
        if not any(registry()[service].needs_no_phone_call for service in services):
            raise ValueError("has no service that can be reached without a phone call")
        return services


class Row(Listed):
    id: str
    when: When
    words: Optional[str] = None


class Menu(Listed):
    audience: Tuple[str, ...]


class OtherDoors(Listed):
    """Services to go on with when those of the route are not wanted."""

    audience: Tuple[str, ...]
    about: Tuple[str, ...] = ()
    concern: Tuple[str, ...] = ()

    def fits(self, known: Situation) -> bool:
        concerned = not self.concern or bool(set(self.concern) & set(known.concerns))
        return known.audience in self.audience and (not self.about or known.about in self.about) and concerned


class UrgentIntent(Strict):
    concern: str
    urgency: str

    @validator("urgency")
    def _known_urgency(cls, urgency: str) -> str:
        if urgency not in URGENCIES:
            raise ValueError(f"{urgency!r} is not an urgency: {', '.join(URGENCIES)}")
        return urgency


class Table(Strict):
    severity: Tuple[str, ...]
    families: Tuple[Tuple[str, ...], ...]
    urgent_intents: Dict[str, UrgentIntent]
    instead_of: Dict[str, Tuple[str, ...]]
    when_told: Dict[str, Dict[str, str]]
    believed_from: Dict[str, float]
    other_doors: Tuple[OtherDoors, ...]
    routes: Tuple[Row, ...]
    help_menu: Tuple[Menu, ...]
    _rows: Dict[str, List[Row]] = PrivateAttr(default_factory=dict)   # by concern, those that may fit it

    @validator("families", each_item=True)
    def _known_family(cls, family: Tuple[str, ...], values: Dict) -> Tuple[str, ...]:
        for concern in family:
            if concern not in values.get("severity", ()):
                raise ValueError(f"{concern!r} is not listed under severity{did_you_mean(concern, values['severity'])}")
        return family

    @validator("instead_of", "when_told", "believed_from")
    def _known_keys(cls, rows: Dict, values: Dict) -> Dict:
        for concern in [*rows, *(one for replaced in rows.values() if isinstance(replaced, tuple) for one in replaced)]:
            if concern not in values.get("severity", ()):
                raise ValueError(f"{concern!r} is not listed under severity{did_you_mean(concern, values['severity'])}")
        return rows

    @validator("other_doors", "routes", each_item=True)
    def _known_concerns(cls, row: Union[OtherDoors, Row], values: Dict) -> Union[OtherDoors, Row]:
        for concern in row.concern if isinstance(row, OtherDoors) else row.when.concern:
            if concern not in values.get("severity", ()):
                raise ValueError(f"{concern!r} is not listed under severity{did_you_mean(concern, values['severity'])}")
        return row

    def concern_of(self, intent: str) -> Optional[str]:
        """The concern that an intent speaks of, or None where it is no worry about a child."""
        if intent in self.urgent_intents:
            return self.urgent_intents[intent].concern
        return intent if intent in self.severity else None

    def rivals(self, one: str, other: str) -> bool:
        """True for two different concerns of one family, of which only the surer counts."""
        return one != other and any(one in family and other in family for family in self.families)

    def row_for(self, concern: str, known: Situation) -> Row:
        if concern not in self._rows:
            self._rows[concern] = [row for row in self.routes if not row.when.concern or concern in row.when.concern]
        return next(row for row in self._rows[concern] if row.when.fits(concern, known))

    def doors_for(self, known: Situation) -> Tuple[str, ...]:
        return next((doors.services for doors in self.other_doors if doors.fits(known)), ())

    def menu_for(self, known: Situation) -> Tuple[str, ...]:
        return next(menu.services for menu in self.help_menu if known.audience in menu.audience)


@lru_cache(maxsize=None)
def table(path: Path = DATA / "routes.yml") -> Table:
    """The route table. Raises DataError that names what to mend."""
    found = read(path, Table)
    last = found.routes[-1]
    if last.when != When():
        raise DataError(f"{shown(path)}: the last row ({last.id}) must fit everyone: write `when: {{}}`")
    ids = [row.id for row in found.routes]
    doubled = {one for one in ids if ids.count(one) > 1}
    if doubled:
        raise DataError(f"{shown(path)}: the id {sorted(doubled)[0]} stands there twice")
    for audience in AUDIENCES:
        if not any(audience in menu.audience for menu in found.help_menu):
            raise DataError(f"{shown(path)}: help_menu has no row for {audience}")
    return found


def by_severity(concerns: Tuple[str, ...]) -> List[str]:
    """The concerns, most severe first, each once."""
    return sorted(set(concerns), key=table().severity.index)


def _with_one_for_abroad(services: List[str]) -> List[str]:
    """The services with one that can be reached from outside the UK, in the last place where there is none yet."""
    reachable = [service.id for service in registry().values() if service.abroad]
    return services if set(reachable) & set(services) else [*services[: MOST_SERVICES - 1], *reachable[:1]]


def _others_first(services: List[str], known: Situation) -> List[str]:
    """The services with those that are not wanted behind others; one of them stays, in case they want it after all."""
    unwanted = [service for service in services if service in known.put_last]
    doors = [service for service in table().doors_for(known) if service not in services]
    others = [service for service in [*services, *doors] if service not in known.put_last]
    tried = [service for service in doors if service in known.put_last]
    if not others and not tried:   # all were shown: the next one comes first
        unwanted = unwanted[1:] + unwanted[:1]
    return [*others[: MOST_SERVICES - 1 if unwanted else MOST_SERVICES], *unwanted, *tried]


def route(known: Situation) -> Tuple[List[str], List[Row]]:
    """The services to show, in order, and the rows of the table that gave them (none for the help menu).

    Services of several concerns are dealt out in turn, so that the first door of each concern is among the three; a door that another concern
    has opened already costs no turn.
    999 stands first where it is happening now, last where it may be. What is not wanted, or was tried, comes after all others.
    """
    rows = [table().row_for(concern, known) for concern in by_severity(known.concerns)]
    lists = [row.services for row in rows] or [table().menu_for(known)]
    services: List[str] = []
    for turn in range(MOST_SERVICES):
        for one in lists:
            services += [service for service in (one if turn else one[:1]) if service not in services][:1]
    if known.put_last:
        services = _others_first(services, known)
    services = services[:MOST_SERVICES]
    if known.can_phone == "no":
        services.sort(key=lambda service: (service in known.put_last, not registry()[service].needs_no_phone_call))
    if "abroad" in known.facts:
        services = _with_one_for_abroad(services)
    if known.urgency == "now":
        services.insert(0, EMERGENCY)
    elif known.urgency == "possible":
        services.append(EMERGENCY)
    return services, rows
