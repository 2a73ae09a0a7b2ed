"""The runner of conversation tests: a broken promise fails and says why, a mistake in a file is named, and nobody sees a traceback."""
import csv
import io
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from bot.signposting.data_files import ROOT, DataError
from bot.signposting.routes import table
from bot.staff.flows import State, coverage, from_conversation, load, run, write
from bot.staff.flows.command import flows as flows_command
from bot.staff.flows.coverage import OUTSIDE_A_CONVERSATION
from bot.staff.flows.reports import junit, page
from bot.staff.flows.told import told

FLOWS = ROOT / "tests" / "flows"
FUZZ = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def command(*arguments: str) -> subprocess.CompletedProcess:
    environment = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1"}
    return subprocess.run([sys.executable, "-m", "bot", "flows", *arguments], cwd=ROOT, capture_output=True, text=True, env=environment)


@pytest.fixture
def written(tmp_path):
    """Writes a flow file and gives its path."""

    def write_file(text: str, name: str = "some.yml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write_file


@pytest.fixture
def held(assistant, loop, written):
    """Runs the flows of a text and gives their results."""
    return lambda text, name="some.yml": loop.run_until_complete(run(assistant, load([written(text, name)])))


def one_turn(message: str, *assertions: str) -> str:
    lines = "".join(f"          - {one}\n" for one in assertions)
    return f"test_cases:\n  - test_case: one\n    steps:\n      - user: {message}\n        assertions:\n{lines}"


# ---- what is expected, and what was got

RIGHT_AND_WRONG = [
    ("services: [report_remove, childline, police_101]", "services: [childline, report_remove, police_101]"),
    ("services_include: [childline]", "services_include: [childline, shout]"),
    ("services_in_order: report_remove childline", "services_in_order: childline report_remove"),
    ("never: [emergency_999]", "never: [childline]"),
    ("first: report_remove", "first: childline"),
    ("count: 3", "count: 2"),
    ("count_at_most: 3", "count_at_most: 2"),
    ("urgent: no", "urgent: yes"),
    ("urgency: no", "urgency: possible"),
    ("concern: image_threat", "concern: none"),
    ("concerns: [image_threat]", "concerns: [image_threat, suicide]"),
    ("audience: child", "audience: adult"),
    ("about: self", "about: other"),
    ("age: 13_15", "age: 18"),
    ("speaker_age: 13_15", "speaker_age: under_13"),
    ("can_phone: unknown", "can_phone: no"),
    ("facts: [blackmail]", "facts: [abroad]"),
    ("intent: image_threat", "intent: greet"),
    ("rows: [image_threat_child]", "rows: [image_child]"),
    ("utter: utter_image_threat_child", "utter: utter_greet"),
    ("utter_never: utter_greet", "utter_never: utter_image_threat_child"),
    ("contains: NOT your fault", "contains: your own fault"),
    ("not_contains: your own fault", "not_contains: [something else, not your fault]"),
    ("matches: not your (fault|blame)", "matches: ^not your"),
    ("reading_grade_at_most: 6", "reading_grade_at_most: 1"),
    ("choices: [cannot_phone, not_what_i_meant]", "choices: [not_what_i_meant]"),
    ("choices_include: [not_what_i_meant]", "choices_include: [topic_danger]"),
    ("choices_never: [topic_danger]", "choices_never: [cannot_phone]"),
    ("contacts: {report_remove: [form]}", "contacts: {report_remove: [phone]}"),
    ("card: {report_remove: under-18s}", "card: {report_remove: horses}"),
    ("slot_was_set: {audience: child, concerns: image_threat}", "slot_was_set: {audience: adult}"),
    ("slot_was_set: [age, {name: audience, value: child}]", "slot_was_set: [can_phone]"),
]


def test_every_expectation_can_hold_and_can_fail(held):
    message = "someone has my nudes and wants money or he will post them. im 14"
    cases = [f"  - test_case: {kind} {number}\n    steps:\n      - user: {message}\n        assertions:\n          - {assertion}\n"
             for number, pair in enumerate(RIGHT_AND_WRONG) for kind, assertion in zip(("right", "wrong"), pair)]
    for result in held("test_cases:\n" + "".join(cases)):
        assert result.passed == result.flow.name.startswith("right"), told(result)


@pytest.mark.parametrize("assertion, passes", [("signs: weapon_here", True), ("signs: fire", False), ("signs_never: fire", True), ("signs_never: weapon_here", False)])
def test_signs_of_danger_can_be_expected(held, assertion, passes):
    [result] = held(one_turn("help theres a man with a knife at the door", assertion))
    assert result.passed == passes


def test_a_failure_shows_the_conversation_and_why(held):
    [result] = held(one_turn("help theres a man with a knife at the door", "first: childline"))
    text = told(result)
    for part in ("visitor: help theres a man", "expected: childline", "got:      emergency_999", "understood as danger_now", "safety net: weapon_here", "data/safety_net.yml:", "phrase", "route table: row", "data/routes.yml:", "some.yml:6"):
        assert part in text, text


def test_what_every_answer_must_keep_is_checked_without_being_asked(held, monkeypatch):
    from bot.signposting.services import registry

    monkeypatch.setitem(registry()["childline"].__dict__, "line", "")
    [result] = held(one_turn("im being bullied. im 13", "urgent: no"))
    assert not result.passed and "a name, a line and a contact on every card" in told(result)


def test_a_crash_is_a_failure_of_its_flow_alone(held, monkeypatch):
    from bot.signposting import reply

    monkeypatch.setattr(reply, "say", lambda *_, **__: 1 / 0)
    results = held(one_turn("hello", "urgent: no") + "  - test_case: two\n    steps:\n      - user: im sad\n")
    assert [result.passed for result in results] == [False, False] and "something failed inside" in told(results[1])


def test_a_fault_inside_is_a_failure_though_help_is_shown(held, monkeypatch):
    from bot.signposting import reply

    monkeypatch.setattr(reply, "card", lambda *_: 1 / 0)
    [result] = held(one_turn("im being bullied. im 13", "first: emergency_999"))
    assert "something failed inside" in told(result)


def test_a_starting_state_is_remembered_and_conversations_are_apart(held):
    start = "    fixtures: [{audience: adult}, {age: 13_15}, {about: other}]\n"
    text = one_turn("she cuts herself", "audience: adult", "age: 13_15", "first: nspcc_helpline").replace("    steps:", start + "    steps:")
    first, second = held(text + "  - test_case: two\n    steps:\n      - user: hello\n        assertions: {audience: unknown, concern: none}\n")
    assert first.passed and second.passed, told(first) + told(second)


def test_a_row_of_a_spreadsheet_may_begin_in_a_state(held):
    text = "flow,given_concern,given_audience,choice,services\nan adult,bullying,adult,show_help,nspcc_helpline council_services\na child,bullying,child,show_help,childline\n"
    assert all(result.passed for result in held(text, "some.csv"))


# ---- mistakes in a file

MISTAKES = [
    ("services: [childlin]", 6, "did you mean childline?"),
    ("servces: [childline]", 6, "did you mean services?"),
    ("urgent: perhaps", 6, "write yes or no"),
    ("count: many", 6, "write a whole number"),
    ("audience: kid", 6, "known: child, adult, professional, unknown"),
    ("age: 15", 6, "known: under_13"),
    ("matches: '(('", 6, "not a regular expression"),
    ("utter: utter_gret", 6, "did you mean utter_greet?"),
    ("choices: [cannot_fone]", 6, "did you mean cannot_phone?"),
    ("contacts: {childline: [fone]}", 6, "not a kind of contact"),
    ("contacts: childline", 6, "service: value"),
    ("slot_was_set: {audence: child}", 6, "did you mean audience?"),
    ("childline", 6, "write an assertion as `name: value`"),
]


@pytest.mark.parametrize("assertion, line, says", MISTAKES)
def test_a_mistake_names_file_line_and_what_was_meant(written, assertion, line, says):
    path = written(one_turn("hello", assertion))
    with pytest.raises(DataError) as error:
        load([path])
    assert f"{path}:{line}: " in str(error.value) and says in str(error.value)


BROKEN_FILES = [
    ("", 1, "needs `test_cases:`"),
    ("test_cases: [", 1, "not valid YAML"),
    ("test_cases:\n  - test_case: a\n    steps: []\n", 3, "at least one"),
    ("test_cases:\n  - steps: []\n", 2, "begins with `- test_case: name`"),
    ("test_cases:\n  - test_case: a\n    stps: []\n", 3, "did you mean steps?"),
    ("test_cases:\n  - test_case: a\n    fixtures: [grown_up]\n    steps:\n      - user: hi\n", 3, "there is no fixture 'grown_up'"),
    ("fixtures:\n  - adult:\n      - audiense: adult\ntest_cases: []\n", 2, "did you mean audience?"),
    ("test_cases:\n  - test_case: a\n    steps:\n      - utter: utter_greet\n", 4, "the first step must be what the visitor says"),
    ("test_cases:\n  - test_case: a\n    steps:\n      - choice: age_14\n", 4, "not a button"),
    ("test_cases:\n  - test_case: a\n    steps:\n      - user: hi\n  - test_case: a\n    steps:\n      - user: hi\n", 5, "stands there twice"),
    ("test_cases:\n  - &a [*a]\n", 2, "begins with"),
    ("test_cases:\n  - test_case: a\n    steps:\n      - user: [1]\n", 4, "write a text"),
    ("a: !!int x\ntest_cases: []\n", 1, ""),
]


@pytest.mark.parametrize("text, line, says", BROKEN_FILES)
def test_a_broken_file_is_named_by_line(written, text, line, says):
    path = written(text)
    with pytest.raises(DataError) as error:
        load([path])
    assert f"{path}:{line}: " in str(error.value) and says in str(error.value)


@pytest.mark.parametrize("text, line, says", [
    ("", 1, "is empty"),
    ("services\nchildline\n", 1, "there is no column `message`"),
    ("mesage,services\nhi,childline\n", 1, "did you mean message?"),
    ("message,services\nhello,childlin\n", 2, "did you mean childline?"),
    ('message,services\n"hello,childline\n', 2, "not valid CSV"),
    ("message,services\nhello, i am sad,childline\n", 2, "needs quotation marks"),
    ("message,services\nhello,childline\n,childline\n", 3, "has no message"),
    ("message,urgent\nhello,maybe\n", 2, "write yes or no"),
    ("message,given_audience\nhello,kid\n", 2, "known: child, adult"),
    ("message,given_audence\nhello,child\n", 1, "did you mean given_audience?"),
    ("message,flow,given_age\nhello,one,18\nhello,one,18\n", 3, "first row"),
])
def test_a_broken_spreadsheet_is_named_by_line(written, text, line, says):
    path = written(text, "some.csv")
    with pytest.raises(DataError) as error:
        load([path])
    assert f"{path}:{line}: " in str(error.value) and says in str(error.value)


def loads_or_says_why(path: Path) -> None:
    try:
        load([path])
    except DataError as error:
        assert all(re.match(r".+:\d+: \S", line) for line in str(error).splitlines()), str(error)


words = st.sampled_from(["test_cases", "test_case", "steps", "user", "choice", "bot", "utter", "assertions", "services", "contacts", "slot_was_set", "fixtures", "childline", "urgent", "no", "concern"])
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | words | st.text(max_size=8),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(words | st.text(max_size=5), inside, max_size=4), max_leaves=12,
)


