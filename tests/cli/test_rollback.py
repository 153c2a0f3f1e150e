"""`castkit rollback`: the feed before, whatever was done since; finished after a kill at any moment."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import feedparser
import pytest
from click.testing import CliRunner, Result
from sent_show import Killed, add, killed_at, objects, publish, reasons, sent_show, store_of

from built_show import context
from castkit.cli.app import App
from castkit.cli.rollback import rollback
from castkit.cli.unpublish import unpublish
from castkit.errors import CastkitError, StoreError
from castkit.steps.cut_off import unfinished
from castkit.steps.going_back import moved_pages, put_back, put_pages, way_back
from castkit.steps.past_publications import history
from castkit.steps.show_context import stored_episodes
from castkit.steps.upload import check
from castkit.storage.folder import FolderStore
from castkit.storage.keys import published_key
from castkit.workspace import Workspace
from s3server import S3Server


def correct(workspace: Workspace, slug: str, words: str) -> None:
    """Another sound, another page and another title, published."""
    paths = workspace.episode(slug)
    paths.audio.write_bytes(f"ID3 {words} ".encode() * 50)
    page(workspace, slug).write_bytes(f"<!doctype html>\n<p>{words}</p>\n".encode())
    paths.toml.write_text(
        re.sub(r'(title = \{ en = )"[^"]*"', rf'\1"{words}"', paths.toml.read_text("utf-8"), count=1), "utf-8"
    )
    publish(workspace, slug)


def page(workspace: Workspace, slug: str) -> Path:
    return next(one for one in workspace.episode(slug).build.glob("*.en.html") if ".transcript." not in one.name)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`talk` was published, then corrected; `second` was published between."""
    workspace = sent_show(tmp_path_factory.mktemp("rollback") / "show")
    add(workspace, "second")
    publish(workspace, "talk")
    publish(workspace, "second")
    correct(workspace, "talk", "Worse words")
    return workspace.root


@pytest.fixture
def workspace(template: Path, tmp_path: Path) -> Workspace:
    return Workspace(Path(shutil.copytree(template, tmp_path / "show")))


def run(workspace: Workspace, *arguments: str, answer: str = "") -> Result:
    return CliRunner().invoke(rollback, arguments, obj=App(workspace.root), input=answer)


def done(workspace: Workspace, *arguments: str) -> Result:
    ended = run(workspace, *arguments, "--yes")
    assert ended.exit_code == 0, (ended.output, ended.exception)
    return ended


def live(workspace: Workspace) -> dict[str, bytes]:
    """What listeners get."""
    return {key: data for key, data in objects(workspace).items() if "/history/" not in key}


def titles(workspace: Workspace) -> list[str]:
    return [entry.title for entry in feedparser.parse(store_of(workspace).get("feeds/en.xml")).entries]


def test_the_feed_is_the_one_before_to_the_byte(tmp_path: Path) -> None:
    workspace = sent_show(tmp_path)
    publish(workspace, "talk")
    before = live(workspace)
    correct(workspace, "talk", "Worse words")
    assert live(workspace) != before
    ended = done(workspace, "talk")
    assert "“One <talk>”: its sound is replaced" in ended.output
    after = live(workspace)
    assert {key: after[key] for key in before} == before
    assert [key for key in after if key not in before] == [key for key in after if b"Worse" in after[key]]
    assert next(iter(after.keys() - before.keys())).endswith(".mp3"), "the media stay, under their own names"


def test_it_is_shown_and_asked_first(workspace: Workspace) -> None:
    before = objects(workspace)
    ended = run(workspace, "talk", answer="n\n")
    assert "put back as it was: episodes/talk/" in ended.output
    assert "title: Worse words -> One <talk>" in ended.output
    assert "nothing was changed" in ended.output
    assert objects(workspace) == before


def test_without_a_slug_the_latest_goes_back_and_then_the_one_before(workspace: Workspace) -> None:
    done(workspace)
    assert titles(workspace) == ["About second", "One <talk>"]
    ended = done(workspace)
    assert "second was published on" in ended.output
    assert titles(workspace) == ["One <talk>"]
    assert context(workspace, "second").episode.draft, "it was not published before, and does not come back by itself"
    done(workspace)
    assert titles(workspace) == []
    last = run(workspace, "--yes")
    assert last.exit_code == 1
    assert "remembers no publication that could be taken back" in str(last.exception)


