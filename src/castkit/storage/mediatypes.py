"""Media types and caching by file name.

Rule: a table of our own, because `mimetypes` differs by machine and gets .srt wrong, and a transcript with a wrong type
shows nothing in Pocket Casts. Types of media and images are those Apple's podcast guide lists.
"""

from __future__ import annotations

import re

UNKNOWN = "application/octet-stream"

# By the end of the name, the longer ending first.
_BY_ENDING = {
    ".chapters.json": "application/json+chapters",
    "sitemap.xml": "application/xml; charset=utf-8",
    ".xml": "application/rss+xml; charset=utf-8",
    ".srt": "application/x-subrip; charset=utf-8",
    ".vtt": "text/vtt; charset=utf-8",
    ".json": "application/json",
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",  # as registered, and what browsers ask for; Apple's list has audio/x-m4a, for enclosures
    ".opus": "audio/ogg; codecs=opus",
    "/sound.mp4": "audio/mp4",  # in the folder of an HLS stream
    ".mp4": "video/mp4",
    ".m4v": "video/x-m4v",
    ".mov": "video/quicktime",
    ".m3u8": "application/vnd.apple.mpegurl",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".svg": "image/svg+xml",
    ".ico": "image/x-icon",
    ".pdf": "application/pdf",
}

FOREVER = "public, max-age=31536000, immutable"  # a name with a hash of the content never gets other content
SHORT = "public, max-age=300"  # feeds, notes, published.json: five minutes

# The name, or the folder of a stream, whose files name each other and so keep their names.
_HASHED = re.compile(r"-[0-9a-f]{12}\.[^/]+$|^episodes/[^/]+/hls-[0-9a-f]{12}/[^/]+$")


def media_type(key: str) -> str:
    """The Content-Type of an object of this name, with its charset where it is text."""
    name = key.lower()
    return next((kind for ending, kind in _BY_ENDING.items() if name.endswith(ending)), UNKNOWN)


def cache_control(key: str) -> str:
    """The Cache-Control of an object of this name: for ever if the name holds a hash of the content, else minutes."""
    return FOREVER if _HASHED.search(key) else SHORT
