"""The whole table of file defects, in English and Chinese: read without a word lost, or refused by name."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from returned_defects import CHANGED, REFUSED, SAME, TRACKS, Defect

from castkit.errors import CastkitError
from castkit.model.cue import Cue
from castkit.subtitles.files import compose_srt, parse_srt
from castkit.subtitles.incoming.counting import count_time_lines
from castkit.subtitles.incoming.kinds import KINDS, read
from castkit.subtitles.incoming.received import Incoming
from castkit.subtitles.incoming.times import read_times

LANGUAGES = pytest.mark.parametrize("language", TRACKS)
ALL = {**SAME, **{name: one for name, (one, _) in CHANGED.items()}, **REFUSED}


def got(defect: Defect, language: str) -> Incoming:
    return read(defect.data(compose_srt(TRACKS[language])), "a.srt", language=language)


def noted(incoming: Incoming, defect: Defect) -> bool:
    return any(re.search(defect.note, note) for note in incoming.notes) if defect.note else not incoming.notes


@LANGUAGES
@pytest.mark.parametrize("defect", SAME.values(), ids=SAME)
def test_the_same_cues_come_out(defect: Defect, language: str) -> None:
    incoming = got(defect, language)
    assert incoming.cues == TRACKS[language]
    assert noted(incoming, defect) or not defect.note, incoming.notes


@LANGUAGES
@pytest.mark.parametrize("name", CHANGED)
def test_what_is_kept_is_kept_to_the_letter(name: str, language: str) -> None:
    defect, wanted = CHANGED[name]
    incoming = got(defect, language)
    assert incoming.cues == wanted(TRACKS[language])
    assert noted(incoming, defect), incoming.notes


@LANGUAGES
@pytest.mark.parametrize("defect", REFUSED.values(), ids=REFUSED)
def test_what_only_a_person_can_decide_is_refused_with_a_remedy(defect: Defect, language: str) -> None:
    with pytest.raises(CastkitError, match=defect.refusal) as caught:
        got(defect, language)
    assert caught.value.message.startswith("a.srt")
    assert caught.value.hint


def test_all_faults_are_told_at_once() -> None:
    text = "".join(f"{n}\n00:00:0{n},000 --> 00:00:0{n},000\nHi\n\n" for n in range(1, 9))
    with pytest.raises(CastkitError, match=r"line 1: .*; line 5: .*; and 3 more") as caught:
        read(text.encode(), "a.srt", language="en")
    assert caught.value.message.count("line") == 5


def test_empty_cues_and_lines_are_handed_on() -> None:
    incoming = got(SAME["an empty cue"], "en")
    assert incoming.empty == (Cue(7000, 8000, ""),)
    assert incoming.places == (1, 6, 10)
    assert (incoming.kind, incoming.encoding) == ("srt", "utf-8")


def test_no_file_of_ten_thousand_cues_is_too_long() -> None:
    cues = tuple(Cue(n * 3000, n * 3000 + 2500, f"谁来买单？ {n}\nwho pays") for n in range(10_000))
    assert read(compose_srt(cues).encode("utf-8-sig"), "a.srt", language="zh-Hans").cues == cues


def test_a_text_that_reads_like_times_is_never_written() -> None:
    with pytest.raises(CastkitError, match="reads like times"):
        compose_srt([Cue(0, 1000, "he wrote\n00:00:01,000 --> 00:00:02,000")])


# ---- Hypothesis

SEEN = st.characters(blacklist_categories=("Cc", "Cs", "Cf", "Zl", "Zp"))
PIECES = st.one_of(
    st.text(SEEN, min_size=1, max_size=12),
    st.sampled_from(["-->", "1", "84", "2", "00:00:01,000", "12:30", "谁来付？", "<3", "{so}", "NOTE", "→", ">"]),
)
LINES = st.lists(PIECES, min_size=1, max_size=4).map("".join).filter(str.strip)


@st.composite
def tracks(draw: st.DrawFn) -> tuple[Cue, ...]:
    now, cues = 0, []
    for _ in range(draw(st.integers(1, 6))):
        start = now + draw(st.integers(0, 4_000_000))
        now = start + draw(st.integers(1, 9000))
        cues.append(Cue(start, now, "\n".join(draw(st.lists(LINES, min_size=1, max_size=3)))))
    return tuple(cues)


@given(tracks())
def test_what_is_written_is_read_again(cues: tuple[Cue, ...]) -> None:
    try:
        written = compose_srt(cues)
    except CastkitError:
        assert any(":" in cue.text or "：" in cue.text or "-->" in cue.text or "→" in cue.text for cue in cues)
        return
    assert parse_srt(written, "a.srt") == cues


LANGUAGE = st.sampled_from(["en", "fr", "zh-Hans", "zh-Hant", "ja", "ru", "xx", ""])
HEADS = st.sampled_from(
    [b"", b"WEBVTT\n\n", b"[Script Info]\n[Events]\n", b"<tt>", b"<xliff", b"PK\x03\x04", b"\xff\xfe", b"\xef\xbb\xbf",
     b"1\n00:00:01,000 --> 00:00:02,000\n"]
)  # fmt: skip


@given(HEADS, st.binary(max_size=200), LANGUAGE, st.sampled_from(["", *KINDS]))
def test_arbitrary_bytes_never_crash_it(head: bytes, data: bytes, language: str, kind: str) -> None:
    try:
        incoming = read(head + data, "a.srt", language=language, kind=kind)
    except CastkitError as error:
        assert error.hint  # noqa: PT017
    else:
        assert incoming.cues


@given(st.binary(max_size=60), st.text(max_size=12))
def test_any_name_of_an_encoding_is_taken_or_refused(data: bytes, encoding: str) -> None:
    try:
        read(b"1\n00:00:01,000 --> 00:00:02,000\nHi " + data, "a.srt", language="en", encoding=encoding)
    except CastkitError as error:
        assert error.hint  # noqa: PT017


@given(
    tracks(), st.sampled_from(list(ALL)), st.data(),
)  # fmt: skip
def test_of_a_damaged_file_all_cues_are_read_or_none(cues: tuple[Cue, ...], name: str, data: st.DataObject) -> None:
    try:
        text = compose_srt(cues)
    except CastkitError:
        return
    returned = ALL[name].data(text)
    for _ in range(data.draw(st.integers(0, 2))):  # and a stretch of bytes lost, doubled or overwritten
        at, length = data.draw(st.integers(0, len(returned))), data.draw(st.integers(0, 12))
        stretch = data.draw(st.sampled_from([b"", b"\n", b"\r\n\r\n", returned[at : at + length] * 2, b"-->", b"7"]))
        returned = returned[:at] + stretch + returned[at + length :]
    try:
        incoming = read(returned, "a.srt", language="zh-Hans", kind="srt")
    except CastkitError:
        return
    encoding = incoming.encoding
    shown = returned.decode(encoding).lstrip("\ufeff")
    assert len(incoming.cues) + len(incoming.empty) == count_time_lines(shown)


@given(tracks(), st.sampled_from(list(SAME)))
def test_no_word_is_lost_whatever_was_done_to_the_file(cues: tuple[Cue, ...], name: str) -> None:
    marked = tuple(Cue(cue.start_ms, cue.end_ms, f"q{n}x words 词{n}\nz{n}y") for n, cue in enumerate(cues))
    try:
        incoming = read(SAME[name].data(compose_srt(marked)), "a.srt", language="zh-Hans")
    except CastkitError:
        return
    read_again = "\n".join(cue.text for cue in incoming.cues)
    assert all(f"q{n}x words 词{n}" in read_again and f"z{n}y" in read_again for n in range(len(cues)))


@pytest.mark.parametrize("line", ["Note: " + "-" * 60, "1:2 " + "=" * 5000, "00:00:01,000 " + "- " * 5000 + "x"])
def test_a_line_of_strokes_is_read_at_once(line: str) -> None:
    """A rule below a heading: with one more stroke, an expression of two stars in each other takes twice as long."""
    assert read_times(line) is None
