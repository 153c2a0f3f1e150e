"""The README's shell blocks do what they say, in a fresh clone with an empty home."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import feedparser
import podcastparser
import pytest
import tomlkit

from built_show import make_show
from castkit.config import load_episode, load_glossary, load_show

ROOT = Path(__file__).parent.parent
PAGES = (
    "README.md",
    "docs/explanation/translation.md",
    "docs/how-to/cluster.md",
    "docs/how-to/glossary.md",
    "docs/how-to/moving.md",
    "docs/tutorial/first-episode.md",
)
QUICKER = {"PIP_COMPILE": "0"}  # pip: what is imported is compiled then, and the rest of each venv is not
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)


def blocks(name: str) -> list[str]:
    return BLOCK.findall((ROOT / name).read_text("utf-8"))


@dataclass(frozen=True)
class Clone:
    """A clean clone of the tree as it stands, and a home with nothing in it."""

    root: Path
    home: Path

    def run(self, script: str) -> str:
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "SSL_CERT_FILE")}
        kept |= {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "REQUESTS_"))}
        ended = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=self.root,
            env=kept | QUICKER | {"HOME": str(self.home)},
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=1200,
        )
        assert ended.returncode == 0, f"{script}\n{ended.stdout[-3000:]}\n{ended.stderr[-3000:]}"
        return ended.stdout + ended.stderr

    def git(self, *arguments: str) -> str:
        identity = ("-c", "user.name=t", "-c", "user.email=t@example.org")
        command = ["git", *identity, *arguments]
        return subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """What a clone of the next commit would hold: tracked files and new ones that git does not ignore."""
    folder = tmp_path_factory.mktemp("fresh")
    root = folder / "castkit"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, root / name)
    (folder / "home").mkdir()
    made = Clone(root, folder / "home")
    made.git("init", "-q")
    made.git("add", "-A")
    made.git("commit", "-q", "-m", "as it stands")
    return made


@dataclass(frozen=True)
class Ran:
    """What `make demo` printed, and the README's other blocks; asked for, each waits for its end."""

    demo: Future[str]
    others: Future[str]


@pytest.fixture(scope="module")
def ran(clone: Clone) -> Iterator[Ran]:
    """Both at once: each mostly waits for pip, which uses one core, and they share only what two users would."""
    first, *others = blocks("README.md")
    assert [line.split("#")[0].strip() for line in first.splitlines()] == ["make demo", "make test"]
    assert any("castkit init" in block for block in others)
    script = "\n".join(f"echo '== {shlex.quote(block.splitlines()[0])}'\n{block}" for block in others)
    python = Path(sys.executable).resolve().parent  # not the tests' venv, but the Python it was made with
    with ThreadPoolExecutor(2) as pool:
        yield Ran(
            pool.submit(clone.run, "make demo"), pool.submit(clone.run, f'export PATH="{python}:$PATH"\n{script}')
        )


@pytest.fixture(scope="module")
def demo(ran: Ran) -> str:
    """What the README's first command printed."""
    return ran.demo.result()


def test_make_demo_publishes_and_says_what_to_run_next(clone: Clone, demo: str) -> None:
    for word in ("public/", "castkit serve", "http://127.0.0.1:8000/feeds/en.xml", "browser"):
        assert word in demo
    assert clone.git("status", "--porcelain") == ""
    modules = subprocess.run(
        [clone.root / ".venv/bin/python", "-m", "pip", "list", "--format=freeze"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "\ntorch==" not in modules


@pytest.mark.parametrize(("language", "title"), [("en", "Social Protection Dialogues"), ("zh-Hans", "社会保障对话")])
def test_the_demo_s_feed_is_read_by_podcast_parsers(clone: Clone, demo: str, language: str, title: str) -> None:
    path = clone.root / "public/feeds" / f"{language}.xml"
    published = json.loads((clone.root / "episodes/episode-02/build/published.json").read_text("utf-8"))
    media = clone.root / "public" / published["audio"]["key"]
    parsed = feedparser.parse(path.read_bytes())
    assert parsed.bozo is False
    assert title in parsed.feed.title
    (entry,) = parsed.entries
    assert entry.id == published["guid"]
    assert int(entry.enclosures[0].length) == media.stat().st_size
    with path.open("rb") as stream:
        pod = podcastparser.parse("http://127.0.0.1:8000/feeds/en.xml", stream)
    assert pod["episodes"][0]["guid"] == published["guid"]
    assert pod["episodes"][0]["enclosures"][0]["file_size"] == media.stat().st_size
    transcripts = {(one["language"], one["file"]["type"].split(";")[0]) for one in published["transcripts"]}
    assert {("zh-Hans", "text/vtt"), ("en", "text/vtt"), ("zh-Hans", "application/x-subrip")} <= transcripts


def test_the_other_blocks_run_as_written(clone: Clone, ran: Ran) -> None:
    """In order, in one shell; `python` is the one that runs the tests, castkit the one the blocks install."""
    said = ran.others.result()
    assert (clone.root / "castkit-env/bin/castkit").is_file()
    assert list((clone.root / "my-show/public/episodes/episode-01").glob("*.mp3"))
    assert "named in the feed and the notes as translator: Li An" in said


@pytest.mark.parametrize("name", PAGES)
def test_settings_are_as_the_pages_write_them(tmp_path: Path, name: str) -> None:
    """Every block of TOML, put into the file it names, is read without a complaint."""
    found = re.findall(r"^```toml\n(.*?)^```", (ROOT / name).read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert found
    for number, block in enumerate(found):
        workspace = make_show(tmp_path / str(number))
        paths = workspace.episode("talk")
        if block.startswith("# glossary.toml\n"):
            workspace.glossary.write_text(block, "utf-8")
            assert load_glossary(workspace, load_show(workspace)).terms
            continue
        is_episodes = block.startswith("# episode.toml\n")
        whole = {path: tomllib.loads(path.read_text("utf-8")) for path in (workspace.toml, paths.toml)}
        whole[paths.toml if is_episodes else workspace.toml] |= tomllib.loads(block)
        speakers = {one["speaker"] for one in whole[paths.toml]["recordings"] if "speaker" in one} - {"host"}
        whole[workspace.toml]["people"] += [{"id": one, "name": one, "role": "guest"} for one in sorted(speakers)]
        whole[paths.toml]["people"] += sorted(speakers)
        for path, value in whole.items():
            path.write_text(tomlkit.dumps(value), "utf-8")
        load_episode(workspace, load_show(workspace), "talk")


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    """Files that the pages link to are there, and so are the headings within them."""
    links = re.findall(r"\]\(([^)\s]+)\)", (ROOT / name).read_text("utf-8"))
    for path, _, heading in (one.partition("#") for one in links if "://" not in one):
        target = (ROOT / name).parent / path if path else ROOT / name
        assert target.is_file(), path
        headings = re.findall(r"^#+ (.*)$", target.read_text("utf-8"), re.MULTILINE) if heading else []
        assert not heading or heading in [one.lower().replace(" ", "-") for one in headings]


def test_contributing_names_real_targets() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for block in blocks("CONTRIBUTING.md"):
        for line in filter(None, block.splitlines()):
            target = shlex.split(line, comments=True)[1]
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_ci_calls_the_readme_s_test_command() -> None:
    assert (ROOT / ".ci/run").read_text("utf-8").rstrip().endswith("make test")
    assert os.access(ROOT / ".ci/run", os.X_OK)
