"""Workspaces for the end-to-end tests: the demonstration show, published whole, and a small show of one episode."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from castkit_cli import succeed

from castkit.ffmpeg import find_tools

ROOT = Path(__file__).parent.parent.parent


def copy_demo(target: Path) -> Path:
    """The demonstration show as a clean clone has it."""
    kept = ("castkit.toml", "glossary.toml", "cover.png", "assets", "episodes", "feeds", "templates")
    target.mkdir(parents=True)
    for name in kept:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("build", "*.xml"))
        elif source.exists():
            shutil.copy2(source, target / name)
    return target


@pytest.fixture(scope="session")
def published_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration show with all three episodes published to its folder; tests must leave it as they found it."""
    workspace = copy_demo(tmp_path_factory.mktemp("demo") / "show")
    succeed("publish", "--all", "--json", cwd=workspace)
    return workspace


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first two sentences of episode-03, 16 s of English with the camera's picture."""
    target = tmp_path_factory.mktemp("clip") / "clip.mp4"
    camera = ROOT / "episodes/episode-03/raw/camera.mp4"
    command = [str(find_tools().ffmpeg), "-v", "error", "-i", str(camera), "-t", "16", "-c", "copy", str(target)]
    subprocess.run(command, check=True)
    return target


@pytest.fixture(scope="session")
def sound_clip(clip: Path) -> Path:
    """The same 16 s as a WAV file."""
    target = clip.with_name("clip.wav")
    command = [str(find_tools().ffmpeg), "-v", "error", "-i", str(clip), "-vn", "-ac", "1", str(target)]
    subprocess.run(command, check=True)
    return target


@pytest.fixture(scope="session")
def small_show(tmp_path_factory: pytest.TempPathFactory, sound_clip: Path) -> Path:
    """A show made by the command line itself, with one short episode, not built; a template to copy."""
    folder = tmp_path_factory.mktemp("small") / "show"
    languages = ("--language", "en", "--also", "zh-Hans")
    succeed("init", str(folder), "--title", "A Small Show", *languages, "--model", "base", cwd=ROOT)
    succeed(
        "new", "talk", "--recording", f"{sound_clip}=presenter", "--language", "en", "--title", "A Talk",
        cwd=folder, SOURCE_DATE_EPOCH="1790000000",
    )  # fmt: skip
    return folder


@pytest.fixture
def small(small_show: Path, tmp_path: Path) -> Path:
    """A fresh copy of the small show."""
    return Path(shutil.copytree(small_show, tmp_path / "show"))


@pytest.fixture(scope="session")
def small_published(small_show: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small show, published once, undisturbed; tests must leave it as they found it."""
    folder = Path(shutil.copytree(small_show, tmp_path_factory.mktemp("published") / "show"))
    succeed("publish", "talk", "--json", cwd=folder)
    return folder


@pytest.fixture
def small_copy(small_published: Path, tmp_path: Path) -> Path:
    """A fresh copy of the published small show, its modification times kept."""
    return Path(shutil.copytree(small_published, tmp_path / "show"))


Edit = Callable[[Path, str, str], None]


@pytest.fixture(scope="session")
def edit() -> Edit:
    """Replaces one text in a file, and insists that it was there."""

    def replace(path: Path, old: str, new: str) -> None:
        text = path.read_text("utf-8")
        assert old in text, f"{old!r} is not in {path}"
        path.write_text(text.replace(old, new), "utf-8")

    return replace
