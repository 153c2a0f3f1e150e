"""A large file in parts, a few at once; what broke off goes on where it stopped.

Rule: the store is asked which parts it has (`list_parts`), and each is held against the file before it is left out.
"""

from __future__ import annotations

import atexit
import hashlib
import logging
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from castkit.errors import StoreError
from castkit.storage import unfinished
from castkit.storage.s3_errors import code_of
from castkit.storage.s3_order import Bucket, Order, changed, conditions, lost, unreadable
from castkit.storage.s3_pieces import NAMES, Measured, Piece, part_size, pieces
from castkit.storage.store import LostRace, Progress
from castkit.storage.unfinished import Unfinished

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_LOG = logging.getLogger(__name__)

AT_ONCE = 6  # parts under way, each held in memory: enough that the line is busy while some wait for a far answer
_STALE = timedelta(days=1)
SWEEP = "castkit-sweep"  # the name of the threads that abort stale uploads
_SWEEPS: WeakSet[threading.Thread] = WeakSet()  # those at work in this process, whatever store they are for
_FAREWELL_S = 2.0


@dataclass(frozen=True, slots=True)
class _Upload:
    """The upload under way: what the store has of it already, by number, and when to give it up (monotonic s)."""

    about: Unfinished
    there: dict[int, dict[str, Any]]
    until: float


@dataclass(slots=True)
class _Tally:
    """Bytes sent so far, counted by several threads, and whether to go on."""

    progress: Progress | None
    done: int = 0
    stop: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, size: int) -> None:
        with self.lock:
            self.done += size
            if self.progress is not None:
                self.progress(self.done)


def send_parts(store: Bucket, wanted: Order, progress: Progress | None) -> str:
    """Sends what is missing and completes the object; gives its tag, or nothing where the answer was lost."""
    upload = _begun(store, wanted)
    _sweep(store, wanted, but=upload.about.upload)
    try:
        tag = _completed(store, wanted, upload, _parts_sent(store, wanted, upload, _Tally(progress)))
    except BaseException as error:
        if code_of(error.__cause__) == "NoSuchUpload":  # completed at a first try whose answer was lost, or else
            unfinished.note(wanted.terms.notebook, wanted.place, None)
            return ""  # the confirmation that follows finds out
        if race := _given_up(store, wanted, upload, error):
            raise race from error.__cause__
        raise
    unfinished.note(wanted.terms.notebook, wanted.place, None)
    return tag


def _completed(store: Bucket, wanted: Order, upload: _Upload, parts: Any) -> str:
    """Has the store make the object of these parts; gives its tag."""
    answer = store.call(
        lambda client: client.complete_multipart_upload(
            Bucket=store.bucket,
            Key=wanted.place,
            UploadId=upload.about.upload,
            MultipartUpload={"Parts": parts},
            **conditions(store, wanted),
        ),
        what=f"putting {wanted.key}",
        size=wanted.size,
        deadline=upload.until,
    )
    return answer.get("ETag", "")


def _given_up(store: Bucket, wanted: Order, upload: _Upload, error: BaseException) -> LostRace | None:
    """LostRace where it was that; the upload stays where a next run can go on with it, and is aborted where none can.

    A StoreError that no refusal or silence of the store caused is the file's fault: it changed, or cannot be read.
    """
    race = lost(store, wanted, error) if isinstance(error, StoreError) else None
    is_hopeless = race is not None or (isinstance(error, StoreError) and error.__cause__ is None)
    if wanted.terms.notebook is None or is_hopeless:
        abort(store, wanted.place, upload.about.upload)
        unfinished.note(wanted.terms.notebook, wanted.place, None)
    return race


