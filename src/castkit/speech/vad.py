"""Where somebody speaks: Silero's voice activity detector, run by onnxruntime from the file inside faster-whisper.

Rule: faster_whisper itself is never imported here (it takes 200 MB); only its model file is looked up.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from castkit.errors import ToolMissing
from castkit.speech.sound import Sound

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FRAME = 512  # samples; fixed by the detector
CONTEXT = 64  # samples before a frame that the detector sees again
BLOCK = 500 * FRAME  # 16 s at a time: longer blocks take more memory and are no faster
MEMORY = (1, 1, 128)  # shape of the detector's two recurrent states
MODEL = "silero_vad_v6.onnx"  # since faster-whisper 1.2.1
SILENCE_DB = -100.0


@dataclass(frozen=True, slots=True)
class Activity:
    """Two numbers for each frame of 32 ms: the probability of speech, and the level (RMS, dB below full scale)."""

    probability: NDArray[np.float32]
    level_db: NDArray[np.float32]


def activity(sound: Sound) -> Activity:
    """The activity of a whole track, read in blocks; a last, incomplete frame is filled up with silence.

    The detector's memory is carried from block to block, so the result is that of one run over everything.
    """
    import numpy as np  # noqa: PLC0415

    # Filled in place: small results kept between large passing blocks would pin every block's memory.
    probability, level = np.empty((2, -(-sound.length // FRAME)), np.float32)
    memory = {"h": np.zeros(MEMORY, np.float32), "c": np.zeros(MEMORY, np.float32)}
    for start in range(0, sound.length, BLOCK):
        samples = sound.read(start - CONTEXT, start + BLOCK)
        stop = min(sound.length, start + BLOCK)
        samples = np.pad(samples, (0 if start else CONTEXT, -(stop - start) % FRAME))
        frames = np.lib.stride_tricks.sliding_window_view(samples, CONTEXT + FRAME)[::FRAME]
        here = slice(start // FRAME, start // FRAME + len(frames))
        found, memory["h"], memory["c"] = _detector().run(None, {"input": np.ascontiguousarray(frames), **memory})
        probability[here] = found.reshape(-1)
        level[here] = _level_db(samples[CONTEXT:])
    return Activity(probability, level)


def _level_db(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    import numpy as np  # noqa: PLC0415

    power: NDArray[np.float64] = np.square(samples.reshape(-1, FRAME), dtype=np.float64).mean(axis=1)
    return 10 * np.log10(np.maximum(power, 10 ** (SILENCE_DB / 10)))


@cache
def _detector() -> Any:
    """Silero in a session of onnxruntime with one thread; ToolMissing where either is not installed."""
    hint = "in the folder of castkit's repository run: python -m pip install -c constraints.txt ."
    try:
        import onnxruntime  # noqa: PLC0415
    except ImportError as error:
        raise ToolMissing(f"onnxruntime is not installed: {error}", hint) from error
    options = onnxruntime.SessionOptions()
    options.inter_op_num_threads = options.intra_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # the arena would keep the largest block's memory
    options.log_severity_level = 4  # it warns of machines without a graphics card
    return onnxruntime.InferenceSession(str(_model(hint)), options, providers=["CPUExecutionProvider"])


def _model(hint: str) -> Path:
    found = find_spec("faster_whisper")
    for folder in (found.submodule_search_locations or ()) if found else ():
        path = Path(folder) / "assets" / MODEL
        if path.is_file():
            return path
    raise ToolMissing(f"faster-whisper 1.2.1 or newer, which brings {MODEL}, is not installed", hint)
