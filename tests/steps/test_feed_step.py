"""The feed's step on a real store: what it sends and in which order, what it refuses, when it runs again."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID, uuid4

import feedparser
import pytest

from castkit.engine.fleet_of_one import run
from castkit.engine.place import Place
from castkit.errors import CastkitError
from castkit.feed import ledger
from castkit.model.show import Show
from castkit.steps import feed, feed_race
from castkit.steps.show_context import ShowContext
from castkit.storage.folder import FolderStore
from castkit.workspace import Workspace

GUIDS = {
    "episode-01": "9bbcf94d-32f4-4189-9b88-29010fd18b11",
    "episode-02": "a40a42ad-83ac-4727-bf9a-c67bfa5d47ac",
}
BASE = "https://media.example.org"


class Told(list[Any]):
    """Events as they were reported."""

    def kinds(self) -> list[str]:
        return [type(event).__name__ for event in self if type(event).__name__ != "Progress"]

    def notes(self) -> list[str]:
        return [event.text for event in self if type(event).__name__ == "Note"]

    def reasons(self) -> list[str]:
        return [event.reason for event in self if type(event).__name__ == "Started"]


class Watched(FolderStore):
    """A real folder store that keeps the order of what was put."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, base_url=BASE)
        self.puts: list[str] = []

    def send(self, key: str, source: Path, *terms: Any) -> Any:
        self.puts.append(key)
        return super().send(key, source, *terms)


class Stage:
    """A workspace with a store, and a way to renew its feeds."""

    def __init__(self, root: Path) -> None:
        self.workspace = Workspace(root)
        self.store = Watched(root / "public")
        (root / "cover.png").write_bytes(b"\x89PNG\r\n\x1a\n cover")
        self.show_changes: dict[str, Any] = {}
        self.tables: dict[str, Any] = {}

    @property
    def show(self) -> Show:
        info = {
            "title": {"en": "Dialogues", "zh-Hans": "对话"}, "description": "About work.", "author": "Institute",
            "owner_email": "podcast@example.org", "link": "https://example.org", "categories": ["Government"],
            "languages": ["en", "zh-Hans"],
        }  # fmt: skip
        return Show.model_validate({"show": {**info, **self.show_changes}, **self.tables})

    def renew(self) -> Told:
        told = Told()
        context = ShowContext(self.workspace, self.show, self.store)
        private = self.workspace.private
        place = Place("show", self.workspace.root, private, self.workspace.show_receipts, self.workspace.show_lock)
        run((feed.STEP,), context, place, told.append)
        return told

    def publish(self, slug: str, **changes: Any) -> None:
        """Puts an episode into the store as the upload does."""
        media = b"\xff\xfb" + slug.encode() * 100
        value = {
            "slug": slug, "guid": GUIDS.get(slug), "date": f"2026-09-{slug[-2:]}T09:00:00+02:00", "title": slug.title(),
            "summary": "About.", "description": {}, "content_html": {}, "spoken": "en", "duration_ms": 60_000,
            "audio": self.put(slug, f"{slug}-0123456789ab.mp3", "audio/mpeg", media),
            "transcripts": [
                {"language": tag, "origin": "accepted",
                 "file": self.put(slug, f"{slug}.{tag}.vtt", "text/vtt", b"WEBVTT\n" + tag.encode())}
                for tag in ("en", "zh-Hans")
            ],
        }  # fmt: skip
        path = self.store.path(f"episodes/{slug}/published.json")
        path.write_text(json.dumps({**value, **changes}), "utf-8")

    def put(self, slug: str, name: str, kind: str, data: bytes) -> dict[str, Any]:
        key = f"episodes/{slug}/{name}"
        path = self.store.path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        digest = sha256(data).hexdigest()
        return {"key": key, "url": self.store.url(key), "type": kind, "length": len(data), "sha256": digest}

    def local(self, language: str = "en") -> bytes:
        return self.workspace.feed(language).read_bytes()


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    stage = Stage(tmp_path)
    for slug in GUIDS:
        stage.publish(slug)
    return stage


