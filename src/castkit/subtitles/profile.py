"""What a subtitle may be in each language: limits and rules as data.

Rule: a limit is a number in a table with its source, never a number in an algorithm.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from castkit.model.cue import Cue
from castkit.model.language import primary

# Languages written without spaces between words.
UNSPACED = frozenset("zh yue ja th lo km my bo".split())


@dataclass(frozen=True, slots=True)
class Profile:
    """Limits of one language: Netflix's Timed Text Style Guides unless said otherwise.

    `line_width` counts characters; where `is_wide`, a full-width character is 1 and any other half. Times in ms.
    """

    language: str
    line_width: int
    characters_per_second: float
    is_wide: bool = False
    lines: int = 2
    shortest_ms: int = 834  # 5/6 s, rounded up
    longest_ms: int = 7000
    gap_ms: int = 83  # two frames of 24 a second
    small_gap_ms: int = 500  # a shorter gap is closed to `gap_ms`
    linger_ms: int = 500  # how long a cue stays after its last word
    lead_ms: int = 100  # how early a cue may come at most (TED)
    hold_ms: int = 0  # how late a cue may come so that the one before it can be read

    @property
    def is_spaced(self) -> bool:
        return self.language not in UNSPACED

    def width(self, text: str) -> float:
        """How many characters of a line, and of reading time, a text takes; combining marks take none."""
        shown = (character for character in text if not unicodedata.combining(character))
        return sum(1.0 if not self.is_wide or is_wide(character) else 0.5 for character in shown)

    def reading_ms(self, width: float) -> int:
        """The shortest time in which this many characters may be shown."""
        return math.ceil(width * 1000 / self.characters_per_second)

    def flowing(self, text: str) -> str:
        """A cue's lines as one: joined by a space, in unspaced scripts only where both sides are narrow."""
        joined = ""
        for line in text.split("\n"):
            needs_space = bool(joined) and (self.is_spaced or not (is_wide(joined[-1]) or is_wide(line[:1])))
            joined += f" {line}" if needs_space else line
        return joined


def is_wide(character: str) -> bool:
    """Whether a character takes the space of two Latin ones, as Chinese, Japanese and Korean ones do.

    Signs whose width Unicode leaves open, such as “ and …, are wide here: so they are in Chinese typesetting.
    """
    width = unicodedata.east_asian_width(character) if character else "N"
    return width in "WF" or (width == "A" and unicodedata.category(character)[0] in "PS")


_PROFILES: dict[str, Profile] = {
    "en": Profile("en", 42, 20),
    "zh": Profile("zh", 16, 9, is_wide=True),
    "yue": Profile("yue", 16, 9, is_wide=True),
    "ja": Profile("ja", 23, 4, is_wide=True),
    "ko": Profile("ko", 16, 12, is_wide=True),
    "th": Profile("th", 35, 17),
}
_DEFAULT = Profile("und", 42, 17)


def profile_for(tag: str) -> Profile:
    """The limits of a BCP 47 tag: those of its primary language, else the default ones."""
    language = primary(tag)
    return _PROFILES.get(language) or replace(_DEFAULT, language=language)


@dataclass(frozen=True, slots=True)
class Rule:
    """A limit that a cue keeps or breaks; `find` says what it found, or nothing where the limit holds."""

    code: str
    message: str
    find: Callable[[Cue, Profile], str]


def _line_length(cue: Cue, profile: Profile) -> str:
    widest = max(profile.width(line) for line in cue.lines)
    return f"{widest:g} characters" if widest > profile.line_width else ""


def _lines(cue: Cue, profile: Profile) -> str:
    return f"{len(cue.lines)} lines" if len(cue.lines) > profile.lines else ""


def _reading_speed(cue: Cue, profile: Profile) -> str:
    width = profile.width(profile.flowing(cue.text))
    if cue.duration_ms >= profile.reading_ms(width):
        return ""
    return f"{width * 1000 / max(cue.duration_ms, 1):.1f} characters a second"


def _shortest(cue: Cue, profile: Profile) -> str:
    return f"{cue.duration_ms} ms" if cue.duration_ms < profile.shortest_ms else ""


def _longest(cue: Cue, profile: Profile) -> str:
    return f"{cue.duration_ms} ms" if cue.duration_ms > profile.longest_ms else ""


RULES: tuple[Rule, ...] = (
    Rule("line-length", "a line is too long", _line_length),
    Rule("lines", "too many lines", _lines),
    Rule("reading-speed", "too fast to read", _reading_speed),
    Rule("shortest", "shown too briefly", _shortest),
    Rule("longest", "shown too long", _longest),
)


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that cue `index` (from 1, as in its file) breaks."""

    index: int
    cue: Cue
    rule: str
    found: str


def breaches(cues: Sequence[Cue], profile: Profile) -> Iterator[Breach]:
    """Every rule that a cue breaks, in order of the cues; overlap is a breach of the later cue."""
    for index, cue in enumerate(cues, start=1):
        for rule in RULES:
            if found := rule.find(cue, profile):
                yield Breach(index, cue, rule.code, found)
        if index > 1 and (over := cues[index - 2].end_ms - cue.start_ms) > 0:
            yield Breach(index, cue, "overlap", f"{over} ms")
