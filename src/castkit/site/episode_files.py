"""What an episode's page says of the episode's files: the player, its captions, and what there is to download.

Rule: files are named relative to the page, which lies beside them in the store, so that it works under any address,
and from a folder that was sent round.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from castkit.model import origins
from castkit.model.cue import Origin
from castkit.model.language import best_match, language_name, primary

_FORMATS = {"m4a": "M4A", "opus": "Opus"}  # by the ending of the name


@dataclass(frozen=True, slots=True)
class Words:
    """A track of words: its language (BCP 47), where they come from, and its files' names in the store."""

    language: str
    origin: Origin
    vtt: str
    srt: str
    json: str


@dataclass(frozen=True, slots=True)
class Files:
    """The names of the episode's files in the store's folder; `video` and its `stream` are empty without one."""

    audio: str
    video: str
    words: tuple[Words, ...]
    other_audio: tuple[str, ...] = ()
    stream: str = ""
    picture: str = ""  # what a video shows before it plays


def own_first(languages: tuple[str, ...], reader: str) -> tuple[str, ...]:
    """Tracks in the order a reader of this language wants them: the same tag, the same language, the rest."""
    return tuple(sorted(languages, key=lambda tag: (tag != reader, primary(tag) != primary(reader))))


def files_view(files: Files, language: str) -> dict[str, Any]:
    """`files` for the template: addresses ready for an attribute, words in the page's language.

    The captions to start with are those of the page's language; none where no track is in it.
    """
    by_language = {words.language: words for words in files.words}
    shown = best_match(language, by_language)
    return {
        "audio": quote(files.audio),
        "other_audio": tuple({"format": _format(name), "url": quote(name)} for name in files.other_audio),
        "video": quote(files.video),
        "stream": quote(files.stream),
        "picture": quote(files.picture),
        "transcripts": tuple(
            _transcript(by_language[tag], language, is_default=tag == shown)
            for tag in own_first(tuple(by_language), language)
        ),
    }


def _format(name: str) -> str:
    ending = name.rpartition(".")[2]
    return _FORMATS.get(ending, ending.upper())


def _transcript(words: Words, language: str, *, is_default: bool) -> dict[str, Any]:
    formats = (("VTT", words.vtt), ("SRT", words.srt), ("JSON", words.json))
    return {
        "tag": words.language,
        "language": language_name(words.language, language),
        "note": origins.in_words(words.origin, language),
        "is_draft": not words.origin.is_reviewed,
        "captions": quote(words.vtt),
        "is_default": is_default,
        "files": tuple({"format": name, "url": quote(file)} for name, file in formats),
    }
