from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bs1770
import sound_table
import sounds
from castkit import ffmpeg
from castkit.audio.calibrate import SHORT_MS, choose, limited_lu
from castkit.audio.correction import Round, Setting, Target, corrected, is_on_target, misses, planned
from castkit.audio.encode import Output, encode
from castkit.audio.encoders import write
from castkit.audio.mixed import Mixed
from castkit.errors import CastkitError
from castkit.model.programme import Loudness

TARGET = Target(-16.0, -1.0)
FORMATS = (("mp3", 128), ("m4a", 128), ("opus", 96))


def outputs(folder, formats=FORMATS):
    folder.mkdir(exist_ok=True)
    return [Output(folder / f"out.{name}", name, kbps) for name, kbps in formats]


def nothing(share):
    pass


def mixed(folder, **voice):
    return sound_table.mix_of(sounds.speech(folder / "in.wav", **voice), folder)


def test_what_is_encoded_starts_and_ends_with_the_mix(tmp_path):
    """To a tenth of a millisecond: subtitles and chapters rely on it, in every format."""
    mix = mixed(tmp_path, seconds=4)
    source, rate = bs1770.decode(tmp_path / "in.wav")
    write(mix, [(output, Setting(0.0)) for output in outputs(tmp_path / "out")])
    for output in outputs(tmp_path / "out"):
        samples, _ = bs1770.decode(output.path)
        assert 0 <= samples.shape[1] - source.shape[1] <= 0.021 * rate
        for start in (0, source.shape[1] - 2 * rate):
            mine, theirs = samples[0, start : start + 2 * rate], source[0, start : start + 2 * rate]
            spectrum = np.fft.rfft(mine, 4 * rate) * np.conj(np.fft.rfft(theirs, 4 * rate))
            lag = int(np.fft.irfft(spectrum).argmax())
            assert min(lag, 4 * rate - lag) <= 5, (output.format, start)


def test_the_same_mix_gives_the_same_bytes(tmp_path):
    mix = mixed(tmp_path, filters="pan=stereo|c0=c0|c1=0.5*c0,adelay=0|9")
    first = encode(mix, TARGET, outputs(tmp_path / "a"), nothing)
    second = encode(mix, TARGET, outputs(tmp_path / "b"), nothing)
    for one, other in zip(first, second, strict=True):
        assert one.output.path.read_bytes() == other.output.path.read_bytes()
        assert [done.setting for done in one.rounds] == [done.setting for done in other.rounds]
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == ["out.m4a", "out.mp3", "out.opus"]


def test_a_gain_is_all_where_a_gain_will_do(tmp_path):
    """What comes out is the recording, louder: nothing limited, as far as an encoder leaves it alone."""
    mix = mixed(tmp_path, filters="volume=-12dB")
    (done,) = encode(mix, TARGET, outputs(tmp_path / "out", [("opus", 128)]), nothing)
    assert done.is_linear
    assert (done.limited_db, done.limited_share, done.kept.setting.ceiling_dbfs) == (0, 0, None)
    assert done.heard.curves[:, 1].max() == pytest.approx(mix.curves[:, 1].max() + done.kept.setting.gain_db, abs=0.3)
    source, _ = bs1770.decode(tmp_path / "in.wav")
    samples, _ = bs1770.decode(done.output.path)
    gained = source * 10 ** (done.kept.setting.gain_db / 20)
    error = samples[:, : source.shape[1]] - gained
    assert 10 * math.log10((gained**2).mean() / (error**2).mean()) > 15


def test_how_much_was_limited_is_said(tmp_path):
    mix = mixed(tmp_path, filters="volume=-20dB,aeval='val(0)+0.9*lt(mod(t,1),0.0005)':c=same", seconds=6)
    (done,) = encode(mix, TARGET, outputs(tmp_path / "out", [("mp3", 128)]), nothing)
    assert is_on_target(TARGET, done.kept.measured)
    assert not done.is_linear
    assert done.limited_db > 15
    assert done.limited_share is not None
    assert 0.02 < done.limited_share < 0.3
    (unknown,) = encode(replace(mix, curves=None), TARGET, outputs(tmp_path / "out", [("mp3", 128)]), nothing)
    assert unknown.limited_share is None


