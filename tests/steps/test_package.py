"""Step "package" on a short clip of the video-cast, behind the real steps before it; files read back by other tools."""

from __future__ import annotations

import base64
import io
import json
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pytest
from mutagen.flac import Picture
from mutagen.id3 import ID3
from mutagen.mp4 import MP4
from mutagen.oggopus import OggOpus
from PIL import Image

import sounds
from castkit.audio.listen import measure
from castkit.engine.events import Event
from castkit.engine.fleet_of_one import run
from castkit.engine.place import Place, lock
from castkit.engine.stage import Job, Stage
from castkit.errors import CastkitError
from castkit.ffmpeg import find_tools
from castkit.model.episode import Episode
from castkit.model.show import Show
from castkit.model.transcript import Transcript, Utterance, Word
from castkit.steps import (
    edit,
    ingest,
    master,
    notes,
    package,
    pages,
    proofread,
    subtitle,
    survey,
    transcripts,
    translate,
)
from castkit.steps.context import EpisodeContext
from castkit.steps.files import load_programme, write_json
from castkit.steps.publication import publication
from castkit.steps.published_files import transcript_paths
from castkit.workspace import Workspace

ROOT = Path(__file__).parent.parent.parent
SLUG = "clip"
WORDS = "This short video explains how a pooled fund pays for sickness benefits.".split()
EPISODE = """
guid = "5b8f3b7e-0f3c-4a55-9d9b-1f1f0f4a8a01"
title = { en = "One hundred riders", zh-Hans = "一百名骑手" }
summary = { en = "How a pooled fund works.", zh-Hans = "统筹基金如何运作。" }
language = "en"
date = 2026-09-30T23:30:00+08:00
season = 2
number = 7
people = ["presenter"]
recordings = [{ path = "raw/camera.mp4", speaker = "presenter", offset_ms = 250 }]

[[chapters]]
start = "00:00"
title = { en = "Start", zh-Hans = "开场" }

[[chapters]]
start = "00:06.5"
title = { en = "One hundred riders", zh-Hans = "一百名骑手" }
"""
ACCEPTED = "1\n00:00:02,900 --> 00:00:07,400\n本片讲解统筹基金如何支付疾病津贴。\n"


def _recognise(context: EpisodeContext, job: Job) -> None:
    """The words of the clip, which lie between 0.88 s and 5.46 s of the recording; no model is needed for this test."""
    start = 250 + 880
    step = 4580 // len(WORDS)
    words = tuple(Word(start + n * step, start + (n + 1) * step, f" {w}", 0.9, None) for n, w in enumerate(WORDS))
    heard = (Utterance(words),)
    chinese = context.episode.language == "zh"
    duration_ms = load_programme(context).recorded_ms
    spoken = (Utterance((Word(start, start + 3000, "这是一个短片。", 0.9),)),)
    found = (
        Transcript("zh", "-", "-", duration_ms, spoken, heard)
        if chinese
        else Transcript("en", "-", "-", duration_ms, heard)
    )
    job.output(context.paths.transcript).write_text(json.dumps(found.to_json()), "utf-8")


TRANSCRIBE = Stage[EpisodeContext](
    name="transcribe",
    version=1,
    after=("edit",),
    reads=lambda context: [context.paths.survey],
    writes=lambda context: [context.paths.transcript],
    settings=lambda context: context.episode.language,
    run=_recognise,
)
ROAD = (
    ingest.STEP,
    survey.STEP,
    edit.STEP,
    master.STEP,
    TRANSCRIBE,
    proofread.STEP,
    subtitle.STEP,
    translate.STEP,
    transcripts.STEP,
    package.STEP,
)


def context_of(root: Path, change: Callable[[dict[str, Any]], object] = lambda _: None) -> EpisodeContext:
    workspace = Workspace(root)
    show = Show.model_validate(tomllib.loads(workspace.toml.read_text("utf-8")))
    value = tomllib.loads(workspace.episode(SLUG).toml.read_text("utf-8"))
    change(value)
    return EpisodeContext(workspace, show, SLUG, Episode.model_validate(value))


