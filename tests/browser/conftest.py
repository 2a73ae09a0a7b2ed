"""A real Chromium and the stub server. Fixtures that hold the browser live as long as one module: Playwright's event loop would
otherwise stay behind in the thread and break the asynchronous tests that come after."""
import shutil
from typing import Callable, Dict, Iterator, List

import pytest
from console_server import Console, serving_console
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from stub_server import Stub, card, serving

CHROMES = ("google-chrome", "chromium", "chromium-browser")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
EXIT = "https://www.bbc.co.uk/weather"
expect.set_options(timeout=4000)


def number(service: str) -> str:
    """A service's telephone number as it is shown. Tests, too, take contacts from the registry."""
    return next(contact["display"] for contact in card(service)["contacts"] if contact["kind"] == "phone")


CHILDLINE, HELPLINE = number("childline"), number("nspcc_helpline")


@pytest.fixture(scope="session")
def chrome() -> str:
    found = next(filter(None, map(shutil.which, CHROMES)), None)
    if not found:
        pytest.fail(f"The browser tests need one of {', '.join(CHROMES)} on the PATH (Debian: apt-get install chromium).")
    return found


@pytest.fixture(scope="module")
def browser(chrome: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # Without its own flag Playwright turns the back/forward cache off, which visitors have.
        one = playwright.chromium.launch(executable_path=chrome, args=FLAGS, ignore_default_args=["--disable-back-forward-cache"])
        yield one
        one.close()


@pytest.fixture
def stub() -> Iterator[Stub]:
    with serving() as server:
        yield server


@pytest.fixture(scope="session")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """One staff console for all tests. Whoever changes its files puts them back."""
    with serving_console(tmp_path_factory.mktemp("project")) as one:
        yield one


class Visitor:
    """A person at a page with the chat. Locators reach into the shadow root."""

    def __init__(self, context: BrowserContext, stub: Stub) -> None:
        self.context = context
        self.stub = stub
        self.requests: List[str] = []
        self.errors: List[str] = []
        context.route(EXIT, lambda route: route.fulfill(body="<title>Weather</title>Sunny.", content_type="text/html"))
        context.on("request", lambda request: self.requests.append(request.url))
        context.set_default_timeout(8000)
        self.page: Page = context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)

    def go(self, path: str = "/", ready: str = "textarea") -> "Visitor":
        self.page.goto(self.stub.address + path if path.startswith("/") else path)
        if ready:
            self.page.wait_for_selector(ready)
        return self

    def __call__(self, selector: str):
        return self.page.locator(selector)

    @property
    def box(self):
        return self.page.locator("textarea")

    @property
    def replies(self):
        return self.page.locator("li.bot:has(.ways small)")

    def say(self, text: str, wait: bool = True) -> None:
        before = self.replies.count()
        self.box.fill(text)
        self.box.press("Enter")
        if wait:
            expect(self.replies).to_have_count(before + 1)

    def scroll_x(self) -> int:
        """How far the page can be pushed sideways."""
        return self.page.evaluate("document.scrollingElement.scrollWidth - innerWidth")


@pytest.fixture
def visit(browser: Browser, stub: Stub) -> Iterator[Callable[..., Visitor]]:
    contexts: List[BrowserContext] = []

    def open_page(path: str = "/", ready: str = "textarea", server: Stub = stub, **options: object) -> Visitor:
        settings: Dict[str, object] = {"viewport": {"width": 390, "height": 844}, "reduced_motion": "reduce", "locale": "en-GB", **options}
        contexts.append(browser.new_context(**settings))
        return Visitor(contexts[-1], server).go(path, ready)

    yield open_page
    for context in contexts:
        context.close()
