"""Another site embeds the chat with one script tag, and the real assistant answers there, if that site is allowed."""
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.conftest import running


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture
def other_site(tmp_path):
    """A site of its own: its address, and the folder that it serves."""
    site = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    threading.Thread(target=site.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{site.server_address[1]}", tmp_path
    site.shutdown()


def test_one_script_tag_on_an_allowed_site(browser, other_site):
    address, folder = other_site
    with running(ALLOWED_ORIGINS=address) as chat:
        (folder / "index.html").write_text(f'<!doctype html><title>School</title><p>Our school</p><script src="{chat}/widget/webchat.js" defer></script>')
        context = browser.new_context()
        page = context.new_page()
        page.goto(address)
        page.locator(".launcher .opener").click()
        box = page.locator("textarea:visible")
        box.fill("my dad hits me")
        box.press("Enter")
        page.get_by_text("it is not your fault", exact=False).first.wait_for(timeout=15_000)
        assert page.locator('a[href="tel:08001111"]:visible').count() > 0
        assert context.cookies() == []
        context.close()
