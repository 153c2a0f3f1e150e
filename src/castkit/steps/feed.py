"""The feeds: one for each language and kind, made of every published.json in the store.

Rule: the feed is last. It goes up when the cover and every object it names have been found in the store, after its
pages of older episodes; what the store holds already is not sent again.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from castkit import atomic
from castkit.engine.stage import Job, Stage
from castkit.errors import CastkitError
from castkit.feed import ledger, rules
from castkit.feed.address import FeedAddress
from castkit.feed.findings import Planned, files_of
from castkit.feed.notify import tell_hub
from castkit.feed.render import documents
from castkit.model.published import Published, StoredFile
from castkit.model.web_address import is_loopback
from castkit.steps.feed_identity import addresses, cover_key, lasting
from castkit.steps.feed_race import Stand, is_in_store, put_over, renewed, terms_of
from castkit.steps.gate import Document, facts, hold
from castkit.steps.sending import put_whole
from castkit.steps.show_context import ShowContext
from castkit.storage.keys import feed_key, published_key
from castkit.storage.store import Store


def _cover(context: ShowContext) -> Path:
    return context.workspace.root / context.show.show.image


def _feeds(context: ShowContext) -> tuple[FeedAddress, ...]:
    """The feeds of what the store held when it was first looked at: which there are, and in how many pages.

    An episode that arrives later is in them; a page or a video feed that it asks for comes with the next renewal.
    """
    published = tuple(episode.published for episode in context.episodes.values())
    image = context.store.url(cover_key(_cover(context)))
    return addresses(context.workspace, context.show, published, image, context.store.url)


def _files(context: ShowContext, feeds: Iterable[FeedAddress]) -> dict[str, Path]:
    """Keys in the store and files here of all documents, in the order of sending: a feed comes after its pages."""
    found = {}
    for feed in feeds:
        for page in (*range(1, len(feed.pages) + 1), 0):
            found[feed_key(feed.name, page)] = context.workspace.feed(feed.name, page)
    return found


def _reads(context: ShowContext) -> Iterable[Path]:
    return (_cover(context),)


def _writes(context: ShowContext) -> Iterable[Path]:
    return _files(context, _feeds(context)).values()


def _settings(context: ShowContext) -> Any:
    show = context.show
    return {
        "show": show.show.model_dump(mode="json"),
        "people": [person.model_dump(mode="json") for person in show.people],
        "feeds": {feed.name: [feed.url, str(feed.guid)] for feed in _feeds(context)},
        "said": show.feeds.model_dump(mode="json"),
        "hubs": list(show.notify.hubs),
        "published": {slug: episode.digest for slug, episode in context.episodes.items()},
    }


def _check(context: ShowContext) -> str | None:
    """Whether the store still holds the cover and the feeds that were made here."""
    keys = {cover_key(_cover(context)): _cover(context), **_files(context, _feeds(context))}
    for key, path in keys.items():
        if not is_in_store(context.store, key, path):
            return f"the store holds no such {key.rsplit('/', 1)[-1]}"
    return None


def _run(context: ShowContext, job: Job) -> None:
    cover = _cover(context)
    _agree_with_ledger(context)
    context.store.check()
    put_whole(context.store, cover, terms_of(cover_key(cover), cover), key=cover_key(cover))
    feeds = _feeds(context)
    warnings: list[str] = []

    def renew(stand: Stand) -> None:
        warnings[:] = _renew(context, job, feeds, stand)  # said once, however often the feeds are made

    stand = renewed(context, job, _files(context, feeds), what="the feeds", renew=renew)
    changed = [feed for feed in feeds if feed_key(feed.name) in stand.sent]
    for text in (*warnings, *context.store.remarks, *_tell_hubs(context, changed)):
        job.note(text)
    if not stand.episodes:
        job.note("no episode is published yet: the feeds are empty")
    elif not feeds:
        job.note("no episode has a picture yet: there is no feed, since kinds under [feeds] asks for video only")


def _agree_with_ledger(context: ShowContext) -> None:
    """CastkitError where an episode in the store has another guid or date than it was first published with."""
    known = ledger.read(context.workspace.ledger)
    for slug, episode in context.episodes.items():
        identity = ledger.Identity(episode.published.guid, episode.published.date)
        ledger.check(known, slug, identity, Path(published_key(slug)))


def _remember(context: ShowContext, feeds: Iterable[FeedAddress], episodes: Iterable[Published]) -> None:
    """A guid given now is kept in the ledger before the feed is sent."""
    path = context.workspace.ledger
    text = ledger.add(path, feeds=lasting(feeds, episodes))
    if text is not None:
        atomic.write_bytes(path, text.encode())


def _renew(context: ShowContext, job: Job, feeds: tuple[FeedAddress, ...], stand: Stand) -> list[str]:
    """Makes every feed, confirms what they name, and sends what the store has not; gives the warnings in words."""
    published = tuple(episode.published for episode in stand.episodes.values())
    _remember(context, feeds, published)
    warnings = [f"{warning}; {warning.remedy}" for warning in rules.hold(Planned(context.show, published, feeds))]
    paths = _files(context, feeds)
    files = {key: job.output(path) for key, path in paths.items()}
    for feed in feeds:
        for page, data in enumerate(documents(context.show, published, feed)):
            files[feed_key(feed.name, page)].write_bytes(data)
    made = (Document(key, context.store.url(key), files[key].read_bytes(), path) for key, path in paths.items())
    warnings += hold(made, facts(context.show, published), published)
    _confirm(context.store, published, job)
    for key, path in files.items():
        if put_over(context.store, key, path, stand.versions[key]):
            stand.sent.add(key)
    return warnings


def _confirm(store: Store, episodes: Iterable[Published], job: Job) -> None:
    """Every object the feeds name is in the store, as long as they say; CastkitError naming all that are not."""
    files = {file.key: (episode.slug, file) for episode in episodes for file in files_of(episode)}
    sizes = {one.key: one.size for one in store.listing("episodes/")}
    wrong = [(slug, text) for slug, file in files.values() if (text := _problem(store, file, sizes.get(file.key)))]
    job.progress(1)
    if wrong:
        slugs = " ".join(dict.fromkeys(slug for slug, _ in wrong))
        lines = "\n".join(f"  {problem}" for _, problem in wrong)
        raise CastkitError(
            f"the feed was not renewed, because the store lacks what it would name:\n{lines}",
            f"castkit publish {slugs} --redo upload",
        )


def _problem(store: Store, file: StoredFile, size: int | None) -> str:
    if size is None:
        return f"{file.key} is not in the {store.name}"
    if size != file.length:
        return f"{file.key} has {size} bytes in the {store.name}, not {file.length}"
    return ""


def _tell_hubs(context: ShowContext, changed: Iterable[FeedAddress]) -> list[str]:
    """Tells every hub of every feed that changed; what failed in words, for it stops nothing."""
    notify = context.show.notify
    urls = [feed.url for feed in changed if not is_loopback(feed.url)]  # a hub could not fetch it there
    failed = []
    for hub in notify.hubs:
        answers = (tell_hub(hub, url, within_s=notify.timeout_s) for url in urls)
        if why := next(filter(None, answers), ""):
            failed.append(
                f"the hub {hub} was not told ({why}); the feeds are up, and apps see them when they next look"
            )
    return failed


STEP = Stage[ShowContext](
    name="feed",
    version=2,
    after=(),
    reads=_reads,
    writes=_writes,
    settings=_settings,
    run=_run,
    check=_check,
    sends=True,
)
