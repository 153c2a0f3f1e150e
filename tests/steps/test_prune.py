"""What goes from the store after its grace period, and what must stay whatever happens."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from built_show import build, context, make_show, write
from castkit.cli.main import cli
from castkit.config import load_show
from castkit.engine.fleet_of_one import run
from castkit.engine.place import Place
from castkit.pipeline import SHOW
from castkit.steps import upload
from castkit.steps.prune import DAY_S, find, remove
from castkit.steps.show_context import ShowContext
from castkit.storage.folder import FolderStore
from castkit.storage.open import open_store
from castkit.storage.store import Terms
from castkit.workspace import Workspace
from s3server import S3Server

GRACE = 30 * DAY_S
BASE = "https://media.example.org"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A show with one episode published twice: with another sound the second time."""
    made = make_show(tmp_path / "show", store=f'base_url = "{BASE}"')
    build(made)
    publish(made)
    made.episode("talk").audio.write_bytes(b"ID3 corrected " * 1000)
    publish(made)
    return made


def publish(workspace: Workspace) -> None:
    given = context(workspace)
    paths = given.paths
    place = Place("talk", workspace.root, paths.build, paths.receipts, paths.lock)
    run((upload.STEP,), given, place, lambda _event: None)
    show = load_show(workspace)
    place = Place("show", workspace.root, workspace.feeds, workspace.show_receipts, workspace.show_lock)
    run(SHOW, ShowContext.open(workspace, show), place, lambda _event: None)


def store_of(workspace: Workspace) -> FolderStore:
    return FolderStore(workspace.root / "public", base_url=BASE)


def aged(workspace: Workspace, days: float = 100) -> None:
    """As if everything in the store had been written so long ago; when it was replaced, the history's times say."""
    moment = time.time() - days * DAY_S
    for path in (workspace.root / "public").rglob("*"):
        if path.is_file() and path.parent.name != "history":
            os.utime(path, (moment, moment))


def later(days: float) -> float:
    return time.time() + days * DAY_S


def live(workspace: Workspace) -> set[str]:
    """What is published now."""
    store = store_of(workspace)
    return {key for key in store.list() if "/history/" not in key} - set(due(workspace, later(60)))


def due(workspace: Workspace, now: float | None = None) -> list[str]:
    return sorted(one.key for one in find(store_of(workspace), GRACE, now).due)


def prune(workspace: Workspace, *options: str, answer: str = "") -> Result:
    return CliRunner().invoke(cli, ["-C", str(workspace.root), "prune", *options], input=answer)


def test_a_corrected_sound_goes_after_its_grace(workspace: Workspace) -> None:
    aged(workspace)
    assert due(workspace) == [], "it was replaced just now, however old the file is"
    assert [one.key for one in find(store_of(workspace), GRACE).waiting]
    found = due(workspace, later(31))
    sounds = [key for key in found if key.endswith(".mp3")]
    assert len(sounds) == 1
    assert store_of(workspace).get(sounds[0]).startswith(b"ID3 sound")
    assert all("/history/" in key for key in found if key not in sounds)


def test_what_is_published_stays(workspace: Workspace) -> None:
    """Everything that a feed, a page or published.json names is there after the last of it could have gone."""
    store = store_of(workspace)
    before = set(store.list())
    gone = set(due(workspace, later(5000)))
    kept = before - gone
    assert {"episodes/talk/published.json", "feeds/en.xml", "feeds/zh-Hans.xml", "index.html"} <= kept
    for key in [key for key in kept if key.endswith((".xml", ".html", ".json"))]:
        text = store.get(key).decode()
        assert not [one for one in gone if one.rpartition("/")[2] in text], key


def test_shown_asked_and_removed(workspace: Workspace) -> None:
    store = store_of(workspace)
    extra = "episodes/talk/talk-000000000000.mp3"
    write(store.path(extra), b"an upload that broke off")
    write(store.path("feeds/en.page-7.xml"), b"<rss/>")
    write(store.path("feeds/cover-000000000000.png"), b"old")
    write(store.path("robots/mine.txt"), b"mine")
    write(store.path("episodes/talk/slides.pdf"), b"mine")
    aged(workspace)
    refused = prune(workspace, answer="n\n")
    assert refused.exit_code == 0, refused.output
    assert extra in refused.output
    assert "2026-" in refused.output or "20" in refused.output
    assert "not castkit's, left alone: episodes/talk/slides.pdf, robots/mine.txt" in refused.output
    assert "nothing was removed" in refused.output
    assert store.path(extra).exists()
    said = prune(workspace, "--json").output
    assert '"event": "unknown"' in said
    assert store.path(extra).exists(), "a program is not asked, and says --yes"
    done = prune(workspace, answer="y\n")
    assert "removed: 3 objects" in done.output
    assert not store.path(extra).exists()
    assert store.path("robots/mine.txt").exists()
    assert store.path("episodes/talk/slides.pdf").exists()
    assert "nothing in the" in prune(workspace).output


def test_what_is_just_being_sent_stays(workspace: Workspace) -> None:
    aged(workspace)
    write(store_of(workspace).path("episodes/talk/talk-111111111111.mp3"), b"on its way")
    write(store_of(workspace).path("episodes/other/other-111111111111.mp3"), b"on its way")
    assert due(workspace) == []
    assert len(due(workspace, later(31))) >= 2


