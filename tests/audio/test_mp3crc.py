from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from castkit.audio.mp3crc import change, crc


def test_it_is_the_checksum_called_arc():
    assert crc(b"123456789") == 0xBB3D  # the check value of CRC-16/ARC in the RevEng catalogue


@given(st.binary(max_size=80), st.binary(max_size=80))
def test_a_checksum_goes_on_where_another_ended(one, other):
    assert crc(other, crc(one)) == crc(one + other)


@given(st.binary(max_size=50), st.lists(st.tuples(st.integers(0, 255), st.integers(0, 255)), max_size=40), st.binary())
def test_a_change_is_known_without_reading_the_rest(head, pairs, rest):
    before, after = (bytes(each) for each in zip(*pairs, strict=True)) if pairs else (b"", b"")
    assert crc(head + before + rest) ^ change(before, after, len(rest)) == crc(head + after + rest)
