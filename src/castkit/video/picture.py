"""The picture of a video-cast: whether the camera's can be copied, and the filters where it must be encoded.

Rule: it is copied, bit for bit, unless a rule of the table says why not; then it is encoded once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from castkit.errors import CastkitError
from castkit.ffmpeg import VideoStream
from castkit.model.timeline import Piece
from castkit.video.pace import in_frames, pace_of, timing
from castkit.video.shape import SOURCE, Size, fitting, shaped

_SMALLEST = 16  # pixels on a side; x264 and players want more than a dot
_HALF_FRAME_MS = 20
# Phones, browsers and podcast apps play these; 4:2:2, 4:4:4 and 10 bit in H.264 no browser and no phone's chip does.
_PLAYED = frozenset({"yuv420p", "yuvj420p"})
# Containers that say when every frame is shown. AVI does not, and H.264 in it cannot be put elsewhere in step.
_TIMED = frozenset({"mov", "mp4", "matroska", "webm", "flv", "mpegts"})
# HDR by PQ or HLG as every screen shows it; one curve for all, because players differ in what they do with HDR.
_TONE_MAP = (
    "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=tonemap=hable:desat=0,"
    "zscale=t=bt709:m=bt709:r=tv,format=yuv420p"
)


@dataclass(frozen=True, slots=True)
class Picture:
    """A recording that the picture is taken from, as ffprobe found it; `container` is `Probe.format`.

    A time t of the file is t * (1 + drift_ppm / 1 000 000) + offset_ms on the recordings' clock.
    """

    path: Path
    stream: VideoStream
    container: str = "mov,mp4,m4a,3gp,3g2,mj2"
    offset_ms: int = 0
    drift_ppm: float = 0.0

    @property
    def size(self) -> Size:
        """As it is shown: rotated, in square pixels; the longer side is stretched, so that no pixel is lost."""
        found, shape = self.stream, self.stream.pixel_shape
        if abs(found.rotation) % 180 == 90:
            shape = 1 / shape
        if shape >= 1:
            return Size(max(1, round(found.width * shape)), found.height)
        return Size(found.width, max(1, round(found.height / shape)))


def check_picture(picture: Picture) -> None:
    """CastkitError, naming the file, for a picture that nothing can be made of."""
    found = picture.stream
    if found.codec in ("unknown", "none", ""):
        raise CastkitError(f"{picture.path}: its picture is in a format that ffmpeg does not know", _HINT)
    if min(found.width, found.height) < _SMALLEST:
        raise CastkitError(
            f"{picture.path}: its picture is {found.width}x{found.height} pixels, too small to show", _HINT
        )


_HINT = "export it again as MP4 with H.264, or export its sound alone"

Rule = Callable[[Picture, Sequence[Piece]], str]


def _codec(picture: Picture, _: Sequence[Piece]) -> str:
    codec = picture.stream.codec
    return "" if codec == "h264" else f"{codec} is not played everywhere"


def _colours(picture: Picture, _: Sequence[Piece]) -> str:
    found = picture.stream.pixel_format
    return "" if not found or found in _PLAYED else f"phones and browsers do not play {found}"


def _brightness(picture: Picture, _: Sequence[Piece]) -> str:
    return "it is HDR, which looks grey on most screens" if picture.stream.is_hdr else ""


def _interlacing(picture: Picture, _: Sequence[Piece]) -> str:
    return "it is interlaced" if picture.stream.is_interlaced else ""


def _container(picture: Picture, _: Sequence[Piece]) -> str:
    is_timed = not _TIMED.isdisjoint(picture.container.split(","))
    return "" if is_timed else f"{picture.container} does not say when each frame is shown"


def _cuts(_: Picture, pieces: Sequence[Piece]) -> str:
    return "parts of it are cut out" if len(pieces) > 1 else ""


def _beginning(picture: Picture, pieces: Sequence[Piece]) -> str:
    """What is cut off at the start would stay in a copied file, up to ten seconds of it, for anyone to find."""
    return "its beginning is cut off" if pieces[0].start_ms - picture.offset_ms > _HALF_FRAME_MS else ""


RULES: tuple[Rule, ...] = (_codec, _colours, _brightness, _interlacing, _container, _cuts, _beginning)


def why_encoded(picture: Picture, pieces: Sequence[Piece]) -> tuple[str, ...]:
    """Every reason why the picture cannot be copied; empty where it can.

    A rotation, a pixel shape and a variable pace are copied along: players follow them.
    """
    return tuple(_reasons(picture, pieces))


def _reasons(picture: Picture, pieces: Sequence[Piece]) -> Iterator[str]:
    for rule in RULES:
        if reason := rule(picture, pieces):
            yield reason


def copying(picture: Picture, pieces: Sequence[Piece], duration_ms: int) -> tuple[list[str], list[str]]:
    """Options for ffmpeg's input and output by which the picture is copied, put on the master's clock.

    The first frame comes at 0 and stands until the picture moves; the last stands until the end of the sound.
    """
    (piece,) = pieces
    speed = 1 + picture.drift_ppm / 1e6
    delay_ms = max(0, piece.at_ms - piece.start_ms + picture.offset_ms)
    shown_s = (min(piece.until_ms, duration_ms) - delay_ms) / 1000 / speed
    end, delay = f"{duration_ms / 1000:.3f}/TB", f"round({delay_ms / 1000:.3f}/TB)"
    times = ":".join(
        f"{kind}=if(N\\,{kind.upper()}*{speed:.9f}+{delay}\\,{kind.upper()}-STARTPTS)" for kind in ("pts", "dts")
    )
    # Only the last packet's duration counts in an MP4: for the others the next one's time does.
    stands = f"duration=max(DURATION\\,{end}-PTS*{speed:.9f}-{delay})"
    # The time base is set, as ffmpeg 5 tells setts the recording's where the MP4 gets another (all but MP4 and MOV).
    rewritten = ["-time_base:v:0", "1/90000", "-bsf:v:0", f"setts={times}:{stands}"]
    return ["-t", f"{max(0.04, shown_s):.3f}"], ["-c:v:0", "copy", *rewritten]


@dataclass(frozen=True, slots=True)
class Look:
    """What is done to a picture that is encoded: its shape, and a filter that draws captions in it ("" for none)."""

    shape: str = SOURCE
    captions: str = ""
    can_tone_map: bool = True  # whether this ffmpeg has zscale


def encoding(
    picture: Picture, pieces: Sequence[Piece], duration_ms: int, look: Look | None = None
) -> tuple[list[str], list[str]]:
    """Options for ffmpeg's input and output by which the picture is encoded, cut as the sound is.

    It has one constant pace, square pixels, even sides of at most 1080 on the shorter, and stands upright.
    """
    look = look or Look()
    pace = pace_of(picture.stream)
    frames = in_frames(pieces, picture.offset_ms, duration_ms, pace)
    chain = [
        "bwdif=mode=send_frame" if picture.stream.is_interlaced else "",
        timing(frames, picture.drift_ppm),
        _TONE_MAP if picture.stream.is_hdr and look.can_tone_map else "",
        fitting(picture.size, shaped(look.shape, picture.size)),
        look.captions,
    ]
    read_s = frames.needed_s * 1.001 + 1
    inputs = ["-reinit_filter", "0", "-t", f"{read_s:.3f}"]
    return inputs, ["-filter:v:0", ",".join(part for part in chain if part), *encoder(round(pace * 2))]


def encoder(keyframe_every: int) -> list[str]:
    """x264 as every castkit video uses it, the first video stream of an output; keyframes at this many frames at most.

    x264 gives the same bytes for the same number of threads, whatever the machine; a number of its own choice differs.
    """
    quality = ["-preset", "veryfast", "-crf", "20", "-pix_fmt", "yuv420p"]
    return ["-c:v:0", "libx264", *quality, "-g", str(keyframe_every), "-threads:v:0", "4"]
