"""What those who listen will notice of a difference between two feeds, in plain sentences.

Rule: pure; a sentence says what an app does with the feed (as Apple Podcasts, AntennaPod, Pocket Casts and Overcast
do), and nothing that is not known of it.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence

from castkit.feed.difference import Change, FeedDifference, ItemDifference
from castkit.model.text import one_line

_Sentence = tuple[ItemDifference | None, str]  # the episode it is about, if of one; and the words

NOTHING = "nothing at all: the feeds stay as they are"

# Labels of `castkit.feed.difference`, and what it means to a listener that they change: the first that fits.
_ITEM: tuple[tuple[tuple[str, ...], str], ...] = (
    (("enclosure",), "its sound is replaced; apps that have it keep the old file, others get the new one (same guid)"),
    (("length (bytes)", "media type"), "its file is described anew; apps that have it keep what they have"),
    (("title", "title in Apple Podcasts"), "its title changes at the next refresh"),
    (("date",), "its date changes, and with it its place in the list"),
    (("description", "show notes"), "its description changes at the next refresh"),
    (("duration (seconds)",), "its duration changes"),
    (("chapters",), "its chapters are other ones"),
    (("picture", "podcast:image"), "its picture changes"),
    (("link",), "its link leads elsewhere"),
)
_CHANNEL: tuple[tuple[tuple[str, ...], str], ...] = (
    (("title",), "the show's title changes"),
    (("description",), "the show's description changes"),
    (("picture", "cover (RSS)"), "the show's cover changes"),
    (("podcast:guid",), "directories take the feed for another show: its podcast:guid changes"),
    (("hidden from directories",), "whether directories show the feed changes"),
    (("the show has ended",), "whether the show counts as ended changes"),
)


_NEWEST = "date of the newest episode"  # changes with every episode, and no app shows it
_FEW = 3  # episodes that are named in one sentence; the rest is counted


def noticed(differences: Iterable[FeedDifference]) -> tuple[str, ...]:
    """The sentences, each once with the feeds it is about; one that says so where there is nothing to notice."""
    about: dict[str, tuple[dict[str, str], dict[str, None]]] = {}  # text: titles by guid, and feeds
    for one in differences:
        for item, text in _of_feed(one):
            titles, feeds = about.setdefault(text, ({}, {}))
            feeds[one.name] = None
            if item:
                titles.setdefault(item.guid, item.title)
    made = (f"{_names(titles.values())}{text} ({', '.join(feeds)})" for text, (titles, feeds) in about.items())
    return tuple(made) or (NOTHING,)


def _names(titles: Iterable[str]) -> str:
    names = [f"“{one_line(title)}”" for title in titles]
    if len(names) > _FEW:
        names[_FEW:] = [f"and {len(names) - _FEW} more"]
    return f"{', '.join(names)}: " if names else ""


def _of_feed(feed: FeedDifference) -> Iterator[_Sentence]:
    if feed.problem:
        yield None, f"the feed that is live {feed.problem}, so what changes cannot be told: apps get a whole one again"
    elif feed.is_new:
        yield None, f"a new feed of {_count(feed.episodes)}: nobody follows it yet"
    elif not feed.is_same:
        gone = {item.title for item in feed.items if item.kind == "removed"}
        of_items = ((item, text) for item in feed.items for text in _of_item(item, gone))
        found: list[_Sentence] = [*((None, text) for text in _of_channel(feed)), *of_items]
        yield from found or [(None, "nothing that apps show: only how the feed is written")]


def _of_channel(feed: FeedDifference) -> Iterator[str]:
    for change in feed.channel:
        if change.field == "moved to" and change.new:
            yield f"apps follow the feed to its new address, {one_line(change.new)}"
    found = list(_sentences(_CHANNEL, feed.channel))
    if not found and any(change.field not in ("moved to", _NEWEST) for change in feed.channel):
        found = ["what the feed says of the show changes"]
    yield from found


def _of_item(item: ItemDifference, gone: Container[str]) -> Iterator[str]:
    match item.kind:
        case "added" if item.title in gone:
            yield "has another guid now: apps take it for a new episode, and have it twice"
        case "added":
            yield "new; apps show it at the next refresh, and download it where a listener has asked for that"
        case "removed":
            yield "disappears from apps at the next refresh; who has downloaded it may keep the file"
        case "changed":
            found = [*_sentences(_ITEM, item.changes), *_lists(item.changes)]
            if item.is_moved and not any(change.field == "date" for change in item.changes):
                found.append("stands in another place in the list")
            yield from found or ["small things change that few apps show"]


def _sentences(rows: Sequence[tuple[tuple[str, ...], str]], changes: Sequence[Change]) -> Iterator[str]:
    changed = {change.field for change in changes}
    is_replaced = "enclosure" in changed
    for labels, text in rows:
        if changed.intersection(labels) and not (is_replaced and labels[0] == "length (bytes)"):
            yield text


# What comes, goes or changes one by one: the beginning of the label, and the word for it.
_LISTED: tuple[tuple[str, str], ...] = (
    ("transcript ", "transcript"),
    ("person ", "person"),
    ("soundbite at ", "soundbite"),
    ("other form ", "other form of it"),
)
_STATES: tuple[tuple[str, Callable[[Change], bool]], ...] = (
    ("is there now", lambda change: change.old is None),
    ("is gone", lambda change: change.new is None),
    ("is another", lambda change: change.old is not None and change.new is not None),
)


def _lists(changes: Sequence[Change]) -> Iterator[str]:
    for beginning, word in _LISTED:
        for state, is_so in _STATES:
            found = [one.field.removeprefix(beginning) for one in changes if _fits(one, beginning, is_so)]
            if found:
                yield f"{word} {', '.join(found)} {state}"


def _fits(change: Change, beginning: str, is_so: Callable[[Change], bool]) -> bool:
    return change.field.startswith(beginning) and is_so(change)


def _count(episodes: int) -> str:
    return "1 episode" if episodes == 1 else f"{episodes} episodes"
