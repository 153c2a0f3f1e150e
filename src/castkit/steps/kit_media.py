"""The sound or video of a kit, in the shape its platform takes.

Rule: what fits already is copied, bit for bit; what was made before of the same is taken from there; the rest is made.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from castkit import ffmpeg
from castkit.artwork.embedded import embedded_cover
from castkit.audio.encode import Output, Target, encode
from castkit.audio.listen import measure
from castkit.audio.mixed import Mixed
from castkit.audio.tags import write_tags
from castkit.errors import CastkitError
from castkit.kits.fit import Facts, most_kbps, why_not
from castkit.kits.rules import AudioRule, Platform
from castkit.model.cue import Cue
from castkit.model.language import is_traditional, iso639_2, same_language
from castkit.model.programme import Loudness, Programme
from castkit.steps.audiogram import Spoken, draw_audiogram
from castkit.steps.captions import captions_of, drawn
from castkit.steps.context import EpisodeContext
from castkit.steps.files import load_as, load_tracks
from castkit.steps.kit_folder import copy, digest
from castkit.steps.package import cover_path, described, lyrics, placed
from castkit.steps.package_video import picture_of
from castkit.translate.script import can_convert, convert_cues
from castkit.video.handover import Handover, handover_arguments
from castkit.video.picture import Picture
from castkit.video.shape import shaped

Progress = Callable[[float], None]
_SAME_MS = 100  # frames and packets are not milliseconds


@dataclass(frozen=True, slots=True)
class Finished:
    """What the last build left: sound and video, what was measured of the sound, and the sound's bit rate."""

    sound: Path
    video: Path | None
    duration_ms: int
    loudness: Loudness
    sound_kbps: float


@dataclass(frozen=True, slots=True)
class Media:
    """A file to be made: its name, what it depends on, and how; `make` gives back what was measured, and a note.

    `source` is a finished file that fits already.
    """

    name: str
    key: str
    source: Path | None
    make: Callable[[Path, Progress], tuple[Loudness, str]]
    kbps: float  # of its sound


def finished(context: EpisodeContext, programme: Programme, *, is_video: bool) -> Finished:
    """What is there to hand over; CastkitError where it is not built, or was edited since."""
    paths = context.paths
    video = paths.video if is_video and picture_of(programme) is not None else None
    codec, loudness, kbps = load_as(paths.master_report, partial(_mastered, is_video=is_video))
    sound = paths.audio if codec == "mp3" else paths.master_in(codec)
    for path in filter(None, (paths.audio, paths.report, sound, video)):
        if not path.is_file():
            raise CastkitError(
                f"{context.slug} is not built yet: {path.name} is missing", f"castkit build {context.slug}"
            )
    duration_ms = ffmpeg.probe(sound).duration_ms
    if abs(duration_ms - programme.duration_ms) > _SAME_MS:
        raise CastkitError(f"{context.slug} was edited since it was mastered", f"castkit build {context.slug}")
    return Finished(sound, video, duration_ms, loudness, kbps)


def _mastered(report: dict[str, Any], *, is_video: bool) -> tuple[str, Loudness, float]:
    """The codec to take, AAC for a video where there is any, and what the master's report says of that file."""
    outputs = {one["codec"]: one for one in report["outputs"]}
    codec = "m4a" if is_video and "m4a" in outputs else "mp3"
    found = outputs[codec]
    return codec, Loudness(**found["measured"]), float(found["bitrate_kbps"])


def planned(context: EpisodeContext, platform: Platform, found: Finished, burnt: Sequence[str], language: str) -> Media:
    """How the file for this platform comes to be; `burnt` are the languages drawn into its picture, the upper first."""
    if platform.audio:
        return _sound(context, platform, platform.audio, found)
    cues = {tag: in_script(built, tag, language) for tag, built in captions_of(context, tuple(burnt)).items()}
    if found.video:
        return _video(context, platform, found, cues)
    return _audiogram(_shown_in(context, platform, language), found, cues)


