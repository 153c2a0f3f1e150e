"""The review page in a real browser, against the real server: what a translator does, and what may go wrong."""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest
import review_show
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect
from review_show import PAIRS, Server

from castkit.subtitles.profile import profile_for
from castkit.workspace import Workspace
from chromium import chromium, needs_chromium, resize

OPTIONS = ("--mute-audio", "--autoplay-policy=no-user-gesture-required")
STATIC = Path(__file__).parent.parent.parent / "src/castkit/review/static"
NEWS = re.compile(r"/api/(changes|document)")  # what a page asks for, and what it asks for after a while without
KILLED = re.compile("Failed to load resource|net::ERR_")  # what a browser says of a server that is gone
SEEDS = range(12 if os.environ.get("CASTKIT_SOAK") == "1" else 1)
DEEDS = 25  # of both windows together
SLOW = 0.0625  # of the speed of speech: the slowest that Chromium plays
SAVED = "document.getElementById('status').dataset.state === 'saved'"
pytestmark = needs_chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium(*OPTIONS) as started:
        yield started


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return review_show.make(tmp_path_factory.mktemp("review") / "show")


@pytest.fixture(scope="module")
def server(workspace: Workspace) -> Iterator[Server]:
    with review_show.running(workspace) as server:
        yield server


@dataclass
class Desk:
    """A translator's page: the browser's own storage, what was complained of, and every address asked for."""

    page: Page
    wrong: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def row(self, number: int) -> Locator:
        return self.page.locator(".cue").nth(number - 1)

    def text(self, number: int) -> Locator:
        return self.row(number).locator("textarea")

    def words(self) -> list[str]:
        found: list[str] = self.page.locator(".cue textarea").evaluate_all("all => all.map(one => one.value)")
        return found

    def times(self, number: int) -> str:
        return self.row(number).locator(".times").inner_text()

    def choose(self, number: int) -> None:
        self.row(number).locator(".at").click()

    def put(self, number: int, text: str) -> None:
        """Types over what a cue says, as a person would."""
        self.text(number).click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.press("Delete")
        self.page.keyboard.type(text)

    def paste(self, number: int, text: str) -> None:
        """Puts a text in place of what a cue says, all at once: one step for undo, however slow the machine is."""
        self.text(number).click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)

    def plays_at(self, rate: float) -> None:
        """Slowly, so that what is lit stays lit until it was looked at."""
        self.page.evaluate(f"document.querySelector('audio').playbackRate = {rate}")

    def until(self, claim: str) -> None:
        """Waits until a claim in JavaScript is true; the page's policy forbids Playwright's own way."""
        last = time.monotonic() + 60
        while not self.page.evaluate(claim):
            assert time.monotonic() < last, claim
            self.page.wait_for_timeout(30)

    def saved_or_to_choose(self) -> None:
        self.until("['saved', 'choose'].includes(document.getElementById('status').dataset.state)")

    def saved(self) -> None:
        """Waits until the page says that all is on the disk."""
        self.until(SAVED)
        self.page.keyboard.press("Control+S")
        self.until(SAVED)


def open_desk(context: BrowserContext, url: str) -> Desk:
    page = context.new_page()
    page.set_default_timeout(60_000)
    desk = Desk(page)
    page.on("console", lambda message: desk.wrong.append(f"{message.text} {message.location}"))
    page.on("pageerror", lambda error: desk.wrong.append(str(error)))
    page.on("request", lambda request: desk.asked.append(request.url))
    page.goto(url)
    desk.saved_or_to_choose()
    return desk


def context_of(browser: Browser, **options: Any) -> BrowserContext:
    return browser.new_context(**{"viewport": {"width": 1280, "height": 800}, "locale": "en-GB", **options})


@pytest.fixture
def desk(browser: Browser, server: Server) -> Iterator[Desk]:
    """A page of the one server; what a test changes it takes back, so that the next begins alike."""
    context = context_of(browser)
    one = open_desk(context, server.url)
    before = one.words()
    yield one
    while one.page.locator("#undo:enabled").count():
        one.page.locator("#undo").click()
    one.saved()
    assert one.words() == before
    assert not one.wrong
    assert all(url.startswith(f"http://127.0.0.1:{server.port}/") for url in one.asked)
    context.close()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[tuple[Workspace, Server]]:
    """A server that a test may kill, and its workspace."""
    workspace = review_show.make(tmp_path / "show")
    server = review_show.start(workspace)
    yield workspace, server
    review_show.stop(server)


