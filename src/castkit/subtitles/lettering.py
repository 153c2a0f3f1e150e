"""Fonts by name alone, for a subtitle file that is drawn on machines that are not known yet.

Rule: a name and its usual proportions, the same everywhere; nothing is looked up, so the file is the same everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from castkit.model.language import is_traditional, primary
from castkit.subtitles.profile import is_wide


@dataclass(frozen=True, slots=True)
class Named:
    """A font as an ASS script needs to know it (video.ass.Lettering); heights and widths are multiples of 1 em."""

    family: str
    line_height: float
    undrawn: str = ""

    def width(self, text: str) -> float:
        """How wide a line is about: full-width characters 1 em, others the average of Arial's letters."""
        return sum(1.0 if is_wide(character) else 0.5 for character in text)


# Ascent and descent of the fonts themselves; Arial is drawn by a likeness where it is missing (Liberation Sans).
_ARIAL = Named("Arial", 1.15)
_CJK = {"zh": "SC", "yue": "HK", "ja": "JP", "ko": "KR"}


def named_for(tag: str) -> Named:
    """The font to name for a language (a BCP 47 tag): Noto's for Chinese, Japanese and Korean, else Arial."""
    region = _CJK.get(primary(tag))
    if region is None:
        return _ARIAL
    return Named(f"Noto Sans CJK {'TC' if region == 'SC' and is_traditional(tag) else region}", 1.45)
