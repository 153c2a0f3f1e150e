from __future__ import annotations

import tempfile
from pathlib import Path

import floats
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from castkit.audio import splice as module
from castkit.audio.canvas import Canvas, samples
from castkit.audio.splice import FADE_MS, JOIN_MS, crossfaded, splice

RATE = 8000


def _spliced(sound: np.ndarray, canvas: Canvas, kept, fades=(False, False)) -> np.ndarray:
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "raw"
        sound.astype("<f4").tofile(raw)
        length = splice(raw, canvas, kept, fades=fades)
        out = floats.read_raw(raw, canvas.channels)
    assert len(out) == length
    return out


def _naive(sound: np.ndarray, canvas: Canvas, kept) -> tuple[np.ndarray, np.ndarray]:
    """A hard cut, and which of its samples are further from a join than a crossfade reaches."""
    whole, is_far, done_ms = [], [], 0
    for start, end in kept:
        length = samples(done_ms + end - start, canvas.rate) - samples(done_ms, canvas.rate)
        first = canvas.sample(start)
        piece = sound[first : first + length]
        whole.append(np.pad(piece, ((0, length - len(piece)), (0, 0))))
        far = np.ones(length, bool)
        reach = samples(JOIN_MS, canvas.rate) // 2
        far[: min(reach, length)] = False
        far[max(0, length - reach) :] = False
        is_far.append(far)
        done_ms += end - start
    return np.concatenate(whole), np.concatenate(is_far)


