"""The recordings of an episode as an audio engineer wants them: one file each, treated, on one clock."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from castkit.audio.canvas import Canvas
from castkit.audio.render import format_of
from castkit.audio.stems import Stems, export_stems
from castkit.steps.context import EpisodeContext
from castkit.steps.surveyed import load_survey
from castkit.steps.treatment import Treated, part_of, treated


def write_stems(context: EpisodeContext, folder: Path | None, progress: Callable[[float], None]) -> Stems:
    """Writes a FLAC file for every recording with sound into `folder`; what is cut from the programme is in them, too.

    CastkitError where a recording cannot be read or the disk is full.
    """
    tracks = treated(context, load_survey(context), context.audio)
    rate, channels = format_of([(one.track.sound, one.track.sample_rate) for one in tracks])
    starts, ends = zip(*((one.track.offset_ms, one.track.end_ms) for one in tracks), strict=True)
    canvas = Canvas(rate, channels, min(0, *starts), max(ends))
    parts = [(name, part_of(context, one, rate)) for name, one in zip(_names(tracks), tracks, strict=True)]
    return export_stems(parts, canvas, folder or context.paths.stems, progress=progress)


def _names(tracks: Sequence[Treated]) -> list[str]:
    """`01-host-interview`: the order, the speaker where known, the recording's own name, safe on every system."""
    names = []
    for one in tracks:
        stem = re.sub(r"[^\w.-]+", "_", Path(one.track.path).stem)
        names.append("-".join(filter(None, (f"{one.number + 1:02}", one.track.speaker, stem))))
    return names
