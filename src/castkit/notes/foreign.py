"""HTML that another host's notes are made of, cleaned as castkit's own notes are; and the words in it.

Rule: whatever was typed there, only the tags that podcast directories let through come out, and no script, style,
picture or address but of the web and of mail.
"""

from __future__ import annotations

import re
from html import unescape

from castkit.model.text import printable
from castkit.notes.html import cleaned

# What hosts' editors write for what directories know under another name.
_SAME = {"b": "strong", "i": "em", "h1": "h3", "h2": "h3", "h4": "h3", "h5": "h3", "h6": "h3", "div": "p"}
_TAG = re.compile(r"<(/?)(b|i|h[12456]|div)(?=[\s/>])", re.IGNORECASE)
_IS_HTML = re.compile(r"<(?:/?[A-Za-z][A-Za-z0-9]*[\s/>]|!--)")
_BREAK = re.compile(r"<\s*(?:br|/?p|/?div|/?li|/?h[1-6]|/?ul|/?ol)\b[^>]*>", re.IGNORECASE)
_UNSEEN = re.compile(r"<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_LONGEST = 1_000_000  # characters of one episode's notes


def has_markup(text: str) -> bool:
    """Whether an app that reads HTML would find a tag in it."""
    return _IS_HTML.search(text) is not None


def foreign_notes(html: str) -> str:
    """The notes as a sanitised fragment; empty where nothing is left of them."""
    html = printable(html[:_LONGEST])
    return cleaned(_TAG.sub(lambda found: f"<{found[1]}{_SAME[found[2].lower()]}", html))


def words_of(text: str) -> str:
    """The words of a text that may be HTML: paragraphs parted by blank lines, no tags, characters as themselves."""
    text = printable(text[:_LONGEST]).replace("\x7f", "")
    if has_markup(text):
        text = _BREAK.sub("\n\n", _UNSEEN.sub("", text))
        text = cleaned(text, tags=frozenset())
    lines = (" ".join(line.split()) for line in unescape(text).split("\n"))
    return printable(re.sub(r"\n{3,}", "\n\n", "\n".join(lines))).strip()