def _begun(store: Bucket, wanted: Order) -> _Upload:
    """The upload that broke off, where the store still has it and the file is the same; else a new one, noted."""
    part, until = part_size(wanted.size), store.deadline(wanted.size)
    noted = unfinished.find(wanted.terms.notebook, wanted.place)
    if noted is not None:
        is_same = (noted.sha256, noted.part, noted.checksum) == (wanted.sha256, part, store.part_checksum)
        there = _parts_there(store, wanted, noted.upload) if is_same else None
        if there is not None:
            _LOG.info("going on with the upload of %s: %s parts are there", wanted.key, len(there))
            return _Upload(noted, there, until)
        abort(store, wanted.place, noted.upload)
    algorithm = NAMES[store.part_checksum][1]
    kind: Any = {"ChecksumAlgorithm": algorithm} if algorithm else {}
    name = store.call(
        lambda client: client.create_multipart_upload(Bucket=store.bucket, Key=wanted.place, **wanted.headers, **kind)[
            "UploadId"
        ],
        what=f"putting {wanted.key}",
    )
    about = Unfinished(name, wanted.sha256, part, store.part_checksum)
    unfinished.note(wanted.terms.notebook, wanted.place, about)
    return _Upload(about, {}, until)


def _parts_there(store: Bucket, wanted: Order, upload: str) -> dict[int, dict[str, Any]] | None:
    """What the store tells of each part it has, by number; None where it has no such upload any more."""
    found: dict[int, dict[str, Any]] = {}
    marker = 0
    while True:
        ask = partial(
            _page_of_parts, about={"Bucket": store.bucket, "Key": wanted.place, "UploadId": upload}, after=marker
        )
        try:
            page, marker = store.call(ask, what=f"looking at the parts of {wanted.key}")
        except StoreError as error:
            if code_of(error.__cause__) in ("NoSuchUpload", "NoSuchKey", "NotImplemented", "AccessDenied", "404"):
                return None
            raise
        found |= page
        if not marker:
            return found


def _page_of_parts(client: S3Client, *, about: Any, after: int) -> tuple[dict[int, dict[str, Any]], int]:
    """Parts by number, and the number after which the next page begins, or 0."""
    page: Any = client.list_parts(**about, PartNumberMarker=after)
    following = int(page.get("NextPartNumberMarker") or 0) if page.get("IsTruncated") else 0
    if 0 != following <= after:
        raise ValueError("the same page again")
    return {part["PartNumber"]: part for part in page.get("Parts", ()) if part.get("ETag")}, following


def _parts_sent(store: Bucket, wanted: Order, upload: _Upload, tally: _Tally) -> list[dict[str, Any]]:
    """Reads the file once, sends every piece that is missing, and gives what S3 wants to hear of them.

    Stops at the first failure; StoreError where the file is no longer the one that was meant.
    """
    known = wanted.measured
    if known and (known.kind, known.part) != (store.part_checksum, upload.about.part):
        known = None  # the store took less than it was asked for at first
    whole, room = hashlib.sha256(), threading.Semaphore(AT_ONCE)
    sent: list[Future[dict[str, Any]]] = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        try:
            for piece in _read(wanted, upload.about.part, known):
                room.acquire()
                if tally.stop.is_set():
                    break
                job = pool.submit(_part_sent, store, wanted, upload=upload, piece=piece, tally=tally)
                job.add_done_callback(lambda _: room.release())
                sent.append(job)
                if known is None:
                    whole.update(piece.data)  # while the piece is on its way
            parts = [job.result() for job in sent]
        except BaseException:
            tally.stop.set()  # Ctrl-C: parts not yet begun are not sent
            raise
    is_whole = len(parts) == len(known.digests) if known else whole.hexdigest() == wanted.sha256
    if not is_whole:
        raise changed(wanted.source)
    return parts


def _read(wanted: Order, part: int, known: Measured | None) -> Iterator[Piece]:
    try:
        for piece in pieces(wanted.source, part):
            if known and piece.number > len(known.digests):
                raise changed(wanted.source)
            yield known.piece(piece) if known else piece
    except OSError as error:
        raise unreadable(wanted.source, error) from error


