"""By what files are seen to have changed since the page looked at them last: their times and sizes.

Rule: a stamp only says that it is worth looking; what stands is told from the files.
"""

from __future__ import annotations

from pathlib import Path

from castkit.steps.context import EpisodeContext

Stamps = tuple[object, ...]


def stamp(path: Path) -> tuple[int, int] | None:
    """None where there is no such file."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size


def of_source(context: EpisodeContext, spoken: str) -> Stamps:
    """Of what the page shows beside the cues."""
    paths = context.paths
    built = (paths.srt(spoken), paths.words, paths.programme, paths.tracks, paths.audio, paths.video)
    return tuple(map(stamp, (*built, context.workspace.glossary)))


def of_all(context: EpisodeContext, language: str, spoken: str) -> Stamps:
    """Of that, and of whatever holds cues of the page's language."""
    paths = context.paths
    files = (paths.subtitle_log(language), paths.accepted(language), paths.srt(language))
    return *map(stamp, files), *of_source(context, spoken)
