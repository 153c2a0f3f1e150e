"""What is wrong in castkit's TOML files, in words: file, line, key, what was found, what is allowed, a guess.

Rule: problems are collected and told all at once; nobody has to run a command five times to find five mistakes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from castkit.errors import ConfigError

Path = tuple[str | int, ...]  # of keys and indices from the root of a TOML file

_LONGEST = 60  # characters of a found value that are shown
_MOST = 200  # problems that are told at once


@dataclass(frozen=True, slots=True)
class Finding:
    """A mistake at `path` within a file. `found` is TOML-like text, or empty where something is missing."""

    path: Path
    allowed: str
    found: str = ""
    guess: str = ""
    fault: str = ""  # what is wrong, where "found X" does not say it


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding, or a failure to read, in a file (relative to the workspace); `line` counts from 1, 0 is unknown."""

    file: str
    text: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.text}" if self.line else f"{self.file}: {self.text}"


def closest(word: str, choices: Iterable[str]) -> str:
    """The choice that `word` was probably meant to be, or an empty string; case counts little."""
    from rapidfuzz import fuzz, process, utils  # noqa: PLC0415

    offered = list(choices)
    found = process.extractOne(word, offered, scorer=fuzz.ratio, processor=utils.default_process, score_cutoff=65)
    if found is None and len(word) > 2:  # "policy" is meant for "policy-brief", "zh" alone is no such part
        found = process.extractOne(
            word, [one for one in offered if len(one) > 2], scorer=fuzz.WRatio, processor=str.lower, score_cutoff=86
        )
    return str(found[0]) if found else ""


def did_you_mean(guess: str) -> str:
    """The question at the end of a message, or nothing."""
    return f'; did you mean "{guess}"?' if guess else ""


def shown(value: Any) -> str:
    """A found value as short text on one line, much as TOML writes it."""
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list | tuple):
        return "a list"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def dotted(path: Path) -> str:
    """`chapters[2].start`; keys that TOML would quote are quoted."""
    parts = []
    for part in path:
        if isinstance(part, int):
            parts.append(f"[{part}]")
        else:
            is_bare = part.replace("-", "").replace("_", "").isalnum() and part.isascii() and len(part) <= _LONGEST
            parts.append(f".{part if is_bare else shown(part)}")
    return "".join(parts).removeprefix(".")


def nodes(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value of a file with its path, from the outside in."""
    if path:
        yield path, value
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from nodes(part, (*path, key))


def place(path: Path) -> str:
    """The kind of place a path leads to, as tables of rules name it: `chapters[].start`."""
    return "".join("[]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


def sentence(finding: Finding) -> str:
    """The finding in one line, without its place in the file."""
    what = finding.fault or (f"found {finding.found}" if finding.found else "missing")
    allowed = f"; allowed: {finding.allowed}" if finding.allowed else ""
    return f"{dotted(finding.path)}: {what}{allowed}{did_you_mean(finding.guess)}"


def raise_all(problems: Sequence[Problem]) -> None:
    """Raises ConfigError with every problem; nothing where there is none."""
    if not problems:
        return
    if len(problems) == 1:
        message = str(problems[0])
    else:
        more = [f"and {len(problems) - _MOST} more"] if len(problems) > _MOST else []
        message = "\n  ".join([f"{len(problems)} problems in the show's files:", *map(str, problems[:_MOST]), *more])
    raise ConfigError(message, "correct what is named above; `castkit schema --out DIR` has every key that may be used")
