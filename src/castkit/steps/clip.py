"""A clip of the finished episode for social media, and its place among the episode's soundbites.

Rule: it is made of what the last build left, and touches nothing of it; a clip is whole under its name, or not there.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from castkit import atomic, ffmpeg
from castkit.audio.correction import TOLERANCE_LU
from castkit.audio.encode import Output, Target, encode, is_on_target
from castkit.audio.listen import SILENT_LUFS
from castkit.audio.mixed import Mixed
from castkit.audio.passage import cut_out
from castkit.errors import CastkitError
from castkit.ffmpeg.metadata import metadata
from castkit.model.programme import Loudness
from castkit.steps.audiogram import Spoken, draw_audiogram
from castkit.steps.captions import drawn
from castkit.steps.clip_plan import Asked, Plan, planned, stem_of, target_of
from castkit.steps.context import EpisodeContext
from castkit.steps.package_video import mp4_tags
from castkit.steps.soundbite import Listing, listing_of
from castkit.steps.work_folder import work_folder
from castkit.subtitles.files import write_srt
from castkit.subtitles.profile import profile_for
from castkit.subtitles.transcript_files import compose_vtt
from castkit.timecode import clock
from castkit.video.clip import AAC_KBITS, Clip, Scene, length_warning, scene_arguments
from castkit.video.pace import pace_of
from castkit.video.picture import Picture
from castkit.video.shape import fitting, shaped

_WORK = ".part-clip"  # a name that the next build sweeps away if this is killed
_MOST_GAIN_DB = 12.0  # a passage quieter than that is meant to be quiet, or is noise
_SAME_MS = 100  # frames and packets are not milliseconds
_SOUND = 0.4  # of the progress, where there is a picture to encode

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Made:
    """The clip as made: its files, its place in the episode, how loud it is, and what a person should know."""

    video: Path
    captions: tuple[Path, ...]
    clip: Clip
    measured: Loudness
    listed: Mapping[str, str]  # what episode.toml says of it now; empty where it is not listed
    notes: tuple[str, ...]


def make_clip(context: EpisodeContext, asked: Asked, progress: Progress) -> Made:
    """Makes the clip and lists it in episode.toml; the caller holds the episode's lock.

    CastkitError where the episode is not built, the clip does not lie in it, nothing is heard in it, or captions
    cannot be drawn as asked.
    """
    if asked.shape:
        own = context.episode.video.model_copy(update={"shape": asked.shape})
        context = replace(context, episode=context.episode.model_copy(update={"video": own}))
    target = target_of(context, asked)
    stem = target.stem if asked.target else stem_of(context, asked)
    plan = planned(context, asked)
    listing = listing_of(context, plan.clip.start_ms, plan.clip.end_ms, title=asked.title) if asked.is_listed else None
    with work_folder(context.paths.clips / _WORK, "the clip") as folder:
        measured = _make_sound(context, plan, folder, progress)
        video = _make_picture(context, plan, folder, progress)
        _check_length(video, plan.clip)
        made = {target: video} | dict(_write_captions(plan, folder, target.with_name(stem)))
        _put(made)
    return _finished(plan, target, tuple(made)[1:], measured=measured, listing=listing)


def _finished(
    plan: Plan, target: Path, captions: tuple[Path, ...], *, measured: Loudness, listing: Listing | None
) -> Made:
    notes, listed = list(plan.notes), listing.table if listing else {}
    if listing:
        listing.write()
        notes += [listing.note, length_warning(plan.clip) if listed else ""]
    return Made(target, captions, plan.clip, measured, listed, tuple(filter(None, notes)))


def _make_sound(context: EpisodeContext, plan: Plan, folder: Path, progress: Progress) -> Loudness:
    """Writes `sound.m4a`, as loud as the episode is to be; gives back what was measured of it."""
    clip = plan.clip
    mixed = cut_out(plan.sound, folder / "passage.wav", start_ms=clip.start_ms, end_ms=clip.end_ms)
    target = _loudness(context, mixed, clip)
    (done,) = encode(
        mixed, target, [Output(folder / "sound.m4a", "m4a", AAC_KBITS)], lambda share: progress(_SOUND * share)
    )
    (folder / "passage.wav").unlink()
    reached = done.kept.measured
    if not is_on_target(Target(context.audio.loudness, context.audio.true_peak), reached, within_lu=TOLERANCE_LU):
        plan.notes.append(f"the clip is at {reached.integrated_lufs:.1f} LUFS and {reached.true_peak_dbtp:.1f} dBTP")
    return reached


def _loudness(context: EpisodeContext, mixed: Mixed, clip: Clip) -> Target:
    """The episode's target, as far as a gain of 12 dB goes; CastkitError for silence."""
    found = mixed.loudness.integrated_lufs
    if found <= SILENT_LUFS:
        message = f"nothing is heard from {clock(clip.start_ms)} to {clock(clip.end_ms)}"
        raise CastkitError(message, "give the times of something that is said")
    return Target(min(context.audio.loudness, found + _MOST_GAIN_DB), context.audio.true_peak)


