"""Service cards, choices, and text that is only ever text."""
from conftest import CHILDLINE
from playwright.sync_api import expect


def test_a_card_has_name_line_links_and_copy(visit):
    visitor = visit(permissions=["clipboard-read", "clipboard-write"])
    visitor.say("my dad hits me")
    card = visitor(".card").first
    expect(card.get_by_role("heading", name="Childline")).to_be_visible()
    expect(card.locator(".line")).to_contain_text("under 19")
    expect(card.get_by_role("link", name=f"Call {CHILDLINE}")).to_have_attribute("href", "tel:" + CHILDLINE.replace(" ", ""))
    chat = card.get_by_role("link", name="Chat online, 1-2-1 (opens a new page)")
    for name, value in {"rel": "noreferrer noopener", "referrerpolicy": "no-referrer", "target": "_blank"}.items():
        expect(chat).to_have_attribute(name, value)
    assert (card.locator(".pill").first.get_attribute("href") or "").startswith("https://")  # in the server's order
    card.get_by_role("button", name=f"Copy {CHILDLINE}").click()
    expect(card.get_by_role("button", name="Copied")).to_be_visible()
    assert visitor.page.evaluate("navigator.clipboard.readText()") == CHILDLINE


def test_a_link_leaves_no_referrer(visit, stub):
    visitor = visit()
    visitor.say("my dad hits me")
    headers = {}
    visitor.context.route("https://www.childline.org.uk/**", lambda route: (headers.update(route.request.all_headers()), route.fulfill(body="ok"))[1])
    with visitor.context.expect_page() as opened:
        visitor(".card .pill").first.click()
    opened.value.wait_for_load_state()
    assert headers and "referer" not in headers
    assert opened.value.evaluate("[opener, document.referrer]") == [None, ""]


def test_hours_are_shown_only_where_the_server_gives_them(visit):
    visitor = visit()
    visitor.say("my dad hits me")
    expect(visitor(".card", ).filter(has_text="Police 101")).to_contain_text("Day and night")
    visitor.say("crash", wait=False)
    expect(visitor(".card").filter(has_text="NSPCC Helpline")).not_to_contain_text("10am")


def test_999_is_unmistakable_when_it_is_now_and_small_when_not(visit):
    visitor = visit()
    visitor.say("danger")
    urgent = visitor(".card").first
    expect(urgent.get_by_role("heading", name="999")).to_be_in_viewport()
    expect(urgent.get_by_role("link", name="Call 999")).to_be_in_viewport()
    assert float(urgent.locator("h3").evaluate("e => parseFloat(getComputedStyle(e).fontSize)")) > 48
    visitor.say("nude")
    small = visitor(".card.small")
    assert small.bounding_box()["height"] < 110
    expect(small.get_by_role("link", name="Call 999")).to_be_visible()


def test_choices_are_buttons_and_old_ones_become_inert_but_readable(visit, stub):
    visitor = visit()
    visitor.say("my dad hits me")
    choice = visitor.page.get_by_role("button", name="13 to 15")
    choice.click()
    expect(visitor(".you .bubble").last).to_have_text("13 to 15")
    expect(visitor.replies).to_have_count(2)
    assert stub.calls("POST", "/messages")[-1] == {"choice": "c2"}
    for old in visitor(".choice").all():
        expect(old).to_have_attribute("aria-disabled", "true")
        expect(old).to_have_attribute("tabindex", "-1")
        expect(old).to_be_visible()
    expect(visitor(".chosen")).to_contain_text("(you chose this)")
    visitor(".choice").first.click(force=True)
    visitor.page.wait_for_timeout(150)
    assert len(stub.calls("POST", "/messages")) == 2
    expect(choice).to_be_attached()


def test_a_script_typed_or_answered_is_text(visit):
    visitor = visit()
    visitor.page.evaluate("() => { window.alert = () => { window.struck = true; }; }")
    visitor.say("<img src=x onerror=alert(1)><script>alert(2)</script> bad link")
    expect(visitor(".you .bubble")).to_have_text("<img src=x onerror=alert(1)><script>alert(2)</script> bad link")
    expect(visitor(".bot .bubble")).to_have_text("<img src=x onerror=alert(1)>")
    assert visitor(".log img, .log script, .log [href^=javascript]").count() == 0
    assert visitor.page.evaluate("window.struck") is None
    assert visitor.errors == []
