"""A checklist as Markdown: what is pasted stands in a fence, and nothing in a text becomes markup.

Rule: a fence is longer than any run of backticks within it, so that no text can end it.
"""

from __future__ import annotations

import re
from typing import Any

from castkit.templating import Markup, is_safe, safe

_MARKUP = re.compile(r"[\\`*_\[\]<>#~|]")
_TICKS = re.compile("`+")


def fenced(text: str) -> Any:
    """The text in a fence, each line as it is, at the depth of a list item."""
    longest = max((len(found[0]) for found in _TICKS.finditer(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return safe("\n".join(f"   {line}".rstrip() for line in (f"{fence}text", *text.split("\n"), fence)))


def _escaped(value: Any) -> Any:
    if is_safe(value) or not isinstance(value, str):
        return value
    return _MARKUP.sub(r"\\\g<0>", " ".join(value.split()))


MARKDOWN = Markup(_escaped, {"fenced": fenced})
