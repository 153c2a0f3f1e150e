"""What hosts get wrong in XML and every app forgives: bytes put right before they are parsed.

Rule: a text that is well-formed is not touched, and what was put right is told.
"""

from __future__ import annotations

import re
from html.entities import html5

from castkit.errors import CastkitError
from castkit.feed.check.node import ITUNES, Node
from castkit.feed.check.parsed import Refused, parsed

_CONTROLS = re.compile(
    rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|x0*(?:[0-8bcef]|1[0-9a-f]));", re.IGNORECASE
)
_NAMED = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,31});")
_BARE = re.compile(rb"&(?!(?:[A-Za-z][A-Za-z0-9]{1,31}|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});)")
_ALSO_ITUNES = re.compile(rb"http://www\.itunes\.com/DTDs/PodCast-1\.0\.dtd", re.IGNORECASE)
_CDATA = re.compile(rb"<!\[CDATA\[.*?\]\]>", re.DOTALL)
_DOCTYPE = re.compile(rb"<!DOCTYPE", re.IGNORECASE)
_XML = frozenset([b"amp", b"lt", b"gt", b"quot", b"apos"])
_WHY = {
    "feed-large": "it is larger than 50 MB",
    "feed-empty": "it is empty",
    "feed-compressed": "it is packed",
    "feed-html": "it is a web page",
    "feed-json": "it is JSON",
    "feed-doctype": "it declares a document type, which no feed needs",
    "feed-atom": "it is an Atom feed; podcasts are RSS",
    "feed-rdf": "it is RSS 1.0; podcasts are RSS 2.0",
    "feed-opml": "it is a list of subscriptions (OPML)",
    "feed-encoding": "its bytes are not in the encoding it declares",
    "feed-damaged": "it is not well-formed",
}


def tree(data: bytes, name: str) -> tuple[Node, tuple[str, ...]]:
    """The `rss` element, and what had to be put right; CastkitError, naming the feed and the line, where it is none."""
    data = _ALSO_ITUNES.sub(ITUNES.encode(), data)
    try:
        return parsed(data), ()
    except Refused as first:
        if first.code not in ("feed-damaged", "feed-doctype"):
            raise _refused(first, name) from first
        mended, told = _mended(data)
        try:
            return parsed(mended), told
        except Refused:
            raise _refused(first, name) from first


def _mended(data: bytes) -> tuple[bytes, tuple[str, ...]]:
    told = []
    data = _CDATA.sub(lambda found: _DOCTYPE.sub(b"<! DOCTYPE", found[0]), data)  # in an article on HTML
    for what, pattern, by in (
        ("control characters, left out", _CONTROLS, b""),
        ("names of characters that only HTML has, such as &nbsp;", _NAMED, _character),
        ("a bare &, taken as itself", _BARE, b"&amp;"),
    ):
        after = pattern.sub(by, data)
        if after != data:
            told.append(what)
        data = after
    return data, tuple(told)


def _character(found: re.Match[bytes]) -> bytes:
    """In ASCII, so that it is right in whatever encoding the feed has."""
    name = found[1]
    if name in _XML:
        return found[0]
    meant = html5.get(name.decode() + ";")
    return found[0] if meant is None else "".join(f"&#{ord(one)};" for one in meant).encode()


def _refused(why: Refused, name: str) -> CastkitError:
    where = f", line {why.line}" if why.line else ""
    found = f" ({why.found})" if why.found else ""
    words = _WHY.get(why.code, "it is no RSS feed")
    hint = "name the feed itself, as podcast apps are given it; a feed that is damaged must be put right by its host"
    return CastkitError(f"{name}{where} cannot be imported: {words}{found}", hint)
