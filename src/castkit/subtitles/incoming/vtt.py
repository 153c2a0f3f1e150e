"""WebVTT: the words and times of its cues; what it says beside them is left out and named.

Rule: every time line is a cue, and every line of text belongs to one; a lenient reader of our own, since webvtt-py
skips what it does not understand without a word (96 of 788 cues of one public file).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from castkit.errors import CastkitError
from castkit.model.cue import Cue
from castkit.subtitles.incoming.counting import agree, count_time_lines
from castkit.subtitles.incoming.markup import plain_vtt
from castkit.subtitles.incoming.received import Findings, Placed
from castkit.subtitles.incoming.srt_text import LINE_END, without_marks
from castkit.subtitles.incoming.times import FORM, Times, read_times

_ASIDE = ("NOTE", "STYLE", "REGION")
_HEADING = "the heading, notes and styles of the file are left out"

Block = list[tuple[int, str]]  # lines with their numbers, from 1


def read_vtt_text(text: str, findings: Findings) -> list[Placed]:
    """The cues in the order of the file, empty ones too; notes and faults go to `findings`.

    Raises CastkitError where its time lines, counted apart, are not as many as its cues.
    """
    text = without_marks(text, findings)
    placed: list[Placed] = []
    for block in _blocks(LINE_END.split(text)):
        _read_block(block, placed, findings)
    findings.raise_faults()
    if not placed:
        raise CastkitError(f"{findings.name}: holds no cues", "export the subtitles again as WebVTT or SubRip")
    agree(len(placed), count_time_lines(text), findings.name)
    return placed


def _blocks(lines: Sequence[str]) -> Iterator[Block]:
    block: Block = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            block.append((number, line))
        elif block:
            yield block
            block = []
    if block:
        yield block


def _read_block(block: Block, placed: list[Placed], findings: Findings) -> None:
    times: list[tuple[int, Times]] = []
    for at, (number, line) in enumerate(block):
        found = read_times(line)
        if isinstance(found, Times):
            times.append((at, found))
        elif found or "-->" in line:
            reason = found.reason if found else f"cannot read the times {line.strip()[:60]!r}"
            findings.fault(number, reason, FORM.replace(",", "."))
            return
    first = block[0][1].lstrip()
    if not times:
        _read_aside(block, placed, findings)
    elif times[0][0] > 1 or (times[0][0] == 1 and first.startswith(_ASIDE)):
        reason = f"{first.strip()[:60]!r} stands where only a cue's name may be"
        findings.fault(block[0][0], reason, "put a blank line before each cue")
    else:
        _read_cues(block, times, placed, findings)


def _read_aside(block: Block, placed: list[Placed], findings: Findings) -> None:
    number, first = block[0][0], block[0][1].strip()
    if first.startswith(("WEBVTT", *_ASIDE)):
        if len(block) > 1 or first != "WEBVTT":
            findings.note(_HEADING, number)
    elif placed:
        _continue(block, placed, findings)
    else:
        findings.fault(number, f"text before the first times: {first[:60]!r}", "remove it, or give it times")


def _read_cues(block: Block, times: Sequence[tuple[int, Times]], placed: list[Placed], findings: Findings) -> None:
    for (at, found), end in zip(times, [*(at for at, _ in times[1:]), len(block)], strict=True):
        for note in found.notes:
            if not note.startswith("hours"):  # WebVTT may leave them out
                findings.note(note, block[at][0])
        body = block[at + 1 : end]
        if end < len(block):
            _check_no_name(body, findings)
        placed.append(Placed(Cue(found.start_ms, found.end_ms, _text(body, findings)), block[at][0]))


def _check_no_name(body: Block, findings: Findings) -> None:
    """Refuses a number above the times of a cue that follows without a blank line; it may be text or the cue's name."""
    if body and body[-1][1].strip().isdecimal():
        reason = f"is {body[-1][1].strip()} the name of the next cue, or the end of the text above it?"
        findings.fault(body[-1][0], reason, "put a blank line before each cue")


def _continue(block: Block, placed: list[Placed], findings: Findings) -> None:
    """A paragraph without times: the rest of a cue with a blank line in it, which players would leave out."""
    findings.note("a blank line stands inside a cue; the text below it is kept", block[0][0])
    before = placed[-1]
    text = _text(block, findings)
    joined = "\n".join(part for part in (before.cue.text, text) if part)
    placed[-1] = Placed(Cue(before.cue.start_ms, before.cue.end_ms, joined), before.place)


def _text(body: Block, findings: Findings) -> str:
    text, notes = plain_vtt("\n".join(line for _, line in body))
    for note in notes:
        findings.note(note, body[0][0])
    return text
