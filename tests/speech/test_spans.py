from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from castkit.speech.spans import (
    FRAME_MS,
    LEAD_IN_MS,
    LEAD_OUT_MS,
    LONGEST_WINDOW_MS,
    Span,
    pack,
    speech_spans,
    split_long,
)

# Runs of frames: speech and pauses of every length that matters, from a click to minutes.
runs = st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.3, 0.45, 0.9, 1.0]), st.integers(1, 1200)), max_size=20)


def _frames(runs_):
    return [probability for probability, length in runs_ for _ in range(length)]


@settings(max_examples=60, deadline=None)
@given(runs)
def test_windows_hold_all_speech_once_and_never_exceed_what_whisper_hears(found):
    frames = _frames(found)
    duration = len(frames) * FRAME_MS
    spans = split_long(speech_spans(frames), frames)
    windows = pack(spans, duration)
    assert tuple(span for window in windows for span in window.speech) == spans
    previous = 0
    for window in windows:
        assert window.duration_ms <= LONGEST_WINDOW_MS
        assert [span.duration_ms for span in window.spoken] == [span.duration_ms for span in window.speech]
        assert [window.on_track(span.start_ms, span.end_ms) for span in window.spoken] == [
            (span.start_ms, span.end_ms) for span in window.speech
        ]
        assert all(a.end_ms < b.start_ms for a, b in pairwise(window.pieces))
        assert previous <= window.span.start_ms <= window.speech[0].start_ms
        assert window.speech[-1].end_ms <= window.span.end_ms <= duration
        previous = window.span.end_ms


@settings(max_examples=60, deadline=None)
@given(runs)
def test_certain_speech_is_in_a_span(found):
    frames = _frames(found)
    spans = speech_spans(frames)
    for index, probability in enumerate(frames):
        if probability == 1.0 and frames[max(0, index - 2) : index + 3] == [1.0] * 5:
            assert any(span.start_ms <= index * FRAME_MS < span.end_ms for span in spans)


def test_a_short_pause_is_part_of_speech_and_a_long_one_is_not():
    assert speech_spans([1.0] * 20 + [0.0] * 5 + [1.0] * 20) == (Span(0, 45 * FRAME_MS),)
    assert speech_spans([1.0] * 20 + [0.0] * 10 + [1.0] * 20) == (
        Span(0, 20 * FRAME_MS),
        Span(30 * FRAME_MS, 50 * FRAME_MS),
    )


def test_a_click_is_not_speech():
    assert speech_spans([0.0] * 20 + [1.0] * 2 + [0.0] * 20) == ()


def test_endless_speech_is_cut_where_it_is_least_probable():
    frames = [1.0] * 2000
    frames[700] = 0.3
    first, *_ = split_long(speech_spans(frames), frames)
    assert first == Span(0, 700 * FRAME_MS)


def test_of_a_long_pause_only_the_edges_are_heard():
    (window,) = pack((Span(0, 5000), Span(5600, 6400), Span(64_000, 67_008)), 80_000)
    assert window.pieces == (Span(0, 6400 + LEAD_OUT_MS), Span(64_000 - LEAD_IN_MS, 67_008 + LEAD_OUT_MS))
    assert window.spoken == (Span(0, 5000), Span(5600, 6400), Span(7104, 10_112))
    assert window.on_track(7104, 7200) == (64_000, 64_096)
    assert window.on_track(6300, 6500) == (6300, 6500)
    assert window.on_track(6000, 9000) == (64_000 - LEAD_IN_MS, 65_896)  # in the piece its middle is in


def test_a_window_ends_in_the_longest_pause_near_its_end():
    spans = (Span(0, 24_000), Span(24_960, 26_000), Span(26_320, 28_000), Span(28_320, 40_000))
    assert [len(window.speech) for window in pack(spans, 60_000)] == [1, 3]


def test_windows_with_a_short_pause_between_share_it():
    first, second = pack((Span(0, 20_000), Span(20_320, 40_000)), 60_000)
    assert first.span.end_ms == second.span.start_ms == 20_160
