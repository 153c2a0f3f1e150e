"""The store that a show's settings name."""

from __future__ import annotations

from pathlib import Path

from castkit.model.show import StoreSettings
from castkit.storage.folder import FolderStore
from castkit.storage.s3 import S3Store
from castkit.storage.store import Store


def open_store(settings: StoreSettings, root: Path) -> Store:
    """The store of these settings; `root` is the workspace's folder. Nothing is reached, read or made yet."""
    if settings.kind == "s3":
        return S3Store(settings)
    return FolderStore(root / settings.path, base_url=settings.base_url)
