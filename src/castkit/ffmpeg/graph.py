"""Inputs, filters and outputs of ffmpeg's jobs, by ffmpeg-python.

Rule: the only module that imports ffmpeg-python; every input is fenced in, so that it reads one local file only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

# Demuxers that read one file and nothing else. A whitelist, because HLS, DASH, concat, SDP and image sequences open
# whatever the file names; av_match_list compares with any of a demuxer's names.
RECORDING_FORMATS = (
    "aac ac3 aiff amr ape asf au avi caf eac3 flac flv mov matroska mp3 mpeg mpegts mxf ogg tta w64 wav wv"
).split()
_PICTURES = ("jpeg_pipe", "png_pipe")
_PROTOCOLS = "file,pipe"

BITEXACT: Mapping[str, Any] = {"fflags": "+bitexact", "flags": "+bitexact", "map_metadata": "-1", "map_chapters": "-1"}
"""Output options for ffmpeg-python with which the same input gives the same bytes, and no tag of the source is kept."""


def address(path: Path) -> str:
    """A path as ffmpeg must be given it: absolute and with its protocol, so that no name reads as an option or URL."""
    return f"file:{path.absolute()}"


def safe_input(formats: Sequence[str] = RECORDING_FORMATS) -> list[str]:
    """Options for before an untrusted `-i`: local files only, and only these demuxers."""
    return ["-protocol_whitelist", _PROTOCOLS, "-format_whitelist", ",".join(formats)]


def source(path: Path, *, formats: Sequence[str] = RECORDING_FORMATS, **options: Any) -> Any:
    """A file as an input of an ffmpeg-python graph, fenced in as by `safe_input`; `options` are for that input."""
    import ffmpeg  # noqa: PLC0415

    fence = {"protocol_whitelist": _PROTOCOLS, "format_whitelist": ",".join(formats)}
    return ffmpeg.input(address(path), **fence, **options)


def fenced(arguments: Sequence[str]) -> list[str]:
    """The arguments of a job, every input without a fence of its own fenced in; what it says itself stays."""
    whole: list[str] = []
    own: set[str] = set()  # the options of the input or output at hand
    for argument in arguments:
        if argument == "-i":
            whole += () if "-protocol_whitelist" in own else ("-protocol_whitelist", _PROTOCOLS)
            is_named = {"-format_whitelist", "-f"} & own  # by -f castkit itself has decided what it is
            whole += () if is_named else ("-format_whitelist", ",".join((*RECORDING_FORMATS, *_PICTURES)))
            own.clear()
        own.add(argument)
        whole.append(argument)
    return whole


def raw(path: Path, *, rate: int, channels: int) -> Any:
    """A file of bare 32-bit floats, `channels` interleaved at `rate` Hz, as an input of a graph; castkit's own only."""
    return source(path, formats=("f32le",), f="f32le", ar=rate, ac=channels)["a:0"]


def join(streams: Sequence[Any], name: str, **options: Any) -> Any:
    """The output of a filter with several inputs, such as amix, in an ffmpeg-python graph."""
    import ffmpeg  # noqa: PLC0415

    return ffmpeg.filter(list(streams), name, **options)


def together(*outputs: Any) -> Any:
    """Several outputs of one ffmpeg-python graph, as one job for `run`."""
    import ffmpeg  # noqa: PLC0415

    return ffmpeg.merge_outputs(*outputs)


def compiled(graph: Any) -> list[str]:
    """The arguments of a graph's outputs."""
    import ffmpeg  # noqa: PLC0415

    arguments: list[str] = ffmpeg.get_args(graph)
    return arguments
