"""`castkit import`: a show comes from another host, and a listener's app sees no change."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest
from click.testing import CliRunner, Result
from lxml import etree

import built_show
import faulty_castkit
from castkit.artwork import draw_cover
from castkit.cli.app import App
from castkit.cli.import_show import import_show
from castkit.cli.main import cli
from castkit.config import load_all
from castkit.errors import CastkitError
from castkit.feed import ledger
from castkit.model.episode import SLUG
from castkit.model.imported import identity_of
from castkit.model.language import canonical
from castkit.model.published import Published
from castkit.steps.context import EpisodeContext
from castkit.steps.drafts import at_home, lay_out_episode, lay_out_feeds
from castkit.storage.folder import FolderStore
from castkit.workspace import Workspace
from foreign_feeds import LANGUAGES, feed, item, items
from web_server import Web, serving

OURS = "https://media.example.org"
Seen = tuple[str, str, datetime, str, str, str, str]


@pytest.fixture(scope="module")
def cover(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("cover") / "cover.png"
    draw_cover(path, ["Elsewhere"])
    return path.read_bytes()


@pytest.fixture
def host(cover: bytes) -> Iterator[Web]:
    with serving() as web:
        web.pages["/cover.png"] = cover
        yield web


@pytest.fixture
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)


def run(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(import_show, list(arguments), obj=App(root), catch_exceptions=False)


def succeed(root: Path, *arguments: str) -> list[dict[str, Any]]:
    ended = run(root, *arguments, "--json")
    assert ended.exit_code == 0, ended.output
    return [json.loads(line) for line in ended.stdout.splitlines()]


def told(events: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(one["where"], one["kind"], one["text"]) for one in events if one["event"] == "told"]


def seen_by_apps(data: bytes) -> list[Seen]:
    """What an app knows an episode by and plays it from, in the order of the feed."""
    assert not feedparser.parse(data).bozo
    found = []
    for one in etree.fromstring(data).iter("item"):
        guid, enclosure = one.find("guid"), one.find("enclosure")
        assert guid is not None
        assert enclosure is not None
        date = parsedate_to_datetime(one.findtext("pubDate", ""))
        is_permalink = guid.get("isPermaLink", "true")
        media = tuple(enclosure.get(key, "") for key in ("url", "length", "type"))
        found.append((guid.text or "", is_permalink, date, *media, one.findtext("title", "")))
    return found


def laid_out(workspace: Workspace, base_url: str = OURS) -> bytes:
    """The feed that castkit makes of the show, from every episode as it would be stored."""
    show, episodes = load_all(workspace)
    store = FolderStore(workspace.root / "laid-out", base_url=base_url)
    made = [lay_out_episode(EpisodeContext(workspace, show, slug, one), store) for slug, one in episodes.items()]
    lay_out_feeds(workspace, show, made, store)
    return (store.folder / "feeds" / f"{show.main_language}.xml").read_bytes()


@pytest.mark.usefixtures("no_waiting_for_the_disk")
@pytest.mark.parametrize(("voice", "count"), [("castopod", 300), ("buzzsprout", 60), ("anchor", 100)])
def test_hundreds_of_episodes_go_round_unchanged(voice: str, count: int, tmp_path: Path, host: Web) -> None:
    parts = items(voice, count, host.base)
    theirs = host.pages["/feed.xml"] = feed(voice, parts, host.base)
    summary = succeed(tmp_path, f"{host.base}/feed.xml", "show")[-1]
    assert len(summary["written"]) == count
    workspace = Workspace(tmp_path / "show")
    ours = laid_out(workspace)
    assert seen_by_apps(ours) == seen_by_apps(theirs)
    before, after = feedparser.parse(theirs), feedparser.parse(ours)
    for was, now in zip(before.entries, after.entries, strict=True):
        assert now.get("image", {}).get("href") == was.get("image", {}).get("href")
        assert now.get("link", "") == was.get("link", "https://example.org/show")
        assert int(now.itunes_duration) == _seconds(was.itunes_duration)
    known = ledger.read(workspace.ledger)
    assert str(known.feeds[canonical(LANGUAGES[voice]) or ""]) == "9b024349-ccf0-5f69-a609-6b82873eab3c"
    assert len(known.episodes) == count
    assert (workspace.root / "cover.png").read_bytes() == host.pages["/cover.png"]


def _seconds(text: str) -> int:
    parts = [int(part) for part in text.split(":")]
    return sum(value * 60**place for place, value in enumerate(reversed(parts)))


def test_the_rest_of_an_episode_comes_too(tmp_path: Path, host: Web) -> None:
    host.pages["/feed.xml"] = feed("castopod", items("castopod", 2, host.base), host.base)
    events = succeed(tmp_path, f"{host.base}/feed.xml", "show")
    assert ("show", "left", "podcast:value") in told(events)
    assert ("episode-2-eau-climat", "left", "podcast:socialInteract") in told(events)
    text = laid_out(Workspace(tmp_path / "show")).decode()
    for part in (
        f'<podcast:transcript url="{host.base}/t/2.vtt" type="text/vtt" language="fr" rel="captions"/>',
        f'<podcast:transcript url="{host.base}/t/2.srt" type="application/x-subrip" language="fr" rel="captions"/>',
        f'<podcast:chapters url="{host.base}/c/2.json" type="application/json+chapters"/>',
        '<podcast:soundbite startTime="12.5" duration="30.0">A bite</podcast:soundbite>',
        f'<podcast:person role="guest" group="cast" href="{host.base}/p/2">Guest 2</podcast:person>',
        '<podcast:season>1</podcast:season>',
        "&lt;p&gt;Notes of &lt;strong&gt;2&lt;/strong&gt; &amp;amp; a &lt;a href=",
        '<podcast:funding url="https://example.org/give">Support us</podcast:funding>',
        "<itunes:category text=\"Leisure\"/>",  # what Apple calls Games & Hobbies now
    ):  # fmt: skip
        assert part in text, part
    assert "machine" not in text  # nobody knows how these transcripts were made


def test_what_the_namespace_has_besides_goes_round(tmp_path: Path, host: Web) -> None:
    head = (
        '<podcast:txt purpose="verify">A code</podcast:txt><podcast:license>cc-by-4.0</podcast:license>'
        '<podcast:location geo="geo:39.9042,116.4074" osm="R912940">Beijing</podcast:location>'
        '<podcast:updateFrequency rrule="FREQ=WEEKLY">Weekly</podcast:updateFrequency>'
    )
    inside = '<podcast:location rel="creator" country="CN">A studio</podcast:location>'
    ended = "<itunes:complete>Yes</itunes:complete><itunes:block>Yes</itunes:block>"
    part = item(f"{inside}<podcast:license>cc0-1.0</podcast:license>")
    host.pages["/feed.xml"] = feed("anchor", part, host.base, head=head + ended)
    assert not [one for one in told(succeed(tmp_path, f"{host.base}/feed.xml", "show")) if "frequency" in one[2]]
    text = laid_out(Workspace(tmp_path / "show")).decode()
    for part in (
        '<podcast:txt purpose="verify">A code</podcast:txt>',
        "<podcast:license>cc-by-4.0</podcast:license>",
        'geo="geo:39.9042,116.4074" osm="R912940">Beijing</podcast:location>',
        'rrule="FREQ=WEEKLY">Weekly</podcast:updateFrequency>',
        '<podcast:location rel="creator" country="cn">A studio</podcast:location>',
        "<podcast:license>cc0-1.0</podcast:license>",
    ):
        assert part in text, part
    assert "<itunes:complete>yes</itunes:complete>" in text.replace("Yes", "yes")
    assert "<itunes:block>yes</itunes:block>" in text.replace("Yes", "yes")


def test_a_frequency_that_is_none_is_left_out_and_told(tmp_path: Path, host: Web) -> None:
    head = '<podcast:updateFrequency rrule="whenever">Often</podcast:updateFrequency>'
    host.pages["/feed.xml"] = feed("anchor", item(""), host.base, head=head)
    found = told(succeed(tmp_path, f"{host.base}/feed.xml", "show"))
    assert any(kind == "left" and text.startswith("funding, places, txt and frequency") for _, kind, text in found)


def test_chapters_in_the_feed_itself_become_a_file(tmp_path: Path, host: Web) -> None:
    host.pages["/feed.xml"] = feed("buzzsprout", items("buzzsprout", 1, host.base), host.base)
    succeed(tmp_path, f"{host.base}/feed.xml", "show")
    workspace = Workspace(tmp_path / "show")
    assert f'<podcast:chapters url="{OURS}/episodes/a-talk-the-1th/' in laid_out(workspace).decode()
    (path,) = workspace.episodes.glob("*/imported/*.chapters.json")
    chapters = json.loads(path.read_text("utf-8"))["chapters"]
    assert chapters == [{"startTime": 0.0, "title": "Hello"}, {"startTime": 61.5, "title": "Middle"}]


def test_our_own_feed_goes_round(tmp_path: Path, host: Web) -> None:
    from castkit.feed.render import render  # noqa: PLC0415
    from feed.feed_samples import address, episodes, show  # noqa: PLC0415

    theirs = render(show(), episodes(), address())
    host.pages["/feed.xml"] = theirs
    succeed(tmp_path, f"{host.base}/feed.xml", "show")
    workspace = Workspace(tmp_path / "show")
    ours = laid_out(workspace)
    assert seen_by_apps(ours) == seen_by_apps(theirs)
    known = {one.guid: one.date for one in ledger.read(workspace.ledger).episodes.values()}
    assert known == {one.guid: one.date for one in episodes()}  # a UUID of ours is its own identity
    assert ledger.read(workspace.ledger).feeds["en"] == address().guid
    before, after = etree.fromstring(theirs), etree.fromstring(ours)
    tags = ("transcript", "soundbite", "person", "alternateEnclosure", "chapters", "integrity")
    for name in tags:
        path = f".//{{https://podcastindex.org/namespace/1.0}}{name}"
        assert {_whole(one) for one in before.findall(path)} == {_whole(one) for one in after.findall(path)}, name


@pytest.mark.usefixtures("no_waiting_for_the_disk")
def test_our_own_pages_are_followed(tmp_path: Path, host: Web) -> None:
    theirs = host.pages["/feed.xml"] = feed("anchor", items("anchor", 45, host.base), host.base)
    succeed(tmp_path, f"{host.base}/feed.xml", "first")
    first = Workspace(tmp_path / "first")
    first.toml.write_text(first.toml.read_text("utf-8") + "\n[feeds]\npage_size = 10\n", "utf-8")
    newest = laid_out(first, host.base)
    assert 10 <= len(seen_by_apps(newest)) < 20
    folder = tmp_path / "first/laid-out"
    host.pages |= {f"/{path.relative_to(folder).as_posix()}": path.read_bytes() for path in folder.glob("feeds/*")}
    summary = succeed(tmp_path, f"{host.base}/feeds/zh-CN.xml", "second")[-1]
    assert len(summary["written"]) == 45
    assert seen_by_apps(laid_out(Workspace(tmp_path / "second"))) == seen_by_apps(theirs)


def _whole(element: etree._Element) -> tuple[object, ...]:
    """What an element says, but what castkit tells otherwise of a file it did not make."""
    kept = {key: text for key, text in element.attrib.items() if key not in ("title", "bitrate")}
    return element.text, tuple(sorted(kept.items()))


def test_publish_build_status_and_the_others(tmp_path: Path, host: Web) -> None:
    theirs = host.pages["/feed.xml"] = feed("castopod", items("castopod", 3, host.base), host.base)
    succeed(tmp_path, f"{host.base}/feed.xml", "show")
    root = tmp_path / "show"

    def castkit(*arguments: str) -> Result:
        return CliRunner().invoke(cli, ["-C", str(root), *arguments])

    assert castkit("status").stdout.count("carry  never made") + castkit("status").stdout.count("carry  new") == 3
    assert castkit("build", "--all").exit_code == 0
    assert not (root / "public").exists()
    published = castkit("publish", "--all", "--json")
    assert published.exit_code == 0, published.output
    ours = (root / "public/feeds/fr.xml").read_bytes()
    assert seen_by_apps(ours) == seen_by_apps(theirs)
    store = FolderStore(root / "public", base_url="http://127.0.0.1:8000")
    page = store.get("index.html").decode()
    links = re.findall(r'<h3[^>]*><a href="([^"]+)"', page)
    there = [entry.link for entry in feedparser.parse(theirs).entries]
    assert [html.unescape(one) for one in links] == there, "each leads to its page where it was"
    assert not re.findall(r'<img[^>]* src="http', page), "a page asks no other host for a picture"
    stored = Published.model_validate_json(store.get("episodes/episode-2-eau-climat/published.json"))
    assert at_home(stored, FolderStore(tmp_path, base_url="http://other")).audio == stored.audio
    again = castkit("publish", "--all", "--json")
    assert not [line for line in again.stdout.splitlines() if json.loads(line)["event"] == "finished"]
    refused = castkit("turns", "episode-2-eau-climat")
    assert isinstance(refused.exception, CastkitError)
    assert "has no recordings here" in refused.exception.message
    path = root / "episodes/episode-2-eau-climat/episode.toml"
    path.write_text(path.read_text("utf-8").replace('summary = "Notes of 2 & a link."', 'summary = "Better."'), "utf-8")
    assert castkit("publish", "episode-2-eau-climat").exit_code == 0
    assert "&lt;p&gt;Better.&lt;/p&gt;" in (root / "public/feeds/fr.xml").read_text("utf-8")


def test_a_changed_guid_is_refused(tmp_path: Path, host: Web) -> None:
    host.pages["/feed.xml"] = feed("buzzsprout", items("buzzsprout", 1, host.base), host.base)
    succeed(tmp_path, f"{host.base}/feed.xml", "show")
    workspace = Workspace(tmp_path / "show")
    (slug,) = workspace.slugs()
    path = workspace.episode(slug).toml
    path.write_text(path.read_text("utf-8").replace("Buzzsprout-8000001", "Buzzsprout-8000002"), "utf-8")
    with pytest.raises(CastkitError, match=r"imported\.guid"):
        load_all(workspace)


def test_media_come_on_request_and_once(tmp_path: Path, host: Web) -> None:
    parts = items("castopod", 2, host.base)
    host.pages["/feed.xml"] = feed("castopod", parts, host.base)
    for number in (1, 2):
        host.pages |= {
            f"/audio/@show/episode-{number}.mp3?_from=rss": b"ID3" + bytes([number]) * 500,
            f"/t/{number}.srt": b"1\n00:00:00,000 --> 00:00:01,000\nA\n",
            f"/t/{number}.vtt": b"WEBVTT\n",
            f"/c/{number}.json": b'{"version": "1.2.0", "chapters": []}',
        }
    host.types["/media/1_feed.jpg?v=2"] = "text/html"
    host.pages["/media/1_feed.jpg?v=2"] = b"<html>gone</html>"
    events = succeed(tmp_path, f"{host.base}/feed.xml", "show", "--media")
    assert events[-1]["media"] == {"files": 8, "bytes": sum(len(host.pages[p]) for p in _files(host)), "before": 0}
    stays = [text for where, _, text in told(events) if "stays on its host" in text]
    assert len(stays) == 2  # a page instead of the one picture, nothing instead of the other
    assert any("has 503 bytes, and the feed said 20000002" in text for _, _, text in told(events))
    ours = laid_out(Workspace(tmp_path / "show"))
    for was, now in zip(parts, seen_by_apps(ours), strict=True):
        assert now[:2] == (was.guid, "true")
        assert now[3].startswith(f"{OURS}/episodes/{now[3].split('/')[-2]}/")
        assert now[4:6] == ("503", "audio/mpeg")
    assert f'href="{host.base}/media/1_feed.jpg?v=2"' in ours.decode()
    host.asked.clear()
    again = succeed(tmp_path, f"{host.base}/feed.xml", "show", "--media")[-1]
    assert (again["media"]["files"], again["media"]["before"]) == (0, 8)
    assert not [path for path in host.asked if path.startswith(("/audio", "/t/", "/c/"))]


def _files(host: Web) -> list[str]:
    return [path for path in host.pages if path.startswith(("/audio", "/t/", "/c/"))]


def test_a_second_import_changes_nothing_and_says_what_is_new(tmp_path: Path, host: Web) -> None:
    host.pages["/feed.xml"] = feed("anchor", items("anchor", 3, host.base), host.base)
    succeed(tmp_path, f"{host.base}/feed.xml", "show")
    before = _tree(tmp_path / "show")
    later = feed("anchor", items("anchor", 4, host.base), host.base)
    host.pages["/feed.xml"] = later.replace("第2期".encode(), "另一个".encode())
    summary = succeed(tmp_path, f"{host.base}/feed.xml", "show")[-1]
    assert _tree(tmp_path / "show") == before
    assert (summary["written"], len(summary["kept"])) == ([], 3)
    assert summary["only_in_feed"] == ["episode-2019-01-11"]
    assert summary["changed_in_feed"] == ["episode-2019-01-09"]
    summary = succeed(tmp_path, f"{host.base}/feed.xml", "show", "--new")[-1]
    assert summary["written"] == ["episode-2019-01-11"]
    after = _tree(tmp_path / "show")
    assert {path: after[path] for path in before if "ledger" not in path} == {
        path: data for path, data in before.items() if "ledger" not in path
    }
    path = tmp_path / "other.xml"
    path.write_bytes(later.replace(b"9b024349", b"9b024340"))
    with pytest.raises(CastkitError, match="another feed"):
        run(tmp_path, str(path), "show")


def _tree(root: Path) -> dict[str, bytes]:
    """Every file but the lock and git's own."""
    files = (path for path in sorted(root.rglob("*")) if path.is_file() and path.suffix != ".lock")
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path, host: Web) -> None:
    host.pages["/feed.xml"] = feed("anchor", items("anchor", 1, host.base), host.base)
    for name in ("castkit.toml", "notes.txt"):
        root = tmp_path / name.partition(".")[0]
        root.mkdir()
        (root / name).write_text("mine")
        with pytest.raises(CastkitError, match="is not empty") as caught:
            run(tmp_path, f"{host.base}/feed.xml", root.name)
        assert name in caught.value.message
        assert _tree(root) == {name: b"mine"}
    repository = tmp_path / "repository"
    (repository / ".git").mkdir(parents=True)
    (repository / "README.md").write_text("A show")
    succeed(repository, f"{host.base}/feed.xml")
    assert (repository / "castkit.toml").is_file()


