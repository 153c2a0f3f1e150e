"""A TCP proxy between a publisher and a real server that does to connections what bad networks do.

Rule: which connection gets which fault follows from the seed alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

_CHUNK = 16 << 10
_BUSY = (
    b"HTTP/1.1 503 Slow Down\r\nContent-Type: application/xml\r\nContent-Length: 44\r\nConnection: close\r\n\r\n"
    b"<Error><Code>SlowDown</Code></Error>        "
)
FAULTS = ("delay", "reset-up", "reset-down", "busy", "half-close", "drip-up", "drip-down", "corrupt")


@dataclass(frozen=True)
class Fault:
    """What happens to one connection: `at` counts bytes in the direction that the kind names."""

    kind: str
    at: int = 0
    delay_s: float = 0.0


class FaultProxy:
    """Passes connections on to `target`, each with the next fault of the seed; `share` of them have one."""

    def __init__(self, target: str, seed: int, *, share: float = 0.5, kinds: tuple[str, ...] = FAULTS) -> None:
        parts = urlsplit(target)
        self.host, self.port = str(parts.hostname), int(parts.port or 80)
        self.chance, self.share, self.kinds = random.Random(seed), share, kinds
        self.seen: list[str] = []
        self.endpoint = ""

    def next_fault(self) -> Fault:
        if self.chance.random() >= self.share:
            return Fault("none")
        kind = self.chance.choice(self.kinds)
        # Now and then within the first headers, mostly within a body.
        at = self.chance.choice((self.chance.randrange(1, 800), self.chance.randrange(2_000, 3_000_000)))
        return Fault(kind, at, self.chance.uniform(0.02, 0.3))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        fault = self.next_fault()
        self.seen.append(fault.kind)
        try:
            if fault.kind == "busy":
                await reader.read(_CHUNK)
                writer.write(_BUSY)
                await writer.drain()
                return
            far_reader, far_writer = await asyncio.open_connection(self.host, self.port)
            try:
                ways = (_pass(reader, far_writer, fault, up=True), _pass(far_reader, writer, fault, up=False))
                tasks = [asyncio.ensure_future(way) for way in ways]
                done, waiting = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                if any(task.exception() for task in done):
                    for task in waiting:
                        task.cancel()
                    writer.transport.abort()  # a reset, where bytes are waiting
                await asyncio.gather(*tasks, return_exceptions=True)
            finally:
                far_writer.close()
        except OSError:
            pass
        finally:
            writer.close()


class _Reset(Exception):
    pass


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, fault: Fault, *, up: bool) -> None:
    way, passed = "up" if up else "down", 0
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(_CHUNK):
            if fault.kind == "delay":
                await asyncio.sleep(fault.delay_s)
            if fault.kind == f"reset-{way}" and passed + len(data) > fault.at:
                writer.write(data[: max(fault.at - passed, 0)])
                raise _Reset
            if fault.kind == "half-close" and not up and passed + len(data) > fault.at % 2_000:
                break  # the client hears no more, and the way to the server stays open
            if fault.kind == "corrupt" and up and passed <= max(fault.at, 2_000) < passed + len(data):
                place = max(fault.at, 2_000) - passed
                data = data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]
            if fault.kind == f"drip-{way}" and passed > fault.at % 5_000:
                for one in data:
                    writer.write(bytes([one]))
                    await writer.drain()
                    await asyncio.sleep(0.2)
            else:
                writer.write(data)
                await writer.drain()
            passed += len(data)
    with contextlib.suppress(OSError):
        writer.write_eof()


@contextlib.contextmanager
def faulty(target: str, seed: int, **how: object) -> Iterator[FaultProxy]:
    """The proxy, listening on a free port of the loopback while the block runs."""
    proxy = FaultProxy(target, seed, **how)  # type: ignore[arg-type]
    loop, ready = asyncio.new_event_loop(), threading.Event()
    stop = asyncio.Event()

    async def run() -> None:
        server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
        proxy.endpoint = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        ready.set()
        await stop.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}), return_exceptions=True)

    def work() -> None:
        loop.run_until_complete(run())
        loop.close()

    thread = threading.Thread(target=work)
    thread.start()
    assert ready.wait(60)
    try:
        yield proxy
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