def test_feeds_go_up_last_and_lie_here_too(stage: Stage) -> None:
    stage.renew()
    cover, *feeds = stage.store.puts
    assert cover.startswith("feeds/cover-")
    assert cover.endswith(".png")
    assert feeds == ["feeds/en.xml", "feeds/zh-Hans.xml"]
    for language in ("en", "zh-Hans"):
        assert stage.store.get(f"feeds/{language}.xml") == stage.local(language)
        parsed = feedparser.parse(stage.local(language))
        assert parsed.bozo is False
        assert [entry.id for entry in parsed.entries] == list(reversed(GUIDS.values()))
        assert parsed.feed.image.href == stage.store.url(cover)
    assert parsed.feed.title == "对话"


def test_every_object_named_is_as_long_as_said(stage: Stage) -> None:
    stage.renew()
    for entry in feedparser.parse(stage.local()).entries:
        (enclosure,) = entry.enclosures
        assert stage.store.path(enclosure.href.removeprefix(f"{BASE}/")).stat().st_size == int(enclosure.length)


def test_a_second_time_nothing_runs(stage: Stage) -> None:
    stage.renew()
    stage.store.puts.clear()
    assert stage.renew().kinds() == ["Skipped"]
    assert stage.store.puts == []


def test_a_new_episode_in_the_store_renews(stage: Stage) -> None:
    stage.store.path("episodes/episode-02/published.json").unlink()
    stage.renew()
    first = stage.local()
    stage.publish("episode-02")
    assert stage.renew().reasons() == ["settings changed: published.episode-02"]
    assert stage.local() != first


def test_two_machines_make_the_same_feed(stage: Stage, tmp_path: Path) -> None:
    """The other publisher has the show's files and the store, and none of our episodes' folders or receipts."""
    stage.renew()
    (tmp_path / "elsewhere").mkdir()
    other = Stage(tmp_path / "elsewhere")
    other.store.folder = stage.store.folder
    other.renew()
    assert other.local() == stage.local()
    assert other.local("zh-Hans") == stage.local("zh-Hans")


@pytest.mark.parametrize(
    ("lose", "reason"),
    [("feeds/zh-Hans.xml", "the store holds no such zh-Hans.xml"), ("cover", "the store holds no such cover-")],
)
def test_what_the_store_lost_is_put_again(stage: Stage, lose: str, reason: str) -> None:
    stage.renew()
    key = next(key for key in stage.store.list("feeds/") if lose in key)
    stage.store.path(key).unlink()
    assert stage.renew().reasons()[0].startswith(reason)
    assert stage.store.path(key).is_file()


def test_a_feed_somebody_else_wrote_into_the_store_is_put_right(stage: Stage) -> None:
    stage.renew()
    path = stage.store.path("feeds/en.xml")
    path.write_bytes(path.read_bytes().replace(b"Dialogues", b"Dialogue5"))
    assert stage.renew().reasons() == ["the store holds no such en.xml"]
    assert stage.store.get("feeds/en.xml") == stage.local()


def test_a_new_cover_has_a_new_name(stage: Stage) -> None:
    stage.renew()
    (stage.workspace.root / "cover.png").write_bytes(b"\x89PNG\r\n\x1a\n another")
    assert stage.renew().reasons() == ["inputs changed: cover.png"]
    assert len(list(stage.store.list("feeds/cover-"))) == 2


@pytest.mark.parametrize("harm", ["gone", "shorter"])
def test_a_feed_never_names_what_is_not_there(stage: Stage, harm: str) -> None:
    stage.renew()
    before = stage.local()
    stage.publish("episode-01", title="Another title")
    path = stage.store.path("episodes/episode-01/episode-01-0123456789ab.mp3")
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(b"x")
    with pytest.raises(CastkitError, match=r"episode-01-0123456789ab\.mp3") as caught:
        stage.renew()
    assert caught.value.hint == "castkit publish episode-01 --redo upload"
    assert stage.store.get("feeds/en.xml") == stage.local() == before
    assert list(stage.workspace.feeds.glob(".part-*")) == []


