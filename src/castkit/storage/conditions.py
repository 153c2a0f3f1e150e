"""Conditional and partial requests, as RFC 9110 (sections 13 and 14) reads them.

Rule: pure; a header that cannot be understood is as if it were not there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol

_RANGE = re.compile(r"bytes=[ \t]*([0-9]{0,18})-([0-9]{0,18})[ \t]*", re.IGNORECASE)
_TAG = re.compile(r'(W/)?("[\x21\x23-\x7e\x80-\xff]*")')


class Headers(Protocol):
    """A request's header fields, looked up whatever their case."""

    def get(self, name: str, /) -> str | None: ...


class Unsatisfiable(Exception):
    """The range lies wholly outside the file (416)."""


@dataclass(frozen=True, slots=True)
class Validators:
    """What tells one version of a file from another: a strong ETag with its quotes, and an HTTP date or nothing."""

    etag: str
    last_modified: str


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Bytes from `start` up to but without `stop`."""

    start: int
    stop: int


def is_unchanged(headers: Headers, now: Validators) -> bool:
    """Whether the asker has this version already (304). If-None-Match wins over If-Modified-Since (13.2.2)."""
    given = headers.get("If-None-Match")
    if given is not None:
        return given.strip() == "*" or now.etag in (tag for _, tag in _tags(given))  # a weak comparison (13.1.2)
    since, modified = _date(headers.get("If-Modified-Since")), _date(now.last_modified)
    return since is not None and modified is not None and modified <= since


def wanted_range(headers: Headers, now: Validators, size: int) -> ByteRange | None:
    """The one range asked for, or None for the whole file; several ranges get the whole, as section 14.2 allows.

    Raises Unsatisfiable.
    """
    found = _RANGE.fullmatch(headers.get("Range") or "")
    if found is None or not (found[1] or found[2]) or not _is_same(headers.get("If-Range"), now):
        return None
    if not found[1]:
        start, stop = max(size - int(found[2]), 0), size
    else:
        start, stop = int(found[1]), min(int(found[2]) + 1 if found[2] else size, size)
        if found[2] and int(found[2]) < start:
            return None  # not a range at all (14.1.1)
    if start >= size or start >= stop:
        raise Unsatisfiable
    return ByteRange(start, stop)


def _is_same(condition: str | None, now: Validators) -> bool:
    """If-Range: the very ETag (a weak one never is), or the very date."""
    return condition is None or condition.strip() in (now.etag, now.last_modified)


def _tags(text: str) -> Iterable[tuple[str, str]]:
    return ((found[1] or "", found[2]) for found in _TAG.finditer(text))


def _date(text: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
