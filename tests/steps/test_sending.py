"""Sending an episode's files: what is there, what somebody else put there meanwhile, what is told; copies of a show."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from castkit.errors import StoreError
from castkit.steps.feed_race import put_over, versions
from castkit.steps.sending import put_whole, seen_by_listeners
from castkit.steps.stored_copies import published_files
from castkit.storage.folder import FolderStore
from castkit.storage.s3 import S3Store
from castkit.storage.store import NOTHING, Listed, LostRace, Terms
from s3server import S3Server

KEY = "episodes/a/a-0123456789ab.mp3"


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    if request.param == "folder":
        return FolderStore(tmp_path / "public", base_url="https://cast.example")
    server: S3Server = request.getfixturevalue("s3_server")
    return S3Store(server.settings(prefix=tmp_path.name))


def terms(path: Path) -> Terms:
    return Terms("audio/mpeg", "", hashlib.sha256(path.read_bytes()).hexdigest())


def test_what_is_there_is_not_sent_and_what_is_damaged_is(store: Any, tmp_path: Path) -> None:
    path, other = tmp_path / "a", tmp_path / "other"
    path.write_bytes(b"sound")
    other.write_bytes(b"noise")
    assert put_whole(store, path, terms(path), key=KEY)
    assert not put_whole(store, path, terms(path), key=KEY)
    store.put(KEY, other, content_type="audio/mpeg", cache_control="")
    assert put_whole(store, path, terms(path), key=KEY)
    assert store.get(KEY) == b"sound"


def test_somebody_else_is_first_with_the_same_file(store: Any, tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"sound")
    send = store.send

    def late(key: str, source: Path, given: Terms, progress: Any = None) -> Any:
        store.send = send
        send(key, source, terms(path))
        return send(key, source, given, progress)

    store.send = late
    assert not put_whole(store, path, terms(path), key=KEY), "it is there, and not by us"
    assert store.get(KEY) == b"sound"


def test_an_object_that_never_rests_is_told(store: Any, tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"sound")

    def taken(*_: Any) -> Any:
        raise LostRace("somebody else")

    store.send = taken
    with pytest.raises(StoreError, match="being written by somebody else"):
        put_whole(store, path, terms(path), key=KEY)


def test_a_feed_goes_over_the_version_that_was_seen(store: Any, tmp_path: Path) -> None:
    mine, theirs = tmp_path / "mine", tmp_path / "theirs"
    mine.write_bytes(b"<rss>mine</rss>")
    theirs.write_bytes(b"<rss>theirs</rss>")
    before = versions(store, ["feeds/en.xml"])
    assert before == {"feeds/en.xml": NOTHING}
    assert put_over(store, "feeds/en.xml", theirs, NOTHING)
    with pytest.raises(LostRace):
        put_over(store, "feeds/en.xml", mine, before["feeds/en.xml"])
    assert not put_over(store, "feeds/en.xml", theirs, before["feeds/en.xml"]), "the very same needs no sending"
    assert put_over(store, "feeds/en.xml", mine, versions(store, ["feeds/en.xml"])["feeds/en.xml"])
    assert store.get("feeds/en.xml") == b"<rss>mine</rss>"


def test_a_killed_publishers_lock_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("castkit.storage.folder._HELD_S", -1.0)
    store = FolderStore(tmp_path / "public", base_url="https://cast.example")
    store.folder.mkdir()
    store.lock_path("feeds/en.xml").touch()
    path = tmp_path / "a"
    path.write_bytes(b"<rss/>")
    assert put_over(store, "feeds/en.xml", path, NOTHING)
    assert list(store.list()) == ["feeds/en.xml"]
    assert [one.name for one in store.folder.rglob("*") if one.is_file()] == ["en.xml"]


def test_nobody_looks_at_a_loopback_address() -> None:
    assert seen_by_listeners([]) == []


class Counting:
    """A store whose listing tells versions, and that counts what is fetched."""

    name = "counting"

    def __init__(self, **files: bytes) -> None:
        self.files, self.fetched = files, 0

    def listing(self, prefix: str) -> list[Listed]:
        return [
            Listed(f"episodes/{slug}/published.json", len(data), f'"{hashlib.md5(data).hexdigest()}"')  # noqa: S324
            for slug, data in self.files.items()
        ]

    def get(self, key: str) -> bytes:
        self.fetched += 1
        slug = key.split("/")[1]
        if slug not in self.files:
            raise StoreError(f"{key} is not there")
        return self.files[slug]

    def head(self, key: str, *, digest: bool = True) -> None:
        return None


def test_only_what_is_new_is_fetched(tmp_path: Path) -> None:
    store: Any = Counting(a=b'{"a": 1}', b=b'{"b": 1}')
    assert published_files(store, tmp_path) == store.files
    assert published_files(store, tmp_path) == store.files
    assert store.fetched == 2
    store.files["b"] = b'{"b": 2}'
    assert published_files(store, tmp_path)["b"] == b'{"b": 2}'
    assert store.fetched == 3
    del store.files["a"]
    assert published_files(store, tmp_path) == {"b": b'{"b": 2}'}
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1, "copies of what is gone go too"


def test_a_copy_cut_short_is_fetched_again(tmp_path: Path) -> None:
    store: Any = Counting(a=b'{"a": 1}')
    published_files(store, tmp_path)
    (copy,) = (path for path in tmp_path.rglob("*") if path.is_file())
    copy.write_bytes(b"{")
    assert published_files(store, tmp_path) == store.files


def test_what_is_taken_out_while_it_is_listed_is_no_error(tmp_path: Path) -> None:
    store: Any = Counting(a=b'{"a": 1}', b=b"{}")
    listed = store.listing("")
    del store.files["a"]
    store.listing = lambda _: listed
    assert published_files(store, None) == {"b": b"{}"}