def test_what_apps_would_refuse_is_not_sent(stage: Stage) -> None:
    stage.show_changes = {"categories": ["Goverment"], "link": "example.org"}
    with pytest.raises(CastkitError, match="category-unknown") as caught:
        stage.renew()
    assert "address-bad" in caught.value.message
    assert not [key for key in stage.store.puts if key.endswith(".xml")]


def test_guids_of_feeds_are_given_once(stage: Stage) -> None:
    stage.renew()
    known = ledger.read(stage.workspace.ledger).feeds
    assert known["en"] == ledger.podcast_guid("https://media.example.org/feeds/en.xml")
    stage.store._base_url = "https://moved.example.org"
    stage.renew()
    assert ledger.read(stage.workspace.ledger).feeds == known
    assert str(known["en"]).encode() in stage.local()


LOCAL = "http://127.0.0.1:8000"


def local_show(root: Path, first: UUID) -> Stage:
    """A show whose feeds have the same address as every other show's on its first day."""
    root.mkdir()
    stage = Stage(root)
    stage.store._base_url = LOCAL
    stage.publish("episode-01", guid=str(first))
    return stage


def test_two_shows_on_their_own_machines_are_two_podcasts(tmp_path: Path) -> None:
    first = uuid4()
    one, same, other = (
        local_show(tmp_path / name, guid) for name, guid in (("one", first), ("same", first), ("other", uuid4()))
    )
    for stage in (one, same, other):
        stage.renew()
    assert one.local() == same.local(), "deterministic"
    assert ledger.read(one.workspace.ledger) == ledger.read(same.workspace.ledger)
    guids = [guid for stage in (one, other) for guid in ledger.read(stage.workspace.ledger).feeds.values()]
    assert len(set(guids)) == 4, "two shows in two languages"
    assert all(guid.version == 5 for guid in guids)


def test_the_guid_given_here_stays_when_an_older_episode_or_a_public_address_comes(tmp_path: Path) -> None:
    stage = local_show(tmp_path / "show", uuid4())
    stage.renew()
    known = ledger.read(stage.workspace.ledger).feeds
    stage.publish("episode-02", date="2020-01-01T00:00:00Z")
    stage.renew()
    stage.store._base_url = BASE
    stage.renew()
    assert ledger.read(stage.workspace.ledger).feeds == known
    assert str(known["en"]).encode() in stage.local()


def test_here_no_guid_is_kept_before_the_first_episode(tmp_path: Path) -> None:
    """It would be the one that every show on every machine has."""
    stage = local_show(tmp_path / "show", uuid4())
    path = stage.store.path("episodes/episode-01/published.json")
    data = path.read_bytes()
    path.unlink()
    stage.renew()
    assert ledger.read(stage.workspace.ledger).feeds == {}
    assert stage.renew().kinds() == ["Note", "Skipped"]
    path.write_bytes(data)
    stage.renew()
    known = ledger.read(stage.workspace.ledger).feeds
    assert set(known) == {"en", "zh-Hans"}
    assert known["en"] != ledger.podcast_guid(f"{LOCAL}/feeds/en.xml")


def test_a_language_more_gets_its_guid_and_disturbs_nothing(stage: Stage) -> None:
    stage.renew()
    before = ledger.read(stage.workspace.ledger).feeds
    stage.show_changes = {"languages": ["en", "zh-Hans", "fr"]}
    stage.renew()
    after = ledger.read(stage.workspace.ledger).feeds
    assert set(after) - set(before) == {"fr"}
    assert stage.renew().kinds() == ["Skipped"]


def test_another_identity_than_the_ledgers_stops_the_feed(stage: Stage) -> None:
    stage.renew()
    identity = ledger.Identity(ledger.podcast_guid("x"), datetime(2026, 1, 1, tzinfo=UTC))
    text = ledger.add(stage.workspace.ledger, episodes={"episode-01": identity})
    assert text is not None
    stage.workspace.ledger.write_text(text, "utf-8")
    stage.show_changes = {"title": "Renamed"}
    with pytest.raises(CastkitError, match=r"episodes/episode-01/published\.json: the guid of episode-01 is 9bbcf94d"):
        stage.renew()