# ---- to look and to listen


def test_the_cues_stand_beside_their_source_with_what_is_wrong(desk: Desk) -> None:
    expect(desk.page.locator(".cue")).to_have_count(len(PAIRS))
    assert desk.words() == [pair[3] for pair in PAIRS]
    assert desk.row(4).locator(".source").inner_text().replace("\n\n", "\n") == PAIRS[3][2]
    assert desk.times(1) == "0:01.0 – 0:03.4"
    fast = desk.row(5).locator(".meter .bad")  # 60 characters in 1.3 s, on one line
    expect(fast.nth(0)).to_have_text("46.8/s")
    expect(fast.nth(1)).to_have_text("60/42")
    expect(desk.row(12).locator(".meter")).to_contain_text("number")  # 84 million, not 48: the server's own check
    expect(desk.row(12)).to_contain_text("machine draft")


def test_sound_plays_and_lights_the_cue_being_spoken(desk: Desk) -> None:
    desk.choose(5)
    desk.plays_at(SLOW)
    desk.page.evaluate("document.querySelector('audio').currentTime = 18.39")
    expect(desk.page.locator(".lit")).to_have_count(0)
    desk.page.keyboard.press("Space")
    expect(desk.row(6)).to_have_class(re.compile(r"\blit\b"))
    desk.plays_at(1)
    desk.until("document.querySelector('audio').currentTime > 18.6")
    desk.page.keyboard.press("Space")
    desk.until("document.querySelector('audio').paused")
    desk.choose(2)
    desk.page.keyboard.press("r")  # the cue alone
    desk.until("document.querySelector('audio').currentTime > 4")
    desk.until("document.querySelector('audio').paused")
    assert desk.page.evaluate("document.querySelector('audio').currentTime") == pytest.approx(5.285, abs=0.3)
    desk.page.keyboard.press(",")
    expect(desk.page.locator("#rate")).to_have_value("0.8")
    desk.page.keyboard.press("l")
    expect(desk.page.locator("#loop")).to_have_attribute("aria-pressed", "true")
    desk.page.keyboard.press("Space")


def test_following_scrolls_and_writing_stops_it(desk: Desk) -> None:
    resize(desk.page, 1280, 600)
    desk.choose(1)
    desk.plays_at(SLOW)
    desk.page.evaluate("document.querySelector('audio').currentTime = 58")
    desk.page.keyboard.press("Space")
    expect(desk.row(14)).to_have_class(re.compile(r"\blit\b"))
    expect(desk.row(14)).to_be_in_viewport()
    desk.text(14).click()
    desk.page.evaluate("document.querySelector('audio').currentTime = 1.2")
    expect(desk.row(1)).to_have_class(re.compile(r"\blit\b"))
    expect(desk.row(14)).to_be_in_viewport()
    desk.page.keyboard.press("Control+P")


def test_an_edge_is_dragged_on_the_waveform(desk: Desk) -> None:
    desk.choose(4)
    expect(desk.page.locator("#waveform")).to_be_visible()
    handles = desk.page.locator('#waveform [part~="c4"] [part~="region-handle-right"]')
    handles.hover()  # it is there, in view, and at rest
    box = handles.bounding_box()
    assert box
    desk.page.mouse.move(box["x"] + 3, box["y"] + 30)
    desk.page.mouse.down()
    for step in range(1, 9):
        desk.page.mouse.move(box["x"] + 3 + 10 * step, box["y"] + 30)
    desk.page.mouse.up()
    expect(desk.row(4).locator(".times")).to_have_text("0:11.3 – 0:15.5")
    desk.saved()
    # Near where speech begins or ends it snaps.
    speech = desk.page.evaluate("fetch('/api/document').then(answer => answer.json()).then(value => value.speech)")
    edge = next(ms for span in speech for ms in span if 15_700 < ms < 16_900)
    handles.hover()
    box = handles.bounding_box()
    assert box
    desk.page.mouse.move(box["x"] + 3, box["y"] + 30)
    desk.page.mouse.down()
    for ms in (16_000, edge + 150, edge + 40):
        desk.page.mouse.move(box["x"] + 3 + (ms - 15_577) / 10, box["y"] + 30)
    desk.page.mouse.up()
    desk.saved()
    cues = desk.page.evaluate("fetch('/api/document').then(answer => answer.json()).then(value => value.cues)")
    assert cues[3]["endMs"] == edge


