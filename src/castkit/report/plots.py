"""Pictures of sound as small SVG drawings, by matplotlib.

Rule: a drawing has lines and areas only, stretches to any size, and takes its colours from the page's style sheet;
every word and number beside it is the page's, so that no name depends on a font. Six hours take no more ink than one.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from xml.etree import ElementTree as ET

from castkit.model.edit import Spans
from castkit.report.axis import Axis

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.floating[Any]]

COLUMNS = 1000  # of a drawing: no screen shows more
HEIGHT = 100
FULL_SCALE = 1.06  # the edge of a waveform: a little more than 0 dBFS
SPEAKER_COLOURS = 8
SILENCE_LUFS = -70.0  # what EBU R128 does not count
_BLOCK = 1 << 14  # frames at a time

# Colours by the name of the custom property that the page defines for them. matplotlib draws with stand-ins.
_NAMES = ("after", "rule", "gone", "alarm", "target", *(f"speaker-{number}" for number in range(SPEAKER_COLOURS)))
_STAND_INS = {name: f"#0100{number:02x}" for number, name in enumerate(_NAMES)}
_PROPERTIES = {stand_in: f"var(--{name})" for name, stand_in in _STAND_INS.items()}
# What a person's matplotlibrc could change in lines and areas.
_PLAIN: tuple[Any, ...] = (
    "path.simplify",
    "path.simplify_threshold",
    "path.sketch",
    "path.effects",
    "path.snap",
    "agg.path.chunksize",
)


@dataclass(frozen=True, slots=True)
class Bins:
    """A curve in columns of equal width over the whole axis: lowest, mean and highest value; NaN where none is."""

    low: Numbers
    mean: Numbers
    high: Numbers


def speaker_colour(number: int) -> str:
    """The colour of speaker `number`, from 0; they come round again after the eighth."""
    return f"speaker-{number % SPEAKER_COLOURS}"


def binned(at_ms: Numbers, values: Any, axis: Axis, *, frame_ms: int, columns: int = COLUMNS) -> Bins:
    """The values that begin at these moments of the axis, `frame_ms` apart on their own clock; NaN counts as none."""
    import numpy as np  # noqa: PLC0415

    count = max(1, min(columns, axis.span_ms // frame_ms))
    low, high = np.full(count, np.inf), np.full(count, -np.inf)
    total, entries = np.zeros(count), np.zeros(count, dtype=int)
    for start in range(0, len(at_ms), _BLOCK):
        numbers = np.asarray(values[start : start + _BLOCK], dtype=float)
        which = np.floor((at_ms[start : start + _BLOCK] + frame_ms / 2) * (count / axis.span_ms))
        is_in = np.isfinite(numbers) & (which >= 0) & (which < count)
        index, numbers = which[is_in].astype(int), numbers[is_in]
        np.minimum.at(low, index, numbers)
        np.maximum.at(high, index, numbers)
        total += np.bincount(index, weights=numbers, minlength=count)
        entries += np.bincount(index, minlength=count)
    is_empty = entries == 0
    low[is_empty] = high[is_empty] = total[is_empty] = np.nan
    return Bins(*(_unbroken(curve) for curve in (low, total / np.maximum(entries, 1), high)))


def _unbroken(curve: Numbers) -> Numbers:
    """One empty column between two others is where a frame fell beside it, by drift or rounding."""
    import numpy as np  # noqa: PLC0415

    is_hole = np.isnan(curve[1:-1]) & ~np.isnan(curve[:-2]) & ~np.isnan(curve[2:])
    at = np.flatnonzero(is_hole) + 1
    curve[at] = curve[at - 1]
    return curve


@dataclass(frozen=True, slots=True)
class Ground:
    """What lies behind a drawing, ms on the axis: spans that were removed, and chapters' starts."""

    axis: Axis
    removed: Spans = ()
    chapters: tuple[float, ...] = ()


