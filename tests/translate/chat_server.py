"""An OpenAI-compatible service on 127.0.0.1 that answers as told: well, or with a fault."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from zlib import crc32

Data = dict[str, Any]
Handle = Callable[["Asked", BaseHTTPRequestHandler], None]


@dataclass
class Asked:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: Data

    @property
    def data(self) -> Data:
        value: Data = json.loads(self.body["messages"][1]["content"])
        return value

    @property
    def texts(self) -> list[str]:
        return [one["text"] for one in self.data["sentences"]]


# Letters that are the same in both Chinese scripts.
_HAN = (
    "人大中上下不了天月日水火山石田土木金心手口目耳足王主生年白立交衣羊米虫言足身里雨青食首高黑力工女子小文方今元公分"
)


def foreign(text: str, into: str) -> str:
    """What the model of this server makes of a text: words of its own for each one, of a sensible length."""
    if "zh" in into:
        words = text.replace(",", "").rstrip(".?!").split()
        return "".join(w if w.isdigit() else _HAN[crc32(w.lower().encode()) % len(_HAN)] for w in words) + "。"
    made = "".join(c if c.isdigit() else f"{_syllable(c)} " if c.isalpha() else "" for c in text)
    return made.strip().capitalize() + "."


def _syllable(character: str) -> str:
    number = ord(character)
    return "bdfgklmnprst"[number % 12] + "aeiou"[number // 12 % 5] + "lmnrst"[number // 60 % 6]


def well(asked: Asked) -> list[Data]:
    """The items that a model that does as it is told answers with."""
    data = asked.data
    return [{"id": one["id"], "text": foreign(one["text"], data["into"])} for one in data["sentences"]]


def send(
    handler: BaseHTTPRequestHandler, body: bytes, *, status: int = 200, kind: str = "application/json", **headers: str
) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(body)))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def envelope(content: Any, finish_reason: str = "stop") -> bytes:
    message = {"role": "assistant", "content": content}
    return json.dumps({"choices": [{"index": 0, "message": message, "finish_reason": finish_reason}]}).encode()


def saying(make: Callable[[Asked], str], finish_reason: str = "stop") -> Handle:
    """A model that says this."""
    return lambda asked, handler: send(handler, envelope(make(asked), finish_reason))


def items(change: Callable[[list[Data]], list[Data]] = lambda found: found) -> Handle:
    """A model that answers well but for this change of its items."""
    return saying(lambda asked: json.dumps({"translations": change(well(asked))}, ensure_ascii=False))


def all_say(text: str) -> Handle:
    """A model that was fooled: it says one thing, whatever it is asked."""
    return items(lambda found: [{**one, "text": text} for one in found])


def status(code: int, said: str = "no", **headers: str) -> Handle:
    body = json.dumps({"error": {"message": said, "code": code}}).encode()
    return lambda _, handler: send(handler, body, status=code, **headers)


def raw(body: bytes, *, kind: str = "application/json") -> Handle:
    return lambda _, handler: send(handler, body, kind=kind)


def silent(seconds: float) -> Handle:
    """No answer until then, or until the server ends."""

    def wait(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
        handler.server.ended.wait(seconds)  # type: ignore[attr-defined]
        handler.close_connection = True

    return wait


def trickle(every_s: float, pieces: int = 10_000) -> Handle:
    """An answer of which a byte comes now and then."""

    def drip(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.end_headers()
        with contextlib.suppress(OSError):
            for _ in range(pieces):
                handler.wfile.write(b" ")
                handler.wfile.flush()
                if handler.server.ended.wait(every_s):  # type: ignore[attr-defined]
                    break
        handler.close_connection = True

    return drip


def huge(megabytes: int) -> Handle:
    def pour(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.end_headers()
        with contextlib.suppress(OSError):
            for _ in range(megabytes):
                handler.wfile.write(b" " * 1024 * 1024)
        handler.close_connection = True

    return pour


def cut_off(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
    """An answer whose connection ends in its middle."""
    body = envelope(json.dumps({"translations": well(asked)}))
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body[: len(body) // 2])
    handler.close_connection = True


@dataclass
class ChatServer:
    """`script` is what the next requests get, one each; after it `default`. `asked` is all that came."""

    url: str
    default: Handle = field(default_factory=items)
    script: list[Handle] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    mutex: threading.Lock = field(default_factory=threading.Lock)

    @property
    def sentences(self) -> list[str]:
        """Every text that was asked for, once for each time."""
        return [text for one in self.asked for text in one.texts]


@contextmanager
def running() -> Iterator[ChatServer]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked = Asked(self.path, {name.lower(): value for name, value in self.headers.items()}, json.loads(body))
            with found.mutex:
                found.asked.append(asked)
                handle = found.script.pop(0) if found.script else found.default
            with contextlib.suppress(OSError):  # the client may not wait
                handle(asked, self)

        def do_GET(self) -> None:
            self.send_error(405)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.ended = threading.Event()  # type: ignore[attr-defined]
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    found = ChatServer(f"http://127.0.0.1:{server.server_address[1]}/v1")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.ended.set()  # type: ignore[attr-defined]
        server.shutdown()
        server.server_close()
        thread.join(5)


class FakeClock:
    """A clock that runs only while somebody sleeps by it; `slept` has the waits."""

    def __init__(self) -> None:
        self.time = time.monotonic()
        self.began = self.time
        self.slept: list[float] = []

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds

    @property
    def waited(self) -> float:
        return round(self.time - self.began, 3)
