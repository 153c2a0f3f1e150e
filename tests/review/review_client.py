"""A real `castkit review` in a process of its own, and what a page does with it, over a real socket."""

from __future__ import annotations

import http.client
import itertools
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

READY_S = 300
ENDS_S = 120


@dataclass
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Page:
    """One tab: its client's name, the cookie it got, and the edits it made."""

    port: int
    token: str
    client: str = "tab"
    cookie: str = ""
    names: Iterator[int] = field(default_factory=itertools.count)

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """A request as it stands; nothing is added but the host."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ENDS_S)
        try:
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            return Answer(answer.status, {key.lower(): value for key, value in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def enter(self) -> Page:
        answer = self.request("GET", f"/?token={self.token}")
        assert answer.status == 303, answer
        self.cookie = answer.headers["set-cookie"].partition(";")[0]
        return self

    @property
    def own(self) -> dict[str, str]:
        """What the page's own requests carry."""
        origin = f"http://127.0.0.1:{self.port}"
        return {"Cookie": self.cookie, "Origin": origin, "X-Castkit": "1", "Content-Type": "application/json"}

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, headers={"Cookie": self.cookie, **headers})

    def post(self, path: str, value: Any) -> Answer:
        return self.request("POST", path, json.dumps(value).encode(), self.own)

    def document(self) -> Any:
        return self.get("/api/document").json

    def changes(self, since: int) -> Any:
        return self.get(f"/api/changes?since={since}").json

    def op(self, remove: list[Any], put: list[Any], name: str = "") -> dict[str, Any]:
        return {"op": name or f"op{next(self.names)}", "remove": remove, "put": put}

    def edit(self, remove: list[Any], put: list[Any], name: str = "") -> Any:
        """One edit, and its result."""
        answer = self.post("/api/edit", {"client": self.client, "ops": [self.op(remove, put, name)]})
        assert answer.status == 200, answer
        return answer.json["results"][0]

    def write(self, cue: Mapping[str, Any], text: str) -> Any:
        """Another text for a cue as it is in the document."""
        seen = as_seen(cue)
        return self.edit([seen], [{**seen, "text": text}])

    def move(self, cue: Mapping[str, Any], by_ms: int) -> Any:
        seen = as_seen(cue)
        return self.edit([seen], [{**seen, "startMs": seen["startMs"] + by_ms, "endMs": seen["endMs"] + by_ms}])


def as_seen(cue: Mapping[str, Any]) -> dict[str, Any]:
    return {key: cue[key] for key in ("id", "startMs", "endMs", "text")}


@dataclass
class Server:
    """A running `castkit review`, with every line that it wrote."""

    process: subprocess.Popen[str]
    address: str
    said: list[str]
    reader: threading.Thread

    @property
    def port(self) -> int:
        return urlsplit(self.address).port or 0

    @property
    def token(self) -> str:
        return urlsplit(self.address).query.partition("=")[2]

    def page(self, client: str = "tab") -> Page:
        return Page(self.port, self.token, client).enter()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(ENDS_S)

    def stop(self) -> int:
        """Ctrl-C; the exit code, when its last line is read, too."""
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(ENDS_S)
        self.reader.join(ENDS_S)
        return code


def castkit(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """castkit run in a show's folder, to its end."""
    command = [sys.executable, "-m", "castkit", *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, timeout=READY_S)


@contextmanager
def running(root: Path, *arguments: str) -> Iterator[Server]:
    """`castkit review talk en` in a show's folder, at a free port; ended on the way out."""
    command = [sys.executable, "-m", "castkit", "review", "talk", "en", "--port", "0", "--no-browser", *arguments]
    process = subprocess.Popen(
        command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ}
    )
    lines: queue.Queue[str] = queue.Queue()
    said: list[str] = []
    reader = threading.Thread(target=_collect, args=(process, lines, said), daemon=True)
    reader.start()
    try:
        address = ""
        while not address:
            line = lines.get(timeout=READY_S)
            assert line, f"it ended: {''.join(said)}"
            address = line.removeprefix("review: ").strip() if line.startswith("review: ") else ""
        yield Server(process, address, said, reader)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(ENDS_S)
        reader.join()
        assert process.stdout
        process.stdout.close()


def _collect(process: subprocess.Popen[str], lines: queue.Queue[str], said: list[str]) -> None:
    assert process.stdout
    for line in process.stdout:
        said.append(line)
        lines.put(line)
    lines.put("")
