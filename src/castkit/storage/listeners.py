"""A file just published as listeners get it: asked for at its public address, as a podcast app asks.

Rule: what listeners would not get is a problem, and stops; what only some of their apps will not like is a remark.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from castkit.model.media_types import bare
from castkit.model.published import StoredFile
from castkit.storage.web import Got, Unreachable, Web

_WITHIN_S = 20.0
_WAITS_S = (1.0, 3.0)  # a delivery network may know of a new object a little later than the store
_NO_HEAD = frozenset({405, 501})


class NoAnswer(Exception):
    """Nobody answers at this address from here."""


@dataclass(frozen=True, slots=True)
class Seen:
    """How listeners get a file: `problem` where they do not, `remarks` on what some of their apps will not like."""

    file: StoredFile
    problem: str = ""
    remarks: tuple[str, ...] = ()


def look(file: StoredFile) -> Seen:
    """What the public address gives for this file, asked again a little later where it is not there; NoAnswer."""
    web = Web(_WITHIN_S)
    seen = _look(web, file)
    for wait in _WAITS_S:
        if not seen.problem:
            break
        time.sleep(wait)
        seen = _look(web, file)
    return seen


def _look(web: Web, file: StoredFile) -> Seen:
    try:
        head = web.head(file.url)
        part = web.part(file.url, 0, 0) if file.length else head
    except Unreachable as error:
        if error.is_certificate:
            return Seen(file, error.why)
        raise NoAnswer from error
    told = part if head.status in _NO_HEAD else head
    problem = next(_problems(file, told, part), "")
    return Seen(file, problem, () if problem else tuple(_remarks(file, told, part)))


def _problems(file: StoredFile, told: Got, part: Got) -> Iterator[str]:
    for answer in (told, part):
        if answer.status not in (200, 206):
            yield f"it answers {answer.status}"
    whole = part.headers.get("content-range", "").rpartition("/")[2]
    length = whole if part.status == 206 and whole.isdigit() else told.headers.get("content-length", "")
    if length.isdigit() and int(length) != file.length and "content-encoding" not in told.headers:
        yield f"it gives {length} bytes instead of {file.length}"


def _remarks(file: StoredFile, told: Got, part: Got) -> Iterator[str]:
    if file.length and part.status != 206:
        yield "gives no byte ranges, without which players cannot seek"
    kind = told.headers.get("content-type", "")
    if bare(kind) != bare(file.type):
        yield f"gives the type {kind or 'of nothing'} instead of {file.type}"
    if told.headers.get("content-disposition", "").lower().startswith("attachment"):
        yield "answers with Content-Disposition: attachment, so that browsers save the file instead of showing it"
    if "content-encoding" in told.headers and bare(file.type).startswith(("audio/", "video/")):
        yield "compresses media (Content-Encoding), which breaks seeking"
