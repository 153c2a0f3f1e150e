"""Tags of MP3 and Opus: what a player shows of a file that has left the feed behind.

Rule: ID3 in version 2.3, because Windows, car radios and older players read no other; whatever text is given is stored
whole.
"""

# mypy: disable-error-code="no-untyped-call"
# mutagen has annotations without types.
from __future__ import annotations

import base64
import contextlib
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from castkit.model.chapters import Mark
from castkit.timecode import vtt_time

_HEADER_BYTES = 10
_NO_OFFSET = 0xFFFFFFFF  # "use the times, not byte offsets" (ID3v2 Chapter Frame Addendum 1.0, 3.1)
_MOST_IN_TABLE = 255  # the table of contents counts its entries in one byte (3.2)


@dataclass(frozen=True, slots=True)
class Lyrics:
    """What is said, as text for the lyrics page of a player; `code` is ISO 639-2 (`zho`), `language` BCP 47."""

    language: str
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Tags:
    """Everything that goes into the file; an empty text or None is left out.

    `language` is the spoken one (ISO 639-2), `text_language` that of title and comment; `cover` is a JPEG.
    """

    title: str
    artist: str
    album: str
    date: datetime
    language: str
    text_language: str
    number: int | None = None
    season: int | None = None
    comment: str = ""
    copyright: str = ""
    licence_url: str = ""
    link: str = ""
    cover: bytes = b""
    chapters: Sequence[Mark] = ()
    lyrics: Sequence[Lyrics] = ()


def write_tags(path: Path, tags: Tags) -> None:
    """Puts the tags into the MP3 at `path`, in place of any it has; the sound is not touched."""
    from mutagen.id3 import ID3, ID3NoHeaderError  # noqa: PLC0415

    with contextlib.suppress(ID3NoHeaderError):
        ID3(path).delete(path, delete_v1=True, delete_v2=True)
    frames = (*_text_frames(tags), *_lyrics_frames(tags), *_chapter_frames(tags.chapters), *_picture(tags.cover))
    _save(frames, path)
    # mutagen sorts frames by size, but players (and ffmpeg) show chapters, and the first lyrics, in the file's order.
    body = b"".join(_alone(frame) for frame in frames)
    with path.open("r+b") as file:
        file.seek(_HEADER_BYTES)
        file.write(body)


def write_opus_tags(path: Path, tags: Tags) -> None:
    """Puts the tags into the Opus file at `path`, in place of any it has (RFC 7845, and VorbisComment's chapters)."""
    from mutagen.flac import Picture  # noqa: PLC0415
    from mutagen.oggopus import OggOpus  # noqa: PLC0415

    file = OggOpus(path)
    file.delete(path)
    file = OggOpus(path)
    rows = {
        "title": tags.title,
        "artist": tags.artist,
        "album": tags.album,
        "date": tags.date.strftime("%Y-%m-%d"),
        "genre": "Podcast",
        "language": tags.language,
        "tracknumber": str(tags.number or ""),
        "discnumber": str(tags.season or ""),
        "comment": tags.comment,
        "copyright": tags.copyright,
        "license": tags.licence_url,
        "contact": tags.link,
    }
    for number, mark in enumerate(tags.chapters):
        rows[f"chapter{number:03}"] = vtt_time(mark.start_ms)
        rows[f"chapter{number:03}name"] = mark.title
    for name, text in rows.items():
        if text:
            file[name] = [text]
    if tags.cover:
        picture = Picture()
        picture.type, picture.mime, picture.data = 3, "image/jpeg", tags.cover  # 3: the front cover
        file["metadata_block_picture"] = [base64.b64encode(picture.write()).decode("ascii")]
    file.save(path, padding=lambda _: 0)


def _alone(frame: Any) -> bytes:
    out = io.BytesIO()
    _save((frame,), out)
    return out.getvalue()[_HEADER_BYTES:]


def _save(frames: Iterable[Any], target: Path | io.BytesIO) -> None:
    from mutagen.id3 import ID3  # noqa: PLC0415

    found = ID3()
    for frame in frames:
        found.add(frame)
    found.update_to_v23()
    found.save(target, v1=0, v2_version=3, padding=lambda _: 0)


def _text_frames(tags: Tags) -> Iterator[Any]:
    from mutagen import id3  # noqa: PLC0415

    rows = (
        (id3.TIT2, tags.title),
        (id3.TPE1, tags.artist),
        (id3.TALB, tags.album),
        (id3.TRCK, str(tags.number or "")),
        (id3.TPOS, str(tags.season or "")),
        (id3.TDRC, tags.date.strftime("%Y-%m-%d")),
        (id3.TCON, "Podcast"),
        (id3.TLAN, tags.language),
        (id3.TCOP, tags.copyright),
    )
    for frame, text in rows:
        if text:
            yield frame(encoding=id3.Encoding.UTF16, text=[text])
    if tags.comment:
        yield id3.COMM(encoding=id3.Encoding.UTF16, lang=tags.text_language, desc="", text=[tags.comment])
    if tags.licence_url:
        yield id3.WCOP(url=tags.licence_url)
    if tags.link:
        yield id3.WOAF(url=tags.link)


def _lyrics_frames(tags: Tags) -> Iterator[Any]:
    from mutagen import id3  # noqa: PLC0415

    for lyrics in tags.lyrics:
        # The tag as description keeps zh-Hans and zh-Hant apart, which share a language code.
        yield id3.USLT(encoding=id3.Encoding.UTF16, lang=lyrics.code, desc=lyrics.language, text=lyrics.text)


def _picture(jpeg: bytes) -> Iterator[Any]:
    from mutagen import id3  # noqa: PLC0415

    if jpeg:
        kind = id3.PictureType.COVER_FRONT
        # Latin-1 and no description: some players look for exactly this.
        yield id3.APIC(encoding=id3.Encoding.LATIN1, mime="image/jpeg", type=kind, desc="", data=jpeg)


def _chapter_frames(marks: Sequence[Mark]) -> Iterator[Any]:
    from mutagen import id3  # noqa: PLC0415

    if not marks:
        return
    names = [f"chp{number}" for number in range(len(marks))]
    yield id3.CTOC(
        element_id="toc",
        flags=id3.CTOCFlags.TOP_LEVEL | id3.CTOCFlags.ORDERED,
        child_element_ids=names[:_MOST_IN_TABLE],
        sub_frames=[],
    )
    for name, mark in zip(names, marks, strict=True):
        yield id3.CHAP(
            element_id=name,
            start_time=mark.start_ms,
            end_time=mark.end_ms,
            start_offset=_NO_OFFSET,
            end_offset=_NO_OFFSET,
            sub_frames=[id3.TIT2(encoding=id3.Encoding.UTF16, text=[mark.title])],
        )