def in_script(cues: Sequence[Cue], tag: str, language: str) -> tuple[Cue, ...]:
    """The cues in the Chinese script that is read there, where they are in the other one."""
    is_other = can_convert(tag, language) and is_traditional(tag) != is_traditional(language)
    return convert_cues(cues, language) if is_other else tuple(cues)


def facts_of(path: Path, loudness: Loudness | None, kbps: float) -> Facts:
    """What is in a file that was made, or that may fit already."""
    found = ffmpeg.probe(path)
    sound, shown = found.audio[0], found.video
    facts = Facts(
        size=path.stat().st_size,
        duration_ms=found.duration_ms,
        container=found.format,
        audio_codec=sound.codec,
        audio_channels=sound.channels,
        audio_rate=sound.sample_rate,
        audio_kbps=kbps,
        loudness=loudness.integrated_lufs if loudness else None,
        true_peak=loudness.true_peak_dbtp if loudness else None,
    )
    if shown is None:
        return facts
    return replace(
        facts,
        video_codec=shown.codec,
        pixel_format=shown.pixel_format,
        width=shown.width,
        height=shown.height,
        fps=shown.fps,
        is_hdr=shown.is_hdr,
    )


def _sound(context: EpisodeContext, platform: Platform, rule: AudioRule, found: Finished) -> Media:
    name = f"{context.slug}.{rule.format}"
    facts = facts_of(found.sound, found.loudness, found.sound_kbps)
    if not why_not(platform, facts):
        return _copied(name, found.sound, found.loudness, found.sound_kbps)
    how = (f"{rule.loudness} LUFS", f"{rule.bitrate} kbit/s", repr(described(context)))
    key = _key(how, (found.sound, cover_path(context)))
    return Media(name, key, None, partial(_encode, context, rule, found), float(rule.bitrate))


def _encode(
    context: EpisodeContext, rule: AudioRule, found: Finished, target: Path, progress: Progress
) -> tuple[Loudness, str]:
    """Writes the sound at the loudness asked for, with the tags of the finished one."""
    target_of = Target(rule.loudness, context.audio.true_peak)
    (done,) = encode(_mixed(found.sound), target_of, [Output(target, rule.format, rule.bitrate)], progress)
    tracks = load_tracks(context)
    chapters = placed(context, _programme(context), found.duration_ms, context.show.main_language)
    tags = replace(described(context), language=iso639_2(tracks.spoken), chapters=chapters)
    write_tags(target, replace(tags, cover=embedded_cover(cover_path(context)), lyrics=lyrics(context, tracks.worded)))
    return done.kept.measured, ""


def _programme(context: EpisodeContext) -> Programme:
    return load_as(context.paths.programme, Programme.from_json)


def _mixed(sound: Path) -> Mixed:
    """A finished sound as what is to be encoded again."""
    found = ffmpeg.probe(sound)
    heard = measure(sound, found.duration_ms)

    def read(at_ms: int, duration_ms: int | None) -> object:
        window = {"ss": f"{at_ms / 1000:.3f}"} | ({"t": f"{duration_ms / 1000:.3f}"} if duration_ms else {})
        return ffmpeg.source(sound, **window)["a:0"]

    stream = found.audio[0]
    return Mixed(stream.sample_rate, stream.channels, heard.duration_ms, heard.loudness, read, heard.curves)


def _video(context: EpisodeContext, platform: Platform, found: Finished, cues: dict[str, tuple[Cue, ...]]) -> Media:
    assert found.video is not None  # noqa: S101 - asked by the caller
    name = f"{context.slug}.mp4"
    if not cues and not why_not(platform, facts_of(found.video, None, found.sound_kbps)):
        return _copied(name, found.video, found.loudness, found.sound_kbps)
    probed = ffmpeg.probe(found.video)
    assert probed.video is not None  # noqa: S101 - package made it of a picture
    picture = Picture(found.video, probed.video, probed.format)
    size = shaped(context.video.shape, picture.size)
    what = Handover(picture, size, found.duration_ms, most_kbps=most_kbps(platform, found.duration_ms))
    how = (*_without_paths(handover_arguments(what, Path("target.mp4"))), repr(cues))
    make = partial(_draw_video, what, found.loudness, cues)
    return Media(name, _key(how, (found.video,)), None, make, found.sound_kbps)


