"""Clearance: nothing goes out before those asked for have approved these very bytes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from castkit_cli import castkit, succeed

from built_show import EPISODE, build, context, make_show
from castkit.engine.fleet_of_one import run
from castkit.engine.place import Place
from castkit.errors import CastkitError
from castkit.steps import upload
from castkit.steps.clearance import approve, load, standings, withdraw
from castkit.workspace import Workspace

STORE = 'base_url = "http://127.0.0.1:8123"'
REQUIRED = '\n[clearance]\nrequired = ["lead", "partner"]\n'
WHEN = "2026-09-16T09:00:00+00:00"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = make_show(tmp_path / "show", store=STORE, more=REQUIRED)
    build(made)
    return made


def send(workspace: Workspace) -> None:
    given = context(workspace)
    place = Place(given.slug, given.workspace.root, given.paths.build, given.paths.receipts, given.paths.lock)
    run((upload.STEP,), given, place, lambda _: None)


def public(workspace: Workspace) -> list[Path]:
    return [path for path in (workspace.root / "public").rglob("*") if path.is_file()]


def refused(*arguments: str, cwd: Path) -> str:
    ended = castkit(*arguments, cwd=cwd)
    assert ended.code == 1, ended
    return ended.err


def approved(workspace: Workspace) -> None:
    for role in ("lead", "partner"):
        approve(context(workspace), role, "Ann", WHEN)


def test_nothing_is_sent_before_all_have_approved(workspace: Workspace) -> None:
    approve(context(workspace), "lead", "Ann", WHEN)
    with pytest.raises(CastkitError) as found:
        send(workspace)
    assert "partner: not approved" in found.value.message
    assert "lead" not in found.value.message
    assert "castkit approve talk --by partner" in str(found.value.hint)
    assert not public(workspace)
    approve(context(workspace), "partner", "Bo", WHEN)
    send(workspace)
    assert public(workspace)


CHANGES = {
    "sound": ("talk.mp3", lambda paths: paths.audio),
    "subtitles": ("talk.zh-Hans.vtt", lambda paths: paths.vtt("zh-Hans")),
    "notes": ("talk.en.html", lambda paths: paths.notes_html("en")),
    "chapters": ("talk.en.chapters.json", lambda paths: paths.chapters_json("en")),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_one_byte_reopens_it_and_its_return_clears_it_again(workspace: Workspace, kind: str) -> None:
    approved(workspace)
    path = CHANGES[kind][1](context(workspace).paths)
    before = path.read_bytes()
    path.write_bytes(before[:-1] + bytes([before[-1] ^ 1]))
    with pytest.raises(CastkitError, match=f"changed since: {path.name}") as found:
        send(workspace)
    assert "approved by Ann" in found.value.message
    assert not public(workspace)
    path.write_bytes(before)
    send(workspace)
    assert public(workspace)


@pytest.mark.parametrize(("old", "new"), [("One <talk>", "One talk"), ("摘要。", "摘要！"), ('"00:20"', '"00:21"')])
def test_a_word_that_is_in_no_file_reopens_it_too(workspace: Workspace, old: str, new: str) -> None:
    approved(workspace)
    toml = context(workspace).paths.toml
    toml.write_text(EPISODE.replace(old, new), "utf-8")
    assert [one.changed for one in standings(context(workspace))] == [("title, summary, people",)] * 2


def test_another_address_of_the_store_changes_nothing(workspace: Workspace) -> None:
    approved(workspace)
    text = workspace.toml.read_text("utf-8")
    workspace.toml.write_text(text.replace(":8123", ":8124"), "utf-8")
    assert all(one.is_cleared for one in standings(context(workspace)))


def test_an_approval_is_taken_back_and_stays_on_record(workspace: Workspace) -> None:
    approved(workspace)
    withdraw(context(workspace), "lead", "Ann", WHEN)
    lead, partner = standings(context(workspace))
    assert (lead.is_cleared, partner.is_cleared) == (False, True)
    lines = context(workspace).paths.approvals.read_text("utf-8").splitlines()
    assert [json.loads(line)["is_withdrawn"] for line in lines] == [False, False, True]
    with pytest.raises(CastkitError, match="lead has not approved talk"):
        withdraw(context(workspace), "lead", "Ann", WHEN)


@pytest.mark.parametrize("line", ["{", "[]", '{"role": 1}', "null", '{"role":"lead","who":"A","when":"","parts":[]}'])
def test_a_damaged_record_is_named_and_clears_nothing(workspace: Workspace, line: str) -> None:
    approved(workspace)
    path = context(workspace).paths.approvals
    path.write_text(path.read_text("utf-8") + line + "\n", "utf-8")
    with pytest.raises(CastkitError, match=r"approvals\.jsonl, line 3"):
        load(path)


def test_a_show_that_asks_nobody_is_published_as_ever(tmp_path: Path) -> None:
    made = make_show(tmp_path / "show", store=STORE)
    build(made)
    send(made)
    assert standings(context(made)) == ()
    assert "asks nobody" in refused("approve", "talk", "--by", "lead", cwd=made.root)


def test_the_command_refuses_what_was_not_looked_at(workspace: Workspace) -> None:
    found = refused("approve", "talk", "--by", "lead", cwd=workspace.root)
    assert "changed since it was built" in found
    assert "castkit build talk" in found
    assert "does not ask for 'boss'" in refused("approve", "talk", "--by", "boss", cwd=workspace.root)
    approve(context(workspace), "lead", "Ann Lee", WHEN)
    table = succeed("approve", "talk", cwd=workspace.root).out
    assert "approved by Ann Lee" in table
    assert "not approved" in table
    said = succeed("approve", "talk", "--by", "lead", "--withdraw", "--json", cwd=workspace.root).out
    assert [json.loads(line)["cleared"] for line in said.splitlines()] == [False, False]