def test_a_feed_that_cannot_be_read_leaves_nothing_behind(tmp_path: Path, host: Web) -> None:
    host.pages["/feed.xml"] = b"<html>404</html>"
    with pytest.raises(CastkitError, match="web page"):
        run(tmp_path, f"{host.base}/feed.xml", "show")
    host.pages["/feed.xml"] = feed("anchor", [], host.base).replace(b"<language>zh-CN</language>", b"")
    with pytest.raises(CastkitError, match="names no language") as caught:
        run(tmp_path, f"{host.base}/feed.xml", "show")
    assert "--language" in caught.value.hint
    assert not (tmp_path / "show").exists()
    assert succeed(tmp_path, f"{host.base}/feed.xml", "show", "--language", "zh-Hans")


HOSTILE = "".join(
    item(inside, guid=f"<guid>{number}</guid>", url=f"https://m.example/{number}.mp3", title=title)
    for number, (title, inside) in enumerate(
        [
            ("../../etc/passwd", ""),
            ("con", ""),
            ("CON", ""),
            ("castkit.toml", "<description>&lt;script&gt;alert(1)&lt;/script&gt;</description>"),
            ('x"\n[imported]\nguid = "y', '<itunes:keywords>a"],b = [",c\\</itunes:keywords>'),
            ("\u202egnp.exe", "<link>javascript:alert(1)</link>"),
            ("A" * 5000, f"<description>{'word ' * 5000}</description>"),
            ("😀" * 300, "<itunes:summary>\ud7ff\ue000</itunes:summary>"),
            ("", "<podcast:person role='wizard' href='file:///x'>N\"}, {</podcast:person>"),
            ("x\x7fy", "<itunes:season>-1</itunes:season>"),
        ]
    )
)  # fmt: skip


