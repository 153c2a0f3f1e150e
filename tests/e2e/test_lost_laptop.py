"""A laptop is lost: the show comes back from its backup, and the next publish changes no object and no guid."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from castkit_cli import castkit, succeed, tree
from test_bad_input import Case, personal

from s3server import S3Server

BASE_URL = "https://media.example.net"


def lose(show: Path) -> str:
    """Deletes the whole workspace; gives the ledger that was in it."""
    ledger = (show / "feeds/ledger.toml").read_text("utf-8")
    shutil.rmtree(show)
    return ledger


def test_from_a_folder(small_copy: Path, clip: Path, tmp_path: Path) -> None:
    store, back = tmp_path / "store", tmp_path / "back"
    personal(small_copy)
    Case(small_copy, clip).store(kind="folder", path="../store", base_url=BASE_URL)
    succeed("publish", "talk", cwd=small_copy)
    said = succeed("backup", "--to", "../backup", "--json", cwd=small_copy).events[0]
    assert said["left_out"]["recording"]["files"] == 1
    assert said["left_out"]["made"]["files"] == 1
    objects = {path: path.stat().st_mtime_ns for path in store.rglob("*") if path.is_file()}
    content, ledger = tree(store), lose(small_copy)

    succeed("restore", "backup", "back", cwd=tmp_path)
    again = succeed("publish", "talk", "--json", cwd=back)
    assert set(again.ran) <= {"feed", "site"}, again.ran
    assert tree(store) == content
    assert {path: path.stat().st_mtime_ns for path in store.rglob("*") if path.is_file()} == objects
    assert (back / "feeds/ledger.toml").read_text("utf-8") == ledger
    assert not list((back / "episodes/talk").glob("raw/*"))

    Case(back, clip).replace("castkit.toml", "# [audio]", "[audio]\nloudness = -18\n# ")
    refused = castkit("publish", "talk", cwd=back)
    assert refused.code == 1, refused.out
    assert "raw/clip.wav" in refused.err
    assert "bring" in refused.err
    assert tree(store) == content, "nothing is lost by what could not be made"


def test_from_a_bucket(small_copy: Path, clip: Path, tmp_path: Path, s3_server: S3Server) -> None:
    """The recordings are in this backup, and the published sound is in the public bucket."""
    public, private = s3_server.make_bucket("lost-public"), s3_server.make_bucket("lost-private")
    remote = {"kind": "s3", "endpoint": s3_server.endpoint, "region": "us-east-1", "base_url": BASE_URL}
    personal(small_copy)
    Case(small_copy, clip).store(**remote, bucket=public, prefix="cast")
    Case(small_copy, clip).append("castkit.toml", f'\n[backup]\nto = "s3://{private}/shows/one"\nrecordings = true\n')
    environment = s3_server.environment
    succeed("publish", "talk", cwd=small_copy, **environment)
    said = succeed("backup", "--json", cwd=small_copy, **environment).events[0]
    assert "recording" not in said["left_out"]
    before, ledger = versions(s3_server, public), lose(small_copy)

    place = ("--endpoint", s3_server.endpoint, "--region", "us-east-1")
    succeed("restore", f"s3://{private}/shows/one", str(small_copy), *place, cwd=tmp_path, **environment)
    again = succeed("publish", "talk", "--json", cwd=small_copy, **environment)
    assert set(again.ran) <= {"feed", "site"}, again.ran
    assert versions(s3_server, public) == before
    assert (small_copy / "feeds/ledger.toml").read_text("utf-8") == ledger
    assert (small_copy / "episodes/talk/raw/clip.wav").is_file()
    assert succeed("backup", "--json", cwd=small_copy, **environment).events[0]["sent"] == 1, "what is away"
    assert not succeed("backup", "--json", cwd=small_copy, **environment).events[0]["new"]


def versions(server: S3Server, bucket: str) -> dict[str, Any]:
    """Every object's ETag and when it was written."""
    found = server.client().list_objects_v2(Bucket=bucket)["Contents"]
    return {one["Key"]: (one["ETag"], one["LastModified"]) for one in found}
