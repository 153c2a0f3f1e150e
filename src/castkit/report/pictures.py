"""The pictures of an episode's sound: which curves are drawn over each other, on which scale, under which words.

Rule: before stands above after, on one axis and one scale, so that a difference one sees is one that one hears.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from castkit.model.edit import Spans, merged
from castkit.report import plots
from castkit.report.axis import Axis
from castkit.report.plots import Bins, Ground, Line, speaker_colour
from castkit.report.view import MasterView, ReportView, TrackView
from castkit.report.wording import figure, length, lufs

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from castkit.report.view import Curve

    Numbers = npt.NDArray[np.floating[Any]]

_FRAME_MS = 100
_WINDOW_MS = 3000  # of short-term loudness, which is drawn at its window's middle
_GAIN_FRAME_MS = 1000
_CLIPPING_DBTP = -0.1  # a raw peak from here on is likely to be clipped
_MOST_COLUMNS = 8 * plots.COLUMNS  # of all recordings together: many tracks are drawn coarser
Scale = tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One drawing, with its colour, words, and marks on the scale beside it (percent from the top, text)."""

    svg: str
    size: str
    colour: str
    label: str
    note: str = ""
    scale: Scale = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """Drawings on one axis."""

    heading: str
    caption: str
    rows: tuple[Row, ...]


def speakers(tracks: Sequence[TrackView]) -> dict[str, str]:
    """The name of every speaker, else of the file, with its colour, in the order of the tracks."""
    names = dict.fromkeys(track.name for track in tracks)
    return {name: speaker_colour(number) for number, name in enumerate(names)}


def pictures(view: ReportView, axis: Axis) -> Iterator[Picture]:
    """Every picture there is something to draw for; each is drawn as it is asked for."""
    colours = speakers(view.tracks)
    removed = tuple((one.start_ms + axis.lead_ms, one.end_ms + axis.lead_ms) for one in view.removed)
    ground = Ground(axis, removed, _chapters(view, axis))
    yield _waveforms(view, ground, colours)
    yield _loudness(view, ground, colours)
    if any(track.speech for track in view.tracks):
        yield _speech(view.tracks, ground, colours)
    if any(len(track.gain_db) for track in view.tracks):
        yield _gain(view.tracks, ground, colours)


def _chapters(view: ReportView, axis: Axis) -> tuple[float, ...]:
    import numpy as np  # noqa: PLC0415

    starts = [mark.at_ms for mark in view.chapters if mark.at_ms]
    return tuple(axis.of_master(np.array(starts, dtype=float)).tolist()) if starts else ()


def _waveforms(view: ReportView, ground: Ground, colours: dict[str, str]) -> Picture:
    scale = _amplitudes(("0", 0.0), ("−6", -6.0), ("−∞", None))
    rows = [
        Row(
            plots.waveform(
                ground, _track_peaks(track, ground.axis, view), colours[track.name], ceiling_dbtp=_CLIPPING_DBTP
            ),
            "wave",
            colours[track.name],
            f"{track.name}, before",
            _measured(track),
            scale,
        )
        for track in view.tracks
    ]
    master = view.master
    peaks = _master_bins(master.peaks_dbtp, ground.axis, _FRAME_MS / 2, floor=-120)
    rows.append(
        Row(
            plots.waveform(ground, peaks, "after", ceiling_dbtp=master.ceiling_dbtp, is_marked=True),
            "wave",
            "after",
            "The episode, after",
            _of_first(master),
            scale,
        )
    )
    ceiling = figure(master.ceiling_dbtp, "dBTP")
    caption = (
        f"True peaks, full scale at the edges (dBFS). The dashed lines after are the ceiling, {ceiling}. "
        "Red: peaks over the ceiling, or before, at full scale, where a recording is likely to be clipped."
    )
    return Picture("Waveform and true peak", caption, tuple(rows))


