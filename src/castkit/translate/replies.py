"""What a service's answer means: the model's words, a reason to ask again, or an error with a remedy.

Rule: what a service says is quoted to people in one short line, and decides nothing but what it is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from castkit.model.text import one_line
from castkit.translate.exchange import Reply

_QUOTED = 200  # characters of what a service says
_AGAIN = (408, 409, 425, 429)

# status: what is wrong, and what to do about it
_REFUSALS: Mapping[int, tuple[str, str]] = {
    400: ("does not take the request", "check url and model under [translation] in castkit.toml"),
    401: ("does not accept the key", "put a valid key into the environment variable {variable}"),
    402: ("wants to be paid first", "look at the account of this key"),
    403: ("does not allow this", "see that the key in {variable} may use the model {model}"),
    404: (
        "knows no such address or model",
        "check url (it usually ends in /v1) and model under [translation] in castkit.toml",
    ),
    405: ("knows no such address", "check url under [translation] in castkit.toml; it usually ends in /v1"),
    413: ("finds the request too large", "lower sentences_per_request under [translation] in castkit.toml"),
    422: ("does not take the request", "check url and model under [translation] in castkit.toml"),
}
_ELSE = ("refuses", "check url and model under [translation] in castkit.toml")
_NO_SERVICE = "check url under [translation] in castkit.toml: the base address of an OpenAI-compatible service"


class AskAgain(Exception):
    """The service may do better in a moment; after `after_s` seconds, where it said so."""

    def __init__(self, why: str, after_s: float | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.after_s = after_s


class Refused(Exception):
    """Asking the same again is of no use; `hint` says what is."""

    def __init__(self, why: str, hint: str) -> None:
        super().__init__(why)
        self.why = why
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Said:
    """The model's words; `is_whole` is false where it was stopped before it had ended."""

    text: str
    is_whole: bool


def said(reply: Reply) -> Said:
    """The model's words in an answer; AskAgain or Refused where there are none."""
    if reply.status != 200:
        raise _no_answer(reply)
    value = _json(reply)
    if value is None:
        kind = reply.headers.get("content-type", "").partition(";")[0].strip() or "something"
        if "html" in kind or "event-stream" in kind:
            raise Refused(f"answers with {kind}, not with JSON", _NO_SERVICE)
        raise AskAgain("its answer is no JSON")
    try:
        choice = value["choices"][0]
        text, ended = choice["message"]["content"], choice.get("finish_reason")
    except (KeyError, IndexError, TypeError, AttributeError):
        raise AskAgain("its answer has no words of the model" + _quote(value)) from None
    if not isinstance(text, str):
        return Said("", is_whole=False)  # a refusal, or a call of a tool that nobody offered
    return Said(text, is_whole=ended not in ("length", "content_filter"))


def complaint(reply: Reply) -> str:
    """What the service says is wrong, in small letters, whole: to find out what it does not take."""
    return reply.body[: _QUOTED * 20].decode(errors="replace").lower()


def _no_answer(reply: Reply) -> AskAgain | Refused:
    value = _json(reply)
    if 300 <= reply.status < 400:
        return Refused(f"sends requests elsewhere{_elsewhere(reply)}", "write that address as url, if you trust it")
    if reply.status == 429 and "insufficient_quota" in complaint(reply):
        return Refused("has no more credit for this key" + _quote(value), "look at the account of this key")
    if reply.status in _AGAIN or reply.status >= 500:
        return AskAgain(f"answers {reply.status}{_quote(value)}", retry_after(reply.headers))
    why, hint = _REFUSALS.get(reply.status, _ELSE)
    return Refused(f"{why} ({reply.status}){_quote(value)}", hint)


def _json(reply: Reply) -> Any:
    try:
        return json.loads(reply.body)
    except (ValueError, RecursionError):
        return None


def _quote(value: Any) -> str:
    """The message within a service's error, in one short line."""
    error = value.get("error", value) if isinstance(value, Mapping) else None
    text = error.get("message") if isinstance(error, Mapping) else error
    if not isinstance(text, str) or not one_line(text):
        return ""
    line = one_line(text)
    return f": “{line[:_QUOTED]}…”" if len(line) > _QUOTED else f": “{line}”"


def _elsewhere(reply: Reply) -> str:
    """The address of a redirect, without what may be secret in it."""
    try:
        parts = urlsplit(one_line(reply.headers.get("location", "")))
        host = f"{parts.scheme}://{parts.hostname}" if parts.hostname else ""
        return f", to {host}{parts.path}"[:_QUOTED] if host or parts.path else ""
    except ValueError:
        return ""


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that a service wants to be left alone for (RFC 9110, 10.2.3): a number, or a date by its own clock."""
    wanted = headers.get("retry-after", "").strip()
    if wanted.isascii() and wanted.isdigit():
        return float(wanted[:9])
    try:
        then = parsedate_to_datetime(wanted)
    except ValueError:
        return None
    try:
        now = parsedate_to_datetime(headers.get("date", ""))
    except ValueError:
        now = datetime.now(UTC)
    zoned = [one if one.tzinfo else one.replace(tzinfo=UTC) for one in (then, now)]
    return max(0.0, (zoned[0] - zoned[1]).total_seconds())