def test_what_is_named_again_meanwhile_stays(workspace: Workspace) -> None:
    """Shown, and then published again with the old sound before the answer came."""
    store = store_of(workspace)
    old = "episodes/talk/talk-000000000000.mp3"
    write(store.path(old), b"x")
    aged(workspace)
    shown = find(store, GRACE)
    assert [one.key for one in shown.due] == [old]
    published = store.path("episodes/talk/published.json")
    text = published.read_text("utf-8")
    key = next(one for one in store.list("episodes/talk/talk-") if one.endswith(".mp3") and one in text)
    published.write_text(text.replace(key, old), "utf-8")
    count, _, remarks = remove(store, shown, GRACE, lambda _key: None)
    assert (count, remarks) == (0, [])
    assert store.path(old).exists()


def test_a_killed_prune_is_harmless(workspace: Workspace) -> None:
    store = store_of(workspace)
    for number in range(4):
        write(store.path(f"episodes/talk/talk-00000000000{number}.mp3"), b"x")
    aged(workspace)
    kept = live(workspace)
    removed: list[str] = []

    def stop(key: str) -> None:
        removed.append(key)
        if len(removed) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        remove(store, find(store, GRACE), GRACE, stop)
    assert len(due(workspace)) == 2
    assert prune(workspace, "--yes").exit_code == 0
    assert due(workspace) == []
    assert kept <= set(store.list())


def test_an_unpublished_episode_goes(workspace: Workspace) -> None:
    """Its last publication was replaced by nothing."""
    store = store_of(workspace)
    store.delete("episodes/talk/published.json")
    aged(workspace, days=2)
    assert due(workspace) == []
    found = find(store, GRACE, later(31)).due
    assert {one.why for one in found if one.key.startswith("episodes/")} == {"unpublished"}
    assert not [key for key in store.list("episodes/") if key not in {one.key for one in found}]
    assert "feeds/en.xml" not in {one.key for one in found}


def switch_off(workspace: Workspace) -> None:
    workspace.toml.write_text(workspace.toml.read_text("utf-8") + "\n[site]\nenabled = false\n", "utf-8")


def test_pages_of_a_show_that_wants_none_go_at_once(workspace: Workspace) -> None:
    """What castkit made of them, and not what a person has put in their place since; their pictures after the grace."""
    assert "index.html" not in prune(workspace, answer="n\n").output
    switch_off(workspace)
    store = store_of(workspace)
    store.write("index.zh-Hans.html", b"<!doctype html><title>Our own site</title>")
    ours = {"index.html", "404.html", "sitemap.xml", "robots.txt"}
    shown = prune(workspace, answer="n\n").output
    assert {line.split()[0] for line in shown.splitlines() if "not made any more" in line} == ours
    before = set(store.list())
    done = prune(workspace, "--yes")
    assert "removed: 4 objects" in done.output
    assert before - set(store.list()) == ours
    assert "nothing in the" in prune(workspace).output
    aged(workspace)
    assert any(key.startswith("feeds/share-") for key in due(workspace, later(31)))


def test_grace_is_a_setting(workspace: Workspace) -> None:
    write(store_of(workspace).path("episodes/talk/talk-000000000000.mp3"), b"x")
    aged(workspace, days=50)
    text = workspace.toml.read_text("utf-8").replace("[store]\n", "[store]\ngrace_days = 60\n")
    workspace.toml.write_text(text, "utf-8")
    assert "nothing in the" in prune(workspace).output
    assert "talk-000000000000.mp3" in prune(workspace, "--older-than", "40", answer="n\n").output
    assert prune(workspace, "--older-than", "0").exit_code == 2


def test_in_a_bucket(workspace: Workspace, s3_server: S3Server, tmp_path: Path) -> None:
    """Times are the store's own; parts of an upload that nobody went on with go too."""
    bucket = s3_server.make_bucket("pruned")
    store = open_store(s3_server.settings(bucket, prefix="cast"), tmp_path)
    for key in store_of(workspace).list():
        store.send(key, store_of(workspace).path(key), Terms("text/plain" if key.endswith("txt") else "x/y", "x"))
    client = s3_server.client()
    for place in ("cast/episodes/talk/talk-000000000000.mp3", "cast/else.bin"):
        client.create_multipart_upload(Bucket=bucket, Key=place)
    listed = {one.key: one for one in store.listing()}
    assert all(abs(one.modified - time.time()) < 600 for one in listed.values())
    assert find(store, GRACE).uploads == ()
    found = find(store, GRACE, later(31))
    assert [one.place for one in found.uploads] == ["cast/episodes/talk/talk-000000000000.mp3"]
    assert [one.key for one in found.due if one.key.endswith(".mp3")]
    remove(store, found, GRACE, lambda _key: None)
    left = [one["Key"] for one in client.list_multipart_uploads(Bucket=bucket).get("Uploads", ())]
    assert left == ["cast/else.bin"]
    assert {one.key for one in store.listing()} == listed.keys(), "looked through once more, all of it is young"
