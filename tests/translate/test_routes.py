"""A language's cues come the best way there is, and a way that is missing is said."""

from __future__ import annotations

import pytest

from castkit.translate.routes import Means, Route, Use, Way, routes

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


def serving(*pairs: str) -> Means:
    """Local models of these pairs and nothing else."""
    return Means(has_local=lambda source, target: f"{source}-{target}" in pairs)


ZH_FR = ("zh", ["zh", "en", "fr"])
MEANS: dict[str, tuple[str, list[str], list[str], Means, list[tuple[str, Way, str]]]] = {
    "the endpoint is better than Whisper": (
        *ZH_FR, [], Means(has_endpoint=True), [("en", Way.ENDPOINT, "zh"), ("fr", Way.ENDPOINT, "zh")]),
    "a local model is better than Whisper": (
        *ZH_FR, [], serving("zh-en"), [("en", Way.LOCAL, "zh"), ("fr", Way.NONE, "zh")]),
    "from an accepted translation": (
        *ZH_FR, ["en"], serving("en-fr"), [("en", Way.ACCEPTED, "en"), ("fr", Way.LOCAL, "en")]),
    "from the spoken language where that can be": (
        *ZH_FR, ["en"], serving("en-fr", "zh-fr"), [("en", Way.ACCEPTED, "en"), ("fr", Way.LOCAL, "zh")]),
    "from an accepted language outside the show": ("zh", ["fr"], ["en"], serving("en-fr"), [("fr", Way.LOCAL, "en")]),
    "the endpoint from what was spoken": (
        *ZH_FR, ["en"], Means(has_endpoint=True), [("en", Way.ACCEPTED, "en"), ("fr", Way.ENDPOINT, "zh")]),
    "a script is converted, not translated": (
        "zh-Hans", ["zh-Hant"], [], Means(has_endpoint=True), [("zh-Hant", Way.SCRIPT, "zh-Hans")]),
    "nor a region": ("en", ["en-GB"], [], Means(has_endpoint=True), [("en-GB", Way.NONE, "en")]),
}  # fmt: skip


@pytest.mark.parametrize(("spoken", "wanted", "accepted", "means", "expected"), MEANS.values(), ids=MEANS)
def test_way_by_means(
    spoken: str, wanted: list[str], accepted: list[str], means: Means, expected: list[tuple[str, Way, str]]
) -> None:
    found = routes(spoken, wanted, accepted=accepted, has_english=True, means=means)
    assert found == tuple(Route(*route) for route in expected)


@pytest.mark.parametrize(
    ("use", "way"),
    [("auto", Way.ENDPOINT), ("endpoint", Way.ENDPOINT), ("local", Way.LOCAL), ("whisper", Way.WHISPER),
     ("none", Way.NONE)],
)  # fmt: skip
def test_what_is_chosen_is_used(use: Use, way: Way) -> None:
    means = Means(use, has_endpoint=True, has_local=lambda _source, _target: True)
    (found,) = routes("zh", ["en"], accepted=[], has_english=True, means=means)
    assert found.way is way
    (without,) = routes("zh", ["en"], accepted=[], has_english=False, means=Means(use))
    assert without.way is Way.NONE
