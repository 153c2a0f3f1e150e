"""A small built show for the review page, and the server that a person would start for it."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import built_show
from castkit.model.cue import Cue
from castkit.model.programme import Programme
from castkit.model.timeline import joined
from castkit.subtitles.files import compose_srt
from castkit.workspace import Workspace

ROOT = Path(__file__).parent.parent.parent
SOUND = ROOT / "episodes/episode-02/raw/interview.mp3"
WORDS = ROOT / "tests/data/transcripts/episode-02.json"
DURATION_MS = 167_000
PAIRS = (  # ms, and what is said and written there; numbers 5 and 12 are faulty
    (1010, 3400, "欢迎收听社会保障对话节目。", "Welcome to the Social Protection Dialogues."),
    (3600, 5300, "我是主持人。", "I am the host."),
    (5500, 9470, "今天是我们的第二期节目。", "Today is our second episode."),
    (11357, 14777, "今天我们来谈一谈\n平台劳动者的养老保险。", "Today we talk about pensions for platform workers."),
    (16917, 18200, "谢谢邀请。", "Thank you for the invitation, which I was very glad to have."),
    (18400, 21127, "这个话题和很多人有关系。", "This topic matters to many people."),
    (23604, 26864, "首先请您介绍一下，\n什么是平台劳动者？", "First, please tell us:\nwhat is a platform worker?"),
    (28768, 33200, "平台劳动者就是通过手机应用接受工作任务的人，", "Platform workers take jobs through an app,"),
    (33400, 36500, "比如外卖骑手、网约车司机和快递员。", "such as food couriers, drivers and parcel couriers."),
    (36700, 40518, "他们的工作时间比较灵活，但是收入不太稳定。", "Their hours are flexible,\nbut not their income."),
    (42661, 45621, "在中国，这样的劳动者大概有多少人？", "How many such workers are there in China?"),
    (47596, 51300, "根据公开的调查，全国大约有八千四百万人。", "Surveys say about 48 million in the whole country."),
    (51500, 55476, "他们大多数是年轻人，很多人来自农村。", "Most are young, and many come from the country."),
    (57846, 60186, "他们现在可以参加养老保险吗？", "Can they join old-age insurance now?"),
)  # fmt: skip
GLOSSARY = """\
[[terms]]
term = { en = "platform worker", zh-Hans = "平台劳动者" }
accept = { en = ["platform workers"] }
note = "never: gig worker"

[[terms]]
term = { en = "old-age insurance", zh-Hans = "养老保险" }
accept = { en = ["pensions"] }
"""


def make(root: Path, *, cues: int = len(PAIRS)) -> Workspace:
    """A show with the episode `talk`, built, with so many cues: the first of `PAIRS`, and more of them after that."""
    workspace = built_show.make_show(root)
    built_show.build(workspace)
    workspace.glossary.write_text(GLOSSARY, "utf-8")
    paths = workspace.episode("talk")
    shutil.copy(SOUND, paths.audio)
    shutil.copy(WORDS, paths.words)
    chosen = [_moved(number) for number in range(cues)]
    duration_ms = max(DURATION_MS, chosen[-1][1] + 1000)
    value = json.loads(paths.programme.read_text("utf-8"))
    tracks = Programme.from_json(value).tracks
    built_show.write_json(paths.programme, Programme(tracks, joined([(0, duration_ms)], 0), (), duration_ms).to_json())
    for language, at in (("zh-Hans", 2), ("en", 3)):
        text = compose_srt([Cue(one[0], one[1], str(one[at])) for one in chosen])
        paths.srt(language).write_text(text, "utf-8")
    return workspace


def _moved(number: int) -> tuple[int, int, str, str]:
    round_, at = divmod(number, len(PAIRS))
    start_ms, end_ms, said, written = PAIRS[at]
    return start_ms + round_ * 60_000, end_ms + round_ * 60_000, said, written


def journal(workspace: Workspace, language: str = "en") -> str:
    """All that the server has on the disk of what was typed."""
    path = workspace.episode("talk").review_journal(language)
    return path.read_text("utf-8") if path.is_file() else ""


@dataclass
class Server:
    """`castkit review` as a process of its own; `url` is the address it printed, with the token."""

    process: subprocess.Popen[str]
    url: str

    @property
    def port(self) -> int:
        found = re.search(r":(\d+)/", self.url)
        assert found
        return int(found[1])

    def kill(self) -> None:
        """As when the power goes."""
        self.process.kill()
        self.process.wait(60)


def start(workspace: Workspace, *, language: str = "en", port: int = 0, more: Sequence[str] = ()) -> Server:
    command = [sys.executable, "-m", "castkit", "-C", str(workspace.root), "review", "talk", language]
    process = subprocess.Popen(
        [*command, "--no-browser", "--port", str(port), "--who", "Ann", *more],
        env={**os.environ, "PYTHONUNBUFFERED": "1"}, stdout=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip
    assert process.stdout
    line = process.stdout.readline()
    assert line.startswith("review: http://127.0.0.1:"), line
    return Server(process, line.removeprefix("review: ").strip())


def stop(server: Server) -> None:
    if server.process.poll() is None:
        server.process.send_signal(signal.SIGINT)
        try:
            server.process.wait(60)
        except subprocess.TimeoutExpired:
            server.kill()
    if server.process.stdout:
        server.process.stdout.close()


@contextmanager
def running(workspace: Workspace, *, language: str = "en") -> Iterator[Server]:
    server = start(workspace, language=language)
    try:
        yield server
    finally:
        stop(server)
