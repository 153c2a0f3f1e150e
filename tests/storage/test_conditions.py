"""RFC 9110's conditions and ranges as tables, and what must hold for any header at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castkit.storage.conditions import ByteRange, Unsatisfiable, Validators, is_unchanged, wanted_range

NOW = Validators('"abc"', "Wed, 16 Sep 2026 07:00:00 GMT")


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, False),
        ({"If-None-Match": '"abc"'}, True),
        ({"If-None-Match": 'W/"abc"'}, True),
        ({"If-None-Match": '"x", "abc"'}, True),
        ({"If-None-Match": '"x","y"'}, False),
        ({"If-None-Match": "*"}, True),
        ({"If-None-Match": "abc"}, False),
        ({"If-None-Match": ""}, False),
        ({"If-Modified-Since": "Wed, 16 Sep 2026 07:00:00 GMT"}, True),
        ({"If-Modified-Since": "Thu, 17 Sep 2026 07:00:00 GMT"}, True),
        ({"If-Modified-Since": "Tue, 15 Sep 2026 07:00:00 GMT"}, False),
        ({"If-Modified-Since": "Wed, 16 Sep 2026 07:00:00"}, True),
        ({"If-Modified-Since": "yesterday"}, False),
        ({"If-None-Match": '"x"', "If-Modified-Since": "Thu, 17 Sep 2026 07:00:00 GMT"}, False),
    ],
)
def test_unchanged(headers: dict[str, str], expected: bool) -> None:
    assert is_unchanged(headers, NOW) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("bytes=0-0", (0, 1)),
        ("bytes=0-99", (0, 100)),
        ("bytes=0-100", (0, 100)),
        ("bytes=10-", (10, 100)),
        ("bytes=99-", (99, 100)),
        ("bytes=-1", (99, 100)),
        ("bytes=-100", (0, 100)),
        ("bytes=-1000", (0, 100)),
        ("BYTES=1-2", (1, 3)),
        ("bytes=5-4", None),
        ("bytes=-", None),
        ("bytes=", None),
        ("bytes=a-b", None),
        ("bytes=1-2,4-5", None),
        ("items=1-2", None),
        ("bytes 1-2", None),
        ("bytes=+1-2", None),
        ("bytes=١-٢", None),
        ("bytes=" + "9" * 6000 + "-", None),
        ("bytes=100-", Unsatisfiable),
        ("bytes=100-200", Unsatisfiable),
        ("bytes=-0", Unsatisfiable),
    ],
)
def test_range_of_a_hundred_bytes(value: str | None, expected: object) -> None:
    headers = {} if value is None else {"Range": value}
    if expected is Unsatisfiable:
        with pytest.raises(Unsatisfiable):
            wanted_range(headers, NOW, 100)
    else:
        assert wanted_range(headers, NOW, 100) == (expected and ByteRange(*expected))


@pytest.mark.parametrize(
    ("condition", "is_part"),
    [
        ('"abc"', True),
        ("Wed, 16 Sep 2026 07:00:00 GMT", True),
        ('"old"', False),
        ('W/"abc"', False),
        ("Tue, 15 Sep 2026 07:00:00 GMT", False),
        ("Thu, 17 Sep 2026 07:00:00 GMT", False),
        ("", False),
    ],
)
def test_if_range(condition: str, is_part: bool) -> None:
    found = wanted_range({"Range": "bytes=5-", "If-Range": condition}, NOW, 100)
    assert found == (ByteRange(5, 100) if is_part else None)


def test_an_empty_file_has_no_ranges() -> None:
    for value in ("bytes=0-", "bytes=-5", "bytes=0-0"):
        with pytest.raises(Unsatisfiable):
            wanted_range({"Range": value}, NOW, 0)


@given(st.text(max_size=40) | st.from_regex(r"bytes=\d{0,3}-\d{0,3}", fullmatch=True), st.integers(0, 200))
def test_a_range_lies_within_the_file(value: str, size: int) -> None:
    try:
        found = wanted_range({"Range": value}, NOW, size)
    except Unsatisfiable:
        return
    assert found is None or 0 <= found.start < found.stop <= size


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_header_is_too_strange(tag: str, date: str) -> None:
    assert is_unchanged({"If-None-Match": tag, "If-Modified-Since": date}, NOW) in (True, False)
    assert is_unchanged({"If-Modified-Since": date}, NOW) in (True, False)