def waveform(ground: Ground, peaks_dbtp: Bins, colour: str, *, ceiling_dbtp: float, is_marked: bool = False) -> str:
    """True peaks as a mirrored area, full scale at the edges; peaks over the ceiling in the colour of an alarm.

    `is_marked` draws the ceiling as a line.
    """
    import numpy as np  # noqa: PLC0415

    with _drawing(ground, (-FULL_SCALE, FULL_SCALE)) as (axes, drawn):
        amplitude = np.minimum(10 ** (peaks_dbtp.high / 20), FULL_SCALE)  # NaN stays NaN
        x = _middles(ground.axis, amplitude)
        _area(axes, x, (-amplitude, amplitude), {"color": _STAND_INS[colour], "linewidth": 0.7})
        if is_marked:
            for level in (10 ** (ceiling_dbtp / 20), -(10 ** (ceiling_dbtp / 20))):
                axes.axhline(level, color=_STAND_INS["target"], linewidth=1, dashes=(4, 3))
        over = peaks_dbtp.high > ceiling_dbtp + 0.05  # measured to a tenth
        _upright(axes, x[over], (-FULL_SCALE, FULL_SCALE), "alarm")
    return drawn[0]


@dataclass(frozen=True, slots=True)
class Line:
    """A loudness curve, drawn bold; `faint` is all of it where the bold one is of speech only.

    `has_area` shows what each column spans, which says nothing where it begins and ends with every sentence.
    """

    bins: Bins
    colour: str
    faint: Bins | None = None
    has_area: bool = True


def loudness(ground: Ground, lines: Sequence[Line], limits: tuple[float, float], target_lufs: float) -> str:
    """Short-term loudness, LUFS, between `limits`; what a column spans is a lighter area around its mean."""
    import numpy as np  # noqa: PLC0415

    with _drawing(ground, limits) as (axes, drawn):
        for level in levels(limits):
            axes.axhline(level, color=_STAND_INS["rule"], linewidth=0.6)
        axes.axhline(target_lufs, color=_STAND_INS["target"], linewidth=1, dashes=(4, 3))
        for line in lines:
            if not np.isnan(line.bins.mean).all():
                _curve(axes, ground.axis, line)
    return drawn[0]


def _curve(axes: Any, axis: Axis, line: Line) -> None:
    import numpy as np  # noqa: PLC0415

    bins, colour = line.bins, _STAND_INS[line.colour]
    x = _middles(axis, bins.mean)
    if line.faint is not None:
        axes.plot(x, line.faint.mean, color=colour, linewidth=0.8, alpha=0.35)
    if line.has_area and np.nanmax(bins.high - bins.low) > 1:  # LU
        _area(axes, x, (bins.low, bins.high), _light(line.colour))
    axes.plot(x, bins.mean, color=colour, linewidth=1.5)


def levels(limits: tuple[float, float]) -> tuple[int, ...]:
    """The round levels, LUFS, that get a line between these limits."""
    return tuple(level for level in range(-60, 10, 10) if limits[0] < level < limits[1])


def strip(ground: Ground, spans: Spans, colour: str) -> str:
    """Spans of the axis (ms) as bars of full height: who speaks when."""
    with _drawing(ground, (0, 1)) as (axes, drawn):
        _bars(axes, ground.axis, spans, colour)
    return drawn[0]


def gain(ground: Ground, gain_db: Bins, colour: str, limits: tuple[float, float]) -> str:
    """Gain, dB, as an area from 0 dB, between `limits`."""
    with _drawing(ground, limits) as (axes, drawn):
        axes.axhline(0, color=_STAND_INS["rule"], linewidth=1)
        x = _middles(ground.axis, gain_db.mean)
        _area(axes, x, (gain_db.mean * 0, gain_db.mean), _light(colour))
        axes.plot(x, gain_db.mean, color=_STAND_INS[colour], linewidth=1.2)
    return drawn[0]


