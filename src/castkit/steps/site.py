"""The show's pages: its front page in every language, pages of older episodes, sitemap.xml, robots.txt and 404.html.

Rule: made of castkit.toml and every published.json in the store and of nothing else, after the feeds that they lead
to; what the store holds already is not sent again, and whoever loses a race makes them again of all that is there then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from castkit.engine.stage import Job, Stage
from castkit.site.show_pages import NOT_FOUND, ROBOTS, SITEMAP, TEMPLATES
from castkit.steps.feed_race import Stand, is_in_store, put_over, renewed
from castkit.steps.left_pages import left_in_words
from castkit.steps.show_context import ShowContext
from castkit.steps.site_made import (
    picture_keys,
    send_share_pictures,
    send_small_cover,
    show_site,
    site_documents,
    site_pages,
)
from castkit.templating import candidates


def _keys(context: ShowContext) -> list[str]:
    """Every key that the step writes: those of the episodes the store held when it was first looked at.

    An episode that arrives later is on its page; a page that it asks for comes with the next renewal.
    """
    if not context.show.site.enabled:
        return []
    pages = site_pages(context.show, len(context.episodes))
    return [*(key for keys in pages.values() for key in keys), NOT_FOUND, SITEMAP, ROBOTS]


def _cover(context: ShowContext) -> Path:
    return context.workspace.root / context.show.show.image


def _reads(context: ShowContext) -> Iterable[Path]:
    if context.show.site.enabled:
        yield _cover(context)
        yield from candidates(context.workspace.templates, TEMPLATES)


def _writes(context: ShowContext) -> Iterable[Path]:
    return [context.workspace.site(key) for key in _keys(context)]


def _settings(context: ShowContext) -> Any:
    show = context.show
    if not show.site.enabled:
        return {"site": show.site.model_dump(mode="json")}
    return {
        "site": show.site.model_dump(mode="json"),
        "show": show.show.model_dump(mode="json"),
        "partners": [one.model_dump(mode="json") for one in show.partners],
        "funders": [one.model_dump(mode="json") for one in show.funders],
        "feeds": show.feeds.model_dump(mode="json"),
        "address": context.store.url("index.html"),
        "published": {slug: episode.digest for slug, episode in context.episodes.items()},
    }


def _check(context: ShowContext) -> str | None:
    """Whether the store still holds the pages that were made here, and their pictures."""
    store = context.store
    if not context.show.site.enabled:
        return None
    for key in _keys(context):
        if not is_in_store(store, key, context.workspace.site(key)):
            return f"the store holds no such {key}"
    for key in picture_keys(context.workspace, context.show):
        if store.head(key, digest=False) is None:
            return f"the store holds no such {key.rpartition('/')[2]}"
    return None


def _run(context: ShowContext, job: Job) -> None:
    keys = _keys(context)
    if not keys:
        if words := left_in_words(context.workspace, context.show, context.store):
            job.note(words)
        return
    context.store.check()
    _send_pictures(context, job)
    renewed(context, job, keys, what="the pages", renew=partial(_renew, context, job))


def _send_pictures(context: ShowContext, job: Job) -> None:
    send_small_cover(context.workspace, context.show, context.store)
    for tag, characters in send_share_pictures(context.workspace, context.show, context.store).items():
        job.note(f"the picture for links ({tag}) lacks characters that no font here can draw: {characters}")


def _renew(context: ShowContext, job: Job, stand: Stand) -> None:
    """Makes every page and sends those that the store has not."""
    published = (episode.published for episode in stand.episodes.values())
    made = show_site(context.workspace, context.show, published, context.store.url)
    site = replace(made, pages=site_pages(context.show, len(context.episodes)))  # as many as `_writes` named
    for key, data in site_documents(site, context.workspace).items():
        path = job.output(context.workspace.site(key))
        path.write_bytes(data)
        put_over(context.store, key, path, stand.versions[key])


STEP = Stage[ShowContext](
    name="site",
    version=1,
    after=("feed",),
    reads=_reads,
    writes=_writes,
    settings=_settings,
    run=_run,
    check=_check,
    sends=True,
    is_editable=lambda _: False,
)
