"""What becomes of the show's own pages and pictures when other episodes are published.

Rule: they are made as the step `site` makes them, and go nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from castkit.model.published import Published
from castkit.model.show import Show
from castkit.steps.forecast_objects import Meant, Touched, touched
from castkit.steps.site_made import send_share_pictures, send_small_cover, show_site, site_documents
from castkit.storage.store import Listed, ObjectInfo, Progress, Store, Terms
from castkit.workspace import Workspace


def site_forecast(workspace: Workspace, show: Show, store: Store, episodes: Sequence[Published]) -> tuple[Touched, ...]:
    """The pages of these episodes and their pictures, in the order of sending; none where the show has no pages."""
    if not show.site.enabled:
        return ()
    noted = _Noted(store)
    send_small_cover(workspace, show, noted)
    send_share_pictures(workspace, show, noted)
    pages = site_documents(show_site(workspace, show, episodes, store.url), workspace)
    rows = (touched(store, key, Meant.of(key, data), "a page of the show") for key, data in pages.items())
    return (*(Touched(key, size, "add", "a picture of the show's pages") for key, size in noted.sent), *rows)


class _Noted:
    """A store that takes note of what it is sent, and does not keep it; what is there is what the store has."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.sent: list[tuple[str, int]] = []

    @property
    def name(self) -> str:
        return self._store.name

    @property
    def remarks(self) -> tuple[str, ...]:
        return ()

    def url(self, key: str) -> str:
        return self._store.url(key)

    def head(self, key: str, *, digest: bool = True) -> ObjectInfo | None:
        return self._store.head(key, digest=digest)

    def get(self, key: str) -> bytes:
        return self._store.get(key)

    def part(self, key: str, start: int, size: int) -> bytes:
        return self._store.part(key, start, size)

    def put(
        self, key: str, source: Path, *, content_type: str, cache_control: str, progress: Progress | None = None
    ) -> ObjectInfo:
        return self.send(key, source, Terms(content_type, cache_control), progress)

    def send(self, key: str, source: Path, terms: Terms, progress: Progress | None = None) -> ObjectInfo:
        del progress
        self.sent.append((key, source.stat().st_size))
        return ObjectInfo(source.stat().st_size, terms.sha256, terms.content_type)

    def list(self, prefix: str = "") -> Iterator[str]:
        return self._store.list(prefix)

    def listing(self, prefix: str = "") -> Iterator[Listed]:
        return self._store.listing(prefix)

    def delete(self, key: str, *, over: str | None = None) -> None:
        """Nothing goes."""

    def check(self) -> None:
        """Nothing is tried."""
