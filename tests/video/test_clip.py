"""Clips: their ends between words, picture and sound together, captions in time."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import stills
from castkit import ffmpeg
from castkit.artwork.fonts import find_fonts
from castkit.errors import CastkitError
from castkit.ffmpeg.metadata import metadata
from castkit.model.cue import Cue
from castkit.model.transcript import Word
from castkit.video.ass import Captions
from castkit.video.burn import lay_out
from castkit.video.clip import Clip, Scene, clip_within, length_warning, scene_arguments, shifted, snap
from castkit.video.fonts import typeface_for
from castkit.video.shape import Size, fitting, shaped

SECONDS = 40
# Every frame has a brightness of its own for a second at 25 frames.
FILM = f"nullsrc=s=160x90:r=25:d={SECONDS},geq=lum=20+mod(N*7\\,25)*8:cb=128:cr=128"


def make(*arguments: object) -> bytes:
    command = [ffmpeg.find_tools().ffmpeg, "-v", "error", "-y", *(str(argument) for argument in arguments)]
    return subprocess.run(command, check=True, capture_output=True).stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("clip")
    film = ["-f", "lavfi", "-i", FILM, "-g", 250, "-qp", 4]
    make(*film, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", place / "cast.mp4")
    return place


def scene(folder: Path, target: Path, clip: Clip, what: Scene) -> Path:
    sound = target.with_suffix(".m4a")
    make("-f", "lavfi", "-i", f"sine=440:r=48000:d={clip.duration_ms / 1000}", sound)
    described = target.with_suffix(".txt")
    described.write_text(metadata({"title": "片段"}, ()), "utf-8", newline="\n")
    ffmpeg.run(scene_arguments(what, clip, sound=sound, described=described, target=target))
    return target


def test_picture_and_sound_begin_and_end_together(folder: Path, tmp_path: Path) -> None:
    clip = Clip(31_250, 34_910)
    path = scene(folder, tmp_path / "clip.mp4", clip, Scene(folder / "cast.mp4", 25.0, "zho"))
    found = ffmpeg.probe(path)
    assert found.video is not None
    assert (found.video.start_ms, found.audio[0].start_ms) == (0, 0)
    assert found.video.duration_ms == pytest.approx(clip.duration_ms, abs=50)
    assert found.audio[0].duration_ms == pytest.approx(clip.duration_ms, abs=50)
    assert found.tags["title"] == "片段"
    assert path.read_bytes().index(b"moov") < path.read_bytes().index(b"mdat")
    for at in (0, 1200, 3600):
        filmed, shown = (
            stills.colour(stills.still(*one))[0] for one in ((folder / "cast.mp4", at + 31_250), (path, at))
        )
        near = [stills.colour(stills.still(folder / "cast.mp4", at + 31_250 + step))[0] for step in (-40, 40)]
        assert min(abs(shown - one) for one in (filmed, *near)) <= 3


def test_a_shaped_clip_with_captions_in_two_languages(folder: Path, tmp_path: Path) -> None:
    clip = Clip(10_000, 13_000)
    chinese = shifted((Cue(10_500, 12_000, "谁来承担保障"),), clip)
    english = shifted((Cue(10_500, 12_000, "Who pays?"),), clip)
    room = Size(360, 640)
    parts = [
        Captions(cues, typeface_for(language, [cue.text for cue in cues], find_fonts))
        for language, cues in (("zh-Hans", chinese), ("en", english))
    ]
    burnt = lay_out(parts, room, tmp_path)
    assert shaped("9:16", Size(160, 90)).ratio < 1
    look = Scene(folder / "cast.mp4", 25.0, "zho", fitting(Size(160, 90), room), burnt)
    path = scene(folder, tmp_path / "clip.mp4", clip, look)
    low = (0.0, 0.67, 1.0, 1.0)  # below the picture, which fills the middle
    with_, without = stills.still(path, 1000), stills.still(path, 2300)
    assert with_.size == (360, 640)
    assert not stills.is_black(with_)
    assert stills.has_text(with_, low)
    assert not stills.has_text(without, low)
    rows = stills.text_rows(with_, low)
    upper = stills.glyphs(with_, (0.0, rows[0][0] - 0.004, 1.0, rows[0][1] + 0.004))
    assert len(set(upper)) >= 5, "the Chinese line is a row of boxes"


def test_what_stands_is_shown_before_the_picture_moves_and_after_its_end(folder: Path, tmp_path: Path) -> None:
    """As package leaves it: one frame under the intro, and a last one under the outro."""
    film = tmp_path / "film.mp4"
    stands = ["-c:v", "copy", "-bsf:v", "setts=pts=if(N\\,PTS+5/TB\\,PTS):dts=if(N\\,DTS+5/TB\\,DTS)"]
    make("-i", folder / "cast.mp4", "-t", 2, *stands, film)
    first, last = (stills.colour(stills.still(film, at))[0] for at in (2000, 6965))
    for name, clip, shown in (("intro", Clip(1000, 3000), first), ("outro", Clip(9000, 11_000), last)):
        path = scene(folder, tmp_path / f"{name}.mp4", clip, Scene(film, 25.0, "zho"))
        assert len(stills.frame_times_ms(path)) == 50
        assert [stills.colour(stills.still(path, at))[0] for at in (0, 1900)] == pytest.approx([shown] * 2, abs=3)
    assert first != last


def test_the_same_input_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    what = Scene(folder / "cast.mp4", 25.0, "zho")
    one, two = (scene(folder, tmp_path / f"{name}.mp4", Clip(5000, 6500), what) for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


def word(start: int, end: int) -> Word:
    return Word(start, end, " x", 1.0)


WORDS = (word(1000, 1400), word(1450, 2600), word(5000, 5300))


@pytest.mark.parametrize(
    ("asked", "given_"),
    [
        ((1100, 5100), (1000, 5000)),
        ((1300, 5200), (1400, 5300)),
        ((1420, 4000), (1420, 4000)),  # both in a pause
        ((2000, 4000), (2000, 4000)),  # in a long word, more than 300 ms from either end
        ((0, 9000), (0, 9000)),
        ((1000, 5300), (1000, 5300)),
        ((1010, 1030), (1010, 1030)),  # both would fall on one edge
    ],
)
def test_ends_move_to_the_edge_of_a_word(asked: tuple[int, int], given_: tuple[int, int]) -> None:
    assert snap(Clip(*asked), WORDS) == Clip(*given_)


@given(st.lists(st.integers(1, 900), min_size=0, max_size=40), st.integers(0, 9000), st.integers(1000, 9000))
def test_no_end_moves_far_and_none_is_left_just_inside_a_word(lengths: list[int], start: int, length: int) -> None:
    words, at = [], 0
    for index, step in enumerate(lengths):
        if index % 2:
            words.append(word(at, at + step))
        at += step
    asked = Clip(start, start + length)
    found = snap(asked, words)
    assert abs(found.start_ms - asked.start_ms) <= 300
    assert abs(found.end_ms - asked.end_ms) <= 300
    for end in (found.start_ms, found.end_ms):
        inside = [one for one in words if one.start_ms < end < one.end_ms]
        assert all(min(end - one.start_ms, one.end_ms - end) > 300 for one in inside)
    assert snap(asked, ()) == asked


def test_cues_go_onto_the_clips_own_clock() -> None:
    cues = (
        Cue(0, 900, "before"),
        Cue(1000, 2100, "a glance of it"),
        Cue(1500, 4000, "cut at the start", "host"),
        Cue(4000, 4100, "short, but whole"),
        Cue(4200, 9000, "cut at the end"),
        Cue(9000, 9900, "after"),
    )
    assert shifted(cues, Clip(2000, 8000)) == (
        Cue(0, 2000, "cut at the start", "host"),
        Cue(2000, 2100, "short, but whole"),
        Cue(2200, 6000, "cut at the end"),
    )


@given(
    st.lists(st.tuples(st.integers(0, 60_000), st.integers(1, 8000))), st.integers(0, 50_000), st.integers(1000, 30_000)
)
def test_shifted_cues_lie_within_the_clip(rows: list[tuple[int, int]], start: int, length: int) -> None:
    clip = Clip(start, start + length)
    for cue in shifted([Cue(at, at + lasts, "x") for at, lasts in rows], clip):
        assert 0 <= cue.start_ms < cue.end_ms <= clip.duration_ms


@pytest.mark.parametrize(
    ("start", "end", "says"),
    [(5000, 5000, "shorter than a second"), (9000, 5000, "shorter than a second"), (5000, 90_000, "00:01:30, but the")],
)
def test_a_clip_that_is_not_in_the_episode_is_refused(start: int, end: int, says: str) -> None:
    with pytest.raises(CastkitError, match=says):
        clip_within(start, end, duration_ms=60_000)
    assert clip_within(5000, 60_000, duration_ms=60_000) == Clip(5000, 60_000)


@pytest.mark.parametrize(("seconds", "is_told"), [(14.9, True), (15, False), (120, False), (120.1, True)])
def test_lengths_that_apps_do_not_expect_are_told(seconds: float, is_told: bool) -> None:
    assert bool(length_warning(Clip(1000, 1000 + round(seconds * 1000)))) is is_told
