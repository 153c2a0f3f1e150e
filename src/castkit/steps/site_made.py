"""What the show's pages are made of, put together from castkit.toml, the episodes and the store's addresses.

Rule: of the same show and episodes everybody makes the same pages; only the pictures, which programs of different age
compress differently, are made once and left as they are.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from pathlib import Path

from castkit.artwork.share import draw_share, thumbnail
from castkit.feed.address import carried
from castkit.model.feeds import feed_name
from castkit.model.published import Published
from castkit.model.show import Show
from castkit.notes.labels import date_in_words
from castkit.notes.licences import licence_name
from castkit.site.show_pages import documents, templates
from castkit.site.show_paging import page_count
from castkit.site.show_site import ShowSite, Wording
from castkit.steps.feed_identity import cover_key, followed_at, wanted_feeds
from castkit.steps.feed_race import terms_of
from castkit.storage.folder import sha256_of
from castkit.storage.keys import show_page_key
from castkit.storage.store import NOTHING, LostRace, Store
from castkit.workspace import Workspace

_DRAWN = 1  # raised when the share picture looks different


def site_pages(show: Show, episodes: int) -> dict[str, tuple[str, ...]]:
    """The keys of the show's pages by language: the first page, then those of older episodes from the oldest on."""
    count = page_count(episodes, show.site.page_size)
    numbers = range(count + 1)
    main = show.main_language
    return {tag: tuple(show_page_key(tag, main, number) for number in numbers) for tag in show.languages}


def show_site(workspace: Workspace, show: Show, episodes: Iterable[Published], url: Callable[[str], str]) -> ShowSite:
    """The site of these episodes as it goes to the store; `url` gives the public address of a key."""
    newest_first = carried(episodes, "audio")
    cover = cover_key(workspace.root / show.show.image)
    feeds = followed_at(show, wanted_feeds(show, newest_first), url)
    return ShowSite(
        show=show,
        episodes=newest_first,
        feeds={feed_name(*one): address for one, address in feeds.items()},
        pages=site_pages(show, len(newest_first)),
        cover=cover,
        small_cover=small_cover_key(cover),
        url=url,
        wording=Wording(date_in_words, licence_name(show.show.licence)),
        share_pictures=share_keys(workspace, show),
    )


def site_documents(site: ShowSite, workspace: Workspace) -> Mapping[str, bytes]:
    """Keys and contents of every page and of what search engines read, in the order of sending."""
    return dict(documents(site, templates(workspace.templates)))


def small_cover_key(cover: str) -> str:
    """Where the cover as the page shows it lies: beside the large one, under its hash."""
    return cover.rpartition(".")[0].replace("feeds/cover-", "feeds/small-cover-") + ".jpg"


def share_keys(workspace: Workspace, show: Show) -> dict[str, str]:
    """Where the picture lies that a chat shows beside a link to the show's page, by language."""
    cover = sha256_of(workspace.root / show.show.image)
    found = {}
    for tag in show.languages:
        made_of = json.dumps([_DRAWN, cover, *_titles(show, tag)])
        found[tag] = f"feeds/share-{tag}-{sha256(made_of.encode()).hexdigest()[:12]}.png"
    return found


def picture_keys(workspace: Workspace, show: Show) -> tuple[str, ...]:
    """Where all pictures of the show's pages lie, beside the cover."""
    return (small_cover_key(cover_key(workspace.root / show.show.image)), *share_keys(workspace, show).values())


def _titles(show: Show, language: str) -> tuple[str, str]:
    info = show.show
    return info.author.in_(language, show.languages), info.title.in_(language, show.languages)


def send_small_cover(workspace: Workspace, show: Show, store: Store) -> None:
    """Puts the cover as the page shows it into the store, where it is not there yet."""
    cover = workspace.root / show.show.image
    _send_once(store, small_cover_key(cover_key(cover)), lambda path: path.write_bytes(thumbnail(cover)))


def send_share_pictures(workspace: Workspace, show: Show, store: Store) -> dict[str, str]:
    """Draws what is not there yet of the pictures for links, and sends it; characters left out, by language."""
    cover, undrawn = workspace.root / show.show.image, {}
    for tag, key in share_keys(workspace, show).items():
        titles = _titles(show, tag)

        def draw(path: Path, titles: tuple[str, str] = titles, tag: str = tag) -> None:
            undrawn[tag] = draw_share(path, cover, titles)

        _send_once(store, key, draw)
    return {tag: characters for tag, characters in undrawn.items() if characters}


def _send_once(store: Store, key: str, draw: Callable[[Path], object]) -> None:
    if store.head(key, digest=False) is not None:
        return
    with tempfile.TemporaryDirectory(prefix="castkit-site-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / key.rpartition("/")[2]
        draw(path)
        try:
            store.send(key, path, terms_of(key, path, NOTHING))
        except LostRace:
            return  # somebody else made it at the same moment
