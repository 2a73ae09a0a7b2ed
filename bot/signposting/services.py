"""The registry of services, data/services.yml: the only place from which a contact is ever printed."""
import datetime
from functools import lru_cache
from pathlib import Path
from typing import Dict, List, Optional, Tuple
from urllib.parse import urlsplit

import phonenumbers
from pydantic import validator

from bot.signposting.data_files import DATA, DataError, Strict, did_you_mean, read, shown

EMERGENCY = "emergency_999"
NATIONS = ("England", "Scotland", "Wales", "Northern Ireland")
KINDS = ("phone", "text", "email", "chat", "form", "web", "relay", "bsl")
WITHOUT_PHONE_CALL = ("chat", "form", "web", "text", "email", "bsl")
FOR_DEAF_PEOPLE = ("bsl", "relay")


class Detail(Strict):
    """A fact that may be unsure or may run out; `printable` says whether the bot may show it on a day."""

    source: str
    checked_on: datetime.date
    expires_on: Optional[datetime.date] = None
    verified: bool = True

    def printable(self, today: datetime.date) -> bool:
        return self.verified and (self.expires_on is None or today <= self.expires_on)


class Fact(Detail):
    """A plain sentence, or several."""

    text: str


class Contact(Detail):
    """One way to reach a service. `value` is a number (digits only), an address or an email address."""

    kind: str
    value: str
    label: Optional[str] = None
    text_body: Optional[str] = None

    @validator("kind")
    def _known_kind(cls, kind: str) -> str:
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is not a kind of contact{did_you_mean(kind, KINDS)}; known: {', '.join(KINDS)}")
        return kind

    @validator("value")
    def _valid_value(cls, value: str, values: Dict) -> str:
        kind = values.get("kind")
        if kind in ("phone", "text", "relay"):
            if not _possible_number(value):
                raise ValueError(f"{value!r} is not a number that can be rung from the United Kingdom; write digits only")
        elif kind == "email":
            if value.count("@") != 1 or " " in value:
                raise ValueError(f"{value!r} is not an email address")
        elif kind in ("chat", "form", "web", "bsl"):
            parts = urlsplit(value)
            if parts.scheme != "https" or not parts.netloc:
                raise ValueError(f"{value!r} is not an address that begins with https://")
        return value

    @property
    def display(self) -> str:
        """The number or address as people write it."""
        if self.kind in ("phone", "text", "relay"):
            number = _format_number(self.value)
            return f"{self.text_body} to {number}" if self.text_body else number
        if self.kind == "email":
            return self.value
        return self.value.split("//", 1)[1].rstrip("/")

    @property
    def href(self) -> str:
        """What a link to this contact points to."""
        if self.kind in ("phone", "relay"):
            return f"tel:{self.value}"
        if self.kind == "text":
            return f"sms:{self.value}" + (f"?body={self.text_body}" if self.text_body else "")
        if self.kind == "email":
            return f"mailto:{self.value}"
        return self.value


class Ages(Strict):
    """Both ends included; an end left out is open."""

    start: int = 0
    to: int = 200

    class Config:
        fields = {"start": "from"}


class Service(Strict):
    id: str
    name: str
    names: Tuple[str, ...]
    called: Tuple[str, ...] = ()
    line: str
    line_adult: Optional[str] = None
    audience: Tuple[str, ...]
    ages: Ages = Ages()
    ages_of: str = "speaker"
    nations: Tuple[str, ...]
    contacts: Tuple[Contact, ...]
    abroad: Optional[Contact] = None
    cost: str
    private: str
    happens: str
    does: Tuple[str, ...]
    does_not: Tuple[str, ...]
    access: Tuple[str, ...] = ()
    who: str
    anonymous: Optional[Fact] = None
    deaf: Optional[Fact] = None
    silent: Optional[Fact] = None
    nations_note: Optional[Fact] = None
    hours: Optional[Fact] = None
    sources: Tuple[str, ...]

    @validator("audience", each_item=True)
    def _known_audience(cls, audience: str) -> str:
        if audience not in ("child", "adult", "professional"):
            raise ValueError(f"{audience!r} is not an audience: child, adult or professional")
        return audience

    @validator("ages_of")
    def _known_person(cls, person: str) -> str:
        if person not in ("speaker", "person_pictured"):
            raise ValueError("write speaker or person_pictured")
        return person

    @validator("nations", each_item=True)
    def _known_nation(cls, nation: str) -> str:
        if nation not in NATIONS:
            raise ValueError(f"{nation!r} is not a nation of the United Kingdom{did_you_mean(nation, NATIONS)}")
        return nation

    def printable_contacts(self, today: Optional[datetime.date] = None) -> List[Contact]:
        """The contacts that may be shown, in the file's order."""
        day = today or datetime.date.today()
        return [contact for contact in self.contacts if contact.printable(day)]

    @property
    def needs_no_phone_call(self) -> bool:
        return any(contact.kind in WITHOUT_PHONE_CALL for contact in self.printable_contacts())

    @property
    def phone(self) -> str:
        """The number as people write it, or the first other contact where there is no number."""
        contacts = self.printable_contacts()
        return next((contact.display for contact in contacts if contact.kind == "phone"), contacts[0].display)


class _File(Strict):
    services: Tuple[Service, ...]


@lru_cache(maxsize=None)
def registry(path: Path = DATA / "services.yml") -> Dict[str, Service]:
    """All services by id, in the file's order. Raises DataError that names what to mend."""
    services = read(path, _File).services
    by_id = {service.id: service for service in services}
    if len(by_id) < len(services):
        doubled = sorted({one.id for one in services if sum(one.id == two.id for two in services) > 1})
        raise DataError(f"{shown(path)}: the id {doubled[0]} stands there twice")
    for service in services:
        if not service.printable_contacts():
            raise DataError(f"{shown(path)}: {service.id} has no contact that may be printed (all unverified or expired)")
    return by_id


def _is_short(value: str) -> bool:
    """Short codes (three to eight digits, never with a leading 0) are not in phonenumbers' plan."""
    return value.isdigit() and len(value) <= 8 and not value.startswith("0")


def _possible_number(value: str) -> bool:
    if _is_short(value):
        return True
    try:
        return value.lstrip("+").isdigit() and phonenumbers.is_valid_number(phonenumbers.parse(value, "GB"))
    except phonenumbers.NumberParseException:
        return False


@lru_cache(maxsize=256)   # the registry's numbers, which every answer shows
def _format_number(value: str) -> str:
    if _is_short(value):
        if value.startswith("18001"):  # Relay UK's prefix before the number itself
            return f"{value[:5]} {value[5:]}"
        return f"{value[:3]} {value[3:]}" if len(value) == 6 else value
    number = phonenumbers.parse(value, "GB")
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(number, form.INTERNATIONAL if value.startswith("+") else form.NATIONAL)
