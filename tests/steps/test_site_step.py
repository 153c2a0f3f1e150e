"""The step of the show's pages on a real store: what it sends, when it runs again, and two publishers at once."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import built_show
from castkit.config import load_show
from castkit.engine.fleet_of_one import run
from castkit.engine.place import Place
from castkit.errors import CastkitError
from castkit.pipeline import SHOW
from castkit.steps import site
from castkit.steps.show_context import ShowContext
from castkit.steps.site_made import send_share_pictures, send_small_cover
from castkit.storage.folder import FolderStore
from castkit.storage.keys import published_key
from castkit.storage.store import Terms
from castkit.workspace import Workspace
from show_samples import BASE, episode

PAGES = ["index.html", "index.zh-Hans.html", "404.html", "sitemap.xml", "robots.txt"]


class Watched(FolderStore):
    """A real folder store that keeps the order of what was sent; `meanwhile` is done before the next one is."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, base_url=BASE)
        self.sent: list[str] = []
        self.meanwhile: Callable[[], None] | None = None

    def send(self, key: str, source: Path, terms: Terms, *more: Any) -> Any:
        if key in PAGES and (act := self.meanwhile):
            self.meanwhile = None
            act()
        info = super().send(key, source, terms, *more)
        self.sent.append(key)
        return info


@cache
def pictures() -> dict[str, bytes]:
    """The site's pictures, drawn once for all tests."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = built_show.make_show(Path(folder) / "show")
        store = FolderStore(Path(folder) / "public", base_url=BASE)
        send_small_cover(workspace, load_show(workspace), store)
        send_share_pictures(workspace, load_show(workspace), store)
        return {key: store.get(key) for key in store.list()}


class Stage:
    """A workspace with a store, and a way to renew its pages; without pictures, they are drawn when first needed."""

    def __init__(self, root: Path, store: Watched | None = None, more: str = "", *, has_pictures: bool = True) -> None:
        self.workspace: Workspace = built_show.make_show(root, more=more)
        self.store = store or Watched(root / "public")
        for key, data in pictures().items() if has_pictures else ():
            self.store.write(key, data)

    @property
    def context(self) -> ShowContext:
        return ShowContext(self.workspace, load_show(self.workspace), self.store)

    def renew(self, *redo: str) -> list[Any]:
        told: list[Any] = []
        here = self.workspace
        place = Place("show", here.root, here.feeds, here.show_receipts, here.show_lock)
        run((site.STEP,), self.context, place, told.append, redo=redo)
        return told

    def reasons(self) -> list[str]:
        return [event.reason for event in self.renew() if type(event).__name__ == "Started"]

    def publish(self, number: int, **changes: Any) -> None:
        published = episode(number, **changes)
        self.store.write(published_key(published.slug), published.model_dump_json().encode())

    def text(self, key: str) -> str:
        return self.store.get(key).decode()


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    stage = Stage(tmp_path / "show")
    for number in (1, 2):
        stage.publish(number)
    return stage


def test_the_step_comes_after_the_feed() -> None:
    assert [step.name for step in SHOW] == ["feed", "site"]
    assert site.STEP.after == ("feed",)


def test_what_is_linked_to_is_sent_before_what_links_to_it(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "show", has_pictures=False)
    stage.publish(1)
    stage.renew()
    drawn, pages = stage.store.sent[:3], stage.store.sent[3:]
    assert pages == PAGES
    assert [one.rpartition("-")[0] for one in drawn] == [
        "feeds/small-cover", "feeds/share-en", "feeds/share-zh-Hans",
    ]  # fmt: skip
    for key in PAGES:
        assert stage.store.get(key) == stage.workspace.site(key).read_bytes()
    for key in drawn:
        assert f"{BASE}/{key}" in stage.text("index.html") + stage.text("index.zh-Hans.html") or "small" in key
        assert stage.store.head(key).size < 1_000_000


def test_a_second_time_nothing_runs_and_nothing_is_sent(stage: Stage) -> None:
    stage.renew()
    stage.store.sent.clear()
    assert stage.reasons() == []
    stage.renew("site")
    assert stage.store.sent == [], "made anew, and the same"


def test_a_new_episode_in_the_store_renews_and_changes_what_names_it(stage: Stage) -> None:
    stage.renew()
    stage.store.sent.clear()
    stage.publish(3)
    assert stage.reasons() == ["settings changed: published.talk-0003"]
    assert stage.store.sent == ["index.html", "index.zh-Hans.html", "sitemap.xml"]
    assert "Talk 3" in stage.text("index.html")


def test_another_machine_makes_the_same_and_sends_nothing(stage: Stage, tmp_path: Path) -> None:
    stage.renew()
    other = Stage(tmp_path / "elsewhere", Watched(stage.store.folder))
    other.renew()
    assert other.store.sent == []
    assert other.workspace.site("index.html").read_bytes() == stage.workspace.site("index.html").read_bytes()


@pytest.mark.parametrize("lost", ["sitemap.xml", "index.zh-Hans.html", "feeds/small-cover", "feeds/share-en"])
def test_what_the_store_lost_is_sent_again(stage: Stage, lost: str) -> None:
    stage.renew()
    key = next(key for key in stage.store.list() if key.startswith(lost))
    stage.store.delete(key)
    assert stage.reasons() == [f"the store holds no such {key.rpartition('/')[2]}"]
    assert stage.store.head(key) is not None


def test_a_page_that_somebody_changed_in_the_store_is_put_right(stage: Stage) -> None:
    stage.renew()
    stage.store.write("index.html", stage.store.get("index.html").replace(b"Talk 1", b"Walk 1"))
    assert stage.reasons() == ["the store holds no such index.html"]
    assert "Talk 1" in stage.text("index.html")


def test_a_page_edited_here_is_made_anew(stage: Stage) -> None:
    """What is in .castkit/site is no place for a person's words: templates/ is."""
    stage.renew()
    stage.workspace.site("index.html").write_text("mine", "utf-8")
    stage.renew()
    assert b"Talk 1" in stage.workspace.site("index.html").read_bytes()


