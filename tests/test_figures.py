"""Figures: each number that any answer says is a row of data/figures.yml; what counts different things is never compared; what is not known is said."""
import itertools
import re

import pytest
import textstat

from bot.nlu.asked import QuestionsFile
from bot.signposting import figures as figures_module
from bot.signposting.data_files import DATA, ROOT, DataError, read
from bot.signposting.figure_answers import _TOPICS, Asked, about_figures
from bot.signposting.figures import IN_WORDS, figures
from bot.signposting.words import responses

TOPICS = list(read(DATA / "questions.yml", QuestionsFile).topics["figures"])
PLACES = [value for value, _ in figures().called()["place"]]
COVERED = [place.name for place in figures().places]
PERIODS = [period.id for period in figures().periods if period.id != "before"]
PLATFORMS = [value for value, _ in figures().called()["platform"]]
RECORDED = {"recorded", "recorded_request", "recorded_uk"}

# Years and dates are no figures: 2023/24, 18 February 2025, early 2025, "an article of 2025".
DATES = re.compile(r"\b20\d\d/\d\d\b|\b(?:\d\d? )?(?:February|December|early|of) 20\d\d\b")
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?|\ba quarter\b|\bhalf\b")


def numbers(text: str):
    """All numbers a text says, those in words too."""
    return {IN_WORDS.get(one) or int(one.replace(",", "")) for one in NUMBER.findall(DATES.sub(" ", text))}


def questions():
    yield Asked()
    for topic in ["", *TOPICS]:
        for place in PLACES if topic in ("", "pace", "trend", "rank", "breakdown", "platform") else COVERED:
            yield Asked(topic, (place,))
        for period, place in itertools.product(PERIODS, [None, *COVERED, "France", "Kent", "Cardiff"]):
            yield Asked(topic, (place,) if place else (), (period,))
    for topic in ("", "trend", "platform", "who"):
        for platform, period in itertools.product(PLATFORMS, [None, "2022/23", "older", "newer"]):
            yield Asked(topic, (), (period,) if period else (), (platform,))
    for topic in ("", "trend", "pace", "platform"):
        for one, other in itertools.permutations([*COVERED, "France", "Kent"], 2):
            yield Asked(topic, (one, other))
        for one, other in itertools.permutations(PLATFORMS[:9] + ["Roblox", "Telegram"], 2):
            yield Asked(topic, (), (), (one, other))
        yield Asked(topic, ("Wales",), (), ("Snapchat",))


@pytest.fixture(scope="module")
def answers():
    return [(asked, said, " ".join(said.texts())) for asked in questions() for said in [about_figures(asked)]]


def test_every_number_of_every_answer_is_a_row(answers):
    for asked, said, text in answers:
        assert numbers(text) <= {row.value for row in said.rows}, (asked, numbers(text) - {row.value for row in said.rows}, text)


def test_every_row_is_said_by_some_answer_beside_its_own_place_year_and_app(answers):
    said_rows = set()
    for asked, said, _ in answers:
        for row in said.rows:
            said_rows.add(row.id)
            if row.measure in RECORDED | {"platform"} and (row.place or row.platform):
                sentence = next(one for one in said.sentences if row.text in one)
                named = figures().place(row.place).police if row.place else row.platform
                assert (named in sentence or f"{row.place or row.platform} {row.text}" in sentence) and row.period in sentence, (asked, sentence)
    assert said_rows == {row.id for row in figures().rows}


def test_every_year_of_every_answer_is_one_that_a_row_has(answers):
    years = {year for row in figures().rows for year in (row.period, row.since) if year}
    for asked, _, text in answers:
        assert set(re.findall(r"\b20\d\d/\d\d\b", text)) <= years, (asked, text)


def test_every_answer_says_something_whole(answers):
    for asked, said, text in answers:
        assert text and "{" not in text and "None" not in text and ".." not in text, (asked, text)
        assert all(key in responses() for key in said.words), asked


def test_every_answer_with_a_number_says_where_it_is_from_and_when(answers):
    for asked, said, text in answers:
        if said.rows:
            assert "Source: " in text and ("2025" in text or "without a date" in text), (asked, text)
        for row in said.rows:
            assert figures().article(row).shown in text and figures().measure(row).data in text, (asked, row.id)


