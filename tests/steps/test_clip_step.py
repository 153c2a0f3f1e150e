"""Clips out of two episodes that were really built: looked at, listened to, listed, and never half there."""

from __future__ import annotations

import json
import shutil
import tomllib
from pathlib import Path

import pytest

import bs1770
import clip_show
import stills
from castkit import ffmpeg
from castkit.audio import encode
from castkit.errors import CastkitError
from castkit.model.published import Published
from castkit.steps import publication, upload
from castkit.steps.clip import Made, make_clip
from castkit.steps.clip_plan import Asked
from castkit.steps.context import EpisodeContext
from castkit.steps.soundbite import listing_of
from castkit.subtitles.files import read_srt
from castkit.workspace import Workspace

LOW = (0.0, 0.6, 1.0, 0.98)  # where captions stand, above the line that grows
FILM, TALK = clip_show.FILM, clip_show.TALK


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = clip_show.start(tmp_path_factory.mktemp("clips") / "show")
    for slug in clip_show.EPISODES:
        clip_show.build(clip_show.context_of(workspace, slug))
    return workspace


@pytest.fixture
def again(built: Workspace, tmp_path: Path) -> Workspace:
    """A copy of the built workspace to change."""
    return Workspace(Path(shutil.copytree(built.root, tmp_path / "show")))


def cut(workspace: Workspace, slug: str, asked: Asked) -> Made:
    return make_clip(clip_show.context_of(workspace, slug), asked, lambda _: None)


def assert_on_target(path: Path) -> None:
    samples, rate = bs1770.decode(path)
    assert bs1770.integrated(samples, rate) == pytest.approx(-16, abs=0.3)
    assert bs1770.true_peak(samples, rate) <= -1.0


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def test_a_clip_of_a_video_with_captions_in_two_languages(again: Workspace) -> None:
    made = cut(again, FILM, Asked(9250, 17_390, burn="bilingual", title="One hundred riders"))
    assert made.video == again.episode(FILM).clips / "film-000009.250-000017.390-bilingual.mp4"
    found = ffmpeg.probe(made.video)
    assert found.video is not None
    assert (found.video.width, found.video.height, found.video.fps) == (1280, 720, 25)
    assert found.video.duration_ms == pytest.approx(made.clip.duration_ms, abs=50)
    assert found.audio[0].duration_ms == pytest.approx(made.clip.duration_ms, abs=50)
    assert found.tags["title"] == "One hundred riders"
    assert_on_target(made.video)
    image = stills.still(made.video, 2000)
    assert not stills.is_black(image)
    upper, lower = stills.text_rows(image, LOW)
    assert len(set(stills.glyphs(image, (0.0, upper[0] - 0.004, 1.0, upper[1] + 0.004)))) >= 5, "Chinese as boxes"
    assert lower[0] > upper[1]
    whole = stills.still(again.episode(FILM).video, made.clip.start_ms + 2000)
    assert stills.difference(image, whole, (0.0, 0.0, 1.0, 0.6)) < 3, "another moment of the picture"


def test_ends_that_cut_a_word_move_to_its_edge(again: Workspace) -> None:
    # "Today" lies from 12.14 to 12.34 s of the recording, "ill." from 18.08 to 18.42 s; the intro adds 2 s.
    made = cut(again, TALK, Asked(14_200, 20_300, is_listed=False))
    assert (made.clip.start_ms, made.clip.end_ms) == (14_140, 20_420)
    assert "00:00:14.140 to 00:00:20.420" in made.notes[0]
    exact = cut(again, TALK, Asked(14_200, 15_300, is_snapped=False, is_listed=False))
    assert (exact.clip.start_ms, exact.clip.end_ms) == (14_200, 15_300)
    assert exact.notes == ()


def test_a_clip_of_what_is_only_heard_has_cover_wave_and_captions(again: Workspace) -> None:
    made = cut(again, TALK, Asked(14_140, 20_420, shape="1:1"))
    found = ffmpeg.probe(made.video)
    assert found.video is not None
    assert (found.video.width, found.video.height) == (1080, 1080)
    assert_on_target(made.video)
    image = stills.still(made.video, 1500)
    assert len(stills.text_rows(image, LOW)) == 3, "one line of Chinese, two of English"
    without = cut(again, TALK, Asked(14_140, 16_000, shape="1:1", burn="none", is_snapped=False))
    assert not stills.has_text(stills.still(without.video, 1500), LOW)
    assert without.video != made.video