def test_a_style_of_the_show_s_own_renews(stage: Stage) -> None:
    stage.renew()
    built_show.write(stage.workspace.templates / "site_show.css", b"h1 { color: teal; }\n")
    assert stage.reasons() == ["inputs changed: site_show.css"]
    assert "color: teal" in stage.text("index.html")


@pytest.mark.parametrize("is_new", [True, False])
def test_who_loses_the_race_lists_again(stage: Stage, is_new: bool) -> None:
    """While the pages are sent somebody else publishes an episode and renews the pages, for the first time or not."""
    if not is_new:
        stage.renew()
        stage.publish(3)
    rival = Stage(stage.workspace.root.parent / "rival", Watched(stage.store.folder))

    def publish() -> None:
        rival.publish(4)
        rival.renew()

    stage.store.meanwhile = publish
    stage.renew()
    for key in ("index.html", "index.zh-Hans.html", "sitemap.xml"):
        assert "talk-0004" in stage.text(key)
        assert ("talk-0003" in stage.text(key)) is not is_new
    assert stage.reasons() == (["settings changed: published.talk-0004"]), "what was planned without it"
    assert stage.reasons() == []


def test_a_long_show_has_pages_and_an_episode_more_leaves_them(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "show", more="\n[site]\npage_size = 10\n")
    for number in range(1, 26):
        stage.publish(number)
    stage.renew()
    assert "index.page-1.html" in stage.store.sent
    stage.store.sent.clear()
    stage.publish(26)
    stage.renew()
    assert stage.store.sent == ["index.html", "index.zh-Hans.html", "sitemap.xml"]
    for number in range(27, 31):
        stage.publish(number)
    stage.store.sent.clear()
    stage.renew()
    assert set(stage.store.sent) == {
        "index.page-2.html", "index.zh-Hans.page-2.html", "index.page-1.html", "index.zh-Hans.page-1.html",
        "index.html", "index.zh-Hans.html", "sitemap.xml",
    }, "the page before the new one links to it"  # fmt: skip


def test_a_site_that_is_not_wanted_is_not_made(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "show", more="\n[site]\nenabled = false\n")
    stage.publish(1)
    assert len(stage.reasons()) == 1
    assert stage.store.sent == []
    assert stage.reasons() == []


def test_switching_the_site_off_says_what_of_it_is_left(stage: Stage) -> None:
    stage.renew()
    settings = stage.workspace.toml
    settings.write_text(settings.read_text("utf-8") + "\n[site]\nenabled = false\n", "utf-8")
    said = [event.text for event in stage.renew() if type(event).__name__ == "Note"]
    assert len(said) == 1
    assert "pages that castkit made are still in the" in said[0]
    assert "castkit prune" in said[0]
    assert stage.text("index.html")


def test_a_cover_that_is_no_picture_is_named(stage: Stage) -> None:
    (stage.workspace.root / "cover.png").write_bytes(b"\x89PNG\r\n\x1a\n not really")
    with pytest.raises(CastkitError, match=r"cover\.png cannot be read as a picture"):
        stage.renew()
    assert not [key for key in stage.store.sent if key in PAGES]
