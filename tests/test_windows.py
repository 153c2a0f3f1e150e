"""Windows by proxy: the default install resolves for win_amd64 with nothing to compile."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
PLATFORM = ("--platform", "win_amd64", "--python-version", "3.11", "--only-binary=:all:")


def pip(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pip", *arguments, "--disable-pip-version-check", "-q"]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)


@pytest.mark.parametrize("extra", ["", "ffmpeg"])
def test_the_install_resolves_for_windows_with_nothing_to_compile(tmp_path: Path, extra: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *(project["optional-dependencies"][extra] if extra else [])]
    # pip judges markers by the machine it runs on: these are judged for Windows here.
    windows = {"sys_platform": "win32", "platform_machine": "AMD64", "python_version": "3.11", "extra": extra}
    kept = []
    for text in wanted:
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate(windows):
            requirement.marker = None
            kept.append(str(requirement))
    # Some pure-Python packages come as source only: made into wheels here, they must turn out to fit every platform.
    wheels = tmp_path / "wheels"
    for source_only in ("feedgen", "srt"):
        made = pip("wheel", "--no-deps", "-w", str(wheels), "-c", str(ROOT / "constraints.txt"), source_only)
        assert made.returncode == 0, made.stderr
    assert all(path.name.endswith("-none-any.whl") for path in wheels.iterdir()), list(wheels.iterdir())
    ended = pip(
        "install", "--dry-run", *PLATFORM, "--target", str(tmp_path / "target"), "--find-links", str(wheels),
        "-c", str(ROOT / "constraints.txt"), *kept,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
