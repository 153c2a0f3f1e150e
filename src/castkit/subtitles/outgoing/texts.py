"""SubRip, WebVTT and ASS as a Windows editor opens them right: UTF-8 with a byte order mark, CRLF.

Rule: what cannot be read back as it is written is refused before it is written.
"""

from __future__ import annotations

from collections.abc import Sequence

from castkit.errors import CastkitError
from castkit.model.cue import Cue
from castkit.subtitles.files import compose_srt
from castkit.subtitles.outgoing.handout import Handout
from castkit.subtitles.transcript_files import escaped
from castkit.timecode import srt_time, vtt_time

_LATEST_ASS_MS = 10 * 3_600_000 - 10  # ASS has one digit for the hours; pysubs2 would write a wrong time


def srt_bytes(cues: Sequence[Cue]) -> bytes:
    """SubRip; cues without text are left out."""
    return _for_windows(compose_srt(_spoken(cues)))


def bilingual_srt_bytes(handout: Handout) -> bytes:
    """SubRip with the source's lines above or below each cue's own."""
    return _for_windows(compose_srt(handout.both()))


def vtt_bytes(cues: Sequence[Cue]) -> bytes:
    """WebVTT without settings; cues without text are left out."""
    blocks = [f"{vtt_time(c.start_ms)} --> {vtt_time(c.end_ms)}\n{escaped(c.text)}" for c in _spoken(cues)]
    return _for_windows("\n\n".join(["WEBVTT", *blocks]) + "\n")


def ass_bytes(cues: Sequence[Cue]) -> bytes:
    """ASS in one plain style; times are rounded to hundredths of a second, as the format has no more.

    Raises CastkitError for a time of ten hours or more, and for text that ASS would take for commands.
    """
    import pysubs2  # noqa: PLC0415

    script = pysubs2.SSAFile()
    for cue in _spoken(cues):
        if cue.end_ms > _LATEST_ASS_MS:
            raise CastkitError("ASS has no times of ten hours and more", "hand the episode out as SubRip (.srt)")
        if "{" in cue.text or "\\" in cue.text:
            reason = f"the cue at {srt_time(cue.start_ms)} holds a brace or a backslash, which ASS takes for commands"
            raise CastkitError(reason, "hand the episode out as SubRip (.srt)")
        text = cue.text.replace("\n", "\\N").replace("\u00a0", "\\h")
        script.append(pysubs2.SSAEvent(start=cue.start_ms, end=cue.end_ms, text=text))
    return _for_windows(script.to_string("ass", header_notice="handed out by castkit"))


def _spoken(cues: Sequence[Cue]) -> tuple[Cue, ...]:
    lines = ((cue, "\n".join(line for line in cue.text.split("\n") if line.strip())) for cue in cues)
    return tuple(Cue(cue.start_ms, cue.end_ms, text) for cue, text in lines if text)


def _for_windows(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode("utf-8-sig")