# ---- to write


def test_what_is_typed_is_on_the_disk(desk: Desk, workspace: Workspace) -> None:
    desk.paste(2, "I am your host.")
    desk.saved()
    assert "I am your host." in review_show.journal(workspace)
    desk.page.keyboard.press("Control+Z")
    expect(desk.text(2)).to_have_value("I am the host.")
    desk.page.keyboard.press("Control+Shift+Z")
    expect(desk.text(2)).to_have_value("I am your host.")


def test_keys_split_merge_nudge_and_all_is_undone_in_order(desk: Desk) -> None:
    desk.text(6).click()
    desk.page.keyboard.press("Home")
    for _ in "This topic ":
        desk.page.keyboard.press("ArrowRight")
    desk.page.keyboard.press("Alt+Enter")
    expect(desk.page.locator(".cue")).to_have_count(len(PAIRS) + 1)
    assert desk.words()[5:7] == ["This topic", "matters to many people."]
    assert desk.page.evaluate("document.activeElement.value") == "matters to many people."
    desk.page.keyboard.press("Alt+1")  # the split stays where it is: there is no room before it
    desk.page.keyboard.press("Alt+2")
    expect(desk.row(7).locator(".times")).to_have_text("0:19.3 – 0:21.1")
    desk.page.keyboard.press("Alt+ArrowUp")
    desk.page.keyboard.press("Control+M")
    assert desk.words()[5] == "This topic matters to many people."
    assert desk.page.evaluate("document.activeElement.selectionStart") == len("This topic")
    expect(desk.page.locator(".cue")).to_have_count(len(PAIRS))
    for count in (1, 1, 0):
        desk.page.keyboard.press("Control+Z")
        expect(desk.page.locator(".cue")).to_have_count(len(PAIRS) + count)
    desk.saved()
    desk.page.keyboard.press("Control+Y")
    expect(desk.page.locator(".cue")).to_have_count(len(PAIRS) + 1)


def test_on_a_cue_plain_keys_work_and_in_a_text_they_type(desk: Desk) -> None:
    desk.choose(3)
    desk.page.keyboard.press("ArrowDown")
    expect(desk.row(4)).to_be_focused()
    desk.page.keyboard.press("Enter")
    expect(desk.text(4)).to_be_focused()
    desk.page.keyboard.press("End")
    desk.page.keyboard.type(" mrsjkl?1[,. ")
    expect(desk.text(4)).to_have_value(PAIRS[3][3] + " mrsjkl?1[,. ")
    expect(desk.page.locator(".cue")).to_have_count(len(PAIRS))
    desk.page.keyboard.press("Escape")
    desk.page.keyboard.press("Delete")
    expect(desk.page.locator(".cue")).to_have_count(len(PAIRS) - 1)
    desk.page.keyboard.press("i")
    expect(desk.page.locator(".cue")).to_have_count(len(PAIRS))
    desk.page.keyboard.press("Escape")
    desk.page.keyboard.press("?")
    expect(desk.page.get_by_role("dialog")).to_contain_text("split at the caret")
    desk.page.keyboard.press("Escape")


