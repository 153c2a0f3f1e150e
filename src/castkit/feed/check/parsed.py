"""A feed's bytes as a tree: without entities, without a document type, without the network, within 50 MB.

Rule: what is refused is refused by name: `Refused` says which of the ways a file can be no feed it is.
"""

from __future__ import annotations

import re
from typing import Any

from castkit.feed.check.node import Node

LARGEST = 50_000_000  # bytes; 5,000 episodes with notes in full have a third of it

_START = re.compile(rb"^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*")
_ELEMENT = re.compile(rb"<\x00?[A-Za-z_]")
_DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))


class Refused(Exception):
    """The file is no feed that can be checked: the rule's code, what was found, the line or 0."""

    def __init__(self, code: str, found: str = "", line: int = 0) -> None:
        super().__init__(code, found, line)
        self.code = code
        self.found = found
        self.line = line


def parsed(data: bytes) -> Node:
    """The `rss` element. Raises Refused."""
    from lxml import etree  # noqa: PLC0415

    _refuse_what_is_no_xml(data)
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        code = "feed-encoding" if _is_of_encoding(error) else "feed-damaged"
        raise Refused(code, str(error.msg), error.lineno or 0) from error
    except (etree.LxmlError, LookupError, ValueError) as error:
        raise Refused("feed-damaged", str(error)) from error
    if root is None:
        raise Refused("feed-damaged", "no element in it")
    docinfo: Any = root.getroottree().docinfo
    if docinfo.doctype:
        raise Refused("feed-doctype")
    return _rss(root)


def encoding_of(node: Node) -> str:
    """The encoding that the document declares or has, in capitals."""
    info: Any = node.element.getroottree().docinfo
    return str(info.encoding or "UTF-8").upper()


def _refuse_what_is_no_xml(data: bytes) -> None:
    if len(data) > LARGEST:
        raise Refused("feed-large", f"{len(data) / 1e6:.0f} MB")
    start = data[_START.match(data).end() :][:1024]  # type: ignore[union-attr]
    if not start:
        raise Refused("feed-empty")
    if data[:2] == b"\x1f\x8b" or data[:4] in (b"PK\x03\x04", b"\x28\xb5\x2f\xfd"):
        raise Refused("feed-compressed")
    if re.match(rb"(?:<\?xml[^>]*>\s*)?(?:<!doctype\s+html|<html\b)", start, re.IGNORECASE):
        raise Refused("feed-html")
    if start[:1] in b"{[":
        raise Refused("feed-json")
    if b"<" not in data[:4096]:
        raise Refused("feed-not-xml")
    first = _ELEMENT.search(data)
    prologue = data[: first.start()] if first else data
    if any(doctype in prologue for doctype in _DOCTYPES):  # elsewhere it is text; the parser has the last word
        raise Refused("feed-doctype")


def _is_of_encoding(error: Any) -> bool:
    """libxml2's errors 31, 32 and 81: an unknown encoding, one that is not supported, bytes that are not in it."""
    text = str(error.msg).lower()
    return error.code in (31, 32, 81) or "encoding" in text or "not proper utf-8" in text or "invalid bytes" in text


def _rss(root: Any) -> Node:
    node = Node(root)
    local = str(root.tag).rpartition("}")[2].lower()
    if node.name == "rss":
        return node
    codes = {"feed": "feed-atom", "rdf": "feed-rdf", "html": "feed-html", "opml": "feed-opml"}
    raise Refused(codes.get(local, "feed-not-rss"), f"its first element is {local}", node.line)
