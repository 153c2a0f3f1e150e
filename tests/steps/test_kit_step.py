"""Kits of two episodes that were really built: looked into by ffprobe, made again, changed by hand, refused."""

from __future__ import annotations

import html
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import small_episode
from PIL import Image

import sounds
import stills
from castkit import ffmpeg
from castkit.errors import CastkitError
from castkit.kits.rules import Limit, Platform, platform, slugs
from castkit.steps.context import EpisodeContext
from castkit.steps.kit import Made, make_kit
from castkit.subtitles.files import read_srt
from castkit.workspace import Workspace

LOW = (0.0, 0.55, 1.0, 0.98)
BELOW_THE_WAVE = (0.0, 0.65, 1.0, 0.98)
MIDDLE_MS = 1600
SAID: dict[str, Any] = {
    "title": {"en": "Who pays when a rider falls ill?", "zh-Hans": "骑手生病了谁来承担费用？"},
    "summary": {"en": "A short one.", "zh-Hans": "一段短片。"},
    "keywords": ["riders", "骑手"],
}


def made_ready(make: Callable[[Path], EpisodeContext], root: Path) -> EpisodeContext:
    context = sounds.changed(make(root), **SAID)
    small_episode.accept_chinese(context)
    small_episode.build(context)
    return context


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> EpisodeContext:
    return made_ready(small_episode.seen, tmp_path_factory.mktemp("seen"))


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> EpisodeContext:
    return made_ready(small_episode.heard, tmp_path_factory.mktemp("heard"))


@pytest.fixture(scope="module")
def film(seen: EpisodeContext) -> dict[str, Made]:
    """The kits of what has a picture, for every platform."""
    return {name: kit(seen, platform(name)) for name in slugs()}


@pytest.fixture(scope="module")
def talk(heard: EpisodeContext) -> dict[str, Made]:
    """The kits of what is only heard; what platforms of video get of it is drawn."""
    return {name: kit(heard, platform(name)) for name in slugs()}


@pytest.fixture
def again(film: dict[str, Made], seen: EpisodeContext, tmp_path: Path) -> EpisodeContext:
    """A copy of the episode with a picture, kits included, to change."""
    root = Path(shutil.copytree(seen.workspace.root, tmp_path / "show"))
    return replace(seen, workspace=Workspace(root))


def kit(context: EpisodeContext, one: Platform, folder: Path | None = None, language: str = "") -> Made:
    return make_kit(context, one, lambda _: None, folder=folder, language=language)


def within(one: Platform, code: str, **bounds: float) -> Platform:
    """The platform with other bounds for one limit."""
    limits = tuple(replace(limit, **bounds) if limit.code == code else limit for limit in one.limits)  # type: ignore[arg-type]
    return replace(one, limits=limits)


def names(made: Made) -> set[str]:
    return {path.name for path in made.files}


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def notes(made: Made) -> list[str]:
    return [note.code for note in made.notes]


def text(made: Made, name: str) -> str:
    return (made.folder / name).read_text("utf-8")


@pytest.mark.parametrize("slug", slugs())
def test_a_kit_is_whole_and_within_every_limit(film: dict[str, Made], talk: dict[str, Made], slug: str) -> None:
    for made in (film[slug], talk[slug]):
        one = made.platform
        assert made.folder.name == slug
        assert made.files[0].name == "checklist.html"
        assert all(path.is_file() and path.stat().st_size for path in made.files)
        assert {path.name for path in made.folder.iterdir()} == names(made) | {"kit.json"}
        assert {f"checklist.{language}.md" for language in one.checklist} <= names(made)
        assert all(checked.is_met for checked in made.checked if checked.limit.level == "error")
        assert {limit.code for limit in one.limits} <= {checked.limit.code for checked in made.checked}
        for rule in one.covers:
            path = made.folder / f"{rule.name}.jpg"
            with Image.open(path) as cover:
                assert (cover.format, cover.size, cover.mode) == ("JPEG", (rule.width, rule.height), "RGB")
            assert path.stat().st_size <= rule.most_bytes


