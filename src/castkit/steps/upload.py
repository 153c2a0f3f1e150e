"""Step "upload": an episode's files to the store, checked; published.json last.

Rule: before the first byte is sent it is sure that the episode may be published, and as whom; published.json appears
only when everything it names is there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from castkit import atomic
from castkit.artwork import check_cover
from castkit.config import placeholders
from castkit.engine.place import Place, lock
from castkit.engine.stage import Job, Stage
from castkit.errors import CastkitError
from castkit.feed import ledger
from castkit.feed.findings import files_of
from castkit.model.cue import Origin
from castkit.model.language import best_match
from castkit.model.media_types import media_type
from castkit.model.published import published_from
from castkit.model.show import StoreSettings
from castkit.model.web_address import is_loopback
from castkit.steps.clearance import refuse_uncleared
from castkit.steps.context import EpisodeContext, is_for_people
from castkit.steps.gate import before_upload
from castkit.steps.past_publications import history, last_act, short_digest, write_down
from castkit.steps.publication import Publication, described, publication, soundbites_cut_out, to_bytes
from castkit.steps.published_files import built_tracks, inputs
from castkit.steps.sending import put_whole, send_items
from castkit.storage.caching import cache_control
from castkit.storage.folder import sha256_of
from castkit.storage.keys import published_key
from castkit.storage.open import open_store
from castkit.storage.store import Store, Terms

_CONNECTIONS = 8  # requests that wait for the network, not for this machine
_LEDGER_PATIENCE_S = 600.0  # another castkit may be renewing the feeds, which adds to the ledger too


def refuse_unfit_show(context: EpisodeContext) -> None:
    """CastkitError where the show must not go to its store as it is: known before the first step runs."""
    check_cover(context.workspace.root / context.show.show.image)
    _refuse_loopback(context.show.store)
    _refuse_placeholders(context)


def refuse_unfit(context: EpisodeContext) -> None:
    """CastkitError where the show must not go to its store as it is, or a person has not read what they must."""
    refuse_unfit_show(context)
    refuse_unreviewed(context)


def _refuse_loopback(store: StoreSettings) -> None:
    if store.kind == "s3" and is_loopback(store.base_url):
        raise CastkitError(
            f"base_url under [store] is {store.base_url}: listeners could not reach the bucket there",
            "write the bucket's public address (https://…) as base_url in castkit.toml",
        )


def _refuse_placeholders(context: EpisodeContext) -> None:
    store = context.show.store
    if store.kind == "folder" and is_loopback(store.base_url):
        return  # nobody else can see it: what init wrote may stay
    left = placeholders(context.workspace, context.show)
    if left:
        lines = "\n".join(f"  {words}" for words in left)
        raise CastkitError(
            f"the show still has placeholders that castkit init wrote, and would be published at {store.base_url}:\n"
            f"{lines}",
            "replace them, in castkit.toml where they are texts, then publish again",
        )


def refuse_unreviewed(context: EpisodeContext) -> None:
    """CastkitError where require_review names a language that no person has accepted."""
    waiting = [language for language in context.show.subtitles.require_review if not _is_accepted(context, language)]
    if waiting:
        lines = "\n".join(f"  {_review_line(context, language)}" for language in waiting)
        raise CastkitError(
            f"nothing of {context.slug} was sent: require_review asks for a person to accept these subtitles first:\n"
            f"{lines}",
            "read and correct the file, save it under the name given, then publish again",
        )


def _is_accepted(context: EpisodeContext, language: str) -> bool:
    origins = {track.language: track.origin for track in built_tracks(context)}
    tag = best_match(language, origins)
    return tag is not None and origins[tag] is Origin.ACCEPTED


def _review_line(context: EpisodeContext, language: str) -> str:
    paths = context.paths
    tag = best_match(language, [track.language for track in built_tracks(context)])
    source = paths.srt(tag) if tag else paths.to_translate(language)
    what = "edit" if tag else "translate"
    return (
        f"{language}: {what} {_short(context, source)}, save it as {_short(context, paths.accepted(tag or language))}"
    )


def _short(context: EpisodeContext, path: Path) -> str:
    return path.relative_to(context.workspace.root).as_posix()


def reads(context: EpisodeContext) -> Iterable[Path]:
    return inputs(context)


def writes(context: EpisodeContext) -> Iterable[Path]:
    return (context.paths.published,)


def settings(context: EpisodeContext) -> Any:
    """Where the episode goes, what published.json says that no file does, and who must have read it."""
    chapters = [chapter.model_dump(mode="json") for chapter in context.episode.chapters]
    soundbites = [[one.start, one.end, one.title.model_dump()] for one in context.episode.soundbites]
    return {
        "store": context.show.store.model_dump(mode="json"),
        "episode": described(context),
        "chapters": chapters,
        "soundbites": soundbites,
        "languages": list(context.show.languages),
        "require_review": list(context.show.subtitles.require_review),
    }


def run(context: EpisodeContext, job: Job) -> None:
    refuse_unfit(context)
    known = refuse_changed_identity(context)
    store = open_store(context.show.store, context.workspace.root)
    made = publication(context, store.url)
    refuse_uncleared(context, made)
    for text in soundbites_cut_out(context):
        job.note(text)
    store.check()
    if context.slug not in known:
        refuse_second_birth(context, store)
    for text in before_upload(context, made, store):
        job.note(text)
    send(context, store, made, job)


def send(context: EpisodeContext, store: Store, made: Publication, job: Job) -> None:
    """Puts the objects into the store, guid and first date into the ledger, and then published.json into the store."""
    send_items(store, made.items, job, context.paths.unfinished_uploads)
    for text in store.remarks:
        job.note(text)
    remember(context)
    output = job.output(context.paths.published)
    data = to_bytes(made.published)
    output.write_bytes(data)
    key = published_key(context.slug)
    write_down(store, context.slug, data)
    put_whole(store, output, Terms(media_type(key), cache_control(key), sha256_of(output)), key=key)


def refuse_second_birth(context: EpisodeContext, store: Store) -> None:
    """CastkitError where the store has the episode under another guid, and the ledger does not know it.

    Where the ledger was lost, what the store holds stands in for it: a guid is given once.
    """
    key = published_key(context.slug)
    if store.head(key, digest=False) is None:
        return
    remedy = "delete it there, and publish the episode again"
    before = published_from(store.get(key), f"{key} in the store", remedy).guid
    if before != context.episode.guid:
        raise CastkitError(
            f"{context.slug} is published with the guid {before}, and {context.paths.toml} has {context.episode.guid}",
            f"write the published guid into episode.toml, and take {context.workspace.ledger.name} back from version "
            "control; for another episode choose another slug",
        )


def refuse_changed_identity(context: EpisodeContext) -> Collection[str]:
    """CastkitError where guid or date are not those of the ledger; gives the slugs that the ledger knows."""
    known = ledger.read(context.workspace.ledger)
    ledger.check(known, context.slug, _identity(context), context.paths.toml)
    return known.episodes


def _identity(context: EpisodeContext) -> ledger.Identity:
    return ledger.Identity(context.episode.guid, context.episode.date)


def remember(context: EpisodeContext) -> None:
    """Writes guid and first date into the ledger, before the world can see the episode; one castkit at a time."""
    workspace = context.workspace
    episodes = {context.slug: _identity(context)}
    if ledger.add(workspace.ledger, episodes=episodes) is None:
        return
    place = Place("the show's ledger", workspace.root, workspace.feeds, workspace.show_receipts, workspace.show_lock)
    with lock(place, patience_s=_LEDGER_PATIENCE_S):
        text = ledger.add(workspace.ledger, episodes=episodes)
        if text is not None:
            atomic.write_bytes(workspace.ledger, text.encode())


def check(context: EpisodeContext) -> str | None:
    """What the store lacks of what published.json names, or None; asked on every publish.

    CastkitError where the store's published.json is another than this machine sent: a colleague's, who must be asked.
    """
    path = context.paths.published
    if not path.is_file():
        return None
    data = path.read_bytes()
    store = open_store(context.show.store, context.workspace.root)
    key = published_key(context.slug)
    if store.head(key, digest=False) is None:
        return "the store holds no published.json"
    stored = store.get(key)
    if stored != data:
        raise _published_otherwise(context, store, stored)
    remedy = f"castkit publish {context.slug} --redo upload"
    files = list(files_of(published_from(data, str(path), remedy)))
    with ThreadPoolExecutor(_CONNECTIONS) as pool:
        sizes = pool.map(lambda file: _size(store, file.key), files)
        lost = [file.key.rsplit("/", 1)[-1] for file, size in zip(files, sizes, strict=True) if size != file.length]
    return f"the store holds no such {lost[0]}" if lost else None


def _published_otherwise(context: EpisodeContext, store: Store, stored: bytes) -> CastkitError:
    """Why the store's published.json is another than this machine sent: taken back, or a colleague's."""
    slug, step = context.slug, "carry" if context.episode.is_carried else "upload"
    act = last_act(history(store, slug), short_digest(stored))
    if act and act.kind == "back":
        return CastkitError(
            f"{slug} was rolled back to what was published before ({act.when:%Y-%m-%d %H:%M} UTC), "
            "and what is built here is what was taken back",
            f"correct the episode, then publish it again; to send the same again: castkit publish {slug} --redo {step}",
        )
    return CastkitError(
        f"{slug} was published from elsewhere since (the store's published.json is not the one this machine sent)",
        "get your colleague's changes (git pull), then publish again; "
        f"to replace theirs with yours: castkit publish {slug} --redo {step}",
    )


def _size(store: Store, key: str) -> int | None:
    info = store.head(key, digest=False)
    return info.size if info else None


STEP = Stage[EpisodeContext](
    name="upload",
    version=2,
    after=("transcripts", "notes", "pages", "package", "hls"),
    reads=reads,
    writes=writes,
    settings=settings,
    run=run,
    is_editable=is_for_people,
    check=check,
    sends=True,
)
