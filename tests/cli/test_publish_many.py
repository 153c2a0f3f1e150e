"""`castkit publish` and `build` of many episodes: which they are, what comes of them, what is said of failures."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest
from click.testing import CliRunner, Result

from built_show import EPISODE, build, context, make_show, write
from castkit.cli import road
from castkit.cli.main import cli
from castkit.config import load_all, load_show
from castkit.engine.place import lock
from castkit.model.imported import identity_of
from castkit.model.published import Published
from castkit.steps import upload
from castkit.steps.context import EpisodeContext
from castkit.workspace import Workspace

DAYS = {"ant": "2025-01-01", "bee": "2025-02-01", "cat": "2025-03-01", "dog": "2025-04-01"}
STORE = 'base_url = "http://127.0.0.1:8123"'
WITHOUT_PAGES = "\n[site]\nenabled = false\n"  # they take a second to draw


def bring(workspace: Workspace, slug: str, day: str) -> None:
    """As `castkit import` leaves an episode: it has one step, which sends."""
    guid, date, paths = f"https://old.example/{slug}", f"{day}T23:30:00+00:00", workspace.episode(slug)
    toml = (
        f'guid = "{identity_of(guid)}"\ntitle = "Of {slug}"\nsummary = "It was elsewhere."\nlanguage = "en"\n'
        f'date = {date}\npeople = []\n[imported]\nguid = "{guid}"\n'
    )
    write(paths.toml, toml.encode())
    file = {"key": "", "url": f"{guid}.mp3", "type": "audio/mpeg", "length": 1234, "sha256": ""}
    value = {
        "slug": slug, "guid": str(identity_of(guid)), "date": date, "title": f"Of {slug}",
        "summary": "It was elsewhere.", "description": {}, "content_html": {}, "spoken": "en", "duration_ms": 61_000,
        "audio": file, "imported": {"guid": guid, "link": guid},
    }  # fmt: skip
    write(paths.imported, Published.model_validate(value).model_dump_json().encode())
    write(paths.imported_media / "enclosure.mp3", f"ID3 {slug} ".encode() * 50)


def show(root: Path) -> Workspace:
    """A show of four imported episodes."""
    workspace = make_show(root, store=STORE, more=WITHOUT_PAGES)
    for path in sorted(workspace.episode("talk").root.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    workspace.episode("talk").root.rmdir()
    for slug, day in DAYS.items():
        bring(workspace, slug, day)
    return workspace


def castkit(workspace: Workspace, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["-C", str(workspace.root), *arguments])


def failing(workspace: Workspace, *arguments: str) -> Result:
    """As `castkit`, whose exit code must be the one for some that failed."""
    ended = CliRunner().invoke(cli, ["-C", str(workspace.root), *arguments], standalone_mode=False)
    assert ended.return_value == 3
    return ended


def sent(workspace: Workspace) -> set[str]:
    return {path.parent.name for path in workspace.root.glob("public/episodes/*/published.json")}


def files(root: Path) -> dict[str, bytes]:
    found = (path for path in root.rglob("*") if path.is_file() and path.suffix != ".lock")
    bookkeeping = (".digests.json", ".lock")
    return {one.relative_to(root).as_posix(): one.read_bytes() for one in found if one.name not in bookkeeping}


def told(ended: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ended.stdout.splitlines()]


def test_many_at_once_give_the_bytes_of_one_after_the_other(tmp_path: Path) -> None:
    one, many = show(tmp_path / "one"), show(tmp_path / "many")
    for workspace, more in ((one, ("--at-once", "1")), (many, ())):
        ended = castkit(workspace, "publish", "--all", *more)
        assert ended.exit_code == 0, ended.output
        assert re.search(r"(?m)^dog +published .* carry \(new\)$", ended.stdout)
        assert "show  renewed" in re.sub(" +", "  ", ended.stdout)
    assert files(many.root) == files(one.root)
    assert sent(many) == set(DAYS)
    again = castkit(many, "publish", "--all")
    assert re.search(r"(?m)^ant +up to date +- +-$", again.stdout)


def test_built_episodes_too_with_the_ledger_in_the_order_asked_for(tmp_path: Path) -> None:
    slugs = ["talk", "ant", "bee"]
    roots = {}
    for name, at_once in (("one", 1), ("many", None)):
        workspace = make_show(tmp_path / name, store=STORE, more=WITHOUT_PAGES)
        build(workspace)
        for slug in slugs[1:]:
            paths = workspace.episode(slug)
            write(paths.raw / "talk.wav", b"RIFF")
            guid = str(uuid5(NAMESPACE_URL, slug))
            text = EPISODE.replace("a40a42ad-83ac-4727-bf9a-c67bfa5d47ac", guid).replace("One <talk>", f"About {slug}")
            write(paths.toml, text.replace("number = 2", f"number = {3 + slugs.index(slug)}").encode())
            build(workspace, slug=slug)
            write(paths.audio, f"ID3 {slug} ".encode() * 500)
        works = [road.work_of(context(workspace, slug), (upload.STEP,)) for slug in slugs]
        assert road.run_fleet(works, lambda _: None, at_once=at_once) == ()
        road.run_show(workspace, load_show(workspace), lambda _: None)
        roots[name] = workspace.root
    assert files(roots["many"]) == files(roots["one"])
    ledger = (roots["many"] / "feeds/ledger.toml").read_text("utf-8")
    assert re.findall(r"\[episodes\.(\w+)\]", ledger) == slugs


@pytest.mark.parametrize("at_once", ["1", "4"])
def test_one_broken_and_one_taken_stop_no_other(tmp_path: Path, at_once: str) -> None:
    workspace = show(tmp_path)
    workspace.episode("bee").imported.write_bytes(b"{")
    with lock(road.episode_place(context(workspace, "cat"))):
        ended = failing(workspace, "publish", "--all", "--at-once", at_once)
    assert sent(workspace) == {"ant", "dog"}
    assert "Of dog" in (workspace.root / "public/feeds/en.xml").read_text("utf-8")
    assert "2 of 4 episodes failed; the others are done:" in ended.stderr
    said = ended.stderr[ended.stderr.index("2 of 4") :]
    assert re.search(r"(?m)^bee: failed at carry$", said)
    assert re.search(r"(?m)^cat: failed\ncastkit: another castkit is working on cat\n  hint: wait", said)
    assert said.index("bee: failed") < said.index("cat: failed")
    assert re.search(r"(?m)^bee +failed", ended.stdout)
    again = failing(workspace, "publish", "--all", "--json", "--at-once", at_once)
    *_, summary = told(again)
    assert [one["subject"] for one in summary["errors"]] == ["bee"]
    assert list(summary["results"]) == ["ant", "cat", "dog"]


def test_all_that_fail_are_named_and_the_feed_is_left_alone(tmp_path: Path) -> None:
    workspace = show(tmp_path)
    for slug in DAYS:
        workspace.episode(slug).imported.write_bytes(b"{")
    ended = failing(workspace, "publish", "--all")
    assert "4 of 4 episodes failed:" in ended.stderr
    assert not (workspace.root / "public").exists()


def test_a_bug_in_one_is_raised_when_the_rest_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = show(tmp_path)
    real = Published.model_validate_json

    def broken(data: bytes) -> Published:
        if b"Of bee" in data:
            raise ZeroDivisionError("of ours")
        return real(data)

    monkeypatch.setattr(Published, "model_validate_json", broken)
    ended = castkit(workspace, "publish", "--all", "--at-once", "2")
    assert isinstance(ended.exception, ZeroDivisionError)
    assert "bee: failed" in ended.stderr
    assert sent(workspace) == {"ant", "cat", "dog"}


def test_since_a_day_is_by_the_date_in_the_file(tmp_path: Path) -> None:
    workspace = show(tmp_path)
    toml = workspace.episode("ant").toml
    toml.write_text(toml.read_text("utf-8").replace("01-01T23:30:00+00:00", "03-01T00:30:00+02:00"), "utf-8")
    ended = castkit(workspace, "publish", "--since", "2025-03-01")
    assert ended.exit_code == 0, ended.output
    assert sent(workspace) == {"ant", "cat", "dog"}
    none = castkit(workspace, "publish", "--since", "2026-01-01")
    assert none.exit_code == 0
    assert none.stdout.splitlines()[0] == "no episode is dated 2026-01-01 or later"
    assert "no episode is dated" in castkit(workspace, "build", "--since", "2026-01-01").stdout


def test_stale_are_those_of_which_a_step_would_run(tmp_path: Path) -> None:
    workspace = show(tmp_path)
    assert castkit(workspace, "publish", "ant", "bee", "cat").exit_code == 0
    toml = workspace.episode("bee").toml
    toml.write_text(toml.read_text("utf-8").replace("It was elsewhere.", "Better."), "utf-8")
    plan = told(castkit(workspace, "publish", "--stale", "--dry-run", "--json"))
    assert {one["subject"] for one in plan if one["event"] == "plan"} == {"bee", "dog", "show"}
    ended = castkit(workspace, "publish", "--stale", "--json")
    assert {one["subject"] for one in told(ended) if one["event"] in ("started", "skipped")} == {"bee", "dog", "show"}
    assert {one["subject"] for one in told(ended) if one["event"] == "ended"} == {"bee", "dog"}
    later = castkit(workspace, "publish", "--stale", "--since", "2025-02-01")
    assert later.exit_code == 0
    assert later.stdout.splitlines()[0] == "no episode is dated 2025-02-01 or later and stale"
    assert told(castkit(workspace, "build", "--stale", "--json"))[-1]["event"] == "summary"


def test_what_was_unpublished_does_not_come_back_by_a_selection(tmp_path: Path) -> None:
    workspace = show(tmp_path)
    assert castkit(workspace, "publish", "--all").exit_code == 0
    assert castkit(workspace, "unpublish", "cat", "--yes").exit_code == 0
    for selection in ("--all", "--stale", "--since=2025-01-01"):
        ended = castkit(workspace, "publish", selection)
        assert ended.exit_code == 0
        assert "cat waits: it was unpublished" in ended.stdout
        assert "cat" not in sent(workspace)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("publish", "ant", "--since", "2025-01-01"), "name episodes, or choose of all"),
        (("build", "ant", "--all"), "name episodes, or choose of all"),
        (("build", "ant", "--stale"), "name episodes, or choose of all"),
        (("publish", "--due", "--stale"), "--due finds the episodes itself"),
        (("build", "--since", "yesterday"), "'yesterday' is no day: write it like 2026-01-31"),
        (("build", "--since", ""), "is no day"),
        (("publish", "--all", "--at-once", "0"), "0 is not in the range"),
        (("publish",), "name an episode (here: ant, bee, cat, dog), or give --all"),
    ],
)
def test_what_contradicts_itself_is_a_usage_error(tmp_path: Path, arguments: tuple[str, ...], says: str) -> None:
    workspace = show(tmp_path)
    ended = castkit(workspace, *arguments)
    assert ended.exit_code == 2
    assert says in ended.output
    assert not sent(workspace)


def test_what_is_set_back_to_draft_while_others_are_sent_is_not_sent(tmp_path: Path) -> None:
    """As `castkit unpublish` does, hours after a long run began."""
    workspace = show(tmp_path / "show")
    settings, episodes = load_all(workspace)
    found = [EpisodeContext(workspace, settings, slug, episode) for slug, episode in episodes.items()]
    toml = workspace.episode("bee").toml
    toml.write_text(f"draft = true\n{toml.read_text('utf-8')}", "utf-8")
    works = [road.work_of(one, road.stages_of(one.episode, is_sending=True)) for one in found]
    (failure,) = road.run_fleet(works, lambda _: None, at_once=1)
    assert failure.subject == "bee"
    assert "draft = true while this run went on" in str(failure.error)
    assert sent(workspace) == {"ant", "cat", "dog"}
