"""XLIFF 1.2 and 2, the form that translation programs exchange: the translations and the times in the units' names.

Rule: only files that castkit handed out come back so, since XLIFF itself knows no times; a unit without a
translation is an empty cue, never the source's words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from castkit.errors import CastkitError
from castkit.model.cue import Cue
from castkit.subtitles.incoming.markup import plain
from castkit.subtitles.incoming.received import Findings, Placed
from castkit.subtitles.incoming.xml_tree import local, parsed

_NAME = re.compile(r"cue-(\d{1,7})-(\d{1,12})-(\d{1,12})")
_REMEDY = "hand the episode out again as XLIFF, or send the translation as SubRip (.srt)"
_CODES = ("bpt", "ept", "it", "ph", "bx", "ex", "x", "sc", "ec", "cp", "sm", "em")


def unit_name(number: int, cue: Cue) -> str:
    """A unit's name, from which its times are read again (ms)."""
    return f"cue-{number}-{cue.start_ms}-{cue.end_ms}"


def read_xliff(data: bytes, findings: Findings, *, encoding: str = "") -> list[Placed]:
    """The translations in the order of the file, untranslated ones as empty cues; notes go to `findings`."""
    root = parsed(data, findings.name, encoding=encoding)
    if local(root) != "xliff":
        raise CastkitError(f"{findings.name}: is no XLIFF file: it begins with <{local(root)}>", _REMEDY)
    is_first = (root.get("version") or "1").startswith("1")
    units = list(root.iter("{*}trans-unit" if is_first else "{*}unit"))
    placed, numbers = [], set()
    for unit in units:
        line = int(unit.sourceline or 0)
        name = next((n for key in ("id", "resname", "name") if (n := _NAME.fullmatch(unit.get(key) or ""))), None)
        if name is None:
            findings.fault(line, f"the unit {unit.get('id')!r} does not say its times", _REMEDY)
            continue
        number, start, end = map(int, name.groups())
        if number in numbers:
            findings.fault(line, f"the unit of cue {number} stands there twice", "keep one of the two")
        numbers.add(number)
        text, notes = plain(_translation(unit, is_first=is_first))
        for note in notes:
            findings.note(note, line)
        if not text:
            findings.note("the unit is not translated", line)
        placed.append(Placed(Cue(start, end, text), line))
    findings.raise_faults()
    if not placed:
        raise CastkitError(f"{findings.name}: holds no units", _REMEDY)
    missing = sorted(set(range(1, max(numbers) + 1)) - numbers)
    if missing:
        findings.note(f"units of these cues are missing: {', '.join(map(str, missing[:10]))}")
    return placed


def _translation(unit: Any, *, is_first: bool) -> str:
    """The unit's own target, not one proposed beside it (alt-trans, matches); segments of version 2 in their order."""
    targets = unit.iterfind("{*}target") if is_first else unit.iterfind("{*}segment/{*}target")
    return "".join("".join(_parts(target)) for target in targets)


def _parts(element: Any) -> Iterator[str]:
    if local(element) not in _CODES:
        yield element.text or ""
        for inner in element:
            yield from _parts(inner)
            yield inner.tail or ""
