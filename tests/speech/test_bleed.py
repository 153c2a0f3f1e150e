from __future__ import annotations

import numpy as np
import pytest

from castkit.speech.bleed import Placement, own_speech, without_rooms
from castkit.speech.vad import Activity

# Who speaks when, in frames of 32 ms: the host, both at once, the guest, nobody.
HOST, BOTH, GUEST, NOBODY = (slice(0, 300), slice(300, 340), slice(340, 700), slice(700, 800))
BOTH_AT_0 = (Placement(0), Placement(0))


def _tracks(*, gain_db: float = 0.0, host_share: slice = HOST) -> tuple[Activity, Activity]:
    """The host's microphone hears the guest 30 dB down and the detector takes it for speech; the guest's is clean."""
    host = np.full(800, -60.0, np.float32)
    guest = np.full(800, -60.0, np.float32)
    host[GUEST] = -52
    host[host_share] = -22
    host[BOTH] = -22
    guest[GUEST] = guest[BOTH] = -37 + gain_db
    speech_host = np.where(host > -55, 0.9, 0.05).astype(np.float32)
    speech_guest = np.where(guest > -55 + gain_db, 0.9, 0.05).astype(np.float32)
    return Activity(speech_host, host), Activity(speech_guest, guest)


@pytest.mark.parametrize("gain_db", [-10.0, 0.0, 15.0])
def test_the_neighbours_voice_is_taken_out_at_any_gain(gain_db):
    host, guest = own_speech(_tracks(gain_db=gain_db), BOTH_AT_0)
    assert host[355:690].max() < 0.1
    assert host[5:335].min() > 0.5
    assert guest[305:690].min() > 0.5
    assert guest[5:285].max() < 0.1


def test_a_host_who_hardly_speaks():
    host, _ = own_speech(_tracks(host_share=slice(0, 30)), BOTH_AT_0)
    assert host[0:25].min() > 0.5
    assert host[355:690].max() < 0.1


def test_tracks_that_began_at_different_times():
    host, guest = _tracks()
    late = Activity(guest.probability[100:], guest.level_db[100:])
    cleaned, other = own_speech((host, late), (Placement(0), Placement(3200)))
    assert cleaned[355:690].max() < 0.1
    assert len(other) == 700
    early, _ = own_speech((late, host), (Placement(3200), Placement(0)))
    assert early[205:590].min() > 0.5


def test_one_track_stays_as_it_is():
    track = _tracks()[0]
    assert np.array_equal(own_speech((track,), (Placement(0),))[0], track.probability)


@pytest.mark.parametrize("length", [0, 1, 5])
def test_tracks_shorter_than_what_levels_are_smoothed_over(length):
    short = Activity(np.ones(length, np.float32), np.full(length, -20, np.float32))
    cleaned = own_speech((short, _tracks()[1]), BOTH_AT_0)
    assert [len(track) for track in cleaned] == [length, 800]


def test_silence_beside_speech():
    silent = Activity(np.zeros(800, np.float32), np.full(800, -100, np.float32))
    _, guest = own_speech((silent, _tracks()[1]), BOTH_AT_0)
    assert np.array_equal(guest, _tracks()[1].probability)


def test_two_clocks_of_different_pace():
    """An hour at 100 ppm puts the guest 360 ms late on the host's track, and short answers would be missed."""
    frames, pace = 112_500, 1 + 100e-6
    spoken = (np.arange(frames) // 25) % 2 == 0  # the host's turns of 800 ms; in between, the guest's
    same_moment = np.minimum(np.arange(frames) * pace, frames - 1).astype(int)
    sure = np.ones(frames, np.float32)
    host = Activity(sure, np.where(spoken, -22, -52).astype(np.float32))
    guest = Activity(sure, np.where(spoken[same_moment], -80, -37).astype(np.float32))
    end = slice(frames - 1300, frames - 100)

    def share_right(drift_ppm: float) -> float:
        cleaned, _ = own_speech((host, guest), (Placement(0), Placement(0, drift_ppm)))
        return np.mean((cleaned[end] > 0.5) == spoken[end])

    assert share_right(100.0) > 0.9
    assert share_right(0.0) < 0.8


def test_a_room_microphone_counts_only_where_the_speakers_own_are_silent() -> None:
    """A camera's microphone, 30 ms late, hears both speakers as well as their own do; then somebody without one."""
    host, guest, room = (np.zeros(300, np.float32) for _ in range(3))
    host[20:100], guest[120:200], room[21:101], room[121:201], room[240:260] = 1, 1, 1, 1, 1
    places = [Placement(0), Placement(0), Placement(0)]
    (one, other, left), rooms = without_rooms([host, guest, room], places, [True, True, False])
    assert rooms == (2,)
    assert np.array_equal(one, host)
    assert np.array_equal(other, guest)
    assert not left[:230].any()
    assert np.array_equal(left[240:260], room[240:260])


def test_a_microphone_with_a_voice_of_its_own_is_no_room_microphone() -> None:
    host, guest = np.zeros(300, np.float32), np.zeros(300, np.float32)
    host[20:100], guest[90:250] = 1, 1  # they interrupt each other
    for has_speaker in ([True, False], [False, False], [True, True]):
        own, rooms = without_rooms([host, guest], BOTH_AT_0, has_speaker)
        assert rooms == ()
        assert np.array_equal(own[1], guest)
