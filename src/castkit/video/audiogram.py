"""The audiogram: a still with cover and titles, a wave that moves with the sound, captions, chapters, all in one MP4.

Rule: the sound is copied as it is, and only what moves is drawn for each frame; nothing here starts a program.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from castkit.ffmpeg import address, safe_input
from castkit.video.shape import Size

FPS = 15  # the wave moves by four pixels a frame; more costs in proportion and looks the same
Colour = tuple[int, int, int]
Place = tuple[int, int, int, int]  # left, top, width, height in pixels


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything is on the picture, above the captions of `ass.LAYOUTS`; the wave's width is a multiple of 24."""

    size: Size
    cover: Place
    titles: Place
    wave: Place
    is_centred: bool = False


# By `shape`; room is left below for two lines in each of two languages.
LAYOUTS: Mapping[str, Layout] = {
    "16:9": Layout(Size(1280, 720), (64, 56, 384, 384), (496, 56, 720, 244), (496, 324, 720, 116)),
    "1:1": Layout(Size(1080, 1080), (72, 72, 400, 400), (520, 72, 488, 400), (72, 524, 936, 140)),
    "9:16": Layout(Size(720, 1280), (200, 64, 320, 320), (60, 408, 600, 172), (60, 600, 600, 104), is_centred=True),
}

_PITCH, _GAP = 12, 6  # pixels from bar to bar, and between them
_BARS_A_SECOND = 5  # about the syllables of speech
_QUIETEST, _LOUDEST = -42, -10  # dB RMS in a fifth of a second: a speaker at -16 LUFS fills the height
_PROGRESS = 8  # pixels: the line along the lower edge that grows with the time
_MARGIN = 4  # pixels above and below the longest bar, in which its corners are rounded
_SOUND_RATE = 16_000  # Hz; enough to see how loud it is
# Hardly anything moves: few reference frames and a short look-ahead halve the memory and cost no quality.
_ENCODE = (
    *("-c:v", "libx264", "-preset", "veryfast", "-tune", "stillimage", "-crf", "21", "-bf", "0", "-refs", "1"),
    *("-rc-lookahead", "5", "-g", str(6 * FPS), "-threads", "1", "-pix_fmt", "yuv420p", "-color_range", "tv"),
    *("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"),
)


@dataclass(frozen=True, slots=True)
class Audiogram:
    """What goes into the file: the still (PNG of the layout's size), and AAC in MP4 of `duration_ms`.

    `accent` colours what was heard, `quiet` what comes; `language` is the spoken one's (ISO 639-2); `burnt` is the
    filter of `burn.lay_out` that draws the captions, or empty.
    """

    still: Path
    sound: Path
    duration_ms: int
    layout: Layout
    accent: Colour
    quiet: Colour
    language: str
    burnt: str = ""


def audiogram_arguments(what: Audiogram, described: Path, target: Path) -> list[str]:
    """Arguments for ffmpeg to make `target`, an MP4 that plays while it loads; `described` holds `ffmpeg.metadata`."""
    inputs = ["-f", "png_pipe", *safe_input(["png_pipe"]), "-i", address(what.still)]
    inputs += [*safe_input(), "-i", address(what.sound)]
    inputs += [*safe_input(["ffmetadata"]), "-f", "ffmetadata", "-i", address(described)]
    outputs = ["-filter_complex", audiogram_graph(what), "-map", "[shown]", "-map", "1:a:0", *_ENCODE, "-c:a", "copy"]
    outputs += ["-metadata:s:a:0", f"language={what.language}", "-map_metadata", "2", "-map_chapters", "2"]
    exact = ["-fflags", "+bitexact", "-flags", "+bitexact", "-movflags", "+faststart", "-f", "mp4"]
    return [*inputs, *outputs, *exact, address(target)]


