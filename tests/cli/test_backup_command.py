"""`castkit backup` and `castkit restore` as a person and a program use them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from built_show import build, make_show
from castkit.cli.main import cli
from castkit.errors import CastkitError
from castkit.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = make_show(tmp_path / "show")
    build(made)
    return made


def castkit(folder: Path, *arguments: str) -> Result:
    ended = CliRunner().invoke(cli, ["-C", str(folder), *arguments])
    if isinstance(ended.exception, CastkitError):
        raise ended.exception
    return ended


def test_what_is_said(workspace: Workspace) -> None:
    first = castkit(workspace.root, "backup", "--to", "../backup").output
    assert first.startswith("backed up: revision ")
    assert "not in it: 1 file, 4 bytes of recordings, which are large (--recordings keeps them too)" in first
    assert "nothing changed since: revision" in castkit(workspace.root, "backup", "--to", "../backup").output
    listed = castkit(workspace.root, "backup", "--to", "../backup", "--list").output
    assert "without 1" in listed
    assert len(listed.splitlines()) == 2
    assert "is whole" in castkit(workspace.root, "backup", "--to", "../backup", "--verify").output


def test_a_place_is_asked_for(workspace: Workspace) -> None:
    with pytest.raises(CastkitError, match="no place") as caught:
        castkit(workspace.root, "backup")
    assert "[backup]" in caught.value.hint
    with pytest.raises(CastkitError, match="cannot be the place"):
        castkit(workspace.root, "backup", "--to", "inside")
    assert castkit(workspace.root, "backup", "--list", "--verify").exit_code == 2
    assert castkit(workspace.root, "backup", "--to", "../x", "--revision", "1").exit_code == 2


def test_a_folder_counts_from_where_one_is(workspace: Workspace) -> None:
    castkit(workspace.episodes, "backup", "--to", "../../here")
    assert (workspace.root.parent / "here/revisions").is_dir()
    castkit(workspace.episodes, "restore", "../../here", "../../back")
    assert (workspace.root.parent / "back/castkit.toml").is_file()


def test_revisions_are_kept_as_the_settings_say(workspace: Workspace) -> None:
    with workspace.toml.open("a", encoding="utf-8") as file:
        file.write('\n[backup]\nto = "../backup"\nkeep = 2\nrecordings = true\n')
    for number in range(4):
        workspace.glossary.write_text(f"# {number}\n", "utf-8")
        said = [json.loads(line) for line in castkit(workspace.root, "backup", "--json").output.splitlines()]
    assert [one["event"] for one in said] == ["backup", "tidied"]
    assert "recording" not in said[0]["left_out"]
    rows = castkit(workspace.root, "backup", "--list", "--json").output.splitlines()
    assert len(rows) == 2
    assert json.loads(rows[-1])["revision"] == said[0]["revision"]


def test_damage_ends_with_1(workspace: Workspace) -> None:
    castkit(workspace.root, "backup", "--to", "../backup")
    for path in (workspace.root.parent / "backup/objects").rglob("*"):
        if path.is_file() and path.stat().st_size > 100_000:
            path.write_bytes(b"rot")
            break
    else:
        next(path for path in (workspace.root.parent / "backup/objects").rglob("*") if path.is_file()).unlink()
    ended = CliRunner().invoke(
        cli, ["-C", str(workspace.root), "backup", "--to", "../backup", "--verify"], standalone_mode=False
    )
    assert ended.return_value == 1
    assert "damaged" in ended.output


def test_restore_from_the_show_s_own_backup(workspace: Workspace) -> None:
    """Without a source: what is missing in a clone comes from the place that castkit.toml names."""
    with workspace.toml.open("a", encoding="utf-8") as file:
        file.write('\n[backup]\nto = "../backup"\n')
    castkit(workspace.root, "backup")
    workspace.episode("talk").programme.unlink()
    workspace.glossary.write_text("# newer\n", "utf-8")
    said = json.loads(castkit(workspace.root, "restore", ".", "--into-existing", "--json").output)
    assert (said["written"], said["fetched"], said["differing"]) == (1, 0, [])
    assert workspace.episode("talk").programme.is_file()
    assert workspace.glossary.read_text("utf-8") == "# newer\n"


def test_restore_s_arguments(tmp_path: Path) -> None:
    assert castkit(tmp_path, "restore").exit_code == 2
    assert castkit(tmp_path, "restore", "a", "b", "c").exit_code == 2
    assert castkit(tmp_path, "restore", "a", "b", "--preset", "nothing").exit_code == 2
    with pytest.raises(CastkitError, match="there is no backup"):
        castkit(tmp_path, "restore", "nothing", "b")
    assert not (tmp_path / "b").exists()
