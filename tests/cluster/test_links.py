"""Files below a folder: none of them is one to which a link leads out of the show, in a backup as on a cluster."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import built_show
from castkit.steps.backup_files import files
from castkit.storage.folder import sha256_of
from castkit.workspace import files_below

pytestmark = pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "secret.txt").write_text("the secret words", "utf-8")
    return folder


def test_a_link_out_is_passed_over_and_one_within_is_followed(tmp_path: Path, elsewhere: Path) -> None:
    root = tmp_path / "show"
    (root / "notes" / "deep").mkdir(parents=True)
    for name in ("notes/a.txt", "notes/deep/b.txt", "notes/.hidden", "notes/Thumbs.db", "notes/.c.castkit-part"):
        (root / name).write_text(name, "utf-8")
    (root / "notes" / "out.txt").symlink_to(elsewhere / "secret.txt")
    (root / "notes" / "folder").symlink_to(elsewhere)
    (root / "notes" / "round").symlink_to("round")
    (root / "notes" / "within.txt").symlink_to(root / "notes" / "a.txt")
    (root / "linked").symlink_to(elsewhere)
    found = [path.relative_to(root).as_posix() for path in files_below(root / "notes", root)]
    assert found == ["notes/a.txt", "notes/within.txt", "notes/deep/b.txt"]
    assert list(files_below(root / "notes", root, but=(root / "notes" / "deep",))) == [
        root / "notes" / "a.txt", root / "notes" / "within.txt"
    ]  # fmt: skip
    for name in ("linked", "linked/secret.txt", "notes/out.txt", "notes/none", "../elsewhere"):
        assert list(files_below(root / name, root)) == []
    assert list(files_below(root / "notes" / "a.txt", root)) == [root / "notes" / "a.txt"]


def test_a_backup_takes_nothing_from_outside(tmp_path: Path, elsewhere: Path) -> None:
    show = built_show.make_show(tmp_path / "show")
    before = [one.path for one in files(show, built_show.context(show).show, sha256_of)]
    (show.episode("talk").root / "out.txt").symlink_to(elsewhere / "secret.txt")
    show.memory.symlink_to(elsewhere)
    assert [one.path for one in files(show, built_show.context(show).show, sha256_of)] == before