def packaged(context: EpisodeContext) -> list[Event]:
    paths, told = context.paths, list[Event]()
    place = Place(SLUG, context.workspace.root, paths.build, paths.receipts, paths.lock)
    with lock(place):
        run(ROAD, context, place, told.append)
    return told


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, demo_raw: Path) -> EpisodeContext:
    """A workspace like the demonstration's, with one episode of nine seconds, taken down the road once."""
    root = tmp_path_factory.mktemp("show")
    for name in ("castkit.toml", "cover.png"):
        shutil.copy(ROOT / name, root / name)
    shutil.copytree(ROOT / "assets", root / "assets")
    paths = Workspace(root).episode(SLUG)
    paths.raw.mkdir(parents=True)
    cut = [find_tools().ffmpeg, "-v", "error", "-t", "9", "-i", demo_raw / "episode-03/raw/camera.mp4", "-c", "copy"]
    subprocess.run([*cut, str(paths.raw / "camera.mp4")], check=True)
    paths.toml.write_text(EPISODE, "utf-8")
    paths.accepted("zh-Hans").parent.mkdir()
    paths.accepted("zh-Hans").write_text(ACCEPTED, "utf-8")
    context = context_of(root)
    packaged(context)
    return context


@pytest.fixture
def again(built: EpisodeContext, tmp_path: Path) -> Path:
    """A copy of the built workspace to change."""
    return Path(shutil.copytree(built.workspace.root, tmp_path / "show"))


def ffprobe(path: Path) -> dict[str, Any]:
    ask = [find_tools().ffprobe, "-v", "error", "-show_format", "-show_chapters", "-show_streams", "-of", "json", path]
    value: dict[str, Any] = json.loads(subprocess.run(ask, check=True, capture_output=True).stdout)
    return value


def chapters_of(path: Path) -> list[tuple[int, str]]:
    return [(round(float(c["start_time"]) * 1000), c["tags"]["title"]) for c in ffprobe(path)["chapters"]]


LEAD_MS = 2000  # the intro of 2.5 s less the crossfade
MARKS = [(0, "Start"), (LEAD_MS + 6500, "One hundred riders")]


def test_mp3_carries_what_people_wrote(built: EpisodeContext) -> None:
    found = ID3(built.paths.audio)
    assert {key: str(found[key]) for key in ("TIT2", "TALB", "TRCK", "TPOS", "TLAN", "TCON", "TDRC")} == {
        "TIT2": "One hundred riders",
        "TALB": "Social Protection Dialogues",
        "TRCK": "7",
        "TPOS": "2",
        "TLAN": "eng",
        "TCON": "Podcast",
        "TDRC": "2026-09-30",
    }
    assert found["WCOP"].url == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert str(found["COMM::eng"]) == "How a pooled fund works."
    assert chapters_of(built.paths.audio) == MARKS


def test_mp3_carries_a_small_cover(built: EpisodeContext) -> None:
    data = ID3(built.paths.audio)["APIC:"].data
    picture = Image.open(io.BytesIO(data))
    assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (1400, 1400))
    assert len(data) < 300_000


def test_mp3_carries_the_words_in_every_language(built: EpisodeContext) -> None:
    found = {one.lang: one.text for one in ID3(built.paths.audio).getall("USLT")}
    assert found["zho"] == "本片讲解统筹基金如何支付疾病津贴。"
    assert found["eng"].split() == WORDS


def test_mp3_sounds_like_the_master(built: EpisodeContext) -> None:
    sound = [
        subprocess.run(
            [find_tools().ffmpeg, "-v", "error", "-i", path, "-map", "0:a", "-f", "md5", "-"],
            check=True,
            capture_output=True,
        ).stdout
        for path in (built.paths.audio, built.paths.master)
    ]
    assert sound[0] == sound[1]


def test_mp4_streams_names_and_chapters(built: EpisodeContext) -> None:
    found = ffprobe(built.paths.video)
    streams = [
        one for one in found["streams"] if one["codec_type"] != "data" and not one["disposition"]["attached_pic"]
    ]
    assert [(s["codec_name"], s["tags"]["language"], s["disposition"]["default"]) for s in streams] == [
        ("h264", "und", 1),
        ("aac", "eng", 1),
        ("mov_text", "eng", 1),
        ("mov_text", "zho", 0),
    ]
    names = [stream["tags"]["handler_name"] for stream in streams[2:]]
    assert names == ["English (machine transcript, not reviewed)", "中文（简体）"] or names[1].startswith("简体中文")
    assert chapters_of(built.paths.video) == MARKS
    assert found["format"]["tags"]["title"] == "One hundred riders"
    head = built.paths.video.read_bytes()
    assert head.index(b"moov") < head.index(b"mdat")


