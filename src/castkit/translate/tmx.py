"""Translation memories in TMX 1.4, the form that translators' programs exchange.

Rule: of a file from outside only the texts are read: entities are refused, nothing is fetched, codes are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from castkit import __version__
from castkit.errors import CastkitError
from castkit.model.language import canonical, is_chinese, is_traditional, same_language
from castkit.translate.memory import Pair

LARGEST = 500_000_000  # bytes
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Inline elements that hold another program's codes; what `hi` marks is text.
_CODES = ("bpt", "ept", "it", "ph", "ut", "sub")
_ORIGIN = "x-origin"


def to_tmx(pairs: Iterable[Pair], source: str, target: str) -> bytes:
    """A TMX 1.4 document of the pairs, `source` and `target` being BCP 47 tags; the same pairs give the same bytes."""
    from lxml import etree  # noqa: PLC0415

    root = etree.Element("tmx", version="1.4")
    etree.SubElement(
        root, "header", creationtool="castkit", creationtoolversion=__version__, segtype="sentence",
        attrib={"o-tmf": "castkit"}, adminlang="en", srclang=source, datatype="plaintext",
    )  # fmt: skip
    body = etree.SubElement(root, "body")
    for pair in pairs:
        unit = etree.SubElement(body, "tu")
        etree.SubElement(unit, "prop", type=_ORIGIN).text = _NOT_XML.sub("", pair.origin)
        for language, text in ((source, pair.source), (target, pair.target)):
            variant = etree.SubElement(unit, "tuv")
            variant.set(_LANG, language)
            etree.SubElement(variant, "seg").text = _NOT_XML.sub("", text)
    document: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return document


def from_tmx(path: Path, source: str, target: str) -> tuple[Pair, ...]:
    """The pairs of a TMX file from one BCP 47 tag to the other; Chinese only in the script asked for.

    A pair's origin is what the file says of it, else the file's name and the unit's number. Raises CastkitError where
    the file is no TMX, is damaged, too large, or declares entities.
    """
    from lxml import etree  # noqa: PLC0415

    try:
        if path.stat().st_size > LARGEST:
            raise CastkitError(
                f"{path} is larger than {LARGEST // 10**6} MB",
                "export only the show's languages from the translator's program",
            )
        with path.open("rb") as file:
            return tuple(_pairs(etree, file, path, (source, target)))
    except OSError as error:
        raise CastkitError(f"cannot read {path}: {error.strerror or error}", "check the file's permissions") from error
    except etree.XMLSyntaxError as error:
        raise CastkitError(f"{path} is no TMX file: {error}", "export it again as TMX 1.4") from error


def _pairs(etree: Any, file: Any, path: Path, languages: tuple[str, str]) -> Iterator[Pair]:
    events = etree.iterparse(
        file, events=("start", "end"), resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    number = 0
    for event, element in events:
        if event == "start":
            if element.getparent() is None:
                _check(element, path)
            continue
        if element.tag != "tu":
            continue
        number += 1
        texts = [_text(element, language) for language in languages]
        if all(texts):
            yield Pair(texts[0], texts[1], _origin(element, path, number))
        element.clear()
        while element.getprevious() is not None:  # memory flat in the file's length
            del element.getparent()[0]


def _check(root: Any, path: Path) -> None:
    if root.tag != "tmx":
        raise CastkitError(f"{path} is no TMX file: it begins with <{root.tag}>", "export it again as TMX 1.4")
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and next(declared.iterentities(), None) is not None:
        raise CastkitError(f"{path} declares entities, which castkit does not read", "export it again as TMX 1.4")


def _text(unit: Any, language: str) -> str:
    """The unit's text in a language; the first where it has several, empty where it has none."""
    for variant in unit.iterfind("tuv"):
        tag = variant.get(_LANG) or variant.get("lang") or ""
        segment = variant.find("seg")
        if segment is not None and _is_language(tag, language):
            return " ".join("".join(_parts(segment)).split())
    return ""


def _is_language(tag: str, wanted: str) -> bool:
    usual = canonical(tag.replace("_", "-")) or tag
    if is_chinese(wanted):
        return is_chinese(usual) and is_traditional(usual) == is_traditional(wanted)
    return same_language(usual, wanted)


def _parts(element: Any) -> Iterator[str]:
    """The text of a segment without other programs' codes."""
    if element.tag not in _CODES:
        yield element.text or ""
        for inner in element:
            yield from _parts(inner)
            yield inner.tail or ""


def _origin(unit: Any, path: Path, number: int) -> str:
    said = next((prop.text for prop in unit.iterfind("prop") if prop.get("type") == _ORIGIN and prop.text), "")
    return f"{said} ({path.name})" if said else f"{path.name}, unit {number}"
