"""The same show in a folder and in a real S3 server: the same objects; and what goes wrong with a real server."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from castkit_cli import castkit, succeed
from test_bad_input import Case, personal

from castkit.model.show import StoreSettings
from castkit.storage.open import open_store

BASE_URL = "https://media.example.net"


@pytest.fixture
def own_show(small: Path) -> Path:
    personal(small)
    return small


def objects(show: Path, settings: StoreSettings) -> dict[str, str]:
    store = open_store(settings, show)
    return {key: hashlib.sha256(store.get(key)).hexdigest() for key in store.list("")}


def test_folder_and_s3_hold_the_same_objects(own_show: Path, clip: Path, s3_server) -> None:
    case = Case(own_show, clip)
    case.store(kind="folder", path="public", base_url=BASE_URL)
    succeed("publish", "talk", cwd=own_show)
    in_folder = objects(own_show, StoreSettings(kind="folder", path="public", base_url=BASE_URL))

    remote = {"kind": "s3", "bucket": s3_server.bucket, "prefix": "same", "endpoint": s3_server.endpoint}
    case.store(**remote, region="us-east-1", base_url=BASE_URL)
    environment = s3_server.environment
    succeed("publish", "talk", cwd=own_show, **environment)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        in_s3 = objects(own_show, StoreSettings(**remote, region="us-east-1", base_url=BASE_URL))
    assert in_s3 == in_folder
    pages = {"index.html", "index.zh-Hans.html", "sitemap.xml", "robots.txt", "404.html"}
    assert {key.split("/")[0] for key in in_s3} == {"episodes", "feeds", *pages}
    again = succeed("publish", "talk", "--json", cwd=own_show, **environment)
    assert again.ran == {}


@pytest.mark.parametrize(
    ("settings", "environment", "said"),
    [
        ({"bucket": "no-such-bucket"}, {}, ("no-such-bucket", "bucket")),
        ({}, {"AWS_SECRET_ACCESS_KEY": "wrong-secret-value"}, ("did not accept the secret",)),
        (
            {},
            {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_EC2_METADATA_DISABLED": "true"},
            ("credential",),
        ),
        ({"base_url": "http://127.0.0.1:8000"}, {}, ("base_url",)),
    ],
    ids=["bucket missing", "wrong secret", "no credentials", "loopback address"],
)
def test_a_store_that_refuses_is_named(own_show: Path, clip: Path, s3_server, settings, environment, said) -> None:
    case = Case(own_show, clip)
    remote = {"kind": "s3", "bucket": s3_server.bucket, "endpoint": s3_server.endpoint, "base_url": BASE_URL}
    case.store(**{**remote, **settings})
    ended = castkit("publish", "talk", cwd=own_show, **{**s3_server.environment, **environment})
    assert ended.code == 1, ended.out + ended.err
    assert "Traceback" not in ended.err
    for text in said:
        assert text in ended.err.lower(), ended.err
    assert "wrong-secret-value" not in ended.out + ended.err
    assert not list((own_show / "feeds").glob("*.xml"))


def test_a_remote_store_refuses_placeholders(small: Path, clip: Path, s3_server) -> None:
    case = Case(small, clip)
    case.store(kind="s3", bucket=s3_server.bucket, endpoint=s3_server.endpoint, prefix="never", base_url=BASE_URL)
    ended = castkit("publish", "talk", cwd=small, **s3_server.environment)
    assert ended.code == 1
    assert "placeholder" in ended.err
