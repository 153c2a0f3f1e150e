"""Where one recording lies on the clock of another, by the sound that both microphones heard.

Rule: a distance is given only where the waveforms of several moments agree on it and on no other; two recordings
without a sound in common, with a jingle alone in common, or with music that repeats, get none and the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from castkit.audio.correlate import SPAN, Pair, match, untonal
from castkit.audio.lines import FARTHEST_MS, STEEPEST_PPM, Line, candidates, claps
from castkit.audio.rhythm import FRAMES_PER_SECOND, RATE, Readable, rhythm

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from castkit.audio.rhythm import Bright, Rhythm

_FIRST_LOOK = 24  # moments compared per candidate
_SECOND_LOOK = 120  # and for the one that is chosen
_ENOUGH = 3  # separate moments that agree; one is enough if it is a clap in both, and
_UNMISTAKABLE = 14.0  # standard deviations high
_CLAP_SAMPLES = RATE // 4
_TOGETHER_S = 0.025  # voices reach two microphones 3 m apart 9 ms sooner or later, by who speaks
_CLOSE_S = 0.002
_OUTLYING = 5.0  # times the usual distance from the line
_RIVAL = 0.6  # of the best line's weight
_NEARER_S = 60.0  # a rival this much farther from zero is the same sound played again (a rerun of the recording)
_SHARE = 0.2  # of the recording, that a rival explains where the best does not: then a recorder paused
_SAME_S = 0.06
_CLUMP_S = 30.0
_LONG_S = 300.0
_STEADY_S = 60.0  # shorter recordings show no drift
_LEAST_PPM = 2.0
_SURE = 4.0  # standard errors


@dataclass(frozen=True, slots=True)
class Alignment:
    """A moment t (ms) of the other recording lies at `offset_ms + t * (1 + drift_ppm / 1e6)` of the reference.

    `drift_ppm` is 0 where it is below 2 ppm, not significant, or the shared sound spans less than a minute.
    `peak` is the median height of the agreeing moments' correlation peaks in standard deviations of the correlation
    around them: never under 7.5, in unrelated speech never above 6. `moments` is how many agree, `residual_ms` how far
    the worst of them lies from the line.
    """

    offset_ms: float
    drift_ppm: float
    peak: float
    residual_ms: float
    moments: int


@dataclass(frozen=True, slots=True)
class Unmatched:
    """There is no one place; `reason` says why, as the end of a sentence: "they share no sound"."""

    reason: str


NO_SOUND = Unmatched("they share no sound that stands out")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A recording, its rhythm, and which frequencies are no steady tone in it."""

    sound: Readable
    rhythm: Rhythm
    bright: Bright
    mask: NDArray[np.bool_]

    @property
    def length_s(self) -> float:
        return self.sound.length / RATE


@dataclass(frozen=True, slots=True)
class _Moment:
    """At `t` s of the other recording, the reference lies `lag_s` away; `height` of the peak that says so."""

    t: float
    lag_s: float
    height: float


@dataclass(frozen=True, slots=True)
class _Found:
    line: Line
    moments: tuple[_Moment, ...]

    @property
    def weight(self) -> float:
        return sum(moment.height for moment in self.moments)

    @property
    def span_s(self) -> float:
        return self.moments[-1].t - self.moments[0].t


def prepare(sound: Readable) -> Prepared:
    """Reads a recording once; about 2 MB of memory an hour."""
    moves, bright = rhythm(sound)
    return Prepared(sound, moves, bright, untonal(sound))


