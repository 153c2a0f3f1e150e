"""Imports run downwards only and never in a circle, siblings do not meet, each library is imported in one place."""

from __future__ import annotations

import ast
import functools
import graphlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).parent.parent / "src" / "castkit"
TOOLBOXES = (
    "audio", "video", "speech", "subtitles", "translate", "notes", "feed", "storage", "artwork", "report", "wording",
    "site", "kits",
)  # fmt: skip
LAYERS: tuple[tuple[str, ...], ...] = (
    ("errors", "timecode", "atomic"),
    ("model",),
    ("workspace", "ffmpeg", "templating", "sandbox", "proxies"),
    ("engine", *TOOLBOXES),
    ("config", "scaffold"),
    ("steps",),
    ("pipeline", "review", "cluster"),
    ("cli",),
    ("__main__",),
)
RANK = {room: rank for rank, layer in enumerate(LAYERS) for room in layer}

# library: where alone it may be imported (a module or a package of castkit)
HOMES = {
    "click": ("cli",),
    "boto3": ("storage.s3_client",),
    "botocore": ("storage.s3", "storage.s3_client"),
    "types_boto3_s3": ("storage",),
    "feedgen": ("feed.podcast",),
    "lxml": (
        "feed.podcast",
        "feed.check.parsed",
        "translate.tmx",
        "subtitles.incoming.xml_tree",
        "subtitles.outgoing.xml_files",
    ),
    "openpyxl": ("subtitles.incoming.table", "subtitles.outgoing.table"),
    "pysubs2": ("subtitles.incoming.ass", "subtitles.outgoing.texts"),
    "charset_normalizer": ("subtitles.incoming.encoding",),
    "pydub": ("audio.jingle",),
    "ffmpeg": ("ffmpeg.graph",),
    "psutil": ("ffmpeg.memory",),
    "faster_whisper": ("speech.faster",),
    "onnxruntime": ("speech.vad",),
    "ctranslate2": ("speech.faster", "translate.local"),
    "sentencepiece": ("translate.local",),
    "urllib3": ("proxies", "translate.exchange", "storage.web", "feed.reading.fetch"),
    "numpy": ("speech", "audio", "report", "steps", "review.peaks"),
    "huggingface_hub": ("speech.fetch",),
    "whisper": ("speech.openai",),
    "torch": ("speech.openai",),
    "mutagen": ("audio.tags",),
    "dask": ("cluster.on_dask",),
    "distributed": ("cluster.on_dask",),
    "srt": ("subtitles.files",),
    "rjieba": ("subtitles.atoms", "wording.dictionary", "wording.segments"),
    "opencc": ("translate.script",),
    "jinja2": ("templating", "sandbox", "report.page"),
    "markupsafe": ("templating",),
    "segno": ("site.codes",),
    "nh3": ("notes.html",),
    "markdown_it": ("notes.html",),
    "matplotlib": ("report.plots",),
    "PIL": ("artwork", "video.fonts"),
    "filelock": ("engine.place", "speech.fetch"),
    "tomlkit": ("feed.ledger", "scaffold.toml"),
    "rapidfuzz": (
        "config.problems",
        "translate.memory",
        "wording.sound",
        "subtitles.incoming.bilingual",
        "subtitles.merge.likeness",
    ),
    "cn2an": ("wording.chinese_numbers",),
    "jellyfish": ("wording.sound",),
    "pypinyin": ("wording.sound",),
    "simplemma": ("wording.dictionary",),
    "langcodes": ("model.language",),
    "platformdirs": ("speech.models", "translate.unpack", "cli.main"),
    "rich": ("cli.console", "cli.subs_diff"),
    "starlette": ("review.app",),
    "uvicorn": ("review.serving",),
    "pydantic": ("model", "config"),
    "pydantic_core": ("model.text",),
}


def modules() -> list[Path]:
    return sorted(SRC.rglob("*.py"))


def name_of(path: Path) -> str:
    parts = path.relative_to(SRC).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {f"castkit.{name_of(path)}": path for path in modules()}


@functools.cache
def imports(path: Path) -> tuple[tuple[int, str], ...]:
    """Every imported module's dotted name, those inside functions and under TYPE_CHECKING too."""
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            assert node.module
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            if node.module == "castkit":
                yield from ((node.lineno, name) for name in sorted(names))
            else:  # `from castkit.speech import models` is about that module, not about the package's face
                yield from ((node.lineno, name) for name in sorted(names & MODULES.keys()))
                if names - MODULES.keys():
                    yield node.lineno, node.module


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_imports_run_downwards(path: Path) -> None:
    room = name_of(path).split(".")[0]
    if not room:
        return  # the package itself: its version, nothing else
    assert room in RANK, f"{room} has no place in LAYERS"
    for line, target in imports(path):
        if not target.startswith("castkit.") or target == "castkit.__version__":
            continue
        other = target.split(".")[1]
        is_fine = RANK[other] < RANK[room] or other == room or (RANK[other] == RANK[room] and RANK[room] in (0, 2))
        assert is_fine, f"{path.relative_to(SRC)}:{line} imports {target}, which is not below {room}"


def test_no_import_leads_back_to_where_it_began() -> None:
    arrows = {name: {target for _, target in imports(path)} & MODULES.keys() - {name} for name, path in MODULES.items()}
    try:
        graphlib.TopologicalSorter(arrows).prepare()
    except graphlib.CycleError as error:
        pytest.fail(f"modules import each other: {' <- '.join(error.args[1])}")


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_libraries_stay_in_their_homes(path: Path) -> None:
    name = name_of(path)
    for line, target in imports(path):
        homes = HOMES.get(target.split(".")[0])
        if homes and not target.startswith("castkit"):
            is_home = any(name == home or name.startswith(home + ".") for home in homes)
            assert is_home, f"{path.relative_to(SRC)}:{line} imports {target}, which belongs in {homes}"


def test_subprocesses_are_run_in_one_module() -> None:
    users = {name_of(path) for path in modules() for _, target in imports(path) if target == "subprocess"}
    assert users <= {"ffmpeg.memory", "ffmpeg.tools", "ffmpeg.starting", "speech.pip"}, users


def test_the_table_of_homes_is_whole_and_true() -> None:
    """Every library that is imported has a row, and every home in a row imports it."""
    used = {(target.split(".")[0], name_of(path)) for path in modules() for _, target in imports(path)}
    foreign = {library for library, _ in used} - sys.stdlib_module_names - {"castkit"}
    assert foreign == set(HOMES)
    for library, homes in HOMES.items():
        for home in homes:
            users = {name for one, name in used if one == library}
            assert any(name == home or name.startswith(home + ".") for name in users), (library, home)
