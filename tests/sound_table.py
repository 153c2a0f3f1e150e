"""Recordings of every kind castkit is to master right: level x channels x rate x format x defect, by name.

Made by ffmpeg from the demonstration's voice; short, so that the whole table is quick.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sounds
from castkit import ffmpeg
from castkit.audio.listen import Heard, Wav, listen, on_the_clock, pick
from castkit.audio.mixed import Mixed

_VOICE_LUFS = -20.0  # of sounds.HOST, roughly
_TWO = "pan=stereo|c0=c0|c1=0.5*c0,adelay=0|9"  # a room's two sides: not the same
_H264 = ("-c:v", "libx264", "-preset", "ultrafast")
_VP8 = ("-c:v", "libvpx", "-b:v", "50k", "-deadline", "realtime")


@dataclass(frozen=True, slots=True)
class Row:
    """A recording: its file name, what is done to the voice, and how it is written.

    `level` is its loudness in LUFS before the `filters`, about; None leaves the voice as it is. `picture` is how the
    picture beside it is encoded.
    """

    name: str
    filters: str = "anull"
    options: Sequence[str] = ()
    level: float | None = None
    seconds: float = 5
    start: float = 5
    picture: Sequence[str] = ()


def _wav(codec: str, *options: str) -> tuple[str, ...]:
    return ("-c:a", codec, *options)


ROWS: tuple[Row, ...] = (
    # Levels, from whispering far from the microphone to a game's commentator.
    *(Row(f"level{level}.wav", level=level) for level in (-65, -50, -40, -33, -27, -16, -12)),
    Row("level-50-stereo.wav", _TWO, level=-50, options=_wav("pcm_s24le")),
    Row("hot-8.wav", "alimiter=limit=0.9:level=false", level=-8),
    Row("hot-3.wav", "alimiter=limit=0.99:level=false:attack=1:release=5", level=-3),
    Row("float-above-full-scale.wav", level=-6, options=_wav("pcm_f32le")),
    # Channels
    Row("channels1.wav"),
    Row("channels2-same.wav", "pan=stereo|c0=c0|c1=c0"),
    Row("channels2.wav", _TWO),
    Row("channels3.wav", "pan=3.0|c0=c0|c1=0.5*c0|c2=0.3*c0"),
    Row("channels4.wav", "pan=4.0|c0=c0|c1=0.5*c0|c2=0.3*c0|c3=0.1*c0"),
    Row("channels4-of-a-recorder.wav", "pan=4c|c0=0.1*c0|c1=0.1*c0|c2=0.1*c0|c3=c0"),
    Row("channels5.flac", "pan=5.0|c0=0.2*c0|c1=0.2*c0|c2=c0|c3=0.1*c0|c4=0.1*c0"),
    Row("channels6.wav", "pan=5.1|c0=0.2*c0|c1=0.2*c0|c2=c0|c3=0.5*c0|c4=0.1*c0|c5=0.1*c0"),
    Row("channels7.wav", "pan=6.1|c0=c0|c1=0.2*c0|c2=0.2*c0|c3=0*c0|c4=0.2*c0|c5=0.1*c0|c6=0.1*c0"),
    Row("channels8.wav", "pan=7.1|c0=c0|c1=0.5*c0|c2=0.7*c0|c3=0*c0|c4=0.1*c0|c5=0.1*c0|c6=0.1*c0|c7=0.1*c0"),
    Row("channels6.m4a", "pan=5.1|c0=0.2*c0|c1=0.2*c0|c2=c0|c3=0*c0|c4=0.1*c0|c5=0.1*c0"),
    # Sample rates
    *(Row(f"rate{rate}.wav", options=("-ar", str(rate))) for rate in (8_000, 11_025, 22_050, 44_100, 96_000, 192_000)),
    Row("rate44100-stereo.flac", _TWO, options=("-ar", "44100")),
    # Formats
    Row("bits24.wav", _TWO, _wav("pcm_s24le")),
    Row("bits32.wav", _TWO, _wav("pcm_s32le")),
    Row("bits-float.wav", _TWO, _wav("pcm_f32le")),
    Row("rf64.wav", _TWO, _wav("pcm_s16le", "-rf64", "always")),
    Row("wave64.w64", _TWO),
    Row("free.flac", _TWO),
    Row("apple.aiff", _TWO),
    Row("layer3.mp3", _TWO, ("-b:a", "64k")),
    Row("phone.m4a", _TWO, ("-b:a", "64k")),
    Row("vorbis.ogg", _TWO, _wav("libvorbis")),
    Row("voice.opus", _TWO, ("-b:a", "32k")),
    Row("windows.wma", _TWO, _wav("wmav2")),
    Row("camera.mp4", _TWO, _wav("aac"), picture=_H264),
    Row("camera.mov", _TWO, _wav("pcm_s16le"), picture=_H264),
    Row("screen.mkv", _TWO, _wav("flac"), picture=_H264),
    Row("browser.webm", _TWO, _wav("libopus"), picture=_VP8),
    # Defects
    Row("clipped.wav", level=-8, filters=_TWO),
    Row("left-dead.wav", "pan=stereo|c0=0*c0|c1=c0"),
    Row("right-dead.wav", "pan=stereo|c0=c0|c1=0.0005*c0"),
    Row("poles-swapped.wav", "pan=stereo|c0=-1*c0|c1=c0"),
    Row("silence-first.wav", "adelay=60000:all=1"),
    Row("one-second.wav", seconds=1, start=7),
    Row("two-seconds.wav", _TWO, seconds=2),
    Row("five-seconds-quiet.wav", seconds=5, level=-50),
    Row("one-second-quiet.m4a", seconds=1, start=7, level=-45),
    Row("dynamic.wav", "volume='if(lt(mod(t,5),2.5),1,0.12)':eval=frame", seconds=10),
    Row("constant-offset.wav", "dcshift=0.2"),
    Row("humming.wav", "aeval='val(0)+0.05*sin(2*PI*50*t)':c=same"),
)


def make(row: Row, folder: Path) -> Path:
    """Writes the row's recording into `folder`."""
    level = "" if row.level is None else f"volume={row.level - _VOICE_LUFS}dB,"
    filters = f"aformat=fltp,{level}{row.filters}"
    if not row.picture:
        return sounds.speech(
            folder / row.name, seconds=row.seconds, start=row.start, filters=filters, options=row.options
        )
    voice = sounds.speech(folder / "voice.wav", seconds=row.seconds, start=row.start, filters=filters)
    picture = ["-f", "lavfi", "-i", f"testsrc=s=64x64:r=10:d={row.seconds}", "-i", voice]
    ffmpeg.run([*picture, "-pix_fmt", "yuv420p", *row.picture, *row.options, folder / row.name], doing="making a video")
    return folder / row.name


def mix_of(path: Path, folder: Path) -> Mixed:
    """A recording as preset `untouched` mixes it: the recording itself, and what `listen` found of it."""
    found = ffmpeg.probe(path)
    heard = listen(path, found, Wav(folder / "16k.wav"))
    rate = 44_100 if 44_100 % found.audio[0].sample_rate == 0 else 48_000
    channels = 2 if heard.sound == "stereo" else 1

    def read(start_ms: int, duration_ms: int | None) -> Any:
        window = {"ss": start_ms / 1000} if start_ms else {}
        if duration_ms is not None:
            window["t"] = duration_ms / 1000
        stream = on_the_clock(path, rate, found.audio[0].channels, **window)
        return pick(stream, heard.sound, channels)

    return Mixed(rate, channels, heard.duration_ms, heard.loudness, read, _curves(heard))


def _curves(heard: Heard) -> Any:
    return heard.curves
