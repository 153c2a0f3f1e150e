"""What the page of the notes says of the episode's files: the player, its captions, and what there is to download.

Rule: files are named relative to the page, which lies beside them in the store, so that it works under any address.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from castkit.model import review
from castkit.model.cue import Origin
from castkit.model.language import best_match, language_name
from castkit.notes.view import own_first

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


def files_view(files: Files, language: str) -> dict[str, Any]:
    """`files` for the template of the page: addresses ready for an attribute, words in the page's language.

    The captions to start with are those of the page's language; none where no track is in it.
    """
    shown = best_match(language, [words.language for words in files.words])
    order = own_first(((words.language, words.origin) for words in files.words), language)
    by_language = {words.language: words for words in files.words}
    return {
        "audio": quote(files.audio),
        "other_audio": tuple({"format": _format(name), "url": quote(name)} for name in files.other_audio),
        "video": quote(files.video),
        "stream": quote(files.stream),
        "transcripts": tuple(_transcript(by_language[tag], language, is_default=tag == shown) for tag, _ in order),
    }


def _format(name: str) -> str:
    ending = name.rpartition(".")[2]
    return _FORMATS.get(ending, ending.upper())


def _transcript(words: Words, language: str, *, is_default: bool) -> dict[str, Any]:
    formats = (("VTT", words.vtt), ("SRT", words.srt), ("JSON", words.json))
    return {
        "tag": words.language,
        "language": language_name(words.language, language),
        "note": review.in_words(words.origin, language),
        "captions": quote(words.vtt),
        "is_default": is_default,
        "files": tuple({"format": name, "url": quote(file)} for name, file in formats),
    }
