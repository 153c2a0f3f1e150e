"""The ways a rule looks at an element, to be put together in tables.

Rule: each gives the elements at fault with what was found there, and nothing where there is nothing to judge: a missing
attribute is the fault of `lacks_attribute` alone, an empty text that of `is_blank`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from castkit.feed.check.facts import Facts
from castkit.feed.check.node import Node
from castkit.feed.check.rule import Check, Found

Test = Callable[[str], bool]
_SHOWN = 80  # characters of a value in a message


def shown(value: str) -> str:
    """A value as a message quotes it: on one line, shortened."""
    text = " ".join(value.split())
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")


def lacks(*names: str) -> Check:
    """None of these children is there."""

    def check(node: Node, _facts: Facts) -> Iterator[Found]:
        if not any(node.children(name) for name in names):
            yield node, ""

    return check


def has(name: str) -> Check:
    """Such a child is there, though it should not be."""

    def check(node: Node, _facts: Facts) -> Iterator[Found]:
        yield from ((child, "") for child in node.children(name))

    return check


def repeats(name: str) -> Check:
    """The second such child and those after it."""

    def check(node: Node, _facts: Facts) -> Iterator[Found]:
        yield from ((child, "") for child in node.children(name)[1:])

    return check


def lacks_attribute(name: str) -> Check:
    """The attribute is missing or blank."""

    def check(node: Node, _facts: Facts) -> Iterator[Found]:
        if not node.attribute(name):
            yield node, ""

    return check


def attribute(name: str, is_good: Test) -> Check:
    """The attribute is there with a value that is not good."""

    def check(node: Node, _facts: Facts) -> Iterator[Found]:
        value = node.attribute(name)
        if value and not is_good(value):
            yield node, f"{name}={shown(value)}"

    return check


def text(is_good: Test) -> Check:
    """The text, without blanks at its ends, is there and not good."""

    def check(node: Node, _facts: Facts) -> Iterator[Found]:
        value = node.value
        if value and not is_good(value):
            yield node, shown(value)

    return check


def measured(is_good: Test, measure: Callable[[str], str]) -> Check:
    """As `text`, where a measure says more than the text itself."""

    def check(node: Node, _facts: Facts) -> Iterator[Found]:
        value = node.value
        if value and not is_good(value):
            yield node, measure(value)

    return check


def is_blank(node: Node, _facts: Facts) -> Iterator[Found]:
    """There is no text."""
    if not node.value:
        yield node, ""


def is_untrimmed(node: Node, _facts: Facts) -> Iterator[Found]:
    """Blanks stand before or after the text."""
    if node.value and node.value != node.text:
        yield node, ""
