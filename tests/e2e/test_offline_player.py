"""The offline player as a translator opens it: from the unpacked package, in a browser without a network."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from packaged import heard_office, package
from playwright.sync_api import Browser, Page, Request, expect
from returned_defects import CHANGED, REFUSED, SAME, TRACKS

from castkit.errors import CastkitError
from castkit.model.cue import Cue
from castkit.subtitles.files import compose_srt, parse_srt
from castkit.subtitles.incoming.kinds import read
from castkit.subtitles.outgoing.handout import handout
from castkit.subtitles.player.page import Agreed, PlayerView, Proposal, render
from castkit.subtitles.profile import breaches, profile_for
from chromium import chromium, needs_chromium, reload_until

pytestmark = needs_chromium
EVIL = "</script><img src=x onerror=alert(1)>]]>\u2028<b>bold</b>"


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that a translator has after unpacking the zip."""
    folder = tmp_path_factory.mktemp("office")
    made = package(heard_office(folder, is_real=True))
    with zipfile.ZipFile(made.path) as archive:
        archive.extractall(folder / "at home")
    return folder / "at home/talk.en"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium("--mute-audio") as started:
        yield started


@dataclass
class Player:
    """The page on screen, with everything that went wrong on it and every address it asked for."""

    page: Page
    wrong: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    @property
    def now(self) -> float:
        return float(self.page.evaluate("media.currentTime"))

    @property
    def lit(self) -> str:
        """The number of the cue that is lit."""
        return self.page.locator(".cue.now .at .soft").text_content() or ""

    @property
    def told(self) -> str:
        return self.page.locator("#told").inner_text()

    def texts(self) -> list[str]:
        """The words of every row that has some; those far out of view are not drawn, but there."""
        found: list[str] = self.page.evaluate(
            "Array.from(document.querySelectorAll('.target p:not(.none):not(.figures)'), one => one.textContent)"
        )
        return found

    def slows(self) -> None:
        """Plays slowly from now on, so that what is lit stays lit until it was looked at."""
        self.page.evaluate("media.playbackRate = 0.1")

    def lights(self, number: int) -> None:
        self.page.wait_for_function(
            "n => { const one = document.querySelector('.cue.now .at .soft'); return one && one.textContent === n; }",
            arg=str(number),
        )

    def cue(self, number: int) -> Any:
        return self.page.locator(".cue").nth(number - 1)

    def opens(self, path: Path) -> None:
        self.page.set_input_files("#file", path)
        self.page.wait_for_function("name => byText().includes(name)", arg=path.name)


def opened(browser: Browser, page_path: Path, **options: Any) -> Player:
    context = browser.new_context(**{"locale": "en-GB", **options})
    page = context.new_page()
    shown = Player(page)
    page.on("console", lambda message: shown.wrong.append(message.text))
    page.on("pageerror", lambda error: shown.wrong.append(str(error)))

    def note(request: Request) -> None:
        shown.asked.append(request.url)

    page.on("request", note)
    page.add_init_script("globalThis.byText = () => document.getElementById('shown').textContent;")
    page.goto(page_path.as_uri(), wait_until="load")
    page.wait_for_function("() => media.readyState > 0 || media.error")
    return shown


@pytest.fixture
def player(browser: Browser, unpacked: Path) -> Iterator[Player]:
    shown = opened(browser, unpacked / "index.html")
    yield shown
    assert not shown.wrong
    assert all(url.startswith(unpacked.as_uri()) for url in shown.asked)
    shown.page.context.close()


def own(unpacked: Path, folder: Path, *changes: tuple[str, str], name: str = "own.srt") -> Path:
    """The file handed out, as a translator changed it."""
    text = (unpacked / "talk.en.srt").read_bytes().decode("utf-8-sig")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = folder / name
    path.write_bytes(text.encode("utf-8-sig"))
    return path


