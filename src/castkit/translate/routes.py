"""Which way leads from what there is to a language, on this machine.

Rule: what a person accepted comes first; a way that does not exist is said, never faked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from castkit.model.language import primary, same_language
from castkit.translate.script import can_convert

Use = Literal["auto", "whisper", "local", "endpoint", "none"]


class Way(StrEnum):
    """How a language's cues come about."""

    ACCEPTED = "accepted"
    SCRIPT = "script"  # Chinese from the other script
    ENDPOINT = "endpoint"  # a service that speaks OpenAI's protocol
    LOCAL = "local"  # a translation model on this machine
    WHISPER = "whisper"  # Whisper's own translation, to English only
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Route:
    """The way to `target`, and the language whose cues it starts from (both BCP 47 tags)."""

    target: str
    way: Way
    source: str


@dataclass(frozen=True, slots=True)
class Means:
    """What may be translated with: `[translation] use`, whether a service is named, which pairs local models serve.

    `has_local` is asked with two BCP 47 tags, from and to.
    """

    use: Use = "auto"
    has_endpoint: bool = False
    has_local: Callable[[str, str], bool] = lambda _source, _target: False


def routes(
    spoken: str, wanted: Collection[str], *, accepted: Collection[str], has_english: bool, means: Means = Means()
) -> tuple[Route, ...]:
    """A route to every wanted language but the spoken one, in the order wanted.

    `accepted` are the languages with subtitles a person accepted; `has_english` says that Whisper translated.
    """
    known = _Known(spoken, tuple(sorted(accepted)), has_english, means)
    return tuple(_route(target, known) for target in wanted if target != spoken)


@dataclass(frozen=True, slots=True)
class _Known:
    spoken: str
    accepted: tuple[str, ...]
    has_english: bool
    means: Means

    @property
    def sources(self) -> tuple[str, ...]:
        """The languages to start from: the one spoken, then those a person translated into."""
        return tuple(dict.fromkeys((self.spoken, *self.accepted)))


def _route(target: str, known: _Known) -> Route:
    if target in known.accepted:
        return Route(target, Way.ACCEPTED, target)
    for source in known.sources:
        if can_convert(source, target):
            return Route(target, Way.SCRIPT, source)
    for way, source in ((way, source) for way in _ways(known.means.use) for source in known.sources):
        if _leads(way, source, target, known):
            return Route(target, way, source)
    return Route(target, Way.NONE, known.spoken)


def _ways(use: Use) -> tuple[Way, ...]:
    """The machine's ways that may be gone, the best first."""
    if use == "auto":
        return (Way.ENDPOINT, Way.LOCAL, Way.WHISPER)
    return () if use == "none" else (Way(use),)


def _leads(way: Way, source: str, target: str, known: _Known) -> bool:
    if same_language(source, target):
        return False  # British English is not translated from American
    if way is Way.ENDPOINT:
        return known.means.has_endpoint
    if way is Way.LOCAL:
        return known.means.has_local(source, target)
    return known.has_english and source == known.spoken and primary(target) == "en"
