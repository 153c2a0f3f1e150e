"""The show's memory at work: what was accepted in one episode comes back in the next, and says where it is from."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from worded_episode import Worded, worded

from castkit.errors import CastkitError
from castkit.steps.remembering import as_tmx, for_episode
from castkit.subtitles.files import read_srt

SOURCE = (
    "1\n00:00:01,000 --> 00:00:03,000\n谢谢大家再见。\n\n2\n00:00:04,000 --> 00:00:08,000\n我们研究了四个省的试点。\n"
)
ACCEPTED = (
    "1\n00:00:01,000 --> 00:00:03,000\nThank you all, and goodbye.\n\n"
    "2\n00:00:04,000 --> 00:00:08,000\nWe looked at pilots in four provinces.\n"
)


@pytest.fixture
def episode(tmp_path: Path) -> Worded:
    """Episode-02 in Chinese, beside an episode whose English was accepted."""
    made = worded(tmp_path)
    before = made.context.workspace.episode("before")
    before.build.mkdir(parents=True)
    (before.root / "episode.toml").touch()
    made.paths.toml.touch()
    shutil.copy(made.paths.programme, before.programme)
    before.srt("zh-Hans").write_text(SOURCE, "utf-8")
    before.accepted("en").parent.mkdir()
    before.accepted("en").write_text(ACCEPTED, "utf-8")
    return made


def test_the_same_sentence_comes_back_and_the_draft_stays_one(episode: Worded) -> None:
    episode.go()
    assert "Thank you all, and goodbye." in [cue.text for cue in read_srt(episode.paths.srt("en"))]
    assert any("sentences were accepted before" in note for note in episode.notes)
    english = next(track for track in episode.tracks["tracks"] if track["language"] == "en")
    assert (english["origin"], english["is_reviewed"]) == ("machine-translation", False)


def test_what_is_like_it_is_shown_with_its_source_and_origin_and_not_taken(episode: Worded) -> None:
    episode.go()
    same, *near = for_episode(episode.context, "en")[::-1]
    assert (same.score, same.like, same.translation) == (100, "", "Thank you all, and goodbye.")
    assert same.origin == "accepted in before at 00:01"
    (one,) = near
    assert one.like == "我们研究了四个省的试点。"
    assert one.text == "我们研究了三个省的试点。"
    assert 75 <= one.score < 100
    assert "four provinces" not in episode.paths.srt("en").read_text("utf-8")


def test_a_show_that_wants_no_memory_has_none(episode: Worded) -> None:
    context = episode.context
    translation = context.show.translation.model_copy(update={"memory": False})
    own = Worded(replace(context, show=context.show.model_copy(update={"translation": translation})))
    own.go()
    assert "Thank you all" not in own.paths.srt("en").read_text("utf-8")


def test_the_memory_goes_out_as_tmx_and_comes_in_from_one(episode: Worded, tmp_path: Path) -> None:
    episode.go()
    document = as_tmx(episode.context, "en")
    shutil.rmtree(episode.context.workspace.episode("before").root)
    episode.go()
    assert for_episode(episode.context, "en") == ()
    folder = episode.context.workspace.memory
    folder.mkdir()
    (folder / "ours.tmx").write_bytes(document)
    episode.go()
    assert episode.ran["translate"]
    assert "Thank you all, and goodbye." in [cue.text for cue in read_srt(episode.paths.srt("en"))]


def test_a_language_that_is_not_translated_into_is_an_error(episode: Worded) -> None:
    episode.go()
    with pytest.raises(CastkitError, match="not translated into 'zh-Hans'"):
        for_episode(episode.context, "zh-Hans")
