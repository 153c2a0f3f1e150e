"""What every store promises, held against a folder and a real S3 server."""

from __future__ import annotations

import hashlib
import itertools
import time
import urllib.parse
from pathlib import Path

import pytest

from castkit.errors import StoreError
from castkit.model.show import StoreSettings
from castkit.storage.caching import FOREVER, SHORT
from castkit.storage.open import open_store
from castkit.storage.store import LostRace, Store

_COUNT = itertools.count()


@pytest.fixture(params=["folder", "s3", "s3-prefix"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "folder":
        return open_store(StoreSettings(base_url="https://cast.example/"), tmp_path)
    server = request.getfixturevalue("s3_server")
    bucket = server.make_bucket(f"contract-{next(_COUNT)}")
    more = {"prefix": "shows/one"} if request.param == "s3-prefix" else {}
    return open_store(server.settings(bucket, **more), tmp_path)


def put(store: Store, key: str, data: bytes, tmp_path: Path, content_type: str = "audio/mpeg"):
    source = tmp_path / "source.bin"
    source.write_bytes(data)
    return store.put(key, source, content_type=content_type, cache_control=FOREVER)


@pytest.mark.parametrize("size", [0, 1, 100_000])
def test_what_was_put_is_there(store: Store, tmp_path: Path, size: int) -> None:
    data = bytes(index % 251 for index in range(size))
    info = put(store, "episodes/a/a-0123456789ab.mp3", data, tmp_path)
    assert info == store.head("episodes/a/a-0123456789ab.mp3")
    assert (info.size, info.sha256) == (size, hashlib.sha256(data).hexdigest())
    assert info.content_type == "audio/mpeg"
    assert store.get("episodes/a/a-0123456789ab.mp3") == data


def test_names_in_any_script(store: Store, tmp_path: Path) -> None:
    key = "episodes/第二集/a b+c%20#é.srt"
    put(store, key, b"one", tmp_path, "application/x-subrip; charset=utf-8")
    assert store.get(key) == b"one"
    assert list(store.list("episodes/第")) == [key]
    assert store.head(key).content_type == "application/x-subrip; charset=utf-8"
    address = store.url(key)
    assert address.isascii()
    assert urllib.parse.unquote(address) == f"https://cast.example/{key}"


def test_put_replaces(store: Store, tmp_path: Path) -> None:
    put(store, "feeds/en.xml", b"a long first version", tmp_path)
    put(store, "feeds/en.xml", b"second", tmp_path)
    assert store.get("feeds/en.xml") == b"second"
    assert store.head("feeds/en.xml").size == 6
    assert list(store.list()) == ["feeds/en.xml"]


def test_listing_is_sorted_by_the_whole_key(store: Store, tmp_path: Path) -> None:
    keys = ["a/x.mp3", "a-b/x.mp3", "a/b/x.mp3", "a.mp3", "b/x.mp3", "a/y.mp3"]
    for key in keys:
        put(store, key, b"x", tmp_path)
    assert list(store.list()) == sorted(keys)
    assert list(store.list("a/")) == ["a/b/x.mp3", "a/x.mp3", "a/y.mp3"]
    assert list(store.list("a")) == sorted(key for key in keys if key.startswith("a"))
    assert list(store.list("nothing")) == []


def test_what_is_not_there(store: Store) -> None:
    assert store.head("episodes/none.mp3") is None
    with pytest.raises(StoreError, match=r"episodes/none\.mp3 is not in") as caught:
        store.get("episodes/none.mp3")
    assert caught.value.hint
    store.delete("episodes/none.mp3")


def test_a_part_of_it(store: Store, tmp_path: Path) -> None:
    put(store, "a.mp3", b"0123456789", tmp_path)
    assert [store.part("a.mp3", start, 4) for start in (0, 4, 8)] == [b"0123", b"4567", b"89"]
    with pytest.raises(StoreError):
        store.part("none.mp3", 0, 4)


def test_a_listing_says_when(store: Store, tmp_path: Path) -> None:
    before = time.time()
    put(store, "a.mp3", b"x", tmp_path)
    (listed,) = store.listing()
    assert before - 120 < listed.modified < time.time() + 120, "by the store's own clock"


def test_delete(store: Store, tmp_path: Path) -> None:
    put(store, "episodes/a.mp3", b"x", tmp_path)
    store.delete("episodes/a.mp3")
    assert store.head("episodes/a.mp3") is None
    assert list(store.list()) == []


def test_delete_one_version_only(store: Store, tmp_path: Path) -> None:
    before = put(store, "episodes/a.json", b"{}", tmp_path)
    now = put(store, "episodes/a.json", b"[]", tmp_path)
    with pytest.raises(LostRace, match=r"episodes/a\.json was written by somebody else"):
        store.delete("episodes/a.json", over=before.tag)
    assert store.get("episodes/a.json") == b"[]"
    store.delete("episodes/a.json", over=now.tag)
    assert store.head("episodes/a.json") is None
    store.delete("episodes/a.json", over=now.tag)
    assert list(store.list()) == []


def test_a_folder_is_no_object(store: Store, tmp_path: Path) -> None:
    put(store, "episodes/a.mp3", b"x", tmp_path)
    assert store.head("episodes") is None
    with pytest.raises(StoreError):
        store.get("episodes")


def test_check_leaves_nothing_behind(store: Store) -> None:
    store.check()
    assert list(store.list()) == []


def test_progress_ends_at_the_size(store: Store, tmp_path: Path) -> None:
    source, seen = tmp_path / "big", []
    source.write_bytes(b"x" * 3_000_000)
    store.put("a.mp3", source, content_type="audio/mpeg", cache_control=SHORT, progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 3_000_000


BAD_KEYS = [
    *(
        "",
        "/etc/passwd",
        "../x",
        "a/../../x",
        "a//b",
        "a/",
        "a/./b",
        "a\\b",
        "C:/x",
        "a:b",
        "a\nb",
        "nul.txt",
        "a/COM1",
    ),
    *("a/COM1", "a.", "a /b", "x" * 256, "a/" * 600 + "b", "\ud800", ".a.castkit-part", "a?b", "a*"),
]


def test_keys_that_no_store_takes(store: Store, tmp_path: Path) -> None:
    for key in BAD_KEYS:
        for refuse in (store.url, store.head, store.get, store.delete, lambda key: put(store, key, b"x", tmp_path)):
            with pytest.raises(StoreError, match="cannot be a name"):
                refuse(key)


def test_the_name_tells_where_it_is(store: Store) -> None:
    assert store.name.startswith(("folder /", "bucket contract-"))
    assert "secret" not in store.name


def test_a_source_that_is_gone(store: Store, tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        store.put("a.mp3", tmp_path / "none", content_type="audio/mpeg", cache_control=SHORT)
    assert list(store.list()) == []
