"""A store that is an S3 bucket, Amazon's or anybody's; the only place that imports boto3.

Rule: credentials come the standard way only (environment, ~/.aws, SSO), and every call ends within a time of our own.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from castkit.errors import StoreError
from castkit.model.show import StoreSettings
from castkit.storage import s3_upload
from castkit.storage.keys import checked, public_url
from castkit.storage.s3_errors import code_of, may_pass, status_of, translated
from castkit.storage.store import ObjectInfo, Progress

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_LOG = logging.getLogger(__name__)
_PROBE = ".castkit-check"
T = TypeVar("T")

# Services that take the bucket's name in the host name only; every other service of its own takes it in the path.
_HOST_STYLE = ("aliyuncs.com", "myqcloud.com", "volces.com", "amazonaws.com", "amazonaws.com.cn")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for a store, in seconds; a transfer gets more time by its size."""

    connect: float = 10
    read: float = 60
    tries: int = 4
    whole: float = 120
    slowest: int = 64 * 1024  # bytes a second: a transfer slower than this is given up

    def deadline(self, size: int = 0) -> float:
        """The moment, on the monotonic clock, at which a call that moves this many bytes is not tried again."""
        return time.monotonic() + self.whole + size / self.slowest


class S3Store:
    """Objects under `prefix` in a bucket; nothing is connected before the first call."""

    def __init__(self, settings: StoreSettings, *, patience: Patience = Patience()) -> None:
        self._settings = settings
        self._patience = patience
        self._prefix = f"{settings.prefix.strip('/')}/" if settings.prefix.strip("/") else ""
        self._lock = threading.Lock()
        self._client: S3Client | None = None
        self.knows_checksums = True

    @property
    def name(self) -> str:
        where = _without_login(self._settings.endpoint) or "Amazon S3"
        return f"bucket {self._settings.bucket}/{self._prefix} at {where}".replace("/ at", " at")

    @property
    def bucket(self) -> str:
        return self._settings.bucket

    def url(self, key: str) -> str:
        return public_url(self._settings.base_url, key)

    def head(self, key: str, *, digest: bool = True) -> ObjectInfo | None:
        del digest  # it comes with the rest
        found = self.call(lambda client: self._head(client, key), what=f"looking at {key}")
        return ObjectInfo(*found) if found else None

    def get(self, key: str) -> bytes:
        place = self.place(key)
        try:
            return self.call(
                lambda client: client.get_object(Bucket=self.bucket, Key=place)["Body"].read(), what=f"reading {key}"
            )
        except StoreError as error:
            if code_of(error.__cause__) in ("NoSuchKey", "404"):
                raise StoreError(f"{key} is not in {self.name}", "publish the episode again") from error
            raise

    def put(
        self, key: str, source: Path, *, content_type: str, cache_control: str, progress: Progress | None = None
    ) -> ObjectInfo:
        order = s3_upload.Order(key, self.place(key), source, content_type, cache_control)
        return s3_upload.put(self, order, progress)

    def list(self, prefix: str = "") -> Iterator[str]:
        return iter(sorted(self._list(prefix)))  # some stores sort folder by folder, not by the whole key

    def delete(self, key: str) -> None:
        place = self.place(key)
        self.call(lambda client: client.delete_object(Bucket=self.bucket, Key=place), what=f"deleting {key}")

    def check(self) -> None:
        place = self._prefix + _PROBE
        self.call(
            lambda client: client.list_objects_v2(Bucket=self.bucket, Prefix=self._prefix, MaxKeys=1), what="listing it"
        )
        self.call(lambda client: client.put_object(Bucket=self.bucket, Key=place, Body=b""), what="writing to it")
        self.call(lambda client: client.delete_object(Bucket=self.bucket, Key=place), what="deleting from it")

    def place(self, key: str) -> str:
        """The key within the bucket."""
        return self._prefix + checked(key)

    def deadline(self, size: int) -> float:
        """When to give a transfer of this many bytes up (monotonic seconds)."""
        return self._patience.deadline(size)

    def call(self, action: Callable[[S3Client], T], *, what: str, deadline: float | None = None) -> T:
        """What the action gives, tried again while that may help; StoreError (caused by botocore's) else."""
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        until = deadline or self._patience.deadline()
        for wait in (*(0.5 * 2**attempt for attempt in range(self._patience.tries - 1)), None):
            try:
                return action(self._connected())
            except (BotoCoreError, ClientError) as error:
                if wait is None or not may_pass(error) or time.monotonic() + wait > until:
                    raise translated(error, store=self.name, what=what) from error
                _LOG.info("%s: %s; trying again in %s s", what, code_of(error) or type(error).__name__, wait)
                time.sleep(wait)
        raise AssertionError("the last try returns or raises")

    def forgo_checksums(self) -> None:
        """From now on sends MD5 sums only, for a store that knows no others."""
        _LOG.warning("%s does not know SHA-256 checksums; uploads are checked by MD5 and size", self.name)
        with self._lock:
            self.knows_checksums, self._client = False, None

    def _head(self, client: S3Client, key: str) -> tuple[int, str | None, str] | None:
        from botocore.exceptions import ClientError  # noqa: PLC0415

        try:
            found = client.head_object(Bucket=self.bucket, Key=self.place(key), ChecksumMode="ENABLED")
        except ClientError as error:
            if status_of(error) == 404:
                return None
            if status_of(error) in (400, 403):  # HEAD has no body to say why: a question with an answer does
                client.list_objects_v2(Bucket=self.bucket, Prefix=self._prefix, MaxKeys=1)
            raise
        # What the store computed goes before our own word, which says only what was meant.
        sha256 = s3_upload.whole_sha256(
            found.get("ChecksumSHA256", ""), kind=found.get("ChecksumType", ""), etag=found.get("ETag", "")
        ) or found["Metadata"].get("sha256")
        return found["ContentLength"], sha256, found.get("ContentType", "")

    def _list(self, prefix: str) -> Iterator[str]:
        token: dict[str, str] = {}
        while True:
            page = self.call(
                lambda client, token=token: client.list_objects_v2(  # type: ignore[misc]
                    Bucket=self.bucket, Prefix=self._prefix + prefix, **token
                ),
                what="listing it",
            )
            names = (item["Key"].removeprefix(self._prefix) for item in page.get("Contents", ()))
            yield from (name for name in names if name != _PROBE and not name.endswith("/"))
            if not page.get("IsTruncated"):
                return
            token = {"ContinuationToken": page["NextContinuationToken"]}

    def _connected(self) -> S3Client:
        with self._lock:
            if self._client is None:
                self._client = self._connect()
            return self._client

    def _connect(self) -> S3Client:
        import boto3  # noqa: PLC0415
        from botocore.config import Config  # noqa: PLC0415

        settings = self._settings
        if not settings.bucket:
            raise StoreError("no bucket is named", "write bucket under [store] in castkit.toml")
        style: Any = {"addressing_style": _addressing(settings.endpoint)}
        config = Config(
            signature_version="s3v4",  # custom endpoints would get version 2 in places
            connect_timeout=self._patience.connect,
            read_timeout=self._patience.read,
            retries={"total_max_attempts": 1},  # `call` tries again, within its own time
            s3=style,
            request_checksum_calculation="when_supported" if self.knows_checksums else "when_required",
            response_checksum_validation="when_supported" if self.knows_checksums else "when_required",
        )
        region = settings.region or (None if not settings.endpoint else "us-east-1")
        session = boto3.session.Session(region_name=region)
        try:
            return session.client("s3", endpoint_url=settings.endpoint or None, config=config)
        except ValueError as error:  # "Invalid endpoint: …"
            raise StoreError(
                f"{settings.endpoint!r} cannot be an endpoint", "write one as https://… under [store] in castkit.toml"
            ) from error


def _addressing(endpoint: str) -> str:
    host = urlsplit(endpoint).hostname or ""
    return "path" if host and not host.endswith(_HOST_STYLE) else "virtual"


def _without_login(endpoint: str) -> str:
    """The address without a user and password, should somebody have written them into it."""
    parts = urlsplit(endpoint)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
