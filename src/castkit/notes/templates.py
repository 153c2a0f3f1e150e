"""Templates of the show notes: Markdown, the page made of it, and the newsletter.

Rule: what a template of Markdown prints is escaped as Markdown, what one of HTML prints as HTML.
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
PAGE = "notes.html.j2"
NEWSLETTER = "newsletter.html.j2"
_NAMES = (MARKDOWN, PAGE, NEWSLETTER)


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


def render_html(sources: Mapping[str, Source], name: str, values: Mapping[str, Any], content: str = "") -> str:
    """A template of HTML; `content` is HTML sanitised by castkit.notes.html, which it prints as it is."""
    return templating.render_html(sources, name, {**values, "content": templating.safe(content)})


def _escaped(value: Any) -> Any:
    """What a template of Markdown prints: escaped, unless a filter made it Markdown already."""
    return value if templating.is_safe(value) else markdown.escape(str(value))


def _link(text: str, url: str) -> Any:
    """`{{ title | link(url) }}` in a template of Markdown."""
    return templating.safe(markdown.link(text, url))  # escaped there
