"""A workspace's own templates: they win, they cannot break out, and their mistakes are named with file and line."""

from __future__ import annotations

from pathlib import Path

import notes_samples as samples
import pytest

from castkit.errors import CastkitError
from castkit.notes import templates
from castkit.notes.view import view
from castkit.templating import PACKAGED


def rendered(folder: Path, **files: str) -> str:
    for name, text in files.items():
        (folder / f"{name}.md.j2").write_text(text, "utf-8")
    return templates.render_markdown(templates.load(folder), view(samples.material(), "en"))


def test_workspaces_copy_wins(tmp_path: Path) -> None:
    assert rendered(tmp_path, notes="Ours: {{ episode.title }}") == "Ours: Who pays? \\*Not\\* me\n"


def test_packaged_one_serves_where_there_is_no_copy(tmp_path: Path) -> None:
    (tmp_path / "episode.html.j2").write_text("x", "utf-8")
    assert rendered(tmp_path).startswith("# Who pays? \\*Not\\* me\n\n*Season 1, episode 2")


def test_templates_may_include_others(tmp_path: Path) -> None:
    text = rendered(tmp_path, notes="{% include 'people.md.j2' %}", people="{{ people[0].name }}")
    assert text == "A. Host\n"
    assert tmp_path / "people.md.j2" in templates.candidates(tmp_path)


def test_a_copy_that_does_not_exist_yet_is_a_candidate(tmp_path: Path) -> None:
    found = templates.candidates(tmp_path)
    assert tmp_path / templates.MARKDOWN in found
    assert PACKAGED / templates.MARKDOWN in found


BROKEN = {
    "syntax": ("ok\n\n{% if %}", 3),
    "unclosed": ("{% for a in people %}\n{{ a.name }}\n", 2),
    "unknown filter": ("\n{{ episode.title | shout }}", 2),
    "unknown name": ("a\n{{ episode.titel }}", 2),
    "unknown variable": ("a\nb\n{{ titel }}", 3),
    "unknown in a loop": ("{% for person in people %}\n{{ person.age }}\n{% endfor %}", 2),
    "wrong type": ("\n\n\n{{ episode + 1 }}", 4),
    "division": ("{{ 1 // 0 }}", 1),
    "no such include": ("\n{% include 'none.j2' %}", 2),
    "breaking out": ("{{ ''.__class__.__mro__[1].__subclasses__() }}", 1),
    "endless": ("{% for n in range(10 ** 9) %}{% endfor %}", 1),
    "changing what it was given": ("{{ labels.update({'people': 'x'}) }}", 1),
}


@pytest.mark.parametrize(("text", "line"), BROKEN.values(), ids=BROKEN.keys())
def test_mistakes_are_named_with_file_and_line(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(CastkitError) as caught:
        rendered(tmp_path, notes=text)
    assert f"{tmp_path / 'notes.md.j2'}, line {line}: " in caught.value.message
    assert "deleting the workspace's copy" in caught.value.hint


def test_mistake_in_an_included_file_is_named_there(tmp_path: Path) -> None:
    with pytest.raises(CastkitError) as caught:
        rendered(tmp_path, notes="\n{% include 'people.md.j2' %}", people="\n\n{{ nobody }}")
    assert f"{tmp_path / 'people.md.j2'}, line 3: 'nobody' is undefined" in caught.value.message


def test_other_encodings_are_named(tmp_path: Path) -> None:
    (tmp_path / "notes.md.j2").write_bytes("节目".encode("gb18030"))
    with pytest.raises(CastkitError, match=r"notes\.md\.j2: not UTF-8"):
        templates.load(tmp_path)
