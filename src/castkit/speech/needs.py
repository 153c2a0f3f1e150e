"""What recognition takes of a machine, so that no more of it is begun at once than there is room for.

Rule: known before the model is loaded, from the size of its file alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from castkit.errors import ToolMissing
from castkit.speech import models, threads

if TYPE_CHECKING:
    from castkit.speech.devices import Way

# A batch of windows and all that is not weights. Measured (benchmarks/RESULTS.md) for base, whose weights take 0.3 GB:
# 1.22 GB in two languages, 1.38 GB with the worst windows there can be.
_BATCH = 1_100_000_000
_ROUND_WEIGHTS = 4 / 3  # what is beside them while they are in use
# Bytes in memory for one in model.bin, whose numbers are float16.
_SIZES = {"float32": 2.0, "int8": 0.5, "int8_float32": 0.5, "int8_float16": 0.5, "int8_bfloat16": 0.5}
_BUSY = 0.75  # of the threads; 1.6 of 2 cores were


def memory_bytes(model: str, root: Path, *, way: Way) -> int:
    """The main memory that recognition takes at its peak with this model, given as `[speech] model` is.

    Where a known model is not on this machine it is told by its name: another machine may have it. CastkitError where
    there is none of that name or in that folder.
    """
    try:
        weights = (models.locate(model, root) / "model.bin").stat().st_size
    except ToolMissing:
        weights = models.by_name(model).size
    held = 1.0 if way.device != "cpu" else _SIZES.get(way.compute_type, 1.0) * _ROUND_WEIGHTS  # a GPU holds its own
    return round(_BATCH + weights * held)


def cores(device: str) -> float:
    """The cores that it keeps busy; beside a GPU one is, with spectra and texts."""
    return 1.0 if device != "cpu" else threads.COUNT * _BUSY
