"""One recording heard by castkit and by the engines it is built on: time, memory and errors in one table, in one run.

Rule: every row is a process of its own with the same Whisper base in float32, its loading included; nobody gets hints.
Wall and CPU seconds and the peak memory are as the system counts them. The recording of two languages is episode-02's,
repeated; of one language episode-01's two tracks, mixed, and episode-03's, where no engine misses a speaker. "Two
languages" is a transcript and Whisper's English.

    python benchmarks/speech.py                                # ten minutes
    python benchmarks/speech.py --minutes 3 --openai-minutes 1  # openai-whisper is slow: its time is scaled up

Peers: faster-whisper as its command line runs it (beam 5, VAD, words with times), once for each language; its batched
pipeline (beam 5, batch 8) with words with times, as castkit always has them; openai-whisper (beam 5, words with times),
once for each language. The floor is the encoder alone over castkit's windows. castkit's style prompt for Chinese is its
own, and its Chinese is read as its step "proofread" reads it without a glossary: long words put right by their sound.
Needs the extra `openai` and POSIX, as the resource module is.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.append(str(ROOT / "tests" / "speech"))  # the scoring by jiwer

from measuring import measured  # noqa: E402

from castkit.ffmpeg import find_tools  # noqa: E402
from castkit.speech.bleed import Placement  # noqa: E402
from castkit.speech.devices import WAYS  # noqa: E402
from castkit.speech.engines import open_transcriber  # noqa: E402
from castkit.speech.models import locate  # noqa: E402
from castkit.speech.openai import OpenAIWhisper  # noqa: E402
from castkit.speech.recognise import Wish, recognise  # noqa: E402
from castkit.speech.sound import Sound  # noqa: E402
from castkit.speech.stretches import Voice, stretches  # noqa: E402
from castkit.speech.vad import activity  # noqa: E402
from castkit.translate.script import convert_utterances  # noqa: E402
from castkit.wording import homophones  # noqa: E402

TWO, ONE, CLEAR = "episode-02", "episode-01", "episode-03"
LANGUAGES = {TWO: "zh", ONE: "en", CLEAR: "en"}
FFMPEG = str(find_tools().ffmpeg)


@dataclass(frozen=True)
class Row:
    """An engine's way of hearing: its name, the recording, and what is compared with it."""

    name: str
    slug: str
    kind: str
    beam_size: int = 0
    tasks: tuple[str, ...] = ("transcribe",)


BOTH = ("transcribe", "translate")
ROWS = (
    Row("castkit, two languages (default)", TWO, "castkit", 0, BOTH),
    Row("castkit, two languages, greedy", TWO, "castkit", 1, BOTH),
    Row("castkit, two languages, beam 5", TWO, "castkit", 5, BOTH),
    Row("faster-whisper twice", TWO, "faster", 5, BOTH),
    Row("openai-whisper twice", TWO, "openai", 5, BOTH),
    Row("encoder alone", TWO, "floor"),
    Row("castkit, one language (default)", ONE, "castkit"),
    Row("castkit, one language, greedy", ONE, "castkit", 1),
    Row("castkit, one language, beam 5", ONE, "castkit", 5),
    Row("faster-whisper", ONE, "faster", 5),
    Row("faster-whisper, batched pipeline", ONE, "batched", 5),
    Row("encoder alone", ONE, "floor"),
    Row("castkit, one voice (default)", CLEAR, "castkit"),
    Row("faster-whisper, batched pipeline, one voice", CLEAR, "batched", 5),
)
# Promised in issue 4: a row's time against another's, at most.
PROMISES = (
    ("castkit, two languages (default)", "faster-whisper twice", 0.45),
    ("castkit, two languages (default)", "openai-whisper twice", 0.1),
    ("castkit, one language (default)", "faster-whisper, batched pipeline", 1.0),
    ("castkit, one voice (default)", "faster-whisper, batched pipeline, one voice", 1.0),
)
POINTS = 0.5  # of WER or CER, at most above the best of the table