def test_captions_lie_beside_it_on_its_own_clock(again: Workspace) -> None:
    made = cut(again, FILM, Asked(9250, 17_390))
    assert not stills.has_text(stills.still(made.video, 2000), LOW), "nothing is drawn unless it is asked for"
    assert [path.name for path in made.captions] == [
        f"film-000009.250-000017.390.{language}.{kind}" for language in ("en", "zh-Hans") for kind in ("srt", "vtt")
    ]
    english, chinese = (read_srt(path) for path in made.captions[::2])
    assert english[0].text.startswith("Imagine 100")
    whole = read_srt(again.episode(FILM).srt("en"))
    (original,) = (cue for cue in whole if cue.text == english[0].text)
    assert english[0].start_ms == max(0, original.start_ms - made.clip.start_ms)
    assert [(cue.start_ms, cue.text) for cue in chinese] == [(10_000 - made.clip.start_ms, "设想有一百名骑手")]
    assert english[-1].end_ms <= made.clip.duration_ms
    assert made.captions[1].read_text("utf-8").startswith("WEBVTT\n\n")


def test_a_machines_translation_is_labelled_in_the_clip_too(again: Workspace) -> None:
    tracks = again.episode(TALK).tracks
    value = json.loads(tracks.read_text("utf-8"))
    value["tracks"][1]["origin"] = "machine-translation"
    tracks.write_text(json.dumps(value), "utf-8")
    made = cut(again, TALK, Asked(14_140, 20_420, burn="none"))
    assert read_srt(made.captions[2])[0].text.startswith("【")


def test_the_same_clip_has_the_same_bytes(again: Workspace) -> None:
    for slug in clip_show.EPISODES:
        asked = Asked(14_200, 15_300, burn="bilingual", is_snapped=False, is_listed=False)
        first = cut(again, slug, asked).video.read_bytes()
        assert cut(again, slug, asked).video.read_bytes() == first


