"""The checksum of an MP3's sound in LAME's tag, brought up to date where a few bytes changed.

Rule: it is linear, so its change follows from the changed bits and their distance to the end; nothing else is read.

CRC-16 with the polynomial 0x8005 reflected, from 0 on, over all frames after the tag's own.
"""

from __future__ import annotations

from functools import cache

_POLYNOMIAL = 0xA001
_BITS = 16

Operator = tuple[int, ...]  # what becomes of each bit of a checksum


def crc(data: bytes, start: int = 0) -> int:
    """The checksum of `data`, or of what went before (its checksum is `start`) and `data`."""
    found = start
    for byte in data:
        found ^= byte
        for _ in range(8):
            found = found >> 1 ^ (_POLYNOMIAL if found & 1 else 0)
    return found


def change(before: bytes, after: bytes, rest: int) -> int:
    """What the checksum of a file is to be XORed with, where `after` takes the place of `before`.

    `rest` is how many bytes follow them up to the file's end.
    """
    found = crc(bytes(one ^ other for one, other in zip(before, after, strict=True)))
    power = 0
    while rest:
        if rest & 1:
            found = _applied(_zeros(power), found)
        rest >>= 1
        power += 1
    return found


@cache
def _zeros(power: int) -> Operator:
    """What 2 ** `power` bytes of zeros make of each bit."""
    if power == 0:
        return tuple(crc(b"\0", 1 << bit) for bit in range(_BITS))
    half = _zeros(power - 1)
    return tuple(_applied(half, image) for image in half)


def _applied(operator: Operator, value: int) -> int:
    found = 0
    for image in operator:
        if value & 1:
            found ^= image
        value >>= 1
    return found
