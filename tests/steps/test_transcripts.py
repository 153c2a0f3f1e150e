"""What listeners get: every track in every form, and a machine's translation called one."""

from __future__ import annotations

import json
from pathlib import Path

from worded_episode import worded

from castkit.model.transcript import Transcript
from castkit.subtitles.files import read_srt

LABEL = "[Unreviewed machine translation]"


def test_every_track_is_published_in_every_form(tmp_path: Path) -> None:
    episode = worded(tmp_path)
    episode.go()
    for language in ("en", "zh-Hans"):
        assert episode.paths.vtt(language).read_text("utf-8").startswith("WEBVTT\n\n")
        assert json.loads(episode.paths.transcript_json(language).read_text("utf-8"))["version"] == "1.0.0"
        assert len(read_srt(episode.paths.published_srt(language))) >= 36
    assert episode.paths.published_srt("zh-Hans").read_bytes() == episode.paths.srt("zh-Hans").read_bytes()


def test_a_machines_translation_is_labelled_wherever_a_listener_meets_it(tmp_path: Path) -> None:
    episode = worded(tmp_path)
    episode.go()
    paths = episode.paths
    assert LABEL not in paths.srt("en").read_text("utf-8")
    assert read_srt(paths.published_srt("en"))[0].text.startswith(LABEL)
    vtt = paths.vtt("en").read_text("utf-8")
    assert vtt.startswith(f"WEBVTT\n\nNOTE {LABEL}\n\n")
    assert vtt.count(LABEL) == 2
    segments = json.loads(paths.transcript_json("en").read_text("utf-8"))["segments"]
    assert segments[0]["body"].startswith(LABEL)
    assert read_srt(paths.bilingual_srt)[0].text.startswith(LABEL)
    for path in (paths.published_srt("zh-Hans"), paths.vtt("zh-Hans"), paths.transcript_json("zh-Hans")):
        assert "机器" not in path.read_text("utf-8")


def test_no_word_is_lost_on_the_way_to_the_listener(tmp_path: Path) -> None:
    episode = worded(tmp_path)
    episode.go()
    heard = Transcript.from_json(json.loads(episode.paths.transcript.read_text("utf-8")))
    said = "".join("".join(utterance.text for utterance in heard.translation).split())
    for cues in (read_srt(episode.paths.srt("en")), read_srt(episode.paths.published_srt("en"))):
        shown = "".join("".join(cue.text for cue in cues).split())
        assert shown.removeprefix("".join(LABEL.split())) == said
    both = "".join("".join(cue.text for cue in read_srt(episode.paths.bilingual_srt)).split())
    assert len(both) == len("".join(LABEL.split())) + sum(
        len("".join(cue.text.split())) for tag in ("en", "zh-Hans") for cue in read_srt(episode.paths.srt(tag))
    )


def test_chinese_stands_above_in_the_bilingual_file(tmp_path: Path) -> None:
    episode = worded(tmp_path)
    episode.go()
    texts = [cue.text for cue in read_srt(episode.paths.bilingual_srt)]
    assert "今天是我们的第二期节目。\nToday is the second episode of our show." in texts


def test_the_web_and_what_draws_get_both_languages_in_their_places(tmp_path: Path) -> None:
    episode = worded(tmp_path)
    episode.go()
    vtt = episode.paths.bilingual_vtt.read_text("utf-8")
    assert vtt.startswith(f"WEBVTT\n\nNOTE {LABEL}\n\n")
    assert "line:-2\n<lang zh-Hans>今天是我们的第二期节目。</lang>" in vtt
    assert "line:-1\n<lang en>Today is the second episode of our show.</lang>" in vtt
    styles = [line for line in episode.paths.bilingual_ass.read_text("utf-8").splitlines() if line[:6] == "Style:"]
    assert [style.split(",")[1] for style in styles] == ["Noto Sans CJK SC", "Arial"]


def test_speakers_have_their_names_in_each_language(tmp_path: Path) -> None:
    episode = worded(tmp_path, heard="episode-03", language="en")
    episode.accept("zh-Hans", "1\n00:00:01,000 --> 00:00:03,000\n这段短片\n\n2\n00:01:11,000 --> 00:01:12,000\n完\n\n")
    episode.go()
    assert "<v Presenter>This short video" in episode.paths.vtt("en").read_text("utf-8")
    segments = json.loads(episode.paths.transcript_json("zh-Hans").read_text("utf-8"))["segments"]
    assert [segment.get("speaker") for segment in segments] == ["主讲人", None]
    assert "Presenter" not in episode.paths.srt("en").read_text("utf-8")


def test_one_language_alone_has_no_bilingual_file(tmp_path: Path) -> None:
    episode = worded(tmp_path, heard="episode-03", language="en")
    episode.go()
    assert not episode.paths.bilingual_srt.exists()
    assert not episode.paths.vtt("zh-Hans").exists()


def test_a_hand_edit_in_the_build_folder_is_what_listeners_get(tmp_path: Path) -> None:
    episode = worded(tmp_path)
    episode.go()
    path = episode.paths.srt("en")
    path.write_text(path.read_text("utf-8").replace("Welcome to the show.", "Welcome, everybody."), "utf-8")
    episode.go()
    assert "Welcome, everybody." in episode.paths.published_srt("en").read_text("utf-8")
    assert "Welcome, everybody." in episode.paths.vtt("en").read_text("utf-8")
    assert LABEL in episode.paths.vtt("en").read_text("utf-8")


def test_the_same_again_gives_the_same_bytes(tmp_path: Path) -> None:
    built = []
    for name in ("a", "b"):
        episode = worded(tmp_path / name)
        episode.go()
        build = episode.paths.build
        skipped = {".digests.json", ".lock", "receipts.json"}
        built.append(
            {p.name: p.read_bytes() for p in sorted(build.rglob("*")) if p.is_file() and p.name not in skipped}
        )
    assert built[0] == built[1]
