"""`castkit notes` as a person and a program see it, with a real service on this machine."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import built_show
from castkit.cli.app import App
from castkit.cli.notes import notes
from castkit.cli.road import episode_place
from castkit.config import load_episode, load_show
from castkit.engine.place import lock
from castkit.errors import CastkitError
from castkit.model.programme import Loudness, Programme, Track
from castkit.model.timeline import joined
from castkit.pipeline import EPISODE
from castkit.timecode import parse_clock
from castkit.workspace import Workspace
from notes import drafts_made
from translate import chat_server
from translate.chat_server import ChatServer, saying

KEY = "sk-secret-of-the-notes"
LEAD_MS = 2000  # the intro; times in episode.toml are those of the recordings, without it
NEW = """\
# One episode.
guid = "a40a42ad-83ac-4727-bf9a-c67bfa5d47ac"  # never change it
title = "A talk"
summary = "A talk"  # one or two sentences
language = "zh"  # spoken
date = 2026-09-16T09:00:00+02:00  # when it appears
people = ["host"]  # of the credits
# keywords = ["…"]

# The raw files, never touched.
[[recordings]]
path = "raw/talk.wav"

# Parts that listeners can jump to.
# [[chapters]]
# start = "00:00"
"""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    monkeypatch.setenv("CASTKIT_TRANSLATION_KEY", KEY)
    with chat_server.running() as found:
        found.default = saying(lambda asked: json.dumps(drafts_made.proposed(asked.data)))
        yield found


def service(server: ChatServer, **more: Any) -> str:
    keys = {"url": server.url, "model": "toy-1", "requests_per_minute": 6000, **more}
    return "\n[translation]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())


def show(tmp_path: Path, more: str = "", *, toml: str = NEW) -> Path:
    """A show with an episode that was heard: what the steps before would leave."""
    workspace = built_show.make_show(tmp_path / "show", more=more)
    paths = workspace.episode("talk")
    paths.toml.write_bytes(toml.encode())
    heard = drafts_made.transcript("episode-02")
    duration_ms = heard.duration_ms
    track = Track("raw/talk.wav", "", 0, duration_ms, 1, 48_000, False, Loudness(-16.0, -1.0, 3.0))
    programme = Programme((track,), joined([(0, duration_ms)], LEAD_MS), (), duration_ms + LEAD_MS)
    built_show.write_json(paths.programme, programme.to_json())
    built_show.write_json(paths.transcript, heard.to_json())
    built_show.write_json(paths.words, heard.to_json())
    return workspace.root


def run(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(notes, arguments, obj=App(root), catch_exceptions=False, standalone_mode=False)


def draft_of(root: Path) -> Path:
    return root / "episodes/talk/notes-draft.toml"


def toml_of(root: Path) -> Path:
    return root / "episodes/talk/episode.toml"


def test_a_draft_is_written_corrected_and_accepted(server: ChatServer, tmp_path: Path) -> None:
    root = show(tmp_path, service(server))
    ended = run(root, "draft", "talk")
    assert ended.stdout == f"{draft_of(root)}\n"
    assert toml_of(root).read_text("utf-8") == NEW  # nothing is accepted yet
    starts = {line.start_ms for line in drafts_made.lines("episode-02", "zh-Hans")}
    data = tomllib.loads(draft_of(root).read_text("utf-8"))
    assert data["title"]["zh-Hans"]["text"] == "骑手与养老金"
    at = [_ms(one) for key in ("title", "summary", "keywords") for own in data[key].values() for one in own["at"]]
    assert set(at) <= starts
    assert {_ms(one["start"]) for one in data["chapters"]} <= {0, *starts}
    by_hand = draft_of(root).read_text("utf-8").replace("Riders and their pension: ", "By hand: ")
    draft_of(root).write_text(by_hand, "utf-8")
    ended = run(root, "accept", "talk")
    count = len(data["chapters"])
    assert f"episode.toml: summary (en, zh-Hans), keywords (4), chapters ({count})" in ended.stdout
    assert ended.stderr == "left alone: title is written already (en, zh-Hans)\n"
    text = toml_of(root).read_text("utf-8")
    episode = load_episode(Workspace(root), load_show(Workspace(root)), "talk")
    assert episode.title.in_("en") == "A talk"
    assert episode.summary.own("en") == "By hand: Riders and their pension."
    assert episode.summary.own("zh-Hans") == "骑手与养老金: 骑手与养老金."
    assert [one.start for one in episode.chapters] == [_ms(one["start"]) for one in data["chapters"]]
    # Every line a person wrote is still there, but for the placeholder that was filled.
    left = [line for line in NEW.splitlines() if line and not line.startswith("summary")]
    assert [line for line in text.splitlines() if line in left] == left
    assert "  # one or two sentences" in text


def _ms(clock: str) -> int:
    return parse_clock(clock)


def test_nothing_a_person_wrote_is_touched(server: ChatServer, tmp_path: Path) -> None:
    written = (
        NEW.replace('summary = "A talk"', 'summary = { en = "My own." }')
        .replace('# keywords = ["…"]', 'keywords = ["mine"]')
        .replace("# [[chapters]]\n# start", '[[chapters]]\ntitle = "Mine"\nstart')
    )
    root = show(tmp_path, service(server), toml=written)
    run(root, "draft", "talk")
    ended = run(root, "accept", "talk")
    after = toml_of(root).read_text("utf-8")
    assert tomllib.loads(after) == tomllib.loads(written) | {
        "summary": {"en": "My own.", "zh-Hans": "骑手与养老金: 骑手与养老金."}
    }
    for kept in ("title", "summary is written already (en)", "keywords are written", "chapters are written"):
        assert kept in ended.stderr
    with pytest.raises(CastkitError, match="nothing to accept: title is written already"):
        run(root, "accept", "talk")
    assert toml_of(root).read_text("utf-8") == after


@pytest.mark.parametrize("form", ["crlf", "tables", "bom", "empty list"])
def test_files_of_every_form_are_filled(server: ChatServer, tmp_path: Path, form: str) -> None:
    toml = {
        "crlf": NEW.replace("\n", "\r\n"),
        "bom": "\ufeff" + NEW,
        "empty list": NEW.replace('# keywords = ["…"]', "keywords = [ ]\nchapters = []"),
        "tables": NEW.replace('title = "A talk"\n', "").replace('summary = "A talk"  # one or two sentences\n', "")
        + '\n[title]\nen = "A talk"  # mine\n\n[summary]\nen = "A talk"\nzh-Hans = "…"\n',
    }[form]
    root = show(tmp_path, service(server), toml=toml)
    run(root, "draft", "talk")
    run(root, "accept", "talk")
    raw = toml_of(root).read_bytes()
    episode = load_episode(Workspace(root), load_show(Workspace(root)), "talk")
    assert episode.summary.own("zh-Hans") == "骑手与养老金: 骑手与养老金."
    assert len(episode.keywords) == 4
    assert len(episode.chapters) > 1
    assert (b"\r\n" in raw) == (form == "crlf")
    assert form != "crlf" or raw.count(b"\n") == raw.count(b"\r\n")
    if form == "tables":
        assert episode.title.own("zh-Hans") == "骑手与养老金"
        assert b'en = "A talk"  # mine' in raw


def test_without_a_service_chapters_alone_are_proposed(tmp_path: Path) -> None:
    root = show(tmp_path)
    ended = run(root, "draft", "talk", "--json")
    told = json.loads(ended.stdout.splitlines()[-1])
    assert (told["event"], told["made_by"]) == ("drafted", "pauses and turns in the recording")
    data = tomllib.loads(draft_of(root).read_text("utf-8"))
    assert set(data) == {"draft", "chapters"}
    assert all(one["title"] == {"en": "", "zh-Hans": ""} for one in data["chapters"])
    with pytest.raises(CastkitError, match="chapters have no title yet"):
        run(root, "accept", "talk")
    titled = draft_of(root).read_text("utf-8").replace('en = ""', 'en = "Begin"', 1)
    draft_of(root).write_text(titled, "utf-8")
    told = json.loads(run(root, "accept", "talk", "--json").stdout)
    assert told["written"] == ["chapters (1)"]
    assert "no title yet" in told["left"][0]


@pytest.mark.parametrize("use", ["local", "none", "whisper"])
def test_no_service_is_asked_that_the_show_does_not_want(server: ChatServer, tmp_path: Path, use: str) -> None:
    root = show(tmp_path, service(server, use=use))
    run(root, "draft", "talk")
    assert not server.asked
    root = show(tmp_path / "2", service(server))
    run(root, "draft", "talk", "--offline")
    assert not server.asked


def test_a_draft_is_not_overwritten_unless_asked(server: ChatServer, tmp_path: Path) -> None:
    root = show(tmp_path, service(server))
    run(root, "draft", "talk")
    draft_of(root).write_text("# my corrections\n", "utf-8")
    count = len(server.asked)
    with pytest.raises(CastkitError, match="a draft already") as refused:
        run(root, "draft", "talk")
    assert "--redo" in refused.value.hint
    assert len(server.asked) == count
    assert draft_of(root).read_text("utf-8") == "# my corrections\n"
    run(root, "draft", "talk", "--redo")
    assert len(server.asked) == 2 * count
    draft_of(root).unlink()
    run(root, "draft", "talk")
    assert len(server.asked) == 2 * count  # what was answered is not paid for again


def test_a_killed_draft_goes_on_where_it_was(server: ChatServer, tmp_path: Path) -> None:
    root = show(tmp_path, service(server))
    server.script = [server.default, chat_server.status(401)]
    with pytest.raises(CastkitError, match="does not accept the key") as refused:
        run(root, "draft", "talk")
    assert "--offline" in refused.value.hint
    assert KEY not in refused.value.message + refused.value.hint
    assert not draft_of(root).exists()
    server.asked.clear()
    run(root, "draft", "talk")
    assert [set(asked.data) & {"sentences", "gists"} for asked in server.asked] == [{"gists"}]


@pytest.mark.parametrize("answer", ["HACKED", '{"gist": {"text": "HACKED", "sentences": [1]}, "chapters": []}', "{}"])
def test_a_model_that_was_fooled_proposes_nothing(server: ChatServer, tmp_path: Path, answer: str) -> None:
    root = show(tmp_path, service(server))
    server.default = saying(lambda _: answer)
    with pytest.raises(CastkitError, match="no usable answer after 3 tries"):
        run(root, "draft", "talk")
    assert not draft_of(root).exists()
    assert len(server.asked) == 3


def test_an_unreachable_service_is_named(tmp_path: Path) -> None:
    root = show(tmp_path, '\n[translation]\nurl = "http://127.0.0.1:9/v1"\nmodel = "toy-1"\ndeadline_s = 0.5\n')
    with pytest.raises(CastkitError, match=r"toy-1 at 127\.0\.0\.1"):
        run(root, "draft", "talk")
    assert not draft_of(root).exists()


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    root = show(tmp_path)
    with pytest.raises(CastkitError, match="nothing to accept: there is no") as refused:
        run(root, "accept", "talk")
    assert "castkit notes draft talk" in refused.value.hint
    Workspace(root).episode("talk").programme.unlink()
    with pytest.raises(CastkitError, match="not built yet") as refused:
        run(root, "draft", "talk")
    assert "castkit build" in refused.value.hint


@pytest.mark.parametrize(
    ("draft", "said"),
    [
        ('[[chapters]]\nstart = "01:00"\ntitle = "Late"\n', "00:00 for the first chapter"),
        ('[summary]\nfr = "Un résumé."\n', "not a language of the show"),
        (f'[summary]\nzh-Hans = "{"x" * 5000}"\n', "at most 4000 bytes"),
        ("title = [", "is not TOML"),
        ("", "it proposes nothing"),
    ],
)
def test_a_draft_that_would_break_episode_toml_changes_nothing(tmp_path: Path, draft: str, said: str) -> None:
    root = show(tmp_path, toml=NEW.replace('summary = "A talk"', 'summary = { en = "Mine." }'))
    before = toml_of(root).read_bytes()
    draft_of(root).write_text(draft, "utf-8")
    with pytest.raises(CastkitError, match=said):
        run(root, "accept", "talk")
    assert toml_of(root).read_bytes() == before
    assert sorted(path.name for path in toml_of(root).parent.iterdir()) == [
        "build", "episode.toml", "notes-draft.toml", "raw",
    ]  # fmt: skip


def test_a_draft_is_nothing_to_the_road_and_the_store(tmp_path: Path) -> None:
    root = show(tmp_path)
    run(root, "draft", "talk")
    built_show.build(Workspace(root))
    context = built_show.context(Workspace(root))
    read = set()
    for stage in EPISODE:
        try:
            read |= set(stage.reads(context))
        except CastkitError:
            continue  # what it starts from is not built in this small show
    assert context.paths.toml.parent in {path.parent.parent for path in read}
    assert context.paths.notes_draft not in read


def test_nobody_accepts_while_it_is_built(tmp_path: Path) -> None:
    root = show(tmp_path)
    context = built_show.context(Workspace(root))
    with lock(episode_place(context)), pytest.raises(CastkitError, match="another castkit is working on talk"):
        run(root, "accept", "talk")


def test_the_whole_program_tells_no_key(server: ChatServer, tmp_path: Path) -> None:
    root = show(tmp_path, service(server))
    server.default = chat_server.status(401, f"Incorrect API key provided: {KEY}")
    command = [sys.executable, "-m", "castkit", "--debug", "-C", str(root), "notes", "draft", "talk"]
    ended = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=300)
    assert ended.returncode == 1
    assert "does not accept the key (401): “Incorrect API key provided: …”" in ended.stderr
    assert "CASTKIT_TRANSLATION_KEY" in ended.stderr
    assert KEY not in ended.stdout + ended.stderr
    assert not any(KEY.encode() in path.read_bytes() for path in root.rglob("*") if path.is_file())
