"""Workbooks, WebVTT, ASS, TTML and XLIFF go out and come back; what castkit cannot read whole is refused by name."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from castkit.errors import CastkitError
from castkit.model.cue import Cue
from castkit.subtitles.incoming.kinds import KINDS, read
from castkit.subtitles.incoming.received import Incoming
from castkit.subtitles.outgoing.handout import Handout
from castkit.subtitles.outgoing.kinds import SUFFIXES, cannot_carry, compose

TEXTS = ("谁来买单？", "=1+1", "- 是的\n- 不，5 % < 6 & 7", "84", "“café” 1/2")
CUES = tuple(Cue(n * 3000 + 10, n * 3000 + 2500, text) for n, text in enumerate(TEXTS))
OUT = Handout("zh-Hans", "en", CUES, ("Who pays?", "Two.", "Yes.\nNo.", "84", ""))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_goes_out_and_comes_back_the_same_bytes_each_time(kind: str) -> None:
    data = compose(kind, OUT, name="episode-01")
    incoming = read(data, f"a{SUFFIXES[kind]}", language="zh-Hans")
    assert incoming.cues == CUES
    assert (incoming.kind, incoming.notes) == (kind, ())
    assert data == compose(kind, OUT, name="episode-01")
    assert cannot_carry(kind)


line = st.text(st.characters(blacklist_categories=("Cc", "Cs", "Cf", "Zs", "Zl", "Zp", "Co", "Cn")), min_size=1)


@given(st.lists(st.lists(line, min_size=1, max_size=3).map("\n".join), min_size=1, max_size=5), st.sampled_from(KINDS))
def test_any_words_come_back(texts: list[str], kind: str) -> None:
    cues = tuple(Cue(n * 2000, n * 2000 + 1990, text) for n, text in enumerate(texts))
    try:
        data = compose(kind, Handout("zh-Hans", "en", cues, ("x",) * len(cues)))
    except CastkitError:
        return
    assert read(data, "a", language="zh-Hans", kind=kind).cues == cues


def workbook(change: Callable[[Any], None]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(compose("xlsx", OUT)))
    change(book)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def cell(value: Any, number_format: str = "General") -> Callable[[Any], None]:
    def change(book: Any) -> None:
        book.active["E2"].value = value
        book.active["E2"].number_format = number_format

    return change


def back(data: bytes) -> Incoming:
    return read(data, "a.xlsx", language="zh-Hans")


SHOWN = {"84": (84, "General"), "3.5": (3.5, "General"), "50%": (0.5, "0%"), "1,234.50": (1234.5, "#,##0.00"),
         "TRUE": (True, "General")}  # fmt: skip


@pytest.mark.parametrize("shown", SHOWN)
def test_numbers_are_read_as_the_translator_saw_them(shown: str) -> None:
    assert back(workbook(cell(*SHOWN[shown]))).cues[0].text == shown


NOT_SHOWN = {
    "date": (cell(datetime(2026, 1, 2), "yyyy-mm-dd"), "row 2: Excel took the words for a date"),  # noqa: DTZ001
    "error": (cell("#NAME?"), "row 2: Excel shows the error #NAME"),
    "formula": (cell("=A1&B1"), "row 2: Excel took the words for a formula"),
    "no times": (lambda book: book.active.append(["", "", "", "", "新的一行"]), "row 7: the row has no times"),
    "times in words": (lambda book: setattr(book.active["B3"], "value", "later"), "row 3: cannot read the times"),
    "no translation column": (lambda book: book.active.delete_cols(5), "row 1: no column is headed translation"),
    "all deleted": (lambda book: book.active.delete_rows(2, 10), "holds no row with times"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "reason"), NOT_SHOWN.values(), ids=NOT_SHOWN)
def test_cells_of_which_nobody_knows_what_was_seen_are_refused(change: Callable[[Any], None], reason: str) -> None:
    with pytest.raises(CastkitError, match=reason) as caught:
        back(workbook(change))
    assert caught.value.hint


def test_rows_moved_deleted_added_and_doubled_are_read_and_told() -> None:
    def change(book: Any) -> None:
        rows = [[one.value for one in row] for row in book.active.iter_rows(min_row=2)]
        book.active.delete_rows(2, 10)
        added = [None, "00:01:00,000", "00:01:02,000", None, "再见。"]
        for row in (rows[2], rows[0], rows[0], added, rows[4]):
            book.active.append(row)

    incoming = back(workbook(change))
    assert [one.text for one in incoming.cues] == [TEXTS[0], TEXTS[0], TEXTS[2], TEXTS[4], "再见。"]
    notes = " / ".join(incoming.notes)
    for words in ("order of time", "once more", "missing: 2, 4", "one that was added"):
        assert words in notes


def archive(**parts: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in {"[Content_Types].xml": b"<Types/>", **parts}.items():
            made.writestr(name, data)
    return packed.getvalue()


HOSTILE = {
    "zip bomb": (archive(**{"xl/sheet.xml": b"0" * 120_000_000}), "unpacks to more than subtitles need"),
    "entities": (archive(**{"xl/a.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "declares a document type"),
    "another archive": (archive(**{"word/document.xml": b"<a/>"}), "no workbook"),
    "damaged": (compose("xlsx", OUT)[:3000], "damaged workbook"),
    "no sheets": (archive(**{"xl/workbook.xml": b"<workbook/>"}), "no workbook that can be read"),
}


@pytest.mark.parametrize(("data", "reason"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_workbooks_are_refused(data: bytes, reason: str) -> None:
    with pytest.raises(CastkitError, match=reason):
        back(data)


VTT = (
    "WEBVTT - a file\n\nNOTE by X\n\nSTYLE\n::cue {}\n\n"
    "1\n00:01.000 --> 00:02.500 line:0\n<v Ann>Who &amp; <i>why</i>\n"
)
ASS = compose("ass", OUT).decode("utf-8-sig").replace("\r\n", "\n")
TTML = compose("ttml", OUT).decode()
XLIFF = compose("xliff", OUT).decode()


def one(text: str, name: str) -> Incoming:
    return read(text.encode(), name, language="zh-Hans")


def test_webvtt_loses_no_line() -> None:
    incoming = one(VTT + "\nafter a blank line\n\nname\n00:03.000 --> 00:04.000\n谁\n", "a.vtt")
    assert incoming.cues == (Cue(1000, 2500, "Who & why\nafter a blank line"), Cue(3000, 4000, "谁"))
    assert any("blank line" in note for note in incoming.notes)


def test_ass_and_ttml_in_the_forms_of_other_programs() -> None:
    spoken = ASS.replace(",,谁来买单？", ",,{\\i1}谁{a remark}来\\h买单？")
    spoken = spoken.replace("Dialogue: 0,0:00:03", "Comment: 0,0:00:03")
    incoming = one(spoken, "a.ass")
    assert incoming.cues[0].text == "谁来\u00a0买单？"
    assert len(incoming.cues) == len(CUES) - 1
    assert any("{a remark}" in note for note in incoming.notes)
    timed = TTML.replace('begin="00:00:00.010" end="00:00:02.500"', 'begin="10ms" dur="2.49s"')
    assert one(timed, "a.ttml").cues == CUES


BAD: dict[str, tuple[str, str, str]] = {
    "VTT two cues run together": (f"{VTT}7\n00:03.000 --> 00:04.000\nx\n", "a.vtt", "line 11: is 7 the name"),
    "VTT times": (VTT.replace("00:02.500", "00:02.5oo"), "a.vtt", "holds no cues|cannot read|text stands"),
    "ASS columns": (ASS.replace("Layer, Start, End, Style", "Layer, End, Start, Style"), "a.ass", "not the usual"),
    "ASS times": (ASS.replace("0:00:02.50", "2.5"), "a.ass", "cannot read the times"),
    "ASS torn line": (ASS.replace(",,谁来", ",,谁\n来"), "a.ass", "a line that is no dialogue"),
    "TTML entities": (TTML.replace("<tt", '<!DOCTYPE tt [<!ENTITY a "b">]><tt', 1), "a.ttml", "document type"),
    "TTML timed words": (TTML.replace("谁来", '<span begin="1s">谁</span>来'), "a.ttml", "times of their own"),
    "TTML no end": (TTML.replace(' end="00:00:02.500"', ""), "a.ttml", "a paragraph without an end"),
    "TTML sequence": (TTML.replace("<body", '<body timeContainer="seq"'), "a.ttml", "timeContainer"),
    "XLIFF names": (XLIFF.replace("cue-1-10-2500", "1"), "a.xlf", "does not say its times"),
    "XLIFF doubled": (XLIFF.replace("cue-2-", "cue-1-"), "a.xlf", "stands there twice"),
    "XML cut off": (XLIFF[:700], "a.xlf", "is damaged"),
    "other XML": ("<svg/>", "a.xml", "holds no time line"),
}


MADE = {kind: compose(kind, OUT) for kind in KINDS}


@given(st.sampled_from(KINDS), st.lists(st.tuples(st.integers(0, 30_000), st.binary(max_size=6)), max_size=3))
def test_damaged_files_of_every_kind_are_read_or_refused(kind: str, damages: list[tuple[int, bytes]]) -> None:
    data = MADE[kind]
    for place, damage in damages:
        at = place % len(data)
        data = data[:at] + damage + data[at + len(damage) :]
    try:
        incoming = read(data, "a", language="zh-Hans", kind=kind)
    except CastkitError as error:
        assert error.hint  # noqa: PT017
    else:
        assert incoming.cues


@given(st.integers(0, 30_000), st.binary(max_size=6))
def test_damaged_parts_of_a_workbook_are_read_or_refused(place: int, damage: bytes) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(MADE["xlsx"])) as old, zipfile.ZipFile(packed, "w") as new:
        for part in old.infolist():
            data = old.read(part)
            at = place % len(data)
            new.writestr(part.filename, data[:at] + damage + data[at + len(damage) :] if place % 3 else data)
            place //= 2
    try:
        assert back(packed.getvalue()).cues
    except CastkitError as error:
        assert error.hint  # noqa: PT017


@pytest.mark.parametrize(("text", "name", "reason"), BAD.values(), ids=BAD)
def test_what_would_lose_words_or_times_is_refused(text: str, name: str, reason: str) -> None:
    with pytest.raises(CastkitError, match=reason) as caught:
        one(text, name)
    assert caught.value.hint


def test_xliff_keeps_the_translation_apart_from_proposals() -> None:
    proposal = "<alt-trans><target>别的</target></alt-trans></trans-unit>"
    text = XLIFF.replace("</trans-unit>", proposal).replace(">84</target>", "></target>")
    incoming = one(text, "a.xlf")
    assert [cue.text for cue in incoming.cues] == [TEXTS[0], TEXTS[1], TEXTS[2], TEXTS[4]]
    assert incoming.empty == (Cue(9010, 11500, ""),)


def test_unknown_kinds_are_refused() -> None:
    for call in (
        lambda: compose("doc", OUT),
        lambda: cannot_carry("doc"),
        lambda: read(b"", "a", language="en", kind="x"),
    ):
        with pytest.raises(CastkitError):
            call()
