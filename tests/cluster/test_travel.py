"""Files between machines: named by their content, whole and checked on arrival, and what is done written once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest

from castkit.cluster.errand import Outcome
from castkit.cluster.travel import Content, Gone, Travel, blob_key, receipt_key
from castkit.errors import CastkitError
from castkit.storage.folder import FolderStore
from castkit.storage.s3 import S3Store
from castkit.storage.store import Store, Terms
from s3server import S3Server

KEY = "5" * 64


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "folder":
        yield FolderStore(tmp_path / "travel", base_url="http://127.0.0.1:8000")
        return
    server: S3Server = request.getfixturevalue("s3_server")
    yield S3Store(server.settings(prefix=f"travel/{tmp_path.name}"))


def made(path: Path, data: bytes) -> Content:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return Content(sha256(data).hexdigest(), len(data))


def outcome(**files: Content) -> Outcome:
    contents = {name: (one.sha256, one.size) for name, one in files.items()}
    return Outcome(3, {"languages": ["en"]}, {"a.wav": "1" * 64, "b.wav": None}, contents, {"ffmpeg": "8"}, ("谁",))


def test_what_is_sent_is_brought(store: Store, tmp_path: Path) -> None:
    files = {tmp_path / "here" / name: made(tmp_path / "here" / name, name.encode()) for name in ("a", "b", "c d")}
    files[tmp_path / "here/empty"] = made(tmp_path / "here/empty", b"")
    Travel(store).send(files)
    Travel(store).bring({tmp_path / "there/deep" / path.name: one for path, one in files.items()})
    for path in files:
        assert (tmp_path / "there/deep" / path.name).read_bytes() == path.read_bytes()


def test_what_is_there_is_not_sent_again(store: Store, tmp_path: Path) -> None:
    content = made(tmp_path / "a", b"words")
    Travel(store).send({tmp_path / "a": content})
    before = list(store.listing())
    (tmp_path / "a").unlink()  # so that sending would fail
    Travel(store).send({tmp_path / "a": content})
    assert list(store.listing()) == before


def test_a_file_that_changed_meanwhile_is_not_sent(store: Store, tmp_path: Path) -> None:
    content = made(tmp_path / "a", b"words")
    (tmp_path / "a").write_bytes(b"sword")
    with pytest.raises(CastkitError):
        Travel(store).send({tmp_path / "a": content})
    assert list(store.list()) == []


def test_what_arrives_otherwise_is_refused(store: Store, tmp_path: Path) -> None:
    content = made(tmp_path / "a", b"words")
    made(tmp_path / "b", b"sword")
    store.send(blob_key(content.sha256), tmp_path / "b", Terms("application/octet-stream", "no-store"))
    with pytest.raises(CastkitError, match="did not arrive as it was meant"):
        Travel(store).bring({tmp_path / "c": content})
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["a", "b"]


def test_what_is_gone_is_named_and_sent_again(store: Store, tmp_path: Path) -> None:
    travel, content = Travel(store), made(tmp_path / "a", b"words")
    travel.send({tmp_path / "a": content})
    store.delete(blob_key(content.sha256))
    with pytest.raises(Gone) as caught:
        travel.bring({tmp_path / "c": content, tmp_path / "d": content})
    assert caught.value.digests == (content.sha256,)
    travel.send({tmp_path / "a": content})
    travel.bring({tmp_path / "c": content})
    assert (tmp_path / "c").read_bytes() == b"words"


def test_a_long_file_arrives_in_pieces(tmp_path: Path) -> None:
    travel = Travel(FolderStore(tmp_path / "travel", base_url="http://127.0.0.1:8000"))
    content = made(tmp_path / "a", bytes(range(256)) * 131_073)  # 32 MiB and a little
    travel.send({tmp_path / "a": content})
    travel.bring({tmp_path / "b": content})
    assert (tmp_path / "b").read_bytes() == (tmp_path / "a").read_bytes()


def test_what_a_step_came_to_is_found_by_its_key(store: Store, tmp_path: Path) -> None:
    travel, content = Travel(store), made(tmp_path / "a", b"words")
    assert travel.outcome(KEY) is None
    travel.send({tmp_path / "a": content})
    assert travel.keep(KEY, outcome(a=content)) == outcome(a=content)
    assert Travel(store).outcome(KEY) == outcome(a=content)


def test_who_asks_of_many_sees_what_was_there_when_they_were_listed(store: Store, tmp_path: Path) -> None:
    first, later, elsewhere = KEY, "5" + "6" * 63, "7" * 64
    Travel(store).keep(first, outcome())
    asking = Travel(store)
    assert asking.earlier(first) == outcome()
    assert asking.earlier(later) is None
    for key in (later, elsewhere):
        Travel(store).keep(key, outcome())
    assert asking.earlier(later) is None, "it is not asked for again"
    assert asking.earlier(elsewhere) == outcome()
    assert asking.receipt(later) == asking.outcome(later) == Travel(store).earlier(later) == outcome()
    store.delete(receipt_key(first))
    assert asking.earlier(first) is None


def test_it_counts_only_while_its_files_are_there(store: Store, tmp_path: Path) -> None:
    travel, content = Travel(store), made(tmp_path / "a", b"words")
    travel.send({tmp_path / "a": content})
    travel.keep(KEY, outcome(a=content))
    store.delete(blob_key(content.sha256))
    assert Travel(store).outcome(KEY) is None
    other = made(tmp_path / "b", b"other words")
    anew = Travel(store)
    anew.send({tmp_path / "b": other})
    anew.keep(KEY, outcome(a=other))
    assert Travel(store).outcome(KEY) == outcome(a=other)


def test_of_two_machines_what_the_first_wrote_counts_for_both(store: Store, tmp_path: Path) -> None:
    ours, theirs = made(tmp_path / "a", b"ours"), made(tmp_path / "b", b"theirs")
    Travel(store).send({tmp_path / "a": ours, tmp_path / "b": theirs})
    first = Travel(store).keep(KEY, outcome(a=ours))
    assert Travel(store).keep(KEY, outcome(a=theirs)) == first == outcome(a=ours)
    assert Travel(store).keep(KEY, outcome(a=theirs), anew=True) == outcome(a=theirs)
    assert Travel(store).outcome(KEY) == outcome(a=theirs)


def test_many_that_send_the_same_at_once_do_each_other_no_harm(store: Store, tmp_path: Path) -> None:
    content = made(tmp_path / "a", b"words" * 100_000)

    def work(travel: Travel) -> Outcome:
        travel.send({tmp_path / "a": content})
        return travel.keep(KEY, outcome(a=content))

    with ThreadPoolExecutor(8) as pool:
        assert set(map(Outcome.to_json, pool.map(work, [Travel(store) for _ in range(8)]))) == {
            outcome(a=content).to_json()
        }
    assert Travel(store).outcome(KEY) == outcome(a=content)
    assert list(store.list()) == [blob_key(content.sha256), receipt_key(KEY)]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 2}', '{"format": 1, "files": 3}', "\x00"])
def test_a_receipt_that_is_none_is_named(store: Store, tmp_path: Path, text: str) -> None:
    made(tmp_path / "a", text.encode())
    store.send(receipt_key(KEY), tmp_path / "a", Terms("application/json", "no-store"))
    with pytest.raises(CastkitError, match="is not one of castkit's"):
        Travel(store).outcome(KEY)
