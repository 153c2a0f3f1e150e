"""Plain text in Markdown: nothing a person typed into a title or summary becomes markup.

Rule: escaped are the characters that CommonMark 0.31 gives a meaning at that place, and no others, so that a person can
still read and edit the Markdown.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from castkit.model.text import one_line

_ANYWHERE = re.compile(r"[\\`*_\[\]<#~]|&(?=#?\w+;)")
_AT_THE_START = re.compile(r"[-+=>|]|\d{1,9}(?=[.)])")
# Kept as they are in a link's address; what is not here and not a letter or digit of ASCII is percent-encoded.
_IN_ADDRESSES = "-._~:/?#[]@!$&'()*+,;=%"
_SCHEMES = ("http://", "https://", "mailto:")


def escape(text: str) -> str:
    """The text on one line, as Markdown that reads as the text."""
    line = _ANYWHERE.sub(r"\\\g<0>", one_line(text))
    start = _AT_THE_START.match(line)
    if start is None:
        return line
    if start[0][0].isdigit():
        return f"{start[0]}\\{line[start.end() :]}"
    return f"\\{line}"


def link(text: str, url: str) -> str:
    """The text as a link in Markdown; the text alone where the address is not one that may be followed."""
    address = safe_address(url)
    return f"[{escape(text)}](<{address.replace('&', '&amp;')}>)" if address else escape(text)


def safe_address(url: str) -> str:
    """The address with everything but ASCII's usual characters percent-encoded; empty unless http, https or mailto."""
    found = quote(one_line(url), safe=_IN_ADDRESSES, errors="ignore")
    return found if found.lower().startswith(_SCHEMES) else ""
