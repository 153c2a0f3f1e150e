"""`castkit unpublish`: out of the feeds and kept out, files kept or removed, finished after a kill at any moment."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import click
import feedparser
import pytest
from click.testing import CliRunner, Result
from sent_show import Killed, add, killed_at, objects, publish, sent_show, store_of

from built_show import build, context, write_json
from castkit.cli import road
from castkit.cli.app import App
from castkit.cli.due import due, not_unpublished
from castkit.cli.unpublish import unpublish
from castkit.engine.place import lock
from castkit.errors import CastkitError
from castkit.feed import ledger
from castkit.scaffold.toml import set_draft
from castkit.storage.folder import FolderStore
from castkit.workspace import Workspace


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two episodes, both published; `second` twice, with another sound and another page."""
    root = tmp_path_factory.mktemp("unpublish") / "show"
    workspace = sent_show(root)
    add(workspace, "second")
    publish(workspace, "talk", "second")
    paths = workspace.episode("second")
    paths.audio.write_bytes(b"ID3 better sound of the second")
    next(one for one in paths.build.glob("*.en.html") if ".transcript." not in one.name).write_bytes(b"<p>New</p>")
    publish(workspace, "second")
    return root


@pytest.fixture
def workspace(template: Path, tmp_path: Path) -> Workspace:
    return Workspace(Path(shutil.copytree(template, tmp_path / "show")))


def run(workspace: Workspace, *arguments: str, answer: str = "") -> Result:
    return CliRunner().invoke(unpublish, arguments, obj=App(workspace.root), input=answer)


def done(workspace: Workspace, *arguments: str) -> Result:
    ended = run(workspace, *arguments, "--yes")
    assert ended.exit_code == 0, (ended.output, ended.exception)
    return ended


def guids(workspace: Workspace, feed: str = "en") -> list[str]:
    found = feedparser.parse((workspace.root / f"public/feeds/{feed}.xml").read_bytes())
    assert not found.bozo
    return [entry.id for entry in found.entries]


def of(workspace: Workspace, slug: str) -> list[str]:
    return [key for key in objects(workspace) if key.startswith(f"episodes/{slug}/")]


def test_it_is_shown_and_asked_first(workspace: Workspace) -> None:
    before, toml = objects(workspace), workspace.episode("second").toml.read_bytes()
    ended = run(workspace, "second", answer="n\n")
    assert ended.exit_code == 0
    assert "“About second”: disappears from apps at the next refresh" in ended.output
    assert "are kept" in ended.output
    assert "nothing was changed" in ended.output
    assert (objects(workspace), workspace.episode("second").toml.read_bytes()) == (before, toml)


def test_out_of_the_feeds_and_the_files_stay(workspace: Workspace) -> None:
    before = guids(workspace)
    entry = ledger.read(workspace.ledger).episodes["second"]
    sound = [key for key in of(workspace, "second") if key.endswith(".mp3")]
    done(workspace, "second")
    assert guids(workspace) == before[1:]
    assert len(guids(workspace, "zh-Hans")) == 1
    assert "episodes/second/published.json" not in objects(workspace)
    assert set(sound) <= set(of(workspace, "second"))
    assert ledger.read(workspace.ledger).episodes["second"] == entry


def test_it_stays_out(workspace: Workspace) -> None:
    """Because of draft = true here; and on a machine that does not know of that line, because the store knows."""
    toml = workspace.episode("second").toml
    text = toml.read_text("utf-8").replace("language =", "# a remark\nlanguage =")
    toml.write_bytes(text.replace("\n", "\r\n").encode())
    done(workspace, "second")
    after = toml.read_bytes().decode()
    assert tomllib.loads(after.replace("\r\n", "\n")) == {**tomllib.loads(text), "draft": True}
    assert after.replace("draft = true\r\n", "") == text.replace("\n", "\r\n"), "a line is added, and no other changes"
    for forgets in (False, True):
        if forgets:
            toml.write_text(text, "utf-8")
        contexts = road.load_contexts(App(workspace.root), (), every=True)
        assert due(contexts).now == ()
        assert any(line.startswith("second waits: ") for line in due(contexts).waiting)
        sent = [one.slug for one in not_unpublished(contexts).now if not road.held_back(one.episode)]
        assert sent == ["talk"]


