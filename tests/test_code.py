"""The code is formatted, linted and typed; nothing in the tree names a machine or a registry."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CHECKS = (("ruff", "format", "--check", "."), ("ruff", "check", "."), ("mypy",))


@pytest.mark.parametrize("check", CHECKS, ids=" ".join)
def test_tool_has_nothing_to_say(check: tuple[str, ...]) -> None:
    ended = subprocess.run([sys.executable, "-m", *check], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_modules_keep_to_their_rooms() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for path in (ROOT / "src").rglob("*.py")
        if (count := len(path.read_text("utf-8").splitlines())) > 400
    }
    assert not long


def test_functions_keep_to_their_rooms() -> None:
    long = {
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}": count
        for folder in ("src", "tests", "benchmarks", "scripts", "docs")
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (count := (node.end_lineno or 0) - node.lineno + 1) > 60
    }
    assert not long


def test_no_file_names_a_registry_or_a_lock_with_addresses() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    bad = re.compile(r"index[-]url|\"resolved[\"]: \"http|/simple[/][a-z0-9-]+/|registry[\s]*=\s")
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if path.is_file() and path.suffix in {".py", ".toml", ".txt", ".md", ".json", ".sh", ".yml", ""}:
            found = bad.search(path.read_text("utf-8", "replace"))
            assert found is None, f"{name}: {found}"