@pytest.mark.parametrize("slug", slugs())
def test_sound_and_picture_are_as_the_rules_have_them(film: dict[str, Made], talk: dict[str, Made], slug: str) -> None:
    for made in (film[slug], talk[slug]):
        one = made.platform
        (media,) = [path for path in made.files if path.suffix in (".mp4", ".mp3")]
        found = ffmpeg.probe(media)
        assert found.duration_ms == pytest.approx(4000, abs=100)
        if one.video is None:
            assert (media.suffix, found.audio[0].codec, found.video) == (".mp3", "mp3", None)
            assert found.tags["title"] == SAID["title"]["en"]
            continue
        assert found.video is not None
        assert found.video.codec in one.video.codecs
        assert found.video.pixel_format in one.video.pixel_formats
        assert found.audio[0].codec in one.video.audio_codecs
        assert found.video.fps <= 60


def test_what_fits_is_the_same_file_and_the_rest_is_made(film: dict[str, Made], seen: EpisodeContext) -> None:
    paths = seen.paths
    for name, source in (("youtube", paths.video), ("bilibili", paths.video), ("xiaoyuzhou", paths.audio)):
        assert not film[name].is_encoded
        assert (film[name].folder / source.name).read_bytes() == source.read_bytes()
        assert not (film[name].folder / source.name).samefile(source), (
            "a tool that writes into it changes the kit alone"
        )
    assert film["wechat-channels"].is_encoded


def test_captions_are_drawn_where_they_cannot_be_uploaded(film: dict[str, Made], talk: dict[str, Made]) -> None:
    def shown(made: Made) -> Image.Image:
        return stills.still(next(path for path in made.files if path.suffix == ".mp4"), MIDDLE_MS)

    image = shown(film["wechat-channels"])
    assert image.size == (320, 180)
    assert len(stills.text_rows(image, LOW)) == 2, "Chinese above, English below"
    image = shown(talk["wechat-channels"])
    assert image.size == (720, 1280), "cover and wave, upright for a telephone"
    assert stills.has_text(image, BELOW_THE_WAVE)
    for name in ("youtube", "bilibili"):
        image = shown(talk[name])
        assert image.size == (1280, 720)
        assert not stills.has_text(image, BELOW_THE_WAVE), "they get captions as files"
        assert not stills.has_text(shown(film[name]), LOW)


def test_captions_are_files_where_they_can_be_uploaded(film: dict[str, Made], seen: EpisodeContext) -> None:
    youtube, bilibili = film["youtube"].folder, film["bilibili"].folder
    for language, theirs in (("en", "en-US"), ("zh-Hans", "zh-CN")):
        cues = read_srt(seen.paths.published_srt(language))
        assert read_srt(youtube / f"{seen.slug}.{language}.srt") == cues
        assert read_srt(bilibili / f"{seen.slug}.{theirs}.srt") == cues
        bcc = json.loads((bilibili / f"{seen.slug}.{theirs}.json").read_text("utf-8"))
        assert [(line["from"], line["to"], line["content"]) for line in bcc["body"]] == [
            (cue.start_ms / 1000, cue.end_ms / 1000, cue.text) for cue in cues
        ]
    for name in ("xiaoyuzhou", "ximalaya", "wechat-channels"):
        assert not [one for one in names(film[name]) if one.endswith(".srt")]


def test_texts_and_checklist_are_in_the_platforms_language(film: dict[str, Made]) -> None:
    for name in ("bilibili", "xiaoyuzhou", "ximalaya"):
        assert text(film[name], "title.txt") == SAID["title"]["zh-Hans"] + "\n"
    for name in set(slugs()) - {"youtube"}:
        page = text(film[name], "checklist.html")
        assert '<html lang="zh-Hans">' in page
        assert "操作步骤" in page
        assert "What to do" in text(film[name], "checklist.en.html")
        assert "操作步骤" in text(film[name], "checklist.zh-Hans.md")
    assert text(film["youtube"], "title.txt") == SAID["title"]["en"] + "\n"
    assert '<html lang="en">' in text(film["youtube"], "checklist.html")
    assert text(film["wechat-channels"], "short-title.txt") == "骑手生病了谁来承担费用\n"
    assert text(film["wechat-channels"], "description.txt").endswith("#骑手 #riders\n")


