"""Subtitle files that come back, in every format: whatever is in them is read or refused in words."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence

import fuzzing
import pytest

from castkit.model.cue import Cue
from castkit.subtitles.files import parse_srt
from castkit.subtitles.incoming.kinds import read
from castkit.subtitles.outgoing.handout import Handout, handout
from castkit.subtitles.outgoing.kinds import SUFFIXES, compose

CUES = (Cue(1_000, 3_500, "How old is <old>?\nSixty."), Cue(4_000, 6_000, "And you & me?"), Cue(7_200, 9_000, "Six."))
SOURCE = (Cue(1_000, 3_500, "多大算老？六十。"), Cue(4_000, 6_000, "你和我呢？"), Cue(7_200, 9_000, "六。"))
_VTT = b"""WEBVTT - A talk

STYLE
::cue { color: red }

REGION
id:one
width:40%

NOTE of a person

1 - first
00:01.000 --> 00:03.500 align:start position:10%
<v Host>How <b>old</b> is <c.yellow>old</c>?

00:00:04.000 --> 00:00:06.000
<00:00:04.500>And &amp; you&nbsp;?
"""
_WILD_SRT = """\ufeff1
00:00:01,000 --> 00:00:03.500 X1:0 X2:1
{\\an8}<font color="#fff">How</font> old?

2
0:0:4,0 --> 00:00:06,000
- And you?
- <i>Sixty</i>

3
00:00:07,200 -->00:00:09,000

""".encode()


def _handout() -> Handout:
    return handout(CUES, SOURCE, "en", "zh-Hans")


def _seeds(kind: str) -> tuple[bytes, ...]:
    more = {"vtt": (_VTT,), "srt": (_WILD_SRT, compose("srt", _handout(), is_bilingual=True))}
    return (compose(kind, _handout(), name="talk"), *more.get(kind, ()))


def _reader(kind: str) -> Callable[[bytes], object]:
    return lambda data: read(data, f"talk.en{SUFFIXES[kind]}", language="en", kind=kind)


def _workbook() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(compose("xlsx", _handout()))) as archive:
        return {one.filename: archive.read(one) for one in archive.infolist()}


def _packed(part: str) -> Callable[[bytes], object]:
    """A reader of workbooks of which one part is as given."""
    parts = _workbook()

    def reader(data: bytes) -> object:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            for name, content in {**parts, part: data}.items():
                archive.writestr(name, content)
        return _reader("xlsx")(target.getvalue())

    return reader


def _told(kinds: Sequence[str]) -> list[fuzzing.Parser]:
    forms = {"srt": "cues", "vtt": "cues", "ass": "cues", "ttml": "xml", "xliff": "xml", "xlsx": "bytes"}
    return [fuzzing.Parser(kind, _reader(kind), _seeds(kind), forms[kind], examples=40) for kind in kinds]


def _own(data: bytes) -> object:
    return parse_srt(data.decode("utf-8", "replace"), "talk.srt")


ALL = (*_seeds("srt"), *_seeds("vtt"), *_seeds("ttml"))
PARSERS = (
    *_told(tuple(SUFFIXES)),
    fuzzing.Parser("any kind", lambda data: read(data, "talk.txt", language="zh-Hans"), ALL, "cues"),
    fuzzing.Parser("own srt", _own, _seeds("srt"), "cues", examples=40),
    *(
        fuzzing.Parser(part, _packed(part), (_workbook()[part],), "xml", examples=15)
        for part in sorted(_workbook())
        if part.endswith((".xml", ".rels"))
    ),
)


@pytest.mark.soak
@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_no_subtitles_make_the_reader_stumble(parser: fuzzing.Parser) -> None:
    parser.sweep()


@pytest.mark.parametrize(("parser", "data"), fuzzing.cases(PARSERS))
def test_subtitles_found_once_are_refused_in_words(parser: fuzzing.Parser, data: bytes) -> None:
    parser.accepts(data)


@pytest.mark.parametrize("kind", SUFFIXES)
def test_the_seeds_are_subtitles(kind: str) -> None:
    for seed in _seeds(kind):
        assert _reader(kind)(seed).cues
