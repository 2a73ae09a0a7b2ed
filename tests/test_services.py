"""The registry: only it holds contacts, and a wrong row is named by file, line and field."""
import datetime
import re
import subprocess

import pytest

from bot.signposting import services
from bot.signposting.data_files import ROOT, DataError
from bot.signposting.services import registry

# What the articles print, and what the registry must show.
IN_THE_ARTICLES = {"childline": "0800 1111", "nspcc_helpline": "0808 800 5000", "police_101": "101"}


@pytest.mark.parametrize("service, number", IN_THE_ARTICLES.items())
def test_numbers_are_those_of_the_articles(service, number):
    assert registry()[service].phone == number


def test_no_other_file_holds_a_phone_number():
    digits = {re.sub(r"\D", "", contact.value) for service in registry().values() for contact in [*service.contacts, *([service.abroad] if service.abroad else [])] if contact.kind in ("phone", "text", "relay")}
    long_ones = [number for number in digits if len(number) > 4]
    assert len(long_ones) > 8
    files = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    for name in files:
        path = ROOT / name
        held = name.startswith(("bot/", "actions/", "data/")) or name == "config.yml"
        if not held or name == "data/services.yml" or not path.is_file() or path.suffix in (".png", ".svg"):
            continue
        text = re.sub(r"[ \u00a0-]", "", path.read_text(encoding="utf-8", errors="ignore"))
        for number in long_ones:
            assert not re.search(rf"(?<!\d){number}(?!\d)", text), f"{name} holds {number}: it belongs in data/services.yml alone"


def test_words_name_999_and_101_only_by_the_registry():
    for path in (ROOT / "data" / "domain" / "words").glob("*.yml"):
        lines = [line for line in path.read_text().splitlines() if not line.lstrip().startswith("#")]
        for line in lines:
            said = line.split("text:", 1)[1] if "text:" in line else ""
            assert not re.search(r"\b(999|101|111|112)\b", said), f"{path.name}: {line.strip()}"


def test_unverified_and_expired_details_are_not_printed():
    nspcc = registry()["nspcc_helpline"]
    assert nspcc.hours is not None and not nspcc.hours.printable(datetime.date.today())
    police = registry()["police_101"]
    assert police.hours.printable(datetime.date(2026, 12, 1)) and not police.hours.printable(datetime.date(2030, 1, 1))
    shown = [contact.value for contact in registry()["emergency_999"].printable_contacts()]
    assert "https://999bsl.co.uk/" not in shown


def test_every_service_has_its_source_and_date():
    for service in registry().values():
        assert service.sources
        for contact in service.contacts:
            assert contact.source and contact.checked_on


@pytest.mark.parametrize(
    "wrong, right, line_holds, says",
    [
        ('value: "08001111"', 'value: "0800"', "0800", "not a number"),
        ("kind: chat", "kind: chatt", "chatt", "did you mean chat"),
        ("https://report.iwf.org.uk/", "report.iwf.org.uk", "report.iwf.org.uk", "https://"),
        ("audience: [child]", "audience: [kid]", "kid", "not an audience"),
        ("    cost: It is free. It does not show", "    costs: It is free. It does not show", "childline", "cost"),
    ],
)
def test_a_wrong_row_names_file_line_and_field(tmp_path, wrong, right, line_holds, says):
    source = (ROOT / "data" / "services.yml").read_text()
    assert wrong in source
    path = tmp_path / "services.yml"
    path.write_text(source.replace(wrong, right, 1))
    with pytest.raises(DataError) as error:
        services.registry(path)
    message = str(error.value)
    assert says in message and "services.yml:" in message
    number = int(re.search(r"services\.yml:(\d+)", message).group(1))
    assert line_holds in path.read_text().splitlines()[number - 1]