def test_published_again_it_is_the_same_episode(workspace: Workspace) -> None:
    before = guids(workspace)
    done(workspace, "second")
    toml = workspace.episode("second").toml
    toml.write_text(toml.read_text("utf-8").replace("draft = true\n", ""), "utf-8")
    publish(workspace, "second")
    assert guids(workspace) == before
    assert due(road.load_contexts(App(workspace.root), (), every=True)).now == ()


def test_the_files_are_removed_by_choice(workspace: Workspace) -> None:
    talk = of(workspace, "talk")
    ended = done(workspace, "second", "--remove-files")
    assert "castkit rollback cannot bring them back" in ended.output
    assert of(workspace, "second") == ["episodes/second/history/0004-removed-000000000000.json"]
    assert of(workspace, "talk") == talk
    again = run(workspace, "second", "--remove-files", "--yes")
    assert again.exit_code == 1
    assert "second is not published" in str(again.exception)
    assert due(road.load_contexts(App(workspace.root), (), every=True)).now == ()


def test_an_object_that_another_episode_names_stays(workspace: Workspace) -> None:
    path = workspace.root / "public/episodes/talk/published.json"
    value = json.loads(path.read_bytes())
    other = json.loads((workspace.root / "public/episodes/second/published.json").read_bytes())
    value["other_audio"] = [other["audio"]]
    path.write_text(json.dumps(value), "utf-8")
    done(workspace, "second", "--remove-files")
    assert [key for key in of(workspace, "second") if "/history/" not in key] == [other["audio"]["key"]]


def test_without_a_folder_here(workspace: Workspace) -> None:
    shutil.rmtree(workspace.episode("second").root)
    done(workspace, "second")
    assert len(guids(workspace)) == 1
    assert not workspace.episode("second").root.exists()


@pytest.mark.parametrize("slug", ["nothing", "../talk", "talk/history", "second/", "", "é"])
def test_what_is_not_published(workspace: Workspace, slug: str) -> None:
    before = objects(workspace)
    ended = run(workspace, slug, "--remove-files", "--yes")
    assert ended.exit_code == 1
    assert objects(workspace) == before


def test_a_video_feed_forgets_the_last_video(tmp_path: Path) -> None:
    """Apps that follow it must see that the episode is gone: the feed stays, empty."""
    workspace = sent_show(tmp_path)
    build(workspace, video=True)
    add(workspace, "second")
    publish(workspace, "talk", "second")
    assert len(guids(workspace, "en.video")) == 1
    done(workspace, "talk")
    assert guids(workspace, "en.video") == []
    assert len(guids(workspace)) == 1


def copies(workspace: Workspace, slug: str, count: int) -> None:
    """As if a colleague had published so many more, each a day later."""
    episodes = workspace.root / "public/episodes"
    for number in range(1, count + 1):
        folder = shutil.copytree(episodes / slug, episodes / f"{slug}-{number}", ignore=lambda *_: ["history"])
        published = folder / "published.json"
        value = json.loads(published.read_text("utf-8").replace(f"episodes/{slug}/", f"episodes/{folder.name}/"))
        date = datetime.fromisoformat(value["date"]) + timedelta(days=number)
        value |= {"slug": folder.name, "guid": str(uuid5(NAMESPACE_URL, folder.name)), "date": date.isoformat()}
        write_json(published, value)


def paged_show(root: Path, more: str = "") -> Workspace:
    """Twenty episodes: with one less there are no pages of older ones."""
    workspace = sent_show(root, more=f"[site]\n{more}page_size = 10\n[feeds]\npage_size = 10\nlanguages = ['en']\n")
    add(workspace, "second", "2025-01-01T00:00:00Z")
    publish(workspace, "talk", "second")
    copies(workspace, "second", 18)
    road.run_show(workspace, context(workspace).show, lambda _: None)
    return workspace


