"""Files that come back from translators: castkit beside srt, pysubs2, webvtt-py, pysrt and pycaption, defect by defect.

Rule: the defects are the tests' own (tests/subtitles/incoming/returned_defects.py); "all" means that every word and
time came out, "lost" that words did not and nothing was said, "changed" that they did with signs or times of others'
in them, "refused" that an error was raised, "not refused" that a file nobody can read rightly was read without a word.

    python benchmarks/subtitle_files.py --peers DIR      # put there by:
    pip install --target DIR srt pysubs2 webvtt-py pysrt pycaption

Prints the sums for RESULTS.md, then the whole table for SUBTITLE_FILES.md.
"""

from __future__ import annotations

import argparse
import importlib
import re
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parent.parent / "tests/subtitles/incoming"))

from returned_defects import CHANGED, REFUSED, SAME, TRACKS, Defect

from castkit.errors import CastkitError
from castkit.model.cue import Cue
from castkit.subtitles.files import compose_srt
from castkit.subtitles.incoming.kinds import read
from castkit.timecode import parse_clock

Reader = Callable[[Path, str], list[Cue]]


def castkit(path: Path, language: str) -> list[Cue]:
    return list(read(path.read_bytes(), path.name, language=language).cues)


def peers() -> dict[str, Reader]:
    """The libraries that can be imported, each as its documentation says a file is read."""

    def with_srt(path: Path, _: str) -> list[Cue]:
        found = importlib.import_module("srt").parse(path.read_text("utf-8"))
        return [Cue(_ms(one.start), _ms(one.end), one.content) for one in found]

    def with_pysubs2(path: Path, _: str) -> list[Cue]:
        found = importlib.import_module("pysubs2").load(str(path))
        return [Cue(one.start, one.end, one.plaintext) for one in found]

    def with_webvtt(path: Path, _: str) -> list[Cue]:
        found = importlib.import_module("webvtt").from_srt(str(path))
        return [Cue(parse_clock(one.start), parse_clock(one.end), one.text) for one in found]

    def with_pysrt(path: Path, _: str) -> list[Cue]:
        found = importlib.import_module("pysrt").open(str(path))
        return [Cue(one.start.ordinal, one.end.ordinal, one.text) for one in found]

    def with_pycaption(path: Path, _: str) -> list[Cue]:
        found = importlib.import_module("pycaption").SRTReader().read(path.read_text("utf-8"))
        captions = found.get_captions(found.get_languages()[0])
        return [Cue(one.start // 1000, one.end // 1000, one.get_text()) for one in captions]

    readers = {
        "srt": with_srt, "pysubs2": with_pysubs2, "webvtt": with_webvtt, "pysrt": with_pysrt,
        "pycaption": with_pycaption,
    }  # fmt: skip
    return {name: reader for name, reader in readers.items() if importlib.util.find_spec(name)}


def _ms(delta: Any) -> int:
    return round(delta.total_seconds() * 1000)


def verdict(reader: Reader, path: Path, language: str, wanted: Iterable[Cue] | None) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = reader(path, language)
    except Exception as error:  # noqa: BLE001 - whatever a library raises is its way to refuse
        return "refused by name" if isinstance(error, CastkitError) else f"refused ({type(error).__name__})"
    if wanted is None:
        return "not refused"
    lacking = [cue for cue in wanted if cue not in [Cue(one.start_ms, one.end_ms, one.text.strip()) for one in found]]
    more = len(found) - len(list(wanted))
    if not lacking:
        return "all" if not more else f"changed: {more} cues more"
    words = "".join(one.text for one in found)
    is_lost = any(line not in words for cue in lacking for line in cue.lines)
    return f"{'lost' if is_lost else 'changed'}: {len(lacking)} of {len(list(wanted))} cues"


def rows() -> Iterable[tuple[str, Defect, dict[str, tuple[Cue, ...] | None]]]:
    """Every defect, with the cues that are to come out in each language; None where it is to be refused."""
    yield from ((name, defect, dict(TRACKS)) for name, defect in SAME.items())
    for name, (defect, wanted) in CHANGED.items():
        yield name, defect, {language: wanted(cues) for language, cues in TRACKS.items()}
    yield from ((name, defect, dict.fromkeys(TRACKS)) for name, defect in REFUSED.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", type=Path, help="folder with the other libraries")
    if found := parser.parse_args().peers:
        sys.path.append(str(found))
    readers = {"castkit": castkit, **peers()}
    sums: dict[str, Counter[str]] = {name: Counter() for name in readers}
    whole = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.srt"
        for name, defect, wanted in rows():
            cells = []
            for tool, reader in readers.items():
                told = [_told(reader, path, defect, language, wanted[language]) for language in TRACKS]
                sums[tool].update(re.split(r"[:(]| by", one)[0].strip() for one in told)
                cells.append(" / ".join(dict.fromkeys(told)))
            whole.append(f"| {name} | {' | '.join(cells)} |")
        times = {tool: timed(reader, path) for tool, reader in readers.items()}
    kinds = ("all", "changed", "lost", "refused", "not refused")
    print(f"| reader | {' | '.join(kinds)} | 10,000 cues |\n|{'---|' * (len(kinds) + 2)}")
    for tool, counts in sums.items():
        print(f"| {tool} | {' | '.join(str(counts[kind]) for kind in kinds)} | {times[tool]} |")
    print(f"\n| what came back | {' | '.join(readers)} |\n|{'---|' * (len(readers) + 1)}")
    print("\n".join(whole))


def _told(reader: Reader, path: Path, defect: Defect, language: str, wanted: Iterable[Cue] | None) -> str:
    path.write_bytes(defect.data(compose_srt(TRACKS[language])))
    return verdict(reader, path, language, wanted)


def timed(reader: Reader, path: Path) -> str:
    """How long 10,000 cues take, the second time: what is imported and learnt on the way is there by then."""
    long = [Cue(n * 3000, n * 3000 + 2500, f"谁来买单？{n}") for n in range(10_000)]
    path.write_text(compose_srt(long), "utf-8")
    reader(path, "zh-Hans")
    began = time.perf_counter()
    reader(path, "zh-Hans")
    return f"{time.perf_counter() - began:.2f} s"


if __name__ == "__main__":
    main()