def audiogram_graph(what: Audiogram) -> str:
    """The filters from the still (input 0) and the sound (input 1) to the picture `[shown]`."""
    layout, frames = what.layout, max(1, round(what.duration_ms * FPS / 1000))
    seconds = frames / FPS
    track = f"drawbox=y=ih-{_PROGRESS}:h={_PROGRESS}:color=white@0.15:t=fill"
    progress = f"overlay=x='-w+w*t/{seconds:.4f}':y={layout.size.height - _PROGRESS}:format=yuv420:shortest=1"
    left, top, _, _ = layout.wave
    burnt = f",{what.burnt}" if what.burnt else ""
    chains = [
        f"[0:v]{track},{_still()},trim=end_frame={frames}[still]",
        _wave(layout.wave),
        _colours(layout.wave, what.accent, what.quiet),
        "[colours][bars]alphamerge[wave]",
        f"[still][wave]overlay=x={left}:y={top}:shortest=1:format=yuv420[waving]",
        f"{_plain(what.accent, Size(layout.size.width, _PROGRESS))},{_still()}[line]",
        f"[waving][line]{progress}{burnt}[shown]",
    ]
    return ";".join(chains)


def _still() -> str:
    """One frame, converted once and then repeated without an end."""
    return (
        "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p,"
        f"loop=loop=-1:size=1,setpts=N/{FPS}/TB,fps={FPS},setsar=1"
    )


def _plain(colour: Colour, size: Size) -> str:
    return f"color=c=0x{bytes(colour).hex()}:s={size}:r={FPS}:d={1 / FPS:.4f},format=gbrp"


def _colours(place: Place, accent: Colour, quiet: Colour) -> str:
    half = Size(place[2] // 2, place[3])
    return f"{_plain(accent, half)}[heard];{_plain(quiet, half)}[coming];[heard][coming]hstack,{_still()}[colours]"


def _wave(place: Place) -> str:
    """The bars in white on black: loudness a fifth of a second at a time, mirrored, what is heard now in the middle.

    One pixel of a small scrolling graph becomes one bar; between two steps of the graph the picture moves by a part
    of a bar.
    """
    _, _, width, height = place
    bars = width // _PITCH
    lead = bars // 2
    steps = FPS // _BARS_A_SECOND
    samples = _SOUND_RATE // _BARS_A_SECOND
    # The graph fills from the left before it scrolls, so it is filled beforehand; and it draws -inf dB as the loudest.
    loudness = (
        f"[1:a:0]aformat=channel_layouts=mono,aresample={_SOUND_RATE},adelay={(bars + 1) * samples}S,"
        f"apad=pad_len={(lead + _BARS_A_SECOND) * samples},dcshift=0.0001,asetnsamples=n={samples},"
        "astats=metadata=1:reset=1:measure_perchannel=none:measure_overall=RMS_level"
    )
    graph = (
        "adrawgraph=m1=lavfi.astats.Overall.RMS_level:mode=bar:slide=scroll:fg1=0xffffffff:bg=black@0:"
        f"size={bars + 1}x{height // 2 - _MARGIN}:min={_QUIETEST}:max={_LOUDEST}:r={_BARS_A_SECOND},alphaextract,"
        f"trim=start_frame={bars + 1 + lead},setpts=PTS-STARTPTS,fps={FPS}"
    )
    mirrored = "split[upper][lower];[lower]vflip[lower];[upper][lower]vstack"
    spread = (
        f"scale={(bars + 1) * _PITCH}:ih:flags=neighbor,pad=iw:ih+{2 * _MARGIN}:0:{_MARGIN},"
        f"drawbox=x=0:y=ih/2-2:w=iw:h=4:color=white:t=fill,"  # a pause is a row of dots
        f"drawgrid=w={_PITCH}:h=0:t={_GAP}:color=black,"
        "gblur=sigma=1.6,lutyuv=y='clip((val-110)*6,0,255)',"  # rounds the corners
        f"crop={width}:ih:x='mod(n\\,{steps})*{_PITCH // steps}':y=0"
    )
    return f"{loudness},{graph},{mirrored},{spread}[bars]"