def when_a_page_goes(patch: pytest.MonkeyPatch, key: str, happens: Callable[[], None]) -> None:
    """Has this happen right before the page is deleted for the first time."""
    delete = FolderStore.delete

    def watched(store: FolderStore, name: str, **terms: str) -> None:
        if name == key:
            patch.setattr(FolderStore, "delete", delete)
            happens()
        delete(store, name, **terms)

    patch.setattr(FolderStore, "delete", watched)


def test_pages_are_deleted_while_nobody_here_renews_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace, waited = paged_show(tmp_path, "enabled = false\n"), []

    def renew() -> None:
        with pytest.raises(CastkitError, match="another castkit is working on show"):
            lock(road.show_place(workspace))
        waited.append(True)

    when_a_page_goes(monkeypatch, "feeds/en.page-1.xml", renew)
    done(workspace, "second")
    assert waited


def test_published_elsewhere_while_a_page_is_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The episode needs the very page, which its publisher found there and did not send."""
    workspace, page = paged_show(tmp_path, "enabled = false\n"), "feeds/en.page-1.xml"
    when_a_page_goes(monkeypatch, page, lambda: copies(workspace, "talk", 1))
    done(workspace, "second")
    older = feedparser.parse((workspace.root / "public" / page).read_bytes()).entries
    assert len({*guids(workspace), *(entry.id for entry in older)}) == 20


def test_pages_of_older_episodes_go_with_their_last_episode(tmp_path: Path) -> None:
    """Of the feed and of the show, in every language; the plan names each."""
    workspace = paged_show(tmp_path)
    pages = {"feeds/en.page-1.xml", "index.page-1.html", "index.zh-Hans.page-1.html"}
    before = objects(workspace)
    assert pages <= before.keys()
    rows = [json.loads(line) for line in run(workspace, "second", "--json").output.splitlines()]
    assert {row["key"] for row in rows if row["event"] == "object" and row["action"] == "delete"} == pages
    done(workspace, "second")
    assert before.keys() - objects(workspace).keys() == {*pages, "episodes/second/published.json"}
    assert len(guids(workspace)) == 19


def break_the_feed(workspace: Workspace) -> None:
    """What the store holds of `talk` is such that apps would refuse every feed with it."""
    path = workspace.root / "public/episodes/talk/published.json"
    path.write_text(json.dumps({**json.loads(path.read_bytes()), "title": ""}), "utf-8")


def test_where_the_gate_would_stop_the_feeds_nothing_is_done(workspace: Workspace) -> None:
    break_the_feed(workspace)
    before, toml = objects(workspace), workspace.episode("second").toml.read_bytes()
    for arguments in (("--yes",), ("--yes", "--json"), ()):
        ended = run(workspace, "second", *arguments, answer="y\n")
        assert ended.exit_code == 1
        assert isinstance(ended.exception, CastkitError)
        assert "second stays as it is" in ended.exception.message
        assert "the text is empty [text-missing]" in ended.exception.message
        assert ended.exception.hint
        assert "?" not in ended.output.splitlines()[-1], "nobody is asked"
    assert (objects(workspace), workspace.episode("second").toml.read_bytes()) == (before, toml)
    assert run(workspace, "talk", "--yes").exit_code == 0, "without the very episode the feeds are right"


def test_published_anew_while_a_person_thinks(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    toml = workspace.episode("second").toml.read_bytes()

    def publish_meanwhile(_: str) -> bool:
        path = workspace.root / "public/episodes/second/published.json"
        path.write_bytes(path.read_bytes() + b"\n")
        return True

    monkeypatch.setattr(click, "confirm", publish_meanwhile)
    ended = run(workspace, "second")
    assert "second was published anew meanwhile" in str(ended.exception)
    assert workspace.episode("second").toml.read_bytes() == toml, "it is not held back, for it is published"


def test_published_anew_at_the_last_moment(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the history says that it is withdrawn, and before it is."""
    path, send = workspace.root / "public/episodes/second/published.json", FolderStore.send
    theirs = path.read_bytes() + b"\n"

    def overtaken(store: FolderStore, key: str, *more: Any) -> Any:
        sent = send(store, key, *more)
        if "-withdrawn-" in key:
            path.write_bytes(theirs)
        return sent

    monkeypatch.setattr(FolderStore, "send", overtaken)
    ended = run(workspace, "second", "--yes")
    assert "second was published anew meanwhile" in str(ended.exception)
    assert path.read_bytes() == theirs
    assert "episodes/second/" in (workspace.root / "public/feeds/en.xml").read_text("utf-8")