def test_a_target_out_of_reach_is_missed_and_said_to_be(tmp_path):
    """No sound of -9 dBTP has -3 LUFS: a square wave has -6."""
    mix = mixed(tmp_path, seconds=2)
    target = Target(-3.0, -9.0)
    done = encode(mix, target, outputs(tmp_path / "out"), nothing)
    for one in done:
        assert not is_on_target(target, one.kept.measured)
        assert misses(target, one.kept.measured) == min(misses(target, each.measured) for each in one.rounds)
        assert len(one.rounds) <= 8
        samples, rate = bs1770.decode(one.output.path)
        assert bs1770.true_peak(samples, rate) == pytest.approx(one.kept.measured.true_peak_dbtp, abs=0.05)
        assert bs1770.integrated(samples, rate) == pytest.approx(one.kept.measured.integrated_lufs, abs=0.1)


def test_minutes_are_encoded_once(tmp_path):
    """The excerpts foretell what limiter and encoders take: the first encoding of it all is the last."""
    voice = sounds.speech(tmp_path / "voice.wav", seconds=46, filters="volume='1-0.6*gt(mod(t,20),12)':eval=frame")
    long = tmp_path / "long.wav"
    ffmpeg.run(["-stream_loop", "3", "-i", voice, "-af", "pan=stereo|c0=c0|c1=0.5*c0,adelay=0|9", long])
    mix = sound_table.mix_of(long, tmp_path)
    assert mix.duration_ms > SHORT_MS
    shares = []
    for one in encode(mix, TARGET, outputs(tmp_path / "out"), shares.append):
        assert len(one.rounds) == 1, [(done.setting, done.measured) for done in one.rounds]
        assert not one.is_linear
        samples, rate = bs1770.decode(one.output.path)
        assert bs1770.integrated(samples, rate) == pytest.approx(-16, abs=0.3)
        assert bs1770.true_peak(samples, rate) <= -1
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_a_mix_that_ends_early_is_an_error(tmp_path):
    mix = replace(mixed(tmp_path), duration_ms=4_200)
    with pytest.raises(CastkitError, match=r"out\.mp3 came out 4\.00 s long instead of 4\.20 s"):
        encode(mix, TARGET, outputs(tmp_path / "out", [("mp3", 128)]), nothing)
    assert list((tmp_path / "out").iterdir()) == []


def test_excerpts_are_of_what_sounds_and_hold_the_loudest():
    curves = np.full((36_000, 3), -120, np.float32)
    curves[30_000:] = (-25, -25, -10)
    curves[31_111, 2] = -1
    curves[35_000:35_030, 1] = -12
    mix = Mixed(48_000, 1, 3_600_000, Loudness(-25, -1, 3), lambda start, end: None, curves)
    starts = choose(mix)
    assert all(2_990_000 <= start <= 3_595_000 for start in starts)
    assert all(after - before >= 5_000 for before, after in pairwise(starts))
    assert any(start <= 3_111_100 < start + 5_000 for start in starts)
    assert any(start <= 3_498_500 and start + 5_000 >= 3_500_000 for start in starts)
    assert len(choose(replace(mix, curves=None))) == 12


def test_what_a_limiter_takes_is_foretold():
    curves = np.array([[-20, -20, -10], [-20, -20, -2]], np.float32)
    assert limited_lu(curves, Setting(4.0)) == 0
    assert limited_lu(curves, Setting(4.0, 6.0)) == 0
    assert limited_lu(curves, Setting(4.0, -4.0)) == pytest.approx(-10 * math.log10((1 + 10**-0.6) / 2))


def test_a_first_setting_is_linear_where_the_peaks_fit():
    assert planned(TARGET, Loudness(-20, -9, 5)) == Setting(4.0)
    assert planned(TARGET, Loudness(-20, -9, 5), usual_loss_db=0.4) == Setting(4.4)
    assert planned(TARGET, Loudness(-20, -3, 5)).ceiling_dbfs < -1


def level(low, high):
    return st.floats(low, high).map(lambda value: round(value, 2))


@given(mix=st.tuples(level(-65, -3), level(-60, 6)), loss=level(0, 6), overshoot=level(-0.5, 2))
def test_rounds_close_in_on_the_target(mix, loss, overshoot):
    """Of an encoder that takes a constant, and a limiter that takes a part of what is above its ceiling."""
    before = Loudness(mix[0], max(mix), 5)
    rounds = []
    setting = planned(TARGET, before)
    for _ in range(8):
        peak = before.true_peak_dbtp + setting.gain_db
        cut = 0.0 if setting.ceiling_dbfs is None else max(0.0, peak - setting.ceiling_dbfs)
        measured = Loudness(before.integrated_lufs + setting.gain_db - loss - 0.2 * cut, peak - cut + overshoot, 5)
        rounds.append(Round(setting, measured))
        setting = corrected(TARGET, before, rounds)
    assert min(misses(TARGET, done.measured) for done in rounds) <= (0.0, 0.3)
