"""M4A with its tags: what a player shows of it.

Rule: the sound is copied; text, chapters and cover go in as ffmpeg writes them, and nothing here starts a program.
"""

from __future__ import annotations

from pathlib import Path

from castkit.ffmpeg import address, safe_input


def m4a_arguments(sound: Path, described: Path, cover: Path, target: Path) -> list[str]:
    """Arguments for ffmpeg to make `target` of the AAC in `sound`; `described` holds tags and chapters for ffmpeg.

    `cover` is a JPEG. The file plays while it loads, and the same input gives the same bytes.
    """
    inputs = [*safe_input(), "-i", address(sound), *safe_input(["ffmetadata"]), "-f", "ffmetadata"]
    inputs += ["-i", address(described), *safe_input(["jpeg_pipe"]), "-f", "jpeg_pipe", "-i", address(cover)]
    outputs = ["-map", "0:a:0", "-map", "2:v:0", "-c", "copy", "-disposition:v:0", "attached_pic"]
    outputs += ["-map_metadata", "1", "-map_chapters", "1"]
    exact = ["-fflags", "+bitexact", "-flags", "+bitexact", "-movflags", "+faststart", "-f", "mp4"]
    return [*inputs, *outputs, *exact, address(target)]