def _make_picture(context: EpisodeContext, plan: Plan, folder: Path, progress: Progress) -> Path:
    """Writes `clip.mp4`: the video's picture, or an audiogram, with captions in it, and the sound beside it."""
    output, sound = folder / "clip.mp4", folder / "sound.m4a"

    def further(share: float) -> None:
        progress(_SOUND + (1 - _SOUND) * share)

    if plan.picture is None:
        spoken = Spoken(sound, plan.clip.duration_ms, plan.burnt, plan.tags)
        plan.notes.append(draw_audiogram(context, spoken, output, further))
        return output
    shown = ffmpeg.probe(plan.picture).video
    assert shown is not None  # noqa: S101 - package made it of a picture
    size = Picture(plan.picture, shown).size
    room = shaped(context.video.shape, size)
    described_by = folder / "described.txt"
    described_by.write_text(metadata(mp4_tags(plan.tags), ()), encoding="utf-8", newline="\n")
    with drawn(dict(plan.burnt), room) as captions:
        scene = Scene(plan.picture, float(pace_of(shown)), plan.tags.language, fitting(size, room), captions)
        ffmpeg.run(
            scene_arguments(scene, plan.clip, sound=sound, described=described_by, target=output),
            doing=f"making a clip of {context.slug}",
            duration_ms=plan.clip.duration_ms,
            progress=further,
        )
    return output


def _check_length(video: Path, clip: Clip) -> None:
    if abs(ffmpeg.probe(video).duration_ms - clip.duration_ms) > _SAME_MS:
        raise CastkitError("the clip came out shorter or longer than it should", "run the command again")


def _write_captions(plan: Plan, folder: Path, stem: Path) -> Iterator[tuple[Path, Path]]:
    """SRT and VTT in every language with words in the clip: what it is to be called, and where it is."""
    for language, cues in plan.cues.items():
        srt, vtt = (stem.with_name(f"{stem.name}.{language}.{kind}") for kind in ("srt", "vtt"))
        write_srt(folder / srt.name, cues)
        text = compose_vtt(cues, profile_for(language), str)
        (folder / vtt.name).write_text(text, encoding="utf-8", newline="\n")
        yield srt, folder / srt.name
        yield vtt, folder / vtt.name


def _put(made: Mapping[Path, Path]) -> None:
    """Puts every file under its name, the clip itself last: each whole, or not there."""
    for target, source in reversed(list(made.items())):
        target.parent.mkdir(parents=True, exist_ok=True)
        part = atomic.part_of(target)
        try:
            shutil.copyfile(source, part)
            atomic.sync_file(part)
            atomic.replace(part, target)
        finally:
            part.unlink(missing_ok=True)
