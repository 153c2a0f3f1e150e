"""The page at `/` of `castkit serve`: feeds, episodes to play with their subtitles, links to every file.

Rule: pure; every text is escaped, and every address is relative, so that the page works on whatever port it is served.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from castkit.model.language import language_name
from castkit.model.published import Published, StoredFile
from castkit.model.review import in_words
from castkit.storage.keys import feed_key
from castkit.timecode import clock

_STYLE = """\
body { font: 1.05rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; margin: 2.5rem 0 .2rem; }
video { width: 100%; background: #111; border-radius: .4rem; } .sound { height: 9rem; }
.about { color: #555; margin: .2rem 0 .8rem; } li { margin: .2rem 0; }
.draft { background: #b00; color: #fff; border-radius: .3rem; padding: 0 .4rem; font-size: .9rem; }
@media (prefers-color-scheme: dark) {
 body { background: #16181b; color: #ddd; } a { color: #8bf; } .about { color: #aaa; }
}
"""
_AUDIO = {"audio/mp4": "M4A", "audio/ogg": "Opus"}
_KINDS = {"vtt": "VTT", "srt": "SRT", "json": "JSON"}


@dataclass(frozen=True, slots=True)
class FrontPage:
    """What the page shows: `feeds` by name with their public addresses, `note` above the episodes, or nothing."""

    title: str
    languages: Sequence[str]
    feeds: Mapping[str, str]
    episodes: Sequence[Published]
    drafts: Collection[str] = ()
    note: str = ""


def front_page(page: FrontPage) -> bytes:
    """The page as HTML in UTF-8, the newest episode first."""
    newest = sorted(page.episodes, key=lambda episode: (episode.date, episode.slug), reverse=True)
    body = "\n".join(
        [
            f"<h1>{escape(page.title)}</h1>",
            *([f'<p class="about">{escape(page.note)}</p>'] if page.note else []),
            "<p>Feeds, to subscribe to in a podcast app:</p>",
            _list(f"{_feed(name)}: {_link(feed_key(name), url)}" for name, url in page.feeds.items()),
            *(_episode(page, episode) for episode in newest),
            *([] if newest else ["<p>Nothing is published here yet.</p>"]),
        ]
    )
    language = escape(page.languages[0])
    head = (
        f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(page.title)}</title>'
    )
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>{head}\n<style>\n{_STYLE}</style></head>\n'
        f"<body>\n{body}\n</body>\n</html>\n"
    ).encode()


def _episode(page: FrontPage, episode: Published) -> str:
    title = escape(episode.title.in_(page.languages[0], page.languages))
    draft = ' <span class="draft">not published</span>' if episode.slug in page.drafts else ""
    about = f"{escape(episode.slug)} · {episode.date:%Y-%m-%d} · {clock(episode.duration_ms)}"
    summary = escape(episode.summary.in_(page.languages[0], page.languages))
    return "\n".join(
        [
            f'<h2 id="{escape(episode.slug)}">{title}{draft}</h2>',
            f'<p class="about">{about}</p>',
            f"<p>{summary}</p>",
            _player(page, episode),
            _list(_links(episode)),
        ]
    )


def _player(page: FrontPage, episode: Published) -> str:
    """A video element for sound too: no browser shows the subtitles of an audio element."""
    media = episode.video or episode.audio
    kind = "" if episode.video else ' class="sound"'
    tracks = (transcript for transcript in episode.transcripts if transcript.file.type.startswith("text/vtt"))
    parts = [f'<video{kind} controls preload="metadata" src="{_where(media)}">']
    for transcript in tracks:
        default = " default" if transcript.language == page.languages[0] else ""
        tag, name = escape(transcript.language), escape(_plain_name(transcript.language))
        parts.append(f'<track kind="captions" srclang="{tag}" label="{name}" src="{_where(transcript.file)}"{default}>')
    return "".join([*parts, "</video>"])


def _links(episode: Published) -> Iterator[str]:
    yield _file("Sound", episode.audio)
    for audio in episode.other_audio:
        yield _file(f"Sound, {_AUDIO.get(audio.type.partition(';')[0], audio.type)}", audio)
    if episode.video:
        yield _file("Video", episode.video)
    if episode.hls:
        yield f'<a href="{_where(episode.hls)}">Video as a stream (HLS)</a>'
    for tag, file in episode.notes.items():
        yield _file(f"Show notes, {_plain_name(tag)}", file)
    for transcript in episode.transcripts:
        ending = (transcript.file.key or transcript.file.url).rsplit(".", 1)[-1]
        trust = in_words(transcript.origin, "en")
        label = f"Transcript, {_plain_name(transcript.language)}, {_KINDS.get(ending, ending)}: {trust}"
        yield _file(label, transcript.file)
    for tag, file in episode.chapter_files.items():
        yield _file(f"Chapters, {_plain_name(tag)}", file)


def _file(label: str, file: StoredFile) -> str:
    return f'<a href="{_where(file)}">{escape(label)}</a> ({_size(file.length)})'


def _link(key: str, label: str) -> str:
    return f'<a href="{_path(key)}">{escape(label)}</a>'


def _where(file: StoredFile) -> str:
    """Its path here, or its address on another host."""
    return escape(file.url) if file.is_elsewhere else _path(file.key)


def _path(key: str) -> str:
    return escape("/" + quote(key))


def _list(items: Iterable[str]) -> str:
    return "<ul>\n" + "\n".join(f"<li>{item}</li>" for item in items) + "\n</ul>"


def _feed(name: str) -> str:
    """The language of a feed, and what else its name says: `en.video`."""
    tag, _, kind = name.partition(".")
    return f"{_name(tag)}, {escape(kind)}" if kind else _name(tag)


def _name(tag: str) -> str:
    return escape(_plain_name(tag))


def _plain_name(tag: str) -> str:
    return language_name(tag, "en")


def _size(length: int) -> str:
    """Bytes as people read them, in powers of ten as file managers and phones do."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if length >= factor:
            return f"{length / factor:.1f} {unit}"
    return f"{length} B"