def _part_sent(store: Bucket, wanted: Order, *, upload: _Upload, piece: Piece, tally: _Tally) -> dict[str, Any]:
    if tally.stop.is_set():
        return {}
    proof: Any = piece.proof(store.part_checksum)
    told = upload.there.get(piece.number)
    try:
        if told and piece.is_at(told):
            tag = told["ETag"]
        else:
            tag = store.call(
                lambda client: client.upload_part(
                    Bucket=store.bucket,
                    Key=wanted.place,
                    UploadId=upload.about.upload,
                    PartNumber=piece.number,
                    Body=store.body(piece.data),
                    **proof,
                )["ETag"],
                what=f"putting {wanted.key}",
                size=min(wanted.size, AT_ONCE * upload.about.part),  # the parts beside it share the line
                deadline=upload.until,
            )
        tally.add(piece.size)
    except BaseException:
        tally.stop.set()
        raise
    return {"PartNumber": piece.number, "ETag": tag, **(proof if NAMES[store.part_checksum][1] else {})}


@dataclass(frozen=True, slots=True)
class Begun:
    """An upload that somebody began and did not finish: the object's place in the bucket, and when (s since 1970)."""

    place: str
    upload: str
    since: float


def begun_uploads(store: Bucket, folder: str) -> Iterator[Begun]:
    """The unfinished uploads to places that begin so; StoreError where the store cannot list them."""
    marks: dict[str, str] = {}
    while True:
        ask = partial(_page_of_uploads, about={"Bucket": store.bucket, "Prefix": folder}, marks=marks)
        page, marks = store.call(ask, what="listing unfinished uploads")
        yield from page
        if not marks:
            return


def _page_of_uploads(client: S3Client, *, about: Any, marks: Any) -> tuple[list[Begun], dict[str, str]]:
    """Uploads, and what to ask for the next page with, or nothing."""
    page: Any = client.list_multipart_uploads(**about, **marks)
    found = [Begun(one["Key"], one["UploadId"], one["Initiated"].timestamp()) for one in page.get("Uploads", ())]
    if not page.get("IsTruncated") or not page.get("NextKeyMarker"):
        return found, {}
    following = {"KeyMarker": page["NextKeyMarker"], "UploadIdMarker": page.get("NextUploadIdMarker", "")}
    if following == marks:
        raise ValueError("the same page again")
    return found, following


def abort(store: Bucket, place: str, upload: str) -> None:
    """Has the store throw the parts away; that it could not is logged."""
    try:
        store.call(
            lambda client: client.abort_multipart_upload(Bucket=store.bucket, Key=place, UploadId=upload),
            what="aborting an unfinished upload",
        )
    except StoreError as error:
        if code_of(error.__cause__) != "NoSuchUpload":
            _LOG.warning("an unfinished upload of %s could not be aborted: %s; it is a day later", place, error)


def _sweep(store: Bucket, wanted: Order, *, but: str) -> None:
    """Has stale uploads aborted in a thread of its own, once for each folder: nothing that is sent waits for it."""
    folder = f"{wanted.place.rpartition('/')[0]}/".lstrip("/")
    if store.is_to_sweep(folder):
        sweep = threading.Thread(target=_abort_stale, args=(store, folder, wanted, but), name=SWEEP, daemon=True)
        _SWEEPS.add(sweep)
        sweep.start()


@atexit.register
def _end_sweeps() -> None:
    """What is not swept in this time is by the next run: a thread must not be at work while the interpreter ends."""
    until = time.monotonic() + _FAREWELL_S
    for sweep in list(_SWEEPS):
        sweep.join(max(until - time.monotonic(), 0))


def _abort_stale(store: Bucket, folder: str, wanted: Order, but: str) -> None:
    """Aborts uploads a day old, which nobody goes on with; not every store can list them.

    This one (`but`) stays, however old, and so do those beside it that are noted, for a run here goes on with them.
    """
    before = (datetime.now(UTC) - _STALE).timestamp()
    try:
        stale = [one for one in begun_uploads(store, folder) if one.since < before and one.upload != but]
        for one in stale:
            noted = unfinished.find(wanted.terms.notebook, one.place)
            if noted is None or noted.upload != one.upload:
                abort(store, one.place, one.upload)
    except Exception:  # noqa: BLE001 - whatever a store answers here, the upload beside it goes on
        _LOG.debug("cannot list unfinished uploads", exc_info=True)
