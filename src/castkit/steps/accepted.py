"""The subtitles a person accepted, on the clock of today's master, however the episode was cut since.

Rule: no step writes an accepted file; beside it stands on which edit of the recordings its times were made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from castkit.atomic import write_bytes
from castkit.errors import CastkitError
from castkit.model.cue import Cue, CueException, CueTrack, Origin
from castkit.model.timeline import Piece, Timeline, rebased
from castkit.steps.context import EpisodeContext
from castkit.steps.files import json_text, load_as, load_programme
from castkit.steps.limits import limits
from castkit.subtitles.files import read_srt
from castkit.subtitles.profile import breaches

SHORTEST_MS = 200  # what an edit left of a cue is dropped when it is shorter: nobody can read it


@dataclass(frozen=True, slots=True)
class Accepted:
    """The cues as they lie in today's master, and those of the file (with their number there) that were cut out."""

    cues: tuple[Cue, ...]
    removed: tuple[tuple[int, Cue], ...] = ()


def reads(context: EpisodeContext, languages: Iterable[str]) -> Iterator[Path]:
    """The files that `accepted_cues` looks at."""
    yield from (context.paths.accepted(language) for language in languages)
    yield from (context.paths.clocks, context.paths.programme)


def accepted_cues(context: EpisodeContext, language: str) -> Accepted:
    """The accepted cues of a language; CastkitError where the file is no SRT."""
    path = context.paths.accepted(language)
    cues, today = read_srt(path), load_programme(context).timeline
    made_on = _records(context).get(language, {}).get(_digest(path))
    if made_on is None or made_on == today:
        return Accepted(cues)
    kept, gone = [], []
    for index, cue in enumerate(cues, 1):
        at = rebased(cue.start_ms, cue.end_ms, made_on, today)
        if at and at[1] - at[0] >= min(SHORTEST_MS, cue.duration_ms):
            kept.append(replace(cue, start_ms=at[0], end_ms=at[1]))
        else:
            gone.append((index, cue))
    return Accepted(tuple(kept), tuple(gone))


def accepted_track(context: EpisodeContext, language: str) -> tuple[CueTrack, tuple[str, ...]]:
    """The accepted cues as a track, what breaks a limit listed; and what to tell people of the cues cut out."""
    found = accepted_cues(context, language)
    listed = tuple(
        CueException(one.index, one.cue.start_ms, one.rule, one.found, "accepted as it is")
        for one in breaches(found.cues, limits(context.show, language))
    )
    return CueTrack(language, Origin.ACCEPTED, found.cues, listed), tuple(_notes(language, found))


def _notes(language: str, found: Accepted) -> Iterator[str]:
    if found.removed:
        numbers = ", ".join(str(index) for index, _ in found.removed)
        which = f"cue {numbers}" if len(found.removed) == 1 else f"cues {numbers}"
        yield f"{language}: {which} of the accepted file lie in what was cut since, and are left out; it keeps them"


def remember_clocks(context: EpisodeContext) -> None:
    """Writes down, for accepted files not seen before, on which edit they were made: that of the last build.

    A translator works with what the last build gave; so this comes before a run, and once more after the first one.
    """
    paths = context.paths
    known = _records(context)
    files = {path: path.name.removeprefix(f"{context.slug}.").removesuffix(".srt") for path in _accepted(context)}
    new = {path: language for path, language in files.items() if _digest(path) not in known.get(language, {})}
    if not new or not paths.programme.is_file():
        return
    try:
        timeline = load_programme(context).timeline
    except CastkitError:  # of an older castkit, or damaged; the run makes it anew
        return
    for path, language in new.items():
        before = next(iter(known.get(language, {}).values()), timeline)
        is_old = before != timeline and _fits(before, timeline, path, paths.srt(language))
        known[language] = {_digest(path): before if is_old else timeline}  # of one file there is one edit: the last
    write_bytes(paths.clocks, json_text(_to_json(known)).encode())


def clock_of(context: EpisodeContext, language: str) -> Timeline | None:
    """The edit that the accepted file of a language was made on; None where that is not written down."""
    return _records(context).get(language, {}).get(_digest(context.paths.accepted(language)))


def write_accepted(context: EpisodeContext, language: str, data: bytes, clock: Timeline) -> None:
    """Puts an SRT in the place of the accepted file, made on this edit; the caller holds the episode's lock.

    The clock is written first, beside that of the file that lies there still: killed in between, either is right.
    """
    path, known = context.paths.accepted(language), _records(context)
    lying = _digest(path) if path.is_file() else ""
    before = {digest: made_on for digest, made_on in known.get(language, {}).items() if digest == lying}
    known[language] = {sha256(data).hexdigest(): clock}
    both = {**known, language: {**before, **known[language]}}
    write_bytes(context.paths.clocks, json_text(_to_json(both)).encode())
    write_bytes(path, data)
    write_bytes(context.paths.clocks, json_text(_to_json(known)).encode())


def _fits(before: Timeline, today: Timeline, path: Path, built: Path) -> bool:
    """Whether a changed file is the one accepted before with a correction in it, and not one made after the new edit.

    Told by the times it shares with what the last build made of the old one.
    """
    try:
        cues, shown = read_srt(path), {(cue.start_ms, cue.end_ms) for cue in read_srt(built)}
    except CastkitError:
        return False
    as_they_are = {(cue.start_ms, cue.end_ms) for cue in cues}
    moved = {rebased(cue.start_ms, cue.end_ms, before, today) for cue in cues}
    return len(moved & shown) > len(as_they_are & shown)


def _accepted(context: EpisodeContext) -> Iterator[Path]:
    yield from sorted(context.paths.accepted("x").parent.glob(f"{context.slug}.*.srt"))


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


_Records = dict[str, dict[str, Timeline]]  # language, digest of the file: the edit


def _records(context: EpisodeContext) -> _Records:
    path = context.paths.clocks
    return load_as(path, _from_json) if path.is_file() else {}


def _from_json(value: Any) -> _Records:
    return {
        language: {
            each["sha256"]: Timeline(tuple(Piece(*piece) for piece in each["pieces"]))
            for each in (one, *one.get("beside", ()))
        }
        for language, one in value["files"].items()
    }


def _to_json(records: _Records) -> dict[str, Any]:
    files = {language: _listed(found) for language, found in records.items() if found}
    note = "on which edit of the recordings each file was made; castkit moves its cues when the edit changes"
    return {"version": 1, "note": note, "files": files}


def _listed(found: dict[str, Timeline]) -> dict[str, Any]:
    """The digest and edit of a file; while another is being put in its place, those of both."""
    first, *beside = (
        {"sha256": digest, "pieces": [[p.start_ms, p.end_ms, p.at_ms] for p in timeline.pieces]}
        for digest, timeline in found.items()
    )
    return first | ({"beside": beside} if beside else {})
