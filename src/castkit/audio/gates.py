"""Microphones turned down while their speakers are silent: less of the neighbour's voice, of the room and of hiss.

Rule: speech is never cut. A microphone is fully open well before a word and long after it, pauses within what somebody
says stay as they are, and who spoke last keeps the room.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from castkit.audio import envelope

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Curve = NDArray[np.float32]
    Spans = NDArray[np.float64]

CROSSTALK_DB = -16.0  # while another speaks: enough against comb filtering and a second room, yet the room stays
PAUSE_DB = -10.0  # while nobody speaks: noise falls, but not into a hole

PAUSE_MS = 200
SHORTEST_MS = 100  # an "mm" opens
LOUD_DB = 10.0  # below the middle level of a speaker's speech: still one of its sounds
EARLY_MS = 150  # open before the detector's onset: a first f or s comes up to 100 ms sooner
ATTACK_MS = 120
HOLD_MS = 250  # open after the detector's end: the tail of a word, a breath
RELEASE_MS = 400
FLOOR_MS = 600  # from one depth of a closed microphone to the other


@dataclass(frozen=True, slots=True)
class Microphone:
    """A track as the gates see it: three numbers per frame of 32 ms, and where the track lies on the common clock.

    `heard` is the probability of speech by anybody, `own` that of the track's own speaker, `level_db` the level; the
    common clock shows track ms times (1 + drift_ppm / 1e6), plus offset_ms. `pause_db` (<= 0) is what nobody's pause
    is turned down by, 0 where there is no noise worth it.
    """

    heard: Curve
    own: Curve
    level_db: Curve
    duration_ms: int
    offset_ms: float = 0.0
    drift_ppm: float = 0.0
    pause_db: float = 0.0

    @property
    def pace(self) -> float:
        return 1 + self.drift_ppm / 1e6

    def to_common(self, track_ms: Spans) -> Spans:
        """Times of this track on the common clock."""
        return track_ms * self.pace + self.offset_ms

    def to_track(self, common_ms: Spans) -> Spans:
        """Times of the common clock on this track's."""
        return (common_ms - self.offset_ms) / self.pace


def gates(microphones: Sequence[Microphone], *, crosstalk_db: float = CROSSTALK_DB) -> tuple[Curve, ...]:
    """The attenuation of each microphone in dB (<= 0), 100 values a second of its own clock.

    A microphone is open (0 dB) around its own speech, however many speak. Otherwise it lies at its `pause_db` when its
    speaker was the last to speak, and at `crosstalk_db` when another is or was. One alone never has crosstalk, and
    a track in which nobody is heard (music) is left alone.
    """
    spoken = [_own_speech(one) for one in microphones]
    return tuple(
        _curve(one, spoken, number, crosstalk_db=min(crosstalk_db, one.pause_db) if len(microphones) > 1 else 0.0)
        for number, one in enumerate(microphones)
    )


def _own_speech(microphone: Microphone) -> Spans:
    """Where its own speaker makes a sound, stretches x (start, end) in ms of the common clock.

    The detector overhears laughter, and the first word of a turn now and then: what is as loud as the speaker's
    speech, and not another's, counts as well.
    """
    import numpy as np  # noqa: PLC0415

    own, level_db = microphone.own, microphone.level_db
    is_sure = own >= envelope.SURE
    if is_sure.any():
        is_loud = (level_db >= np.median(level_db[is_sure]) - LOUD_DB) & (own >= microphone.heard)
        own = np.where(is_loud, np.maximum(own, np.float32(envelope.SURE)), own)
    spans = envelope.spoken(own, pause_ms=PAUSE_MS, shortest_ms=SHORTEST_MS)
    return microphone.to_common(spans.astype(np.float64))


def _curve(microphone: Microphone, spoken: Sequence[Spans], number: int, *, crosstalk_db: float) -> Curve:
    import numpy as np  # noqa: PLC0415

    count = envelope.length(microphone.duration_ms)
    spans = [microphone.to_track(one) for one in spoken]
    own = spans[number]
    is_left_alone = not len(own) and not (microphone.heard >= envelope.SURE).any()
    if is_left_alone or crosstalk_db == microphone.pause_db == 0:
        return np.zeros(count, np.float32)
    others = [one for index, one in enumerate(spans) if index != number]
    moments = np.unique(np.concatenate([np.zeros(1), *(one.ravel() for one in spans)]))
    middles = np.append((moments[1:] + moments[:-1]) / 2, moments[-1] + 1)
    foreign = np.max([_last_spoken(one, middles) for one in others], axis=0, initial=-np.inf) if others else -np.inf
    has_the_room = _last_spoken(own, middles) >= foreign
    depth = np.where(has_the_room, microphone.pause_db, crosstalk_db).astype(np.float32)
    floor = envelope.smooth(_held(moments, depth, count), FLOOR_MS)
    floor *= 1 - _openness(own, count)
    return floor


def _last_spoken(spans: Spans, at_ms: Spans) -> Spans:
    """For each moment when somebody spoke last: that moment itself while they speak, -inf before they ever did."""
    import numpy as np  # noqa: PLC0415

    if not len(spans):
        return np.full(len(at_ms), -np.inf)
    index = np.searchsorted(spans[:, 0], at_ms, side="right") - 1
    return np.where(index >= 0, np.minimum(at_ms, spans[index, 1]), -np.inf)


def _held(moments: Spans, values: Curve, count: int) -> Curve:
    """A curve of `count` values in which each value lasts from its moment (ms) to the next; the first from before."""
    import numpy as np  # noqa: PLC0415

    borders = np.clip(np.rint(moments[1:] / envelope.STEP_MS), 0, count).astype(int)
    curve: Curve = np.repeat(values, np.diff(np.concatenate(([0], borders, [count]))))
    return curve


def _openness(spans: Spans, count: int) -> Curve:
    """How far open a microphone is, 0 to 1; it does not begin to close where it would have to open again at once."""
    import numpy as np  # noqa: PLC0415

    if not len(spans):
        return np.zeros(count, np.float32)
    opens, closes = spans[:, 0] - EARLY_MS - ATTACK_MS, spans[:, 1] + HOLD_MS + RELEASE_MS
    is_pause = opens[1:] > closes[:-1]
    opens, closes = opens[np.append(True, is_pause)], closes[np.append(is_pause, True)]
    times = np.stack((opens, opens + ATTACK_MS, closes - RELEASE_MS, closes), axis=1).ravel()
    share = np.tile(np.array([0.0, 1.0, 1.0, 0.0]), len(opens))
    opened = envelope.drawn(times, share, count)
    opened *= np.float32(np.pi)
    np.cos(opened, out=opened)
    return (np.float32(1) - opened) / np.float32(2)
