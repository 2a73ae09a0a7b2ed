"""The staff console in a real browser: a conversation and its reasons, kept as a test, run, and failing when a route is changed."""
import re
from typing import Iterator

import pytest
from axe_core_python.sync_playwright import Axe
from console_server import another_training
from playwright.sync_api import Page, expect

DESKTOP = {"width": 1280, "height": 900}
ROUTE = ("routes.yml", "    when: {concern: [image_threat]}\n    services: [report_remove, childline, police_101]", "    when: {concern: [image_threat]}\n    services: [childline]")
THREAT = "someone is threatening to share my nudes, im 14"
DANGER = "hes outside my house now with a knife"


@pytest.fixture(autouse=True)
def time_enough_on_a_busy_machine() -> Iterator[None]:
    expect.set_options(timeout=90_000)
    yield
    expect.set_options(timeout=4000)


@pytest.fixture(autouse=True)
def flows_as_they_were(console) -> Iterator[None]:
    yield
    for path in console.flows.iterdir():
        if path.name != "first.yml":
            path.unlink()


class Staff:
    """Somebody signed in at the console."""

    def __init__(self, page: Page, link: str) -> None:
        self.page = page
        self.errors = []
        page.set_default_timeout(90_000)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" and "Failed to load resource" not in message.text else None)
        page.goto(link)
        page.wait_for_selector("body[data-ready]")

    def __call__(self, selector: str):
        return self.page.locator(selector)

    def go(self, part: str) -> None:
        self.page.get_by_role("navigation").get_by_role("link", name=part).click()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def say(self, text: str) -> None:
        answers = self(".why-button").count()
        self.page.get_by_label("Type your message").fill(text)
        self.page.keyboard.press("Enter")
        expect(self(".why-button")).to_have_count(answers + 1)

    def keep(self, title: str) -> None:
        self.page.get_by_label("Keep this conversation as a test, called").fill(title)
        self.press("Keep as a test")
        expect(self.page.get_by_label("What is said, and what must be shown")).to_be_visible()

    def outcome(self) -> str:
        expect(self("#tests .run-summary strong, #tests .run-summary .wrong")).to_be_visible(timeout=30_000)
        return self("#tests .run-summary").inner_text()

    def box(self, title: str):
        return self("section.box").filter(has=self.page.get_by_role("heading", name=title, exact=True))


@pytest.fixture
def sign_in(browser, console):
    contexts = []

    def open_console(**options) -> Staff:
        contexts.append(browser.new_context(**{"viewport": DESKTOP, "reduced_motion": "reduce", "locale": "en-GB", **options}))
        return Staff(contexts[-1].new_page(), console.link)

    yield open_console
    for context in contexts:
        context.close()


@pytest.fixture
def staff(sign_in) -> Iterator[Staff]:
    one = sign_in()
    yield one
    assert one.errors == []   # nothing fails in the page, and its policy stops nothing


def test_the_token_does_not_stay_in_the_address_or_the_page(staff, console):
    token = console.link.split("token=")[1]
    assert staff.page.url == f"{console.address}/staff/"
    assert token not in staff.page.content() and staff.page.evaluate("document.cookie") == ""
    assert staff.page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_every_answer_shows_what_decided_it_and_the_line_to_edit(staff, console):
    staff.say(THREAT)
    assert "Taken as image threat" in staff(".summary").inner_text() and "Shown: Report Remove, Childline, Police 101." in staff(".summary").inner_text()
    understood = staff.box("What was understood")
    assert re.search(r"image threat\s+\d+%", understood.inner_text())
    known = staff.box("What is known by now").inner_text()
    assert re.search(r"Who speaks\s+child", known) and re.search(r"Age of the speaker\s+13 to 15", known) and re.search(r"Worries so far\s+image threat", known)
    for title, holds in (("Row of the route table", "id: image_threat_child"), ("Rule", "- rule: Image threat"), ("Words", "utter_image_threat_child:"), ("Services", "- id: report_remove")):
        assert holds in console.line(staff.box(title).locator(".where").first.inner_text()), title
    registry_row = staff.box("Services").inner_text()
    assert "checked 2026-11-22" in registry_row
    staff.say(DANGER)
    sign = staff.box("Safety net")
    assert "weapon" in sign.inner_text() and "- id: weapon" in console.line(sign.locator(".where").first.inner_text())
    assert "new" in staff.box("What is known by now").inner_text()
    staff(".why-button").first.click()   # the reasons of an earlier answer
    assert "Taken as image threat" in staff(".summary").inner_text()


