"""The drawings: where a moment lies on the axis, what is drawn of a curve, and how little ink it takes."""

from __future__ import annotations

import re

import matplotlib
import numpy as np
import pytest

from castkit.model.timeline import joined
from castkit.report import plots
from castkit.report.axis import Axis, common, ticks
from castkit.report.plots import Bins, Ground, Line

HOUR = 3_600_000
CUT = joined(((6000, 70_000), (80_000, 180_000)), 2000)  # intro of 2 s; trimmed, and cut by ten seconds
PLAIN = common(joined(((0, 60_000),), 0), 60_000, 60_000)


def paths(svg: str, colour: str) -> list[str]:
    return re.findall(rf'<path d="([^"]*)" style="[^"]*var\(--{colour}\)', svg)


def points(shape: str) -> list[tuple[float, float]]:
    numbers = [float(one) for one in re.findall(r"-?\d+(?:\.\d+)?", shape)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def bins(values: list[float], axis: Axis = PLAIN) -> Bins:
    """Values in equal parts of the axis, one column each."""
    step = axis.span_ms / len(values)
    return plots.binned(np.arange(len(values)) * step, np.array(values), axis, frame_ms=int(step), columns=len(values))


def test_master_and_recordings_meet_on_the_axis() -> None:
    axis = common(CUT, 180_000, 166_000)
    assert (axis.lead_ms, axis.span_ms, axis.is_cut) == (0, 180_000, True)
    assert axis.of_recordings(np.array([6000.0, 80_000.0])).tolist() == [6000, 80_000]
    moments = np.array([0.0, 2000.0, 65_999.0, 66_000.0, 166_000.0])
    assert axis.of_master(moments).tolist() == [4000, 6000, 69_999, 80_000, 180_000]


def test_an_intro_stands_before_the_recordings_and_an_outro_after_them() -> None:
    axis = common(joined(((0, 60_000),), 8000), 60_000, 75_000)
    assert (axis.lead_ms, axis.span_ms) == (8000, 75_000)
    assert axis.of_recordings(np.array([0.0])).tolist() == [8000]
    assert axis.of_master(np.array([0.0, 8000.0, 75_000.0])).tolist() == [0, 8000, 75_000]


@pytest.mark.parametrize("span_ms", [1, 900, 4000, 61_000, HOUR, 6 * HOUR, 30 * HOUR])
def test_ticks_are_round_few_and_begin_at_nought(span_ms: int) -> None:
    found = list(ticks(span_ms, span_ms))
    assert found[0] == 0
    assert len(found) <= 12
    assert found[-1] <= span_ms
    assert span_ms < 4000 or len(found) >= 3


def test_a_column_keeps_the_extremes_and_the_mean() -> None:
    found = plots.binned(np.arange(600) * 100.0, np.tile([-30.0, -20.0, -10.0], 200), PLAIN, frame_ms=100, columns=10)
    assert set(found.low) == {-30.0}
    assert set(found.high) == {-10.0}
    assert found.mean == pytest.approx(np.full(10, -20.0))


def test_drift_leaves_no_holes_and_silence_does() -> None:
    values = np.full(600, -20.0)
    values[200:300] = np.nan
    drifting = np.arange(600) * 100.0 * (1 + 400e-6)
    found = plots.binned(drifting, values, PLAIN, frame_ms=100)
    holes = np.flatnonzero(np.isnan(found.mean))
    assert len(found.mean) == 600
    assert holes.min() >= 199
    assert holes.max() <= 301


@pytest.mark.parametrize("values", [[], [np.nan] * 600, [-np.inf] * 600, [np.inf] * 600])
def test_nothing_to_draw_is_drawn_as_nothing(values: list[float]) -> None:
    found = plots.binned(np.arange(len(values)) * 100.0, np.array(values), PLAIN, frame_ms=100)
    assert np.isnan(found.high).all()
    ground = Ground(PLAIN)
    assert not paths(plots.waveform(ground, found, "after", ceiling_dbtp=-1), "after")
    assert not "".join(paths(plots.loudness(ground, [Line(found, "after")], (-50, 0), -16), "after"))


def test_a_waveform_is_as_high_as_its_peaks() -> None:
    svg = plots.waveform(Ground(PLAIN), bins([-6.0206] * 10), "speaker-0", ceiling_dbtp=-1)
    (shape,) = paths(svg, "speaker-0")
    heights = {y for _, y in points(shape)}
    middle, half = plots.HEIGHT / 2, plots.HEIGHT / 2 * 0.5 / plots.FULL_SCALE
    assert heights == {round(middle - half, 1), round(middle + half, 1)}
    assert not paths(svg, "alarm")


def test_peaks_over_the_ceiling_are_alarming() -> None:
    svg = plots.waveform(Ground(PLAIN), bins([-6, -1, 0.4, -6]), "after", ceiling_dbtp=-1, is_marked=True)
    (over,) = paths(svg, "alarm")
    assert {x for x, _ in points(over)} == {625.0}  # the middle of the third of four columns
    assert len(paths(svg, "target")) == 2


def test_loudness_lies_on_its_scale_and_is_bold_in_speech_only() -> None:
    line = Line(bins([-26.0] * 5 + [np.nan] * 5), "speaker-1", bins([-26.0] * 10))
    svg = plots.loudness(Ground(PLAIN), [line], (-56.0, 4.0), -16.0)
    faint, bold = paths(svg, "speaker-1")
    assert {y for _, y in points(faint + bold)} == {50.0}
    assert max(x for x, _ in points(faint)) == 950
    assert max(x for x, _ in points(bold)) == 450
    (target,) = paths(svg, "target")
    assert {y for _, y in points(target)} == {33.3}


def test_a_column_that_spans_much_shows_it() -> None:
    wide = plots.binned(np.arange(600) * 100.0, np.tile([-30.0, -20.0], 300), PLAIN, frame_ms=100, columns=10)
    svg = plots.loudness(Ground(PLAIN), [Line(wide, "after")], (-50.0, 0.0), -16.0)
    area, mean = paths(svg, "after")
    assert {y for _, y in points(area)} == {40, 60}
    assert {y for _, y in points(mean)} == {50}


def test_spans_are_bars_where_they_are() -> None:
    ground = Ground(PLAIN, removed=((30_000, 60_000),), chapters=(15_000.0,))
    svg = plots.strip(ground, ((6000, 12_000), (12_010, 18_000)), "speaker-2")
    (bars,) = paths(svg, "speaker-2")
    assert {x for x, _ in points(bars)} == {100, 300}  # less than a column apart: one bar
    assert {x for x, _ in points(paths(svg, "gone")[0])} == {500, 1000}
    assert {x for x, _ in points(paths(svg, "rule")[0])} == {250}


def test_gain_is_an_area_from_nought() -> None:
    svg = plots.gain(Ground(PLAIN), bins([6.0] * 10), "speaker-0", (-10, 10))
    area, line = paths(svg, "speaker-0")
    assert {y for _, y in points(area)} == {20, 50}
    assert {y for _, y in points(line)} == {20}


def test_a_drawing_has_paths_only_no_names_and_the_same_bytes_again() -> None:
    def draw() -> str:
        return plots.waveform(Ground(PLAIN), bins([-6, -20, -3]), "after", ceiling_dbtp=-1)

    svg = draw()
    assert set(re.findall(r"<(\w+)", svg)) == {"svg", "path"}
    assert not re.search(r"\bid=|#0100|xlink|url\(|DejaVu", svg)
    assert draw() == svg


def test_a_persons_own_settings_of_matplotlib_change_nothing() -> None:
    ground, curve = Ground(PLAIN), Line(bins([-26.0, -20.0] * 5), "after")
    plain = plots.loudness(ground, [curve], (-50, 0), -16)
    with matplotlib.rc_context({"path.sketch": (5, 50, 5), "savefig.bbox": "tight", "axes.facecolor": "red"}):
        assert plots.loudness(ground, [curve], (-50, 0), -16) == plain


def test_six_hours_take_no_more_ink_than_one() -> None:
    sizes = []
    for hours in (1, 6):
        axis = common(joined(((0, hours * HOUR),), 0), hours * HOUR, hours * HOUR)
        frames = hours * 36_000
        noise = np.random.default_rng(1).uniform(-40, -3, frames)
        found = plots.binned(np.arange(frames) * 100.0, noise, axis, frame_ms=100)
        pauses = tuple((start, start + 2000) for start in range(0, hours * HOUR, 7000))
        svg = plots.loudness(Ground(axis, pauses), [Line(found, "after")], (-50, 0), -16)
        sizes.append(len(svg) + len(plots.waveform(Ground(axis, pauses), found, "after", ceiling_dbtp=-1)))
    assert sizes[1] <= sizes[0] * 1.5
    assert max(sizes) < 250_000
