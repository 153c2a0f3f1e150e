"""HLS of a finished video-cast: a ladder of pictures, one sound, subtitles per language, and the playlists over them.

Rule: one file per rendition, read by byte ranges, so that an episode is a dozen objects in the store and not thousands.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from castkit import ffmpeg
from castkit.errors import CastkitError
from castkit.ffmpeg import address, safe_input
from castkit.model.text import one_line, printable
from castkit.video.fragments import LONGEST_S, Fragmented, mean_bit_rate, peak_bit_rate, read_fragmented
from castkit.video.shape import Size

PLAYLIST_TYPE = "application/vnd.apple.mpegurl"
# (lines of the shorter side, most kbit/s of the picture): what is made below the source, never above it.
RUNGS: tuple[tuple[int, int], ...] = ((1080, 5000), (720, 2800), (480, 1400), (360, 800))
_NEAREST = 0.9  # of the source's size; what is nearer to it is no choice
_SOURCE_KBITS = 8000  # the most for a source that must be encoded again at its own size
_STARTS_WITH = 2_500_000  # bit/s: what Apple's authoring specification (9.14) has players begin with on Wi-Fi
_EXACT = ("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-flags", "+bitexact")
_FRAGMENTED = ("-movflags", "+cmaf+global_sidx", "-f", "mp4")
_SOUND, _MASTER = "sound.mp4", "master.m3u8"
_HEADER = ("#EXTM3U", "#EXT-X-VERSION:7")


@dataclass(frozen=True, slots=True)
class Captions:
    """Subtitles of one language: a WebVTT file, its BCP 47 tag, and the name in that language."""

    path: Path
    language: str
    name: str
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class Cast:
    """What is to be streamed: an MP4 of H.264 and AAC, the spoken language (BCP 47) with its name, and captions."""

    video: Path
    language: str
    name: str
    captions: Sequence[Captions] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """A file of the stream and the media type it is served with."""

    path: Path
    media_type: str


@dataclass(frozen=True, slots=True)
class Rendition:
    """One picture of the ladder: its file, its size, and its mean frames per second."""

    media: Fragmented
    size: Size
    fps: float


def write_hls(cast: Cast, folder: Path, *, progress: Callable[[float], None] = lambda _: None) -> tuple[Made, ...]:
    """Writes the stream into `folder`, which exists and is empty; its files in the order of upload, the master last.

    The picture is copied where it has a keyframe at least every ten seconds, else encoded; smaller ones are encoded
    from it once. Raises CastkitError where the video is not H.264 with AAC, or ffmpeg fails.
    """
    found = ffmpeg.probe(cast.video)
    shown = found.video
    if shown is None or shown.codec != "h264" or found.audio[0].codec != "aac":
        raise CastkitError(f"{cast.video} is not a video of H.264 and AAC", "stream the MP4 that castkit made")
    size = Size(round(shown.width * shown.pixel_shape), shown.height)
    files = [folder / name for name in _picture_names(Size(shown.width, shown.height))]
    sound = folder / _SOUND
    ffmpeg.run(copy_arguments(cast.video, files[0], sound), doing=f"cutting {cast.video.name} for HLS")
    renditions = [Rendition(read_fragmented(files[0]), size, shown.fps)]
    is_whole = not shown.rotation and max(one.duration_s for one in renditions[0].media.fragments) <= LONGEST_S
    if not is_whole:
        renditions = []
    rungs = list(zip(ladder(size), files, strict=True))[len(renditions) :]
    if rungs:
        ffmpeg.run(
            ladder_arguments(cast.video, rungs, has_keyframes=is_whole),
            doing=f"encoding {cast.video.name} for HLS",
            duration_ms=found.duration_ms,
            progress=progress,
        )
    renditions += [Rendition(read_fragmented(path), one, shown.fps) for one, path in rungs]
    return _playlists(cast, folder, renditions, read_fragmented(sound))


def hls_names(size: Size, languages: Sequence[str]) -> tuple[str, ...]:
    """The names of all files that `write_hls` makes, in its order, of a video of this size with captions in these."""
    media = [*_picture_names(size), _SOUND]
    texts = [_captions_name(language) for language in languages]
    lists = [f"{name.partition('.')[0]}.m3u8" for name in [*media, *texts]]
    return (*media, *(f"{text}.vtt" for text in texts), *lists, _MASTER)


def _picture_names(size: Size) -> tuple[str, ...]:
    return tuple(f"video-{lines}.mp4" for lines in _lines(size))


def _captions_name(language: str) -> str:
    """The name of a language's files, without suffix; a BCP 47 tag has only letters, digits and hyphens."""
    return f"subtitles-{language}"


