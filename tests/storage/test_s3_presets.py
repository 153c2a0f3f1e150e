"""Each service by one line in castkit.toml, and a server with the quirks of OSS that is published to for real."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import publisher
from castkit.cli import road
from castkit.config import load_show
from castkit.engine import events
from castkit.engine.fleet_of_one import run
from castkit.model.show import StoreSettings
from castkit.pipeline import SHOW
from castkit.steps import upload
from castkit.steps.show_context import ShowContext
from castkit.storage.s3 import S3Store
from castkit.storage.s3_bucket import changes
from castkit.storage.s3_presets import PRESETS, endpoint_of, lacks, preset_of
from castkit.workspace import Workspace
from oss_server import REGION_HOST, Bucket, oss
from s3server import sign_in

BASE = "https://cast.example"


@pytest.mark.parametrize(
    ("given", "endpoint", "addressing", "checksum"),
    [
        ({"preset": "oss", "region": "cn-beijing"}, "https://s3.oss-cn-beijing.aliyuncs.com", "virtual", "md5"),
        ({"preset": "b2", "region": "eu-central-003"}, "https://s3.eu-central-003.backblazeb2.com", "path", "md5"),
        ({"preset": "aws"}, "", "virtual", "sha256"),
        ({"preset": "r2", "endpoint": "https://a.r2.cloudflarestorage.com"}, None, "path", "sha256"),
        ({"preset": "minio", "endpoint": "http://minio.example"}, None, "path", "sha256"),
        ({"preset": "seaweedfs", "endpoint": "http://weed.example"}, None, "path", "sha256"),
        ({"kind": "s3", "endpoint": "https://oss-cn-beijing.aliyuncs.com"}, None, "virtual", "sha256"),
        ({"kind": "s3", "endpoint": "https://minio.example.org"}, None, "path", "sha256"),
    ],
)
def test_one_line_names_a_service(given: Any, endpoint: str | None, addressing: str, checksum: str) -> None:
    settings = StoreSettings(base_url=BASE, bucket="b", **given)
    assert settings.kind == "s3", "a preset makes it a bucket"
    assert endpoint_of(settings) == (given.get("endpoint") if endpoint is None else endpoint)
    assert (preset_of(settings).addressing, preset_of(settings).checksum) == (addressing, checksum)


def test_every_row_has_a_source_and_a_way_to_be_reached() -> None:
    for name, row in PRESETS.items():
        assert row.sources, name
        assert all(source.startswith("https://") for source in row.sources)
        assert lacks(name, has_endpoint=True, has_region=False) == ()


@pytest.mark.parametrize(
    ("preset", "missing"),
    [("oss", ("region",)), ("b2", ("region",)), ("r2", ("endpoint",)), ("minio", ("endpoint",)), ("aws", ())],
)
def test_what_a_preset_needs_beside_it(preset: str, missing: tuple[str, ...]) -> None:
    assert lacks(preset, has_endpoint=False, has_region=False) == missing


@pytest.fixture
def aliyun(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """The server with OSS's quirks, reached as a proxy, and its bucket."""
    sign_in(monkeypatch, tmp_path)
    with oss("my-cast") as (proxy, bucket):
        for name in ("HTTP_PROXY", "http_proxy"):
            monkeypatch.setenv(name, proxy)
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        yield bucket


STORE = f'bucket = "my-cast"\nendpoint = "http://{REGION_HOST}"\nbase_url = "http://cast.example"\n'


def publish(workspace: Workspace) -> list[str]:
    """Publishes with the real engine; gives the notes a person sees."""
    told: list[Any] = []
    context = publisher.context_of(workspace, "talk")
    road.run_episode(context, (upload.STEP,), told.append, ())
    show = load_show(workspace)
    run(SHOW, ShowContext.open(workspace, show), road.show_place(workspace), told.append)
    return [event.text for event in told if isinstance(event, events.Note)]


def test_preset_oss_publishes_and_says_what_is_not_protected(aliyun: Bucket, tmp_path: Path) -> None:
    workspace = publisher.make_workspace(tmp_path / "show", f'preset = "oss"\n{STORE}')
    publisher.make_episode(workspace, "talk", size=17 << 20)
    notes = publish(workspace)
    assert {key.split("/")[0] for key in aliyun.objects} == {
        "episodes", "feeds", "index.html", "index.zh-Hans.html", "404.html", "sitemap.xml", "robots.txt",
    }  # fmt: skip
    assert b"<rss" in aliyun.objects["feeds/en.xml"][0]
    sound = next(body for key, (body, _) in aliyun.objects.items() if key.endswith(".mp3"))
    assert sound == workspace.episode("talk").audio.read_bytes(), "in parts"
    assert [text for text in notes if text.startswith("race protection is off")]
    assert [text for text in notes if "checked by MD5" in text]
    assert [text for text in notes if "Content-Disposition: attachment" in text]
    asked = [headers for _, address, headers in aliyun.seen if REGION_HOST in address]
    names = {name for headers in asked for name in headers}
    assert not {"if-match", "if-none-match", "x-amz-checksum-mode", "x-amz-trailer"} & names, "never even tried"


def test_without_the_preset_the_lack_is_found_out(aliyun: Bucket, tmp_path: Path) -> None:
    """A host name that takes no path is not known here, so the style is given by the endpoint's domain alone."""
    settings = StoreSettings(kind="s3", base_url=BASE, bucket="my-cast", endpoint=f"http://{REGION_HOST}")
    store = S3Store(settings.model_copy(update={"preset": "oss"}))
    store._checksum, store._is_conditional = "sha256", None
    store.check()
    assert not store.is_conditional
    assert store.checksum == "md5"
    assert len(store.remarks) == 2
    assert aliyun.objects == {}, "the probe is taken away"


def test_the_bucket_of_oss_is_set_up_as_far_as_it_can_be(aliyun: Bucket) -> None:
    settings = StoreSettings(preset="oss", base_url=BASE, bucket="my-cast", endpoint=f"http://{REGION_HOST}")
    store = S3Store(settings)
    missing = changes(store)
    assert [change.name for change in missing] == ["public read", "lifecycle"]
    for change in missing:
        change.apply()
    assert aliyun.settings["acl"] == b"public-read"
    assert b"<DaysAfterInitiation>7</DaysAfterInitiation>" in aliyun.settings["lifecycle"]
    assert "CORS is set in the OSS console" in store.preset.by_hand
