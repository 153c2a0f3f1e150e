"""As much of the Hugging Face hub as a download needs, on 127.0.0.1."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub(ThreadingHTTPServer):
    """Serves the files of `folder` as those of `repository`; `lies` names files whose record is another's."""

    daemon_threads = True

    def __init__(self, repository: str, folder: Path, lies: tuple[str, ...] = ()) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.repository, self.folder, self.lies = repository, folder, lies
        self.asked: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def record(self) -> dict[str, object]:
        return {
            "_id": "1", "id": self.repository, "sha": COMMIT, "private": False, "tags": [], "downloads": 0, "likes": 0,
            "siblings": [self._sibling(path) for path in sorted(self.folder.iterdir())],
        }  # fmt: skip

    def _sibling(self, path: Path) -> dict[str, object]:
        data = b"another" if path.name in self.lies else path.read_bytes()
        entry: dict[str, object] = {"rfilename": path.name, "size": path.stat().st_size}
        entry["blobId"] = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
        if path.suffix == ".bin":
            entry["lfs"] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 130}
        return entry


class _Handler(BaseHTTPRequestHandler):
    server: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def _answer(self, *, with_body: bool) -> None:
        path = urlsplit(self.path).path
        self.server.asked.append(path)
        repository = self.server.repository
        file = self.server.folder / path.rpartition("/")[2]
        if path.startswith(f"/api/models/{repository}"):
            self._send(json.dumps(self.server.record()).encode(), "application/json", with_body=with_body)
        elif path.startswith(f"/{repository}/resolve/{COMMIT}/") and file.is_file():
            self._send(file.read_bytes(), "application/octet-stream", with_body=with_body)
        else:
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()

    def _send(self, data: bytes, kind: str, *, with_body: bool) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("ETag", f'"{hashlib.sha256(data).hexdigest()}"')
        self.send_header("X-Repo-Commit", COMMIT)
        self.end_headers()
        if with_body:
            self.wfile.write(data)


@contextmanager
def hub(repository: str, folder: Path, lies: tuple[str, ...] = ()) -> Iterator[Hub]:
    """A hub that runs while the block does."""
    with Hub(repository, folder, lies) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