def ladder(source: Size) -> tuple[Size, ...]:
    """The sizes of the renditions, the largest first: the source's own (made even), then the rungs below it."""
    return tuple(_scaled(source, lines) for lines in _lines(source))


def _lines(size: Size) -> tuple[int, ...]:
    """What renditions are called by, their shorter sides: 720 for 1280 × 720 and for 720 × 1280."""
    own = min(size.width, size.height)
    return (own, *(lines for lines, _ in RUNGS if lines <= _NEAREST * own))


def _scaled(size: Size, lines: int) -> Size:
    """The same shape with `lines` on the shorter side; both sides even, as 4:2:0 colour needs it."""
    scale = lines / min(size.width, size.height)
    return Size(*(2 * round(side * scale / 2) for side in (size.width, size.height)))


def copy_arguments(video: Path, picture: Path, sound: Path) -> list[str]:
    """Arguments for ffmpeg to take picture and sound apart, both copied into fragmented MP4."""
    outputs = ["-map", "0:V:0", "-c", "copy", *_EXACT, "-movflags", "+cmaf+global_sidx+frag_keyframe"]
    outputs += ["-f", "mp4", address(picture), "-map", "0:a:0", "-c", "copy"]
    # What lies before time 0 is the encoder's run-up. Players that feed a browser's MediaSource know no edit list, so
    # with it the sound would come 21 ms late.
    outputs += ["-bsf:a", "noise=drop=lt(pts\\,0)", *_EXACT, "-frag_duration", "5950000", *_FRAGMENTED, address(sound)]
    return [*safe_input(), "-i", address(video), *outputs]


def ladder_arguments(video: Path, rungs: Sequence[tuple[Size, Path]], *, has_keyframes: bool) -> list[str]:
    """Arguments for ffmpeg to encode one decoded picture in several sizes, all cut at the same times.

    `has_keyframes`: cut where the source has keyframes, so that it can be a rendition itself; else every six seconds.
    """
    names = [f"[v{number}]" for number in range(len(rungs))]
    graph = f"[0:V:0]split={len(rungs)}" + "".join(f"[s{number}]" for number in range(len(rungs)))
    for number, (size, _) in enumerate(rungs):
        graph += f";[s{number}]scale={size.width}:{size.height}:flags=bicubic,setsar=1,format=yuv420p{names[number]}"
    keyframes = "source" if has_keyframes else "expr:gte(t,n_forced*6)"
    arguments = [*safe_input(), "-i", address(video), "-filter_complex", graph]
    for name, (size, path) in zip(names, rungs, strict=True):
        kbits = _most_kbits(size)
        arguments += ["-map", name, "-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", "-crf", "23"]
        arguments += ["-maxrate", f"{kbits}k", "-bufsize", f"{2 * kbits}k", "-threads", "2"]
        # No keyframe but the forced ones: all renditions must be cut alike.
        arguments += ["-force_key_frames", keyframes, "-sc_threshold", "0", "-g", "9999"]
        arguments += [*_EXACT, "-movflags", "+cmaf+global_sidx+frag_keyframe", "-f", "mp4", address(path)]
    return arguments


def _most_kbits(size: Size) -> int:
    """The most kbit/s of a picture: those of the lowest rung that it fits on."""
    return min((rung for rung in RUNGS if rung[0] >= _lines(size)[0]), default=(0, _SOURCE_KBITS))[1]


def _playlists(cast: Cast, folder: Path, renditions: Sequence[Rendition], sound: Fragmented) -> tuple[Made, ...]:
    media = [one.media for one in renditions]
    target_s = math.ceil(max(part.duration_s for one in (*media, sound) for part in one.segments))
    made = [Made(one.path, "video/mp4") for one in media] + [Made(sound.path, "audio/mp4")]
    made += [_written_captions(captions, folder) for captions in cast.captions]
    lists = {folder / _list_of(one): media_playlist(one, target_s) for one in (*media, sound)}
    for captions in cast.captions:
        name = _captions_name(captions.language)
        lists[folder / f"{name}.m3u8"] = captions_playlist(f"{name}.vtt", media[0].duration_s)
    lists[folder / _MASTER] = master_playlist(cast, renditions, sound, target_s=target_s)
    for path, text in lists.items():
        path.write_text(text, encoding="utf-8", newline="\n")
    return (*made, *(Made(path, PLAYLIST_TYPE) for path in lists))