@FUZZ
@given(st.lists(st.fixed_dictionaries({"test_case": words, "steps": st.lists(st.fixed_dictionaries({"user": st.text(max_size=9) | anything, "assertions": anything}) | anything, max_size=3) | anything}, optional={"fixtures": anything}) | anything, max_size=3), anything)
def test_any_content_is_read_or_named(tmp_path, cases, fixtures):
    path = tmp_path / "any.yml"
    out = io.StringIO()
    YAML(typ="safe").dump({"test_cases": cases, "fixtures": fixtures}, out)
    path.write_text(out.getvalue(), encoding="utf-8")
    loads_or_says_why(path)


@FUZZ
@given(st.binary(max_size=60) | st.text(alphabet="tes_ca:-[]{}&*!|>'\"#%@`\n\t ,?1é\u0000\u2028", max_size=60).map(lambda text: text.encode()))
def test_any_bytes_are_read_or_named(tmp_path, content):
    for name in ("any.yml", "any.csv"):
        (tmp_path / name).write_bytes(content)
        loads_or_says_why(tmp_path / name)


@FUZZ
@given(st.integers(0, 2000), st.text(alphabet="x:-[]{}&*!|>'\"#\n\t \u0000", min_size=1, max_size=3), st.booleans())
def test_a_damaged_real_file_is_read_or_named(tmp_path, place, sign, cut):
    text = (FLOWS / "pictures.yml").read_text(encoding="utf-8")[:2500]
    (tmp_path / "any.yml").write_text(text[:place] + sign + ("" if cut else text[place:]), encoding="utf-8")
    loads_or_says_why(tmp_path / "any.yml")


