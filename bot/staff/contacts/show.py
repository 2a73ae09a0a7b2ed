"""`python -m bot services`: the contacts as a table in the terminal, and as a page with the call sheet to print."""
import datetime
from itertools import groupby
from pathlib import Path
from typing import List, Optional

from jinja2 import Environment, FileSystemLoader
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.signposting.data_files import DataError
from bot.signposting.services import EMERGENCY
from bot.staff.contacts.entries import DAYS_AHEAD, EXPIRED, FINE, FIRST_TO_CHECK, HIDDEN, OLD, SOON, Entry, entries, expired, runs_out

WIDTH_IN_A_FILE = 180
HERE = Path(__file__).parent
STYLES = {EXPIRED: "bold red", SOON: "yellow", HIDDEN: "magenta", OLD: "yellow", FINE: ""}


def services(today: datetime.date, days: int, html: Optional[Path]) -> int:
    """Prints the table, and writes the page where `html` says so. Returns the exit status: 1 where a detail in use has run out."""
    console = Console()
    if not console.is_terminal:
        console.width = WIDTH_IN_A_FILE
    try:
        found = entries()
    except DataError as error:
        console.print(f"The registry needs mending:\n{error}", markup=False)
        return 1
    console.print(_table(found, today, days))
    for entry in runs_out(found, today, days):
        console.print(f"  {entry.service.name}, {entry.name}: {entry.says(today, days)}  (data/services.yml:{entry.line})", markup=False)
    console.print(summary(found, today, days), markup=False)
    if html:
        html.parent.mkdir(parents=True, exist_ok=True)
        html.write_text(page(found, today, days, style=(HERE / "contacts.css").read_text(encoding="utf-8")), encoding="utf-8")
        console.print(f"The call sheet to print: {html}", markup=False)
    return 1 if expired(found, today) else 0


def summary(found: List[Entry], today: datetime.date, days: int) -> str:
    """One line, such as `17 services, 35 details in all. In use and run out: 1. Not verified and so not shown: 2.`"""
    heads = {
        EXPIRED: "In use and run out", SOON: f"In use and running out by {today + datetime.timedelta(days=days)}",
        HIDDEN: "Not verified and so not shown", OLD: "In use and not checked for over a year",
    }
    count = {state: sum(one.state(today, days) == state for one in found) for state in heads}
    services = len({one.service.id for one in found})
    told = [f"{heads[state]}: {count[state]}." for state in heads if count[state] or state == EXPIRED]
    return " ".join([f"{services} services, {len(found)} details in all.", *told])


def _table(found: List[Entry], today: datetime.date, days: int) -> Table:
    table = Table(title=f"Contacts on {today}", title_justify="left")
    for heading in ("service", "what", "as shown", "source", "checked", "state", "line"):
        table.add_column(heading, overflow="fold")
    for _, group in groupby(found, key=lambda one: one.service.id):
        for place, one in enumerate(group):
            state = Text(one.says(today, days), style=STYLES[one.state(today, days)])
            name = one.service.name if place == 0 else ""
            table.add_row(name, one.name, one.shown, one.detail.source, str(one.detail.checked_on), state, str(one.line))
        table.add_section()
    return table


def page(found: List[Entry], today: datetime.date, days: int = DAYS_AHEAD, style: str = "") -> str:
    """The contacts and the call sheet as HTML. `style`: put into the page, for a file of its own; without it the page asks for contacts.css."""
    by_service = [(group[0].service, group) for group in (list(group) for _, group in groupby(found, key=lambda one: one.service.id))]
    by_need = sorted(by_service, key=lambda pair: min(FIRST_TO_CHECK.index(one.state(today, days)) for one in pair[1]))
    pages = Environment(loader=FileSystemLoader(str(HERE)), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return pages.get_template("contacts.html.j2").render(
        by_service=by_service, by_need=by_need, emergency=EMERGENCY, today=today, days=days, style=style,
        running_out=runs_out(found, today, days), expired=expired(found, today), summary=summary(found, today, days),
    )
