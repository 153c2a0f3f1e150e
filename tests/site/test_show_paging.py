"""Pages of a long show: every episode once, in order, and full pages that stay as they are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from castkit.model.published import Published
from castkit.site.show_paging import Part, page_count, paged
from show_samples import episode

EPISODES = tuple(episode(number) for number in range(80))[::-1]


def pages(count: int, size: int) -> tuple[Part, ...]:
    """Those of the first so many episodes."""
    newest_first = EPISODES[len(EPISODES) - count :]
    return paged(newest_first, page_count(count, size), size)


def slugs(episodes: tuple[Published, ...]) -> list[str]:
    return [one.slug for one in episodes]


@given(st.integers(0, 80), st.integers(1, 30))
def test_every_episode_once_and_in_order(count: int, size: int) -> None:
    first, *others = pages(count, size)
    in_order = [*slugs(first.episodes), *(slug for part in reversed(others) for slug in slugs(part.episodes))]
    assert in_order == slugs(EPISODES[len(EPISODES) - count :])
    assert all(len(part.episodes) == size for part in others)
    assert len(first.episodes) < 2 * size


@given(st.integers(0, 79), st.integers(1, 30))
def test_one_more_changes_no_full_page_but_for_the_way_on(count: int, size: int) -> None:
    before, after = pages(count, size)[1:], pages(count + 1, size)[1:]
    assert len(after) - len(before) in (0, 1)
    changed = [number for number, part in enumerate(before) if part != after[number]]
    assert changed == ([len(before) - 1] if len(after) > len(before) and before else [])


@given(st.integers(0, 80), st.integers(1, 30))
def test_from_the_first_page_one_walks_through_all_and_back(count: int, size: int) -> None:
    by_number = {part.number: part for part in pages(count, size)}
    walked, at = [0], by_number[0]
    while at.older is not None:
        assert by_number[at.older].newer == at.number
        at = by_number[at.older]
        walked.append(at.number)
    assert sorted(walked) == sorted(by_number)


def test_episodes_withdrawn_while_the_pages_are_made_are_missing_at_the_new_end() -> None:
    first, oldest, newer = paged(EPISODES[-15:], 2, 10)
    assert [len(part.episodes) for part in (first, newer, oldest)] == [0, 5, 10]
    assert slugs(oldest.episodes)[-1] == "talk-0000"
