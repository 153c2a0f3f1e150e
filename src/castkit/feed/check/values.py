"""Whether a value in a feed is what its tag asks for.

Rule: pure; each takes the value without blanks at its ends and is true for a good one.
"""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable, Collection
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_tz
from functools import lru_cache
from urllib.parse import urlsplit
from uuid import UUID

from castkit.model.language import canonical

_ADDRESS = re.compile(r"[\x21-\x7e]+")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
_MEDIA_TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+(?:\s*;.*)?", re.ASCII)
_CLOCK = re.compile(r"(?:\d{1,3}:)?[0-5]?\d:[0-5]\d|\d+")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_RFC2822 = re.compile(
    r"(?:(mon|tue|wed|thu|fri|sat|sun),\s*)?\d{1,2}\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\s+\d{4}\s+"
    r"\d{2}:\d{2}(?::\d{2})?\s+(?:[+-]\d{4}|[a-z]{1,5})",
    re.IGNORECASE,
)
_ZONES = frozenset("ut utc gmt z est edt cst cdt mst mdt pst pdt".split())
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?")
_GEO = re.compile(r"geo:(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)(?:,-?\d+(?:\.\d+)?)?(?:;u=\d+(?:\.\d+)?)?")
_OSM = re.compile(r"[NWR]\d+(?:#\d+)?")
_RATIO = re.compile(r"\d+(?:\.\d+)?(?:\s*/\s*\d+(?:\.\d+)?)?")
_RRULE_PART = re.compile(r"[A-Z]+=[A-Za-z0-9,+:.\-]+")
_RRULE_EVERY = frozenset("SECONDLY MINUTELY HOURLY DAILY WEEKLY MONTHLY YEARLY".split())
_SRI_BYTES = {"sha256": 32, "sha384": 48, "sha512": 64}
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_E_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")

Test = Callable[[str], bool]


def one_of(values: Collection[str]) -> Test:
    return lambda value: value in values


def any_case(values: Collection[str]) -> Test:
    """One of these, which are in small letters, however it is written."""
    return lambda value: " ".join(value.lower().split()) in values


def at_most(characters: int) -> Test:
    return lambda value: len(value) <= characters


def at_most_bytes(limit: int) -> Test:
    return lambda value: len(value.encode()) <= limit


def is_address(value: str) -> bool:
    """An absolute http(s) address in ASCII, without blanks, user name or password."""
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return False
    is_web = parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and port != 0
    return is_web and "@" not in parts.netloc and bool(_ADDRESS.fullmatch(value))


def is_any_address(value: str) -> bool:
    """An absolute address of whatever scheme, as a source of an alternate enclosure may have (ipfs, magnet)."""
    return is_address(value) if value.lower().startswith("http") else bool(_SCHEME.fullmatch(value))


def is_whole(value: str) -> bool:
    """Digits alone."""
    return value.isascii() and value.isdigit()


def is_above_zero(value: str) -> bool:
    return is_whole(value) and int(value[:20]) > 0


def is_number(value: str) -> bool:
    """A number of zero or more, with or without decimals."""
    return bool(_NUMBER.fullmatch(value))


def is_uuid(value: str) -> bool:
    return as_uuid(value) is not None


def is_uuid5(value: str) -> bool:
    """A UUID of version 5, or no UUID at all, which is another rule's matter."""
    found = as_uuid(value)
    return found is None or found.version == 5


def as_uuid(value: str) -> UUID | None:
    """The UUID in its usual form with four hyphens, or None."""
    try:
        return UUID(value) if re.fullmatch(r"[0-9a-fA-F-]{36}", value) else None
    except ValueError:
        return None


@lru_cache(maxsize=1024)
def is_language(value: str) -> bool:
    """A BCP 47 tag, with hyphens."""
    return "_" not in value and canonical(value) is not None


def is_media_type(value: str) -> bool:
    return bool(_MEDIA_TYPE.fullmatch(value))


def is_date(value: str) -> bool:
    """A date of RFC 2822 with its time and zone."""
    found = _RFC2822.fullmatch(" ".join(value.split()))
    if found is None or moment(value) is None:
        return False
    zone = value.rsplit(maxsplit=1)[-1].lower()
    return zone[0] in "+-" or zone in _ZONES


def has_right_weekday(value: str) -> bool:
    """Whether the day of the week is that of the date; true where none is named or the date cannot be read."""
    found, when = _RFC2822.fullmatch(" ".join(value.split())), moment(value)
    if found is None or found[1] is None or when is None:
        return True
    return _DAYS[when.weekday()] == found[1].lower()


def moment(value: str) -> datetime | None:
    """The moment of an RFC 2822 date with its zone (UTC where it names none), or None."""
    parts = parsedate_tz(value)
    if parts is None:
        return None
    try:
        return datetime(*parts[:6], tzinfo=timezone(timedelta(seconds=parts[9] or 0)))
    except (ValueError, OverflowError):
        return None


def is_iso_date(value: str) -> bool:
    if not _ISO.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def is_duration(value: str) -> bool:
    """Whole seconds, or H:MM:SS or MM:SS."""
    return bool(_CLOCK.fullmatch(value))


def seconds(value: str) -> int | None:
    """A duration in seconds, or None where it is none."""
    if not is_duration(value):
        return None
    total = 0
    for part in value.split(":"):
        total = total * 60 + int(part[:12])
    return total


def is_recurrence(value: str) -> bool:
    """An RRULE of RFC 5545 as far as its form goes: `FREQ=WEEKLY;BYDAY=MO`."""
    parts = value.split(";")
    every = next((part.removeprefix("FREQ=") for part in parts if part.startswith("FREQ=")), "")
    return every in _RRULE_EVERY and all(_RRULE_PART.fullmatch(part) for part in parts)


def is_integrity(value: str) -> bool:
    """One or more SRI digests of the right length."""
    return all(_is_digest(part) for part in value.split())


def _is_digest(value: str) -> bool:
    name, _, digest = value.partition("?")[0].partition("-")
    try:
        return len(b64decode(digest, validate=True)) == _SRI_BYTES.get(name)
    except NotBase64:
        return False


def is_geo(value: str) -> bool:
    """A geo: URI of RFC 5870 within the bounds of latitude and longitude."""
    found = _GEO.fullmatch(value)
    return found is not None and abs(float(found[1])) <= 90 and abs(float(found[2])) <= 180


def is_osm(value: str) -> bool:
    return bool(_OSM.fullmatch(value))


def is_ratio(value: str) -> bool:
    return bool(_RATIO.fullmatch(value))


def is_e_mail(value: str) -> bool:
    return bool(_E_MAIL.fullmatch(value))


def ending(url: str) -> str:
    """The extension of an address's file name in small letters, `.mp3`; "" where it has none."""
    try:
        name = urlsplit(url).path.rpartition("/")[2]
    except ValueError:
        return ""
    stem, dot, tail = name.rpartition(".")
    return f".{tail.lower()}" if dot and stem else ""
