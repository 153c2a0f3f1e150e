"""Bytes that are nearly what a parser expects, and what it may do with them: give a value or refuse in words.

CI tries a sample, the same every time; with CASTKIT_SOAK=1 a hundred times as many, new ones each time. What was
found once lies in tests/data/fuzz, a folder for each parser, and is tried always.
"""

from __future__ import annotations

import json
import os
import re
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from castkit.errors import CastkitError

WHOLE = os.environ.get("CASTKIT_SOAK") == "1"
CORPUS = Path(__file__).parent.parent / "data/fuzz"
TRIED: Counter[str] = Counter()  # the examples that each parser was given, by its name
Edits = Callable[[Sequence[bytes]], st.SearchStrategy[bytes]]

LARGEST = 300_000  # bytes that an edit may grow to: a bound of CI's patience, not of the parsers
_DEEP = 3000  # deeper than Python's own stack
_ANY_TOKENS = (
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\r\n\r\n", b"\n\n", b" " * 500, b"-1", b"0", b"99999999999999999999",
    b"9" * 5000, b"1e999", b"NaN", b"\xe2\x80\xae",
    "０１：２３".encode(), b"\xc3\x28", b"\xed\xa0\x80", b"%s%n{0}",
    b"../../../etc/passwd", b"A" * 20_000,
)  # fmt: skip
TOKENS: dict[str, tuple[bytes, ...]] = {
    "toml": (
        b"[", b"[[", b"]", b"{", b'"""', b"'''", b"=", b".", b"inf", b"nan", b"07:32:00", b"1979-05-27", b"true", b"[]",
        b"0001-01-01T00:00:00+23:59", b"9999-12-31T23:59:59-23:59", b"{a = {}}", b'"\\uD800"', b"\\", b"[" * _DEEP,
        b"a." * _DEEP + b"a = 1\n", b"[" + b"a." * _DEEP + b"a]\n", b'""', b'" "', b"0x7fffffffffffffffff",
    ),
    "json": (
        b"[" * _DEEP, b'{"a":' * _DEEP, b"Infinity", b"-Infinity", b'"\\ud800"', b"null", b"true", b"{}", b"[]", b",",
        b'"',
    ),
    "xml": (
        b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&b;", b"&#0;", b"&#xD800;", b"<![CDATA[", b"]]>", b"<!--", b"<?xml",
        b"<a>" * _DEEP, b"</a>", b"<a", b'xmlns="x"', b" a='1'", b"&nbsp;", b"&", b"<", b'encoding="utf-7"',
        b'encoding="no-such"', b'href="file:///etc/passwd"', b"Fri, 32 Foo 99999 25:61:61 +9999", b"00:99:99.999",
        b"http://[::1",         b"https://a:99999/",
    ),
    "cues": (
        b"00:00:01,000 --> 00:00:02,000\n", b"-->", b"99:99:99,999", b"1:2:3:4:5", b"-00:00:01,000", b"<i>",
        b"</i>" * 500, b"{\\an8}", b"{\\pos(1,1)}", b"<00:00:01.000>", b"WEBVTT\n\n", b"NOTE ", b"STYLE\n",
        b"REGION\n", b"[Events]\n", b"Dialogue: ", b"Format: ", b",,,,,,,,,,", b"&lt;" * 300, b"{" * _DEEP,
        b"\\N" * 500, b"X-TIMESTAMP-MAP=LOCAL:",
        "\u2028".encode(), b"align:start position:999%", b"0:00:00.00",
    ),
    "bytes": (b"RIFF", b"data", b"fmt ", b"\x80", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\0\1", b"\0" * 64),
}  # fmt: skip
TOKENS["http"] = (
    *TOKENS["xml"], b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 503 Slow Down\r\n", b"HTTP/1.1 99999 \r\n",
    b"HTTP/1.1 100 Continue\r\n\r\n", b"Content-Length: -1\r\n", b"Content-Length: 5, 6\r\n", b"0\r\n\r\n", b"zz\r\n",
    b"Transfer-Encoding: chunked\r\n", b"Content-Encoding: gzip\r\n", b"Location: http://[::1\r\n",
    b"x-amz-bucket-region: a/../b\r\n", b"x-amz-checksum-sha256: ====\r\n", b"x-amz-meta-sha256: \xe4\r\n",
    b"Last-Modified: 99 Foo\r\n", b"<Key/>", b"<Size/>", b"<IsTruncated>true</IsTruncated>", b"<Size>-5</Size>",
    b"<IsTruncated>maybe</IsTruncated>", b"<Code/>", b"<LastModified/>", b"<EncodingType>url</EncodingType>",
    b"{", b"%zz%e4%", b"x: y\r\n" * 200,
)  # fmt: skip
_NUMBER, _VALUE = re.compile(rb"\d+"), re.compile(rb"(?m)(?<==) .*$")


@dataclass(frozen=True, slots=True)
class Parser:
    """A reader of bytes from outside: what it may take, by its name; good files; and how it refuses besides."""

    name: str
    read: Callable[[bytes], object]
    seeds: tuple[bytes, ...]
    kind: str
    refusals: tuple[type[Exception], ...] = ()
    examples: int = 60

    def accepts(self, data: bytes) -> None:
        """Fails where the reader neither gives a value nor refuses in words."""
        TRIED[self.name] += 1
        try:
            self.read(data)
        except CastkitError as refused:
            said = refused.message
        except self.refusals:
            return
        else:
            return
        assert said.strip()
        assert len(said) < 60_000, "more than a name or value that is quoted"

    def sweep(self) -> None:
        """Tries what the kind of file can be made into."""
        edits = _json(self.seeds) if self.kind == "json" else _edited(self.seeds, TOKENS[self.kind])

        @settings(
            max_examples=self.examples * (100 if WHOLE else 1),
            derandomize=not WHOLE,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(edits)
        def body(data: bytes) -> None:
            self.accepts(data)

        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Generating overly large repr")  # it would stand for what was found
            body()


def found_before(name: str) -> list[Any]:
    """What this parser stumbled over once."""
    return [pytest.param(path.read_bytes(), id=path.name) for path in sorted((CORPUS / name).glob("*"))]


def cases(parsers: Sequence[Parser]) -> list[Any]:
    """Every case of the corpus with its parser, for parametrize."""
    return [
        pytest.param(parser, case.values[0], id=f"{parser.name}-{case.id}")
        for parser in parsers
        for case in found_before(parser.name)
    ]


@st.composite
def _edited(draw: st.DrawFn, seeds: Sequence[bytes], tokens: Sequence[bytes]) -> bytes:
    """A good file with a few changes, or what has nothing to do with one."""
    if draw(st.integers(0, 15)) == 0:
        return draw(st.binary(max_size=200))
    data = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(1, 4))):
        data = _edit(draw, data, (*tokens, *_ANY_TOKENS))[:LARGEST]
    return data


