"""Values as hosts write them, right and wrong, are understood or left alone; nothing raises."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castkit.feed.reading import values

MOMENTS = (
    ("Mon, 07 Oct 2024 08:30:00 +0200", "2024-10-07T08:30:00+02:00"),
    ("Mon, 7 Oct 2024 08:30:00 GMT", "2024-10-07T08:30:00+00:00"),
    ("Mon, 7 Oct 2024 08:30:00 EST", "2024-10-07T08:30:00-05:00"),
    ("7 Oct 2024 08:30 -0000", "2024-10-07T08:30:00+00:00"),
    ("Tue, 07 Oct 2024 08:30:00 +0200", "2024-10-07T08:30:00+02:00"),  # a wrong weekday is common
    ("2024-10-07T08:30:00.5Z", "2024-10-07T08:30:00+00:00"),
    ("2024-10-07", "2024-10-07T00:00:00+00:00"),
)


@pytest.mark.parametrize(("text", "expected"), MOMENTS)
def test_dates(text: str, expected: str) -> None:
    found = values.moment(f" {text}\n")
    assert found is not None
    assert found.isoformat() == expected


@pytest.mark.parametrize("text", ["", "yesterday", "Mon, 32 Oct 2024 08:30:00 GMT", "0001-01-01", "9" * 9999])
def test_what_is_no_date(text: str) -> None:
    assert values.moment(text) is None


@pytest.mark.parametrize(
    ("text", "ms"),
    [("1800", 1_800_000), ("12.5", 12_500), ("31:02", 1_862_000), ("01:00:00", 3_600_000), ("1:01.5", 61_500),
     ("00:00:07.250", 7_250), ("", 0), ("-5", 0), ("1e9", 0), ("１２", 12_000), ("an hour", 0), ("9" * 50, 0)],
)  # fmt: skip
def test_durations(text: str, ms: int) -> None:
    assert values.duration_ms(text) == ms


@pytest.mark.parametrize(
    "text", ["https://a.example/x.mp3", "http://a.example:8080/a b.mp3?x=1&y=%20", "HTTPS://A.example/"]
)
def test_addresses_stay_as_they_are(text: str) -> None:
    assert values.address(f"\n {text} ") == text


@pytest.mark.parametrize(
    "text",
    ["", None, "x.mp3", "/x.mp3", "file:///etc/passwd", "javascript:alert(1)", "data:audio/mpeg;base64,AA", "http://",
     "https://a.example:port/", "http://[::1", "https://a.example/\x00", "ftp://a.example/x", "https://" + "a" * 9999],
)  # fmt: skip
def test_what_is_no_address(text: str | None) -> None:
    assert values.address(text) == ""


def test_a_password_is_not_for_everybody_to_read() -> None:
    assert values.address("https://me:secret@a.example/") == "https://me:secret@a.example/"
    assert values.public_address("https://me:secret@a.example/") == ""


@given(st.text(max_size=40))
def test_nothing_raises(text: str) -> None:
    found = values.moment(text)
    assert found is None or isinstance(found, datetime)
    assert values.duration_ms(text) >= 0
    number = values.number(text, 100)
    assert number is None or 0 <= number <= 100
    assert values.truth(text) in (True, False, None)
    assert values.address(text) in ("", text.strip())
