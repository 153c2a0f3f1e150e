"""The audiogram as a viewer sees it: cover, wave and progress in time with the sound, captions that can be read."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import stills
from castkit import ffmpeg
from castkit.artwork.card import Frame, draw_card
from castkit.artwork.fonts import find_fonts
from castkit.ffmpeg.metadata import metadata
from castkit.model.chapters import Mark
from castkit.model.cue import Cue
from castkit.video.ass import Captions
from castkit.video.audiogram import FPS, LAYOUTS, Audiogram, Layout, audiogram_arguments
from castkit.video.burn import lay_out
from castkit.video.fonts import typeface_for

SECONDS = 6
ACCENT, QUIET = (242, 165, 65), (120, 130, 140)
COVER = (200, 40, 60)
CHINESE = (Cue(500, 2500, "骑手的社会保障由谁来承担"),)
ENGLISH = (Cue(500, 2500, "Who pays for the riders?"),)
MARKS = (Mark(0, 2000, "开场"), Mark(2000, 6000, "The riders"))


def make(*arguments: object) -> bytes:
    command = [ffmpeg.find_tools().ffmpeg, "-v", "error", "-y", *(str(argument) for argument in arguments)]
    return subprocess.run(command, check=True, capture_output=True).stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose name needs every escape, with three seconds of silence and three of noise in sound.m4a."""
    place = tmp_path_factory.mktemp("audiogram") / "it's [a], fol;der 夹"
    place.mkdir()
    noise = f"anoisesrc=a=0.3:r=48000:seed=1:d={SECONDS},volume=0:enable='lt(t,3)'"
    make("-f", "lavfi", "-i", noise, "-ac", 2, "-b:a", "128k", place / "sound.m4a")
    Image.new("RGB", (1400, 1400), COVER).save(place / "cover.png")
    return place


def what(folder: Path, shape: str, sound: str = "sound.m4a") -> Audiogram:
    layout = LAYOUTS[shape]
    still = folder / f"still-{shape.replace(':', 'x')}.png"
    if not still.exists():
        frame = Frame((layout.size.width, layout.size.height), layout.cover, layout.titles, layout.is_centred)
        draw_card(still, folder / "cover.png", titles=("对话", "外卖骑手", "Riders"), frame=frame)
    parts = [
        Captions(cues, typeface_for(language, [cue.text for cue in cues], find_fonts))
        for language, cues in (("zh-Hans", CHINESE), ("en", ENGLISH))
    ]
    burnt = lay_out(parts, layout.size, folder)
    duration_ms = ffmpeg.probe(folder / sound).duration_ms
    return Audiogram(still, folder / sound, duration_ms, layout, ACCENT, QUIET, "zho", burnt)


def made(audiogram: Audiogram, target: Path) -> Path:
    described = target.with_suffix(".txt")
    described.write_text(metadata({"title": "外卖骑手", "album": "对话"}, MARKS), "utf-8", newline="\n")
    ffmpeg.run(audiogram_arguments(audiogram, described, target))
    return target


@pytest.fixture(scope="module", params=list(LAYOUTS))
def video(request: pytest.FixtureRequest, folder: Path) -> tuple[Path, Layout]:
    shape = request.param
    return made(what(folder, shape), folder / f"{shape.replace(':', 'x')}.mp4"), LAYOUTS[shape]


def share(layout: Layout, place: tuple[int, int, int, int], inset: int = 0) -> stills.Box:
    left, top, width, height = place
    across, down = layout.size.width, layout.size.height
    return (
        (left + inset) / across,
        (top + inset) / down,
        (left + width - inset) / across,
        (top + height - inset) / down,
    )


def captions_box(layout: Layout) -> stills.Box:
    """Below the wave, above the line of progress."""
    return 0.02, (layout.wave[1] + layout.wave[3]) / layout.size.height, 0.98, 0.98


def test_what_stands_still_is_there(video: tuple[Path, Layout]) -> None:
    path, layout = video
    still = stills.still(path, 3000)
    assert still.size == (layout.size.width, layout.size.height)
    assert not stills.is_black(still)
    shown = stills.colour(still, share(layout, layout.cover, inset=30))
    assert max(abs(one - other) for one, other in zip(shown, COVER, strict=True)) < 8
    titles = np.asarray(stills.part(still, share(layout, layout.titles)).convert("L"))
    assert (titles > 230).mean() > 0.02


def test_captions_are_read_while_they_are_said(video: tuple[Path, Layout]) -> None:
    path, layout = video
    room = captions_box(layout)
    with_, without = stills.still(path, 1500), stills.still(path, 2700)
    assert stills.has_text(with_, room)
    assert not stills.has_text(without, room)
    rows = stills.text_rows(with_, room)
    assert len(rows) == 2
    left, _, right, _ = stills.text_extent(with_, room)
    assert 0.03 < left < right < 0.97
    upper = stills.glyphs(with_, (0.0, rows[0][0] - 0.005, 1.0, rows[0][1] + 0.005))
    assert len(set(upper)) >= len(CHINESE[0].text), "the Chinese line is a row of boxes"