def _edit(draw: st.DrawFn, data: bytes, tokens: Sequence[bytes]) -> bytes:
    start = draw(st.integers(0, len(data)))
    end = min(len(data), start + draw(st.sampled_from((0, 1, 2, 5, 20, 100, 1000))))
    new = b""
    match draw(st.sampled_from(("put", "take", "again", "value", "number", "cut", "flip", "line"))):
        case "put":
            new = draw(st.sampled_from(tokens))
        case "again":
            new = data[start:end] * draw(st.sampled_from((2, 3, 1000)))
        case "value" if found := list(_VALUE.finditer(data)):
            start, end = draw(st.sampled_from(found)).span()
            new = b" " + draw(st.sampled_from(tokens))
        case "number" if found := list(_NUMBER.finditer(data)):
            start, end = draw(st.sampled_from(found)).span()
            new = draw(st.sampled_from(_ANY_TOKENS))
        case "cut":
            end = len(data)
        case "flip":
            end, new = start + 1, bytes([draw(st.integers(0, 255))])
        case "line":
            start = end = data.find(b"\n", start) + 1
            new = draw(st.sampled_from(data.split(b"\n"))) + b"\n"
    return data[:start] + new + data[end:]


_ODD = (
    None, True, -1, 0, 10**30, 1e308, float("inf"), float("nan"), 0.1, "", " ", "x" * 5000, "\ud800", "\0", "1",
    "9" * 5000, "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "../../x", "http://[", [], {}, [[]], [None],
    {"": None},
)  # fmt: skip


@st.composite
def _json(draw: st.DrawFn, seeds: Sequence[bytes]) -> bytes:
    """Lines of JSON in which values of the wrong type, size or sign stand; now and then bytes that are no JSON."""
    data = draw(st.sampled_from(seeds))
    if draw(st.integers(0, 3)) == 0:
        return draw(_edited([data], TOKENS["json"]))
    lines = data.rstrip(b"\n").split(b"\n") if b"\n{" in data else [data]
    at = draw(st.integers(0, len(lines) - 1))
    value = json.loads(lines[at])
    for _ in range(draw(st.integers(1, 3))):
        value = _spoilt(draw, value)
    lines[at] = json.dumps(value).encode()
    return b"\n".join(lines) + b"\n"


def _spoilt(draw: st.DrawFn, value: Any) -> Any:
    """The value with something else in one place of it."""
    if isinstance(value, dict) and value:
        key = draw(st.sampled_from(sorted(value)))
        match draw(st.integers(0, 9)):
            case 0:
                return {one: value[one] for one in value if one != key}
            case 1:
                return {**value, draw(st.sampled_from(("unknown", "", key.upper(), "version"))): value[key]}
        return {**value, key: _spoilt(draw, value[key])}
    if isinstance(value, list) and value:
        at = draw(st.integers(0, len(value) - 1))
        if draw(st.integers(0, 9)) == 0:
            return value[:at] + value[at:] * 2
        return [*value[:at], _spoilt(draw, value[at]), *value[at + 1 :]]
    return draw(st.sampled_from(_ODD))
