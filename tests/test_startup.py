"""`castkit --help` is instant: nothing heavy is loaded before a command needs it."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {
    "torch", "ctranslate2", "boto3", "botocore", "feedgen", "numpy", "faster_whisper", "onnxruntime", "PIL", "pydub",
    "lxml", "jinja2", "pydantic", "rich", "whisper", "av", "opencc", "rjieba", "mutagen", "huggingface_hub",
    "starlette", "uvicorn", "anyio",
}  # fmt: skip


def loaded(*arguments: str) -> set[str]:
    """The top-level packages imported by `python -m castkit ARGUMENTS`."""
    ended = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "castkit", *arguments], capture_output=True, text=True, check=True
    )
    lines = [line for line in ended.stderr.splitlines() if line.startswith("import time:")]
    return {line.rsplit("|", 1)[1].strip().split(".")[0] for line in lines}


@pytest.mark.parametrize("arguments", [("--help",), ("--version",)])
def test_help_loads_nothing_heavy(arguments: tuple[str, ...]) -> None:
    found = loaded(*arguments)
    assert "click" in found
    assert not found & HEAVY


def test_status_loads_no_engine(demo_raw) -> None:
    found = loaded("-C", str(demo_raw.parent), "status")
    assert not found & {"torch", "ctranslate2", "boto3", "feedgen", "numpy", "faster_whisper", "pydub", "whisper"}
