"""What every test may use: the demonstration recordings, and the true texts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def demo_raw() -> Path:
    """The folder `episodes` of the demonstration show; recordings lie in <slug>/raw/. Read only."""
    return ROOT / "episodes"


@pytest.fixture(scope="session")
def truth() -> dict[str, Any]:
    """The spoken text of every demonstration episode, by slug."""
    return {path.stem: json.loads(path.read_text("utf-8")) for path in (ROOT / "tests/data/truth").glob("*.json")}
