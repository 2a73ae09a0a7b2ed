"""The page that `make run` serves, in a real browser, with the real assistant behind it."""
import re

import httpx
import pytest

from bot.signposting.services import registry
from bot.webchat.static import ON_THE_PAGE
from tests.test_main_job import GIRL_OF_13

PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def page(request, browser, server):
    context = browser.new_context(viewport=request.param)
    page = context.new_page()
    page.goto(server)
    yield page
    context.close()


def test_the_contacts_are_in_the_html_itself(server):
    html = httpx.get(server).text
    for service in ON_THE_PAGE:
        assert registry()[service].name in html
    for service in ("childline", "nspcc_helpline", "police_101", "emergency_999"):
        assert registry()[service].phone in html
    assert registry()["report_remove"].printable_contacts()[0].href in html


def test_the_girl_of_13_types_into_the_page(page):
    box = page.get_by_role("textbox")
    box.fill(GIRL_OF_13)
    box.press("Enter")
    said = page.get_by_text("It is not your fault", exact=False).first
    said.wait_for(timeout=15_000)
    conversation = page.locator("safeguarding-chat").inner_text() or page.inner_text("body")
    assert page.get_by_role("link", name=re.compile("Report Remove")).count() > 0
    assert page.locator('a[href="tel:08001111"]').count() > 0
    assert page.get_by_text("You do not have to pay", exact=False).count() > 0
    assert "blame" not in conversation.lower()


def test_by_keyboard_alone_danger_gets_999_first(page):
    box = page.get_by_role("textbox")
    box.focus()
    page.keyboard.type("hes got a knife and hes hurting my mum right now im 10")
    page.keyboard.press("Enter")
    page.get_by_text("I am a computer program. Nobody has been told and I cannot send help.").first.wait_for(timeout=15_000)
    assert page.evaluate("document.activeElement.tagName").lower() in ("safeguarding-chat", "textarea", "input")


def test_markup_that_is_typed_is_text(page):
    box = page.get_by_role("textbox")
    box.fill("<img src=x onerror=\"document.title='gone'\"> my dad hits me")
    box.press("Enter")
    page.get_by_text("not your fault", exact=False).first.wait_for(timeout=15_000)
    assert page.title() != "gone"
