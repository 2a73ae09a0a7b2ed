"""`python -m bot services` and its page: what is in use, what runs out, and a call sheet for whoever rings."""
import datetime

import pytest
from typer.testing import CliRunner

from bot.__main__ import cli
from bot.signposting.data_files import DATA
from bot.signposting.services import registry
from bot.staff.contacts.entries import EXPIRED, FINE, HIDDEN, OLD, SOON, Entry, entries, runs_out

NOVEMBER = datetime.date(2026, 11, 22)


def run(*arguments):
    return CliRunner().invoke(cli, ["services", *arguments])


def entry(service, kind, number=0) -> Entry:
    return [one for one in entries() if one.service.id == service and one.kind == kind][number]


def test_every_detail_is_listed_with_the_line_it_stands_on():
    lines = (DATA / "services.yml").read_text().splitlines()
    found = entries()
    for one in found:
        assert str(one.detail.checked_on) in lines[one.line - 1] and one.detail.source in lines[one.line - 1]
    assert len(found) == (DATA / "services.yml").read_text().count("checked_on: 2") > 40
    shown = run().output
    for one in found:
        assert one.service.name in shown and str(one.detail.checked_on) in shown


@pytest.mark.parametrize(
    "service, kind, day, state",
    [
        ("police_101", "hours", NOVEMBER, FINE),
        ("police_101", "hours", datetime.date(2027, 9, 23), SOON),      # 60 days before it runs out
        ("police_101", "hours", datetime.date(2027, 9, 22), FINE),
        ("police_101", "hours", datetime.date(2027, 11, 22), SOON),     # its last day
        ("police_101", "hours", datetime.date(2027, 11, 23), EXPIRED),
        ("nspcc_helpline", "hours", NOVEMBER, HIDDEN),
        ("papyrus", "phone", datetime.date(2027, 8, 11), FINE),
        ("papyrus", "phone", datetime.date(2027, 8, 12), OLD),
    ],
)
def test_how_a_detail_stands_on_a_day(service, kind, day, state):
    assert entry(service, kind).state(day) == state


def test_what_runs_out_is_looked_for_as_far_ahead_as_asked():
    def named(days):
        return {one.service.id for one in runs_out(entries(), NOVEMBER, days)}

    assert named(28) == set() and named(29) == {"nspcc_helpline"}
    assert "runs out in 29 days" in run("--today", "2026-11-22", "--days", "29").output
    assert "runs out in 29 days" not in run("--today", "2026-11-22", "--days", "5").output.split("└")[1]


def test_the_exit_status_is_1_once_a_detail_in_use_has_run_out_and_not_for_one_that_is_not_shown():
    assert run("--today", "2026-12-31").exit_code == 0     # the Helpline's hours ran out, but nobody shows them
    late = run("--today", "2027-11-23")
    assert late.exit_code == 1
    assert "Police 101, Opening hours: ran out 1 day ago" in late.output and "data/services.yml:" in late.output


def test_the_call_sheet_has_every_number_and_room_to_write_and_never_says_to_ring_999(tmp_path):
    path = tmp_path / "folder" / "sheet.html"
    assert run("--today", "2026-11-22", "--html", str(path)).exit_code == 0
    page = path.read_text()
    sheet = page[page.index('id="sheet"'):]
    for service in registry().values():
        assert sheet.count(f"<h3>{service.name.replace(chr(39), '&#39;')}</h3>") == 1
        for contact in service.contacts:
            assert f"<strong>{contact.display}</strong>" in sheet
    assert sheet.count('<td class="blank"></td><td class="blank result"></td><td class="blank"></td>') == len(entries())
    assert "Is this 999?" not in sheet and "Is this Childline?" in sheet
    assert "<script" not in page and "@media print" in page
