"""What publishing would do to the store and to the feeds, known beforehand: every object, every feed.

Rule: nothing is written, anywhere: no object, no ledger, no copy, no temporary file that stays. The store is asked what
the upload asks it, in the same words, so that what is forecast is what happens.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from castkit.errors import CastkitError
from castkit.model.published import Published
from castkit.steps import carry, upload
from castkit.steps.clearance import Standing, refuse_uncleared, standings
from castkit.steps.context import EpisodeContext
from castkit.steps.forecast_feeds import FeedsForecast, feeds_forecast
from castkit.steps.forecast_objects import Meant, Stop, Touched, touched
from castkit.steps.gate import before_upload
from castkit.steps.left_pages import left_in_words
from castkit.steps.past_publications import history, is_lasting, kept_key, published_bytes, to_write_down
from castkit.steps.publication import Item, Publication, publication, to_bytes
from castkit.steps.show_context import stored_episodes
from castkit.storage.keys import published_key
from castkit.storage.store import Store

_NO_REASON = "cannot tell: "  # how a plan begins what it says in place of a reason


@dataclass(frozen=True, slots=True)
class Asked:
    """An episode that is asked for: `reasons` why each step of its road would run, those that stand left out.

    `held` is why it may not be published yet, or None.
    """

    context: EpisodeContext
    reasons: tuple[tuple[str, str], ...]
    held: str | None = None

    @property
    def sending(self) -> str:
        return carry.STEP.name if self.context.episode.is_carried else upload.STEP.name

    @property
    def to_run(self) -> tuple[str, ...]:
        """The steps that must run before anything can be sent."""
        return tuple(step for step, _ in self.reasons if step != self.sending)


@dataclass(frozen=True, slots=True)
class EpisodeForecast:
    """What becomes of one episode: `published` is what published.json would say, None where nothing would be sent.

    `to_run`: steps that come first, so that all else is as of the last build. `stops`: every reason why it would not
    be published.
    """

    slug: str
    held: str | None = None
    to_run: tuple[str, ...] = ()
    objects: tuple[Touched, ...] = ()
    published: Published | None = None
    warnings: tuple[str, ...] = ()
    clearance: tuple[Standing, ...] = ()
    stops: tuple[Stop, ...] = ()


@dataclass(frozen=True, slots=True)
class Forecast:
    """The whole plan; `feeds` is None where no episode's objects are known yet."""

    episodes: tuple[EpisodeForecast, ...]
    feeds: FeedsForecast | None = None
    stops: tuple[Stop, ...] = ()

    @property
    def objects(self) -> tuple[Touched, ...]:
        of_feeds = self.feeds.objects if self.feeds else ()
        return (*(row for one in self.episodes for row in one.objects), *of_feeds)

    @property
    def every_stop(self) -> tuple[Stop, ...]:
        """The show's, the episodes' and the feeds'."""
        of_feeds = (self.feeds.stop,) if self.feeds and self.feeds.stop else ()
        return (*self.stops, *(stop for one in self.episodes for stop in one.stops), *of_feeds)


def forecast(asked: Sequence[Asked], store: Store) -> Forecast:
    """What publishing these episodes would do; nothing raises but a bug: what stands in the way is in `stops`."""
    first = asked[0].context
    stops = list(_stops("show", [lambda: upload.refuse_unfit_show(first)]))
    try:
        found = tuple(_episode(one, store) for one in asked)
        unknown = all(one.published is None and not one.objects and not one.held for one in found)
        if stops or unknown:
            return Forecast(found, None, tuple(stops))
        stored = {slug: one.published for slug, one in stored_episodes(store).items()}
        stored |= {one.slug: one.published for one in found if one.published and not one.stops}
        feeds = feeds_forecast(first.workspace, first.show, store, [stored[slug] for slug in sorted(stored)])
        if words := left_in_words(first.workspace, first.show, store):
            feeds = replace(feeds, warnings=(*feeds.warnings, words))
    except CastkitError as error:
        return Forecast((), None, (*stops, Stop("show", error.message, error.hint)))
    return Forecast(found, feeds, tuple(stops))


