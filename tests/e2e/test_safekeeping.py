"""docs/how-to/safekeeping.md: its commands do what it says, its settings are read, its .gitignore is that of init."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import tomlkit

from built_show import make_show
from castkit.cli.main import COMMANDS
from castkit.config import load_show
from castkit.scaffold.show import IGNORED

ROOT = Path(__file__).parent.parent.parent
TEXT = (ROOT / "docs/how-to/safekeeping.md").read_text("utf-8")


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)


@pytest.mark.skipif(os.name == "nt", reason="blocks of a shell")
def test_the_commands_run_as_written(small_copy: Path) -> None:
    """In order, in one shell, in a published show with the settings that the page gives first."""
    with (small_copy / "castkit.toml").open("a", encoding="utf-8") as file:
        file.write("\n" + blocks("toml")[0])
    script = 'castkit() { "$PYTHON" -m castkit "$@"; }\n' + "\n".join(blocks("sh"))
    ended = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=small_copy,
        env={**os.environ, "PYTHON": sys.executable},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )
    assert ended.returncode == 0, f"{ended.stdout[-3000:]}\n{ended.stderr[-3000:]}"
    assert "is whole" in ended.stdout
    assert "backed up: revision" in ended.stdout
    assert "taken back: revision" in ended.stdout
    back = small_copy.parent / "found-again"
    assert (back / "public/feeds/en.xml").read_bytes() == (small_copy / "public/feeds/en.xml").read_bytes()
    assert "talk  " in ended.stdout
    assert "transcribe" in ended.stdout
    assert "up to date" in ended.stdout


def test_every_command_that_is_named_is_there() -> None:
    named = set(re.findall(r"castkit (?:-C \S+ )?([a-z]+)\b", TEXT)) - {"is", "knows", "makes", "made", "has", "stops"}
    named -= {"did", "puts", "backup"}
    assert {"restore", "prune", "rollback", "publish", "import", "init", "status"} <= named
    assert named <= COMMANDS.keys()


@pytest.mark.parametrize("number", range(2))
def test_the_settings_are_read(tmp_path: Path, number: int) -> None:
    workspace = make_show(tmp_path / "show")
    document = tomlkit.parse(workspace.toml.read_text("utf-8")) | tomlkit.parse(blocks("toml")[number])
    workspace.toml.write_text(tomlkit.dumps(document), "utf-8")
    assert load_show(workspace).backup.to in ("../backup", "s3://our-private-bucket/show")
    assert len(blocks("toml")) == 2


def test_git_ignores_what_the_page_says() -> None:
    lines = blocks("text")[0].splitlines()
    assert lines == ["# .gitignore", *IGNORED, "/episodes/*/raw/"]
