"""How it feels, and its words in English and Welsh."""
import json
import re

from conftest import CHILDLINE
from playwright.sync_api import expect
from stub_server import WIDGET

MEASURE = """() => new Promise((done) => {
  const root = document.querySelector('safeguarding-chat').shadowRoot;
  let start;
  root.querySelector('textarea').addEventListener('keydown', () => { start ??= performance.now(); }, {once: true, capture: true});
  new MutationObserver(() => { if (root.querySelector('.bot .card')) requestAnimationFrame(() => done(performance.now() - start)); }).observe(root.querySelector('.log'), {childList: true});
})"""


def test_enter_sends_shift_enter_breaks_and_the_box_grows(visit, stub):
    visitor = visit()
    visitor.box.press_sequentially("one")
    low = visitor.box.bounding_box()["height"]
    visitor.page.keyboard.press("Shift+Enter")
    visitor.box.press_sequentially("two")
    assert visitor.box.bounding_box()["height"] > low
    visitor.box.press("Enter")
    expect(visitor.replies).to_have_count(1)
    assert stub.calls("POST", "/messages") == [{"text": "one\ntwo"}]
    assert visitor.box.bounding_box()["height"] == low
    visitor.box.press("Enter")
    visitor.box.fill("   ")
    visitor.page.get_by_role("button", name="Send", exact=True).click()
    visitor.page.wait_for_timeout(100)
    assert len(stub.calls("POST", "/messages")) == 1


def test_the_limit_is_shown_and_nothing_is_cut_off(visit, stub):
    visitor = visit()
    visitor.box.fill("x" * 1850)
    expect(visitor("#count")).to_have_text("150 letters left")
    visitor.box.fill("😀" * 2001)
    expect(visitor("#count")).to_contain_text("1 letters too long")
    expect(visitor.box).to_have_attribute("aria-invalid", "true")
    visitor.box.press("Enter")
    visitor.page.wait_for_timeout(100)
    assert visitor.box.input_value() == "😀" * 2001 and stub.seen == []
    visitor.say("😀" * 2000)


def test_dots_while_waiting_times_on_messages_and_no_fake_wait(visit, stub):
    visitor = visit()
    visitor.say("slow 400", wait=False)
    expect(visitor(".dots")).to_be_visible()
    expect(visitor.replies).to_have_count(1)
    expect(visitor(".dots")).to_have_count(0)
    for small in visitor(".log small").all():
        assert re.fullmatch(r"\d\d:\d\d", small.inner_text())
    measured = visit()
    measured.box.fill("my dad hits me")
    measured.page.evaluate(f"() => {{ window.measured = ({MEASURE})(); }}")
    measured.box.press("Enter")
    milliseconds = measured.page.evaluate("() => window.measured")
    print(f"typing to first reply in the browser: {milliseconds:.0f} ms with a server that answers at once")
    assert milliseconds < 700


def test_a_long_reply_is_shown_from_its_beginning(visit):
    visitor = visit(viewport={"width": 360, "height": 640})
    visitor.say("my dad hits me")
    expect(visitor(".you .bubble")).to_be_in_viewport()
    expect(visitor(".bot .bubble").first).to_be_in_viewport()


def test_new_messages_do_not_pull_a_reader_away(visit):
    visitor = visit(viewport={"width": 360, "height": 640})
    visitor.say("my dad hits me")
    visitor.say("slow 500", wait=False)
    visitor(".main").evaluate("main => { main.scrollTop = 0; }")
    expect(visitor.replies).to_have_count(2)
    assert visitor(".main").evaluate("main => main.scrollTop") == 0
    toast = visitor.page.get_by_role("button", name="New messages")
    toast.click()
    expect(visitor.replies.last.locator(".bubble")).to_be_in_viewport()
    expect(toast).to_be_hidden()


def test_numbers_button_goes_back_to_the_contacts(visit):
    visitor = visit(viewport={"width": 360, "height": 640})
    visitor.say("my dad hits me")
    visitor.page.get_by_role("button", name="Numbers").click()
    expect(visitor(".start .row").first).to_be_in_viewport(ratio=1)


def test_the_box_stays_in_reach_above_an_on_screen_keyboard(visit):
    visitor = visit(viewport={"width": 360, "height": 740})
    visitor.say("my dad hits me")
    visitor.page.set_viewport_size({"width": 360, "height": 400})
    for part in ("textarea", ".send", ".room .leave"):
        expect(visitor(part)).to_be_in_viewport(ratio=1)
    assert visitor(".main").bounding_box()["height"] > 200


def test_welsh(visit, stub):
    visitor = visit("/?lang=cy")
    expect(visitor.page).to_have_title("Sgwrs")
    expect(visitor("html")).to_have_attribute("lang", "cy")
    expect(visitor.page.get_by_role("button", name="Cuddio")).to_be_visible()
    visitor.say("my dad hits me")
    expect(visitor(".bot .bubble")).to_have_attribute("lang", "en")  # the bot's own words are read by an English voice
    expect(visitor.page.get_by_role("link", name=f"Ffonio {CHILDLINE}")).to_be_visible()


def test_the_language_can_be_changed_in_place_and_loses_nothing(visit):
    visitor = visit()
    visitor.say("my dad hits me")
    visitor.box.fill("half a")
    visitor.page.get_by_role("button", name="Cymraeg").click()
    expect(visitor.page.get_by_role("button", name="Clirio")).to_be_visible()
    expect(visitor.replies).to_have_count(1)
    expect(visitor.box).to_have_value("half a")
    visitor.say("danger")


def test_both_languages_have_every_word():
    words = json.loads((WIDGET / "words.json").read_text())

    def keys(part, path=""):
        return {found for key, value in part.items() for found in (keys(value, f"{path}{key}.") if isinstance(value, dict) else [path + key])}

    assert keys(words["en"]) == keys(words["cy"])
    assert not re.search(r"\d{4,}|\b(999|116)\b", json.dumps(words).replace("emergency_999", ""))
