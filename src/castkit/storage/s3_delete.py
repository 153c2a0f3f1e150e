"""Takes an object out of a bucket, on terms where somebody else may write it at the same moment.

Rule: Amazon keeps If-Match on a delete since 2025, and many others let it pass in silence. So the version is looked at
right before as well, and whoever keeps no condition is left with the time of one answer in which a race can be lost.
"""

from __future__ import annotations

from typing import Any

from castkit.errors import StoreError
from castkit.storage.s3_errors import refuses_the_unknown, status_of
from castkit.storage.s3_order import Bucket, overtaken

_FAILED = (404, 409, 412)  # the condition did not hold, or the object was gone or just being written


def delete(store: Bucket, key: str, place: str, over: str | None) -> None:
    """Deletes the object, or with `over` that version only; LostRace where another is there."""
    if over is None:
        _deleted(store, key, place)
        return
    if not _is_there(store, key, over):
        return
    try:
        _deleted(store, key, place, **({"IfMatch": over} if store.is_conditional else {}))
    except StoreError as error:
        if status_of(error.__cause__) in _FAILED and not _is_there(store, key, over):
            return
        if not refuses_the_unknown(error.__cause__):
            raise
        _deleted(store, key, place)


def _is_there(store: Bucket, key: str, over: str) -> bool:
    """Whether this version is there; False where none is, LostRace where it is another."""
    found = store.head(key)
    if found is not None and found.tag != over:
        raise overtaken(store, key)
    return found is not None


def _deleted(store: Bucket, key: str, place: str, **condition: Any) -> None:
    store.call(lambda client: client.delete_object(Bucket=store.bucket, Key=place, **condition), what=f"deleting {key}")
