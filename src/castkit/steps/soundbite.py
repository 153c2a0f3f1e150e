"""A clip's line in episode.toml: what is written there, and how.

Rule: episode.toml is a person's; a table is added to it, once, and everything else stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from castkit import atomic
from castkit.errors import CastkitError
from castkit.feed.texts import SOUNDBITE_CHARACTERS
from castkit.model.soundbites import on_recordings_clock
from castkit.scaffold.toml import add_soundbite
from castkit.steps.context import EpisodeContext
from castkit.steps.files import load_programme
from castkit.timecode import clock, vtt_time


@dataclass(frozen=True, slots=True)
class Listing:
    """What episode.toml is to say of a clip; `table` is empty where it cannot be listed, and `note` says why.

    `before` and `after` are the file's content; equal where nothing is to be added.
    """

    path: Path
    before: bytes
    after: bytes
    table: Mapping[str, str]
    note: str = ""

    def write(self) -> None:
        """Adds the table; CastkitError where a person changed the file meanwhile, or it cannot be written."""
        if self.after == self.before:
            return
        try:
            if self.path.read_bytes() != self.before:
                message = f"{self.path.name} was changed meanwhile: the clip is made, but not listed"
                raise CastkitError(message, "run the same command again")
            atomic.write_bytes(self.path, self.after)
        except OSError as error:
            message = f"the clip is made, but not listed: {self.path} cannot be written ({error.strerror})"
            raise CastkitError(message, "check its permissions, then run the same command again") from error


def listing_of(context: EpisodeContext, start_ms: int, end_ms: int, *, title: str) -> Listing:
    """How a stretch of the master (ms) is listed; CastkitError for a title that is too long, or a file of odd form."""
    if len(title) > SOUNDBITE_CHARACTERS:
        raise CastkitError(
            f"the title has {len(title)} characters; podcast apps take {SOUNDBITE_CHARACTERS}", "shorten it"
        )
    path = context.paths.toml
    before = path.read_bytes()
    span = on_recordings_clock(start_ms, end_ms, load_programme(context).timeline)
    if span is None:
        note = "not listed as a soundbite: it lies in the intro or outro, not in the recordings"
        return Listing(path, before, before, {}, note)
    table = {"start": _written(span[0]), "end": _written(span[1])} | ({"title": title} if title else {})
    if any((one.start, one.end) == span for one in context.episode.soundbites):
        return Listing(path, before, before, table, f"{path.name} lists a soundbite with these times already")
    text = add_soundbite(before.decode("utf-8-sig"), table)
    return Listing(path, before, text.encode(), table)


def _written(ms: int) -> str:
    """A time as people write it, with milliseconds where there are any."""
    return vtt_time(ms) if ms % 1000 else clock(ms)