def test_mp4_sound_is_as_loud_as_promised_and_in_time(built: EpisodeContext) -> None:
    heard = measure(built.paths.video, 12_000).loudness
    assert heard.integrated_lufs == pytest.approx(-16, abs=0.3)
    assert heard.true_peak_dbtp <= -1.0
    durations = [float(stream["duration"]) for stream in ffprobe(built.paths.video)["streams"][:2]]
    # The picture stands still under the intro and the outro.
    assert durations == pytest.approx([load_programme(built).duration_ms / 1000] * 2, abs=0.05)
    assert ffprobe(built.paths.video)["streams"][0]["start_time"] == "0.000000"


def test_mp4_carries_the_cover(built: EpisodeContext) -> None:
    cover = ffprobe(built.paths.video)["streams"][-1]
    assert (cover["codec_name"], cover["disposition"]["attached_pic"]) == ("mjpeg", 1)
    assert (cover["width"], cover["height"]) == (1400, 1400)


def test_m4a_and_opus_carry_the_same_tags_chapters_and_cover(again: Path) -> None:
    context = sounds.changed(context_of(again), audio={"formats": ["m4a", "opus"]})
    packaged(context)
    paths = context.paths
    m4a, opus = MP4(paths.audio_in("m4a")), OggOpus(paths.audio_in("opus"))
    assert (m4a["\xa9nam"], m4a["\xa9alb"], m4a["trkn"][0][0]) == (
        ["One hundred riders"],
        ["Social Protection Dialogues"],
        7,
    )
    assert (opus["title"], opus["album"], opus["date"]) == (
        ["One hundred riders"],
        ["Social Protection Dialogues"],
        ["2026-09-30"],
    )
    pictures = [m4a["covr"][0], Picture(base64.b64decode(opus["metadata_block_picture"][0])).data]
    assert [Image.open(io.BytesIO(data)).size for data in pictures] == [(1400, 1400)] * 2
    for path in (paths.audio, paths.audio_in("m4a"), paths.audio_in("opus"), paths.video):
        starts, titles = zip(*chapters_of(path), strict=True)
        assert starts == pytest.approx([start for start, _ in MARKS], abs=50)
        assert titles == tuple(title for _, title in MARKS)
        heard = measure(path, 14_000).loudness
        assert heard.integrated_lufs == pytest.approx(-16, abs=0.3)
        assert heard.true_peak_dbtp <= -1.0
        assert float(ffprobe(path)["format"]["duration"]) == pytest.approx(
            load_programme(context).duration_ms / 1000, abs=0.05
        )
    head = paths.audio_in("m4a").read_bytes()
    assert head.index(b"moov") < head.index(b"mdat")
    packaged(sounds.changed(context, audio={"formats": ["mp3"]}))
    assert not paths.audio_in("m4a").exists()
    assert not paths.audio_in("opus").exists()


def test_what_is_cut_is_cut_from_the_picture_too(again: Path) -> None:
    """Red for three seconds, green for two, blue for the rest; the green is cut out."""
    context = context_of(again)
    raw = context.paths.raw / "camera.mp4"
    sound = sounds.speech(again.parent / "sound.wav", seconds=9)
    colours = [
        part
        for name, seconds in (("red", 3), ("lime", 2), ("blue", 4))
        for part in ("-f", "lavfi", "-i", f"color={name}:size=320x180:rate=25:duration={seconds}")
    ]
    joined = ["-filter_complex", "[0][1][2]concat=n=3:v=1:a=0[v]", "-map", "[v]", "-map", "3:a", "-pix_fmt", "yuv420p"]
    sounds.ffmpeg.run([*colours, "-i", sound, *joined, "-y", raw], doing="making a picture")
    context = sounds.changed(context, cut=[["00:03.25", "00:05.25"]], chapters=[])
    packaged(context)
    report = json.loads(context.paths.report.read_text("utf-8"))
    assert report["video"]["picture"]["why_encoded"] == ["parts of it are cut out"]
    assert report["duration_ms"] == pytest.approx(load_programme(context).duration_ms, abs=60)
    with av.open(str(context.paths.video)) as film:
        seen = [(float(frame.time), _colour(frame)) for frame in film.decode(film.streams.video[0])]
    assert {colour for _, colour in seen} == {"red", "blue"}
    assert min(at for at, colour in seen if colour == "blue") == pytest.approx(LEAD_MS / 1000 + 3.25, abs=0.05)
    assert seen[-1][0] == pytest.approx(load_programme(context).duration_ms / 1000, abs=0.1)


