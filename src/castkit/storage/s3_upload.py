"""Puts a file into a bucket, in one piece or in parts, and makes sure of what arrived.

Rule: every piece goes with its checksum, and the file must have the SHA-256 that was meant when the last one is read;
what the store holds afterwards is looked at before anybody is told that it is there.
"""

from __future__ import annotations

import hashlib
from typing import Any

from castkit.errors import StoreError
from castkit.model.media_types import bare
from castkit.storage.s3_order import Bucket, Order, changed, conditions, lost, unreadable
from castkit.storage.s3_parts import send_parts
from castkit.storage.s3_pieces import PART, pieces
from castkit.storage.store import LostRace, ObjectInfo, Progress


def put(store: Bucket, wanted: Order, progress: Progress | None) -> ObjectInfo:
    """Uploads and confirms; LostRace by the order's terms, StoreError where the store refuses or holds another thing.

    A store that refuses for what it does not know is asked again with less, until nothing less can be asked.
    """
    while True:
        try:
            tag = _send(store, wanted, progress)
            break
        except LostRace:
            raise
        except StoreError as error:
            if not store.asks_less(error.__cause__):
                raise
    return _confirmed(store, wanted, tag)


def _send(store: Bucket, wanted: Order, progress: Progress | None) -> str:
    """Sends the file whole or in parts; gives the new version's tag, or nothing where the store's answer was lost."""
    if wanted.size > PART:
        return send_parts(store, wanted, progress)
    try:
        (piece,) = pieces(wanted.source, PART + 1)
    except OSError as error:
        raise unreadable(wanted.source, error) from error
    except ValueError:
        raise changed(wanted.source) from None
    if hashlib.sha256(piece.data).hexdigest() != wanted.sha256:
        raise changed(wanted.source)
    proof: Any = piece.proof(store.checksum)
    try:
        answer = store.call(
            lambda client: client.put_object(
                Bucket=store.bucket,
                Key=wanted.place,
                Body=store.body(piece.data),
                **wanted.headers,
                **proof,
                **conditions(store, wanted),
            ),
            what=f"putting {wanted.key}",
            size=piece.size,
        )
    except StoreError as error:
        raise lost(store, wanted, error) or error from error.__cause__
    if progress is not None:
        progress(piece.size)
    return answer.get("ETag", "")


def _confirmed(store: Bucket, wanted: Order, tag: str) -> ObjectInfo:
    found = store.head(wanted.key)
    if found is None:
        raise StoreError(f"{wanted.key} is not in {store.name} after its upload", "run the command again")
    if tag and found.tag and found.tag != tag:
        raise LostRace(f"{wanted.key} was replaced by somebody else at the same moment ({store.name})", "publish again")
    if (found.size, found.sha256) != (wanted.size, wanted.sha256):
        if tag:  # our own version, and not as it was meant
            store.delete(wanted.key)
        raise StoreError(
            f"{wanted.key} was damaged on its way to {store.name}{', and taken away again' if tag else ''}",
            "run the command again",
        )
    if bare(found.content_type) != bare(wanted.terms.content_type):
        raise StoreError(
            f"{store.name} gives {wanted.key} the type {found.content_type or 'of nothing'}, "
            f"not {wanted.terms.content_type}",
            "look for a rule of the store that sets types by itself, and remove it",
        )
    return found
