"""Leaving fast, hiding, clearing, and leaving nothing behind."""
import pytest
from conftest import EXIT
from playwright.sync_api import expect

STORES = """async () => [localStorage.length, sessionStorage.length, document.cookie, (await indexedDB.databases()).length, (await caches.keys()).length,
  (await navigator.serviceWorker.getRegistrations()).length]"""


def before(stub):
    stub.pages["/before"] = ("<title>Before</title>", {})


def wait_for_end(visitor, stub):
    for _ in range(40):
        if stub.calls("DELETE"):
            break
        visitor.page.wait_for_timeout(50)
    assert stub.calls("DELETE") and not stub.sessions


def test_the_exit_link_replaces_the_page_and_ends_the_conversation(visit, stub):
    before(stub)
    visitor = visit("/before", ready="").go("/")
    visitor.say("my dad hits me")
    visitor(".room .leave").click()
    expect(visitor.page).to_have_url(EXIT)
    wait_for_end(visitor, stub)
    visitor.page.go_back(wait_until="commit")
    expect(visitor.page).to_have_title("Before")


@pytest.mark.parametrize("where", ["box", "page"])
def test_shift_three_times_leaves(visit, stub, where):
    visitor = visit()
    visitor.say("my dad hits me")
    if where == "page":
        visitor.page.evaluate("document.activeElement.shadowRoot.activeElement.blur()")
    status = visitor("[role=status]")
    visitor.page.keyboard.press("Shift")
    expect(status).to_contain_text("Shift, press 2 more times to leave.")
    visitor.page.keyboard.press("Shift")
    expect(status).to_contain_text("Shift, press 1 more time to leave.")
    visitor.page.keyboard.press("Shift")
    expect(visitor.page).to_have_url(EXIT)
    wait_for_end(visitor, stub)


def test_capital_letters_and_slow_presses_do_not_leave(visit):
    visitor = visit(ready="")
    visitor.page.clock.install()
    visitor.go("/").box.focus()
    for key in "ABCD":
        visitor.page.keyboard.press(f"Shift+{key}")
    visitor.page.keyboard.press("Shift")
    visitor.page.keyboard.press("Shift")
    visitor.page.keyboard.press("a")
    visitor.page.keyboard.press("Shift")
    visitor.page.clock.fast_forward(5000)
    expect(visitor.box).to_have_value("ABCDa")
    expect(visitor("[role=status]")).to_contain_text("Leaving by Shift has stopped.")


def test_the_cover_comes_at_once_and_is_announced(visit, stub):
    visitor = visit()
    visitor.context.unroute(EXIT)
    visitor.context.route(EXIT, lambda route: route.fulfill(status=204))  # the browser stays where it is
    visitor.say("my dad hits me")
    visitor(".room .leave").click()
    cover = visitor(".blank")
    expect(cover).to_be_visible()
    assert cover.bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
    expect(cover.get_by_role("alert")).to_have_text("Leaving this page.")
    assert visitor.page.evaluate("document.elementFromPoint(200, 200).shadowRoot?.elementFromPoint(200, 200).className") == "blank"


@pytest.mark.parametrize("back", ["cache", "reload"])
def test_the_back_button_brings_nothing_back(visit, stub, back):
    stub.pages["/host"] = ("<!doctype html><title>Host</title><script src='/widget/webchat.js' defer></script><safeguarding-chat></safeguarding-chat>",
                           {"Cache-Control": "no-store"} if back == "reload" else {})
    stub.pages["/next"] = ("<title>Next</title>", {})
    visitor = visit("/host")
    visitor.page.evaluate("addEventListener('pageshow', (event) => { window.cached = event.persisted; })")
    visitor.say("my dad hits me")
    visitor.box.fill("something I did not send")
    visitor.go("/next", ready="")
    wait_for_end(visitor, stub)
    visitor.page.go_back(wait_until="commit")
    expect(visitor.box).to_have_value("")
    expect(visitor(".log li")).to_have_count(0)
    assert "dad" not in visitor.page.content() and "dad" not in visitor(".sgc").inner_text()
    expect(visitor("h2.greeting")).to_be_visible()
    if back == "cache" and not visitor.page.evaluate("window.cached"):
        visitor.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
        expect(visitor("h2.greeting")).to_be_visible()
    visitor.say("my dad hits me")


def test_hide_covers_and_show_brings_back(visit, stub):
    visitor = visit()
    visitor.say("my dad hits me")
    visitor.page.get_by_role("button", name="Hide").click()
    expect(visitor(".room")).to_be_hidden()
    expect(visitor.page.get_by_text("my dad hits me")).to_be_hidden()
    expect(visitor.page.get_by_role("button", name="Show")).to_be_focused()
    visitor.page.keyboard.press("Enter")
    expect(visitor.replies).to_have_count(1)
    visitor.box.press("Escape")
    expect(visitor(".room")).to_be_hidden()


def test_clear_wipes_here_and_on_the_server(visit, stub):
    visitor = visit()
    visitor.say("my dad hits me")
    visitor.box.fill("and more")
    visitor.page.get_by_role("button", name="Clear").click()
    expect(visitor(".log li")).to_have_count(0)
    expect(visitor.box).to_have_value("")
    expect(visitor.box).to_be_focused()
    expect(visitor("[role=status]")).to_contain_text("The chat is cleared.")
    wait_for_end(visitor, stub)
    visitor.say("my dad hits me")
    assert len(stub.calls("POST", "/sessions")) == 2


def test_a_reply_to_a_cleared_conversation_is_not_shown(visit):
    visitor = visit()
    visitor.say("slow 500", wait=False)
    visitor.page.get_by_role("button", name="Clear").click()
    visitor.page.wait_for_timeout(700)
    expect(visitor(".log li")).to_have_count(0)


def test_nothing_is_left_behind(visit, stub):
    visitor = visit()
    visitor.say("my dad hits me")
    visitor.page.get_by_role("button", name="13 to 15").click()
    expect(visitor.replies).to_have_count(2)
    assert visitor.page.evaluate(STORES) == [0, 0, "", 0, 0, 0]
    assert visitor.context.cookies() == []
    assert not [url for url in visitor.requests if "dad" in url or "token" in url]
    assert visitor.page.url == stub.address + "/"


def test_the_page_and_the_launcher_are_neutral(visit):
    visitor = visit("/widget/embed", ready=".launcher .opener")
    expect(visitor(".launcher .opener")).to_have_text("Chat")
    visitor.go("/")
    expect(visitor.page).to_have_title("Chat")


def test_the_box_asks_the_browser_to_remember_and_check_nothing(visit):
    box = visit().box
    for name, value in {"autocomplete": "off", "spellcheck": "false", "autocorrect": "off", "writingsuggestions": "false", "data-gramm": "false"}.items():
        expect(box).to_have_attribute(name, value)
    assert box.get_attribute("name") is None


def test_it_is_honest_about_the_browsers_history(visit):
    visitor = visit()
    visitor.page.get_by_text("Keeping this private").click()
    expect(visitor(".private")).to_contain_text("It cannot clear your browser's history.")