@pytest.mark.parametrize(
    ("text", "said"),
    [("{", "damaged"), ("{}", "damaged"), ('{"slug": 3}', "damaged"), ("newer", "newer castkit")],
)
def test_damage_in_the_store_is_named(stage: Stage, text: str, said: str) -> None:
    path = stage.store.path("episodes/episode-01/published.json")
    if text == "newer":
        stage.publish("episode-01", version=2)
    else:
        path.write_text(text, "utf-8")
    with pytest.raises(CastkitError, match=said) as caught:
        stage.renew()
    assert "episodes/episode-01/published.json" in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(("name", "said"), [("cover.gif", "cannot be the cover"), ("none.png", "is not there")])
def test_a_cover_that_is_none_is_named(stage: Stage, name: str, said: str) -> None:
    stage.show_changes = {"image": name}
    with pytest.raises(CastkitError, match=said):
        stage.renew()


def test_nothing_published_yet(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    told = stage.renew()
    assert "Note" in told.kinds()
    assert feedparser.parse(stage.local()).entries == []


def test_an_episode_that_appears_while_the_feed_is_made_is_in_it(tmp_path: Path) -> None:
    """Two people publish at once: the other's episode arrives between our reading of the store and our feed."""
    stage = Stage(tmp_path)
    stage.publish("episode-01")
    context = ShowContext(stage.workspace, stage.show, stage.store)
    assert list(context.episodes) == ["episode-01"]
    stage.publish("episode-02")
    place = Place("show", tmp_path, tmp_path / ".castkit", tmp_path / ".castkit/r.json", tmp_path / ".castkit/l")
    run((feed.STEP,), context, place, Told().append)
    assert len(feedparser.parse(stage.store.get("feeds/en.xml")).entries) == 2


@pytest.mark.parametrize(("arriving", "is_told"), [(1, False), (9, False), (30, True)])
def test_a_store_that_changes_all_the_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arriving: int, *, is_told: bool
) -> None:
    """Every listing finds one episode more than the one before, until all have arrived."""
    monkeypatch.setattr(feed_race, "ATTEMPTS", 5)  # each looks into the store three times
    stage = Stage(tmp_path)
    slugs = [f"more-{number:03}" for number in range(1, arriving + 1)]
    stage.publish("episode-01")
    listed = stage.store.list

    def list_and_publish(prefix: str = "") -> Any:
        found = list(listed(prefix))
        if slugs:
            slug = slugs.pop(0)
            stage.publish(slug, guid=str(uuid4()), date="2026-09-03T09:00:00+02:00")
        return iter(found)

    stage.show_changes = {"description": "x" * 5000}
    stage.store.list = list_and_publish
    told = stage.renew()
    notes = told.notes()
    assert sum("renew them again (castkit feed)" in text for text in notes) == is_told
    warned = [text for text in notes if "is longer than" in text]
    assert warned
    assert len(warned) == len(set(warned)), "said once, however often the feeds were made"
    slugs.clear()
    assert stage.renew().reasons(), "the next time finds out"
    assert stage.renew().reasons() == []


def test_nothing_is_sent_that_the_store_holds_already(stage: Stage, tmp_path: Path) -> None:
    """Another machine without receipts, as a CI runner is, makes the feeds and sends none."""
    stage.renew()
    (tmp_path / "elsewhere").mkdir()
    other = Stage(tmp_path / "elsewhere")
    other.store.folder = stage.store.folder
    other.renew()
    assert other.store.puts == []


def with_video(stage: Stage, slug: str) -> None:
    video = stage.put(slug, f"{slug}-0123456789ab.mp4", "video/mp4", b"ftyp picture")
    stage.publish(slug, video=video, video_height=720)


