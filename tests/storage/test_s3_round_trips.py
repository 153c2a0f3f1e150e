"""How many answers an upload waits for one after another: each costs a far store's whole delay.

A proxy in front of the real server counts them. It holds answers back until what may go beside them has come, so that
nothing depends on how fast anybody is.
"""

from __future__ import annotations

import contextlib
import hashlib
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from sweeps import swept

from castkit.steps.sending import put_whole
from castkit.storage import s3_parts, s3_pieces, s3_upload
from castkit.storage.caching import FOREVER
from castkit.storage.patience import Patience
from castkit.storage.s3 import S3Store
from castkit.storage.store import NOTHING, Terms
from s3server import S3Server

PART = 5 << 20  # bytes, the smallest part that S3 takes
_HELD_S = 300  # at most; what goes beside an answer comes sooner, on any machine
_PATIENT = Patience(connect=60, read=3 * _HELD_S, whole=9 * _HELD_S)  # or what is held back would be asked for again

SENT = "sent"  # no request, but what the test itself notes

# What a request is, by its method and what its address asks for.
NAMES = (
    ("POST", "uploads", "begin"),
    ("GET", "uploads", "list uploads"),
    ("GET", "uploadId", "list parts"),
    ("PUT", "partNumber", "part"),
    ("POST", "uploadId", "complete"),
    ("DELETE", "uploadId", "abort"),
    ("HEAD", "", "look"),
)


@dataclass
class Asked:
    """A request: when it came and when it was answered, in steps that all requests count together."""

    name: str
    came: int
    answered: int = 0


@dataclass
class Log:
    """Every request in the order in which it came; `holds` says until what has come an answer is held back."""

    holds: dict[str, Callable[[Log], bool]] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)  # HTTP status instead of an answer
    asked: list[Asked] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    steps: int = 0

    def count(self, name: str) -> int:
        return sum(one.name == name for one in self.asked)

    def came(self, name: str) -> Asked:
        with self.changed:
            self.steps += 1
            self.asked.append(Asked(name, self.steps))
            self.changed.notify_all()
            return self.asked[-1]

    def hold(self, one: Asked) -> None:
        with self.changed:
            if may_go := self.holds.get(one.name):
                self.changed.wait_for(lambda: may_go(self), _HELD_S)
            self.steps += 1
            one.answered = self.steps

    def one_after_another(self) -> list[str]:
        """The longest row of requests of which each came when the one before was answered."""
        rows: list[list[str]] = []
        for number, one in enumerate(self.asked):
            before = [rows[other] for other in range(number) if 0 < self.asked[other].answered < one.came]
            rows.append([*max(before, key=len, default=[]), one.name])
        return max(rows, key=len)