def _written_captions(captions: Captions, folder: Path) -> Made:
    target = folder / f"{_captions_name(captions.language)}.vtt"
    target.write_text(mapped(captions.path.read_text("utf-8-sig")), encoding="utf-8", newline="\n")
    return Made(target, "text/vtt; charset=utf-8")


def mapped(vtt: str) -> str:
    """A WebVTT text whose header says that its time 0 is the stream's time 0 (RFC 8216, section 3.5)."""
    head, _, rest = printable(vtt).partition("\n")
    return f"{head}\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n{rest}"


def media_playlist(media: Fragmented, target_s: int) -> str:
    """The playlist of one rendition; `target_s` is the same for all of them, as RFC 8216 (section 6.2.4) asks."""
    name = media.path.name
    lines = [*_HEADER, f"#EXT-X-TARGETDURATION:{target_s}", "#EXT-X-MEDIA-SEQUENCE:0", "#EXT-X-PLAYLIST-TYPE:VOD"]
    lines += ["#EXT-X-INDEPENDENT-SEGMENTS", f'#EXT-X-MAP:URI="{name}",BYTERANGE="{media.header_size}@0"']
    for one in media.segments:
        lines += [f"#EXTINF:{one.duration_s:.6f},", f"#EXT-X-BYTERANGE:{one.size}@{one.offset}", name]
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])


def captions_playlist(name: str, duration_s: float) -> str:
    """The playlist of subtitles in one file: hundreds of kilobytes at most, so that cutting it would save nothing."""
    lines = [*_HEADER, f"#EXT-X-TARGETDURATION:{math.ceil(duration_s)}", "#EXT-X-MEDIA-SEQUENCE:0"]
    lines += ["#EXT-X-PLAYLIST-TYPE:VOD", f"#EXTINF:{duration_s:.6f},", name, "#EXT-X-ENDLIST", ""]
    return "\n".join(lines)


def master_playlist(cast: Cast, renditions: Sequence[Rendition], sound: Fragmented, *, target_s: int) -> str:
    """The playlist that a player is given; bit rates in it are measured, picture and sound together."""
    lines = [*_HEADER, "#EXT-X-INDEPENDENT-SEGMENTS"]
    shared = f'TYPE=AUDIO,GROUP-ID="sound",NAME="{_quoted(cast.name)}",LANGUAGE="{cast.language}"'
    lines.append(f'#EXT-X-MEDIA:{shared},DEFAULT=YES,AUTOSELECT=YES,URI="{_list_of(sound)}"')
    for one in cast.captions:
        shared = f'TYPE=SUBTITLES,GROUP-ID="subtitles",NAME="{_quoted(one.name)}",LANGUAGE="{one.language}"'
        flags = f"DEFAULT={'YES' if one.is_default else 'NO'},AUTOSELECT=YES,FORCED=NO"
        lines.append(f'#EXT-X-MEDIA:{shared},{flags},URI="{_captions_name(one.language)}.m3u8"')
    variants = [(_peak(shown, sound, target_s), shown) for shown in renditions]
    # Players begin with the first: the best that an ordinary line carries, not the largest.
    start = max((peak for peak, _ in variants if peak <= _STARTS_WITH), default=min(peak for peak, _ in variants))
    for peak, shown in sorted(variants, key=lambda row: (row[0] != start, -row[0])):
        mean = mean_bit_rate(shown.media.segments) + mean_bit_rate(sound.segments)
        attributes = (
            f'BANDWIDTH={peak},AVERAGE-BANDWIDTH={mean},CODECS="{shown.media.codec},{sound.codec}",'
            f'RESOLUTION={shown.size},FRAME-RATE={shown.fps:.3f},AUDIO="sound"'
        )
        attributes += ',SUBTITLES="subtitles"' if cast.captions else ""
        lines += [f"#EXT-X-STREAM-INF:{attributes},CLOSED-CAPTIONS=NONE", _list_of(shown.media)]
    return "\n".join([*lines, ""])


def _peak(shown: Rendition, sound: Fragmented, target_s: int) -> int:
    return peak_bit_rate(shown.media.segments, target_s) + peak_bit_rate(sound.segments, target_s)


def _list_of(media: Fragmented) -> str:
    """The name of a rendition's playlist, beside it in the folder."""
    return media.path.with_suffix(".m3u8").name


def _quoted(name: str) -> str:
    """A text that fits between the quotes of an attribute, which knows no escapes (RFC 8216, section 4.2)."""
    return one_line(name).replace('"', "”")
