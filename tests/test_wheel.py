"""The wheel that a release uploads: whole, of one version, and at work outside the repository."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from dataclasses import dataclass
from email.parser import Parser
from pathlib import Path

import pytest

from castkit import __version__

ROOT = Path(__file__).parent.parent
SRC = ROOT / "src"
KEPT = ("PATH", "SYSTEMROOT", "LANG")


@dataclass(frozen=True)
class Installed:
    """The wheel in a venv of its own, beside an empty folder; the libraries are those of the tests."""

    venv: Path
    folder: Path

    @property
    def scripts(self) -> Path:
        return self.venv / ("Scripts" if os.name == "nt" else "bin")

    def run(self, *command: str) -> str:
        environment = {name: value for name, value in os.environ.items() if name in KEPT}
        ended = subprocess.run(
            [str(self.scripts / command[0]), *command[1:]],
            cwd=self.folder,
            env=environment | {"HOME": str(self.folder), "PYTHONUTF8": "1"},
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=300,
        )
        assert ended.returncode == 0, f"{command}\n{ended.stdout[-2000:]}\n{ended.stderr[-2000:]}"
        return ended.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As `python -m build` makes it: of the source archive, not of this folder."""
    made = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(made), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    (archive,) = made.glob("*.tar.gz")
    assert archive.name == f"castkit-{__version__}.tar.gz"
    (found,) = made.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """A line of a .pth file adds the libraries and not the castkit that the tests have in editable form."""
    made = Installed(tmp_path_factory.mktemp("installed") / "venv", tmp_path_factory.mktemp("empty"))
    venv.create(made.venv, with_pip=False)
    python = made.scripts / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check", "install", "--quiet"]
    subprocess.run([*pip, "--no-deps", "--no-index", str(wheel)], check=True, capture_output=True, timeout=300)
    (packages,) = {path.parent.parent for path in made.venv.rglob("castkit/__init__.py")}
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    return made


def test_it_holds_every_file_of_the_source_and_nothing_else(wheel: Path) -> None:
    sources = {path.relative_to(SRC).as_posix() for path in (SRC / "castkit").rglob("*") if path.is_file()}
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    packed = {name for name in names if ".dist-info/" not in name}
    assert packed == {name for name in sources if "__pycache__" not in name}
    endings = {Path(name).suffix for name in packed}
    assert {".py", ".j2", ".css", ".js", ".html", ".json", ".toml", ".txt", ".svg"} <= endings
    licences = {name.rpartition("/")[2] for name in names if "/licenses/" in name}
    assert licences == {"LICENSE", "wavesurfer.LICENSE.txt"}


def test_the_version_has_one_source(wheel: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["dynamic"] == ["version"]
    assert "version" not in project
    with zipfile.ZipFile(wheel) as archive:
        told = Parser().parsestr(archive.read(f"castkit-{__version__}.dist-info/METADATA").decode("utf-8"))
    assert told["Version"] == __version__
    assert told["Requires-Python"] == project["requires-python"]


def test_it_works_in_an_empty_folder(installed: Installed) -> None:
    assert installed.run("castkit", "--version").split()[-1] == __version__
    where = installed.run("python", "-c", "import castkit; print(castkit.__file__)")
    assert Path(where.strip()).is_relative_to(installed.venv)
    installed.run("castkit", "init", "my show", "--title", "对话", "--language", "zh-Hans", "--model", "base")
    assert (installed.folder / "my show/castkit.toml").is_file()
    assert "placeholder" in installed.run("castkit", "-C", "my show", "status")


def test_what_it_reads_of_itself_is_there(installed: Installed) -> None:
    """Templates, the rules of platforms and the review page's files, by the code that uses them."""
    assert "bilibili" in installed.run("castkit", "kit", "--list")
    script = """
from castkit import templating
from castkit.review.app import STATIC
from castkit.subtitles.player import page
from castkit.report.page import _TEMPLATES
names = {path.name for path in templating.PACKAGED.iterdir()}
assert {"episode.html.j2", "show.html.j2", "player.js", "newsletter.html.j2"} <= names, names
assert (STATIC / "index.html").is_file() and (STATIC / "wavesurfer.esm.js").is_file()
assert page._TEMPLATES == _TEMPLATES == templating.PACKAGED
"""
    installed.run("python", "-c", script)
