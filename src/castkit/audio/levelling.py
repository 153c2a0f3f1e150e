"""One level for every voice of a track: a slow gain that follows how loud speech is, and nothing else.

Rule: the gain moves in pauses, between two stretches of speech; breaths, pauses and noise never move it. A voice is
told from another by its level, and what a voice does around its own level, its emphasis, is mostly left alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from castkit.audio import envelope

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Curve = NDArray[np.float32]
    Curve64 = NDArray[np.float64]

MOMENTARY_MS = 100  # a value for each, of the MOMENTARY_WINDOW_MS before its end
MOMENTARY_WINDOW_MS = 400
SILENT_LUFS = -70.0  # BS.1770's absolute gate
GATE_LU = 10.0  # and its relative one

PAUSE_MS = 200  # a shorter gap is within a word or between two
SHORTEST_MS = 160
LONGEST_MS = 10_000  # longer speech without a pause is looked at in pieces
HARDLY_SPEECH_S = 1.0  # less than this in all is a detector's error: the track counts as one without speech
NOBODY = 0.1  # probability
NOISE_PERCENTILE = 20  # in short pauses most windows reach into speech
ABOVE_NOISE_DB = 6.0  # a stretch nearer to the noise is not raised further than the track

TURN_COST = 12.0  # seconds of speech times the distance in dB squared: what a change of voice has to explain
LONGEST_TURN = 200  # stretches
MEMORY_S = 120.0  # how far a voice's other stretches count: by a factor e less for each
GRID_DB = 0.25
BLUR_DB = 0.7  # how exact a level is
VALLEY = 0.9  # two levels are two voices where stretches between them are rarer than this share of the rarer
BRIEF_S = 0.5  # a stretch of this length counts by half: two "mm-hm" are no voice
EVIDENCE = 60.0  # and where seconds of speech times the distance in dB squared reach this
NEAR_DB = 1.0  # emphasis up to this is left alone
EMPHASIS_KEPT = 0.5  # beyond it, by this share

TURN_MS = 400  # how long the gain takes from one stretch to the next
HOLD_MS = 100  # kept free of it after speech and before
GLIDE_MS = 2_400  # and how long where no pause lies between two; less than the shortest piece of a long one


@dataclass(frozen=True, slots=True)
class Stretch:
    """Speech without a pause: its times in ms on the track's clock, its loudness in LUFS, the gain it gets in dB."""

    start_ms: int
    end_ms: int
    loudness_lufs: float
    gain_db: float


@dataclass(frozen=True, slots=True)
class Levelled:
    """A track's gain in dB, 100 values a second; `base_gain_db` would bring its speech as a whole to the target."""

    gain_db: Curve
    stretches: tuple[Stretch, ...]
    base_gain_db: float


def level(momentary: Curve, own: Curve, *, duration_ms: int, target_lufs: float, range_db: float) -> Levelled:
    """The gain that brings every voice of a track to `target_lufs`, within `range_db` of the track's base gain.

    `momentary` is the loudness in LUFS of the 400 ms that end at 0.1 s, 0.2 s, ...; `own` the probability of the
    track's own speech in each frame of 32 ms. Without speech the gain is constant, that of the track's loudness.
    """
    import numpy as np  # noqa: PLC0415

    spans = _stretches(momentary, own)
    loudness = np.array([_loudness(momentary, *span) for span in spans.tolist()], np.float64)
    spans, loudness = spans[loudness > SILENT_LUFS], loudness[loudness > SILENT_LUFS]
    seconds = (spans[:, 1] - spans[:, 0]) / 1000
    if seconds.sum() < HARDLY_SPEECH_S:
        whole = gated(momentary)
        base = target_lufs - whole if whole > SILENT_LUFS else 0.0
        return Levelled(np.full(envelope.length(duration_ms), base, np.float32), (), base)
    base = target_lufs - _mean(loudness, seconds)
    gains = target_lufs - loudness + _emphasis(loudness, seconds, _voices(spans, _turns(loudness, seconds), seconds))
    raised = np.where(loudness < _noise(momentary, own) + ABOVE_NOISE_DB, np.minimum(gains, base), gains)
    gains = np.clip(raised, base - range_db, base + range_db)
    curve = _curve(spans, gains, base, envelope.length(duration_ms))
    rows = zip(spans.tolist(), loudness.tolist(), gains.tolist(), strict=True)
    return Levelled(curve, tuple(Stretch(start, end, loud, gain) for (start, end), loud, gain in rows), base)


def gated(momentary: Curve) -> float:
    """The integrated loudness of momentary values in LUFS by BS.1770's two gates; SILENT_LUFS for silence."""
    loud = momentary[momentary > SILENT_LUFS]
    if not len(loud):
        return SILENT_LUFS
    return _mean(loud[loud > _mean(loud) - GATE_LU])


