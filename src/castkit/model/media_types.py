"""Media types as feeds and servers write them.

Rule: two names of one kind of file are one type; parameters and capitals do not count.
"""

from __future__ import annotations

# Apple's name for M4A and the registered one, what people write for MP3, the names of a playlist.
_SAME = {
    "audio/x-m4a": "audio/mp4",
    "audio/mp3": "audio/mpeg",
    "application/x-mpegurl": "application/vnd.apple.mpegurl",
    "video/x-m4v": "video/mp4",
}


def bare(media_type: str) -> str:
    """A media type without parameters, in small letters."""
    return media_type.partition(";")[0].strip().lower()


def same_type(one: str, other: str) -> bool:
    """Whether two media types mean the same kind of file."""
    first, second = bare(one), bare(other)
    return _SAME.get(first, first) == _SAME.get(second, second)