def test_what_counts_different_things_is_never_compared(answers):
    mixed = 0
    for asked, said, text in answers:
        kinds = {(row.measure, row.period) for row in said.rows if row.measure in RECORDED}
        if len(kinds) > 1:
            mixed += 1
            warned = {"utter_figures_other_kind", "utter_figures_uk", "utter_figures_no_trend", "utter_figures_no_average"} & set(said.words)
            assert warned or asked.topic in ("pace",), (asked, text)
        if "utter_figures_same_kind" in said.words:
            assert len(kinds) == 1, (asked, text)
    assert mixed > 20


def test_no_answer_makes_a_rise_of_different_counts(answers):
    for asked, said, text in answers:
        risen = any(row.measure == "change" for row in said.rows)
        if risen and any(row.measure in RECORDED for row in said.rows):
            assert "utter_figures_trend_since" in said.words, (asked, text)
        assert ("rose by" in text) == risen, (asked, text)


def test_of_places_side_by_side_the_highest_is_named():
    said = about_figures(Asked("", ("South Yorkshire", "London")))
    assert "highest number here is for London" in " ".join(said.sentences)


def test_a_place_without_a_figure_is_told_so_with_what_there_is(answers):
    for place in PLACES:
        lies = figures().lies(place)
        if lies and not lies.own:
            said = about_figures(Asked("", (place,)))
            text = " ".join(said.texts())
            assert f"do not give a figure for {place}" in text, text
            assert (lies.within or "South Yorkshire") in text, text


@pytest.mark.parametrize("period", ["2021/22", "2017/18", "older"])
def test_a_year_without_a_figure_is_told_so(period):
    said = about_figures(Asked("", (), (period,)))
    assert "utter_figures_no_period" in said.words


def test_answers_are_easy_to_read(answers):
    read = {text.partition("Source: ")[0] for _, said, _ in answers for text in said.texts()}   # who counted and where it was read are names
    for text in {re.sub(r": [^.]*\d[^.]*\.", ".", one) for one in read}:   # a list of names and numbers is no sentence
        assert not text or textstat.flesch_kincaid_grade(text) <= 8.0, (textstat.flesch_kincaid_grade(text), text)


# ---- the file

def test_rows_are_complete_and_checked_in_the_table_for_reviewers():
    table = (ROOT / "docs" / "figures.md").read_text()
    for row in figures().rows:
        line = next((one for one in table.splitlines() if one.startswith(f"| {row.id} |")), None)
        assert line and f"| {row.text} |" in line and f"{row.article} " in line, row.id
        assert figures().measure(row).counts and figures().article(row).shown


def test_the_welsh_forces_add_up_to_wales_as_the_article_says():
    forces = [row.value for row in figures().of("recorded") if row.place and getattr(figures().place(row.place), "within") == "Wales"]
    assert sum(forces) == figures().row("recorded", place="Wales").value


def test_six_a_day_is_said_of_wales_alone():
    """One article says "over six every day" of South Yorkshire, which its own 1,249 a year does not bear out."""
    text = " ".join(about_figures(Asked("pace", ("South Yorkshire",))).texts())
    assert "24 a week" in text and "6" not in text


def test_every_topic_of_figures_has_an_answer():
    assert set(TOPICS) == set(_TOPICS)


@pytest.mark.parametrize(
    "change, said",
    [
        (('value: 2194, text: "2,194"', 'value: 2195, text: "2,194"'), "does not say the value, 2195"),
        (("measure: recorded, place: Wales", "measure: recordd, place: Wales"), "did you mean recorded?"),
        (("place: Wales, period", "place: Whales, period"), "did you mean Wales?"),
        (('{id: wales, measure: recorded, place: Wales, period: "2023/24"', '{id: wales, measure: recorded, place: Wales, period: "2023-24"'), "not a year"),
        (("{id: wales, measure", "{id: london, measure"), "the id london stands there twice"),
        (("unit: offences, article: \"003\"}", "unit: offences, article: \"003\", colour: red}"), "extra fields"),
        (("within: England and Wales\n", "within: Englandd\n"), "'Englandd' is not one of the places"),
    ],
)
def test_a_mistake_is_named(tmp_path, change, said):
    path = tmp_path / "figures.yml"
    text = (DATA / "figures.yml").read_text()
    assert change[0] in text
    path.write_text(text.replace(*change, 1))
    with pytest.raises(DataError) as error:
        figures_module.figures(path)
    assert said in str(error.value) and "figures.yml" in str(error.value)
