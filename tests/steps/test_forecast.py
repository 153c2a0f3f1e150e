"""The plan of a publication is what publishing then does: the same objects, the same bytes, the same feeds."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sent_show import add, changed, foretell, objects, publish, sent_show, store_of

from built_show import context, write, write_json
from castkit.cli.app import App
from castkit.cli.main import cli
from castkit.cli.publish import publish as publish_command
from castkit.feed.difference import difference
from castkit.model.imported import identity_of
from castkit.model.published import Published
from castkit.steps.forecast import Asked, Forecast, forecast
from castkit.storage.keys import published_key
from castkit.workspace import Workspace
from s3server import S3Server

BASE = 'base_url = "https://cast.example"'


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return sent_show(tmp_path / "show")


def edit(workspace: Workspace, old: str, new: str, slug: str = "talk") -> None:
    toml = workspace.episode(slug).toml
    text = toml.read_text("utf-8")
    assert old in text
    toml.write_text(text.replace(old, new), "utf-8")


def everything(root: Path) -> dict[Path, tuple[int, bytes]]:
    return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in root.rglob("*") if path.is_file()}


def held_to(workspace: Workspace, *slugs: str) -> Forecast:
    """Forecasts, publishes, and holds what happened against the forecast; nothing was written in between."""
    local = everything(workspace.root)
    found = foretell(workspace, *slugs)
    assert everything(workspace.root) == local, "a forecast writes nothing"
    before = objects(workspace)
    publish(workspace, *slugs)
    after = objects(workspace)
    assert found.stops == ()
    assert {one.key: one.action for one in found.objects if one.is_sent} == changed(before, after)
    assert {one.key: one.size for one in found.objects} == {one.key: len(after[one.key]) for one in found.objects}
    assert found.feeds is not None
    for one in found.feeds.differences:
        live = [before[key] for key in before if key == f"feeds/{one.name}.xml"]
        assert one == difference(one.name, live, [after[f"feeds/{one.name}.xml"]])
    return found


def texts(found: Forecast) -> str:
    assert found.feeds is not None
    return "\n".join(found.feeds.noticed)


def sent(found: Forecast) -> set[str]:
    return {one.key for one in found.objects if one.is_sent}


def test_the_first_publication(tmp_path: Path) -> None:
    found = held_to(sent_show(tmp_path, more=""), "talk")
    assert "index.zh-Hans.html" in sent(found), "pages of the show, and their pictures, are objects like others"
    assert all(one.action == "add" for one in found.objects)
    assert "a new feed of 1 episode" in texts(found)


def test_nothing_changes(workspace: Workspace) -> None:
    publish(workspace, "talk")
    found = held_to(workspace, "talk")
    assert sent(found) == set()
    assert len(found.objects) > 15, "what is there is named"
    assert texts(found) == "nothing at all: the feeds stay as they are"


def test_words_change(workspace: Workspace) -> None:
    publish(workspace, "talk")
    edit(workspace, "One <talk>", "A better title")
    paths = workspace.episode("talk")
    page = next(one for one in paths.build.glob("*.en.html") if ".transcript." not in one.name)
    write(page, b"<!doctype html>\n<p>edited</p>\n")
    found = held_to(workspace, "talk")
    assert "“A better title”: its title changes" in texts(found)
    assert not any(key.endswith(".mp3") for key in sent(found))
    assert any("/history/" in key and key.endswith(".html") for key in sent(found)), "the page as it was is kept"


def test_sound_is_replaced(workspace: Workspace) -> None:
    publish(workspace, "talk")
    workspace.episode("talk").audio.write_bytes(b"ID3 better sound")
    found = held_to(workspace, "talk")
    assert "its sound is replaced; apps that have it keep the old file" in texts(found)
    assert [one.action for one in found.objects if one.key.endswith(".mp3")] == ["add"]


def test_a_second_language_comes(tmp_path: Path) -> None:
    workspace = sent_show(tmp_path)
    toml = workspace.toml.read_text("utf-8")
    workspace.toml.write_text(f'{toml}\n[feeds]\nlanguages = ["en"]\n', "utf-8")
    tracks = workspace.episode("talk").tracks
    both = tracks.read_bytes()
    write_json(tracks, {**json.loads(both), "tracks": json.loads(both)["tracks"][:1], "spoken": "en"})
    publish(workspace, "talk")
    workspace.toml.write_text(toml, "utf-8")
    write(tracks, both)
    found = held_to(workspace, "talk")
    assert "a new feed of 1 episode: nobody follows it yet (zh-Hans)" in texts(found)
    assert re.search(r"transcript zh-Hans .*application/x-subrip.* is there now \(en\)", texts(found))


def test_two_at_once_and_the_show_itself(tmp_path: Path) -> None:
    workspace = sent_show(tmp_path, more="")
    publish(workspace, "talk")
    add(workspace, "second")
    add(workspace, "third", "2026-08-01T09:00:00+02:00")
    text = workspace.toml.read_text("utf-8")
    workspace.toml.write_text(text.replace("Talks & Walks", "Talks"), "utf-8")
    found = held_to(workspace, "second", "third")
    assert "the show's title changes (en)" in texts(found)
    assert "“About second”, “About third”: new;" in texts(found)


def test_an_imported_episode(workspace: Workspace) -> None:
    """Its sound stays on the old host; then it is brought here."""
    publish(workspace, "talk")
    bring(workspace, "old", "https://old.example/1")
    found = held_to(workspace, "old")
    (episode,) = found.episodes
    assert [one.key for one in episode.objects if "/history/" not in one.key] == [published_key("old")]
    write(workspace.episode("old").imported_media / "enclosure.mp3", b"ID3 from the old host")
    found = held_to(workspace, "old")
    assert any(key.endswith(".mp3") for key in sent(found))
    assert "its sound is replaced" in texts(found)


def bring(workspace: Workspace, slug: str, guid: str) -> None:
    """As `castkit import` leaves an episode."""
    paths = workspace.episode(slug)
    paths.root.mkdir(parents=True)
    date = "2025-01-01T09:00:00+00:00"
    paths.toml.write_text(
        f'guid = "{identity_of(guid)}"\ntitle = "An old one"\nsummary = "It was elsewhere."\nlanguage = "en"\n'
        f'date = {date}\npeople = []\n[imported]\nguid = "{guid}"\n',
        "utf-8",
    )
    file = {"key": "", "url": "https://old.example/1.mp3", "type": "audio/mpeg", "length": 1234, "sha256": ""}
    value = {
        "slug": slug, "guid": str(identity_of(guid)), "date": date, "title": "An old one",
        "summary": "It was elsewhere.", "description": {}, "content_html": {}, "spoken": "en", "duration_ms": 61_000,
        "audio": file, "imported": {"guid": guid, "link": "https://old.example/1"},
    }  # fmt: skip
    write(paths.imported, Published.model_validate(value).model_dump_json().encode())


def test_the_same_for_a_bucket(tmp_path: Path, s3_server: S3Server) -> None:
    place = f'bucket = "{s3_server.bucket}"\nprefix = "forecast"\nendpoint = "{s3_server.endpoint}"'
    workspace = sent_show(tmp_path, store=f'kind = "s3"\n{place}\n{BASE}')
    held_to(workspace, "talk")
    workspace.episode("talk").audio.write_bytes(b"ID3 better sound")
    edit(workspace, "A summary.", "Another one.")
    found = held_to(workspace, "talk")
    assert any(key.endswith(".mp3") for key in sent(found))
    assert sent(held_to(workspace, "talk")) == set()


def lose_an_object(workspace: Workspace) -> None:
    next((workspace.root / "public").rglob("*.vtt")).unlink()


def damage_an_object(workspace: Workspace) -> None:
    next((workspace.root / "public").rglob("*.vtt")).write_bytes(b"WEBVTT")


@pytest.mark.parametrize("harm", [lose_an_object, damage_an_object])
def test_what_the_store_lost_is_sent_again(workspace: Workspace, harm: Callable[[Workspace], None]) -> None:
    publish(workspace, "talk")
    harm(workspace)
    assert {key.rpartition(".")[2] for key in sent(held_to(workspace, "talk"))} == {"vtt"}


def test_what_stands_in_the_way_is_said(workspace: Workspace) -> None:
    text = workspace.toml.read_text("utf-8")
    workspace.toml.write_text(
        text + '\n[clearance]\nrequired = ["lead"]\n[subtitles]\nrequire_review = ["en"]\n', "utf-8"
    )
    (episode,) = foretell(workspace, "talk").episodes
    assert ["clearance asks" in one.message or "require_review" in one.message for one in episode.stops] == [True, True]
    assert [(one.role, one.is_cleared) for one in episode.clearance] == [("lead", False)]
    assert all(one.hint for one in episode.stops)


def test_an_episode_that_would_not_go_is_not_in_the_feeds_forecast(workspace: Workspace) -> None:
    publish(workspace, "talk")
    add(workspace, "second")
    publish(workspace, "second")
    edit(workspace, "2026-10-01", "2026-10-02", "second")
    edit(workspace, "About second", "Other words", "second")
    found = foretell(workspace, "second")
    assert "the date of second is" in found.episodes[0].stops[0].message
    assert texts(found) == "nothing at all: the feeds stay as they are"


def test_a_live_feed_that_is_damaged_is_said_and_replaced(workspace: Workspace) -> None:
    publish(workspace, "talk")
    feed = workspace.root / "public/feeds/en.xml"
    feed.write_bytes(b"<html>maintenance</html>")
    found = foretell(workspace, "talk")
    assert found.feeds is not None
    assert found.feeds.differences[0].problem == "is a web page and no feed"
    assert "feeds/en.xml" in sent(found)


def run(workspace: Workspace, *arguments: str) -> Result:
    return CliRunner().invoke(publish_command, ("talk", "--dry-run", *arguments), obj=App(workspace.root))


def test_steps_that_must_run_first_are_named(workspace: Workspace) -> None:
    """Nothing here was built by the steps themselves, so all would run; the plan is of what lies there."""
    local = everything(workspace.root)
    ended = run(workspace)
    assert ended.exit_code == 0, ended.output
    assert "talk: ingest, survey," in ended.output
    assert "must run first; the plan below is of the last build" in ended.output
    assert "what listeners will notice:\n  a new feed of 1 episode" in ended.output
    rows = [json.loads(line) for line in run(workspace, "--json").output.splitlines()]
    assert [row["steps"][0] for row in rows if row["event"] == "first"] == ["ingest"]
    total = rows[-1]
    planned = [row for row in rows if row["event"] == "object"]
    assert total == {"event": "total", "objects": len(planned), "bytes": sum(row["size"] for row in planned)}
    assert everything(workspace.root) == local


def test_before_the_first_build_nothing_is_known(workspace: Workspace) -> None:
    workspace.episode("talk").audio.unlink()
    ended = run(workspace)
    assert ended.exit_code == 0
    assert "what would be sent is known after that" in ended.output
    assert "listeners" not in ended.output


def ended(workspace: Workspace, *arguments: str) -> tuple[int, str]:
    """Exit code and output, as the program itself ends."""
    found = CliRunner().invoke(cli, ["-C", str(workspace.root), "publish", "talk", "--dry-run", *arguments],
                               standalone_mode=False)  # fmt: skip
    assert found.exception is None
    return found.return_value or 0, found.output


def test_what_would_stop_it_is_the_exit_code(workspace: Workspace) -> None:
    """As publishing would end: of one episode, for programs, of several."""
    assert ended(workspace)[0] == 0
    text = workspace.toml.read_text("utf-8")
    workspace.toml.write_text(f'{text}\n[subtitles]\nrequire_review = ["en"]\n', "utf-8")
    code, output = ended(workspace)
    assert code == 1
    assert "objects of talk:" in output, "the plan is shown all the same"
    assert "talk would stop here: nothing of talk was sent: require_review" in output
    assert ended(workspace, "--json")[0] == 1
    add(workspace, "second")
    assert ended(workspace, "second")[0] == 3


def test_feeds_that_would_stop_are_the_exit_code(workspace: Workspace) -> None:
    publish(workspace, "talk")
    add(workspace, "second")
    publish(workspace, "second")
    path = workspace.root / "public/episodes/second/published.json"
    path.write_text(json.dumps({**json.loads(path.read_bytes()), "title": ""}), "utf-8")
    code, output = ended(workspace)
    assert code == 1
    assert "show would stop here: the feed was not renewed" in output


def test_pages_that_a_show_wants_no_more_are_said(tmp_path: Path) -> None:
    workspace = sent_show(tmp_path, more="[site]\nenabled = true\n")
    publish(workspace, "talk")
    workspace.toml.write_text(workspace.toml.read_text("utf-8").replace("enabled = true", "enabled = false"), "utf-8")
    output = run(workspace).output
    assert re.search(r"warning: \[site\] enabled = false, and .* are still in the .*\(index\.html and 4 more\)", output)
    assert "castkit prune shows and removes them" in output


def test_an_episode_that_is_held_back(workspace: Workspace) -> None:
    edit(workspace, "number = 2", "draft = true\nnumber = 2")
    assert "talk would be built and kept back, nothing sent: draft = true" in run(workspace).output


def test_values_from_outside_are_no_commands_to_the_terminal(workspace: Workspace) -> None:
    publish(workspace, "talk")
    feed = workspace.root / "public/feeds/en.xml"
    feed.write_bytes(feed.read_bytes().replace(b"One &lt;talk&gt;", "\x9b31m\u202eevil".encode()))
    output = run(workspace).output
    assert "evil" in output
    assert not {"\x9b", "\u202e", "\x1b"} & set(output)


def test_no_temporary_file_stays(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(workspace, 'start = "00:20"', 'url = "https://example.org/more"\nstart = "00:20"')
    for language in ("en", "zh-Hans"):
        chapters = [{"startTime": 0, "title": "Welcome"}, {"startTime": 22, "title": "End"}]
        write_json(workspace.episode("talk").chapters_json(language), {"version": "1.2.0", "chapters": chapters})
    elsewhere = tmp_path / "temporary"
    elsewhere.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(elsewhere))
    found = held_to(workspace, "talk")
    assert any(key.endswith(".chapters.json") for key in sent(found))
    assert list(elsewhere.iterdir()) == []


def test_a_store_that_cannot_be_reached_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    place = 'kind = "s3"\nbucket = "any"\nendpoint = "http://127.0.0.1:9"\ndeadline_s = 2'
    workspace = sent_show(tmp_path, store=f"{place}\n{BASE}")
    given: Any = context(workspace)
    found = forecast([Asked(given, (("upload", "new"),))], store_of(workspace))
    assert any("cannot be reached" in one.message for one in found.stops)
