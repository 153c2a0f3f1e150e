"""`castkit rollback`: the feed before, whatever was done since; finished after a kill at any moment."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import feedparser
import pytest
from click.testing import CliRunner, Result
from sent_show import Killed, add, killed_at, objects, publish, reasons, sent_show, store_of

from built_show import context
from castkit.cli.app import App
from castkit.cli.rollback import rollback
from castkit.cli.unpublish import unpublish
from castkit.errors import CastkitError, StoreError
from castkit.steps.going_back import put_back, way_back
from castkit.steps.past_publications import history
from castkit.steps.upload import check
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
