"""A language's cues come the best way there is, and a way that is missing is said."""

from __future__ import annotations

import pytest

from castkit.translate.routes import Route, Way, routes

TABLE: dict[str, tuple[str, list[str], list[str], bool, list[tuple[str, Way, str]]]] = {
    "English to Chinese": ("en", ["en", "zh-Hans"], [], False, [("zh-Hans", Way.NONE, "en")]),
    "accepted": ("en", ["en", "zh-Hans"], ["zh-Hans"], False, [("zh-Hans", Way.ACCEPTED, "zh-Hans")]),
    "Chinese to English": ("zh-Hans", ["en", "zh-Hans"], [], True, [("en", Way.WHISPER, "zh-Hans")]),
    "accepted before Whisper": ("zh-Hans", ["en-GB"], ["en-GB"], True, [("en-GB", Way.ACCEPTED, "en-GB")]),
    "Whisper was not asked": ("zh-Hans", ["en"], [], False, [("en", Way.NONE, "zh-Hans")]),
    "script": ("zh-Hans", ["zh-Hant", "zh-Hans"], [], True, [("zh-Hant", Way.SCRIPT, "zh-Hans")]),
    "script of an accepted translation": (
        "en", ["en", "zh-Hans", "zh-Hant"], ["zh-Hans"], False,
        [("zh-Hans", Way.ACCEPTED, "zh-Hans"), ("zh-Hant", Way.SCRIPT, "zh-Hans")]),
    "spoken outside the show": (
        "fr", ["en", "zh-Hans"], [], True,
        [("en", Way.WHISPER, "fr"), ("zh-Hans", Way.NONE, "fr")]),
    "English to British English": ("en", ["en", "en-GB"], [], True, [("en-GB", Way.NONE, "en")]),
}  # fmt: skip


@pytest.mark.parametrize(("spoken", "wanted", "accepted", "has_english", "expected"), TABLE.values(), ids=TABLE)
def test_way(
    spoken: str, wanted: list[str], accepted: list[str], has_english: bool, expected: list[tuple[str, Way, str]]
) -> None:
    found = routes(spoken, wanted, accepted=accepted, has_english=has_english)
    assert found == tuple(Route(*route) for route in expected)