def _mean(loudness: NDArray[np.floating], weights: NDArray[np.floating] | None = None) -> float:
    """The loudness of several pieces together."""
    import numpy as np  # noqa: PLC0415

    return float(10 * np.log10(np.average(10 ** (loudness.astype(np.float64) / 10), weights=weights)))


def _middles(momentary: Curve) -> Curve64:
    """The middle of each window in ms."""
    import numpy as np  # noqa: PLC0415

    return np.arange(1, len(momentary) + 1, dtype=np.float64) * MOMENTARY_MS - MOMENTARY_WINDOW_MS / 2


def _loudness(momentary: Curve, start_ms: int, end_ms: int) -> float:
    """The loudness of a stretch: of the windows inside, or by the loudest one where it is shorter than two of them."""
    import numpy as np  # noqa: PLC0415

    first, last = ((at + MOMENTARY_WINDOW_MS / 2) / MOMENTARY_MS - 1 for at in (start_ms, end_ms))
    margin = MOMENTARY_WINDOW_MS / 2 / MOMENTARY_MS
    inside = momentary[max(0, int(np.ceil(first + margin))) : max(0, int(last - margin) + 1)]
    if end_ms - start_ms >= 2 * MOMENTARY_WINDOW_MS and len(inside):
        return gated(inside)
    touching = momentary[max(0, int(np.ceil(first))) : max(0, int(last) + 1)]
    if not len(touching):
        return SILENT_LUFS
    missing = max(1.0, MOMENTARY_WINDOW_MS / (end_ms - start_ms))
    return float(touching.max() + 10 * np.log10(missing))


def _stretches(momentary: Curve, own: Curve) -> NDArray[np.int64]:
    """The stretches of speech, stretches x (start_ms, end_ms); long ones in pieces that touch each other."""
    import numpy as np  # noqa: PLC0415

    whole = envelope.spoken(own, pause_ms=PAUSE_MS, shortest_ms=SHORTEST_MS)
    pieces = [piece for start, end in whole.tolist() for piece in _pieces(momentary, start, end)]
    return np.array(pieces, np.int64).reshape(-1, 2)


def _pieces(momentary: Curve, start_ms: int, end_ms: int) -> list[tuple[int, int]]:
    """A stretch cut where it is quietest in the middle, and again until no piece exceeds LONGEST_MS."""
    import numpy as np  # noqa: PLC0415

    if end_ms - start_ms <= LONGEST_MS:
        return [(start_ms, end_ms)]
    quarter = (end_ms - start_ms) // 4
    middles = _middles(momentary)
    first, last = np.searchsorted(middles, (start_ms + quarter, end_ms - quarter))
    inside = momentary[first:last]
    cut = int(middles[first + int(inside.argmin())]) if len(inside) else (start_ms + end_ms) // 2
    return [*_pieces(momentary, start_ms, cut), *_pieces(momentary, cut, end_ms)]


def _turns(loudness: Curve64, seconds: Curve64) -> Curve64:
    """For each stretch the level in LUFS of the turn it belongs to.

    Turns are where a mean each, and TURN_COST for each, explain the levels best (Potts' model, solved exactly).
    """
    import numpy as np  # noqa: PLC0415

    weight, first, second = (
        np.concatenate(([0.0], np.cumsum(seconds * power))) for power in (np.ones_like(loudness), loudness, loudness**2)
    )
    best = np.zeros(len(loudness) + 1)
    begins = np.zeros(len(loudness) + 1, int)
    for end in range(1, len(best)):
        here = slice(max(0, end - LONGEST_TURN), end)
        total = first[end] - first[here]
        misfit = second[end] - second[here] - total**2 / (weight[end] - weight[here])
        cost = best[here] + misfit + TURN_COST
        begins[end] = here.start + int(cost.argmin())
        best[end] = cost.min()
    found = np.empty_like(loudness)
    end = len(loudness)
    while end:
        turn = slice(begins[end], end)
        found[turn] = _mean(loudness[turn], seconds[turn])
        end = begins[end]
    return found


