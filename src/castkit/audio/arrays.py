"""Curves kept on the disk: what was measured of a sound every 32 or 100 ms, as NumPy's .npy files.

Rule: 32-bit floats in rows; a file holds no object, so reading one runs no code.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from castkit.errors import CastkitError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Curves = NDArray[np.float32]

LEVELS_HZ = 10  # rows a second of levels: momentary LUFS, short-term LUFS, true peak dBTP
COLUMNS = 3


def write_curves(path: Path, curves: Curves) -> None:
    """Writes rows × COLUMNS floats, the same bytes for the same values; OSError where they do not fit on the disk."""
    import numpy as np  # noqa: PLC0415

    content = BytesIO()  # np.save to a file would write by C's stdio, and say nothing of a disk that is full
    np.save(content, np.ascontiguousarray(curves, np.float32), allow_pickle=False)
    path.write_bytes(content.getbuffer())


def read_curves(path: Path) -> Curves:
    """The rows × COLUMNS floats in a file of `write_curves`; CastkitError where it is none."""
    import numpy as np  # noqa: PLC0415

    try:
        found = np.load(path, allow_pickle=False)
    except FileNotFoundError as error:
        raise CastkitError(f"not built yet: {path} is missing", "run: castkit build") from error
    except (OSError, ValueError, EOFError) as error:
        raise CastkitError(f"{path} is not as castkit wrote it: {error}", "delete it, and run again") from error
    if found.dtype != np.float32 or found.ndim != 2 or found.shape[1] != COLUMNS:
        raise CastkitError(
            f"{path} is not as castkit wrote it: {found.dtype}, {found.shape}", "delete it, and run again"
        )
    return np.asarray(found, np.float32)