def test_an_unpublished_episode_comes_back(workspace: Workspace) -> None:
    before, toml = live(workspace), workspace.episode("talk").toml
    text = toml.read_text("utf-8")
    CliRunner().invoke(unpublish, ["talk", "--yes"], obj=App(workspace.root))
    assert titles(workspace) == ["About second"]
    done(workspace)
    assert live(workspace) == before
    assert toml.read_text("utf-8").replace("draft = false\n", "") == text
    assert not context(workspace).episode.draft


def test_removed_files_cannot_come_back(workspace: Workspace) -> None:
    CliRunner().invoke(unpublish, ["talk", "--remove-files", "--yes"], obj=App(workspace.root))
    for arguments in ((), ("talk",)):
        ended = run(workspace, *arguments, "--yes")
        assert ended.exit_code == 1
        assert "unpublished and its files removed" in str(ended.exception)


def test_what_is_missing_is_named_and_nothing_is_done(workspace: Workspace) -> None:
    store, entries = store_of(workspace), history(store_of(workspace), "talk")
    old = json.loads(store.get(entries[0].key))
    store.delete(old["audio"]["key"])
    (kept,) = [key for key in store.list("episodes/talk/history/") if key.endswith(".html")]
    store.delete(kept)
    before = objects(workspace)
    ended = run(workspace, "talk", "--yes")
    assert ended.exit_code == 1
    assert old["audio"]["key"] in str(ended.exception)
    assert kept in str(ended.exception)
    assert objects(workspace) == before


def test_what_was_published_before_there_was_a_history(workspace: Workspace) -> None:
    store = store_of(workspace)
    for key in list(store.list("episodes/second/history/")):
        store.delete(key)
    ended = run(workspace, "second", "--yes")
    assert "does not remember what second was before" in str(ended.exception)
    correct(workspace, "second", "Newer")
    done(workspace, "second")
    assert titles(workspace) == ["About second", "Worse words"]
    assert "does not remember" in str(run(workspace, "second", "--yes").exception)


def test_the_next_publication_is_not_the_one_taken_back(workspace: Workspace) -> None:
    """What is built here is what was taken back: it is sent again only where a person says so, or corrects it."""
    done(workspace, "talk")
    with pytest.raises(CastkitError, match="talk was rolled back to what was published before") as raised:
        check(context(workspace))
    assert "castkit publish talk --redo upload" in raised.value.hint
    assert reasons(workspace, "talk")[0][1].startswith("cannot tell: talk was rolled back")
    with pytest.raises(CastkitError, match="rolled back"):
        publish(workspace, "talk")
    assert titles(workspace) == ["About second", "One <talk>"]
    correct(workspace, "talk", "Right words")
    assert titles(workspace) == ["About second", "Right words"]
    done(workspace, "talk")
    assert titles(workspace) == ["About second", "One <talk>"], "and not to what was taken back"


def test_the_list(workspace: Workspace) -> None:
    done(workspace)
    lines = run(workspace, "--list").output.splitlines()
    assert [re.split(r"  +", line)[1:] for line in lines[1:]] == [
        ["talk", "rolled back: sound, title, pages changed", "now"],
        ["talk", "published again: sound, title, pages changed", "taken back"],
        ["second", "published", "now"],
        ["talk", "published"],
    ]
    rows = [json.loads(line) for line in run(workspace, "talk", "--list", "--json").output.splitlines()]
    assert [row["state"] for row in rows] == ["now", "taken back", ""]


def test_for_programs(workspace: Workspace) -> None:
    rows = [json.loads(line) for line in run(workspace, "--json").output.splitlines()]
    assert (rows[0]["event"], rows[0]["subject"], rows[0]["undone"]["kind"]) == ("rollback", "talk", "published")
    assert "give --yes" in rows[-1]["text"]
    assert titles(workspace)[1] == "Worse words"


