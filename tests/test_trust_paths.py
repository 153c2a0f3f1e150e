"""No field of a file that people write, and no link in the workspace, leads castkit to a file outside of it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import built_show
from castkit import templating
from castkit.config import load_all
from castkit.errors import CastkitError
from castkit.model.episode import Episode
from castkit.model.show import Show
from castkit.steps.accepted import accepted_cues
from castkit.steps.drafting import memory_files
from castkit.workspace import Workspace

# field: the file it stands in, and the lines that set it (in the place of those that begin with the same words)
FIELDS: dict[str, tuple[str, str]] = {
    "show.image": ("castkit.toml", 'image = "{value}"'),
    "audio.intro": ("castkit.toml", '[audio]\nintro = "{value}"'),
    "audio.outro": ("castkit.toml", '[audio]\noutro = "{value}"'),
    "audio.bed": ("castkit.toml", '[audio]\nbed = "{value}"'),
    "translation.models": ("castkit.toml", '[translation]\nmodels = ["{value}"]'),
    "recordings.path": ("episode.toml", 'path = "{value}"'),
    "master": ("episode.toml", 'master = "{value}"'),
    "image": ("episode.toml", 'image = "{value}"'),
    "chapters.image": ("episode.toml", '[[chapters]]\nstart = "00:40"\ntitle = "Last"\nimage = "{value}"'),
}
OUTSIDE = (
    "../../../outside.png",
    "/etc/passwd.png",
    "C:/outside.png",
    "raw/../../../../outside.png",
    "link.png",
    "linked/x.png",
)

# Where the show's owner says to which folder or bucket something is written: outside of the workspace by their word.
DESTINATIONS = {"store.path", "backup.to"}


def _with(text: str, lines: str) -> str:
    """The file with these lines: in the place of the key, at the end for a table, at the top for a new key."""
    if lines.startswith("["):
        return f"{text}\n{lines}\n"
    key = re.escape(lines.partition(" ")[0])
    found = re.subn(rf"(?m)^{key} = .*$", lambda _: lines, text, count=1)
    return found[0] if found[1] else f"{lines}\n{text}"


@pytest.fixture
def show(tmp_path: Path) -> Workspace:
    workspace = built_show.make_show(tmp_path / "show")
    built_show.build(workspace)
    (tmp_path / "outside.png").write_bytes(built_show.cover())
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/x.png").write_bytes(built_show.cover())
    if os.name != "nt":  # links need rights on Windows
        for folder in (workspace.root, workspace.episode("talk").root):
            (folder / "link.png").symlink_to(tmp_path / "outside.png")
            (folder / "linked").symlink_to(tmp_path / "elsewhere")
    return workspace


@pytest.mark.parametrize("value", OUTSIDE)
@pytest.mark.parametrize("field", FIELDS)
def test_a_field_that_leads_outside_is_refused(show: Workspace, field: str, value: str) -> None:
    if value.startswith("link") and os.name == "nt":
        pytest.skip("links need rights on Windows")
    name, lines = FIELDS[field]
    path = show.toml if name == "castkit.toml" else show.episode("talk").toml
    path.write_text(_with(path.read_text("utf-8"), lines.format(value=value)), "utf-8")
    with pytest.raises(CastkitError) as caught:
        load_all(show)
    said = caught.value.message
    assert field.rpartition(".")[2] in said
    assert "within the workspace" in said or "relative to the folder of this file" in said or "into it" in said


def test_every_field_that_names_a_file_is_in_the_table() -> None:
    """By their words: a new field that names a file must be tried here, too."""
    found = set()
    for model in (Show, Episode):
        for where, about in _described(model):
            if re.search(r"relative to (castkit\.toml|the episode's folder|this file)", about):
                found.add(where)
    assert found <= set(FIELDS) | DESTINATIONS, found - set(FIELDS)


def _described(model: type, where: str = "") -> list[tuple[str, str]]:
    from castkit.config.types import _models  # noqa: PLC0415

    rows = []
    for name, field in model.model_fields.items():
        place = f"{where}.{name}".lstrip(".")
        rows.append((place, field.description or ""))
        for inner in _models(field.annotation):
            rows += _described(inner, place)
    return rows


def _template(show: Workspace, secret: Path) -> None:
    show.templates.mkdir(exist_ok=True)
    (show.templates / "notes.md.j2").symlink_to(secret)
    templating.load(show.templates, ["notes.md.j2"])


def _memory(show: Workspace, secret: Path) -> None:
    show.memory.mkdir(exist_ok=True)
    (show.memory / "theirs.tmx").symlink_to(secret)
    memory_files(built_show.context(show))


def _accepted(show: Workspace, secret: Path) -> None:
    context = built_show.context(show)
    path = context.paths.accepted("en")
    path.parent.mkdir(exist_ok=True)
    path.symlink_to(secret)
    accepted_cues(context, "en")


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
@pytest.mark.parametrize("put", [_template, _memory, _accepted], ids=["a template", "a memory", "accepted subtitles"])
def test_a_link_that_leads_outside_is_refused(
    show: Workspace, tmp_path: Path, put: Callable[[Workspace, Path], None]
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("1\n00:00:00,000 --> 00:00:01,000\nthe secret words\n")
    with pytest.raises(CastkitError, match="is a link that leads out of") as caught:
        put(show, secret)
    assert "secret words" not in caught.value.message


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_link_within_the_workspace_is_followed(show: Workspace) -> None:
    (show.root / "house.md.j2").write_text("{{ title }}")
    show.templates.mkdir()
    (show.templates / "notes.md.j2").symlink_to(show.root / "house.md.j2")
    assert templating.load(show.templates, ["notes.md.j2"])["notes.md.j2"].text == "{{ title }}"
