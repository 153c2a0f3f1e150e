"""What is copied and what is encoded, and that what is shown goes with the sound, measured frame by frame."""

from __future__ import annotations

import math
import subprocess
from dataclasses import replace
from itertools import accumulate, pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import stills
from castkit import ffmpeg
from castkit.errors import CastkitError
from castkit.ffmpeg import VideoStream
from castkit.ffmpeg.metadata import metadata
from castkit.model.timeline import Piece, joined
from castkit.video.mux import VideoCast, mux_arguments
from castkit.video.pace import in_frames, pace_of
from castkit.video.picture import Look, Picture, check_picture, why_encoded

# Every frame has a brightness of its own for a second at 25 frames: what is shown tells when it was filmed.
COUNTER = "nullsrc=s=64x48:r=25:d={seconds},geq=lum=20+mod(N*7\\,25)*8:cb=128:cr=128"
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-qp", "4", "-pix_fmt", "yuv420p")
WHOLE = (Piece(0, 4000, 0),)


def make(*arguments: object) -> bytes:
    command = [ffmpeg.find_tools().ffmpeg, "-v", "error", "-y", *(str(argument) for argument in arguments)]
    return subprocess.run(command, check=True, capture_output=True).stdout


def film(path: Path, *options: str, source: str = COUNTER.format(seconds=4)) -> Path:
    make("-f", "lavfi", "-i", source, *(options or H264), path)
    return path


def picture(path: Path, *, offset_ms: int = 0, drift_ppm: float = 0.0) -> Picture:
    found = ffmpeg.probe(path, needs_sound=False)
    assert found.video
    return Picture(path, found.video, found.format, offset_ms, drift_ppm)


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film(tmp_path_factory.mktemp("picture") / "counter.mp4")


def produced(
    what: Picture, pieces: tuple[Piece, ...], folder: Path, *, duration_ms: int = 0, look: Look | None = None
) -> Path:
    """The video-cast of this picture, with a tone for its sound."""
    duration_ms = duration_ms or pieces[-1].until_ms
    make("-f", "lavfi", "-i", f"sine=440:d={duration_ms / 1000}", "-c:a", "aac", folder / "sound.m4a")
    (folder / "described.txt").write_text(metadata({"title": "t"}, ()), "utf-8")
    target = folder / "cast.mp4"
    cast = VideoCast(what, pieces, folder / "sound.m4a", "eng", duration_ms, look=look)
    ffmpeg.run(mux_arguments(cast, folder / "described.txt", target))
    return target


def shown(path: Path) -> bytes:
    """The brightness at every hundredth of a second, as a player shows it."""
    return make("-i", path, "-map", "0:V:0", "-vf", "fps=100:start_time=0,scale=1:1,format=gray", "-f", "rawvideo", "-")