def _loudness(view: ReportView, ground: Ground, colours: dict[str, str]) -> Picture:
    before = [_track_line(track, ground.axis, view, colours[track.name]) for track in view.tracks]
    after = _master_bins(_counted(view.master.short_term_lufs), ground.axis, _FRAME_MS - _WINDOW_MS / 2)
    target = view.master.target_lufs
    limits = _limits([*(line.bins for line in before), after], target)
    scale = tuple((100 * (limits[1] - one) / (limits[1] - limits[0]), _whole(one)) for one in plots.levels(limits))
    rows = (
        Row(plots.loudness(ground, before, limits, target), "curve", "", "Before: every recording", "LUFS", scale),
        Row(
            plots.loudness(ground, [Line(after, "after")], limits, target),
            "curve",
            "after",
            "After: the episode",
            "LUFS",
            scale,
        ),
    )
    caption = (
        "How loud it is, over three seconds at a time (short-term loudness). The dashed line is the target, "
        f"{figure(target, 'LUFS')}: after, voices keep close to it. A recording is drawn bold where its speaker speaks."
    )
    return Picture("Short-term loudness", caption, rows)


def _speech(tracks: Sequence[TrackView], ground: Ground, colours: dict[str, str]) -> Picture:
    rows = []
    for name, colour in colours.items():
        spans = merged(span for track in tracks if track.name == name for span in track.speech)
        shown = _moved(spans, ground.axis.lead_ms)
        total = length(sum(end - start for start, end in spans))
        rows.append(Row(plots.strip(ground, shown, colour), "strip", colour, name, f"speaks {total}"))
    return Picture("Who speaks when", "Bars are speech, the spaces between them pauses.", tuple(rows))


def _gain(tracks: Sequence[TrackView], ground: Ground, colours: dict[str, str]) -> Picture:
    shown = [track for track in tracks if len(track.gain_db)]
    limits = _gain_limits(shown)
    marks = (limits[1] - 1, 0.0, limits[0] + 1)
    scale = tuple((100 * (limits[1] - one) / (limits[1] - limits[0]), _signed(one)) for one in dict.fromkeys(marks))
    rows = []
    for track in shown:
        at = _on_axis(track, ground.axis, len(track.gain_db), _GAIN_FRAME_MS)
        bins = plots.binned(at, track.gain_db, ground.axis, frame_ms=_GAIN_FRAME_MS)
        colour = colours[track.name]
        rows.append(Row(plots.gain(ground, bins, colour, limits), "gain", colour, track.name, gain_range(track), scale))
    caption = "By how much each recording was made louder (above 0 dB) or softer, second by second."
    return Picture("Gain", caption, tuple(rows))


def _gain_limits(tracks: Sequence[TrackView]) -> tuple[float, float]:
    """One scale for all, with 0 dB on it, in steps of 6 dB and a margin of 1."""
    import numpy as np  # noqa: PLC0415

    values = np.concatenate([_finite(track.gain_db) for track in tracks])
    low, high = float(np.nanmin(values, initial=0.0)), float(np.nanmax(values, initial=0.0))
    ends = 6 * np.floor(low / 6), max(6.0, 6 * np.ceil(high / 6))
    return float(ends[0]) - 1, float(ends[1]) + 1


def gain_range(track: TrackView) -> str:
    """`+1.2 dB to +6.3 dB`; empty without a gain."""
    import numpy as np  # noqa: PLC0415

    values = _finite(track.gain_db)
    if np.isnan(values).all():
        return ""
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    ends = [figure(one, "dB", is_signed=True) for one in (low, high)]
    return ends[0] if ends[0] == ends[1] else " to ".join(ends)


def _track_peaks(track: TrackView, axis: Axis, view: ReportView) -> Bins:
    at = _on_axis(track, axis, len(track.peaks_dbtp), _FRAME_MS)
    return plots.binned(at, _floored(track.peaks_dbtp, -120), axis, frame_ms=_FRAME_MS, columns=_columns(view))


def _track_line(track: TrackView, axis: Axis, view: ReportView, colour: str) -> Line:
    """A recording's loudness: bold where its speaker speaks; the rest faint, as long as there is room for it."""
    import numpy as np  # noqa: PLC0415

    at = _on_axis(track, axis, len(track.short_term_lufs), _FRAME_MS) + _FRAME_MS - _WINDOW_MS / 2
    values, columns = _counted(track.short_term_lufs), _columns(view)
    every = plots.binned(at - _FRAME_MS / 2, values, axis, frame_ms=_FRAME_MS, columns=columns)
    if not track.speech:
        return Line(every, colour)
    spoken = np.where(_inside(at, _moved(merged(track.speech), axis.lead_ms)), values, np.nan)
    bold = plots.binned(at - _FRAME_MS / 2, spoken, axis, frame_ms=_FRAME_MS, columns=columns)
    return Line(bold, colour, every if axis.span_ms / columns <= _WINDOW_MS else None, has_area=False)


