"""A folder to make something in, beside the place where it will lie.

Rule: nothing of it is left, whatever happens in it; what the disk refuses is said in words.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from castkit.errors import CastkitError


@contextmanager
def work_folder(folder: Path, what: str) -> Iterator[Path]:
    """This folder, empty, and gone when the block ends; CastkitError where `what` ("the clip") cannot be written.

    A name that begins with `.part-` is swept away by the next build where castkit was killed.
    """
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        yield folder
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        raise CastkitError(
            f"{what} cannot be written: {error.strerror or error}{where}",
            "check the space and your permissions there",
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
