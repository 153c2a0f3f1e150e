"""The paragraphs of a page's transcript: every cue once, in its place, under its speaker and its chapter."""

from __future__ import annotations

from typing import Any

import episode_samples as samples
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from castkit.model.cue import Origin
from castkit.site.episode_transcript import Said, Track, seconds, short_clock, transcript_view

CHAPTERS = ((0, "Welcome"), (90_000, "The end"))


def rows(*tracks: Track, chapters: tuple[tuple[int, str], ...] = ()) -> tuple[dict[str, Any], ...]:
    found: tuple[dict[str, Any], ...] = transcript_view(tracks, chapters, "en")["rows"]
    return found


def texts(row: dict[str, Any]) -> list[list[str]]:
    return [[cue["text"] for cue in side["cues"]] for side in row["sides"]]


def test_turns_make_paragraphs_and_the_other_language_stands_beside_them() -> None:
    found = rows(*samples.tracks(), chapters=CHAPTERS)
    assert [texts(row) for row in found] == [
        [["Welcome to the show.", "Who pays?"], ["欢迎。谁付钱？"]],
        [["A fund </script> pays & shares."], ["基金。"]],
        [["Goodbye."], ["再见。"]],
    ]
    assert [[side["speaker"] for side in row["sides"]] for row in found] == [
        ["Host", "主持人"], ["Guest", "嘉宾"], ["Host", "主持人"],
    ]  # fmt: skip
    assert [row["chapters"] for row in found] == [
        ({"at": "0", "name": "t=0", "title": "Welcome"},), (), ({"at": "90", "name": "t=90", "title": "The end"},),
    ]  # fmt: skip
    assert [(row["at"], row["time"], row["name"]) for row in found] == [
        ("1", "0:01", "t=1"), ("10", "0:10", "t=10"), ("91", "1:31", "t=91"),
    ]  # fmt: skip


def test_a_speaker_is_named_when_the_turn_is_theirs_and_again_in_a_new_chapter() -> None:
    cues = tuple(Said(at * 20_000, at * 20_000 + 19_500, "One sentence.", "Host") for at in range(3))
    found = rows(Track("en", Origin.ACCEPTED, cues), chapters=((0, "A"), (40_000, "B")))
    assert [row["sides"][0]["speaker"] for row in found] == ["Host", "", "Host"]
    assert [row["name"] for row in found] == ["", "t=20", ""], "a heading has the address of its moment"


def test_a_moment_is_an_address_once() -> None:
    """Two speak at one moment; and what lies between two chapters was cut out."""
    cues = (Said(0, 5000, "Welcome.", "Host"), Said(0, 3000, "Hello.", "Guest"), Said(9000, 9500, "So.", "Guest"))
    found = rows(Track("en", Origin.ACCEPTED, cues), chapters=((9000, "Cut out"), (9000, "The rest")))
    assert [row["name"] for row in found] == ["t=0", "", ""]
    assert [(one["name"], one["title"]) for one in found[2]["chapters"]] == [("t=9", "Cut out"), ("", "The rest")]


def test_a_chapter_after_the_last_paragraph_has_its_heading() -> None:
    cues = (Said(0, 5000, "Goodbye.", "Host"),)
    view = transcript_view([Track("en", Origin.ACCEPTED, cues)], ((0, "All"), (4000, "Music"), (60_000, "Out")), "en")
    assert [one["title"] for one in view["rows"][0]["chapters"]] == ["All"]
    assert [(one["name"], one["title"]) for one in view["after"]] == [("t=4", "Music"), ("t=60", "Out")]


def test_chinese_sentences_follow_each_other_without_a_blank_and_english_ones_with_one() -> None:
    def gaps(language: str, *said: str) -> list[str]:
        cues = tuple(Said(at * 1000, at * 1000 + 900, text) for at, text in enumerate(said))
        (row,) = rows(Track(language, Origin.RECOGNITION, cues))
        return [cue["before"] for cue in row["sides"][0]["cues"]]

    assert gaps("zh-Hans", "欢迎。", "谁付钱", "基金") == ["", "", " "]
    assert gaps("en", "“Welcome.”", "Who pays?") == ["", " "]


def test_a_long_turn_ends_with_a_sentence_and_one_without_sentences_ends_too() -> None:
    spoken = tuple(Said(at * 2000, at * 2000 + 1990, "done." if at % 5 == 4 else "and on", "Host") for at in range(40))
    found = rows(Track("en", Origin.RECOGNITION, spoken))
    assert all(texts(row)[0][-1] == "done." for row in found)
    assert len(found) == 4
    endless = tuple(Said(at * 2000, at * 2000 + 1990, "一直说", "主持人") for at in range(60))
    assert {len(texts(row)[0]) for row in rows(Track("zh-Hans", Origin.RECOGNITION, endless))} <= {18, 19, 6, 5, 4}


CUES = st.lists(
    st.tuples(st.integers(0, 400), st.integers(1, 80), st.sampled_from(["", "A", "B"])), min_size=1, max_size=60
)


@settings(max_examples=60, deadline=None)
@given(CUES, CUES, st.lists(st.integers(0, 900_000), max_size=6))
def test_every_cue_and_chapter_stands_on_the_page_once(one: Any, other: Any, starts: list[int]) -> None:
    tracks = []
    for tag, drawn in (("en", one), ("zh-Hans", other)):
        at, cues = 0, []
        for number, (gap, length, speaker) in enumerate(drawn):
            at += gap * 100
            cues.append(Said(at, at + length * 100, f"{tag}{number}", speaker))
            at += length * 100 if gap % 5 else 0  # else the next may begin while this one speaks
        tracks.append(Track(tag, Origin.ACCEPTED, tuple(cues)))
    chapters = tuple((start, f"C{start}") for start in sorted(starts))
    view = transcript_view(tracks, chapters, "en")
    found = view["rows"]
    for side, track in enumerate(tracks):
        assert [text for row in found for text in texts(row)[side]] == [cue.text for cue in track.cues]
    headings = [*(chapter for row in found for chapter in row["chapters"]), *view["after"]]
    assert [one["title"] for one in headings] == [title for _, title in chapters]
    names = [one["name"] for one in (*found, *headings) if one["name"]]
    assert len(names) == len(set(names))
    moments = {f"t={row['at']}" for row in found} | {f"t={seconds(start)}" for start, _ in chapters}
    assert set(names) == moments, "every moment that is linked to has its place"


@pytest.mark.parametrize(
    ("ms", "in_addresses", "shown"),
    [(0, "0", "0:00"), (12_300, "12.3", "0:12"), (61_000, "61", "1:01"), (3_723_456, "3723.456", "1:02:03")],
)
def test_times(ms: int, in_addresses: str, shown: str) -> None:
    assert (seconds(ms), short_clock(ms)) == (in_addresses, shown)


def test_no_track_no_rows() -> None:
    assert transcript_view([], CHAPTERS, "en") == {"tracks": (), "rows": (), "after": ()}
