"""Jinja2's sandbox with bounds on what a template may take: steps, characters and sizes of values.

Rule: a template is somebody's file. It reaches no attribute that the sandbox hides, and it ends: what would loop
without end or fill the memory is refused, where Jinja2 itself bounds `range` alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import Any

from jinja2 import nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import markup_join, str_join
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

MOST_STEPS = 2_000_000  # rounds of loops, calls and includes; a transcript of ten hours takes a tenth
MOST_CHARACTERS = 100_000_000  # printed, in all
MOST_IN_VALUE = 10_000_000  # characters or items of one value
_CALL = 10  # steps
_MOST_WIDTH = 1_000
_MOST_BITS = 10_000
# In a format: a width or precision of many digits, or one that a value gives.
_WIDE = re.compile(r"\{[^{}]*:[^{}]*(?:\d{5,}|\{)")
_WIDE_PRINTF = re.compile(r"%(?:\([^)]*\))?[^%a-zA-Z]*(?:\d{5,}|\*)")
_WIDENING = ("batch", "center", "format", "indent", "slice", "wordwrap")


@dataclass(slots=True)
class _Spent:
    steps: int = 0
    characters: int = 0


_spent: ContextVar[_Spent | None] = ContextVar("spent", default=None)


@contextmanager
def bounded() -> Iterator[None]:
    """Around the rendering of one template: counts from nothing."""
    token = _spent.set(_Spent())
    try:
        yield
    finally:
        _spent.reset(token)


def spend(*, steps: int = 0, characters: int = 0) -> None:
    """Counts what is done; SecurityError where a template does far more than a page takes."""
    spent = _spent.get()
    if spent is None:  # constants are folded while a template is compiled
        return
    spent.steps += steps
    spent.characters += characters
    if spent.steps > MOST_STEPS:
        raise SecurityError(f"it loops without end: more than {MOST_STEPS:,} steps")
    if spent.characters > MOST_CHARACTERS:
        raise SecurityError(f"it prints without end: more than {MOST_CHARACTERS:,} characters")


class Sandbox(ImmutableSandboxedEnvironment):
    """The environment that templates run in."""

    intercepted_binops = frozenset(("+", "*", "**", "%"))

    def __init__(self, *, finalize: Callable[[Any], Any] | None = None, **options: Any) -> None:
        def printed(value: Any) -> Any:
            value = finalize(value) if finalize else value
            spend(characters=len(value) if isinstance(value, str) else 1)
            return value

        super().__init__(finalize=printed, **options)
        del self.globals["lipsum"]
        for name in _WIDENING:
            self.filters[name] = _modest(self.filters[name])
        self.filters |= {"replace": _replaced, "join": _sized_join(self.filters["join"])}
        self.filters |= {"_rounds": _rounds, "_joined": self._joined}

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """What an operator gives, where that is of a size that a page may need."""
        if _grown(operator, left, right):
            raise SecurityError(f"what {operator} would give is far too large")
        return super().call_binop(context, operator, left, right)

    def call(self, context: Any, called: Any, *args: Any, **kwargs: Any) -> Any:
        """A call of a function, macro or method."""
        spend(steps=_CALL)
        of = getattr(called, "__self__", None)
        if isinstance(of, str):
            _refuse_growth(getattr(called, "__name__", ""), of, args)
        return super().call(context, called, *args, **kwargs)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        """`format` of a text as the sandbox gives it out; one with a width that fills the memory is not given."""
        wrapped = super().wrap_str_format(value)
        if wrapped is not None:
            _refuse_growth(value.__name__, value.__self__, ())
        return wrapped

    def get_template(self, name: Any, *args: Any, **kwargs: Any) -> Any:
        """A template, also one that another includes."""
        spend(steps=_CALL)
        return super().get_template(name, *args, **kwargs)

    def _generate(self, source: nodes.Template, *args: Any, **kwargs: Any) -> Any:
        return super()._generate(_Counting(self).visit(source), *args, **kwargs)

    def _joined(self, parts: Sequence[Any]) -> str:
        _refuse_large(sum(map(_size, parts)))
        return markup_join(parts) if self.autoescape else str_join(parts)


class _Counting(NodeTransformer):
    """Puts a count into every loop, and into `~`, which the sandbox does not see."""

    def __init__(self, environment: Sandbox) -> None:
        self._environment = environment

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 - Jinja2's name
        said = sum(len(one.data) for one in node.find_all(nodes.TemplateData))
        if node.recursive:
            raise SecurityError("a recursive loop is not allowed in a template: use a macro")
        node.iter = self._filter("_rounds", node.iter, nodes.Const(said))
        self.generic_visit(node)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return self._filter("_joined", nodes.List(node.nodes, lineno=node.lineno))

    def _filter(self, name: str, of: Any, *args: nodes.Expr) -> nodes.Filter:
        made = nodes.Filter(of, name, list(args), [], None, None, lineno=of.lineno)
        made.set_environment(self._environment)
        return made


def _rounds(values: Iterable[Any], said: int) -> Iterator[Any]:
    """The values of a loop whose own text is of `said` characters."""
    for value in values:
        spend(steps=1, characters=said)
        yield value


def _size(value: Any) -> int:
    return len(value) if isinstance(value, str | bytes | list | tuple | dict) else 1


def _refuse_large(size: int) -> None:
    if size > MOST_IN_VALUE:
        raise SecurityError(f"a value of more than {MOST_IN_VALUE:,} characters or items")


def _grown(operator: str, left: Any, right: Any) -> bool:
    """Whether the result would be larger than a page needs."""
    if operator == "%":
        return isinstance(left, str | bytes)
    if operator == "+":
        return _size(left) + _size(right) > MOST_IN_VALUE
    if isinstance(left, int) and isinstance(right, int):
        bits = left.bit_length() * right if operator == "**" else left.bit_length() + right.bit_length()
        return bits > _MOST_BITS
    if operator == "*":
        times = left if isinstance(left, int) else right
        return isinstance(times, int) and max(_size(left), _size(right)) * times > MOST_IN_VALUE
    return False


def _refuse_growth(method: str, of: str, args: Sequence[Any]) -> None:
    """SecurityError for a method of a text that would make a far longer one of it."""
    is_wide = any(isinstance(one, int) and one > _MOST_WIDTH for one in args)
    if method in ("format", "format_map"):
        is_wide = _WIDE.search(of) is not None
    elif method in ("replace", "join"):
        is_wide = _size(of) * max(map(_size, args), default=1) > MOST_IN_VALUE
    if is_wide:
        raise SecurityError(f"{method} would make a text that is far too long")


def _modest(made: Callable[..., Any]) -> Callable[..., Any]:
    """The filter, which takes no width larger than a line's."""

    @wraps(made)
    def checked(*args: Any, **kwargs: Any) -> Any:
        values = (*args[1:], *kwargs.values())
        is_format = made.__name__ == "do_format" and _WIDE_PRINTF.search(str(args[0]))
        if is_format or any(isinstance(one, int) and one > _MOST_WIDTH for one in values):
            raise SecurityError(f"{made.__name__.removeprefix('do_')} is given a width of more than {_MOST_WIDTH}")
        return made(*args, **kwargs)

    return checked


def _replaced(text: Any, old: str, new: str, count: int = -1) -> Any:
    """`replace` where the result is of a size that a page may need; what is markup stays markup."""
    text = text if isinstance(text, str) else str(text)
    _refuse_large(len(text) + (text.count(str(old)) if old else len(text) + 1) * len(str(new)))
    return text.replace(old, new, count)


def _sized_join(made: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(made)
    def checked(context: Any, value: Iterable[Any], d: str = "", attribute: Any = None) -> Any:
        parts = list(value)
        _refuse_large(sum(map(_size, parts)) + len(parts) * _size(d))
        return made(context, parts, d, attribute)

    return checked
