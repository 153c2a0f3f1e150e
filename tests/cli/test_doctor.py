"""`castkit doctor` looks at everything, whatever it finds, and never shows a secret."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from castkit.cli import doctor as module
from castkit.cli.app import App
from castkit.cli.doctor import CHECKS, PROBLEM, doctor, examine
from castkit.scaffold.show import ShowDraft, render_show, write_show


@pytest.fixture
def show(tmp_path: Path) -> Path:
    draft = ShowDraft("Our Dialogues", ("en",))
    write_show(tmp_path / "show", draft, render_show(draft))
    return tmp_path / "show"


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(doctor, list(arguments), obj=App(folder), catch_exceptions=False)


def found(result: Result) -> dict[str, dict[str, Any]]:
    """The findings of a run with --json, by check; stdout holds nothing else."""
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    return {row["check"]: row for row in rows}


def test_a_good_machine_and_show(show: Path) -> None:
    ended = run(show, "--json")
    rows = found(ended)
    assert ended.exit_code == 0, rows
    assert {
        "python",
        "ffmpeg",
        "ffprobe",
        "fonts",
        "faster-whisper",
        "models",
        "memory",
        "show",
        "cover",
        "store",
    } <= set(rows)
    assert rows["store"]["state"] == rows["cover"]["state"] == "ok"
    assert rows["placeholders"]["state"] == "warning"
    assert "recommended" in rows["memory"]["found"]


def test_the_table_has_every_finding_and_remedy(show: Path) -> None:
    ended = run(show)
    assert ended.exit_code == 0
    for row in found(run(show, "--json")).values():
        assert row["check"] in ended.stdout
        assert row["remedy"] in ended.stdout


def test_outside_a_show_the_machine_alone_is_checked(tmp_path: Path) -> None:
    ended = run(tmp_path, "--json")
    assert ended.exit_code == 0
    assert "store" not in found(ended)
    assert "no show" in found(ended)["show"]["found"]


def test_without_ffmpeg_the_rest_is_still_checked(show: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CASTKIT_FFMPEG", str(tmp_path / "nowhere"))
    ended = run(show, "--json")
    rows = found(ended)
    assert ended.exit_code == 1
    assert rows["ffmpeg"]["state"] == PROBLEM
    assert rows["ffmpeg"]["remedy"]
    assert rows["store"]["state"] == "ok"


def test_a_wrong_show_is_one_problem(show: Path) -> None:
    (show / "castkit.toml").write_text("[show", "utf-8")
    rows = found(run(show, "--json"))
    assert rows["show"]["state"] == PROBLEM
    assert "not TOML" in rows["show"]["found"]
    assert "store" not in rows


def test_a_bad_cover_and_a_store_that_cannot_be_written_are_two(show: Path) -> None:
    (show / "cover.png").write_bytes(b"no picture")
    (show / "public").write_text("in the way", "utf-8")
    ended = run(show, "--json")
    rows = found(ended)
    assert ended.exit_code == 1
    assert rows["cover"]["state"] == rows["store"]["state"] == PROBLEM
    assert rows["store"]["remedy"]


def test_secrets_are_never_shown(show: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAFORBIDDEN")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secretforbidden")
    text = (show / "castkit.toml").read_text("utf-8").replace('kind = "folder"', 'kind = "s3"\nbucket = "b"')
    # Port 9 of this machine answers nobody.
    text = text.replace("[speech]", '[speech]\ndevice = "cpu"').replace(
        'bucket = "b"', 'bucket = "b"\nendpoint = "http://127.0.0.1:9"'
    )
    (show / "castkit.toml").write_text(text, "utf-8")
    ended = run(show, "--json")
    assert ended.exit_code == 1
    rows = found(ended)
    assert rows["credentials"]["found"] == "in the environment"
    assert rows["store"]["state"] == PROBLEM
    assert "127.0.0.1" in rows["store"]["found"]
    assert "forbidden" not in ended.output.lower()


def test_an_engine_that_the_show_wants_and_the_machine_lacks_is_a_problem(
    show: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (show / "castkit.toml").read_text("utf-8")
    (show / "castkit.toml").write_text(text.replace('engine = "faster-whisper"', 'engine = "openai-whisper"'), "utf-8")
    lacking = tuple(("a_package_that_is_not", *row[1:]) for row in module.ENGINES)
    monkeypatch.setattr(module, "ENGINES", lacking)
    rows = found(run(show, "--json"))
    assert rows["openai-whisper"]["state"] == PROBLEM
    assert '-c constraints.txt ".[openai]"' in rows["openai-whisper"]["remedy"]
    assert rows["faster-whisper"]["found"].endswith("not needed as the show is set up")


def test_a_model_that_is_not_here_is_a_problem_with_its_remedy(
    show: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CASTKIT_MODELS", str(tmp_path / "models"))
    ended = run(show, "--json")
    rows = found(ended)
    assert ended.exit_code == 1
    assert rows["models"]["state"] == PROBLEM
    assert rows["models"]["remedy"] == "run: castkit models fetch base"
    assert rows["models here"]["found"].startswith("none")
    assert rows["store"]["state"] == "ok"


def test_a_check_that_breaks_stops_no_other(show: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: App) -> Any:
        raise RuntimeError("broken")

    monkeypatch.setattr(module, "CHECKS", (("first", broken), *CHECKS))
    findings = list(examine(App(show)))
    assert findings[0].check == "first"
    assert findings[0].state == PROBLEM
    assert findings[-1].check == "store"
