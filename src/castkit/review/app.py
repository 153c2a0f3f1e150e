"""The addresses of the page and what each answers.

Rule: no address comes near the file system: files are those of a table that was made before the first request.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from castkit.errors import CastkitError
from castkit.model.media_types import media_type
from castkit.review.guard import Door, Guard
from castkit.review.peaks import Media
from castkit.review.rows import BadRequest, ops_from_json
from castkit.review.session import Busy, Session

logger = logging.getLogger(__name__)
STATIC = Path(__file__).parent / "static"
_NO_STORE = {"Cache-Control": "no-store"}
_MOST_DIGITS = 16


def make_app(session: Session, door: Door, media: Media) -> Guard:
    """The page of a session as an ASGI application, guarded."""
    page = _Page(session, door, media)
    routes = [
        Route("/", page.index, methods=["GET"]),
        Route("/static/{name:path}", page.static, methods=["GET"]),
        Route("/media", page.media, methods=["GET"]),
        Route("/api/document", page.document, methods=["GET"]),
        Route("/api/changes", page.changes, methods=["GET"]),
        Route("/api/check", page.check, methods=["GET"]),
        Route("/api/memory", page.memory, methods=["GET"]),
        Route("/api/edit", page.edit, methods=["POST"]),
        Route("/api/accept", page.accept, methods=["POST"]),
        Route("/api/who", page.who, methods=["POST"]),
    ]
    handlers: Mapping[Any, Callable[[Request, Exception], Response]] = {
        BadRequest: _refuse,
        Busy: _refuse,
        CastkitError: _refuse,
        OSError: _disk,
        Exception: _bug,
    }
    app = Starlette(routes=routes, exception_handlers=handlers)
    app.router.redirect_slashes = False
    return Guard(app, door)


class _Page:
    """The answers, each of a session's method."""

    def __init__(self, session: Session, door: Door, media: Media) -> None:
        self._session, self._door, self._media = session, door, media
        self._files = {path.relative_to(STATIC).as_posix(): path for path in STATIC.rglob("*") if path.is_file()}

    async def index(self, request: Request) -> Response:
        del request
        return _file(self._files.get("index.html"))

    async def static(self, request: Request) -> Response:
        return _file(self._files.get(request.path_params["name"]))

    async def media(self, request: Request) -> Response:
        del request
        path = self._media.path
        if not path.is_file():  # a build is just putting another in its place
            return Response(status_code=HTTPStatus.NOT_FOUND)
        return FileResponse(path, media_type=media_type(path.name), headers=_NO_STORE)

    async def document(self, request: Request) -> Response:
        del request
        return _json(await run_in_threadpool(self._document))

    def _document(self) -> str:
        self._media.look()
        found = {**self._session.document(), "styleNonce": self._door.nonce}
        return f'{_text(found)[:-1]},"peaks":{self._media.peaks.to_json()}}}'

    async def changes(self, request: Request) -> Response:
        since = request.query_params.get("since", "0")
        if not (since.isascii() and since.isdigit() and len(since) <= _MOST_DIGITS):
            raise BadRequest("since is no version", "reload the page")
        return _json(_text(await run_in_threadpool(self._session.changes, int(since))))

    async def check(self, request: Request) -> Response:
        del request
        return _json(_text(await run_in_threadpool(self._session.findings)))

    async def memory(self, request: Request) -> Response:
        own = request.query_params.get("id", "")
        return _json(_text(await run_in_threadpool(self._session.proposals, own)))

    async def edit(self, request: Request) -> Response:
        ops = ops_from_json(await _body(request))
        return _json(_text(await run_in_threadpool(self._session.edit, ops)))

    async def accept(self, request: Request) -> Response:
        wishes = await _object(request)
        is_draft = wishes.get("draft", False) is not False
        return _json(_text(await run_in_threadpool(lambda: self._session.accept(is_draft=is_draft))))

    async def who(self, request: Request) -> Response:
        name = (await _object(request)).get("who")
        if not isinstance(name, str):
            raise BadRequest("no name in the request", "reload the page")
        return _json(_text({"who": await run_in_threadpool(self._session.rename, name)}))


async def _body(request: Request) -> Any:
    try:
        return json.loads(await request.body())
    except (ValueError, RecursionError):
        raise BadRequest("the request holds no JSON", "reload the page") from None


async def _object(request: Request) -> Mapping[str, Any]:
    found = await _body(request)
    if not isinstance(found, dict):
        raise BadRequest("the request holds no JSON object", "reload the page")
    return found


def _file(path: Path | None) -> Response:
    if path is None or not path.is_file():
        return Response(status_code=HTTPStatus.NOT_FOUND)
    return FileResponse(path, media_type=media_type(path.name), headers={"Cache-Control": "no-cache"})


def _text(value: Any) -> str:
    """JSON in which no text can be taken for markup, wherever it is put."""
    found = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return found.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _json(text: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    return Response(text, status_code=status, media_type="application/json", headers=_NO_STORE)


def _refuse(request: Request, error: Exception) -> Response:
    del request
    status = HTTPStatus.CONFLICT if isinstance(error, Busy) else HTTPStatus.BAD_REQUEST
    hint = error.hint if isinstance(error, CastkitError) else ""
    return _json(_text({"error": str(getattr(error, "message", error)), "hint": hint}), status)


def _disk(request: Request, error: Exception) -> Response:
    del request
    reason = getattr(error, "strerror", None) or str(error)
    value = {"error": f"it cannot be written: {reason}", "hint": "free some space; the page keeps what you typed"}
    return _json(_text(value), HTTPStatus.INSUFFICIENT_STORAGE)


def _bug(request: Request, error: Exception) -> Response:
    logger.error("%s %s failed", request.method, request.url.path, exc_info=error)
    value = {"error": "this is a bug in castkit", "hint": "the terminal says more; the page keeps what you typed"}
    return _json(_text(value), HTTPStatus.INTERNAL_SERVER_ERROR)
