"""What castkit is made of stands in lists that are exact, and what others wrote is as its list says."""

from __future__ import annotations

import hashlib
import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from castkit.speech import models
from castkit.speech.fetch import PINS, PIP_PACKAGES

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src/castkit"
VENDORED = PACKAGE / "review/static/VENDORED.md"
EXACT = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[0-9][A-Za-z0-9.+!-]*)$")
TORCH = {"torch", "triton", "setuptools"}  # what they bring differs from system to system
LICENCE = re.compile(rb"(?i)licen[cs]ed under|@license|copyright \(c\)|permission is hereby granted")


def exact(name: str) -> dict[str, str]:
    """The versions in a list, by name; every line of it is exact."""
    lines = [line for line in (ROOT / name).read_text("utf-8").splitlines() if line and not line.startswith("#")]
    found = [EXACT.match(line) for line in lines]
    assert [line for line, match in zip(lines, found, strict=True) if match is None] == []
    rows = {canonicalize_name(match["name"]): match["version"] for match in found if match}
    assert len(rows) == len(lines)
    return rows


def test_every_package_that_is_asked_for_has_an_exact_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    constraints = exact("constraints.txt")
    extras = [one for rows in project["optional-dependencies"].values() for one in rows]
    for asked in map(Requirement, (*project["dependencies"], *extras)):
        if asked.marker is None or asked.marker.evaluate():
            version = constraints.get(canonicalize_name(asked.name))
            assert version is not None, f"{asked.name} is not in constraints.txt"
            assert asked.specifier.contains(version, prereleases=True), f"{asked} and {version} in constraints.txt"


def test_what_they_bring_along_has_one_too() -> None:
    """All that is installed for them."""
    constraints = exact("constraints.txt")
    waiting, seen = set(constraints) - TORCH, set(TORCH)
    while waiting:
        name = waiting.pop()
        seen.add(name)
        try:
            asked = [Requirement(line) for line in metadata.requires(name) or ()]
        except metadata.PackageNotFoundError:
            continue  # for another system, or an extra that is not installed here
        plain = [one for one in asked if one.marker is None or one.marker.evaluate({"extra": ""})]
        waiting |= {canonicalize_name(one.name) for one in plain} - seen
    assert seen - TORCH - constraints.keys() == set()


def test_a_release_is_made_with_exact_tools() -> None:
    assert {"build", "hatchling", "cyclonedx-bom", "pip-audit"} <= exact("scripts/release-tools.txt").keys()


def test_files_of_others_are_all_in_the_table_and_as_it_says() -> None:
    row = re.compile(r"^\| `([^`]+)` \| [^|]+ \| `([0-9a-f]{64})` \|$", re.MULTILINE)
    rows = dict(row.findall(VENDORED.read_text("utf-8")))
    assert len(rows) >= 3
    for name, sha256 in rows.items():
        assert hashlib.sha256((VENDORED.parent / name).read_bytes()).hexdigest() == sha256, name
    assets = [path for path in PACKAGE.rglob("*") if path.suffix in (".js", ".css", ".txt", ".woff2", ".onnx", ".bin")]
    foreign = {path.name for path in assets if LICENCE.search(path.read_bytes()) or len(_longest(path)) > 2000}
    assert foreign <= rows.keys(), "a file that others wrote is not in VENDORED.md"


def _longest(path: Path) -> bytes:
    """The longest line: what was minified has one of thousands of characters."""
    return max(path.read_bytes().split(b"\n"), key=len)


@pytest.mark.parametrize("name", PIP_PACKAGES)
def test_weights_from_elsewhere_than_the_hub_are_pinned_file_by_file(name: str) -> None:
    pinned = PINS[name]
    assert set(models.NEEDED) <= pinned.keys()
    assert any(file in pinned for file in models.VOCABULARIES)
    assert all(re.fullmatch(r"[0-9a-f]{64}", sha256) for sha256 in pinned.values())
    assert all("==" in package for package in PIP_PACKAGES[name])
