"""The report as one HTML page that needs nothing else: pictures, style, script and excerpts are all in it.

Rule: the same view gives the same bytes; every text is escaped, and the page may load nothing but the sound beside it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from castkit.model import origins
from castkit.model.edit import Removed
from castkit.model.language import language_name
from castkit.model.programme import Loudness
from castkit.model.text import one_line, printable
from castkit.report import recognised
from castkit.report.axis import Axis, common, ticks
from castkit.report.pictures import gain_range, pictures, speakers
from castkit.report.view import Excerpt, Fault, Mark, Output, Players, ReportView, TrackView
from castkit.report.wording import NOTHING, REASONS, figure, length, limiter, lufs, minutes, share, size, span

TOLERANCE_LU = 0.3  # how near the target a file must come
_MOST_MARKS = 300  # faults of a recording, or removed spans, that are listed one by one
_TEMPLATES = Path(__file__).parent.parent / "templates"
_POLICY = (
    "default-src 'none'; img-src data:; media-src 'self' file: data:; style-src 'unsafe-inline'; "
    "script-src 'sha256-{script}'; base-uri 'none'; form-action 'none'"
)


def render(view: ReportView) -> str:
    """The whole page; it lies in the folder that the players' names are relative to."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        newline_sequence="\n",
    )
    page = environment.get_template("report.html.j2").render(_values(view))
    return printable(page).strip("\n") + "\n"


def _values(view: ReportView) -> dict[str, Any]:
    axis = common(view.timeline, max((track.end_ms for track in view.tracks), default=0), view.duration_ms)
    script = (_TEMPLATES / "report.js").read_text("utf-8")
    whole = _address(view.players.after)
    return {
        "title": one_line(view.title),
        "show": one_line(view.show),
        "slug": view.slug,
        "language": view.language,
        "style": (_TEMPLATES / "report.css").read_text("utf-8").strip(),
        "script": script,
        "policy": _POLICY.format(script=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()),
        "axis": _axis_data(view, axis),
        "is_cut": axis.is_cut,
        "ticks": _ticks(view, axis),
        "flags": tuple(_flags(view, axis, whole)),
        "tiles": tuple(_tiles(view)),
        "players": _players(view.players, whole),
        "warnings": tuple(_mark(mark, whole) for mark in view.warnings),
        "speakers": tuple({"name": name, "colour": colour} for name, colour in speakers(view.tracks).items()),
        "pictures": pictures(view, axis),
        "cards": tuple(_cards(view, whole)),
        "removed": tuple(_reasons(view.removed)),
        "spans": tuple(_span(one, view, whole) for one in view.removed[:_MOST_MARKS]),
        "more_spans": max(0, len(view.removed) - _MOST_MARKS),
        "outputs": tuple(_output(one, view) for one in view.master.outputs),
        "target": _target(view),
        "chapters": tuple(_mark(mark, whole) for mark in view.chapters),
        "recognised": _recognised(view, whole),
        "subtitles": tuple(_subtitles(view)),
        "video": view.video,
    }


def _axis_data(view: ReportView, axis: Axis) -> str:
    """What the page's script must know to turn a place in a picture into a moment of the episode, and back."""
    pieces = [[piece.start_ms, piece.end_ms, piece.at_ms] for piece in view.timeline.pieces]
    data = {"lead": axis.lead_ms, "span": axis.span_ms, "length": view.duration_ms, "pieces": pieces}
    return json.dumps(data, separators=(",", ":"))


def _ticks(view: ReportView, axis: Axis) -> dict[str, list[dict[str, Any]]]:
    import numpy as np  # noqa: PLC0415

    ends = max((track.end_ms for track in view.tracks), default=0), view.duration_ms
    moments = [np.array(list(ticks(end, axis.span_ms)), dtype=float) for end in ends]
    placed = (axis.of_recordings(moments[0]), axis.of_master(moments[1]))
    return {
        name: [{"left": round(100 * x / axis.span_ms, 2), "clock": minutes(ms)} for ms, x in zip(of, at, strict=True)]
        for name, of, at in zip(("recordings", "master"), moments, placed, strict=True)
    }


def _flags(view: ReportView, axis: Axis, whole: str) -> Iterator[dict[str, Any]]:
    """Chapters' numbers under the pictures."""
    import numpy as np  # noqa: PLC0415

    for mark in view.chapters:
        x = axis.of_master(np.array([mark.at_ms or 0], dtype=float))[0]
        yield {**_mark(mark, whole), "left": round(100 * float(x) / axis.span_ms, 2)}


def _address(path: str) -> str:
    """A file beside the page as an address, whatever its name looks like; empty for none."""
    return "./" + quote(path, errors="replace") if path else ""


def _mark(mark: Mark, whole: str) -> dict[str, Any]:
    has_moment = mark.at_ms is not None
    return {
        "at_ms": mark.at_ms,
        "clock": minutes(mark.at_ms or 0) if has_moment else "",
        "href": _moment(whole, mark.at_ms),
        "text": one_line(mark.text),
    }


