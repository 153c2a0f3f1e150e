"""The documentation: built without a warning, whole where it is made from the code, and true in its command lines."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml

from castkit import ffmpeg
from castkit.config.schema import json_schema
from castkit.pipeline import STEP_NAMES
from command_lines import taken

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = tuple(sorted(path for path in DOCS.rglob("*.md") if "_build" not in path.parts))
FENCE = re.compile(r"^( *)```(sh|text|yaml)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`(castkit(?: [^`]+)?)`")
CRON = re.compile(r"^\S+ \S+ \S+ \S+ \S+ (?=castkit )")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As `make docs` builds it, elsewhere."""
    target = tmp_path_factory.mktemp("docs")
    options = ("--fail-on-warning", "--keep-going", "--quiet", "--builder", "html")
    command = [sys.executable, "-m", "sphinx", *options, str(DOCS), str(target / "html")]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False, timeout=300)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return target / "html"


def words(page: Path) -> str:
    """The page's text as it is read, its markup taken out."""
    return re.sub(r"<[^>]+>", "", page.read_text("utf-8").partition("<article")[2].partition("</article>")[0])


def test_every_page_is_built_and_can_be_found(built: Path) -> None:
    navigation = (built / "index.html").read_text("utf-8")
    for page in PAGES:
        name = page.relative_to(DOCS).with_suffix(".html").as_posix()
        assert (built / name).is_file()
        assert name == "index.html" or f'href="{name}"' in navigation, f"{name} is in no table of contents"
    for kind in ("Tutorial", "How-to", "Reference", "Explanation"):
        assert f"{kind}</span>" in navigation


def test_nothing_is_fetched_from_elsewhere(built: Path) -> None:
    loading = re.compile(r"<(?:script|img|iframe|link)[^>]*(?:src|href)=\"(https?:)?//[^>]*>")
    for page in built.rglob("*.html"):
        assert [found[0] for found in loading.finditer(page.read_text("utf-8"))] == [], page.name


def test_the_reference_has_every_command_key_and_step(built: Path) -> None:
    commands = (built / "reference/commands.html").read_text("utf-8")
    for path in ("castkit-subs-import", "castkit-publish", "castkit-models-fetch"):
        assert f'id="{path}"' in commands
    assert "--remove-files / --keep-files" in words(built / "reference/commands.html")
    for which, page in (("show", "castkit-toml"), ("episode", "episode-toml"), ("glossary", "glossary-toml")):
        text = words(built / f"reference/{page}.html")
        schema = json.loads(json_schema(which))
        tables = (schema, *schema["$defs"].values())
        keys = [key for one in tables for key in one.get("properties", ())]
        assert len(keys) > 4
        assert [key for key in keys if key not in text] == []
    assert [name for name in STEP_NAMES if name not in words(built / "reference/steps.html")] == []


def calls(text: str) -> list[str]:
    """The command lines of castkit in a page, those within sentences too; what a reader fills in is left as it is."""
    found = [line for _, _, block in FENCE.findall(text) for line in block.replace("\\\n", " ").splitlines()]
    lines = [re.sub(r"^ *(?:- run: )?", "", line) for line in found]
    lines = [CRON.sub("", line) for line in lines]
    return [line for line in (*lines, *INLINE.findall(text)) if line.startswith("castkit ")]


@pytest.mark.parametrize("page", [ROOT / "README.md", ROOT / "SECURITY.md", *PAGES], ids=lambda one: one.name)
def test_commands_are_as_castkit_takes_them(page: Path) -> None:
    for line in calls(page.read_text("utf-8")):
        bare = re.sub(r" …$| …(?= )| \.\.\.$| --…", "", shlex.join(shlex.split(line, comments=True)).replace("'…'", ""))
        try:
            taken(bare)
        except click.UsageError as error:
            raise AssertionError(f"{line}: {error.message}") from error


@pytest.mark.soak
@pytest.mark.skipif(os.environ.get("CASTKIT_SOAK") != "1", reason="half a minute of recognition: make soak")
def test_the_tutorial_does_what_it_says(demo_raw: Path, tmp_path: Path) -> None:
    """Its blocks in order, in one shell; what waits for a person in a browser is left out, and questions get a yes."""
    ffmpeg.run(["-i", demo_raw / "episode-01/raw/host.flac", "-t", "12", tmp_path / "talk.wav"], doing="a recording")
    text = (DOCS / "tutorial/first-episode.md").read_text("utf-8")
    blocks = "\n".join(block for _, kind, block in FENCE.findall(text) if kind == "sh")
    skipping = 'castkit() { case "$1" in review|serve|doctor|models) ;; *) "$CASTKIT" -m castkit "$@" <<<y;; esac; }'
    script = f"set -euo pipefail\n{skipping}\n{blocks}\ncat feeds/ledger.toml"
    environment = {**os.environ, "CASTKIT": sys.executable}
    command = ["bash", "-c", script]
    ended = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8", check=False, timeout=600
    )
    assert ended.returncode == 0, ended.stdout[-3000:] + ended.stderr[-3000:]
    assert list((tmp_path / "my-show/public/episodes/first").glob("*.mp3"))
    assert "draft = true" in (tmp_path / "my-show/episodes/first/episode.toml").read_text("utf-8")


def test_the_workflow_for_ci_has_its_secrets_in_the_environment_alone() -> None:
    text = (DOCS / "how-to/ci.md").read_text("utf-8")
    (block,) = (block for _, kind, block in FENCE.findall(text) if kind == "yaml" and "jobs:" in block)
    workflow = yaml.safe_load(block)
    job = workflow["jobs"]["publish"]
    assert all("secrets." in value for value in job["env"].values())
    assert block.count("secrets.") == len(job["env"])
    assert workflow[True]["schedule"][0]["cron"]  # YAML 1.1 takes the key `on` for true
    assert workflow["concurrency"]["cancel-in-progress"] is False
    runs = [step["run"] for step in job["steps"] if "run" in step]
    assert [taken(one) for one in runs if one.startswith("castkit ")] == [
        "castkit restore",
        "castkit publish",
        "castkit verify",
    ]
