"""The tags of itunes: and podcast:, where each may stand, and which may stand there once only.

Rule: a tag that is not in the table is unknown to every app. Sources: Apple's list of tags, and the namespace's pages.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from castkit.feed.check.facts import Facts
from castkit.feed.check.node import Node
from castkit.feed.check.rule import APPLE_TAGS as APPLE
from castkit.feed.check.rule import NAMESPACE, E, Found, Rule, W, family

_CHANNEL, _ITEM, _BOTH = ("channel",), ("item", "podcast:liveItem"), ("channel", "item", "podcast:liveItem")

# name: (its parents, how many each may have: 1, or 0 for any number)
KNOWN: dict[str, tuple[tuple[str, ...], int]] = {
    "itunes:author": (_BOTH, 1),
    "itunes:block": (_BOTH, 1),
    "itunes:category": ((*_CHANNEL, "itunes:category"), 0),
    "itunes:complete": (_CHANNEL, 1),
    "itunes:duration": (_ITEM, 1),
    "itunes:email": (("itunes:owner",), 1),
    "itunes:episode": (_ITEM, 1),
    "itunes:episodeType": (_ITEM, 1),
    "itunes:explicit": (_BOTH, 1),
    "itunes:image": (_BOTH, 1),
    "itunes:isClosedCaptioned": (_ITEM, 1),
    "itunes:keywords": (_BOTH, 1),
    "itunes:name": (("itunes:owner",), 1),
    "itunes:new-feed-url": (_CHANNEL, 1),
    "itunes:order": (_ITEM, 1),
    "itunes:owner": (_CHANNEL, 1),
    "itunes:season": (_ITEM, 1),
    "itunes:subtitle": (_BOTH, 1),
    "itunes:summary": (_BOTH, 1),
    "itunes:title": (_BOTH, 1),
    "itunes:type": (_CHANNEL, 1),
    "podcast:alternateEnclosure": (_ITEM, 0),
    "podcast:block": (_CHANNEL, 0),
    "podcast:chapters": (_ITEM, 1),
    "podcast:chat": (_BOTH, 1),
    "podcast:contentLink": (_ITEM, 0),
    "podcast:episode": (_ITEM, 1),
    "podcast:funding": (_BOTH, 0),
    "podcast:guid": (_CHANNEL, 1),
    "podcast:image": (_BOTH, 0),
    "podcast:images": (_BOTH, 1),
    "podcast:integrity": (("podcast:alternateEnclosure",), 1),
    "podcast:license": (_BOTH, 1),
    "podcast:liveItem": (_CHANNEL, 0),
    "podcast:location": (_BOTH, 0),
    "podcast:locked": (_CHANNEL, 1),
    "podcast:medium": (_CHANNEL, 1),
    "podcast:metaBoost": (_BOTH, 0),
    "podcast:person": (_BOTH, 0),
    "podcast:podping": (_CHANNEL, 1),
    "podcast:podroll": (_CHANNEL, 1),
    "podcast:publisher": (_CHANNEL, 1),
    "podcast:remoteItem": (("channel", "podcast:podroll", "podcast:publisher", "podcast:valueTimeSplit"), 0),
    "podcast:season": (_ITEM, 1),
    "podcast:socialInteract": (_BOTH, 0),
    "podcast:soundbite": (_ITEM, 0),
    "podcast:source": (("podcast:alternateEnclosure",), 0),
    "podcast:trailer": (_CHANNEL, 0),
    "podcast:transcript": (_ITEM, 0),
    "podcast:txt": (_BOTH, 0),
    "podcast:updateFrequency": (_CHANNEL, 1),
    "podcast:value": (_BOTH, 0),
    "podcast:valueRecipient": (("podcast:value", "podcast:valueTimeSplit"), 0),
    "podcast:valueTimeSplit": (("podcast:value",), 0),
}
_NEAR = 0.75  # how like a known name one must be to be taken for it
_LOWER = {name.lower(): name for name in KNOWN}
# RSS's own that may stand once; of those that say who an episode is, a second one is an error of its own.
_SINGLE = {
    "channel": ("title", "link", "description", "language", "pubDate", "lastBuildDate", "copyright", "image"),
    "item": ("title", "link", "description", "pubDate", "content:encoded"),
}
_KEYS = {"item": ("guid", "enclosure"), "channel": ("podcast:guid",)}


def _miscased(node: Node, _facts: Facts) -> Iterator[Found]:
    for child in node.every():
        right = _LOWER.get(child.name.lower())
        if right and right != child.name:
            yield child, f"write {right}"


def _unknown(node: Node, _facts: Facts) -> Iterator[Found]:
    for child in node.every():
        if child.name.startswith(("itunes:", "podcast:")) and child.name.lower() not in _LOWER:
            prefix, _, local = child.name.partition(":")
            names = [name.partition(":")[2] for name in KNOWN if name.startswith(prefix)]
            near = difflib.get_close_matches(local, names, 1, _NEAR)
            yield child, f"did you mean {prefix}:{near[0]}?" if near else ""


def _misplaced(node: Node, _facts: Facts) -> Iterator[Found]:
    for child in node.every():
        parents = KNOWN.get(child.name, ((), 0))[0]
        if parents and node.name not in parents:
            yield child, f"it belongs in {' or '.join(name for name in parents if name != 'podcast:liveItem')}"


def _repeated(node: Node, _facts: Facts) -> Iterator[Found]:
    singles = _SINGLE.get(node.name, ())
    for child in node.every():
        most = 1 if child.name in singles else KNOWN.get(child.name, ((), 0))[1]
        if most and child.name not in _KEYS.get(node.name, ()) and node.children(child.name)[0] is not child:
            yield child, ""


def _repeated_key(node: Node, _facts: Facts) -> Iterator[Found]:
    for name in _KEYS.get(node.name, ()):
        yield from ((child, "") for child in node.children(name)[1:])


def _rules(at: str) -> tuple[Rule, ...]:
    return (
        *family(
            APPLE, at,
            (E, "tag-case", "is written in the wrong case, so that apps do not know it", ("names of tags keep to their "
             "small and capital letters"), _miscased),
            (W, "tag-misplaced", "stands where no app looks for it", "move it to its place", _misplaced),
            (W, "tag-repeated", "stands here a second time; apps take one of them", "leave one", _repeated),
            (E, "key-repeated", "stands here a second time; apps disagree which one counts", "leave one",
             _repeated_key),
        ),
        *family(
            NAMESPACE, at,
            (W, "tag-unknown", "is a tag that no app knows", "correct its name, or take it out", _unknown),
        ),
    )  # fmt: skip


_PLACES = ("channel", "item", "podcast:alternateEnclosure", "itunes:owner")
RULES = tuple(rule for at in _PLACES for rule in _rules(at))