def test_back_replay_restart_and_a_state_to_start_from(staff):
    staff.say(THREAT)
    staff.say(DANGER)
    expect(staff(".urgent")).to_have_count(1)
    staff.press("Back one step")
    expect(staff(".urgent")).to_have_count(0)
    expect(staff(".why-button")).to_have_count(1)
    expect(staff.page.get_by_label("Type your message")).to_have_value(DANGER)
    staff.press("Replay")
    expect(staff("#heard")).to_have_text("Played again.")
    expect(staff(".log .you")).to_have_count(1)
    staff.page.get_by_text("Start from a state").click()
    staff.page.get_by_label("Who speaks").select_option("adult")
    expect(staff(".summary")).to_contain_text("a child speaks")   # what is said wins over the state: im 14
    staff.press("Restart")
    expect(staff(".log > li")).to_have_count(0)
    staff.say("what should i do")
    expect(staff(".summary")).to_contain_text("an adult speaks")
    expect(staff(".summary")).to_contain_text("Shown: NSPCC Helpline")
    staff.page.get_by_label("Happening now?").select_option("now")
    expect(staff(".summary")).to_contain_text("Shown: 999, NSPCC Helpline")
    staff.press("Start with nothing known")
    expect(staff(".summary")).to_contain_text("not urgent")


def test_a_button_is_part_of_the_conversation(staff):
    staff.say("my dad hits me")
    staff.press("That's not what I meant")
    expect(staff(".why-button")).to_have_count(2)
    expect(staff(".summary")).to_contain_text("A button: wrong guess")
    staff.keep("Something else was meant")
    assert "choice: not_what_i_meant" in staff.page.get_by_label("What is said, and what must be shown").input_value()


def test_a_conversation_is_kept_runs_and_fails_with_a_readable_reason_when_a_route_is_changed(staff, console):
    staff.say(THREAT)
    staff.keep("A child of 14, threatened!")
    expect(staff.page.get_by_label("File name in tests/flows/")).to_have_value("a-child-of-14-threatened.yml")
    staff.press("Check and save")
    expect(staff("#file-said")).to_contain_text("Saved as tests/flows/a-child-of-14-threatened.yml")
    written = (console.flows / "a-child-of-14-threatened.yml").read_text()
    assert THREAT in written and "report_remove" in written
    staff.press("Run it")
    assert "All 1 test passed" in staff.outcome()
    with console.changed(*ROUTE) as (path, line):
        staff.press("Run all tests")
        expect(staff("#tests .run-summary")).to_contain_text("1 test failed, 1 passed")
        expect(staff("#news")).to_contain_text("The files in data/ have changed and were read anew.")
        failure = staff(".failure").inner_text()
        assert "A child of 14, threatened!" in failure and re.search(r"tests/flows/a-child-of-14-threatened\.yml:\d+", failure)
        assert re.search(r"expected\s+report_remove, childline, police_101\s+got\s+childline", failure)
        assert f"route table: row image_threat_child for image_threat (data/routes.yml:{line - 1})" in failure
    staff.press("Run all tests")
    expect(staff("#tests .run-summary")).to_contain_text("All 2 tests passed")


