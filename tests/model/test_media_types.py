from __future__ import annotations

import pytest

from castkit.model.media_types import media_type


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