@pytest.mark.parametrize("start", ["corrected", "unpublished"])
def test_killed_at_any_write_and_run_again(template: Path, tmp_path: Path, start: str) -> None:
    if start == "unpublished":
        begin = Workspace(Path(shutil.copytree(template, tmp_path / "begin")))
        CliRunner().invoke(unpublish, ["talk", "--yes"], obj=App(begin.root))
        template = begin.root
    whole = Workspace(Path(shutil.copytree(template, tmp_path / "whole")))
    done(whole, "talk")
    number = 0
    while True:
        workspace = Workspace(Path(shutil.copytree(template, tmp_path / str(number))))
        with pytest.MonkeyPatch.context() as patch:
            killed_at(patch, number)
            try:
                run(workspace, "talk", "--yes")
                break
            except Killed:
                pass
        if live(workspace) != live(whole):
            done(workspace, "talk")
        assert live(workspace) == live(whole)
        assert objects(workspace).keys() == objects(whole).keys()
        number += 1
    assert number > 5
    assert context(workspace).episode.draft == context(whole).episode.draft


def test_somebody_publishes_meanwhile(workspace: Workspace) -> None:
    given = context(workspace)
    way = way_back(workspace, given.show, store_of(workspace), "talk")
    correct(workspace, "talk", "A colleague's")
    before = live(workspace)
    with pytest.raises(StoreError, match="talk was published meanwhile, and stays so"):
        put_back(store_of(workspace), way)
    assert live(workspace) == before


def colleague(workspace: Workspace, words: str) -> Callable[[], None]:
    """Publishes another sound, page and title from a machine of their own; by the very store, whatever it is told."""
    other = Workspace(Path(shutil.copytree(workspace.root, workspace.root.parent / "colleague")))
    shutil.rmtree(other.root / "public")
    text = other.toml.read_text("utf-8")
    other.toml.write_text(text.replace("[store]\n", f"[store]\npath = {json.dumps(str(public(workspace)))}\n"), "utf-8")
    return lambda: correct(other, "talk", words)


def public(workspace: Workspace) -> Path:
    return workspace.root / "public"


def before_sending(patch: pytest.MonkeyPatch, is_it: Callable[[str], bool], act: Callable[[], None]) -> None:
    """Lets `act` happen once, just before the store is sent the first object whose key `is_it`."""
    real, todo = FolderStore.send, [act]

    def send(store: FolderStore, key: str, *arguments: Any, **more: Any) -> Any:
        if todo and is_it(key):
            todo.pop()()
        return real(store, key, *arguments, **more)

    patch.setattr(FolderStore, "send", send)


def is_page(key: str) -> bool:
    return key.startswith("episodes/talk/") and key.endswith(".en.html") and "/history/" not in key


