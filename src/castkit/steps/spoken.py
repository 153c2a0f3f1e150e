"""Which language an episode's words are in."""

from __future__ import annotations

from castkit.model.language import cue_language
from castkit.model.transcript import Transcript
from castkit.steps.context import EpisodeContext

AUTO = "auto"


def spoken_language(context: EpisodeContext, transcript: Transcript) -> str:
    """The BCP 47 tag of the spoken language's cues: the show's own tag for it, else as episode.toml or Whisper says."""
    said = context.episode.language
    return cue_language(transcript.language if said == AUTO else said, context.show.languages)
