"""A small built show that is published by the real steps, with what is asked of its store before and after."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest

from built_show import build, context, make_show
from castkit import atomic
from castkit.cli import road
from castkit.engine import events, receipts
from castkit.engine.fleet_of_one import run
from castkit.pipeline import CARRIED
from castkit.steps import upload
from castkit.steps.forecast import Asked, Forecast, forecast
from castkit.storage.folder import FolderStore
from castkit.storage.open import open_store
from castkit.storage.store import Store
from castkit.workspace import Workspace

STORE = 'base_url = "http://127.0.0.1:8123"'


WITHOUT_PAGES = "\n[site]\nenabled = false\n"


def sent_show(root: Path, *, store: str = STORE, more: str = WITHOUT_PAGES) -> Workspace:
    """The show with one built episode, `talk`, not published; pages of the show take a second to draw."""
    workspace = make_show(root, store=store, more=more)
    build(workspace)
    return workspace


def add(workspace: Workspace, slug: str, date: str = "2026-10-01T09:00:00+02:00") -> None:
    """Another built episode, with sound of its own."""
    text = workspace.episode("talk").toml.read_text("utf-8")
    text = re.sub(r"(?m)^guid = .*$", f'guid = "{uuid5(NAMESPACE_URL, slug)}"', text)
    paths = workspace.episode(slug)
    paths.raw.mkdir(parents=True)
    (paths.raw / "talk.wav").write_bytes(b"RIFF")
    text = text.replace("One <talk>", f"About {slug}").replace("number = 2", "number = 3")
    paths.toml.write_text(re.sub(r"(?m)^date = .*$", f"date = {date}", text), "utf-8")
    build(workspace, slug=slug)
    paths.audio.write_bytes(f"ID3 {slug} ".encode() * 500)


def store_of(workspace: Workspace) -> Store:
    return open_store(context(workspace).show.store, workspace.root)


def reasons(workspace: Workspace, slug: str) -> tuple[tuple[str, str], ...]:
    """Why the sending step would run; nothing was left to be built."""
    given = context(workspace, slug)
    stages = CARRIED if given.episode.is_carried else (upload.STEP,)
    return tuple((one.stage.name, one.reason) for one in road.plan_episode(given, stages) if one.reason)


def foretell(workspace: Workspace, *slugs: str) -> Forecast:
    asked = [Asked(context(workspace, slug), reasons(workspace, slug)) for slug in slugs]
    return forecast(asked, store_of(workspace))


def publish(workspace: Workspace, *slugs: str) -> list[events.Event]:
    """As `castkit publish` sends: the episodes, then the show."""
    told: list[events.Event] = []
    for slug in slugs:
        given = context(workspace, slug)
        stages = CARRIED if given.episode.is_carried else (upload.STEP,)
        run(stages, given, road.episode_place(given), told.append)
    road.run_show(workspace, context(workspace, slugs[0]).show, told.append)
    return told


def objects(workspace: Workspace) -> dict[str, bytes]:
    """What the store holds."""
    store = store_of(workspace)
    return {key: store.get(key) for key in store.list()}


def changed(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> dict[str, str]:
    """What became of each object that is not as before."""
    found = {key: "add" if key not in before else "replace" for key in after if before.get(key) != after[key]}
    return found | dict.fromkeys((key for key in before if key not in after), "delete")


class Killed(BaseException):
    """What a process that is killed does not get to say."""


def killed_at(patch: pytest.MonkeyPatch, number: int) -> list[str]:
    """From now on the process ends before its write of this number, to the store or to this machine's files.

    Gives the list of those that were made.
    """
    made: list[str] = []

    def counting(owner: Any, name: str) -> None:
        real = getattr(owner, name)

        def counted(*arguments: Any, **more: Any) -> Any:
            if len(made) >= number:
                raise Killed
            made.append(name)
            return real(*arguments, **more)

        patch.setattr(owner, name, counted)

    for owner, name in ((FolderStore, "send"), (FolderStore, "delete"), (atomic, "write_bytes"), (receipts, "save")):
        counting(owner, name)
    return made
