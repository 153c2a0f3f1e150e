"""Whatever was recorded: every encoded output is on target, measured by a meter that shares no code with ffmpeg's."""

from __future__ import annotations

from pathlib import Path

import pytest

import bs1770
import sound_table
from castkit.audio.encode import Encoded, Output, Target, encode

TARGET = Target(-16.0, -1.0)
FORMATS = (("mp3", 128), ("m4a", 128), ("opus", 96))


def encoded(row: sound_table.Row, folder: Path) -> tuple[int, tuple[Encoded, ...]]:
    """The planned length in ms, and the outputs in all formats."""
    mixed = sound_table.mix_of(sound_table.make(row, folder), folder)
    outputs = [Output(folder / f"out.{name}", name, kbps) for name, kbps in FORMATS]
    return mixed.duration_ms, encode(mixed, TARGET, outputs, lambda share: None)


def test_the_table_is_long_enough():
    assert len({row.name for row in sound_table.ROWS}) == len(sound_table.ROWS) >= 40


@pytest.mark.parametrize("row", sound_table.ROWS, ids=[row.name for row in sound_table.ROWS])
def test_every_output_is_on_target(row, tmp_path):
    planned_ms, outputs = encoded(row, tmp_path)
    assert [one.output.format for one in outputs] == [name for name, _ in FORMATS]
    for one in outputs:
        samples, rate = bs1770.decode(one.output.path)
        assert bs1770.integrated(samples, rate) == pytest.approx(-16, abs=0.3)
        assert bs1770.true_peak(samples, rate) <= -1
        assert samples.shape[1] * 1000 / rate == pytest.approx(planned_ms, abs=50)
        assert one.kept.measured.integrated_lufs == pytest.approx(-16, abs=0.15)
