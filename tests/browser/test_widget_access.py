"""Usable by everyone: axe-core in every state, keyboard, screen reader, zoom, forced colours, right-to-left, reading aloud."""
import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import expect

VOICE = """(() => {
  const voices = [{lang: 'en-GB', localService: false, name: 'net'}, {lang: 'en-GB', localService: %s, name: 'own'}];
  Object.defineProperty(window, 'speechSynthesis', {value: {getVoices: () => voices, cancel() { window.stopped = true; }, speak(u) { window.spoken = [u.text, u.voice.name]; }}});
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
})()"""


def check(page, state):
    found = Axe().run(page)["violations"]
    assert not found, "\n".join(f"{state}: {one['id']}: {one['help']}: {[node['html'][:160] for node in one['nodes']]}" for one in found)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_any_state(visit, stub, scheme):
    visitor = visit(color_scheme=scheme)
    page = visitor.page
    check(page, "start")
    page.get_by_text("Keeping this private").click()
    visitor.say("slow 1200", wait=False)
    check(page, "waiting")
    expect(visitor.replies).to_have_count(1)
    check(page, "reply")
    page.get_by_role("button", name="Under 13").click()
    expect(visitor.replies).to_have_count(2)
    visitor.say("danger")
    visitor.say("nude")
    visitor.box.fill("x" * 2003)
    check(page, "old choices, 999 card, too long")
    visitor.box.fill("empty")
    visitor.box.press("Enter")
    expect(visitor(".notice")).to_have_count(1)
    visitor.context.set_offline(True)
    visitor.say("hello", wait=False)
    expect(visitor(".notice")).to_have_count(2)
    check(page, "offline and failed")
    page.get_by_role("button", name="Hide").click()
    check(page, "hidden")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_around_the_widget(visit, stub, scheme):
    visitor = visit("/widget/embed", ready=".launcher .opener", color_scheme=scheme, viewport={"width": 1200, "height": 900})
    check(visitor.page, "documentation, launcher closed")
    visitor(".launcher .opener").click()
    check(visitor.page, "launcher open")
    visitor.go("/?lang=cy")
    check(visitor.page, "Welsh, wide")
    plain = visit(ready="", color_scheme=scheme)
    plain.context.route("**/*.js", lambda route: route.abort())
    plain.go("/", ready=".plain")
    check(plain.page, "no script")


def focused(page):
    return page.evaluate("""() => { let e = document.activeElement; while (e?.shadowRoot) e = e.shadowRoot.activeElement; return e && `${e.localName}.${e.className} ${e.textContent.trim()}`; }""")


def test_keyboard_only(visit, stub):
    visitor = visit()
    page = visitor.page
    order = []
    for _ in range(20):
        page.keyboard.press("Tab")
        order.append(focused(page))
        if order[-1].startswith("textarea"):
            break
    assert order[0].startswith("button.tool") and "Hide" in order[0] and "Leave now" in order[1], order
    page.keyboard.type("my dad hits me")
    page.keyboard.press("Enter")
    expect(visitor.replies).to_have_count(1)
    assert focused(page).startswith("textarea")  # a reply does not move the focus
    while "13 to 15" not in focused(page):
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    expect(visitor.replies).to_have_count(2)
    assert "13 to 15" in focused(page)  # nor does it vanish with the pressed button
    page.keyboard.press("Tab")
    assert "13 to 15" not in focused(page)
    while not focused(page).startswith("a.leave"):
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_title("Weather")


def test_the_focus_can_always_be_seen(visit):
    visitor = visit()
    for _ in range(12):
        visitor.page.keyboard.press("Tab")
        outline = visitor.page.evaluate("() => { let e = document.activeElement; while (e?.shadowRoot) e = e.shadowRoot.activeElement; const s = getComputedStyle(e); return [s.outlineStyle, parseFloat(s.outlineWidth)]; }")
        assert outline == ["solid", 3], focused(visitor.page)


def test_each_reply_is_announced_once_with_its_speaker(visit):
    visitor = visit()
    visitor.page.evaluate("""() => { window.heard = []; new MutationObserver((all) => all.forEach((one) => one.addedNodes.forEach((node) => heard.push(node.textContent))))
        .observe(document.querySelector('safeguarding-chat').shadowRoot.querySelector('[role=status]'), {childList: true}); }""")
    visitor.say("my dad hits me")
    heard = visitor.page.evaluate("heard")
    assert len(heard) == 1 and heard[0].startswith("The computer program said: Thank you for telling me."), heard
    assert "Childline" in heard[0] and "13 to 15" in heard[0]
    assert visitor(".sgc [aria-live], .sgc [role=status], .sgc [role=log], .sgc [role=alert]").count() == 1
    assert visitor(".you").inner_text().startswith("You said")


