"""The feed of a long show: how long 500 and 5,000 episodes take, what they weigh, and how it grows.

Rule: episodes are the feed tests' (two languages of notes, six transcripts, chapters, a video each); a new one is added
at the end and the documents that changed are counted. Times are this process's own CPU time, the best of three.

    python benchmarks/feed.py            # a line for each length of the show
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.append(str(ROOT / "tests/feed"))

import feed_samples as samples  # noqa: E402

from castkit.feed.paging import page_count  # noqa: E402
from castkit.feed.render import documents  # noqa: E402
from castkit.model.published import Published  # noqa: E402

LENGTHS = (500, 1_000, 2_000, 5_000)
_RUNS = 3


def main() -> None:
    print("episodes  documents  CPU s  MB in all  MB of the feed  changed by one more episode")
    for count in LENGTHS:
        episodes = samples.many(count + 1)
        seconds, made = best(lambda episodes=episodes, count=count: of(episodes[:count]))
        after = of(episodes)
        changed = sum(one != other for one, other in zip(made, after, strict=False)) + abs(len(after) - len(made))
        whole, feed = (sum(map(len, part)) / 1e6 for part in (made, made[:1]))
        print(f"{count:8,} {len(made):10} {seconds:6.2f} {whole:10.1f} {feed:15.1f} {changed:12}")


def of(episodes: tuple[Published, ...]) -> tuple[bytes, ...]:
    show = samples.full_show()
    address = samples.address(pages=page_count(len(episodes), show.feeds.page_size))
    return documents(show, episodes, address)


def best(action: Callable[[], tuple[bytes, ...]]) -> tuple[float, tuple[bytes, ...]]:
    """The least CPU time of some runs, s, and what they gave."""
    times = []
    for _ in range(_RUNS):
        began = time.process_time()
        found = action()
        times.append(time.process_time() - began)
    return min(times), found


if __name__ == "__main__":
    main()
