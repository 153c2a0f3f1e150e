from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import recorders

from castkit.audio.align import Alignment, Unmatched, align, prepare
from castkit.audio.place import Placeable, place
from castkit.audio.rhythm import RATE, Wave
from castkit.errors import CastkitError

WHOLE = os.environ.get("CASTKIT_SOAK") == "1"
HOST, GUEST = "episode-01/raw/host.flac", "episode-01/raw/guest.m4a"


def found(folder: Path, reference: np.ndarray, other: np.ndarray, near_ms=None) -> Alignment | Unmatched:
    first, second = recorders.write(folder / "0.wav", reference), recorders.write(folder / "1.wav", other)
    return align(prepare(Wave.open(first)), prepare(Wave.open(second)), near_ms)


def worst_ms(result: Alignment | Unmatched, offset_s: float, ppm: float, length_s: float) -> float:
    """The largest disagreement with the truth over the whole of the other recording."""
    assert isinstance(result, Alignment), result
    ends = (0.0, length_s)
    return max(abs(result.offset_ms - offset_s * 1000 + t * 1e-3 * (result.drift_ppm - ppm)) for t in ends)


# seconds, offset s, drift ppm, bleed dB, noise dBFS (a voice has -20)
TABLE = [
    (240, 0, 0, -10, -60),
    (240, 1.7, 100, -20, -60),
    (240, -20, 200, -10, -60),
    (240, 30, -200, -30, -55),
    (240, -95.123, 0, -35, -50),
    (240, 3, 20, -30, -45),
    (60, 0.25, 0, -20, -70),
    (20, 2, 0, -20, -55),
    (5, 0.4, 0, -20, -60),
    (5, -0.4, 0, -10, -50),
]


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_two_recorders_agree_to_a_few_milliseconds(tmp_path: Path, row: tuple[float, ...]) -> None:
    seconds, offset_s, ppm, bleed_db, dbfs = row
    host, guest = recorders.conversation(seconds, bleed_db=bleed_db)
    guest = recorders.later(guest, offset_s, ppm)
    result = found(
        tmp_path,
        host + recorders.noise(len(host), dbfs, 3),
        guest + recorders.noise(len(guest), dbfs, 4),
    )
    assert worst_ms(result, offset_s, ppm, len(guest) / RATE) < 2
    assert isinstance(result, Alignment)
    assert result.peak >= 7.5
    assert result.drift_ppm == pytest.approx(ppm, abs=1)


def test_the_demonstration_is_as_it_was_made(tmp_path: Path) -> None:
    """Each hears the other 12 ms late, as across a table: the middle is what is true."""
    result = found(tmp_path, recorders.heard(HOST), recorders.heard(GUEST))
    assert worst_ms(result, 0, 0, 255) < 15


def test_voices_cross_a_wide_table_in_their_time(tmp_path: Path) -> None:
    """Each reaches the other's microphone 9 ms late: the truth lies between."""
    seconds, way = 120, int(0.009 * RATE)
    host, guest = (recorders.voice(name)[: seconds * RATE] for name in ("host", "guest"))
    first = host + 0.1 * np.roll(guest, way) + recorders.noise(len(host), -60, 1)
    second = guest + 0.1 * np.roll(host, way) + recorders.noise(len(host), -60, 2)
    assert worst_ms(found(tmp_path, first, recorders.later(second, 2, 50)), 2, 50, seconds) < 20


