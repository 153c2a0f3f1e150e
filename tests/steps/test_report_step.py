"""Step "report" by the real engine: the page, and that its figures are those of the files."""

from __future__ import annotations

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest
import small_episode

import sounds
from castkit.steps import report
from castkit.steps.context import EpisodeContext
from castkit.steps.subtitle_desk import remember

CLIPPED = "volume=30dB:enable='between(t,1,3)'"


class _Page(HTMLParser):
    """The words of a page, and all it names."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.names: list[str] = []
        self.feed(text)

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names += [(value or "").removeprefix("./") for key, value in attrs if key in ("src", "href")]

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> EpisodeContext:
    """A clipped recording, cut, with chapters and two formats."""
    root = tmp_path_factory.mktemp("show")
    context = small_episode.heard(root)
    sounds.speech(root / small_episode.RAW / "talk.wav", seconds=small_episode.SECONDS, filters=CLIPPED, options=["-y"])
    chapters = [{"start": "00:00", "title": "The beginning"}, {"start": "00:02", "title": "The <end>"}]
    context = sounds.changed(context, audio={"formats": ["m4a"]}, cut=[["00:00", "00:00.5"]], chapters=chapters)
    small_episode.build(context, report.STEP)
    return context


@pytest.fixture(scope="module")
def page(reported: EpisodeContext) -> _Page:
    return _Page(reported.paths.report_page.read_text("utf-8"))


def test_every_output_is_listed_as_it_was_measured(reported: EpisodeContext, page: _Page) -> None:
    outputs = json.loads(reported.paths.master_report.read_text("utf-8"))["outputs"]
    assert [one["codec"] for one in outputs] == ["mp3", "m4a"]
    text = page.text.replace("\N{MINUS SIGN}", "-")
    for one in outputs:
        assert one["codec"].upper() in text
        assert f"{one['measured']['integrated_lufs']:.1f} LUFS" in text
    assert "talk.mp3" in page.names
    assert "talk.m4a" in page.names


def test_what_people_should_look_at_is_there_with_its_time(reported: EpisodeContext, page: _Page) -> None:
    faults = json.loads(reported.paths.survey.read_text("utf-8"))["tracks"][0]["condition"]["faults"]
    assert faults
    assert "clipping in raw/talk.wav" in page.text
    seconds = (faults[0]["start_ms"] - 500) // 1000
    assert f"0:0{seconds}" in page.text
    assert "no person has read these subtitles" in page.text


def test_chapters_cuts_and_reasons_are_told(page: _Page) -> None:
    assert "The beginning" in page.text
    assert "The <end>" in page.text
    assert "raw/talk.wav" in page.text
    assert "nothing done" in page.text or "filter" in page.text or "lowered" in page.text


def test_it_plays_before_and_after_and_loads_nothing_from_elsewhere(reported: EpisodeContext, page: _Page) -> None:
    text = reported.paths.report_page.read_text("utf-8")
    assert text.count("data:audio/") == 2
    assert not [name for name in page.names if "://" in name]
    assert not list(reported.paths.build.rglob(".part-*"))


def test_doubtful_text_and_speech_without_words_and_stale_cues_are_told_on_the_episodes_clock(
    reported: EpisodeContext, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(reported.workspace.root, tmp_path / "show"))
    context = EpisodeContext(type(reported.workspace)(copy), reported.show, reported.slug, reported.episode)
    small_episode.accept_chinese(context)
    remember(context)
    heard = json.loads(context.paths.transcript.read_text("utf-8"))
    flag = {"code": "known-phrase", "why": "no voice is heard at its time", "is_translation": False}
    heard["coverage"] = {
        "speech_ms": 3000, "wordless_ms": 900, "words": 5, "speechless_words": 0, "gaps": [[0, 400], [2100, 3000]],
    }  # fmt: skip
    heard["flags"] = [
        {**flag, "start_ms": 3000, "end_ms": 3400, "text": "Thanks for watching!", "is_dropped": True},
        {**flag, "start_ms": 100, "end_ms": 400, "text": "Cut out with the sound", "is_dropped": True},
    ]
    context.paths.transcript.write_text(json.dumps(heard).replace("a rider", "a driver"), "utf-8")
    small_episode.build(context, report.STEP)
    text = _Page(context.paths.report_page.read_text("utf-8")).text.replace("\u00a0", " ")
    assert "2.1 s of 3.0 s of speech have words (70.0 %)" in text
    assert "00:01 900 ms that sound like speech" in text  # half a second at the beginning is cut
    assert "00:02 Thanks for watching! known phrase : no voice is heard at its time" in text
    assert "Cut out with the sound" not in text
    assert "“骑手生病了谁来承担”: made for “pays when a rider falls ill?”, now it is “pays when a driver falls" in text
    report_json = json.loads(context.paths.report.read_text("utf-8"))
    assert "zh-Hans: cues whose source has changed since: 1, listed under subtitles" in report_json["notes"]
    told = report_json["recognition"]
    assert told["coverage"]["gaps"] == [[1600, 2500]]
    assert [(one["text"], one["start_ms"]) for one in told["flags"]] == [("Thanks for watching!", 2500)]


def test_a_second_time_nothing_runs_and_the_same_bytes_come_again(reported: EpisodeContext) -> None:
    before = reported.paths.report_page.read_bytes()
    assert sounds.ran(small_episode.build(reported, report.STEP)) == []
    reported.paths.report_page.unlink()
    assert sounds.ran(small_episode.build(reported, report.STEP)) == ["report"]
    assert reported.paths.report_page.read_bytes() == before


def test_a_page_that_a_person_annotated_is_kept(reported: EpisodeContext, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(reported.workspace.root, tmp_path / "show"))
    context = EpisodeContext(type(reported.workspace)(copy), reported.show, reported.slug, reported.episode)
    context.paths.report_page.write_text("mine", "utf-8")
    assert sounds.ran(small_episode.build(context, report.STEP)) == []
    assert context.paths.report_page.read_text("utf-8") == "mine"


def test_a_video_and_its_sound_are_told(tmp_path: Path) -> None:
    context = small_episode.seen(tmp_path)
    small_episode.build(context, report.STEP)
    page = _Page(context.paths.report_page.read_text("utf-8"))
    assert "320 x 180" in page.text
    assert "copied untouched (h264)" in page.text
    assert "talk.mp4" in page.names


def test_two_recordings_one_of_a_silent_camera(tmp_path: Path) -> None:
    context = small_episode.heard(tmp_path)
    sounds.synthetic(tmp_path / small_episode.RAW / "camera.mp4", f"{small_episode.GREY},format=yuv420p")
    both = [{"path": "raw/camera.mp4"}, {"path": "raw/talk.wav", "speaker": "host"}]
    context = sounds.changed(context, recordings=both)
    small_episode.build(context, report.STEP)
    assert "host" in _Page(context.paths.report_page.read_text("utf-8")).text