def worst_ms(path: Path, raw: Path, pieces: tuple[Piece, ...], *, offset_ms: int = 0, drift_ppm: float = 0) -> int:
    """How far what is shown is from what was filmed then, at most, at any hundredth of a second within the pieces."""
    there, filmed = shown(path), shown(raw)
    worst = 0
    for piece in pieces:
        for at in range(-(-piece.at_ms // 10) + 2, piece.until_ms // 10 - 2):  # a join may be half a frame off
            expected = (piece.start_ms + at * 10 - piece.at_ms - offset_ms) / (1 + drift_ppm / 1e6)
            near = [
                abs(other * 10 - expected)
                for other in range(max(0, round(expected / 10) - 20), min(len(filmed), round(expected / 10) + 20))
                if abs(filmed[other] - there[at]) <= 4
            ]
            assert near, f"at {at * 10} ms something is shown that was not filmed around {expected:.0f} ms"
            worst = max(worst, int(min(near)))
    return worst


# ---- what is copied ----

COPIED = VideoStream("h264", 1920, 1080, 25.0, "yuv420p")


def test_h264_is_copied_also_rotated_variable_and_in_other_containers() -> None:
    for stream in (COPIED, replace(COPIED, rotation=-90), replace(COPIED, is_variable=True), replace(COPIED, fps=0)):
        for container in ("mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "flv", "mpegts"):
            assert why_encoded(Picture(Path("a"), stream, container), WHOLE) == ()


@pytest.mark.parametrize(
    ("stream", "reason"),
    [
        (replace(COPIED, codec="hevc"), "hevc"),
        (replace(COPIED, pixel_format="yuv422p"), "yuv422p"),
        (replace(COPIED, pixel_format="yuv420p10le"), "yuv420p10le"),
        (replace(COPIED, is_interlaced=True), "interlaced"),
        (replace(COPIED, is_hdr=True), "HDR"),
    ],
)
def test_what_players_cannot_show_is_encoded(stream: VideoStream, reason: str) -> None:
    (found,) = why_encoded(Picture(Path("a"), stream), WHOLE)
    assert reason in found


@pytest.mark.parametrize(
    ("pieces", "offset_ms", "reason"),
    [
        ((Piece(0, 1000, 0), Piece(2000, 3000, 1000)), 0, "cut out"),
        ((Piece(500, 3000, 0),), 0, "beginning"),
        ((Piece(0, 3000, 2000),), -21, "beginning"),
        ((Piece(0, 3000, 2000),), -20, ""),
        ((Piece(500, 3000, 0),), 500, ""),
        ((Piece(0, 2000, 0),), 0, ""),
    ],
)
def test_an_edit_that_a_copy_cannot_follow(pieces: tuple[Piece, ...], offset_ms: int, reason: str) -> None:
    found = why_encoded(Picture(Path("a"), COPIED, offset_ms=offset_ms), pieces)
    assert reason in "".join(found)
    assert bool(found) == bool(reason)


def test_avi_does_not_say_when_its_frames_are_shown(tmp_path: Path) -> None:
    raw = film(tmp_path / "raw.avi")
    assert "avi" in "".join(why_encoded(picture(raw), WHOLE))
    assert worst_ms(produced(picture(raw), WHOLE, tmp_path), raw, WHOLE) <= 40


@pytest.mark.parametrize("suffix", ["mp4", "mov", "mkv", "ts", "flv"])
def test_other_containers_are_copied(tmp_path: Path, suffix: str) -> None:
    raw = film(tmp_path / f"raw.{suffix}")
    what = picture(raw, offset_ms=300)
    pieces = (Piece(0, 4000, 1000),)
    assert why_encoded(what, pieces) == ()
    path = produced(what, pieces, tmp_path)
    assert worst_ms(path, raw, (Piece(300, 4000, 1300),), offset_ms=300) <= 10


@pytest.mark.parametrize("codec", ["mpeg4", "mpeg2video", "prores", "libvpx-vp9", "mjpeg"])
def test_other_codecs_are_encoded_once(tmp_path: Path, codec: str) -> None:
    raw = film(tmp_path / "raw.mkv", "-c:v", codec, "-q:v", "2", "-b:v", "2M")
    what = picture(raw)
    assert why_encoded(what, WHOLE)
    path = produced(what, WHOLE, tmp_path)
    found = ffmpeg.probe(path).video
    assert found
    assert (found.codec, found.pixel_format, found.is_variable) == ("h264", "yuv420p", False)
    assert worst_ms(path, raw, WHOLE) <= 40


def test_a_picture_of_nothing_is_refused_by_name() -> None:
    for stream in (replace(COPIED, codec="unknown"), replace(COPIED, width=8)):
        with pytest.raises(CastkitError, match=r"camera\.mp4: its picture"):
            check_picture(Picture(Path("camera.mp4"), stream))
    check_picture(Picture(Path("camera.mp4"), COPIED))


# ---- sync ----

HUNDREDS = joined([(start, start + 63 + start % 31) for start in range(7, 19_000, 97)], 1234).pieces


@pytest.mark.parametrize(("offset_ms", "drift_ppm"), [(0, 0), (1310, 0), (-777, 0), (400, 3000)])
def test_hundreds_of_cuts_stay_within_a_frame(tmp_path: Path, offset_ms: int, drift_ppm: float) -> None:
    """Drift is exaggerated: 3000 ppm over these 20 seconds are as much as 17 ppm over an hour."""
    raw = film(tmp_path / "long.mp4", source=COUNTER.format(seconds=21))
    assert len(HUNDREDS) > 150
    pieces = tuple(piece for piece in HUNDREDS if piece.start_ms >= offset_ms)
    moved = pieces[0].at_ms - 1234
    pieces = tuple(replace(piece, at_ms=piece.at_ms - moved) for piece in pieces)
    path = produced(picture(raw, offset_ms=offset_ms, drift_ppm=drift_ppm), pieces, tmp_path)
    assert worst_ms(path, raw, pieces, offset_ms=offset_ms, drift_ppm=drift_ppm) <= 40
    assert len(shown(path)) == pytest.approx(pieces[-1].until_ms / 10, abs=5)


def test_a_variable_pace_is_cut_in_step_and_becomes_constant(tmp_path: Path) -> None:
    """A frame that stood for a second before the cut is what is seen after it."""
    source = COUNTER.format(seconds=6) + ",select='lt(n,30)+not(mod(n,25))+gt(n,110)*not(mod(n,3))'"
    raw = film(tmp_path / "variable.mp4", "-fps_mode", "vfr", *H264, source=source)
    what = picture(raw)
    assert what.stream.is_variable
    pieces = joined([(333, 900), (1600, 1900), (2700, 5900)], 500).pieces
    path = produced(what, pieces, tmp_path)
    assert worst_ms(path, raw, pieces) <= 40
    found = ffmpeg.probe(path).video
    assert found
    assert not found.is_variable
    times = stills.frame_times_ms(path)
    assert {round(other - one) for one, other in pairwise(times)} == {round(1000 / found.fps)}


def test_a_variable_pace_is_copied_as_it_is(tmp_path: Path) -> None:
    source = COUNTER.format(seconds=4) + ",select='lt(n,30)+not(mod(n,7))'"
    raw = film(tmp_path / "variable.mp4", "-fps_mode", "vfr", *H264, source=source)
    pieces = (Piece(0, 4000, 700),)
    path = produced(picture(raw), pieces, tmp_path)
    before, after = stills.frame_times_ms(raw), stills.frame_times_ms(path)
    assert after[1:] == pytest.approx([time + 700 for time in before[1:]], abs=1)
    assert after[0] == 0


@pytest.mark.parametrize("is_copied", [True, False])
def test_the_first_and_last_frame_stand_where_nothing_was_filmed(
    counter: Path, tmp_path: Path, is_copied: bool
) -> None:
    """The camera starts 1.5 s late, the edit ends it early, and an outro follows."""
    pieces = (Piece(0, 4000, 500),)
    look = None if is_copied else Look()
    path = produced(picture(counter, offset_ms=1000), pieces, tmp_path, duration_ms=6000, look=look)
    values = shown(path)
    first = shown(counter)[0]
    assert {abs(value - first) <= 2 for value in values[:149]} == {True}
    assert len(set(values[470:])) <= 1
    assert worst_ms(path, counter, (Piece(1000, 3960, 1500),), offset_ms=1000) <= 40
    found = ffmpeg.probe(path).video
    assert found
    assert found.duration_ms == pytest.approx(6000, abs=90)


@pytest.mark.parametrize("is_copied", [True, False])
def test_a_picture_longer_than_its_sound_ends_with_it(counter: Path, tmp_path: Path, is_copied: bool) -> None:
    path = produced(picture(counter), (Piece(0, 2000, 0),), tmp_path, look=None if is_copied else Look())
    found = ffmpeg.probe(path).video
    assert found
    assert found.duration_ms == pytest.approx(2000, abs=90)  # frames that wait for each other come with their packets


@given(
    st.lists(st.tuples(st.integers(1, 9_000), st.integers(1, 9_000)), min_size=1, max_size=30),
    st.integers(-5_000, 15_000),
    st.sampled_from([23.976, 24.0, 25.0, 29.97, 30.0, 50.0, 60.0, 14.5]),
)
def test_no_frame_is_more_than_half_a_frame_off(gaps: list[tuple[int, int]], offset_ms: int, fps: float) -> None:
    """And none is shown twice, in any edit, also of a camera that starts late or early."""
    ends = list(accumulate(gap + length for gap, length in gaps))
    pieces = joined([(end - length, end) for end, (_, length) in zip(ends, gaps, strict=True)], 321).pieces
    pace = pace_of(VideoStream("h264", 2, 2, fps))
    found = in_frames(pieces, offset_ms, pieces[-1].until_ms, pace)
    assert all(one[0] <= one[1] < other[0] for one, other in pairwise((*found.spans, (10**9, 10**9))))
    filmed = [frame - found.hold for first, last in found.spans for frame in range(first, last + 1)]
    assert found.total - found.lead == pytest.approx(len(filmed), abs=1)
    for piece in pieces:
        middle = (piece.at_ms + piece.until_ms) / 2
        frame = math.floor(middle * pace / 1000)
        is_inside = piece.at_ms + 500 / pace < middle < piece.until_ms - 500 / pace
        if is_inside and frame - found.lead < len(filmed):
            wanted = (piece.start_ms + middle - piece.at_ms - offset_ms) * pace / 1000
            assert -1.51 <= filmed[frame - found.lead] - wanted <= 0.51


@pytest.mark.parametrize(
    ("fps", "is_variable", "expected"),
    [
        (29.97003, False, "30000/1001"),
        (23.976, False, "24000/1001"),
        (24.0, False, "24"),
        (12.5, False, "25/2"),
        (120.0, False, "60"),
        (0.0, False, "25"),
        (29.6, True, "30"),
        (8.0, True, "25"),
        (87.0, True, "60"),
    ],
)
def test_paces(fps: float, is_variable: bool, expected: str) -> None:
    assert str(pace_of(VideoStream("vp8", 2, 2, fps, is_variable=is_variable))) == expected


# ---- what a picture is like ----

CORNERS = "color=red:s=96x64:r=10:d=1[a];color=blue:s=96x64:r=10:d=1[b];[a][b]hstack"


@pytest.mark.parametrize("is_copied", [True, False])
def test_a_phone_held_upright_is_shown_upright(tmp_path: Path, is_copied: bool) -> None:
    flat, raw = film(tmp_path / "flat.mp4", source=CORNERS), tmp_path / "raw.mp4"
    turned = ["-display_rotation", "90"] if "-display_rotation" in _options() else []
    make(*turned, "-i", flat, "-c", "copy", *([] if turned else ["-metadata:s:v", "rotate=270"]), raw)
    what = picture(raw)
    assert (what.stream.width, what.stream.height, abs(what.stream.rotation)) == (64, 192, 90)
    path = produced(what, (Piece(0, 1000, 0),), tmp_path, look=None if is_copied else Look())
    found = ffmpeg.probe(path).video
    assert found
    assert (found.width, found.height, bool(found.rotation)) == (64, 192, is_copied)
    one, other = stills.still(raw, 500), stills.still(path, 500)
    assert one.size == other.size == (64, 192)
    assert stills.difference(one, other) < 3
    assert stills.difference(one, other.rotate(180)) > 20


def _options() -> str:
    return make("-h", "full").decode()


def test_odd_sizes_and_oblong_pixels_come_out_even_and_square(tmp_path: Path) -> None:
    raw = film(tmp_path / "raw.mkv", "-c:v", "ffv1", source="testsrc=s=161x91:r=10:d=1,setsar=4/3")
    path = produced(picture(raw), (Piece(0, 1000, 0),), tmp_path)
    found = ffmpeg.probe(path).video
    assert found
    assert (found.width % 2, found.height % 2, found.pixel_shape) == (0, 0, 1.0)
    assert found.width / found.height == pytest.approx(161 / 91 * 4 / 3, rel=0.02)


def test_interlaced_pictures_are_made_whole(tmp_path: Path) -> None:
    options = ["-c:v", "mpeg2video", "-flags", "+ildct+ilme", "-field_order", "tt", "-q:v", "2"]
    source = "testsrc2=s=160x96:r=50:d=1,interlace=scan=tff,setfield=tff"
    raw = film(tmp_path / "raw.ts", *options, source=source)
    what = picture(raw)
    assert what.stream.is_interlaced
    found = ffmpeg.probe(produced(what, (Piece(0, 1000, 0),), tmp_path)).video
    assert found
    assert not found.is_interlaced


def test_hdr_comes_out_as_every_screen_shows_it(tmp_path: Path) -> None:
    tagged = "setparams=color_primaries=bt2020:color_trc=arib-std-b67:colorspace=bt2020nc"
    colours = ["-color_primaries", "bt2020", "-color_trc", "arib-std-b67", "-colorspace", "bt2020nc"]
    raw = film(
        tmp_path / "raw.mkv",
        "-c:v",
        "ffv1",
        "-pix_fmt",
        "yuv420p10le",
        *colours,
        source=f"testsrc=s=96x64:d=1,{tagged}",
    )
    what = picture(raw)
    assert what.stream.is_hdr
    path = produced(what, (Piece(0, 1000, 0),), tmp_path)
    found = ffmpeg.probe(path).video
    assert found
    assert (found.pixel_format, found.is_hdr) == ("yuv420p", False)
    assert not stills.is_black(stills.still(path, 500))
    plain = produced(what, (Piece(0, 1000, 0),), tmp_path, look=Look(can_tone_map=False))
    assert not stills.is_black(stills.still(plain, 500))


def test_a_size_that_changes_on_the_way_comes_out_in_one(tmp_path: Path) -> None:
    """As in a browser's recording of a call, when the line gets worse."""
    parts = []
    for number, (size, shift) in enumerate((("128x96", 0), ("64x48", 2))):
        part = tmp_path / f"{number}.ts"
        counted = COUNTER.format(seconds=2).replace("64x48", size)
        options = ["-c:v", "mpeg2video", "-q:v", "2", "-output_ts_offset", str(shift), "-muxdelay", "0", "-bf", "0"]
        parts.append(film(part, *options, source=counted).read_bytes())
    raw = tmp_path / "raw.ts"
    raw.write_bytes(b"".join(parts))
    path = produced(picture(raw), (Piece(0, 1920, 0), Piece(2080, 3880, 1920)), tmp_path)
    found = ffmpeg.probe(path).video
    assert found
    assert (found.width, found.height) == (128, 96)
    values = shown(path)
    for at_ms, filmed_ms in ((500, 500), (1810, 1810), (2500, 2660), (3500, 3660)):
        near = [(4 + (filmed_ms // 40 + frames) * 7 % 25 * 8) * 255 / 219 for frames in (-1, 0, 1)]
        assert min(abs(values[at_ms // 10] - value) for value in near) < 4


def test_a_large_picture_is_encoded_no_larger_than_needed(tmp_path: Path) -> None:
    raw = film(tmp_path / "raw.mkv", "-c:v", "mpeg4", source="color=gray:s=3840x2160:r=5:d=0.4")
    found = ffmpeg.probe(produced(picture(raw), (Piece(0, 400, 0),), tmp_path)).video
    assert found
    assert (found.width, found.height) == (1920, 1080)


def test_cut_pictures_have_the_same_bytes_every_time(counter: Path, tmp_path: Path) -> None:
    pieces = joined([(100, 1500), (1700, 3000)], 200).pieces
    once = produced(picture(counter), pieces, tmp_path).read_bytes()
    assert produced(picture(counter), pieces, tmp_path).read_bytes() == once