def test_a_hostile_feed_makes_a_sound_show(tmp_path: Path, host: Web) -> None:
    extra = item("", guid="<guid></guid>", url="https://m.example/a.mp3") + item("", guid="<guid>0</guid>")
    extra += item("", guid="<guid>0</guid>", url="https://m.example/0.mp3") + item("", guid="<guid>z</guid>", url="")
    extra += item("<pubDate>never</pubDate>", guid="<guid>\x7f</guid>", url="https://m.example/q.mp3")
    host.pages["/feed.xml"] = feed("anchor", HOSTILE + extra, host.base)
    host.pages["/cover.png"] = b"GIF89a not a picture"
    events = succeed(tmp_path, f"{host.base}/feed.xml", "show")
    workspace = Workspace(tmp_path / "show")
    slugs = workspace.slugs()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["show"]
    assert len({slug.casefold() for slug in slugs}) == len(slugs) == 12
    _, episodes = load_all(workspace)
    for slug, one in episodes.items():
        assert re.fullmatch(SLUG, slug)
        assert slug not in ("con", "prn", "nul")
        assert len(slug) <= 64
        assert one.imported is not None
    words = " ".join(text for _, _, text in told(events))
    for part in (
        "has no guid; it gets its enclosure's address",
        "has another's guid; it gets its enclosure's address",
        "is there already: the same guid and enclosure",
        "has no enclosure on the web",
        "pubDate “never”",
        "“wizard” is no role of the taxonomy",
        "the cover is neither PNG nor JPEG",
        "the whole episode, which no feed could hold",
    ):
        assert part in words, part
    text = laid_out(workspace).decode()
    assert "<script" not in text
    assert "alert(1)&lt;/script" not in text
    assert "javascript:" not in text
    assert len(seen_by_apps(text.encode())) == 12


