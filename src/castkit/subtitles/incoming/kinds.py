"""Which kind of file came back, and its one reader.

Rule: the bytes say what a file is, not its name; what castkit has no reader for is refused by name.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from castkit.errors import CastkitError
from castkit.subtitles.incoming.ass import read_ass_text
from castkit.subtitles.incoming.encoding import decoded
from castkit.subtitles.incoming.received import Findings, Incoming, Placed, settled
from castkit.subtitles.incoming.srt_text import read_srt_text
from castkit.subtitles.incoming.table import read_table
from castkit.subtitles.incoming.ttml import read_ttml
from castkit.subtitles.incoming.vtt import read_vtt_text
from castkit.subtitles.incoming.xliff import read_xliff

KINDS = ("srt", "xlsx", "vtt", "ass", "ttml", "xliff")
LARGEST = 50_000_000  # bytes
_TEXTS: dict[str, Callable[[str, Findings], list[Placed]]] = {
    "srt": read_srt_text,
    "vtt": read_vtt_text,
    "ass": read_ass_text,
}
SUFFIXES = {
    ".srt": "srt", ".xlsx": "xlsx", ".xlsm": "xlsx", ".vtt": "vtt", ".ass": "ass", ".ssa": "ass", ".ttml": "ttml",
    ".dfxp": "ttml", ".xml": "ttml", ".itt": "ttml", ".xlf": "xliff", ".xliff": "xliff",
}  # fmt: skip
_FOREIGN = (  # how a file begins that is none of ours, what it is, and what to do
    (b"%PDF", "is a PDF", "ask for the subtitle file itself"),
    (b"\xd0\xcf\x11\xe0", "is an old Office file (.xls or .doc)", "save it as .xlsx, or as SubRip (.srt)"),
    (b"{\\rtf", "is a document in Rich Text Format", "save it as plain text in UTF-8 (.srt)"),
    (b"Rar!", "is a RAR archive", "unpack it and name the subtitle file in it"),
    (b"7z\xbc\xaf", "is a 7z archive", "unpack it and name the subtitle file in it"),
    (b"\x1f\x8b", "is a gzip archive", "unpack it and name the subtitle file in it"),
)


def read(data: bytes, name: str, *, language: str, encoding: str = "", kind: str = "") -> Incoming:
    """The cues of a file that came back, `language` being the BCP 47 tag it should be in.

    `encoding` is what a person says of a text file, `kind` one of `KINDS` where the bytes should not decide. Raises
    CastkitError (file, line, reason; remedy) for whatever cannot be read without losing or guessing.
    """
    if kind and kind not in KINDS:
        raise CastkitError(f"{kind!r} is no kind of subtitle file", f"one of {', '.join(KINDS)}")
    if len(data) > LARGEST:
        raise CastkitError(f"{name}: is larger than {LARGEST // 10**6} MB", "send the subtitles alone")
    foreign = next(((what, remedy) for start, what, remedy in _FOREIGN if data.startswith(start)), None)
    if foreign:
        raise CastkitError(f"{name}: {foreign[0]}", foreign[1])
    if not kind and data.startswith(b"PK"):
        kind = "xlsx"
    findings = Findings(name, "row" if kind == "xlsx" else "line")
    if kind == "xlsx":
        return settled(read_table(data, findings), findings, "xlsx", kind)
    if (shown := kind or _xml_kind(data)) in ("ttml", "xliff"):
        read_xml = read_ttml if shown == "ttml" else read_xliff
        _compare(shown, kind, findings)
        return settled(read_xml(data, findings, encoding=encoding), findings, encoding or "as declared", shown)
    text, found = decoded(data, findings, language=language, encoding=encoding)
    shown = kind or _text_kind(text)
    _compare(shown, kind, findings)
    return settled(_TEXTS[shown](text, findings), findings, found, shown)


def _xml_kind(data: bytes) -> str:
    """`ttml` or `xliff` by the name of the first element, in any encoding; empty where it is neither."""
    head = data[:4000].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if not head.startswith(b"<"):
        return ""
    at = {kind: head.find(start) for kind, start in (("xliff", b"xliff"), ("ttml", b"http://www.w3.org/ns/ttml"))}
    if at["ttml"] < 0 and b"<tt" in head:
        at["ttml"] = head.find(b"<tt")
    found = [kind for kind, position in at.items() if position >= 0]
    return min(found, key=lambda kind: at[kind], default="")


def _text_kind(text: str) -> str:
    head = text.lstrip("\ufeff").lstrip()
    if head.startswith("WEBVTT") and not head[6:7].isalnum():
        return "vtt"
    is_script = head[:20].lower().startswith("[script info]") or "\n[events]" in text.lower().replace("\r", "\n")
    return "ass" if is_script else "srt"


def _compare(shown: str, asked: str, findings: Findings) -> None:
    by_name = SUFFIXES.get(PurePath(findings.name).suffix.lower(), shown)
    if by_name != shown and not asked:
        findings.note(f"is named as {by_name}, but is read as the {shown} that it is")
