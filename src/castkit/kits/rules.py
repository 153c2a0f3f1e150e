"""What each platform takes: the dated files of `rules/`, read.

Rule: a figure comes with where it was read and how certain it is; where none is published, castkit's own says so.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "rules"

# How certain a figure is: read on the platform's own page, told by others, or castkit's own where none is published.
DOCUMENTED, REPORTED, HOUSE = "documented", "reported", "house"
CERTAINTIES = (DOCUMENTED, REPORTED, HOUSE)
ERROR, WARNING = "error", "warning"

Words = Mapping[str, str]  # a text by language


@dataclass(frozen=True, slots=True)
class Limit:
    """The most, or the least, of something; `of` is what is measured, in the units of `checks.MEASURES`."""

    code: str
    of: str
    most: float | None
    least: float | None
    unit: str  # in which a text is counted, as `counting.UNITS`
    level: str
    certainty: str
    source: str


@dataclass(frozen=True, slots=True)
class CoverRule:
    """A picture the platform wants: JPEG of this size in pixels and at most so many bytes."""

    name: str
    width: int
    height: int
    most_bytes: int
    certainty: str
    source: str


@dataclass(frozen=True, slots=True)
class VideoRule:
    """The video: what may be handed over as it is, and the shape of an audiogram where there is no picture."""

    codecs: tuple[str, ...]
    pixel_formats: tuple[str, ...]
    audio_codecs: tuple[str, ...]
    audiogram: str


@dataclass(frozen=True, slots=True)
class AudioRule:
    """The sound: format, bit rate in kbit/s where it is encoded, loudness in LUFS, and how far off is near enough."""

    format: str
    bitrate: int
    loudness: float
    within: float


@dataclass(frozen=True, slots=True)
class ChapterRule:
    """Time-stamps in the description: so many at least, each so long; else the platform makes nothing of them."""

    fewest: int
    shortest_s: int


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do on the platform's page: in words, with texts to paste and files to choose."""

    words: Words
    pasted: tuple[str, ...]
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Platform:
    """Everything `rules/<slug>.toml` says."""

    slug: str
    checked: date
    name: Words
    checklist: tuple[str, ...]
    language: str
    captions: str  # "srt", "bcc" (SRT and BCC), "burnt" or "none"
    has_title: bool  # else the description begins with the title
    has_links: bool
    has_hashtags: bool
    has_rich_text: bool
    forbidden: str
    video: VideoRule | None
    audio: AudioRule | None
    chapters: ChapterRule
    limits: tuple[Limit, ...]
    covers: tuple[CoverRule, ...]
    categories: Mapping[str, str]
    caption_languages: Mapping[str, str]
    short_title_allowed: str | None
    synthetic: Words
    steps: tuple[Step, ...]
    warnings: tuple[Words, ...]
    unpublished: tuple[str, ...] = ()
    sources: tuple[str, ...] = field(default=())

    @property
    def is_video(self) -> bool:
        return self.video is not None

    def limit(self, code: str) -> Limit | None:
        """The limit of this code, where the platform has one."""
        return next((limit for limit in self.limits if limit.code == code), None)

    def refused_above(self, code: str) -> Limit | None:
        """The same where what is above it cannot be handed over: only for such a limit is a text shortened."""
        found = self.limit(code)
        return found if found and found.level == ERROR else None


def slugs() -> tuple[str, ...]:
    """The platforms there are rules for, in order of name."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


@cache
def platform(slug: str) -> Platform:
    """The rules of one platform; KeyError for one that is not among `slugs`."""
    if slug not in slugs():
        raise KeyError(slug)
    return _read(slug, tomllib.loads((FOLDER / f"{slug}.toml").read_text("utf-8")))


def _read(slug: str, table: Mapping[str, Any]) -> Platform:
    limits = tuple(_limit(code, row) for code, row in table.get("limits", {}).items())
    covers = tuple(CoverRule(**row) for row in table["covers"])
    short = table.get("short_title")
    return Platform(
        slug=slug,
        checked=table["checked"],
        name=table["name"],
        checklist=tuple(table["checklist"]),
        language=table["language"],
        captions=table["captions"],
        has_title=table.get("has_title", True),
        has_links=table["has_links"],
        has_hashtags=table.get("has_hashtags", False),
        has_rich_text=table.get("has_rich_text", False),
        forbidden=table.get("forbidden", ""),
        video=_video(table["video"]) if "video" in table else None,
        audio=_audio(table["audio"]) if "audio" in table else None,
        chapters=ChapterRule(table["chapters"]["fewest"], table["chapters"]["shortest_s"]),
        limits=limits,
        covers=covers,
        categories=table["categories"],
        caption_languages=table.get("caption_languages", {}),
        short_title_allowed=short["allowed"] if short else None,
        synthetic=table["synthetic"],
        steps=tuple(_step(row) for row in table["steps"]),
        warnings=tuple(table["warnings"]),
        unpublished=tuple(table.get("unpublished", ())),
        sources=_sources(limits, covers),
    )


def _sources(limits: tuple[Limit, ...], covers: tuple[CoverRule, ...]) -> tuple[str, ...]:
    """Where the figures were read, each once; castkit's own have none."""
    found = [*(limit.source for limit in limits), *(cover.source for cover in covers)]
    return tuple(dict.fromkeys(filter(None, found)))


def _limit(code: str, row: Mapping[str, Any]) -> Limit:
    return Limit(
        code=code,
        of=row.get("of", code),
        most=row.get("most"),
        least=row.get("least"),
        unit=row.get("unit", "characters"),
        level=row.get("level", ERROR),
        certainty=row["certainty"],
        source=row["source"],
    )


def _video(row: Mapping[str, Any]) -> VideoRule:
    return VideoRule(tuple(row["codecs"]), tuple(row["pixel_formats"]), tuple(row["audio_codecs"]), row["audiogram"])


def _audio(row: Mapping[str, Any]) -> AudioRule:
    return AudioRule(row["format"], row["bitrate"], row["loudness"], row["within"])


def _step(row: Mapping[str, Any]) -> Step:
    words = {language: text for language, text in row.items() if language not in ("paste", "also", "files")}
    pasted = (row["paste"], *row.get("also", ())) if "paste" in row else ()
    return Step(words, pasted, tuple(row.get("files", ())))