def _draw_video(
    what: Handover, loudness: Loudness, cues: dict[str, tuple[Cue, ...]], target: Path, progress: Progress
) -> tuple[Loudness, str]:
    with drawn(cues, what.size) as captions:
        ffmpeg.run(
            handover_arguments(replace(what, captions=captions), target),
            doing=f"making {target.name} to hand over",
            duration_ms=what.duration_ms,
            progress=progress,
        )
    return loudness, ""


def _shown_in(context: EpisodeContext, platform: Platform, language: str) -> EpisodeContext:
    """The episode with titles in this language first, in the shape the platform wants."""
    assert platform.video is not None  # noqa: S101 - asked by the caller
    show = context.show.show
    languages = sorted(show.languages, key=lambda tag: not same_language(tag, language))
    titled = context.show.model_copy(update={"show": show.model_copy(update={"languages": tuple(languages)})})
    own = context.episode.video.model_copy(update={"shape": platform.video.audiogram})
    return replace(context, show=titled, episode=context.episode.model_copy(update={"video": own}))


def _audiogram(context: EpisodeContext, found: Finished, cues: dict[str, tuple[Cue, ...]]) -> Media:
    titles = (repr(context.episode.title), repr(context.show.show.title), repr(context.show.languages))
    how = (context.video.shape, repr(cues), repr(described(context)), *titles)
    make = partial(_draw_audiogram, context, found, cues)
    kbps = found.sound_kbps if found.sound.suffix == ".m4a" else float(context.audio.m4a_bitrate)
    return Media(f"{context.slug}.mp4", _key(how, (found.sound, cover_path(context))), None, make, kbps)


def _draw_audiogram(
    context: EpisodeContext,
    found: Finished,
    cues: dict[str, tuple[Cue, ...]],
    target: Path,
    progress: Progress,
) -> tuple[Loudness, str]:
    chapters = placed(context, _programme(context), found.duration_ms, context.show.main_language)
    tags = replace(described(context), language=iso639_2(load_tracks(context).spoken), chapters=chapters)
    sound, loudness, encoded = found.sound, found.loudness, target.with_name(f"{target.name}.m4a")
    try:
        if sound.suffix != ".m4a":  # the show makes no M4A, and MP3 in MP4 is refused by many
            target_of = Target(context.audio.loudness, context.audio.true_peak)
            output = Output(encoded, "m4a", context.audio.m4a_bitrate)
            (done,) = encode(_mixed(sound), target_of, [output], lambda share: progress(0.3 * share))
            sound, loudness = encoded, done.kept.measured
        spoken = Spoken(sound, found.duration_ms, cues, tags)
        return loudness, draw_audiogram(context, spoken, target, progress)
    finally:
        encoded.unlink(missing_ok=True)


def _copied(name: str, source: Path, loudness: Loudness, kbps: float) -> Media:
    def make(target: Path, progress: Progress) -> tuple[Loudness, str]:
        copy(source, target)
        progress(1.0)
        return loudness, ""

    return Media(name, digest(source), source, make, kbps)


def _key(how: Sequence[str], files: Sequence[Path]) -> str:
    """What a file depends on: the bytes it is made of, how, and by which ffmpeg."""
    parts = (*map(digest, files), ffmpeg.version(ffmpeg.find_tools().ffmpeg), *how)
    return sha256("\0".join(parts).encode(errors="replace")).hexdigest()


def _without_paths(arguments: Sequence[str]) -> list[str]:
    return [one for one in arguments if not one.startswith("file:")]
