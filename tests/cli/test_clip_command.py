"""`castkit clip` as a person and a program see it."""

from __future__ import annotations

import json
import shutil
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import clip_show
from castkit.cli.app import App
from castkit.cli.clip import clip
from castkit.cli.road import episode_place
from castkit.engine.place import lock
from castkit.errors import CastkitError
from castkit.workspace import Workspace


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = clip_show.start(tmp_path_factory.mktemp("clips") / "show")
    clip_show.build(clip_show.context_of(workspace, clip_show.TALK))
    return workspace


@pytest.fixture
def show(built: Workspace, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built.root, tmp_path / "show"))


def run(show: Path, *arguments: str) -> Result:
    return CliRunner().invoke(clip, arguments, obj=App(show), catch_exceptions=False, standalone_mode=False)


def test_its_files_are_told_and_notes_go_to_stderr(show: Path) -> None:
    ended = run(show, "talk", "00:14.140", "0:20.42", "--title", "  Who\tpays? ")
    clips = show / "episodes/talk/build/clips"
    names = ["mp4", *(f"{language}.{kind}" for language in ("en", "zh-Hans") for kind in ("srt", "vtt"))]
    assert ended.stdout.splitlines() == [str(clips / f"talk-000014.140-000020.420.{name}") for name in names]
    assert all(Path(line).is_file() for line in ended.stdout.splitlines())
    assert sorted(path.name for path in clips.iterdir()) == sorted(f"talk-000014.140-000020.420.{n}" for n in names)
    assert "note: the clip lasts 6.3 s" in ended.stderr
    (listed,) = tomllib.loads((show / "episodes/talk/episode.toml").read_text("utf-8"))["soundbites"]
    assert listed == {"start": "00:00:12.140", "end": "00:00:18.420", "title": "Who pays?"}


def test_what_a_program_is_told(show: Path) -> None:
    ended = run(show, "talk", "3", "00:00:05", "--json", "--no-list", "--no-snap", "--burn", "en", "--shape", "9:16")
    told = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [event["event"] for event in told if event["event"] != "progress"] == ["started", "finished", "clipped"]
    made = told[-1]
    assert Path(made["file"]).name == "talk-000003-000005-9x16-en.mp4"
    assert (made["start_ms"], made["end_ms"], made["soundbite"], made["notes"]) == (3000, 5000, None, [])
    assert made["measured"]["integrated_lufs"] == pytest.approx(-16, abs=0.3)
    assert made["measured"]["true_peak_dbtp"] <= -1
    assert ended.stderr == ""


def test_what_is_no_time_or_shape_is_a_mistake_of_grammar(show: Path) -> None:
    for wrong in (("soon", "00:20"), ("00:10", "00:75"), ("00:10", "00:20", "--shape", "round")):
        ended = CliRunner().invoke(clip, ["talk", *wrong], obj=App(show))
        assert ended.exit_code == 2
        assert "Invalid value" in ended.stderr


def test_an_episode_that_is_not_built_is_named(show: Path) -> None:
    with pytest.raises(CastkitError, match="not built yet") as refused:
        run(show, "film", "00:03", "00:06")
    assert "castkit build" in refused.value.hint


def test_nobody_clips_while_it_is_built(show: Path) -> None:
    context = clip_show.context_of(Workspace(show), "talk")
    with lock(episode_place(context)), pytest.raises(CastkitError, match="another castkit is working on talk"):
        run(show, "talk", "00:03", "00:06")
