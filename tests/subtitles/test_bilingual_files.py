"""Two languages in one file: SRT, WebVTT as a browser shows it, and ASS; both to be read, neither over the other."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Browser, Page, Route
from said import heard
from translations import accepted, accepted_sentences, heard_sentences, paired

from castkit.ffmpeg import find_tools
from castkit.model.cue import Cue
from castkit.subtitles.bilingual import two_languages
from castkit.subtitles.bilingual_vtt import Side, compose_bilingual_vtt
from castkit.subtitles.cueing import make_cues
from castkit.subtitles.lettering import named_for
from castkit.subtitles.profile import profile_for
from castkit.subtitles.shared_times import laid_out
from castkit.video.ass import Captions, script
from castkit.video.shape import Size
from chromium import PROGRAM, chromium

EN, ZH = profile_for("en"), profile_for("zh-Hans")
SHADES = {"zh-Hans": (255, 0, 0), "en": (0, 255, 0)}
PAGE = """<style>body { margin: 0 } video { display: block; width: 100vw; height: 100vh }
video::cue(:lang(zh-Hans)) { color: #f00; background: #000 } video::cue(:lang(en)) { color: #0f0; background: #000 }
</style><video src="film.webm" muted><track default kind="subtitles" srclang="en" src="both.vtt"></video>"""


@cache
def both() -> tuple[tuple[Cue, ...], tuple[Cue, ...]]:
    """episode-01 in Chinese, on the times of the English, and in English."""
    english, _ = make_cues(heard("episode-01").utterances, EN, heard("episode-01").duration_ms)
    sentences = paired(heard_sentences("episode-01"), accepted_sentences())
    return laid_out(sentences, english, ZH, heard("episode-01").duration_ms)[0], english


def vtt(chinese: tuple[Cue, ...], english: tuple[Cue, ...], note: str = "") -> str:
    names = {"host": "A & B"}
    upper = Side("zh-Hans", chinese, ZH, lambda speaker: names.get(speaker, speaker))
    return compose_bilingual_vtt(upper, Side("en", english, EN, str), note=note)


def test_cues_on_shared_times_make_pairs_in_srt() -> None:
    chinese, english = both()
    pairs = two_languages(chinese, english)
    assert len(pairs) == len(english)
    texts = {cue.start_ms: cue.text for cue in english}
    assert all(pair.text.endswith("\n" + texts[pair.start_ms]) for pair in pairs)


def test_every_cue_has_its_place_in_vtt() -> None:
    chinese = (Cue(1000, 4000, "你好。", "host"), Cue(5000, 6000, "再见"))
    english = (Cue(1000, 2000, "Hello"), Cue(2100, 3000, "a < b\n& c", "guest"))
    text = vtt(chinese, english, note="a draft")
    assert text == (
        "WEBVTT\n\nNOTE a draft\n\n"
        "00:00:01.000 --> 00:00:02.000 line:-1\n<lang en>Hello</lang>\n\n"
        "00:00:01.000 --> 00:00:04.000 line:-3\n<v A &amp; B><lang zh-Hans>你好。</lang>\n\n"
        "00:00:02.100 --> 00:00:03.000 line:-2\n<v guest><lang en>a &lt; b\n&amp; c</lang>\n\n"
        "00:00:05.000 --> 00:00:06.000 line:-1\n<lang zh-Hans>再见</lang>\n"
    )
    assert vtt((), ()) == "WEBVTT\n"


def test_ass_has_two_styles_and_the_upper_language_stands_clear_of_the_lower() -> None:
    chinese, english = both()
    parts = [Captions(chinese, named_for("zh-Hans")), Captions(english, named_for("en"))]
    text = script(parts, Size(1920, 1080))
    styles = [line.split(",") for line in text.splitlines() if line.startswith("Style: ")]
    assert [(one[0], one[1]) for one in styles] == [("Style: Upper", "Noto Sans CJK SC"), ("Style: Lower", "Arial")]
    events = [line.split(",", 9) for line in text.splitlines() if line.startswith("Dialogue: ")]
    assert len(events) == len(chinese) + len(english)
    lowest, height = int(styles[1][21]), float(styles[1][2])
    for cue, event in zip(chinese, (one for one in events if one[3] == "Upper"), strict=True):
        lines = max(
            len(other.lines) for other in english if other.start_ms < cue.end_ms and other.end_ms > cue.start_ms
        )
        assert int(event[7]) >= lowest + int(lines * height)
        assert event[9].replace("\\N", "").replace("\n", "") == cue.text.replace("\n", "")
    assert (named_for("zh-Hant").family, named_for("ja").family) == ("Noto Sans CJK TC", "Noto Sans CJK JP")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if PROGRAM is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A grey picture, as long as is looked at."""
    target = tmp_path_factory.mktemp("film") / "film.webm"
    grey = ["-f", "lavfi", "-i", "color=gray:s=320x180:d=60:r=2", "-c:v", "libvpx", "-b:v", "50k"]
    subprocess.run([find_tools().ffmpeg, "-v", "error", *grey, target], check=True)
    return target


def opened(browser: Browser, film: Path, text: str, size: tuple[int, int]) -> Page:
    """A page of this size that plays the film under these captions; nothing is fetched from outside."""
    answers = {"film.webm": ("video/webm", film.read_bytes()), "both.vtt": ("text/vtt", text), "": ("text/html", PAGE)}

    def answer(route: Route) -> None:
        kind, body = answers[route.request.url.rpartition("/")[2]]
        route.fulfill(body=body, content_type=f"{kind}; charset=utf-8", headers={"Accept-Ranges": "bytes"})

    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.route("http://cues.test/**", answer)
    page.goto("http://cues.test/")
    page.wait_for_function(
        "document.querySelector('video').readyState >= 2 && document.querySelector('track').readyState == 2"
    )
    return page


def rows(page: Page, at_ms: int) -> dict[str, tuple[int, int]]:
    """The highest and the lowest row of the picture in which each language is seen at this moment."""
    page.evaluate(
        """at => new Promise(done => {
            const one = document.querySelector('video'), [track] = one.textTracks;
            const wanted = [...track.cues].filter(cue => cue.startTime <= at && at < cue.endTime).length;
            const look = () => { // they are drawn with the picture after the one in which they became active
                const isThere = !one.seeking && track.activeCues.length === wanted
                    && [...track.activeCues].every(cue => cue.startTime <= at && at < cue.endTime);
                requestAnimationFrame(isThere ? () => setTimeout(done, 150) : look);
            };
            one.onseeked = look;
            one.currentTime = at;
        })""",
        at_ms / 1000,
    )
    bands = Image.open(io.BytesIO(page.screenshot())).convert("RGB").split()
    found: dict[str, tuple[int, int]] = {}
    for language, shade in SHADES.items():
        alike = [
            band.point([255 * (value == own) for value in range(256)]) for band, own in zip(bands, shade, strict=True)
        ]
        mask = ImageChops.darker(ImageChops.darker(alike[0], alike[1]), alike[2])
        if box := mask.getbbox():
            found[language] = (box[1], box[3])
    return found


@pytest.mark.parametrize(
    ("size", "times"), [((960, 540), "shared"), ((480, 270), "own"), ((360, 640), "shared")], ids=str
)
def test_a_browser_shows_both_languages_clear_of_each_other(
    browser: Browser, film: Path, size: tuple[int, int], times: str
) -> None:
    chinese, english = both()
    chinese = chinese if times == "shared" else accepted()
    page = opened(browser, film, vtt(chinese, english), size)
    moments = [(cue.start_ms + cue.end_ms) // 2 for cue in english if cue.end_ms < 58_000][2:14:2]
    for at in moments:
        shown = rows(page, at)
        if not any(cue.start_ms < at < cue.end_ms for cue in chinese):
            continue
        assert set(shown) == {"zh-Hans", "en"}, at
        assert shown["zh-Hans"][1] <= shown["en"][0], (at, shown)
        assert shown["zh-Hans"][0] >= 0
        assert shown["en"][1] <= size[1]
    page.close()
