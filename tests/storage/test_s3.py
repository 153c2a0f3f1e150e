"""What only a bucket can get wrong: keys, networks, clocks, parts."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import pickle
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from sweeps import swept

from castkit.errors import StoreError
from castkit.model.show import StoreSettings
from castkit.storage import s3_parts, s3_pieces
from castkit.storage import unfinished as notebook
from castkit.storage.caching import FOREVER
from castkit.storage.patience import Patience
from castkit.storage.s3 import S3Store
from castkit.storage.store import NOTHING, LostRace, Terms
from s3server import SECRET_KEY, S3Server, sign_in

QUICK = Patience(connect=0.5, read=1, tries=3, whole=3)  # for a store that gives no answer
ANSWERED = Patience(tries=3, whole=600)  # for one that does, on however slow a machine: three tries take a second


@pytest.fixture
def bucket(s3_server: S3Server) -> str:
    """The server's bucket; each test works under a prefix of its own."""
    return s3_server.bucket


@pytest.fixture
def store(s3_server: S3Server, bucket: str, tmp_path: Path) -> S3Store:
    return S3Store(s3_server.settings(bucket, prefix=tmp_path.name))


def put(store: S3Store, source: Path, key: str = "a.mp3", progress=None):
    return store.put(key, source, content_type="audio/mpeg", cache_control=FOREVER, progress=progress)


