"""`castkit kit` as a person and a program see it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import built_show
from castkit import ffmpeg
from castkit.cli.app import App
from castkit.cli.kit import kit
from castkit.cli.main import COMMANDS, EXIT_SOME_FAILED
from castkit.cli.road import episode_place
from castkit.engine.place import lock
from castkit.errors import CastkitError
from castkit.kits.rules import slugs
from castkit.workspace import Workspace

LOUD = {"integrated_lufs": -16.0, "true_peak_dbtp": -1.5, "range_lu": 3.0}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """An MP3 as long as the built show says."""
    path = tmp_path_factory.mktemp("sound") / "talk.mp3"
    ffmpeg.run(["-f", "lavfi", "-i", "sine=330:r=32000", "-t", "62", "-b:a", "64k", path], doing="making a tone")
    return path.read_bytes()


@pytest.fixture
def show(tmp_path: Path, sound: bytes) -> Path:
    workspace = built_show.make_show(tmp_path / "show", more='\n[clearance]\nrequired = ["lead"]\n')
    built_show.build(workspace)
    paths = workspace.episode("talk")
    paths.audio.write_bytes(sound)
    built_show.write_json(paths.master_report, {"outputs": [{"codec": "mp3", "bitrate_kbps": 64, "measured": LOUD}]})
    return workspace.root


def run(show: Path, *arguments: str) -> Result:
    return CliRunner().invoke(kit, arguments, obj=App(show), catch_exceptions=False, standalone_mode=False)


def test_the_checklist_is_told_first_and_what_to_look_at(show: Path) -> None:
    ended = run(show, "talk", "--for", "xiaoyuzhou", "--for", "ximalaya", "--for", "xiaoyuzhou")
    kits = show / "episodes/talk/build/kits"
    assert sorted(path.name for path in kits.iterdir()) == ["xiaoyuzhou", "ximalaya"]
    lines = ended.stdout.splitlines()
    assert lines[0] == str(kits / "xiaoyuzhou/checklist.html")
    assert "checks fine" in lines[1]
    assert str(kits / "ximalaya/checklist.html") in lines
    assert "note: talk is not cleared by lead" in ended.stderr
    assert "note: talk changed since it was built" in ended.stderr
    assert "as it was; " in run(show, "talk", "--for", "ximalaya").stdout


def test_what_a_program_is_told(show: Path, tmp_path: Path) -> None:
    ended = run(show, "talk", "--for", "xiaoyuzhou", "--to", str(tmp_path / "out"), "--json")
    told = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [event["event"] for event in told if event["event"] != "progress"] == ["started", "finished", "kit"]
    made = told[-1]
    assert (made["platform"], made["is_new"], made["is_encoded"]) == ("xiaoyuzhou", True, False)
    assert Path(made["folder"]) == tmp_path / "out/xiaoyuzhou"
    assert all(Path(path).is_file() for path in made["files"])
    (title,) = [row for row in made["checks"] if row["code"] == "title"]
    assert (title["found"], title["most"], title["certainty"], title["is_met"]) == (4, 60, "house", True)


def test_the_platforms_are_listed_with_limits_and_the_rules_date(show: Path) -> None:
    listed = run(show, "--list").stdout
    for slug in slugs():
        assert slug in listed
    assert "2026-" in listed
    assert "reported" in listed
    told = [json.loads(line) for line in run(show, "--list", "--json").stdout.splitlines()]
    assert [one["platform"] for one in told] == list(slugs())
    assert all(
        {"code", "most", "least", "certainty", "source"} <= set(limit) for one in told for limit in one["limits"]
    )


def test_one_that_is_refused_does_not_keep_the_others(show: Path, sound: bytes) -> None:
    built_show.build(Workspace(show), video=True)  # whose video is none
    Workspace(show).episode("talk").audio.write_bytes(sound)
    ended = run(show, "talk", "--for", "bilibili", "--for", "ximalaya")
    assert ended.return_value == EXIT_SOME_FAILED
    assert "talk.mp4 is not sound or video that ffmpeg can read" in ended.stderr
    assert str(show / "episodes/talk/build/kits/ximalaya/checklist.html") in ended.stdout
    assert not (show / "episodes/talk/build/kits/bilibili").exists()
    with pytest.raises(CastkitError):
        run(show, "talk", "--for", "bilibili")


def test_what_is_left_out_is_a_mistake_of_grammar(show: Path) -> None:
    for wrong, said in (
        ((), "name an episode"),
        (("talk",), "bilibili, wechat-channels"),
        (("talk", "--for", "x"), "x"),
    ):
        ended = CliRunner().invoke(kit, list(wrong), obj=App(show))
        assert ended.exit_code == 2
        assert said in ended.stderr


def test_a_language_the_show_does_not_have_is_refused(show: Path) -> None:
    with pytest.raises(CastkitError, match="no texts in 'fr'") as refused:
        run(show, "talk", "--for", "xiaoyuzhou", "--language", "fr")
    assert "en, zh-Hans" in refused.value.hint
    run(show, "talk", "--for", "xiaoyuzhou", "--language", "en")
    assert (show / "episodes/talk/build/kits/xiaoyuzhou/title.txt").read_text("utf-8") == "One <talk>\n"


def test_nobody_makes_a_kit_while_it_is_built(show: Path) -> None:
    context = built_show.context(Workspace(show))
    with lock(episode_place(context)), pytest.raises(CastkitError, match="another castkit is working on talk"):
        run(show, "talk", "--for", "xiaoyuzhou")


def test_help_fits_a_terminal() -> None:
    said = CliRunner().invoke(kit, ["--help"], terminal_width=80).stdout
    assert max(map(len, said.splitlines())) <= 80
    assert "Example:" in said
    assert len(COMMANDS["kit"][1]) < 60
