"""The feeds: one for each language of the show, made of every published.json in the store.

Rule: the feed is last. It goes up when the cover and every object it names have been found in the store.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any

from castkit import atomic
from castkit.engine.stage import Job, Stage
from castkit.errors import CastkitError
from castkit.feed import ledger, rules
from castkit.feed.address import FeedAddress
from castkit.feed.findings import Planned, files_of
from castkit.feed.render import render
from castkit.model.published import Published, StoredFile
from castkit.steps.feed_identity import cover_key, feed_guids, lasting
from castkit.steps.show_context import CONNECTIONS, ShowContext, StoredEpisode, stored_episodes
from castkit.storage.folder import sha256_of
from castkit.storage.keys import feed_key, published_key
from castkit.storage.mediatypes import cache_control, media_type
from castkit.storage.store import Store

# Two people publishing at the same moment: the feed is made again when the store holds more than when it was made.
ATTEMPTS = 3


def _cover(context: ShowContext) -> Path:
    return context.workspace.root / context.show.show.image


def _reads(context: ShowContext) -> Iterable[Path]:
    return (_cover(context),)


def _writes(context: ShowContext) -> Iterable[Path]:
    return [context.workspace.feed(language) for language in context.show.languages]


def _settings(context: ShowContext) -> Any:
    published = [episode.published for episode in context.episodes.values()]
    guids = feed_guids(context.workspace, context.feed_urls, published)
    return {
        "show": context.show.show.model_dump(mode="json"),
        "people": [person.model_dump(mode="json") for person in context.show.people],
        "feeds": {language: [url, str(guids[language])] for language, url in context.feed_urls.items()},
        "published": {slug: episode.digest for slug, episode in context.episodes.items()},
    }


def _check(context: ShowContext) -> str | None:
    """Whether the store still holds the cover and the feeds that were made here."""
    keys = {cover_key(_cover(context)): _cover(context)}
    keys |= {feed_key(language): context.workspace.feed(language) for language in context.show.languages}
    for key, path in keys.items():
        if not _is_in_store(context.store, key, path):
            return f"the store holds no such {key.rsplit('/', 1)[-1]}"
    return None


def _is_in_store(store: Store, key: str, path: Path) -> bool:
    info = store.head(key)
    if info is None or info.size != path.stat().st_size:
        return False
    return (info.sha256 or sha256(store.get(key)).hexdigest()) == sha256_of(path)


def _run(context: ShowContext, job: Job) -> None:
    cover = _cover(context)
    key = cover_key(cover)
    _agree_with_ledger(context)
    if not _is_in_store(context.store, key, cover):
        _put(context.store, key, cover)
    episodes = context.episodes
    for _ in range(ATTEMPTS):
        warnings = _renew(context, job, episodes, context.store.url(key))
        found = stored_episodes(context.store)
        if found == episodes:
            break
        episodes = found
    else:
        job.note(f"episodes were published {ATTEMPTS} times while the feeds were made: renew them again (castkit feed)")
    for text in warnings:
        job.note(text)
    if not episodes:
        job.note("no episode is published yet: the feeds are empty")


def _agree_with_ledger(context: ShowContext) -> None:
    """CastkitError where an episode in the store has another guid or date than it was first published with."""
    known = ledger.read(context.workspace.ledger)
    for slug, episode in context.episodes.items():
        identity = ledger.Identity(episode.published.guid, episode.published.date)
        ledger.check(known, slug, identity, Path(published_key(slug)))


def _addresses(context: ShowContext, episodes: Sequence[Published], image_url: str) -> tuple[FeedAddress, ...]:
    """Who and where each feed is; a guid given now is kept in the ledger before the feed is sent."""
    workspace, urls = context.workspace, context.feed_urls
    guids = feed_guids(workspace, urls, episodes)
    text = ledger.add(workspace.ledger, feeds=lasting(guids, urls, episodes))
    if text is not None:
        atomic.write_bytes(workspace.ledger, text.encode())
    return tuple(FeedAddress(language, guids[language], url, image_url) for language, url in urls.items())


def _renew(context: ShowContext, job: Job, episodes: Mapping[str, StoredEpisode], image_url: str) -> list[str]:
    """Makes every feed, confirms what they name, and sends them; gives the warnings in words."""
    published = tuple(episode.published for episode in episodes.values())
    feeds = _addresses(context, published, image_url)
    warnings = [f"{warning}; {warning.remedy}" for warning in rules.hold(Planned(context.show, published, feeds))]
    made = []
    for address in feeds:
        path = job.output(context.workspace.feed(address.language))
        path.write_bytes(render(context.show, published, address))
        made.append((feed_key(address.language), path))
    _confirm(context.store, published, job)
    for key, path in made:
        _put(context.store, key, path)
    return warnings


def _confirm(store: Store, episodes: Iterable[Published], job: Job) -> None:
    """Every object the feeds name is in the store, as long as they say; CastkitError naming all that are not."""
    files = {file.key: (episode.slug, file) for episode in episodes for file in files_of(episode)}
    wrong: list[tuple[str, str]] = []
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        problems = pool.map(lambda row: _problem(store, row[1]), files.values())
        for number, ((slug, _), problem) in enumerate(zip(files.values(), problems, strict=True), start=1):
            job.progress(number / len(files))
            if problem:
                wrong.append((slug, problem))
    if wrong:
        slugs = " ".join(dict.fromkeys(slug for slug, _ in wrong))
        lines = "\n".join(f"  {problem}" for _, problem in wrong)
        raise CastkitError(
            f"the feed was not renewed, because the store lacks what it would name:\n{lines}",
            f"castkit publish {slugs} --redo upload",
        )


def _problem(store: Store, file: StoredFile) -> str:
    info = store.head(file.key, digest=False)
    if info is None:
        return f"{file.key} is not in the {store.name}"
    if info.size != file.length:
        return f"{file.key} has {info.size} bytes in the {store.name}, not {file.length}"
    return ""


def _put(store: Store, key: str, path: Path) -> None:
    store.put(key, path, content_type=media_type(key), cache_control=cache_control(key))


STEP = Stage[ShowContext](
    name="feed",
    version=1,
    after=(),
    reads=_reads,
    writes=_writes,
    settings=_settings,
    run=_run,
    check=_check,
    sends=True,
)