@pytest.mark.parametrize("share", [0.05, 0.7])
def test_an_import_killed_at_any_moment_goes_on(share: float, tmp_path: Path, host: Web) -> None:
    count = 40
    host.pages["/feed.xml"] = feed("castopod", items("castopod", count, host.base), host.base)
    points = faulty_castkit.Plan(kinds=("write", "rename"), log=str(tmp_path / "points"))
    whole = faulty_castkit.run(points, "import", f"{host.base}/feed.xml", "whole", cwd=tmp_path)
    assert whole.code == 0, whole.err
    at = int(share * len(faulty_castkit.points_in(tmp_path / "points")))
    killed = faulty_castkit.run(
        replace(points, at=at, log=""), "import", f"{host.base}/feed.xml", "killed", cwd=tmp_path
    )
    assert killed.code not in (0, 1), killed.err
    assert len(list(tmp_path.glob("killed/episodes/*/episode.toml"))) < count, "it was killed in the middle"
    summary = succeed(tmp_path, f"{host.base}/feed.xml", "killed")[-1]
    assert len(summary["written"]) + len(summary["kept"]) == count
    assert _tree(tmp_path / "killed") == _tree(tmp_path / "whole")


def test_the_files_say_what_they_are(tmp_path: Path, host: Web) -> None:
    host.pages["/feed.xml"] = feed("castopod", items("castopod", 1, host.base), host.base)
    secret = host.base.replace("http://", "http://me:secret@")
    succeed(tmp_path, f"{secret}/feed.xml", "show")
    for path, data in _tree(tmp_path / "show").items():
        assert b"secret" not in data, path
    root = tmp_path / "show"
    state = json.loads((root / "feeds/imported.json").read_text("utf-8"))
    assert state == {"done": True, "guid": "9b024349-ccf0-5f69-a609-6b82873eab3c", "source": f"{host.base}/feed.xml",
                     "version": 1}  # fmt: skip
    slug = "episode-1-eau-climat"
    text = tomllib.loads((root / f"episodes/{slug}/episode.toml").read_text("utf-8"))
    assert text["imported"] == {"guid": f"{host.base}/@show/episodes/episode-1", "permalink": True}
    said = Published.model_validate_json((root / f"episodes/{slug}/imported.json").read_bytes())
    assert said.audio.is_elsewhere
    assert "/public/" in (root / ".gitignore").read_text("utf-8")