def align(reference: Prepared, other: Prepared, near_ms: tuple[int, int] | None = None) -> Alignment | Unmatched:
    """Where `other` lies on the clock of `reference`; `near_ms` limits the distances, else 30 minutes either way."""
    low_ms, high_ms = near_ms or (-FARTHEST_MS, FARTHEST_MS)
    low, high = (ms * FRAMES_PER_SECOND // 1000 for ms in (low_ms, high_ms + 9))
    pair = Pair(reference.sound, other.sound, reference.mask & other.mask)
    found = [
        agreed
        for line in candidates(reference.rhythm, other.rhythm, low, max(high, low + 1))
        if (agreed := _agree(_look(pair, line, _moments(reference, other, line, _FIRST_LOOK))))
    ]
    clapped = [] if found else _claps(pair, claps(reference.bright), claps(other.bright), (low_ms, high_ms))
    found = _merged(found or clapped)
    if not found:
        return NO_SOUND
    best = _nearest(found)
    rivals = [one for one in found if one is not best and _is_rival(one, best, other.length_s)]
    if rivals:
        return _ambiguous(best, rivals[0])
    if not clapped:
        moments = _moments(reference, other, best.line, _SECOND_LOOK)
        best = _agree(_look(pair, best.line, moments)) or best
    if _is_jingle(best, min(reference.length_s, other.length_s)):
        return Unmatched(f"they share nothing but a piece of {best.span_s + 1:.0f} s, such as a jingle")
    return _measured(best)


def _moments(reference: Prepared, other: Prepared, line: Line, count: int) -> list[float]:
    """`count` moments (s of the other recording) where both move alike: the best of as many stretches, and the best.

    Half of them are spread evenly, so that drift is seen; half lie wherever the likeness is greatest.
    """
    import numpy as np  # noqa: PLC0415

    likeness = _likeness(reference.rhythm, other.rhythm, line)
    chosen = {
        int(part[np.argmax(likeness[part])])
        for part in np.array_split(np.arange(len(likeness)), count // 2)
        if len(part) and likeness[part].max() > 0
    }
    for at in np.argsort(likeness)[::-1].tolist():
        if len(chosen) >= count or likeness[at] <= 0:
            break
        if at not in chosen:
            chosen.add(at)
    return [at * 0.5 for at in sorted(chosen)]


def _likeness(reference: Rhythm, other: Rhythm, line: Line) -> NDArray[np.float32]:
    """How alike every second of `other`, by half seconds, and its place in `reference` are, from -1 to 1."""
    import numpy as np  # noqa: PLC0415

    half = FRAMES_PER_SECOND // 2
    count = len(other) // half
    sums = np.zeros((3, count), np.float32)
    for first in range(0, count, 512):
        last = min(count, first + 512)
        at = np.arange(first * half, last * half)
        there = np.rint(at + line.lag_s(0) * FRAMES_PER_SECOND + at * line.drift_ppm * 1e-6).astype(int)
        is_in = (there >= 0) & (there < len(reference))
        x = other[at].astype(np.float32)
        y = reference[np.clip(there, 0, max(0, len(reference) - 1))].astype(np.float32) * is_in[:, None]
        for row, product in enumerate((x * y, x * x, y * y)):
            sums[row, first:last] = product.sum(axis=1).reshape(-1, half).sum(axis=1)
    pairs = sums[:, :-1] + sums[:, 1:]
    both = np.sqrt(pairs[1] * pairs[2])
    return np.asarray(np.where(both > 0, pairs[0] / np.maximum(both, 1.0), 0), np.float32)


def _look(pair: Pair, line: Line, times: Iterable[float], span: int = SPAN) -> list[_Moment]:
    """What the waveforms say at these times, where they say anything."""
    found = []
    for t in times:
        lag_s = line.lag_s(t)
        if hit := match(pair, t + lag_s, t, span):
            found.append(_Moment(t, lag_s + hit.lag_s, hit.height))
    return found


def _agree(moments: Sequence[_Moment], enough: int = _ENOUGH) -> _Found | None:
    """The line that most of the moments agree with, fitted to those; None where fewer than `enough` do."""
    import numpy as np  # noqa: PLC0415

    if not moments:
        return None
    times, lags, heights = (np.array([getattr(one, name) for one in moments]) for name in ("t", "lag_s", "height"))
    first, second = np.triu_indices(len(moments), 1)
    apart = times[second] - times[first]
    slopes = (lags[second] - lags[first]) / np.where(apart > 0, apart, 1.0)
    steep = STEEPEST_PPM * 1e-6
    is_sound = (apart >= _STEADY_S) & (np.abs(slopes) <= steep)
    slopes = np.concatenate([np.zeros(len(moments)), slopes[is_sound]])
    starts = np.concatenate([lags, lags[first[is_sound]] - slopes[len(moments) :] * times[first[is_sound]]])
    best, best_weight = np.zeros(len(moments), bool), 0.0
    for slope, start in zip(slopes.tolist(), starts.tolist(), strict=True):
        agrees = np.abs(lags - start - slope * times) <= _TOGETHER_S
        if (weight := float(heights[agrees].sum())) > best_weight:
            best, best_weight = agrees, weight
    kept = tuple(moment for moment, is_kept in zip(moments, best.tolist(), strict=True) if is_kept)
    if _apart(kept) < enough:
        return None
    line = _fit(kept)
    off = np.array([abs(moment.lag_s - line.lag_s(moment.t)) for moment in kept])
    usual = max(_CLOSE_S, _OUTLYING * float(np.median(off)))
    near = tuple(moment for moment, is_near in zip(kept, (off <= usual).tolist(), strict=True) if is_near)
    return _Found(_fit(near), near) if _apart(near) >= enough else _Found(line, kept)


def _apart(moments: Sequence[_Moment]) -> int:
    """How many there are that do not overlap: one word said twice by one voice can be alike for a second."""
    count, last = 0, -1.0
    for moment in moments:
        if moment.t >= last + 1.0 or not count:
            count, last = count + 1, moment.t
    return count


def _fit(moments: Sequence[_Moment]) -> Line:
    """The line of least squares; level where the moments do not reach far enough, or their slope is not significant."""
    import numpy as np  # noqa: PLC0415

    times, lags = np.array([one.t for one in moments]), np.array([one.lag_s for one in moments])
    level = Line(float(np.median(lags)), 0.0)
    if len(moments) < 2 or times[-1] - times[0] < _STEADY_S:
        return level
    middle = float(times.mean())
    spread = float(np.square(times - middle).sum())
    slope = float(((times - middle) * (lags - lags.mean())).sum()) / spread
    offset = float(lags.mean()) - slope * middle
    rest = float(np.square(lags - offset - slope * times).sum()) / max(1, len(moments) - 2)
    error = max((rest / spread) ** 0.5, 1e-3 / (times[-1] - times[0]))  # a millisecond is nobody's drift
    if abs(slope) * 1e6 < _LEAST_PPM or abs(slope) < _SURE * error:
        return level
    return Line(offset, slope * 1e6)


def _claps(pair: Pair, there: Sequence[float], here: Sequence[float], near_ms: tuple[int, int]) -> list[_Found]:
    """Distances at which one sharp sound of the other recording is one of the reference's."""
    moments: list[_Moment] = []
    for t in here:
        for u in there:
            if near_ms[0] <= (u - t) * 1000 <= near_ms[1]:
                moments += _look(pair, Line(u - t, 0.0), [t - 0.05], _CLAP_SAMPLES)
    moments = [moment for moment in moments if moment.height >= _UNMISTAKABLE]
    found = []
    left = sorted(moments, key=lambda moment: moment.t)
    while left and (agreed := _agree(left, 1)):
        found.append(agreed)
        left = [moment for moment in left if moment not in agreed.moments]
    return found


def _merged(found: Iterable[_Found]) -> list[_Found]:
    """Without those that came to the same place from another candidate; the heaviest of each stays."""
    kept: list[_Found] = []
    for one in sorted(found, key=lambda one: -one.weight):
        middle = one.moments[len(one.moments) // 2].t
        if all(abs(one.line.lag_s(middle) - other.line.lag_s(middle)) > _SAME_S for other in kept):
            kept.append(one)
    return kept


def _nearest(found: Sequence[_Found]) -> _Found:
    """Of those that weigh about as much as the heaviest, the one nearest to no distance at all."""
    heavy = [one for one in found if one.weight >= _RIVAL * found[0].weight]
    return min(heavy, key=lambda one: abs(one.line.offset_s))


def _is_rival(one: _Found, best: _Found, length_s: float) -> bool:
    """Whether it could be meant as well: about as heavy, and not merely the same sound played again much later."""
    if one.weight < _RIVAL * best.weight:
        return False
    is_elsewhere = one.moments[0].t > best.moments[-1].t or one.moments[-1].t < best.moments[0].t
    if is_elsewhere and one.span_s > _SHARE * length_s:
        return True
    return abs(one.line.offset_s) < abs(best.line.offset_s) + _NEARER_S


def _ambiguous(best: _Found, rival: _Found) -> Unmatched:
    first, second = (one.line.lag_s(one.moments[0].t) for one in (best, rival))
    return Unmatched(
        f"they match {first:.2f} s apart and {second:.2f} s apart alike: music that repeats, or a recorder that paused"
    )


def _is_jingle(found: _Found, shorter_s: float) -> bool:
    """Whether long recordings share one or two short pieces only, and not as short as a clap."""
    clumps: list[list[float]] = []
    for moment in found.moments:
        if not clumps or moment.t - clumps[-1][-1] > _CLUMP_S:
            clumps.append([])
        clumps[-1].append(moment.t)
    longest = max(clump[-1] - clump[0] for clump in clumps)
    return shorter_s >= _LONG_S and len(clumps) <= 2 and 2.0 < longest < _STEADY_S


def _measured(found: _Found) -> Alignment:
    import numpy as np  # noqa: PLC0415

    off = [abs(one.lag_s - found.line.lag_s(one.t)) for one in found.moments]
    return Alignment(
        offset_ms=found.line.offset_s * 1000,
        drift_ppm=found.line.drift_ppm,
        peak=float(np.median([one.height for one in found.moments])),
        residual_ms=max(off) * 1000,
        moments=len(found.moments),
    )