def test_a_page_is_self_contained_and_runs_nothing_of_others(film: dict[str, Made]) -> None:
    page = html.unescape(text(film["xiaoyuzhou"], "checklist.html"))
    assert "default-src 'none'" in page
    assert " src=" not in page
    assert "<link" not in page


def test_the_second_run_changes_not_a_byte_and_encodes_nothing(again: EpisodeContext, film: dict[str, Made]) -> None:
    for name in ("wechat-channels", "ximalaya"):
        folder = again.paths.kits / name
        made = kit(again, platform(name))
        assert (made.is_new, made.is_encoded, made.aside) == (False, False, None)
        assert bytes_of(folder) == bytes_of(film[name].folder)
    shutil.rmtree(again.paths.kits)
    fresh = kit(again, platform("wechat-channels"))
    assert fresh.is_encoded
    assert bytes_of(fresh.folder) == bytes_of(film["wechat-channels"].folder), "the same bytes made anew"


def test_a_new_title_encodes_nothing_new(again: EpisodeContext) -> None:
    made = kit(sounds.changed(again, title={"en": "Who?", "zh-Hans": "谁来付钱呢？"}), platform("wechat-channels"))
    assert (made.is_new, made.is_encoded) == (True, False)
    assert text(made, "description.txt").startswith("谁来付钱呢？")


def test_a_kit_that_a_person_changed_is_set_aside(again: EpisodeContext) -> None:
    folder = again.paths.kits / "xiaoyuzhou"
    (folder / "shownotes.txt").write_text("Mine.\n", "utf-8")
    made = kit(again, platform("xiaoyuzhou"))
    assert made.aside == folder.with_name("xiaoyuzhou.edited-1")
    assert (made.aside / "shownotes.txt").read_text("utf-8") == "Mine.\n"
    assert text(made, "shownotes.txt") != "Mine.\n"
    assert not [path for path in folder.parent.iterdir() if path.name.startswith(".")]


def test_one_that_a_file_manager_showed_is_not_changed(again: EpisodeContext) -> None:
    (again.paths.kits / "xiaoyuzhou/.DS_Store").write_bytes(b"left")
    assert not kit(again, platform("xiaoyuzhou")).is_new


def test_it_goes_where_it_is_asked_to_and_nowhere_else(again: EpisodeContext, tmp_path: Path) -> None:
    made = kit(again, platform("ximalaya"), tmp_path / "out")
    assert made.folder == tmp_path / "out" / "ximalaya"
    theirs = tmp_path / "mine" / "ximalaya"
    theirs.mkdir(parents=True)
    (theirs / "thesis.txt").write_text("years of work", "utf-8")
    with pytest.raises(CastkitError, match="is no kit") as refused:
        kit(again, platform("ximalaya"), tmp_path / "mine")
    assert "--to" in refused.value.hint
    assert (theirs / "thesis.txt").read_text("utf-8") == "years of work"
    with pytest.raises(CastkitError, match="no place for a kit"):
        kit(again, platform("ximalaya"), again.paths.raw)


