"""A show of many short episodes that go down the real road, on a cluster or without one; only words are given.

    python many_episodes.py FOLDER COUNT ROAD ADDRESS KILL SETTINGS

takes so many down a road on a cluster, and kills the worker that has errand KILL. Says in JSON lines what workers say
of errands, and what fails.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

TESTS = Path(__file__).parent.parent
sys.path[:0] = [str(TESTS), str(TESTS / "cluster")]

import built_show  # noqa: E402
import sounds  # noqa: E402
from castkit.cluster.executor import hands  # noqa: E402
from castkit.engine.fleet import Fleet, Work  # noqa: E402
from castkit.engine.place import Place, lock  # noqa: E402
from castkit.engine.stage import Job, Stage  # noqa: E402
from castkit.model.cluster import ClusterSettings  # noqa: E402
from castkit.model.transcript import Transcript, Utterance, Word  # noqa: E402
from castkit.pipeline import EPISODE  # noqa: E402
from castkit.steps.context import EpisodeContext  # noqa: E402
from castkit.steps.files import write_json  # noqa: E402

SECONDS = 2
WORDS = ((100, "Who"), (500, "pays"), (900, "when"), (1300, "it rains?"))


def recognise(context: EpisodeContext, job: Job) -> None:
    """In place of a model: the same words for every episode, and its name."""
    texts = [*WORDS, (1700, context.slug)]
    words = tuple(Word(at, at + 250, f" {text}", 0.9, None) for at, text in texts)
    found = Transcript("en", "-", "-", SECONDS * 1000, (Utterance(words),))
    write_json(job.output(context.paths.transcript), found.to_json())


def _row(stage: Stage[EpisodeContext]) -> Stage[EpisodeContext]:
    return replace(stage, run=recognise) if stage.name == "transcribe" else stage


WHOLE = tuple(map(_row, EPISODE))
_QUICK = ("ingest", "survey", "edit", "transcribe", "proofread", "subtitle")
ROADS = {
    "whole": WHOLE,
    "quick": tuple(stage for stage in WHOLE if stage.name in _QUICK),
    "shortest": tuple(stage for stage in WHOLE if stage.name in _QUICK[:2]),
}


def make(root: Path, count: int) -> None:
    """The show's folder: sources only."""
    root.mkdir(parents=True)
    (root / "cover.png").write_bytes(built_show.cover())
    (root / "castkit.toml").touch()
    for number in range(count):
        folder = root / "episodes" / f"talk-{number:02}"
        sounds.speech(folder / "raw" / "talk.wav", seconds=SECONDS, start=1 + number / 4)
        (folder / "episode.toml").write_text(f"# talk {number}, read by nobody: its values are made below\n", "utf-8")
    accepted = root / "episodes" / "talk-00" / "subtitles" / "talk-00.zh-Hans.srt"
    accepted.parent.mkdir()
    accepted.write_text("1\n00:00:00,100 --> 00:00:01,900\n下雨的时候谁来付钱\n", "utf-8")


def contexts(root: Path, count: int, cluster: ClusterSettings) -> list[EpisodeContext]:
    talk = sounds.talk(root, "raw/talk.wav")
    info = talk.show.show.model_copy(update={"languages": ("en", "zh-Hans")})
    show = talk.show.model_copy(update={"show": info, "cluster": cluster})
    made = (
        talk.episode.model_copy(update={"guid": UUID(int=number + 1), "number": number + 1}) for number in range(count)
    )
    return [EpisodeContext(talk.workspace, show, f"talk-{one.number - 1:02}", one) for one in made]


def works(found: list[EpisodeContext], road: str) -> list[Work[EpisodeContext]]:
    made = []
    for one in found:
        paths = one.paths
        place = Place(one.slug, one.workspace.root, paths.build, paths.receipts, paths.lock)
        made.append(Work(one, place, ROADS[road], held=lambda place=place: lock(place)))
    return made


def say(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def main(root: Path, count: int, road: str, *cluster: str) -> int:
    """On a cluster: 0 where all went well."""
    address, kill, settings = cluster
    found = contexts(root, count, ClusterSettings.model_validate_json(settings))
    begun = []

    def listen(said: dict[str, Any]) -> None:
        say(said)
        if said["event"] == "began":
            begun.append(said)
            if len(begun) == int(kill):
                os.kill(said["pid"], signal.SIGKILL)
                say({**said, "event": "killed"})

    with hands(address, found[0].workspace, found[0].show, road=ROADS[road], listen=listen) as cluster_hands:
        say({"event": "ready", "words": list(cluster_hands.words)})
        failures = Fleet(cluster_hands.executor, lambda _: None, at_once=2 * count).run(works(found, road))
    for one in failures:
        say({"event": "failed", "subject": one.subject, "error": str(one.error)})
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:]))
