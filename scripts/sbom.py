"""Lists all that a release brings along (CycloneDX 1.6, JSON): python scripts/sbom.py PYTHON FILE.

PYTHON is that of a venv with nothing in it but the release. Rule: packages are what is installed there; vendored files
and weights are what the tables say that castkit itself checks them by.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
VENDORED = ROOT / "src/castkit/review/static/VENDORED.md"
ROW = re.compile(r"^\| `(?P<file>[^`]+)` \| (?P<origin>[^|]+) \| `(?P<sha256>[0-9a-f]{64})` \|$", re.MULTILINE)
VERSION = "import castkit; print(castkit.__version__)"
PINS = "import json; from castkit.speech.fetch import PINS; print(json.dumps({k: dict(v) for k, v in PINS.items()}))"


def main() -> None:
    """Writes the file."""
    python, target = sys.argv[1:]
    options = ["--pyproject", "pyproject.toml", "--output-reproducible", "--of", "JSON", "--sv", "1.6"]
    command = [sys.executable, "-m", "cyclonedx_py", "environment", *options, python]
    bom = json.loads(_said(command))
    root = bom["metadata"]["component"]
    root["version"] = _said([python, "-c", VERSION]).strip()
    more = [*_vendored(), *_weights(json.loads(_said([python, "-c", PINS])))]
    bom["components"] += more
    (needs,) = (one for one in bom["dependencies"] if one["ref"] == root["bom-ref"])
    needs["dependsOn"] += [one["bom-ref"] for one in more]
    Path(target).write_text(json.dumps(bom, indent=1, ensure_ascii=False, sort_keys=True) + "\n", "utf-8")


def _said(command: list[str]) -> str:
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout


def _vendored() -> Iterator[dict[str, Any]]:
    """The files of others that lie in the package, as one library with a checksum for each."""
    text = VENDORED.read_text("utf-8")
    package = re.search(r"npm `(?P<name>[^`]+)` (?P<version>\S+),", text)
    if package is None:
        raise SystemExit(f"{VENDORED} names no npm package")
    name, version = package["name"], package["version"]
    files = [_file(row["file"], row["sha256"]) for row in ROW.finditer(text)]
    yield {
        "type": "library",
        "bom-ref": f"{name}@{version}",
        "name": name,
        "version": version,
        "purl": f"pkg:npm/{name}@{version}",
        "licenses": [{"license": {"id": "BSD-3-Clause"}}],
        "components": files,
    }


def _weights(pins: dict[str, dict[str, str]]) -> Iterator[dict[str, Any]]:
    """The models that are fetched on request, not part of the wheel, as far as their files are pinned."""
    for name, files in pins.items():
        yield {
            "type": "machine-learning-model",
            "bom-ref": f"whisper-{name}",
            "name": f"whisper-{name}",
            "scope": "optional",
            "licenses": [{"license": {"id": "MIT"}}],
            "components": [_file(f"{name}/{file}", sha256) for file, sha256 in files.items()],
        }


def _file(name: str, sha256: str) -> dict[str, Any]:
    return {"type": "file", "bom-ref": name, "name": name, "hashes": [{"alg": "SHA-256", "content": sha256}]}


main()
