"""Which way leads from what there is to a language, on this machine.

Rule: what a person accepted comes first; a way that does not exist is said, never faked.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from castkit.model.language import primary
from castkit.translate.script import can_convert


class Way(StrEnum):
    """How a language's cues come about."""

    ACCEPTED = "accepted"
    WHISPER = "whisper"  # Whisper's own translation, to English only
    SCRIPT = "script"  # Chinese from the other script
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Route:
    """The way to `target`, and the language whose cues it starts from (both BCP 47 tags)."""

    target: str
    way: Way
    source: str


def routes(spoken: str, wanted: Collection[str], *, accepted: Collection[str], has_english: bool) -> tuple[Route, ...]:
    """A route to every wanted language but the spoken one, in the order wanted.

    `accepted` are the languages with subtitles a person accepted; `has_english` says that Whisper translated.
    """
    return tuple(_route(spoken, target, accepted, has_english=has_english) for target in wanted if target != spoken)


def _route(spoken: str, target: str, accepted: Collection[str], *, has_english: bool) -> Route:
    if target in accepted:
        return Route(target, Way.ACCEPTED, target)
    if has_english and primary(target) == "en" and primary(spoken) != "en":
        return Route(target, Way.WHISPER, spoken)
    for source in (spoken, *sorted(accepted)):
        if can_convert(source, target):
            return Route(target, Way.SCRIPT, source)
    return Route(target, Way.NONE, spoken)
