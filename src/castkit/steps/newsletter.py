"""The newsletter about one episode, or about all that appeared since a day, written as .html, .txt and .eml.

Rule: what is published is told as it was published; a file that a person edited is not written over.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from castkit import atomic
from castkit.config import load_episode
from castkit.errors import CastkitError
from castkit.model.feeds import Kind
from castkit.model.language import best_match
from castkit.model.published import Published
from castkit.model.web_address import is_loopback
from castkit.notes.newsletter import Letter, read_at
from castkit.notes.newsletter_check import mail_problems
from castkit.notes.newsletter_mail import write_newsletter
from castkit.steps.carry import carried
from castkit.steps.context import EpisodeContext
from castkit.steps.feed_identity import cover_key, followed_at, wanted_feeds
from castkit.steps.files import json_text
from castkit.steps.publication import publication
from castkit.steps.show_context import ShowContext
from castkit.storage.folder import sha256_of
from castkit.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Asked:
    """What a newsletter is to tell: of one episode, or of those since a day; in which of the show's languages.

    No language means all of them, the main one first; `folder` is None for the workspace's own.
    """

    slug: str = ""
    since: date | None = None
    languages: tuple[str, ...] = ()
    subject: str = ""
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """The files, the subject, the episodes by slug (the newest first), and what a person should know."""

    paths: tuple[Path, ...]
    subject: str
    slugs: tuple[str, ...]
    notes: tuple[str, ...]


def make_newsletter(context: ShowContext, asked: Asked) -> Written:
    """Writes the three files.

    CastkitError where there is no such episode or none since that day, where it is not built, or where one of the
    files there was edited by a person.
    """
    episodes, notes = _chosen(context, asked)
    languages = _languages(context, asked.languages)
    cover = context.workspace.root / context.show.show.image
    letter = Letter(
        context.show,
        episodes,
        languages,
        _feeds(context, episodes),
        context.store.url(cover_key(cover)) if cover.is_file() else "",
        asked.subject,
    )
    made = write_newsletter(letter, context.workspace.templates)
    stem = (asked.folder or context.workspace.newsletters) / _stem(asked)
    files = {
        stem.with_name(f"{stem.name}.{ending}"): data
        for ending, data in (("html", made.html.encode()), ("txt", made.text.encode()), ("eml", made.eml))
    }
    _write(context.workspace, files)
    notes += [*_about_addresses(letter), *mail_problems(made.html)]
    return Written(tuple(files), made.subject, tuple(one.slug for one in episodes), tuple(notes))


def _stem(asked: Asked) -> str:
    first = asked.slug or f"since-{asked.since}"
    return ".".join((first, *asked.languages))


def _chosen(context: ShowContext, asked: Asked) -> tuple[tuple[Published, ...], list[str]]:
    """The episodes, the newest first, and what to say of them."""
    stored = {slug: one.published for slug, one in context.episodes.items()}
    if asked.slug:
        if asked.slug in stored:
            return (stored[asked.slug],), []
        note = f"{asked.slug} is not published: the links in the newsletter will work once it is"
        return (_built(context, asked.slug),), [note]
    since = asked.since
    found = [one for one in stored.values() if since is None or one.date.date() >= since]
    if not found:
        newest = max(stored.values(), key=lambda one: one.date, default=None)
        raise CastkitError(
            f"no episode was published since {since}",
            f"the newest is {newest.slug}, of {newest.date.date()}" if newest else "publish one: castkit publish SLUG",
        )
    return tuple(sorted(found, key=lambda one: (one.date, one.slug), reverse=True)), []


def _built(context: ShowContext, slug: str) -> Published:
    """What would be published of an episode that is not yet; CastkitError where it is not built."""
    workspace, show = context.workspace, context.show
    if slug not in workspace.slugs():
        known = ", ".join(sorted({*context.episodes, *workspace.slugs()})) or "none yet"
        raise CastkitError(f"there is no episode {slug}, neither here nor in the store", f"the episodes: {known}")
    episode = EpisodeContext(workspace, show, slug, load_episode(workspace, show, slug))
    if episode.episode.is_carried:
        return carried(episode, context.store.url).published
    with TemporaryDirectory(prefix="castkit-newsletter-") as folder:
        return publication(episode, context.store.url, into=Path(folder)).published


def _languages(context: ShowContext, wanted: Sequence[str]) -> tuple[str, ...]:
    """The show's tags for those wanted, each once, in that order; all where none is."""
    known = context.show.languages
    found = [(one, best_match(one, known)) for one in wanted]
    if missing := next((one for one, tag in found if tag is None), None):
        raise CastkitError(f"the show has no language {missing}", f"its languages: {', '.join(known)}")
    return tuple(dict.fromkeys(tag for _, tag in found if tag)) or known


def _feeds(context: ShowContext, episodes: Sequence[Published]) -> Mapping[tuple[str, Kind], str]:
    """The addresses of the show's feeds by language and kind, those that have moved where they are now."""
    everything = [*(one.published for one in context.episodes.values()), *episodes]
    return followed_at(context.show, wanted_feeds(context.show, everything), context.store.url)


def _about_addresses(letter: Letter) -> list[str]:
    """What is wrong with where the links lead and where the cover lies."""
    links = [read_at(one, language) for one in letter.episodes for language in letter.languages]
    found = next((url for url in (*links, *letter.feeds.values()) if is_loopback(url)), "")
    notes = []
    if found:
        host = urlsplit(found).netloc
        notes.append(f"links lead to {host}, which nobody else can reach: set base_url under [store] in castkit.toml")
    if letter.cover and not letter.cover.startswith("https://"):
        notes.append("the cover is left out, as mail programs show pictures from https addresses only")
    return notes


def _write(workspace: Workspace, files: Mapping[Path, bytes]) -> None:
    made = _made(workspace)
    for path, data in files.items():
        _refuse_edited(workspace, path, data, made)
    for path, data in files.items():
        atomic.write_bytes(path, data)
        made[_name(workspace, path)] = sha256(data).hexdigest()
    atomic.write_bytes(workspace.newsletters_made, json_text(made).encode())


def _refuse_edited(workspace: Workspace, path: Path, data: bytes, made: Mapping[str, str]) -> None:
    """CastkitError where there is a file that neither is as castkit wrote it nor as it would write it now."""
    if not path.exists():
        return
    found = sha256_of(path) if path.is_file() else ""
    if found not in (made.get(_name(workspace, path)), sha256(data).hexdigest()):
        raise CastkitError(
            f"{path} is not as castkit wrote it: somebody edited it, and nothing was written",
            "move or delete it to have it made anew, or name another folder with --to",
        )


def _name(workspace: Workspace, path: Path) -> str:
    path = path.absolute()
    return path.relative_to(workspace.root).as_posix() if path.is_relative_to(workspace.root) else path.as_posix()


def _made(workspace: Workspace) -> dict[str, str]:
    """SHA-256 of what was written, by path; nothing where that is lost, so that every file then counts as edited."""
    try:
        found = json.loads(workspace.newsletters_made.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): str(digest) for name, digest in found.items()} if isinstance(found, dict) else {}