def test_an_input_method_composes_undisturbed(desk: Desk) -> None:
    """Chinese as it is typed: the keys that choose and confirm characters are not the page's."""
    desk.put(2, "")
    session = desk.page.context.new_cdp_session(desk.page)
    composed = {"selectionStart": 5, "selectionEnd": 5, "replacementStart": 0, "replacementEnd": 0}
    session.send("Input.imeSetComposition", {"text": "nihao", **composed})
    for key, code in (("Enter", "Enter"), ("1", "Digit1"), ("z", "KeyZ"), ("ArrowDown", "ArrowDown")):
        pressed = {"key": key, "code": code, "windowsVirtualKeyCode": 229, "modifiers": 1}  # with Alt
        session.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **pressed})
    expect(desk.text(2)).to_be_focused()
    expect(desk.page.locator(".cue")).to_have_count(len(PAIRS))
    session.send("Input.insertText", {"text": "你好，主持人"})
    expect(desk.text(2)).to_have_value("你好，主持人")
    desk.saved()
    assert desk.times(2) == "0:03.6 – 0:05.3"


def test_find_and_replace_all_is_one_step(desk: Desk) -> None:
    desk.page.keyboard.press("Control+F")
    desk.page.locator("#what").fill("platform worker")
    expect(desk.page.locator("#hits")).to_have_text("3 found")
    desk.page.keyboard.press("Enter")
    assert desk.page.evaluate("getSelection().toString()").lower() in ("platform worker", "")
    desk.page.locator("#by").fill("app worker")
    desk.page.locator("#all").click()
    expect(desk.text(8)).to_have_value(re.compile("^app workers take"))
    desk.page.locator("#unfind").click()
    desk.page.keyboard.press("Control+Z")
    assert desk.words() == [pair[3] for pair in PAIRS]


def test_only_what_is_to_be_mended_is_shown(desk: Desk) -> None:
    expect(desk.row(12).locator(".meter")).to_contain_text("number")
    desk.page.locator("#filter").select_option("reading-speed")
    expect(desk.page.locator(".cue:visible")).to_have_count(1)
    desk.page.locator("#filter").select_option("check")
    expect(desk.page.locator(".cue:visible").first).to_contain_text("number")
    desk.page.locator("#filter").select_option("all")
    desk.choose(1)
    desk.page.keyboard.press("F8")
    assert desk.page.evaluate("document.activeElement.classList.contains('faulty')")


def test_terms_are_underlined_and_reached_by_keyboard(desk: Desk) -> None:
    desk.choose(4)
    desk.page.keyboard.press("Tab")  # the button of the row is for the mouse: the arrow keys choose
    term = desk.row(4).locator(".term").first
    expect(term).to_be_focused()
    expect(desk.page.locator("#tip")).to_have_text("platform worker (never: gig worker)")
    desk.page.keyboard.press("Escape")
    expect(desk.page.locator("#tip")).to_be_hidden()
    expect(desk.page.locator("#panel")).to_contain_text("养老保险 → old-age insurance")


def test_text_is_never_markup(desk: Desk) -> None:
    text = "<script>window.bad = 1</script><img src=x onerror=window.bad=1> ]]> &amp;"
    desk.put(3, text)
    desk.saved()
    desk.page.reload()
    expect(desk.text(3)).to_have_value(text)
    assert desk.page.evaluate("window.bad") is None
    desk.put(3, PAIRS[2][3])  # the steps of undo did not survive the reload: the words did
    desk.saved()
    desk.page.reload()


# ---- what may go wrong


def test_a_killed_server_loses_nothing(own: tuple[Workspace, Server], browser: Browser) -> None:
    workspace, server = own
    context = context_of(browser)
    desk = open_desk(context, server.url)
    desk.put(1, "Saved before.")
    desk.saved()
    server.kill()
    desk.put(2, "Typed while nobody answered.")
    expect(desk.page.locator("#status")).to_have_text("Not connected; your work is kept here")
    desk.text(3).click()
    desk.page.keyboard.press("Home")
    for _ in "Today ":
        desk.page.keyboard.press("ArrowRight")
    desk.page.keyboard.press("Alt+Enter")
    desk.page.keyboard.type("This ")
    desk.until("Object.values(localStorage).some(one => one.includes('This is our'))")
    desk.page.close()  # the window is gone, too
    again = review_show.start(workspace, port=server.port)
    try:
        desk = open_desk(context, again.url)
        expect(desk.text(2)).to_have_value("Typed while nobody answered.")
        expect(desk.text(4)).to_have_value("This is our second episode.")
        assert desk.words()[:3] == ["Saved before.", "Typed while nobody answered.", "Today"]
        desk.saved()
        assert desk.page.evaluate("Object.keys(localStorage).filter(one => one.includes(':talk:')).length") == 0
        assert "This is our second episode." in review_show.journal(workspace)
        again.kill()
        desk.put(5, "Once more.")
        third = review_show.start(workspace, port=server.port)
        try:
            expect(desk.page.locator("#status")).to_contain_text("The server was started again")
            other = open_desk(context, third.url)  # the person opens the new address: the old window goes on, too
            desk.until(SAVED)
            expect(other.text(5)).to_have_value("Once more.")
            assert not [line for line in desk.wrong if not KILLED.search(line)]
        finally:
            review_show.stop(third)
    finally:
        review_show.stop(again)
        context.close()


