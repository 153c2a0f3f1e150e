"""The cues of the page and what a browser asks to be done with them, as JSON and as values.

Rule: whatever comes from a browser is checked here, field by field, before anything looks at it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from castkit.errors import CastkitError
from castkit.model.cue import Cue
from castkit.subtitles.merge.result import Stale

LONGEST_TEXT = 2000  # characters of a cue; ten times what any guide allows
LATEST_MS = 100 * 3_600_000  # no SRT has more than two digits of hours
LONGEST_NAME = 100  # characters of a client's, an edit's or a person's name
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")  # what other programs break lines with
_ID = re.compile(r"c[1-9]\d{0,9}")


class BadRequest(CastkitError):
    """What came from a browser is not what the page sends."""


@dataclass(frozen=True, slots=True)
class Row:
    """A cue of the page; `by` is "person" or "machine", `stale` what changed under it since it was written."""

    id: str
    cue: Cue
    by: str = "person"
    stale: Stale | None = None

    @property
    def number(self) -> int:
        return int(self.id[1:])


@dataclass(frozen=True, slots=True)
class Placed:
    """A cue as a page has it; a new one has no id."""

    id: str | None
    start_ms: int
    end_ms: int
    text: str


@dataclass(frozen=True, slots=True)
class Op:
    """One edit: these cues, as the page saw them, are taken out, and those stand instead.

    `client` and `name` together are the edit's own: what comes twice is done once.
    """

    client: str
    name: str
    remove: tuple[Placed, ...]
    put: tuple[Placed, ...]

    @property
    def key(self) -> tuple[str, str]:
        return self.client, self.name


def row_to_json(row: Row) -> dict[str, Any]:
    """A cue as the page reads it."""
    stale = {"old": row.stale.old, "new": row.stale.new} if row.stale else None
    cue = row.cue
    return {
        "id": row.id,
        "startMs": cue.start_ms,
        "endMs": cue.end_ms,
        "text": cue.text,
        "speaker": cue.speaker,
        "stale": stale,
        "by": row.by,
    }


def row_from_json(value: Mapping[str, Any]) -> Row:
    """The cue of a value made by `row_to_json`; KeyError, TypeError or ValueError where it is none."""
    stale = value["stale"]
    cue = Cue(int(value["startMs"]), int(value["endMs"]), str(value["text"]), value["speaker"])
    if not _ID.fullmatch(value["id"]):
        raise ValueError(f"{value['id']!r} is no id of a cue")
    return Row(value["id"], cue, str(value["by"]), Stale(stale["old"], stale["new"]) if stale else None)


def placed_to_json(one: Placed) -> dict[str, Any]:
    return {"id": one.id, "startMs": one.start_ms, "endMs": one.end_ms, "text": one.text}


def ops_from_json(value: Any) -> tuple[Op, ...]:
    """The edits of a request's body, in their order; BadRequest where it is none."""
    if not isinstance(value, dict) or not isinstance(value.get("ops"), list):
        raise BadRequest("no list of ops in the request", "reload the page")
    client = _name(value.get("client"), "client")
    return tuple(_op(client, one) for one in value["ops"])


def _op(client: str, value: Any) -> Op:
    if not isinstance(value, dict):
        raise BadRequest("an op is no object", "reload the page")
    remove, put = (_list(value, key) for key in ("remove", "put"))
    gone = tuple(_placed(one, needs_id=True) for one in remove)
    return Op(client, _name(value.get("op"), "op"), gone, tuple(_placed(one) for one in put))


def _list(value: Mapping[str, Any], key: str) -> list[Any]:
    found = value.get(key, [])
    if not isinstance(found, list):
        raise BadRequest(f"{key} is no list", "reload the page")
    return found


def _placed(value: Any, *, needs_id: bool = False) -> Placed:
    if not isinstance(value, dict):
        raise BadRequest("a cue is no object", "reload the page")
    own = value.get("id")
    if (own is not None or needs_id) and not (isinstance(own, str) and _ID.fullmatch(own)):
        raise BadRequest("a cue has no right id", "reload the page")
    start_ms, end_ms, text = value.get("startMs"), value.get("endMs"), value.get("text")
    if type(start_ms) is not int or type(end_ms) is not int or not isinstance(text, str):
        raise BadRequest("a cue has no times in whole milliseconds, or no text", "reload the page")
    return Placed(own, start_ms, end_ms, _BREAKS.sub("\n", text))


def _name(value: Any, what: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_NAME or not value.isprintable():
        raise BadRequest(f"{what} is no name of 1 to {LONGEST_NAME} characters", "reload the page")
    return value