def test_it_opens_from_the_folder_with_source_and_translation_side_by_side(player: Player, unpacked: Path) -> None:
    page = player.page
    expect(page.locator("h1")).to_have_text("A talk")
    expect(page.locator("#way")).to_have_text("Chinese (Simplified) → English")
    assert page.evaluate("[media.readyState > 0, Math.round(media.duration)]") == [True, 167]
    expect(page.locator(".cue")).to_have_count(43)
    first = player.cue(1)
    expect(first.locator(".source p")).to_have_text("欢迎收听社会保障对话节目，\n我是主持人。")
    expect(first.locator(".source p")).to_have_attribute("lang", "zh-Hans")
    expect(first.locator(".target p").first).to_have_text("Welcome to the show. I am the host.")
    source, target = (first.locator(one).bounding_box() for one in (".source", ".target"))
    assert source["x"] + source["width"] <= target["x"]
    assert source["y"] == target["y"]
    assert "Subtitles: 43" in player.told
    expect(page.locator("#about")).to_contain_text("a machine’s draft that nobody has read")
    page.locator("#terms-box summary").click()
    expect(page.locator("#terms dt")).to_have_text(["试点 → pilot"])
    expect(page.locator("#terms dd")).to_have_text(["also: trial", "=never <b>test</b>"])


def test_rows_pair_source_and_translation_as_a_hand_out_in_two_languages_does(player: Player, unpacked: Path) -> None:
    draft, source = (
        parse_srt((unpacked / name).read_bytes().decode("utf-8-sig"), name)
        for name in ("talk.en.srt", "source.zh-Hans.srt")
    )
    rows = handout(draft, source, "en", "zh-Hans")
    found = player.page.evaluate(
        "Array.from(document.querySelectorAll('.cue'), one => "
        "[one.querySelector('.source p:not(.none)')?.textContent ?? '', one.querySelector('.target p').textContent])"
    )
    assert found == [[text, cue.text] for text, cue in zip(rows.sources, rows.cues, strict=True)]


def test_the_cue_being_spoken_is_lit_and_a_click_leads_to_its_sound(player: Player) -> None:
    page = player.page
    player.slows()
    player.cue(5).locator("button").click()
    player.lights(5)
    expect(player.cue(5)).to_have_attribute("aria-current", "true")
    expect(page.locator("#caption")).to_have_text("Please introduce yourself.\nWhat is the director of the platform?")
    page.wait_for_function("() => media.currentTime > 23.6 && !media.paused")
    page.evaluate("media.currentTime = 28.5")
    player.lights(6)
    expect(page.locator(".cue.now")).to_have_count(1)
    player.cue(6).locator("button").click()
    page.wait_for_function("() => media.paused")
    player.cue(20).locator(".target p").first.click()
    player.lights(20)
    assert page.evaluate("media.paused")
    page.locator("#speed").select_option("0.5")
    assert page.evaluate("[media.playbackRate, media.preservesPitch]") == [0.5, True]


def test_the_lit_cue_is_kept_in_view(player: Player) -> None:
    player.page.evaluate("media.currentTime = 152")
    player.page.wait_for_function(
        "() => { const one = document.querySelector('.cue.now'); if (!one) return false;"
        " const box = one.getBoundingClientRect(); return box.top > 80 && box.bottom <= innerHeight; }"
    )


def test_a_cue_is_repeated_until_it_is_let_go(player: Player) -> None:
    page = player.page
    player.cue(2).locator(".target p").first.click()
    player.lights(2)
    page.locator("#repeat").check()
    page.evaluate("media.currentTime = 9.7")
    page.locator("#play").click()
    page.wait_for_function("() => media.currentTime > 7.2 && media.currentTime < 9")
    assert player.lit == "2"
    page.locator("#repeat").uncheck()
    player.slows()
    page.evaluate("media.currentTime = 11.5")
    player.lights(3)


def test_keys_lead_through_the_cues(player: Player) -> None:
    page = player.page
    page.locator("h1").click()
    for number in (1, 2, 3):
        page.keyboard.press("ArrowDown")
        player.lights(number)
    page.keyboard.press("ArrowUp")
    player.lights(2)
    before = player.now
    page.keyboard.press("ArrowRight")
    assert player.now == pytest.approx(before + 2, abs=0.3)
    page.keyboard.press("Space")
    page.wait_for_function("() => !media.paused")
    page.keyboard.press("Space")
    page.wait_for_function("() => media.paused")
    page.locator("#speed").focus()
    page.keyboard.press("ArrowUp")
    assert page.evaluate("media.playbackRate") == 0.8
    page.locator('.cue button[tabindex="0"]').focus()
    expect(page.locator('.cue button[tabindex="0"]')).to_have_count(1)
    page.keyboard.press("ArrowDown")
    held = "document.activeElement.closest('.cue').querySelector('.soft').textContent"
    assert page.evaluate(held) == player.lit
    was = page.evaluate(held)
    page.evaluate("media.currentTime = 34")
    player.lights(8)
    assert page.evaluate(held) == was  # what only plays takes the focus from nobody


