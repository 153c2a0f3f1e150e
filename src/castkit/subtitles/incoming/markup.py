"""Markup of subtitle editors, taken out of the text of a cue.

Rule: only what is known to be markup goes, and never a word with it; `a < b` and `<3` are text.
"""

from __future__ import annotations

import html
import re

_OPEN, _SHUT = "[<＜]\\s*", "\\s*[>＞]"
_NAMES = "b|i|u|s|em|strong|font|span|ruby|rt|rp|p|div"
_VALUE = r"(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s<>＜＞]+)"
_BREAK = re.compile(rf"{_OPEN}br\s*/?{_SHUT}\n?", re.IGNORECASE)
_TAG = re.compile(
    rf"{_OPEN}(?:[/／]\s*(?:{_NAMES})|(?:{_NAMES})(?:\s+[\w-]+\s*=\s*{_VALUE})*\s*/?){_SHUT}", re.IGNORECASE
)
_OVERRIDE = re.compile(r"\{\\[^{}\n]*\}")
# WebVTT (https://www.w3.org/TR/webvtt1/#webvtt-cue-text-span); a voice's name is no word of the cue.
_VTT_TAG = re.compile(r"</?(?:c|i|b|u|ruby|rt|v|lang)(?:\.[^\s<>&]*)*(?:[ \t][^<>\n]*)?>|<\d[\d:.]*>|</>")
_OTHER_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f]")

Note = tuple[str, ...]


def plain(text: str) -> tuple[str, Note]:
    """A cue's text of SubRip without tags and positions, its lines by newline; and what to note about it."""
    if text.isascii() and text.isprintable() and "<" not in text and "{" not in text:
        return text, ()
    notes = []
    shown = _OTHER_BREAKS.sub("\n", text)
    if shown != text:
        notes.append("an unusual sign for a new line stands in the text; read as a new line")
    seen = _UNSEEN.sub("", shown)
    if seen != shown:
        notes.append("control characters that nobody sees are taken out")
    bare = _TAG.sub("", _OVERRIDE.sub("", _BREAK.sub("\n", seen)))
    if bare != seen:
        notes.append("markup such as <i> or {\\an8} is taken out; the words are kept")
    if "\ufffd" in bare:
        notes.append("� stands where another program has lost a letter")
    return _lines(bare), tuple(notes)


def plain_vtt(text: str) -> tuple[str, Note]:
    """A cue's text of WebVTT without tags, its character references resolved; and what to note about it."""
    bare = _VTT_TAG.sub("", text)
    shown, notes = plain(html.unescape(bare) if "&" in bare else bare)
    tags = ("markup such as <i> or <v …> is taken out; the words are kept",) if bare != text else ()
    return shown, (*tags, *notes)


def _lines(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if line.strip())
