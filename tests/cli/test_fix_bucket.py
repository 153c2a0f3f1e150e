"""`castkit doctor --fix-bucket` on a real server: shown first, set after a yes, and then anybody can read."""

from __future__ import annotations

import itertools
import json
import logging
import traceback
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from built_show import make_show
from castkit.cli.main import cli
from s3server import S3Server

_COUNT = itertools.count()


@pytest.fixture
def bucket(s3_server: S3Server) -> str:
    return s3_server.make_bucket(f"to-be-fixed-{next(_COUNT)}")


@pytest.fixture
def show(s3_server: S3Server, bucket: str, tmp_path: Path) -> Path:
    store = f'preset = "seaweedfs"\nbucket = "{bucket}"\nprefix = "cast"\nendpoint = "{s3_server.endpoint}"\n'
    return make_show(tmp_path / "show", store=f'{store}base_url = "https://cast.example"').root


def doctor(show: Path, *options: str, answer: str = "") -> Result:
    return CliRunner().invoke(cli, ["-C", str(show), "doctor", "--fix-bucket", *options], input=answer)


def status(url: str, **headers: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
            return answer.status, answer.headers.get("Access-Control-Allow-Origin", "")
    except urllib.error.HTTPError as error:
        error.close()
        return error.code, ""


def test_it_is_shown_and_asked_and_set(s3_server: S3Server, bucket: str, show: Path) -> None:
    client = s3_server.client()
    client.put_object(Bucket=bucket, Key="cast/a.vtt", Body=b"WEBVTT")
    client.put_object(Bucket=bucket, Key="private/ledger", Body=b"x")
    address = f"{s3_server.endpoint}/{bucket}/cast/a.vtt"
    assert status(address)[0] == 403

    refused = doctor(show, answer="n\n")
    assert refused.exit_code == 0, refused.output
    assert "everybody may read the objects under" in refused.output
    assert "nothing was changed" in refused.output
    assert status(address)[0] == 403

    done = doctor(show, answer="y\n")
    assert done.exit_code == 0, done.output
    assert [line for line in done.output.splitlines() if line.startswith("set: ")] == [
        "set: public read",
        "set: CORS",
        "set: lifecycle",
    ]
    assert status(address, Origin="https://player.example") in ((200, "*"), (200, "https://player.example"))
    assert status(f"{s3_server.endpoint}/{bucket}/private/ledger")[0] == 403, "what is not the show's stays private"
    rules = client.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    assert [one["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"] for one in rules] == [7]

    again = doctor(show, "--yes")
    assert "nothing to set" in again.output


def test_what_is_there_stays(s3_server: S3Server, bucket: str, show: Path) -> None:
    client = s3_server.client()
    theirs = {"ID": "theirs", "AllowedMethods": ["PUT"], "AllowedOrigins": ["https://institute.example"]}
    client.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [theirs]})
    keep = {
        "Sid": "Theirs",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:DeleteObject",
        "Resource": f"arn:aws:s3:::{bucket}/kept/*",
    }
    client.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [keep]}))
    done = doctor(show, "--yes", "--json")
    assert done.exit_code == 0, done.output
    assert {json.loads(line)["event"] for line in done.output.splitlines()} == {"change", "said"}
    assert [one["ID"] for one in client.get_bucket_cors(Bucket=bucket)["CORSRules"]] == ["theirs", "castkit"]
    policy = json.loads(client.get_bucket_policy(Bucket=bucket)["Policy"])
    assert [one["Sid"] for one in policy["Statement"]] == ["Theirs", "CastkitEverybodyReads"]


def test_no_secret_is_told_whatever_goes_wrong(
    show: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-the-right-secret")
    with caplog.at_level(logging.DEBUG, "castkit"):
        done = CliRunner().invoke(cli, ["--debug", "-C", str(show), "doctor", "--fix-bucket"])
    told = done.output + caplog.text + "".join(traceback.format_exception(done.exception))
    assert "did not accept the secret key" in told
    assert "not-the-right-secret" not in told


def test_a_folder_is_no_bucket(tmp_path: Path) -> None:
    show = make_show(tmp_path / "show", store='base_url = "https://cast.example"').root
    done = CliRunner().invoke(cli, ["-C", str(show), "doctor", "--fix-bucket"])
    assert done.exit_code != 0
    assert "no bucket" in str(done.exception) + done.output
