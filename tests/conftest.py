"""What every test may use: the demonstration recordings, and the true texts."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import s3server
from readers import feedsmith_reader

ROOT = Path(__file__).parent.parent

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell starts what it puts in the background deaf to Ctrl-C, and children inherit that: the tests interrupt some.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def demo_raw() -> Path:
    """The folder `episodes` of the demonstration show; recordings lie in <slug>/raw/. Read only."""
    return ROOT / "episodes"


@pytest.fixture(scope="session")
def truth() -> dict[str, Any]:
    """The spoken text of every demonstration episode, by slug."""
    return {path.stem: json.loads(path.read_text("utf-8")) for path in (ROOT / "tests/data/truth").glob("*.json")}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """Mounts a disk of so many kB; skipped where this user may not."""
    folder = tmp_path / "disk"
    folder.mkdir()

    def mount(kilobytes: int) -> Path:
        command = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)]
        if shutil.which("mount") is None or subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("only an administrator may mount a disk")
        return folder

    yield mount
    if os.path.ismount(folder):
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture(scope="session")
def _s3_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[s3server.S3Server]:
    with s3server.running(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def s3_server(_s3_process: s3server.S3Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> s3server.S3Server:
    """A real S3 server, one for all tests, with its keys in the environment and no others."""
    s3server.sign_in(monkeypatch, tmp_path)
    return _s3_process


@pytest.fixture(scope="session")
def feedsmith_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the feed reader feedsmith installed, for `feedsmith_reader.feedsmith`."""
    folder = tmp_path_factory.mktemp("readers")
    feedsmith_reader.install(folder)
    return folder
