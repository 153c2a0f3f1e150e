"""An element of a feed, to be read only: its name with the usual prefix, its text, attributes, children and line.

Rule: names are told by namespace and never by prefix: `<x:person xmlns:x="…podcastindex…">` is `podcast:person`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"
ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"

# The namespace's document asks readers to take its old address for the same.
PREFIXES = {
    ITUNES: "itunes:",
    PODCAST: "podcast:",
    "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md": "podcast:",
    ATOM: "atom:",
    CONTENT: "content:",
}


class Node:
    """One element; `element` is the parser's own."""

    __slots__ = ("_children", "element", "name", "parent")

    def __init__(self, element: Any, parent: Node | None = None) -> None:
        self.element = element
        self.parent = parent
        self.name = usual_name(element.tag)
        self._children: dict[str, list[Node]] | None = None

    @property
    def text(self) -> str:
        """The element's own text as it stands, blanks at its ends included."""
        return self.element.text or ""

    @property
    def value(self) -> str:
        """The text without the blanks at its ends."""
        return self.text.strip()

    @property
    def line(self) -> int:
        return self.element.sourceline or 0

    def attribute(self, name: str) -> str | None:
        """The attribute's value without blanks at its ends, or None where there is none."""
        found = self.element.get(name)
        return None if found is None else str(found).strip()

    def children(self, name: str) -> Sequence[Node]:
        """The children of this name, in order."""
        return self._by_name().get(name, ())

    def first(self, name: str) -> Node | None:
        found = self.children(name)
        return found[0] if found else None

    def text_of(self, name: str) -> str:
        """The first such child's value; "" where there is none."""
        found = self.first(name)
        return found.value if found else ""

    def every(self) -> Iterator[Node]:
        """All children, in groups of one name."""
        for group in self._by_name().values():
            yield from group

    def _by_name(self) -> dict[str, list[Node]]:
        if self._children is None:
            found: dict[str, list[Node]] = defaultdict(list)
            for element in self.element:
                if isinstance(element.tag, str):
                    node = Node(element, self)
                    found[node.name].append(node)
            self._children = dict(found)
        return self._children


@lru_cache(maxsize=1024)
def usual_name(tag: str) -> str:
    """`podcast:person` for lxml's `{https://podcastindex.org/namespace/1.0}person`; unknown namespaces stay whole."""
    if not tag.startswith("{"):
        return tag
    uri, _, local = tag[1:].partition("}")
    prefix = PREFIXES.get(uri)
    return tag if prefix is None else prefix + local
