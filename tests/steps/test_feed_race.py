"""What is made of all episodes, made again where others publish meanwhile: nobody's episode is left out."""

from __future__ import annotations

from pathlib import Path

import pytest

import built_show
from castkit.config import load_show
from castkit.model.show import Show
from castkit.steps import feed_race
from castkit.steps.feed_identity import followed_at
from castkit.steps.feed_race import Stand, put_over, renewed
from castkit.steps.show_context import ShowContext
from castkit.storage.folder import FolderStore
from castkit.storage.keys import published_key
from castkit.storage.store import LostRace
from show_samples import BASE, episode

KEY = "feeds/all.txt"


class Notes:
    """A job that keeps what it is told."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def note(self, text: str) -> None:
        self.said.append(text)

    def output(self, target: Path) -> Path:
        return target

    def progress(self, fraction: float) -> None: ...

    def tool(self, name: str, version: str) -> None: ...


class Desk:
    """A show whose one document is the list of its episodes, and others who publish and renew at the same moment."""

    def __init__(self, root: Path) -> None:
        workspace = built_show.make_show(root / "show")
        self.context = ShowContext(workspace, load_show(workspace), FolderStore(root / "public", base_url=BASE))
        self.job = Notes()
        self.number = 0
        self.publish()

    def publish(self) -> None:
        self.number += 1
        published = episode(self.number)
        store = self.context.store
        assert isinstance(store, FolderStore)
        store.write(published_key(published.slug), published.model_dump_json().encode())

    def write(self, stand: Stand) -> None:
        path = self.context.workspace.root / "made"
        path.write_text("\n".join(stand.episodes), "utf-8")
        if put_over(self.context.store, KEY, path, stand.versions[KEY]):
            stand.sent.add(KEY)

    def listed(self) -> list[str]:
        return self.context.store.get(KEY).decode().splitlines()

    def renew(self, *disturbances: str) -> tuple[Stand, int]:
        """Renews while this happens in turn, an attempt each; the last stand, and the number of attempts."""
        attempts = 0

        def attempt(stand: Stand) -> None:
            nonlocal attempts
            attempts += 1
            happens = disturbances[attempts - 1] if attempts <= len(disturbances) else ""
            if happens == "published":
                self.publish()
            if happens == "renewed":
                self.publish()
                path = self.context.workspace.root / "theirs"
                path.write_text("\n".join(self.context.episodes_now()), "utf-8")
                put_over(self.context.store, KEY, path, feed_race.versions(self.context.store, [KEY])[KEY])
            self.write(stand)

        return renewed(self.context, self.job, iter([KEY]), what="the lists", renew=attempt), attempts


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(feed_race, "ATTEMPTS", 4)
    return Desk(tmp_path)


@pytest.mark.parametrize(
    ("disturbances", "attempts"),
    [((), 1), (("published",), 2), (("renewed",), 2), (("renewed", "published", "renewed"), 4)],
)
def test_all_that_is_published_meanwhile_is_in_it(desk: Desk, disturbances: tuple[str, ...], attempts: int) -> None:
    stand, made = desk.renew(*disturbances)
    assert made == attempts
    assert desk.listed() == list(stand.episodes) == list(desk.context.episodes_now())
    assert desk.job.said == []


def test_what_was_sent_in_any_attempt_was_sent(desk: Desk) -> None:
    assert desk.renew("published", "published")[0].sent == {KEY}
    assert desk.renew()[0].sent == set(), "the same is not sent again"


def test_a_race_that_is_lost_again_and_again_is_told(desk: Desk) -> None:
    with pytest.raises(LostRace):
        desk.renew(*["renewed"] * 4)
    assert desk.listed() == list(desk.context.episodes_now()), "the others' list stands"


def test_a_store_that_never_rests_is_told(desk: Desk) -> None:
    _, made = desk.renew(*["published"] * 9)
    assert made == 4
    assert desk.job.said == [
        "episodes were published 4 times while the lists were made: renew them again (castkit feed)"
    ]


def test_a_feed_is_followed_where_it_has_moved_to(desk: Desk) -> None:
    moved = {"feeds": {"moved_to": {"en.video": "https://new.example/video.xml"}}}
    show = Show.model_validate({**desk.context.show.model_dump(mode="json"), **moved})
    assert followed_at(show, [("en", "audio"), ("en", "video")], desk.context.store.url) == {
        ("en", "audio"): f"{BASE}/feeds/en.xml",
        ("en", "video"): "https://new.example/video.xml",
    }
