"""The page of the report: complete, escaped, self-contained, the same bytes again, and small whatever the length."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import report_samples as samples

from castkit.model.edit import Removed
from castkit.model.programme import Loudness
from castkit.model.timeline import Timeline, joined
from castkit.model.transcript import Coverage, Flag
from castkit.report.page import render
from castkit.report.view import Fault, Mark, MasterView, Output, Players, TrackView

VOID = {"meta", "br", "path"}
HOSTILE = (
    "</script><script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;{{ 7*7 }}\u202e עברית 🎙️ 林华\ud800\x00"
)


class Page(HTMLParser):
    """Elements with their attributes, and the words a person reads; none may be left open."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open
        self.words = re.sub(r"\s+", " ", self.words)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), (tag, attrs)
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self.open):
            self.words += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


@pytest.fixture(scope="module")
def full() -> str:
    return render(samples.view())


def test_the_page_is_whole_and_says_what_was_measured(full: str) -> None:
    page = Page(full)
    assert full.startswith("<!doctype html>\n<html lang=")
    assert full.endswith("</html>\n")
    for text in (
        "Who pays?", "Dialogues", "talk", "Host", "林华", "raw/林华.wav", "−16.0", "−35.0 LUFS", "−21.0 dBTP", "6.2 LU",
        "noise −58.0 dBFS", "speech over noise 22.5 dB", "50 Hz, 24 dB over the noise", "Hum at 50 Hz was notched.",
        "Noise was reduced by 12 dB.", "Lies 1.5 s after the first recording.", "+17.0 dB to +21.0 dB",
        "01:01.2 clipping, 200 ms", "01:12.0 dropout, 30 ms (not in the episode)", "silence at the ends", "cut out",
        "00:57 Guest: clipped", "en: nobody has read these subtitles", "00:00 Welcome", "01:06 The fund",
        "machine transcript, not reviewed", "reviewed by a person", "2 cues are too fast", "copied untouched",
        "of 2 min 12 s of speech have them", "2 min 08 s of 2 min 12 s of speech have words (96.7 %): 412 words",
        "00:41 2.2 s that sound like speech", "Left out of the transcript", f"00:41 {samples.CREDIT}",
        "known phrase: no voice is heard at its time", "loop, in the English translation: 'Many people,' 9 times",
        "Kept, but worth a look: 1", "00:20 Thank you.",
        "up to 1.4 dB, 3 rounds", "linear", "MP3, 128 kbit/s", "target −16.0 LUFS; off it: Opus", "recorded 15.1 LU",
    ):  # fmt: skip
        assert text in page.words.replace("\u00a0", " "), text
    assert "0.4" in page.words  # speakers apart, after


def test_every_picture_is_there_before_above_after(full: str) -> None:
    rows = [one["aria-label"] for one in Page(full).all("div") if one.get("role") == "img"]
    assert rows == [
        "Host, before", "林华, before", "The episode, after", "Before: every recording", "After: the episode",
        "Host", "林华", "Host", "林华",
    ]  # fmt: skip
    assert full.count("<svg ") == len(rows)
    for colour in ("speaker-0", "speaker-1", "after", "gone", "target"):
        assert f"var(--{colour})" in full
        assert f"--{colour}:" in full


def test_every_moment_leads_to_the_sound(full: str) -> None:
    links = {one["data-at"]: one["href"] for one in Page(full).all("a") if "data-at" in one}
    assert links["57200"] == "./talk.mp3#t=57.200"  # a warning, and the clipping: 61.2 s less the 6 s trimmed, plus 2
    assert links["66000"] == "./talk.mp3#t=66.000"  # a chapter, and where the sound goes on after the cut
    players = {one["aria-label"]: one["src"] or "" for one in Page(full).all("audio")}
    assert len(players) == 4
    assert players["After: the episode"] == "./talk.mp3"
    assert players["Before: the recordings as they came"] == "./before.mp3"
    head, _, data = players["After"].partition(",")
    assert head == "data:audio/wav;base64"
    assert base64.b64decode(data) == samples.tone(1, 440)


def test_without_files_to_play_nothing_is_a_link() -> None:
    page = Page(render(samples.view(players=Players())))
    assert not page.all("audio")
    assert not [one for one in page.all("a") if "data-at" in one and (one["href"] or "").startswith(".")]
    assert "01:06 The fund" in page.words


