"""The few places where an MP3 decodes above its true peak, lowered in the file itself, without encoding it again.

Rule: only the gain of frames is changed (ISO 11172-3, 2.4.1.7: `global_gain`, in steps of 1.5 dB), as mp3gain does for
whole files; what was changed is decoded again and measured.

An encoder's overshoot is in one frame in some hundreds, up to 4 dB. A limiter low enough for the worst of them would
press the whole programme for it: louder gain, more limiting, more overshoot.
"""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path
from typing import IO, TYPE_CHECKING

from castkit import ffmpeg
from castkit.audio.listen import Heard, measure
from castkit.audio.mp3crc import change, crc
from castkit.audio.r128 import integrated
from castkit.audio.truepeak import Peaks

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Levels = NDArray[np.float32]

MOST = 0.02
"""The share of a programme, in frames of 100 ms, that is lowered at most."""

STEP_DB = 1.505  # 2 ** (1 / 4)
_GRANULE, _FRAME = 576, 1152  # samples
_ROUNDS = 8
_NOTHING_LU = 0.05
_WINDOW = 4  # frames of 100 ms that a momentary loudness is of
_MARGIN_DB = 0.03  # a figure of dBTP is rounded to hundredths
_LEAD = 8  # MP3 frames before what is looked at: two for the bit reservoir, one for each overlap, and some to spare
_AROUND = 2  # MP3 frames on either side: what lowering a granule reaches
# Of the side information: the bit the first global_gain begins at, and how far it is from one granule's to the next.
_GAIN_BIT = {1: 18 + 21, 2: 20 + 21}
_GRANULE_BITS = 59
# Of the tag with all its fields: the byte each begins at. A decoder's own delay of samples is added to the encoder's.
_ALL_FIELDS, _DELAY, _MUSIC_CRC, _TAG_CRC, _DECODERS_DELAY = 15, 141, 152, 154, 529
_RATES_HZ = (44_100, 48_000, 32_000)
_KBPS = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)


def lower_peaks(path: Path, heard: Heard, ceiling_dbtp: float) -> Heard:
    """Lowers what decodes above `ceiling_dbtp`, and gives how the file is heard then; `heard` is how it was before.

    The file, written by castkit with LAME's tag, is left as it is where more than MOST would be lowered.
    """
    import numpy as np  # noqa: PLC0415

    high = np.flatnonzero(np.round(heard.curves[:, 2], 2) > ceiling_dbtp)
    if not len(high) or len(high) > MOST * len(heard.curves):
        return heard
    with path.open("r+b") as file:
        mp3 = _Mp3.read(file)
        if mp3 is None:
            return heard
        spans = _spans(mp3, high.tolist())
        levels = _decoded(file, mp3, spans)
        for _ in range(_ROUNDS):
            if levels is None:
                return heard
            dips = _dips(levels, spans, ceiling_dbtp - _MARGIN_DB)
            if not dips:
                break
            mp3.lower(file, dips)
            levels = _decoded(file, mp3, spans)
    if levels is None:
        return heard
    found = _reheard(heard, mp3, dict(zip(_granules(spans), levels.tolist(), strict=True)), high.tolist())
    if _most_lost(heard, found) < _NOTHING_LU:
        return found
    return measure(path, heard.duration_ms, form=(mp3.rate, mp3.channels))


@dataclass(frozen=True, slots=True)
class _Mp3:
    """Where the frames of sound begin, and where they end; `skip` samples of what they decode to are no sound.

    LAME's tag is `tag` bytes from the file's start.
    """

    offsets: array[int]
    end: int
    rate: int
    channels: int
    tag: int
    skip: int

    @classmethod
    def read(cls, file: IO[bytes]) -> _Mp3 | None:
        """None where it is not what castkit writes: MPEG-1, layer III, no checksums, a tag of LAME's in front."""
        file.seek(0)
        head = file.read(4)
        if not _is_frame(head):
            return None
        channels = 1 if head[3] >> 6 == 3 else 2
        tag = file.read(_length(head) - 4)[_side_bytes(channels) :]
        if tag[:4] not in (b"Info", b"Xing") or tag[7] != _ALL_FIELDS or len(tag) < _TAG_CRC + 2:
            return None
        rate, offset, offsets = _rate(head), _length(head), array("Q")
        file.seek(offset)
        while _is_frame(head := file.read(4)):
            offsets.append(offset)
            offset += _length(head)
            file.seek(offset)
        skip = (int.from_bytes(tag[_DELAY : _DELAY + 3], "big") >> 12) + _DECODERS_DELAY
        return cls(offsets, offset, rate, channels, 4 + _side_bytes(channels), skip) if offsets else None

    def lower(self, file: IO[bytes], dips: Mapping[int, int]) -> None:
        """Takes so many steps off the gain of these granules, and corrects the checksums of the tag."""
        changed = 0
        for granule, steps in dips.items():
            if granule // 2 in range(len(self.offsets)):
                changed ^= self._lower(file, granule, steps)
        at = self.tag + _MUSIC_CRC
        file.seek(0)
        head = bytearray(file.read(at + 4))
        head[at : at + 2] = (int.from_bytes(head[at : at + 2], "big") ^ changed).to_bytes(2, "big")
        head[at + 2 :] = crc(bytes(head[: at + 2])).to_bytes(2, "big")
        file.seek(0)
        file.write(head)
        file.flush()

    def _lower(self, file: IO[bytes], granule: int, steps: int) -> int:
        """In every channel: middle and side are channels, too. Gives the change of the checksum."""
        frame, half = divmod(granule, 2)
        at, size = self.offsets[frame] + 4, _side_bytes(self.channels)
        file.seek(at)
        before = file.read(size)
        side = int.from_bytes(before, "big")
        for channel in range(self.channels):
            shift = 8 * (size - 1) - _GAIN_BIT[self.channels] - (half * self.channels + channel) * _GRANULE_BITS
            side -= min(side >> shift & 0xFF, steps) << shift
        after = side.to_bytes(size, "big")
        file.seek(at)
        file.write(after)
        return change(before, after, self.end - at - size)


