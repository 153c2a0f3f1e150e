"""Sound without a picture as a video: cover, titles, a wave that moves with it, and its captions.

Rule: what a whole episode and a clip of it have in common; the sound is finished, and copied as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from castkit import ffmpeg
from castkit.artwork.card import Frame, draw_card
from castkit.audio.tags import Tags
from castkit.ffmpeg.metadata import metadata
from castkit.model.cue import Cue
from castkit.model.text import one_line
from castkit.steps.captions import drawn
from castkit.steps.context import EpisodeContext
from castkit.steps.package import cover_path
from castkit.steps.package_video import beside, mp4_tags
from castkit.video.audiogram import LAYOUTS, Audiogram, audiogram_arguments


@dataclass(frozen=True, slots=True)
class Spoken:
    """What is heard: AAC in MP4 of `duration_ms`, the cues to draw by language (the upper first), tags and chapters."""

    sound: Path
    duration_ms: int
    cues: Mapping[str, tuple[Cue, ...]]
    tags: Tags


def draw_audiogram(context: EpisodeContext, spoken: Spoken, output: Path, progress: Callable[[float], None]) -> str:
    """Writes the video in the shape that `[video]` asks for; gives back what a person should know, or nothing.

    CastkitError where this machine has no font for a language of the captions, or ffmpeg fails.
    """
    layout = LAYOUTS.get(context.video.shape, LAYOUTS["16:9"])
    frame = Frame((layout.size.width, layout.size.height), layout.cover, layout.titles, layout.is_centred)
    with (
        beside(output, "still.png") as still,
        beside(output, "described.txt") as described_by,
        drawn(dict(spoken.cues), layout.size) as captions,
    ):
        card = draw_card(still, cover_path(context), titles=_titles(context), frame=frame)
        text = metadata(mp4_tags(spoken.tags), spoken.tags.chapters)
        described_by.write_text(text, encoding="utf-8", newline="\n")
        what = Audiogram(
            still,
            spoken.sound,
            spoken.duration_ms,
            layout,
            card.accent,
            card.quiet,
            spoken.tags.language,
            captions,
        )
        ffmpeg.run(
            audiogram_arguments(what, described_by, output),
            doing=f"drawing the audiogram of {context.slug}",
            duration_ms=spoken.duration_ms,
            progress=progress,
        )
    if card.undrawn:
        return f"no font on this machine draws {card.undrawn} in the titles; install fonts-noto-cjk"
    return ""


def _titles(context: EpisodeContext) -> list[str]:
    """The show's title, and the episode's in the show's first two languages, each once."""
    show, title, languages = context.show.show, context.episode.title, context.show.languages
    titles = [one_line(show.title.in_(languages[0], languages))]
    titles += [one_line(title.in_(language, languages)) for language in languages[:2]]
    return list(dict.fromkeys(titles))