@st.composite
def edits(draw):
    rate = draw(st.sampled_from([8000, 11_025, 44_100]))
    start_ms = draw(st.integers(-3000, 3000))
    points = draw(st.lists(st.integers(0, 900), min_size=2, max_size=12, unique=True))
    points = sorted(points)[: len(points) // 2 * 2]
    canvas = Canvas(rate, draw(st.sampled_from([1, 2])), start_ms, start_ms + 900)
    return canvas, [(start_ms + one, start_ms + other) for one, other in zip(points[::2], points[1::2], strict=True)]


@settings(max_examples=150, deadline=None)
@given(edits(), st.integers(1, 5000))
def test_any_edit_is_the_hard_cut_but_for_the_crossfades(edit, block):
    canvas, kept = edit
    sound = np.random.default_rng(3).uniform(-1, 1, (canvas.samples, canvas.channels)).astype(np.float32)
    size, module._BLOCK_BYTES = module._BLOCK_BYTES, block * canvas.frame_bytes
    try:
        out = _spliced(sound, canvas, kept)
    finally:
        module._BLOCK_BYTES = size
    cut, is_far = _naive(sound, canvas, kept)
    assert len(out) == samples(sum(end - start for start, end in kept), canvas.rate) == len(cut)
    assert np.array_equal(out[is_far], cut[is_far])
    assert np.abs(out).max(initial=0) <= np.sqrt(2)


def test_spans_that_touch_are_not_joined_but_one():
    canvas = Canvas(44_100, 1, -7, 993)
    sound = floats.noise(1, rate=44_100)
    kept = [(start, start + 100) for start in range(93, 893, 100)]
    first = canvas.sample(93)
    assert np.array_equal(_spliced(sound, canvas, kept), sound[first : first + samples(800, 44_100)])


def test_everything_kept_changes_nothing():
    sound = floats.noise(1, rate=RATE)
    assert np.array_equal(_spliced(sound, Canvas(RATE, 1, 0, 1000), [(0, 1000)]), sound)


def test_the_middle_of_a_join_lies_on_the_cut_and_nothing_moves():
    """Silence goes over into full level: half of it is reached exactly at the cut."""
    sound = np.zeros((RATE, 1), np.float32)
    sound[RATE // 2 :] = 1.0
    out = _spliced(sound, Canvas(RATE, 1, 0, 1000), [(100, 300), (700, 900)])
    cut, half = samples(200, RATE), samples(JOIN_MS, RATE) // 2
    assert len(out) == samples(400, RATE)
    assert not out[: cut - half].any()
    assert (out[cut + half :] == 1).all()
    assert out[cut - 1, 0] < 0.5 < out[cut, 0]
    assert (np.diff(out[:, 0]) >= 0).all()


@pytest.mark.parametrize("hz", [(440.0, 440.0), (440.0, 620.0), (100.0, 3000.0), (55.0, 55.0)])
@pytest.mark.parametrize("cut_ms", [(253, 601), (254, 731), (250, 602)])
def test_no_click_where_tones_meet_at_any_phase(hz, cut_ms):
    """A click is sound far above the tones; a hard cut has tens of dB more of it."""
    rate = 48_000
    one, two = cut_ms
    sound = np.concatenate([floats.tone(0.45, hz[0]), floats.tone(0.55, hz[1])])
    canvas = Canvas(rate, 1, 0, 1000)
    kept = [(0, one), (two, 1000)]
    out, cut = _spliced(sound, canvas, kept), _naive(sound, canvas, kept)[0]
    click, hard = _above(out, one * 48, 8000), _above(cut, one * 48, 8000)
    assert click < -85
    assert click < hard - 15 or hard < -85  # some phases happen to fit


def _above(sound: np.ndarray, at: int, hz: float, rate: int = 48_000) -> float:
    """The level in dB of all that is above `hz` within 43 ms around a sample."""
    piece = sound[at - 1024 : at + 1024, 0] * np.blackman(2048)
    power = np.abs(np.fft.rfft(piece)) ** 2
    return float(10 * np.log10(power[np.fft.rfftfreq(2048, 1 / rate) > hz].sum() / 1024**2 + 1e-20))


@pytest.mark.parametrize(
    ("going", "coming"),
    [
        (floats.noise(0.5, seed=1), floats.noise(0.5, seed=2)),
        (floats.tone(0.5), floats.tone(0.5)),
        (floats.tone(0.5), floats.noise(0.5, level=0.25 / np.sqrt(2))),
    ],
    ids=["unlike", "alike", "mixed"],
)
def test_the_power_stays_even_through_a_crossfade(going, coming):
    out = crossfaded(going, coming)
    levels = [floats.level_db(piece) for piece in np.array_split(out, 10)]
    assert max(levels) - min(levels) < 1.0
    assert levels[5] == pytest.approx(floats.level_db(going), abs=0.7)


def test_opposite_sounds_pass_through_silence_without_a_peak():
    out = crossfaded(floats.tone(0.01), -floats.tone(0.01))
    assert np.abs(out).max() <= 0.26


def test_ends_that_are_cuts_fade_and_others_do_not():
    canvas = Canvas(RATE, 2, 1000, 2000)
    sound = np.ones((RATE, 2), np.float32)
    fade = samples(FADE_MS, RATE)
    for fades in ((True, True), (True, False), (False, True), (False, False)):
        out = _spliced(sound, canvas, [(1000, 2000)], fades)
        assert (out[0, 0] < 0.05, out[-1, 1] < 0.05) == fades
        assert (out[fade:-fade] == 1).all()


def test_what_is_shorter_than_a_crossfade_is_joined_shorter():
    out = _spliced(np.ones((RATE, 1), np.float32), Canvas(RATE, 1, 0, 1000), [(0, 100), (500, 503), (900, 901)])
    assert len(out) == samples(104, RATE)
    assert np.allclose(out, 1)


@pytest.mark.parametrize(
    "kept", [[], [(5, 5)], [(0, 20), (10, 30)], [(-1, 5)], [(0, 1001)], [(9, 3)], [(50, 60), (0, 9)]]
)
def test_what_is_no_edit_is_refused(tmp_path, kept):
    raw = tmp_path / "raw"
    raw.write_bytes(bytes(4 * RATE))
    with pytest.raises(ValueError, match=r"ms is out of order|nothing is kept"):
        splice(raw, Canvas(RATE, 1, 0, 1000), kept)
    assert raw.stat().st_size == 4 * RATE