def _inside(at: Numbers, spans: Spans) -> npt.NDArray[np.bool_]:
    """Which moments lie in one of the spans, which are in order and do not overlap."""
    import numpy as np  # noqa: PLC0415

    edges = np.array(spans, dtype=float).ravel()
    is_in: npt.NDArray[np.bool_] = np.searchsorted(edges, at, side="right") % 2 == 1
    return is_in


def _columns(view: ReportView) -> int:
    return min(plots.COLUMNS, _MOST_COLUMNS // max(1, len(view.tracks)))


def _on_axis(track: TrackView, axis: Axis, count: int, frame_ms: int) -> Numbers:
    """Where the frames of a recording begin on the axis, ms."""
    import numpy as np  # noqa: PLC0415

    return axis.of_recordings(np.arange(count) * (frame_ms * (1 + track.drift_ppm / 1e6)) + track.offset_ms)


def _master_bins(curve: Curve, axis: Axis, shift_ms: float, floor: float | None = None) -> Bins:
    """A curve of the master in the axis's columns, each frame's moment `shift_ms` after its beginning."""
    import numpy as np  # noqa: PLC0415

    moments = np.arange(len(curve)) * float(_FRAME_MS) + shift_ms
    values = np.where(moments >= 0, curve if floor is None else _floored(curve, floor), np.nan)
    return plots.binned(axis.of_master(moments) - _FRAME_MS / 2, values, axis, frame_ms=_FRAME_MS)


def _floored(curve: Curve, floor: float) -> Any:
    """Levels with −∞ as the floor; NaN stays what it is."""
    import numpy as np  # noqa: PLC0415

    return np.maximum(curve, floor)


def _counted(curve: Curve) -> Any:
    """Loudness where the meter counts it at all, else NaN."""
    import numpy as np  # noqa: PLC0415

    return np.where(np.asarray(curve) > plots.SILENCE_LUFS, curve, np.nan)


def _finite(curve: Curve) -> Any:
    import numpy as np  # noqa: PLC0415

    return np.where(np.isfinite(curve), curve, np.nan)


def _limits(curves: Sequence[Bins], target_lufs: float) -> tuple[float, float]:
    """One scale for all: from well under the quieter passages to above the loudest, in steps of 5 LU."""
    import numpy as np  # noqa: PLC0415

    means = np.concatenate([bins.mean for bins in curves])
    means = means[np.isfinite(means)]
    if not len(means):
        return (-50.0, target_lufs + 10)
    low = 5 * np.floor(min(float(np.percentile(means, 10)) - 10, target_lufs - 25) / 5)
    high = 5 * np.ceil((max(float(means.max()), target_lufs + 5) + 1) / 5)
    return (max(float(low), plots.SILENCE_LUFS), min(float(high), 10.0))


def _amplitudes(*marks: tuple[str, float | None]) -> Scale:
    """Marks for a waveform's upper half; None is its middle."""
    return tuple(
        (50 - 50 * (10 ** (level / 20) if level is not None else 0) / plots.FULL_SCALE, text) for text, level in marks
    )


def _moved(spans: Spans, by_ms: int) -> Spans:
    return tuple((start + by_ms, end + by_ms) for start, end in spans)


def _whole(level: float) -> str:
    return f"{level:.0f}".replace("-", "−")


def _signed(level: float) -> str:
    return f"+{level:.0f}" if level > 0 else _whole(level)


def _measured(track: TrackView) -> str:
    if track.loudness is None:
        return ""
    return f"{lufs(track.loudness.integrated_lufs)}, {figure(track.loudness.true_peak_dbtp, 'dBTP')}"


def _of_first(master: MasterView) -> str:
    if not master.outputs:
        return ""
    found = master.outputs[0].loudness
    return f"{lufs(found.integrated_lufs)}, {figure(found.true_peak_dbtp, 'dBTP')}"
