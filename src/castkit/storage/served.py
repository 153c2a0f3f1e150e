"""What a server's answers say of a published object: rules as rows, held against HEAD and a byte range.

Rule: pure. Sources: Apple's requirements (HEAD, byte ranges, no password), RFC 9110, the Fetch standard's CORS.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from castkit.model.media_types import bare, same_type
from castkit.storage.web import Got

Kind = Literal["media", "text", "page", "picture", "feed"]
Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Expected:
    """A published object: `length` in bytes (None where it may change, as a feed's), `type` its media type.

    `kind`: text is what apps and players read by themselves (transcripts, chapters); a page is for a browser.
    `is_counted`: the address is that of a service which counts downloads, and leads on to the file.
    """

    subject: str
    kind: Kind
    url: str
    length: int | None
    type: str
    is_counted: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with what is live."""

    code: str
    severity: Severity
    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Live:
    """An object and the two answers; `part` is that to a byte range, None where none was asked for."""

    expected: Expected
    head: Got
    part: Got | None = None


Row = tuple[str, Severity, str, str, Callable[[Live], str | None]]  # code, severity, what, remedy, what was found

_READ_BY_PLAYERS = ("text", "feed")
_AGAIN = "publish the episode again; if the server is wrong, correct it there"


def faults(live: Live) -> tuple[Fault, ...]:
    """Everything wrong with this object; where it is not there, that alone."""
    found = tuple(_broken(live, _STATUS))
    return found or tuple(_broken(live, RULES))


def _broken(live: Live, rules: tuple[Row, ...]) -> Iterator[Fault]:
    for code, severity, what, remedy, judge in rules:
        words = judge(live)
        if words is not None:
            yield Fault(code, severity, f"{what}: {words}" if words else what, remedy)


def _status(live: Live) -> str | None:
    if live.head.status == 200:
        return None
    if live.part is not None and live.part.status in (200, 206):
        return None  # it is there, and only HEAD is refused
    return str(live.head.status)


def _no_head(live: Live) -> str | None:
    return None if live.head.status == 200 else str(live.head.status)


def _length(live: Live) -> str | None:
    length, expected = live.head.headers.get("content-length", ""), live.expected.length
    if expected is None or live.head.status != 200 or not length.isdigit() or int(length) == expected:
        return None
    return f"{length} bytes, and {expected} were published"


def _no_length(live: Live) -> str | None:
    is_missing = live.head.status == 200 and not live.head.headers.get("content-length", "").isdigit()
    return "" if is_missing and live.expected.kind == "media" else None


def _type(live: Live) -> str | None:
    kind = live.head.headers.get("content-type", "")
    if live.head.status != 200 or same_type(kind, live.expected.type):
        return None
    if live.expected.kind == "feed" and bare(kind) in ("application/xml", "text/xml"):
        return None  # every app reads these
    return f"{kind or 'none'}, and it is {bare(live.expected.type)}"


def _charset(live: Live) -> str | None:
    found = re.search(r"charset=\"?([\w-]+)", live.head.headers.get("content-type", ""), re.IGNORECASE)
    if live.expected.kind == "media" or found is None or found[1].lower() in ("utf-8", "utf8"):
        return None
    return found[1]


def _cors(live: Live) -> str | None:
    answer = live.head if live.head.status == 200 else live.part or live.head
    is_open = answer.headers.get("access-control-allow-origin", "").strip() == "*"
    return None if is_open or live.expected.kind not in _READ_BY_PLAYERS else ""


def _no_range(live: Live) -> str | None:
    if live.part is None or live.part.status == 206 or live.expected.kind != "media":
        return None
    return f"the answer is {live.part.status} and not 206"


def _wrong_range(live: Live) -> str | None:
    if live.part is None or live.part.status != 206 or live.expected.length is None:
        return None
    said = live.part.headers.get("content-range", "")
    whole = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+|\*)", said.strip())
    if whole is None:
        return said or "no Content-Range"
    size = int(whole[2]) - int(whole[1]) + 1
    if size != len(live.part.body) or live.part.is_cut or whole[3] not in ("*", str(live.expected.length)):
        return f"{said}, with {len(live.part.body)} bytes"
    return None


def _coded(live: Live) -> str | None:
    coding = live.head.headers.get("content-encoding", "").lower()
    return coding if live.expected.kind == "media" and coding not in ("", "identity") else None


def _downloaded(live: Live) -> str | None:
    value = live.head.headers.get("content-disposition", "")
    return value if value.lower().startswith("attachment") else None


def _downloaded_page(live: Live) -> str | None:
    return _downloaded(live) if live.expected.kind == "page" else None


def _downloaded_else(live: Live) -> str | None:
    return _downloaded(live) if live.expected.kind != "page" else None


def _unencrypted_hop(live: Live) -> str | None:
    way = (*live.head.hops, live.head.url)
    is_worse = any(a.startswith("https:") and b.startswith("http:") for a, b in pairwise(way))
    return way[-1] if is_worse else None


def _redirected(live: Live) -> str | None:
    is_odd = live.head.hops and not live.expected.is_counted and _unencrypted_hop(live) is None
    return f"to {live.head.url}" if is_odd else None


_STATUS: tuple[Row, ...] = (
    ("status", "error", "it is not there for everybody", _AGAIN, _status),
)  # fmt: skip
RULES: tuple[Row, ...] = (
    ("head-refused", "error", "HEAD is refused, and Apple asks by it", "allow HEAD as GET is allowed", _no_head),
    ("length", "error", "its length is another one", _AGAIN, _length),
    ("length-missing", "warning", "the server does not say how long it is", "have it send Content-Length", _no_length),
    ("type", "error", "its Content-Type is another one", "correct the object's type, or publish again", _type),
    ("charset", "error", "it is not served as UTF-8", "serve texts with charset=utf-8", _charset),
    ("cors", "error", "players on other pages may not read it (no Access-Control-Allow-Origin: *)",
     "allow GET and HEAD from * in the bucket's CORS rules", _cors),
    ("range-missing", "error", "no byte ranges, so that nobody can seek or resume", "turn byte ranges on", _no_range),
    ("range-wrong", "error", "a byte range comes back wrong", "look at what stands before the store", _wrong_range),
    ("coded", "error", "media are sent with Content-Encoding", "turn compression of media off", _coded),
    ("attachment", "error", "the page is downloaded and not shown (Content-Disposition)",
     "serve the bucket under a domain of your own", _downloaded_page),
    ("attachment", "warning", "browsers download it and do not play or show it (Content-Disposition)",
     "serve the bucket under a domain of your own", _downloaded_else),
    ("redirect-unencrypted", "error", "it is redirected from https to http", "redirect to https", _unencrypted_hop),
    ("redirect", "warning", "it is redirected", "name the last address in base_url", _redirected),
)  # fmt: skip