def _voices(spans: NDArray[np.int64], loudness: Curve64, seconds: Curve64) -> Curve64:
    """For each stretch the level in LUFS of the voice it belongs to.

    How often each level is spoken at, around the time of a stretch, makes a landscape of hills; the stretch belongs
    to the hill on which it stands.
    """
    import numpy as np  # noqa: PLC0415

    grid = np.arange(np.floor(loudness.min()) - 6, np.ceil(loudness.max()) + 6, GRID_DB)
    column = np.rint((loudness - grid[0]) / GRID_DB).astype(int)
    amount = np.zeros((len(loudness), len(grid)), np.float32)
    amount[np.arange(len(loudness)), column] = seconds**2 / (seconds + BRIEF_S)
    bell = np.exp(-((grid - grid[len(grid) // 2]) ** 2) / (2 * BLUR_DB**2))
    found = np.empty_like(loudness)
    for row, nearby in enumerate(_remembered(amount, spans.mean(axis=1) / 1000)):
        hills = _hills(nearby, np.convolve(nearby, bell, mode="same"), grid)
        inside = next(hill for hill in hills if hill.start <= column[row] < hill.stop)
        found[row] = _mean(grid[inside], nearby[inside])
    return found


def _remembered(amount: Curve, at_s: Curve64) -> Curve:
    """For each row the sum of all, less by a factor e for every MEMORY_S that lies between the two."""
    import numpy as np  # noqa: PLC0415

    fading = np.exp(-np.diff(at_s) / MEMORY_S).astype(np.float32)
    found = amount.copy()
    for row in range(1, len(amount)):
        found[row] += fading[row - 1] * found[row - 1]
    coming = np.zeros_like(amount[0])
    for row in range(len(amount) - 2, -1, -1):
        coming = fading[row] * (coming + amount[row + 1])
        found[row] += coming
    return found


def _hills(amount: Curve64, height: Curve64, grid: Curve64) -> list[slice]:
    """The landscape cut into hills at its valleys; hills with too little evidence of their own join a neighbour."""
    import numpy as np  # noqa: PLC0415

    rise = np.diff(height)
    valleys = np.flatnonzero((rise[:-1] <= 0) & (rise[1:] > 0)) + 1
    borders = [0, *valleys.tolist(), len(grid)]
    while len(borders) > 2:
        hills = [slice(*pair) for pair in pairwise(borders)]
        doubts = [_evidence(amount, height, grid, pair) for pair in pairwise(hills)]
        weakest = int(np.argmin(doubts))
        if doubts[weakest] >= 1:
            break
        del borders[weakest + 1]
    return [slice(*pair) for pair in pairwise(borders)]


def _evidence(amount: Curve64, height: Curve64, grid: Curve64, pair: tuple[slice, slice]) -> float:
    """How sure it is that two neighbouring hills are two voices; below 1 they are one."""
    lower, upper = pair
    peaks = height[lower].max(), height[upper].max()
    masses = amount[lower].sum(), amount[upper].sum()
    if height[upper.start] > VALLEY * min(peaks) or not all(masses):
        return 0.0
    apart = _mean(grid[upper], amount[upper]) - _mean(grid[lower], amount[lower])
    return float(min(masses) * apart**2 / EVIDENCE)


def _emphasis(loudness: Curve64, seconds: Curve64, voice: Curve64) -> Curve64:
    """How far above its voice's level each stretch shall stay, in dB; the shorter it is, the less it is touched."""
    import numpy as np  # noqa: PLC0415

    apart = loudness - voice
    beyond = np.sign(apart) * np.maximum(0, np.abs(apart) - NEAR_DB)
    corrected: Curve64 = apart - (1 - EMPHASIS_KEPT) * beyond * seconds / (seconds + 1)
    return corrected


def _noise(momentary: Curve, own: Curve) -> float:
    """The loudness of the track where nobody is likely to speak; SILENT_LUFS where that is nowhere."""
    import numpy as np  # noqa: PLC0415

    frame = (_middles(momentary) / envelope.ACTIVITY_MS).astype(int)
    quiet = momentary[(frame >= 0) & (own[np.clip(frame, 0, len(own) - 1)] < NOBODY)]
    return float(np.percentile(quiet, NOISE_PERCENTILE)) if len(quiet) else SILENT_LUFS


def _curve(spans: NDArray[np.int64], gains: Curve64, base: float, count: int) -> Curve:
    """The gains of all stretches joined to a curve that is held through each stretch and moves between two.

    Noise in a pause has the smaller gain of both sides: the gain falls soon after speech and rises late before it.
    """
    import numpy as np  # noqa: PLC0415

    first, last = min(base, gains[0]), min(base, gains[-1])
    before, after = np.concatenate(([first], gains)), np.concatenate((gains, [last]))
    ends = np.concatenate(([spans[0, 0] - 2 * TURN_MS], spans[:, 1]))
    starts = np.concatenate((spans[:, 0], [spans[-1, 1] + 2 * TURN_MS]))
    room = np.minimum(TURN_MS / 2 + HOLD_MS, (starts - ends) / 2)
    moment = np.where(after > before, starts - room, ends + room)
    half = np.where(starts - ends > 0, envelope.STEP_MS / 2, GLIDE_MS / 2)
    times = np.stack((moment - half, moment + half), axis=1).ravel()
    values = np.stack((before, after), axis=1).ravel()
    return envelope.smooth(envelope.drawn(times, values, count), TURN_MS)
