"""Whether anybody can read what lies in a store that should be private: asked without a key, as anybody would ask.

Rule: what counts is what comes back. A probe with words that nobody can guess is put there, asked for, taken away.
"""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from castkit.storage.keys import public_url
from castkit.storage.s3 import S3Store
from castkit.storage.store import Store, Terms
from castkit.storage.web import Unreachable, Web

_WITHIN_S = 10.0
_LISTING = 1 << 20  # bytes read of a listing
_SIGNED = ("x-amz-", "awsaccesskeyid", "signature", "expires")


@dataclass(frozen=True, slots=True)
class Exposure:
    """An address at which anybody reads the store, or gets the names of what is in it; empty where none was found.

    `silent` are the addresses at which nobody answered.
    """

    address: str
    silent: tuple[str, ...] = ()


def exposure(store: Store, public_bases: Sequence[str]) -> Exposure:
    """Looks whether anybody can read this store; `public_bases` are addresses under which it might be served, too."""
    key, words = f"privacy-{secrets.token_hex(8)}.txt", secrets.token_hex(32)
    _put(store, key, words)
    web, silent = Web(_WITHIN_S), []
    try:
        for url in dict.fromkeys((*_own_addresses(store, key), *_served(store, key, public_bases))):
            try:
                found = web.get(url, _LISTING)
            except Unreachable:
                silent.append(url.replace(key, ""))
                continue
            body = found.body.decode(errors="replace")
            if found.status in (200, 206) and (words in body or key in body):
                return Exposure(url.replace(key, ""), tuple(silent))
    finally:
        store.delete(key)
    return Exposure("", tuple(silent))


def _put(store: Store, key: str, words: str) -> None:
    with tempfile.TemporaryDirectory(prefix="castkit-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "probe"
        path.write_text(words, "utf-8")
        store.send(key, path, Terms("text/plain", "private, no-store"))


def _own_addresses(store: Store, key: str) -> Iterator[str]:
    """The object's and the listing's own addresses, as the service forms them, without a signature."""
    if not isinstance(store, S3Store):
        return
    wanted: Any = {"Bucket": store.bucket, "Key": store.place(key)}
    listing: Any = {"Bucket": store.bucket, "Prefix": store.place(key)}
    for action, about in (("get_object", wanted), ("list_objects_v2", listing), ("list_objects", listing)):
        url = store.call(
            lambda client, action=action, about=about: client.generate_presigned_url(action, Params=about),  # type: ignore[misc]
            what="forming an address",
        )
        yield _unsigned(url)


def _unsigned(url: str) -> str:
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query) if not name.lower().startswith(_SIGNED)]
    return parts._replace(query=urlencode(kept)).geturl()


def _served(store: Store, key: str, bases: Sequence[str]) -> Iterator[str]:
    """Where a web server or delivery network in front of the bucket or folder could serve it."""
    for base in bases:
        yield public_url(base, key)
        if isinstance(store, S3Store) and store.prefix:
            yield public_url(base, store.place(key))
