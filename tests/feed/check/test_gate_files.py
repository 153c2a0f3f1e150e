"""Transcripts and chapters are judged by their bytes: good ones pass, each damage is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from castkit.feed.check.files import LARGEST, problem

ROOT = Path(__file__).parent.parent.parent.parent
VTT, SRT, HTML, TEXT = "text/vtt; charset=utf-8", "application/x-subrip", "text/html", "text/plain"
JSON, CHAPTERS = "application/json", "application/json+chapters"


def transcript(*segments: Any, **more: Any) -> bytes:
    return json.dumps({"version": "1.0.0", "segments": list(segments), **more}).encode()


def chapters(*rows: Any, **more: Any) -> bytes:
    return json.dumps({"version": "1.2.0", "chapters": list(rows), **more}).encode()


SEGMENT = {"speaker": "Host", "startTime": 0.5, "endTime": 2, "body": "Welcome"}

GOOD = {
    "VTT": (b"WEBVTT - talk\n\nSTYLE\n::cue {}\n\n1\n00:00.000 --> 00:02.000 line:0\n<v Host>Welcome\n", VTT),
    "VTT with a BOM, CRLF and hours": (b"\xef\xbb\xbfWEBVTT\r\n\r\n01:00:00.000 --> 01:00:02.000\r\nWelcome\r\n", VTT),
    "SRT": ("1\n00:00:00,000 --> 00:00:02,000\n欢迎\n\n2\n00:00:02,000 --> 00:00:03,000\nA --> B\n".encode(), SRT),
    "JSON": (transcript(SEGMENT), JSON),
    "chapters": (chapters({"startTime": 0, "title": "Welcome"}, {"startTime": 9.5, "toc": False}), CHAPTERS),
    "HTML": (b"<cite>Host:</cite><p>Welcome</p>", HTML),
    "plain text": (b"Host: Welcome", TEXT),
    "a picture, which is not judged": (b"\x89PNG", "image/png"),
}

BAD = {
    "empty": (b" \n", VTT, "it is empty"),
    "not UTF-8": ("WEBVTT\n\n欢".encode("gb18030"), VTT, "it is not UTF-8"),
    "SRT served as VTT": (b"1\n00:00:00,000 --> 00:00:02,000\nWelcome\n", VTT, "it does not begin with WEBVTT"),
    "VTT served as SRT": (GOOD["VTT"][0], SRT, "it begins with WEBVTT"),
    "no cue": (b"WEBVTT\n", VTT, "it has no cue"),
    "a comma in VTT": (b"WEBVTT\n\n00:00:00,000 --> 00:00:02,000\nWelcome\n", VTT, "line 3 is no cue's times"),
    "a point in SRT": (b"1\n00:00:00.000 --> 00:00:02.000\nWelcome\n", SRT, "line 2 is no cue's times"),
    "backwards": (b"WEBVTT\n\n00:02.000 --> 00:01.000\nWelcome\n", VTT, "the cue in line 3 ends before it begins"),
    "out of order": (
        b"WEBVTT\n\n00:02.000 --> 00:03.000\na\n\n00:01.000 --> 00:02.000\nb\n", VTT, "the cue in line 6 begins before"
    ),
    "61 seconds": (b"WEBVTT\n\n00:00.000 --> 00:61.000\nWelcome\n", VTT, "line 3 is no cue's times"),
    "a web page for SRT": (b"<html>404</html>", SRT, "it has no cue"),
    "no JSON": (b"{", JSON, "it is no JSON:"),
    "a JSON list": (b"[]", JSON, "it is no JSON object"),
    "deep JSON": (b"[" * 200_000, JSON, "it is no JSON"),
    "chapters served as a transcript": (GOOD["chapters"][0], JSON, "it has no segments"),
    "no version": (b'{"segments": []}', JSON, "it has no version"),
    "no body": (transcript({"startTime": 0, "endTime": 1}), JSON, "segment 1 has no body"),
    "times as text": (transcript({**SEGMENT, "startTime": "0"}), JSON, "segment 1 has no startTime and endTime"),
    "a segment backwards": (transcript({**SEGMENT, "endTime": 0}), JSON, "segment 1 ends before it begins"),
    "segments out of order": (transcript(SEGMENT, {**SEGMENT, "startTime": 0}), JSON, "segment 2 begins before"),
    "no chapter": (chapters(), CHAPTERS, "it has no chapters"),
    "chapters without a version": (b'{"chapters": [{"startTime": 0, "title": "a"}]}', CHAPTERS, "it has no version"),
    "no start": (chapters({"title": "a"}), CHAPTERS, "chapter 1 has no startTime"),
    "a negative start": (chapters({"startTime": -1, "title": "a"}), CHAPTERS, "chapter 1 has no startTime"),
    "true for a start": (chapters({"startTime": True, "title": "a"}), CHAPTERS, "chapter 1 has no startTime"),
    "no title": (chapters({"startTime": 0}), CHAPTERS, "chapter 1 has no title"),
    "an end too early": (chapters({"startTime": 5, "endTime": 4, "title": "a"}), CHAPTERS, "chapter 1 has an endTime"),
    "chapters out of order": (
        chapters({"startTime": 5, "title": "a"}, {"startTime": 1, "title": "b"}), CHAPTERS, "chapter 2 begins before"
    ),
    "words for HTML": (b"Welcome", HTML, "it holds no HTML"),
    "a web page for text": (b"<!doctype html><p>404", TEXT, "it is a web page"),
    "too large": (b"x" * (LARGEST + 1), TEXT, "it is larger than 20 MB"),
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_good_files_pass(name: str) -> None:
    assert problem(*GOOD[name]) == ""


@pytest.mark.parametrize("name", BAD)
def test_each_damage_is_named(name: str) -> None:
    data, kind, words = BAD[name]
    assert problem(data, kind).startswith(words)


@given(st.binary(max_size=300), st.sampled_from([VTT, SRT, JSON, CHAPTERS, HTML, TEXT]))
@settings(max_examples=400, deadline=None)
def test_bytes_never_break_it(data: bytes, kind: str) -> None:
    assert isinstance(problem(data, kind), str)
    assert isinstance(problem(b"WEBVTT\n00:00.000 --> " + data, VTT), str)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["startTime", "endTime", "body", "title", "toc", "chapters", "segments"]), inner, max_size=4
        )
    ),
    max_leaves=8,
)


@given(_VALUES, _VALUES)
@settings(max_examples=400, deadline=None)
def test_any_json_never_breaks_it(one: Any, other: Any) -> None:
    for data, kind in ((transcript(one, other), JSON), (chapters(one, other), CHAPTERS)):
        assert isinstance(problem(data, kind), str)
