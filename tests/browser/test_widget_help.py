"""Help without anything: no script, no server, no network, no answer, or one that comes too late."""
import re

import pytest
from conftest import CHILDLINE, HELPLINE
from playwright.sync_api import expect

NUMBERS = ("999", CHILDLINE, HELPLINE, "101")


def test_contacts_are_in_the_page_without_scripts(visit):
    visitor = visit(ready="", java_script_enabled=False)
    for number in NUMBERS:
        expect(visitor.page.get_by_role("link", name=number, exact=True)).to_be_visible()
        expect(visitor.page.get_by_role("link", name=number, exact=True)).to_have_attribute("href", "tel:" + number.replace(" ", ""))
    expect(visitor("[data-service=report_remove] a")).to_be_visible()
    expect(visitor(".intro").first).to_contain_text("You do not need it")
    expect(visitor(".leave")).to_have_attribute("href", "https://www.bbc.co.uk/weather")


@pytest.fixture
def offline_parts(visit):
    """A visitor to whom a part of the script does not get through."""
    def without(pattern: str):
        visitor = visit(ready="")
        visitor.context.route(pattern, lambda route: route.abort())
        return visitor
    return without


def test_contacts_stay_when_the_script_cannot_load(offline_parts):
    visitor = offline_parts("**/element.js*").go("/", ready=".plain")
    expect(visitor.page.get_by_role("link", name=CHILDLINE)).to_be_visible()


def test_the_script_tries_again_on_a_bad_connection(visit):
    visitor = visit(ready="")
    visitor.page.clock.install()
    visitor.context.route("**/element.js", lambda route: route.abort(), times=1)
    visitor.go("/", ready=".plain")
    for _ in range(20):
        visitor.page.clock.fast_forward(3000)
        visitor.page.wait_for_timeout(100)
        if visitor.box.count():
            break
    expect(visitor.box).to_be_visible()


def test_everything_is_there_at_once_and_nothing_is_sent_before_the_first_message(visit, stub):
    visitor = visit(viewport={"width": 390, "height": 844})
    expect(visitor("h2.greeting")).to_be_in_viewport()
    expect(visitor.page.get_by_text("I am a computer program.")).to_be_in_viewport()
    expect(visitor.box).to_be_in_viewport()
    expect(visitor(".start .row")).to_have_count(5)
    for row in visitor(".start .row").all():
        expect(row).to_be_in_viewport(ratio=1)
    assert stub.seen == []


def test_server_killed_in_the_middle(visit, stub):
    visitor = visit()
    visitor.say("my dad hits me")
    stub.kill()
    visitor.say("are you still there", wait=False)
    notice = visitor(".notice")
    expect(notice).to_contain_text("It is not your fault")
    expect(notice.get_by_role("link", name=CHILDLINE)).to_be_visible()
    expect(visitor.box).to_have_value("are you still there")
    expect(visitor(".failed")).to_contain_text("Not sent")
    expect(visitor.replies.first).to_be_visible()


@pytest.mark.parametrize("text", ["crash", "bare error", "cut"])
def test_an_error_gives_help_and_loses_nothing(visit, stub, text):
    visitor = visit()
    visitor.say(text, wait=False)
    expect(visitor(".notice")).to_have_count(1)
    expect(visitor("li.bot").get_by_role("link", name=re.compile(CHILDLINE)).first).to_be_visible()
    expect(visitor.box).to_have_value(text)
    visitor.box.fill("my dad hits me")
    visitor.box.press("Enter")
    expect(visitor(".card h3").get_by_text("Police 101")).to_be_visible()
    expect(visitor.box).to_have_value("")


def test_messages_typed_meanwhile_are_sent_in_order_and_all_come_back_on_failure(visit, stub):
    visitor = visit()
    visitor.say("slow 600 cut", wait=False)
    visitor.say("second", wait=False)
    visitor.box.fill("half a third")
    expect(visitor(".failed")).to_have_count(2)
    expect(visitor.box).to_have_value("slow 600 cut\nsecond\nhalf a third")
    visitor.box.fill("")
    visitor.say("one", wait=False)
    visitor.say("two", wait=False)
    expect(visitor.replies).to_have_count(2)
    assert [body["text"] for body in stub.calls("POST", "/messages")][-2:] == ["one", "two"]


def test_a_choice_that_failed_can_be_pressed_again(visit, stub):
    visitor = visit()
    visitor.say("my dad hits me")
    visitor.context.set_offline(True)
    visitor.page.get_by_role("button", name="13 to 15").click()
    expect(visitor(".notice")).to_contain_text("not your fault")
    expect(visitor(".net")).to_contain_text("Phone calls still work")
    visitor.context.set_offline(False)
    expect(visitor(".net")).to_be_hidden()
    visitor.page.get_by_role("button", name="Send again").click()
    expect(visitor.replies).to_have_count(2)
    assert stub.calls("POST", "/messages")[-1] == {"choice": "c2"}


def test_an_empty_reply_still_shows_people(visit):
    visitor = visit()
    visitor.say("empty", wait=False)
    expect(visitor(".notice")).to_contain_text("These people can help")
    expect(visitor(".notice .row")).to_have_count(5)


def test_a_late_reply_shows_people_after_eight_seconds_and_is_still_shown(visit):
    visitor = visit(ready="")
    visitor.page.clock.install()
    visitor.go("/").say("slow 2500", wait=False)
    visitor.page.clock.fast_forward(7000)
    expect(visitor(".notice")).to_have_count(0)
    visitor.page.clock.fast_forward(1000)
    expect(visitor(".notice")).to_contain_text("You do not have to wait")
    expect(visitor(".notice .row")).to_have_count(5)
    expect(visitor(".dots")).to_have_count(1)
    expect(visitor.replies).to_have_count(1)
    expect(visitor(".dots")).to_have_count(0)


def test_a_session_that_is_over_is_replaced_quietly(visit, stub):
    visitor = visit()
    visitor.say("my dad hits me")
    stub.sessions.clear()
    visitor.say("hello again")
    expect(visitor(".notice")).to_have_count(0)
    assert len(stub.calls("POST", "/sessions")) == 2 and len(stub.calls("POST", "/messages")) == 3