def test_people_read_it_in_a_table(tmp_path: Path, host: Web) -> None:
    host.pages["/feed.xml"] = feed("castopod", items("castopod", 5, host.base), host.base)
    ended = run(tmp_path, f"{host.base}/feed.xml", "show")
    assert "and 2 more  podcast:socialInteract" in ended.stdout
    assert "episodes written: 5; there before: 0" in ended.stdout
    assert "castkit publish --all" in ended.stderr
    assert "otherwise in the feed" not in run(tmp_path, f"{host.base}/feed.xml", "show").stdout


def test_a_folder_that_takes_no_file_stops_the_download(tmp_path: Path, host: Web) -> None:
    host.pages["/feed.xml"] = feed("castopod", items("castopod", 1, host.base), host.base)
    succeed(tmp_path, f"{host.base}/feed.xml", "show")
    (tmp_path / "show/episodes/episode-1-eau-climat/imported").write_text("in the way")
    with pytest.raises(CastkitError, match="cannot be written"):
        run(tmp_path, f"{host.base}/feed.xml", "show", "--media")


def test_what_was_stored_once_stays_stored(tmp_path: Path, host: Web) -> None:
    host.pages["/feed.xml"] = feed("castopod", items("castopod", 1, host.base), host.base)
    host.pages["/audio/@show/episode-1.mp3?_from=rss"] = b"ID3" + b"x" * 500
    succeed(tmp_path, f"{host.base}/feed.xml", "show", "--media")
    root = tmp_path / "show"

    def published() -> bytes:
        ended = CliRunner().invoke(cli, ["-C", str(root), "publish", "--all"])
        assert ended.exit_code == 0, ended.output
        return (root / "public/feeds/fr.xml").read_bytes()

    before = published()
    (one,) = seen_by_apps(before)
    assert one[3].startswith("http://127.0.0.1:8000/episodes/episode-1-eau-climat/episode-1-eau-climat-")
    for path in root.glob("episodes/*/imported/*"):
        path.unlink()  # as on a colleague's machine, or to save room
    shutil.rmtree(root / "episodes/episode-1-eau-climat/build")
    assert published() == before


def test_an_episode_made_anew_keeps_its_guid(tmp_path: Path) -> None:
    workspace = built_show.make_show(tmp_path / "show")
    path = workspace.episode("talk").toml
    guid = "https://old.example/?p=12"
    text = path.read_text("utf-8").replace("a40a42ad-83ac-4727-bf9a-c67bfa5d47ac", str(identity_of(guid)))
    path.write_text(f'{text}\n[imported]\nguid = "{guid}"\npermalink = true\n', "utf-8")
    built_show.build(workspace)
    ours = laid_out(workspace)
    ((*found, _),) = seen_by_apps(ours)
    assert found[:2] == [guid, "true"]