def test_a_mistake_in_a_data_file_is_named_with_file_and_line_until_it_is_mended(staff, console):
    with console.changed("routes.yml", "services: [take_it_down, police_101]", "services: [take_it_donw, police_101]") as (path, line):
        staff.page.get_by_label("Type your message").fill("my dad hits me")
        staff.page.keyboard.press("Enter")
        expect(staff("#problem")).to_contain_text(f"data/routes.yml:{line}")
        expect(staff("#problem")).to_contain_text("did you mean take_it_down?")
        expect(staff(".log .failed")).to_have_count(1)
    staff.page.keyboard.press("Enter")   # what was typed still stands there
    expect(staff(".why-button")).to_have_count(1)
    expect(staff("#problem")).to_be_empty()


def test_a_changed_sentence_is_said_at_once(staff, console):
    staff.say("my dad hits me")
    with console.changed("domain/words/concerns_child.yml", "  utter_physical_abuse_child:\n  - text: \"", "  utter_physical_abuse_child:\n  - text: \"Quite new words. "):
        staff.press("Replay")
        expect(staff(".log .bot .bubble").first).to_contain_text("Quite new words.")
    staff.press("Replay")
    expect(staff(".log .bot .bubble").first).not_to_contain_text("Quite new words.")


def test_a_mistake_in_a_test_is_named_and_nothing_is_saved(staff, console):
    staff.go("Tests")
    staff.press("New test")
    box = staff.page.get_by_label("What is said, and what must be shown")
    box.fill(box.input_value().replace("first: childline", "first: childlin"))
    staff.press("Check and save")
    expect(staff("#file-said")).to_contain_text("tests/flows/new-test.yml:6: first: 'childlin' is not known (did you mean childline?)")
    assert not (console.flows / "new-test.yml").exists()
    box.fill("test_cases: [")
    staff.press("Check and save")
    expect(staff("#file-said")).to_contain_text("tests/flows/new-test.yml:1")


def test_no_file_is_replaced_without_asking(staff, console):
    before = (console.flows / "first.yml").read_text()
    staff.go("Tests")
    staff.press("New test")
    staff.page.get_by_label("File name in tests/flows/").fill("first.yml")
    staff.press("Check and save")
    expect(staff("#file-said")).to_contain_text("is there already")
    assert (console.flows / "first.yml").read_text() == before
    try:
        staff.press("Replace the file that is there")
        expect(staff("#file-said")).to_contain_text("Saved as")
        assert "what this test is about" in (console.flows / "first.yml").read_text()
    finally:
        (console.flows / "first.yml").write_text(before)


def test_the_path_just_taken_is_lit_on_the_map(staff):
    staff.go("Routes")
    expect(staff("#map svg .node rect")).to_have_count(len(routes()))
    expect(staff("#map svg .on")).to_have_count(0)
    staff.go("Conversation")
    staff.say(THREAT)
    staff.go("Routes")
    expect(staff("#map svg .edge.on")).to_have_count(4)  # the worry to its row, and the row to its three services
    lit = staff("#map svg .node.on text").all_text_contents()
    assert set(lit) == {"image threat", "image threat child", "Report Remove", "Childline", "Police 101"}
    staff.page.get_by_label("Show", exact=True).select_option("bullying")
    assert "bullying" in staff("#map svg").text_content() and "image threat" not in staff("#map svg").text_content()
    staff.page.get_by_text("The same as a table").click()
    expect(staff("#map table")).to_contain_text("worry_child")


def routes():
    from bot.signposting.routes import table

    return [*table().routes, *table().help_menu]


def test_two_trainings_are_compared(staff, console):
    staff.go("Trainings")
    expect(staff.page.get_by_role("button", name="Compare the two trainings")).to_be_disabled()
    models = console.folder / "models"
    try:
        another_training(models / "model.tar.gz", models / "previous.tar.gz", never="physical_abuse")
        staff.go("Tests")
        staff.go("Trainings")
        staff.press("Compare the two trainings")
        expect(staff("#trainings .run-summary")).to_contain_text("1 conversation of 1 answered otherwise")
        row = staff("#trainings tbody tr").filter(has_text="intent").first.inner_text()
        assert row.split("\t")[-1] == "physical abuse" and row.split("\t")[-2] != "physical abuse"
    finally:
        (models / "previous.tar.gz").unlink(missing_ok=True)


