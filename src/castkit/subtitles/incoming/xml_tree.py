"""XML from outside, parsed without entities, without a DTD and without the network.

Rule: a document that declares a type is refused; none of the forms that castkit reads needs one.
"""

from __future__ import annotations

from typing import Any

from castkit.errors import CastkitError

LARGEST = 50_000_000  # bytes; ten hours of subtitles are under two


def parsed(data: bytes, name: str, *, encoding: str = "") -> Any:
    """The root element; its `sourceline` counts lines from 1. `encoding` is what a person said, else XML's own rule.

    Raises CastkitError where the document is damaged, too large or declares a type.
    """
    from lxml import etree  # noqa: PLC0415

    if len(data) > LARGEST:
        raise CastkitError(f"{name}: is larger than {LARGEST // 10**6} MB", "send the subtitles alone")
    try:
        parser = etree.XMLParser(
            resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True,
            remove_pis=True, encoding=encoding or None,
        )  # fmt: skip
        root = etree.fromstring(data, parser)
    except (etree.LxmlError, LookupError, ValueError) as error:
        raise CastkitError(f"{name}: is damaged: {error}", "export it again from the program it comes from") from error
    docinfo: Any = None if root is None else root.getroottree().docinfo
    if docinfo is None or docinfo.doctype:
        raise CastkitError(f"{name}: declares a document type, which castkit does not read", "export it without one")
    return root


def local(element: Any) -> str:
    """An element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]
