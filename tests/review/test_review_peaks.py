"""The waveform of the page: loud where the sound is, kept beside the build, made anew for another sound."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import sounds
from castkit.errors import CastkitError
from castkit.review.peaks import FINEST, peaks_of


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """A second of silence, then a second of a tone at half of full scale, then silence again."""
    path = tmp_path / "talk.mp3"
    tone = "aevalsrc='0.5*sin(2*PI*440*t)*between(t,1,2)':s=44100:d=3"
    sounds.ffmpeg.run(["-f", "lavfi", "-i", tone, path], doing="making a tone")
    return path


def test_peaks_are_high_where_there_is_sound(sound: Path, tmp_path: Path) -> None:
    found = peaks_of(sound, 3000, tmp_path / "kept.json")
    assert found.per_second == FINEST
    assert 150 <= len(found.values) <= 156
    assert max(found.values[:45]) < 0.02
    assert min(found.values[55:95]) == pytest.approx(0.5, abs=0.05)
    assert all(0 <= value <= 1 for value in found.values)


def test_they_are_kept_for_the_same_file_and_made_anew_for_another(sound: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    first = peaks_of(sound, 3000, kept)
    marked = kept.read_bytes().replace(b"[0.0", b"[0.9", 1)
    kept.write_bytes(marked)
    assert peaks_of(sound, 3000, kept).values[0] == 0.9
    os.utime(sound, (1, 1))
    assert peaks_of(sound, 3000, kept) == first
    kept.write_bytes(b"{torn")
    assert peaks_of(sound, 3000, kept) == first


def test_a_long_sound_has_fewer_of_them(sound: Path, tmp_path: Path) -> None:
    assert peaks_of(sound, 3 * 3_600_000, tmp_path / "kept.json").per_second == 16


def test_what_is_no_sound_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "talk.mp3").write_bytes(b"ID3 nothing")
    with pytest.raises(CastkitError, match="drawing the waveform"):
        peaks_of(tmp_path / "talk.mp3", 3000, tmp_path / "kept.json")
    assert not (tmp_path / "kept.json").exists()
