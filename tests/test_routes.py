"""The route table is total, never shows too many, and never shows a service to the wrong people."""
import itertools
import re

import pytest

from bot.signposting import routes
from bot.signposting.data_files import ROOT, DataError
from bot.signposting.routes import MOST_SERVICES, route, table
from bot.signposting.services import EMERGENCY, registry
from bot.signposting.situation import ABOUT, AGES, AUDIENCES, CAN_PHONE, FACTS, URGENCIES, Situation

UNDER_18 = ("under_13", "13_15", "16_17")


def every_situation():
    facts = [frozenset()] + [frozenset([fact]) for fact in FACTS] + [frozenset(FACTS)]
    for audience, about, age, urgency, can_phone, known in itertools.product(AUDIENCES, ABOUT, AGES, URGENCIES, CAN_PHONE, facts):
        yield Situation((), audience, about, age, "unknown", urgency, can_phone, known).settled()


SITUATIONS = list(dict.fromkeys(every_situation()))


@pytest.mark.parametrize("concern", [*table().severity, None])
def test_every_combination_has_services(concern):
    for known in SITUATIONS:
        services, rows = route(known.told(concerns=[concern]) if concern else known)
        others = [service for service in services if service != EMERGENCY]
        assert 1 <= len(others) <= MOST_SERVICES and len(set(services)) == len(services)
        assert any(registry()[service].needs_no_phone_call for service in others)
        assert (services[0] == EMERGENCY) == (known.urgency == "now")
        assert (services[-1] == EMERGENCY) == (known.urgency == "possible")


@pytest.mark.parametrize("concern", table().severity)
def test_no_service_for_the_wrong_age_or_audience(concern):
    for known in SITUATIONS:
        known = known.told(concerns=[concern])
        services, _ = route(known)
        about_themselves = known.about == "self"
        if known.audience == "adult" and known.speaker_age != "18":
            assert "childline" not in services or known.age in ("18", *UNDER_18), known
        if known.audience == "adult" and about_themselves and known.age == "19_plus":
            assert not {"childline", "report_remove", "shore"} & set(services), known
        if known.age in UNDER_18:
            assert not {"stop_ncii", "revenge_porn_helpline"} & set(services), known
        if known.age == "19_plus":
            assert "report_remove" not in services, known
        if known.age == "under_13":
            assert "shore" not in services, known
        if known.audience == "child":
            assert "stop_it_now" not in services and "revenge_porn_helpline" not in services or known.age == "19_plus", known


def test_every_row_is_reached():
    reached = {row.id for known in SITUATIONS for concern in table().severity for row in route(known.told(concerns=[concern]))[1]}
    assert reached == {row.id for row in table().routes}


def test_each_concern_of_a_message_keeps_its_first_door():
    known = Situation(("bullying", "image_threat", "suicide"), audience="child", about="self")
    services, _ = route(known)
    assert set(services) >= {"childline", "report_remove"} and len(services) == 3


@pytest.mark.parametrize("concern", [*table().severity, None])
def test_what_is_not_wanted_comes_after_others(concern):
    for known in [one for one in SITUATIONS if one.urgency == "no" and one.age in ("13_15", "19_plus", "unknown")]:
        known = known.told(concerns=[concern]) if concern else known
        before = [service for service in route(known)[0] if service != EMERGENCY]
        for unwanted in (before[:1], before):
            services = [service for service in route(known.told(put_last=unwanted))[0] if service != EMERGENCY]
            assert 1 <= len(services) <= MOST_SERVICES and len(set(services)) == len(services)
            assert any(registry()[service].needs_no_phone_call for service in services), (known, services)
            assert set(services) & set(unwanted) or "abroad" in known.facts, (known, services)    # one of them stays, or the one that works abroad
            assert services[0] not in unwanted or set(table().doors_for(known)) <= set(unwanted), (known, services)


def test_who_cannot_phone_sees_first_what_needs_no_call():
    known = Situation(("suicide",), audience="adult", about="self", can_phone="no")
    services, _ = route(known)
    assert registry()[services[0]].needs_no_phone_call


@pytest.mark.parametrize(
    "wrong, right, says",
    [
        ("services: [report_remove, childline]", "services: [report_remove, childlin]", "did you mean childline"),
        ("audience: [child]", "audience: [kid]", "not known"),
        ("services: [childline, ceop]", "services: [childline, ceop, shout, samaritans]", "1 to 3"),
        ("services: [samaritans, shout]", "services: [samaritans]", "without a phone call"),
        ("concern: [coping]", "concern: [copping]", "did you mean coping"),
        ("services: [childline, shore]\n", "services: [emergency_999]\n", "999 is never listed"),
    ],
)
def test_a_wrong_row_names_file_line_and_field(tmp_path, wrong, right, says):
    source = (ROOT / "data" / "routes.yml").read_text()
    assert wrong in source
    path = tmp_path / "routes.yml"
    path.write_text(source.replace(wrong, right, 1))
    with pytest.raises(DataError) as error:
        routes.table(path)
    assert says in str(error.value) and re.search(r"routes\.yml:\d+", str(error.value))