def test_speed_and_length_are_those_that_castkit_counts(browser: Browser, tmp_path: Path) -> None:
    texts = (
        "Plain words.", "A line of more than forty-two characters, for sure it is.", "Three\nlines\nhere", "short",
        "é́ with marks 👩‍👩‍👧 🇨🇳🇩🇪 👍🏽", "全角字符，和 half 的“引号”…也算", "한국어 ＡＢＣ ｱｲｳ", "x" * 90,
    )  # fmt: skip
    for tag in ("en", "zh-Hans", "ja"):
        profile = profile_for(tag)
        at = [0, 2000, 4000, 6000, 6400, 9000, 30_000, 40_000, 41_000]
        cues = [
            Cue(start, start + 1900 + 8000 * (n == 6), text)
            for n, (start, text) in enumerate(zip(at, texts, strict=False))
        ]
        cues[3] = replace(cues[3], end_ms=6500)
        view = PlayerView("T", "S", tag, tag, "", cues, (), profile, "draft", "a.srt", "none.m4a", is_video=False)
        (tmp_path / "index.html").write_text(render(view), "utf-8", newline="\n")
        page = opened(browser, tmp_path / "index.html").page
        found = page.evaluate(
            "Array.from(document.querySelectorAll('.cue'), one => one.querySelectorAll('.problems li').length)"
        )
        counts = [0] * len(cues)
        for breach in breaches(cues, profile):
            counts[breach.index - 1] += 1
        assert found == counts
        assert sum(counts) > 4
        for number, cue in enumerate(cues):
            widest = max(profile.width(line) for line in cue.lines)
            speed = profile.width(profile.flowing(cue.text)) * 1000 / cue.duration_ms
            wanted = f"{speed:.1f}/{profile.characters_per_second:g} characters a second, widest line {widest:g}/"
            expect(page.locator(".cue").nth(number).locator(".figures")).to_contain_text(wanted)
        page.context.close()


def test_the_translators_own_file_is_shown_beside_the_sound(player: Player, unpacked: Path, tmp_path: Path) -> None:
    path = own(unpacked, tmp_path, ("Welcome to the show. I am the host.", "Hello!" * 14), ("\r\n2\r\n", "\r\n2a\r\n"))
    player.opens(path)
    assert "own.srt, your own. Subtitles: 43; changed: 1. All of it was read." in player.told
    row = player.cue(1)
    expect(row.locator(".changed")).to_have_text("changed")
    expect(row.locator(".problems li")).to_have_text(["line too long: 84, at most 42"])
    player.page.locator("#only").check()
    assert player.page.locator("#count").inner_text().endswith("of 43")
    expect(row).to_be_visible()
    expect(player.cue(2)).to_be_hidden()
    player.page.locator("#only").uncheck()
    player.slows()
    row.locator("button").click()
    player.lights(1)
    expect(player.page.locator("#caption")).to_contain_text("Hello!")
    player.page.locator("#back").click()
    assert "as it was handed out" in player.told
    player.opens(own(unpacked, tmp_path, ("Welcome", "So welcome")))
    assert "changed: 1" in player.told


def test_a_file_dropped_on_the_page_is_opened(player: Player) -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nDropped.\n"
    data = player.page.evaluate_handle(
        "text => { const made = new DataTransfer(); made.items.add(new File([text], 'dropped.srt')); return made; }",
        text,
    )
    player.page.dispatch_event("main", "dragover", {"dataTransfer": data})
    expect(player.page.locator("#drop")).to_be_visible()
    player.page.dispatch_event("main", "drop", {"dataTransfer": data})
    player.page.wait_for_function("() => byText().includes('dropped.srt')")
    expect(player.page.locator("#drop")).to_be_hidden()
    expect(player.cue(1).locator(".target p").first).to_have_text("Dropped.")


