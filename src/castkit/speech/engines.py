"""The speech engines castkit knows: where each computes, in which numbers, and how it is opened.

Rule: an engine's module, and with it its library, is imported only when that engine is asked for.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Protocol

from castkit.errors import CastkitError
from castkit.speech.devices import TYPES, WAYS
from castkit.speech.transcriber import Transcriber

ENGINES = ("faster-whisper", "openai-whisper")


class Engine(Protocol):
    """What the module of an engine offers; each raises ToolMissing where the engine's library is not installed."""

    def has_gpu(self) -> bool:
        """Whether the engine finds a GPU."""

    def compute_types(self, device: str) -> Collection[str]:
        """The numbers that the engine can compute with on this machine."""

    def open_model(self, folder: Path, *, device: str, compute_type: str) -> Transcriber:
        """The model in `folder` (CTranslate2 form), loaded; CastkitError where device or weights do not fit it."""


def _engine(name: str) -> Engine:
    if name == "faster-whisper":
        from castkit.speech import faster  # noqa: PLC0415

        return faster
    if name == "openai-whisper":
        from castkit.speech import openai  # noqa: PLC0415

        return openai
    raise CastkitError(f"there is no speech engine {name!r}", f"choose {' or '.join(ENGINES)}")


def device_of(engine: str, asked: str = "auto") -> str:
    """The device an engine runs on: as asked, or a GPU where the engine finds one.

    Raises ToolMissing where the engine is not installed, CastkitError where there is no such engine.
    """
    if asked != "auto":
        return asked
    return "cuda" if _engine(engine).has_gpu() else "cpu"


def compute_types(engine: str, device: str) -> tuple[str, ...]:
    """The numbers that are worth trying on this machine, the usual ones first; errors as of `device_of`."""
    able = _engine(engine).compute_types(device)
    return tuple(one for one in TYPES[device] if one in able)


def open_transcriber(
    engine: str, folder: Path, *, device: str = "auto", compute_type: str | None = None
) -> Transcriber:
    """The engine of this name with the model in `folder` (CTranslate2 form); None computes as is usual on the device.

    Raises ToolMissing where the engine is not installed, CastkitError where device or weights do not fit it.
    """
    on = device_of(engine, device)
    numbers = compute_type or WAYS.get(on, WAYS["cpu"]).compute_type
    return _engine(engine).open_model(folder, device=on, compute_type=numbers)
