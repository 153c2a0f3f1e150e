"""The gate on the publishing road: what would make apps refuse the feed is found before a byte is sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import built_show
from castkit.errors import CastkitError
from castkit.feed.check import Facts, Finding, Severity
from castkit.model.published import Published
from castkit.steps.context import EpisodeContext
from castkit.steps.gate import Document, before_upload, feeds_to_be, hold, in_short
from castkit.steps.publication import Publication, publication, to_bytes
from castkit.steps.show_context import ShowContext
from castkit.storage.folder import FolderStore

BASE = "https://media.example.org"


class Road:
    """A built episode that is about to be sent."""

    def __init__(self, root: Path) -> None:
        self.workspace = built_show.make_show(root, store=f'base_url = "{BASE}"')
        built_show.build(self.workspace, video=True)
        self.store = FolderStore(root / "public", base_url=BASE)

    @property
    def context(self) -> EpisodeContext:
        return built_show.context(self.workspace)

    @property
    def made(self) -> Publication:
        return publication(self.context, self.store.url)

    def pass_gate(self) -> list[str]:
        return before_upload(self.context, self.made, self.store)

    def publish(self, slug: str, **changes: Any) -> None:
        """Puts another episode's published.json into the store, as if it had been published long ago."""
        value = json.loads(to_bytes(self.made.published).decode().replace("talk", slug))
        self.store.write(
            f"episodes/{slug}/published.json",
            to_bytes(
                Published.model_validate(
                    {**value, "guid": "9bbcf94d-32f4-4189-9b88-29010fd18b11", "number": 1, **changes}
                )
            ),
        )

    def objects(self) -> list[str]:
        return list(self.store.list())


@pytest.fixture
def road(tmp_path: Path) -> Road:
    return Road(tmp_path)


def test_a_good_episode_passes_without_a_word(road: Road) -> None:
    assert road.pass_gate() == []
    assert road.objects() == []


def replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


DEFECTS: dict[str, Callable[[Road], None]] = {
    "transcript-damaged": lambda road: road.workspace.episode("talk").vtt("en").write_text("WEBVTT\n\nNo cue\n"),
    "chapters-damaged": lambda road: road.workspace.episode("talk").chapters_json("en").write_text("{}"),
    "file-empty": lambda road: road.workspace.episode("talk").audio.write_bytes(b""),
    "link-is-feed": lambda road: replaced(
        road.workspace.toml, "https://institute.example/talks", f"{BASE}/feeds/en.xml"
    ),
    "guid-twice": lambda road: road.publish("older", guid="a40a42ad-83ac-4727-bf9a-c67bfa5d47ac"),
}


@pytest.mark.parametrize("code", DEFECTS)
def test_a_defect_stops_before_anything_is_sent(road: Road, code: str) -> None:
    DEFECTS[code](road)
    before = road.objects()
    with pytest.raises(CastkitError, match="nothing of talk was sent") as caught:
        road.pass_gate()
    assert f"[{code}]" in caught.value.message
    assert caught.value.hint
    assert road.objects() == before


def test_a_warning_is_told_and_stops_nothing(road: Road) -> None:
    road.publish("older", number=2)
    (told,) = road.pass_gate()
    assert told.startswith('feed: episode "One <older>": itunes:episode has the number of another episode')
    assert told.endswith("[number-twice]")


def test_what_an_imported_episode_brought_along_stops_nothing(road: Road) -> None:
    brought = {"guid": "https://old.example/?p=1", "description_html": f"<p>{'字' * 2000}</p>"}
    road.publish("older", imported=brought)
    (told,) = road.pass_gate()
    assert "[item-description-long]" in told


def test_the_feeds_of_the_gate_are_those_that_are_sent(road: Road) -> None:
    """What is checked before the upload and what the feed's step writes is the same, byte for byte."""
    context = ShowContext(road.workspace, road.context.show, road.store)
    documents = list(feeds_to_be(context, (road.made.published,)))
    assert [one.key for one in documents] == [
        "feeds/en.xml", "feeds/zh-Hans.xml", "feeds/en.video.xml", "feeds/zh-Hans.video.xml",
    ]  # fmt: skip
    assert all(one.is_new for one in documents)
    for one in documents:
        one.path.parent.mkdir(exist_ok=True)
        one.path.write_bytes(one.data)
    assert not any(one.is_new for one in documents)


def test_a_page_that_nothing_changed_is_not_checked_again(tmp_path: Path) -> None:
    path = tmp_path / "en.page-1.xml"
    page = Document("feeds/en.page-1.xml", f"{BASE}/feeds/en.page-1.xml", b"<rss/>", path)
    with pytest.raises(CastkitError, match="no feed was sent"):
        hold([page], Facts(), ())
    path.write_bytes(page.data)
    assert hold([page], Facts(), ()) == []


def test_many_findings_of_one_rule_are_one_line() -> None:
    found = [
        Finding("date-missing", Severity.WARNING, n, f'episode "{n}"', "has no pubDate", "write it", "https://x")
        for n in range(1, 501)
    ]
    (line,) = in_short(found)
    assert line == 'feed: episode "1" has no pubDate (and 499 more); write it [date-missing]'
