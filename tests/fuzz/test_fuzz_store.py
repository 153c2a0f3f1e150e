"""What a bucket answers: listings, headers, parts, refusals and settings, through botocore as castkit uses it."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import fuzzing
import pytest

import s3server
from castkit.errors import StoreError
from castkit.model.show import StoreSettings
from castkit.storage import s3_bucket, s3_parts
from castkit.storage.patience import Patience
from castkit.storage.s3 import S3Store
from castkit.storage.s3_order import Order
from castkit.storage.store import Terms
from castkit.storage.unfinished import Unfinished

AT_ONCE = Patience(tries=1, whole=600)  # every answer comes at once, but for what a slow machine takes
WORDS = b"Hello"
SHA256 = "185f8db32271fe25f561a6fc938b2e264306ec304eda518007d1764826381969"


def _answer(status: str, body: bytes = b"", *headers: str) -> bytes:
    lines = ("HTTP/1.1 " + status, *headers, "x-amz-request-id: 1", "Connection: close")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def _xml(name: str, *fields: str) -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return f'{head}<{name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{"".join(fields)}</{name}>'.encode()


def _refusal(status: str, code: str) -> bytes:
    return _answer(
        status, f"<Error><Code>{code}</Code><Message>m</Message><Region>eu-north-1</Region></Error>".encode()
    )


_WHEN = "2026-09-16T09:00:00.000Z"
_TAG = '"8b1a9953c4611296a827abf8c47804d7"'
_OBJECT = f"<Contents><Key>show/a.mp3</Key><LastModified>{_WHEN}</LastModified><ETag>&quot;1&quot;</ETag><Size>5</Size>"
LISTING = _answer(
    "200 OK",
    _xml("ListBucketResult", "<IsTruncated>false</IsTruncated><KeyCount>1</KeyCount>", _OBJECT + "</Contents>"),
    "Content-Type: application/xml",
)
MORE = LISTING.replace(b"false", b"true").replace(
    b"<KeyCount>", b"<NextContinuationToken>t</NextContinuationToken><KeyCount>"
)
HEAD = _answer(
    "200 OK", b"", "Content-Length: 5", f"ETag: {_TAG}", "Content-Type: text/plain", f"x-amz-meta-sha256: {SHA256}",
    "x-amz-checksum-sha256: GF+NsyJx/iX1Yab8k4suJkMG7DBO2lGAB9F2SCY4GWk=", "x-amz-checksum-type: FULL_OBJECT",
    "Last-Modified: Wed, 16 Sep 2026 09:00:00 GMT", "Accept-Ranges: bytes",
)  # fmt: skip
BODY = HEAD + WORDS
PUT = _answer("200 OK", b"", "Content-Length: 0", f"ETag: {_TAG}")
_PART = f"<PartNumber>1</PartNumber><LastModified>{_WHEN}</LastModified><ETag>{_TAG}</ETag><Size>5</Size>"
PARTS = _answer(
    "200 OK",
    _xml("ListPartsResult", "<UploadId>u</UploadId><IsTruncated>false</IsTruncated>", f"<Part>{_PART}</Part>"),
)
MORE_PARTS = PARTS.replace(b"false", b"true").replace(
    b"<Part>", b"<NextPartNumberMarker>1</NextPartNumberMarker><Part>"
)
_BEGUN = f"<Key>show/a.mp3</Key><UploadId>u</UploadId><Initiated>{_WHEN}</Initiated>"
UPLOADS = _answer(
    "200 OK",
    _xml("ListMultipartUploadsResult", "<IsTruncated>false</IsTruncated>", f"<Upload>{_BEGUN}</Upload>"),
)
MORE_UPLOADS = UPLOADS.replace(b"false", b"true").replace(b"<Upload>", b"<NextKeyMarker>k</NextKeyMarker><Upload>")
BEGUN = _answer("200 OK", _xml("InitiateMultipartUploadResult", "<UploadId>u</UploadId>"))
POLICY = _answer("200 OK", b'{"Version": "2012-10-17", "Statement": [{"Sid": "a", "Principal": {"AWS": "*"}}]}')
CORS = _answer(
    "200 OK",
    _xml(
        "CORSConfiguration", "<CORSRule><AllowedOrigin>a</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule>"
    ),
)
ACL = _answer(
    "200 OK",
    b'<AccessControlPolicy><AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    b'xsi:type="Group"><URI>http://a/AllUsers</URI></Grantee><Permission>READ</Permission></Grant></AccessControlList>'
    b"</AccessControlPolicy>",
)
LIFECYCLE = _answer(
    "200 OK",
    _xml("LifecycleConfiguration", "<Rule><ID>a</ID><Status>Enabled</Status><Prefix>x</Prefix></Rule>"),
)
REFUSALS = (
    _refusal("404 Not Found", "NoSuchKey"),
    _refusal("403 Forbidden", "AccessDenied"),
    _refusal("400 Bad Request", "InvalidArgument"),
    _refusal("301 Moved Permanently", "PermanentRedirect"),
    _refusal("412 Precondition Failed", "PreconditionFailed"),
    _refusal("200 OK", "InternalError"),
)


class Bucket:
    """A server that answers everything (HEAD with its own, where there is one) with the same bytes, then hangs up."""

    answer = b""
    to_head = b""
    store: S3Store
    settings: StoreSettings
    source: Path

    @classmethod
    def serve(cls, listener: socket.socket) -> None:
        """Answers, one after the other, until the socket is closed."""
        with contextlib.suppress(OSError):
            while True:
                asker, _ = listener.accept()
                with asker, contextlib.suppress(OSError):
                    asker.settimeout(60)
                    method = _heard(asker)
                    asker.sendall(cls.to_head or cls.answer if method == b"HEAD" else cls.answer)


def _heard(asker: socket.socket) -> bytes:
    """Reads a whole question, and gives its method; who waits for a word before sending the body, waits no longer."""
    with asker.makefile("rb") as stream:
        method, headers = stream.readline().partition(b" ")[0], {}
        while line := stream.readline().strip():
            name, _, value = line.partition(b":")
            headers[name.lower()] = value.strip()
        if b"expect" not in headers:
            stream.read(int(headers.get(b"content-length", 0)))
    return method


@pytest.fixture(scope="module", autouse=True)
def _bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("bucket")
    Bucket.source = folder / "a.txt"
    Bucket.source.write_bytes(WORDS)
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.MonkeyPatch.context() as patch:
        s3server.sign_in(patch, folder)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        Bucket.settings = StoreSettings(
            kind="s3", base_url="https://cast.example", endpoint=address, bucket="b", prefix="show"
        )
        thread = threading.Thread(target=Bucket.serve, args=(listener,), daemon=True)
        thread.start()
        yield
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


def _asked(ask: Callable[[S3Store], object], to_head: bytes = b"") -> Callable[[bytes], object]:
    """A reader of what a server answers to this."""

    def reader(data: bytes) -> object:
        Bucket.answer, Bucket.to_head = data, to_head
        return ask(S3Store(Bucket.settings, patience=AT_ONCE))

    return reader


def _order() -> Order:
    return Order("a.txt", "show/a.txt", Bucket.source, Terms("text/plain", "no-store"), SHA256, len(WORDS))


def _sent(store: S3Store) -> object:
    return store.send("a.txt", Bucket.source, _order().terms)


def _parts(store: S3Store) -> object:
    found = s3_parts._parts_there(store, _order(), "u")
    upload = s3_parts._Upload(Unfinished("u", SHA256, 16 << 20, "sha256"), found or {}, store.deadline(5))
    return s3_parts._parts_sent(store, _order(), upload, s3_parts._Tally(None))


PARSERS = tuple(
    fuzzing.Parser(name, _asked(ask, HEAD if ask is _sent else b""), (*seeds, *REFUSALS), "http", examples=25)
    for name, ask, *seeds in (
        ("listing of a bucket", lambda store: list(store.listing()), LISTING, MORE),
        ("headers of an object", lambda store: store.head("a.txt"), HEAD),
        ("object", lambda store: (store.get("a.txt"), store.part("a.txt", 0, 5)), BODY),
        ("answer to an upload", _sent, PUT),
        ("answer to a deletion", lambda store: store.delete("a.txt"), _answer("204 No Content")),
        ("parts of an upload", _parts, PARTS, MORE_PARTS),
        ("uploads of a bucket", lambda store: list(s3_parts.begun_uploads(store, "")), UPLOADS, MORE_UPLOADS),
        ("beginning of an upload", lambda store: s3_parts._begun(store, _order()), BEGUN),
        ("look at a bucket", lambda store: store.check(), LISTING),
        ("policy of a bucket", partial(s3_bucket.looked, look=s3_bucket._policy), POLICY),
        ("CORS of a bucket", partial(s3_bucket.looked, look=s3_bucket._cors), CORS),
        ("ACL of a bucket", partial(s3_bucket.looked, look=s3_bucket._acl), ACL),
        ("lifecycle of a bucket", partial(s3_bucket.looked, look=s3_bucket._lifecycle), LIFECYCLE),
    )
)


@pytest.mark.soak
@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_no_answer_of_a_bucket_makes_the_reader_stumble(parser: fuzzing.Parser) -> None:
    parser.sweep()


@pytest.mark.parametrize(("parser", "data"), fuzzing.cases(PARSERS))
def test_answers_found_once_are_refused_in_words(parser: fuzzing.Parser, data: bytes) -> None:
    parser.accepts(data)


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_the_seeds_are_answers(parser: fuzzing.Parser) -> None:
    parser.read(parser.seeds[0])


@pytest.mark.parametrize("name", ["listing of a bucket", "parts of an upload", "uploads of a bucket"])
def test_a_bucket_that_begins_the_same_page_again_is_left(name: str) -> None:
    (parser,) = (one for one in PARSERS if one.name == name)
    with pytest.raises(StoreError, match="did not answer as S3 does"):
        parser.read(parser.seeds[1])


def test_a_server_that_sends_on_to_another_address_is_asked_once() -> None:
    Bucket.to_head, Bucket.answer = (
        b"",
        _answer("301 Moved Permanently", b"", "Location: https://a.example/", "Content-Length: 0"),
    )
    with pytest.raises(StoreError, match="another address") as refused:
        S3Store(Bucket.settings, patience=AT_ONCE).head("a.txt")
    assert "http or https" in refused.value.hint
