"""A run that is given up: it waits for no file under way, leaves no half of one, and the next run goes on."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from castkit_cli import tree
from many_episodes import make

from castkit.cluster.bucket import PrivateBucket
from castkit.cluster.travel import Content, Travel, blob_key
from castkit.engine.runner import Cancelled
from castkit.model.show import StoreSettings
from castkit.storage.folder import FolderStore
from castkit.storage.s3 import S3Store
from castkit.storage.s3_pieces import PART
from s3server import S3Server, sign_in

DRIVER = Path(__file__).with_name("many_episodes.py")
HEAD = 30_000  # bytes of one connection: more is a file on its way
SOON_S = 110  # a bucket that does not answer is waited for longer, two minutes and more


def made(path: Path, data: bytes) -> Content:
    path.write_bytes(data)
    return Content(sha256(data).hexdigest(), len(data))


def silent(server: socket.socket) -> StoreSettings:
    """A bucket that takes every connection and answers none."""
    endpoint = f"http://127.0.0.1:{server.getsockname()[1]}"
    return StoreSettings(kind="s3", base_url="https://cast.example", endpoint=endpoint, bucket="any")


@pytest.mark.parametrize("way", ["send", "bring"])
def test_nobody_waits_for_a_bucket_that_does_not_answer(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, way: str
) -> None:
    sign_in(monkeypatch, tmp_path)
    content = made(tmp_path / "a", b"words")
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor() as pool:
        travel = Travel(PrivateBucket(silent(server)))
        act = travel.send if way == "send" else travel.bring
        under_way = pool.submit(act, {tmp_path / ("a" if way == "send" else "b"): content})
        connection, _ = server.accept()
        travel.give_up()
        with connection, pytest.raises(Cancelled):
            under_way.result()
        with pytest.raises(Cancelled):
            travel.send({tmp_path / "a": content})
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.skipif(os.name == "nt", reason="needs a pipe with a name")
def test_half_a_file_is_left_in_no_folder(tmp_path: Path) -> None:
    pipe, store = tmp_path / "pipe", FolderStore(tmp_path / "travel", base_url="http://127.0.0.1:8000")
    os.mkfifo(pipe)
    travel = Travel(store)
    with ThreadPoolExecutor() as pool:
        under_way = pool.submit(travel.send, {pipe: Content("0" * 64, 3)})
        with pipe.open("wb", buffering=0) as writer:
            writer.write(b"one")
            travel.give_up()
        with pytest.raises(Cancelled):
            under_way.result()
    assert [path for path in store.folder.rglob("*") if path.is_file()] == []


class GivesUp(PrivateBucket):
    """Has the run given up before its third part goes, when both before it are there."""

    def __init__(self, settings: StoreSettings) -> None:
        super().__init__(settings)
        self.begun, self.sent, self.lock = 0, threading.Semaphore(0), threading.Lock()

    def call(self, action: Callable[[Any], Any], *, what: str, size: int = 0, deadline: float | None = None) -> Any:
        if not (what.startswith("putting") and size):
            return super().call(action, what=what, size=size, deadline=deadline)
        with self.lock:
            self.begun += 1
            is_third = self.begun == 3
        if is_third:
            for _ in range(2):
                self.sent.acquire()
            self.give_up()
        answer = super().call(action, what=what, size=size, deadline=deadline)
        self.sent.release()
        return answer


def test_a_large_file_goes_on_where_it_broke_off(s3_server: S3Server, tmp_path: Path) -> None:
    settings, notebooks = s3_server.settings(prefix=f"travel/{tmp_path.name}"), tmp_path / "notebooks"
    content = made(tmp_path / "a", bytes(2 * PART) + b"end")
    with pytest.raises(Cancelled):
        Travel(GivesUp(settings), notebooks).send({tmp_path / "a": content})
    assert len(list(notebooks.iterdir())) == 1
    sent: list[int] = []
    store = PrivateBucket(settings)
    assert store.head(blob_key(content.sha256)) is None, "half an object is none"
    about = store._connected().meta.events
    about.register("before-call.s3.UploadPart", lambda params, **_: sent.append(params["query_string"]["partNumber"]))
    Travel(store, notebooks).send({tmp_path / "a": content})
    assert set(map(int, sent)) == {3}
    found = store.head(blob_key(content.sha256))
    assert found is not None
    assert (found.size, found.sha256) == (content.size, content.sha256)
    assert list(notebooks.iterdir()) == []


@contextmanager
def stalling(endpoint: str) -> Iterator[tuple[str, threading.Event]]:
    """The server by an address of which no file gets further than its beginning; the event tells that one is there."""
    host, port = endpoint.removeprefix("http://").split(":")
    stuck, over = threading.Event(), threading.Event()

    def carry(source: socket.socket, target: socket.socket, most: float) -> None:
        with suppress(OSError), source, target:
            while data := source.recv(1 << 14):
                most -= len(data)
                if most < 0:
                    stuck.set()
                    over.wait()
                target.sendall(data)

    def serve() -> None:
        with suppress(OSError):
            while True:
                near, far = listener.accept()[0], socket.create_connection((host, int(port)))
                for way in ((near, far, HEAD), (far, near, float("inf"))):
                    threading.Thread(target=carry, args=way, daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", stuck
        finally:
            over.set()


def command(root: Path, server: S3Server, endpoint: str) -> list[str]:
    said = {"store": f"s3://{server.bucket}/{root.parent.name}", "preset": "seaweedfs", "endpoint": endpoint}
    return [sys.executable, str(DRIVER), str(root), "1", "shortest", "local:1", "0", json.dumps(said)]


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no Ctrl-C to one process alone")
def test_ctrl_c_waits_for_no_file_under_way_and_the_next_run_goes_on(s3_server: S3Server, tmp_path: Path) -> None:
    root = tmp_path / "show"
    make(root, 1)
    before = dict(tree(root))
    with (
        stalling(s3_server.endpoint) as (endpoint, stuck),
        subprocess.Popen(command(root, s3_server, endpoint), stderr=subprocess.PIPE) as given_up,
    ):
        try:
            assert stuck.wait(600)
            given_up.send_signal(signal.SIGINT)
            _, said = given_up.communicate(timeout=SOON_S)
        finally:
            given_up.kill()
    assert b"KeyboardInterrupt" in said
    assert dict(tree(root)) == before, "nothing is left of it"
    store = S3Store(s3_server.settings(prefix=tmp_path.name))
    whole = {key for key in store.list() if sha256(store.get(key)).hexdigest() == key.rpartition("/")[2]}
    assert whole == set(store.list()), "no half object, and no receipt"
    subprocess.run(command(root, s3_server, s3_server.endpoint), check=True, timeout=600)
    assert (root / "episodes" / "talk-00" / "build" / "survey.json").is_file()