class _Between(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    log: Log
    host: str

    def _answer(self) -> None:
        asks = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
        name = next((name for method, key, name in NAMES if method == self.command and (not key or key in asks)), "")
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        one = self.log.came(name or f"{self.command} {self.path}")
        status, headers, data = self._passed_on(body)
        if name in self.log.refused:
            status, headers, data = self.log.refused[name], [], b""
        self.log.hold(one)
        self.send_response_only(status)
        for header, value in headers:
            if header.lower() not in ("connection", "transfer-encoding", "content-length"):
                self.send_header(header, value)
        length = dict(headers).get("Content-Length", "0") if self.command == "HEAD" else str(len(data))
        self.send_header("Content-Length", length)
        self.end_headers()
        self.wfile.write(data)

    def _passed_on(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        with contextlib.closing(HTTPConnection(self.host, timeout=_HELD_S)) as far:
            far.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for header, value in self.headers.items():  # the signature is of these, the proxy's own Host among them
                far.putheader(header, value)
            far.endheaders(body)
            answer = far.getresponse()
            return answer.status, answer.getheaders(), answer.read()

    do_GET = do_PUT = do_HEAD = do_DELETE = do_POST = _answer  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def between(server: S3Server, log: Log) -> Iterator[str]:
    """The server's address by way of the log."""
    handler = type("Handler", (_Between,), {"log": log, "host": urlsplit(server.endpoint).netloc})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as proxy:
        proxy.daemon_threads = True
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{proxy.server_port}"
        proxy.shutdown()


@pytest.fixture
def media(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of as many parts as go at once."""
    monkeypatch.setattr(s3_pieces, "PART", PART)
    monkeypatch.setattr(s3_upload, "PART", PART)
    path = tmp_path / "talk.mp4"
    path.write_bytes(bytes(PART) * (s3_parts.AT_ONCE - 1) + b"end")
    return path


@pytest.fixture
def terms(media: Path, tmp_path: Path) -> Terms:
    """As `castkit publish` sends media: the hash is known from the build, and nothing may be there."""
    digest = hashlib.sha256(media.read_bytes()).hexdigest()
    return Terms("video/mp4", FOREVER, digest, NOTHING, tmp_path / "notebook")


def store_at(server: S3Server, endpoint: str, prefix: str) -> S3Store:
    settings = server.settings(prefix=prefix).model_copy(update={"endpoint": endpoint})
    return S3Store(settings, patience=_PATIENT)


def all_parts(log: Log) -> bool:
    return log.count("part") >= s3_parts.AT_ONCE


def all_beside(log: Log) -> bool:
    return all_parts(log) and log.count("list uploads") > 0


def test_nothing_waits_but_what_must(s3_server: S3Server, media: Path, terms: Terms, tmp_path: Path) -> None:
    """Parts go side by side, and what is asked of stale uploads goes beside them all, to the very end and beyond."""
    log = Log({"part": all_beside, "list uploads": lambda log: log.count(SENT) > 0})
    with between(s3_server, log) as endpoint:
        assert put_whole(store_at(s3_server, endpoint, tmp_path.name), media, terms, key="talk.mp4")
        (asked,) = (one for one in log.asked if one.name == "list uploads")
        assert not asked.answered, "the end waits for no answer about stale uploads"
        assert log.one_after_another() == ["look", "begin", "part", "complete", "look"]
        log.came(SENT)
        swept()
    log.asked = [one for one in log.asked if one.name != SENT]
    assert sorted(one.name for one in log.asked) == sorted(
        ["look", "begin", *["part"] * s3_parts.AT_ONCE, "list uploads", "complete", "look"]
    )


def test_what_is_there_is_asked_for_once(s3_server: S3Server, media: Path, terms: Terms, tmp_path: Path) -> None:
    store_at(s3_server, s3_server.endpoint, tmp_path.name).send("talk.mp4", media, terms)
    log = Log()
    with between(s3_server, log) as endpoint:
        assert not put_whole(store_at(s3_server, endpoint, tmp_path.name), media, terms, key="talk.mp4")
    assert [one.name for one in log.asked] == ["look"]


def test_an_upload_that_goes_on_asks_what_is_there_and_no_more(
    s3_server: S3Server, media: Path, terms: Terms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long ago it began: the sweep beside it leaves its own upload alone."""

    def broken(done: int) -> None:
        if done == media.stat().st_size:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store_at(s3_server, s3_server.endpoint, tmp_path.name).send("talk.mp4", media, terms, broken)
    swept()
    monkeypatch.setattr(s3_parts, "_STALE", -s3_parts._STALE)
    log = Log({"list uploads": lambda log: log.count("complete") > 0})
    with between(s3_server, log) as endpoint:
        store_at(s3_server, endpoint, tmp_path.name).send("talk.mp4", media, terms)
        swept()
    assert len(log.one_after_another()) == 3, "what is there, complete, look"
    assert log.count("part") == log.count("abort") == 0


@pytest.mark.parametrize("status", [200, 403, 501])
def test_a_store_that_lists_no_uploads_gets_the_file_all_the_same(
    s3_server: S3Server, media: Path, terms: Terms, tmp_path: Path, status: int
) -> None:
    log = Log(refused={"list uploads": status})
    with between(s3_server, log) as endpoint:
        found = store_at(s3_server, endpoint, tmp_path.name).send("talk.mp4", media, terms)
        swept()
    assert (found.size, found.sha256) == (media.stat().st_size, terms.sha256)


def test_a_part_has_time_for_those_beside_it(
    s3_server: S3Server, media: Path, terms: Terms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a slow line each gets its share only: a part given up for that would be given up again and again."""
    store = store_at(s3_server, s3_server.endpoint, tmp_path.name)
    call, sizes = store.call, []

    def counting(action, *, what, size=0, deadline=None):
        sizes.append(size)
        return call(action, what=what, size=size, deadline=deadline)

    monkeypatch.setattr(store, "call", counting)
    store.send("talk.mp4", media, terms)
    swept()
    whole = media.stat().st_size
    assert sorted(sizes, reverse=True) == [whole] * (s3_parts.AT_ONCE + 1) + [0] * 3, "the completion, and three looks"


_SENDS = """\
import sys
from pathlib import Path
from castkit.model.show import StoreSettings
from castkit.storage import s3_parts, s3_pieces, s3_upload
from castkit.storage.caching import FOREVER
from castkit.storage.s3 import S3Store
s3_pieces.PART = s3_upload.PART = int(sys.argv[3])
s3_parts._FAREWELL_S = 0.2
store = S3Store(StoreSettings.model_validate_json(sys.argv[1]))
store.put("talk.mp4", Path(sys.argv[2]), content_type="video/mp4", cache_control=FOREVER)
for folder in ("a", "b"):
    store.put(f"{folder}/talk.mp4", Path(sys.argv[2]), content_type="video/mp4", cache_control=FOREVER)
print("sent")
"""


def test_a_process_ends_without_the_answer(s3_server: S3Server, media: Path, tmp_path: Path) -> None:
    """And without a word about the thread that waits for it."""
    log = Log({"list uploads": lambda log: log.count(SENT) > 0})
    with between(s3_server, log) as endpoint:
        settings = s3_server.settings(prefix=tmp_path.name).model_copy(update={"endpoint": endpoint})
        command = [sys.executable, "-c", _SENDS, settings.model_dump_json(), str(media), str(PART)]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=_HELD_S - 10, check=False)
        assert (ended.returncode, ended.stdout, ended.stderr) == (0, "sent\n", "")
        assert all(not one.answered for one in log.asked if one.name == "list uploads")
        log.came(SENT)
