"""How long a file itself says that its sound is, and what a recording can be at most.

Rule: a header is read here for what it claims, where ffprobe would believe the file's size instead; nothing is decoded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from castkit.errors import CastkitError

LONGEST_S = 86_400
"""Sound is decoded up to this; a day at 16 kHz is a file of 2.8 GB."""

MOST_ALLOCATED = 1 << 28
"""Bytes that ffmpeg may ask for at once: more than a picture of 8K needs, less than a hostile header asks for."""

_RATES_HZ = range(4_000, 768_001)
_MOST_CHANNELS = 8

# Formats whose header counts the sound: what is decoded must be as long, or the file is cut short.
_COUNTED_FORMATS = frozenset("aiff caf flac mov w64 wav".split())
# Formats whose header says how long the whole is; of ADTS, AC-3, AMR and MP3 without a Xing header ffprobe guesses it.
_TIMED_FORMATS = frozenset("ape asf avi flv matroska ogg tta wv".split())

_XING = re.compile(rb"(?:Xing|Info)\0\0\0[\1\3\5\7\11\13\15\17](.{4})", re.DOTALL)
_FIRST_FRAME = 300  # bytes: Xing's header begins within 36 of a frame's start
_MOST_CHUNKS = 1000
_PLACEHOLDER = 1 << 13  # what recorders write when they do not know the size is 2^31 or 2^32, but for a header's length


def stated_ms(path: Path, found: Mapping[str, Any], stream: Mapping[str, Any]) -> int:
    """The length of a stream of sound by the header of its file, of which ffprobe found this; 0 where it says none."""
    names = set(found["format"]["format_name"].split(","))
    if "mp3" in names:
        return _by_xing(path, int(stream.get("sample_rate", 0)))
    if names & _COUNTED_FORMATS:
        ms = _milliseconds(stream)
        return max(ms, _by_riff(path)) if "wav" in names else ms
    others = [one for one in found["streams"] if not one.get("disposition", {}).get("attached_pic")]
    return _milliseconds(found["format"]) if names & _TIMED_FORMATS and len(others) == 1 else 0


def refuse_out_of_bounds(path: Path, found: Mapping[str, Any]) -> None:
    """CastkitError where a file's sound is of no rate or number of channels that a recorder writes, or without end."""
    names = set(found["format"]["format_name"].split(","))
    stated = [stated_ms(path, found, stream) for stream in found["streams"] if stream.get("codec_type") == "audio"]
    if names & (_COUNTED_FORMATS | _TIMED_FORMATS):
        stated.append(_milliseconds(found["format"]))
    if max(stated, default=0) > LONGEST_S * 1000:
        days = max(stated) / 1000 / LONGEST_S
        raise CastkitError(
            f"{path} says that it is {days:.1f} days long; a recording may last {LONGEST_S // 3600} hours",
            "export it again, or in parts",
        )
    for stream in found["streams"]:
        rate, channels = int(stream.get("sample_rate", 0)), int(stream.get("channels", 0))
        if rate and rate not in _RATES_HZ:
            wanted = f"{_RATES_HZ.start // 1000} to {_RATES_HZ.stop // 1000} kHz"
            raise CastkitError(f"{path} has a sample rate of {rate} Hz, not of {wanted}", "export it again at 48 kHz")
        if channels > _MOST_CHANNELS:
            hint = "split it, and name a recording for each microphone"
            raise CastkitError(f"{path} has {channels} channels, more than {_MOST_CHANNELS}", hint)


def refuse_half_an_index(path: Path) -> None:
    """CastkitError where the index (moov) of an MP4 or MOV goes on after the file's end."""
    size = path.stat().st_size
    with path.open("rb") as file:
        at = 0
        for _ in range(_MOST_CHUNKS):
            file.seek(at)
            head = file.read(16)
            length = int.from_bytes(head[:4], "big")
            length = int.from_bytes(head[8:16], "big") if length == 1 else length
            if head[4:8] == b"moov" and at + length > size:
                raise CastkitError(f"{path} is cut short: half of its index (moov) is missing", "copy it again")
            if length < 8 or at + length >= size:
                return
            at += length


def _by_xing(path: Path, rate: int) -> int:
    """Of an MP3: as many frames as its first one counts; 0 where that is sound already."""
    with path.open("rb") as file:
        head = file.read(10)
        if head[:3] == b"ID3":
            file.seek(10 + sum(byte << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True)))
        else:
            file.seek(0)
        found = _XING.search(file.read(_FIRST_FRAME))
    samples = 1152 if rate >= 32_000 else 576  # of a frame: MPEG-1, or MPEG-2 and 2.5 at half the rates
    return int.from_bytes(found[1], "big") * samples * 1000 // rate if found and rate else 0


def _by_riff(path: Path) -> int:
    """Of a WAV file: by the size of its `data`; 0 where it was not known, as when a recorder lost its power."""
    with path.open("rb") as file:
        if file.read(4) != b"RIFF":
            return 0
        file.seek(12)
        bytes_a_second = 0
        for kind, size in _chunks(file):
            if kind == b"fmt " and size >= 12:
                bytes_a_second = int.from_bytes(file.read(12)[8:], "little")
                file.seek(-12, 1)
            elif kind == b"data":
                is_known = size and all(abs(size - limit) > _PLACEHOLDER for limit in (1 << 31, 1 << 32))
                return size * 1000 // bytes_a_second if is_known and bytes_a_second else 0
    return 0


def _chunks(file: IO[bytes]) -> Any:
    """The name and size of each chunk from here on, the file standing behind its head."""
    for _ in range(_MOST_CHUNKS):
        head = file.read(8)
        if len(head) < 8:
            return
        size, start = int.from_bytes(head[4:], "little"), file.tell()
        yield head[:4], size
        file.seek(start + size + size % 2)


def _milliseconds(stated: Mapping[str, Any]) -> int:
    try:
        return max(0, round(float(stated.get("duration", 0)) * 1000))
    except (ValueError, OverflowError):  # "N/A"
        return 0
