"""The other languages: accepted, drafted by Whisper, converted, or left to a person, and said so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from worded_episode import worded

from castkit.subtitles.files import read_srt

CHINESE = "1\n00:00:00,500 --> 00:00:03,000\n这段短片说明互助基金如何运作。\n\n"


def test_whispers_english_is_a_track_of_its_own(tmp_path: Path) -> None:
    episode = worded(tmp_path)
    episode.go()
    english, chinese = episode.tracks["tracks"]
    assert (english["language"], english["origin"], english["is_reviewed"]) == ("en", "machine-translation", False)
    assert (chinese["language"], chinese["origin"]) == ("zh-Hans", "recognition")
    assert episode.tracks["missing"] == []
    cues = read_srt(episode.paths.srt("en"))
    assert len(cues) == english["cues"] > 30
    assert cues[0].text.startswith("Welcome to the show.")
    listed = {(one["index"], one["rule"]) for one in english["exceptions"]}
    for index, cue in enumerate(cues, start=1):
        assert 834 <= cue.duration_ms <= 7000
        assert len(cue.text) <= cue.duration_ms * 20 / 1000 or (index, "reading-speed") in listed


def test_what_nobody_here_can_translate_leaves_a_file_for_a_person(tmp_path: Path) -> None:
    episode = worded(tmp_path, heard="episode-03", language="en")
    episode.go()
    assert not episode.paths.srt("zh-Hans").exists()
    assert read_srt(episode.paths.to_translate("zh-Hans")) == read_srt(episode.paths.srt("en"))
    (missing,) = episode.tracks["missing"]
    assert missing == {
        "language": "zh-Hans",
        "why": "English → Chinese (Simplified): no translator here",
        "file": "episodes/talk/build/talk.zh-Hans.to-translate.srt",
        "save_as": "episodes/talk/subtitles/talk.zh-Hans.srt",
    }
    (note,) = episode.notes
    assert all(part in note for part in (missing["why"], missing["file"], missing["save_as"]))


def test_a_persons_translation_closes_the_gap(tmp_path: Path) -> None:
    episode = worded(tmp_path, heard="episode-03", language="en")
    episode.go()
    episode.accept("zh-Hans", CHINESE)
    episode.go()
    assert episode.ran["translate"].startswith("inputs changed")
    assert "subtitle" not in episode.ran
    assert episode.paths.srt("zh-Hans").read_text("utf-8") == CHINESE
    assert episode.tracks["missing"] == []
    assert episode.tracks["tracks"][1]["origin"] == "accepted"


def test_accepted_english_wins_over_whispers(tmp_path: Path) -> None:
    episode = worded(tmp_path)
    episode.accept("en", "1\n00:00:01,000 --> 00:00:03,000\nWelcome to the programme.\n\n")
    episode.go()
    assert episode.tracks["tracks"][0]["origin"] == "accepted"
    assert [cue.text for cue in read_srt(episode.paths.srt("en"))] == ["Welcome to the programme."]


def test_the_other_script_is_converted(tmp_path: Path) -> None:
    episode = worded(tmp_path, languages=("zh-Hans", "zh-Hant"))
    episode.go()
    assert [track["origin"] for track in episode.tracks["tracks"]] == ["recognition", "script-conversion"]
    simplified, traditional = (read_srt(episode.paths.srt(tag)) for tag in ("zh-Hans", "zh-Hant"))
    assert [(cue.start_ms, cue.end_ms) for cue in simplified] == [(cue.start_ms, cue.end_ms) for cue in traditional]
    assert "欢迎收听" in simplified[0].text
    assert "歡迎收聽" in traditional[0].text


def test_the_other_script_of_an_accepted_translation_is_converted(tmp_path: Path) -> None:
    episode = worded(tmp_path, heard="episode-03", language="en", languages=("en", "zh-Hans", "zh-Hant"))
    episode.accept("zh-Hans", CHINESE)
    episode.go()
    assert read_srt(episode.paths.srt("zh-Hant"))[0].text == "這段短片說明互助基金如何運作。"
    assert episode.tracks["missing"] == []


def test_translators_get_a_persons_edit_of_the_cues(tmp_path: Path) -> None:
    episode = worded(tmp_path, heard="episode-03", language="en")
    episode.go()
    edited = episode.paths.srt("en").read_text("utf-8").replace("This short video", "This brief film")
    episode.paths.srt("en").write_text(edited, "utf-8")
    episode.go()
    assert "This brief film" in episode.paths.to_translate("zh-Hans").read_text("utf-8")
    assert "This brief film" in episode.paths.vtt("en").read_text("utf-8")


def test_words_that_went_away_take_their_transcripts_along(tmp_path: Path) -> None:
    episode = worded(tmp_path)
    episode.go()
    value = json.loads(episode.paths.transcript.read_text("utf-8"))
    episode.paths.transcript.write_text(json.dumps({**value, "utterances": [], "translation": []}), "utf-8")
    episode.accept("en", "1\n00:00:01,000 --> 00:00:03,000\n(music)\n\n")
    episode.go()
    assert episode.paths.vtt("en").exists()
    assert not episode.paths.vtt("zh-Hans").exists()
    assert not episode.paths.bilingual_srt.exists()


@pytest.mark.parametrize(
    ("name", "remark"),
    [
        ("talk.zh.srt", "did you mean talk.zh-Hans.srt?"),
        ("zh-hans.srt", "did you mean talk.zh-Hans.srt?"),
        ("talk.Chinese.SRT", "did you mean talk.zh-Hans.srt?"),
        ("walk.en.srt", "did you mean talk.en.srt?"),
        ("talk_zh-Hans.srt", "did you mean talk.zh-Hans.srt?"),
        ("talk.zh-Hans.to-translate.srt", "did you mean talk.zh-Hans.srt?"),
        ("talk.fr.srt", "it has en, zh-Hans"),
        ("1.srt", "it has en, zh-Hans"),
    ],
)
def test_subtitles_of_no_language_are_noted(tmp_path: Path, name: str, remark: str) -> None:
    episode = worded(tmp_path, heard="episode-03", language="en")
    episode.go()
    lost = episode.paths.accepted("en").with_name(name)
    lost.parent.mkdir()
    lost.write_text(CHINESE, "utf-8")
    episode.go()
    assert episode.ran == {"translate": "settings changed: unclaimed_subtitles"}
    assert f"subtitles/{name} belongs to no language of this episode; {remark}" in episode.notes
    lost.unlink()
    episode.go()
    assert not any("belongs to no language" in note for note in episode.notes)


def test_no_name_is_proposed_that_is_taken_and_what_is_in_use_is_not_noted(tmp_path: Path) -> None:
    episode = worded(tmp_path, heard="episode-03", language="en")
    episode.accept("zh-Hans", CHINESE)
    episode.accept("zh", CHINESE)
    episode.paths.accepted("en").with_name("._talk.en.srt").write_bytes(b"\0")  # as macOS leaves them
    episode.paths.accepted("en").with_name("read me.txt").write_text("ours", "utf-8")
    episode.go()
    assert [note for note in episode.notes if "belongs" in note] == [
        "subtitles/talk.zh.srt belongs to no language of this episode; it has en, zh-Hans"
    ]


def test_the_spoken_language_outside_the_show_claims_its_subtitles(tmp_path: Path) -> None:
    episode = worded(tmp_path, heard="episode-03", language="en", languages=("fr",))
    episode.accept("en", "1\n00:00:01,000 --> 00:00:03,000\nWelcome.\n\n")
    episode.go()
    assert not any("belongs to no language" in note for note in episode.notes)


@pytest.mark.parametrize("broken", ["", "{", "[]", "{}"])
def test_a_damaged_track_of_the_spoken_language_is_made_again(tmp_path: Path, broken: str) -> None:
    episode = worded(tmp_path)
    episode.go()
    before = episode.paths.spoken_track.read_bytes()
    episode.paths.spoken_track.write_text(broken, "utf-8")
    episode.go()
    assert episode.ran["subtitle"] == "output changed: spoken.json"
    assert episode.paths.spoken_track.read_bytes() == before
    episode.paths.spoken_track.unlink()
    episode.go()
    assert episode.ran["subtitle"] == "output missing: spoken.json"
