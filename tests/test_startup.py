"""`castkit --help` is instant, and a run that has nothing to do is short: nothing is loaded before it is needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from built_show import build, make_show

HEAVY = {
    "torch", "ctranslate2", "boto3", "botocore", "feedgen", "numpy", "faster_whisper", "onnxruntime", "PIL", "pydub",
    "lxml", "jinja2", "pydantic", "rich", "whisper", "av", "opencc", "rjieba", "mutagen", "huggingface_hub",
    "starlette", "uvicorn", "anyio",
}  # fmt: skip


# What draws, writes and corrects is loaded by the step that does so, when it runs; a table of all languages when one is
# asked for that castkit does not know by heart.
ONLY_TO_WORK = {
    "langcodes", "opencc", "rjieba", "jinja2", "nh3", "markdown_it", "matplotlib", "mutagen", "lxml", "feedgen",
    "castkit.report.page", "castkit.report.plots", "castkit.steps.audiogram",
    "castkit.wording.numbers", "castkit.wording.punctuation", "castkit.wording.glossary_correct",
}  # fmt: skip


def modules(*arguments: str) -> set[str]:
    """The modules imported by `python -m castkit ARGUMENTS`."""
    ended = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "castkit", *arguments], capture_output=True, text=True, check=True
    )
    lines = [line for line in ended.stderr.splitlines() if line.startswith("import time:")]
    return {line.rsplit("|", 1)[1].strip() for line in lines}


def loaded(*arguments: str) -> set[str]:
    """The same, by their packages."""
    return {name.split(".")[0] for name in modules(*arguments)}


@pytest.mark.parametrize("arguments", [("--help",), ("--version",)])
def test_help_loads_nothing_heavy(arguments: tuple[str, ...]) -> None:
    found = loaded(*arguments)
    assert "click" in found
    assert not found & HEAVY


def test_status_loads_no_engine(demo_raw) -> None:
    found = modules("-C", str(demo_raw.parent), "status")
    assert not {name.split(".")[0] for name in found} & {
        "torch", "ctranslate2", "boto3", "feedgen", "numpy", "faster_whisper", "pydub", "whisper"
    }  # fmt: skip
    assert not found & {"http.client", "ssl"}


_ASK = """
import sys
from pathlib import Path
from castkit.config import load_all
from castkit.errors import CastkitError
from castkit.pipeline import EPISODE
from castkit.steps.context import EpisodeContext
from castkit.workspace import Workspace
workspace = Workspace(Path(sys.argv[1]))
show, episodes = load_all(workspace)
answered = []
for step in EPISODE:
    for question in (step.reads, step.writes, step.settings):
        try:
            list(question(EpisodeContext(workspace, show, "talk", episodes["talk"])))
        except CastkitError:
            continue  # this small show has not every file
        answered.append(step.name)
print(*answered, "|", *sys.modules)
"""


def test_to_ask_every_step_whether_it_is_up_to_date_loads_nothing_that_only_work_needs(tmp_path: Path) -> None:
    workspace = make_show(tmp_path)
    build(workspace)
    command = [sys.executable, "-c", _ASK, str(workspace.root)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    answered, _, found = ended.stdout.partition("|")
    assert {"proofread", "package", "burn", "report", "pages", "upload"} <= set(answered.split())
    assert set(found.split()) & ONLY_TO_WORK == set()


def test_patterns_of_numbers_are_compiled_when_a_text_is_searched() -> None:
    code = """
from castkit.wording import chinese_numbers, english_numbers
shapes = (*chinese_numbers._SHAPES, *english_numbers._SHAPES)
print(len(shapes) > 30, any("pattern" in vars(one) for one in shapes))
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.split() == ["True", "False"]


def test_what_is_loaded_is_not_looked_over_for_garbage() -> None:
    """Python would do so while it loads, and at its end: a quarter of the time of a publish with nothing to do."""
    code = """
import atexit, gc, sys
import castkit.cli.main
atexit.register(lambda: print(gc.get_freeze_count() > 10_000, gc.isenabled()))
sys.argv = ["castkit", "publish", "--help"]
castkit.cli.main.main()
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.split()[-2:] == ["True", "True"]
