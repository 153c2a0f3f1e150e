"""What a subtitle may be in each language: limits, and the rules that they make.

Rule: a limit is a number in a table with its source (profiles.py), never a number in an algorithm.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from castkit.errors import CastkitError
from castkit.model.cue import Cue
from castkit.model.language import is_chinese, primary
from castkit.subtitles.profiles import GUIDES, row

if TYPE_CHECKING:
    from castkit.model.show import OwnProfile

# Languages written without spaces between words.
UNSPACED = frozenset("zh yue ja th lo km my bo".split())

# Netflix zh-Hans: a space stands for a comma and a full stop, and no line ends in one; ？！、 stay.
_UNWRITTEN = str.maketrans("，。", "  ")


@dataclass(frozen=True, slots=True)
class Profile:
    """Limits of one language by one guide; see profiles.py for the figures and their sources.

    `line_width` and `characters_per_second` count characters, punctuation and spaces included; where `is_wide`, a
    full-width character is 1 and any other half (Netflix's rule for Chinese, Japanese and Korean). Times in ms.
    `punctuation` is how Chinese is written: "kept" as it is (TED), or "netflix".
    """

    language: str
    line_width: int
    characters_per_second: float
    is_wide: bool = False
    lines: int = 2
    shortest_ms: int = 834  # 5/6 s, rounded up
    longest_ms: int = 7000
    gap_ms: int = 83
    small_gap_ms: int = 500  # a shorter gap is closed to `gap_ms`
    linger_ms: int = 500  # how long a cue stays after its last word
    lead_ms: int = 100  # how early a cue may come at most
    hold_ms: int = 0  # how late a cue may come so that the one before it can be read
    punctuation: Literal["kept", "netflix"] = "kept"
    name: str = "netflix"

    @property
    def is_spaced(self) -> bool:
        return self.language not in UNSPACED

    def width(self, text: str) -> float:
        """How many characters of a line, and of reading time, a text takes.

        What is drawn onto another character takes none: combining marks, joiners, the rest of an emoji.
        """
        if text.isascii():
            return len(text) / 2 if self.is_wide else float(len(text))
        shown = (character for character, onto in _marked(text) if not onto)
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

    def written(self, text: str) -> str:
        """A cue's text as this profile writes it: no text gets longer, and none that was there becomes empty."""
        if self.punctuation == "kept" or not is_chinese(self.language):
            return text
        lines = (" ".join(line.translate(_UNWRITTEN).split(" ")).strip() for line in text.split("\n"))
        return "\n".join(re.sub(" {2,}", " ", line) for line in lines if line) or text


def clusters(text: str) -> list[str]:
    """A text cut into what readers take for one character: a letter with its marks, an emoji of several parts."""
    found: list[str] = []
    for character, onto in _marked(text):
        if onto and found:
            found[-1] += character
        else:
            found.append(character)
    return found


_JOINER = "\u200d"


def _marked(text: str) -> Iterator[tuple[str, bool]]:
    """Each character, and whether it is drawn onto the one before it (UAX 29's extended clusters, without Hangul)."""
    before, flags = "", 0
    for character in text:
        is_flag = "\U0001f1e6" <= character <= "\U0001f1ff"  # two regional indicators are one flag
        is_shade = "\U0001f3fb" <= character <= "\U0001f3ff"
        is_mark = unicodedata.category(character) in ("Mn", "Me", "Cf")
        flags = flags + 1 if is_flag else 0
        yield character, is_mark or is_shade or before == _JOINER or (is_flag and flags % 2 == 0)
        before = character


def is_wide(character: str) -> bool:
    """Whether a character takes the space of two Latin ones, as Chinese, Japanese and Korean ones do.

    Signs whose width Unicode leaves open, such as “ and …, are wide here: so they are in Chinese typesetting.
    """
    width = unicodedata.east_asian_width(character) if character else "N"
    return width in "WF" or (width == "A" and unicodedata.category(character)[0] in "PS")


def profile_for(tag: str, *, name: str = "netflix", own: Mapping[str, OwnProfile] | None = None) -> Profile:
    """The limits of a BCP 47 tag's primary language by a guide, or by a profile of the show's own (`own`, by name).

    Where the script is of full-width characters, a length or a speed of a show's own can only tighten the guide's:
    such a figure was meant for Latin letters. CastkitError for a name that is neither.
    """
    language = primary(tag)
    profiles = own or {}
    if name not in profiles:
        if name not in GUIDES:
            known = ", ".join([*GUIDES, *profiles])
            raise CastkitError(f"[subtitles] profile: there is no profile {name!r}", f"choose one of: {known}")
        return Profile(language, **row(name, language), name=name)
    chosen = profiles[name]
    base = Profile(language, **row(chosen.base, language), name=name)
    given = {key: value for key, value in chosen.model_dump(exclude={"base"}).items() if value is not None}
    if base.is_wide:
        for key in ("line_width", "characters_per_second"):
            given[key] = min(given.get(key, math.inf), getattr(base, key))
    return replace(base, **given)


@dataclass(frozen=True, slots=True)
class Rule:
    """A limit that a cue keeps or breaks; `find` says what it found, or nothing where the limit holds.

    `limit` says to people what is allowed.
    """

    code: str
    message: str
    find: Callable[[Cue, Profile], str]
    limit: Callable[[Profile], str]


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
    Rule("line-length", "a line is too long", _line_length, lambda profile: f"{profile.line_width} characters"),
    Rule("lines", "too many lines", _lines, lambda profile: f"{profile.lines} lines"),
    Rule(
        "reading-speed",
        "too fast to read",
        _reading_speed,
        lambda profile: f"{profile.characters_per_second:g} a second",
    ),
    Rule("shortest", "shown too briefly", _shortest, lambda profile: f"{profile.shortest_ms} ms"),
    Rule("longest", "shown too long", _longest, lambda profile: f"{profile.longest_ms} ms"),
)


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that cue `index` (from 1, as in its file) breaks."""

    index: int
    cue: Cue
    rule: str
    found: str
    limit: str = ""


def breaches(cues: Sequence[Cue], profile: Profile) -> Iterator[Breach]:
    """Every rule that a cue breaks, in order of the cues; overlap is a breach of the later cue."""
    for index, cue in enumerate(cues, start=1):
        for rule in RULES:
            if found := rule.find(cue, profile):
                yield Breach(index, cue, rule.code, found, rule.limit(profile))
        if index > 1 and (over := cues[index - 2].end_ms - cue.start_ms) > 0:
            yield Breach(index, cue, "overlap", f"{over} ms", "no overlap")