def _colour(frame: av.VideoFrame) -> str:
    """The strongest of the three colours, by the mean of all pixels."""
    means = frame.to_ndarray(format="rgb24").reshape(-1, 3).mean(axis=0)
    return ("red", "lime", "blue")[int(means.argmax())]


def test_chapters_for_podcast_apps(built: EpisodeContext) -> None:
    for language, titles in (("en", ["Start", "One hundred riders"]), ("zh-Hans", ["开场", "一百名骑手"])):
        value = json.loads(built.paths.chapters_json(language).read_text("utf-8"))
        assert value["version"] == "1.2.0"
        assert [(round(c["startTime"] * 1000), c["title"]) for c in value["chapters"]] == [
            (start, title) for (start, _), title in zip(MARKS, titles, strict=True)
        ]


def test_report_says_what_was_measured_and_what_nobody_read(built: EpisodeContext) -> None:
    report = json.loads(built.paths.report.read_text("utf-8"))
    assert report["loudness"]["integrated_lufs"] == pytest.approx(-16, abs=0.5)
    assert [one["codec"] for one in report["master"]["outputs"]] == ["mp3", "m4a"]
    assert report["master"]["outputs"][1]["measured"]["integrated_lufs"] == pytest.approx(-16, abs=0.3)
    assert report["video"]["picture"] == {"codec": "h264", "is_copied": True, "why_encoded": []}
    assert {track["language"]: track["is_reviewed"] for track in report["subtitles"]} == {"en": False, "zh-Hans": True}
    assert any("no person has read" in note for note in report["notes"])
    assert report["duration_ms"] == pytest.approx(load_programme(built).duration_ms, abs=60)


def test_nothing_else_is_left_in_the_folder(built: EpisodeContext) -> None:
    assert not list(built.paths.build.rglob(".part-*"))


def test_the_same_input_gives_the_same_bytes(built: EpisodeContext, again: Path) -> None:
    files = [*package.STEP.writes(built)]
    there = [again / path.relative_to(built.workspace.root) for path in files]
    for path in there:
        path.unlink()
    packaged(context_of(again))
    assert [path.read_bytes() for path in there] == [path.read_bytes() for path in files]


def test_a_second_run_does_nothing_and_a_new_title_runs_only_this_step(again: Path) -> None:
    def started(told: list[Event]) -> list[str]:
        return [event.step for event in told if type(event).__name__ == "Started"]

    assert started(packaged(context_of(again))) == []
    assert started(packaged(context_of(again, lambda value: value["title"].update(en="Another")))) == ["package"]


def test_without_chapters_there_are_none(again: Path) -> None:
    context = context_of(again, lambda value: value.pop("chapters"))
    packaged(context)
    assert chapters_of(context.paths.audio) == chapters_of(context.paths.video) == []
    assert not context.paths.chapters_json("en").exists()


def test_a_chapter_beyond_the_end_is_named_and_nothing_changes(again: Path) -> None:
    late = {"start": "00:59", "title": {"en": "Too late", "zh-Hans": "太晚"}}
    context = context_of(again, lambda value: value["chapters"].append(late))
    before = context.paths.audio.read_bytes()
    with pytest.raises(CastkitError, match="“Too late” starts at 00:00:59") as caught:
        packaged(context)
    assert "episode.toml" in caught.value.hint
    assert context.paths.audio.read_bytes() == before


def test_a_missing_or_broken_cover_is_named(again: Path) -> None:
    context = context_of(again)
    (again / "cover.png").write_bytes(b"GIF89a no picture")
    with pytest.raises(CastkitError, match=r"cover\.png cannot be read"):
        packaged(context)
    (again / "cover.png").unlink()
    with pytest.raises(CastkitError, match=r"cover\.png does not exist"):
        packaged(context)


HOSTILE = "= ; # \\ 'x' \"y\" <b>&amp;</b> 🎙️ 𠮷 %s\u2028{0} \\"


