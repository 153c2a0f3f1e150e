"""Pieces of text laid on the lines of one cue.

Rule: of all ways to break a text into lines that fit, the cheapest is taken: good places first, then even lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from castkit.subtitles.breaks import break_cost
from castkit.subtitles.profile import Profile

# In units of break_cost; weighed by reading the demonstration show's cues.
SECOND_LINE = 1.0
UNEVEN = 4.0  # for a whole line of difference
TOO_WIDE = 5000.0


@dataclass(frozen=True, slots=True)
class Layout:
    """How a run of pieces stands: before which pieces a new line begins, and what that costs."""

    breaks: tuple[int, ...]
    cost: float


class Lines:
    """A text's pieces, and how any run of them is laid on lines; `breaks` is the harm of a break before each piece."""

    def __init__(self, texts: Sequence[str], profile: Profile, breaks: Sequence[float]) -> None:
        self.texts, self.profile, self.breaks = texts, profile, breaks
        self._widths = [0.0, *accumulate(profile.width(text) for text in texts)]
        self._leads = [profile.width(text) - profile.width(text.lstrip()) for text in texts]

    def width(self, first: int, end: int) -> float:
        """Characters of the pieces from `first` to before `end`, without the space they begin with."""
        return self._widths[end] - self._widths[first] - self._leads[first]

    def layout(self, first: int, end: int) -> Layout | None:
        """The best lines for these pieces, or None where they do not fit; one piece always does, at a price."""
        if self.width(first, end) > self.profile.line_width * self.profile.lines + self.profile.lines:
            return Layout((), TOO_WIDE) if end - first == 1 else None
        found = self._lines(first, end, self.profile.lines)
        if found is None:
            # The pieces are too long to be parted evenly; fewer of them may still fit.
            return Layout((), TOO_WIDE * (1 if end - first == 1 else 2))
        return found

    def _lines(self, first: int, end: int, most: int) -> Layout | None:
        limit = self.profile.line_width
        if self.width(first, end) <= limit:
            return Layout((), 0.0)
        best: Layout | None = None
        for middle in range(first + 1, end) if most > 1 else ():
            upper = self.width(first, middle)
            if upper > limit:
                break
            rest = self._lines(middle, end, most - 1)
            if rest is None:
                continue
            lower = self.width(middle, rest.breaks[0] if rest.breaks else end)
            cost = rest.cost + SECOND_LINE + self.breaks[middle] + UNEVEN * abs(upper - lower) / limit
            if best is None or cost < best.cost:
                best = Layout((middle, *rest.breaks), cost)
        return best

    def wrapped(self, first: int, end: int) -> Layout:
        """As few lines as hold the pieces, however many the profile allows."""
        breaks, begin = [], first
        for number in range(first + 1, end):
            if self.width(begin, number + 1) > self.profile.line_width:
                breaks.append(number)
                begin = number
        return Layout(tuple(breaks), TOO_WIDE * max(1, len(breaks) + 1 - self.profile.lines))

    def text(self, first: int, breaks: Sequence[int], end: int) -> str:
        """The pieces as a cue's text, in lines."""
        cuts = (first, *breaks, end)
        lines = ("".join(self.texts[one:other]).strip() for one, other in pairwise(cuts))
        return "\n".join(line for line in lines if line)


def break_costs(texts: Sequence[str], language: str) -> list[float]:
    """The harm of a break before each text, and none at both ends."""
    trios = zip(["", *texts], texts, texts[1:], strict=False)
    return [0.0, *(break_cost(left, right, language, earlier=earlier) for earlier, left, right in trios), 0.0]
