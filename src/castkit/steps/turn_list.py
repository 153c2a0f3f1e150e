"""What is said on recordings that several people share, for a person to say who speaks.

Rule: times are those of the recordings, as episode.toml has them, so that no edit and no new recognition moves them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from castkit.model.transcript import Transcript
from castkit.steps.context import EpisodeContext
from castkit.steps.files import load_as
from castkit.timecode import vtt_time
from castkit.wording.turns import named

_SHOWN = 60  # characters of what is said


@dataclass(frozen=True, slots=True)
class Line:
    """What is said from `start_ms` on, in one go; `speaker` is empty where nobody was named."""

    start_ms: int
    speaker: str
    text: str


def lines(context: EpisodeContext) -> tuple[Line, ...]:
    """Every utterance of a shared recording, with the speaker that episode.toml names; none where all have their own.

    Raises CastkitError where nothing was recognised yet.
    """
    heard = load_as(context.paths.transcript, Transcript.from_json).utterances
    shared = [one for one in heard if not one.speaker]
    return tuple(Line(one.start_ms, one.speaker or "", one.text) for one in named(shared, context.episode.turns))


def as_toml(found: Iterable[Line]) -> str:
    """The lines as `turns = [...]` for episode.toml: who is not named has an empty name, what is said is a remark."""
    rows = [f'    ["{_written(line.start_ms)}", "{line.speaker}"],  # {_remark(line.text)}' for line in found]
    return "\n".join(["turns = [", *rows, "]"])


def _written(ms: int) -> str:
    return vtt_time(ms).removeprefix("00:")


def _remark(text: str) -> str:
    plain = "".join(c if c.isprintable() else " " for c in text)
    return plain if len(plain) <= _SHOWN else plain[: _SHOWN - 1] + "…"
