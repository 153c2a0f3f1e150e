"""The accepted cues under which something else is said now than when they were written, told by a build.

Rule: nothing is changed and nothing is published of it; it is a person's to say that a cue is still right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from castkit.errors import CastkitError
from castkit.model.cue import Cue
from castkit.steps.accepted import made_of
from castkit.steps.bring_together import Meanwhile, StaleCue, Timed, stale_cues
from castkit.steps.context import EpisodeContext
from castkit.steps.cue_past import Past, stale_since
from castkit.steps.files import load_programme
from castkit.subtitles.files import parse_srt, read_srt
from castkit.subtitles.history import History, Revision, Role, State
from castkit.timecode import clock

_TOLD = 10  # cues in words in a build's notes; the reports list them all


def settings(context: EpisodeContext, languages: Iterable[str]) -> dict[str, int | str]:
    """What each accepted file was made from: its revision, else the sha256 of its source; none where nobody knows."""
    found: dict[str, int | str] = {}
    for language in languages:
        revision = _revision(context, language, History(context.paths.subtitle_log(language)))
        made = made_of(context, language)
        if revision or (made and made.source):
            found[language] = revision.rev if revision else made.source if made else ""
    return found


def told(context: EpisodeContext, language: str, source: Sequence[Cue]) -> tuple[tuple[StaleCue, ...], tuple[str, ...]]:
    """The stale cues of an accepted file, and what a build tells of them; see `stale`.

    A history that is not all there, as where its folder was not committed, stops no build.
    """
    try:
        found = stale(context, language, source)
    except CastkitError as error:
        return (), (f"{language}: it cannot be told which accepted cues are stale: {error.message}; {error.hint}",)
    return found, tuple(notes(language, found))


def stale(context: EpisodeContext, language: str, source: Sequence[Cue]) -> tuple[StaleCue, ...]:
    """The stale cues of an accepted file, in order of time; only reads.

    `source` are the cues of today's source: of the spoken language, as the recogniser heard it. None where neither the
    history nor the record beside the clocks says what the file was made from.
    """
    if not context.paths.accepted(language).is_file():
        return ()
    today = load_programme(context).timeline
    now, history = Meanwhile((), tuple(source), today), History(context.paths.subtitle_log(language))
    if revision := _revision(context, language, history):
        return stale_since(Past(history, language, today), revision, now)
    made = made_of(context, language)
    if made is None or not made.source:
        return ()
    said = parse_srt(history.kept(made.source).decode(), "the source of the accepted file")
    was = Timed(said, made.source_clock or made.clock)
    return stale_cues(Timed(read_srt(context.paths.accepted(language)), made.clock), was, now)


def notes(language: str, found: Sequence[StaleCue]) -> Iterator[str]:
    """What a build tells of stale cues: each in words, of many the first."""
    for text in in_words(found[:_TOLD]):
        yield f"{language}: {text}"
    if len(found) > _TOLD:
        yield f"{language}: {len(found) - _TOLD} more accepted cues whose source has changed: castkit subs check"


def in_words(found: Sequence[StaleCue]) -> tuple[str, ...]:
    """A line for each cue."""
    return tuple(
        f"the cue at {clock(max(0, one.cue.start_ms))} “{' / '.join(one.cue.lines)}” was made for “{one.stale.old}”, "
        f"now it is “{one.stale.new}”"
        for one in found
    )


def as_json(found: Sequence[StaleCue]) -> list[dict[str, Any]]:
    """Stale cues as the reports list them, ms on the master's clock."""
    return [
        {"start_ms": one.cue.start_ms, "end_ms": one.cue.end_ms, "text": one.cue.text, **asdict(one.stale)}
        for one in found
    ]


def _revision(context: EpisodeContext, language: str, history: History) -> Revision | None:
    """The revision that the accepted file is; None where the history does not know it, or there is no such file."""
    path = context.paths.accepted(language)
    digest = sha256(path.read_bytes()).hexdigest() if history.revisions and path.is_file() else ""
    known = (one for one in reversed(history.revisions) if one.state is State.ACCEPTED)
    return next((one for one in known if one.files.get(Role.CUES) == digest), None)
