"""`castkit newsletter` as a person and a program see it, on a show with episodes in a folder store."""

from __future__ import annotations

import email
import email.policy
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import built_show
from castkit.cli.app import App
from castkit.cli.newsletter import newsletter
from castkit.errors import CastkitError
from castkit.steps.publication import publication, to_bytes
from castkit.steps.show_context import ShowContext
from castkit.storage.folder import FolderStore
from castkit.storage.keys import published_key
from castkit.workspace import Workspace

BASE = 'base_url = "https://cdn.example.org/show"'
LINKS = """
[[links]]
kind = "study"
title = { en = "A study", zh-Hans = "一项研究" }
url = "https://example.org/study"
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A show with `talk` and, a week later, `walk`, both published."""
    made = built_show.make_show(tmp_path / "show", store=BASE)
    talk, walk = made.episode("talk"), made.episode("walk")
    shutil.copytree(talk.root, walk.root)
    text = talk.toml.read_text("utf-8")
    other = text.replace("a40a42ad", "b50b42ad").replace("2026-09-16", "2026-09-23").replace("One <talk>", "A walk")
    talk.toml.write_text(text + LINKS, "utf-8")
    walk.toml.write_text(other.replace("一次谈话", "一次散步"), "utf-8")
    for slug in ("talk", "walk"):
        built_show.build(made, slug=slug)
        publish(made, slug)
    return made


def publish(workspace: Workspace, slug: str) -> None:
    """Puts what feeds are made of into the store."""
    context = built_show.context(workspace, slug)
    store = ShowContext.open(workspace, context.show).store
    assert isinstance(store, FolderStore)
    store.write(published_key(slug), to_bytes(publication(context, store.url).published))


def run(workspace: Workspace, *arguments: str) -> Result:
    return CliRunner().invoke(newsletter, arguments, obj=App(workspace.root), catch_exceptions=True)


def succeed(workspace: Workspace, *arguments: str) -> Result:
    found = run(workspace, *arguments)
    assert found.exit_code == 0, found.output + str(found.exception)
    return found


def refused(workspace: Workspace, *arguments: str) -> CastkitError:
    found = run(workspace, *arguments).exception
    assert isinstance(found, CastkitError)
    return found


def test_one_published_episode(workspace: Workspace) -> None:
    shutil.rmtree(workspace.episode("talk").build)  # another machine's build: the store is what counts
    found = succeed(workspace, "talk")
    paths = [workspace.newsletters / f"talk.{ending}" for ending in ("html", "txt", "eml")]
    assert found.stdout.splitlines() == [str(path) for path in paths]
    html, text, eml = (path.read_bytes() for path in paths)
    assert b"One &lt;talk&gt;" in html
    assert b"https://cdn.example.org/show/feeds/cover-" in html
    for said in ("One <talk>", "Study: A study", "https://example.org/study", "研究：一项研究", "Host"):
        assert said in text.decode()
    assert f"https://cdn.example.org/show/{stored_page(workspace, 'talk', 'zh-Hans')}" in text.decode()
    assert "https://cdn.example.org/show/feeds/zh-Hans.xml" in text.decode()
    mail = email.message_from_bytes(eml, policy=email.policy.default)
    assert mail["Subject"] == "Talks & Walks: One <talk> / 谈话：一次谈话"
    assert "note:" not in found.stderr


def stored_page(workspace: Workspace, slug: str, language: str) -> str:
    """Where the store has the episode's page."""
    context = ShowContext.open(workspace, built_show.context(workspace, slug).show)
    return context.episodes[slug].published.notes[language].key


def test_all_since_a_day_the_newest_first(workspace: Workspace) -> None:
    found = succeed(workspace, "--since", "2026-09-16", "--json")
    about = json.loads(found.stdout)
    assert about["episodes"] == ["walk", "talk"]
    assert about["subject"] == "Talks & Walks: 2 new episodes / 谈话：2期新节目"
    assert [Path(one).name for one in about["files"]] == [f"since-2026-09-16.{end}" for end in ("html", "txt", "eml")]
    assert json.loads(succeed(workspace, "--since", "2026-09-17", "--json").stdout)["episodes"] == ["walk"]
    late = refused(workspace, "--since", "2026-09-24")
    assert late.message == "no episode was published since 2026-09-24"
    assert "walk, of 2026-09-23" in late.hint


