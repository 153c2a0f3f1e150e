"""glossary.toml is read as the other files are: every mistake is named, all at once."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from castkit.config import load_glossary, load_show
from castkit.config.schema import json_schema
from castkit.errors import ConfigError
from castkit.model.glossary import Glossary
from castkit.workspace import Workspace

ROOT = Path(__file__).parent.parent
HEAD = '[[terms]]\nterm = { en = "social protection", zh-Hans = "社会保障" }\n'


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "castkit.toml").write_text((ROOT / "castkit.toml").read_text("utf-8"), "utf-8")
    return Workspace(tmp_path)


def read(workspace: Workspace, text: str) -> Glossary:
    workspace.glossary.write_text(text, "utf-8")
    return load_glossary(workspace, load_show(workspace))


def problems(workspace: Workspace, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read(workspace, text)
    first, *rest = caught.value.message.split("\n  ")
    return rest or [first]


def test_the_demonstrations_glossary_is_right() -> None:
    workspace = Workspace(ROOT)
    glossary = load_glossary(workspace, load_show(workspace))
    assert glossary.terms[0].agreed("zh-Hans") == "社会保障对话"
    data = tomllib.loads(workspace.glossary.read_text("utf-8"))
    Draft202012Validator(json_schema_of()).validate(data)


def json_schema_of() -> dict[str, object]:
    import json  # noqa: PLC0415

    value = json.loads(json_schema("glossary"))
    assert isinstance(value, dict)
    return value


def test_no_file_is_no_terms(workspace: Workspace) -> None:
    assert load_glossary(workspace, load_show(workspace)) == Glossary()


def test_an_episode_may_be_spoken_in_a_language_that_nobody_reads(workspace: Workspace) -> None:
    glossary = read(workspace, '[[terms]]\nterm = { fr = "sécurité sociale", en = "social security" }\n')
    assert glossary.terms[0].agreed("fr") == "sécurité sociale"


# (what the file says, parts of the one line that must be said)
WRONG: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("[[terms]\n", ("glossary.toml, line 1", "not TOML")),
    ("[[term]]\n", ("term: unknown key", "terms", 'did you mean "terms"?')),
    ("[[terms]]\nnote = 'x'\n", ("line 1: terms[0].term: missing", "the agreed term")),
    (HEAD + 'acept = ["x"]\n', ("line 3: terms[0].acept", "unknown key", 'did you mean "accept"?')),
    (HEAD + 'case = "yes"\n', ("line 3: terms[0].case", '"yes"', "true or false")),
    (HEAD + 'accept = "sicherheit"\n', ("line 3: terms[0].accept", "found no list")),
    (HEAD + 'accept = { en = "x" }\n', ("line 3: terms[0].accept.en", '"x"', "a list in square brackets")),
    (HEAD + "accept = { en = [5] }\n", ("line 3: terms[0].accept.en[0]", "5", "text in quotation marks")),
    (HEAD + 'accept = { zh-hans = ["社保"] }\n', ("terms[0].accept.zh-hans", 'did you mean "zh-Hans"?')),
    (HEAD + 'note = { chinese = "x" }\n', ("terms[0].note.chinese", "not a language", 'did you mean "zh"?')),
    (HEAD + 'heard = { fr = ["x y"] }\n', ("terms[0].heard.fr", "the term itself in fr")),
    (HEAD + 'accept = { en = ["Social  protection"] }\n', ("terms[0].accept.en[0]", "is also terms[0].term.en")),
    (HEAD + 'heard = { en = ["social-protection"] }\n', ("terms[0].heard.en[0]", "is also terms[0].term.en")),
    (HEAD + '[[terms]]\nterm = "社会保障"\n', ("line 4: terms[1].term", "is also terms[0].term.zh-Hans")),
    (HEAD + 'accept = { en = [" "] }\n', ("terms[0].accept.en[0]", '" "', "text with letters in it")),
    (HEAD + 'accept = { en = ["!"] }\n', ("terms[0].accept.en[0]", "text with letters in it")),
    (HEAD + 'heard = { en = ["a"] }\n', ("terms[0].heard.en[0]", "at least 2 letters")),
    (HEAD + f'accept = {{ en = ["{"x" * 101}"] }}\n', ("terms[0].accept.en[0]", "at most 100 characters")),
    (HEAD + 'accept = { en = ["x\\ny"] }\n', ("terms[0].accept.en[0]", "on one line")),
    (HEAD + 'accept = { en = ["x\\u0000y"] }\n', ("terms[0].accept.en[0]", "U+0000")),
    ('[[terms]]\nterm = { en = "" }\n', ("terms[0].term.en", "text with letters in it")),
    ("[[terms]]\nterm = {}\n", ("terms[0].term", "an empty table")),
    ("[[terms]]\nterm = 5\n", ("terms[0].term", "5", "text in quotation marks")),
    ("terms = 5\n", ("terms", "a list in square brackets")),
)


@pytest.mark.parametrize(("text", "parts"), WRONG)
def test_a_mistake_is_named(workspace: Workspace, text: str, parts: tuple[str, ...]) -> None:
    found = problems(workspace, text)
    assert len(found) == 1
    for part in parts:
        assert part in found[0], found[0]


def test_all_mistakes_are_told_at_once(workspace: Workspace) -> None:
    found = problems(workspace, HEAD + 'case = 5\nheard = { en = ["a"], de = ["bb"] }\nnotes = "x"\n')
    assert len(found) == 4


def test_bytes_that_are_no_text(workspace: Workspace) -> None:
    workspace.glossary.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"glossary\.toml, line 1: not UTF-8"):
        load_glossary(workspace, load_show(workspace))
