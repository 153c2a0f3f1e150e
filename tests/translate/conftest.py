"""The made translation models, each built once for all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as castkit does, and before the makers load ctranslate2

from models_made import Kind, argos_folder, nllb_folder, opus_folder


@pytest.fixture(scope="session")
def argos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder from Chinese to English in Argos's form."""
    return argos_folder(tmp_path_factory.mktemp("argos") / "translate-zh_en")


@pytest.fixture(scope="session")
def opus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder from Chinese to English in OPUS-MT's form."""
    return opus_folder(tmp_path_factory.mktemp("opus") / "opus-mt-zh-en-ct2")


@pytest.fixture(scope="session")
def opus_many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that is told by a token which Chinese to write, and says so first."""
    tokens = {">>cmn_Hans<<": "1", ">>cmn_Hant<<": "2"}
    kind = Kind(tuple(tokens), tokens)
    return opus_folder(tmp_path_factory.mktemp("opus") / "opus-mt-en-zh", kind=kind, adds_end=True)


@pytest.fixture(scope="session")
def nllb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of four languages in NLLB's form."""
    return nllb_folder(tmp_path_factory.mktemp("nllb") / "nllb-200")


@pytest.fixture
def models_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """castkit's folder for models, empty."""
    monkeypatch.setenv("CASTKIT_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"
