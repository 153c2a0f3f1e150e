"""The quality of cues: castkit against faster-whisper's segments, stable-ts and whisperX's rules, on the same words.

Rule: the words and their times are tests/data/heard's for everybody, and the judge is tests/subtitles/judge.py, which
knows nothing of castkit's own rules. faster-whisper cuts the recordings anew here (base, beam 5, voice activity); the
words go to the segment that they are spoken in, and stable-ts and whisperX start from those segments.

    python benchmarks/cues.py --peers DIR      # stable-ts and whisperx, put there by:
    pip install --no-deps --target DIR stable-ts==2.19.1 whisperx==3.8.6

whisperX pins another torch, but its cue rules need none. stable-ts imports torchaudio for work on sound; regrouping
words does none, so an empty module stands in for it where it is missing.
"""

from __future__ import annotations

import argparse
import importlib.util
import re
import subprocess
import sys
import tempfile
import types
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.append(str(ROOT / "tests/subtitles"))

from judge import Figures, Shown, gold, judged, shown  # noqa: E402
from said import SLUGS, heard  # noqa: E402

from castkit.ffmpeg import find_tools  # noqa: E402
from castkit.model.transcript import Utterance, Word  # noqa: E402
from castkit.speech.models import locate  # noqa: E402
from castkit.subtitles.cueing import make_cues  # noqa: E402
from castkit.subtitles.profile import profile_for  # noqa: E402
from castkit.wording.punctuation import restored  # noqa: E402

RECORDINGS = {"episode-01": ("host.flac", "guest.m4a"), "episode-02": ("interview.mp3",), "episode-03": ("camera.mp4",)}
COLUMNS = (
    "cues of", "number", "under 5/6 s", "over 7 s", "lines too long", "too fast", "breaks inside Chinese words",
    "breaks at forbidden places",
)  # fmt: skip


@dataclass(frozen=True)
class Heard:
    """An episode's words, and the segments that faster-whisper cuts its sound into (ms)."""

    slug: str
    language: str
    duration_ms: int
    utterances: tuple[Utterance, ...]
    segments: tuple[tuple[int, int, tuple[Word, ...]], ...]

    @property
    def width(self) -> int:
        return profile_for(self.language).line_width


Rules = Callable[[Heard], list[Shown]]


@cache
def _model() -> Any:
    from faster_whisper import WhisperModel  # noqa: PLC0415

    return WhisperModel(str(locate("base")), device="cpu", compute_type="float32")


def faster_whisper_segments(slug: str) -> list[tuple[int, int]]:
    """Where faster-whisper's segments begin and end, ms."""
    with tempfile.TemporaryDirectory() as folder:
        sound = str(Path(folder) / "sound.wav")
        inputs = [part for name in RECORDINGS[slug] for part in ("-i", str(ROOT / "episodes" / slug / "raw" / name))]
        mix = ["-filter_complex", f"amix=inputs={len(RECORDINGS[slug])}:normalize=0"]
        subprocess.run(
            [find_tools().ffmpeg, "-v", "error", *inputs, *mix, "-ac", "1", "-ar", "16000", sound], check=True
        )
        found, _ = _model().transcribe(
            sound, language=heard(slug).language, beam_size=5, vad_filter=True, word_timestamps=True
        )
        return [(round(one.start * 1000), round(one.end * 1000)) for one in found]


def episode(slug: str) -> Heard:
    one = heard(slug)
    utterances = restored(one.utterances, "zh")[0] if one.language == "zh" else one.utterances
    words = [word for utterance in utterances for word in utterance.words]
    spans = faster_whisper_segments(slug)
    own: list[list[Word]] = [[] for _ in spans]
    for word in words:
        middle = (word.start_ms + word.end_ms) // 2
        own[min(range(len(spans)), key=lambda n: max(spans[n][0] - middle, middle - spans[n][1], 0))].append(word)
    segments = tuple((*span, tuple(part)) for span, part in zip(spans, own, strict=True) if part)
    return Heard(slug, one.language, one.duration_ms, utterances, segments)


def castkit(one: Heard) -> list[Shown]:
    return shown(make_cues(one.utterances, profile_for(one.language), one.duration_ms)[0])


def faster_whisper(one: Heard) -> list[Shown]:
    return [Shown(start, end, ("".join(word.text for word in words).strip(),)) for start, end, words in one.segments]


