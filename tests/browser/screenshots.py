"""Pictures of the web chat:  python tests/browser/screenshots.py http://127.0.0.1:5005 OUTPUT_FOLDER  (`make screenshots` calls it)."""
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
WORRY, DANGER, PICTURE = "my dad hits me", "he has a knife, he is coming up the stairs now", "someone is sharing a nude of me and i am 14"
# name: (address, what is said in turn, context options)
SHOTS = {
    "phone": ("/", [], {"viewport": PHONE}),
    "phone-reply": ("/", [WORRY], {"viewport": PHONE}),
    "phone-small": ("/", [PICTURE], {"viewport": {"width": 320, "height": 640}}),
    "desktop": ("/", [PICTURE], {"viewport": DESKTOP}),
    "dark": ("/", [], {"viewport": PHONE, "color_scheme": "dark"}),
    "dark-reply": ("/", [PICTURE], {"viewport": PHONE, "color_scheme": "dark"}),
    "dark-desktop": ("/", [WORRY], {"viewport": DESKTOP, "color_scheme": "dark"}),
    "high-contrast": ("/", [DANGER], {"viewport": PHONE, "forced_colors": "active"}),
    "999": ("/", [DANGER], {"viewport": PHONE}),
    "offline": ("/", ["OFFLINE", WORRY], {"viewport": PHONE}),
    "welsh": ("/?lang=cy", [], {"viewport": PHONE}),
    "welsh-reply": ("/?lang=cy", [WORRY], {"viewport": PHONE}),
    "panel": ("/widget/embed", ["OPEN", WORRY], {"viewport": DESKTOP}),
    "no-script": ("/", ["NOTHING"], {"viewport": PHONE, "java_script_enabled": False}),
}


def say(page: Page, text: str, root: str = ".room") -> None:
    box = page.locator(f"{root} textarea:visible").last
    box.fill(text)
    box.press("Enter")
    page.locator(f"{root} li.bot:last-child .bubble").last.wait_for()


def main(address: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    chrome = next(filter(None, map(shutil.which, ("google-chrome", "chromium", "chromium-browser"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chrome, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"])
        for name, (path, steps, options) in SHOTS.items():
            context = browser.new_context(locale="en-GB", reduced_motion="reduce", device_scale_factor=2 if options["viewport"]["width"] < 500 else 1, **options)
            page = context.new_page()
            page.goto(address.rstrip("/") + path)
            if steps != ["NOTHING"]:
                page.locator("textarea:visible, .launcher .opener").first.wait_for()
            for step in steps:
                if step == "OFFLINE":
                    context.set_offline(True)
                elif step == "OPEN":
                    page.locator(".launcher .opener").click()
                elif step != "NOTHING":
                    say(page, step, ".launcher" if "OPEN" in steps else ".room")
            page.screenshot(path=str(folder / f"{name}.png"))
            context.close()
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], Path(sys.argv[2]))
