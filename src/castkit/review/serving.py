"""Serves the page on this machine until it is stopped.

Rule: one page of a language at a time, and only for programs of this machine.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from castkit import atomic
from castkit.engine.place import Place, lock
from castkit.errors import CastkitError
from castkit.review.guard import Door
from castkit.review.session import Session
from castkit.steps.context import EpisodeContext

if TYPE_CHECKING:
    from castkit.review.guard import Guard

PORT = 8424
_TRIED = 20  # ports after it
_LOOKS_S = 5.0  # how often the files and the clock are looked at where no page asks
_GOODBYE_S = 1  # a player may hold its connection open for hours


@contextmanager
def alone(context: EpisodeContext, language: str) -> Iterator[None]:
    """Holds the page of a language; CastkitError with the address of the other where one is open already."""
    paths = context.paths
    place = Place(context.slug, context.workspace.root, paths.build, paths.receipts, paths.review_lock(language))
    if not paths.build.is_dir():
        raise CastkitError(f"not built yet: {paths.build} is missing", f"run: castkit build {context.slug}")
    try:
        held = lock(place)
    except CastkitError as error:
        where = _running_at(paths.review_place(language))
        raise CastkitError(
            f"the review page of {context.slug} in {language} is open already{where}",
            "go on there; its whole address is in the terminal where it was started",
        ) from error
    with held:
        try:
            yield
        finally:
            paths.review_place(language).unlink(missing_ok=True)


def listen(port: int | None) -> socket.socket:
    """A socket of this machine alone, at this port (0: any free one) or at the first free one from `PORT` on.

    CastkitError where there is none.
    """
    tried = range(PORT, PORT + _TRIED) if port is None else (port,)
    for one in tried:
        try:
            return _bound(one)
        except OSError as error:
            reason = error.strerror or str(error)
    raise CastkitError(
        f"cannot serve at 127.0.0.1, port {tried[0]}{f' to {tried[-1]}' if len(tried) > 1 else ''}: {reason}",
        "another program serves there; name another port: castkit review --port 9000",
    )


def _bound(port: int) -> socket.socket:
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # else a port that served a minute ago is taken; on Windows it would let two share it
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(("127.0.0.1", port))
        found.listen(128)
    except OSError:
        found.close()
        raise
    return found


def note_place(context: EpisodeContext, language: str, door: Door) -> None:
    """Writes down where the page is served, for whoever starts a second one; the token is not in it."""
    value = {"address": door.address, "pid": os.getpid()}
    atomic.write_bytes(context.paths.review_place(language), json.dumps(value).encode())


def serve(app: Guard, session: Session, bound: socket.socket) -> None:
    """Answers until Ctrl-C, which comes out as KeyboardInterrupt."""
    import uvicorn  # noqa: PLC0415

    stopped = threading.Event()
    # It would tell of every broken request, and of every player that still listens when the server ends.
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)
    config = uvicorn.Config(
        app,
        http="h11",
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=_GOODBYE_S,
    )
    looking = threading.Thread(target=_look, args=(session, stopped), name="castkit-review", daemon=True)
    looking.start()
    try:
        uvicorn.Server(config).run(sockets=[bound])
    finally:
        stopped.set()
        session.attention.set()
        looking.join()


def _look(session: Session, stopped: threading.Event) -> None:
    while not stopped.is_set():
        session.attention.wait(_LOOKS_S)
        session.attention.clear()
        if not stopped.is_set():
            session.look_around()


def _running_at(path: Path) -> str:
    with suppress(OSError, ValueError, KeyError, TypeError):
        return f" at {json.loads(path.read_bytes())['address']}"
    return ""
