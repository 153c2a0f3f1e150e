"""The stretch of time a mix is made on, and where a millisecond lies in it.

Rule: every position is one rounding of a time from the start, so that rounding never adds up, at 44.1 kHz neither.
"""

from __future__ import annotations

from dataclasses import dataclass

SAMPLE_BYTES = 4  # 32-bit floats: nothing clips before the limiter


@dataclass(frozen=True, slots=True)
class Canvas:
    """`start_ms` to `end_ms` of a clock, as sound of `rate` Hz and `channels` (1 or 2).

    `start_ms` may be negative: a recording that began before the others.
    """

    rate: int
    channels: int
    start_ms: int
    end_ms: int

    @property
    def samples(self) -> int:
        """How many samples (of every channel) it is long."""
        return self.sample(self.end_ms)

    @property
    def frame_bytes(self) -> int:
        """Bytes of one sample of all channels in a file of bare floats."""
        return SAMPLE_BYTES * self.channels

    def sample(self, ms: int) -> int:
        """The sample that lies at a time of the clock, counted from the start; negative before it."""
        return samples(ms - self.start_ms, self.rate)


def samples(ms: int, rate: int) -> int:
    """A length in ms as samples at `rate` Hz, to the nearest."""
    return (ms * rate + 500) // 1000
