"""Templates (Jinja2): the workspace's copy where there is one, else the packaged one.

Rule: a template is somebody's file: it runs in a sandbox, what it prints is escaped unless it is markup already, and a
mistake in it is named with file and line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from castkit.errors import CastkitError
from castkit.model.text import paragraphs, printable
from castkit.workspace import inside

LARGEST = 256 * 1024  # bytes; the largest of castkit's own has 20 KB
PACKAGED = Path(__file__).parent / "templates"
_MISTAKES = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
_HINT = "correct it, or take the packaged template again by deleting the workspace's copy"


@dataclass(frozen=True, slots=True)
class Source:
    """A template's text, and the file it came from."""

    path: Path
    text: str


@dataclass(frozen=True, slots=True)
class Markup:
    """How a language other than HTML is printed: `finalize` escapes each value, `filters` add to `paragraphs`."""

    finalize: Callable[[Any], Any]
    filters: Mapping[str, Callable[..., Any]] = field(default_factory=dict)


def candidates(folder: Path, names: Iterable[str]) -> tuple[Path, ...]:
    """Every file that can shape what these templates print: packaged ones and, in `folder`, their copies and others."""
    packaged = [PACKAGED / name for name in sorted(names)]
    own = {folder / path.name for path in packaged} | set(folder.glob("*.j2"))
    return (*packaged, *sorted(own))


def load(folder: Path, names: Iterable[str]) -> Mapping[str, Source]:
    """The templates by name, those in `folder` before the packaged ones; CastkitError for one that is not UTF-8."""
    paths = {path.name: path for path in candidates(folder, names) if path.is_file()}
    return {name: Source(path, _read(path)) for name, path in paths.items()}


def _read(path: Path) -> str:
    if path.parent != PACKAGED:
        inside(path, path.parent.parent)
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise CastkitError(f"{path}: larger than {LARGEST // 1024} KiB", "a template is text that a person writes")
    try:
        return data.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise CastkitError(f"{path}: not UTF-8 (byte {error.start})", "save the template as UTF-8") from error


def safe(text: str) -> Any:
    """Text that a template prints as it is: the caller answers for its being markup already."""
    import markupsafe  # noqa: PLC0415

    return markupsafe.Markup(text)  # noqa: S704  # the caller's promise


def is_safe(value: Any) -> bool:
    """Whether `safe`, or a filter, made this value markup."""
    import markupsafe  # noqa: PLC0415

    return isinstance(value, markupsafe.Markup)


def render(sources: Mapping[str, Source], name: str, values: Mapping[str, Any], markup: Markup | None = None) -> str:
    """The template filled in, ready to be written; without `markup` as HTML, every value escaped."""
    from jinja2 import TemplateError, TemplateSyntaxError  # noqa: PLC0415

    from castkit.sandbox import bounded  # noqa: PLC0415

    environment = _environment(sources, markup) if markup else _for_html(tuple(sorted(sources.items())))
    try:
        with bounded():
            return printable(environment.get_template(name).render(values))
    except TemplateSyntaxError as error:
        path = error.filename or sources[name].path
        raise CastkitError(f"{path}, line {error.lineno}: {error.message}", _HINT) from error
    except (TemplateError, MemoryError, RecursionError, *_MISTAKES) as error:
        path, line = _place(error, sources) or (sources[name].path, 0)
        where = f"{path}, line {line}" if line else f"{path}"
        said = "it goes round in a circle" if isinstance(error, RecursionError) else str(error)
        raise CastkitError(f"{where}: {said}", _HINT) from error


def render_html(sources: Mapping[str, Source], name: str, values: Mapping[str, Any]) -> str:
    """A page: one newline at its end, none before it."""
    return render(sources, name, values).strip("\n") + "\n"


def _place(error: BaseException, sources: Mapping[str, Source]) -> tuple[Path, int] | None:
    """The innermost template line in the traceback: Jinja2 gives its frames the template's file name."""
    paths = {str(source.path): source.path for source in sources.values()}
    place, trace = None, error.__traceback__
    while trace is not None:
        if path := paths.get(trace.tb_frame.f_code.co_filename):
            place = (path, trace.tb_lineno)
        trace = trace.tb_next
    return place


@lru_cache(maxsize=8)
def _for_html(sources: tuple[tuple[str, Source], ...]) -> Any:
    """Kept, with the templates compiled, because a long show has a hundred pages of one template."""
    return _environment(dict(sources), None)


def _environment(sources: Mapping[str, Source], markup: Markup | None) -> Any:
    from jinja2 import FunctionLoader, StrictUndefined  # noqa: PLC0415

    from castkit.sandbox import Sandbox  # noqa: PLC0415

    def find(name: str) -> tuple[str, str, Any] | None:
        source = sources.get(name)
        return (source.text, str(source.path), lambda: True) if source else None

    environment = Sandbox(
        loader=FunctionLoader(find),
        undefined=StrictUndefined,
        autoescape=markup is None,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        newline_sequence="\n",
        finalize=markup.finalize if markup else None,
    )
    environment.filters["paragraphs"] = paragraphs
    environment.filters.update(markup.filters if markup else {})
    return environment
