"""Media types: the one a file gets by its name, and whether two of them, as feeds and servers write them, are one.

Rule: a table of our own, because `mimetypes` differs by machine and gets .srt wrong, and a transcript with a wrong type
shows nothing in Pocket Casts. Types of media and images are those Apple's podcast guide lists. Parameters and capitals
do not count where types are compared.
"""

from __future__ import annotations

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

# Apple's name for M4A and the registered one, what people write for MP3, the names of a playlist.
_SAME = {
    "audio/x-m4a": "audio/mp4",
    "audio/mp3": "audio/mpeg",
    "application/x-mpegurl": "application/vnd.apple.mpegurl",
    "video/x-m4v": "video/mp4",
}


def media_type(key: str) -> str:
    """The Content-Type of an object of this name, with its charset where it is text."""
    name = key.lower()
    return next((kind for ending, kind in _BY_ENDING.items() if name.endswith(ending)), UNKNOWN)


def bare(written: str) -> str:
    """A media type without parameters, in small letters."""
    return written.partition(";")[0].strip().lower()


def same_type(one: str, other: str) -> bool:
    """Whether two media types mean the same kind of file."""
    first, second = bare(one), bare(other)
    return _SAME.get(first, first) == _SAME.get(second, second)