def _moment(whole: str, at_ms: int | None) -> str:
    """A moment of the episode's file: `#t=` is W3C's Media Fragments, which browsers' own players follow."""
    return f"{whole}#t={at_ms / 1000:.3f}" if whole and at_ms is not None else ""


def _tiles(view: ReportView) -> Iterator[dict[str, str]]:
    """The episode in a few figures, and whether they are what they should be."""
    master, found = view.master, view.master.outputs[0].loudness if view.master.outputs else None
    recorded = max((track.end_ms for track in view.tracks), default=0)
    yield _tile("Length", minutes(view.duration_ms), f"recorded {minutes(recorded)}")
    if found is not None:
        off = [one.format for one in master.outputs if not _is_on_target(one, view)]
        note = f"target {figure(master.target_lufs, 'LUFS')}"
        yield _tile("Loudness", lufs(found.integrated_lufs), _but(note, "off it", off), "bad" if off else "good")
        over = [one.format for one in master.outputs if not _is_under_ceiling(one, view)]
        note = f"at most {figure(master.ceiling_dbtp, 'dBTP')}"
        peak = figure(found.true_peak_dbtp, "dBTP")
        yield _tile("True peak", peak, _but(note, "over it", over), "bad" if over else "good")
        yield _tile("Range", figure(found.range_lu, "LU"), _ranges(view.tracks))
    yield from _speakers_apart(view.tracks)
    if view.coverage is not None and view.coverage.speech_ms:
        spoken = share(view.coverage.speech_ms - view.coverage.wordless_ms, view.coverage.speech_ms)
        state = "good" if recognised.is_good(view.coverage) else "caution"
        yield _tile("Words", spoken, f"of {length(view.coverage.speech_ms)} of speech have them", state)
    if view.warnings:
        yield _tile("Warnings", str(len(view.warnings)), "listed below", "caution")
    else:
        yield _tile("Warnings", "none", "", "good")


def _speakers_apart(tracks: tuple[TrackView, ...]) -> Iterator[dict[str, str]]:
    """How far the loudest and the quietest speaker lie apart, where both ends of it were measured."""
    before = [track.condition.speech_lufs for track in tracks]
    after = [track.speech_after_lufs for track in tracks]
    levels = [[one for one in side if one is not None and math.isfinite(one)] for side in (before, after)]
    if len(tracks) > 1 and all(len(side) == len(tracks) for side in levels):
        apart = [figure(max(side) - min(side), "LU") for side in levels]
        yield _tile("Speakers apart", apart[1], f"recorded {apart[0]}")


def _tile(label: str, value: str, note: str, state: str = "") -> dict[str, str]:
    number, _, unit = value.partition("\u00a0")
    return {"label": label, "value": number, "unit": unit, "note": note, "state": state}


def _but(note: str, how: str, formats: list[str]) -> str:
    return f"{note}; {how}: {', '.join(formats)}" if formats else note


def _ranges(tracks: Iterable[TrackView]) -> str:
    ranges = [figure(track.loudness.range_lu, "LU") for track in tracks if track.loudness]
    return f"recorded {', '.join(ranges)}" if 0 < len(ranges) < 4 else ""


def _is_on_target(output: Output, view: ReportView) -> bool:
    return round(abs(output.loudness.integrated_lufs - view.master.target_lufs), 2) <= TOLERANCE_LU


def _is_under_ceiling(output: Output, view: ReportView) -> bool:
    return round(output.loudness.true_peak_dbtp, 2) <= view.master.ceiling_dbtp


def _players(players: Players, whole: str) -> dict[str, Any]:
    return {
        "before": _address(players.before),
        "after": whole,
        "excerpt": _excerpt(players.excerpt) if players.excerpt else None,
    }


def _excerpt(excerpt: Excerpt) -> dict[str, Any]:
    sides = {name: base64.b64encode(getattr(excerpt, name)).decode() for name in ("before", "after")}
    data = {name: f"data:{excerpt.media_type};base64,{side}" for name, side in sides.items()}
    return {**data, "at_ms": excerpt.at_ms, "clock": minutes(excerpt.at_ms)}


def _cards(view: ReportView, whole: str) -> Iterator[dict[str, Any]]:
    colours = speakers(view.tracks)
    for track in view.tracks:
        yield {
            "name": track.name,
            "colour": colours[track.name],
            "facts": tuple((name, text) for name, text in _facts(track) if text),
            "cleaning": track.cleaning,
            "faults": tuple(_fault(fault, view, whole) for fault in track.faults[:_MOST_MARKS]),
            "more_faults": max(0, len(track.faults) - _MOST_MARKS),
        }


def _facts(track: TrackView) -> Iterator[tuple[str, str]]:
    found, speech = track.condition, sum(end - start for start, end in track.speech)
    yield "File", f"{track.path}, {length(track.duration_ms)}"
    yield "Recorded", _loudness(track.loudness)
    yield (
        "Condition",
        _listed(
            ("speech", found.speech_lufs, "LUFS"),
            ("noise", found.noise_dbfs, "dBFS"),
            ("speech over noise", found.snr_db, "dB"),
        ),
    )
    yield "Hum", found.hum
    yield "Speaks", f"{length(speech)}, {speech / max(1, track.duration_ms):.0%} of the time" if speech else ""
    yield "Gain", gain_range(track)
    yield "In the episode", _listed(("speech", track.speech_after_lufs, "LUFS"))
    yield "Alignment", track.alignment


