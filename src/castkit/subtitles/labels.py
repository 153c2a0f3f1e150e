"""The words that tell a listener that no person has read a translation.

Rule: the label is shown before or with the first words, hides none of them, and keeps the language's limits where
the speech leaves room.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from castkit.model.cue import Cue, Origin
from castkit.model.language import is_chinese
from castkit.model.origins import in_words
from castkit.subtitles.profile import Profile, breaches

# Podcast apps show a first cue from the very start; longer than this it only stands in the way.
_LONGEST_MS = 4000


def label(language: str) -> str:
    """The label of a machine's translation in this language (a BCP 47 tag), in English where we have no wording."""
    words = in_words(Origin.MACHINE_TRANSLATION, language)
    return f"【{words}】" if is_chinese(language) else f"[{words[:1].upper()}{words[1:]}]"


def with_label(cues: Sequence[Cue], text: str, profile: Profile) -> tuple[Cue, ...]:
    """The cues with a label before the first words.

    A cue of its own where the silence before them is long enough to read it; else a line above the first cue where
    that stays within the limits; else a cue of its own as short as allowed, for which the first cue waits.
    """
    if not cues:
        return ()
    first = cues[0]
    end = first.start_ms - profile.gap_ms
    if end >= max(profile.shortest_ms, profile.reading_ms(profile.width(text))):
        return (Cue(max(0, end - _LONGEST_MS), end, text), *cues)
    above = _above(cues, text, profile)
    if not any(breaches([above], profile)):
        return (above, *cues[1:])
    wait = max(first.start_ms, profile.shortest_ms + profile.gap_ms)
    if first.end_ms - wait >= profile.shortest_ms:
        return (Cue(0, wait - profile.gap_ms, text), replace(first, start_ms=wait), *cues[1:])
    return (above, *cues[1:])


def _above(cues: Sequence[Cue], text: str, profile: Profile) -> Cue:
    """The first cue under the label, shown as much longer as the silence after it allows."""
    first = cues[0]
    joined = f"{text}\n{first.text}"
    wanted = first.start_ms + profile.reading_ms(profile.width(profile.flowing(joined)))
    limit = min(first.start_ms + profile.longest_ms, cues[1].start_ms - profile.gap_ms if len(cues) > 1 else wanted)
    return replace(first, text=joined, end_ms=max(first.end_ms, min(wanted, limit)))
