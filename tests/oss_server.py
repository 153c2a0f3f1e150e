"""A server with the ways of Aliyun OSS: it is reached as an HTTP proxy, for a test has no host names.

Refused are path-style addresses, aws-chunked bodies, conditions on writes, wrong MD5 sums and newer checksums; every
object is answered with Content-Disposition: attachment, as under a bucket's own name there.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import threading
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

REGION_HOST = "s3.oss-cn-beijing.example"
PUBLIC_HOST = "cast.example"


@dataclass
class Bucket:
    """What is stored: bytes and headers by key; uploads in parts by id; what was set of it;
    every request as method, address, headers.
    """

    name: str
    objects: dict[str, tuple[bytes, dict[str, str]]] = field(default_factory=dict)
    uploads: dict[str, dict[int, bytes]] = field(default_factory=dict)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    settings: dict[str, bytes] = field(default_factory=dict)
    seen: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    bucket: Bucket

    def _answer(self) -> None:
        given = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(given.get("content-length", 0)))
        parts = urlsplit(self.path)
        self.bucket.seen.append((self.command, self.path, given))
        key, query = unquote(parts.path).removeprefix("/"), parse_qs(parts.query, keep_blank_values=True)
        if parts.hostname == PUBLIC_HOST:
            self._public(key, given)
        elif parts.hostname != f"{self.bucket.name}.{REGION_HOST}":
            self._refuse(403, "SecondLevelDomainForbidden")
        elif self.command in ("PUT", "POST") and (code := _refusal(given, body)):
            self._refuse(*code)
        elif name := next((one for one in ("acl", "lifecycle", "cors", "policy") if one in query), ""):
            self._setting(name, given, body)
        elif self.command == "PUT":
            self._put(key, query, given, body)
        elif self.command == "POST":
            self._post(key, query, given)
        elif self.command == "DELETE":
            self.bucket.objects.pop(key, None)
            self._send(204)
        elif key:
            self._object(key, {})
        else:
            self._list(query)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _answer  # noqa: N815

    def _setting(self, name: str, given: dict[str, str], body: bytes) -> None:
        """A bucket's own settings: its S3 interface has access and lifecycle, and no CORS and no policy."""
        if name in ("cors", "policy"):
            self._refuse(501, "NotImplemented")
        elif self.command == "PUT":
            self.bucket.settings[name] = given.get("x-amz-acl", "").encode() or body
            self._send(200)
        elif name == "acl":
            owner = "<Owner><ID>1</ID></Owner><AccessControlList></AccessControlList>"
            self._send(200, f"<AccessControlPolicy>{owner}</AccessControlPolicy>".encode())
        else:
            self._refuse(404, "NoSuchLifecycle")

    def _put(self, key: str, query: dict[str, list[str]], given: dict[str, str], body: bytes) -> None:
        etag = f'"{hashlib.md5(body, usedforsecurity=False).hexdigest().upper()}"'
        if "uploadId" in query:
            self.bucket.uploads[query["uploadId"][0]][int(query["partNumber"][0])] = body
        else:
            self.bucket.objects[key] = (body, {**_kept(given), "ETag": etag})
        self._send(200, headers={"ETag": etag})

    def _post(self, key: str, query: dict[str, list[str]], given: dict[str, str]) -> None:
        if "uploads" in query:
            name = f"upload-{len(self.bucket.uploads)}"
            self.bucket.uploads[name], self.bucket.headers[name] = {}, _kept(given)
            self._xml("InitiateMultipartUploadResult", {"Bucket": self.bucket.name, "Key": key, "UploadId": name})
            return
        name = query["uploadId"][0]
        parts = self.bucket.uploads.pop(name)
        body = b"".join(parts[number] for number in sorted(parts))
        etag = f'"{hashlib.md5(body, usedforsecurity=False).hexdigest().upper()}-{len(parts)}"'
        self.bucket.objects[key] = (body, {**self.bucket.headers.pop(name), "ETag": etag})
        self._xml("CompleteMultipartUploadResult", {"Key": key, "ETag": etag})

    def _list(self, query: dict[str, list[str]]) -> None:
        root = ET.Element("ListBucketResult")
        ET.SubElement(root, "IsTruncated").text = "false"
        prefix = query.get("prefix", [""])[0]
        for key, (body, headers) in sorted(self.bucket.objects.items()):
            if key.startswith(prefix) and "uploads" not in query:
                entry = ET.SubElement(root, "Contents")
                about = {"Key": key, "ETag": headers["ETag"], "Size": str(len(body))}
                for name, text in {**about, "LastModified": "2026-01-01T00:00:00.000Z"}.items():
                    ET.SubElement(entry, name).text = text
        self._send(200, ET.tostring(root), {"Content-Type": "application/xml"})

    def _public(self, key: str, given: dict[str, str]) -> None:
        self._object(key, given)

    def _object(self, key: str, given: dict[str, str]) -> None:
        if key not in self.bucket.objects:
            self._refuse(404, "NoSuchKey")
            return
        body, headers = self.bucket.objects[key]
        forced = {**headers, "Content-Disposition": "attachment", "x-oss-force-download": "true"}
        if given.get("range") == "bytes=0-0":
            self._send(206, body[:1], {**forced, "Content-Range": f"bytes 0-0/{len(body)}"})
        else:
            self._send(200, body, forced)

    def _xml(self, name: str, values: dict[str, str]) -> None:
        root = ET.Element(name)
        for key, text in values.items():
            ET.SubElement(root, key).text = text
        self._send(200, ET.tostring(root), {"Content-Type": "application/xml"})

    def _refuse(self, status: int, code: str) -> None:
        self._send(status, f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode())

    def _send(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        fields = {"Last-Modified": formatdate(0, usegmt=True), **(headers or {}), "Content-Length": str(len(body))}
        for name, value in fields.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD" and status != 204:
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def _refusal(given: dict[str, str], body: bytes) -> tuple[int, str] | None:
    if "aws-chunked" in given.get("content-encoding", "") or given.get("x-amz-content-sha256", "").startswith("STREAM"):
        return 400, "InvalidArgument"
    if any(name in given for name in ("if-match", "if-none-match")):
        return 501, "NotImplemented"
    if any(name.startswith(("x-amz-checksum", "x-amz-trailer")) for name in given):
        return 400, "InvalidArgument"
    md5 = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
    return (400, "InvalidDigest") if given.get("content-md5", md5) != md5 else None


def _kept(given: dict[str, str]) -> dict[str, str]:
    names = ("content-type", "cache-control")
    return {name: value for name, value in given.items() if name in names or name.startswith("x-amz-meta-")}


@contextlib.contextmanager
def oss(bucket: str) -> Iterator[tuple[str, Bucket]]:
    """The address to give as HTTP_PROXY, and the bucket."""
    kept = Bucket(bucket)
    handler = type("OssHandler", (Handler,), {"bucket": kept})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", kept
        finally:
            server.shutdown()
            thread.join()