def test_the_page_may_load_nothing_and_run_its_own_script_only(full: str) -> None:
    page = Page(full)
    (policy,) = [one["content"] or "" for one in page.all("meta") if one.get("http-equiv")]
    (script,) = re.findall(r"<script>(.*?)</script>", full, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert "default-src 'none'" in policy
    assert f"script-src 'sha256-{digest}'" in policy
    assert "http" not in re.sub(r"data:[^\"]*|http-equiv", "", full)
    assert not {tag for tag, _ in page.found} & {"link", "iframe", "object", "base", "form", "img"}
    assert not [name for _, attributes in page.found for name in attributes if name.startswith("on")]


def test_hostile_texts_are_shown_not_obeyed() -> None:
    view = samples.view()
    bad = replace(
        view.tracks[1], speaker=HOSTILE, path=HOSTILE, alignment=HOSTILE, cleaning=(HOSTILE,),
        faults=(Fault(HOSTILE, 9000, 9100),), condition=replace(view.tracks[1].condition, hum=HOSTILE),
    )  # fmt: skip
    output = replace(view.master.outputs[0], path=HOSTILE, format=HOSTILE)
    text = render(
        replace(
            view, title=HOSTILE, show=HOSTILE, slug=HOSTILE, language='"><u>', tracks=(view.tracks[0], bad),
            master=replace(view.master, outputs=(output,)), chapters=(Mark(0, HOSTILE),), warnings=(Mark(1, HOSTILE),),
            removed=(Removed(0, 6000, HOSTILE),), video=((HOSTILE, HOSTILE),),
            subtitles=(replace(view.subtitles[0], exceptions=(HOSTILE,), language="xx-\"'<"),),
            flags=(Flag(1, 2, HOSTILE, HOSTILE, HOSTILE, True), Flag(1, 2, HOSTILE, "loop", HOSTILE, False)),
            players=Players(before=HOSTILE, after="javascript:alert(1)//../x y.mp3"),
        )
    )  # fmt: skip
    page = Page(text)
    assert len(page.all("script")) == 1
    assert not {tag for tag, _ in page.found} & {"img", "u"}
    assert page.words.count("alert(1)") >= 14
    assert "{{ 7*7 }}" in page.words
    assert "林华" in page.words
    addresses = [one.get("href") or one.get("src") or "" for tag, one in page.found if tag in ("a", "audio")]
    assert all(address.startswith(("./", "#")) for address in addresses)
    assert "./javascript%3Aalert%281%29//../x%20y.mp3" in addresses
    text.encode("utf-8")  # a lone surrogate is gone
    assert "\x00" not in text


def test_the_same_view_gives_the_same_bytes(full: str) -> None:
    assert render(samples.view()) == full


ONE_PAGE = """
import sys
import report_samples
from castkit.report.page import render

sys.stdout.buffer.write(render(report_samples.view()).encode())
"""


def test_the_same_bytes_in_another_process(full: str) -> None:
    told = {"PYTHONHASHSEED": "7", "PYTHONPATH": str(Path(__file__).parent), "LC_ALL": "C", "TZ": "Asia/Shanghai"}
    ended = subprocess.run(
        [sys.executable, "-c", ONE_PAGE], env={**os.environ, **told}, capture_output=True, check=True
    )
    assert ended.stdout == full.encode()


@pytest.mark.parametrize("level", [-120.0, -np.inf, np.nan])
def test_an_empty_episode_has_a_page_too(level: float) -> None:
    silent = np.full(20, level, dtype=np.float32)
    gone = float("-inf")
    track = TrackView("raw/a.wav", "", 2000, silent, silent, silent[:2], loudness=Loudness(-70.0, gone, 0.0))
    outputs = (Output("MP3", "", None, 0, Loudness(gone, gone, float("nan"))),)
    master = MasterView(silent, silent, -16.0, -1.0, outputs)
    view = samples.view()
    text = render(
        replace(
            view, title="", show="", language="", duration_ms=2000, tracks=(track,), master=master, removed=(),
            timeline=joined(((0, 2000),), 0), chapters=(), warnings=(), subtitles=(), video=(), players=Players(),
        )
    )  # fmt: skip
    page = Page(text)
    assert "silence" in page.words
    assert "nan" not in page.words.lower()
    assert not re.search(r"\b(nan|inf)\b", "".join(re.findall(r'd="([^"]*)"', text)))
    assert "Chapters" not in page.words


def test_nothing_at_all_has_a_page_too() -> None:
    none = np.zeros(0, dtype=np.float32)
    master = MasterView(none, none, -16.0, -1.0, ())
    view = replace(
        samples.view(), tracks=(), master=master, removed=(), chapters=(), warnings=(), subtitles=(), duration_ms=0,
        timeline=joined(((0, 0),), 0),
    )  # fmt: skip
    assert "None." in Page(render(view)).words


def test_the_bold_curve_is_the_speakers_own_speech() -> None:
    """Speech at -20 in the first half, somebody else's in the second: bold ends in the middle, faint does not."""
    half = np.repeat(np.array([-20.0, -30.0], dtype=np.float32), 900)
    track = replace(samples.track(180_000, "Host"), short_term_lufs=half, speech=((0, 90_000),))
    whole = joined(((0, 180_000),), 0)
    text = render(samples.view(timeline=whole, duration_ms=180_000, tracks=(track,), removed=()))
    before = text[text.index('aria-label="Before: every recording"') :].partition("</svg>")[0]
    faint, bold = re.findall(r'd="([^"]*)" style="[^"]*var\(--speaker-0\)', before)
    ends = [max(float(one) for one in re.findall(r"[ML] ([\d.]+)", shape)) for shape in (faint, bold)]
    assert ends == [pytest.approx(991, abs=2), pytest.approx(500, abs=1)]  # the window's middle: 1.5 s from the end


def test_without_recognition_there_is_no_section_of_words() -> None:
    page = Page(render(samples.view(coverage=None, flags=())))
    assert not [one for one in page.all("section") if one.get("id") == "words"]
    assert "of speech have" not in page.words


def test_words_that_are_all_there_are_said_to_be() -> None:
    page = Page(render(samples.view(coverage=Coverage(60_000, 400, 150, 0), flags=())))
    assert "1 min 00 s of 1 min 00 s of speech have words (99.3 %): 150 words, none of them where nobody" in page.words
    assert "Left out" not in page.words
    assert "Kept" not in page.words
    assert "– of 0 ms" not in Page(render(samples.view(coverage=Coverage(0, 0, 0, 0), flags=()))).words


def test_gaps_and_flags_lead_to_their_sound_and_stay_few(full: str) -> None:
    links = [one["href"] for one in Page(full).all("a") if "data-at" in one]
    for at in ("41.000", "41.500", "90.500", "20.000"):
        assert f"./talk.mp3#t={at}" in links
    flags = tuple(
        Flag(at, at + 400, "Thank you.", "known-phrase", "so", dropped)
        for at in range(900)
        for dropped in (True, False)
    )
    gaps = tuple((at, at + 900) for at in range(0, 900_000, 1000))
    text = render(samples.view(flags=flags, coverage=Coverage(900_000, 810_000, 9, 0, gaps)))
    words = Page(text).words
    assert "Kept, but worth a look: 900" in words
    assert words.count("and 800 more") == 2
    assert "and 600 more" in words
    assert len(text) < len(full) + 200_000


def test_one_clock_has_one_row_of_times() -> None:
    view = samples.view()
    whole = joined(((0, view.duration_ms),), 0)
    page = Page(render(replace(view, timeline=whole, removed=())))
    assert "recordings’" not in page.words
    rows = [one for one in page.all("div") if one.get("class") == "ticks"]
    assert len(rows) == 4  # one a picture


def test_as_many_tracks_and_faults_as_there_are_stay_readable() -> None:
    tracks = tuple(
        samples.track(
            180_000, f"Speaker {number}", faults=tuple(Fault("click", at, at + 5) for at in range(0, 99_000, 100))
        )
        for number in range(24)
    )
    text = render(samples.view(tracks=tracks, players=Players()))
    assert len(text.encode()) < 2_500_000
    assert Page(text).words.count("and 690 more") == 24
    assert "var(--speaker-8)" not in text


SIX_HOURS = """
import sys
from pathlib import Path
import report_samples as s
from castkit.model.edit import Removed, subtracted
from castkit.model.timeline import joined
from castkit.report.page import render
from castkit.report.view import Players

hours = int(sys.argv[1])
whole = hours * 3_600_000
gone = [(at, at + 900) for at in range(30_000, whole, 12_000)]
timeline = joined(subtracted(((0, whole),), gone), 3000)
duration = timeline.pieces[-1].until_ms
view = s.view(hours * 60, timeline=timeline, duration_ms=duration, master=s.master(duration), players=Players(),
              removed=tuple(Removed(a, b, "pause") for a, b in gone))
text = render(view)
status = Path("/proc/self/status").read_text()  # ru_maxrss would count the process that started this one
print(len(text.encode()), status.split("VmHWM:")[1].split()[0])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_six_hours_are_as_small_as_one() -> None:
    told = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    found = []
    for hours in (1, 6):
        command = [sys.executable, "-c", SIX_HOURS, str(hours)]
        ended = subprocess.run(command, env=told, capture_output=True, text=True, check=True)
        found.append([int(one) for one in ended.stdout.split()])
    (small, _), (large, peak) = found
    assert large < 1_500_000
    assert large < small * 2
    assert peak * 1024 < 150e6


def test_the_timeline_may_have_any_pieces() -> None:
    """An intro over the trimmed beginning, joins without a gap, an outro: every moment stays on the axis."""
    timeline = Timeline(joined(((50_000, 60_000), (60_000, 61_000), (170_000, 180_000)), 8000).pieces)
    text = render(
        samples.view(
            timeline=timeline, duration_ms=40_000, master=samples.master(40_000), chapters=(Mark(39_999, "End"),)
        )
    )
    places = [float(one) for one in re.findall(r'style="left:([-\d.]+)%"', text)]
    assert places
    assert all(0 <= place <= 100.01 for place in places)