def test_it_goes_where_it_is_asked_to_and_nowhere_else(again: Workspace, tmp_path: Path) -> None:
    made = cut(again, TALK, Asked(3000, 5000, target=tmp_path / "new" / "bite.MP4", burn="en", is_listed=False))
    beside = [f"bite.{language}.{kind}" for language in ("en", "zh-Hans") for kind in ("srt", "vtt")]
    assert files(tmp_path / "new") == ["bite.MP4", *beside]
    assert made.video == tmp_path / "new" / "bite.MP4"
    raw = again.episode(FILM).raw / "camera.mp4"
    before = raw.read_bytes()
    for wrong in (raw, again.episode(TALK).root / "x.mp4", tmp_path / "bite.mov"):
        with pytest.raises(CastkitError):
            cut(again, TALK, Asked(3000, 5000, target=wrong))
    assert raw.read_bytes() == before


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (Asked(9000, 5000), "shorter than a second"),
        (Asked(5000, 5500), "shorter than a second"),
        (Asked(20_000, 90_000), "00:01:30, but the episode at 00:00:2"),
        (Asked(3000, 6000, burn="fr"), "no subtitles in fr"),
        (Asked(3000, 6000, burn="../x"), "no subtitles in"),
        (Asked(3000, 6000, title="x" * 129), "129 characters"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(built: Workspace, asked: Asked, says: str) -> None:
    text = built.episode(TALK).toml.read_bytes()
    with pytest.raises(CastkitError, match=says) as refused:
        cut(built, TALK, asked)
    assert refused.value.hint
    assert files(built.episode(TALK).clips) == []
    assert built.episode(TALK).toml.read_bytes() == text


def test_an_episode_that_is_not_built_says_so(again: Workspace) -> None:
    paths = again.episode(FILM)
    paths.video.unlink()
    with pytest.raises(CastkitError, match=r"film is not built yet: film\.mp4 is missing") as refused:
        cut(again, FILM, Asked(3000, 6000))
    assert refused.value.hint == "castkit build film"
    shutil.rmtree(paths.build)
    with pytest.raises(CastkitError, match="not built yet"):
        cut(again, FILM, Asked(3000, 6000))


def test_silence_is_refused_by_name(again: Workspace) -> None:
    paths = again.episode(TALK)
    length = ffmpeg.probe(paths.master).duration_ms / 1000
    ffmpeg.run(["-f", "lavfi", "-i", f"anullsrc=r=48000:cl=mono:d={length}", "-b:a", "64k", paths.master])
    with pytest.raises(CastkitError, match="nothing is heard from 00:00:03 to 00:00:06"):
        cut(again, TALK, Asked(3000, 6000, is_snapped=False))
    assert files(paths.clips) == []


def test_a_failure_on_the_way_leaves_nothing(again: Workspace) -> None:
    context = clip_show.context_of(again, TALK)
    before = context.paths.toml.read_bytes()
    (again.root / "cover.png").write_bytes(b"no picture")
    with pytest.raises(CastkitError, match="cannot be read as a picture"):
        make_clip(context, Asked(3000, 6000), lambda _: None)
    assert files(context.paths.clips) == []
    assert context.paths.toml.read_bytes() == before


def test_a_quiet_passage_is_not_raised_to_the_ceiling(again: Workspace) -> None:
    paths = again.episode(TALK)
    quiet = paths.build / "quiet.mp3"
    ffmpeg.run(["-i", paths.master, "-af", "volume=-30dB", "-b:a", "128k", quiet])
    quiet.replace(paths.master)
    made = cut(again, TALK, Asked(3000, 8000, is_listed=False))
    assert made.measured.integrated_lufs == pytest.approx(-34, abs=1.5)
    assert any("LUFS" in note for note in made.notes)
    assert encode.is_on_target(encode.Target(made.measured.integrated_lufs, -1.0), made.measured)


def test_the_soundbite_is_listed_once_and_nothing_else_changes(again: Workspace) -> None:
    toml = again.episode(TALK).toml
    before = toml.read_text("utf-8")
    made = cut(again, TALK, Asked(14_140, 16_000, title='He said "no"', is_snapped=False))
    after = toml.read_text("utf-8")
    assert after.startswith(before.rstrip("\n"))
    assert tomllib.loads(after)["soundbites"] == [{"start": "00:00:12.140", "end": "00:00:14", "title": 'He said "no"'}]
    assert made.listed["start"] == "00:00:12.140", "on the recordings' clock: two seconds of intro come before it"
    second = cut(again, TALK, Asked(14_140, 16_000, is_snapped=False))
    assert any("already" in note for note in second.notes)
    intro = cut(again, TALK, Asked(0, 2200, is_snapped=False))
    assert any("intro" in note for note in intro.notes)
    assert toml.read_text("utf-8") == after
    enlist(again, Asked(2500, 5000))
    assert len(tomllib.loads(toml.read_text("utf-8"))["soundbites"]) == 2


def enlist(workspace: Workspace, asked: Asked) -> None:
    listing_of(clip_show.context_of(workspace, TALK), asked.start_ms, asked.end_ms, title=asked.title).write()


def test_a_file_that_changed_meanwhile_is_not_written_over(again: Workspace) -> None:
    context = clip_show.context_of(again, TALK)
    listing = listing_of(context, 3000, 6000, title="")
    edited = context.paths.toml.read_text("utf-8") + "# a remark\n"
    context.paths.toml.write_text(edited, "utf-8")
    with pytest.raises(CastkitError, match="changed meanwhile"):
        listing.write()
    assert context.paths.toml.read_text("utf-8") == edited


def published(context: EpisodeContext) -> Published:
    for language in context.show.languages:
        context.paths.notes_markdown(language).write_text("# Notes\n", "utf-8")
        context.paths.notes_html(language).write_text("<p>Notes</p>\n", "utf-8")
    return publication.publication(context, lambda key: f"https://example.org/{key}").published


def test_it_is_published_on_the_masters_clock_and_moves_with_the_edit(again: Workspace) -> None:
    enlist(again, Asked(14_140, 20_420, title="Who pays?"))
    enlist(again, Asked(3000, 6000))
    context = clip_show.context_of(again, TALK)
    assert [(one.start_ms, one.duration_ms, one.title.in_("en")) for one in published(context).soundbites] == [
        (3000, 3000, ""),
        (14_140, 6280, "Who pays?"),
    ]
    assert list(publication.soundbites_cut_out(context)) == []
    text = context.paths.toml.read_text("utf-8").replace("people =", 'cut = [["00:00", "00:10"]]\npeople =')
    context.paths.toml.write_text(text, "utf-8")
    context = clip_show.context_of(again, TALK)
    clip_show.build(context)
    (left,) = published(context).soundbites
    assert left.start_ms == pytest.approx(4140, abs=1)
    assert left.duration_ms == 6280
    (note,) = publication.soundbites_cut_out(context)
    assert "00:00:01 to 00:00:04 of the recordings" in note


def test_the_upload_hears_of_a_new_soundbite(again: Workspace) -> None:
    before = upload.settings(clip_show.context_of(again, TALK))
    enlist(again, Asked(3000, 6000))
    assert upload.settings(clip_show.context_of(again, TALK)) != before


def test_an_edit_that_was_not_built_is_told(again: Workspace) -> None:
    paths = again.episode(TALK)
    value = json.loads(paths.programme.read_text("utf-8"))
    value["duration_ms"] += 5000
    paths.programme.write_text(json.dumps(value), "utf-8")
    with pytest.raises(CastkitError, match="edited since it was mastered"):
        cut(again, TALK, Asked(3000, 6000))
