"""The JSON files by which the steps of an episode hand on what they found: one reader and one writer.

Rule: a person may have edited or lost any of them; what cannot be used is an error with the file's name and a remedy.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from castkit.errors import DAMAGED, CastkitError
from castkit.model.cue import Origin
from castkit.model.programme import Programme
from castkit.model.transcript import Transcript
from castkit.steps.context import EpisodeContext
from castkit.subtitles.labels import label

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class BuiltTrack:
    """A track as subtitles.json names it; its cues are in its SRT, which a person may have edited."""

    language: str
    origin: Origin
    cues: int
    exceptions: tuple[Mapping[str, Any], ...] = ()
    stale: tuple[Mapping[str, Any], ...] = ()  # accepted cues under which something else is said by now

    @property
    def has_words(self) -> bool:
        """Whether listeners get it: apps would offer an empty transcript as if there were something to read."""
        return self.cues > 0

    @property
    def label(self) -> str:
        """What a listener must be told before the words, or nothing."""
        return label(self.language) if self.origin is Origin.MACHINE_TRANSLATION else ""


@dataclass(frozen=True, slots=True)
class Tracks:
    """What subtitles.json says: the language spoken, every track found, and what is left to a translator."""

    spoken: str
    found: tuple[BuiltTrack, ...]
    missing: tuple[Mapping[str, str], ...]

    @property
    def worded(self) -> tuple[BuiltTrack, ...]:
        """The tracks with words in them, the show's main language first; only these are published."""
        return tuple(track for track in self.found if track.has_words)


def load_programme(context: EpisodeContext) -> Programme:
    """The recordings, and where what is kept of them lies on the master's clock."""
    return load_as(context.paths.programme, Programme.from_json)


def load_transcript(context: EpisodeContext) -> Transcript:
    """The words recognised and proofread, as a person may have corrected them, on the master's clock."""
    programme = load_programme(context)
    return load_as(context.paths.words, Transcript.from_json).through(programme.timeline, programme.duration_ms)


def load_tracks(context: EpisodeContext) -> Tracks:
    """The subtitle tracks there are."""
    return load_as(context.paths.tracks, _tracks)


def _tracks(value: Any) -> Tracks:
    found = tuple(
        BuiltTrack(
            track["language"],
            Origin(track["origin"]),
            int(track["cues"]),
            tuple(track.get("exceptions", ())),
            tuple(track.get("stale", ())),
        )
        for track in value["tracks"]
    )
    return Tracks(value["spoken"], found, tuple(value["missing"]))


def load_json(path: Path) -> Any:
    """The JSON value in a built file; CastkitError where there is none."""
    return load_as(path, lambda value: value)


def load_as(path: Path, make: Callable[[Any], T]) -> T:
    """What `make` takes out of the JSON value in a built file.

    Raises CastkitError with the file's path and a remedy where it is missing, no JSON, or lacks what `make` looks for.
    """
    try:
        return make(json.loads(path.read_text("utf-8")))
    except FileNotFoundError as error:
        raise CastkitError(f"not built yet: {path} is missing", "run: castkit build") from error
    except DAMAGED as error:
        reason = f"no {error}" if isinstance(error, KeyError) else f"{error}"
        hint = "undo your edit if you made one, else delete the file; then run: castkit build"
        raise CastkitError(f"{path} is not as castkit wrote it: {reason}", hint) from error


def json_text(value: Any) -> str:
    """The one way JSON is written: sorted keys, an indent of 1, characters as they are, a newline at the end."""
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def write_json(target: Path, value: Any) -> None:
    """Writes a JSON file: UTF-8, LF, sorted keys."""
    target.write_text(json_text(value), encoding="utf-8", newline="\n")
