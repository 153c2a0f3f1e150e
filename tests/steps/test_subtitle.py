"""The spoken language's cues: from the transcript, or exactly as a person accepted them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from worded_episode import worded

from castkit.errors import CastkitError
from castkit.subtitles.files import read_srt
from castkit.subtitles.profile import breaches, profile_for


def test_chinese_is_in_the_script_of_the_show(tmp_path: Path) -> None:
    simplified = worded(tmp_path / "a")
    simplified.go()
    text = simplified.paths.srt("zh-Hans").read_text("utf-8")
    assert "欢迎收听社会保障对话节目，\n我是主持人。" in text
    traditional = worded(tmp_path / "b", languages=("zh-Hant", "en"))
    traditional.go()
    assert "歡迎收聽社會保障對話節目，\n我是主持人。" in traditional.paths.srt("zh-Hant").read_text("utf-8")
    spoken = json.loads(traditional.paths.spoken_track.read_text("utf-8"))
    assert (spoken["language"], spoken["origin"], spoken["is_reviewed"]) == ("zh-Hant", "recognition", False)
    assert spoken["cues"] == len(read_srt(traditional.paths.srt("zh-Hant")))


def test_language_detected_by_whisper_gets_its_cues(tmp_path: Path) -> None:
    episode = worded(tmp_path, language="auto")
    episode.go()
    assert episode.tracks["spoken"] == "zh-Hans"


def test_spoken_language_outside_the_show_gets_its_cues(tmp_path: Path) -> None:
    episode = worded(tmp_path, heard="episode-03", language="en", languages=("fr", "es"))
    episode.go()
    cues = read_srt(episode.paths.srt("en"))
    assert not list(breaches(cues, profile_for("en")))
    assert [track["language"] for track in episode.tracks["tracks"]] == ["en"]


ACCEPTED = (
    "\ufeff00:00:00.500 --> 00:00:12.000\r\nThis short video, as a person would say it, explains it all.\r\n\r\n"
    "00:00:13,000 --> 00:00:13,500\r\nImagine 100 riders.\r\n"
)


def test_accepted_subtitles_win_word_for_word(tmp_path: Path) -> None:
    episode = worded(tmp_path, heard="episode-03", language="en")
    episode.accept("en", ACCEPTED)
    episode.go()
    assert episode.paths.srt("en").read_bytes() == (
        b"1\n00:00:00,500 --> 00:00:12,000\nThis short video, as a person would say it, explains it all.\n\n"
        b"2\n00:00:13,000 --> 00:00:13,500\nImagine 100 riders.\n\n"
    )
    track = episode.tracks["tracks"][0]
    assert (track["origin"], track["is_reviewed"]) == ("accepted", True)
    assert {one["rule"] for one in track["exceptions"]} == {"longest", "line-length", "shortest", "reading-speed"}
    assert {one["reason"] for one in track["exceptions"]} == {"accepted as it is"}
    assert episode.notes[0] == "en: 2 of 2 accepted cues break a limit; the report lists them"
    assert episode.paths.accepted("en").read_bytes() == ACCEPTED.encode()


def test_accepting_and_withdrawing_runs_the_step_again(tmp_path: Path) -> None:
    episode = worded(tmp_path, heard="episode-03", language="en")
    episode.go()
    generated = episode.paths.srt("en").read_bytes()
    episode.go()
    assert episode.ran == {}
    episode.accept("en", ACCEPTED)
    episode.go()
    assert set(episode.ran) == {"subtitle", "translate", "transcripts"}
    episode.paths.accepted("en").unlink()
    episode.go()
    assert episode.paths.srt("en").read_bytes() == generated


def test_unreadable_accepted_subtitles_stop_everything(tmp_path: Path) -> None:
    episode = worded(tmp_path, heard="episode-03", language="en")
    episode.accept("en", b"1\n00:00:01,000 --> 00:00:02,000\ncaf\xe9\n")
    with pytest.raises(CastkitError, match=r"talk\.en\.srt, line 3: is not in UTF-8"):
        episode.go()
    assert not episode.paths.srt("en").exists()


@pytest.mark.parametrize("broken", ["", "{", "[]", '{"language": "en"}'])
def test_broken_transcript_is_an_error_with_a_remedy(tmp_path: Path, broken: str) -> None:
    episode = worded(tmp_path)
    episode.paths.transcript.write_text(broken, "utf-8")
    with pytest.raises(CastkitError, match=r"transcript\.json is not as castkit wrote it") as caught:
        episode.go()
    assert caught.value.hint


def test_sound_without_words_has_a_track_without_cues_and_says_so(tmp_path: Path) -> None:
    episode = worded(tmp_path)
    value = json.loads(episode.paths.transcript.read_text("utf-8"))
    episode.paths.transcript.write_text(json.dumps({**value, "utterances": [], "translation": []}), "utf-8")
    episode.go()
    assert episode.notes[0].endswith("put them into episodes/talk/subtitles/talk.zh-Hans.srt")
    assert [(track["language"], track["cues"]) for track in episode.tracks["tracks"]] == [("zh-Hans", 0)]
    assert episode.tracks["missing"] == []
    assert episode.paths.srt("zh-Hans").read_bytes() == b""
    for path in (episode.paths.vtt, episode.paths.transcript_json, episode.paths.published_srt):
        assert not path("zh-Hans").exists()
    assert not episode.paths.to_translate("en").exists()