@FUZZ
@given(st.lists(st.lists(st.text(st.characters(blacklist_characters="\0", blacklist_categories=("Cs",)), max_size=12) | words, max_size=5), max_size=5), st.sampled_from(",;\t"))
def test_any_spreadsheet_is_read_or_named(tmp_path, rows, separator):
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows([["message", "services", "urgent", "flow"], *rows])
    (tmp_path / "any.csv").write_text(out.getvalue(), encoding="utf-8", newline="")
    loads_or_says_why(tmp_path / "any.csv")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_spreadsheets_as_excel_saves_them(tmp_path, encoding, separator):
    rows = [["message", "services", "never", "urgent", "flow"], ["I’m 13 and I’m sad", "childline", "nspcc_helpline, shout", "FALSE", "one"], ["thanks", "", "", "", "one"]]
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(rows)
    (tmp_path / "excel.csv").write_bytes(out.getvalue().encode(encoding))
    [flow] = load([tmp_path / "excel.csv"])
    assert [step.user for step in flow.steps] == ["I’m 13 and I’m sad", "thanks"]
    assert flow.steps[0].expected.never == ("nspcc_helpline", "shout") and flow.steps[0].expected.urgent is False


# ---- keeping a conversation as a test

def test_a_kept_conversation_is_a_test_that_passes(assistant, loop, tmp_path):
    said = []
    for user, choice in (("someone shared a nude of me", None), (None, "age_13_15"), ("thanks: really # thanks", None)):
        messages, trace = loop.run_until_complete(assistant.answer("kept-1", text=user, choice=choice))
        said.append((user, choice, messages, trace))
    path = tmp_path / "new" / "kept.yml"
    flow = from_conversation("Kept: a picture", path, said)
    write(flow, path)
    write(from_conversation("Another", path, said[:1]), path)
    back = load([path])
    assert [one.name for one in back] == ["Kept: a picture", "Another"]
    assert [(step.user, step.choice, step.expected) for step in back[0].steps] == [(step.user, step.choice, step.expected) for step in flow.steps]
    assert all(result.passed for result in loop.run_until_complete(run(assistant, back)))
    with pytest.raises(DataError, match="already"):
        write(flow, path)


