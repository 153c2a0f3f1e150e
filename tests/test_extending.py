"""docs/how-to/extending.md: its blocks, put where they say, give a step, an engine and a store that work."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs/how-to/extending.md"
BLOCK = re.compile(r"^```(python|diff)\n(?:# |--- )(\S+)\n(.*?)^```", re.DOTALL | re.MULTILINE)
LEFT_OUT = shutil.ignore_patterns("__pycache__", ".*_cache", "node_modules")


def changed(text: str, diff: str) -> str:
    """The text after a diff whose pieces are told apart by lines with `@@`; each fits one place in it."""
    for piece in re.split(r"^@@\n", diff, flags=re.MULTILINE):
        lines = [line or " " for line in piece.splitlines()]
        before = "".join(f"{line[1:]}\n" for line in lines if line[0] != "+")
        after = "".join(f"{line[1:]}\n" for line in lines if line[0] != "-")
        assert text.count(before) == 1, f"no such place, or several:\n{before}"
        text = text.replace(before, after)
    return text


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A copy of the source with the page's changes in it, and the page's test files."""
    root = tmp_path_factory.mktemp("extended")
    for folder in ("src", "tests"):
        shutil.copytree(ROOT / folder, root / folder, ignore=LEFT_OUT)
    shutil.copy2(ROOT / "pyproject.toml", root / "pyproject.toml")
    made = []
    for kind, name, text in BLOCK.findall(PAGE.read_text("utf-8")):
        path = root / name
        assert path.exists() == (kind == "diff"), name
        path.write_text(changed(path.read_text("utf-8"), text) if kind == "diff" else text, "utf-8", newline="\n")
        if kind == "python":
            made.append(name)
    return root, made


def run(root: Path, *command: str) -> None:
    ended = subprocess.run(
        [sys.executable, *command],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root / "src"), "PYTHONDONTWRITEBYTECODE": "1", "PYTEST_ADDOPTS": ""},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-2000:]


def test_what_the_page_makes_works(extended: tuple[Path, list[str]]) -> None:
    root, made = extended
    tests = [name for name in made if name.startswith("tests/")]
    assert len(tests) == 3
    ours = " or ".join(sorted({Path(name).stem for name in made} | {"pipeline"}))  # the layers of these modules alone
    run(
        root,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "-k",
        ours,
        *tests,
        "tests/test_layers.py",
    )


def test_what_the_page_makes_is_in_the_house_s_style(extended: tuple[Path, list[str]]) -> None:
    root, made = extended
    run(root, "-m", "ruff", "check", "--no-cache", *made)
    run(root, "-m", "ruff", "format", "--no-cache", "--check", *made)


def test_a_diff_that_does_not_fit_is_refused() -> None:
    assert changed("a\nb\n", " a\n+c\n") == "a\nc\nb\n"
    with pytest.raises(AssertionError, match="no such place"):
        changed("a\nb\n", " b\n-a\n")
    with pytest.raises(AssertionError, match="no such place"):
        changed("a\na\n", " a\n+b\n")
