"""A TOML file as read: its values, and the line on which each key stands.

Rule: whatever the bytes are, the worst that comes out is a Problem.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from castkit.config import problems
from castkit.config.problems import Finding, Problem
from castkit.model.nesting import DEEPEST, has_deep_keys

LARGEST = 1024 * 1024  # bytes; a file that people write has a few thousand

_TOO_DEEP = "tables or lists within one another more deeply than can be read"
_PLACE = re.compile(r" \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$")
_CURLY_QUOTES = re.compile("[“”„‟«»‘’]")
_KEY = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_KEYS = rf"{_KEY}(?:\s*\.\s*{_KEY})*"
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_KEYS})\s*\]")
_PAIR = re.compile(rf"\s*({_KEYS})\s*=")


@dataclass(frozen=True, slots=True)
class Source:
    """What one file holds. `name` is relative to the workspace; `data` is None where the file could not be read."""

    name: str
    data: dict[str, Any] | None = None
    failures: tuple[Problem, ...] = ()
    text: str = ""

    def place(self, findings: Iterable[Finding]) -> list[Problem]:
        """The findings with their lines: that of the key, else of the nearest table around it."""
        found = list(findings)
        lines = line_of_keys(self.text) if found else {}
        return sorted((self._problem(one, lines) for one in found), key=lambda problem: problem.line)

    def _problem(self, finding: Finding, lines: dict[problems.Path, int]) -> Problem:
        around = (finding.path[:length] for length in range(len(finding.path), 0, -1))
        line = next((lines[path] for path in around if path in lines), 0)
        return Problem(self.name, problems.sentence(finding), line)


def read(path: Path, name: str) -> Source:
    """The file at `path`, at most 1 MiB of UTF-8 (a byte order mark, as Windows editors write it, is let pass)."""
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        return _unreadable(name, f"cannot be read ({error.strerror or error})")
    if len(raw) > LARGEST:
        return _unreadable(name, "larger than 1 MiB; a file of settings is text that a person writes")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return _unreadable(name, "not UTF-8; save the file again as UTF-8, without changing its name", line)
    return parse(text, name)


def parse(text: str, name: str) -> Source:
    """The values of this text, or the one problem that keeps it from being TOML."""
    text = text.replace("\r\n", "\n")
    if has_deep_keys(text):
        return _unreadable(name, _TOO_DEEP)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return _no_toml(text, name, str(error))
    except RecursionError:
        return _unreadable(name, _TOO_DEEP)
    except ValueError as error:  # an integer of more than 4300 digits
        return _unreadable(name, f"a value that cannot be read: {error}")
    if is_deeper(data, DEEPEST):  # dotted keys nest without any recursion in tomllib
        return _unreadable(name, _TOO_DEEP)
    return Source(name, data, text=text)


def is_deeper(value: Any, levels: int) -> bool:
    """Whether tables and lists lie within one another on more than so many levels."""
    level: list[Any] = [value]
    for _ in range(levels + 1):
        level = [
            part
            for one in level
            for part in (one.values() if isinstance(one, dict) else one if isinstance(one, list) else ())
            if isinstance(part, dict | list)
        ]
        if not level:
            return False
    return True


def _unreadable(name: str, text: str, line: int = 0) -> Source:
    return Source(name, failures=(Problem(name, text, line),))


def _no_toml(text: str, name: str, message: str) -> Source:
    lines = text.split("\n")
    place = _PLACE.search(message)
    line = int(place["line"]) if place and place["line"] else len(lines)
    column = f", column {place['column']}" if place and place["column"] else ""
    said = _PLACE.sub("", message)
    advice = ""
    if _CURLY_QUOTES.search(lines[min(line, len(lines)) - 1]):
        advice = '; quotation marks around a text must be straight ones: "'
    # Column and line stand together, as editors show them.
    return _unreadable(name, f"not TOML{column}: {said}{advice}", line)


def line_of_keys(text: str) -> dict[problems.Path, int]:
    """The line, from 1, of each table and key that starts a line of this valid TOML; keys within a value are not found.

    A reader of lines, not of TOML: it skips what lies in strings and lists of several lines, which is all it needs.
    """
    found: dict[problems.Path, int] = {}
    counts: dict[problems.Path, int] = {}
    table: problems.Path = ()
    closing = ""
    depth = 0
    for number, line in enumerate(text.split("\n"), 1):
        if not closing and depth == 0:
            if header := _HEADER.match(line):
                table = _table(header, counts)
                found.setdefault(table, number)
                continue
            if pair := _PAIR.match(line):
                keys = _split(pair[1])
                for length in range(1, len(keys) + 1):
                    found.setdefault((*table, *keys[:length]), number)
        closing, depth = _after(line, closing, depth)
    return found


def _table(header: re.Match[str], counts: dict[problems.Path, int]) -> problems.Path:
    """The path of a `[table]` or `[[table]]`, with the index of every list of tables on the way."""
    path: problems.Path = ()
    keys = _split(header[2])
    for position, key in enumerate(keys):
        path = (*path, key)
        if header[1] == "[[" and position == len(keys) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _split(keys: str) -> problems.Path:
    return tuple(next(iter(tomllib.loads(f"{key} = 0"))) for key in re.findall(_KEY, keys))


_TOKEN = re.compile(r'"""|\'\'\'|"(?:[^"\\]|\\.)*"|\'[^\']*\'|[\[{]|[\]}]|#.*|\\.')


def _after(line: str, closing: str, depth: int) -> tuple[str, int]:
    """Which string is still open after this line, and how many brackets."""
    position = 0
    while position < len(line):
        if closing:
            end = line.find(closing, position)
            while closing == '"""' and end > 0 and _is_escaped(line, end):
                end = line.find(closing, end + 1)
            if end < 0:
                return closing, depth
            position, closing = end + 3, ""
            continue
        token = _TOKEN.search(line, position)
        if token is None:
            break
        position = token.end()
        if token[0] in ('"""', "'''"):
            closing = token[0]
        elif token[0] in "[{":
            depth += 1
        elif token[0] in "]}":
            depth -= 1
    return closing, max(depth, 0)


def _is_escaped(line: str, position: int) -> bool:
    return (len(line[:position]) - len(line[:position].rstrip("\\"))) % 2 == 1
