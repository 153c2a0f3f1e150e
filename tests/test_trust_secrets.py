"""No password or key in anything that castkit prints or writes, whatever a server says back, even with --debug."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import built_show
from e2e.castkit_cli import Ended, castkit

SECRETS = {
    "AWS_SECRET_ACCESS_KEY": "s3cr3tS3cr3tAccessKeyOfNobody0000000001",
    "AWS_SESSION_TOKEN": "t0kenT0kenOfNobody00000000000000000002",
    "CASTKIT_TRANSLATION_KEY": "sk-translat10nKeyOfNobody0000000003",
}
PASSWORD, TOKEN = "passw0rdOfNobody04", "s1gnatureOfNobody05"


class _Echo(BaseHTTPRequestHandler):
    """Refuses everything, and says in its answer all that it was sent, the headers and the address."""

    def do_GET(self) -> None:
        said = f"{self.path} " + " ".join(f"{name}: {value}" for name, value in self.headers.items())
        said = said.replace("&", "&amp;").replace("<", "&lt;")
        body = f"<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>{said}</Message></Error>".encode()
        self.send_response(403)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_PUT = do_POST = do_DELETE = do_GET  # noqa: N815 - http.server's names

    def log_message(self, *args: object) -> None:
        del args


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture
def place(tmp_path: Path, port: int) -> Path:
    """A folder with a show whose store is at that server, and a home of its own."""
    store = f'kind = "s3"\nbucket = "talks"\nregion = "eu-north-1"\nendpoint = "http://127.0.0.1:{port}"\n'
    store += 'base_url = "https://media.institute.example"'
    service = f'\n[translation]\nurl = "http://127.0.0.1:{port}/v1"\nmodel = "m"\n'
    built_show.build(built_show.make_show(tmp_path / "show", store=store, more=service))
    (tmp_path / "home").mkdir()
    return tmp_path


COMMANDS = {
    "doctor": ("--debug", "doctor"),
    "status": ("--debug", "status"),
    "feed": ("--debug", "-v", "feed"),
    "verify": ("--debug", "verify", "--all", "--within", "5", "--timeout", "1"),
    "import": (
        "--debug",
        "import",
        "http://ann:{password}@127.0.0.1:{port}/feed.xml?X-Amz-Signature={token}",
        "../new",
    ),
    "check": ("--debug", "feed", "check", "http://ann:{password}@127.0.0.1:{port}/feed.xml?X-Amz-Signature={token}"),
    "a bucket": ("--debug", "fix-bucket"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_no_secret_is_printed_or_written(place: Path, port: int, name: str) -> None:
    words = [one.format(password=PASSWORD, token=TOKEN, port=port) for one in COMMANDS[name]]
    home = {name: str(place / "home") for name in ("HOME", "USERPROFILE", "XDG_STATE_HOME", "XDG_CACHE_HOME", "TMPDIR")}
    ended = castkit(*words, cwd=place / "show", AWS_ACCESS_KEY_ID="AKIANOBODY", **SECRETS, **home)
    _clean(ended, place)


def _clean(ended: Ended, place: Path) -> None:
    assert ended.code in (0, 1, 2), ended.out + ended.err
    assert "Traceback" not in ended.err, ended.err
    for secret in (*SECRETS.values(), PASSWORD):
        assert secret not in ended.out + ended.err, ended.out + ended.err
        for folder, _, files in os.walk(place):
            for name in files:
                assert secret.encode() not in (Path(folder) / name).read_bytes(), Path(folder) / name
