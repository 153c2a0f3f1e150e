"""Single values of a feed as hosts write them: dates, lengths of time, numbers, yes and no, addresses.

Rule: pure; a value that cannot be understood is None or an empty string, and never an error.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from castkit.model.text import one_line

LONGEST_ADDRESS = 4096  # characters
_CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,4}):(\d{1,2})(?:[.,](\d{1,3})\d*)?")
_SECONDS = re.compile(r"(\d{1,7})(?:[.,](\d{1,3})\d*)?")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_TRUTH = {"yes": True, "true": True, "explicit": True, "no": False, "false": False, "clean": False}


def moment(text: str) -> datetime | None:
    """A date as RSS writes it (RFC 2822) or as Atom does (RFC 3339), in whole seconds; without a zone it is UTC.

    None for what is no date, and for years before 1970 or after 2199.
    """
    found = _rfc2822(text.strip()) or _rfc3339(text.strip())
    if found is None or not 1970 <= found.year < 2200:
        return None
    return found.replace(microsecond=0, tzinfo=found.tzinfo or UTC)


def _rfc2822(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text[:100])
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _rfc3339(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text[:100])
    except ValueError:
        return None


def duration_ms(text: str) -> int:
    """A length of time in ms, from seconds, MM:SS or HH:MM:SS; 0 where it says none."""
    text = text.strip()
    if found := _CLOCK.fullmatch(text):
        hours, minutes, seconds, part = found.groups()
        whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
        return whole * 1000 + int((part or "0").ljust(3, "0"))
    if found := _SECONDS.fullmatch(text):
        return int(found[1]) * 1000 + int((found[2] or "0").ljust(3, "0"))
    return 0


def number(text: str, most: int) -> int | None:
    """A whole number from 0 to `most`; None for anything else."""
    text = text.strip()
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        return None
    return int(text) if int(text) <= most else None


def truth(text: str) -> bool | None:
    """Yes or no as itunes:explicit and podcast:locked have said it over the years."""
    return _TRUTH.get(text.strip().lower())


def address(text: str | None) -> str:
    """An absolute http(s) address exactly as it stands, without blanks at its ends; empty for anything else."""
    found = (text or "").strip()
    if len(found) > LONGEST_ADDRESS or _CONTROLS.search(found):
        return ""
    try:
        parts = urlsplit(found)
        parts.port  # noqa: B018 - raises where it is no number
    except ValueError:
        return ""
    return found if parts.scheme.lower() in ("http", "https") and parts.hostname else ""


def line(text: str) -> str:
    """The text on one line, without characters that nobody types and no file here may hold."""
    return one_line(text.replace("\x7f", ""))


def public_address(text: str | None) -> str:
    """The same, but empty where it has blanks in it, or a name and password, which everybody could read."""
    found = address(text)
    if not found or re.search(r"\s", found):
        return ""
    parts = urlsplit(found)
    return "" if parts.username or parts.password else found
