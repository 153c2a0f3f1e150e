"""What the mixing half of the master hands to the encoding half: one stream that can be read from anywhere.

Rule: opening a mix twice gives the same samples, so that the excerpts that are tried before the encoding, and the
encoding itself, hear the same programme.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from castkit.model.programme import Loudness


@dataclass(frozen=True, slots=True)
class Mixed:
    """A programme mixed to one stream of `rate` Hz and `channels` (1 or 2) channels, `duration_ms` long.

    `open(start_ms, duration_ms)` gives an ffmpeg-python stream of it from `start_ms`, its first sample at time 0
    (duration None: to the end); it has to be quick from anywhere (`ss` of the input, no atrim from the beginning).
    `loudness` is that of the mix as it is: integrated LUFS, true peak dBTP and range LU, mono counted as dual mono.
    `curves` (frames x 3 at 10 Hz: momentary LUFS, short-term LUFS, true peak dBTP), where they are known, let the
    encoding choose its excerpts better and say how much was limited.
    """

    rate: int
    channels: int
    duration_ms: int
    loudness: Loudness
    open: Callable[[int, int | None], Any]
    curves: NDArray[np.float32] | None = field(default=None, repr=False, compare=False)
