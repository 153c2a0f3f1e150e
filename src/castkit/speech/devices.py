"""How recognition computes where nobody has said: numbers, beam and batch by kind of device.

Rule: fixed values, so that a run is repeatable; a machine's own, measured by `castkit doctor --tune`, are settings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from castkit.model.show import SpeechSettings


@dataclass(frozen=True, slots=True)
class Way:
    """How a model is run; `batch_size` is the number of windows of 30 s heard at once."""

    device: str
    compute_type: str
    beam_size: int
    batch_size: int


# On a CPU int8 is smaller and not faster, and a beam costs half the time again (benchmarks/RESULTS.md): there it is for
# languages that gain by it (languages.ALIKE) and for windows a greedy pass is unsure of. A GPU has it for little.
WAYS = {
    "cpu": Way("cpu", "float32", beam_size=1, batch_size=8),
    "cuda": Way("cuda", "float16", beam_size=5, batch_size=16),
}

# What is worth trying, the usual one first: others are slower everywhere, or less exact.
TYPES = {"cpu": ("float32", "int8", "int16", "bfloat16"), "cuda": ("float16", "int8_float16", "bfloat16")}


def chosen(settings: SpeechSettings, device: str) -> Way:
    """The settings, and the device's own values for those that are not given."""
    usual = WAYS.get(device, WAYS["cpu"])
    return Way(
        device,
        settings.compute_type or usual.compute_type,
        settings.beam_size or usual.beam_size,
        settings.batch_size or usual.batch_size,
    )
