"""A folder taken back from a backup: whole, never outside of it, never over what is there; and up to date then."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from built_show import build, context, make_show
from castkit.config import load_show
from castkit.engine import away
from castkit.engine.fleet_of_one import run
from castkit.engine.place import Place
from castkit.errors import CastkitError
from castkit.model.backup import AbsentFile, KeptFile, Revision
from castkit.model.show import StoreSettings
from castkit.steps import backup_place, upload
from castkit.steps.backup import backup
from castkit.steps.restore import Wish, restore
from castkit.storage.folder import FolderStore
from castkit.workspace import Workspace

EXISTING = Wish(into_existing=True)
SOUND = b"sound " * 300_000


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = make_show(tmp_path / "show", store='path = "../public"')
    build(made)
    made.episode("talk").audio.write_bytes(SOUND)
    return made


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "backup", base_url="")


@pytest.fixture
def back(tmp_path: Path) -> Path:
    return tmp_path / "back"


def keep(workspace: Workspace) -> None:
    backup(workspace, load_show(workspace), StoreSettings(path="../backup"))


def publish(workspace: Workspace) -> None:
    """The episode's last step alone, with the real engine."""
    given = context(workspace)
    paths = given.paths
    run((upload.STEP,), given, place_of(workspace), lambda _event: None)
    assert paths.published.is_file()


def place_of(workspace: Workspace) -> Place:
    paths = workspace.episode("talk")
    return Place("talk", workspace.root, paths.build, paths.receipts, paths.lock)