def stable_ts(one: Heard, *, split: bool) -> list[Shown]:
    """Regrouped as it does by default; `split`: and cut to lines of the guide's length, two to a cue."""
    import stable_whisper  # noqa: PLC0415

    rows = [
        {
            "start": start / 1000,
            "end": end / 1000,
            "text": "".join(word.text for word in words),
            "words": [
                {"word": word.text, "start": word.start_ms / 1000, "end": word.end_ms / 1000, "probability": 1.0}
                for word in words
            ],
        }
        for start, end, words in one.segments
    ]
    result = stable_whisper.WhisperResult({"language": one.language, "segments": rows}, force_order=True)
    result.regroup()
    if split:
        result.split_by_length(max_chars=2 * one.width)
        result.split_by_length(max_chars=one.width, newline=True)
    return [_shown(part.start, part.end, part.text) for part in result.segments]


def _sentences(one: Heard) -> list[dict[str, Any]]:
    """Segments as whisperX has them after alignment: a sentence each, with its words."""
    rows: list[list[Word]] = []
    for _, _, words in one.segments:
        rows.append([])
        for word in words:
            rows[-1].append(word)
            if re.search(r"[.?!。？！]$", word.text):
                rows.append([])
    space = "" if one.language == "zh" else " "
    return [
        {
            "start": row[0].start_ms / 1000,
            "end": row[-1].end_ms / 1000,
            "text": space.join(word.text.strip() for word in row),
            "words": [
                {"word": word.text.strip(), "start": word.start_ms / 1000, "end": word.end_ms / 1000} for word in row
            ],
        }
        for row in rows
        if row
    ]


def whisperx_processor(one: Heard) -> list[Shown]:
    from whisperx.SubtitlesProcessor import SubtitlesProcessor  # noqa: PLC0415

    found = SubtitlesProcessor(_sentences(one), one.language, max_line_length=one.width).process_segments()
    return [_shown(part["start"], part["end"], part["text"]) for part in found]


def whisperx_writer(one: Heard) -> list[Shown]:
    """Its SRT writer with --max_line_width and --max_line_count."""
    from whisperx.utils import WriteSRT  # noqa: PLC0415

    options = {"max_line_width": one.width, "max_line_count": 2, "highlight_words": False}
    result = {"language": one.language, "segments": _sentences(one)}
    found = WriteSRT(".").iterate_result(result, options)
    return [_shown(_seconds(start), _seconds(end), re.sub(" ?\n ?", "\n", text)) for start, end, text in found]


def _seconds(clock: str) -> float:
    parts = re.split("[:,.]", clock)
    return sum(int(part) * unit for part, unit in zip(parts[::-1], (0.001, 1, 60, 3600), strict=False))


def _shown(start: float, end: float, text: str) -> Shown:
    return Shown(start * 1000, end * 1000, tuple(line.strip() for line in text.strip().split("\n")))


def _row(name: str, found: Iterable[Figures]) -> str:
    total = sum(found, Figures())
    figures = (
        total.cues,
        total.too_brief,
        total.too_long,
        f"{total.wide_lines} of {total.lines}",
        f"{100 * total.too_fast / total.cues:.1f} %",
        total.inside_words,
        f"{100 * total.forbidden / max(1, total.breaks):.1f} %",
    )
    return f"| {name} | {' | '.join(map(str, figures))} |"


def _rules(peers: Path | None) -> Sequence[tuple[str, Rules]]:
    rules: list[tuple[str, Rules]] = [("castkit", castkit), ("faster-whisper's segments", faster_whisper)]
    if peers is None:
        return rules
    sys.path.append(str(peers))
    if importlib.util.find_spec("torchaudio") is None:
        sys.modules["torchaudio"] = types.ModuleType("torchaudio")
    return [
        *rules,
        ("stable-ts, regrouped as it does by default", lambda one: stable_ts(one, split=False)),
        ("stable-ts, then `split_by_length` to the guide's lines", lambda one: stable_ts(one, split=True)),
        ("whisperX's SRT writer, the guide's width, 2 lines", whisperx_writer),
        ("whisperX's SubtitlesProcessor, the guide's width", whisperx_processor),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", type=Path, help="folder with stable-ts and whisperx")
    rules = _rules(parser.parse_args().peers)
    episodes = [episode(slug) for slug in SLUGS]
    print(f"| {' | '.join(COLUMNS)} |\n{'|---' * len(COLUMNS)}|")
    for name, make in rules:
        found = [
            judged(make(one), one.language, gold(f"{one.slug}.heard") if one.language == "zh" else ())
            for one in episodes
        ]
        print(_row(name, found))


if __name__ == "__main__":
    main()
