"""What a clip is to be: which stretch of the finished episode, with which captions, and under which names.

Rule: whatever can be refused is refused here, before the first byte is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from castkit import ffmpeg
from castkit.audio.tags import Tags
from castkit.errors import CastkitError
from castkit.model.cue import Cue
from castkit.model.language import iso639_2
from castkit.model.programme import Programme
from castkit.model.soundbites import SHORTEST_MS
from castkit.steps.captions import BILINGUAL, burnt_languages, missing
from castkit.steps.context import EpisodeContext
from castkit.steps.files import load_as, load_programme, load_tracks, load_transcript
from castkit.steps.package import described
from castkit.steps.package_video import picture_of
from castkit.steps.subtitle import built_cues
from castkit.steps.transcripts import labelled
from castkit.timecode import clock, vtt_time
from castkit.video.clip import Clip, clip_within, shifted, snap

NO_CAPTIONS = "none"
_SAME_MS = 100  # the master is the one that programme.json speaks of


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asked for: a stretch in ms on the finished episode's clock, and where it is to be written.

    An empty `burn` or `shape` is as `[video]` has it; `burn` may be "none". The title may be empty.
    """

    start_ms: int
    end_ms: int
    burn: str = ""
    shape: str = ""
    title: str = ""
    is_snapped: bool = True
    is_listed: bool = True
    target: Path | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything known before the first byte is written."""

    clip: Clip
    sound: Path  # the finished sound
    picture: Path | None  # the finished video
    cues: Mapping[str, tuple[Cue, ...]]  # on the clip's clock, by language, none empty
    burnt: Mapping[str, tuple[Cue, ...]]  # those drawn into the picture, the upper language first
    tags: Tags
    notes: list[str] = field(default_factory=list)


def planned(context: EpisodeContext, asked: Asked) -> Plan:
    """What is to be made; CastkitError where it cannot be, because of what was asked or what is not built."""
    programme = load_programme(context)
    sound, video = _finished_files(context, programme)
    clip = clip_within(asked.start_ms, asked.end_ms, duration_ms=programme.duration_ms)
    tags = replace(described(context), language=iso639_2(load_tracks(context).spoken))
    notes: list[str] = []
    if asked.is_snapped:
        clip = _snapped(context, clip, programme, notes)
    cues = dict(_cues(context, clip))
    languages = _burnt(context, asked, has_picture=video is not None, notes=notes)
    burnt = {language: cues[language] for language in languages if language in cues}
    notes += [f"nothing is said in the {one} subtitles of this stretch" for one in languages if one not in cues]
    return Plan(clip, sound, video, cues, burnt, replace(tags, title=asked.title or tags.title), notes)


def _finished_files(context: EpisodeContext, programme: Programme) -> tuple[Path, Path | None]:
    """The best sound there is of the whole episode, and its video; CastkitError where they are not built."""
    paths = context.paths
    codecs = load_as(paths.master_report, lambda report: [one["codec"] for one in report["outputs"]])
    sound = paths.master_in("m4a") if "m4a" in codecs else paths.master
    video = paths.video if picture_of(programme) else None
    for path in filter(None, (sound, paths.report, video)):
        if not path.is_file():
            raise CastkitError(
                f"{context.slug} is not built yet: {path.name} is missing", f"castkit build {context.slug}"
            )
    if abs(ffmpeg.probe(sound).duration_ms - programme.duration_ms) > _SAME_MS:
        raise CastkitError(f"{context.slug} was edited since it was mastered", f"castkit build {context.slug}")
    return sound, video


def _snapped(context: EpisodeContext, asked: Clip, programme: Programme, notes: list[str]) -> Clip:
    """The clip with its ends at the edges of words, where that leaves it long enough."""
    words = sorted(load_transcript(context).words, key=lambda word: word.start_ms)
    found = snap(asked, words)
    found = Clip(found.start_ms, min(found.end_ms, programme.duration_ms))
    if found == asked or found.duration_ms < SHORTEST_MS:
        return asked
    ends = f"{vtt_time(found.start_ms)} to {vtt_time(found.end_ms)}"
    notes.append(f"cut from {ends}, so that no word is cut in two (--no-snap: exactly as asked)")
    return found


def _cues(context: EpisodeContext, clip: Clip) -> Iterator[tuple[str, tuple[Cue, ...]]]:
    """The cues of every language with words in the clip, labelled anew where no person has read them."""
    for track in load_tracks(context).worded:
        if cues := shifted(built_cues(context.paths.srt(track.language)), clip):
            yield track.language, labelled(cues, track)


def _burnt(context: EpisodeContext, asked: Asked, *, has_picture: bool, notes: list[str]) -> tuple[str, ...]:
    """The languages to draw: as asked, else as `[video]` has it; an audiogram without captions shows too little."""
    wanted = asked.burn or context.video.burn or ("" if has_picture else BILINGUAL)
    if wanted in ("", NO_CAPTIONS):
        return ()
    languages = burnt_languages(context, wanted)
    if asked.burn and not languages:
        there = ", ".join(track.language for track in load_tracks(context).worded) or "none"
        raise CastkitError(f"{context.slug} has no subtitles in {wanted} to draw", f"subtitles there are: {there}")
    if gap := missing(context, wanted):
        notes.append(gap)
    return languages


def target_of(context: EpisodeContext, asked: Asked) -> Path:
    """Where the clip goes; CastkitError for a place that a clip must not be written to."""
    if asked.target is None:
        variant = "".join(f"-{one.replace(':', 'x')}" for one in (asked.shape, asked.burn) if one)
        return context.paths.clips / f"{stem_of(context, asked)}{variant}.mp4"
    target = asked.target.absolute()
    if target.suffix.lower() != ".mp4":
        raise CastkitError(f"{asked.target}: a clip is an MP4 file", "give it a name that ends in .mp4")
    place, clips = target.resolve(), context.paths.clips.resolve()
    is_among_recordings = place.is_relative_to(context.workspace.episodes.resolve()) and not place.is_relative_to(clips)
    if target.is_dir() or is_among_recordings:
        raise CastkitError(
            f"{asked.target} is no place for a clip", f"leave out --to; clips go to {context.paths.clips}"
        )
    return target


def stem_of(context: EpisodeContext, asked: Asked) -> str:
    """`talk-000113-000213`: what the files of a clip are called by, captions too, however it is drawn."""
    times = (_compact(ms) for ms in (asked.start_ms, asked.end_ms))
    return "-".join((context.slug, *times))


def _compact(ms: int) -> str:
    """`000113`, or `000113.250`: a time as part of a file's name."""
    return (vtt_time(ms) if ms % 1000 else clock(ms)).replace(":", "")