def test_a_video_feed_where_there_is_video(stage: Stage) -> None:
    stage.renew()
    assert not list(stage.store.list("feeds/en.video"))
    with_video(stage, "episode-02")
    stage.renew()
    (item,) = feedparser.parse(stage.local("en.video")).entries
    assert (item.id, item.enclosures[0].type) == (GUIDS["episode-02"], "video/mp4")
    sound, video = (feedparser.parse(stage.local(name)).feed for name in ("en", "en.video"))
    assert (sound.podcast_medium, video.podcast_medium) == ("podcast", "video")
    known = ledger.read(stage.workspace.ledger).feeds
    assert set(known) == {"en", "zh-Hans", "en.video", "zh-Hans.video"}
    assert len(set(known.values())) == 4, "each has a guid of its own"
    assert len(feedparser.parse(stage.local()).entries) == 2
    urls = ShowContext(stage.workspace, stage.show, stage.store).feed_urls
    assert list(urls) == ["en", "zh-Hans", "en.video", "zh-Hans.video"]
    assert stage.renew().kinds() == ["Skipped"]


@pytest.mark.parametrize(
    ("feeds", "names"),
    [
        ({"kinds": ["audio"]}, ["en", "zh-Hans"]),
        ({"kinds": ["video"]}, ["en.video", "zh-Hans.video"]),
        ({"languages": ["zh-Hans"]}, ["zh-Hans", "zh-Hans.video"]),
        ({}, ["en", "en.video", "zh-Hans", "zh-Hans.video"]),
    ],
)
def test_castkit_toml_decides_which_feeds_there_are(stage: Stage, feeds: dict[str, Any], names: list[str]) -> None:
    with_video(stage, "episode-01")
    stage.tables = {"feeds": feeds}
    stage.renew()
    assert {key for key in stage.store.puts if key.endswith(".xml")} == {f"feeds/{name}.xml" for name in names}


def test_a_show_of_videos_that_has_none_yet_says_so(stage: Stage) -> None:
    stage.tables = {"feeds": {"kinds": ["video"]}}
    assert [note for note in stage.renew().notes() if "no episode has a picture yet" in note]
    assert [key for key in stage.store.puts if key.endswith(".xml")] == []


def test_a_long_feed_goes_up_after_its_pages(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.tables = {"feeds": {"page_size": 10, "languages": ["en"]}}
    for number in range(1, 26):
        stage.publish(f"more-{number:02}", guid=str(uuid4()))
    stage.renew()
    assert stage.store.puts[1:] == ["feeds/en.page-1.xml", "feeds/en.xml"]
    assert [len(feedparser.parse(stage.local(name)).entries) for name in ("en", "en.page-1")] == [15, 10]
    stage.store.puts.clear()
    stage.publish("more-26", guid=str(uuid4()))
    stage.renew()
    assert stage.store.puts == ["feeds/en.xml"], "a page that is full never changes"
    stage.store.path("feeds/en.page-1.xml").unlink()
    assert stage.renew().reasons() == ["the store holds no such en.page-1.xml"]


class Hub:
    """A WebSub hub on this machine, which notes what it is told."""

    def __init__(self, status: int) -> None:
        told: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                told.append(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())["hub.url"][0])
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.told = told
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"

    def __enter__(self) -> Hub:
        Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def test_hubs_are_told_of_feeds_that_changed_and_of_no_other(stage: Stage) -> None:
    with Hub(204) as hub:
        stage.tables = {"notify": {"hubs": [hub.url]}}
        assert "was not told" not in " ".join(stage.renew().notes())
        assert hub.told == [f"{BASE}/feeds/en.xml", f"{BASE}/feeds/zh-Hans.xml"]
        stage.renew()
        assert len(hub.told) == 2
        stage.show_changes = {"description": {"en": "About work.", "zh-Hans": "关于劳动。"}}
        stage.renew()
        assert hub.told[2:] == [f"{BASE}/feeds/zh-Hans.xml"]


def test_a_hub_that_fails_is_a_note_and_the_feeds_are_up(stage: Stage) -> None:
    with Hub(500) as hub:
        stage.tables = {"notify": {"hubs": [hub.url]}}
        notes = stage.renew().notes()
    assert sum("was not told (it answered 500" in note for note in notes) == 1
    assert stage.store.get("feeds/en.xml") == stage.local()


def test_no_hub_is_told_of_an_address_that_it_cannot_reach(tmp_path: Path) -> None:
    stage = local_show(tmp_path / "show", uuid4())
    with Hub(204) as hub:
        stage.tables = {"notify": {"hubs": [hub.url]}}
        stage.renew()
    assert hub.told == []