def test_hostile_titles_come_through_whole(again: Path) -> None:
    def change(value: dict[str, Any]) -> None:
        value["title"] = {"en": HOSTILE, "zh-Hans": HOSTILE}
        value["chapters"][0]["title"] = HOSTILE

    context = context_of(again, change)
    packaged(context)
    expected = HOSTILE.replace("\u2028", " ")
    assert str(ID3(context.paths.audio)["TIT2"]) == expected
    for path in (context.paths.audio, context.paths.video):
        assert ffprobe(path)["format"]["tags"]["title"].rstrip() == expected
        assert [title.rstrip() for _, title in chapters_of(path)] == [expected, MARKS[1][1]]


def test_machine_translation_is_called_so_in_lyrics_and_track_name(again: Path) -> None:
    context = context_of(again, lambda value: value.update(language="zh"))
    context.paths.accepted("zh-Hans").unlink()
    shutil.rmtree(context.paths.build)
    packaged(context)
    found = ID3(context.paths.audio)
    lyrics = {one.lang: one.text for one in found.getall("USLT")}
    assert str(found["TLAN"]) == "zho"
    assert lyrics["eng"].splitlines()[0] == "[Unreviewed machine translation]"
    assert lyrics["zho"] == "这是一个短片。"
    names = [stream["tags"]["handler_name"] for stream in ffprobe(context.paths.video)["streams"][2:4]]
    assert names[0] == "English (unreviewed machine translation)"


def test_without_a_picture_there_is_no_video(again: Path) -> None:
    context = context_of(again, lambda value: value["recordings"][0].update(path="raw/sound.flac"))
    raw = context.paths.raw
    extract = [find_tools().ffmpeg, "-v", "error", "-i", str(raw / "camera.mp4"), "-vn", str(raw / "sound.flac")]
    subprocess.run(extract, check=True)
    packaged(context)
    assert json.loads(context.paths.report.read_text("utf-8"))["video"] is None
    assert not context.paths.video.exists()


SILENT = Stage[EpisodeContext](
    name="transcribe",
    version=1,
    after=("edit",),
    reads=lambda context: [context.paths.survey],
    writes=lambda context: [context.paths.transcript],
    settings=lambda context: None,
    run=lambda context, job: write_json(
        job.output(context.paths.transcript), Transcript("en", "-", "-", 5000, ()).to_json()
    ),
)


def test_a_trailer_without_a_word_is_built_and_published(again: Path) -> None:
    """A picture with a tone of five seconds, in a show of two languages."""
    context = context_of(again, lambda value: value.update(chapters=[], description="A tone."))
    paths = context.paths
    shutil.rmtree(paths.build)
    paths.accepted("zh-Hans").unlink()
    make = [
        str(find_tools().ffmpeg),
        "-v",
        "error",
        "-y",
        "-f",
        "lavfi",
        "-i",
        "testsrc=size=320x180:rate=10",
        "-f",
        "lavfi",
    ]
    make += ["-i", "sine=frequency=330:sample_rate=48000", "-t", "5", "-pix_fmt", "yuv420p"]
    subprocess.run([*make, str(paths.raw / "camera.mp4")], check=True)
    road = [SILENT if step.name == "transcribe" else step for step in ROAD]
    place = Place(SLUG, again, paths.build, paths.receipts, paths.lock)
    run([*road, notes.STEP, pages.STEP], context, place, lambda event: None)
    for language in ("en", "zh-Hans"):
        assert not any(path.exists() for path in transcript_paths(context, language))
        assert "## Transcripts" not in paths.notes_markdown(language).read_text("utf-8")
    assert not paths.bilingual_srt.exists()
    assert not ID3(paths.audio).getall("USLT")
    assert [stream["codec_name"] for stream in ffprobe(paths.video)["streams"]] == ["h264", "aac", "mjpeg"]  # the cover
    assert json.loads(paths.report.read_text("utf-8"))["subtitles"] == []
    published = publication(context, lambda key: f"https://example.org/{key}").published
    assert published.transcripts == ()
    assert published.audio.length == paths.audio.stat().st_size


@pytest.mark.parametrize(
    ("name", "text"),
    [("master/report.json", "{"), ("subtitles.json", "{}"), ("ingest.json", "[]"), ("subtitles.json", "null")],
)
def test_a_damaged_file_of_a_step_before_is_made_again(again: Path, name: str, text: str) -> None:
    context = context_of(again, lambda value: value.update(title="Another"))
    path = context.paths.build / name
    before = path.read_bytes()
    path.write_text(text, "utf-8")
    packaged(context)
    assert path.read_bytes() == before
    assert path.with_name(f"{path.name}.edited-1").read_text("utf-8") == text