def files(folder: Path) -> dict[str, bytes]:
    found = (
        path for path in folder.rglob("*") if path.is_file() and path.name not in (".digests.json", ".lock", away.NAME)
    )
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def times(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def test_what_was_there_is_there(workspace: Workspace, store: FolderStore, back: Path) -> None:
    publish(workspace)
    keep(workspace)
    outcome = restore(store, back)
    assert outcome.fetched == 1, "the sound, from the show's own store"
    found, before = files(back), files(workspace.root)
    assert found == {path: data for path, data in before.items() if "/raw/" not in path and ".castkit" not in path}
    assert (back / "castkit.toml").stat().st_mtime_ns == workspace.toml.stat().st_mtime_ns
    assert [one.path for one in outcome.absent] == ["episodes/talk/raw/talk.wav"]


@pytest.mark.parametrize("media", [True, False])
def test_the_next_publish_changes_nothing(workspace: Workspace, store: FolderStore, back: Path, media: bool) -> None:
    publish(workspace)
    keep(workspace)
    public = workspace.root.parent / "public"
    before = times(public)
    restore(store, back, Wish(media=media))
    seen = []
    run((upload.STEP,), context(Workspace(back)), place_of(Workspace(back)), seen.append)
    assert [type(event).__name__ for event in seen if type(event).__name__ != "Note"] == ["Skipped"]
    assert times(public) == before


def test_a_stream_comes_back_from_the_store(workspace: Workspace, store: FolderStore, back: Path) -> None:
    """Its many small files are in no backup; without them nothing could be published anew."""
    with workspace.toml.open("a", encoding="utf-8") as file:
        file.write("\n[video]\nhls = true\n")
    build(workspace, video=True)
    publish(workspace)
    keep(workspace)
    outcome = restore(store, back)
    before = files(workspace.episode("talk").hls)
    assert outcome.fetched == len(before) > 3
    assert files(Workspace(back).episode("talk").hls) == before
    assert [one.why for one in outcome.absent] == ["recording"]


def test_what_is_missing_is_named_where_it_is_needed(workspace: Workspace, store: FolderStore, back: Path) -> None:
    publish(workspace)
    keep(workspace)
    before = times(workspace.root.parent / "public")
    restore(store, back, Wish(media=False))
    toml = Workspace(back).episode("talk").toml
    toml.write_text(toml.read_text("utf-8").replace("One <talk>", "Another"), "utf-8")
    with pytest.raises(CastkitError, match=r"needs what was not taken back.*talk\.mp3") as caught:
        publish(Workspace(back))
    assert "--into-existing" in caught.value.hint
    assert times(workspace.root.parent / "public") == before
    restore(store, back, EXISTING)
    publish(Workspace(back))
    assert times(workspace.root.parent / "public") != before, "with the sound fetched it goes out"


def test_media_that_the_store_lost_are_told(workspace: Workspace, store: FolderStore, back: Path) -> None:
    publish(workspace)
    keep(workspace)
    next((workspace.root.parent / "public/episodes/talk").glob("*.mp3")).unlink()
    outcome = restore(store, back)
    assert (outcome.fetched, len(outcome.remarks)) == (0, 1)
    assert "talk.mp3 was not fetched" in outcome.remarks[0]


def test_a_folder_with_files_is_refused(workspace: Workspace, store: FolderStore, back: Path) -> None:
    keep(workspace)
    back.mkdir()
    (back / "mine.txt").write_text("mine")
    with pytest.raises(CastkitError, match="not empty, and nothing was written"):
        restore(store, back)
    assert files(back) == {"mine.txt": b"mine"}


def test_only_what_is_missing_is_written(workspace: Workspace, store: FolderStore, back: Path) -> None:
    keep(workspace)
    back.mkdir()
    (back / "castkit.toml").write_text("mine")
    (back / "cover.png").write_bytes((workspace.root / "cover.png").read_bytes())
    outcome = restore(store, back, Wish(into_existing=True, media=False))
    assert outcome.differing == ["castkit.toml"]
    assert outcome.same == 1
    assert (back / "castkit.toml").read_text() == "mine"
    assert (back / "episodes/talk/episode.toml").is_file()
    again = restore(store, back, Wish(into_existing=True, media=False))
    assert (again.written, again.differing) == (0, ["castkit.toml"])


def test_a_restore_that_was_killed_goes_on(workspace: Workspace, store: FolderStore, back: Path) -> None:
    keep(workspace)

    def stop(done: int, whole: int) -> None:
        if done * 2 > whole:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore(store, back, progress=stop)
    assert not (back / "castkit.toml").exists(), "there is no show before all else is there"
    restore(store, back, EXISTING)
    assert files(back)["castkit.toml"] == workspace.toml.read_bytes()
    assert not list(back.rglob("*castkit-part"))


def test_an_older_revision(workspace: Workspace, store: FolderStore, back: Path) -> None:
    keep(workspace)
    first = backup_place.revisions(store)[0].id
    workspace.glossary.write_text("# new\n", "utf-8")
    keep(workspace)
    restore(store, back, Wish(revision=first))
    assert not (back / "glossary.toml").exists()
    with pytest.raises(CastkitError, match="no revision is 1999"):
        restore(store, back, Wish("1999", into_existing=True))


def forged(store: FolderStore, *paths: str, absent: str | None = None) -> None:
    """A revision that somebody made who wants files elsewhere."""
    data = b"forged"
    digest = sha256(data).hexdigest()
    backup_place.put(store, backup_place.object_key(digest), data)
    kept = tuple(KeptFile(path=path, size=len(data), sha256=digest, modified_ns=0) for path in paths)
    away_ = (AbsentFile(path=absent, size=1, sha256=digest, why="made"),) if absent is not None else ()
    backup_place.write_revision(store, Revision(made=datetime.now(UTC), title="x", files=kept, absent=away_))


HOSTILE = (
    "../out", "/etc/out", "a/../../out", "a/./b", "a//b", "", "C:/out", "a\\..\\out", "nul", "a/COM1.txt", "a\nb",
    "a.", "a ", ".git/hooks/post-checkout", ".castkit/receipts.json", "a/.ssh/key", "\x00", "x" * 300, "a:stream",
)  # fmt: skip


@pytest.mark.parametrize("path", HOSTILE)
def test_a_hostile_path_writes_nothing(store: FolderStore, back: Path, path: str) -> None:
    forged(store, "castkit.toml", path)
    with pytest.raises(CastkitError, match="nothing was taken back"):
        restore(store, back)
    assert not back.exists()
    forged(store, "castkit.toml", absent=path)
    with pytest.raises(CastkitError, match="nothing was taken back"):
        restore(store, back)


@pytest.mark.parametrize("pair", [("a/B", "a/b"), ("\u00e9.txt", "e\u0301.txt"), ("a", "a/b"), ("x", "x")])
def test_two_of_one_name_write_nothing(store: FolderStore, back: Path, pair: tuple[str, str]) -> None:
    forged(store, *pair)
    with pytest.raises(CastkitError, match="nothing was taken back"):
        restore(store, back)
    assert not back.exists()


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_leads_nowhere(workspace: Workspace, store: FolderStore, back: Path, tmp_path: Path) -> None:
    keep(workspace)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    back.mkdir()
    (back / "episodes").symlink_to(elsewhere)
    with pytest.raises(CastkitError, match="has a link where a folder belongs: episodes"):
        restore(store, back, EXISTING)
    assert not list(elsewhere.iterdir())
    (back / "episodes").unlink()
    (back / "castkit.toml").symlink_to(elsewhere / "castkit.toml")
    assert restore(store, back, Wish(into_existing=True, media=False)).differing == ["castkit.toml"]
    assert not list(elsewhere.iterdir())


@pytest.fixture
def damaged(workspace: Workspace, store: FolderStore) -> FolderStore:
    keep(workspace)
    revision = backup_place.load(store, backup_place.revisions(store)[-1])
    digest = next(one.sha256 for one in revision.files if one.path == "castkit.toml")
    store.path(backup_place.object_key(digest)).write_bytes(b"[show]\nrot = 1\n")
    return store


def test_damage_is_not_taken_back(damaged: FolderStore, back: Path) -> None:
    with pytest.raises(CastkitError, match=r"is damaged, which castkit\.toml is made of"):
        restore(damaged, back)
    assert not (back / "castkit.toml").exists()


def test_a_revision_that_was_changed_is_refused(workspace: Workspace, store: FolderStore, back: Path) -> None:
    keep(workspace)
    path = store.path(backup_place.revisions(store)[0].key)
    path.write_bytes(path.read_bytes().replace(b"cover.png", b"cover.jpg"))
    with pytest.raises(CastkitError, match="is damaged"):
        restore(store, back)
    assert not back.exists()


def test_no_backup_there(store: FolderStore, back: Path) -> None:
    with pytest.raises(CastkitError, match="there is no backup"):
        restore(store, back)
    assert not back.exists()
