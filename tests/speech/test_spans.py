from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from castkit.speech.spans import FRAME_MS, LONGEST_WINDOW_MS, Span, pack, speech_spans, split_long

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
        assert window.span.duration_ms <= LONGEST_WINDOW_MS
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


def test_a_long_pause_ends_a_window():
    near = pack((Span(0, 5000), Span(6500, 9000)), 20_000)
    far = pack((Span(0, 5000), Span(9000, 12_000)), 20_000)
    assert [len(window.speech) for window in near] == [2]
    assert [len(window.speech) for window in far] == [1, 1]
    assert far[0].span == Span(0, 5400)
    assert far[1].span == Span(8700, 12_400)