@pytest.mark.soak
@pytest.mark.parametrize("case", [(1.7, 100, -25, -60), (700, -200, -35, -50)][: 2 if WHOLE else 1], ids=str)
def test_an_hour_agrees_within_20_ms_throughout(tmp_path: Path, case: tuple[float, ...]) -> None:
    offset_s, ppm, bleed_db, dbfs = case
    host, guest = recorders.shuffled(60)
    gain = np.float32(10 ** (bleed_db / 20))
    first, second = tmp_path / "0.wav", tmp_path / "1.wav"
    recorders.write(first, *recorders.noisy(host + gain * guest, dbfs, 1))
    recorders.write(second, *recorders.noisy(recorders.later(guest + gain * host, offset_s, ppm), dbfs, 2))
    del host, guest
    tracemalloc.start()
    result = align(prepare(Wave.open(first)), prepare(Wave.open(second)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert worst_ms(result, offset_s, ppm, 3600) < 2
    assert peak < 80e6


def test_a_recording_that_was_played_again_lies_at_the_nearer_place(tmp_path: Path) -> None:
    host, guest = (np.resize(one, 700 * RATE) for one in recorders.conversation(230, bleed_db=-25))
    guest = recorders.later(guest, 1.7)
    result = found(tmp_path, host + recorders.noise(len(host), -60, 1), guest + recorders.noise(len(guest), -60, 2))
    assert worst_ms(result, 1.7, 0, 690) < 2


@pytest.mark.parametrize("seconds", [5, 20, 120, 250])
def test_a_call_with_a_clean_voice_on_either_side_shares_nothing(tmp_path: Path, seconds: int) -> None:
    """Turns that alternate are no likeness."""
    host, guest = recorders.conversation(seconds, bleed_db=-300)
    result = found(tmp_path, host + recorders.noise(len(host), -65, 1), guest + recorders.noise(len(guest), -65, 2))
    assert isinstance(result, Unmatched)
    assert isinstance(found(tmp_path, host, guest), Unmatched)  # digital silence between the words


UNRELATED = [
    (HOST, "episode-02/raw/interview.mp3"),
    (GUEST, "episode-02/raw/interview.mp3"),
    (GUEST, "episode-03/raw/camera.mp4"),
    ("episode-02/raw/interview.mp3", "episode-03/raw/camera.mp4"),
]


@pytest.mark.parametrize("names", UNRELATED, ids=str)
def test_two_unrelated_recordings_have_no_place(tmp_path: Path, names: tuple[str, str]) -> None:
    assert isinstance(found(tmp_path, *(recorders.heard(name) for name in names)), Unmatched)


@pytest.mark.parametrize("name", [HOST, GUEST, "episode-02/raw/interview.mp3"])
def test_one_voice_on_two_days_has_no_place(tmp_path: Path, name: str) -> None:
    """The same voice, the same noise, some of the same words."""
    sound = recorders.heard(name)
    size = 40 * RATE
    parts = [sound[at : at + size] for at in range(0, len(sound) - size + 1, size)][: 6 if WHOLE else 4]
    for number, one in enumerate(parts):
        for other in parts[number + 1 :]:
            assert isinstance(found(tmp_path, one, other), Unmatched)


@pytest.mark.parametrize(("level", "harmonics", "dbfs"), [(0.03, 40, -70), (0.1, 40, -85), (0.03, 120, -70)])
def test_the_same_hum_is_no_shared_sound(tmp_path: Path, level: float, harmonics: int, dbfs: int) -> None:
    host, guest = recorders.conversation(60, bleed_db=-300)
    mains = recorders.hum(60, level, harmonics)
    quiet = [recorders.noise(len(host), dbfs, seed) for seed in (1, 2)]
    assert isinstance(found(tmp_path, host + mains + quiet[0], guest + mains + quiet[1]), Unmatched)
    assert isinstance(found(tmp_path, mains + quiet[0], mains + quiet[1]), Unmatched)


def test_bleed_is_found_under_a_shared_hum(tmp_path: Path) -> None:
    host, guest = recorders.conversation(100, bleed_db=-25)
    mains = recorders.hum(100, 0.01, 40)
    guest = recorders.later(guest, 1.5)
    first = host + mains + recorders.noise(len(host), -65, 1)
    result = found(tmp_path, first, guest + mains[: len(guest)] + recorders.noise(len(guest), -65, 2))
    assert worst_ms(result, 1.5, 0, 98) < 2


def test_silence_has_no_place(tmp_path: Path) -> None:
    host, _ = recorders.conversation(30)
    nothing = np.zeros(len(host), np.float32)
    assert isinstance(found(tmp_path, host, nothing), Unmatched)
    assert isinstance(found(tmp_path, nothing, nothing), Unmatched)
    assert isinstance(found(tmp_path, host[:1000], host), Unmatched)
    assert isinstance(found(tmp_path, host[:0], host), Unmatched)


def test_music_that_repeats_is_not_guessed_at(tmp_path: Path) -> None:
    loop = np.tile(recorders.tune(4) + recorders.noise(4 * RATE, -45, 8), 15)
    other = recorders.later(loop, 1.0) + recorders.noise(59 * RATE, -60, 2)
    result = found(tmp_path, loop + recorders.noise(len(loop), -60, 1), other)
    assert isinstance(result, Unmatched)


def test_the_same_jingle_is_no_shared_conversation(tmp_path: Path) -> None:
    jingle = recorders.tune(20) + recorders.heard("episode-03/raw/camera.mp4")[3 * RATE : 23 * RATE] * 3
    host, guest = (np.resize(one, 320 * RATE) for one in recorders.conversation(250, bleed_db=-300))
    host, guest = host + recorders.noise(len(host), -65, 1), guest + recorders.noise(len(guest), -65, 2)
    host[RATE : 21 * RATE] += jingle
    guest[40 * RATE : 60 * RATE] += jingle
    result = found(tmp_path, host, guest)
    assert isinstance(result, Unmatched)
    assert "jingle" in result.reason


@pytest.mark.parametrize("seconds", [6, 250])
def test_one_clap_is_enough(tmp_path: Path, seconds: int) -> None:
    host, guest = recorders.conversation(seconds, bleed_db=-300)
    host, guest = recorders.clap(host, 3.0, 0.7), recorders.clap(guest, 1.3, 0.5)
    result = found(tmp_path, host + recorders.noise(len(host), -65, 1), guest + recorders.noise(len(guest), -65, 2))
    assert worst_ms(result, 1.7, 0, seconds) < 2
    assert isinstance(result, Alignment)
    assert result.moments == 1


def test_two_different_knocks_are_no_clap(tmp_path: Path) -> None:
    host, guest = recorders.conversation(60, bleed_db=-300)
    knock = recorders.clap(np.zeros(RATE, np.float32), 0, 0.6)[::-1]
    host, guest = recorders.clap(host, 3.0, 0.7), guest.copy()
    guest[20 * RATE : 21 * RATE] += knock
    assert isinstance(found(tmp_path, host + recorders.noise(len(host), -65, 1), guest), Unmatched)


def test_a_recorder_that_paused_is_not_placed_by_one_half(tmp_path: Path) -> None:
    host, guest = recorders.conversation(240, bleed_db=-20)
    guest = np.concatenate([guest[: 120 * RATE], guest[135 * RATE :]])
    result = found(tmp_path, host + recorders.noise(len(host), -60, 1), guest + recorders.noise(len(guest), -60, 2))
    assert isinstance(result, Unmatched)
    assert "paused" in result.reason


# --- where recordings are placed, and what is said


def placeable(folder: Path, name: str, sound: np.ndarray, **known) -> Placeable:
    path = recorders.write(folder / f"{name}.wav", sound)
    return Placeable(path, name, len(sound) * 1000 // RATE, known.get("given_ms"), known.get("started_ms"))


def test_the_time_code_is_refined_by_sound(tmp_path: Path) -> None:
    host, guest = recorders.conversation(60, bleed_db=-20)
    guest = recorders.later(guest, 1.7)
    first = placeable(tmp_path, "host", host, given_ms=0, started_ms=86_395_000)
    second = placeable(tmp_path, "guest", guest, started_ms=86_396_000)
    placed = place([first, second])
    assert placed[1].how == "sound"
    assert placed[1].offset_ms == pytest.approx(1700, abs=2)
    assert "1.70 s after host" in placed[1].reason
    assert placed[1].drift_ppm == 0


def test_without_a_shared_sound_the_time_code_stays_across_midnight(tmp_path: Path) -> None:
    host, guest = recorders.conversation(40, bleed_db=-300)
    placed = place(
        [
            placeable(tmp_path, "host", host, started_ms=86_390_000),
            placeable(tmp_path, "guest", guest, started_ms=5_000),
        ]
    )
    assert [(one.offset_ms, one.how) for one in placed] == [(0, "given"), (15_000, "time code")]
    assert "share no sound" in placed[1].reason


def test_a_time_code_far_from_what_is_heard_stays(tmp_path: Path) -> None:
    host, guest = recorders.conversation(60, bleed_db=-20)
    first = placeable(tmp_path, "host", host, given_ms=0, started_ms=1_000_000)
    placed = place([first, placeable(tmp_path, "guest", guest, started_ms=1_010_000)])
    assert (placed[1].offset_ms, placed[1].how) == (10_000, "time code")


def test_without_anything_the_offset_stays_and_that_is_said(tmp_path: Path) -> None:
    host, guest = recorders.conversation(40, bleed_db=-300)
    first = placeable(tmp_path, "host", host, given_ms=0, started_ms=1_000_000)
    placed = place([first, placeable(tmp_path, "guest", guest, started_ms=30_000_000)])
    assert (placed[1].offset_ms, placed[1].drift_ppm, placed[1].how) == (0, 0.0, "given")
    assert "8:03:20 apart" in placed[1].reason
    assert "stays at 0 s" in placed[1].reason


def test_the_others_follow_the_first_that_was_given(tmp_path: Path) -> None:
    host, guest = recorders.conversation(60, bleed_db=-20)
    camera = recorders.later(host + guest, 2.5) + recorders.noise(len(host) - int(2.5 * RATE), -60, 5)
    shares: list[float] = []
    placed = place(
        [
            placeable(tmp_path, "camera", camera),
            placeable(tmp_path, "host", host, given_ms=4000),
            placeable(tmp_path, "guest", guest),
        ],
        shares.append,
    )
    assert [one.offset_ms for one in placed] == pytest.approx([6500, 4000, 4000], abs=2)
    assert placed[1].how == "given"
    assert shares == sorted(shares)
    assert "together with host" in placed[2].reason


def test_given_offsets_need_no_file(tmp_path: Path) -> None:
    placed = place([Placeable(tmp_path / "no.wav", name, 1000, given) for name, given in (("a", 0), ("b", -5))])
    assert [one.offset_ms for one in placed] == [0, -5]


def test_a_picture_without_sound_is_placed_by_its_time_code_alone(tmp_path: Path) -> None:
    host, _ = recorders.conversation(20)
    first = placeable(tmp_path, "host", host, started_ms=1_000_000)
    placed = place([first, Placeable(None, "camera", 20_000, None, 1_002_000), Placeable(None, "b-roll", 20_000, None)])
    assert [(one.offset_ms, one.how) for one in placed] == [(0, "given"), (2000, "time code"), (0, "given")]
    assert "no sound" in placed[2].reason


def test_a_file_of_another_form_is_refused(tmp_path: Path) -> None:
    (tmp_path / "0.wav").write_bytes(b"RIFF")
    with pytest.raises(CastkitError, match=r"0\.wav"):
        Wave.open(tmp_path / "0.wav")


def test_the_same_recordings_give_the_same_numbers(tmp_path: Path) -> None:
    host, guest = recorders.conversation(30, bleed_db=-20)
    assert found(tmp_path, host, guest) == found(tmp_path, host, guest)
