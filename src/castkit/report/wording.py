"""Figures and times as the report writes them.

Rule: a figure stands on one line with its unit, a minus is a minus sign, and what was not measured is a dash.
"""

from __future__ import annotations

import math

from castkit.timecode import clock

NOTHING = "–"
_SILENCE_LUFS = -70.0  # what EBU R128 does not count

REASONS = {"cut": "cut out", "silence": "silence at the ends", "pause": "long pauses shortened"}
"""Why a span was removed (`castkit.model.edit.Removed`), in words."""


FLAGS = {"known-phrase": "known phrase", "loop": "loop", "no-evidence": "no evidence of speech"}
"""Why a text is flagged (`castkit.model.transcript.Flag`), in words."""


def figure(value: float | None, unit: str, *, is_signed: bool = False) -> str:
    """`−16.1 LUFS`; a dash for None and NaN, `−∞ dB` for nothing at all."""
    if value is None or math.isnan(value):
        return NOTHING
    if math.isinf(value):
        return f"{'−' if value < 0 else ''}∞\u00a0{unit}"
    rounded = round(value, 1) + 0.0  # not −0.0
    return f"{rounded:{'+' if is_signed and rounded else ''}.1f}\u00a0{unit}".replace("-", "−")


def lufs(value: float | None) -> str:
    """Integrated loudness; what the meter does not count is called silence."""
    return "silence" if value is not None and value <= _SILENCE_LUFS else figure(value, "LUFS")


def minutes(ms: float, *, is_fine: bool = False) -> str:
    """`04:07`, from an hour on `1:04:07`; rounded down, with tenths of a second where `is_fine`."""
    whole = max(0, int(ms))
    text = clock(whole)
    text = text[3:] if whole < 3_600_000 else text.removeprefix("0")
    return f"{text}.{whole % 1000 // 100}" if is_fine else text


def span(start_ms: int, end_ms: int) -> str:
    """`04:07.2–04:09.0`."""
    return f"{minutes(start_ms, is_fine=True)}–{minutes(end_ms, is_fine=True)}"


def length(ms: int) -> str:
    """How long something takes: `30 ms`, `4.5 s`, `12 s`, `4 min 07 s`, `1 h 04 min`."""
    if ms < 950:
        return f"{ms} ms"
    if ms < 10_000:
        return f"{ms / 1000:.1f} s"
    seconds = round(ms / 1000)
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60:02} s"
    return f"{seconds // 3600} h {seconds // 60 % 60:02} min"


def share(part: float, whole: float) -> str:
    """A part in percent, `100 %` only for all of it; a dash where there is no whole."""
    if whole <= 0:
        return NOTHING
    percent = 100 * part / whole
    text = f"{percent:.1f}" if part < whole else "100"
    return f"{'99.9' if text == '100.0' else text}\u00a0%"


def size(count: int) -> str:
    """A file's size in megabytes, as shops and file managers count them."""
    return f"{count / 1e6:.1f} MB" if count >= 50_000 else f"{count / 1e3:.1f} kB"


def limiter(limited_db: float | None) -> str:
    """Whether an output is the mix made louder or softer and nothing else."""
    if limited_db is None:
        return NOTHING
    return "linear" if round(limited_db, 1) <= 0 else f"up to {limited_db:.1f} dB"
