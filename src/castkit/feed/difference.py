"""What differs between the feed that is live and the one that would be sent: episodes, and their fields old and new.

Rule: pure, and told by what apps read. A difference in bytes always shows: what no row names is named by its tag. A
live feed that is damaged or hostile is never a reason to fail: it is said that it cannot be read.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from castkit.feed.check.node import Node
from castkit.feed.check.parsed import Refused, parsed
from castkit.feed.check.rules_document import REFUSALS

Fields = Mapping[str, str]  # by label, as read out of a tag


@dataclass(frozen=True, slots=True)
class Change:
    """A field by its label; `old` and `new` are None where it is not there."""

    field: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class ItemDifference:
    """An episode that differs: `place` from 1 in the new feed with its pages, 0 for one that is gone.

    `is_moved`: it stands in another order among those that were there before.
    """

    guid: str
    title: str
    kind: Literal["added", "removed", "changed"]
    place: int = 0
    is_moved: bool = False
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedDifference:
    """`problem` is why the live feed cannot be compared; then, and where `is_new`, nothing but `episodes` is known.

    `is_same`: not a byte differs, pages included. `episodes` are those of the feed that would be sent.
    """

    name: str
    episodes: int
    is_new: bool = False
    is_same: bool = False
    problem: str = ""
    channel: tuple[Change, ...] = ()
    items: tuple[ItemDifference, ...] = ()


@dataclass(frozen=True, slots=True)
class _Row:
    """How a tag is read out: what tells it from others of its name, and which attributes are fields of their own."""

    label: str
    told_by: tuple[str, ...] = ()
    own: tuple[tuple[str, str], ...] = ()


_TEXT = ""  # stands for a tag's text among its attributes
_ENCLOSURE = (("url", "enclosure"), ("length", "length (bytes)"), ("type", "media type"))
_ROWS: dict[str, _Row] = {
    "guid": _Row("guid"),
    "title": _Row("title"),
    "itunes:title": _Row("title in Apple Podcasts"),
    "link": _Row("link"),
    "description": _Row("description"),
    "content:encoded": _Row("show notes"),
    "pubDate": _Row("date"),
    "lastBuildDate": _Row("date of the newest episode"),
    "language": _Row("language"),
    "image": _Row("cover (RSS)"),
    "enclosure": _Row("enclosure", own=_ENCLOSURE),
    "atom:link": _Row("link", ("rel",)),
    "itunes:duration": _Row("duration (seconds)"),
    "itunes:image": _Row("picture"),
    "itunes:author": _Row("author"),
    "itunes:owner": _Row("owner"),
    "itunes:category": _Row("category", ("text",)),
    "itunes:type": _Row("order of episodes"),
    "itunes:season": _Row("season"),
    "itunes:episode": _Row("number"),
    "itunes:episodeType": _Row("kind of episode"),
    "itunes:explicit": _Row("explicit"),
    "itunes:keywords": _Row("keywords"),
    "itunes:block": _Row("hidden from directories"),
    "itunes:complete": _Row("the show has ended"),
    "itunes:new-feed-url": _Row("moved to"),
    "podcast:guid": _Row("podcast:guid"),
    "podcast:transcript": _Row("transcript", ("language", "type")),
    "podcast:chapters": _Row("chapters"),
    "podcast:person": _Row("person", ("role", _TEXT)),
    "podcast:soundbite": _Row("soundbite at", ("startTime",)),
    "podcast:alternateEnclosure": _Row("other form", ("title", "type", "height")),
    "podcast:trailer": _Row("trailer", ("url",)),
    "podcast:funding": _Row("funding", ("url",)),
    "podcast:location": _Row("place", (_TEXT,)),
    "podcast:txt": _Row("text for readers", ("purpose",)),
    "podcast:season": _Row("season, with its name"),
    "podcast:episode": _Row("number, with what is shown"),
    "podcast:license": _Row("licence"),
}
_ORDER = "order of its tags"
_ADDRESSES = ("url", "href", "uri")  # attributes that need no name


def difference(name: str, live: Sequence[bytes], made: Sequence[bytes]) -> FeedDifference:
    """The feed `name` in two versions, each as its documents: the feed, then its pages of older episodes.

    The page of the oldest comes first; `live` is empty where there is none yet. `made` must be feeds, `live` may be
    anything.
    """
    new = [parsed(data) for data in made]
    episodes = sum(len(_items(one)) for one in new)
    if not live or list(live) == list(made):
        return FeedDifference(name, episodes, is_new=not live, is_same=bool(live))
    try:
        old = [parsed(data) for data in live]
    except Refused as error:
        words = REFUSALS.get(error.code, (error.code,))[0]
        return FeedDifference(name, episodes, problem=f"{words} ({error.found})" if error.found else words)
    channel = _changes(_channel(old[0]), _channel(new[0]))
    return FeedDifference(name, episodes, channel=channel, items=tuple(_differences(_listed(old), _listed(new))))


def _channel(rss: Node) -> Fields:
    found = rss.first("channel")
    return fields(found, but=("item",)) if found else {}


def _items(rss: Node) -> Sequence[Node]:
    found = rss.first("channel")
    return found.children("item") if found else ()


def _listed(documents: Iterable[Node]) -> dict[str, Node]:
    """Every item by its guid, the newest first; where it has none, by its enclosure or title. Twins are numbered."""
    found: dict[str, Node] = {}
    seen: Counter[str] = Counter()
    feed, *pages = documents
    for item in (one for rss in (feed, *reversed(pages)) for one in _items(rss)):
        enclosure = item.first("enclosure")
        key = item.text_of("guid") or (enclosure.attribute("url") if enclosure else "") or item.text_of("title")
        found[_numbered(key or "?", seen)] = item
    return found


def _numbered(name: str, seen: Counter[str]) -> str:
    """The name itself, or with a number where it has been seen."""
    seen[name] += 1
    return name if seen[name] == 1 else f"{name} ({seen[name]})"


def _differences(old: Mapping[str, Node], new: Mapping[str, Node]) -> Iterator[ItemDifference]:
    """In the order of the new feed; what is gone comes last."""
    moved = _moved([key for key in old if key in new], {key: place for place, key in enumerate(new)})
    for place, (key, item) in enumerate(new.items(), start=1):
        if key not in old:
            yield ItemDifference(key, item.text_of("title"), "added", place, changes=_changes({}, fields(item)))
        elif key in moved or not _is_same(old[key].element, item.element):
            changes = _changes(fields(old[key]), fields(item))
            if changes or key in moved:
                yield ItemDifference(key, item.text_of("title"), "changed", place, key in moved, changes)
    for key, item in old.items():
        if key not in new:
            yield ItemDifference(key, item.text_of("title"), "removed")


def _is_same(one: Any, other: Any) -> bool:
    """Whether two elements say the same, all that is below them too; quick, for nearly all of a long feed does."""
    if (one.tag, one.text, len(one)) != (other.tag, other.text, len(other)) or one.attrib != other.attrib:
        return False
    return all(map(_is_same, one, other))


def _moved(keys: Sequence[str], places: Mapping[str, int]) -> frozenset[str]:
    """The fewest episodes that must be taken out for the others to stand in the same order."""
    ends: list[int] = []  # the lowest place in which a rising row of this length ends
    before: list[int] = []
    at_end: list[int] = []
    for at, key in enumerate(keys):
        length = bisect_left(ends, places[key])
        before.append(at_end[length - 1] if length else -1)
        ends[length : length + 1] = [places[key]]
        at_end[length : length + 1] = [at]
    stays, at = set(), at_end[-1] if at_end else -1
    while at >= 0:
        stays.add(keys[at])
        at = before[at]
    return frozenset(keys) - stays


def fields(node: Node, *, but: Sequence[str] = ()) -> dict[str, str]:
    """What the tags below this one say, by label and in order; several with one label are numbered."""
    seen: Counter[str] = Counter()
    children = (Node(one, node) for one in node.element if isinstance(one.tag, str))
    rows = (row for child in children if child.name not in but for row in _read_out(child))
    return {_numbered(label, seen): value for label, value in rows}


def _read_out(node: Node) -> Iterator[tuple[str, str]]:
    row = _ROWS.get(node.name, _Row(node.name))
    named = " ".join(filter(None, (node.value if key == _TEXT else node.attribute(key) for key in row.told_by)))
    label = f"{row.label} {named}".strip()
    for key, own in row.own:
        yield own, node.attribute(key) or ""
    said = _said(node, (*row.told_by, *(key for key, _ in row.own)))
    if said or not row.own:
        yield label, said


def _said(node: Node, but: Sequence[str] = ()) -> str:
    """Text, attributes and what is below, in one string; those named in `but` left out."""
    parts = [] if _TEXT in but else [node.value]
    attributes = {str(key): str(value) for key, value in node.element.attrib.items() if key not in but}
    only = len(attributes) == 1 and not node.value
    parts += [value if only or key in _ADDRESSES else f"{key}={value}" for key, value in attributes.items()]
    parts += [f"{child.name}: {_said(child)}" for child in node.every()]
    return " ".join(filter(None, parts))


def _changes(old: Fields, new: Fields) -> tuple[Change, ...]:
    labels = [*new, *(label for label in old if label not in new)]
    found = [Change(one, old.get(one), new.get(one)) for one in labels if old.get(one) != new.get(one)]
    if not found and list(old) != list(new):
        found = [Change(_ORDER, ", ".join(old), ", ".join(new))]
    return tuple(found)