def test_one_language_has_files_of_its_own(workspace: Workspace, tmp_path: Path) -> None:
    succeed(workspace, "talk", "--language", "zh", "--subject", "新节目", "--to", str(tmp_path / "out"))
    text = (tmp_path / "out/talk.zh.txt").read_text("utf-8")
    assert "一次谈话" in text
    assert "One <talk>" not in text
    assert refused(workspace, "talk", "--language", "fr").message == "the show has no language fr"


def test_an_episode_that_is_only_built_says_that_links_will_work_later(workspace: Workspace) -> None:
    (workspace.root / "public" / published_key("talk")).unlink()
    assert "note: talk is not published: the links" in succeed(workspace, "talk").stderr
    assert "One <talk>" in (workspace.newsletters / "talk.txt").read_text("utf-8")
    shutil.rmtree(workspace.episode("talk").build)
    found = refused(workspace, "talk")
    assert "castkit build" in found.hint
    assert refused(workspace, "talks").message == "there is no episode talks, neither here nor in the store"


def test_a_second_time_changes_nothing_and_an_edit_is_not_written_over(workspace: Workspace) -> None:
    succeed(workspace, "talk")
    files = sorted(workspace.newsletters.iterdir())
    before = [path.read_bytes() for path in files]
    succeed(workspace, "talk")
    assert [path.read_bytes() for path in files] == before
    succeed(workspace, "talk", "--subject", "Another")  # castkit's own file may be replaced
    text = workspace.newsletters / "talk.txt"
    text.write_text("By hand.\n", "utf-8")
    html = (workspace.newsletters / "talk.html").read_bytes()
    found = refused(workspace, "talk")
    assert "somebody edited it" in found.message
    assert "--to" in found.hint
    assert text.read_text("utf-8") == "By hand.\n"
    assert (workspace.newsletters / "talk.html").read_bytes() == html


@pytest.mark.parametrize("damage", ["", "[]", "{"])
def test_where_it_is_forgotten_what_was_written_every_file_counts_as_edited(workspace: Workspace, damage: str) -> None:
    succeed(workspace, "talk")
    workspace.newsletters_made.write_text(damage, "utf-8")
    succeed(workspace, "talk")  # the same bytes: nobody loses anything
    workspace.newsletters_made.write_text(damage, "utf-8")
    assert "somebody edited it" in refused(workspace, "talk", "--subject", "Another").message


def test_an_address_that_nobody_can_reach_is_said(tmp_path: Path) -> None:
    made = built_show.make_show(tmp_path / "show")
    built_show.build(made)
    publish(made, "talk")
    told = succeed(made, "talk").stderr
    assert "note: links lead to 127.0.0.1:8000, which nobody else can reach" in told
    assert "note: the cover is left out" in told


def test_ones_own_template_wins_and_its_faults_are_said(workspace: Workspace) -> None:
    workspace.templates.mkdir()
    (workspace.templates / "newsletter.html.j2").write_text("<a href='x'>{{ subject }}</a>", "utf-8")
    assert "note: <a> in line 1: the link is no whole address" in succeed(workspace, "talk").stderr
    html = (workspace.newsletters / "talk.html").read_text("utf-8")
    assert html.startswith("<a href='x'>Talks &amp; Walks: One &lt;talk&gt;")
    (workspace.templates / "newsletter.html.j2").write_text("\n{{ episode }}", "utf-8")
    assert "newsletter.html.j2, line 2: 'episode' is undefined" in refused(workspace, "talk").message


@pytest.mark.parametrize("arguments", [(), ("talk", "--since", "2026-09-16")])
def test_it_wants_an_episode_or_a_day(workspace: Workspace, arguments: tuple[str, ...]) -> None:
    found = run(workspace, *arguments)
    assert found.exit_code == 2
    assert "name an episode, or give --since" in found.stderr


def test_a_folder_that_is_a_file_is_named(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("x", "utf-8")
    found = refused(workspace, "talk", "--to", str(tmp_path / "taken"))
    assert "cannot be written" in found.message
    assert "--to" in found.hint