def _episode(asked: Asked, store: Store) -> EpisodeForecast:
    context, reasons = asked.context, dict(asked.reasons)
    known = EpisodeForecast(context.slug, asked.held, asked.to_run)
    if asked.held:
        return known
    checks: list[Callable[[], object]] = [lambda: upload.refuse_changed_identity(context)]
    if reasons.get(asked.sending, "").startswith(_NO_REASON):
        checks.append(lambda: upload.check(context))
    known = replace(known, stops=tuple(_stops(context.slug, checks)))
    with tempfile.TemporaryDirectory(prefix="castkit-", ignore_cleanup_errors=True) as folder:
        try:
            made = _made(context, store, Path(folder))
        except CastkitError as error:
            why = () if asked.to_run else (Stop(context.slug, error.message, error.hint),)  # it is built first
            return replace(known, stops=(*known.stops, *why))
        if not reasons:  # the upload would not run
            return replace(known, objects=tuple(_standing(made)), published=made.published)
        return _of_publication(known, context, store, made)


def _made(context: EpisodeContext, store: Store, folder: Path) -> Publication:
    if context.episode.is_carried:
        return carry.carried(context, store.url, carry.stored_before(context, store))
    return publication(context, store.url, into=folder)


def _of_publication(
    known: EpisodeForecast, context: EpisodeContext, store: Store, made: Publication
) -> EpisodeForecast:
    warnings: list[str] = []
    checks: list[Callable[[], object]] = []
    cleared: tuple[Standing, ...] = ()
    if not context.episode.is_carried:
        checks = [
            lambda: upload.refuse_unreviewed(context),
            lambda: _refuse_second_birth(context, store),
            lambda: warnings.extend(before_upload(context, made, store)),
        ]
        if context.show.clearance.required:
            cleared = standings(context, made)
            checks.insert(0, lambda: refuse_uncleared(context, made))
    return replace(
        known,
        objects=tuple(_objects(context.slug, store, made)),
        published=Published.model_validate_json(to_bytes(made.published)),
        warnings=tuple(warnings),
        clearance=cleared,
        stops=tuple(dict.fromkeys((*known.stops, *_stops(context.slug, checks)))),
    )


def _refuse_second_birth(context: EpisodeContext, store: Store) -> None:
    if context.slug not in upload.refuse_changed_identity(context):
        upload.refuse_second_birth(context, store)


def _stops(subject: str, checks: Iterable[Callable[[], object]]) -> Iterator[Stop]:
    for one in checks:
        try:
            one()
        except CastkitError as error:
            yield Stop(subject, error.message, error.hint)


def _standing(made: Publication) -> Iterator[Touched]:
    """Everything of an episode that was found in the store when it was looked at."""
    data = to_bytes(made.published)
    rows = [
        *((item.file.key, item.file.length) for item in made.items),
        (published_key(made.published.slug), len(data)),
    ]
    return (Touched(key, size, "there", "the very same is there") for key, size in rows)


def _objects(slug: str, store: Store, made: Publication) -> Iterator[Touched]:
    """In the order of sending: the files with the pages that are kept before, the history, published.json."""
    for item in made.items:
        yield from _of_item(store, item)
    key, data, before = published_key(slug), to_bytes(made.published), published_bytes(store, slug)
    kind = "first" if before is None else "published"
    for entry, content in to_write_down(history(store, slug), slug, (before, data), kind):
        yield Touched(entry.key, len(content), "add", "for castkit rollback")
    yield touched(store, key, Meant.of(key, data), "what feeds are made of")


def _of_item(store: Store, item: Item) -> Iterator[Touched]:
    file = item.file
    row = touched(store, file.key, Meant(file.length, file.sha256, file.type), _what(file.type))
    if row.action == "replace" and is_lasting(file.key):
        before = Meant.of(file.key, store.get(file.key))
        kept = kept_key(file.key, before.sha256)
        if store.head(kept, digest=False) is None:
            yield Touched(kept, before.size, "add", "for castkit rollback: the page as it was")
    yield row


_WHAT = (("audio/", "sound"), ("video/", "video"), ("image/", "a picture"), ("text/html", "a page or transcript"))
_WHATS = {"text/vtt": "a transcript", "application/x-subrip": "a transcript", "application/json": "a transcript"}
_WHATS |= {"application/json+chapters": "chapters"}


def _what(kind: str) -> str:
    plain = kind.partition(";")[0]
    return _WHATS.get(plain) or next((words for start, words in _WHAT if plain.startswith(start)), "a file")
