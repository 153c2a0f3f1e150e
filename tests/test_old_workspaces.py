"""What earlier versions of castkit wrote is read by this one, and what a later one writes is refused by name.

`data/old_workspaces` was written by castkit itself: `toy` by the engine as it was committed first, `first` (a tone of
three seconds, accepted English subtitles) by the first version that could publish, without what takes most room in its
`build`; `history` by the first that kept one.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import feedparser
import pytest
from castkit_cli import castkit, succeed
from toy import Toy, go, ran
from worded_episode import worded

from castkit.engine.receipts import load
from castkit.errors import CastkitError
from castkit.feed import ledger
from castkit.steps.accepted import accepted_cues
from castkit.subtitles.history import History, Revision, Role, State, What

OLD = Path(__file__).parent / "data/old_workspaces"
GUID = "a40a42ad-83ac-4727-bf9a-c67bfa5d47ac"
WHOLE = os.environ.get("CASTKIT_SOAK") == "1"


@pytest.fixture
def first(tmp_path: Path) -> Path:
    return Path(shutil.copytree(OLD / "first", tmp_path / "show"))


def test_receipts_of_the_first_castkit_spare_every_step(tmp_path: Path) -> None:
    root = Path(shutil.copytree(OLD / "toy", tmp_path / "toy"))
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    assert ran(go(Toy(root))) == {}
    assert {path: path.read_bytes() for path in before} == before


def test_receipts_of_a_newer_castkit_are_refused_and_kept(tmp_path: Path) -> None:
    root = Path(shutil.copytree(OLD / "toy", tmp_path / "toy"))
    path = root / "build/receipts.json"
    path.write_text(path.read_text("utf-8").replace('"version": 1\n}\n', '"version": 2\n}\n'), "utf-8")
    kept = path.read_bytes()
    assert json.loads(kept)["version"] == 2
    with pytest.raises(CastkitError, match=r"receipts\.json was written by a newer castkit") as caught:
        go(Toy(root))
    assert caught.value.hint == (
        "install the castkit that wrote it, from its own repository; or delete the file, and every step runs again"
    )
    assert path.read_bytes() == kept


def test_receipts_that_cannot_be_opened_are_an_error_in_words(tmp_path: Path) -> None:
    (tmp_path / "receipts.json").mkdir()
    with pytest.raises(CastkitError, match=r"receipts\.json cannot be read") as caught:
        load(tmp_path / "receipts.json")
    assert caught.value.hint


def test_a_history_begun_by_an_older_castkit_is_read_and_goes_on(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(OLD / "history", tmp_path / "history"))
    lines = (folder / "en.jsonl").read_bytes()
    history = History(folder / "en.jsonl")
    assert history.problems == ()
    assert [(one.rev, one.what, one.who) for one in history.revisions] == [
        (1, What.EXPORT, "ann"),
        (2, What.IMPORT, "bob"),
    ]
    assert history.standing
    assert history.standing.translators is None
    assert b"Be welcome." in (history.bytes_of(history.standing, Role.CUES) or b"")
    history.append(Revision(What.REOPEN, "eve", state=State.DRAFT, base=2))
    assert (folder / "en.jsonl").read_bytes().startswith(lines)
    assert [one.rev for one in History(folder / "en.jsonl").revisions] == [1, 2, 3]


def test_a_history_with_a_line_of_a_newer_castkit_is_refused(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(OLD / "history", tmp_path / "history"))
    with (folder / "en.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"version": 2, "rev": 3, "when": "", "who": "ann", "what": "signed"}\n')
    with pytest.raises(CastkitError, match=r"en\.jsonl, line 3 was written by a newer castkit"):
        History(folder / "en.jsonl")


def test_the_ledger_of_an_older_castkit_only_grows(first: Path) -> None:
    path = first / "feeds/ledger.toml"
    known = ledger.read(path)
    assert str(known.episodes["talk"].guid) == GUID
    assert ledger.add(path, episodes=known.episodes, feeds=known.feeds) is None
    added = ledger.add(path, feeds={"fr": known.feeds["en"]})
    assert added
    assert [line for line in path.read_text("utf-8").splitlines() if line not in added.splitlines()] == []


@pytest.mark.parametrize(
    ("version", "said"), [("2", "was written by a newer castkit"), ('"1"', "version must be a number")]
)
def test_a_ledger_of_a_newer_castkit_is_refused(first: Path, version: str, said: str) -> None:
    path = first / "feeds/ledger.toml"
    path.write_text(f"version = {version}\n{path.read_text('utf-8')}", "utf-8")
    with pytest.raises(CastkitError, match=said) as caught:
        ledger.read(path)
    assert caught.value.hint


def test_clocks_without_sources_are_read_and_newer_ones_refused(tmp_path: Path) -> None:
    episode = worded(tmp_path)
    episode.go()
    episode.accept("en", "1\n00:00:01,000 --> 00:00:02,500\nHello.\n")
    digest = _sha256(episode.paths.accepted("en"))
    record = {"sha256": digest, "pieces": [[0, 500, 0], [1000, 100_000, 500]]}  # what an older one wrote
    value = {"version": 1, "note": "", "files": {"en": record}}
    episode.paths.clocks.write_text(json.dumps(value), "utf-8")
    (cue,) = accepted_cues(episode.context, "en").cues
    assert (cue.start_ms, cue.end_ms) == (1500, 3000)
    episode.paths.clocks.write_text(json.dumps({**value, "version": 2}), "utf-8")
    with pytest.raises(CastkitError, match=r"clocks\.json was written by a newer castkit"):
        accepted_cues(episode.context, "en")


def _sha256(path: Path) -> str:
    import hashlib  # noqa: PLC0415

    return hashlib.sha256(path.read_bytes()).hexdigest()


def guids(feed: Path) -> list[str]:
    found = feedparser.parse(feed.read_bytes())
    assert found.bozo is False
    return [str(entry.id) for entry in found.entries]


def podcast_guid(feed: Path) -> str:
    found = re.search("<podcast:guid>([^<]+)", feed.read_text("utf-8"))
    assert found
    return found[1]


@pytest.mark.soak
@pytest.mark.parametrize("command", [("publish", "talk"), ("feed",)] if WHOLE else [("feed",)])
def test_a_show_published_by_the_first_castkit_goes_on(first: Path, command: tuple[str, ...]) -> None:
    before = {name: podcast_guid(OLD / f"first/feeds/{name}.xml") for name in ("en", "zh-Hans")}
    accepted = (first / "episodes/talk/subtitles/talk.en.srt").read_bytes()
    ledgers = (first / "feeds/ledger.toml").read_bytes()
    succeed(*command, cwd=first)
    for name, guid in before.items():
        assert guids(first / f"public/feeds/{name}.xml") == [GUID]
        assert podcast_guid(first / f"public/feeds/{name}.xml") == guid
    assert (first / "episodes/talk/subtitles/talk.en.srt").read_bytes() == accepted
    assert (first / "feeds/ledger.toml").read_bytes() == ledgers
    again = succeed(*command, "--json", cwd=first).ran
    assert set(again) <= {"subtitle", "translate"}, "from which source the accepted file was made is known only now"
    assert succeed(*command, "--json", cwd=first).ran == {}


def test_the_command_line_names_what_is_newer(first: Path) -> None:
    path = first / "episodes/talk/build/receipts.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), "version": 7}), "utf-8")
    assert "cannot tell" in succeed("status", "talk", cwd=first).out
    ended = castkit("build", "talk", cwd=first)
    assert ended.code == 1
    assert "receipts.json was written by a newer castkit" in ended.err
    assert "hint: install the castkit that wrote it" in ended.err
