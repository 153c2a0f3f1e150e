"""Templates of the show notes in Markdown.

Rule: what such a template prints is escaped as Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from castkit import templating
from castkit.notes import markdown
from castkit.templating import Source

MARKDOWN = "notes.md.j2"
_NAMES = (MARKDOWN,)


def candidates(folder: Path) -> tuple[Path, ...]:
    """Every file that can shape the notes: the packaged templates and, in `folder`, their overrides and others."""
    return templating.candidates(folder, _NAMES)


def load(folder: Path) -> Mapping[str, Source]:
    """The templates by name, those in `folder` before the packaged ones; CastkitError for one that is not UTF-8."""
    return templating.load(folder, _NAMES)


def render_markdown(sources: Mapping[str, Source], values: Mapping[str, Any]) -> str:
    """The notes in Markdown: blank lines single, one newline at the end."""
    labels = {key: templating.safe(label) for key, label in values["labels"].items()}  # ours, blanks at their ends
    markup = templating.Markup(_escaped, {"link": _link})
    text = templating.render(sources, MARKDOWN, {**values, "labels": labels}, markup)
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n") + "\n"


def _escaped(value: Any) -> Any:
    """What a template of Markdown prints: escaped, unless a filter made it Markdown already."""
    return value if templating.is_safe(value) else markdown.escape(str(value))


def _link(text: str, url: str) -> Any:
    """`{{ title | link(url) }}` in a template of Markdown."""
    return templating.safe(markdown.link(text, url))  # escaped there
