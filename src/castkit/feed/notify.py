"""Tells a WebSub hub that a feed has changed, so that apps hear of a new episode within minutes.

Rule: a hub that refuses, hangs or is gone stops nothing; what happened is said in words.
Source: W3C WebSub, section 7 (the publisher's own request is what the hubs in use agree on).
"""

from __future__ import annotations

from queue import Empty, SimpleQueue
from threading import Thread
from urllib.parse import urlencode


def tell_hub(hub: str, feed_url: str, *, within_s: float) -> str:
    """Nothing where the hub took the news; else why not. Waits at most `within_s` seconds, however it answers."""
    answer: SimpleQueue[str] = SimpleQueue()
    # urllib's own limit is for each piece of the answer: a hub that drips would hold us for ever.
    Thread(target=lambda: answer.put(_ask(hub, feed_url, within_s)), daemon=True).start()
    try:
        return answer.get(timeout=within_s)
    except Empty:
        return f"no answer within {within_s:g} s"


def _ask(hub: str, feed_url: str, within_s: float) -> str:
    from http.client import HTTPException  # noqa: PLC0415 - HTTP and TLS are not for every start
    from urllib.error import HTTPError, URLError  # noqa: PLC0415
    from urllib.request import Request, urlopen  # noqa: PLC0415

    form = urlencode({"hub.mode": "publish", "hub.url": feed_url, "hub.topic": feed_url}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": "castkit"}
    try:
        with urlopen(Request(hub, form, headers), timeout=within_s) as reply:  # noqa: S310 - http(s), checked before
            return "" if 200 <= reply.status < 300 else f"it answered {reply.status}"
    except HTTPError as error:
        error.close()
        return f"it answered {error.code} {error.reason}"
    except URLError as error:
        return str(error.reason)
    except (OSError, HTTPException, ValueError) as error:  # a broken answer, an address that is none
        return str(error) or type(error).__name__