def test_two_windows_change_different_cues_and_the_same(own: tuple[Workspace, Server], browser: Browser) -> None:
    workspace, server = own
    context = context_of(browser)
    ann, ben = open_desk(context, server.url), open_desk(context, server.url)
    ann.text(1).click()
    ann.page.keyboard.press("End")
    ann.page.keyboard.type(" Hello")
    ben.put(2, "Ben's.")
    expect(ann.text(2)).to_have_value("Ben's.")  # and the caret stays
    ann.page.keyboard.type("!")
    expect(ann.text(1)).to_have_value(PAIRS[0][3] + " Hello!")
    expect(ben.text(1)).to_have_value(PAIRS[0][3] + " Hello!")
    ann.saved()
    # The same cue, the one its text and the other its time: both stand.
    ben.choose(3)
    ben.page.keyboard.press("4")
    ann.put(3, "Ann's words.")
    expect(ben.text(3)).to_have_value("Ann's words.")
    expect(ann.row(3).locator(".times")).to_have_text("0:05.5 – 0:09.5")
    ann.saved()
    ben.saved()
    # The same text: both are shown, and one is chosen.
    ben.page.route(NEWS, lambda route: route.abort())  # Ben has not heard of it when he types, however late that is
    ann.put(6, "Ann says this.")
    ann.saved()
    ben.put(6, "Ben says that.")
    conflict = ben.row(6).locator(".conflict")
    expect(conflict).to_contain_text("Ann says this.")
    expect(conflict).to_contain_text("Ben says that.")
    expect(ben.text(6)).to_have_value("Ben says that.")
    ben.text(6).click()
    ben.page.keyboard.press("End")
    ben.page.keyboard.type(" Twice.")  # what is typed on is in his version, too
    expect(conflict).to_contain_text("Ben says that. Twice.")
    conflict.get_by_role("button", name="Keep mine").click()
    expect(conflict).to_have_count(0)
    ben.page.unroute(NEWS)
    expect(ann.text(6)).to_have_value("Ben says that. Twice.")
    assert "Ann says this." in review_show.journal(workspace)
    context.close()


def test_what_a_closed_window_left_unsent_is_not_lost_to_a_later_change(
    own: tuple[Workspace, Server], browser: Browser
) -> None:
    _, server = own
    mine, other = context_of(browser), context_of(browser)
    ann, ben = open_desk(mine, server.url), open_desk(other, server.url)
    ann.page.route("**/api/edit", lambda route: route.abort())
    ann.put(2, "Ann wrote this offline.")
    ann.until("Object.values(localStorage).some(one => one.includes('offline.'))")
    ann.page.close()
    ben.put(2, "Ben was first.")
    ben.saved()
    ann = open_desk(mine, server.url)
    conflict = ann.page.locator(".conflict")
    expect(conflict).to_contain_text("Ann wrote this offline.")
    expect(conflict).to_contain_text("Ben was first.")
    expect(ann.page.locator("#status")).to_contain_text("choose between two versions: 1")
    for _ in range(2):
        ann.page.reload()  # nothing is chosen yet: both are there again
        expect(conflict).to_contain_text("Ann wrote this offline.")
    conflict.get_by_role("button", name="Keep mine").click()
    expect(ann.text(2)).to_have_value("Ann wrote this offline.")
    expect(ben.text(2)).to_have_value("Ann wrote this offline.")
    mine.close()
    other.close()


