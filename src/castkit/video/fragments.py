"""Fragmented MP4 as ffmpeg writes it: where its fragments lie, how long they last, and what codec is inside.

Rule: all is read from the file's own index (`sidx`, ISO/IEC 14496-12) and configuration boxes; nothing is guessed.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import BinaryIO

from castkit.errors import CastkitError

LONGEST_S = 10  # a fragment that lasts longer makes a player wait too long before it can start or seek
_WISHED_S = 6  # Apple's HLS authoring specification, 7.5
_HEAD = struct.Struct(">I4s")
_REFERENCE = struct.Struct(">III")  # type and size in bytes, duration in ticks, stream access point


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the file: where it lies in bytes, and how long it plays in seconds."""

    offset: int
    size: int
    duration_s: float


@dataclass(frozen=True, slots=True)
class Fragmented:
    """A single-track fragmented MP4; its first `header_size` bytes set a decoder up, `codec` names it (RFC 6381)."""

    path: Path
    header_size: int
    codec: str
    fragments: tuple[Segment, ...]

    @property
    def duration_s(self) -> float:
        return sum(fragment.duration_s for fragment in self.fragments)

    @property
    def segments(self) -> tuple[Segment, ...]:
        """Neighbouring fragments put together, up to six seconds each; a longer fragment stays alone."""
        found: list[Segment] = []
        for one in self.fragments:
            last = found[-1] if found else None
            if last and last.duration_s + one.duration_s <= _WISHED_S + 0.001:
                found[-1] = Segment(last.offset, last.size + one.size, last.duration_s + one.duration_s)
            else:
                found.append(one)
        return tuple(found)


def read_fragmented(path: Path) -> Fragmented:
    """The index of a file that ffmpeg wrote with `movflags` `cmaf+global_sidx`.

    Raises CastkitError where a box is missing, e.g. because the disk was full or there was nothing to write.
    """
    with path.open("rb") as file:
        header_size, index = _head(file, path)
        file.seek(0)
        header = file.read(header_size)
    if not index:
        raise CastkitError(f"{path.name} has no index of its fragments", "make the episode's video again")
    return Fragmented(path, header_size, _codec(header, path), _fragments(index, header_size))


def _head(file: BinaryIO, path: Path) -> tuple[int, bytes]:
    """How many bytes stand before the index, and the index; the index is empty where there is none."""
    at, size_of_file = 0, path.stat().st_size
    while at + _HEAD.size <= size_of_file:
        file.seek(at)
        size, kind = _HEAD.unpack(file.read(_HEAD.size))
        if kind == b"sidx":
            return at, file.read(size - _HEAD.size)
        if kind == b"moof" or size < _HEAD.size:
            break
        at += size
    return 0, b""


def _fragments(index: bytes, header_size: int) -> tuple[Segment, ...]:
    """The fragments that an index lists; they lie one after another behind it."""
    is_long = index[0] == 1  # the version: 64 bits for each of the two times before the references
    (timescale,) = struct.unpack_from(">I", index, 8)
    times = struct.Struct(">QQ" if is_long else ">II")
    _, gap = times.unpack_from(index, 12)
    references = index[12 + times.size + 4 :]
    rows = [(size & 0x7FFFFFFF, ticks / timescale) for size, ticks, _ in _REFERENCE.iter_unpack(references)]
    start = header_size + _HEAD.size + len(index) + gap
    offsets = accumulate((size for size, _ in rows), initial=start)
    return tuple(Segment(offset, size, seconds) for offset, (size, seconds) in zip(offsets, rows, strict=False) if size)


def _codec(header: bytes, path: Path) -> str:
    at = header.find(b"avcC")
    if at >= 0:
        return f"avc1.{header[at + 5 : at + 8].hex()}"  # profile, constraints, level
    at = header.find(b"esds")
    if at < 0:
        raise CastkitError(f"{path.name} holds neither H.264 nor AAC", "make the episode's video again")
    stream = _body(header, at + 8)  # three descriptors, one in the other (ISO/IEC 14496-1)
    decoder = _body(header, stream + 3)
    return f"mp4a.40.{header[_body(header, decoder + 13)] >> 3}"


def _body(data: bytes, at: int) -> int:
    """Where a descriptor's content begins: behind its tag and its length, which has seven bits a byte."""
    at += 1
    while data[at] & 0x80:
        at += 1
    return at + 1


def peak_bit_rate(segments: Sequence[Segment], target_s: int) -> int:
    """The highest bit rate in bit/s of neighbouring segments that together last 0.5 to 1.5 target durations.

    As RFC 8216, section 4.1 has it; where all of it is shorter, the mean.
    """
    sizes = [0, *accumulate(segment.size for segment in segments)]
    times = [0.0, *accumulate(segment.duration_s for segment in segments)]
    rates = [mean_bit_rate(segments)]
    for first in range(len(segments)):
        for last in range(first + 1, len(times)):
            lasts = times[last] - times[first]
            if lasts > 1.5 * target_s:
                break
            if lasts >= 0.5 * target_s:
                rates.append(_rate(sizes[last] - sizes[first], lasts))
    return max(rates)


def mean_bit_rate(segments: Sequence[Segment]) -> int:
    """The bit rate of all segments in bit/s, rounded up."""
    return _rate(sum(one.size for one in segments), sum(one.duration_s for one in segments))


def _rate(size: int, seconds: float) -> int:
    return -int(-8 * size // seconds) if seconds else 0
