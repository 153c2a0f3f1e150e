"""A backup in a folder: what is in it, what is sent again, who may not read it, and what survives a kill."""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
from threading import Thread

import pytest

from built_show import build, make_show
from castkit.config import load_show
from castkit.engine.place import Place, lock
from castkit.errors import CastkitError
from castkit.model.backup import BackupSettings
from castkit.model.show import StoreSettings
from castkit.steps import backup_place
from castkit.steps.backup import Outcome, backup, verify
from castkit.steps.backup_marks import running
from castkit.storage.folder import FolderStore
from castkit.workspace import Workspace
from s3server import S3Server

SOUND = b"sound " * 300_000  # large enough to be left where the store has it


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A built show with all that a workspace may hold; its store lies outside of it."""
    made = make_show(tmp_path / "show", store='path = "../public"')
    build(made)
    paths = made.episode("talk")
    for path, text in {
        made.glossary: "# terms\n",
        made.ledger: 'version = 1\n',
        made.memory / "old.tmx": "<tmx/>",
        made.templates / "notes.md.j2": "x",
        made.private / "receipts.json": "{}",
        made.root / ".env": "SECRET=1",
        made.root / ".git" / "config": "x",
        paths.accepted("en"): "1\n",
        paths.subtitle_history / "en.jsonl": "{}\n",
        paths.clocks: "{}",
        paths.root / "pictures" / "one.png": "png",
        paths.approvals: "{}\n",
        paths.track(0): "wav",
        paths.clips / "a.mp4": "clip",
        paths.preview: "zip",
        paths.handed_out("en", "zip"): "package",
        paths.handed_out("en", "xlsx"): "table in work",
        made.newsletters / "talk.html": "with a greeting of their own",
        made.memory / "Thumbs.db": "left",
        paths.lock: "",
    }.items():  # fmt: skip
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return made


def store_of(workspace: Workspace, name: str = "backup") -> FolderStore:
    return FolderStore(workspace.root.parent / name, base_url="")


def keep(workspace: Workspace, name: str = "backup", *, recordings: bool = False) -> Outcome:
    place = StoreSettings(path=f"../{name}")
    return backup(workspace, load_show(workspace), place, recordings=recordings)


def objects(workspace: Workspace) -> set[str]:
    return set(store_of(workspace).list("objects/"))


def test_what_is_in_it(workspace: Workspace) -> None:
    revision = keep(workspace).revision
    paths = {one.path for one in revision.files}
    assert {
        "castkit.toml", "glossary.toml", "cover.png", "feeds/ledger.toml", "memory/old.tmx", "templates/notes.md.j2",
        "episodes/talk/episode.toml", "episodes/talk/approvals.jsonl", "episodes/talk/pictures/one.png",
        "episodes/talk/subtitles/talk.en.srt", "episodes/talk/subtitles/history/en.jsonl",
        "episodes/talk/subtitles/clocks.json", "episodes/talk/build/programme.json", "episodes/talk/build/talk.mp3",
        "newsletter/talk.html", "episodes/talk/build/hand-out/talk.en.xlsx",
    } <= paths  # fmt: skip
    parts = ("/.", "clips", "raw", ".zip", "Thumbs.db")
    assert not [path for path in paths if any(part in f"/{path}" for part in parts)]
    assert {(one.path, one.why) for one in revision.absent} == {
        ("episodes/talk/raw/talk.wav", "recording"), ("episodes/talk/build/tracks/0.wav", "made"),
    }  # fmt: skip
    everything = b"".join(path.read_bytes() for path in store_of(workspace).folder.rglob("*") if path.is_file())
    assert b"SECRET" not in everything
    assert "episodes/talk/raw/talk.wav" in {one.path for one in keep(workspace, recordings=True).revision.files}


def test_files_named_elsewhere_in_the_workspace(workspace: Workspace) -> None:
    (workspace.root / "sounds").mkdir()
    (workspace.root / "sounds/in.flac").write_bytes(b"in")
    (workspace.root / "common.wav").write_bytes(b"common")
    toml = workspace.episode("talk").toml
    toml.write_text(toml.read_text("utf-8").replace("raw/talk.wav", "../../common.wav"), "utf-8")
    workspace.toml.write_text(workspace.toml.read_text("utf-8") + '\n[audio]\nintro = "sounds/in.flac"\n', "utf-8")
    revision = keep(workspace).revision
    assert "sounds/in.flac" in {one.path for one in revision.files}
    assert ("common.wav", "recording") in {(one.path, one.why) for one in revision.absent}


def make_kit(folder: Path, **files: str) -> None:
    """A kit as castkit leaves one, with what it says of its files."""
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / f"{name}.txt").write_text(text, "utf-8")
    said = {path.name: sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    value = {"version": 1, "episode": "talk", "media": {}, "files": said}
    (folder / "kit.json").write_text(json.dumps(value), "utf-8")


def test_of_kits_only_what_a_person_changed(workspace: Workspace) -> None:
    """The rest of a kit is made again, its sound and video above all."""
    kits = workspace.episode("talk").kits
    for name in ("youtube", "bilibili", "bilibili.edited-1"):
        make_kit(kits / name, title="One", media="many bytes")
    (kits / "bilibili.edited-1/title.txt").write_text("Mine", "utf-8")
    (kits / "bilibili/.DS_Store").write_text("left", "utf-8")
    (kits / "theirs").mkdir()
    (kits / "theirs/plan.txt").write_text("no kit at all", "utf-8")

    def kept() -> list[str]:
        revision = keep(workspace).revision
        paths = (PurePosixPath(one.path) for one in (*revision.files, *revision.absent))
        return [str(path.relative_to("episodes/talk/build/kits")) for path in paths if "kits" in path.parts]

    before = ["bilibili.edited-1/kit.json", "bilibili.edited-1/title.txt", "theirs/plan.txt"]
    assert kept() == before
    (kits / "youtube/title.txt").write_text("Mine, too", "utf-8")
    assert kept() == [*before, "youtube/kit.json", "youtube/title.txt"]


def test_only_what_changed_is_sent(workspace: Workspace) -> None:
    first = keep(workspace)
    before = objects(workspace)
    again = keep(workspace)
    assert (again.is_new, again.sent, again.named) == (False, 0, first.named)
    workspace.glossary.write_text("# more\n", "utf-8")
    third = keep(workspace)
    assert (third.is_new, third.sent, third.sent_bytes) == (True, 1, 7)
    assert len(objects(workspace) - before) == 1
    assert before <= objects(workspace)


def test_what_the_store_has_is_not_sent(workspace: Workspace) -> None:
    """Large media under the name that published.json says; not where the store has lost them."""
    paths = workspace.episode("talk")
    paths.audio.write_bytes(SOUND)
    digest = {one.path: one for one in keep(workspace).revision.files}["episodes/talk/build/talk.mp3"].sha256
    key = f"episodes/talk/talk-{digest[:12]}.mp3"
    said = {"key": key, "url": "https://x.example/a", "type": "audio/mpeg", "length": len(SOUND), "sha256": digest}
    published = json.loads((Path(__file__).parent.parent / "data/published/oldest.json").read_text("utf-8"))
    paths.published.write_text(json.dumps({**published, "slug": "talk", "audio": said}), "utf-8")
    assert not [one for one in keep(workspace).revision.absent if one.why == "published"], "the store has not got it"
    target = workspace.root.parent / "public" / key
    target.parent.mkdir(parents=True)
    target.write_bytes(SOUND)
    revision = keep(workspace).revision
    assert [(one.path, one.key) for one in revision.absent if one.why == "published"] == [
        ("episodes/talk/build/talk.mp3", key)
    ]


def test_a_store_within_the_workspace_is_lost_with_it(workspace: Workspace) -> None:
    text = workspace.toml.read_text("utf-8").replace("../public", "public")
    workspace.toml.write_text(text, "utf-8")
    revision = keep(workspace).revision
    assert "episodes/talk/build/talk.mp3" in {one.path for one in revision.files}
    assert not [one for one in revision.files if one.path.startswith("public/")]


def test_a_large_recording_is_sent_in_pieces_once(workspace: Workspace) -> None:
    raw = workspace.episode("talk").raw / "talk.wav"
    with raw.open("wb") as file:
        file.truncate(backup_place.PIECE + 5)
    kept = {one.path: one for one in keep(workspace, recordings=True).revision.files}["episodes/talk/raw/talk.wav"]
    assert (len(kept.parts), kept.size) == (2, backup_place.PIECE + 5)
    assert keep(workspace, recordings=True).sent == 0
    assert verify(store_of(workspace))[1] == []


def test_a_kill_at_any_moment_leaves_the_last_one(workspace: Workspace) -> None:
    first = keep(workspace).named
    for number in range(6):
        (workspace.memory / f"{number}.tmx").write_text(f"memory {number}", "utf-8")
    for moment in (1, 20, 40):
        told = 0

        def stop(_done: int, _whole: int, moment: int = moment) -> None:
            nonlocal told
            told += 1
            if told == moment:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            backup(workspace, load_show(workspace), StoreSettings(path="../backup"), progress=stop)
        assert verify(store_of(workspace)) == (first, [])
    assert keep(workspace).is_new
    assert verify(store_of(workspace))[1] == []


def test_two_at_once(workspace: Workspace) -> None:
    """Two machines with the same show: whatever comes first, both revisions are whole."""
    other = Workspace(Path(shutil.copytree(workspace.root, workspace.root.parent / "other")))
    other.glossary.write_text("# theirs\n", "utf-8")
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(keep, (workspace, other)))
    assert len(backup_place.revisions(store_of(workspace))) == 2
    for one in made:
        assert verify(store_of(workspace), one.named.id)[1] == []


def test_an_episode_being_built_is_as_before(workspace: Workspace) -> None:
    before = {one.path: one.sha256 for one in keep(workspace).revision.files}
    paths = workspace.episode("talk")
    paths.notes_markdown("en").write_text("half", "utf-8")
    paths.approvals.write_text("more\n", "utf-8")
    with lock(Place("talk", workspace.root, paths.build, paths.receipts, paths.lock)):
        outcome = keep(workspace)
    now = {one.path: one.sha256 for one in outcome.revision.files}
    assert now.keys() == before.keys()
    assert [path for path in now if now[path] != before[path]] == ["episodes/talk/approvals.jsonl"]
    assert any("talk is being worked on" in text for text in outcome.remarks)


def test_old_revisions_are_removed(workspace: Workspace) -> None:
    names = []
    for number in range(3):
        workspace.glossary.write_text(f"# {number}\n", "utf-8")
        names.append(keep(workspace).named)
    store = store_of(workspace)
    newest = backup_place.revisions(store)[-1]
    assert backup_place.tidy(store, 1) == (2, 2)
    assert backup_place.revisions(store) == (newest,)
    assert verify(store)[1] == []
    assert backup_place.tidy(store, 1) == (0, 0)


def test_nothing_is_removed_under_a_running_backup(workspace: Workspace) -> None:
    store = store_of(workspace)
    for number in range(2):
        workspace.glossary.write_text(f"# {number}\n", "utf-8")
        keep(workspace)
    told: list[str] = []
    with running(store):
        assert backup_place.tidy(store, 1, told.append) == (0, 0)
    assert "under way" in told[0]
    assert len(backup_place.revisions(store)) == 2


posix_only = pytest.mark.skipif(os.name != "posix", reason="permissions as POSIX has them")


def shut_to(path: Path) -> int:
    """Those of group and others whom the folder keeps out, as bits."""
    return ~stat.S_IMODE(path.stat().st_mode) & 0o077


@posix_only
def test_a_folder_is_made_for_its_owner_alone(workspace: Workspace) -> None:
    outcome = keep(workspace)
    place = store_of(workspace).folder
    assert [shut_to(path) for path in (place, *place.iterdir())] == [0o077] * 5
    assert outcome.remarks == ()


@posix_only
@pytest.mark.parametrize(
    ("mode", "shut", "said"),
    [
        (0o755, 0o077, ("look into", "chmod 700")),
        (0o775, 0o007, ("look into", "chmod 770")),
        (0o757, 0o077, ("write into", "chmod 700")),
        (0o770, 0o007, ()),
        (0o711, 0o077, ()),
        (0o700, 0o077, ()),
    ],
)
def test_a_folder_that_was_there_keeps_others_out_of_the_backup(
    workspace: Workspace, mode: int, shut: int, said: tuple[str, ...]
) -> None:
    """It stays as it is, and what it lets others do is said; a group that may write to it shares it on purpose."""
    place = store_of(workspace).folder
    (place / "objects").mkdir(parents=True)
    (place / "objects").chmod(0o777)
    place.chmod(mode)
    outcome = keep(workspace)
    assert stat.S_IMODE(place.stat().st_mode) == mode
    assert all(shut_to(path) & shut == shut for path in place.iterdir())
    assert not shut_to(place / "objects") & ~shut, "the group gets in, where it is the group's"
    assert len(outcome.remarks) == bool(said)
    assert all(word in outcome.remarks[0] for word in said)


@posix_only
def test_a_disk_without_permissions_is_told(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """As FAT and many shares, which take every chmod and keep none."""
    place = store_of(workspace).folder
    for name in ("objects", "revisions"):
        (place / name).mkdir(parents=True)
        (place / name).chmod(0o755)
    monkeypatch.setattr(Path, "chmod", lambda *_: None)
    (told,) = keep(workspace).remarks
    assert "can read what is in the folder" in told
    assert "another disk" in told


def test_only_a_backup_makes_the_folder(workspace: Workspace) -> None:
    store = backup_place.open_place(StoreSettings(path="../nowhere"), workspace.root)
    with pytest.raises(CastkitError, match="there is no backup in the folder"):
        verify(store)
    assert not store_of(workspace, "nowhere").folder.exists()


def test_a_bucket_gets_days_for_its_first_backup() -> None:
    public = StoreSettings(kind="s3", bucket="b", deadline_s=60)
    place = backup_place.settings_of(BackupSettings(to="s3://private/show"), public)
    assert place.deadline_s > 2 * 86_400


def test_damage_is_found_and_what_is_lost_sent_again(workspace: Workspace) -> None:
    kept = {one.path: one for one in keep(workspace).revision.files}
    store = store_of(workspace)
    store.path(backup_place.object_key(kept["memory/old.tmx"].sha256)).write_bytes(b"rot")
    lost = backup_place.object_key(kept["castkit.toml"].sha256)
    store.delete(lost)
    assert {one.path for one in verify(store)[1]} == {"memory/old.tmx", "castkit.toml"}
    assert keep(workspace).sent == 1, "what is missing goes again; what is there is not read"
    assert [one.path for one in verify(store)[1]] == ["memory/old.tmx"]


@pytest.mark.parametrize("path", ["../public", "../public/backup", ".."])
def test_the_public_store_is_refused(workspace: Workspace, path: str) -> None:
    with pytest.raises(CastkitError, match="public store"):
        backup(workspace, load_show(workspace), StoreSettings(path=path))
    assert not list(workspace.root.parent.rglob("revisions"))


@pytest.fixture
def web(workspace: Workspace) -> Iterator[str]:
    """A web server of everything beside the show, as one that serves too much."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(workspace.root.parent)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_folder_that_is_served_is_refused(workspace: Workspace, web: str) -> None:
    show = load_show(workspace)
    store = show.store.model_copy(update={"base_url": f"{web}/public"})
    with pytest.raises(CastkitError, match="anybody can read") as caught:
        backup(workspace, show.model_copy(update={"store": store}), StoreSettings(path="../backup"))
    assert f"{web}/backup" in caught.value.message
    assert not list(store_of(workspace).list(""))