def test_what_the_platform_would_refuse_stops_the_kit(again: EpisodeContext, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(CastkitError, match=r"bilibili would refuse talk: length: 00:00:04, at most 00:00:02") as long:
        kit(again, within(platform("bilibili"), "length", most=2), out)
    assert "castkit clip" in long.value.hint
    assert not out.exists(), "refused before anything is made"
    large = Limit("large", "size", 1000, None, "bytes", "error", "house", "")
    one = platform("xiaoyuzhou")
    with pytest.raises(CastkitError, match=r"file size: [\d.]+ kB, at most 1 kB"):
        kit(again, replace(one, limits=(*one.limits, large)), out)
    assert list(out.iterdir()) == []


def test_what_is_too_long_for_some_is_a_warning(again: EpisodeContext) -> None:
    made = kit(again, within(platform("ximalaya"), "title", most=3))
    assert ("warning", "title: 12 characters, at most 3 characters") in list(made.problems("en"))
    assert "标题：12 字" in text(made, "checklist.html")


def test_sound_that_is_not_as_loud_as_wanted_is_made_anew(again: EpisodeContext) -> None:
    one = within(within(platform("ximalaya"), "loudness", most=-19.0), "loudness-fewest", least=-21.0)
    assert one.audio is not None
    made = kit(again, replace(one, audio=replace(one.audio, loudness=-20.0)))
    assert made.is_encoded
    (found,) = [row.found for row in made.checked if row.limit.code == "loudness"]
    assert found == pytest.approx(-20, abs=0.5)
    assert ffmpeg.probe(made.folder / "talk.mp3").tags["title"] == SAID["title"]["en"]


def test_missing_chinese_is_said_and_what_there_is_stands_marked(again: EpisodeContext) -> None:
    made = kit(sounds.changed(again, title={"en": "Who?"}, summary={"en": "Short."}), platform("xiaoyuzhou"))
    assert text(made, "title.txt") == "Who?\n"
    (note,) = [note for note in made.notes if note.code == "language-missing"]
    assert note.values["fields"] == "title summary"
    assert "没有中文（简体）的内容：标题、摘要" in text(made, "checklist.html")


def test_traditional_chinese_is_read_in_simplified_where_that_is_read(again: EpisodeContext) -> None:
    changed = sounds.changed(again, title={"zh-Hant": "騎手生病了誰來承擔？"}, summary={"zh-Hant": "一段短片。"})
    made = kit(changed, platform("xiaoyuzhou"))
    assert text(made, "title.txt") == "骑手生病了谁来承担？\n"
    assert "script-converted" in notes(made)


def test_a_machines_captions_are_declared(again: EpisodeContext) -> None:
    value = json.loads(again.paths.tracks.read_text("utf-8"))
    value["tracks"][1]["origin"] = "machine-translation"
    again.paths.tracks.write_text(json.dumps(value), "utf-8")
    made = kit(again, platform("bilibili"))
    assert "captions-unread" in notes(made)
    assert "中文（简体）字幕：机器翻译，未经审校。" in text(made, "description.txt")
    sound = kit(again, platform("xiaoyuzhou"))
    assert "机器翻译，未经审校" not in text(sound, "shownotes.txt"), "no captions go along"


def test_another_language_may_be_asked_for(again: EpisodeContext) -> None:
    made = kit(again, platform("xiaoyuzhou"), language="en")
    assert text(made, "title.txt") == SAID["title"]["en"] + "\n"
    assert "操作步骤" in text(made, "checklist.html")


def test_rules_of_another_year_are_told(again: EpisodeContext) -> None:
    one = platform("ximalaya")
    later = date(one.checked.year + 2, 1, 1)
    assert "outdated" in notes(make_kit(again, one, lambda _: None, today=later))
    assert "outdated" not in notes(make_kit(again, one, lambda _: None, today=one.checked))


def test_an_episode_that_is_not_built_or_was_edited_since_is_refused(again: EpisodeContext) -> None:
    paths = again.paths
    value = json.loads(paths.programme.read_text("utf-8"))
    value["duration_ms"] += 5000
    paths.programme.write_text(json.dumps(value), "utf-8")
    with pytest.raises(CastkitError, match="edited since it was mastered"):
        kit(again, platform("ximalaya"))
    paths.video.unlink()
    with pytest.raises(CastkitError, match=r"not built yet: talk\.mp4") as refused:
        kit(again, platform("bilibili"))
    assert "castkit build talk" in refused.value.hint
