"""Frames of a produced video as pictures, and what a test can see in them: blackness, and light text with a dark rim.

A box is (left, top, right, bottom) in shares of the picture, from its upper left corner.
"""

from __future__ import annotations

import io
import subprocess
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from castkit import ffmpeg

Box = tuple[float, float, float, float]
WHOLE: Box = (0.0, 0.0, 1.0, 1.0)

_WHITE, _RIM = 190, 90  # luma of a caption's letters and, at most, of the rim around them
_FEW = 0.002  # a row of pixels with less of it white is no part of a line of text


def still(video: Path, at_ms: int) -> Image.Image:
    """What a player shows at this time, RGB: the last frame that is not later. AssertionError where there is none."""
    from_s = max(0, at_ms - 5000) / 1000  # decoded from there, so that a frame that stands long is found
    shown = f"fps=100:start_time=0,trim=start={at_ms / 1000 - from_s:.3f}"
    seek = ["-ss", f"{from_s:.3f}"] if from_s else []
    command = [ffmpeg.find_tools().ffmpeg, "-v", "error", *seek, "-i", video, "-map", "0:V:0", "-vf", shown]
    command += ["-frames:v", "1", "-f", "image2pipe", "-c:v", "png", "-"]
    done = subprocess.run([str(part) for part in command], check=False, capture_output=True)
    assert done.stdout, f"{video} shows nothing at {at_ms} ms: {done.stderr.decode(errors='replace')}"
    return Image.open(io.BytesIO(done.stdout)).convert("RGB")


def is_black(image: Image.Image, box: Box = WHOLE) -> bool:
    """Whether nothing can be seen: all but the odd pixel darker than a sixteenth of white above black."""
    return bool(np.percentile(_luma(part(image, box)), 99.5) < 32)


def part(image: Image.Image, box: Box) -> Image.Image:
    """The pixels in the box."""
    width, height = image.size
    left, top, right, bottom = box
    return image.crop((round(left * width), round(top * height), round(right * width), round(bottom * height)))


def ink(image: Image.Image, box: Box = WHOLE) -> float:
    """The share of the box's pixels that look like a caption's letters: white, near to something dark."""
    return float(_letters(part(image, box)).mean())


def has_text(image: Image.Image, box: Box = WHOLE) -> bool:
    """Whether a caption stands in the box: a few letters at least."""
    return int(_letters(part(image, box)).sum()) >= 40


def text_rows(image: Image.Image, box: Box = WHOLE) -> list[tuple[float, float]]:
    """The lines of text in the box, from the top: (top, bottom) of each in shares of the whole picture's height."""
    shown = _letters(part(image, box))
    filled = np.concatenate(([False], shown.mean(axis=1) > _FEW, [False]))
    turns = np.flatnonzero(filled[1:] != filled[:-1])
    height, offset = image.size[1], round(box[1] * image.size[1])
    rows = [
        (float(one + offset) / height, float(other + offset) / height)
        for one, other in zip(turns[::2], turns[1::2], strict=True)
    ]
    return [row for row in rows if row[1] - row[0] > 0.008]  # the dot of an i is no line


def text_extent(image: Image.Image, box: Box = WHOLE) -> Box:
    """The smallest box around the letters in the box, in shares of the whole picture."""
    down, across = np.nonzero(_letters(part(image, box)))
    assert len(down), "no text here"
    width, height = image.size
    left, top = round(box[0] * width), round(box[1] * height)
    return (
        (int(across.min()) + left) / width,
        (int(down.min()) + top) / height,
        (int(across.max()) + 1 + left) / width,
        (int(down.max()) + 1 + top) / height,
    )


def glyphs(image: Image.Image, box: Box = WHOLE) -> list[bytes]:
    """The shapes that stand side by side in the box, left to right, as bytes: empty boxes are all the same."""
    letters = _letters(part(image, box))
    filled = np.concatenate(([False], letters.any(axis=0), [False]))
    turns = np.flatnonzero(filled[1:] != filled[:-1])
    shapes = []
    for one, other in zip(turns[::2], turns[1::2], strict=True):
        shape = letters[:, one:other]
        down = np.flatnonzero(shape.any(axis=1))
        shapes.append(np.packbits(shape[down[0] : down[-1] + 1]).tobytes())
    return shapes


def difference(one: Image.Image, other: Image.Image, box: Box = WHOLE) -> float:
    """How far two pictures of one size differ in the box: the mean of the luma's differences, 0 to 255."""
    return float(np.abs(_luma(part(one, box)).astype(int) - _luma(part(other, box)).astype(int)).mean())


def colour(image: Image.Image, box: Box = WHOLE) -> tuple[int, int, int]:
    """The mean colour in the box."""
    red, green, blue = np.asarray(part(image, box)).reshape(-1, 3).mean(axis=0)
    return round(red), round(green), round(blue)


def frame_times_ms(video: Path) -> list[float]:
    """When each frame of the picture is shown, in order, as a player decodes it."""
    ask = [ffmpeg.find_tools().ffprobe, "-v", "error", "-select_streams", "V:0", "-show_entries", "frame=pts_time"]
    command = [str(part) for part in [*ask, "-of", "csv=p=0", video]]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    times = [float(line.strip(",")) * 1000 for line in said.split()]
    assert all(one < other for one, other in pairwise(times))
    return times


def _luma(image: Image.Image) -> NDArray[np.uint8]:
    return np.asarray(image.convert("L"))


def _letters(image: Image.Image) -> NDArray[np.bool_]:
    grey = image.convert("L")
    reach = 2 * max(2, round(image.size[0] / 160)) + 1  # the rim is near, however large the letters are
    darkest = grey
    for _ in range(2):
        darkest = darkest.filter(ImageFilter.MinFilter(reach if reach % 2 else reach + 1))
    return (np.asarray(grey) >= _WHITE) & (np.asarray(darkest) <= _RIM)
