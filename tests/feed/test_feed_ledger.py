"""Identities: given once, kept for ever, and every damage by hand named with its file and key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from uuid import UUID

import pytest

from castkit.errors import CastkitError
from castkit.feed import ledger
from castkit.feed.ledger import Identity

ONE = UUID("9bbcf94d-32f4-4189-9b88-29010fd18b11")
TWO = UUID("a40a42ad-83ac-4727-bf9a-c67bfa5d47ac")
DATE = datetime(2026, 9, 2, 9, 0, tzinfo=timezone(timedelta(hours=2)))
TOML = Path("episodes/episode-01/episode.toml")


@pytest.mark.parametrize(
    "url",
    [
        "https://podnews.net/rss",
        "http://podnews.net/rss",
        "podnews.net/rss",
        "https://podnews.net/rss//",
        "HTTPS://podnews.net/rss/",
    ],
)
def test_podcast_guid_is_the_podcast_indexs_own_example(url: str) -> None:
    assert str(ledger.podcast_guid(url)) == "9b024349-ccf0-5f69-a609-6b82873eab3c"


def test_on_a_loopback_address_the_first_episode_tells_shows_apart() -> None:
    url = "http://127.0.0.1:8000/feeds/en.xml"
    one, two = (ledger.podcast_guid(url, first_episode=guid) for guid in (ONE, TWO))
    assert len({one, two, ledger.podcast_guid(url)}) == 3
    assert {guid.version for guid in (one, two)} == {5}
    assert one == ledger.podcast_guid(url, first_episode=ONE)
    assert one != ledger.podcast_guid(url.replace("en", "fr"), first_episode=ONE), "two languages are two feeds"


def grown(path: Path, **new: object) -> str:
    text = ledger.add(path, **new)  # type: ignore[arg-type]
    assert text is not None
    path.write_text(text, "utf-8", newline="\n")
    return text


def test_grows_and_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "ledger.toml"
    assert ledger.read(path) == ledger.Ledger()
    grown(path, feeds={"zh-Hans": TWO, "en": ONE}, episodes={"episode-01": Identity(ONE, DATE)})
    grown(path, episodes={"episode-02": Identity(TWO, DATE)})
    found = ledger.read(path)
    assert found.feeds == {"en": ONE, "zh-Hans": TWO}
    assert found.episodes == {"episode-01": Identity(ONE, DATE), "episode-02": Identity(TWO, DATE)}


def test_text_is_stable_and_made_to_be_read(tmp_path: Path) -> None:
    path = tmp_path / "ledger.toml"
    grown(path, feeds={"en": ONE}, episodes={"episode-01": Identity(ONE, DATE)})
    assert path.read_text("utf-8") == (
        "# Who each feed and episode is to podcast apps. castkit adds to this file and never changes a line; "
        "commit it.\n"
        f'\n[feeds]\nen = "{ONE}"\n\n[episodes.episode-01]\nguid = "{ONE}"\ndate = 2026-09-02T09:00:00+02:00\n'
    )


def test_what_is_known_is_never_changed(tmp_path: Path) -> None:
    path = tmp_path / "ledger.toml"
    before = grown(path, feeds={"en": ONE}, episodes={"episode-01": Identity(ONE, DATE)})
    assert ledger.add(path, feeds={"en": TWO}, episodes={"episode-01": Identity(ONE, DATE)}) is None
    after = grown(path, feeds={"en": TWO, "fr": TWO})
    assert before.split("[feeds]")[1].strip() in after.replace(f'fr = "{TWO}"\n', "")
    assert ledger.read(path).feeds["en"] == ONE


def test_a_persons_comments_and_order_stay(tmp_path: Path) -> None:
    path = tmp_path / "ledger.toml"
    path.write_text(f'# ours\n[episodes.zulu] # the pilot\nguid = "{ONE}"\ndate = 2026-09-02T09:00:00Z\n', "utf-8")
    text = grown(path, episodes={"alpha": Identity(TWO, DATE)})
    assert text.startswith(f'# ours\n[episodes.zulu] # the pilot\nguid = "{ONE}"\n')
    assert text.index("zulu") < text.index("alpha")


@pytest.mark.parametrize("date", [DATE, DATE.astimezone(UTC)])
def test_the_same_moment_in_another_zone_agrees(date: datetime) -> None:
    known = ledger.Ledger({}, {"episode-01": Identity(ONE, DATE)})
    ledger.check(known, "episode-01", Identity(ONE, date), TOML)


@pytest.mark.parametrize(
    ("slug", "identity", "said"),
    [
        ("episode-01", Identity(TWO, DATE), (str(ONE), str(TWO), "guid", "episode.toml")),
        ("episode-01", Identity(ONE, DATE + timedelta(days=1)), ("2026-09-02T09", "2026-09-03T09", "date")),
        ("episode-02", Identity(ONE, DATE), ("episode-01", "episode-02", str(ONE))),
    ],
)
def test_another_identity_is_refused_with_both_values(slug: str, identity: Identity, said: tuple[str, ...]) -> None:
    known = ledger.Ledger({}, {"episode-01": Identity(ONE, DATE)})
    with pytest.raises(CastkitError) as caught:
        ledger.check(known, slug, identity, TOML)
    assert all(part in caught.value.message for part in said)
    assert caught.value.hint


def test_two_new_episodes_with_one_guid_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CastkitError, match="same guid"):
        ledger.add(tmp_path / "ledger.toml", episodes={"a": Identity(ONE, DATE), "b": Identity(ONE, DATE)})


DAMAGED = {
    "no TOML": ("[feeds", "ledger.toml"),
    "feeds no table": ("feeds = 3", "feeds must be a table"),
    "feed guid no UUID": ('[feeds]\nen = "abc"', "feeds.en"),
    "feed guid no text": ("[feeds]\nen = 7", "feeds.en"),
    "episode no table": ("[episodes]\nx = 1", "episodes.x"),
    "guid gone": ("[episodes.x]\ndate = 2026-01-01T00:00:00Z", "episodes.x.guid"),
    "date gone": (f'[episodes.x]\nguid = "{ONE}"', "episodes.x.date"),
    "date without zone": (f'[episodes.x]\nguid = "{ONE}"\ndate = 2026-01-01T00:00:00', "episodes.x.date"),
    "date as text": (f'[episodes.x]\nguid = "{ONE}"\ndate = "2026-01-01T00:00:00Z"', "episodes.x.date"),
    "guid twice": (
        "".join(f'[episodes.{slug}]\nguid = "{ONE}"\ndate = 2026-01-01T00:00:00Z\n' for slug in "xy"),
        "x and y",
    ),
    "merge conflict": ("<<<<<<< HEAD\n[feeds]\n", "ledger.toml"),
}


@pytest.mark.parametrize(("text", "said"), DAMAGED.values(), ids=DAMAGED.keys())
def test_damage_by_hand_is_named(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "ledger.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(CastkitError) as caught:
        ledger.read(path)
    assert str(path) in caught.value.message
    assert said in caught.value.message
    assert caught.value.hint


def test_other_encodings_are_named(tmp_path: Path) -> None:
    path = tmp_path / "ledger.toml"
    path.write_bytes("# 节目".encode("gb18030"))
    with pytest.raises(CastkitError, match="not UTF-8"):
        ledger.read(path)
