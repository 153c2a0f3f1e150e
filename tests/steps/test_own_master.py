"""An engineer's own master in place of castkit's mix: where the recordings lie in it, and what is made of it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import bs1770
from castkit import ffmpeg
from castkit.engine.fleet_of_one import run
from castkit.engine.place import Place
from castkit.errors import CastkitError
from castkit.model.episode import Episode
from castkit.model.show import Show
from castkit.steps import edit, ingest, master, survey
from castkit.steps.context import EpisodeContext
from castkit.steps.files import load_programme
from castkit.workspace import Workspace

STEPS = (ingest.STEP, survey.STEP, edit.STEP, master.STEP)
INFO = {
    "title": "Dialogues", "description": "A show.", "author": "Us", "owner_email": "us@example.org",
    "link": "https://example.org", "categories": ["Education"], "languages": ("en",),
}  # fmt: skip
# A tone before, nine seconds cut out, and what engineers do to a voice.
MASTERING = (
    "sine=f=330:d=3:r=48000,volume=0.1[tone];[0:a]aresample=48000[host];[1:a]aresample=48000,volume=15dB[guest];"
    "[host][guest]amix=2:normalize=0,acompressor=threshold=0.1:ratio=3,"
    "equalizer=f=3000:width_type=o:w=1:g=3,asplit[a][b];[a]atrim=0:20,asetpts=PTS-STARTPTS[one];"
    "[b]atrim=29:60,asetpts=PTS-STARTPTS[two];[tone][one][two]concat=n=3:v=0:a=1[out]"
)


def episode(folder: Path, demo_raw: Path, **changes: object) -> EpisodeContext:
    paths = Workspace(folder).episode("talk")
    paths.raw.mkdir(parents=True)
    for name, codec in (("host.flac", "flac"), ("guest.m4a", "copy")):
        source = demo_raw / "episode-01/raw" / name
        ffmpeg.run(["-i", source, "-t", "60", "-c", codec, paths.raw / name], doing="cutting")
    both = ["-i", paths.raw / "host.flac", "-i", paths.raw / "guest.m4a", "-filter_complex", MASTERING]
    ffmpeg.run([*both, "-map", "[out]", paths.raw / "final.wav"], doing="mastering")
    value = {
        "guid": "9bbcf94d-32f4-4189-9b88-29010fd18b11", "title": "A talk", "summary": "It is one.", "language": "en",
        "date": "2026-09-02T09:00:00+02:00", "master": "raw/final.wav",
        "recordings": ({"path": "raw/host.flac"}, {"path": "raw/guest.m4a"}),
    }  # fmt: skip
    return EpisodeContext(
        Workspace(folder), Show.model_validate({"show": INFO}), "talk", Episode.model_validate({**value, **changes})
    )


def go(context: EpisodeContext) -> None:
    paths = context.paths
    place = Place("talk", context.workspace.root, paths.build, paths.receipts, paths.lock)
    run(STEPS, context, place, lambda _: None)


@pytest.fixture(scope="module")
def mastered(tmp_path_factory: pytest.TempPathFactory, demo_raw: Path) -> EpisodeContext:
    context = episode(tmp_path_factory.mktemp("mastered"), demo_raw)
    go(context)
    return context


def test_every_moment_of_the_recordings_is_found_in_the_master(mastered: EpisodeContext) -> None:
    programme = load_programme(mastered)
    assert programme.duration_ms == pytest.approx(3000 + 20_000 + 31_000, abs=30)
    assert programme.lead_ms == pytest.approx(3000, abs=30)
    for ms, at in ((5000, 8000), (18_000, 21_000), (33_000, 27_000), (55_000, 49_000)):
        assert programme.timeline.to_master(ms) == pytest.approx(at, abs=30)
    for removed in (21_000, 25_000, 28_000):
        assert programme.timeline.to_master(removed) is None
    (gone,) = [one for one in programme.removed if one.end_ms - one.start_ms > 1000]
    assert (gone.start_ms, gone.end_ms) == pytest.approx((20_000, 29_000), abs=50)


def test_what_is_encoded_is_that_master_at_the_target(mastered: EpisodeContext) -> None:
    sound = bs1770.decode(mastered.paths.master)
    assert bs1770.integrated(*sound) == pytest.approx(-16, abs=0.3)
    report = json.loads(mastered.paths.master_report.read_text("utf-8"))
    assert report["tracks"] == []  # nothing was cleaned, levelled or turned down
    assert report["duration_ms"] == pytest.approx(54_000, abs=50)


def test_a_master_of_something_else_is_refused_by_name(
    mastered: EpisodeContext, tmp_path: Path, demo_raw: Path
) -> None:
    context = episode(tmp_path, demo_raw, master="raw/other.mp3")
    shutil.copy(demo_raw / "episode-02/raw/interview.mp3", context.paths.raw / "other.mp3")
    with pytest.raises(CastkitError, match=r"raw/other\.mp3 is not a master of talk's recordings") as caught:
        go(context)
    assert "take master out" in caught.value.hint
    assert not context.paths.master.exists()
