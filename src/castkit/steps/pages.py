"""Step: a page per episode and language, with player, transcript, chapters and notes, and the picture for its links.

Rule: the notes' Markdown on disk is what counts, so that notes a person edited by hand are the notes that go out.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from castkit import templating
from castkit.artwork.share import draw_share, reduce_cover, thumbnail
from castkit.engine.stage import Job, Stage
from castkit.model.text import one_line
from castkit.site.episode_page import PAGE, TEMPLATES, compose
from castkit.steps.context import EpisodeContext, is_for_people
from castkit.steps.notes import texts_of
from castkit.steps.package import cover_path
from castkit.steps.package_video import beside
from castkit.steps.page_contents import page_of
from castkit.steps.pictures import paths as pictures
from castkit.steps.published_files import built_tracks, other_audio_paths, stream_paths, transcript_paths

_OLD_PAGE = "notes.html.j2"  # the template of the plain page that there was before


def _reads(context: EpisodeContext) -> Iterable[Path]:
    paths = context.paths
    yield from (paths.notes_markdown(language) for language in context.show.languages)
    yield from (paths.tracks, paths.programme, paths.audio, paths.video)
    yield from (*other_audio_paths(context), *stream_paths(context))
    for track in built_tracks(context):
        yield from (*transcript_paths(context, track.language), paths.transcript_html(track.language))
    yield from (_cover(context), *pictures(context))
    yield from templating.candidates(context.workspace.templates, TEMPLATES)


def _writes(context: EpisodeContext) -> Iterable[Path]:
    for language in context.show.languages:
        yield context.paths.share_image(language)
        yield context.paths.notes_html(language)


def _settings(context: EpisodeContext) -> dict[str, Any]:
    """The texts, and the addresses that stand in the page's head."""
    show = context.show
    return {
        **texts_of(context),
        "base_url": show.store.base_url,
        "feeds": show.feeds.model_dump(mode="json", include={"kinds", "languages", "moved_to", "hidden"}),
        "has_show_page": show.site.enabled,
        "own_cover": context.episode.image,
        "own_licence": context.episode.licence,
        "names": {person.id: person.name.model_dump() for person in context.people},
    }


def _run(context: EpisodeContext, job: Job) -> None:
    sources = templating.load(context.workspace.templates, TEMPLATES)
    shares, cover = _draw_shares(context, job)
    for language in context.show.languages:
        page = page_of(context, language, shares=shares, cover=cover)
        job.output(context.paths.notes_html(language)).write_text(compose(page, sources), "utf-8", newline="\n")
    old = context.workspace.templates / _OLD_PAGE
    if old.is_file():
        job.note(f"templates/{_OLD_PAGE} is no longer used: the page of an episode is made from {PAGE}")


def _draw_shares(context: EpisodeContext, job: Job) -> tuple[dict[str, Path], bytes]:
    """Draws the picture that chats show beside a link, in every language; where each is written for now.

    With them comes the small cover of the page, so that the large one is decoded once.
    """
    made = {}
    languages, show, episode = context.show.languages, context.show.show, context.episode
    for language in languages:
        made[language] = job.output(context.paths.share_image(language))
    with beside(made[languages[0]], "cover.png") as small:
        reduce_cover(_cover(context), small)
        for language, path in made.items():
            titles = [one_line(text.in_(language, languages)) for text in (show.title, episode.title)]
            if undrawn := draw_share(path, small, titles):
                job.note(f"no font on this machine draws {undrawn} in the titles; install fonts-noto-cjk")
        return made, thumbnail(small)


def _cover(context: EpisodeContext) -> Path:
    """The episode's own cover, else the show's."""
    return context.paths.root / context.episode.image if context.episode.image else cover_path(context)


STEP = Stage[EpisodeContext](
    name="pages",
    version=4,
    after=("notes", "package", "transcripts", "hls"),
    reads=_reads,
    writes=_writes,
    settings=_settings,
    run=_run,
    is_editable=is_for_people,
)
