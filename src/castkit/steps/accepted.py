"""The subtitles a person accepted, on the clock of today's master, however the episode was cut since.

Rule: no step writes an accepted file; beside it stands on which edit of the recordings its times were made, and from
which source its words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from castkit.atomic import write_bytes
from castkit.errors import CastkitError, by_newer
from castkit.model.cue import Cue, CueException, CueTrack, Origin
from castkit.model.timeline import Piece, Timeline
from castkit.steps.context import EpisodeContext
from castkit.steps.files import json_text, load_as, load_programme
from castkit.steps.limits import limits
from castkit.subtitles.files import read_srt
from castkit.subtitles.merge.result import moved, recut
from castkit.subtitles.profile import breaches
from castkit.workspace import inside

_VERSION = 1  # of clocks.json, the highest that this castkit reads


@dataclass(frozen=True, slots=True)
class Accepted:
    """The cues as they lie in today's master, and those of the file (with their number there) that were cut out."""

    cues: tuple[Cue, ...]
    removed: tuple[tuple[int, Cue], ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """The edit that an accepted file was made on; the sha256 of its source's cues, empty where unknown, and theirs."""

    clock: Timeline
    source: str = ""
    source_clock: Timeline | None = None


def reads(context: EpisodeContext, languages: Iterable[str]) -> Iterator[Path]:
    """The files that `accepted_cues` looks at; of the clocks' file only some lines count, which `settings` has."""
    yield from (context.paths.accepted(language) for language in languages)
    yield context.paths.programme


def settings(context: EpisodeContext, languages: Iterable[str]) -> dict[str, list[list[int]]]:
    """The edit of each accepted file that was made on another than today's; none where nothing is built yet."""
    if not context.paths.programme.is_file():
        return {}
    today = load_programme(context).timeline
    made = {language: made_of(context, language) for language in languages}
    return {language: _pieces(one.clock) for language, one in made.items() if one and one.clock != today}


def accepted_cues(context: EpisodeContext, language: str) -> Accepted:
    """The accepted cues of a language; CastkitError where the file is no SRT."""
    path = inside(context.paths.accepted(language), context.workspace.root)
    cues, today = read_srt(path), load_programme(context).timeline
    made = _records(context).get(language, {}).get(_digest(path))
    if made is None or made.clock == today:
        return Accepted(cues)
    clock = recut(made.clock, today)
    kept, gone = [], []
    for index, cue in enumerate(cues, 1):
        if at := moved(cue, clock):
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


def remember_clocks(
    context: EpisodeContext, source_of: Callable[[str], tuple[str, Timeline] | None] = lambda _: None
) -> None:
    """Writes down, for accepted files not seen before, on which edit they were made: that of the last build.

    A translator works with what the last build gave; so this comes before a run, and once more after the first one.
    `source_of` gives the sha256 and edit of the source of a language's last build; a correction of a file that was
    there before does not say that every cue was read again, and keeps its source.
    """
    paths = context.paths
    known = _records(context)
    files = {path: path.name.removeprefix(f"{context.slug}.").removesuffix(".srt") for path in _accepted(context)}
    new = {path: language for path, language in files.items() if _digest(path) not in known.get(language, {})}
    if not new or not paths.programme.is_file():
        return
    try:
        today = load_programme(context).timeline
    except CastkitError:  # of an older castkit, or damaged; the run makes it anew
        return
    for path, language in new.items():
        before = next(iter(known.get(language, {}).values()), None)
        is_old = before and before.clock != today and _fits(before.clock, today, path, paths.srt(language))
        clock = before.clock if before and is_old else today
        source = (before.source, before.source_clock) if before and before.source else source_of(language)
        known[language] = {_digest(path): Made(clock, *source or ())}  # of one file there is one edit: the last
    write_bytes(paths.clocks, json_text(_to_json(known)).encode())


def made_of(context: EpisodeContext, language: str) -> Made | None:
    """What the accepted file of a language was made on and from; None where that is not written down."""
    path = context.paths.accepted(language)
    return _records(context).get(language, {}).get(_digest(path)) if path.is_file() else None


def write_accepted(context: EpisodeContext, language: str, data: bytes, clock: Timeline) -> None:
    """Puts an SRT in the place of the accepted file, made on this edit; the caller holds the episode's lock.

    The clock is written first, beside that of the file that lies there still: killed in between, either is right.
    From which source it was made is the history's to say.
    """
    path, known = context.paths.accepted(language), _records(context)
    lying = _digest(path) if path.is_file() else ""
    before = {digest: made for digest, made in known.get(language, {}).items() if digest == lying}
    known[language] = {sha256(data).hexdigest(): Made(clock)}
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
    clock = recut(before, today)
    as_they_are = {(cue.start_ms, cue.end_ms) for cue in cues}
    then = {moved(cue, clock) for cue in cues}
    return len(then & shown) > len(as_they_are & shown)


def _accepted(context: EpisodeContext) -> Iterator[Path]:
    yield from sorted(context.paths.accepted("x").parent.glob(f"{context.slug}.*.srt"))


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


_Records = dict[str, dict[str, Made]]  # language, digest of the file: what it was made of


def _records(context: EpisodeContext) -> _Records:
    path = context.paths.clocks
    return load_as(path, _from_json) if path.is_file() else {}


def _from_json(value: Any) -> _Records:
    if value["version"] > _VERSION:
        raise by_newer("subtitles/clocks.json")
    return {
        language: {each["sha256"]: _made(each) for each in (one, *one.get("beside", ()))}
        for language, one in value["files"].items()
    }


def _made(value: Any) -> Made:
    on = value.get("source_pieces")
    return Made(_timeline(value["pieces"]), str(value.get("source", "")), _timeline(on) if on else None)


def _timeline(pieces: Any) -> Timeline:
    return Timeline(tuple(Piece(*piece) for piece in pieces))


def _to_json(records: _Records) -> dict[str, Any]:
    files = {language: _listed(found) for language, found in records.items() if found}
    note = "on which edit of the recordings each file was made; castkit moves its cues when the edit changes"
    return {"version": _VERSION, "note": note, "files": files}


def _listed(found: dict[str, Made]) -> dict[str, Any]:
    """What a file was made of; while another is being put in its place, that of both."""
    first, *beside = ({"sha256": digest} | _described(made) for digest, made in found.items())
    return first | ({"beside": beside} if beside else {})


def _described(made: Made) -> dict[str, Any]:
    source = {"source": made.source, "source_pieces": _pieces(made.source_clock)} if made.source else {}
    return {"pieces": _pieces(made.clock)} | source


def _pieces(timeline: Timeline | None) -> list[list[int]]:
    return [[one.start_ms, one.end_ms, one.at_ms] for one in timeline.pieces] if timeline else []