@pytest.mark.soak
@pytest.mark.parametrize("seed", SEEDS)
def test_two_windows_at_random_end_alike(own: tuple[Workspace, Server], browser: Browser, seed: int) -> None:
    _, server = own
    chance = Random(seed)
    context = context_of(browser)
    desks = [open_desk(context, server.url) for _ in range(2)]
    keys = {
        "split": ("Home", *["ArrowRight"] * 8, "Alt+Enter"), "merge": ("Control+M",), "nudge": ("Alt+2", "Alt+3"),
        "undo": ("Control+Z",), "redo": ("Control+Y",), "insert": ("Escape", "i"), "delete": ("Escape", "Delete"),
    }  # fmt: skip
    for number in range(DEEDS):
        desk = chance.choice(desks)
        desk.text(chance.randint(1, 4)).click()
        deed = chance.choice([*keys, "type", "type", "type"])
        if deed == "type":
            desk.page.keyboard.type(f" w{number} ")
        for key in keys.get(deed, ()):
            desk.page.keyboard.press(key)
        desk.page.wait_for_timeout(chance.choice([0, 0, 300, 600]))
    last = time.monotonic() + 60
    shown: list[list[str]] = [[], ["not yet"]]
    while shown[0] != shown[1] or any(desk.page.locator(".conflict").count() for desk in desks):
        assert time.monotonic() < last, shown
        for desk in desks:
            desk.page.locator("#find").focus()
            if desk.page.locator(".conflict").count():
                name = chance.choice(["Keep mine", "Take theirs"])
                desk.page.locator(".conflict").first.get_by_role("button", name=name).click()
            desk.saved_or_to_choose()
        desks[0].page.wait_for_timeout(2500)
        shown = [desk.words() for desk in desks]
    told = "fetch('/api/document').then(answer => answer.json()).then(value => value.cues.map(cue => cue.text))"
    assert desks[0].page.evaluate(told) == shown[0]
    assert not [line for desk in desks for line in desk.wrong]
    context.close()


def test_accepting_writes_the_file(own: tuple[Workspace, Server], browser: Browser) -> None:
    workspace, server = own
    context = context_of(browser)
    desk = open_desk(context, server.url)
    desk.put(5, "Thank you.")
    desk.page.keyboard.press("Control+Shift+Enter")  # at once: what was typed last is in it, too
    dialog = desk.page.get_by_role("dialog")
    expect(dialog).to_contain_text("as the machine wrote them")
    dialog.get_by_label("Your name").fill("Ann Other")
    dialog.get_by_role("button", name="Accept").click()
    expect(desk.page.locator("#about")).to_contain_text("accepted")
    assert "Thank you." in workspace.episode("talk").accepted("en").read_text("utf-8")
    assert not desk.wrong
    context.close()


def test_accepting_waits_until_all_is_saved(desk: Desk) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    desk.page.route("**/api/edit", hold)
    desk.paste(5, "Thank you.")
    desk.page.keyboard.press("Control+Shift+Enter")
    dialog = desk.page.get_by_role("dialog")
    accept = dialog.get_by_role("button", name="Accept")
    expect(dialog).to_contain_text("not saved yet")
    expect(accept).to_be_disabled()
    held[0].continue_()
    expect(accept).to_be_enabled()
    expect(dialog).not_to_contain_text("not saved yet")
    desk.page.unroute("**/api/edit")
    desk.page.keyboard.press("Escape")


# ---- many cues, many eyes