def test_what_changed_can_be_printed_for_the_one_who_approves(staff, console):
    staff.go("Changes")
    expect(staff.page.get_by_text("Nothing has changed.")).to_be_visible()
    with console.changed(*ROUTE):
        staff.page.reload()
        expect(staff.page.get_by_role("heading", name="data/routes.yml")).to_be_visible()
        assert "services: [childline]" in staff(".line.added").all_inner_texts()[0]
        assert "services: [report_remove, childline, police_101]" in staff(".line.removed").all_inner_texts()[0]
        expect(staff.page.get_by_text("Approved by")).to_be_visible()


# ---- usable by everyone

def check(page: Page, state: str) -> None:
    found = Axe().run(page)["violations"]
    assert not found, "\n".join(f"{state}: {one['id']}: {one['help']}: {[node['html'][:200] for node in one['nodes']]}" for one in found)


@pytest.mark.parametrize("scheme, size", [("light", DESKTOP), ("dark", {"width": 320, "height": 640})], ids=["light", "dark and narrow"])
def test_axe_finds_nothing_and_nothing_runs_off_the_side(sign_in, console, scheme, size):
    staff = sign_in(viewport=size, color_scheme=scheme)
    page = staff.page

    def look(state: str) -> None:
        check(page, state)
        assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0, state

    look("start")
    page.get_by_text("Start from a state").click()
    staff.say(THREAT)
    staff.say(DANGER)
    look("conversation")
    staff.keep("Kept")
    staff.press("Check and save")
    expect(staff("#file-said")).to_contain_text("Saved as")
    look("editor")
    with console.changed(*ROUTE):
        staff.press("Run all tests")
        expect(staff("#tests .run-summary")).to_contain_text("failed,")
        expect(staff(".failure")).to_have_count(1)
        page.locator("#tests summary").first.click()
        look("failure")
    staff.go("Routes")
    expect(staff("#map svg .node.on")).not_to_have_count(0)
    page.get_by_text("The same as a table").click()
    look("map")
    staff.go("Trainings")
    expect(staff("#trainings dl")).to_be_visible()
    look("trainings")
    for address in ("contacts", "changes"):
        page.goto(f"{console.address}/staff/{address}")
        look(address)


def test_by_keyboard_alone_from_the_first_word_to_the_kept_test(staff, console):
    page = staff.page

    def tab_to(name: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            label = page.evaluate("(e => (e.labels?.[0] ?? e).textContent)(document.activeElement)")
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline == "solid", label   # the focus can always be seen
            if name in label:
                return
        raise AssertionError(f"{name} cannot be reached")

    tab_to("Type your message")
    page.keyboard.type(THREAT)
    page.keyboard.press("Enter")
    expect(staff(".why-button")).to_have_count(1)
    assert page.evaluate("document.activeElement.id") == "box"   # an answer does not move the focus
    expect(staff("#heard")).to_contain_text("Report Remove")      # but it is announced
    tab_to("Keep this conversation")
    page.keyboard.type("By keyboard")
    page.keyboard.press("Enter")
    expect(page.get_by_label("What is said, and what must be shown")).to_be_focused()
    tab_to("Check and save")
    page.keyboard.press("Enter")
    expect(staff("#file-said")).to_contain_text("Saved as tests/flows/by-keyboard.yml")
    tab_to("Close")
    assert (console.flows / "by-keyboard.yml").exists()


def test_the_call_sheet_prints_without_the_rest(staff, console):
    staff.go("Contacts")
    expect(staff.page.get_by_role("heading", name="Call sheet")).to_be_visible()
    expect(staff.page.get_by_role("heading", name="Every service")).to_be_visible()
    staff.page.emulate_media(media="print")
    expect(staff.page.get_by_role("heading", name="Every service")).to_be_hidden()
    expect(staff.page.get_by_role("heading", name="Call sheet")).to_be_visible()
    assert staff.page.locator("article").first.evaluate("e => getComputedStyle(e).breakInside") == "avoid"
