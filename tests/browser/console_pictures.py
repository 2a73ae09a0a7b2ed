"""The pictures of the staff guide:  python tests/browser/console_pictures.py docs/images  (`make screenshots` makes those of the web chat)."""
import io
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]

from console_server import Console, serving_console  # noqa: E402

from bot.signposting.data_files import ROOT  # noqa: E402

ROUTE = ("routes.yml", "    when: {concern: [image_threat]}\n    services: [report_remove, childline, police_101]", "    when: {concern: [image_threat]}\n    services: [childline]")
THREAT, DANGER = "someone is threatening to share my nudes, im 14", "hes outside my house now with a knife"
COLOURS = 96   # of a picture, so that it stays small


def say(page: Page, text: str) -> None:
    answers = page.locator(".why-button").count()
    page.fill("#box", text)
    page.press("#box", "Enter")
    expect(page.locator(".why-button")).to_have_count(answers + 1)


def pictures(page: Page, console: Console, folder: Path) -> None:
    def shot(name: str, **options: object) -> None:
        page.wait_for_timeout(300)
        picture = Image.open(io.BytesIO(page.screenshot(**options))).convert("RGB")
        picture.quantize(COLOURS, dither=Image.Dither.NONE).save(folder / f"console-{name}.png", optimize=True)

    def run(button: str) -> None:
        page.get_by_role("button", name=button, exact=True).click()
        expect(page.locator("#tests .run-summary")).not_to_contain_text("Starting")
        expect(page.locator("#tests .run-summary strong")).to_be_visible(timeout=120_000)

    page.goto(console.link)
    page.wait_for_selector("body[data-ready]")
    say(page, THREAT)
    shot("conversation")
    page.fill("#test-title", "A child of 14, threatened")
    page.get_by_role("button", name="Keep as a test").click()
    expect(page.locator("#file-text")).to_be_focused()
    shot("keep")
    page.get_by_role("button", name="Check and save").click()
    expect(page.locator("#file-said")).to_contain_text("Saved as")
    with console.changed(*ROUTE):
        run("Run it")
        shot("failed")
    page.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="All right").click()
    run("Run all tests")
    page.evaluate("scrollTo(0, 0)")
    shot("passed")
    page.get_by_role("link", name="Routes").click()
    expect(page.locator("#map svg .node.on")).not_to_have_count(0)
    page.set_viewport_size({"width": 1180, "height": 660})
    shot("routes")
    page.set_viewport_size({"width": 1180, "height": 820})
    with console.changed(*ROUTE):
        page.goto(f"{console.address}/staff/changes")
        shot("changes")


def main(folder: Path) -> None:
    chrome = next(filter(None, map(shutil.which, ("google-chrome", "chromium", "chromium-browser"))), None)
    with tempfile.TemporaryDirectory() as project, serving_console(Path(project)) as console, sync_playwright() as playwright:
        (console.flows / "first.yml").unlink()
        for flows in (ROOT / "tests" / "flows").iterdir():
            if flows.suffix in (".yml", ".csv"):
                shutil.copy2(flows, console.flows)
        browser = playwright.chromium.launch(executable_path=chrome, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"])
        page = browser.new_page(viewport={"width": 1180, "height": 820}, reduced_motion="reduce", locale="en-GB")
        page.set_default_timeout(60_000)
        expect.set_options(timeout=60_000)
        pictures(page, console, folder)
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
