from __future__ import annotations

import pytest

from castkit.storage.caching import FOREVER, SHORT, cache_control


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("episodes/a/a-0123456789ab.mp3", FOREVER),
        ("episodes/a/a-0123456789ab.zh-Hans.vtt", FOREVER),
        ("episodes/a/hls-0123456789ab/master.m3u8", FOREVER),
        ("episodes/a/hls-0123456789ab/video-720.mp4", FOREVER),
        ("episodes/hls-0123456789ab/notes.en.html", SHORT),  # an episode's slug, not a stream's folder
        ("episodes/a/hls-0123456789ab/more/notes.en.html", SHORT),
        ("episodes/a/hls-new/master.m3u8", SHORT),
        ("episodes/a/notes.en.html", SHORT),
        ("episodes/a/published.json", SHORT),
        ("feeds/en.xml", SHORT),
        ("episodes/a-0123456789ab/notes.en.html", SHORT),  # the hash is in a folder's name: no promise about the file
        ("episodes/a-0123456789ab.b/notes.en.html", SHORT),
        ("episodes/a/a-0123456789AB.mp3", SHORT),
        ("episodes/a/a-0123456789abc.mp3", SHORT),
    ],
)
def test_cache_control(key: str, expected: str) -> None:
    assert cache_control(key) == expected