@pytest.mark.parametrize("moment", ["published.json", "page"])
def test_a_race_lost_at_any_moment_leaves_everything_to_who_won_it(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """A colleague publishes when everything has been looked at, and again between published.json and the page."""
    act = colleague(workspace, "Theirs")
    before_sending(monkeypatch, is_page if moment == "page" else lambda key: key == published_key("talk"), act)
    ended = run(workspace, "talk", "--yes")
    assert "talk was published meanwhile, and stays so" in str(ended.exception)
    assert titles(workspace) == ["About second", "Theirs"]
    store = store_of(workspace)
    published = stored_episodes(store)["talk"].published
    assert dict(moved_pages(store, published)) == {}, "every page is as published.json says"
    assert b"Theirs" in store.get(published.notes["en"].key)


def test_a_page_sent_just_before_and_published_just_after_is_its_senders(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The colleague's upload is between its page and its published.json while the rollback is finished."""
    store, key = FolderStore(public(workspace), base_url="http://127.0.0.1:8123"), published_key("talk")
    correct(workspace, "talk", "Theirs")
    published = store.get(key)
    (place,) = (one for one in store.list("episodes/talk/") if is_page(one))
    page_there = store.get(place)
    done(workspace, "talk")
    assert store.get(place) != page_there
    store.write(place, page_there)  # again, and not published yet
    left = unfinished(workspace, context(workspace).show, store, "talk")
    assert left is not None
    assert list(left.pages) == [place]
    before_sending(monkeypatch, is_page, lambda: store.write(key, published))
    with pytest.raises(StoreError, match="talk was published meanwhile"):
        put_pages(store, "talk", str(left.digest), left.pages)
    assert store.get(place) == page_there


def test_where_the_gate_would_stop_the_feeds_nothing_is_done(workspace: Workspace) -> None:
    path = public(workspace) / "episodes/second/published.json"
    path.write_text(json.dumps({**json.loads(path.read_bytes()), "title": ""}), "utf-8")
    before = objects(workspace)
    for arguments in (("--yes",), ("--yes", "--json"), ()):
        ended = run(workspace, "talk", *arguments, answer="y\n")
        assert ended.exit_code == 1
        assert isinstance(ended.exception, CastkitError)
        assert "talk stays as it is" in ended.exception.message
        assert "[text-missing]" in ended.exception.message
    assert objects(workspace) == before


def test_a_setting_that_is_edited_later_leaves_nothing_to_finish(tmp_path: Path) -> None:
    """The show's title, who speaks, and how every episode's media are addressed."""
    workspace = sent_show(tmp_path, store='base_url = "https://cast.example"')
    publish(workspace, "talk")
    correct(workspace, "talk", "Worse words")
    done(workspace, "talk")
    text = workspace.toml.read_text("utf-8").replace("Talks & Walks", "Talks").replace('en = "Host"', 'en = "Chair"')
    workspace.toml.write_text(f'{text}\n[feeds]\nstatistics_prefix = "https://count.example/e/"\n', "utf-8")
    before = objects(workspace)
    ended = run(workspace, "talk", answer="n\n")
    assert "not renewed yet" not in ended.output
    assert "it was not published before, so it leaves the feeds" in ended.output, "one further back is offered"
    assert objects(workspace) == before


@pytest.mark.parametrize("start", ["corrected", "unpublished", "first"])
def test_a_setting_that_is_edited_does_not_hide_what_is_to_be_finished(workspace: Workspace, start: str) -> None:
    """Cut off before the feeds, then the settings are edited."""
    slug = "second" if start == "first" else "talk"
    if start == "unpublished":
        CliRunner().invoke(unpublish, ["talk", "--yes"], obj=App(workspace.root))
    feeds = {key: data for key, data in objects(workspace).items() if key.startswith("feeds/")}
    done(workspace, slug)
    for key, data in feeds.items():
        (public(workspace) / key).write_bytes(data)
    workspace.toml.write_text(workspace.toml.read_text("utf-8").replace("Talks & Walks", "Talks"), "utf-8")
    expected = {"corrected": ["About second", "One <talk>"], "first": ["Worse words"]}
    assert titles(workspace) != expected.get(start, ["About second", "Worse words"])
    ended = done(workspace, slug)
    assert "the feeds are not renewed yet" in ended.output
    assert titles(workspace) == expected.get(start, ["About second", "Worse words"])
    assert "not renewed yet" not in run(workspace, slug, answer="n\n").output


def test_without_a_folder_here_no_line_in_it_is_claimed(workspace: Workspace) -> None:
    shutil.rmtree(workspace.episode("second").root)
    ended = done(workspace, "second")
    assert "second is out of the feeds" in ended.output
    assert "draft" not in ended.output


def test_the_same_in_a_bucket(tmp_path: Path, s3_server: S3Server) -> None:
    place = f'bucket = "{s3_server.bucket}"\nprefix = "rollback"\nendpoint = "{s3_server.endpoint}"'
    workspace = sent_show(tmp_path, store=f'kind = "s3"\n{place}\nbase_url = "https://cast.example"')
    publish(workspace, "talk")
    before = live(workspace)
    correct(workspace, "talk", "Worse words")
    done(workspace)
    after = live(workspace)
    assert {key: after[key] for key in before} == before
    ended = CliRunner().invoke(unpublish, ["talk", "--yes"], obj=App(workspace.root))
    assert ended.exit_code == 0, (ended.output, ended.exception)
    assert titles(workspace) == []
    done(workspace)
    assert {key: live(workspace)[key] for key in before} == before
    CliRunner().invoke(unpublish, ["talk", "--yes", "--remove-files"], obj=App(workspace.root))
    assert [key for key in live(workspace) if key.startswith("episodes/")] == []
