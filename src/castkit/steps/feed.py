"""The feeds: one for each language of the show, made of every published.json in the store.

Rule: the feed is last. It goes up when the cover and every object it names have been found in the store.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
from castkit.steps.show_context import CONNECTIONS, ShowContext, StoredEpisode, stored_episodes
from castkit.storage.mediatypes import cache_control, media_type
from castkit.storage.store import Store

# Two people publishing at the same moment: the feed is made again when the store holds more than when it was made.
ATTEMPTS = 3
_COVER_ENDINGS = {".png": ".png", ".jpg": ".jpg", ".jpeg": ".jpg"}  # feedgen drops any other, and so do some apps


def feed_key(language: str) -> str:
    """Where the feed of a language lies in the store."""
    return f"feeds/{language}.xml"


def feed_urls(context: ShowContext) -> dict[str, str]:
    """The public address of the feed of every language, in the show's order."""
    return {language: context.store.url(feed_key(language)) for language in context.show.languages}


def _cover(context: ShowContext) -> Path:
    return context.workspace.root / context.show.show.image


def _cover_key(cover: Path) -> str:
    """A name with a hash of the content: directories look at a cover again only when its address changes."""
    ending = _COVER_ENDINGS.get(cover.suffix.lower())
    if ending is None:
        raise CastkitError(f"{cover.name} cannot be the cover", "save it as .png or .jpg, 1400 to 3000 pixels square")
    try:
        digest = sha256(cover.read_bytes()).hexdigest()
    except FileNotFoundError:
        raise CastkitError(
            f"the cover {cover} is not there", "put it there, or correct image in castkit.toml"
        ) from None
    return f"feeds/cover-{digest[:12]}{ending}"


def _guids(context: ShowContext) -> dict[str, Any]:
    """The podcast:guid of every feed: the ledger's, or for a feed that is new the one its address gives."""
    known = ledger.read(context.workspace.ledger).feeds
    return {language: known.get(language) or ledger.podcast_guid(url) for language, url in feed_urls(context).items()}


def _reads(context: ShowContext) -> Iterable[Path]:
    return (_cover(context),)


def _writes(context: ShowContext) -> Iterable[Path]:
    return [context.workspace.feed(language) for language in context.show.languages]


def _settings(context: ShowContext) -> Any:
    guids = _guids(context)
    return {
        "show": context.show.show.model_dump(mode="json"),
        "people": [person.model_dump(mode="json") for person in context.show.people],
        "feeds": {language: [url, str(guids[language])] for language, url in feed_urls(context).items()},
        "published": {slug: episode.digest for slug, episode in context.episodes.items()},
    }


def _check(context: ShowContext) -> str | None:
    """Whether the store still holds the cover and the feeds that were made here."""
    keys = {_cover_key(_cover(context)): _cover(context)}
    keys |= {feed_key(language): context.workspace.feed(language) for language in context.show.languages}
    for key, path in keys.items():
        if not _is_in_store(context.store, key, path):
            return f"the store holds no such {key.rsplit('/', 1)[-1]}"
    return None


def _is_in_store(store: Store, key: str, path: Path) -> bool:
    info = store.head(key)
    if info is None or info.size != path.stat().st_size:
        return False
    data = path.read_bytes()
    return (info.sha256 or sha256(store.get(key)).hexdigest()) == sha256(data).hexdigest()


def _run(context: ShowContext, job: Job) -> None:
    cover = _cover(context)
    cover_key = _cover_key(cover)
    _agree_with_ledger(context)
    feeds = _addresses(context, context.store.url(cover_key))
    if not _is_in_store(context.store, cover_key, cover):
        _put(context.store, cover_key, cover)
    episodes = context.episodes
    for _ in range(ATTEMPTS):
        _renew(context, job, episodes, feeds)
        found = stored_episodes(context.store)
        if found == episodes:
            break
        episodes = found
    if not episodes:
        job.note("no episode is published yet: the feeds are empty")


def _agree_with_ledger(context: ShowContext) -> None:
    """CastkitError where an episode in the store has another guid or date than it was first published with."""
    known = ledger.read(context.workspace.ledger)
    for slug, episode in context.episodes.items():
        identity = ledger.Identity(episode.published.guid, episode.published.date)
        ledger.check(known, slug, identity, Path(f"episodes/{slug}/published.json"))


def _addresses(context: ShowContext, image_url: str) -> tuple[FeedAddress, ...]:
    """Who and where each feed is; a guid given now is kept in the ledger before anything is sent."""
    guids = _guids(context)
    text = ledger.add(context.workspace.ledger, feeds=guids)
    if text is not None:
        atomic.write_bytes(context.workspace.ledger, text.encode())
    return tuple(FeedAddress(language, guids[language], url, image_url) for language, url in feed_urls(context).items())


def _renew(
    context: ShowContext, job: Job, episodes: Mapping[str, StoredEpisode], feeds: tuple[FeedAddress, ...]
) -> None:
    """Makes every feed, confirms what they name, and sends them."""
    published = tuple(episode.published for episode in episodes.values())
    for warning in rules.hold(Planned(context.show, published, feeds)):
        job.note(f"{warning}; {warning.remedy}")
    made = []
    for address in feeds:
        path = job.output(context.workspace.feed(address.language))
        path.write_bytes(render(context.show, published, address))
        made.append((feed_key(address.language), path))
    _confirm(context.store, published, job)
    for key, path in made:
        _put(context.store, key, path)


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
