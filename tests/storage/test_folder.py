"""What only a folder can get wrong: disks, renames, kills."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from castkit import atomic
from castkit.errors import StoreError
from castkit.storage import folder
from castkit.storage.caching import SHORT
from castkit.storage.folder import FolderStore


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "public", base_url="http://127.0.0.1:8000")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.mp3"
    path.write_bytes(b"sound" * 1000)
    return path


def put(store: FolderStore, key: str, source: Path) -> None:
    store.put(key, source, content_type="audio/mpeg", cache_control=SHORT)


def test_laid_out_as_the_bucket_would_be(store: FolderStore, source: Path) -> None:
    put(store, "episodes/a/b.mp3", source)
    assert (store.folder / "episodes" / "a" / "b.mp3").read_bytes() == source.read_bytes()
    assert [path.name for path in store.folder.rglob("*") if path.is_file()] == ["b.mp3"]


def test_a_file_in_the_folders_place(tmp_path: Path, source: Path) -> None:
    (tmp_path / "public").write_bytes(b"a file")
    store = FolderStore(tmp_path / "public", base_url="http://127.0.0.1:8000")
    for act in (store.check, lambda: put(store, "a/b.mp3", source)):
        with pytest.raises(StoreError, match="cannot write") as caught:
            act()
        assert "make the folder writable" in caught.value.hint
    assert list(store.list()) == []


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_is_read_only(store: FolderStore, source: Path) -> None:
    store.folder.mkdir()
    store.folder.chmod(0o500)
    with pytest.raises(StoreError, match="cannot write"):
        store.check()
    store.folder.chmod(0o700)


def test_a_target_that_is_a_folder(store: FolderStore, source: Path) -> None:
    put(store, "a/b.mp3", source)
    with pytest.raises(StoreError, match="cannot write a in the folder"):
        put(store, "a", source)
    assert list(store.list()) == ["a/b.mp3"]
    assert not list(store.folder.glob(".*"))


def test_damage_on_the_way_is_noticed(store: FolderStore, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(store, "a.mp3", source)
    source.write_bytes(b"noise" * 1000)
    real = os.fsync

    def failing_disk(handle: int) -> None:
        real(handle)
        with atomic.part_of(store.path("a.mp3")).open("r+b") as file:
            file.write(b"X")

    monkeypatch.setattr(os, "fsync", failing_disk)
    with pytest.raises(StoreError, match=r"a\.mp3 was damaged") as caught:
        put(store, "a.mp3", source)
    assert caught.value.hint
    assert store.get("a.mp3") == b"sound" * 1000, "what was there before stays"
    assert [path.name for path in store.folder.iterdir()] == ["a.mp3"]


def test_renames_that_fail_three_times(store: FolderStore, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, left = os.replace, [3]

    def rename(one: Path, other: Path) -> None:
        left[0] -= 1
        if left[0] >= 0:
            raise PermissionError(13, "Access is denied")
        real(one, other)

    monkeypatch.setattr(os, "replace", rename)
    put(store, "a.mp3", source)
    assert store.get("a.mp3") == source.read_bytes()


_KILLED = """
import os, signal, sys
from pathlib import Path
from castkit.storage import folder
from castkit.storage.folder import FolderStore
def die(done):
    if done >= 2_000_000:
        os.kill(os.getpid(), signal.SIGKILL)
FolderStore(Path(sys.argv[1]), base_url="http://x").put(
    "a/b.mp3", Path(sys.argv[2]), content_type="audio/mpeg", cache_control="", progress=die)
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL on Windows")
def test_a_kill_leaves_no_object_and_the_next_put_cleans_up(store: FolderStore, source: Path) -> None:
    source.write_bytes(b"x" * 4_000_000)
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(store.folder), str(source)], check=False)
    assert killed.returncode == -9
    assert atomic.part_of(store.path("a/b.mp3")).exists(), "it was killed in the middle"
    assert list(store.list()) == []
    assert store.head("a/b.mp3") is None
    put(store, "a/b.mp3", source)
    assert [path.name for path in store.folder.rglob("*") if path.is_file()] == ["b.mp3"]


def test_what_others_left_unfinished_goes_after_a_day(store: FolderStore, source: Path) -> None:
    store.folder.mkdir()
    old, young = atomic.part_of(store.folder / "old"), atomic.part_of(store.folder / "young")
    for path in (old, young):
        path.write_bytes(b"half")
    long_ago = time.time() - 2 * 86_400
    os.utime(old, (long_ago, long_ago))
    put(store, "a.mp3", source)
    assert not old.exists()
    assert young.exists()


@pytest.mark.parametrize("age_s", [-86_400, 60], ids=["made tomorrow, by a clock put back since", "a minute old"])
def test_a_lock_that_a_killed_process_left_goes_with_the_next_check(
    store: FolderStore, source: Path, monkeypatch: pytest.MonkeyPatch, age_s: float
) -> None:
    monkeypatch.setattr(folder, "_HELD_S", 0.05)
    put(store, "a/b.mp3", source)
    left = store.lock_path("a/b.mp3")
    left.write_bytes(b"")
    os.utime(left, (time.time() - age_s, time.time() - age_s))
    store.check()
    assert [path.name for path in store.folder.rglob("*") if path.is_file()] == ["b.mp3"]


def test_a_check_looks_into_no_folder_of_an_episode(store: FolderStore, source: Path) -> None:
    """A show of years has thousands of them, and every run begins with a check."""
    put(store, "episodes/a/a.mp3", source)
    unseen = store.folder / "episodes/a/.a.held.castkit-part"
    unseen.write_bytes(b"")
    os.utime(unseen, (0, 0))
    store.check()
    assert unseen.exists()
    put(store, "episodes/a/b.mp3", source)
    assert not unseen.exists(), "who sends into it tidies it"


def test_names_that_are_one_file_on_some_systems_have_one_lock(store: FolderStore) -> None:
    names = {store.lock_path(key) for key in ("episodes/caf\u00e9/A.xml", "episodes/cafe\u0301/a.xml")}
    assert len(names) == 1
    assert store.lock_path("feeds/en.xml") not in names


def test_head_can_do_without_reading_the_file(store: FolderStore, source: Path) -> None:
    put(store, "a.mp3", source)
    assert store.head("a.mp3", digest=False).sha256 is None
    assert store.head("a.mp3", digest=False).size == 5000
