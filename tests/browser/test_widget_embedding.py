"""One script tag on any page: the launcher, the inline element, the frame, the options, and hosts that are hostile."""
import gzip
from pathlib import Path

import pytest
from conftest import CHILDLINE
from playwright.sync_api import expect
from stub_server import WIDGET, serving

HOSTILE = """<style>
* { all: unset !important; display: block !important; color: red !important; font: 44px/3 cursive !important; position: static !important;
    transform: rotate(9deg) !important; opacity: .1 !important; pointer-events: none !important; text-transform: uppercase !important; }
html { font-size: 3px; } body { transform: scale(.3); filter: blur(3px); overflow: hidden; height: 20px; contain: strict; }
div, button, section, textarea, ul, a, h2 { display: none !important; width: 1px !important; }
safeguarding-chat { display: none !important; visibility: hidden !important; width: 0 !important; z-index: -1 !important; }
</style>"""


@pytest.fixture
def host():
    """A site of another origin that embeds the chat."""
    with serving() as server:
        yield server


def embed(host, stub, options="", inside="", head="", policy=None):
    policy = policy or f"default-src 'none'; style-src 'unsafe-inline'; script-src {stub.address}; connect-src {stub.address}"
    host.pages["/site"] = (f"<!doctype html><html lang=en><head><title>A school</title>{head}<script src='{stub.address}/widget/webchat.js' defer {options}></script></head>"
                           f"<body><h1>Our school</h1>{inside}</body></html>", {"Content-Security-Policy": policy})
    return f"{host.address}/site"


def test_one_script_tag_makes_a_launcher_and_a_panel(visit, stub, host):
    visitor = visit(embed(host, stub), ready=".opener")
    expect(visitor(".room")).to_be_hidden()
    visitor(".opener").click()
    expect(visitor.page.get_by_role("dialog", name="Who can help")).to_be_visible()
    expect(visitor.box).to_be_focused()
    expect(visitor(".row .pill[href^='tel:']")).to_have_count(4)
    visitor.say("my dad hits me")
    visitor(".tool", ).get_by_text("Hide").click()
    expect(visitor(".opener")).to_be_focused()
    visitor(".opener").click()
    expect(visitor.replies).to_have_count(1)
    visitor.page.keyboard.press("Escape")
    expect(visitor(".room")).to_be_hidden()
    assert visitor.errors == []


@pytest.mark.parametrize("inside", ["", "<safeguarding-chat></safeguarding-chat>"], ids=["launcher", "inline"])
def test_no_host_style_breaks_it(visit, stub, host, inside):
    head = HOSTILE if not inside else HOSTILE.replace("transform: scale(.3); filter: blur(3px); overflow: hidden; height: 20px; contain: strict;", "")
    visitor = visit(embed(host, stub, "data-open", inside, head), viewport={"width": 1000, "height": 800})
    looks = visitor.box.evaluate("b => [getComputedStyle(b).fontSize, getComputedStyle(b).color, getComputedStyle(b).textTransform]")
    assert looks == ["16px", "rgb(29, 43, 46)", "none"]
    size = visitor(".room").bounding_box()
    assert size["width"] > 300 and size["height"] > 500
    visitor.say("my dad hits me")
    expect(visitor(".card").first).to_be_visible()
    if not inside:  # nothing lies above it
        assert visitor.page.evaluate("document.elementFromPoint(innerWidth - 60, innerHeight - 60).localName") == "safeguarding-chat"


def test_a_strict_policy_is_enough_and_nothing_is_refused(visit, stub, host):
    policy = f"default-src 'none'; script-src {stub.address}; connect-src {stub.address}"
    visitor = visit(embed(host, stub, "data-open", policy=policy))
    visitor.say("danger")
    expect(visitor(".urgent")).to_have_css("background-color", "rgb(168, 15, 28)")
    assert visitor.errors == []


def test_options(visit, stub, host):
    options = 'data-open data-title="Ask us" data-greeting="Hi there." data-color="#5b3a8c" data-lang="cy" data-exit="https://example.org/maps"'
    visitor = visit(embed(host, stub, options))
    expect(visitor("#heading")).to_have_text("Ask us")
    expect(visitor(".greeting")).to_have_text("Hi there.")
    expect(visitor(".send")).to_have_css("background-color", "rgb(91, 58, 140)")
    expect(visitor(".send")).to_have_css("color", "rgb(255, 255, 255)")
    expect(visitor(".room .leave")).to_have_attribute("href", "https://example.org/maps")
    expect(visitor(".room .leave")).to_have_text("Gadael nawr")


def test_an_exit_address_that_is_no_web_address_is_not_taken(visit, stub, host):
    visitor = visit(embed(host, stub, 'data-open data-exit="javascript:alert(1)"'))
    expect(visitor(".room .leave")).to_have_attribute("href", "https://www.bbc.co.uk/weather")


def test_without_scripts_the_snippet_shows_the_contacts(visit, stub, host):
    snippet = f"<safeguarding-chat data-mode=launcher>{stub.render('fallback.html.j2')}</safeguarding-chat>"
    visitor = visit(embed(host, stub, inside=snippet), ready="", java_script_enabled=False)
    expect(visitor.page.get_by_role("link", name=CHILDLINE)).to_be_visible()
    assert visitor("a[href^='tel:']").count() >= 4


def test_the_frame_works_and_leaving_moves_the_page_around_it(visit, stub, host):
    host.pages["/framed"] = (f"<title>A school</title><iframe src='{stub.address}/widget/frame' title=Chat width=400 height=640></iframe>", {})
    visitor = visit(f"{host.address}/framed", ready="")
    frame = visitor.page.frame_locator("iframe")
    frame.locator("textarea").fill("my dad hits me")
    frame.locator("textarea").press("Enter")
    expect(frame.locator(".card").first).to_be_visible()
    frame.locator(".room .leave").click()
    expect(visitor.page).to_have_title("Weather")


def test_the_documentation_page_has_working_examples(visit):
    visitor = visit("/widget/embed", ready=".launcher .opener", viewport={"width": 1200, "height": 900})
    assert visitor("safeguarding-chat").count() == 2
    visitor(".inline textarea").fill("my dad hits me")
    visitor(".inline textarea").press("Enter")
    expect(visitor(".inline .card").first).to_be_visible()
    assert "<safeguarding-chat" in visitor("pre").nth(1).inner_text() and "tel:" in visitor("pre").nth(1).inner_text()
    assert visitor.errors == []


def test_nothing_is_asked_of_another_host(visit, stub):
    visitor = visit()
    visitor.say("my dad hits me")
    visitor.say("danger")
    visitor(".tool").get_by_text("Clear").click()
    assert {url.split("/")[2] for url in visitor.requests if not url.startswith("data:")} == {stub.address.split("//")[1]}


def test_all_scripts_and_styles_are_at_most_15_kb_gzipped():
    files = [*WIDGET.glob("*.js"), WIDGET / "webchat.css"]
    sizes = {file.name: len(gzip.compress(file.read_bytes(), 9)) for file in files}
    assert sum(sizes.values()) <= 15 * 1024, sizes
    longest = {file.name: len(file.read_text().splitlines()) for file in Path(WIDGET).iterdir() if file.is_file()}
    assert max(longest.values()) <= 400, longest
