"""Step "survey": where each recording lies among the others, who speaks when, and in what condition the sound is.

Rule: it measures and decides nothing; what is done about it is the master's business, and what is kept the edit's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

from castkit.audio import clipping
from castkit.audio.arrays import write_curves
from castkit.audio.condition import examine
from castkit.audio.place import Placeable, place
from castkit.engine.stage import Job, Stage
from castkit.ffmpeg import probe
from castkit.model.condition import Condition
from castkit.model.programme import Track, tracks_from_json
from castkit.steps.context import EpisodeContext, is_for_people
from castkit.steps.files import write_json
from castkit.steps.ingest import recording_path
from castkit.steps.surveyed import load_levels, load_recorded

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from castkit.audio.arrays import Curves
    from castkit.speech.bleed import Placement


def _run(context: EpisodeContext, job: Job) -> None:
    recorded = load_recorded(context)
    found = tracks_from_json(one["track"] for one in recorded)
    speakers = [recording.speaker for recording in context.episode.recordings]
    found = tuple(replace(track, speaker=speaker) for track, speaker in zip(found, speakers, strict=True))
    places = place(list(_placeable(context, recorded)), lambda share: job.progress(0.3 * share))
    told = [
        one.reason if recording.offset_ms == "auto" else ""
        for one, recording in zip(places, context.episode.recordings, strict=True)
    ]
    for reason in filter(None, told):
        job.note(reason)
    used = [recording.sound for recording in context.episode.recordings]
    tracks = [
        replace(track, offset_ms=one.offset_ms, drift_ppm=one.drift_ppm, sound=track.sound if is_used else "none")
        for track, one, is_used in zip(found, places, used, strict=True)
    ]
    activities, notes = _activities(context, tracks)
    for text in notes:
        job.note(text)
    job.progress(0.6)
    for number, curves in enumerate(activities):
        write_curves(job.output(context.paths.activity(number)), curves)
    conditions = [_condition(context, number, track, activities[number]) for number, track in enumerate(tracks)]
    for text in _notes(tracks, conditions):
        job.note(text)
    rows = [
        {"track": asdict(track), "condition": condition and condition.to_json(), "placed": reason}
        for track, condition, reason in zip(tracks, conditions, told, strict=True)
    ]
    write_json(job.output(context.paths.survey), {"version": 1, "tracks": rows})


def _placeable(context: EpisodeContext, recorded: Sequence[Mapping[str, Any]]) -> Iterator[Placeable]:
    for number, (recording, one) in enumerate(zip(context.episode.recordings, recorded, strict=True)):
        given_ms = None if recording.offset_ms == "auto" else recording.offset_ms
        wav = None if one["track"]["sound"] == "none" else context.paths.track(number)
        yield Placeable(wav, recording.path, one["track"]["duration_ms"], given_ms, one["day_ms"])


def _activities(context: EpisodeContext, tracks: Sequence[Track]) -> tuple[list[Curves], list[str]]:
    """Who speaks when, frames × 3 for each track, and what to tell: a voice on several microphones is the loudest's."""
    import numpy as np  # noqa: PLC0415

    from castkit.speech.bleed import Placement, own_speech, without_rooms  # noqa: PLC0415
    from castkit.speech.sound import Sound  # noqa: PLC0415
    from castkit.speech.vad import activity  # noqa: PLC0415

    heard = [number for number, track in enumerate(tracks) if track.has_sound]
    found = [activity(Sound.open(context.paths.track(number))) for number in heard]
    places = [Placement(tracks[number].offset_ms, tracks[number].drift_ppm) for number in heard]
    own = own_speech(found, places)
    own, rooms = without_rooms(own, places, [bool(tracks[number].speaker) for number in heard])
    curves = [np.zeros((0, 3), np.float32)] * len(tracks)
    for number, one, mine in zip(heard, found, own, strict=True):
        curves[number] = np.stack([one.probability, mine, one.level_db], axis=1)
    notes = [_room(tracks[heard[number]].path) for number in rooms]
    notes += [
        _twice(*(tracks[heard[number]].path for number in pair))
        for pair in _doubled(own, places, rooms)
        if not all(tracks[heard[number]].speaker for number in pair)
    ]
    return curves, notes


def _room(path: str) -> str:
    return (
        f"{path} hears what is said into the speakers' own microphones: it counts only where they are silent"
        " (sound = false in episode.toml leaves it out)"
    )


def _twice(one: str, other: str) -> str:
    return (
        f"{one} and {other} hear the same voices most of the time, and both are used; name a speaker for each, or leave"
        " one out (sound = false)"
    )


def _doubled(
    own: Sequence[NDArray[np.float32]], places: Sequence[Placement], rooms: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """The pairs of tracks that go on hearing the same speech."""
    from castkit.speech.bleed import MOSTLY, SPEECH, shared  # noqa: PLC0415

    for one, other in combinations([number for number in range(len(own)) if number not in rooms], 2):
        spoken = own[one] >= SPEECH
        if spoken.any() and (spoken & shared(own, places, one, [other])).sum() >= MOSTLY * spoken.sum():
            yield one, other


def _condition(context: EpisodeContext, number: int, track: Track, activity: Curves) -> Condition | None:
    """What is wrong with a track; it is decoded again only where its peaks look cut off."""
    if not track.has_sound:
        return None
    found: tuple[Any, ...] = ()
    if clipping.is_suspicious(load_levels(context, number)[:, 2]):
        raw = recording_path(context, context.episode.recordings[number])
        found = clipping.clipping(raw, probe(raw))
    return examine(context.paths.track(number), activity, found=found)


def _notes(tracks: Sequence[Track], conditions: Sequence[Condition | None]) -> Iterator[str]:
    """What no filter can repair, so that a person looks while there is time to record again."""
    for track, condition in zip(tracks, conditions, strict=True):
        for kind, words in (("clipping", "is clipped"), ("dropout", "has dropouts")):
            times = [fault.start_ms for fault in (condition.faults if condition else ()) if fault.kind == kind]
            if times:
                first = f"{times[0] // 60_000}:{times[0] // 1000 % 60:02}"
                places = f"at {first}" if len(times) == 1 else f"in {len(times)} places, first at {first}"
                yield f"{track.path} {words} {places}; the report lists them"


def _reads(context: EpisodeContext) -> Iterator[Path]:
    paths = context.paths
    yield paths.ingest
    for number, recording in enumerate(context.episode.recordings):
        yield from (paths.track(number), paths.levels(number), recording_path(context, recording))


def _writes(context: EpisodeContext) -> Iterator[Path]:
    yield context.paths.survey
    yield from (context.paths.activity(number) for number in range(len(context.episode.recordings)))


def _settings(context: EpisodeContext) -> dict[str, Any]:
    return {"recordings": [[one.speaker, one.offset_ms, one.sound] for one in context.episode.recordings]}


STEP = Stage[EpisodeContext](
    name="survey",
    version=1,
    after=("ingest",),
    reads=_reads,
    writes=_writes,
    settings=_settings,
    run=_run,
    is_editable=is_for_people,
)
