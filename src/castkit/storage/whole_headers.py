"""Answers whose headers came whole.

Rule: where a connection ends within the headers, no answer came. Python's http.client takes that end for the end of
the headers, so that a length or a checksum that was cut off looks like one that was never sent.
"""

from __future__ import annotations

from http.client import HTTPResponse, RemoteDisconnected
from typing import Any, BinaryIO

_ENDS = (b"\r\n", b"\n")


class _Lines:
    """A connection's lines, of which the last one read is remembered."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.last = b""

    def readline(self, most: int = -1) -> bytes:
        self.last = self._source.readline(most)
        return self.last

    def close(self) -> None:
        self._source.close()


class WholeResponse(HTTPResponse):
    """An HTTP answer; RemoteDisconnected (a ConnectionError, which callers try again) where its headers break off."""

    fp: Any

    def begin(self) -> None:
        if self.headers is not None:
            return
        source = self.fp
        lines = self.fp = _Lines(source)
        try:
            super().begin()
        finally:
            if self.fp is lines:
                self.fp = source
        if lines.last not in _ENDS:
            raise RemoteDisconnected("the connection ended within the headers of the answer")
