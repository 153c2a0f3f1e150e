"""Examines a track: voice, noise, rumble, hum and dropouts, from its 16 kHz WAV file and its activity.

Rule: noise is measured where nobody speaks, and said not to be known where somebody always does. One pass, in blocks;
memory does not grow with the length.
"""

from __future__ import annotations

import wave
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from castkit.audio import dropouts, hum, noise
from castkit.errors import CastkitError
from castkit.model.condition import SILENT_DBFS, Condition, Fault, Noise

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RATE, FRAME = noise.RATE, noise.FRAME
SPEECH = 0.5  # probability from which a frame counts as speech
_QUIET = 0.3  # and under which it may be a pause,
_MARGIN_FRAMES = 8  # a quarter of a second away from any frame above: reverberation, breath, the detector's delay
_LEAST_PAUSE_MS = 1_500  # of all pauses together, to know the noise by
_LEAST_HUM_MS = 4_000  # and the hum, which must be told from a voice by fractions of a hertz
_LEAST_LOWS_MS = 2_000  # less shows nothing below 60 Hz
_MOST_WINDOWS = 128  # long spectra kept (8 MB), evenly from the whole length: a hum does not come and go
_SILENT_POWER = 10 ** (-95 / 10)  # half of the last of 16 bits: no microphone is as quiet
_RUMBLE_HZ = (2.0, 60.0)  # male voices begin at 75


