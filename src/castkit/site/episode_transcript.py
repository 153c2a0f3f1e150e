"""The transcript of an episode's page: paragraphs of all languages beside each other, each cue with its time.

Rule: the first language's turns of speech make the paragraphs; another language's cue stands in the paragraph in which
its middle falls, so that every cue is shown once. Every chapter has its heading, and a moment is an address once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from castkit.model import origins
from castkit.model.cue import Origin
from castkit.model.language import language_name, primary

_LONG_MS = 14_000  # a paragraph of more ends with the sentence, or at a pause
_LONGEST_MS = 35_000  # and one of more wherever it is
_PAUSE_MS = 700
_WIDE = tuple("，。！？；：、…」』）》〉”’")
_ENDS = tuple('.!?…。！？”’"')


@dataclass(frozen=True, slots=True)
class Said:
    """A cue as readers see it: its text on one line, the speaker's name in the track's language, or nothing."""

    start_ms: int
    end_ms: int
    text: str
    speaker: str = ""


@dataclass(frozen=True, slots=True)
class Track:
    """The cues of one language (a BCP 47 tag), in order of time; there is at least one."""

    language: str
    origin: Origin
    cues: tuple[Said, ...]


def transcript_view(tracks: Sequence[Track], chapters: Sequence[tuple[int, str]], language: str) -> dict[str, Any]:
    """`transcript` for the template, for readers of `language`: the tracks' names, the rows, the headings after them.

    `tracks` are in the order of the columns, `chapters` (start in ms, title) in order of time.
    """
    addresses: set[str] = set()  # two may speak at one moment, and what lies between two chapters may be cut out
    rows = tuple(_rows(tracks, chapters, addresses)) if tracks else ()
    begun = sum(len(row["chapters"]) for row in rows)
    return {
        "tracks": tuple(
            {
                "tag": track.language,
                "name": language_name(track.language, track.language),
                "note": origins.in_words(track.origin, language),
                "is_draft": not track.origin.is_reviewed,
            }
            for track in tracks
        ),
        "rows": rows,
        "after": _headings(chapters[begun:], addresses) if rows else (),
    }


def seconds(ms: int) -> str:
    """A time as the page's addresses have it (`#t=12.3`): seconds, as short as can be."""
    return f"{ms / 1000:.3f}".rstrip("0").rstrip(".")


def short_clock(ms: int) -> str:
    """`M:SS`, or `H:MM:SS` from an hour on, rounded down."""
    minutes, second = divmod(ms // 1000, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour}:{minute:02}:{second:02}" if hour else f"{minute}:{second:02}"


def _rows(
    tracks: Sequence[Track], chapters: Sequence[tuple[int, str]], addresses: set[str]
) -> Iterator[dict[str, Any]]:
    paragraphs = list(_paragraphs(tracks[0].cues, [start for start, _ in chapters]))
    starts = [paragraph[0].start_ms for paragraph in paragraphs]
    sides = [paragraphs, *(_placed(track.cues, starts) for track in tracks[1:])]
    speakers = [""] * len(tracks)
    left = list(chapters)
    for row, start_ms in enumerate(starts):
        begun = [left.pop(0) for _ in range(sum(start <= start_ms for start, _ in left))]
        view = []
        for at, (track, side) in enumerate(zip(tracks, sides, strict=True)):
            view.append(_side(track, side[row], before="" if begun else speakers[at]))
            speakers[at] = side[row][-1].speaker if side[row] else speakers[at]
        yield {
            "chapters": _headings(begun, addresses),  # they stand above the paragraph: the address is theirs
            "at": seconds(start_ms),
            "name": _new(start_ms, addresses),
            "time": short_clock(start_ms),
            "sides": tuple(view),
        }


def _headings(chapters: Sequence[tuple[int, str]], addresses: set[str]) -> tuple[dict[str, str], ...]:
    return tuple({"at": seconds(start), "name": _new(start, addresses), "title": title} for start, title in chapters)


def _new(ms: int, addresses: set[str]) -> str:
    """The address of this moment on the page, or nothing where something before has it."""
    name = f"t={seconds(ms)}"
    if name in addresses:
        return ""
    addresses.add(name)
    return name


def _side(track: Track, cues: Sequence[Said], before: str) -> dict[str, Any]:
    speaker = cues[0].speaker if cues else ""
    return {
        "tag": track.language,
        "speaker": speaker if speaker != before else "",
        "cues": tuple(_cue(cue, last, track.language) for last, cue in zip((None, *cues), cues, strict=False)),
    }


def _cue(cue: Said, last: Said | None, language: str) -> dict[str, str]:
    times = {"from": seconds(cue.start_ms), "to": seconds(cue.end_ms)}
    return {**times, "text": cue.text, "before": _gap(last, language)}


def _gap(last: Said | None, language: str) -> str:
    """What stands after a cue: a blank, or nothing where a wide sign (Chinese, Japanese) brings its own room."""
    is_wide = last is not None and primary(language) in ("zh", "yue", "ja") and last.text.endswith(_WIDE)
    return "" if last is None or is_wide else " "


def _paragraphs(cues: Sequence[Said], marks: Sequence[int]) -> Iterator[list[Said]]:
    """The cues in paragraphs of one speaker and one chapter (`marks`: where these start, ms), none very long."""
    paragraph: list[Said] = []
    for cue in cues:
        if paragraph and _ends(paragraph, cue, marks):
            yield paragraph
            paragraph = []
        paragraph.append(cue)
    if paragraph:
        yield paragraph


def _ends(paragraph: Sequence[Said], after: Said, marks: Sequence[int]) -> bool:
    first, last = paragraph[0], paragraph[-1]
    if after.speaker != last.speaker:
        return True
    if bisect_right(marks, after.start_ms) != bisect_right(marks, last.start_ms):
        return True
    length = after.start_ms - first.start_ms
    is_rest = last.text.endswith(_ENDS) or after.start_ms - last.end_ms >= _PAUSE_MS
    return length > _LONGEST_MS or (length > _LONG_MS and is_rest)


def _placed(cues: Sequence[Said], starts: Sequence[int]) -> list[list[Said]]:
    """The cues of another language by paragraph."""
    found: list[list[Said]] = [[] for _ in starts]
    for cue in cues:
        middle = (cue.start_ms + cue.end_ms) // 2
        found[max(0, bisect_right(starts, middle) - 1)].append(cue)
    return found
