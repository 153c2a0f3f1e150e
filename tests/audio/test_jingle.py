from __future__ import annotations

import os
import subprocess
import sys
import wave

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bs1770
import sounds
from castkit.audio.jingle import Fades, hear, lay_out, loop, polish
from castkit.audio.listen import Wav
from castkit.errors import CastkitError

ms = st.integers(0, 120_000)


@given(st.integers(1, 10_000_000), ms, ms, st.integers(0, 10_000))
def test_the_programme_fits_between_intro_and_outro(programme, intro, outro, crossfade):
    layout = lay_out(programme, intro_ms=intro, outro_ms=outro, crossfade_ms=crossfade)
    assert 0 <= intro - layout.lead_ms <= crossfade
    overlap = layout.lead_ms + programme + outro - layout.duration_ms
    assert 0 <= overlap <= crossfade
    assert layout.duration_ms >= max(intro, programme, outro)
    if not intro:
        assert layout.lead_ms == 0


def test_an_ordinary_crossfade():
    layout = lay_out(60_000, intro_ms=5000, outro_ms=8000, crossfade_ms=500)
    assert (layout.lead_ms, layout.duration_ms) == (4500, 72_000)


@pytest.mark.parametrize("filters", ["anull", "pan=stereo|c0=0.5*c0|c1=c0", "pan=stereo|c0=c0|c1=0*c0"])
def test_brought_to_the_programmes_loudness_and_faded(tmp_path, filters):
    source = sounds.speech(tmp_path / "intro.m4a", seconds=6, filters=filters)
    raw, out = Wav(tmp_path / "raw.wav", 44_100, 2), tmp_path / "out.wav"
    polish(raw.path, hear(source, raw), out, loudness_lufs=-20.0, fades=Fades(0, 1000))
    samples, rate = bs1770.decode(out)
    assert (len(samples), rate) == (2, 44_100)
    assert bs1770.integrated(samples[:, : 5 * rate], rate) == pytest.approx(-20, abs=1.0)


def test_fades_lie_where_they_were_asked_for(tmp_path):
    source = sounds.synthetic(tmp_path / "tone.wav", "sine=440:d=4:r=48000")
    raw, out = Wav(tmp_path / "raw.wav", 48_000, 2), tmp_path / "out.wav"
    polish(raw.path, hear(source, raw), out, loudness_lufs=-20.0, fades=Fades(0, 1000))
    tenths = np.abs(bs1770.decode(out)[0][0]).reshape(40, -1).max(axis=1) / np.abs(bs1770.decode(out)[0]).max()
    assert tenths[:29].min() > 0.95
    assert tenths[39] < 0.15
    assert list(tenths[30:]) == sorted(tenths[30:], reverse=True)


def test_the_gain_stops_before_the_peaks_clip(tmp_path):
    source = sounds.speech(tmp_path / "intro.wav")
    raw, out = Wav(tmp_path / "raw.wav", 48_000, 2), tmp_path / "out.wav"
    polish(raw.path, hear(source, raw), out, loudness_lufs=-3.0, fades=Fades(0, 0))
    assert bs1770.true_peak(*bs1770.decode(out)) == pytest.approx(-1.0, abs=0.3)


@pytest.mark.parametrize(("seconds", "crossfade_ms", "overlap_ms"), [(4.0, 500, 500), (1.0, 500, 250)])
def test_a_round_runs_into_itself(tmp_path, seconds, crossfade_ms, overlap_ms):
    source = sounds.synthetic(tmp_path / "music.wav", f"sine=333:d={seconds}:r=48000", ["-ac", "2"])
    loop(source, tmp_path / "round.wav", crossfade_ms=crossfade_ms)
    piece, (out, rate) = bs1770.decode(source)[0], bs1770.decode(tmp_path / "round.wav")
    overlap = overlap_ms * rate // 1000
    assert out.shape == (2, piece.shape[1] - overlap)
    assert np.array_equal(out[:, : -2 * overlap], piece[:, overlap : -2 * overlap])
    twice = np.concatenate([out, out], axis=1)
    assert np.abs(np.diff(twice[0])).max() <= 1.1 * np.abs(np.diff(piece[0])).max()


def test_refused_by_name(tmp_path):
    long = sounds.synthetic(tmp_path / "long.mp3", "sine=d=121:r=8000", ["-b:a", "8k"])
    with pytest.raises(CastkitError, match=r"long\.mp3 is 121 s long; an intro or outro has at most 120 s"):
        hear(long, Wav(tmp_path / "raw.wav"))
    silent = sounds.synthetic(tmp_path / "silent.wav", "anullsrc=d=2")
    with pytest.raises(CastkitError, match=r"silent\.wav is silent"):
        hear(silent, Wav(tmp_path / "raw.wav"))


def test_pydub_says_nothing_where_ffmpeg_is_not_on_the_path(tmp_path):
    raw, out = tmp_path / "raw.wav", tmp_path / "out.wav"
    with wave.open(str(raw), "wb") as wav:
        wav.setparams((1, 2, 8000, 0, "NONE", ""))
        wav.writeframes(b"\x00\x10" * 8000)
    code = (
        "import sys; from pathlib import Path;"
        "from castkit.audio.jingle import *; from castkit.audio.listen import Heard;"
        "from castkit.model.programme import Loudness;"
        "polish(Path(sys.argv[1]), Heard(Loudness(-20, -9, 0), 'mono', 1000, None), Path(sys.argv[2]),"
        " loudness_lufs=-20, fades=Fades(0, 0))"
    )
    ignored = ["-W", "ignore::DeprecationWarning", "-W", "ignore::SyntaxWarning"]  # pydub's own, as in pyproject.toml
    done = subprocess.run(
        [sys.executable, "-W", "error", *ignored, "-c", code, raw, out],
        env={**os.environ, "PATH": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert _length_ms(out) == 1000


def _length_ms(path) -> int:
    with wave.open(str(path)) as wav:
        return wav.getnframes() * 1000 // wav.getframerate()
