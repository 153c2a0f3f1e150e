"""The store of `[cluster]`: opened, and refused where anybody but the show's own machines could read it.

Rule: recordings that nobody has cleared lie there; so it is asked for without a key before the first file is sent.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from castkit.cluster.bucket import PrivateBucket
from castkit.errors import CastkitError
from castkit.model.backup import BackupSettings
from castkit.model.show import Show, StoreSettings
from castkit.steps.backup_place import settings_of
from castkit.steps.backup_privacy import Private, make_folder, refuse_public
from castkit.storage.open import open_store
from castkit.storage.s3_presets import endpoint_of
from castkit.storage.store import Store

_WORDS = Private("recordings are not for everybody", "store under [cluster]", "nothing was sent to other machines")
_LOCAL = "travel"  # below the workspace's private folder
_UPLOADS = "uploads"  # below that


def store_settings(show: Show, root: Path, *, is_local: bool) -> StoreSettings:
    """Where files travel: the bucket that castkit.toml names; a folder of castkit's own where all is on this machine.

    CastkitError where no bucket is named, or where its address holds a password, which would travel.
    """
    named = show.cluster
    if not named.store:
        if is_local:
            own = f"{os.getpid()}-{secrets.token_hex(4)}"  # two runs in one show have a folder each
            return StoreSettings(kind="folder", path=str(root / ".castkit" / _LOCAL / own))
        raise CastkitError(
            "machines without a common disk hand each other files through a private bucket, and none is named",
            'write store = "s3://bucket/prefix" under [cluster] in castkit.toml',
        )
    said = BackupSettings(to=named.store, preset=named.preset, endpoint=named.endpoint, region=named.region)
    settings = settings_of(said, show.store)
    if "@" in endpoint_of(settings).partition("://")[2].partition("/")[0]:
        raise CastkitError(
            "endpoint under [cluster] holds a user and password, which would be sent to every machine",
            "write the address alone; keys belong in each machine's own AWS environment",
        )
    return settings


def notebooks(root: Path) -> Path:
    """The folder where uploads to the private store are noted, for the next run to go on with what broke off."""
    return root / ".castkit" / _LOCAL / _UPLOADS


def open_private(settings: StoreSettings, show: Show, root: Path) -> tuple[Store, tuple[str, ...]]:
    """The store, and what to tell of it; CastkitError where it cannot be reached, or others can read it."""
    if settings.kind == "folder":
        folder = open_store(settings, root)
        make_folder(folder)
        return folder, ()
    store = PrivateBucket(settings)
    store.check()
    return store, (*refuse_public(store, settings, show.store, root, words=_WORDS), *store.remarks)