def open_to_all(server: S3Server, bucket: str, actions: list[str], resource: str) -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": actions, "Resource": [resource]}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    server.client().put_bucket_policy(Bucket=bucket, Policy=policy)


@pytest.mark.parametrize("action", ["s3:GetObject", "s3:ListBucket"])
def test_a_bucket_that_anybody_reads_is_refused(workspace: Workspace, s3_server: S3Server, action: str) -> None:
    """Though only the names of what is in it can be read."""
    bucket = s3_server.make_bucket(f"backup-{action[3:].lower()}")
    place = s3_server.settings(bucket, prefix="private")
    show = load_show(workspace)
    first = backup(workspace, show, place)
    assert first.is_new, "a private bucket is taken"
    open_to_all(s3_server, bucket, [action], f"arn:aws:s3:::{bucket}" + ("/*" if action == "s3:GetObject" else ""))
    workspace.glossary.write_text("# more\n", "utf-8")
    with pytest.raises(CastkitError, match="anybody can read"):
        backup(workspace, show, place)
    keys = [one["Key"] for one in s3_server.client().list_objects_v2(Bucket=bucket)["Contents"]]
    assert len([key for key in keys if "/revisions/" in key]) == 1
    assert not [key for key in keys if "privacy" in key]


@pytest.mark.parametrize(("public", "private"), [("", "backup"), ("cast", "cast"), ("cast", "cast/private"), ("a", "")])
def test_the_public_prefix_is_refused(workspace: Workspace, s3_server: S3Server, public: str, private: str) -> None:
    show = load_show(workspace)
    show = show.model_copy(update={"store": s3_server.settings(prefix=public)})
    with pytest.raises(CastkitError, match="public store"):
        backup(workspace, show, s3_server.settings(prefix=private))