def _is_frame(head: bytes) -> bool:
    """Of MPEG-1, layer III, without a checksum."""
    if len(head) < 4 or head[0] != 0xFF or head[1] != 0xFB:
        return False
    return 0 < head[2] >> 4 < len(_KBPS) and head[2] >> 2 & 3 < len(_RATES_HZ)


def _rate(head: bytes) -> int:
    return _RATES_HZ[head[2] >> 2 & 3]


def _length(head: bytes) -> int:
    return 144_000 * _KBPS[head[2] >> 4] // _rate(head) + (head[2] >> 1 & 1)


def _side_bytes(channels: int) -> int:
    return 17 if channels == 1 else 32


def _spans(mp3: _Mp3, high: Sequence[int]) -> list[range]:
    """The MP3 frames around those frames of 100 ms, in order, none twice."""
    spans: list[range] = []
    for place in high:
        slots = _slots(mp3, place)
        first, last = max(0, slots[0] // 2 - _AROUND), min(len(mp3.offsets), slots[-1] // 2 + 1 + _AROUND)
        if spans and first <= spans[-1].stop:
            spans[-1] = range(spans[-1].start, max(last, spans[-1].stop))
        elif first < last:
            spans.append(range(first, last))
    return spans


def _slots(mp3: _Mp3, place: int) -> range:
    """The granules during which a frame of 100 ms comes out of a decoder."""
    samples = max(1, mp3.rate // 10)
    start = place * samples + mp3.skip
    return range(start // _GRANULE, (start + samples - 1) // _GRANULE + 1)


def _granules(spans: Sequence[range]) -> Iterator[int]:
    for span in spans:
        yield from range(2 * span.start, 2 * span.stop)


def _decoded(file: IO[bytes], mp3: _Mp3, spans: Sequence[range]) -> Levels | None:
    """The true peak in dBTP of every granule of the spans: they alone are decoded, after each other.

    None where they do not come out as long as they went in.
    """
    import numpy as np  # noqa: PLC0415

    peaks = Peaks(mp3.channels, _GRANULE)
    wanted: list[bool] = []
    with tempfile.TemporaryDirectory() as folder:
        pieces = Path(folder) / "pieces.mp3"
        with pieces.open("wb") as out:
            for span in spans:
                lead = max(0, span.start - _LEAD)
                file.seek(mp3.offsets[lead])
                end = mp3.offsets[span.stop] if span.stop < len(mp3.offsets) else mp3.end
                out.write(file.read(end - mp3.offsets[lead]))
                wanted += [False] * 2 * (span.start - lead) + [True] * 2 * len(span)
        stream = ffmpeg.source(pieces, formats=("mp3",), f="mp3")["a:0"]
        job = stream.output("pipe:1", format="f32le", acodec="pcm_f32le", ar=mp3.rate, ac=mp3.channels)
        for block in ffmpeg.blocks(job, size=_FRAME * 40 * mp3.channels * 4, doing=f"looking at peaks of {file.name}"):
            peaks.add(block)
    levels = peaks.of_frames().max(axis=1)
    if peaks.samples != _GRANULE * len(wanted):
        return None
    found: Levels = levels[np.array(wanted)]
    return found


def _dips(levels: Levels, spans: Sequence[range], aim_dbtp: float) -> Mapping[int, int]:
    """By how many steps which granules are to be lowered; none by more than one step less than the next."""
    dips: dict[int, int] = {}
    for granule, level in zip(_granules(spans), levels.tolist(), strict=True):
        steps = ceil((level - aim_dbtp) / STEP_DB)
        # What is heard during a granule is the overlap of it and the one before, spread by the filter bank's 512 taps.
        for beside in range(-steps, steps) if steps > 0 else ():
            here = granule + beside
            dips[here] = max(dips.get(here, 0), steps - max(-1 - beside, beside, 0))
    return dips


def _reheard(heard: Heard, mp3: _Mp3, levels: Mapping[int, float], high: Sequence[int]) -> Heard:
    curves = heard.curves.copy()
    for place in high:
        curves[place, 2] = max((levels[slot] for slot in _slots(mp3, place) if slot in levels), default=0.0)
    peak = round(float(curves[:, 2].max()), 2)
    return replace(heard, loudness=replace(heard.loudness, true_peak_dbtp=peak), curves=curves)


def _most_lost(before: Heard, after: Heard) -> float:
    """How much loudness, in LU, the lowering took at most: as if it had lasted as long as the window it is heard in."""
    import numpy as np  # noqa: PLC0415

    curves = before.curves.copy()
    lowered = before.curves[:, 2] - after.curves[:, 2]
    for late in range(_WINDOW):
        taken = lowered[: len(lowered) - late]
        curves[late:, 0] = np.minimum(curves[late:, 0], before.curves[late:, 0] - taken)
    return integrated(before.curves) - integrated(curves)
