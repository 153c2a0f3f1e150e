"""One long recording to a mastered MP3: castkit against ffmpeg-normalize, and against MP3 encoding alone, in one run.

Rule: every figure is of a process and all it started (CPU seconds, memory of the largest), as the system counts them:
the memory of an ffmpeg is never less than that of the Python that started it. Counted as castkit's, for preset
`untouched`, is what the peer does too and the sound for recognition; the survey (who speaks when) stands beside it.

    python benchmarks/audio.py                 # an hour: the time, the memory, the level reached
    python benchmarks/audio.py --six-hours     # castkit alone: memory must not grow with the length
    python benchmarks/audio.py --accuracy      # both tools over the table of tests/sound_table.py

Needs the peer: pip install ffmpeg-normalize==1.43.0 (or --peer FILE). POSIX only, as the resource module is.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.append(str(ROOT / "tests"))  # the makers of recordings, and the meter that shares no code with castkit

from measuring import measured  # noqa: E402

from castkit.errors import CastkitError  # noqa: E402
from castkit.ffmpeg import find_tools, version  # noqa: E402

STEPS = ("ingest", "survey", "edit", "master")
PEER_OPTIONS = ("-t", "-16", "-tp", "-1", "-c:a", "libmp3lame", "-b:a", "128k", "-f")
TARGET_LUFS = -16.0
PROMISED_LU = 0.3
FFMPEG = str(find_tools().ffmpeg)

# Host and guest as two people at a table are heard in stereo, the guest too quiet still; both lean forward and back.
SCENE = (
    "[0]aresample=48000,pan=stereo|c0=c0|c1=0.4*c0[host];[1]aresample=48000,volume=10dB,pan=stereo|c0=0.4*c0|c1=c0[guest];"
    "[host][guest]amix=normalize=0,volume=-4dB"
)
LEANING = "volume='pow(10,(1.5*sin(2*PI*t/937)+0.5*sin(2*PI*t/71))/20)':eval=frame"


def make_recording(out: Path, minutes: float) -> None:
    """A conversation of that length: 48 kHz, 16 bits, both sides different, never twice at one level."""
    raw = ROOT / "episodes/episode-01/raw"
    tile = out.with_name("tile.wav")
    inputs = ["-i", str(raw / "host.flac"), "-i", str(raw / "guest.m4a")]
    subprocess.run([FFMPEG, "-v", "error", *inputs, "-filter_complex", SCENE, "-y", str(tile)], check=True)
    loop = ["-stream_loop", "-1", "-i", str(tile), "-t", str(minutes * 60), "-af", LEANING, "-rf64", "auto"]
    subprocess.run([FFMPEG, "-v", "error", *loop, "-y", str(out)], check=True)
    tile.unlink()


def build(root: Path, recording: str, preset: str) -> None:
    """In a process of its own: castkit's steps from recording to master; prints what each took as JSON."""
    import sounds  # noqa: PLC0415
    from castkit.pipeline import EPISODE  # noqa: PLC0415

    context = sounds.talk(root, f"raw/{recording}", preset=preset)
    shutil.rmtree(context.paths.build, ignore_errors=True)
    cpu = {"starting": _cpu_s()}
    for step in EPISODE:
        if step.name in STEPS:
            before = _cpu_s()
            sounds.build(context, step)
            cpu[step.name] = _cpu_s() - before
    report = json.loads(context.paths.master_report.read_text("utf-8"))
    own, others = (resource.getrusage(who).ru_maxrss / 1024 for who in _WHO)
    memory = {"python_mb": own, "ffmpeg_mb": others}
    print(
        json.dumps({"cpu_s": cpu, "memory": memory, "mp3": str(context.paths.master), "output": report["outputs"][0]})
    )


_WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def _cpu_s() -> float:
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, _WHO))


def by_ebur128(path: Path) -> tuple[float, float, float]:
    """LUFS, dBTP and LU of range of a file, by ffmpeg's meter; mono is what both ears hear."""
    command = [
        FFMPEG,
        "-hide_banner",
        "-nostats",
        "-i",
        str(path),
        "-af",
        "ebur128=peak=true:dualmono=true",
        "-f",
        "null",
        "-",
    ]
    log = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    found = re.search(
        r"I:\s+(\S+) LUFS.*?LRA:\s+(\S+) LU.*?Peak:\s+(\S+) dBFS", log[log.rindex("Summary:") :], re.DOTALL
    )
    assert found  # noqa: S101
    return float(found[1]), float(found[3]), float(found[2])


