"""A store that is an S3 bucket, Amazon's or anybody's.

Rule: credentials come the standard way only (environment, ~/.aws, SSO), and every call ends within a time of our own.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from castkit.errors import DAMAGED, StoreError
from castkit.model.show import StoreSettings
from castkit.model.web_address import is_loopback
from castkit.storage import s3_delete, s3_order, s3_probe, s3_upload
from castkit.storage.keys import checked, public_url
from castkit.storage.pace import Pace, PacedBody
from castkit.storage.patience import PATIENT, Patience, TooSlow, within
from castkit.storage.s3_client import connect
from castkit.storage.s3_errors import code_of, may_pass, refuses_the_unknown, status_of, translated
from castkit.storage.s3_parts import AT_ONCE
from castkit.storage.s3_pieces import whole_sha256
from castkit.storage.s3_presets import CHECKSUMS, Checksum, Preset, endpoint_of, preset_of
from castkit.storage.store import Listed, ObjectInfo, Progress, Terms

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_LOG = logging.getLogger(__name__)
_MEGA = 1_000_000
T = TypeVar("T")


class S3Store:
    """Objects under `prefix` in a bucket; nothing is connected before the first call."""

    def __init__(self, settings: StoreSettings, *, patience: Patience = PATIENT) -> None:
        self._settings, self._preset = settings, preset_of(settings)
        self._pace = Pace(settings.bandwidth_limit * _MEGA) if settings.bandwidth_limit else None
        self._patience = _no_faster_than(patience, self._pace)
        self._until = float("inf")  # the whole store's deadline, from `check` on
        self._prefix = f"{settings.prefix.strip('/')}/" if settings.prefix.strip("/") else ""
        self._lock = threading.Lock()
        self._swept: set[str] = set()
        self._client: S3Client | None = None
        self._checksum = self._preset.checksum
        self._is_conditional = self._preset.is_conditional

    @property
    def name(self) -> str:
        where = _without_login(endpoint_of(self._settings)) or "Amazon S3"
        return f"bucket {self._settings.bucket}/{self._prefix} at {where}".replace("/ at", " at")

    @property
    def prefix(self) -> str:
        """The folder within the bucket with a slash at its end, or an empty string."""
        return self._prefix

    @property
    def preset(self) -> Preset:
        """What is known of the service."""
        return self._preset

    @property
    def bucket(self) -> str:
        return self._settings.bucket

    def url(self, key: str) -> str:
        return public_url(self._settings.base_url, key)

    @property
    def checksum(self) -> Checksum:
        """The best checksum that this store is known to take, or not known to refuse."""
        return self._checksum

    @property
    def part_checksum(self) -> Checksum:
        """That of a large file's parts, beside which the whole is held against its SHA-256.

        Where nobody can change them on purpose on their way, CRC32 finds what happens by itself, and costs both sides
        a third.
        """
        is_enough = self._checksum == "sha256" and _is_guarded(endpoint_of(self._settings))
        return "crc32" if is_enough else self._checksum

    @property
    def is_conditional(self) -> bool:
        """Whether conditions are sent: until the store is known to keep none."""
        return self._is_conditional is not False

    @property
    def remarks(self) -> tuple[str, ...]:
        return s3_probe.remarks(self.name, is_conditional=self.is_conditional, checksum=self._checksum)

    def head(self, key: str, *, digest: bool = True) -> ObjectInfo | None:
        del digest  # it comes with the rest
        return self.call(lambda client: self._head(client, key), what=f"looking at {key}")

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

    def part(self, key: str, start: int, size: int) -> bytes:
        place, wanted = self.place(key), f"bytes={start}-{start + size - 1}"
        return self.call(
            lambda client: client.get_object(Bucket=self.bucket, Key=place, Range=wanted)["Body"].read(),
            what=f"reading {key}",
            size=size,
        )

    def put(
        self, key: str, source: Path, *, content_type: str, cache_control: str, progress: Progress | None = None
    ) -> ObjectInfo:
        return self.send(key, source, Terms(content_type, cache_control), progress)

    def send(self, key: str, source: Path, terms: Terms, progress: Progress | None = None) -> ObjectInfo:
        return s3_upload.put(self, self._order(key, source, terms), progress)

    def _order(self, key: str, source: Path, terms: Terms) -> s3_order.Order:
        return s3_order.order(key, self.place(key), source, terms, checksum=self.part_checksum)

    def list(self, prefix: str = "") -> Iterator[str]:
        return (one.key for one in self.listing(prefix))

    def listing(self, prefix: str = "") -> Iterator[Listed]:
        found = self._listed(prefix)
        return iter(sorted(found, key=lambda one: one.key))  # some stores sort folder by folder, not by the whole key

    def delete(self, key: str, *, over: str | None = None) -> None:
        s3_delete.delete(self, key, self.place(key), over)

    def check(self) -> None:
        self._until = time.monotonic() + self._settings.deadline_s
        probe = s3_probe.Probe(self, self._prefix, secrets.token_hex(4))
        self._is_conditional = probe.run(self._is_conditional)

    def place(self, key: str) -> str:
        """The key within the bucket."""
        return self._prefix + checked(key)

    def deadline(self, size: int) -> float:
        """When to give a transfer of this many bytes up (monotonic seconds)."""
        return min(self._patience.deadline(size), self._until)

    def body(self, data: bytes) -> Any:
        """The bytes as botocore shall send them: no faster than the show allows."""
        return PacedBody(data, self._pace) if self._pace else data

    def call(self, action: Callable[[S3Client], T], *, what: str, size: int = 0, deadline: float | None = None) -> T:
        """What the action gives, tried again while that may help; StoreError (caused by botocore's, or TooSlow) else.

        `size` in bytes is what one try moves.
        """
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        soonest = time.monotonic() + self._settings.deadline_s  # before `check` too
        until = min(deadline or self._patience.deadline(size), self._until, soonest)
        for wait in (*self._patience.waits(), None):
            try:
                left = until - time.monotonic()
                left = min(self._patience.one_try(size), left if wait is None else left / 2)  # time for another try
                return within(left, partial(action, self._connected()))
            except TooSlow as error:
                self._client = None  # its connections may all be as slow
                if wait is None or time.monotonic() + wait > until:
                    raise self._too_slow(what) from error
            except (BotoCoreError, ClientError, *DAMAGED) as error:  # botocore believes what a store answers
                if wait is None or not may_pass(error) or time.monotonic() + wait > until:
                    raise translated(error, store=self.name, what=what) from error
                _LOG.info("%s: %s; trying again in %.1f s", what, code_of(error) or type(error).__name__, wait)
            time.sleep(wait)
        raise AssertionError("the last try returns or raises")

    def _too_slow(self, what: str) -> StoreError:
        hint = "check the network, and endpoint under [store] in castkit.toml; then run the command again: it goes on"
        if time.monotonic() + 1 > self._until:
            return StoreError(
                f"{self.name}: {what} was not done within deadline_s = {self._settings.deadline_s:g} seconds",
                "run the command again, which goes on from here, or raise deadline_s under [store] in castkit.toml",
            )
        return StoreError(f"{self.name} cannot be reached, or is too slow: {what} was given up", hint)

    def asks_less(self, refusal: BaseException | None) -> bool:
        """Whether to ask again with less, after a store refused what it may not know; the lack is in `remarks`."""
        if not refuses_the_unknown(refusal):
            return False
        with self._lock:
            if self._is_conditional is None:
                self._is_conditional = False
                return True
            worse = CHECKSUMS[CHECKSUMS.index(self._checksum) + 1 :]
            if not worse:
                return False
            self._checksum, self._client = worse[0], None
            _LOG.warning("%s does not know this checksum; the next one asked for is %s", self.name, worse[0])
            return True

    def is_to_sweep(self, folder: str) -> bool:
        """Whether nobody looked for stale uploads below this folder of the bucket yet; true once."""
        with self._lock:
            is_new = folder not in self._swept
            self._swept.add(folder)
            return is_new

    def _head(self, client: S3Client, key: str) -> ObjectInfo | None:
        from botocore.exceptions import ClientError  # noqa: PLC0415

        mode: Any = {} if self._checksum == "md5" else {"ChecksumMode": "ENABLED"}  # a store without them refuses it
        try:
            found = client.head_object(Bucket=self.bucket, Key=self.place(key), **mode)
        except ClientError as error:
            if status_of(error) == 404:
                return None
            if mode and status_of(error) in (400, 501):
                self._checksum = "md5"
                return self._head(client, key)
            if status_of(error) in (400, 403):  # HEAD has no body to say why: a question with an answer does
                client.list_objects_v2(Bucket=self.bucket, Prefix=self._prefix, MaxKeys=1)
            raise
        # What the store computed goes before our own word, which says only what was meant.
        sha256 = whole_sha256(
            found.get("ChecksumSHA256", ""), kind=found.get("ChecksumType", ""), etag=found.get("ETag", "")
        ) or found["Metadata"].get("sha256")
        return ObjectInfo(found["ContentLength"], sha256, found.get("ContentType", ""), found.get("ETag", ""))

    def _listed(self, prefix: str) -> Iterator[Listed]:
        token = ""
        while True:
            page, token = self.call(partial(self._page, prefix=self._prefix + prefix, token=token), what="listing it")
            for one in page:
                if not s3_probe.is_probe(one.key) and not one.key.endswith("/"):
                    yield one
            if not token:
                return

    def _page(self, client: S3Client, *, prefix: str, token: str) -> tuple[Sequence[Listed], str]:
        """A page of a listing, and what to ask for the next one with, or nothing; one of DAMAGED where it is none."""
        from_here: Any = {"ContinuationToken": token} if token else {}
        page = client.list_objects_v2(Bucket=self.bucket, Prefix=prefix, **from_here)
        found = [
            Listed(
                item["Key"].removeprefix(self._prefix),
                item["Size"],
                item.get("ETag", ""),
                item["LastModified"].timestamp(),
            )
            for item in page.get("Contents", ())
        ]
        following = page["NextContinuationToken"] if page.get("IsTruncated") else ""
        if token and following == token:
            raise ValueError("the same page again")
        return found, following

    def _connected(self) -> S3Client:
        with self._lock:
            if self._client is None:
                self._client = connect(self._settings, self._patience, has_checksums=self._checksum != "md5")
            return self._client


def _no_faster_than(patience: Patience, pace: Pace | None) -> Patience:
    """Patience with what the show itself slows down: each of the parts under way gets its share."""
    return replace(patience, slowest=min(patience.slowest, pace.rate / (2 * AT_ONCE))) if pace else patience


def _is_guarded(endpoint: str) -> bool:
    """Whether bytes go there by TLS, as they do to Amazon, or stay on this machine."""
    return not endpoint.lower().startswith("http://") or is_loopback(endpoint)


def _without_login(endpoint: str) -> str:
    """The address without a user and password, should somebody have written them into it."""
    parts = urlsplit(endpoint)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
