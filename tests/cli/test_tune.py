"""`castkit doctor --tune` as a person and a program see it."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import built_show
import sounds
from castkit.cli import tune as module
from castkit.cli.app import App
from castkit.cli.doctor import doctor
from castkit.errors import CastkitError
from castkit.speech import devices, tuning
from castkit.speech.devices import WAYS, Way
from castkit.workspace import Workspace

KEEP = '# my remark\n[speech]\nmodel = "base"  # small\n'


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(
        doctor, ["--tune", *arguments], obj=App(folder), catch_exceptions=False, standalone_mode=False
    )


@pytest.fixture
def show(tmp_path: Path) -> Workspace:
    return built_show.make_show(tmp_path, more=f"\n{KEEP}")


def test_every_way_is_tried_and_told(show: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    track = show.episode("talk").track(0)
    sounds.speech(track, seconds=40, options=["-ar", "16000", "-ac", "1", "-c:a", "pcm_s16le"])
    monkeypatch.setattr(tuning, "LEAST_SPEECH_MS", 20_000)
    monkeypatch.setattr(tuning, "BATCHES", (8,))
    monkeypatch.setitem(devices.TYPES, "cpu", ("float32", "int8"))
    ended = run(show.root, "--json")
    *trials, tuned = (json.loads(line) for line in ended.stdout.splitlines())
    assert [one["compute_type"] for one in trials] == ["float32", "int8"]
    assert all(one["seconds_a_minute"] > 0 and 0 < one["same_words"] <= 1 for one in trials)
    assert tuned["compute_type"] in ("float32", "int8")
    speech = tomllib.loads(show.toml.read_text("utf-8"))["speech"]
    assert ("compute_type" in speech) == tuned["is_written"] == (tuned["compute_type"] != "float32")


def test_what_is_better_is_written_and_remarks_stay(show: Workspace) -> None:
    module._keep(show.toml, Way("cpu", "int8", 1, 16), "cpu", as_json=False)
    text = show.toml.read_text("utf-8")
    speech = tomllib.loads(text)["speech"]
    assert speech == {"model": "base", "compute_type": "int8", "batch_size": 16}
    assert "# my remark" in text
    assert "# small" in text


def test_where_the_usual_way_is_best_nothing_is_written(show: Workspace) -> None:
    before = show.toml.read_bytes()
    module._keep(show.toml, WAYS["cpu"], "cpu", as_json=False)
    assert show.toml.read_bytes() == before


def test_without_a_built_episode_the_remedy_is_told(show: Workspace) -> None:
    with pytest.raises(CastkitError, match="no speech to measure with") as failure:
        run(show.root)
    assert "castkit build" in failure.value.hint
