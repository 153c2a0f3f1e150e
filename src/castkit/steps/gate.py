"""The gate on the publishing road: the feeds as they are going to be, held against every rule before a byte is sent.

Rule: an error stops, a warning is told. What an imported episode brought along is told too, and stops nothing: its
listeners have it already.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from castkit.errors import CastkitError
from castkit.feed import rules
from castkit.feed.check import Facts, Finding, Severity, Stored, check
from castkit.feed.check.files import problem
from castkit.feed.findings import Planned, files_of
from castkit.feed.media import counted
from castkit.feed.render import documents
from castkit.model.media_types import bare
from castkit.model.published import Published
from castkit.model.show import Show
from castkit.steps.context import EpisodeContext
from castkit.steps.feed_identity import addresses, cover_key
from castkit.steps.publication import Item, Publication
from castkit.steps.show_context import ShowContext, stored_episodes
from castkit.storage.keys import feed_key
from castkit.storage.store import Store

_SHOWN = 8  # findings of one rule in an error: the rest is counted
_READ_BY_APPS = frozenset(["text/vtt", "application/x-subrip", "application/json", "application/json+chapters"])


@dataclass(frozen=True, slots=True)
class Document:
    """A feed, or a page of its older episodes: its key in the store, its public address, its bytes.

    `path` is where the one before lies on this machine.
    """

    key: str
    url: str
    data: bytes
    path: Path

    @property
    def is_new(self) -> bool:
        """Whether the one before, which passed, was another: 5,000 episodes have pages that nothing changes."""
        return not (self.path.is_file() and self.path.read_bytes() == self.data)


def feeds_to_be(context: ShowContext, episodes: Sequence[Published]) -> Iterator[Document]:
    """Every feed of these episodes as it would be sent, pages included; nothing is written."""
    store, show = context.store, context.show
    cover = context.workspace.root / show.show.image
    feeds = addresses(context.workspace, show, episodes, store.url(cover_key(cover)), store.url)
    for feed in feeds:
        for page, data in enumerate(documents(show, episodes, feed)):
            key = feed_key(feed.name, page)
            yield Document(key, store.url(key), data, context.workspace.feed(feed.name, page))


def facts(show: Show, episodes: Iterable[Published], problems: Mapping[str, str] | None = None) -> Facts:
    """What the store holds by the word of every published.json; `problems` of files by address."""
    objects: dict[str, Stored] = {}
    for episode in episodes:
        for file in files_of(episode):
            objects[file.url] = objects[counted(file, show)] = Stored(file.length, file.type)
    return Facts(now=datetime.now(UTC), objects=objects, problems=problems or {})


def findings(documents_: Iterable[Document], known: Facts) -> dict[str, tuple[Finding, ...]]:
    """What the gate finds in each document, by its key."""
    return {
        one.key: check(one.data, Facts(one.url, known.now, known.objects, known.problems, known.base))
        for one in documents_
    }


def before_upload(context: EpisodeContext, made: Publication, store: Store) -> list[str]:
    """The warnings of the show's feeds with this episode in them; CastkitError with every error."""
    show = ShowContext(context.workspace, context.show, store)
    stored = {slug: one.published for slug, one in stored_episodes(store).items()}
    episodes = tuple({**stored, context.slug: made.published}.values())
    cover = store.url(cover_key(context.workspace.root / context.show.show.image))
    feeds = addresses(context.workspace, context.show, episodes, cover, store.url)
    planned = Planned(context.show, episodes, feeds)
    _refuse(f"nothing of {context.slug} was sent", [one for one in rules.problems(planned) if _stops(one.level)])
    problems = {item.file.url: words for item in made.items if (words := _file_problem(item))}
    return hold(
        feeds_to_be(show, episodes), facts(context.show, episodes, problems), episodes,
        what=f"nothing of {context.slug} was sent",
    )  # fmt: skip


def hold(
    documents_: Iterable[Document], known: Facts, episodes: Iterable[Published], *, what: str = "no feed was sent"
) -> list[str]:
    """The warnings about new documents in words; CastkitError, which begins with `what`, where an error stops them."""
    imported = {one.imported.guid for one in episodes if one.imported}
    found = [one for rows in findings((one for one in documents_ if one.is_new), known).values() for one in rows]
    stopping = [one for one in found if _stops(one.severity) and one.episode not in imported]
    _refuse(what, stopping)
    return list(in_short(one for one in found if one.severity is not Severity.NOTE))


def in_short(found: Iterable[Finding]) -> Iterator[str]:
    """One line for each rule: its first finding, how many more there are, and what to do."""
    groups: dict[str, dict[str, Finding]] = defaultdict(dict)
    for one in found:
        groups[one.code].setdefault(f"{one.where} {one.what}", one)
    for code, rows in groups.items():
        words, first = next(iter(rows.items()))
        more = f" (and {len(rows) - 1} more)" if len(rows) > 1 else ""
        yield f"feed: {words}{more}; {first.remedy} [{code}]"


def _stops(severity: object) -> bool:
    return str(severity) == Severity.ERROR


def _refuse(what: str, problems: Sequence[rules.Problem | Finding]) -> None:
    if not problems:
        return
    groups: dict[str, dict[str, str]] = defaultdict(dict)
    for one in problems:
        words = f"{one.where} {one.what}" if isinstance(one, Finding) else str(one)
        groups[one.code][words] = one.remedy
    lines = [
        f"  {words} [{code}]" if number < _SHOWN else f"  and {len(rows) - _SHOWN} more [{code}]"
        for code, rows in groups.items()
        for number, words in enumerate(rows)
        if number <= _SHOWN
    ]
    remedies = dict.fromkeys(remedy for rows in groups.values() for remedy in rows.values())
    raise CastkitError(
        f"{what}, because apps would refuse the feed:\n" + "\n".join(lines), "; ".join(remedies)
    )  # fmt: skip


def _file_problem(item: Item) -> str:
    """What is wrong with a transcript or a list of chapters that is about to be sent; "" for every other file."""
    is_read_by_apps = bare(item.file.type) in _READ_BY_APPS
    return problem(item.path.read_bytes(), item.file.type) if is_read_by_apps else ""
