"""Step "edit": what is kept of the recordings, and where it lies in the finished programme.

Rule: the edit list is carried out in one place, on the recordings' clock; every later time goes through the timeline
that is written here.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from castkit.audio import jingle
from castkit.audio.follow import Layer, Lost, follow
from castkit.audio.listen import Wav
from castkit.audio.rhythm import Wave
from castkit.audio.sounding import MARGIN_MS, sounding
from castkit.engine.stage import Job, Stage
from castkit.errors import CastkitError
from castkit.model.chapters import marks
from castkit.model.edit import Edit, Removed, Spans, Wishes, edit, merged, subtracted
from castkit.model.programme import Programme, Track
from castkit.model.timeline import Timeline, joined
from castkit.steps.context import EpisodeContext, is_for_people
from castkit.steps.drafting import is_drawn_on
from castkit.steps.files import write_json
from castkit.steps.ingest import show_sound
from castkit.steps.surveyed import load_activity, load_levels, load_own_master, load_survey
from castkit.timecode import vtt_time


def _run(context: EpisodeContext, job: Job) -> None:
    tracks = load_survey(context).tracks
    programme = _as_mastered(context, job, tracks) if context.episode.master else _as_asked(context, tracks)
    # Refuses a chapter past the end now, not after the recognition of an hour.
    marks(context.episode.chapters, programme, duration_ms=programme.duration_ms, languages=context.show.languages)
    if programme.removed:
        job.note(_in_words(programme.removed))
    write_json(job.output(context.paths.programme), programme.to_json())


def _as_asked(context: EpisodeContext, tracks: tuple[Track, ...]) -> Programme:
    """What is left of the recordings by the edit list, between intro and outro."""
    whole = min(0, *(track.offset_ms for track in tracks)), max(track.end_ms for track in tracks)
    _refuse_beyond(context, whole[1])
    return _laid_out(context, tracks, edit(whole, _wishes(context), _sounds(context, tracks)))


def _refuse_beyond(context: EpisodeContext, end_ms: int) -> None:
    """A span past the end is a slip (minutes for hours), and what should be cut would be published."""
    for key, spans in (("cut", context.episode.cut), ("keep", context.episode.keep)):
        for start, _ in spans:
            if start >= end_ms:
                raise CastkitError(
                    f"{context.slug}: {key} from {_exact(start)} lies after the recordings' end at {_exact(end_ms)}",
                    "correct it in episode.toml: MM:SS or HH:MM:SS on the recordings' clock",
                )


def _as_mastered(context: EpisodeContext, job: Job, tracks: tuple[Track, ...]) -> Programme:
    """Where the recordings lie in an engineer's own master; CastkitError where it is not one of them."""
    layers = [
        Layer(Wave.open(context.paths.track(number)), track.offset_ms, track.drift_ppm)
        for number, track in enumerate(tracks)
        if track.has_sound
    ]
    found = follow(layers, Wave.open(context.paths.own_master))
    name = context.episode.master
    if isinstance(found, Lost):
        hint = "name a master made of these recordings, or take master out of episode.toml"
        raise CastkitError(f"{name} is not a master of {context.slug}'s recordings: {found.reason}", hint)
    job.note(f"{name} is used as it is: {found.coverage:.0%} of its sound was found in the recordings")
    kept = merged((piece.start_ms, piece.end_ms) for piece in found.pieces)
    whole = ((min(0, *(track.offset_ms for track in tracks)), max(track.end_ms for track in tracks)),)
    removed = tuple(Removed(start, end, "cut") for start, end in subtracted(whole, kept))
    return Programme(tracks, Timeline(found.pieces), removed, load_own_master(context).duration_ms)


def _wishes(context: EpisodeContext) -> Wishes:
    episode, audio = context.episode, context.audio
    return Wishes(episode.cut, episode.keep, audio.trim, audio.longest_pause_ms, MARGIN_MS)


def _sounds(context: EpisodeContext, tracks: Sequence[Track]) -> Spans:
    """Where anything is to be heard on any track, on the recordings' clock."""
    spans: list[tuple[int, int]] = []
    for number, track in enumerate(tracks):
        if track.has_sound:
            found = sounding(load_levels(context, number), load_activity(context, number).speech, track.loudness)
            spans += [(track.on_clock(start), track.on_clock(end)) for start, end in found]
    return merged(spans)


def _laid_out(context: EpisodeContext, tracks: tuple[Track, ...], found: Edit) -> Programme:
    audio = context.audio
    kept_ms = sum(end - start for start, end in found.kept)
    intro_ms, outro_ms = (_length(show_sound(context, name)) for name in (audio.intro, audio.outro))
    layout = jingle.lay_out(kept_ms, intro_ms=intro_ms, outro_ms=outro_ms, crossfade_ms=audio.crossfade_ms)
    return Programme(tracks, joined(found.kept, layout.lead_ms), found.removed, layout.duration_ms)


def _length(path: Path | None) -> int:
    if path is None:
        return 0
    with tempfile.TemporaryDirectory() as folder:
        return jingle.hear(path, Wav(Path(folder) / "jingle.wav")).duration_ms


def _in_words(removed: Sequence[Removed]) -> str:
    """What was taken out, for people: by the edit list one by one, the rest in sums."""
    cut = [f"{_exact(one.start_ms)} to {_exact(one.end_ms)}" for one in removed if one.reason == "cut"]
    parts = [f"cut: {', '.join(cut)}"] if cut else []
    for reason, words in (("silence", "of silence at the ends"), ("pause", "of long pauses")):
        if gone := sum(one.end_ms - one.start_ms for one in removed if one.reason == reason):
            parts.append(f"{gone / 1000:.1f} s {words}")
    return "left out: " + "; ".join(parts)


def _exact(ms: int) -> str:
    """A time as people write it in the edit list, fractions only where there are any."""
    sign = "-" if ms < 0 else ""
    return sign + vtt_time(abs(ms)).removesuffix(".000")


def _reads(context: EpisodeContext) -> Iterator[Path]:
    yield context.paths.survey
    if context.episode.master:
        yield from (context.paths.ingest, context.paths.own_master)
        yield from (context.paths.track(number) for number in range(len(context.episode.recordings)))
    for number in range(len(context.episode.recordings)):
        yield from (context.paths.levels(number), context.paths.activity(number))
    sounds = (show_sound(context, name) for name in (context.audio.intro, context.audio.outro))
    yield from (path for path in sounds if path)


def _writes(context: EpisodeContext) -> Iterator[Path]:
    yield context.paths.programme


def _settings(context: EpisodeContext) -> dict[str, Any]:
    audio, wishes = context.audio, _wishes(context)
    return {
        "cut": [list(span) for span in wishes.cut],
        "keep": [list(span) for span in wishes.keep],
        "trim": wishes.trim,
        "longest_pause_ms": wishes.longest_pause_ms,
        "jingles": {"intro": audio.intro, "outro": audio.outro, "crossfade_ms": audio.crossfade_ms},
        "master": context.episode.master,
        "chapters": [chapter.start for chapter in context.episode.chapters],
    }


STEP = Stage[EpisodeContext](
    name="edit",
    version=1,
    after=("survey",),
    reads=_reads,
    writes=_writes,
    settings=_settings,
    run=_run,
    is_editable=is_for_people,
    # The drafts of episodes asked for earlier take what was accepted in this one as it was made before.
    waits_for=lambda context, _: ("translate",) if is_drawn_on(context) else (),
)
