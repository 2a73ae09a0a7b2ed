"""Every detail of the registry that has a source and a date, and how it stands on a day."""
import datetime
from pathlib import Path
from typing import Iterator, List, NamedTuple, Optional, Tuple

from bot.signposting.data_files import DATA, line_of, read_yaml
from bot.signposting.services import Contact, Detail, Fact, Service, registry

DAYS_AHEAD = 60
DAYS_UNTIL_OLD = 365   # a detail without a day on which it runs out is worth another look after a year

EXPIRED, SOON, HIDDEN, OLD, FINE = "expired", "soon", "hidden", "old", "fine"
FIRST_TO_CHECK = (EXPIRED, SOON, HIDDEN, OLD, FINE)
NAMES = {
    "phone": "Phone", "text": "Text message", "relay": "Relay UK, textphone", "bsl": "Sign language", "email": "Email", "chat": "Online chat",
    "form": "Online form", "web": "Web page", "hours": "Opening hours", "anonymous": "Staying anonymous", "deaf": "For deaf people",
    "silent": "Without speaking", "nations_note": "Nations and abroad",
}


class Entry(NamedTuple):
    """One detail. `kind`: the contact's, or the field of services.yml (hours, anonymous ...); `shown`: as people read it; `line`: where it stands in services.yml."""

    service: Service
    kind: str
    shown: str
    detail: Detail
    line: int

    @property
    def name(self) -> str:
        return getattr(self.detail, "label", None) or NAMES.get(self.kind, self.kind)

    @property
    def fact(self) -> bool:
        """True for a sentence, False for a number or an address."""
        return isinstance(self.detail, Fact)

    @property
    def href(self) -> Optional[str]:
        return self.detail.href if isinstance(self.detail, Contact) and self.detail.href.startswith("https://") else None

    def state(self, today: datetime.date, days: int = DAYS_AHEAD) -> str:
        """`expired`: the bot would show it, had its day not passed; `hidden`: not verified, so that the bot does not show it."""
        detail = self.detail
        if not detail.verified:
            return HIDDEN
        if not detail.printable(today):
            return EXPIRED
        if detail.expires_on:
            return SOON if (detail.expires_on - today).days <= days else FINE
        return OLD if (today - detail.checked_on).days > DAYS_UNTIL_OLD else FINE

    def says(self, today: datetime.date, days: int = DAYS_AHEAD) -> str:
        """The state in words."""
        ends = self.detail.expires_on
        if self.state(today, days) == HIDDEN:
            when = "" if ends is None else f"; {_ago_or_in(ends, today)}"
            return f"not shown: nobody has verified it{when}"
        if ends:
            return f"{_ago_or_in(ends, today)}{'; no longer shown' if ends < today else ''}"
        return f"in use, last checked {(today - self.detail.checked_on).days} days ago" if self.state(today, days) == OLD else "in use"


def _ago_or_in(ends: datetime.date, today: datetime.date) -> str:
    days = (ends - today).days
    if days < 0:
        return f"ran out {-days} {'day' if days == -1 else 'days'} ago"
    return "runs out today" if days == 0 else f"runs out in {days} {'day' if days == 1 else 'days'}"


def entries(path: Path = DATA / "services.yml") -> List[Entry]:
    """All details in the file's order. Raises DataError that names what to mend."""
    content = read_yaml(path)
    places = {row["id"]: place for place, row in enumerate(content["services"])} if isinstance(content, dict) else {}
    found = []
    for service in registry(path).values():
        for kind, shown, detail, where in _details(service):
            line = line_of(content, ["services", places[service.id], *where])
            found.append(Entry(service, kind, shown, detail, line))
    return found


def _details(service: Service) -> Iterator[Tuple[str, str, Detail, List]]:
    for number, contact in enumerate(service.contacts):
        yield contact.kind, contact.display, contact, ["contacts", number]
    if service.abroad:
        yield service.abroad.kind, service.abroad.display, service.abroad, ["abroad"]
    for name, value in service:
        if isinstance(value, Fact):
            yield name, value.text, value, [name]


def runs_out(all_entries: List[Entry], today: datetime.date, days: int = DAYS_AHEAD) -> List[Entry]:
    """What has run out or will within `days`, verified or not, the soonest first."""
    dated = [one for one in all_entries if one.detail.expires_on and (one.detail.expires_on - today).days <= days]
    return sorted(dated, key=lambda one: one.detail.expires_on)


def expired(all_entries: List[Entry], today: datetime.date) -> List[Entry]:
    """Details in use that have run out."""
    return [one for one in all_entries if one.state(today) == EXPIRED]
