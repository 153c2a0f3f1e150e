"""What an episode's page is made of: its words, files, chapters and addresses, from what the steps before made.

Rule: files are named as the store will name them, with the hash of their content.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from castkit.model.feeds import feed_name
from castkit.model.media_types import media_type
from castkit.model.roles import GROUP_OF, canonical
from castkit.model.text import one_line
from castkit.notes import html
from castkit.notes.licences import licence_name
from castkit.notes.markdown import safe_address
from castkit.notes.roles import role_name
from castkit.notes.view import common
from castkit.site.episode_files import Files, Words, own_first
from castkit.site.episode_page import Addresses, Chapter, EpisodePage
from castkit.site.episode_transcript import Said, Track
from castkit.site.structured import EpisodeFacts, Media, Series, Somebody
from castkit.steps.context import EpisodeContext
from castkit.steps.credits import credited
from castkit.steps.feed_identity import followed_at, possible_feeds
from castkit.steps.files import BuiltTrack, load_as, load_programme, load_tracks
from castkit.steps.pictures import in_chapters
from castkit.steps.published_files import (
    built_tracks,
    episode_key,
    hashed_name,
    other_audio_paths,
    stream_names,
    transcript_paths,
)
from castkit.storage.keys import public_url, show_page_key


def page_of(context: EpisodeContext, language: str, *, shares: Mapping[str, Path], cover: bytes) -> EpisodePage:
    """The page in this language; CastkitError for a file that is not built.

    `shares` are the pictures for links, by language, where they lie while the step runs; `cover` is a small JPEG.
    """
    addresses = _addresses(context, language, shares)
    files = _files(context, _share_name(context, language, shares))
    chapters = _chapters(context, language)
    tracks = {track.language: track for track in built_tracks(context)}
    content = context.paths.notes_markdown(language).read_text("utf-8")
    return EpisodePage(
        language,
        common(context.show, context.episode, language),
        html.body(content),
        files,
        [_track(context, tracks[tag]) for tag in own_first(tuple(tracks), language)],
        chapters,
        addresses,
        _facts(context, language, addresses, files, chapters),
        cover,
        context.show.feeds.hidden,
    )


def _track(context: EpisodeContext, track: BuiltTrack) -> Track:
    """The words as listeners get them, from the file that podcast apps read."""
    path = context.paths.transcript_json(track.language)
    return Track(track.language, track.origin, load_as(path, lambda value: _said(value, track.label)))


def _said(value: Any, label: str) -> tuple[Said, ...]:
    """The cues of a Podcasting 2.0 transcript, without the label before the first: the page has its own."""
    cues = (
        Said(
            round(one["startTime"] * 1000),
            round(one["endTime"] * 1000),
            one_line(one["body"].removeprefix(label)) if label and number == 0 else one_line(one["body"]),
            one_line(one.get("speaker", "")),
        )
        for number, one in enumerate(value["segments"])
    )
    return tuple(cue for cue in cues if cue.text)


def _chapters(context: EpisodeContext, language: str) -> tuple[Chapter, ...]:
    return tuple(
        Chapter(
            start_ms,
            chapter.title.in_(language, context.show.languages),
            safe_address(chapter.url),
            picture.name if picture else "",
        )
        for start_ms, chapter, picture in in_chapters(context)
    )


def _files(context: EpisodeContext, picture: str) -> Files:
    """The files as the store names them; CastkitError for one that is not built."""
    audio, video = context.paths.audio, context.paths.video
    stream = stream_names(context)
    words = (
        Words(
            track.language, track.origin, *(_name(context, path) for path in transcript_paths(context, track.language))
        )
        for track in built_tracks(context)
    )
    return Files(
        audio=_name(context, audio),
        video=_name(context, video) if video.is_file() else "",
        words=tuple(words),
        other_audio=tuple(_name(context, path) for path in other_audio_paths(context)),
        stream=stream[-1][0] if stream else "",
        picture=picture,
    )


def _name(context: EpisodeContext, path: Path, content: Path | None = None) -> str:
    name, _ = hashed_name(context, path, content)
    return name


def _share_name(context: EpisodeContext, language: str, shares: Mapping[str, Path]) -> str:
    return _name(context, context.paths.share_image(language), shares[language])


def _addresses(context: EpisodeContext, language: str, shares: Mapping[str, Path]) -> Addresses:
    show, names = context.show, {tag: context.paths.notes_html(tag).name for tag in context.show.languages}
    own_page = f"../../{show_page_key(language, show.main_language)}"
    return Addresses(
        pages={tag: _whole(context, name) for tag, name in names.items()},
        beside=names,
        show_page=own_page if show.site.enabled else safe_address(show.show.link),
        share_image=_whole(context, _share_name(context, language, shares)),
        feeds=_feeds(context),
    )


def _whole(context: EpisodeContext, name: str) -> str:
    """The public address of a file of the episode."""
    return public_url(context.show.store.base_url, episode_key(context.slug, name))


def _feeds(context: EpisodeContext) -> dict[str, str]:
    """The public addresses of the show's feeds by name; those with video only where this episode has a picture."""
    has_video, url = context.paths.video.is_file(), partial(public_url, context.show.store.base_url)
    feeds = [one for one in possible_feeds(context.show) if one[1] == "audio" or has_video]
    return {feed_name(*one): address for one, address in followed_at(context.show, feeds, url).items()}


def _facts(
    context: EpisodeContext, language: str, addresses: Addresses, files: Files, chapters: tuple[Chapter, ...]
) -> EpisodeFacts:
    show, episode, languages = context.show.show, context.episode, context.show.languages
    base_url = context.show.store.base_url
    own_feed = next((url for name, url in addresses.feeds.items() if name == language), "")
    show_page = public_url(base_url, show_page_key(language, context.show.main_language))
    author = one_line(show.author.in_(language, languages))
    return EpisodeFacts(
        url=addresses.pages[language],
        name=one_line(episode.title.in_(language, languages)),
        description=one_line(episode.summary.in_(language, languages)),
        language=language,
        spoken=load_tracks(context).spoken,
        date=episode.date.isoformat(),
        duration_ms=load_programme(context).duration_ms,
        series=Series(
            one_line(show.title.in_(language, languages)),
            show_page if context.show.site.enabled else show.link,
            own_feed or next(iter(addresses.feeds.values()), ""),
            author,
        ),
        image=addresses.share_image,
        media=_media(context, files),
        people=_people(context, language),
        chapters=[(chapter.start_ms, chapter.title) for chapter in chapters],
        season=episode.season,
        number=episode.number,
        licence=licence_name(episode.licence or show.licence)[1],
        keywords=[one_line(word) for word in episode.keywords],
    )


def _media(context: EpisodeContext, files: Files) -> list[Media]:
    spoken = load_tracks(context).spoken
    tracks = {track.language for track in built_tracks(context)}
    text = _whole(context, _name(context, context.paths.transcript_html(spoken))) if spoken in tracks else ""
    captions = tuple((_whole(context, words.vtt), words.language) for words in files.words)
    audio = Media(_whole(context, files.audio), media_type(files.audio), transcript=text)
    if not files.video:
        return [audio]
    video = Media(_whole(context, files.video), media_type(files.video), True, text, captions)
    return [video, audio]


def _people(context: EpisodeContext, language: str) -> list[Somebody]:
    languages = context.show.languages
    return [
        Somebody(
            one_line(person.name.in_(language, languages)),
            role_name(person.role, language),
            one_line(person.organisation.in_(language, languages)),
            safe_address(person.href),
            is_heard=GROUP_OF.get(canonical(person.role) or "") == "cast",
        )
        for person in credited(context)
    ]
