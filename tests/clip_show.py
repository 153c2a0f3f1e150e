"""A show with two short episodes taken down the road to the package, to cut clips out of: one heard, one seen.

Its words are those of the demonstration's real transcripts, so no model is needed.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from castkit.config import load_episode, load_show
from castkit.engine.fleet_of_one import run
from castkit.engine.place import Place, lock
from castkit.engine.stage import Job, Stage
from castkit.ffmpeg import find_tools
from castkit.model.transcript import Transcript
from castkit.steps import edit, ingest, master, package, proofread, subtitle, survey, transcripts, translate
from castkit.steps.context import EpisodeContext
from castkit.workspace import Workspace

ROOT = Path(__file__).parent.parent
LEAD_MS = 2000  # the intro of 2.5 s less the crossfade
# slug: the recording, how much of it there is (s), who speaks, and whose transcript it has
TALK, FILM = "talk", "film"
EPISODES = {
    TALK: ("episode-01/raw/host.flac", 19, "host", "episode-01"),
    FILM: ("episode-03/raw/camera.mp4", 16, "presenter", "episode-03"),
}
EPISODE = """\
# The whole episode.
guid = "{guid}"
title = {{ en = "Who pays?", zh-Hans = "谁来买单？" }}
summary = "A short one."
language = "en"  # spoken
date = 2026-09-30T09:00:00+02:00
people = ["{speaker}"]
recordings = [{{ path = "raw/{name}", speaker = "{speaker}" }}]

# [[links]]
# kind = "study"
"""
CHINESE = {
    TALK: "1\n00:00:03,000 --> 00:00:12,000\n欢迎收听社会保障对话\n\n"
    "2\n00:00:14,200 --> 00:00:20,500\n骑手生病了谁来承担\n",
    FILM: "1\n00:00:02,500 --> 00:00:09,000\n本片讲解统筹基金如何\n支付疾病津贴\n\n"
    "2\n00:00:10,000 --> 00:00:17,500\n设想有一百名骑手\n",
}


def _recognise(context: EpisodeContext, job: Job) -> None:
    _, seconds, _, heard = EPISODES[context.slug]
    value = json.loads((ROOT / f"tests/data/transcripts/{heard}.json").read_text("utf-8"))
    value["utterances"] = [one for one in value["utterances"] if one["words"][-1]["end_ms"] < seconds * 1000]
    value |= {"duration_ms": seconds * 1000, "translation": []}
    job.output(context.paths.transcript).write_text(json.dumps(Transcript.from_json(value).to_json()), "utf-8")


TRANSCRIBE = Stage[EpisodeContext](
    name="transcribe",
    version=1,
    after=("survey",),
    reads=lambda context: [context.paths.ingest],
    writes=lambda context: [context.paths.transcript],
    settings=lambda _: None,
    run=_recognise,
)
ROAD = (
    *(ingest.STEP, survey.STEP, edit.STEP, master.STEP),
    *(TRANSCRIBE, proofread.STEP, subtitle.STEP, translate.STEP, transcripts.STEP, package.STEP),
)


def start(root: Path) -> Workspace:
    """The show with both episodes, not built."""
    root.mkdir(parents=True)
    for name in ("castkit.toml", "cover.png"):
        shutil.copy(ROOT / name, root / name)
    shutil.copytree(ROOT / "assets", root / "assets")
    workspace = Workspace(root)
    for number, (slug, (recording, seconds, speaker, _)) in enumerate(EPISODES.items()):
        paths, source = workspace.episode(slug), ROOT / "episodes" / recording
        paths.raw.mkdir(parents=True)
        cut = [find_tools().ffmpeg, "-v", "error", "-i", source, "-t", seconds]
        cut += [] if source.suffix == ".flac" else ["-c", "copy"]
        subprocess.run([*map(str, cut), str(paths.raw / source.name)], check=True)
        guid = f"5b8f3b7e-0f3c-4a55-9d9b-1f1f0f4a8a0{number}"
        paths.toml.write_text(EPISODE.format(guid=guid, name=source.name, speaker=speaker), "utf-8")
        paths.accepted("zh-Hans").parent.mkdir()
        paths.accepted("zh-Hans").write_text(CHINESE[slug], "utf-8")
    return workspace


def context_of(workspace: Workspace, slug: str) -> EpisodeContext:
    show = load_show(workspace)
    return EpisodeContext(workspace, show, slug, load_episode(workspace, show, slug))


def build(context: EpisodeContext) -> None:
    paths = context.paths
    place = Place(context.slug, context.workspace.root, paths.build, paths.receipts, paths.lock)
    with lock(place):
        run(ROAD, context, place, lambda _: None)
