"""What the survey found, as the steps after it read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from castkit.audio.arrays import read_curves
from castkit.model.condition import Condition
from castkit.model.programme import Track, tracks_from_json
from castkit.steps.context import EpisodeContext
from castkit.steps.files import load_as

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from castkit.audio.arrays import Curves


@dataclass(frozen=True, slots=True)
class Survey:
    """The tracks in their places, each with its condition (None without sound) and how its place was found.

    `placed` has a sentence for people where there is something to say, else an empty text.
    """

    tracks: tuple[Track, ...]
    conditions: tuple[Condition | None, ...]
    placed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spoken:
    """Per frame of 32 ms of a track: probability of speech, of speech by its own speaker, and level in dBFS."""

    speech: NDArray[np.float32]
    own: NDArray[np.float32]
    level_db: NDArray[np.float32]


def load_recorded(context: EpisodeContext) -> tuple[Mapping[str, Any], ...]:
    """The recordings as the ingest found them, in order."""
    return load_as(context.paths.ingest, _recorded)


def _recorded(value: Any) -> tuple[Mapping[str, Any], ...]:
    """As it is read, once it is known to be tracks."""
    found = tuple({"track": one["track"], "day_ms": one["day_ms"]} for one in value["tracks"])
    tracks_from_json(one["track"] for one in found)
    return found


def load_own_master(context: EpisodeContext) -> Track:
    """An engineer's own master, as the ingest found it."""
    (track,) = load_as(context.paths.ingest, lambda value: tracks_from_json([value["master"]]))
    return track


def load_survey(context: EpisodeContext) -> Survey:
    """The survey; CastkitError where it is not as it was written."""
    return load_as(context.paths.survey, _survey)


def _survey(value: Any) -> Survey:
    return Survey(
        tracks_from_json(one["track"] for one in value["tracks"]),
        tuple(one["condition"] and Condition.from_json(one["condition"]) for one in value["tracks"]),
        tuple(one["placed"] for one in value["tracks"]),
    )


def load_activity(context: EpisodeContext, number: int) -> Spoken:
    """Who speaks on a track."""
    found = read_curves(context.paths.activity(number))
    return Spoken(found[:, 0], found[:, 1], found[:, 2])


def load_levels(context: EpisodeContext, number: int) -> Curves:
    """Loudness and true peak of a track every 100 ms (frames × 3)."""
    return read_curves(context.paths.levels(number))