def test_pages_of_a_show_that_wants_none_go_too(tmp_path: Path) -> None:
    """They are renewed no more, and name the episode."""
    workspace = sent_show(tmp_path, more="[site]\nenabled = true\n")
    add(workspace, "second")
    publish(workspace, "talk", "second")
    workspace.toml.write_text(workspace.toml.read_text("utf-8").replace("enabled = true", "enabled = false"), "utf-8")
    done(workspace, "second")
    left = objects(workspace)
    assert not {"index.html", "index.zh-Hans.html", "404.html", "sitemap.xml", "robots.txt"} & left.keys()
    assert not [key for key, data in left.items() if b"About second" in data and not key.startswith("episodes/second/")]


def test_for_programs(workspace: Workspace) -> None:
    shown = [json.loads(line) for line in run(workspace, "second", "--remove-files", "--json").output.splitlines()]
    assert {row["action"] for row in shown if row["event"] == "object" and row["subject"] == "second"} == {"delete"}
    assert [row["name"] for row in shown if row["event"] == "feed"] == ["en", "zh-Hans"]
    assert "give --yes" in shown[-1]["text"]
    assert "episodes/second/published.json" in objects(workspace), "a program is not asked: it says --yes"
    lines = done(workspace, "second", "--json").output.splitlines()
    assert all(json.loads(line) for line in lines)


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("date = 1\n[[a]]\nb = 1\n", "date = 1\ndraft = true\n[[a]]\nb = 1\n"),
        ("draft = false  # not yet\na = 1\n", "draft = true  # not yet\na = 1\n"),
        ("draft   =   false\n", "draft   =   true\n"),
        ("draft = true # stays\n", "draft = true # stays\n"),
        ('text = """\ndraft = false\n"""\n"draft" = false\n', 'text = """\ndraft = false\n"""\n"draft" = true\n'),
        ("# only a remark\n[table]\ndate = 1\n", "# only a remark\ndraft = true\n\n[table]\ndate = 1\n"),
    ],
)
def test_the_line_in_episode_toml(text: str, after: str) -> None:
    assert set_draft(text, is_draft=True) == after
    assert set_draft(text.replace("\n", "\r\n"), is_draft=True) == after.replace("\n", "\r\n")


@pytest.mark.parametrize("removes", [False, True])
def test_killed_at_any_write_and_run_again(template: Path, tmp_path: Path, removes: bool) -> None:
    arguments = ("second", "--yes", *(["--remove-files"] if removes else []))
    whole = Workspace(Path(shutil.copytree(template, tmp_path / "whole")))
    assert run(whole, *arguments).exit_code == 0
    number = 0
    while True:
        workspace = Workspace(Path(shutil.copytree(template, tmp_path / str(number))))
        with pytest.MonkeyPatch.context() as patch:
            killed_at(patch, number)
            try:
                run(workspace, *arguments)
                break
            except Killed:
                pass
        for entry in feedparser.parse((workspace.root / "public/feeds/en.xml").read_bytes()).entries:
            (file,) = entry.enclosures
            assert (workspace.root / "public" / file.href.split(":8123/")[1]).is_file(), "no feed names what is gone"
        again = run(workspace, *arguments)
        if again.exit_code:
            assert "second is not published" in str(again.exception), "the last write was made"
        assert objects(workspace) == objects(whole)
        assert context(workspace, "second").episode.draft
        assert store_of(workspace).list()
        number += 1
        shutil.rmtree(workspace.root)
    assert number > 8
    assert not re.search(r"castkit-part", " ".join(path.name for path in whole.root.rglob("*")))