def castkit(sound: Path, row: Row) -> str:
    """What castkit hears, by its own front door."""
    engine = open_transcriber("faster-whisper", locate("base"), device="cpu")
    track = Sound.open(sound)
    beam = row.beam_size or WAYS["cpu"].beam_size
    wish = Wish(LANGUAGES[row.slug], beam, (), "translate" in row.tasks, by_language=row.beam_size == 0)
    found = recognise([Voice(track, None, Placement(0), activity(track).probability)], engine, wish)
    if bool(found.translation) != ("translate" in row.tasks):
        raise SystemExit("a language is missing, or one too many")
    read = found.utterances
    if LANGUAGES[row.slug] == "zh":  # as the step "proofread" does, which needs no hints for it
        read, _ = homophones.corrected(convert_utterances(read, "zh-Hans"))
    return "".join(word.text for utterance in read for word in utterance.words)


def faster(sound: Path, row: Row) -> str:
    """faster-whisper as its users call it, or its batched pipeline."""
    from faster_whisper import BatchedInferencePipeline, WhisperModel  # noqa: PLC0415

    model = WhisperModel(str(locate("base")), device="cpu", compute_type="float32")
    texts = []
    for task in row.tasks:
        options: dict[str, Any] = {"language": LANGUAGES[row.slug], "task": task, "beam_size": row.beam_size}
        options |= {"word_timestamps": True, "vad_filter": True}
        if row.kind == "batched":
            segments, _ = BatchedInferencePipeline(model).transcribe(str(sound), batch_size=8, **options)
        else:
            segments, _ = model.transcribe(str(sound), **options)
        texts.append("".join(segment.text for segment in segments))
    return texts[0]


def openai(sound: Path, row: Row) -> str:
    """openai-whisper as its users call it, with the same weights."""
    model = OpenAIWhisper(locate("base")).model
    options: dict[str, Any] = {"language": LANGUAGES[row.slug], "beam_size": row.beam_size}
    options |= {"fp16": False, "word_timestamps": True}
    track = Sound.open(sound)
    samples = track.read(0, track.length)
    texts = [model.transcribe(samples, task=task, **options)["text"] for task in row.tasks]
    return str(texts[0])


def floor(sound: Path, _row: Row) -> str:
    """The encoder over castkit's windows, and nothing else."""
    engine = open_transcriber("faster-whisper", locate("base"), device="cpu")
    track = Sound.open(sound)
    plan = tuple(stretches([Voice(track, None, Placement(0), activity(track).probability)]))
    for start in range(0, len(plan), 8):
        engine.encode([stretch.samples() for stretch in plan[start : start + 8]])
    return ""


KINDS = {"castkit": castkit, "faster": faster, "batched": faster, "openai": openai, "floor": floor}


@dataclass(frozen=True)
class Measured:
    """What a row took, and the share of words or characters that it got wrong (None for the floor)."""

    wall_s: float
    cpu_s: float
    memory_mb: float
    error: float | None


def measure(row: Row, sound: Path, turns: int, folder: Path) -> Measured:
    """Runs a row in a process of its own; the recording says the true text so many times."""
    said = folder / "said.txt"
    command = [sys.executable, "-W", "ignore", __file__, "--row", str(ROWS.index(row)), str(sound), str(said)]
    # Threads that wait are to sleep, in all rows alike: where others work on the machine, spinning costs many-fold.
    used = measured(*command, environment=os.environ | {"OMP_WAIT_POLICY": "PASSIVE"})
    error = error_of(said.read_text("utf-8"), row.slug, turns)
    return Measured(used.wall_s, used.cpu_s, used.memory_mb, error)


