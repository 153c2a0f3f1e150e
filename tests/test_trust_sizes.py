"""Files far larger or deeper than a person writes: refused in words, before they fill the memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import built_show
from castkit import templating
from castkit.config import load_all, load_show
from castkit.config.glossary import load_glossary
from castkit.errors import CastkitError
from castkit.feed import ledger
from castkit.feed.reading.fetch import Web
from castkit.feed.reading.pages import read_feed
from castkit.steps.accept_notes import accept_notes
from castkit.subtitles.files import read_srt
from castkit.translate import exchange
from castkit.translate.tmx import from_tmx
from castkit.workspace import Workspace
from e2e.castkit_cli import castkit

HUGE = 600_000_000  # bytes, of which nothing is written: the file is a hole
DEEP = 100_000
NESTED = {
    "lists": "x = " + "[" * DEEP + "]" * DEEP,
    "open lists": "x = " + "[" * DEEP,
    "tables": "x = " + "{a=" * DEEP + "1" + "}" * DEEP,
    "dotted keys": "x." * DEEP + "x = 1",
    "a header": "[" + "x." * DEEP + "x]",
    "headers": "\n".join(f"[{'a.' * 40}a{number}]" for number in range(9_000)),
    "a long key": "a" * 1_000_000 + " = 1",
    "a long number": "x = " + "9" * 1_000_000,
    "many keys": "\n".join(f"a{number} = 1" for number in range(20_000)),
}


@pytest.fixture
def show(tmp_path: Path) -> Workspace:
    workspace = built_show.make_show(tmp_path / "show")
    for folder in (workspace.templates, workspace.memory, workspace.feeds):
        folder.mkdir()
    return workspace


def _hole(path: Path, head: bytes = b"") -> None:
    path.write_bytes(head)
    with path.open("r+b") as file:
        file.truncate(HUGE)


READERS: dict[str, tuple[Callable[[Workspace], Path], Callable[[Workspace, Path], object], bytes]] = {
    "castkit.toml": (lambda show: show.toml, lambda show, _: load_show(show), b""),
    "episode.toml": (lambda show: show.episode("talk").toml, lambda show, _: load_all(show), b""),
    "glossary.toml": (lambda show: show.glossary, lambda show, _: load_glossary(show, load_show(show)), b""),
    "ledger.toml": (lambda show: show.ledger, lambda _, path: ledger.read(path), b""),
    "notes-draft.toml": (
        lambda show: show.episode("talk").notes_draft,
        lambda show, _: accept_notes(built_show.context(show)),
        b"",
    ),
    "subtitles": (lambda show: show.episode("talk").root / "a.srt", lambda _, path: read_srt(path), b"1\n"),
    "memory": (lambda show: show.memory / "a.tmx", lambda _, path: from_tmx(path, "en", "zh"), b"<tmx>"),
    "template": (
        lambda show: show.templates / "notes.md.j2",
        lambda show, _: templating.load(show.templates, ["notes.md.j2"]),
        b"",
    ),
    "feed": (lambda show: show.root / "feed.xml", lambda _, path: read_feed(str(path), Web("")), b"<rss>"),
}


@pytest.mark.parametrize("name", READERS)
def test_a_file_of_hundreds_of_megabytes_is_refused_by_its_size(show: Workspace, name: str) -> None:
    where, read, head = READERS[name]
    path = where(show)
    _hole(path, head)
    with pytest.raises(CastkitError, match=r"larger than|it is larger") as caught:
        read(show, path)
    assert path.name in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize("name", NESTED)
@pytest.mark.parametrize("file", ["castkit.toml", "episode.toml", "glossary.toml"])
def test_settings_nested_deeply_or_without_end_are_refused(show: Workspace, file: str, name: str) -> None:
    where, read, _ = READERS[file]
    path = where(show)
    path.write_text(NESTED[name])
    with pytest.raises(CastkitError) as caught:
        read(show, path)
    assert file in caught.value.message


def test_the_command_ends_with_1_and_words(show: Workspace) -> None:
    for text in (NESTED["lists"], NESTED["dotted keys"]):
        show.toml.write_text(text)
        ended = castkit("status", cwd=show.root)
        assert ended.code == 1, ended.err
        assert "more deeply than can be read" in ended.err
        assert "Traceback" not in ended.err


def test_every_answer_from_elsewhere_has_a_bound() -> None:
    from castkit.feed.check import parsed  # noqa: PLC0415
    from castkit.subtitles.incoming import kinds, xml_tree  # noqa: PLC0415

    assert exchange.LARGEST <= 10_000_000
    assert max(parsed.LARGEST, kinds.LARGEST, xml_tree.LARGEST) <= 50_000_000
