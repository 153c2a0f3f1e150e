"""The schema that editors check by agrees with the reader, on what is right and on what is wrong."""

from __future__ import annotations

import copy
import json
import tomllib
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from castkit.cli.schema import schema
from castkit.errors import CastkitError
from castkit.model.episode import Episode
from castkit.model.glossary import Glossary
from castkit.model.show import Show

MODELS = {"show": Show, "episode": Episode, "glossary": Glossary}
ROOT = Path(__file__).parent.parent.parent


def printed(which: str) -> dict[str, Any]:
    ended = CliRunner().invoke(schema, [which], catch_exceptions=False)
    assert ended.exit_code == 0
    value = json.loads(ended.stdout)
    assert isinstance(value, dict)
    return value


def as_json(value: Any) -> Any:
    """TOML's dates and times as the strings that editors make of them."""
    if isinstance(value, dict):
        return {key: as_json(part) for key, part in value.items()}
    if isinstance(value, list):
        return [as_json(part) for part in value]
    return value.isoformat() if isinstance(value, date | datetime | time) else value


def episode() -> dict[str, Any]:
    return tomllib.loads((ROOT / "episodes/episode-01/episode.toml").read_text("utf-8"))


def show() -> dict[str, Any]:
    return tomllib.loads((ROOT / "castkit.toml").read_text("utf-8"))


@pytest.mark.parametrize("which", MODELS)
def test_the_schema_is_one(which: str) -> None:
    value = printed(which)
    Draft202012Validator.check_schema(value)
    assert value["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert value["additionalProperties"] is False
    undescribed = [
        f"{name}.{key}"
        for name, part in value["$defs"].items()
        for key, inner in part.get("properties", {}).items()
        if "description" not in inner and "$ref" not in inner and "enum" not in inner and inner.get("type") == "object"
    ]
    assert undescribed == []


@pytest.mark.parametrize("path", sorted(ROOT.glob("episodes/*/episode.toml")), ids=lambda path: path.parent.name)
def test_the_demonstration_episodes_are_valid(path: Path) -> None:
    Draft202012Validator(printed("episode")).validate(as_json(tomllib.loads(path.read_text("utf-8"))))


def test_the_demonstration_show_is_valid() -> None:
    Draft202012Validator(printed("show")).validate(as_json(show()))


def at(*path: str | int) -> tuple[str | int, ...]:
    return path


# (which file, place, value there): a value of None takes the key away
VALID: tuple[tuple[str, tuple[str | int, ...], Any], ...] = (
    ("episode", at("title"), "One for all"),
    ("episode", at("title"), {"en": "A", "zh-Hans": "乙"}),
    ("episode", at("people"), ["host", {"id": "new", "name": "New", "role": "guest"}]),
    ("episode", at("chapters", 1, "start"), "01:02:03.5"),
    ("episode", at("chapters", 1, "start"), time(0, 1, 30)),
    ("episode", at("date"), date(2026, 5, 1)),
    ("episode", at("season"), None),
    ("episode", at("language"), "auto"),
    ("show", at("show", "description"), "Plain"),
    ("show", at("show", "categories"), ["Education > Courses"]),
    ("show", at("show", "licence"), ""),
    ("show", at("store"), None),
    ("show", at("speech", "compute_type"), "int8"),
)
INVALID: tuple[tuple[str, tuple[str | int, ...], Any], ...] = (
    ("episode", at("guid"), None),
    ("episode", at("guid"), 5),
    ("episode", at("titel"), "x"),
    ("episode", at("title"), 5),
    ("episode", at("title"), ["x"]),
    ("episode", at("title"), {"en": 5}),
    ("episode", at("recordings"), []),
    ("episode", at("recordings", 0, "speed"), 2),
    ("episode", at("recordings", 0, "offset_ms"), "5"),
    ("episode", at("recordings", 0, "offset_ms"), "atuo"),
    ("episode", at("chapters", 1, "start"), "1:99"),
    ("episode", at("chapters", 1, "start"), 1.5),
    ("episode", at("links", 0, "kind"), "policy"),
    ("episode", at("number"), 0),
    ("episode", at("number"), "1"),
    ("episode", at("draft"), "yes"),
    ("episode", at("date"), "soon"),
    ("episode", at("people"), [{"id": "x"}]),
    ("episode", at("people"), ["Not An Id"]),
    ("show", at("show"), None),
    ("show", at("show", "languages"), []),
    ("show", at("show", "explicit"), "no"),
    ("show", at("show", "type"), "weekly"),
    ("show", at("people", 0, "id"), "A B"),
    ("show", at("store", "kind"), "ftp"),
    ("show", at("audio", "loudness"), 0),
    ("show", at("audio", "bitrate"), 1.5),
    ("show", at("speech", "beam_size"), 11),
    ("show", at("sho"), {}),
)  # fmt: skip


def changed(which: str, path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    data: Any = copy.deepcopy(episode() if which == "episode" else show())
    inner = data
    for key in path[:-1]:
        inner = inner[key]
    if value is None:
        inner.pop(path[-1], None)
    else:
        inner[path[-1]] = value
    return dict(data)


@pytest.mark.parametrize(("which", "path", "value"), VALID, ids=str)
def test_what_the_reader_takes_the_schema_takes(which: str, path: tuple[str | int, ...], value: Any) -> None:
    data = changed(which, path, value)
    MODELS[which].model_validate(data)
    Draft202012Validator(printed(which)).validate(as_json(data))


@pytest.mark.parametrize(("which", "path", "value"), INVALID, ids=str)
def test_what_the_schema_refuses_the_reader_refuses(which: str, path: tuple[str | int, ...], value: Any) -> None:
    data = changed(which, path, value)
    assert list(Draft202012Validator(printed(which)).iter_errors(as_json(data)))
    with pytest.raises(ValidationError):
        MODELS[which].model_validate(data)


def test_files_for_editors_are_written(tmp_path: Path) -> None:
    ended = CliRunner().invoke(schema, ["--out", str(tmp_path / "schema")], catch_exceptions=False)
    assert ended.exit_code == 0
    written = sorted((tmp_path / "schema").iterdir())
    assert [path.name for path in written] == [f"castkit.{name}.schema.json" for name in sorted(MODELS)]
    assert {f"#:schema {path.as_uri()}" for path in written} == set(ended.stdout.split("\n")[:-1])
    assert json.loads(written[0].read_text("utf-8")) == printed("episode")


def test_no_name_and_no_folder_is_a_question_of_grammar() -> None:
    ended = CliRunner().invoke(schema, [])
    assert ended.exit_code == 2
    assert "show, episode or glossary" in ended.stderr


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CastkitError, match="cannot be written"):
        CliRunner().invoke(schema, ["--out", str(tmp_path / "file/x")], catch_exceptions=False)
