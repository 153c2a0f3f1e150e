"""The server is killed at any moment, while people type and drafts are written: whatever was answered is there."""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import reviewed_show
from review_client import Server, running

from castkit.subtitles.history import What

ENOUGH = 6  # edits that are answered before the moment of the kill is drawn: a machine may be slow
CYCLES = 25 if os.environ.get("CASTKIT_SOAK") == "1" else 2


def hammer(server: Server, name: str, answered: list[str]) -> None:
    """Writes new cues as fast as they are answered, until the server is gone; each answered text is noted."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        page = server.page(name)
        for at in range(100_000):
            start_ms = 20_000 + 40 * len(answered) + (20 if name.startswith("two") else 0)
            text = f"{name} {at}."
            done = page.edit([], [{"startMs": start_ms, "endMs": start_ms + 15, "text": text}])
            assert done["status"] == "done"
            answered.append(text)


def keep_writing(server: Server, chance: random.Random) -> None:
    """Has drafts written into the history all the time."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        page = server.page("three")
        while page.post("/api/accept", {"draft": chance.random() < 0.7}).status == 200:
            pass


def texts(server: Server) -> list[str]:
    cues: list[dict[str, Any]] = server.page("reader").document()["cues"]
    return [cue["text"] for cue in cues]


def killed_once(root: Path, cycle: int, wanted: list[str]) -> None:
    chance, before = random.Random(cycle), len(wanted)
    with running(root) as server:
        found = texts(server)
        assert len(set(found)) == len(found)
        assert set(wanted) <= set(found)
        threads = [
            threading.Thread(target=hammer, args=(server, f"one-{cycle}", wanted)),
            threading.Thread(target=hammer, args=(server, f"two-{cycle}", wanted)),
            threading.Thread(target=keep_writing, args=(server, chance)),
        ]
        for thread in threads:
            thread.start()
        last = time.monotonic() + 120
        while len(wanted) < before + ENOUGH and time.monotonic() < last:
            time.sleep(0.05)
        time.sleep(chance.uniform(0.3, 1.2))
        server.kill()
        for thread in threads:
            thread.join()


@pytest.mark.soak
def test_no_answered_edit_is_lost_or_doubled(tmp_path: Path) -> None:
    show = reviewed_show.make(tmp_path / "show")
    wanted: list[str] = []
    for cycle in range(CYCLES):
        killed_once(show.root, cycle, wanted)
    assert len(wanted) > 10
    with running(show.root) as server:
        found = texts(server)
        assert len(set(found)) == len(found)
        assert set(wanted) <= set(found)
        assert server.stop() == 0
    assert What.REFUSED not in {one.what for one in reviewed_show.history(show).revisions}