def test_what_cannot_be_read_is_named_with_its_line(player: Player, unpacked: Path, tmp_path: Path) -> None:
    text = (
        "1\n00:00:01,000 --> 00:00:02,000\nFine.\n\n2\n00:00:03,xx0 --> 00:00:04,000\nLost <b>words</b>.\n\n"
        "3\n00:00:06,000 --> 00:00:05,000\nBackwards.\n\n4\n00:00:07,000 --> 00:00:08,000\n\n"
        "5\n00:00:09,000 --> 00:00:10,000\n" + EVIL + "\n"
    )
    path = tmp_path / "broken.srt"
    path.write_text(text, "utf-8")
    player.opens(path)
    remarks = player.page.locator("#remarks li").all_inner_texts()
    assert remarks == [
        "Line 6: these times cannot be read (not shown: 00:00:03,xx0 --> 00:00:04,000 / Lost words.)",
        "Line 10: the subtitle ends before it begins, or is shown for no time (not shown: Backwards.)",
        "Line 14: the subtitle holds no text",
    ]
    assert "Places that could not be read: 3" in player.told
    assert player.texts() == ["Fine.", "</script><img src=x onerror=alert(1)>]]>\nbold"]
    expect(player.page.locator(".target img, .target b, .target script")).to_have_count(0)
    for name, data, what in (
        ("letter.srt", b"Dear Ann, here it is.", "holds no times"),
        ("book.xlsx", b"PK\3\4" + bytes(50), "is not SubRip (.srt) or WebVTT (.vtt)"),
        ("old.ass", b"[Script Info]\n", "is not SubRip (.srt) or WebVTT (.vtt)"),
        ("empty.srt", b"", "holds no times"),
        ("large.srt", bytes(10_000_001), "is larger than 10 MB"),
    ):
        (tmp_path / name).write_bytes(data)
        player.opens(tmp_path / name)
        assert what in player.told
        assert player.page.locator(".cue").count() > 3


def test_every_known_defect_is_read_as_castkit_reads_it_or_told(player: Player) -> None:
    """The page's own reader against castkit's, over the table of what translators' programs do to files."""
    script = (
        "([bytes, tag]) => { const one = decodeSubtitles(new Uint8Array(bytes), tag);"
        " return one.text === undefined ? null : readSubtitles(one.text); }"
    )
    table = {**SAME, **{name: defect for name, (defect, _) in CHANGED.items()}, **REFUSED}
    for name, defect in table.items():
        for tag, cues in TRACKS.items():
            data = defect.data(compose_srt(cues))
            shown = player.page.evaluate(script, [list(data), tag])
            try:
                wanted = [[cue.start_ms, cue.end_ms, cue.text] for cue in read(data, "x", language=tag).cues]
            except CastkitError:
                assert shown is None or shown["remarks"] or shown["isGarbled"] or not shown["cues"], (name, tag)
                continue
            assert shown is not None, (name, tag)
            assert [[one["start"], one["end"], one["text"]] for one in shown["cues"]] == wanted, (name, tag)


def test_other_encodings_are_read_and_said(player: Player, unpacked: Path, tmp_path: Path) -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nThe café — naïve.\n"
    for encoding, said in (("utf-16", ""), ("cp1252", "it was read as windows-1252")):
        path = tmp_path / f"{encoding}.srt"
        path.write_bytes(text.encode(encoding))
        player.opens(path)
        assert player.texts().count("The café — naïve.") == 1
        assert said in player.told


def test_lines_of_the_source_in_a_file_of_two_languages_are_not_counted(
    player: Player, unpacked: Path, tmp_path: Path
) -> None:
    draft, source = (
        parse_srt((unpacked / name).read_bytes().decode("utf-8-sig"), name)
        for name in ("talk.en.srt", "source.zh-Hans.srt")
    )
    both = handout(draft, source, "en", "zh-Hans").both()
    path = tmp_path / "both.srt"
    path.write_text(compose_srt(both), "utf-8")
    player.opens(path)
    assert "Lines of the source that stand in your subtitles" in player.told
    assert player.texts() == [cue.text for cue in draft]


def test_the_page_speaks_chinese_and_keeps_to_it(browser: Browser, unpacked: Path) -> None:
    shown = opened(browser, unpacked / "index.html", locale="zh-CN")
    page = shown.page
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(page.locator("#way")).to_have_text("中文（简体） → 英语")
    expect(page.locator("#previous")).to_have_text("上一条")
    page.locator('[data-tongue="en"]').click()
    expect(page.locator("#previous")).to_have_text("Previous")
    expect(page.locator('[data-tongue="en"]')).to_have_attribute("aria-pressed", "true")
    reload_until(page, lambda: page.locator("#previous").text_content() == "Previous")
    expect(page.locator("#previous")).to_have_text("Previous")
    assert not shown.wrong
    page.context.close()


