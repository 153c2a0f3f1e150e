"""Makes the demonstration show's cover, intro and outro: our own drawing and our own sound, dedicated to CC0.

Rule: whoever runs it again on the same fonts and libraries gets the same files; nothing is taken from anywhere.

    python scripts/make_demo_art.py            # needs Pillow, ffmpeg, and the font Noto Sans CJK
"""

from __future__ import annotations

import argparse
import array
import math
import subprocess
import tempfile
import wave
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).parent.parent
FONT = "NotoSansCJK-Bold.ttc"  # found in the system's font folders; its Latin letters are Source Sans
SIMPLIFIED = 2  # the face "Noto Sans CJK SC" in the collection

SIZE = 3000
TEXT_WIDTH = 0.76  # share of the side; what a phone shows at 55 pixels must be as large as it can be
SCALE = 2  # drawn larger and reduced, because Pillow's shapes have hard edges
TEAL, DEEP, CREAM, CORAL, INK = "#0f6670", "#0b4f58", "#fdf3e1", "#e4572e", "#0b3c44"

RATE = 48_000
# A rising fourth and its octave to open; the same notes falling, and lower, to close: (Hz, start s, strength).
INTRO = ((392.00, 0.00, 0.8), (523.25, 0.30, 0.9), (783.99, 0.60, 0.7))
OUTRO = ((783.99, 0.00, 0.6), (523.25, 0.35, 0.8), (392.00, 0.70, 0.8), (261.63, 0.70, 0.5))
INTRO_SECONDS, OUTRO_SECONDS = 2.5, 3.0
PEAK = 0.45  # -6.9 dBFS: the master brings it to the programme's level
# Overtones of a struck bar: ratio to the note, strength, decay in seconds. The fourth is the bar's own second mode.
PARTIALS = ((1.0, 1.0, 0.80), (2.0, 0.22, 0.45), (3.0, 0.07, 0.25), (4.0, 0.10, 0.15))


def cover(target: Path) -> None:
    """A square RGB PNG of 3000 pixels: two speech bubbles, one per language, under a sheltering arch."""
    side = SIZE * SCALE
    image = Image.new("RGB", (side, side), DEEP)
    draw = ImageDraw.Draw(image)
    _arch(draw, side)
    _bubble(draw, (0.05, 0.05, 0.92, 0.565), CREAM, tail="left")
    _bubble(draw, (0.08, 0.655, 0.95, 0.895), CORAL, tail="right")
    for line, middle in (("SOCIAL", 0.173), ("PROTECTION", 0.345), ("DIALOGUES", 0.473)):
        _text(draw, line, INK, (0.105, middle))
    _text(draw, "社会保障对话", "white", (0.13, 0.775))
    image.resize((SIZE, SIZE), Image.Resampling.LANCZOS).save(target, optimize=True)


def _arch(draw: ImageDraw.ImageDraw, side: int) -> None:
    for share, colour in ((1.02, TEAL), (0.80, DEEP), (0.58, TEAL)):
        radius = share * side
        centre = (side * 0.5, side * 1.02)
        draw.circle(centre, radius, fill=colour)


def _bubble(draw: ImageDraw.ImageDraw, box: tuple[float, float, float, float], colour: str, *, tail: str) -> None:
    side = SIZE * SCALE
    left, top, right, bottom = (round(share * side) for share in box)
    draw.rounded_rectangle((left, top, right, bottom), radius=round(0.06 * side), fill=colour)
    root = left + round(0.10 * side) if tail == "left" else right - round(0.10 * side)
    away = -1 if tail == "left" else 1
    width, drop = round(0.09 * side), round(0.065 * side)
    draw.polygon(
        ((root, bottom - 2), (root - away * width, bottom - 2), (root + away * width // 8, bottom + drop)), colour
    )


def _text(draw: ImageDraw.ImageDraw, text: str, colour: str, place: tuple[float, float]) -> None:
    """Draws the text from `place` (left, middle: shares of the side) as large as the bubble's width allows."""
    side = SIZE * SCALE
    probe = ImageFont.truetype(FONT, 1000, index=SIMPLIFIED).getbbox(text, anchor="ls")
    font = ImageFont.truetype(FONT, round(TEXT_WIDTH * side / (probe[2] - probe[0]) * 1000), index=SIMPLIFIED)
    box = font.getbbox(text, anchor="ls")
    corner = (place[0] * side - box[0], place[1] * side - (box[1] + box[3]) / 2)
    draw.text(corner, text, colour, font=font, anchor="ls")


def chime(notes: tuple[tuple[float, float, float], ...], seconds: float) -> array.array[int]:
    """Mono samples of the notes, each a struck bar that fades; the last 400 ms fade to silence."""
    total = round(seconds * RATE)
    sound = [0.0] * total
    for pitch, start, strength in notes:
        first = round(start * RATE)
        for i in range(first, total):
            t = (i - first) / RATE
            attack = min(1.0, t / 0.008)
            bar = sum(level * math.exp(-t / fade) * math.sin(math.tau * pitch * n * t) for n, level, fade in PARTIALS)
            sound[i] += strength * attack * bar
    gain = PEAK / max(abs(value) for value in sound)
    end = [min(1.0, (total - i) / (0.4 * RATE)) for i in range(total)]
    return array.array("h", (round(32767 * gain * value * fade) for value, fade in zip(sound, end, strict=True)))


def write_flac(samples: array.array[int], target: Path) -> None:
    """Mono FLAC of 16 bits at 48 kHz, without a date or an encoder's name in it."""
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "sound.wav"
        with wave.open(str(raw), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(RATE)
            out.writeframes(samples.tobytes())
        command = ["ffmpeg", "-v", "error", "-y", "-i", str(raw), "-map_metadata", "-1", "-bitexact", str(target)]
        subprocess.run(command, check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--to", type=Path, default=ROOT, help="the workspace to write into")
    folder = parser.parse_args().to
    (folder / "assets").mkdir(parents=True, exist_ok=True)
    cover(folder / "cover.png")
    write_flac(chime(INTRO, INTRO_SECONDS), folder / "assets" / "intro.flac")
    write_flac(chime(OUTRO, OUTRO_SECONDS), folder / "assets" / "outro.flac")


if __name__ == "__main__":
    main()
