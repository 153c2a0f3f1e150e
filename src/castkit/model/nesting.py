"""How deeply a TOML text nests by the dots in its keys.

Rule: this is asked before tomllib reads a text from outside: it takes quadratic time for a key of many parts.
"""

from __future__ import annotations

import re

DEEPEST = 30  # tables and lists within one another; castkit's files have five

_KEY = r"""(?:[A-Za-z0-9_-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')"""
# At the start of a line, in a header or in a table between braces: where a key can begin.
_DEEP = re.compile(rf"(?m)(?:^[ \t]*|[\[{{,][ \t]*)(?:{_KEY}[ \t]*\.[ \t]*){{{DEEPEST},}}")


def has_deep_keys(text: str) -> bool:
    """Whether a key of this TOML text has more than DEEPEST parts; some such text in a string counts, too."""
    return _DEEP.search(text) is not None
