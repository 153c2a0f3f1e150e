"""A backup in a folder: what is in it, what is sent again, who may not read it, and what survives a kill."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from built_show import build, make_show
from castkit.config import load_show
from castkit.engine.run import Place, lock
from castkit.errors import CastkitError
from castkit.model.show import StoreSettings
from castkit.steps import backup_place
from castkit.steps.backup import Outcome, backup, verify
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
    } <= paths  # fmt: skip
    assert not [path for path in paths if "/." in f"/{path}" or "clips" in path or "raw" in path]
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
    with backup_place.running(store):
        assert backup_place.tidy(store, 1, told.append) == (0, 0)
    assert "under way" in told[0]
    assert len(backup_place.revisions(store)) == 2


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
