"""Step "burn" by the real engine: what is drawn, in which shape, what is said, and what goes when switched off."""

from __future__ import annotations

from pathlib import Path

import pytest
import small_episode
from small_episode import accept_chinese

import bs1770
import sounds
import stills
from castkit import ffmpeg
from castkit.steps import burn
from castkit.steps.context import EpisodeContext

MIDDLE_MS, LAST_MS = 1600, 3900  # under a cue, and after the last one
LOW: stills.Box = (0.0, 0.55, 1.0, 1.0)


def _burn(context: EpisodeContext) -> list[str]:
    return sounds.notes(small_episode.build(context, burn.STEP), "burn")


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> EpisodeContext:
    context = small_episode.seen(tmp_path_factory.mktemp("seen"))
    accept_chinese(context)
    assert _burn(context) == []
    return context


def test_nothing_is_made_that_nobody_asked_for(seen: EpisodeContext) -> None:
    _burn(sounds.changed(seen, video={"burn": ""}))
    assert not seen.paths.burnt.exists()
    assert not seen.paths.audiogram.exists()


def test_both_languages_stand_in_the_picture_the_chinese_above(seen: EpisodeContext) -> None:
    context = sounds.changed(seen, video={"burn": "bilingual"})
    assert _burn(context) == []
    found = ffmpeg.probe(context.paths.burnt)
    assert found.video is not None
    assert (found.video.width, found.video.height, found.video.codec) == (320, 180, "h264")
    assert found.subtitle_languages == ()
    assert found.duration_ms == pytest.approx(4000, abs=100)
    shown, after = (stills.still(context.paths.burnt, at) for at in (MIDDLE_MS, LAST_MS))
    assert len(stills.text_rows(shown, LOW)) == 2
    assert len(set(stills.glyphs(shown, (0.0, *_row(shown, 0))))) > 4  # no boxes, which are all the same
    assert not stills.has_text(after)
    assert not stills.is_black(after)
    samples, rate = bs1770.decode(context.paths.burnt)
    assert bs1770.integrated(samples, rate) == pytest.approx(-16, abs=0.3)
    assert bs1770.true_peak(samples, rate) <= -1.0


def _row(image: object, number: int) -> tuple[float, float, float]:
    top, bottom = stills.text_rows(image, LOW)[number]  # type: ignore[arg-type]
    return top, 1.0, bottom


def test_one_language_by_any_of_its_names_and_another_shape(seen: EpisodeContext) -> None:
    context = sounds.changed(seen, video={"burn": "zh", "shape": "9:16"})
    assert _burn(context) == []
    found = ffmpeg.probe(context.paths.burnt)
    assert found.video is not None
    assert (found.video.width, found.video.height) == (180, 320)
    shown = stills.still(context.paths.burnt, MIDDLE_MS)
    assert stills.has_text(shown)
    assert not stills.has_text(stills.still(context.paths.burnt, LAST_MS))


def test_it_is_cut_as_the_sound_is(seen: EpisodeContext) -> None:
    context = sounds.changed(seen, video={"burn": "en"}, cut=[["00:00", "00:01"]])
    _burn(context)
    assert ffmpeg.probe(context.paths.burnt).duration_ms == pytest.approx(3000, abs=100)
    assert stills.has_text(stills.still(context.paths.burnt, MIDDLE_MS - 1000), LOW)
    assert not stills.has_text(stills.still(context.paths.burnt, LAST_MS - 1000))


def test_switched_off_it_goes(seen: EpisodeContext) -> None:
    _burn(sounds.changed(seen, video={"burn": "en"}))
    assert seen.paths.burnt.exists()
    assert _burn(sounds.changed(seen, video={"burn": ""})) == []
    assert not seen.paths.burnt.exists()


def test_a_second_time_nothing_runs_and_the_same_bytes_come_again(seen: EpisodeContext) -> None:
    context = sounds.changed(seen, video={"burn": "en"})
    _burn(context)
    before = context.paths.burnt.read_bytes()
    assert sounds.ran(small_episode.build(context, burn.STEP)) == []
    context.paths.burnt.unlink()
    assert sounds.ran(small_episode.build(context, burn.STEP)) == ["burn"]
    assert context.paths.burnt.read_bytes() == before


def test_a_language_without_subtitles_is_said_and_what_there_is_is_drawn(tmp_path: Path) -> None:
    context = small_episode.seen(tmp_path, burn="bilingual")
    notes = _burn(context)
    assert notes == ["subtitles in one language only (en), so there is nothing bilingual to draw yet"]
    assert len(stills.text_rows(stills.still(context.paths.burnt, MIDDLE_MS), LOW)) >= 1
    notes = _burn(sounds.changed(context, video={"burn": "zh-Hans"}))
    assert notes == ["there are no subtitles in zh-Hans to draw into the picture"]
    assert not context.paths.burnt.exists()
    accept_chinese(context)
    assert _burn(sounds.changed(context, video={"burn": "zh-Hans"})) == []
    assert context.paths.burnt.exists()


def test_sound_alone_becomes_an_audiogram_on_request_only(tmp_path: Path) -> None:
    context = small_episode.heard(tmp_path, burn="en")
    assert _burn(context) == []
    assert not context.paths.burnt.exists()
    assert not context.paths.audiogram.exists()
    asked = sounds.changed(context, video={"audiogram": True, "shape": "1:1"}, chapters=_chapters())
    _burn(asked)
    found = ffmpeg.probe(asked.paths.audiogram)
    assert found.video is not None
    assert found.video.width == found.video.height
    assert found.duration_ms == pytest.approx(4000, abs=100)
    shown, after = (stills.still(asked.paths.audiogram, at) for at in (MIDDLE_MS, LAST_MS))
    assert not stills.is_black(shown)
    assert stills.ink(shown, LOW) > stills.ink(after, LOW)
    samples, rate = bs1770.decode(asked.paths.audiogram)
    assert bs1770.integrated(samples, rate) == pytest.approx(-16, abs=0.3)
    _burn(sounds.changed(asked, video={"audiogram": False}))
    assert not asked.paths.audiogram.exists()


def _chapters() -> list[dict[str, str]]:
    return [{"start": "00:00", "title": "Start"}, {"start": "00:02", "title": "More"}]
