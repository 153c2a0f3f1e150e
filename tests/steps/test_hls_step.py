"""Step "hls" by the real engine: the stream's files, what they name, and what goes when they are made no more."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import small_episode
from small_episode import accept_chinese

import sounds
from castkit import ffmpeg
from castkit.steps import hls
from castkit.steps.context import EpisodeContext


@pytest.fixture(scope="module")
def streamed(tmp_path_factory: pytest.TempPathFactory) -> EpisodeContext:
    context = small_episode.seen(tmp_path_factory.mktemp("show"), hls=True)
    accept_chinese(context)
    small_episode.build(context, hls.STEP)
    return context


def _files(context: EpisodeContext) -> set[str]:
    folder = context.paths.hls
    return {path.name for path in folder.iterdir()} if folder.is_dir() else set()


def test_every_file_that_is_named_is_there_and_no_other(streamed: EpisodeContext) -> None:
    made = _files(streamed)
    assert set(hls.names(streamed)) == made
    assert hls.names(streamed)[-1] == "master.m3u8"
    named, waiting = {"master.m3u8"}, ["master.m3u8"]
    while waiting:
        text = (streamed.paths.hls / waiting.pop()).read_text("utf-8")
        found = set(re.findall(r'URI="([^"]+)"', text)) | {
            line for line in text.splitlines() if line and not line.startswith("#")
        }
        waiting += [name for name in found - named if name.endswith(".m3u8")]
        named |= found
    assert named == made


def test_subtitles_by_language_and_name(streamed: EpisodeContext) -> None:
    master = (streamed.paths.hls / "master.m3u8").read_text("utf-8")
    rows = [line for line in master.splitlines() if "TYPE=SUBTITLES" in line]
    found = {re.search(r'LANGUAGE="([^"]+)"', row)[1]: re.search(r'NAME="([^"]+)"', row)[1] for row in rows}  # type: ignore[index]
    assert set(found) == {"en", "zh-Hans"}
    assert found["en"].startswith("English")
    assert "中文" in found["zh-Hans"]
    assert [("DEFAULT=YES" in row) for row in rows] == ['LANGUAGE="en"' in row for row in rows]


def test_the_stream_plays_as_long_as_the_video(streamed: EpisodeContext) -> None:
    for name in (name for name in _files(streamed) if name.endswith(".mp4")):
        assert ffmpeg.probe(streamed.paths.hls / name, needs_sound=False).duration_ms == pytest.approx(4000, abs=100)


def test_a_second_time_nothing_runs_and_the_same_bytes_come_again(streamed: EpisodeContext) -> None:
    def content() -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in streamed.paths.hls.iterdir()}

    before = content()
    assert sounds.ran(small_episode.build(streamed, hls.STEP)) == []
    (streamed.paths.hls / "master.m3u8").unlink()
    assert sounds.ran(small_episode.build(streamed, hls.STEP)) == ["hls"]
    assert content() == before
    assert not list(streamed.paths.build.rglob(".part-*"))


def test_a_language_dropped_and_the_stream_switched_off_leave_no_file_behind(streamed: EpisodeContext) -> None:
    info = streamed.show.show.model_copy(update={"languages": ("en",)})
    english = EpisodeContext(
        streamed.workspace, streamed.show.model_copy(update={"show": info}), streamed.slug, streamed.episode
    )
    small_episode.build(english, hls.STEP)
    assert _files(english) == set(hls.names(english))
    assert not any("zh" in name for name in _files(english))
    small_episode.build(sounds.changed(english, video={"hls": False}), hls.STEP)
    assert _files(english) == set()
    small_episode.build(streamed, hls.STEP)
    assert _files(streamed) == set(hls.names(streamed))


def test_without_a_picture_there_is_no_stream(tmp_path: Path) -> None:
    context = small_episode.heard(tmp_path, hls=True)
    small_episode.build(context, hls.STEP)
    assert _files(context) == set()
