"""TTML and XLIFF: XML in UTF-8, the same bytes for the same cues.

Rule: characters that XML cannot hold are refused, not dropped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from castkit.errors import CastkitError
from castkit.model.cue import Cue
from castkit.subtitles.incoming.xliff import unit_name
from castkit.subtitles.outgoing.handout import Handout
from castkit.timecode import srt_time, vtt_time

_NOT_XML = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TT = "http://www.w3.org/ns/ttml"
_XLIFF = "urn:oasis:names:tc:xliff:document:1.2"
_XML = "{http://www.w3.org/XML/1998/namespace}"


def ttml_bytes(cues: Sequence[Cue], language: str) -> bytes:
    """TTML 1 in the forms that all its profiles share; cues without text are left out."""
    from lxml import etree  # noqa: PLC0415

    root = etree.Element(f"{{{_TT}}}tt", nsmap=_names(_TT))
    root.set(f"{_XML}lang", language)
    etree.SubElement(root, f"{{{_TT}}}head")
    division = etree.SubElement(etree.SubElement(root, f"{{{_TT}}}body"), f"{{{_TT}}}div")
    for cue in cues:
        lines = [line for line in cue.text.split("\n") if line.strip()]
        if not lines:
            continue
        paragraph = etree.SubElement(division, f"{{{_TT}}}p", begin=vtt_time(cue.start_ms), end=vtt_time(cue.end_ms))
        paragraph.set(f"{_XML}space", "preserve")
        paragraph.text = _clean(lines[0], cue)
        for line in lines[1:]:
            etree.SubElement(paragraph, f"{{{_TT}}}br").tail = _clean(line, cue)
    return _document(etree, root)


def xliff_bytes(handout: Handout, name: str) -> bytes:
    """XLIFF 1.2, a unit for each cue with its times in its name and, for people, in a note; `name` is the episode's."""
    from lxml import etree  # noqa: PLC0415

    root = etree.Element(f"{{{_XLIFF}}}xliff", nsmap=_names(_XLIFF), version="1.2")
    head = {"source-language": handout.source_language, "target-language": handout.language, "datatype": "plaintext"}
    body = etree.SubElement(
        etree.SubElement(root, f"{{{_XLIFF}}}file", attrib={"original": name, **head}), f"{{{_XLIFF}}}body"
    )
    for number, (cue, source) in enumerate(zip(handout.cues, handout.sources, strict=True), 1):
        named = unit_name(number, cue)
        unit = etree.SubElement(body, f"{{{_XLIFF}}}trans-unit", id=named, resname=named)
        unit.set(f"{_XML}space", "preserve")
        etree.SubElement(unit, f"{{{_XLIFF}}}source").text = _clean(source, cue)
        target = etree.SubElement(unit, f"{{{_XLIFF}}}target")
        target.set("state", "needs-review-translation" if cue.text else "needs-translation")
        target.text = _clean(cue.text, cue)
        etree.SubElement(unit, f"{{{_XLIFF}}}note").text = f"{srt_time(cue.start_ms)} --> {srt_time(cue.end_ms)}"
    return _document(etree, root)


def _names(space: str) -> Any:
    return {None: space}  # the stubs know no namespace without a prefix


def _clean(text: str, cue: Cue) -> str:
    if found := _NOT_XML.search(text):
        reason = f"the cue at {srt_time(cue.start_ms)} holds the character {found[0]!r}, which XML cannot hold"
        raise CastkitError(reason, "take it out, or hand the episode out as SubRip (.srt)")
    return text


def _document(etree: Any, root: Any) -> bytes:
    document: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return document