def error_of(text: str, slug: str, turns: int) -> float | None:
    """The share of words or characters of an episode, said so many times, that are wrong; None for no text."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from scoring import error_rate  # noqa: PLC0415
    truth = json.loads((ROOT / f"tests/data/truth/{slug}.json").read_text("utf-8"))
    return error_rate(text, truth | {"turns": truth["turns"] * turns}) if text else None


def make(slug: str, minutes: float, folder: Path) -> tuple[Path, int, float]:
    """The recording of an episode, repeated to about so many minutes; how often, and its seconds."""
    raw = ROOT / "episodes" / slug / "raw"
    names = {TWO: ("interview.mp3",), ONE: ("host.flac", "guest.m4a"), CLEAR: ("camera.mp4",)}[slug]
    once, target = folder / f"{slug}.once.wav", folder / f"{slug}.{minutes:g}.wav"
    inputs = [part for name in names for part in ("-i", str(raw / name))]
    mix = ["-filter_complex", f"amix=inputs={len(names)}:normalize=0"] if len(names) > 1 else []
    form = ["-ac", "1", "-ar", "16000", "-c:a", "pcm_s16le", "-y"]
    subprocess.run([FFMPEG, "-v", "error", *inputs, *mix, *form, str(once)], check=True)
    seconds = once.stat().st_size / 32_000
    turns = max(1, round(minutes * 60 / seconds))
    repeat = [FFMPEG, "-v", "error", "-stream_loop", str(turns - 1), "-i", str(once), "-c", "copy", "-y", str(target)]
    subprocess.run(repeat, check=True)
    return target, turns, turns * seconds


def compare(rows: Sequence[Row], minutes: float, openai_minutes: float) -> None:
    """Measures the rows and prints the table; openai-whisper's times are scaled to the recording of the others."""
    found: dict[Row, Measured] = {}
    print(
        "| engine | recording | wall s | CPU s | peak MB | x real time | WER / CER % |\n|---|---|---|---|---|---|---|"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for row in rows:
            sound, turns, seconds = make(row.slug, openai_minutes if row.kind == "openai" else minutes, folder)
            one = found[row] = measure(row, sound, turns, folder)
            error = "" if one.error is None else f"{100 * one.error:.2f}"
            print(
                f"| {row.name} | {row.slug}, {seconds / 60:.1f} min | {one.wall_s:.1f} | {one.cpu_s:.1f} "
                f"| {one.memory_mb:.0f} | {seconds / one.wall_s:.1f} | {error} |",
                flush=True,
            )
            scale = make(row.slug, minutes, folder)[2] / seconds
            found[row] = Measured(one.wall_s * scale, one.cpu_s * scale, one.memory_mb, one.error)
    verdict(found)


def verdict(found: dict[Row, Measured]) -> None:
    """Prints every promise with what came of it."""
    by_name = {row.name: one for row, one in found.items()}
    for ours, theirs, most in PROMISES:
        if ours in by_name and theirs in by_name:
            one, other = by_name[ours], by_name[theirs]
            print(
                f"{ours} : {theirs}: wall {one.wall_s / other.wall_s:.2f}, CPU {one.cpu_s / other.cpu_s:.2f},"
                f" memory {one.memory_mb / other.memory_mb:.2f} (promised: at most {most})"
            )
    for slug in LANGUAGES:
        errors = {row.name: 100 * one.error for row, one in found.items() if row.slug == slug and one.error is not None}
        for name, error in errors.items():
            if name.startswith("castkit"):
                print(f"{name}: {error - min(errors.values()):.2f} points above the best (promised: at most {POINTS})")


def main() -> None:
    """The table, or one row of it in this very process."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--openai-minutes", type=float, default=3.0)
    parser.add_argument("--only", default="", help="rows with this in their name")
    parser.add_argument("--row", nargs=3, metavar=("NUMBER", "SOUND", "TEXT"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.row:
        row = ROWS[int(given.row[0])]
        Path(given.row[2]).write_text(KINDS[row.kind](Path(given.row[1]), row), "utf-8")
    else:
        compare([row for row in ROWS if given.only in row.name], given.minutes, given.openai_minutes)


if __name__ == "__main__":
    main()
