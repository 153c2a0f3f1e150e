"""`--cluster` and `castkit worker`: what is said where no cluster is to be had; runs are in tests/cluster."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import built_show
from castkit.cli.main import cli
from castkit.errors import CastkitError


def said(*arguments: str) -> CastkitError:
    """The error with which the command ends."""
    result = CliRunner().invoke(cli, arguments)
    assert isinstance(result.exception, CastkitError), result.output
    return result.exception


@pytest.mark.parametrize("address", ["local", "local:0", "local:many", "local:1000", "head:8786", "tcp:8786", "tcp://"])
def test_what_is_no_cluster_is_said_to_be_none(tmp_path: Path, address: str) -> None:
    built_show.make_show(tmp_path)
    error = said("-C", str(tmp_path), "build", "talk", "--cluster", address)
    assert error.message == f"{address!r} is no cluster"
    assert "local:3" in error.hint


def test_a_cluster_of_other_machines_needs_a_bucket(tmp_path: Path) -> None:
    built_show.make_show(tmp_path)
    error = said("-C", str(tmp_path), "build", "talk", "--cluster", "tcp://127.0.0.1:1")
    assert "none is named" in error.message
    assert not (tmp_path / "episodes/talk/build/receipts.json").exists()


@pytest.mark.parametrize("store", ["work", "s3://", "s3:///talks", "s3://b/../c", "https://b.example"])
def test_a_store_that_is_no_bucket_is_refused_with_the_settings(tmp_path: Path, store: str) -> None:
    built_show.make_show(tmp_path, more=f'\n[cluster]\nstore = "{store}"\n')
    assert "cluster.store" in said("-C", str(tmp_path), "status").message


@pytest.mark.parametrize("address", ["local:3", "head:8786"])
def test_a_worker_needs_the_address_of_a_scheduler(address: str) -> None:
    error = said("worker", address, "--gpus", "0")
    assert "tcp://" in error.hint


def test_without_dask_the_remedy_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built_show.make_show(tmp_path)
    monkeypatch.setitem(sys.modules, "distributed", None)  # as where it is not installed
    error = said("-C", str(tmp_path), "build", "talk", "--cluster", "local:2")
    assert "-c constraints.txt '.[cluster]'" in error.hint