@pytest.mark.parametrize("name", ["pictures.yml", "conversations.yml", "questions.yml"])
def test_every_flow_can_be_written_and_read_back(tmp_path, name):
    flows = load([FLOWS / name])
    for flow in flows:
        write(flow, tmp_path / name)
    for flow, back in zip(flows, load([tmp_path / name])):
        assert (flow.name, flow.start) == (back.name, back.start)
        assert [(one.user, one.choice, one.expected, one.expected.__fields_set__) for one in flow.steps] == [(one.user, one.choice, one.expected, one.expected.__fields_set__) for one in back.steps]


def test_writing_adds_to_a_file_as_it_is_indented_and_harms_none(written):
    path = written("# ours\ntest_cases:\n- test_case: a\n  steps:\n  - user: hi   # said\n")
    [flow] = load([path])
    from dataclasses import replace

    write(replace(flow, name="b", start=State(audience="adult")), path)
    assert path.read_text().startswith("# ours") and "# said" in path.read_text()
    assert [one.name for one in load([path])] == ["a", "b"]
    ends_otherwise = written("test_cases:\n  - test_case: a\n    steps:\n      - user: hi\nfixtures: []\n", "other.yml")
    before = ends_otherwise.read_text()
    with pytest.raises(DataError, match="choose a new file"):
        write(replace(flow, name="b"), ends_otherwise)
    assert ends_otherwise.read_text() == before


