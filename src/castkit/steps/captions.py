"""Which subtitles are drawn into a picture, and the filter that draws them.

Rule: what is drawn is what listeners get, labels included; a language without subtitles is not drawn, and that is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from castkit.artwork.fonts import find_fonts
from castkit.model.cue import Cue
from castkit.model.language import best_match
from castkit.steps.context import EpisodeContext
from castkit.steps.files import load_tracks
from castkit.steps.subtitle import built_cues
from castkit.subtitles.bilingual import upper_first
from castkit.video.ass import Captions
from castkit.video.burn import lay_out
from castkit.video.fonts import typeface_for
from castkit.video.shape import Size

BILINGUAL = "bilingual"


def burnt_languages(context: EpisodeContext, wanted: str) -> tuple[str, ...]:
    """The languages to draw, the upper one first: one, two for "bilingual" where there are two, or none."""
    found = [track.language for track in load_tracks(context).worded]
    if wanted == BILINGUAL:
        return upper_first(*found[:2]) if len(found) > 1 else tuple(found)
    language = best_match(wanted, tuple(found))
    return (language,) if language else ()


def captions_of(context: EpisodeContext, languages: tuple[str, ...]) -> dict[str, tuple[Cue, ...]]:
    """The cues as published, by language."""
    return {language: built_cues(context.paths.published_srt(language)) for language in languages}


@contextmanager
def drawn(cues: dict[str, tuple[Cue, ...]], size: Size) -> Iterator[str]:
    """The filter that draws these captions into a picture of this size ("" for none), while the block runs.

    CastkitError where this machine has no font for a language.
    """
    if not cues:
        yield ""
        return
    parts = [
        Captions(found, typeface_for(language, [cue.text for cue in found], find_fonts))
        for language, found in cues.items()
    ]
    with TemporaryDirectory(prefix="castkit-captions-") as folder:
        yield lay_out(parts, size, Path(folder))


def missing(context: EpisodeContext, wanted: str) -> str:
    """What to tell where a language that should be drawn has no subtitles, or nothing."""
    found = burnt_languages(context, wanted)
    if wanted == BILINGUAL and len(found) == 1:
        return f"subtitles in one language only ({found[0]}), so there is nothing bilingual to draw yet"
    return "" if found else f"there are no subtitles in {wanted} to draw into the picture"
