"""The HLS of a video: playlists by a kept parser, and every byte range that they name decoded on its own."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any

import m3u8
import pytest
from hypothesis import given
from hypothesis import strategies as st

from castkit import ffmpeg
from castkit.errors import CastkitError
from castkit.video.fragments import Segment, mean_bit_rate, peak_bit_rate
from castkit.video.hls import Captions, Cast, Made, hls_names, ladder, mapped, write_hls
from castkit.video.shape import Size

SECONDS = 14
ENCODE = ("-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-pix_fmt", "yuv420p")
# A keyframe every two seconds, which HLS can cut at; one for all of it, which it cannot; and none where one is wished.
SOURCES = {"cut": ("854x480", "48"), "uncut": ("426x240", "1000")}


def make(*arguments: object) -> bytes:
    command = [ffmpeg.find_tools().ffmpeg, "-v", "error", "-y", *(str(argument) for argument in arguments)]
    return subprocess.run(command, check=True, capture_output=True).stdout


def film(path: Path, size: str, keyframes: str, *, audio: str = "aac", video: tuple[str, ...] = ENCODE) -> Path:
    picture = f"testsrc=s={size}:r=24:d={SECONDS}"
    sound = f"sine=440:r=48000:d={SECONDS}"
    inputs = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound]
    make(*inputs, *video, "-g", keyframes, "-sc_threshold", "0", "-c:a", audio, "-ac", "2", path)
    return path


def captions(folder: Path) -> tuple[Captions, ...]:
    found = []
    for language, name, text in (("zh-Hans", "中文（简体）", "你好"), ("en", 'English "plain"', "Hello")):
        path = folder / f"talk.{language}.vtt"
        path.write_text(f"WEBVTT\n\n00:00:01.000 --> 00:00:04.000\n{text}\n", "utf-8")
        found.append(Captions(path, language, name, is_default=language == "en"))
    return tuple(found)


@pytest.fixture(scope="module", params=list(SOURCES))
def stream(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path, list[Made]]:
    place = tmp_path_factory.mktemp("hls") / "it's 流"
    (place / "stream").mkdir(parents=True)
    size, keyframes = SOURCES[request.param]
    source = film(place / "talk.mp4", size, keyframes)
    made = write_hls(Cast(source, "zh-Hans", "中文", captions(place)), place / "stream")
    return request.param, place / "stream", list(made)


def master(folder: Path) -> m3u8.M3U8:
    return m3u8.loads((folder / "master.m3u8").read_text("utf-8"))


def media(folder: Path) -> Iterator[tuple[str, m3u8.M3U8]]:
    """The playlists of pictures and sound, by name."""
    for name in [one.uri for one in master(folder).playlists] + ["sound.m3u8"]:
        yield name, m3u8.loads((folder / name).read_text("utf-8"))


def part(path: Path, byterange: str) -> bytes:
    size, at = (int(number) for number in byterange.split("@"))
    return path.read_bytes()[at : at + size]


def decoded(data: bytes, scratch: Path) -> list[dict[str, Any]]:
    """The frames of a header and a segment, as ffprobe decodes them with nothing else at hand."""
    scratch.write_bytes(data)
    ask = [ffmpeg.find_tools().ffprobe, "-v", "error", "-show_entries", "frame=key_frame,pts_time", "-of", "json"]
    frames: list[dict[str, Any]] = json.loads(
        subprocess.run([*map(str, ask), str(scratch)], check=True, capture_output=True).stdout
    )["frames"]
    return frames


def test_files_come_in_the_order_of_upload_and_none_is_missing(stream: tuple[str, Path, list[Made]]) -> None:
    kind, folder, made = stream
    names = [one.path.name for one in made]
    pictures = {"cut": ["video-480.mp4", "video-360.mp4"], "uncut": ["video-240.mp4"]}[kind]
    texts = ["subtitles-zh-Hans", "subtitles-en"]
    assert names == [
        *pictures,
        "sound.mp4",
        *(f"{text}.vtt" for text in texts),
        *(f"{Path(name).stem}.m3u8" for name in [*pictures, "sound.mp4"]),
        *(f"{text}.m3u8" for text in texts),
        "master.m3u8",
    ]
    assert set(names) == {path.name for path in folder.iterdir()}
    size = Size(*(int(side) for side in SOURCES[kind][0].split("x")))
    assert list(hls_names(size, ["zh-Hans", "en"])) == names
    kinds = {".mp4": "video/mp4", ".vtt": "text/vtt; charset=utf-8", ".m3u8": "application/vnd.apple.mpegurl"}
    for one in made:
        assert one.media_type == ("audio/mp4" if one.path.name == "sound.mp4" else kinds[one.path.suffix])


def test_the_master_says_what_is_in_the_renditions(stream: tuple[str, Path, list[Made]]) -> None:
    _, folder, _ = stream
    playlist = master(folder)
    assert playlist.is_variant
    assert playlist.is_independent_segments
    for one in playlist.playlists:
        found = ffmpeg.probe(folder / one.uri.replace(".m3u8", ".mp4"), needs_sound=False).video
        assert found is not None
        assert one.stream_info.resolution == (found.width, found.height)
        assert one.stream_info.frame_rate == pytest.approx(24)
        codec = decoder(folder / one.uri.replace(".m3u8", ".mp4"))
        assert one.stream_info.codecs == f"{codec},mp4a.40.2"
        assert (one.stream_info.audio, one.stream_info.subtitles) == ("sound", "subtitles")
        assert one.stream_info.closed_captions == "NONE"


def decoder(path: Path) -> str:
    """The codec by RFC 6381, of what ffprobe says of profile and level."""
    ask = [ffmpeg.find_tools().ffprobe, "-v", "error", "-show_entries", "stream=profile,level", "-of", "json", path]
    stream = json.loads(subprocess.run([str(one) for one in ask], check=True, capture_output=True).stdout)["streams"][0]
    profile = {"Constrained Baseline": "42c0", "Main": "4d40", "High": "6400"}[stream["profile"]]
    return f"avc1.{profile}{stream['level']:02x}"


def test_languages_have_their_names_and_one_is_on(stream: tuple[str, Path, list[Made]]) -> None:
    _, folder, _ = stream
    shown = [(one.type, one.group_id, one.name, one.language, one.default, one.uri) for one in master(folder).media]
    assert shown == [
        ("AUDIO", "sound", "中文", "zh-Hans", "YES", "sound.m3u8"),
        ("SUBTITLES", "subtitles", "中文（简体）", "zh-Hans", "NO", "subtitles-zh-Hans.m3u8"),
        ("SUBTITLES", "subtitles", "English ”plain”", "en", "YES", "subtitles-en.m3u8"),
    ]
    assert {one.autoselect for one in master(folder).media} == {"YES"}


def test_every_segment_decodes_on_its_own_and_lasts_as_said(
    stream: tuple[str, Path, list[Made]], tmp_path: Path
) -> None:
    _, folder, _ = stream
    for name, playlist in media(folder):
        assert (playlist.playlist_type, playlist.is_endlist, playlist.is_independent_segments) == ("vod", True, True)
        at = 0.0
        for segment in playlist.segments:
            assert segment.duration <= 6.001
            assert round(segment.duration) <= playlist.target_duration
            head = part(folder / segment.init_section.uri, segment.init_section.byterange)
            frames = decoded(head + part(folder / segment.uri, segment.byterange), tmp_path / "segment.mp4")
            times = sorted(float(frame["pts_time"]) for frame in frames)
            assert frames[0]["key_frame"] == 1
            # ffprobe shifts a fragment whose frames are not in order by two of them
            assert times[0] == pytest.approx(at, abs=0.09), name
            step = 1024 / 48000 if name == "sound.m3u8" else 1 / 24
            assert len(frames) * step == pytest.approx(segment.duration, abs=0.03)
            at += segment.duration
        assert at == pytest.approx(SECONDS, abs=0.05)


def test_all_renditions_are_cut_at_the_same_times(stream: tuple[str, Path, list[Made]]) -> None:
    _, folder, _ = stream
    cuts = [
        [round(end, 2) for end in accumulate(segment.duration for segment in playlist.segments)]
        for name, playlist in media(folder)
        if name != "sound.m3u8"
    ]
    assert cuts[0] == [6, 12, 14]
    assert all(one == cuts[0] for one in cuts)
    assert len({playlist.target_duration for _, playlist in media(folder)}) == 1


def test_bit_rates_are_those_of_the_files(stream: tuple[str, Path, list[Made]]) -> None:
    _, folder, _ = stream
    sizes = {name: [segment_size(one) for one in playlist.segments] for name, playlist in media(folder)}
    for one in master(folder).playlists:
        mean = sum(8 * sum(sizes[name]) / SECONDS for name in (one.uri, "sound.m3u8"))
        assert one.stream_info.average_bandwidth == pytest.approx(mean, rel=0.01)
        assert one.stream_info.bandwidth >= one.stream_info.average_bandwidth
        fullest = sum(8 * max(sizes[name]) / 5.9 for name in (one.uri, "sound.m3u8"))
        assert one.stream_info.bandwidth <= fullest * 1.01 + mean


def segment_size(segment: m3u8.Segment) -> int:
    return int(segment.byterange.split("@")[0])


def test_the_sources_picture_is_copied_where_it_can_be_cut(stream: tuple[str, Path, list[Made]]) -> None:
    kind, folder, made = stream
    hashes = [
        [line.split(b",")[-1] for line in make("-i", path, "-map", "0:v", "-f", "framehash", "-").splitlines()]
        for path in (folder.parent / "talk.mp4", made[0].path)
    ]
    assert len(hashes[0]) == len(hashes[1])
    assert (hashes[0][-300:] == hashes[1][-300:]) is (kind == "cut")


def test_the_sound_is_copied_but_for_the_encoders_run_up(stream: tuple[str, Path, list[Made]]) -> None:
    _, folder, _ = stream
    packets = [
        [line.split(b",")[-1] for line in text.splitlines() if line[:1] == b"0"]
        for text in (
            make("-i", path, "-map", "0:a", "-c", "copy", "-f", "framehash", "-")
            for path in (folder.parent / "talk.mp4", folder / "sound.mp4")
        )
    ]
    assert packets[0][1:] == packets[1]
    assert b"elst" not in (folder / "sound.mp4").read_bytes()[:2000]


def test_subtitles_begin_with_the_stream(stream: tuple[str, Path, list[Made]]) -> None:
    _, folder, _ = stream
    playlist = m3u8.loads((folder / "subtitles-zh-Hans.m3u8").read_text("utf-8"))
    assert [one.uri for one in playlist.segments] == ["subtitles-zh-Hans.vtt"]
    assert playlist.segments[0].duration == pytest.approx(SECONDS, abs=0.05)
    assert playlist.is_endlist
    text = (folder / "subtitles-zh-Hans.vtt").read_text("utf-8")
    head = "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n"
    assert text == f"{head}\n00:00:01.000 --> 00:00:04.000\n你好\n"


def test_ffmpeg_plays_it(stream: tuple[str, Path, list[Made]]) -> None:
    _, folder, _ = stream
    said = make("-i", folder / "master.m3u8", "-map", "0:v:0", "-map", "0:a:0", "-f", "framehash", "-")
    assert len([line for line in said.splitlines() if line.startswith(b"0,")]) == SECONDS * 24


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ((1920, 1080), ["1920x1080", "1280x720", "854x480", "640x360"]),
        ((3840, 2160), ["3840x2160", "1920x1080", "1280x720", "854x480", "640x360"]),
        ((1280, 720), ["1280x720", "854x480", "640x360"]),
        ((1080, 1920), ["1080x1920", "720x1280", "480x854", "360x640"]),
        ((1080, 1080), ["1080x1080", "720x720", "480x480", "360x360"]),
        ((640, 360), ["640x360"]),
        ((320, 240), ["320x240"]),
        ((641, 481), ["640x480", "480x360"]),
    ],
)
def test_the_ladder_goes_down_only(source: tuple[int, int], expected: list[str]) -> None:
    assert [str(one) for one in ladder(Size(*source))] == expected


def test_the_same_video_gives_the_same_bytes(tmp_path: Path) -> None:
    source = film(tmp_path / "talk.mp4", "640x480", "48")
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write_hls(Cast(source, "en", "English"), tmp_path / name)
    one, two = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("one", "two"))
    assert one == two
    assert "SUBTITLES" not in (tmp_path / "one/master.m3u8").read_text("utf-8")


def test_a_turned_phone_video_is_stood_upright(tmp_path: Path) -> None:
    film(tmp_path / "flat.mp4", "320x240", "48")
    sides = ["-display_rotation", "90"] if b"display_rotation" in make("-h", "full") else []
    made = ["-i", tmp_path / "flat.mp4", "-c", "copy"]
    make(*sides, *made, *([] if sides else ["-metadata:s:v:0", "rotate=90"]), tmp_path / "turned.mp4")
    (tmp_path / "out").mkdir()
    write_hls(Cast(tmp_path / "turned.mp4", "en", "English"), tmp_path / "out")
    found = ffmpeg.probe(tmp_path / "out/video-240.mp4", needs_sound=False).video
    assert found is not None
    assert (found.width, found.height, found.rotation) == (240, 320, 0)


@pytest.mark.parametrize(("audio", "video"), [("libmp3lame", ENCODE), ("aac", ("-c:v", "mpeg4"))])
def test_other_codecs_are_refused(tmp_path: Path, audio: str, video: tuple[str, ...]) -> None:
    source = film(tmp_path / "talk.mp4", "160x120", "48", audio=audio, video=video)
    (tmp_path / "out").mkdir()
    with pytest.raises(CastkitError, match=r"not a video of H\.264 and AAC"):
        write_hls(Cast(source, "en", "English"), tmp_path / "out")
    assert not list((tmp_path / "out").iterdir())


@pytest.mark.parametrize("text", ["WEBVTT", "WEBVTT\n", "WEBVTT - a title\r\n\r\nNOTE x\r\n", "WEBVTT\n\n1\n"])
def test_the_map_stands_in_the_header(text: str) -> None:
    lines = mapped(text).split("\n")
    assert lines[0].startswith("WEBVTT")
    assert lines[1] == "X-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000"
    assert "\r" not in mapped(text)
    assert lines[2] == ""


@given(st.lists(st.tuples(st.integers(1, 10**6), st.floats(0.1, 6)), min_size=1, max_size=20))
def test_the_peak_is_the_fullest_stretch_of_about_a_target_duration(rows: list[tuple[int, float]]) -> None:
    segments = [Segment(0, size, seconds) for size, seconds in rows]
    peak = peak_bit_rate(segments, 6)
    assert peak >= mean_bit_rate(segments)
    alone = [8 * one.size / one.duration_s for one in segments if one.duration_s >= 3]
    assert peak >= max(alone, default=0) - 1
    assert peak <= max(8 * one.size / one.duration_s for one in segments) + 1
