"""The kinds of files that castkit hands out, and what each of them cannot carry.

Rule: what a kind loses is said before it is used, in words for a person.
"""

from __future__ import annotations

from castkit.errors import CastkitError
from castkit.subtitles.outgoing.handout import Handout
from castkit.subtitles.outgoing.table import table_bytes
from castkit.subtitles.outgoing.texts import ass_bytes, bilingual_srt_bytes, srt_bytes, vtt_bytes
from castkit.subtitles.outgoing.xml_files import ttml_bytes, xliff_bytes

SUFFIXES = {"srt": ".srt", "xlsx": ".xlsx", "vtt": ".vtt", "ass": ".ass", "ttml": ".ttml", "xliff": ".xlf"}
_SPEAKERS = "who speaks: castkit takes it from the source again"
_STYLES = "styles, colours and places on the screen that the translator sets: they are taken out when it comes back"
_SOURCE = "the source's words: hand out SubRip with both languages, a workbook or XLIFF for those"
_UNTRANSLATED = "cues that are still to be translated: it holds only those with words"
_CANNOT = {
    "srt": (_SPEAKERS, _STYLES),
    "xlsx": (_SPEAKERS, _STYLES, "a view on the film: programs for subtitles do not open it"),
    "vtt": (_SPEAKERS, _STYLES, _SOURCE, _UNTRANSLATED, "notes and chapters in the file"),
    "ass": (
        _SPEAKERS, _STYLES, _SOURCE, _UNTRANSLATED, "thousandths of a second: its times are rounded to hundredths",
        "times of ten hours and more, and braces and backslashes in the text: these are refused",
    ),
    "ttml": (_SPEAKERS, _STYLES, _SOURCE, _UNTRANSLATED, "times of single words inside a cue: these are refused"),
    "xliff": (_SPEAKERS, _STYLES, "new times, and cues split, joined or added: translation programs change words only"),
}  # fmt: skip


def compose(kind: str, handout: Handout, *, name: str = "", is_bilingual: bool = False) -> bytes:
    """The file of this kind; `name` is the episode's, `is_bilingual` asks for SubRip with the source's lines.

    Raises CastkitError for an unknown kind, and for cues that the kind cannot hold.
    """
    if is_bilingual and kind != "srt":
        raise CastkitError(f"only SubRip is handed out with both languages in one cue, not {kind}", "leave it out")
    match kind:
        case "srt":
            return bilingual_srt_bytes(handout) if is_bilingual else srt_bytes(handout.cues)
        case "xlsx":
            return table_bytes(handout)
        case "vtt":
            return vtt_bytes(handout.cues)
        case "ass":
            return ass_bytes(handout.cues)
        case "ttml":
            return ttml_bytes(handout.cues, handout.language)
        case "xliff":
            return xliff_bytes(handout, name)
    raise CastkitError(f"{kind!r} is no kind of subtitle file", f"one of {', '.join(SUFFIXES)}")


def cannot_carry(kind: str) -> tuple[str, ...]:
    """What a file of this kind cannot carry there and back, a phrase each; CastkitError for an unknown kind."""
    if kind not in _CANNOT:
        raise CastkitError(f"{kind!r} is no kind of subtitle file", f"one of {', '.join(SUFFIXES)}")
    return _CANNOT[kind]