def judge(path: Path, *, is_long: bool) -> None:
    """In a process of its own: prints loudness and true peak by ffmpeg's ebur128, and by the tests' own meter."""
    lufs, peak, spread = by_ebur128(path)
    text = f"{lufs} LUFS, {peak} dBTP, range {spread} LU by ebur128"
    if not is_long:  # it holds the whole sound
        import bs1770  # noqa: PLC0415

        sound = bs1770.decode(path)
        text += f"; {bs1770.integrated(*sound):.2f} LUFS, {bs1770.true_peak(*sound):.2f} dBTP by tests/bs1770.py"
    print(text)


def _judged(path: Path, *, is_long: bool = False) -> str:
    return measured(*_self("--judge", str(path), *(["--long"] if is_long else []))).said.strip()


def _self(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-W", "ignore", __file__, *arguments)


def castkit(root: Path, recording: Path, preset: str, *, is_long: bool = False) -> float:
    """Prints one preset's figures; gives the CPU seconds of what is comparable to the peer's work."""
    used = measured(*_self("--build", str(root), recording.name, preset))
    told = json.loads(used.said)
    cpu, memory, output = told["cpu_s"], told["memory"], told["output"]
    alone = used.cpu_s - cpu["survey"]
    print(f"castkit, preset {preset}: master and recognition audio {alone:.1f} CPU s; with the survey {used.cpu_s:.1f}")
    print(f"    {used.wall_s:.1f} s of wall clock; " + ", ".join(f"{name} {s:.1f}" for name, s in cpu.items()))
    print(f"    largest processes: Python {memory['python_mb']:.0f} MB, ffmpeg {memory['ffmpeg_mb']:.0f} MB")
    share = output["limited_share"]
    limited = "?" if share is None else f"{100 * share:.2f} %"
    print(f"    {output['rounds']} round(s), {limited} of the sound limited by more than 3 dB")
    print(f"    {_judged(Path(told['mp3']), is_long=is_long)}", flush=True)
    return alone if preset == "untouched" else used.cpu_s


def against_the_peer(minutes: float, peer: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        recording = _recording(root, minutes)
        size = recording.stat().st_size / 1e6
        print(f"{minutes:g} minutes, 48 kHz, 16 bits, stereo, {size:.0f} MB: {_judged(recording)}")
        print(f"{os.cpu_count()} cores, ffmpeg {version(find_tools().ffmpeg)}\n", flush=True)
        ours = castkit(root, recording, "untouched")
        default = castkit(root, recording, "interview")
        theirs_mp3, floor_mp3 = root / "peer.mp3", root / "floor.mp3"
        theirs = measured(peer, str(recording), *PEER_OPTIONS, "-o", str(theirs_mp3))
        print(f"ffmpeg-normalize: {theirs.cpu_s:.1f} CPU s, {theirs.wall_s:.1f} s, {theirs.memory_mb:.0f} MB")
        print(f"    {_judged(theirs_mp3)}", flush=True)
        encoding = ("-i", str(recording), "-c:a", "libmp3lame", "-b:a", "128k", str(floor_mp3))
        floor = measured(FFMPEG, "-v", "error", *encoding)
        print(f"floor, MP3 encoding alone: {floor.cpu_s:.1f} CPU s, {floor.wall_s:.1f} s, {floor.memory_mb:.0f} MB\n")
        for what, seconds in (("untouched", ours), ("interview, with the survey", default), ("floor", floor.cpu_s)):
            print(f"{what}: {seconds / theirs.cpu_s:.2f} of ffmpeg-normalize's CPU seconds")


def six_hours() -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        recording = _recording(root, 360)
        for preset in ("untouched", "interview"):
            castkit(root, recording, preset, is_long=True)


def _recording(root: Path, minutes: float) -> Path:
    folder = root / "episodes/talk/raw"
    folder.mkdir(parents=True)
    make_recording(folder / "talk.wav", minutes)
    return folder / "talk.wav"


def accuracy(peer: str) -> None:
    """How far from the target both tools end, over the table; the peer by its own reading of mono, too."""
    import sound_table  # noqa: PLC0415
    import sounds  # noqa: PLC0415
    from castkit import pipeline  # noqa: PLC0415

    steps = [step for step in pipeline.EPISODE if step.name in STEPS]
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as name:
        for number, row in enumerate(sound_table.ROWS):
            root = Path(name) / str(number)
            (root / "episodes/talk/raw").mkdir(parents=True)
            recording = sound_table.make(row, root / "episodes/talk/raw")
            context = sounds.talk(root, f"raw/{recording.name}", preset="untouched")
            try:
                sounds.build(context, *steps)
            except CastkitError as error:
                print(f"{row.name}: {error.message}")
            ours.append(_off(context.paths.master) if context.paths.master.exists() else None)
            mp3 = root / "peer.mp3"
            done = subprocess.run(
                [peer, str(recording), *PEER_OPTIONS, "-vn", "-q", "-o", str(mp3)], check=False, capture_output=True
            )
            theirs.append(_off(mp3) if done.returncode == 0 and mp3.exists() else None)
            print(f"{row.name}: castkit {_worded(ours[-1])}; ffmpeg-normalize {_worded(theirs[-1])}", flush=True)
            shutil.rmtree(root)
    for tool, found in (("castkit", ours), ("ffmpeg-normalize", theirs)):
        print(f"{tool}: {_summary(found)}")


@dataclass(frozen=True)
class Off:
    """LU from the target, as heard and with mono read as one channel, and dB above -1 dBTP (negative: below)."""

    lu: float
    lu_by_channel: float
    over_db: float


def _off(path: Path) -> Off:
    import bs1770  # noqa: PLC0415

    samples, rate = bs1770.decode(path)
    lu = bs1770.integrated(samples, rate) - TARGET_LUFS
    return Off(lu, lu - 3.01 if len(samples) == 1 else lu, bs1770.true_peak(samples, rate) + 1)


def _worded(off: Off | None) -> str:
    if off is None:
        return "fails"
    by_channel = f" ({off.lu_by_channel:+.2f} read as one channel)" if off.lu != off.lu_by_channel else ""
    return f"{off.lu:+.2f} LU{by_channel}, {off.over_db - 1:.2f} dBTP"


def _summary(found: Sequence[Off | None]) -> str:
    there = [off for off in found if off]
    as_heard, by_channel = (_spread([abs(row) for row in rows]) for rows in zip(*map(_both, there), strict=True))
    return (
        f"{len(found) - len(there)} of {len(found)} fail; distance to the target {as_heard}; mono read as one channel: "
        f"{by_channel}; above -1 dBTP {sum(off.over_db > 0 for off in there)}"
    )


def _both(off: Off) -> tuple[float, float]:
    return off.lu, off.lu_by_channel


def _spread(distances: Sequence[float]) -> str:
    within = sum(one <= PROMISED_LU for one in distances)
    return f"median {statistics.median(distances):.2f}, largest {max(distances):.2f} LU, {within} within {PROMISED_LU}"


def find_peer(given: str | None) -> str:
    beside = Path(sys.executable).with_name("ffmpeg-normalize")
    found = given or (str(beside) if beside.exists() else shutil.which("ffmpeg-normalize"))
    if not found:
        raise SystemExit("ffmpeg-normalize is not installed: pip install ffmpeg-normalize==1.43.0, or give --peer FILE")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--six-hours", action="store_true")
    parser.add_argument("--accuracy", action="store_true")
    parser.add_argument("--peer", help="the program ffmpeg-normalize")
    parser.add_argument("--build", nargs=3, metavar=("ROOT", "RECORDING", "PRESET"), help=argparse.SUPPRESS)
    parser.add_argument("--judge", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--long", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.build:
        build(Path(arguments.build[0]), *arguments.build[1:])
    elif arguments.judge:
        judge(arguments.judge, is_long=arguments.long)
    elif arguments.six_hours:
        six_hours()
    elif arguments.accuracy:
        accuracy(find_peer(arguments.peer))
    else:
        against_the_peer(arguments.minutes, find_peer(arguments.peer))


if __name__ == "__main__":
    main()
