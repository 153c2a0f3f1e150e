"""The store of [cluster]: named, and nobody else's to read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import sounds
from castkit.cluster.private import open_private, store_settings
from castkit.errors import CastkitError
from castkit.model.cluster import ClusterSettings
from castkit.model.show import Show, StoreSettings
from s3server import S3Server


def show(root: Path, public: StoreSettings, **cluster: str) -> Show:
    found = sounds.talk(root, "raw/talk.wav").show
    return found.model_copy(update={"store": public, "cluster": ClusterSettings.model_validate(cluster)})


def test_on_this_machine_a_folder_of_castkits_own_will_do(tmp_path: Path) -> None:
    settings = store_settings(show(tmp_path, StoreSettings()), tmp_path, is_local=True)
    store, told = open_private(settings, show(tmp_path, StoreSettings()), tmp_path)
    assert Path(settings.path).parent == tmp_path / ".castkit" / "travel"
    assert settings != store_settings(show(tmp_path, StoreSettings()), tmp_path, is_local=True), "each run has its own"
    assert (store.name, told) == (f"folder {settings.path}", ())
    assert Path(settings.path).stat().st_mode & 0o077 in (0, 0o077)  # Windows knows no such bits


def test_other_machines_need_a_bucket(tmp_path: Path) -> None:
    with pytest.raises(CastkitError, match="none is named") as caught:
        store_settings(show(tmp_path, StoreSettings()), tmp_path, is_local=False)
    assert "[cluster]" in caught.value.hint


def test_a_password_in_the_address_would_travel(tmp_path: Path) -> None:
    said = show(tmp_path, StoreSettings(), store="s3://b/p", endpoint="https://me:secret@s3.example")
    with pytest.raises(CastkitError, match="user and password") as caught:
        store_settings(said, tmp_path, is_local=False)
    assert "secret" not in f"{caught.value.message} {caught.value.hint}"


def test_a_private_bucket_is_taken(tmp_path: Path, s3_server: S3Server) -> None:
    said = show(tmp_path, s3_server.settings(prefix="cast"), store=f"s3://{s3_server.bucket}/private-{tmp_path.name}")
    settings = store_settings(said, tmp_path, is_local=False)
    store, _ = open_private(settings, said, tmp_path)
    assert list(store.list()) == []  # the probe is taken away again


@pytest.mark.parametrize("prefix", ["cast", "cast/inner", ""])
def test_the_shows_public_store_is_refused(tmp_path: Path, s3_server: S3Server, prefix: str) -> None:
    said = show(tmp_path, s3_server.settings(prefix="cast"), store=f"s3://{s3_server.bucket}/{prefix}")
    with pytest.raises(CastkitError, match="recordings are not for everybody") as caught:
        open_private(store_settings(said, tmp_path, is_local=False), said, tmp_path)
    assert "[cluster]" in caught.value.hint


def test_a_bucket_that_anybody_reads_is_refused(tmp_path: Path, s3_server: S3Server) -> None:
    bucket = s3_server.make_bucket("cluster-open-to-all")
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": ["s3:GetObject"],
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    s3_server.client().put_bucket_policy(Bucket=bucket, Policy=policy)
    said = show(tmp_path, s3_server.settings(), store=f"s3://{bucket}")
    with pytest.raises(CastkitError, match="nothing was sent to other machines"):
        open_private(store_settings(said, tmp_path, is_local=False), said, tmp_path)
