"""Files that come back from translators: castkit beside srt, pysubs2, webvtt-py and pysrt, defect by defect.

Rule: the defects are the tests' own (tests/subtitles/incoming/returned_defects.py); "all" means that every word and
time came out, "lost" that some did not and nothing was said, "refused" that an error was raised.

    python benchmarks/subtitle_files.py --peers DIR      # put there by:
    pip install --target DIR srt pysubs2 webvtt-py pysrt
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
import time
import warnings
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

    readers = {"srt": with_srt, "pysubs2": with_pysubs2, "webvtt": with_webvtt, "pysrt": with_pysrt}
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
        return f"{len(found)} cues, no word"
    lacking = [cue for cue in wanted if cue not in [Cue(one.start_ms, one.end_ms, one.text.strip()) for one in found]]
    if not lacking:
        return "all" if len(found) == len(list(wanted)) else f"all and {len(found) - len(list(wanted))} more"
    words = "".join(one.text for one in found)
    is_lost = any(line not in words for cue in lacking for line in cue.lines)
    return f"{len(lacking)} of {len(list(wanted))} {'LOST' if is_lost else 'changed'}"


def rows() -> Iterable[tuple[str, Defect, str, tuple[Cue, ...] | None]]:
    for language, cues in TRACKS.items():
        yield from ((name, defect, language, cues) for name, defect in SAME.items())
        yield from ((name, defect, language, wanted(cues)) for name, (defect, wanted) in CHANGED.items())
        yield from ((name, defect, language, None) for name, defect in REFUSED.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", type=Path, help="folder with the other libraries")
    if found := parser.parse_args().peers:
        sys.path.append(str(found))
    readers = {"castkit": castkit, **peers()}
    print("| what came back |", " | ".join(readers), "|")
    print("|---|" + "---|" * len(readers))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.srt"
        for name, defect, language, wanted in rows():
            path.write_bytes(defect.data(compose_srt(TRACKS[language])))
            told = (verdict(reader, path, language, wanted) for reader in readers.values())
            print(f"| {name}, {language} |", " | ".join(told), "|")
        long = [Cue(n * 3000, n * 3000 + 2500, f"谁来买单？{n}") for n in range(10_000)]
        path.write_text(compose_srt(long), "utf-8")
        print("| 10,000 cues |", " | ".join(timed(reader, path) for reader in readers.values()), "|")


def timed(reader: Reader, path: Path) -> str:
    began = time.perf_counter()
    reader(path, "zh-Hans")
    return f"{time.perf_counter() - began:.2f} s"


if __name__ == "__main__":
    main()