def _loudness(found: Loudness | None) -> str:
    if found is None:
        return ""
    return ", ".join(
        (lufs(found.integrated_lufs), figure(found.true_peak_dbtp, "dBTP"), f"range {figure(found.range_lu, 'LU')}")
    )


def _listed(*figures: tuple[str, float | None, str]) -> str:
    return ", ".join(f"{name} {figure(value, unit)}" for name, value, unit in figures if value is not None)


def _fault(fault: Fault, view: ReportView, whole: str) -> dict[str, Any]:
    return _stretch(fault.start_ms, fault.end_ms, fault.kind, (view, whole))


def _span(one: Removed, view: ReportView, whole: str) -> dict[str, Any]:
    """A removed span: its link leads to the moment where the sound goes on."""
    mark = _stretch(one.start_ms, one.end_ms, length(one.end_ms - one.start_ms), (view, whole))
    return {**mark, "clock": span(one.start_ms, one.end_ms)}


def _stretch(start_ms: int, end_ms: int, text: str, where: tuple[ReportView, str]) -> dict[str, Any]:
    """A span of the recordings' clock with a link to what is left of it in the episode."""
    view, whole = where
    at_ms = view.timeline.nearest(start_ms)
    lasts = f", {length(end_ms - start_ms)}" if end_ms > start_ms else ""
    is_kept = view.timeline.keeps(start_ms, max(end_ms, start_ms + 1))
    note = "" if is_kept else " (not in the episode)"
    return {
        "at_ms": at_ms,
        "clock": minutes(start_ms, is_fine=True),
        "href": _moment(whole, at_ms),
        "text": f"{text}{lasts}{note}",
    }


def _reasons(removed: Iterable[Removed]) -> Iterator[dict[str, Any]]:
    counts: Counter[str] = Counter()
    lengths: Counter[str] = Counter()
    for one in removed:
        counts[one.reason] += 1
        lengths[one.reason] += one.end_ms - one.start_ms
    for reason, count in counts.items():
        yield {"reason": REASONS.get(reason, reason), "count": count, "length": length(lengths[reason])}


def _output(one: Output, view: ReportView) -> dict[str, Any]:
    found = one.loudness
    rounds = f", {one.rounds} rounds" if one.rounds > 1 else ""
    return {
        "format": f"{one.format}, {one.kbps} kbit/s" if one.kbps else one.format,
        "path": one.path,
        "href": _address(one.path),
        "lufs": lufs(found.integrated_lufs),
        "peak": figure(found.true_peak_dbtp, "dBTP"),
        "range": figure(found.range_lu, "LU"),
        "loudness_state": "good" if _is_on_target(one, view) else "bad",
        "peak_state": "good" if _is_under_ceiling(one, view) else "bad",
        "limiter": f"{limiter(one.limited_db)}{rounds}",
        "size": size(one.size) if one.size else NOTHING,
    }


def _target(view: ReportView) -> str:
    """What the files were made for, said once."""
    target, ceiling = figure(view.master.target_lufs, "LUFS"), figure(view.master.ceiling_dbtp, "dBTP")
    return (
        f"Every file was measured after encoding. Target {target} ± {TOLERANCE_LU} LU, true peak at most {ceiling}; "
        "a mono file counts as it is heard, from two loudspeakers."
    )


def _recognised(view: ReportView, whole: str) -> dict[str, Any] | None:
    """How much of the speech got words, and which words may be invented; None where neither is known."""
    if view.coverage is None and not view.flags:
        return None
    gaps = recognised.gaps(view.coverage) if view.coverage else ()
    left_out, kept = (tuple(recognised.doubts(view.flags, is_dropped=dropped)) for dropped in (True, False))
    return {
        "summary": recognised.summary(view.coverage) if view.coverage else "",
        "gaps": tuple(_mark(mark, whole) for mark in gaps[: recognised.MOST_MARKS]),
        "more_gaps": max(0, len(gaps) - recognised.MOST_MARKS),
        "left_out": tuple(_doubt(one, whole) for one in left_out[:_MOST_MARKS]),
        "more_left_out": max(0, len(left_out) - _MOST_MARKS),
        "kept": tuple(_doubt(one, whole) for one in kept[: recognised.MOST_MARKS]),
        "kept_count": len(kept),
    }


def _doubt(one: recognised.Doubt, whole: str) -> dict[str, Any]:
    return {**_mark(one.mark, whole), "quote": one.quote, "why": one.why}


def _subtitles(view: ReportView) -> Iterator[dict[str, Any]]:
    for one in view.subtitles:
        yield {
            "language": language_name(one.language, "en"),
            "state": origins.in_words(one.origin, "en"),
            "cues": one.cues,
            "exceptions": one.exceptions,
        }
