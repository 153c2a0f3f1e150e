"""Templates of the show notes: the workspace's copy where there is one, else the packaged one.

Rule: a template is somebody's file: it runs in a sandbox, what it prints is escaped unless it is markup already, and a
mistake in it is named with file and line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from castkit.errors import CastkitError
from castkit.model.text import paragraphs, printable
from castkit.notes import markdown

PACKAGED = Path(__file__).parent.parent / "templates"
MARKDOWN = "notes.md.j2"
PAGE = "notes.html.j2"
NEWSLETTER = "newsletter.html.j2"
_HINT = "correct it, or take the packaged template again by deleting the workspace's copy"


@dataclass(frozen=True, slots=True)
class Source:
    """A template's text, and the file it came from."""

    path: Path
    text: str


def candidates(folder: Path) -> tuple[Path, ...]:
    """Every file that can shape the notes: the packaged templates and, in `folder`, their overrides and others."""
    packaged = [PACKAGED / name for name in sorted((MARKDOWN, PAGE, NEWSLETTER))]
    own = {folder / path.name for path in packaged} | set(folder.glob("*.j2"))
    return (*packaged, *sorted(own))


def load(folder: Path) -> Mapping[str, Source]:
    """The templates by name, those in `folder` before the packaged ones; CastkitError for one that is not UTF-8."""
    paths = {path.name: path for path in candidates(folder) if path.is_file()}
    return {name: Source(path, _read(path)) for name, path in paths.items()}


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise CastkitError(f"{path}: not UTF-8 (byte {error.start})", "save the template as UTF-8") from error


def render_markdown(sources: Mapping[str, Source], values: Mapping[str, Any]) -> str:
    """The notes in Markdown: blank lines single, one newline at the end."""
    from markupsafe import Markup  # noqa: PLC0415

    labels = {key: Markup(label) for key, label in values["labels"].items()}  # noqa: S704  # ours, blanks at their ends
    text = _render(sources, MARKDOWN, {**values, "labels": labels}, is_markdown=True)
    lines = "\n".join(line.rstrip() for line in printable(text).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n") + "\n"


def render_html(sources: Mapping[str, Source], name: str, values: Mapping[str, Any], content: str = "") -> str:
    """A template of HTML; `content` is sanitised HTML that it prints as it is."""
    from markupsafe import Markup  # noqa: PLC0415

    given = {**values, "content": Markup(content)}  # noqa: S704  # sanitised by castkit.notes.html
    return printable(_render(sources, name, given, is_markdown=False)).strip("\n") + "\n"


def _render(sources: Mapping[str, Source], name: str, values: Mapping[str, Any], *, is_markdown: bool) -> str:
    from jinja2 import TemplateError, TemplateSyntaxError  # noqa: PLC0415

    environment = _environment(sources, is_markdown=is_markdown)
    try:
        return str(environment.get_template(name).render(values))
    except TemplateSyntaxError as error:
        path = error.filename or sources[name].path
        raise CastkitError(f"{path}, line {error.lineno}: {error.message}", _HINT) from error
    except (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        path, line = _place(error, sources) or (sources[name].path, 0)
        where = f"{path}, line {line}" if line else f"{path}"
        raise CastkitError(f"{where}: {error}", _HINT) from error


def _place(error: BaseException, sources: Mapping[str, Source]) -> tuple[Path, int] | None:
    """The innermost template line in the traceback: Jinja2 gives its frames the template's file name."""
    paths = {str(source.path): source.path for source in sources.values()}
    place, trace = None, error.__traceback__
    while trace is not None:
        if path := paths.get(trace.tb_frame.f_code.co_filename):
            place = (path, trace.tb_lineno)
        trace = trace.tb_next
    return place


def _environment(sources: Mapping[str, Source], *, is_markdown: bool) -> Any:
    from jinja2 import FunctionLoader, StrictUndefined  # noqa: PLC0415
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415

    def find(name: str) -> tuple[str, str, Any] | None:
        source = sources.get(name)
        return (source.text, str(source.path), lambda: True) if source else None

    environment = ImmutableSandboxedEnvironment(
        loader=FunctionLoader(find),
        undefined=StrictUndefined,
        autoescape=not is_markdown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        newline_sequence="\n",
        finalize=_escaped if is_markdown else None,
    )
    environment.filters["paragraphs"] = paragraphs
    environment.filters["link"] = _link
    return environment


def _escaped(value: Any) -> Any:
    """What a template of Markdown prints: escaped, unless a filter made it Markdown already."""
    from markupsafe import Markup  # noqa: PLC0415

    return value if isinstance(value, Markup) else markdown.escape(str(value))


def _link(text: str, url: str) -> Any:
    """`{{ title | link(url) }}` in a template of Markdown."""
    from markupsafe import Markup  # noqa: PLC0415

    return Markup(markdown.link(text, url))  # noqa: S704  # escaped by castkit.notes.markdown
