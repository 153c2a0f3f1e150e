"""What the show's translation memory holds for an episode, for the people who translate it.

Rule: everything is shown with its origin and likeness, and nothing is taken: that is a translator's to decide.
"""

from __future__ import annotations

from dataclasses import dataclass

from castkit.errors import CastkitError
from castkit.steps.context import EpisodeContext
from castkit.steps.drafting import memory_of
from castkit.steps.files import load_tracks
from castkit.steps.subtitle import built_cues
from castkit.translate.sentences import sentences_of_cues
from castkit.translate.tmx import to_tmx

SAME = 100.0


@dataclass(frozen=True, slots=True)
class Remembered:
    """An accepted translation for the sentence at `start_ms`; `score` of 100 says how like its source the sentence is.

    `like` is that source, empty where it is the same.
    """

    start_ms: int
    text: str
    score: float
    like: str
    translation: str
    origin: str


def for_episode(context: EpisodeContext, language: str) -> tuple[Remembered, ...]:
    """What was accepted before for the episode's sentences, or for some like them; CastkitError where not built."""
    spoken = _spoken(context, language)
    memory = memory_of(context, spoken, language)
    found = []
    for one in sentences_of_cues(built_cues(context.paths.srt(spoken)), spoken):
        if pair := memory.exact(one.text):
            found.append(Remembered(one.start_ms, one.text, SAME, "", pair.target, pair.origin))
            continue
        for near in memory.proposals(one.text):
            pair = near.pair
            found.append(Remembered(one.start_ms, one.text, round(near.score), pair.source, pair.target, pair.origin))
    return tuple(found)


def as_tmx(context: EpisodeContext, language: str) -> bytes:
    """The memory from the episode's spoken language, as a TMX document; CastkitError where it is empty or not built."""
    spoken = _spoken(context, language)
    memory = memory_of(context, spoken, language)
    if not memory.pairs:
        raise CastkitError(
            f"nothing from {spoken} to {language} was accepted in another episode",
            "accept subtitles first, or put a TMX file into the folder memory/",
        )
    return to_tmx(memory.pairs, spoken, language)


def _spoken(context: EpisodeContext, language: str) -> str:
    spoken = load_tracks(context).spoken
    if language not in context.show.languages or language == spoken:
        others = ", ".join(one for one in context.show.languages if one != spoken) or "none"
        raise CastkitError(f"{context.slug} is not translated into {language!r}", f"its other languages: {others}")
    return spoken
