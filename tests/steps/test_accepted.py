"""Accepted subtitles move with the edit, and stay what the translator wrote."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from worded_episode import Worded, lay, worded

from castkit.errors import CastkitError
from castkit.steps.accepted import accepted_cues, remember_clocks
from castkit.subtitles.files import read_srt

SRT = """1
00:00:01,000 --> 00:00:03,000
first

2
00:00:10,000 --> 00:00:12,500
second

3
00:00:20,000 --> 00:00:22,000
third
"""
WHOLE = ((0, 167_000),)
CUT = ((0, 5000), (15_000, 167_000))


@pytest.fixture
def episode(tmp_path: Path) -> Worded:
    made = worded(tmp_path)
    made.accept("en", SRT)
    remember_clocks(made.context)
    return made


def times(episode: Worded) -> list[tuple[int, int, str]]:
    return [(cue.start_ms, cue.end_ms, cue.text) for cue in read_srt(episode.paths.srt("en"))]


def test_without_a_new_edit_the_file_is_what_listeners_get(episode: Worded) -> None:
    episode.go()
    assert times(episode) == [(1000, 3000, "first"), (10_000, 12_500, "second"), (20_000, 22_000, "third")]


def test_a_cut_moves_the_cues_and_leaves_out_those_of_what_is_gone(episode: Worded) -> None:
    before = episode.paths.accepted("en").read_bytes()
    lay(episode.paths, CUT, lead_ms=700)
    episode.go()
    assert times(episode) == [(1700, 3700, "first"), (10_700, 12_700, "third")]
    assert episode.paths.accepted("en").read_bytes() == before
    assert any("cue 2 of the accepted file" in note for note in episode.notes)
    lay(episode.paths, WHOLE)
    episode.go()
    assert [text for _, _, text in times(episode)] == ["first", "second", "third"]  # nothing is lost by a cut


def test_a_file_made_after_the_cut_is_on_the_new_clock(tmp_path: Path) -> None:
    episode = worded(tmp_path)
    lay(episode.paths, CUT)
    episode.accept("en", SRT)
    remember_clocks(episode.context)
    episode.go()
    assert [start for start, _, _ in times(episode)] == [1000, 10_000, 20_000]
    lay(episode.paths, WHOLE)
    episode.go()
    assert [start for start, _, _ in times(episode)] == [1000, 20_000, 30_000]


def test_a_typo_corrected_in_the_old_file_does_not_move_it_to_the_new_clock(episode: Worded) -> None:
    lay(episode.paths, CUT)
    episode.go()
    episode.accept("en", SRT.replace("third", "the third"))
    remember_clocks(episode.context)
    episode.go()
    assert times(episode) == [(1000, 3000, "first"), (10_000, 12_000, "the third")]


def test_a_file_made_from_the_new_build_is_on_the_new_clock_though_an_older_one_was_accepted(episode: Worded) -> None:
    lay(episode.paths, CUT)
    episode.go()
    built = episode.paths.srt("en").read_text("utf-8")
    episode.accept("en", built.replace("third", "the third"))
    remember_clocks(episode.context)
    episode.go()
    assert times(episode) == [(1000, 3000, "first"), (10_000, 12_000, "the third")]


def test_the_record_is_written_once_and_reads_well(episode: Worded) -> None:
    before = episode.paths.clocks.read_bytes()
    remember_clocks(episode.context)
    assert episode.paths.clocks.read_bytes() == before
    assert json.loads(before)["files"]["en"]["pieces"] == [[0, 167_000, 0]] or json.loads(before)["files"]["en"]


def test_without_a_build_nothing_is_written_down(tmp_path: Path) -> None:
    episode = worded(tmp_path)
    episode.accept("en", SRT)
    episode.paths.programme.unlink()
    remember_clocks(episode.context)
    assert not episode.paths.clocks.exists()


def test_a_damaged_record_is_named(episode: Worded) -> None:
    episode.paths.clocks.write_text("{", "utf-8")
    with pytest.raises(CastkitError, match=r"clocks\.json is not as castkit wrote it"):
        accepted_cues(episode.context, "en")
