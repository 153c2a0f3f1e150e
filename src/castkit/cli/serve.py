"""`castkit serve`: the store over HTTP, to listen and look before anybody else does."""

from __future__ import annotations

import signal
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import click

from castkit.cli.app import App
from castkit.config import load_episode
from castkit.errors import CastkitError
from castkit.model.feeds import feed_name
from castkit.model.published import Published
from castkit.model.show import Show
from castkit.model.web_address import is_loopback
from castkit.steps.context import EpisodeContext
from castkit.steps.drafts import abroad, at_home, lay_out_episode, lay_out_feeds, lay_out_site
from castkit.steps.feed_identity import possible_feeds
from castkit.steps.show_context import stored_episodes
from castkit.storage.folder import FolderStore
from castkit.storage.front_page import front_page
from castkit.storage.httpd import Site, SiteServer, open_server
from castkit.storage.keys import feed_key
from castkit.storage.open import open_store
from castkit.storage.store import Store
from castkit.workspace import Workspace

_PORT = 8000


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help=f"Default: the port of a local base_url, else {_PORT}.")
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0 lets a phone in the same network listen.")
@click.option("--drafts", is_flag=True, help="Show built episodes that are not published, too.")
@click.pass_obj
def serve(app: App, /, *, port: int | None, host: str, drafts: bool) -> None:
    """Serve the store over HTTP until Ctrl-C: the show's pages, media, feeds.

    Example: castkit serve --drafts
    """
    workspace, show = app.load()
    store = open_store(show.store, workspace.root)
    if not drafts and not isinstance(store, FolderStore):
        raise CastkitError(
            f"this show is published to the S3 {store.name}, which serves itself",
            f"open {store.url(feed_key(show.main_language))}; for unpublished episodes: castkit serve --drafts",
        )
    # A service manager's way to end this is as good as Ctrl-C: the drafts' folder goes with it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with ExitStack() as stack:
        server = stack.enter_context(_listen(host, _port(show) if port is None else port))
        if drafts:
            folder = stack.enter_context(
                tempfile.TemporaryDirectory(prefix="castkit-drafts-", ignore_cleanup_errors=True)
            )
            server.site = drafts_site(workspace, show, store, FolderStore(Path(folder), base_url=server.url))
        elif isinstance(store, FolderStore):
            server.site = published_site(show, store)
            _say_what_surprises(show, store, server)
        click.echo(f"listen: {server.url}/")
        for name in _feed_names(show, server.site.folders):
            click.echo(f"feed ({name}): {server.url}/{feed_key(name)}")
        click.echo("Ctrl-C ends this.", err=True)
        _answer(server)


def published_site(show: Show, store: FolderStore) -> Site:
    """The store as it is."""
    return Site((store.folder,), lambda: _front_page(show, (store.folder,)))


def drafts_site(workspace: Workspace, show: Show, store: Store, home: FolderStore) -> Site:
    """The store with every built episode laid over it, under the addresses of `home`."""
    published, note = _episodes(store)
    if note:
        click.echo(f"note: {note}", err=True)
    is_here = isinstance(store, FolderStore)
    if is_here:
        published = {slug: at_home(episode, home) for slug, episode in published.items()}
    built = dict(_built(workspace, show, home))
    lay_out_feeds(workspace, show, {**published, **built}.values(), home)
    if show.site.enabled:
        shown = published if is_here else {slug: abroad(episode) for slug, episode in published.items()}
        drafts = built.keys() - published.keys()
        lay_out_site(workspace, show, {**shown, **built}.values(), home, drafts)
    folders = (home.folder, store.folder) if isinstance(store, FolderStore) else (home.folder,)
    return Site(folders, lambda: _front_page(show, folders))


def _built(workspace: Workspace, show: Show, home: FolderStore) -> Iterator[tuple[str, Published]]:
    """Every built episode, copied to `home`; says of each other one why it is not shown."""
    for slug in workspace.slugs():
        try:
            context = EpisodeContext(workspace, show, slug, load_episode(workspace, show, slug))
            yield slug, lay_out_episode(context, home)
        except CastkitError as error:
            click.echo(f"{slug}: not shown: {error.message}", err=True)


def _episodes(store: Store) -> tuple[Mapping[str, Published], str]:
    """What is published by slug, and what to say where that cannot be read."""
    try:
        return {slug: one.published for slug, one in stored_episodes(store).items()}, ""
    except CastkitError as error:
        return {}, error.message


def _feed_names(show: Show, folders: Iterable[Path]) -> list[str]:
    """The feeds to be listened to; one for video only where there is one."""
    possible = ((kind, feed_name(language, kind)) for language, kind in possible_feeds(show))
    found = [folder / "feeds" for folder in folders]
    return [name for kind, name in possible if kind == "audio" or any((at / f"{name}.xml").is_file() for at in found)]


def _front_page(show: Show, folders: Iterable[Path]) -> bytes:
    title = show.show.title.in_(show.main_language, show.languages)
    return front_page(title, show.main_language, map(feed_key, _feed_names(show, folders)))


def _listen(host: str, port: int) -> SiteServer:
    try:
        return open_server(host, port)
    except OSError as error:
        raise CastkitError(
            f"cannot serve at {host}, port {port}: {error.strerror or error}",
            "another castkit serve may be running; end it, or choose another port: castkit serve --port 8001",
        ) from error


def _port(show: Show) -> int:
    """The port that the feeds name, where they name this machine."""
    base_url = show.store.base_url
    return urlsplit(base_url).port or _PORT if is_loopback(base_url) else _PORT


def _say_what_surprises(show: Show, store: FolderStore, server: SiteServer) -> None:
    if not store.folder.is_dir():
        click.echo(f"note: nothing is published yet ({store.folder} is not there): castkit publish --all", err=True)
    if show.store.base_url.rstrip("/") != server.url:
        click.echo(
            f"note: the feeds name {show.store.base_url}, so apps will fetch sound and transcripts there "
            "(base_url in castkit.toml); castkit serve --drafts names this address instead",
            err=True,
        )


def _answer(server: SiteServer) -> None:
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        click.echo("stopped", err=True)