def test_three_thousand_cues(tmp_path: Path, browser: Browser) -> None:
    workspace = review_show.make(tmp_path / "show", cues=3000)
    context = context_of(browser)
    with review_show.running(workspace) as server:
        desk = open_desk(context, server.url)
        desk.until("document.querySelectorAll('.cue').length === 3000")
        expect(desk.page.locator("#cues")).to_have_attribute("aria-rowcount", "3001")
        desk.choose(2990)
        expect(desk.row(2990)).to_be_in_viewport()
        desk.page.keyboard.press("Enter")
        desk.page.keyboard.press("Control+Enter")
        expect(desk.text(2991)).to_be_focused()
        expect(desk.row(2991)).to_have_attribute("aria-rowindex", "2992")
        desk.put(2991, "The last but a few.")
        desk.saved()
        assert "The last but a few." in review_show.journal(workspace)
        assert not desk.wrong
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser: Browser, server: Server, tmp_path: Path, scheme: str) -> None:
    context = context_of(browser, color_scheme=scheme)
    desk = open_desk(context, server.url)
    language = "en" if scheme == "light" else "zh"
    if language == "zh":
        desk.page.locator("#speech").click()
        expect(desk.page.locator("#accept")).to_have_text("定稿…")
    desk.choose(5)
    desk.page.keyboard.press("Enter")
    expect(desk.row(12).locator(".meter .tag").first).to_be_visible()
    _examined(desk.page)
    for width in (1280, 390):
        resize(desk.page, width, 800)
        desk.until(f"document.documentElement.scrollWidth === {width}")
        desk.page.screenshot(path=tmp_path / f"review-{language}-{scheme}-{width}.png")
    _examined(desk.page)
    resize(desk.page, 640, 400)  # 1280 × 800 at 200 %
    desk.until("document.documentElement.scrollWidth === 640")
    for key in ("F1", "Control+Shift+Enter"):
        desk.page.keyboard.press(key)
        expect(desk.page.get_by_role("dialog")).to_be_visible()
        _examined(desk.page)
        desk.page.keyboard.press("Escape")
        expect(desk.page.get_by_role("dialog")).to_be_hidden()
    context.close()


def _examined(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    assert not serious, [(one["id"], [node["html"][:200] for node in one["nodes"][:3]]) for one in serious]


@pytest.mark.parametrize("language", ["en", "zh-Hans", "ja"])
def test_widths_are_those_of_the_checks(desk: Desk, language: str) -> None:
    profile = profile_for(language)
    texts = [
        "Hello, world",
        "你好，“世界”…",
        "ＡＢ ab １2",
        "e\u0301a\u200d",
        "👩‍👩‍👧 🇨🇳🇫🇷 👍🏽",
        "한국어 テスト。",
        "a\nb 中\n文",
        "— · ① €",
    ]
    limits = {"isWide": profile.is_wide, "lineWidth": 1, "lines": 1, "charactersPerSecond": 1}
    measured = desk.page.evaluate(
        """async ([limits, language, texts]) => {
            const { Measures } = await import("/static/measures.js");
            const one = new Measures(limits, language);
            return texts.map((text) => [one.width(text), one.flowing(text)]);
        }""",
        [limits, language, texts],
    )
    assert measured == [[profile.width(text), profile.flowing(text)] for text in texts]


# ---- what is shipped


def test_both_languages_say_everything() -> None:
    words = (STATIC / "words.js").read_text("utf-8")
    keys = [
        re.findall(r'^  "?([\w:-]+)"?: "', part, re.MULTILINE)
        for part in re.split(r"^const (?:EN|ZH) = ", words, flags=re.MULTILINE)[1:]
    ]
    assert keys[0] == keys[1]
    assert len(set(keys[0])) == len(keys[0]) > 100
    used = "".join(path.read_text("utf-8") for path in sorted(STATIC.glob("*.js")) if "wavesurfer" not in path.name)
    used += (STATIC / "index.html").read_text("utf-8")
    missing = set(re.findall(r'say\("([\w:-]+)"', used)) | set(re.findall(r'data-(?:word|label|name)="(\w+)"', used))
    assert not missing - set(keys[0])


def test_the_library_is_as_it_was_published() -> None:
    table = (STATIC / "VENDORED.md").read_text("utf-8")
    listed = re.findall(r"^\| `([\w.]+)` \|.*\| `([0-9a-f]{64})` \|$", table, re.MULTILINE)
    assert {name for name, _ in listed} == {path.name for path in STATIC.glob("wavesurfer*")}
    for name, digest in listed:
        assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == digest


def test_every_module_is_fetched_at_once() -> None:
    """A module that is not named in the page waits for the one that imports it."""
    named = set(re.findall(r'href="/static/([\w.]+\.js)"', (STATIC / "index.html").read_text("utf-8")))
    assert named == {path.name for path in STATIC.glob("*.js")} - {"app.js"}
