"""Pages of the repository as pages of the documentation: what is made or quoted is put in, links are led on.

Rule: a link between two files of the repository stays a link where both are pages, and becomes plain text where the
other is not; a file that is not there stops the build.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import made_commands
import made_settings
import made_tables

DOCS = Path(__file__).parent
ROOT = DOCS.parent
# A file outside docs/, and the page that quotes it.
QUOTED = {
    "README.md": "reference/handbook.md",
    "SECURITY.md": "explanation/security.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
}
MADE: Mapping[str, Callable[[], str]] = {
    "commands": made_commands.commands,
    "castkit.toml": partial(made_settings.settings, "show"),
    "episode.toml": partial(made_settings.settings, "episode"),
    "glossary.toml": partial(made_settings.settings, "glossary"),
    "steps": made_tables.steps,
    "feed rules": made_tables.feed_rules,
    "models": made_tables.models,
}
_MARK = re.compile(r"^<!-- (made|quoted): (.+?) -->$", re.MULTILINE)
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
_FENCE = re.compile(r"(^```.*?^```$)", re.DOTALL | re.MULTILINE)


def page(path: Path, text: str) -> str:
    """The Markdown that Sphinx reads in place of a page's own text."""
    return _MARK.sub(lambda found: _put_in(found[1], found[2]), _linked(text, path))


def _put_in(kind: str, name: str) -> str:
    if kind == "made":
        return MADE[name]()
    return _linked((ROOT / name).read_text("utf-8"), ROOT / name)


def _linked(text: str, path: Path) -> str:
    """The text of the file at `path` with its links as they are to be in a page; what is in a fence stays."""
    parts = _FENCE.split(text)
    return "".join(part if part.startswith("```") else _LINK.sub(partial(_led, path), part) for part in parts)


def _led(path: Path, found: re.Match[str]) -> str:
    mark, words, address = found.groups()
    file, hash_, place = address.partition("#")
    if "://" in address or not file:
        return found[0]
    target = (path.parent / file).resolve()
    if not target.exists():
        raise FileNotFoundError(f"{path.relative_to(ROOT)} links to {file}, which is not there")
    name = target.relative_to(ROOT.resolve()).as_posix()
    if name in QUOTED:
        return f"[{words}](/{QUOTED[name]}{hash_}{place})"
    if not name.startswith("docs/"):
        return words
    return f"{mark}[{words}](/{name.removeprefix('docs/')}{hash_}{place})"