def examine(wav: Path, activity: NDArray[np.float32], *, found: Sequence[Fault] = ()) -> Condition:
    """The condition of the sound in `wav` (16 kHz, 16-bit, mono).

    `activity` (frames of 32 ms × 2 or more) holds the probability of any speech and of this speaker's own. `found`
    are faults known from elsewhere (see audio.clipping); dropouts are added. CastkitError for another file.
    """
    import numpy as np  # noqa: PLC0415

    with _opened(wav) as file:
        length = file.getnframes()
        frames = -(-length // FRAME)
        speaking = np.zeros((frames, 2), np.float32)
        speaking[: min(frames, len(activity))] = activity[:frames, :2]
        is_loud = speaking.max(axis=1) >= _QUIET
        map_ = _Map(speaking[:, 1] >= SPEECH, _away_from(is_loud))
        measured = _Measured(map_)
        for start in range(0, frames, hum.WINDOW // FRAME):
            measured.add(_read(file, start * FRAME, hum.WINDOW), start)
        measured.finish()
        long = _long_spectrum(file, measured)
        lost = dropouts.find(measured.silences, ~is_loud, lambda at, count: _read(file, at, count))
    return _summed_up(measured, long, tuple(sorted((*found, *lost), key=lambda fault: fault.start_ms)))


@contextmanager
def _opened(wav: Path) -> Iterator[wave.Wave_read]:
    try:
        file = wave.open(str(wav), "rb")  # noqa: SIM115 - closed below
    except (OSError, EOFError, wave.Error) as error:
        raise CastkitError(f"cannot read {wav}: {error}", "remove the episode's build folder and run again") from error
    with file:
        form = (file.getnchannels(), file.getsampwidth(), file.getframerate())
        if form != (1, 2, RATE):
            said = f"{wav} is not 16-bit mono at {RATE} Hz: {form[0]} channels, {form[1] * 8} bits, {form[2]} Hz"
            raise CastkitError(said, "remove the episode's build folder and run again")
        yield file


def _read(file: wave.Wave_read, start: int, count: int) -> NDArray[np.int16]:
    """Up to `count` samples from `start` on."""
    import numpy as np  # noqa: PLC0415

    file.setpos(max(0, min(start, file.getnframes())))
    return np.frombuffer(file.readframes(count), "<i2")


@dataclass(frozen=True, slots=True)
class _Map:
    """Of each frame, whether the speaker speaks, and whether it lies in a pause of everybody."""

    is_speech: NDArray[np.bool_]
    is_pause: NDArray[np.bool_]


def _away_from(is_loud: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Frames with nothing loud within the margin."""
    import numpy as np  # noqa: PLC0415

    counts = np.convolve(is_loud, np.ones(2 * _MARGIN_FRAMES + 1, np.int32), mode="same") if len(is_loud) else is_loud
    return np.asarray(counts[: len(is_loud)] == 0)


@dataclass(slots=True)
class _Measured:
    """What the pass over the file adds up."""

    map: _Map
    in_pauses: noise.Spectra = field(default_factory=noise.Spectra)
    anywhere: noise.Spectra = field(default_factory=noise.Spectra)
    speech_power: float = 0.0
    is_silent: NDArray[np.bool_] = field(init=False)
    silences: dropouts.Silences = field(default_factory=dropouts.Silences)

    def __post_init__(self) -> None:
        import numpy as np  # noqa: PLC0415

        self.is_silent = np.zeros(len(self.map.is_pause), np.bool_)

    def add(self, samples: NDArray[np.int16], start: int) -> None:
        """A block that begins at frame `start`."""
        import numpy as np  # noqa: PLC0415

        self.silences.add(samples)
        whole = np.pad(samples, (0, -len(samples) % FRAME)).reshape(-1, FRAME).astype(np.float32) / np.float32(32_768)
        density = noise.densities(whole)
        power = noise.power(density)
        here = slice(start, start + len(whole))
        is_silent = power < _SILENT_POWER
        self.is_silent[here] = is_silent
        is_pause, is_speech = self.map.is_pause[here], self.map.is_speech[here]
        self.in_pauses.add(density[is_pause & ~is_silent])
        self.anywhere.add(density[~is_silent])
        self.speech_power += float(power[is_speech].sum())

    def finish(self) -> None:
        self.silences.finish()

    @property
    def pause_ms(self) -> int:
        return int(self.map.is_pause.sum()) * 32

    def are_pauses_silent(self) -> bool:
        """Whether most of the pauses, those before the first and after the last sound left out, are digital silence."""
        import numpy as np  # noqa: PLC0415

        sounding = np.flatnonzero(~self.is_silent)
        if not len(sounding):
            return True
        inside = slice(sounding[0], sounding[-1] + 1)
        is_pause = self.map.is_pause[inside]
        return bool(is_pause.any() and self.is_silent[inside][is_pause].mean() > 0.5)


def _long_spectrum(file: wave.Wave_read, measured: _Measured) -> tuple[hum.Spectrum, bool] | None:
    """The typical long spectrum, and whether it is that of pauses (else of everything); None of under two seconds."""
    import numpy as np  # noqa: PLC0415

    is_sound = ~measured.is_silent
    usable = measured.map.is_pause & is_sound
    is_of_pauses = bool(usable.sum() * 32 >= _LEAST_HUM_MS)
    if not is_of_pauses:
        usable = np.ones_like(is_sound)
    if is_sound.sum() * 32 < _LEAST_LOWS_MS:
        return None
    per = hum.WINDOW // FRAME
    starts = np.arange(0, max(1, len(usable) - per // 2), per // 2)
    shares = np.array([usable[start : start + per].mean() for start in starts])
    starts = starts[shares >= min(0.15, shares.max())]
    starts = starts[np.unique(np.linspace(0, len(starts) - 1, _MOST_WINDOWS).astype(int))]
    windows = []
    for start in starts:
        samples = _read(file, int(start) * FRAME, hum.WINDOW).astype(np.float32) / np.float32(32_768)
        windows.append(hum.window_power(samples, _faded(usable[start : start + per])[: len(samples)]))
    return hum.typical(windows), is_of_pauses


def _faded(usable: NDArray[np.bool_]) -> NDArray[np.float32]:
    """A weight for each sample: in from 0 over the first frame of each usable stretch and out over its last.

    Hard edges would smear a voice's tones, and a hum's own, over all others.
    """
    import numpy as np  # noqa: PLC0415

    open_ = np.concatenate(([usable[0]], usable[1:] & usable[:-1], [usable[-1]])).astype(np.float32)
    return np.asarray(
        np.repeat(open_[:-1], FRAME) + np.outer(np.diff(open_), np.arange(FRAME) / FRAME).ravel(), np.float32
    )


def _summed_up(measured: _Measured, long: tuple[hum.Spectrum, bool] | None, found: tuple[Fault, ...]) -> Condition:
    import numpy as np  # noqa: PLC0415

    speech_frames = int(measured.map.is_speech.sum())
    heard = _noise(measured, long)
    speech = None
    if speech_frames and measured.speech_power > 0:
        speech = 10 * np.log10(measured.speech_power / speech_frames)
        speech = round(float(speech), 1)
    return Condition(
        speech_dbfs=speech,
        speech_share=round(speech_frames / max(1, len(measured.map.is_speech)), 3),
        pauses_ms=measured.pause_ms,
        noise=heard,
        rumble_dbfs=_rumble(long[0]) if long else SILENT_DBFS,
        are_lows_heard_alone=long is not None and long[1],
        hum=hum.find(long[0], is_of_pauses=long[1]) if long else None,
        faults=found,
    )


def _noise(measured: _Measured, long: tuple[hum.Spectrum, bool] | None) -> Noise:
    import numpy as np  # noqa: PLC0415

    silent = Noise(SILENT_DBFS, (SILENT_DBFS,) * len(noise.BANDS_HZ), is_steady=True, is_heard_alone=True)
    if measured.are_pauses_silent():
        return silent
    is_alone = measured.in_pauses.frames * 32 >= _LEAST_PAUSE_MS
    spectra = measured.in_pauses if is_alone else measured.anywhere
    density = spectra.typical() if is_alone else spectra.beneath()
    known = noise.bands(noise.frequencies(), density)
    if is_alone and long and long[1]:  # fine enough to see between the tones of a hum
        fine = noise.bands(long[0].hz, 10 * np.log10(long[0].density))
        known |= {centre: min(level, known.get(centre, level)) for centre, level in fine.items()}
    steady = spectra.is_steady() if is_alone else False
    return Noise(round(noise.level(known), 1), noise.all_bands(known), steady, is_alone)


def _rumble(spectrum: hum.Spectrum) -> float:
    """The level of what lies below a voice, tones left out: they are hum."""
    import numpy as np  # noqa: PLC0415

    inside = (spectrum.hz >= _RUMBLE_HZ[0]) & (spectrum.hz < _RUMBLE_HZ[1])
    for mains in hum.MAINS_HZ:
        inside &= abs(spectrum.hz - mains) > 2
    step = spectrum.hz[1]
    return round(float(10 * np.log10(spectrum.density[inside].sum() * step)), 1)
