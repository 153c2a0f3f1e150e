"""The MP4 of a video-cast, read back by ffprobe, box by box, and frame by frame."""

from __future__ import annotations

import json
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from castkit import ffmpeg
from castkit.ffmpeg.metadata import metadata
from castkit.model.chapters import Mark
from castkit.model.timeline import Piece
from castkit.video.mux import Subtitles, VideoCast, mux_arguments
from castkit.video.picture import Picture

# One second each of red, green and blue; a tone begins with the green.
SCENE = (
    "color=red:s=160x90:r=25:d=1[r];color=lime:s=160x90:r=25:d=1[g];color=blue:s=160x90:r=25:d=1[b];"
    "[r][g][b]concat=n=3[v];sine=440:r=48000:d=2,adelay=1000,asetnsamples=1024[a]"
)
ENCODERS = {"h264": ["libx264", "-bf", "2", "-g", "25", "-pix_fmt", "yuv420p"], "mpeg4": ["mpeg4", "-q:v", "2"]}
DELAY_MS = 1500
RED, GREEN, BLUE = (1, 0, 0), (0, 1, 0), (0, 0, 1)


def make(*arguments: object) -> bytes:
    command = [ffmpeg.find_tools().ffmpeg, "-v", "error", "-y", *(str(argument) for argument in arguments)]
    return subprocess.run(command, check=True, capture_output=True).stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with raw.h264.mp4, raw.mpeg4.mp4, sound.m4a (their sound, later by the delay), and two SRT files."""
    place = tmp_path_factory.mktemp("mux")
    for codec, options in ENCODERS.items():
        scene = ["-filter_complex", SCENE, "-map", "[v]", "-map", "[a]"]
        make(*scene, "-c:v", *options, "-c:a", "aac", place / f"raw.{codec}.mp4")
    make("-i", place / "raw.h264.mp4", "-vn", "-af", f"adelay={DELAY_MS}", "-b:a", "128k", place / "sound.m4a")
    Image.new("RGB", (200, 200), (200, 30, 30)).save(place / "cover.jpg")
    (place / "en.srt").write_text(
        "1\n00:00:01,500 --> 00:00:02,500\nRed\n\n2\n00:00:03,000 --> 00:00:04,000\nBlue\n", "utf-8"
    )
    (place / "zh.srt").write_text("1\n00:00:01,500 --> 00:00:02,500\n红色，\n第二行\n", "utf-8")
    return place


MARKS = (Mark(0, 2500, "Red"), Mark(2500, 4500, "绿与蓝"))
TAGS = {"title": "外卖骑手", "album": "社会保障对话", "date": "2026-09-30", "track": "3", "comment": ""}


def cast(folder: Path, codec: str = "h264") -> VideoCast:
    tracks = (
        Subtitles(folder / "zh.srt", "zho", "简体中文 (机器翻译，未经审校)"),
        Subtitles(folder / "en.srt", "eng", "English", is_default=True),
    )
    sound = folder / "sound.m4a"
    duration_ms = ffmpeg.probe(sound).duration_ms
    pieces = (Piece(0, 3000, DELAY_MS),)
    return VideoCast(picture(folder / f"raw.{codec}.mp4"), pieces, sound, "eng", duration_ms, tracks)


def picture(path: Path) -> Picture:
    found = ffmpeg.probe(path, needs_sound=False)
    assert found.video
    return Picture(path, found.video, found.format)


def muxed(folder: Path, what: VideoCast, target: Path, described: str | None = None) -> Path:
    (folder / "described.txt").write_text(described or metadata(TAGS, MARKS), "utf-8", newline="\n")
    ffmpeg.run(mux_arguments(what, folder / "described.txt", target))
    return target


@pytest.fixture(scope="module")
def mp4(folder: Path) -> Path:
    return muxed(folder, cast(folder), folder / "cast.mp4")


def ffprobe(path: Path) -> dict[str, Any]:
    ask = [
        ffmpeg.find_tools().ffprobe,
        "-v",
        "error",
        "-show_format",
        "-show_chapters",
        "-show_streams",
        "-of",
        "json",
        str(path),
    ]
    value: dict[str, Any] = json.loads(subprocess.run(ask, check=True, capture_output=True).stdout)
    return value


def boxes(path: Path) -> Iterator[str]:
    data = path.read_bytes()
    at = 0
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        yield kind.decode()
        at += size


def colour(path: Path, seconds: float) -> tuple[int, ...]:
    """The colour shown at a time, as a player decodes it: the last frame that is not later."""
    until = ["-i", path, "-vf", f"fps=100,trim=start={seconds}:end={seconds + 0.01},scale=1:1"]
    pixel = make(*until, "-frames:v", 1, "-f", "rawvideo", "-pix_fmt", "rgb24", "-")
    return tuple(round(value / 255) for value in pixel)


def tone_starts(path: Path) -> float:
    """Seconds from the start until the first second of sound louder than -40 dB."""
    samples = memoryview(make("-i", path, "-map", "0:a", "-ac", 1, "-ar", 8000, "-f", "s16le", "-")).cast("h")
    return next(i for i, value in enumerate(samples) if abs(value) > 330) / 8000


def test_streams_languages_and_the_one_default(mp4: Path) -> None:
    streams = [stream for stream in ffprobe(mp4)["streams"] if stream["codec_type"] != "data"]
    assert [(s["codec_name"], s["tags"]["language"], s["disposition"]["default"]) for s in streams] == [
        ("h264", "und", 1),
        ("aac", "eng", 1),
        ("mov_text", "zho", 0),
        ("mov_text", "eng", 1),
    ]
    assert streams[2]["tags"]["handler_name"] == "简体中文 (机器翻译，未经审校)"


def test_chapters_and_tags(mp4: Path) -> None:
    found = ffprobe(mp4)
    assert [(c["start_time"], c["end_time"], c["tags"]["title"]) for c in found["chapters"]] == [
        ("0.000000", "2.500000", "Red"),
        ("2.500000", "4.500000", "绿与蓝"),
    ]
    tags = found["format"]["tags"]
    assert {key: tags[key] for key in ("title", "album", "date", "track")} == {k: v for k, v in TAGS.items() if v}
    assert "comment" not in tags
    assert "creation_time" not in tags


def test_plays_while_it_loads(mp4: Path) -> None:
    order = list(boxes(mp4))
    assert order.index("moov") < order.index("mdat")


def test_subtitles_come_out_as_they_went_in(mp4: Path, folder: Path) -> None:
    for number, name in enumerate(("zh.srt", "en.srt")):
        found = make("-i", mp4, "-map", f"0:s:{number}", "-f", "srt", "-").decode().replace("\r\n", "\n")
        assert found.strip() == (folder / name).read_text("utf-8").strip()


@pytest.mark.parametrize("codec", ENCODERS)
def test_picture_and_sound_stay_together_behind_an_intro(folder: Path, codec: str) -> None:
    path = muxed(folder, cast(folder, codec), folder / f"{codec}.mp4")
    turns = DELAY_MS / 1000 + 1
    assert tone_starts(path) == pytest.approx(turns, abs=0.04)
    shown = [colour(path, t) for t in (0.0, 1.0, turns - 0.06, turns + 0.06, turns + 0.94, turns + 1.06)]
    assert shown == [RED, RED, RED, GREEN, GREEN, BLUE]
    assert ffprobe(path)["streams"][0]["codec_name"] == "h264"


def test_the_picture_is_copied_bit_by_bit(mp4: Path, folder: Path) -> None:
    digests = [make("-i", path, "-map", "0:v", "-f", "framehash", "-") for path in (mp4, folder / "raw.h264.mp4")]
    hashes = [[line.split(b",")[-1] for line in found.splitlines() if line[:1] == b"0"] for found in digests]
    assert len(hashes[0]) == 75
    assert hashes[0] == hashes[1]


@pytest.mark.parametrize("codec", ENCODERS)
def test_the_same_input_gives_the_same_bytes(folder: Path, codec: str) -> None:
    once, again = (muxed(folder, cast(folder, codec), folder / name) for name in ("once.mp4", "again.mp4"))
    assert once.read_bytes() == again.read_bytes()


def test_the_picture_does_not_outlast_the_sound(folder: Path) -> None:
    short = replace(cast(folder), duration_ms=3000)
    make("-t", 3, "-i", folder / "sound.m4a", "-c", "copy", folder / "short.m4a")
    path = muxed(folder, replace(short, sound=folder / "short.m4a", subtitles=()), folder / "short.mp4")
    assert float(ffprobe(path)["streams"][0]["duration"]) == pytest.approx(3, abs=0.13)  # B-frames wait for each other


def test_without_delay_subtitles_and_chapters(folder: Path) -> None:
    plain = cast(folder)
    plain = replace(plain, pieces=(Piece(0, 3000, 0),), subtitles=())
    path = muxed(folder, plain, folder / "plain.mp4", metadata({"title": "t"}, ()))
    found = ffprobe(path)
    assert [stream["codec_name"] for stream in found["streams"]] == ["h264", "aac"]
    assert found["chapters"] == []
    assert colour(path, 1.06) == GREEN


def test_the_cover_is_no_track_and_the_picture_stays_the_picture(folder: Path) -> None:
    """Also where the recording carries a cover of its own."""
    covered = replace(cast(folder), cover=folder / "cover.jpg")
    path = muxed(folder, covered, folder / "covered.mp4")
    streams = ffprobe(path)["streams"]
    pictures = [stream for stream in streams if stream["codec_type"] == "video"]
    assert [(one["codec_name"], one["disposition"]["attached_pic"]) for one in pictures] == [("h264", 0), ("mjpeg", 1)]
    assert make("-i", path, "-map", "0:v:1", "-c", "copy", "-f", "mjpeg", "-") == (folder / "cover.jpg").read_bytes()
    assert sum(part == b"trak" for part in _kinds(path)) == 5  # picture, sound, two of subtitles, chapters
    again = replace(covered, picture=picture(path))
    found = ffprobe(muxed(folder, again, folder / "again.mp4"))["streams"]
    assert [stream["codec_name"] for stream in found if stream["codec_type"] == "video"] == ["h264", "mjpeg"]
    assert list(boxes(path))[:2] == ["ftyp", "moov"]


def _kinds(path: Path) -> Iterator[bytes]:
    """The boxes in moov."""
    data = path.read_bytes()
    at = data.index(b"moov") + 4
    end = at - 8 + struct.unpack(">I", data[at - 8 : at - 4])[0]
    while at < end:
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        yield kind
        at += size


def test_nothing_of_the_camera_is_told(folder: Path) -> None:
    told = ["-metadata:s:v", "handler_name=Jane's phone", "-metadata:s:v", "language=fra"]
    make("-i", folder / "raw.h264.mp4", "-c", "copy", *told, "-metadata", "comment=at home", folder / "told.mp4")
    plain = replace(cast(folder), picture=picture(folder / "told.mp4"))
    found = ffprobe(muxed(folder, plain, folder / "untold.mp4"))
    assert found["streams"][0]["tags"]["language"] == "und"
    assert "phone" not in str(found)
    assert "home" not in str(found)


@pytest.mark.parametrize(
    "text",
    [
        "a=b;c#d",
        "back\\slash",
        "[CHAPTER]",
        "two\nlines",
        ";FFMETADATA1",
        "emoji 🎙️ and 𠮷",
        "quotes \"x\" 'y'",
        "\\\\n \\",
    ],
)
def test_hostile_titles_come_back_whole(folder: Path, text: str, tmp_path: Path) -> None:
    described = metadata({"title": text, "album": "after"}, (Mark(0, 1000, text), Mark(1000, 4500, "last")))
    found = ffprobe(muxed(folder, cast(folder), tmp_path / "hostile.mp4", described))
    assert found["format"]["tags"]["title"].rstrip() == text
    assert found["format"]["tags"]["album"] == "after"
    assert [chapter["tags"]["title"].rstrip() for chapter in found["chapters"]] == [text, "last"]
