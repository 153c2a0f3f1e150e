"""A person publishing in a process of their own, as `castkit publish` does it: `publisher.py ROOT PART SLUG...`.

PART is the size in bytes from which files go in parts. One JSON line is printed as each episode begins, one as it ends.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from built_show import EPISODE, build, make_show, write
from castkit.cli import road
from castkit.config import load_episode, load_show
from castkit.errors import CastkitError
from castkit.steps import upload
from castkit.steps.context import EpisodeContext
from castkit.storage import s3_pieces, s3_upload
from castkit.workspace import Workspace

GUID = "a40a42ad-83ac-4727-bf9a-c67bfa5d47ac"


def make_workspace(root: Path, store: str) -> Workspace:
    """A show of this store without an episode that is built."""
    return make_show(root, store=store)


def make_episode(workspace: Workspace, slug: str, *, size: int = 0) -> None:
    """An episode with its build folder, the sound of so many bytes and different in each."""
    paths = workspace.episode(slug)
    write(paths.raw / "talk.wav", b"RIFF")
    write(paths.toml, EPISODE.replace(GUID, str(uuid5(NAMESPACE_URL, slug))).encode())
    build(workspace, slug=slug)
    unit = b"ID3 " + slug.encode().ljust(60)
    write(paths.audio, unit * max(size // 64, 10))


def context_of(workspace: Workspace, slug: str) -> EpisodeContext:
    show = load_show(workspace)
    return EpisodeContext(workspace, show, slug, load_episode(workspace, show, slug))


def publish(workspace: Workspace, slug: str) -> None:
    """Uploads the episode and renews the feeds."""
    road.run_episode(context_of(workspace, slug), (upload.STEP,), _quiet, ())
    road.run_show(workspace, load_show(workspace), _quiet)


def _quiet(_: Any) -> None:
    pass


def main(root: str, part: str, *slugs: str) -> None:
    s3_pieces.PART = s3_upload.PART = int(part)
    workspace = Workspace(Path(root))
    for slug in slugs:
        say({"begins": slug})
        try:
            publish(workspace, slug)
        except CastkitError as error:
            say({"failed": slug, "message": error.message, "hint": error.hint})
        else:
            say({"done": slug})


def say(value: dict[str, str]) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
