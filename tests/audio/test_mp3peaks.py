from __future__ import annotations

import numpy as np
import pytest

import bs1770
import sounds
from castkit import ffmpeg
from castkit.audio.listen import measure
from castkit.audio.mp3crc import crc
from castkit.audio.mp3peaks import MOST, lower_peaks

HIGH_S = (3.0, 11.37, 19.2)
BURSTS = "+".join(f"between(t,{second},{second}+0.012)" for second in HIGH_S)


def encoded(folder, *, rate=48_000, channels=2):
    """Twenty-four seconds of a quiet voice, and three short bursts of a tone far above it."""
    voice = sounds.speech(folder / "voice.wav", seconds=24, filters="volume=-20dB")
    burst = f"val(ch)+0.8*sin(2*PI*700*t)*({BURSTS})"
    layout = "stereo" if channels == 2 else "mono"
    sound = f"aresample={rate},aformat=sample_fmts=dblp:channel_layouts={layout},aeval='{burst.replace('ch', '0')}"
    sound += f"|0.7*({burst.replace('ch', '1')})':c=same" if channels == 2 else "':c=same"
    out = folder / "out.mp3"
    options = ["-c:a", "libmp3lame", "-b:a", "128k", "-id3v2_version", "0", "-write_id3v1", "0"]
    ffmpeg.run(["-i", voice, "-af", sound, *options, out])
    return out, measure(out, 24_000)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate", [32_000, 44_100, 48_000])
def test_what_is_too_high_is_lowered_and_nothing_else(tmp_path, rate, channels):
    path, heard = encoded(tmp_path, rate=rate, channels=channels)
    before, _ = bs1770.decode(path)
    ceiling = heard.loudness.true_peak_dbtp - 4.2
    lowered = lower_peaks(path, heard, ceiling)
    after, _ = bs1770.decode(path)
    assert bs1770.true_peak(after, rate) <= ceiling
    assert bs1770.true_peak(after, rate) == pytest.approx(lowered.loudness.true_peak_dbtp, abs=0.05)
    assert ceiling - 2 < lowered.loudness.true_peak_dbtp <= ceiling
    assert after.shape == before.shape
    times = np.flatnonzero(np.abs(after - before).max(axis=0) > 1e-6) / rate
    near = np.min([np.abs(times - second) for second in HIGH_S], axis=0)
    assert near.max() < 0.15
    assert len(times) / rate < 0.5
    again = measure(path, 24_000)
    assert again.loudness.true_peak_dbtp == pytest.approx(lowered.loudness.true_peak_dbtp, abs=0.011)
    assert again.loudness.integrated_lufs == pytest.approx(lowered.loudness.integrated_lufs, abs=0.05)
    assert again.loudness.integrated_lufs < heard.loudness.integrated_lufs - 1  # the bursts were most of it


def test_the_checksums_of_the_tag_stay_right(tmp_path):
    path, heard = encoded(tmp_path)

    def stated_and_counted():
        data = path.read_bytes()
        tag = data.index(b"Info")
        sound = data.index(b"\xff\xfb", tag)
        stated = [int.from_bytes(data[at : at + 2], "big") for at in (tag + 152, tag + 154)]
        return stated, [crc(data[sound:]), crc(data[: tag + 154])]

    for _ in range(2):
        stated, counted = stated_and_counted()
        assert stated == counted
        lower_peaks(path, heard, heard.loudness.true_peak_dbtp - 3)


def test_nothing_is_touched_where_nothing_is_too_high_or_too_much(tmp_path):
    path, heard = encoded(tmp_path)
    data = path.read_bytes()
    assert lower_peaks(path, heard, heard.loudness.true_peak_dbtp) is heard
    median = float(np.median(heard.curves[:, 2]))
    assert (heard.curves[:, 2] > median).mean() > MOST
    assert lower_peaks(path, heard, median) is heard
    assert path.read_bytes() == data


def test_a_file_of_another_hand_is_left_alone(tmp_path):
    path, heard = encoded(tmp_path)
    for data in (
        b"ID3\4\0\0\0\0\0\0" + path.read_bytes(),
        path.read_bytes()[:2],
        path.read_bytes().replace(b"Info", b"None"),
    ):
        path.write_bytes(data)
        assert lower_peaks(path, heard, heard.loudness.true_peak_dbtp - 3) is heard
        assert path.read_bytes() == data