# ---- the command

def test_the_command_names_failures_and_mistakes_and_its_status_tells(written, tmp_path):
    failing = written(one_turn("im being bullied & sad. im 13", "first: shout", "contains: <b>never</b>"), "failing.yml")
    passing = written("message;services;concern\nim being bullied at school. im 13;childline;bullying\n", "passing.csv")
    run_both = command(str(failing), str(passing), "--report", str(tmp_path / "report"))
    assert run_both.returncode == 1, run_both.stdout + run_both.stderr
    assert "expected: shout" in run_both.stdout and "got:      childline" in run_both.stdout and "understood as bullying" in run_both.stdout
    assert "1 failed" in run_both.stdout and "nobody tests" in run_both.stdout
    suites = ElementTree.parse(tmp_path / "report" / "junit.xml").getroot()
    assert suites.get("tests") == "2" and suites.get("failures") == "1"
    assert "expected: shout" in suites.find(".//failure").text
    html = (tmp_path / "report" / "report.html").read_text()
    assert "&lt;b&gt;never&lt;/b&gt;" in html and "<b>never" not in html and "http" not in re.sub(r"<p>.*?</p>|<li>.*?</li>", "", html)


def test_mistakes_end_the_command_at_once_and_without_a_traceback(written, tmp_path, capfd):
    path = written(one_turn("hello", "services: [childlin]"))
    wrong = command(str(path))
    assert wrong.returncode == 2 and f"{path}:6: " in wrong.stderr and "Traceback" not in wrong.stderr, wrong.stderr
    for paths, text, says in (([tmp_path / "none.yml"], None, "there is no such file"), ([written("x", "x.txt")], None, "ends in .yml"), ([FLOWS / "danger.csv"], "zebra", "zebra")):
        assert flows_command(paths, None, text, watch=False) == 2
        assert says in capfd.readouterr().err


def test_only_the_flows_with_a_text_in_their_name_are_run(assistant, written, monkeypatch, capfd):
    monkeypatch.setattr("bot.assistant.Assistant.load", lambda *_: assistant)
    path = written("message,concern\nim being bullied at school. im 13,bullying\nhello,suicide\n", "some.csv")
    assert flows_command([path], None, "BULLIED AT", watch=False) == 0
    assert "1 passed" in capfd.readouterr().out


# ---- what the flows reach

@pytest.fixture(scope="module")
def results(assistant, loop):
    return loop.run_until_complete(run(assistant, load([FLOWS])))


def test_all_that_can_be_reached_is_tested(results):
    covered = coverage(results)
    for kind in ("concerns", "audiences", "ages", "urgencies", "services", "rules", "routes", "signs", "buttons"):
        assert not covered.missing()[kind], f"no flow reaches these {kind}: {covered.missing()[kind]}"
    assert covered.share("responses") >= 0.99, covered.missing()["responses"]
    assert not set(covered.reached["responses"]) & set(OUTSIDE_A_CONVERSATION)


def test_every_worry_is_tested_for_children_and_for_adults(results):
    covered = coverage(results)
    for concern in table().severity:
        for audience in ("child", "adult"):
            assert covered.cell(concern, audience, False), f"no flow: {concern}, {audience}, not in danger now"


def test_the_reports_hold_every_flow(results):
    covered = coverage(results)
    html, suites = page(results, covered), ElementTree.fromstring(junit(results))
    assert len(suites.findall(".//testcase")) == len(results) >= 150
    assert html.count("<summary>✓") + html.count("<summary>✗") == len(results)
    assert html.count('class="cell') == len(table().severity) * 8


def test_a_coverage_of_nothing_names_all_of_it():
    missing = coverage([]).missing()
    assert "childline" in missing["services"] and "suicide" in missing["concerns"] and len(missing["routes"]) == len(table().routes)
