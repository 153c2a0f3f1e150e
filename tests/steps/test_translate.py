"""The other languages: accepted, drafted by Whisper, converted, or left to a person, and said so."""

from __future__ import annotations

from pathlib import Path

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
    assert cues[0].text == "Welcome to the show."
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
