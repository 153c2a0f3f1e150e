"""Files held against limits: exactly at them, above them, and why a file has to be made anew."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castkit.kits.checks import Checked, check
from castkit.kits.covers import layout_of
from castkit.kits.fit import Facts, measures, most_kbps, why_not
from castkit.kits.rules import Limit, platform, slugs

FILM = Facts(
    size=10_000_000,
    duration_ms=60_000,
    container="mov,mp4,m4a,3gp,3g2,mj2",
    video_codec="h264",
    pixel_format="yuv420p",
    width=1280,
    height=720,
    fps=25.0,
    audio_codec="aac",
    audio_channels=2,
    audio_rate=48_000,
    audio_kbps=128.0,
)
TALK = Facts(
    size=1_000_000,
    duration_ms=60_000,
    container="mp3",
    audio_codec="mp3",
    audio_channels=1,
    audio_rate=44_100,
    audio_kbps=128.0,
    loudness=-16.0,
    true_peak=-1.5,
)


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_a_limit_is_met_up_to_and_with_itself(limit: float, found: float) -> None:
    most = Limit("a", "a", limit, None, "characters", "error", "house", "")
    least = replace(most, most=None, least=limit)
    assert Checked(most, found).is_met == (found <= limit)
    assert Checked(least, found).is_met == (found >= limit)
    assert Checked(most, limit).is_met
    assert Checked(least, limit).is_met
    assert not Checked(replace(most, level="warning"), limit + 1).is_error


def test_what_fits_is_copied() -> None:
    for slug in ("bilibili", "youtube", "wechat-channels"):
        assert why_not(platform(slug), FILM) == ()
    for slug in ("xiaoyuzhou", "ximalaya"):
        assert why_not(platform(slug), TALK) == ()


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"video_codec": "hevc"}, "video-codec"),
        ({"pixel_format": "yuv420p10le"}, "pixel-format"),
        ({"is_hdr": True}, "pixel-format"),
        ({"container": "matroska,webm"}, "container"),
        ({"audio_codec": "mp3"}, "audio-codec"),
        ({"width": 4098}, "width"),
        ({"size": 4_000_000_001, "duration_ms": 7_200_000}, "size"),
        ({"fps": 240.0}, "fps"),
        ({"audio_rate": 96_000}, "audio-rate"),
        ({"width": 1281}, "odd-size"),
    ],
)
def test_every_reason_against_copying_a_video_is_named(changed: dict[str, object], why: str) -> None:
    assert why in why_not(platform("bilibili"), replace(FILM, **changed))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "why"),
    [({"loudness": -17.01}, "loudness"), ({"loudness": -14.99}, "loudness"), ({"true_peak": -0.8}, "true-peak"),
     ({"audio_kbps": 321.0}, "audio-bitrate")],
)  # fmt: skip
def test_sound_that_is_too_loud_or_too_quiet_is_made_anew(changed: dict[str, object], why: str) -> None:
    for slug in ("xiaoyuzhou", "ximalaya"):
        assert why_not(platform(slug), replace(TALK, **changed)) == (why,)  # type: ignore[arg-type]


@pytest.mark.parametrize("slug", [slug for slug in slugs() if platform(slug).limit("length")])
def test_the_longest_a_platform_takes_and_a_second_more(slug: str) -> None:
    limit = platform(slug).limit("length")
    assert limit is not None
    assert limit.most is not None
    longest = {"length": limit.most}
    assert not any(one.is_error for one in check(platform(slug), longest))
    assert [one.limit.code for one in check(platform(slug), {"length": limit.most + 1}) if one.is_error] == ["length"]


def test_the_bit_rate_follows_from_the_limits() -> None:
    assert most_kbps(platform("wechat-channels"), 60_000) == 10_000
    hours = most_kbps(platform("wechat-channels"), 8 * 3_600_000)
    assert hours * 1000 / 8 * 8 * 3600 < 20e9
    assert 0 < hours < 10_000
    assert most_kbps(platform("xiaoyuzhou"), 1000) == 0
    assert measures(FILM)["video-bitrate"] == pytest.approx(10_000_000 * 8 / 60_000 - 128, abs=1)


@given(st.integers(400, 4000), st.integers(400, 4000))
def test_cover_and_titles_lie_within_the_picture_and_apart(width: int, height: int) -> None:
    layout = layout_of(width, height)
    for left, top, wide, high in (layout.cover, layout.titles):
        assert left >= 0
        assert top >= 0
        assert wide > 0
        assert high > 0
        assert left + wide <= width
        assert top + high <= height
    cover, titles = layout.cover, layout.titles
    assert cover[2] == cover[3]
    assert titles[0] >= cover[0] + cover[2] or titles[1] >= cover[1] + cover[3]
