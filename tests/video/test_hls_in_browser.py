"""A real browser plays the HLS from castkit's own server: by itself, and by hls.js with subtitles.

Chromium plays HLS without help (since 142) but shows no subtitles of a playlist; Safari and hls.js do.
"""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from castkit import ffmpeg
from castkit.storage.httpd import Site, open_server
from castkit.video.hls import Captions, Cast, write_hls
from chromium import chromium, needs_chromium
from players import hlsjs_player

pytestmark = needs_chromium
SECONDS = 13
LINES = {"zh-Hans": ("中文（简体）", "你好，世界"), "en": ("English", "Hello, world")}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a folder with a stream in `talk/`, and pages that play it."""
    public = tmp_path_factory.mktemp("public")
    film = ["-f", "lavfi", "-i", f"testsrc2=s=854x480:r=24:d={SECONDS}", "-f", "lavfi", "-i", f"sine=440:d={SECONDS}"]
    encode = "-c:v libx264 -preset ultrafast -bf 2 -g 48 -pix_fmt yuv420p -c:a aac".split()
    command = [str(ffmpeg.find_tools().ffmpeg), "-v", "error", *film, *encode, str(public / "talk.mp4")]
    subprocess.run(command, check=True)
    captions = []
    for language, (name, text) in LINES.items():
        path = public / f"{language}.vtt"
        path.write_text(f"WEBVTT\n\n00:00:01.000 --> 00:00:05.000\n{text}\n", "utf-8")
        captions.append(Captions(path, language, name, is_default=language == "zh-Hans"))
    (public / "talk").mkdir()
    write_hls(Cast(public / "talk.mp4", "en", "English", captions), public / "talk")
    (public / "native.html").write_text(hlsjs_player.NATIVE.format(source="talk/master.m3u8"), "utf-8")
    (public / "hlsjs.html").write_text(hlsjs_player.HLSJS.format(source="talk/master.m3u8"), "utf-8")
    shutil.copy(hlsjs_player.install(tmp_path_factory.mktemp("hlsjs")), public / "hls.min.js")
    with open_server("127.0.0.1", 0) as server:
        server.site = Site((public,), lambda: b"")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield server.url
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with chromium("--autoplay-policy=no-user-gesture-required") as browser:
        yield browser.new_page()


def play(page: Page, address: str, name: str) -> None:
    """Opens the page, plays, and waits until a second of it was shown."""
    page.goto(f"{address}/{name}.html")
    page.evaluate("video.play()")
    page.wait_for_function("video.error || video.currentTime > 1", timeout=60_000)
    assert page.evaluate("video.error && video.error.message") is None


def look(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(
        """() => ({
            time: video.currentTime, duration: video.duration, width: video.videoWidth, height: video.videoHeight,
            shown: video.getVideoPlaybackQuality().totalVideoFrames,
            heard: video.webkitAudioDecodedByteCount,
        })"""
    )
    return found


@pytest.mark.parametrize("name", ["native", "hlsjs"])
def test_picture_and_sound_play(page: Page, address: str, name: str) -> None:
    if name == "native":
        page.goto(f"{address}/native.html")
        if not page.evaluate("video.canPlayType('application/vnd.apple.mpegurl')"):
            pytest.skip("this Chromium is older than 142 and plays no HLS by itself")
    play(page, address, name)
    found = look(page)
    assert found["duration"] == pytest.approx(SECONDS, abs=0.1)
    assert (found["width"], found["height"]) in ((854, 480), (640, 360))
    assert found["shown"] > 5
    assert found["heard"] > 1000


@pytest.mark.parametrize("name", ["native", "hlsjs"])
def test_a_listener_can_jump(page: Page, address: str, name: str) -> None:
    play(page, address, name)
    page.evaluate("video.currentTime = 10.5")
    page.wait_for_function("!video.seeking && video.currentTime > 11", timeout=60_000)
    assert page.evaluate("video.error && video.error.message") is None


def test_the_picture_is_no_black_frame(page: Page, address: str) -> None:
    play(page, address, "hlsjs")
    light = page.evaluate(
        """() => {
            const canvas = document.createElement("canvas");
            canvas.width = canvas.height = 16;
            const context = canvas.getContext("2d");
            context.drawImage(video, 0, 0, 16, 16);
            return Math.max(...context.getImageData(0, 0, 16, 16).data.filter((_, at) => at % 4 < 3));
        }"""
    )
    assert light > 100


def test_subtitles_are_listed_by_name_and_language_and_have_their_words(page: Page, address: str) -> None:
    play(page, address, "hlsjs")
    tracks = page.evaluate("[...video.textTracks].map(t => [t.kind, t.label, t.language, t.mode])")
    assert tracks == [
        ["subtitles", "中文（简体）", "zh-Hans", "showing"],
        ["subtitles", "English", "en", "disabled"],
    ]
    for number, (_, text) in enumerate(LINES.values()):
        page.evaluate(f"hls.subtitleTrack = {number}")
        page.wait_for_function(f"video.textTracks[{number}].cues?.length", timeout=60_000)
        cues = page.evaluate(f"[...video.textTracks[{number}].cues].map(c => [c.startTime, c.endTime, c.text])")
        assert cues == [[1, 5, text]]
    assert page.evaluate("faults") == []


def test_all_of_it_is_buffered_without_a_gap(page: Page, address: str) -> None:
    play(page, address, "hlsjs")
    page.wait_for_function(
        "video.buffered.length && video.buffered.end(video.buffered.length - 1) > 12.9", timeout=60_000
    )
    assert page.evaluate("video.buffered.length") == 1
    assert page.evaluate("video.buffered.start(0)") == 0
    assert page.evaluate("faults") == []
