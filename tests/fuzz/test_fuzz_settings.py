"""Files of settings that a colleague, or a stranger, wrote: whatever is in them is read or refused in words."""

from __future__ import annotations

from pathlib import Path

import fuzzing
import pytest

import built_show
from castkit.config import load_all, load_show
from castkit.config.glossary import load_glossary
from castkit.feed import ledger
from castkit.scaffold.notes_draft import read_draft
from castkit.workspace import Workspace

ROOT = Path(__file__).parent.parent.parent
SHOW, GLOSSARY = (ROOT / "castkit.toml").read_bytes(), (ROOT / "glossary.toml").read_bytes()
EPISODES = tuple(path.read_bytes() for path in sorted((ROOT / "episodes").glob("*/episode.toml")))
EPISODES += (built_show.EPISODE.encode(),)
LEDGER = b"""\
[feeds]
en = "917393e3-1b1e-5cef-ace4-edaa54e1f810"

[episodes.talk]
guid = "a40a42ad-83ac-4727-bf9a-c67bfa5d47ac"
date = 2026-09-16T09:00:00+02:00
"""
DRAFT = b"""\
[title]
en = { text = "A talk", why = "said at 00:10" }
zh-Hans = "\xe8\xb0\x88\xe8\xaf\x9d"

[summary]
en = "Of things."

[keywords]
en = { words = ["pension", "age"] }

[[chapters]]
start = "01:30"
title = { en = "Start", zh-Hans = "" }

[[chapters]]
start = 00:02:00
title = "End"
"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return built_show.make_show(tmp_path_factory.mktemp("show"))


def _of(file: str, read):
    """Puts bytes in the place of a file of the show, reads, and puts the good ones back."""

    def reader(data: bytes) -> object:
        path = READERS.root / file
        good = path.read_bytes() if path.exists() else None
        path.write_bytes(data)
        try:
            return read(Workspace(READERS.root))
        finally:
            if good is None:
                path.unlink()
            else:
                path.write_bytes(good)

    return reader


class READERS:
    """Where the show lies, once it is made."""

    root: Path


@pytest.fixture(autouse=True)
def _in_the_show(workspace: Workspace) -> None:
    READERS.root = workspace.root


def _glossary(workspace: Workspace) -> object:
    return load_glossary(workspace, load_show(workspace))


def _draft(data: bytes) -> object:
    return read_draft(data.decode("utf-8", "replace"), "notes-draft.toml")


PARSERS = (
    fuzzing.Parser("castkit.toml", _of("castkit.toml", load_all), (built_show.SHOW.encode(), SHOW), "toml"),
    fuzzing.Parser("episode.toml", _of("episodes/talk/episode.toml", load_all), EPISODES, "toml"),
    fuzzing.Parser("glossary.toml", _of("glossary.toml", _glossary), (GLOSSARY,), "toml"),
    fuzzing.Parser("notes-draft.toml", _draft, (DRAFT,), "toml"),
    fuzzing.Parser(
        "ledger.toml", _of("ledger.toml", lambda one: ledger.read(one.root / "ledger.toml")), (LEDGER,), "toml"
    ),
)


@pytest.mark.soak
@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_no_settings_make_the_reader_stumble(parser: fuzzing.Parser) -> None:
    parser.sweep()


@pytest.mark.parametrize(("parser", "data"), fuzzing.cases(PARSERS))
def test_settings_found_once_are_refused_in_words(parser: fuzzing.Parser, data: bytes) -> None:
    parser.accepts(data)


def test_the_seeds_are_good(workspace: Workspace) -> None:
    load_all(workspace)
    assert ledger.parse(LEDGER.decode(), Path("ledger.toml")).episodes
