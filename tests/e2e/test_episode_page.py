"""The page of an episode as listeners use it: Chromium against castkit's own server, and from a folder."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from episode_show import ADDRESS, EN, STEP_S, ZH, laid_out, made, words
from playwright.sync_api import Browser, Page, Request, expect

from castkit.storage.httpd import Site, open_server
from chromium import chromium, needs_chromium, reload_until

pytestmark = needs_chromium
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
DESK = {"viewport": {"width": 1280, "height": 900}}
WECHAT = (
    "Mozilla/5.0 (Linux; Android 13; M2102K1C) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/116.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.47.2560(0x28002F51) NetType/WIFI Language/zh_CN"
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is published: one episode with sound alone, one with a picture, one that is an hour long."""
    root = tmp_path_factory.mktemp("episodes")
    laid_out(made(root / "sound"), root / "store/sound")
    laid_out(made(root / "video", video=True), root / "store/video")
    long = made(root / "long")
    for language, said in (("en", EN), ("zh-Hans", ZH)):
        cues = [(2.4 * number, said[number // 6 % 8][0], f"{said[number % 8][1]} {number}") for number in range(1500)]
        words(long.workspace, language, cues, 2.2)
    laid_out(long, root / "store/long")
    return root / "store"


@pytest.fixture(scope="module")
def address(store: Path) -> Iterator[str]:
    with open_server("127.0.0.1", 0) as server:
        server.site = Site((store,), lambda: b"")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.url
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium("--mute-audio", "--autoplay-policy=no-user-gesture-required") as started:
        yield started


@dataclass
class Shown:
    """A page on screen, what went wrong on it, and every address it asked for."""

    page: Page
    wrong: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    @property
    def lit(self) -> list[str]:
        found: list[str] = self.page.locator(".lit").all_inner_texts()
        return found

    def lights(self, text: str) -> None:
        self.page.wait_for_function(
            "text => Array.from(document.querySelectorAll('.lit'), one => one.textContent).includes(text)", arg=text
        )

    def slows(self, rate: float = 0.1) -> None:
        """Plays slowly from now on, so that what is lit stays lit until it was looked at."""
        self.page.locator("#media").evaluate("(one, rate) => { one.playbackRate = rate; }", rate)

    def now(self) -> float:
        return float(self.page.evaluate("document.querySelector('#media').currentTime"))

    def cue(self, text: str) -> Any:
        return self.page.locator(".said span", has_text=text)


class Reader:
    """Opens pages; at the end nothing may have gone wrong on any, and nothing been asked of another origin."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser, self.address = browser, address
        self.opened: list[tuple[Shown, str]] = []

    def __call__(self, path: str, **options: Any) -> Shown:
        url = path if "://" in path else f"{self.address}/{path}"
        page = self.browser.new_context(**{**DESK, **options}).new_page()
        shown = Shown(page)
        self.opened.append((shown, url.rpartition("/")[0] if url.startswith("file:") else self.address))

        def note(request: Request) -> None:
            shown.asked.append(request.url)

        page.on("console", lambda message: shown.wrong.append(message.text))
        page.on("pageerror", lambda error: shown.wrong.append(str(error)))
        page.on("request", note)
        page.goto(url, wait_until="load")
        return shown

    def close(self) -> None:
        for shown, home in self.opened:
            # A folder's files are of no origin: the browser says so of a track, and the page makes its own.
            is_folder = home.startswith("file:")
            wrong = [text for text in shown.wrong if not (is_folder and text.startswith("Unsafe attempt to load URL"))]
            assert not wrong
            assert [url for url in shown.asked if not url.startswith((home, "data:"))] == []
            shown.page.context.close()


@pytest.fixture
def reader(browser: Browser, address: str) -> Iterator[Reader]:
    made = Reader(browser, address)
    yield made
    made.close()


def page_of(kind: str, language: str = "en") -> str:
    return f"{kind}/episodes/talk/notes.{language}.html"


def test_the_sound_plays_and_the_cue_being_spoken_is_lit_in_both_languages(reader: Reader) -> None:
    shown = reader(page_of("sound"))
    assert not [url for url in shown.asked if url.endswith(".mp3")], "nothing is fetched before somebody plays it"
    shown.slows()
    shown.page.locator("#media").evaluate("one => one.play()")
    shown.lights("Welcome to the show.")
    assert shown.lit == ["Welcome to the show.", "欢迎收听节目。"]
    shown.slows(1)
    shown.page.wait_for_function("() => document.querySelector('#media').currentTime > 1.2")
    shown.slows()
    shown.page.locator("#media").evaluate("one => { one.currentTime = 24; }")
    shown.lights("谢谢。基金统筹，分担风险。")
    expect(shown.page.locator(".chapters li.now")).to_contain_text("End")


def test_a_click_on_words_a_time_or_a_chapter_leads_to_its_sound(reader: Reader) -> None:
    shown = reader(page_of("sound"))
    shown.slows()
    shown.cue("九十七位骑手").click()
    shown.lights("Ninety-seven riders pay a little.")
    shown.page.wait_for_function("() => !document.querySelector('#media').paused")
    assert shown.now() + 0.01 >= 1 + 4 * STEP_S
    assert shown.page.url.endswith("#t=31")
    shown.page.locator(".when a", has_text="0:38").click()
    shown.lights("And who decides?")
    shown.page.locator(".chapters a.jump", has_text="Who <pays>?").click()
    shown.page.wait_for_function("() => document.querySelector('#media').currentTime >= 42")
    expect(shown.page.locator(".chapters a.more")).to_have_attribute("href", "https://institute.example/pays")


def test_a_link_to_a_moment_leads_there_and_lights_it(reader: Reader) -> None:
    shown = reader(page_of("long") + "#t=12.3")
    assert shown.now() == pytest.approx(12.3)
    shown.lights("And who decides? 5")
    assert shown.page.locator("#media").evaluate("one => one.paused")
    far = reader(page_of("long", "zh-Hans") + "#t=1:52.5")
    far.lights("骑手、平台和政府。 46")
    far.page.wait_for_function(
        "() => { const box = document.querySelector('.lit').getBoundingClientRect();"
        " const frame = document.querySelector('.rows').getBoundingClientRect();"
        " return box.top >= frame.top && box.bottom <= frame.bottom && Math.abs(scrollY) > 50; }"
    )
    assert far.page.locator(".player").evaluate("one => one.getBoundingClientRect().top") > -5, "the player is in view"
    far.page.evaluate("location.hash = '#t=24.1'")
    far.page.wait_for_function("() => document.querySelector('.lit').textContent.endsWith(' 10')")


def test_the_link_to_a_moment_is_copied(reader: Reader) -> None:
    shown = reader(page_of("sound"), permissions=["clipboard-read", "clipboard-write"])
    shown.slows()
    row = shown.page.locator(".row", has_text="And who decides?")
    row.hover()
    button = row.get_by_role("button", name="Copy a link to this moment (0:38)")
    button.click()
    expect(shown.page.locator(".told")).to_have_text("Link copied")
    read = "() => navigator.clipboard.readText()"
    assert shown.page.evaluate(read) == f"{shown.page.url.partition('#')[0]}#t=38.5"
    shown.cue("when a rider falls ill.").click()
    shown.page.locator(".row.now .when button").click()
    # Of the sentence being heard, not of its paragraph.
    shown.page.wait_for_function("() => navigator.clipboard.readText().then(text => text.endsWith('#t=16'))")


def test_one_language_or_both_by_choice_and_the_choice_is_kept(reader: Reader) -> None:
    shown = reader(page_of("sound"), **PHONE)
    page = shown.page
    english, chinese = (page.locator(f'.said[lang="{tag}"]').first for tag in ("en", "zh-Hans"))
    assert english.bounding_box()["y"] < chinese.bounding_box()["y"], "one under the other"
    page.get_by_role("button", name="中文（简体）").click()
    expect(english).to_be_hidden()
    expect(chinese).to_be_visible()
    reload_until(page, english.is_hidden)
    expect(english).to_be_hidden()
    expect(page.get_by_role("button", name="中文（简体）")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Both").click()
    expect(english).to_be_visible()
    wide = reader(page_of("sound"))
    boxes = [wide.page.locator(f'.said[lang="{tag}"]').first.bounding_box() for tag in ("en", "zh-Hans")]
    assert boxes[0]["y"] == boxes[1]["y"]
    assert boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"]


def test_search_counts_marks_and_leads_on(reader: Reader) -> None:
    shown = reader(page_of("sound"))
    page, field = shown.page, shown.page.locator("#find")
    field.fill("PAYS WHEN")  # over the end of a cue
    page.wait_for_function("() => document.querySelector('.count').textContent === '1 of 1'")
    expect(page.locator("mark.here")).to_have_text(["pays", " ", "when"])
    field.fill("骑手生病")  # no blank between Chinese words, so none between cues
    page.wait_for_function("() => document.querySelector('mark')?.textContent === '骑手'")
    expect(page.locator("mark")).to_have_text(["骑手", "生病"])
    field.fill("riders")
    page.wait_for_function("() => document.querySelector('.count').textContent === '1 of 2'")
    field.press("Enter")
    expect(page.locator(".count")).to_have_text("2 of 2")
    assert page.locator("mark.here").evaluate("one => one.parentNode.textContent").startswith("The riders")
    page.get_by_role("button", name="Next match").click()
    expect(page.locator(".count")).to_have_text("1 of 2")
    page.get_by_role("button", name="Previous match").click()
    expect(page.locator(".count")).to_have_text("2 of 2")
    field.fill("<b>")
    page.wait_for_function("() => document.querySelector('.count').textContent === '1 of 1'")
    field.fill("nowhere")
    page.wait_for_function("() => document.querySelector('.count').textContent === 'nothing found'")
    field.press("Escape")
    expect(page.locator("mark")).to_have_count(0)
    expect(shown.cue("Ninety-seven")).to_have_text("Ninety-seven riders pay a little.")


def test_keys_alone_are_enough(reader: Reader) -> None:
    shown = reader(page_of("sound"))
    page = shown.page
    shown.slows()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the transcript"
    page.keyboard.press("Enter")
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.when a')"):
            break
    held = "document.activeElement.textContent"
    assert page.evaluate(held) == "0:01"
    expect(page.locator('.when a[tabindex="0"]')).to_have_count(1)
    page.keyboard.press("ArrowDown")
    assert page.evaluate(held) == "0:23"
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    shown.lights(EN[3][1])
    page.keyboard.press("ArrowRight")
    shown.lights(EN[4][1])
    page.keyboard.press("ArrowLeft")
    shown.lights(EN[3][1])
    page.keyboard.press("Tab")
    assert "Copy a link" in (page.evaluate("document.activeElement.getAttribute('aria-label')") or "")


def test_the_list_follows_the_sound_until_the_reader_scrolls_away(reader: Reader) -> None:
    shown = reader(page_of("long"), reduced_motion="reduce")
    page = shown.page
    seen = (
        "() => { const lit = document.querySelector('.lit'); if (!lit) return false;"
        " const box = lit.getBoundingClientRect(), frame = document.querySelector('.rows').getBoundingClientRect();"
        " return box.top >= frame.top && box.bottom <= frame.bottom; }"
    )
    jump = "seconds => { document.querySelector('#media').currentTime = seconds; }"
    shown.slows()
    page.locator("#media").evaluate("one => one.play()")
    page.wait_for_function("() => document.querySelector('#media').readyState > 2")
    page.evaluate(jump, 48.1)
    shown.lights(f"{EN[20 % 8][1]} 20")
    page.wait_for_function(seen)
    assert page.evaluate("scrollY") == 0, "the page itself is never moved"
    page.locator(".rows").hover()
    page.mouse.wheel(0, 4000)
    page.locator("button.now").wait_for(state="visible")
    held = page.evaluate(
        """async () => {  // when the wheel has run out
            const rows = document.querySelector('.rows');
            for (let before = -1, same = 0; same < 3; same = before === rows.scrollTop ? same + 1 : 0) {
                before = rows.scrollTop;
                await new Promise(done => requestAnimationFrame(() => setTimeout(done, 100)));
            }
            return rows.scrollTop;
        }"""
    )
    page.evaluate(jump, 28.9)
    shown.lights(f"{EN[12 % 8][1]} 12")
    assert page.evaluate("document.querySelector('.rows').scrollTop") == held
    page.locator("button.now").click()
    page.wait_for_function(seen)
    expect(page.locator("button.now")).to_be_hidden()


def test_a_video_shows_subtitles_of_the_page_and_of_the_language_chosen(reader: Reader) -> None:
    shown = reader(page_of("video", "zh-Hans"))
    page = shown.page
    shown.slows()
    page.locator("#media").evaluate("one => { one.currentTime = 1.5; return one.play(); }")
    active = (
        "text => Array.from(document.querySelector('#media').textTracks).some(track => track.mode === 'showing'"
        " && Array.from(track.activeCues || []).some(cue => cue.text.includes(text)))"
    )
    page.wait_for_function(active, arg="欢迎收听节目")
    assert page.evaluate("document.querySelector('#media').videoWidth") == 128
    page.get_by_role("button", name="English", exact=True).click()
    page.wait_for_function(active, arg="Welcome")
    expect(page.locator("track")).to_have_count(2)


@pytest.mark.parametrize("kind", ["sound", "video"])
def test_it_works_from_a_folder_by_a_double_click(reader: Reader, store: Path, tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "sent round #1"
    shutil.copytree(store / kind / "episodes/talk", folder)
    shown = reader((folder / "notes.en.html").as_uri(), permissions=[])
    shown.slows()
    shown.cue("A pooled fund").click()
    shown.lights(EN[3][1])
    shown.page.wait_for_function("() => document.querySelector('#media').currentTime > 23.6")
    if kind == "video":
        shown.page.wait_for_function(
            "text => Array.from(document.querySelector('#media').textTracks).some(track => track.mode === 'showing'"
            " && Array.from(track.activeCues || []).some(cue => cue.getCueAsHTML().textContent.includes(text)))",
            arg="<b>pays</b> & shares",
        )


def test_without_javascript_all_words_are_there_and_the_native_player(reader: Reader) -> None:
    shown = reader(page_of("video"), java_script_enabled=False)
    page = shown.page
    text = " ".join(page.locator(".rows").inner_text().split())
    assert [said for _, said in (*EN, *ZH) if said not in text] == []
    expect(page.locator("video[controls][src$='.mp4']")).to_be_visible()
    expect(page.locator(".find")).to_be_hidden()
    expect(page.locator(".views")).to_be_hidden()


def test_it_works_where_links_are_shared_in_a_chat(reader: Reader) -> None:
    shown = reader(page_of("sound", "zh-Hans"), java_script_enabled=False, user_agent=WECHAT, **PHONE)
    page = shown.page
    expect(page.locator("audio[controls]")).to_be_visible()
    expect(page.locator('.said[lang="zh-Hans"]').first).to_be_visible()
    feed = page.locator(".feed-address").first
    expect(feed).to_have_text(f"{ADDRESS}/feeds/zh-Hans.xml")
    expect(feed).to_be_visible()
    for selector in ('meta[property="og:image"]', 'meta[itemprop="image"]'):
        picture = page.locator(selector).get_attribute("content") or ""
        assert re.fullmatch(rf"{ADDRESS}/episodes/talk/talk-[0-9a-f]{{12}}\.share\.zh-Hans\.png", picture)
    links = page.locator("a[href]").evaluate_all("all => all.map(one => new URL(one.href).protocol)")
    assert set(links) <= {"http:", "https:", "mailto:"}
    assert page.locator("html").bounding_box()["width"] == 390


@pytest.mark.parametrize(
    ("kind", "language", "scheme", "screen"),
    [
        ("sound", "zh-Hans", "dark", PHONE),
        ("video", "en", "light", PHONE),
        ("sound", "en", "light", DESK),
        ("video", "zh-Hans", "dark", DESK),
    ],
)
def test_axe_finds_nothing_and_it_fits(
    reader: Reader, kind: str, language: str, scheme: str, screen: dict[str, Any]
) -> None:
    shown = reader(page_of(kind, language) + "#t=24", **{**screen, "bypass_csp": True}, color_scheme=scheme)
    shown.page.locator("#find").fill("pay")
    shown.page.wait_for_function("() => document.querySelector('.count').textContent")
    found = Axe().run(shown.page).response["violations"]
    assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found] == []
    width = screen["viewport"]["width"]
    assert shown.page.evaluate("document.documentElement.scrollWidth") == width


def test_an_hour_with_3000_cues_answers_at_once(reader: Reader) -> None:
    shown = reader(page_of("long"))
    page = shown.page
    expect(page.locator(".said span")).to_have_count(3000)
    handled = page.evaluate(
        "() => { const field = document.querySelector('#find'); field.value = 'rider';"
        " field.dispatchEvent(new Event('input')); return document.querySelectorAll('.row').length; }"
    )
    assert handled < 400, "paragraphs, not cues, are what is laid out"
    page.wait_for_function("() => document.querySelectorAll('mark').length > 0")
    count = sum("rider" in EN[number % 8][1] for number in range(1500))
    expect(page.locator(".count")).to_have_text(f"1 of {count}")


def test_print_has_every_word_and_no_controls(reader: Reader) -> None:
    shown = reader(page_of("long"))
    shown.page.emulate_media(media="print")
    page = shown.page
    rows = page.locator(".rows")
    assert rows.evaluate("one => one.scrollHeight <= one.clientHeight + 1"), "nothing is cut off"
    for selector in ("audio", ".find", ".views", ".when button", ".files"):
        expect(page.locator(selector).first).to_be_hidden()
    expect(page.locator(".said").last).to_be_visible()


def test_nothing_runs_but_the_pages_own_scripts(reader: Reader) -> None:
    shown = reader(page_of("sound"))
    script = "const made = document.createElement('script'); made.textContent = 'globalThis.bad = 1';"
    with shown.page.expect_console_message(lambda message: "Content Security Policy" in message.text):
        assert shown.page.evaluate(f"() => {{ {script} document.body.append(made); return globalThis.bad; }}") is None
    shown.wrong.clear()