def test_targets_are_44_pixels(visit):
    visitor = visit(viewport={"width": 320, "height": 700})
    visitor.say("my dad hits me")
    visitor.say("danger")
    small = [(target.inner_text(), target.bounding_box()) for target in visitor(".room a, .room button, .room summary, .room textarea").all()
             if target.is_visible() and (target.bounding_box()["height"] < 43.9 or target.bounding_box()["width"] < 43.9)]
    assert not small


@pytest.mark.parametrize("size", [(320, 640), (320, 256)], ids=["320 px", "400% zoom"])
def test_nothing_is_cut_off_when_narrow_or_enlarged(visit, size):
    visitor = visit(viewport={"width": size[0], "height": size[1]})
    visitor.say("danger")
    visitor.say("nude")
    assert visitor.scroll_x() <= 0
    wide = visitor(".room").evaluate("""room => [...room.querySelectorAll('*')].filter((e) => !e.closest('.unseen') && e.getClientRects().length && getComputedStyle(e).clipPath === 'none'
        && (e.getBoundingClientRect().right > innerWidth + 1 || e.getBoundingClientRect().left < -1)).map((e) => e.className)""")
    assert wide == []
    for part in (".leave", "textarea", ".send"):
        expect(visitor(f".room {part}")).to_be_in_viewport(ratio=1)
    assert visitor(".main").bounding_box()["height"] >= 100


def test_larger_text_chosen_by_the_person_reflows(visit):
    visitor = visit(viewport={"width": 390, "height": 844})
    visitor.page.evaluate("document.querySelector('safeguarding-chat').shadowRoot.querySelector('.sgc').style.fontSize = '200%'")
    visitor.say("danger")
    assert visitor.scroll_x() <= 0
    expect(visitor(".room .leave")).to_be_in_viewport(ratio=1)


def test_forced_colours_keep_edges_and_the_urgent_card(visit):
    visitor = visit(forced_colors="active")
    visitor.say("danger")
    for selector in (".urgent", ".send", ".room .leave", ".you .bubble", ".card .pill"):
        width = visitor(selector).first.evaluate("e => [getComputedStyle(e).borderTopStyle, parseFloat(getComputedStyle(e).borderTopWidth)]")
        assert width[0] != "none" and width[1] >= 1, selector
    assert visitor(".urgent").evaluate("e => getComputedStyle(e).borderTopStyle") == "double"


def test_reduced_motion_stops_what_moves(visit):
    still, moving = visit(reduced_motion="reduce"), visit(reduced_motion="no-preference")
    for visitor, name in ((still, "none"), (moving, "glow")):
        visitor.say("slow 800", wait=False)
        expect(visitor(".dots i").first).to_have_css("animation-name", name)


def test_right_to_left_text_runs_right_to_left(visit):
    visitor = visit()
    visitor.say("ساعدني من فضلك arabic")
    expect(visitor(".you .bubble")).to_have_css("direction", "rtl")
    expect(visitor(".bot .bubble p")).to_have_css("direction", "rtl")
    expect(visitor(".card .line")).to_have_css("direction", "ltr")
    visitor.box.fill("ساعدني")
    expect(visitor.box).to_have_css("direction", "rtl")


def test_reading_aloud_warns_first_and_uses_the_devices_own_voice(visit):
    visitor = visit(ready="")
    visitor.context.add_init_script(VOICE % "true")
    visitor.go("/").say("my dad hits me")
    listen = visitor.page.get_by_role("button", name="Read aloud")
    listen.click()
    warned = visitor.page.get_by_role("button", name="People near you may hear this.")
    expect(warned).to_be_visible()
    assert visitor.page.evaluate("window.spoken") is None
    warned.click()
    text, voice = visitor.page.evaluate("window.spoken")
    assert voice == "own" and text.startswith("Thank you for telling me")
    visitor.page.get_by_role("button", name="Stop reading").click()
    expect(listen).to_be_visible()


def test_there_is_no_reading_aloud_by_a_network_voice(visit):
    visitor = visit(ready="")
    visitor.context.add_init_script(VOICE % "false")
    visitor.go("/").say("my dad hits me")
    expect(visitor.page.get_by_role("button", name="Read aloud")).to_have_count(0)