@contextmanager
def _drawing(ground: Ground, limits: tuple[float, float]) -> Iterator[tuple[Any, list[str]]]:
    """Axes to draw on, in ms across and between `limits` upwards; the SVG is in the list afterwards."""
    import logging  # noqa: PLC0415

    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # its news of fonts, none of which is used
    from matplotlib import rc_context, rcParamsDefault  # noqa: PLC0415
    from matplotlib.backends.backend_svg import FigureCanvasSVG  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    drawn: list[str] = []
    with rc_context({name: rcParamsDefault[name] for name in _PLAIN}):
        figure = Figure(figsize=(COLUMNS / 72, HEIGHT / 72), frameon=False)
        axes = figure.add_axes((0, 0, 1, 1), frameon=False)
        axes.set_axis_off()
        axes.set(xlim=(0, ground.axis.span_ms), ylim=limits, autoscale_on=False)
        _bars(axes, ground.axis, ground.removed, "gone")
        _upright(axes, ground.chapters, limits, "rule")
        yield axes, drawn
        file, canvas = io.StringIO(), cast("Any", FigureCanvasSVG(figure))
        canvas.print_svg(file, metadata={"Date": None})
    drawn.append(_reduced(file.getvalue()))


def _middles(axis: Axis, curve: Numbers) -> Numbers:
    import numpy as np  # noqa: PLC0415

    return (np.arange(len(curve)) + 0.5) * (axis.span_ms / len(curve))


def _light(colour: str) -> dict[str, Any]:
    return {"color": _STAND_INS[colour], "alpha": 0.3, "linewidth": 0}


def _area(axes: Any, x: Numbers, edges: tuple[Numbers, Numbers], look: dict[str, Any]) -> None:
    """One path for the area between two curves, open where they have no value."""
    import numpy as np  # noqa: PLC0415
    from matplotlib.patches import PathPatch  # noqa: PLC0415
    from matplotlib.path import Path  # noqa: PLC0415

    low, high = edges
    there = np.flatnonzero(np.isfinite(low) & np.isfinite(high))
    shapes = []
    for run in np.split(there, np.flatnonzero(np.diff(there) > 1) + 1) if len(there) else ():
        across = np.concatenate([x[run], x[run][::-1], x[run][:1]])
        up = np.concatenate([low[run], high[run][::-1], low[run][:1]])
        shapes.append(Path(np.column_stack([across, up]), closed=True))
    if shapes:
        axes.add_patch(PathPatch(Path.make_compound_path(*shapes), **look))


def _bars(axes: Any, axis: Axis, spans: Iterable[tuple[float, float]], colour: str) -> None:
    """One path for all spans, those less than a column apart made one."""
    from matplotlib.patches import PathPatch  # noqa: PLC0415
    from matplotlib.path import Path  # noqa: PLC0415

    column = axis.span_ms / COLUMNS
    merged: list[list[float]] = []
    for start, end in sorted(spans):
        if merged and start - merged[-1][1] < column / 2:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, max(end, start + column / 2)])
    if not merged:
        return
    low, high = axes.get_ylim()
    bars = [Path([(a, low), (a, high), (b, high), (b, low), (a, low)], closed=True) for a, b in merged]
    axes.add_patch(PathPatch(Path.make_compound_path(*bars), facecolor=_STAND_INS[colour], linewidth=0))


def _upright(axes: Any, x: Iterable[float], limits: tuple[float, float], colour: str) -> None:
    """One path for lines from bottom to top at every x."""
    import numpy as np  # noqa: PLC0415

    at = np.asarray(tuple(x), dtype=float)
    if len(at):
        ends = np.tile([*limits, np.nan], len(at))
        axes.plot(np.repeat(at, 3), ends, color=_STAND_INS[colour], linewidth=1)


def _reduced(svg: str) -> str:
    """The drawing's paths alone, in the page's colours, to a tenth of a column: a tenth of what matplotlib writes."""
    paths = []
    for path in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}path"):  # noqa: S314 - matplotlib wrote it
        shape = re.sub(r"-?\d+\.\d+", _tenths, " ".join(path.get("d", "").split()))
        style = re.sub(r"#[0-9a-f]{6}", lambda found: _PROPERTIES.get(found[0], found[0]), path.get("style", ""))
        paths.append(f'<path d="{shape}" style="{style}"/>')
    box = f'viewBox="0 0 {COLUMNS} {HEIGHT}" preserveAspectRatio="none"'
    return f'<svg {box} aria-hidden="true" focusable="false">{"".join(paths)}</svg>'


def _tenths(found: re.Match[str]) -> str:
    return f"{float(found[0]):.1f}".removesuffix(".0")
