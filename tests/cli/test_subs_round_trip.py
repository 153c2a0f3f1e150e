"""The translators' round trip as a person and a program see it: commands, exit codes, what is told and where."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click import UsageError
from click.testing import CliRunner, Result

import built_show
from castkit import ffmpeg
from castkit.cli.app import App
from castkit.cli.subs import subs
from castkit.errors import CastkitError
from castkit.workspace import Workspace

SOURCE = (
    "1\n00:00:01,000 --> 00:00:04,000\n参保率上升到64%。\n\n2\n00:00:05,000 --> 00:00:08,000\n谢谢大家。\n\n"
    "3\n00:00:09,000 --> 00:00:12,000\n再见。\n"
)
DRAFT = (
    "1\n00:00:01,000 --> 00:00:04,000\nCoverage rose to 64%.\n\n2\n00:00:05,000 --> 00:00:08,000\nThanks to all.\n\n"
    "3\n00:00:09,000 --> 00:00:12,000\nGoodbye.\n"
)


@pytest.fixture
def show(tmp_path: Path) -> Workspace:
    workspace = built_show.make_show(tmp_path / "show")
    built_show.build(workspace)
    paths = workspace.episode("talk")
    for language, text in (("zh-Hans", SOURCE), ("en", DRAFT)):
        paths.srt(language).write_text(text, "utf-8")
    return workspace


@pytest.fixture
def out(show: Workspace, tmp_path: Path) -> Path:
    """What was handed out."""
    path = tmp_path / "for ann.srt"
    run(show, "export", "talk", "en", "--to", str(path))
    return path


def run(workspace: Workspace, *arguments: str) -> Result:
    return CliRunner().invoke(
        subs, [*arguments], obj=App(workspace.root), catch_exceptions=False, standalone_mode=False
    )


def edit(path: Path, name: str, *changes: tuple[str, str]) -> str:
    text = path.read_bytes().decode("utf-8-sig")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    target = path.with_name(name)
    target.write_bytes(text.encode("utf-16"))
    return str(target)


def test_out_to_the_usual_place_and_back_accepted(show: Workspace) -> None:
    ended = run(show, "export", "talk", "en")
    path, notes = map(Path, ended.stdout.splitlines())
    assert path == show.episode("talk").handed_out("en", "srt")
    assert "## Limits" in notes.read_text("utf-8")
    assert "handed out: 3 cues, machine (revision 1)" in ended.stderr
    ended = run(show, "import", "talk", "en", edit(path, "back.srt", ("Goodbye", "Farewell")), "--by", "Ann")
    accepted = show.episode("talk").accepted("en")
    assert ended.stdout.strip() == str(accepted)
    assert accepted.read_bytes() == DRAFT.replace("Goodbye", "Farewell").encode() + b"\n"
    assert "read: 3 cues (srt, utf-16" in ended.stderr
    assert "against what was handed out: 2 same, 1 text" in ended.stderr
    ended = run(show, "log", "talk", "en")
    rows = [line.split() for line in ended.stdout.splitlines()[1:]]
    assert [(row[2], row[3]) for row in rows][1:] == [("Ann", "received"), ("Ann", "import")]


def test_a_program_is_told_all_of_it(show: Workspace, out: Path) -> None:
    made = json.loads(run(show, "export", "talk", "en", "--to", str(out), "--json").stdout)
    assert (made["event"], made["revision"], made["cues"], made["stand"]) == ("handed-out", 1, 3, "machine")
    taken = json.loads(run(show, "import", "talk", "en", edit(out, "b.srt", ("Thanks", "Thank you")), "--json").stdout)
    assert (taken["event"], taken["changed"], taken["base"]) == ("taken", {"same": 2, "text": 1}, 1)
    (change,) = [json.loads(line) for line in run(show, "diff", "talk", "en", "--json").stdout.splitlines()]
    assert (change["kind"], change["after"][0]["text"]) == ("text", "Thank you to all.")
    lines = [json.loads(line) for line in run(show, "log", "talk", "en", "--json").stdout.splitlines()]
    assert [(one["rev"], one["what"], one["state"]) for one in lines] == [
        (1, "export", None),
        (2, "received", None),
        (3, "import", "accepted"),
    ]
    assert json.loads(run(show, "reopen", "talk", "en", "--json").stdout)["state"] == "draft"


def test_the_same_file_again_says_that_nothing_changed(show: Workspace, out: Path) -> None:
    back = edit(out, "back.srt", ("Goodbye", "Farewell"))
    run(show, "import", "talk", "en", back)
    assert "nothing changed: revision 3 stands" in run(show, "import", "talk", "en", back).stderr


def test_two_people_who_exclude_each_other_are_both_shown_with_exit_code_one(show: Workspace, out: Path) -> None:
    run(show, "import", "talk", "en", edit(out, "ann.srt", ("Goodbye", "Farewell")), "--by", "Ann")
    back = edit(out, "bob.srt", ("Goodbye", "So long"))
    ended = run(show, "import", "talk", "en", back, "--by", "Bob")
    assert ended.return_value == 1
    assert "stands:   [00:00:09] Farewell." in ended.stderr
    assert "comes in: [00:00:09] So long." in ended.stderr
    assert "--prefer incoming" in ended.stderr
    assert "Farewell" in show.episode("talk").accepted("en").read_text("utf-8")
    assert run(show, "import", "talk", "en", back, "--prefer", "incoming", "--by", "Bob").return_value == 0
    assert "So long" in show.episode("talk").accepted("en").read_text("utf-8")


def test_differences_stand_side_by_side_and_as_a_page(show: Workspace, out: Path, tmp_path: Path) -> None:
    run(show, "import", "talk", "en", edit(out, "back.srt", ("Goodbye.", "Farewell to you.")), "--by", "Ann")
    ended = run(show, "diff", "talk", "en")
    assert "Goodbye." in ended.stdout
    assert "Farewell to" in ended.stdout
    assert "by Ann" in ended.stderr
    page = tmp_path / "diff.html"
    run(show, "diff", "talk", "en", "--html", str(page))
    assert "<del>Goodbye</del>" in page.read_text("utf-8")


def test_drafts_reopening_accepting_and_restoring(show: Workspace, out: Path, tmp_path: Path) -> None:
    accepted = show.episode("talk").accepted("en")
    ended = run(show, "import", "talk", "en", edit(out, "back.srt", ("Goodbye", "Farewell")), "--draft")
    assert "kept as a draft" in ended.stderr
    assert not accepted.exists()
    run(show, "accept", "talk", "en")
    assert "Farewell" in accepted.read_text("utf-8")
    ended = run(show, "reopen", "talk", "en")
    assert "undo: castkit subs accept talk en" in ended.stderr
    assert not accepted.exists()
    run(show, "restore", "talk", "en", "4")
    assert "Farewell" in accepted.read_text("utf-8")
    received = tmp_path / "as it came.srt"
    run(show, "restore", "talk", "en", "3", "--to", str(received))
    assert received.read_bytes() == (tmp_path / "back.srt").read_bytes()
    assert "nothing to merge" in run(show, "merge", "talk", "en").stderr


def test_what_cannot_be_read_is_refused_with_place_and_remedy(show: Workspace, tmp_path: Path) -> None:
    bad = tmp_path / "bad.srt"
    bad.write_bytes(b"1\n00:00:01,000 -> 00:0x:02,000\nwords\n")
    with pytest.raises(CastkitError, match=r"bad\.srt, line 2") as error:
        run(show, "import", "talk", "en", str(bad))
    assert error.value.hint
    assert not show.episode("talk").accepted("en").exists()


def test_the_history_can_be_read_where_nothing_is_built(show: Workspace, out: Path, tmp_path: Path) -> None:
    paths = show.episode("talk")
    paths.build.rename(tmp_path / "elsewhere")
    assert "export" in run(show, "log", "talk", "en").stdout
    run(show, "restore", "talk", "en", "1", "--to", str(tmp_path / "again.srt"))
    assert (tmp_path / "again.srt").read_bytes() == out.read_bytes()
    with pytest.raises(CastkitError, match="is there already"):
        run(show, "restore", "talk", "en", "1", "--to", str(paths.toml))


def test_a_damaged_line_of_the_history_is_told(show: Workspace, out: Path) -> None:
    log = show.episode("talk").subtitle_log("en")
    log.write_bytes(log.read_bytes() + b'{"rev": 2, "wh')
    ended = run(show, "log", "talk", "en")
    assert "en.jsonl, line 2 was cut short" in ended.stderr
    assert out.exists()


def test_the_real_program_ends_with_one_and_a_hint(show: Workspace, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "castkit", "-C", str(show.root), "subs", "import", "talk", "en"]
    ended = subprocess.run(
        [*command, str(tmp_path / "none.srt")], capture_output=True, text=True, check=False, env=os.environ
    )
    assert ended.returncode == 1
    assert "none.srt: cannot be read" in ended.stderr
    assert "hint: " in ended.stderr


def test_a_translator_is_named_only_where_they_are_named_and_it_is_said(show: Workspace, out: Path) -> None:
    back = edit(out, "back.srt", ("Goodbye", "Bye"))
    taken = run(show, "import", "talk", "en", back, "--by", "maria.rossi")
    assert "translator" not in taken.stderr
    named = run(show, "accept", "talk", "en", "--translator", "Ann Lee", "--translator", "Bob Ho")
    assert "named in the feed and the notes as translator: Ann Lee, Bob Ho" in named.stderr
    (*_, last) = run(show, "log", "talk", "en", "--json").stdout.splitlines()
    assert json.loads(last)["translators"] == ["Ann Lee", "Bob Ho"]
    assert "named in" not in run(show, "accept", "talk", "en", "--translator", "").stderr
    with pytest.raises(CastkitError, match="is the one spoken"):
        run(show, "accept", "talk", "zh-Hans", "--translator", "Ann Lee")


def test_a_package_goes_out_and_comes_back_as_it_is(show: Workspace, tmp_path: Path) -> None:
    paths = show.episode("talk")
    duration_ms = json.loads(paths.programme.read_text("utf-8"))["duration_ms"]
    paths.master.parent.mkdir()
    sound = ["-f", "lavfi", "-i", f"sine=300:r=16000:d={duration_ms / 1000}", "-b:a", "32k"]
    ffmpeg.run([*sound, paths.master], doing="making a tone")
    target = tmp_path / "for ann.zip"
    ended = run(show, "export", "talk", "en", "--package", "--sound-only", "--to", str(target))
    assert ended.stdout.strip() == str(target)
    assert "handed out: 3 cues, machine (revision 1)" in ended.stderr
    assert "talk  package      done in" in ended.stderr
    events = [json.loads(line) for line in run(show, "export", "talk", "en", "--package", "--json").stdout.splitlines()]
    assert events[-1]["event"] == "handed-out"
    assert events[-1]["notes_file"] is None
    assert Path(events[-1]["file"]) == paths.handed_out("en", "zip")
    with zipfile.ZipFile(target) as archive:
        archive.extractall(tmp_path / "home")
    file = tmp_path / "home/talk.en/talk.en.srt"
    file.write_bytes(file.read_bytes().replace(b"Goodbye", b"Farewell"))
    ended = run(show, "import", "talk", "en", str(tmp_path / "home"))
    assert "against what was handed out: 2 same, 1 text" in ended.stderr
    assert b"Farewell" in paths.accepted("en").read_bytes()


@pytest.mark.parametrize("options", [("--sound-only",), ("--package", "--format", "xlsx")])
def test_options_that_do_not_go_together_are_refused(show: Workspace, options: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match="package"):
        run(show, "export", "talk", "en", *options)
