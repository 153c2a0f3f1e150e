"""Dropouts: where a sound breaks off, with times; silence that is meant is none."""

from __future__ import annotations

import numpy as np
import pytest
import rooms

from castkit.audio.condition import examine
from castkit.audio.dropouts import Silences
from castkit.model.condition import Fault

LOST = ((3.0, 0.05), (5.5, 0.012), (12.8, 0.4), (15.0, 0.02))  # start and length in seconds


def with_losses(samples, losses=LOST):
    broken = samples.copy()
    for start, length in losses:
        broken[int(start * rooms.RATE) : int((start + length) * rooms.RATE)] = 0
    return broken


@pytest.mark.parametrize("room_dbfs", [-50, -70])
@pytest.mark.parametrize("rounding", [0, 1 / 32768])
def test_dropouts_are_found_with_their_times(tmp_path, room_dbfs, rounding):
    voice, activity = rooms.clean_talk()
    broken = with_losses(voice + rooms.shaped(len(voice), room_dbfs, -3)) + rounding
    faults = examine(rooms.write(tmp_path / "x.wav", broken), activity).faults
    assert [fault.kind for fault in faults] == ["dropout"] * len(LOST)
    for fault, (start, length) in zip(faults, LOST, strict=True):
        assert fault.start_ms == pytest.approx(start * 1000, abs=3)
        assert fault.end_ms == pytest.approx((start + length) * 1000, abs=3)


def test_other_faults_are_kept_in_order(tmp_path):
    voice, activity = rooms.clean_talk()
    broken = with_losses(voice + rooms.shaped(len(voice), -60, -3), LOST[:1])
    known = (Fault("clipping", 9000, 9100), Fault("clipping", 100, 200))
    faults = examine(rooms.write(tmp_path / "x.wav", broken), activity, found=known).faults
    assert [fault.start_ms for fault in faults] == [100, 3000, 9000]


def gated(voice, activity):
    room = voice + rooms.shaped(len(voice), -60, -3)
    return room * (np.repeat(activity[:, 0], rooms.FRAME)[: len(room)] > 0)


def short(voice, activity):
    return with_losses(voice + rooms.shaped(len(voice), -60, -3), [(at, 0.006) for at in range(3, 50)])


def ends(voice, activity):
    return with_losses(voice + rooms.shaped(len(voice), -60, -3), [(0, 2.0), (57, 3.1)])


def faded(voice, activity):
    time = np.arange(len(voice)) / rooms.RATE
    return (voice + rooms.shaped(len(voice), -60, -3)) * np.clip(np.abs(time - 30) - 0.5, 0, 1)


@pytest.mark.parametrize("meant", [gated, short, ends, faded])
def test_silence_that_is_meant_is_no_dropout(tmp_path, meant):
    voice, activity = rooms.clean_talk()
    assert examine(rooms.write(tmp_path / "x.wav", meant(voice, activity)), activity).faults == ()


@pytest.mark.parametrize("block", [7, 160, 1000, 131_072])
def test_blocks_do_not_cut_silences(block):
    samples = np.full(5000, 100, np.int16)
    samples[500:900] = samples[2000:2100] = samples[4500:] = 0
    samples[600] = -1
    silences = Silences()
    for start in range(0, len(samples), block):
        silences.add(samples[start : start + block])
    silences.finish()
    assert silences.runs == [(500, 900), (4500, 5000)]
    assert silences.length == 5000