def bars(path: Path, layout: Layout, at_ms: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of each column of the wave: the share of it in the colour of what was heard, and of what comes."""
    wave = np.asarray(stills.part(stills.still(path, at_ms), share(layout, layout.wave))).astype(int)
    heard, coming = ((np.abs(wave - colour).sum(axis=2) < 60).mean(axis=0) for colour in (ACCENT, QUIET))
    return heard, coming


def test_the_wave_goes_with_the_sound(video: tuple[Path, Layout]) -> None:
    """Silence ends at 3 s: that is 1.5 s right of the middle at 1.5 s, and as far left of it at 4.5 s."""
    path, layout = video
    middle, second = layout.wave[2] // 2, 5 * 12
    heard, coming = bars(path, layout, 1500)
    assert heard.max() < 0.1
    assert np.flatnonzero(coming > 0.3)[0] == pytest.approx(middle + 1.5 * second, abs=14)
    heard, coming = bars(path, layout, 4500)
    assert np.flatnonzero(heard > 0.3)[0] == pytest.approx(middle - 1.5 * second, abs=14)
    assert np.flatnonzero(heard > 0.3)[-1] == pytest.approx(middle, abs=14)
    ends = np.flatnonzero(coming > 0.3)[-1]
    assert ends == pytest.approx(middle + 1.5 * second, abs=14)  # the sound ends at 6 s


def test_a_pause_is_a_row_of_dots(video: tuple[Path, Layout]) -> None:
    path, layout = video
    heard, _ = bars(path, layout, 2800)
    dotted = heard[layout.wave[2] // 2 - 120 : layout.wave[2] // 2]
    assert 0.1 < (dotted > 0.01).mean() < 0.8


@pytest.mark.parametrize("at_ms", [1500, 4500])
def test_the_line_of_progress_grows_with_time(video: tuple[Path, Layout], at_ms: int) -> None:
    path, layout = video
    line = np.asarray(stills.still(path, at_ms))[-4].astype(int)
    filled = np.abs(line - ACCENT).sum(axis=1) < 60
    assert filled.sum() / layout.size.width == pytest.approx(at_ms / SECONDS / 1000, abs=0.02)
    assert filled[: filled.sum() - 2].all()


def test_streams_chapters_tags_and_the_index_first(video: tuple[Path, Layout]) -> None:
    path, layout = video
    found = ffmpeg.probe(path)
    assert found.video is not None
    assert (found.video.codec, found.video.pixel_format) == ("h264", "yuv420p")
    assert (found.video.width, found.video.height) == (layout.size.width, layout.size.height)
    assert found.chapter_starts_ms == (0, 2000)
    assert (found.tags["title"], found.tags["album"]) == ("外卖骑手", "对话")
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_the_sound_is_copied(folder: Path) -> None:
    path = made(what(folder, "16:9"), folder / "copied.mp4")
    packets = [
        make("-i", one, "-map", "0:a", "-c", "copy", "-f", "framehash", "-") for one in (path, folder / "sound.m4a")
    ]
    one, other = ([line.split(b",")[-1] for line in text.splitlines() if line[:1] == b"0"] for text in packets)
    assert one == other


@pytest.mark.parametrize("ms", [1000, 1033, 2517])
def test_sound_and_picture_are_as_long_as_each_other(folder: Path, ms: int) -> None:
    make("-i", folder / "sound.m4a", "-t", ms / 1000, "-b:a", "128k", folder / "short.m4a")
    found = ffmpeg.probe(made(what(folder, "16:9", "short.m4a"), folder / "short.mp4"))
    assert found.video is not None
    assert found.video.duration_ms == pytest.approx(found.audio[0].duration_ms, abs=50)
    assert found.video.duration_ms == pytest.approx(ms, abs=50)


def test_a_keyframe_at_least_every_ten_seconds(video: tuple[Path, Layout]) -> None:
    """So that HLS can cut it without encoding it again."""
    path, layout = video
    arguments = audiogram_arguments(replace(what(path.parent, "16:9"), layout=layout), path, path)
    assert int(arguments[arguments.index("-g") + 1]) <= 10 * FPS


def test_the_same_input_gives_the_same_bytes(folder: Path) -> None:
    one, two = (made(what(folder, "16:9"), folder / f"{name}.mp4") for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


def test_without_captions_and_with_digital_silence(folder: Path) -> None:
    make("-f", "lavfi", "-i", "anullsrc=r=44100:cl=mono:d=1", "-b:a", "64k", folder / "silent.m4a")
    path = made(replace(what(folder, "1:1", "silent.m4a"), burnt=""), folder / "silent.mp4")
    assert not stills.has_text(stills.still(path, 500), captions_box(LAYOUTS["1:1"]))


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_nothing_overlaps_and_all_is_within_the_frame(layout: Layout) -> None:
    places = [layout.cover, layout.titles, layout.wave]
    for left, top, width, height in places:
        assert left > 0 < top
        assert left + width < layout.size.width
        assert top + height < layout.size.height
    for index, (left, top, width, height) in enumerate(places):
        for other_left, other_top, other_width, other_height in places[index + 1 :]:
            is_beside = left + width <= other_left or other_left + other_width <= left
            is_above = top + height <= other_top or other_top + other_height <= top
            assert is_beside or is_above
    assert layout.wave[2] % 24 == 0, "as many whole bars left of the middle as right of it"
    assert layout.wave[3] % 2 == 0