@pytest.fixture
def big(tmp_path: Path) -> Path:
    """A file of two whole parts and a bit."""
    path = tmp_path / "big.mp3"
    path.write_bytes(b"".join(index.to_bytes(4, "big") * 1024 for index in range(2 * s3_pieces.PART // 4096)) + b"end")
    return path


def unfinished(server: S3Server, bucket: str, store: S3Store) -> list[str]:
    found = server.client().list_multipart_uploads(Bucket=bucket)
    keys = sorted(upload["Key"] for upload in found.get("Uploads", ()))
    return [key for key in keys if key.startswith(store.place("x")[:-1])]


def test_headers_are_kept(s3_server: S3Server, bucket: str, store: S3Store, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    put(store, tmp_path / "a")
    found = s3_server.client().head_object(Bucket=bucket, Key=f"{tmp_path.name}/a.mp3")
    assert (found["ContentType"], found["CacheControl"]) == ("audio/mpeg", FOREVER)
    assert found["Metadata"] == {"sha256": hashlib.sha256(b"x").hexdigest()}
    assert "ContentEncoding" not in found


def test_a_large_file_goes_in_parts(s3_server: S3Server, bucket: str, store: S3Store, big: Path) -> None:
    seen: list[int] = []
    info = put(store, big, progress=seen.append)
    assert info.sha256 == hashlib.sha256(big.read_bytes()).hexdigest()
    assert hashlib.sha256(store.get("a.mp3")).hexdigest() == info.sha256
    assert len(seen) == 3
    assert seen == sorted(seen)
    assert seen[-1] == info.size == big.stat().st_size
    assert "-3" in s3_server.client().head_object(Bucket=bucket, Key=store.place("a.mp3"))["ETag"]
    assert unfinished(s3_server, bucket, store) == []


def test_a_failure_in_the_middle_leaves_no_parts(s3_server: S3Server, bucket: str, store: S3Store, big: Path) -> None:
    def full(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        put(store, big, progress=full)
    assert store.head("a.mp3") is None
    assert unfinished(s3_server, bucket, store) == []


def test_a_file_that_changes_meanwhile_is_refused(
    s3_server: S3Server, bucket: str, store: S3Store, big: Path, tmp_path: Path
) -> None:
    terms = Terms("audio/mpeg", FOREVER, hashlib.sha256(b"as it was").hexdigest(), notebook=tmp_path / "notebook")
    with pytest.raises(StoreError, match=r"big\.mp3 changed while it was uploaded"):
        store.send("a.mp3", big, terms)
    (tmp_path / "small").write_bytes(b"another")
    with pytest.raises(StoreError, match="small changed while it was uploaded"):
        store.send("b.mp3", tmp_path / "small", terms)
    assert list(store.list()) == []
    assert unfinished(s3_server, bucket, store) == [], "nothing to go on with"
    assert not (tmp_path / "notebook").exists()


@pytest.mark.parametrize("length", [0, -1, s3_pieces.PART])
def test_a_file_that_changes_after_it_was_measured_is_refused(
    s3_server: S3Server, bucket: str, big: Path, tmp_path: Path, *, length: int
) -> None:
    """Its pieces go with the checksums of what was read first, so that the store itself sees the difference."""
    store = S3Store(s3_server.settings(bucket, prefix=tmp_path.name), patience=Patience(tries=1))
    call = store.call

    def changing(action, *, what, size=0, deadline=None):
        if what.startswith("putting"):
            big.write_bytes(bytes(big.stat().st_size + length) if length >= 0 else b"shorter")
            store.call = call  # type: ignore[method-assign]
        return call(action, what=what, size=size, deadline=deadline)

    store.call = changing  # type: ignore[method-assign]
    with pytest.raises(StoreError, match=r"got other bytes than were meant|big\.mp3 changed while it was uploaded"):
        put(store, big)
    assert list(store.list()) == []
    assert unfinished(s3_server, bucket, store) == []


def test_a_file_is_measured_piece_by_piece(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abcde")
    found = s3_pieces.measured(tmp_path / "a", 2, "crc32")
    assert found.sha256 == hashlib.sha256(b"abcde").hexdigest()
    pieces = [found.piece(one) for one in s3_pieces.pieces(tmp_path / "a", 2)]
    assert [one.proof("crc32") for one in pieces] == [
        s3_pieces.Piece(1, data).proof("crc32") for data in (b"ab", b"cd", b"e")
    ]
    other = found.piece(s3_pieces.Piece(1, b"xy"))
    assert other.proof("crc32") == pieces[0].proof("crc32"), "what was measured, not what is sent"
    assert other.proof("sha256") == s3_pieces.Piece(1, b"xy").proof("sha256")


class Broken(Exception):
    """What a test breaks an upload off with."""


def after(count: int, seen: list[int]) -> Callable[[int], None]:
    def told(done: int) -> None:
        seen.append(done)
        if len(seen) == count:
            raise Broken

    return told


def test_what_broke_off_goes_on_where_it_stopped(
    s3_server: S3Server, bucket: str, store: S3Store, big: Path, tmp_path: Path
) -> None:
    terms = Terms("audio/mpeg", FOREVER, notebook=tmp_path / "notebook")
    with pytest.raises(Broken):
        store.send("a.mp3", big, terms, after(3, []))
    assert unfinished(s3_server, bucket, store) == [store.place("a.mp3")]
    noted = notebook.find(tmp_path / "notebook", store.place("a.mp3"))
    assert noted is not None
    client = s3_server.client()
    there = client.list_parts(Bucket=bucket, Key=store.place("a.mp3"), UploadId=noted.upload)["Parts"]
    assert len(there) == 3
    # One part as somebody else would have left it: it is not believed.
    proof = s3_pieces.Piece(3, b"odd").proof(store.part_checksum)
    where = {"Bucket": bucket, "Key": store.place("a.mp3"), "UploadId": noted.upload}
    client.upload_part(**where, PartNumber=3, Body=b"odd", **proof)
    puts: list[str] = []

    def counting(params, **_):
        puts.append(params["query_string"]["partNumber"])

    store._connected().meta.events.register("before-call.s3.UploadPart", counting)
    info = store.send("a.mp3", big, terms)
    assert info.sha256 == hashlib.sha256(big.read_bytes()).hexdigest()
    assert hashlib.sha256(store.get("a.mp3")).hexdigest() == info.sha256
    assert {str(number) for number in puts} <= {"3"}, "the whole parts were there"
    assert unfinished(s3_server, bucket, store) == []
    assert not (tmp_path / "notebook").exists()


def test_another_file_does_not_go_on_with_it(
    s3_server: S3Server, bucket: str, store: S3Store, big: Path, tmp_path: Path
) -> None:
    terms = Terms("audio/mpeg", FOREVER, notebook=tmp_path / "notebook")
    with pytest.raises(Broken):
        store.send("a.mp3", big, terms, after(1, []))
    big.write_bytes(big.read_bytes()[::-1])
    assert store.send("a.mp3", big, terms).sha256 == hashlib.sha256(big.read_bytes()).hexdigest()
    assert unfinished(s3_server, bucket, store) == [], "the old one is aborted"


@pytest.mark.parametrize("text", ["", "no json", "[]", '{"a": 1}', '{"p": {"upload": 1}}', '{"p": {"upload": "x"}}'])
def test_a_notebook_of_nonsense_knows_nothing(tmp_path: Path, text: str) -> None:
    path = tmp_path / "notebook"
    path.write_text(text, "utf-8")
    assert notebook.find(path, "p") is None
    assert notebook.find(tmp_path / "none", "p") is None
    notebook.note(path, "p", notebook.Unfinished("u", "0" * 64, 5, "sha256"))
    assert notebook.find(path, "p") == notebook.Unfinished("u", "0" * 64, 5, "sha256")


@pytest.mark.parametrize("parts", [False, True])
def test_who_comes_second_changes_nothing(store: S3Store, big: Path, tmp_path: Path, *, parts: bool) -> None:
    mine = big if parts else tmp_path / "mine"
    (tmp_path / "mine").write_bytes(b"mine")
    (tmp_path / "theirs").write_bytes(b"theirs")
    put(store, tmp_path / "theirs")
    with pytest.raises(LostRace, match="somebody else"):
        store.send("a.mp3", mine, Terms("audio/mpeg", FOREVER, over=NOTHING))
    old = store.head("a.mp3").tag
    (tmp_path / "theirs").write_bytes(b"theirs again")
    put(store, tmp_path / "theirs")
    with pytest.raises(LostRace, match="somebody else"):
        store.send("a.mp3", mine, Terms("audio/mpeg", FOREVER, over=old))
    assert store.get("a.mp3") == b"theirs again"
    now = store.head("a.mp3").tag
    store.send("a.mp3", mine, Terms("audio/mpeg", FOREVER, over=now))
    assert store.head("a.mp3").size == mine.stat().st_size
    store.delete("a.mp3")
    with pytest.raises(LostRace):
        store.send("a.mp3", mine, Terms("audio/mpeg", FOREVER, over=now))


def overtake_after_the_look(patch: pytest.MonkeyPatch, server: S3Server, store: S3Store, key: str) -> None:
    """Somebody writes the object right after the store's next look at it."""
    head = store.head

    def look(wanted: str) -> object:
        found = head(wanted)
        patch.setattr(store, "head", head)
        server.client().put_object(Bucket=store.bucket, Key=store.place(key), Body=b"theirs")
        return found

    patch.setattr(store, "head", look)


@pytest.mark.parametrize("keeps", [True, False])
def test_a_version_that_comes_right_before_the_delete(
    s3_server: S3Server, store: S3Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keeps: bool
) -> None:
    """It stays where the store keeps conditions; another is left with the time of one answer."""
    (tmp_path / "mine").write_bytes(b"mine")
    mine = put(store, tmp_path / "mine", "a.json")
    store._is_conditional = keeps
    overtake_after_the_look(monkeypatch, s3_server, store, "a.json")
    if keeps:
        with pytest.raises(LostRace):
            store.delete("a.json", over=mine.tag)
        assert store.get("a.json") == b"theirs"
    else:
        store.delete("a.json", over=mine.tag)
        assert store.head("a.json") is None


def test_conditions_are_seen_to_be_kept(s3_server: S3Server, bucket: str, tmp_path: Path) -> None:
    store = S3Store(s3_server.settings(bucket, prefix=tmp_path.name))
    assert store._is_conditional is None
    store.check()
    assert store._is_conditional is True
    assert store.remarks == ()


def test_no_faster_than_allowed(s3_server: S3Server, bucket: str, tmp_path: Path) -> None:
    slow = s3_server.settings(bucket, prefix=tmp_path.name).model_copy(update={"bandwidth_limit": 4.0})
    store, waited = S3Store(slow), []
    store._pace._sleep, store._pace._clock = waited.append, lambda: 0.0  # sending itself takes no time
    (tmp_path / "a").write_bytes(b"x" * 2_000_000)
    assert put(store, tmp_path / "a").size == 2_000_000
    assert len(waited) > 10
    assert waited[-1] == pytest.approx(0.5), "two megabytes at four a second, and what was signed is not counted"


def test_only_stale_uploads_of_the_same_object_are_aborted(
    s3_server: S3Server, bucket: str, store: S3Store, big: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = s3_server.client()
    for key in ("a.mp3", "b.mp3"):
        client.create_multipart_upload(Bucket=bucket, Key=store.place(key))

    def broken(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        put(store, big, progress=broken)
    swept()
    assert unfinished(s3_server, bucket, store) == [store.place("a.mp3"), store.place("b.mp3")], "a colleague's"
    monkeypatch.setattr(s3_parts, "_STALE", -s3_parts._STALE)
    with pytest.raises(KeyboardInterrupt):
        put(S3Store(store._settings), big, progress=broken)
    swept()
    assert unfinished(s3_server, bucket, store) == [], "beside it too: a day old, nobody goes on with them"


def test_a_stale_upload_that_is_noted_here_stays(
    s3_server: S3Server, bucket: str, store: S3Store, big: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several files of an episode go at once, and each goes on with its own."""
    noted, place = tmp_path / "notebook", store.place("b.mp3")
    begun = s3_server.client().create_multipart_upload(Bucket=bucket, Key=place)["UploadId"]
    notebook.note(noted, place, notebook.Unfinished(begun, "0" * 64, s3_pieces.PART, "sha256"))
    monkeypatch.setattr(s3_parts, "_STALE", -s3_parts._STALE)
    store.send("a.mp3", big, Terms("audio/mpeg", FOREVER, notebook=noted))
    swept()
    assert unfinished(s3_server, bucket, store) == [place]


def test_objects_of_others_have_no_digest(s3_server: S3Server, bucket: str, store: S3Store) -> None:
    s3_server.client().put_object(Bucket=bucket, Key=store.place("a.mp3"), Body=b"x", ContentType="audio/mpeg")
    assert store.head("a.mp3").size == 1
    assert store.head("a.mp3").sha256 is None


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def test_what_the_store_computed_goes_before_what_was_claimed(s3_server: S3Server, bucket: str, store: S3Store) -> None:
    client, claim = s3_server.client(), {"sha256": sha256(b"meant").hex()}
    proof = base64.b64encode(sha256(b"sent")).decode()
    client.put_object(Bucket=bucket, Key=store.place("a"), Body=b"sent", Metadata=claim, ChecksumSHA256=proof)
    assert store.head("a").sha256 == sha256(b"sent").hex()
    client.put_object(Bucket=bucket, Key=store.place("b"), Body=b"sent", Metadata=claim)
    assert store.head("b").sha256 == claim["sha256"], "a store without checksums leaves nothing else"


def test_one_part_alone_is_no_checksum_of_the_whole(s3_server: S3Server, bucket: str, store: S3Store) -> None:
    client, place = s3_server.client(), store.place("a")
    proof = {"ChecksumSHA256": base64.b64encode(sha256(b"x")).decode()}
    upload = client.create_multipart_upload(Bucket=bucket, Key=place, ChecksumAlgorithm="SHA256")["UploadId"]
    part = client.upload_part(Bucket=bucket, Key=place, UploadId=upload, PartNumber=1, Body=b"x", **proof)
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"], **proof}]}
    client.complete_multipart_upload(Bucket=bucket, Key=place, UploadId=upload, MultipartUpload=parts)
    assert store.head("a").sha256 is None


X = base64.b64encode(sha256(b"x")).decode()


@pytest.mark.parametrize(
    ("checksum", "kind", "etag", "is_whole"),
    [
        (X, "FULL_OBJECT", '"0-3"', True),
        (X, "", '"0"', True),
        (X, "", "", True),
        (X, "", '"0-3"', False),
        (X, "COMPOSITE", '"0"', False),
        (f"{X}-3", "COMPOSITE", '"0-3"', False),
        (f"{X}-3", "", "", False),
        ("", "FULL_OBJECT", '"0"', False),
        ("AAAA", "FULL_OBJECT", '"0"', False),
        ("no base64!", "", '"0"', False),
    ],
)
def test_which_checksum_is_of_the_whole(checksum: str, kind: str, etag: str, *, is_whole: bool) -> None:
    expected = sha256(b"x").hex() if is_whole else None
    assert s3_pieces.whole_sha256(checksum, kind=kind, etag=etag) == expected


def test_a_long_listing_comes_page_by_page(s3_server: S3Server, bucket: str, store: S3Store, tmp_path: Path) -> None:
    client = s3_server.client()
    keys = [f"{index:04}.txt" for index in range(1005)]
    for key in keys:
        client.put_object(Bucket=bucket, Key=store.place(key), Body=b"")
    assert list(store.list()) == keys


WRONG = [
    ({"AWS_SECRET_ACCESS_KEY": "not-the-secret"}, "did not accept the secret key", "AWS_SECRET_ACCESS_KEY"),
    ({"AWS_ACCESS_KEY_ID": "nobody"}, "does not know the access key", "AWS_ACCESS_KEY_ID"),
    ({"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}, "no usable credentials", "AWS_ACCESS_KEY_ID"),
    ({"AWS_PROFILE": "nowhere"}, "no such AWS profile", "AWS_PROFILE"),
]


@pytest.mark.parametrize(("variables", "message", "hint"), WRONG)
def test_wrong_credentials(
    store: S3Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variables, message: str, hint: str
) -> None:
    for name, value in variables.items():
        monkeypatch.delenv(name, raising=False) if value is None else monkeypatch.setenv(name, value)
    (tmp_path / "a").write_bytes(b"x")
    for act in (store.check, lambda: put(store, tmp_path / "a"), lambda: store.head("a"), lambda: list(store.list())):
        with pytest.raises(StoreError, match=message) as caught:
            act()
        assert hint in caught.value.hint
        told = str(caught.value) + caught.value.hint
        assert not any(secret in told for secret in ("not-the-secret", SECRET_KEY, "nobody"))
        assert pickle.loads(pickle.dumps(caught.value)).message == caught.value.message  # noqa: S301


def test_bucket_missing(s3_server: S3Server, tmp_path: Path) -> None:
    store = S3Store(s3_server.settings("nowhere"))
    (tmp_path / "a").write_bytes(b"x")
    for act in (store.check, lambda: put(store, tmp_path / "a"), lambda: list(store.list())):
        with pytest.raises(StoreError, match="there is no bucket of this name: bucket nowhere") as caught:
            act()
        assert "create the bucket" in caught.value.hint


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sign_in(monkeypatch, tmp_path)


def settings(endpoint: str, bucket: str = "any") -> StoreSettings:
    return StoreSettings(kind="s3", base_url="https://cast.example", endpoint=endpoint, bucket=bucket)


@pytest.mark.usefixtures("keys")
def test_store_unreachable_ends_soon(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound, not listening: a connection is refused
        store = S3Store(settings(f"http://user:pass-word@127.0.0.1:{closed.getsockname()[1]}"), patience=QUICK)
        begin = time.monotonic()
        with pytest.raises(StoreError, match="cannot be reached") as caught:
            store.check()
    assert time.monotonic() - begin < 120  # it does not hang
    assert "endpoint under [store]" in caught.value.hint
    assert "pass-word" not in str(caught.value)


@pytest.mark.usefixtures("keys")
def test_a_store_that_never_answers_ends_soon(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        store = S3Store(settings(f"http://127.0.0.1:{silent.getsockname()[1]}"), patience=QUICK)
        begin = time.monotonic()
        with pytest.raises(StoreError, match="cannot be reached"):
            store.check()
    assert time.monotonic() - begin < 120  # it does not hang


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"bucket": ""}, "no bucket is named"),
        ({"endpoint": "not an address"}, "cannot be an endpoint"),
        ({"bucket": "A Bad/Name!"}, "not a possible one"),
    ],
)
def test_settings_that_cannot_be(given: dict[str, str], message: str) -> None:
    store = S3Store(settings("http://127.0.0.1:9").model_copy(update=given), patience=ANSWERED)
    with pytest.raises(StoreError, match=message) as caught:
        store.check()
    assert "[store]" in caught.value.hint


class _Answers(BaseHTTPRequestHandler):
    """A server that gives the answers it was told, one for each request; S3's form of a refusal."""

    protocol_version = "HTTP/1.1"
    answers: list[tuple[int, str]]
    seen: list[tuple[str, dict[str, str]]]

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        self.rfile.read(length)
        self.seen.append((self.command, {name.lower(): value for name, value in self.headers.items()}))
        status, code = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        body = f"<Error><Code>{code}</Code><Message>castkit-test-secret</Message></Error>".encode() if code else b""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if self.command != "HEAD" else b"")

    do_GET = do_PUT = do_HEAD = do_DELETE = do_POST = _answer  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def answering(*answers: tuple[int, str]) -> Iterator[tuple[str, list[tuple[str, dict[str, str]]]]]:
    seen: list[tuple[str, dict[str, str]]] = []
    handler = type("Handler", (_Answers,), {"answers": list(answers), "seen": seen})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", seen
        server.shutdown()


REFUSALS = [
    (403, "AccessDenied", "did not allow listing it", "s3:ListBucket"),
    (403, "RequestTimeTooSkewed", "clock is wrong", "set the clock"),
    (403, "SignatureDoesNotMatch", "did not accept the secret key", "AWS_SECRET_ACCESS_KEY"),
    (400, "ExpiredToken", "session .* has ended", "aws sso login"),
    (400, "AuthorizationHeaderMalformed", "another region", "region"),
    (404, "NoSuchBucket", "no bucket of this name", "create the bucket"),
    (507, "InsufficientStorage", "has no room", "quota"),
    (503, "SlowDown", "failed while listing it: SlowDown, HTTP 503", "again"),
    (418, "Teapot", "failed while listing it: Teapot, HTTP 418", "again"),
]


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize(("status", "code", "message", "hint"), REFUSALS)
def test_what_a_refusal_means(status: int, code: str, message: str, hint: str) -> None:
    with answering((status, code)) as (endpoint, seen):
        with pytest.raises(StoreError, match=message) as caught:
            S3Store(settings(endpoint), patience=ANSWERED).check()
        assert hint in caught.value.hint
        assert SECRET_KEY not in str(caught.value) + caught.value.hint
        assert len(seen) == (3 if code == "SlowDown" else 1), "only what may pass is tried again"


@pytest.mark.usefixtures("keys")
def test_a_head_that_is_refused_tells_why() -> None:
    with (
        answering((403, ""), (403, "RequestTimeTooSkewed")) as (endpoint, _),
        pytest.raises(StoreError, match="clock is wrong"),
    ):
        S3Store(settings(endpoint), patience=ANSWERED).head("a.mp3")


@pytest.mark.usefixtures("keys")
def test_a_store_without_newer_checksums_gets_md5_and_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    no = (501, "NotImplemented")
    with answering(no, no, no, (200, ""), (404, "")) as (endpoint, seen):
        store = S3Store(settings(endpoint), patience=ANSWERED)
        with pytest.raises(StoreError, match=r"is not in .* after its upload"):
            store.send("a.mp3", tmp_path / "a", Terms("audio/mpeg", FOREVER, over=NOTHING))
    assert store.remarks[0].startswith("race protection is off")
    assert "checked by MD5" in store.remarks[1]
    first, second, third, last, _ = (headers for _, headers in seen)
    assert first["if-none-match"] == "*"
    assert "if-none-match" not in second
    assert second["x-amz-checksum-sha256"]
    assert third["x-amz-checksum-crc32"]
    assert last["content-md5"] == base64.b64encode(hashlib.md5(b"x", usedforsecurity=False).digest()).decode()
    assert not [name for headers in (first, second, third, last) for name in headers if name == "x-amz-trailer"]
    assert not [name for name in last if name.startswith("x-amz-checksum") or name == "x-amz-sdk-checksum-algorithm"]


@pytest.mark.usefixtures("keys")
def test_a_store_that_refuses_to_be_asked_for_checksums_is_asked_without() -> None:
    with answering((400, ""), (200, "")) as (endpoint, seen):
        store = S3Store(settings(endpoint), patience=ANSWERED)
        assert store.head("a.mp3").size == 0
    assert "x-amz-checksum-mode" in seen[0][1]
    assert "x-amz-checksum-mode" not in seen[1][1]
    assert "checked by MD5" in store.remarks[0]


@pytest.mark.parametrize(
    ("endpoint", "known", "checksum"),
    [
        ("", "sha256", "crc32"),
        ("https://minio.example.org", "sha256", "crc32"),
        ("http://127.0.0.1:8333", "sha256", "crc32"),
        ("http://minio.example.org", "sha256", "sha256"),
        ("HTTP://10.0.0.7:9000", "sha256", "sha256"),
        ("https://minio.example.org", "crc32", "crc32"),
        ("https://minio.example.org", "md5", "md5"),
    ],
)
def test_a_part_goes_with_as_much_as_its_way_needs(endpoint: str, known: str, checksum: str) -> None:
    store = S3Store(StoreSettings(kind="s3", base_url="https://cast.example", endpoint=endpoint, bucket="b"))
    store._checksum = known
    assert store.part_checksum == checksum


@pytest.mark.parametrize("checksum", ["crc32", "md5"])
def test_weaker_checksums_work_with_a_real_server(store: S3Store, big: Path, checksum: str) -> None:
    store._checksum = checksum
    assert put(store, big).sha256 == hashlib.sha256(big.read_bytes()).hexdigest()
    (big.parent / "small").write_bytes(b"x")
    assert put(store, big.parent / "small", "b.mp3").size == 1
    assert "checked by" in store.remarks[0]


@pytest.mark.parametrize(
    ("endpoint", "style"),
    [
        ("http://127.0.0.1:8333", "path"),
        ("https://minio.example.org", "path"),
        ("https://oss-cn-beijing.aliyuncs.com", "virtual"),
        ("https://cos.ap-guangzhou.myqcloud.com", "virtual"),
        ("", "virtual"),
    ],
)
@pytest.mark.usefixtures("keys")
def test_addressing(endpoint: str, style: str) -> None:
    store = S3Store(settings(endpoint, "castkit-bucket").model_copy(update={"region": "eu-west-1"}))
    client = store._connected()
    assert client.meta.config.s3["addressing_style"] == style
    assert client.meta.config.signature_version == "s3v4"


def test_the_public_address_has_no_prefix_of_its_own(s3_server: S3Server) -> None:
    store = S3Store(s3_server.settings("b", prefix="/shows/one/"))
    assert store.url("feeds/en.xml") == "https://cast.example/feeds/en.xml"
    assert store.place("feeds/en.xml") == "shows/one/feeds/en.xml"
    assert store.name == f"bucket b/shows/one at {s3_server.endpoint}"


_LARGE = """
import resource, sys
from pathlib import Path
from castkit.model.show import StoreSettings
from castkit.storage.s3 import S3Store
store = S3Store(StoreSettings.model_validate_json(sys.argv[1]))
store.head("warm")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
store.put("large.mp4", Path(sys.argv[2]), content_type="video/mp4", cache_control="")
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss has other units elsewhere")
def test_memory_does_not_grow_with_the_file(s3_server: S3Server, bucket: str, tmp_path: Path) -> None:
    with (tmp_path / "large.mp4").open("wb") as file:
        file.truncate(400 << 20)  # sparse
    given = s3_server.settings(bucket, prefix=tmp_path.name).model_dump_json()
    done = subprocess.run(
        [sys.executable, "-c", _LARGE, given, str(tmp_path / "large.mp4")], check=True, capture_output=True, text=True
    )
    S3Store(s3_server.settings(bucket, prefix=tmp_path.name)).delete("large.mp4")
    assert int(done.stdout) < 160, "MiB above what it took before"


def test_an_object_can_be_fetched_by_anybody_who_may(s3_server: S3Server, store: S3Store, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"words")
    put(store, tmp_path / "a")
    address = s3_server.client().generate_presigned_url(
        "get_object", Params={"Bucket": store.bucket, "Key": store.place("a.mp3")}
    )
    with urllib.request.urlopen(address) as answer:
        assert answer.read() == b"words"
        assert answer.headers["Content-Type"] == "audio/mpeg"
