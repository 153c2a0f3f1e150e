"""The finished sound made small, for people who work on its words far away.

Rule: it stays on the master's clock to the millisecond; nothing here starts a program.
"""

from __future__ import annotations

from pathlib import Path

from castkit.ffmpeg import address, safe_input

# Speech on a laptop's loudspeakers: 22 MB an hour. AAC in MP4 and no MP3, as browsers seek in it to the sample.
VOICE = ("-c:a", "aac", "-b:a", "48k", "-ac", "1", "-ar", "32000")
_EXACT = ("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-flags", "+bitexact")


def light_sound_arguments(sound: Path, target: Path) -> list[str]:
    """Arguments for ffmpeg to make `target`, M4A with one channel, of a finished sound; the same input, the same bytes.

    The filter takes an MP3's time of its first sample, 25 ms by ffmpeg's count, for what it is: 0.
    """
    outputs = ["-map", "0:a:0", "-af", "asetpts=PTS-STARTPTS", *VOICE, *_EXACT]
    return [*safe_input(), "-i", address(sound), *outputs, "-movflags", "+faststart", "-f", "mp4", address(target)]


def light_mp3_arguments(sound: Path, target: Path) -> list[str]:
    """The same as a small MP3 of a constant rate, in which every browser seeks; for a page that names an MP3."""
    outputs = ["-map", "0:a:0", "-c:a", "libmp3lame", "-b:a", "48k", "-ac", "1", "-ar", "32000", *_EXACT]
    return [*safe_input(), "-i", address(sound), *outputs, "-f", "mp3", address(target)]
