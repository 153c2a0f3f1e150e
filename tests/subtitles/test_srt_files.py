"""SRT files: what people's editors leave is read without a word lost, and the rest is refused with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castkit.errors import CastkitError
from castkit.model.cue import Cue
from castkit.subtitles.files import compose_srt, parse_own, parse_srt, read_srt, write_srt

PLAIN = "1\n00:00:01,000 --> 00:00:02,500\nWho pays\nfor the day?\n\n2\n00:00:03,000 --> 00:00:04,000\n谁来付？\n\n"
CUES = (Cue(1000, 2500, "Who pays\nfor the day?"), Cue(3000, 4000, "谁来付？"))

line = st.text(
    st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp"), blacklist_characters="\ufeff\x85"), min_size=1
)
lines = line.filter(lambda text: text.strip() and not text.strip().isdigit() and ">" not in text and ":" not in text)


@st.composite
def tracks(draw: st.DrawFn) -> list[Cue]:
    now, cues = 0, []
    for _ in range(draw(st.integers(1, 6))):
        start = now + draw(st.integers(0, 4_000_000))
        now = start + draw(st.integers(1, 9000))
        cues.append(Cue(start, now, "\n".join(draw(st.lists(lines, min_size=1, max_size=3)))))
    return cues


@given(tracks())
def test_what_is_written_is_read_again(cues: list[Cue]) -> None:
    text = compose_srt(cues)
    assert parse_srt(text, "a.srt") == tuple(cues)
    assert parse_own(text) == tuple(cues)


def test_file_is_utf8_with_lf_and_numbered_from_one(tmp_path: Path) -> None:
    write_srt(tmp_path / "a.srt", CUES)
    assert (tmp_path / "a.srt").read_bytes() == PLAIN.encode()
    assert read_srt(tmp_path / "a.srt") == CUES


TOLERATED = {
    "byte order mark": "\ufeff" + PLAIN,
    "two byte order marks": "\ufeff\ufeff" + PLAIN,
    "CRLF": PLAIN.replace("\n", "\r\n"),
    "CR CRLF": PLAIN.replace("\n", "\r\r\n"),
    "lone CR": PLAIN.replace("\n", "\r"),
    "no indexes": PLAIN.replace("1\n00", "00").replace("2\n00", "00"),
    "indexes from 0": PLAIN.replace("1\n00", "0\n00").replace("2\n00", "1\n00"),
    "duplicate indexes": PLAIN.replace("2\n00", "1\n00"),
    "dots": PLAIN.replace("01,000", "01.000").replace("02,500", "02.500"),
    "full-width signs": PLAIN.replace("00:00:01,000", "00：00：01，000"),
    "no hours": PLAIN.replace("00:00:01,000 --> 00:00:02,500", "00:01,000 --> 00:02,500"),
    "spaces in the times": PLAIN.replace("00:00:01,000 -->", "00: 00:01, 000  -->  "),
    "coordinates": PLAIN.replace("02,500", "02,500 X1:100 X2:200 Y1:1 Y2:2"),
    "blank line inside a cue": PLAIN.replace("Who pays\n", "Who pays\n\n"),
    "blank lines at both ends": "\n\n" + PLAIN + "\n\n\n",
    "no blank line between cues": PLAIN.replace("day?\n\n2", "day?\n2"),
    "no last newline": PLAIN.rstrip("\n"),
    "a cue without text": PLAIN + "3\n00:00:05,000 --> 00:00:06,000\n\n",
    "out of order": "2\n00:00:03,000 --> 00:00:04,000\n谁来付？\n\n" + PLAIN.split("\n\n", maxsplit=1)[0] + "\n",
}


@pytest.mark.parametrize("text", TOLERATED.values(), ids=TOLERATED)
def test_editors_forms_are_read(text: str) -> None:
    assert parse_srt(text, "a.srt") == CUES


TIMES = "00:00:01,000 --> 00:00:02,000"
LATER = "00:00:03,000 --> 00:00:04,000"
KEPT = {
    "a last line that is a number": (f"1\n{TIMES}\nBorn in\n1984\n\n2\n{LATER}\nYes\n", "Born in\n1984"),
    "a number as the last cue": ("1\n00:00:01,000 --> 00:00:02,000\n84\n", "84"),
    "a number without indexes": (f"{TIMES}\n84\n\n{LATER}\nYes\n", "84"),
    "an arrow in the text": ("1\n00:00:01,000 --> 00:00:02,000\nfrom 3 --> to 4\n", "from 3 --> to 4"),
    "a clock in the text": ("1\n00:00:01,000 --> 00:00:02,000\n12:30 is noon\n", "12:30 is noon"),
    "no-break space": ("1\n00:00:01,000 --> 00:00:02,000\na\u00a0c\n", "a\u00a0c"),
    "a clock that is no time line": (f"1\n{TIMES}\nHi\n5\n12:30:00\n", "Hi\n5\n12:30:00"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "first"), KEPT.values(), ids=KEPT)
def test_texts_are_kept_to_the_letter(text: str, first: str) -> None:
    assert parse_srt(text, "a.srt")[0].text == first


HOSTILE: dict[str, tuple[bytes, str, str]] = {
    "zero bytes": (b"1\n00:00:01,000 --> 00:00:02,000\nHi\0\n", "", "zero bytes"),
    "ends before it begins": (b"1\n00:00:02,000 --> 00:00:01,000\nHi\n", "line 1", "ends before"),
    "index in words": (f"1\n{TIMES}\nHi\n\ntwo\n{LATER}\nYou\n".encode(), "line 5", "number belongs"),
    "index out of turn, apart": (f"1\n{TIMES}\nHi\n\n7\n\n{LATER}\nYou\n".encode(), "line 5", "number or its text"),
    "empty": (b"", "", "is empty"),
    "HTML": (b"<!DOCTYPE html><html><body>404</body></html>", "", "no time line"),
    "MicroDVD": (b"{100}{200}Hello", "", "no time line"),
    "GB18030": (f"1\n{TIMES}\n谁来付？\n".encode("gb18030"), "line 3", "UTF-8"),
    "cp1252": (f"1\n{TIMES}\ncaf\xe9\n".encode("cp1252"), "line 3", "UTF-8"),
    "number right above the times, out of turn": (
        f"1\n{TIMES}\nBorn in\n1984\n{LATER}\nYes\n".encode(), "line 4", "number of the next cue"),
    "no colon": (b"1\n00:00:01,000 --> 00:04,000,\nHi\n", "line 2", "cannot read the times"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "where", "what"), HOSTILE.values(), ids=HOSTILE)
def test_what_cannot_be_read_is_refused_with_file_and_line(tmp_path: Path, data: bytes, where: str, what: str) -> None:
    path = tmp_path / "episode.zh-Hans.srt"
    path.write_bytes(data)
    with pytest.raises(CastkitError, match=what) as caught:
        read_srt(path)
    assert str(path) in caught.value.message
    assert where in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_marked_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.srt").write_bytes(PLAIN.encode(encoding))
    assert read_srt(tmp_path / "a.srt") == CUES


def test_missing_file_is_an_error_a_person_can_act_on(tmp_path: Path) -> None:
    with pytest.raises(CastkitError, match="cannot be read"):
        read_srt(tmp_path / "none.srt")


def test_a_cue_without_text_is_never_written() -> None:
    with pytest.raises(ValueError, match="no text"):
        compose_srt([Cue(0, 1000, " \n ")])