def test_a_page_without_its_sound_says_so(browser: Browser, unpacked: Path, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_bytes((unpacked / "index.html").read_bytes())
    page = opened(browser, tmp_path / "index.html").page
    page.wait_for_selector("#missing:not([hidden])")
    expect(page.locator("#missing")).to_contain_text("sound.m4a is not beside this page. Unpack the whole zip")
    page.context.close()


def test_hostile_texts_stay_texts(browser: Browser, tmp_path: Path) -> None:
    view = PlayerView(
        EVIL, EVIL, "zh-Hans", "en", "zh-Hans", (Cue(0, 1000, EVIL),), (Cue(0, 1000, EVIL),), profile_for("en"),
        "machine", EVIL, "sound.m4a", is_video=False, source_file=EVIL, terms=(Agreed(EVIL, EVIL, (EVIL,), EVIL),),
        before=(Proposal(0, EVIL, EVIL, EVIL, 90, EVIL),),
    )  # fmt: skip
    (tmp_path / "index.html").write_text(render(view), "utf-8", newline="\n")
    shown = opened(browser, tmp_path / "index.html")
    page = shown.page
    expect(page.locator("img, #table b, h1 b, dt b")).to_have_count(0)
    assert page.locator(".target p").first.evaluate("one => one.textContent") == EVIL
    script = "const made = document.createElement('script'); made.textContent = 'globalThis.bad = 1';"
    assert page.evaluate(f"() => {{ {script} document.body.append(made); return globalThis.bad; }}") is None
    assert all("Content Security Policy" in one or "ERR_FILE_NOT_FOUND" in one for one in shown.wrong)
    page.context.close()


@pytest.mark.parametrize(("width", "height"), [(390, 844), (640, 400), (800, 1000), (1440, 900)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_every_screen_in_both_colours(
    browser: Browser, unpacked: Path, tmp_path: Path, width: int, height: int, scheme: str
) -> None:
    shown = opened(browser, unpacked / "index.html", viewport={"width": width, "height": height}, color_scheme=scheme)
    page = shown.page
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(20, 25, 31)")
    page.evaluate("media.currentTime = 34")
    shown.lights(8)
    colours = page.evaluate(
        "['.target p', '.figures', '.source p', '.problems li', '.none'].map(name => { const one = "
        "document.querySelector('.cue.now ' + name) || document.querySelector('.cue ' + name); let back = one; "
        "while (getComputedStyle(back).backgroundColor === 'rgba(0, 0, 0, 0)') back = back.parentElement; "
        "return [getComputedStyle(one).color, getComputedStyle(back).backgroundColor]; })"
    )
    stuck = page.evaluate("getComputedStyle(document.getElementById('stage')).position === 'sticky'")
    assert page.locator("#stage").bounding_box()["height"] < height / 2 or not stuck
    assert all(contrast(*pair) >= 4.5 for pair in colours), colours
    assert not shown.wrong
    page.context.close()


def contrast(one: str, other: str) -> float:
    """The contrast of two colours by WCAG 2.2."""
    lights = sorted((_luminance(colour) for colour in (one, other)), reverse=True)
    return (lights[0] + 0.05) / (lights[1] + 0.05)


def _luminance(colour: str) -> float:
    parts = [float(part) / 255 for part in colour.strip("rgba()").split(",")[:3]]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_names_and_roles_are_there_for_screen_readers(player: Player) -> None:
    found = player.page.locator("body").aria_snapshot()
    for line in (
        '- heading "A talk" [level=1]', '- table "Subtitles":', '- columnheader "Source"',
        '- button "Play from 00:00.6"', '- button "Open your edited file …"', '- link "Go to the subtitles"',
    ):  # fmt: skip
        assert line in found
    assert player.page.locator("button:not([aria-label])").evaluate_all(
        "all => all.every(one => one.textContent.trim())"
    )
    expect(player.page.locator("#media")).to_have_attribute("aria-label", "Sound or video")


@pytest.mark.parametrize(("width", "scheme", "locale"), [(390, "dark", "zh-CN"), (1440, "light", "en-GB")])
def test_axe_finds_nothing_serious(browser: Browser, unpacked: Path, width: int, scheme: str, locale: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    view = {"width": width, "height": 900}
    page = opened(browser, unpacked / "index.html", viewport=view, color_scheme=scheme, locale=locale).page
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")
    page.evaluate("media.currentTime = 34")
    page.wait_for_selector(".cue.now")
    found = axe.Axe().run(page).response["violations"]
    assert [(one["id"], one["impact"], one["nodes"][0]["html"][:200]) for one in found] == []
    page.context.close()
