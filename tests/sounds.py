"""Short sound files, and workspaces made of them, for the tests of sound; cut with ffmpeg from the demonstration."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from castkit import ffmpeg
from castkit.engine import events
from castkit.engine.fleet_of_one import run
from castkit.engine.place import Place, lock
from castkit.engine.stage import Stage
from castkit.model.episode import Episode
from castkit.model.show import Show
from castkit.steps.context import EpisodeContext
from castkit.workspace import Workspace

EPISODES = Path(__file__).parent.parent / "episodes"
HOST = EPISODES / "episode-01/raw/host.flac"
SLUG = "talk"


def speech(
    out: Path, *, seconds: float = 4, start: float = 5, filters: str = "anull", options: Sequence[str] = ()
) -> Path:
    """`seconds` of the host's voice (mono, 48 kHz, about -20 LUFS) through `filters`, in the format of the suffix."""
    out.parent.mkdir(parents=True, exist_ok=True)
    cut = ["-ss", str(start), "-t", str(seconds), "-i", HOST, "-af", filters]
    ffmpeg.run([*cut, "-fflags", "+bitexact", "-flags", "+bitexact", *options, out], doing="making a clip")
    return out


def synthetic(out: Path, source: str, options: Sequence[str] = ()) -> Path:
    """What one of ffmpeg's own sources makes: `anullsrc=r=48000`, `testsrc=d=1`, `sine=440:d=3`."""
    out.parent.mkdir(parents=True, exist_ok=True)
    ffmpeg.run(["-f", "lavfi", "-i", source, *options, out], doing="making a clip")
    return out


def talk(root: Path, *recordings: str | dict[str, Any], **audio: Any) -> EpisodeContext:
    """An episode called "talk" in a workspace at `root`; a recording is its path or a table of episode.toml."""
    show = {
        "title": "Show",
        "description": "A show",
        "author": "Nobody",
        "owner_email": "nobody@example.org",
        "link": "https://example.org",
        "categories": ["Education"],
        "languages": ["en"],
    }
    episode = {
        "guid": "9bbcf94d-32f4-4189-9b88-29010fd18b11",
        "title": "Talk",
        "summary": "A talk",
        "language": "en",
        "date": "2026-01-01T00:00:00Z",
        "recordings": [{"path": one} if isinstance(one, str) else one for one in recordings],
    }
    (root / "castkit.toml").touch()
    return EpisodeContext(
        Workspace(root), Show.model_validate({"show": show, "audio": audio}), SLUG, Episode.model_validate(episode)
    )


def changed(
    context: EpisodeContext,
    *,
    audio: dict[str, Any] | None = None,
    video: dict[str, Any] | None = None,
    **episode: Any,
) -> EpisodeContext:
    """The same episode with these keys of episode.toml, and these of castkit.toml's `[audio]` and `[video]`."""
    value = context.episode.model_dump(mode="json", exclude_unset=True) | episode
    show = context.show.model_dump(mode="json", exclude_unset=True)
    for section, keys in (("audio", audio), ("video", video)):
        show[section] = show.get(section, {}) | (keys or {})
    return EpisodeContext(context.workspace, Show.model_validate(show), context.slug, Episode.model_validate(value))


def notes(seen: Sequence[events.Event], step: str = "") -> list[str]:
    """What was told to people, by one step or by all."""
    return [one.text for one in seen if isinstance(one, events.Note) and step in ("", one.step)]


def ran(seen: Sequence[events.Event]) -> list[str]:
    """The steps that did something, in order."""
    return [one.step for one in seen if isinstance(one, events.Started)]


def build(context: EpisodeContext, *stages: Stage[EpisodeContext]) -> list[events.Event]:
    """Runs these steps by the real engine; gives every event."""
    paths = context.paths
    place = Place(context.slug, context.workspace.root, paths.build, paths.receipts, paths.lock)
    seen: list[events.Event] = []
    with lock(place):
        run(stages, context, place, seen.append)
    return seen
