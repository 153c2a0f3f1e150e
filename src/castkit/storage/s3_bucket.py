"""A bucket's own settings as a podcast needs them: everybody may read, from any page, and unfinished parts go away.

Rule: what is there already is kept and added to; nothing is changed before it was shown; what a store's S3 interface
cannot set is said, with the place where it is set.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from castkit.errors import DAMAGED, StoreError
from castkit.storage.s3 import S3Store
from castkit.storage.s3_errors import code_of, refuses_the_unknown, status_of, translated

_DAYS = 7  # parts of an upload that nobody went on with
_OURS = "castkit"
_MISSING = frozenset("NoSuchBucketPolicy NoSuchCORSConfiguration NoSuchLifecycleConfiguration NoSuchLifecycle".split())
_CORS = {
    "ID": _OURS,
    "AllowedMethods": ["GET", "HEAD"],
    "AllowedOrigins": ["*"],
    "AllowedHeaders": ["*"],
    "ExposeHeaders": ["Accept-Ranges", "Content-Length", "Content-Range", "ETag"],
    "MaxAgeSeconds": 3600,
}


@dataclass(frozen=True, slots=True)
class Change:
    """One setting: `about` in words for a person, `value` as it would be sent, and how to send it."""

    name: str
    about: str
    value: str
    apply: Callable[[], None]


def changes(store: S3Store) -> tuple[Change, ...]:
    """What is missing, in the order to set it; nothing where all is well. StoreError where one may not look."""
    look = {"policy": _policy, "acl": _acl, "cors": _cors, "lifecycle": _lifecycle}
    found = (looked(store, look[part]) for part in store.preset.settable)
    return tuple(change for change in found if change)


def looked(store: S3Store, look: Callable[[S3Store], Change | None]) -> Change | None:
    """What is missing of one setting; StoreError where what the store tells of it is none."""
    try:
        return look(store)
    except DAMAGED as error:
        raise translated(error, store=store.name, what="reading its settings") from error


def _policy(store: S3Store) -> Change | None:
    old = _asked(store, lambda client: client.get_bucket_policy(Bucket=store.bucket), what="reading its policy")
    policy: dict[str, Any] = json.loads(old["Policy"]) if old else {"Version": "2012-10-17", "Statement": []}
    resource = f"arn:aws:s3:::{store.bucket}/{store.prefix}*"
    ours: dict[str, Any] = {
        "Sid": "CastkitEverybodyReads",
        "Effect": "Allow",
        "Principal": "*",
        "Action": ["s3:GetObject"],
        "Resource": [resource],
    }
    if any(_lets_all_read(one, resource) for one in policy["Statement"]):
        return None
    statements = [one for one in policy["Statement"] if one.get("Sid") != ours["Sid"]]
    text = json.dumps({**policy, "Statement": [*statements, ours]}, indent=1, sort_keys=True)
    return Change(
        "public read",
        f"everybody may read the objects under {resource}; nobody but you may list or write them",
        text,
        lambda: _do(store, lambda client: client.put_bucket_policy(Bucket=store.bucket, Policy=text), "its policy"),
    )


def _lets_all_read(statement: Any, resource: str) -> bool:
    def listed(name: str) -> list[Any]:
        found = statement.get(name, [])
        return found if isinstance(found, list) else [found]

    is_all = statement.get("Principal") in ("*", {"AWS": "*"}, {"AWS": ["*"]})
    is_free = statement.get("Effect") == "Allow" and not statement.get("Condition")
    return is_all and is_free and "s3:GetObject" in listed("Action") and resource in listed("Resource")


def _acl(store: S3Store) -> Change | None:
    found = _asked(store, lambda client: client.get_bucket_acl(Bucket=store.bucket), what="reading its access list")
    grants = (found or {}).get("Grants", ())
    if any(one["Grantee"].get("URI", "").endswith("/AllUsers") and one["Permission"] == "READ" for one in grants):
        return None
    return Change(
        "public read",
        f"everybody may read every object of the bucket {store.bucket}",
        "ACL: public-read",
        lambda: _do(store, lambda client: client.put_bucket_acl(Bucket=store.bucket, ACL="public-read"), "access"),
    )


def _cors(store: S3Store) -> Change | None:
    old = _asked(store, lambda client: client.get_bucket_cors(Bucket=store.bucket), what="reading its CORS rules")
    rules = list((old or {}).get("CORSRules", ()))
    if any("*" in one["AllowedOrigins"] and {"GET", "HEAD"} <= set(one["AllowedMethods"]) for one in rules):
        return None
    given: Any = {"CORSRules": [*(one for one in rules if one.get("ID") != _OURS), _CORS]}
    return Change(
        "CORS",
        "web players on any page may read feeds, transcripts, chapters and parts of media (GET and HEAD)",
        json.dumps(given, indent=1, sort_keys=True),
        lambda: _do(
            store, lambda client: client.put_bucket_cors(Bucket=store.bucket, CORSConfiguration=given), "its CORS rules"
        ),
    )


def _lifecycle(store: S3Store) -> Change | None:
    old = _asked(
        store,
        lambda client: client.get_bucket_lifecycle_configuration(Bucket=store.bucket),
        what="reading its lifecycle rules",
    )
    rules = list((old or {}).get("Rules", ()))
    if any("AbortIncompleteMultipartUpload" in one and one.get("Status") == "Enabled" for one in rules):
        return None
    ours = {
        "ID": _OURS,
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": _DAYS},
    }
    given: Any = {"Rules": [*rules, ours]}
    return Change(
        "lifecycle",
        f"parts of uploads that nobody finished go away after {_DAYS} days, for they cost money",
        json.dumps(given, indent=1, sort_keys=True, default=str),
        lambda: _do(
            store,
            lambda client: client.put_bucket_lifecycle_configuration(Bucket=store.bucket, LifecycleConfiguration=given),
            "its lifecycle rules",
        ),
    )


def _asked(store: S3Store, action: Callable[[Any], Any], *, what: str) -> dict[str, Any] | None:
    """What is set now, or None where nothing is."""
    try:
        found: dict[str, Any] = store.call(action, what=what)
    except StoreError as error:
        if code_of(error.__cause__) in _MISSING or status_of(error.__cause__) == 404:
            return None
        raise
    return found


def _do(store: S3Store, action: Callable[[Any], Any], what: str) -> None:
    try:
        store.call(action, what=f"setting {what}")
    except StoreError as error:
        if refuses_the_unknown(error.__cause__) or status_of(error.__cause__) == 405:
            raise StoreError(
                f"{store.name} cannot set {what} through its S3 interface",
                store.preset.by_hand or "set it on the service's own page",
            ) from error
        raise
