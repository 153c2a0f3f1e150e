from __future__ import annotations

import pytest

from castkit.storage.mediatypes import FOREVER, SHORT, cache_control, media_type


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("feeds/en.xml", "application/rss+xml; charset=utf-8"),
        ("episodes/a/a-0123456789ab.en.srt", "application/x-subrip; charset=utf-8"),
        ("episodes/a/a-0123456789ab.zh-Hans.vtt", "text/vtt; charset=utf-8"),
        ("episodes/a/a-0123456789ab.en.json", "application/json"),
        ("episodes/a/a-0123456789ab.en.chapters.json", "application/json+chapters"),
        ("episodes/a/published.json", "application/json"),
        ("episodes/a/a-0123456789ab.mp3", "audio/mpeg"),
        ("A.M4A", "audio/mp4"),
        ("episodes/a/a-0123456789ab.opus", "audio/ogg; codecs=opus"),
        ("episodes/a/hls-0123456789ab/master.m3u8", "application/vnd.apple.mpegurl"),
        ("episodes/a/hls-0123456789ab/video-720.mp4", "video/mp4"),
        ("episodes/a/hls-0123456789ab/sound.mp4", "audio/mp4"),
        ("episodes/a/hls-0123456789ab/subtitles-zh-Hans.vtt", "text/vtt; charset=utf-8"),
        ("episodes/sound/sound-0123456789ab.mp4", "video/mp4"),
        ("a.mp4", "video/mp4"),
        ("notes.en.html", "text/html; charset=utf-8"),
        ("cover.png", "image/png"),
        ("cover.jpg", "image/jpeg"),
        ("a.mp3.exe", "application/octet-stream"),
        ("mp3", "application/octet-stream"),
        ("", "application/octet-stream"),
    ],
)
def test_media_type(key: str, expected: str) -> None:
    assert media_type(key) == expected


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
