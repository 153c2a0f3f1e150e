"""Checks that hold several elements against each other: what must be unique, what must agree.

Rule: each is run once on the channel, and gives the later of two that clash.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from castkit.feed.check.claims import shown
from castkit.feed.check.facts import Facts
from castkit.feed.check.node import Node
from castkit.feed.check.rule import Found
from castkit.feed.check.values import is_whole, moment
from castkit.model.language import same_language
from castkit.model.roles import is_host

_Key = Callable[[Node], tuple[Node, str] | None]


def _twice(channel: Node, key: _Key) -> Iterator[Found]:
    seen: dict[str, Node] = {}
    for item in channel.children("item"):
        found = key(item)
        if found is None:
            continue
        node, value = found
        if value in seen:
            yield node, f"{shown(value)}, as in line {seen[value].line}"
        else:
            seen[value] = node


def shared_guids(node: Node, _facts: Facts) -> Iterator[Found]:
    """Two episodes of one guid: apps show one of them."""
    return _twice(node, lambda item: _valued(item.first("guid")))


def shared_enclosures(node: Node, _facts: Facts) -> Iterator[Found]:
    """Two episodes of one media file: Apple leaves the second out."""
    return _twice(node, lambda item: _attributed(item.first("enclosure"), "url"))


def shared_numbers(node: Node, _facts: Facts) -> Iterator[Found]:
    """Two full episodes of one season with one number."""

    def key(item: Node) -> tuple[Node, str] | None:
        number = item.first("itunes:episode")
        kind = item.text_of("itunes:episodeType").lower() or "full"
        if number is None or not number.value or kind != "full":
            return None
        return number, f"season {item.text_of('itunes:season') or '-'}, episode {number.value}"

    return _twice(node, key)


def _valued(node: Node | None) -> tuple[Node, str] | None:
    return (node, node.value) if node and node.value else None


def _attributed(node: Node | None, name: str) -> tuple[Node, str] | None:
    value = node.attribute(name) if node else None
    return (node, value) if node and value else None


def unnumbered(node: Node, _facts: Facts) -> Iterator[Found]:
    """A full episode without a number in a serial show."""
    if node.text_of("itunes:type").lower() != "serial":
        return
    for item in node.children("item"):
        kind = item.text_of("itunes:episodeType").lower() or "full"
        if kind == "full" and not item.children("itunes:episode"):
            yield item, ""


def out_of_order(node: Node, _facts: Facts) -> Iterator[Found]:
    """The first episode that is newer than the one above it."""
    dated = [(item, moment(item.text_of("pubDate"))) for item in node.children("item")]
    known = [(item, when) for item, when in dated if when is not None]
    for (_, above), (item, when) in pairwise(known):
        if when > above:
            yield item, ""
            return


def hosts_lost(node: Node, _facts: Facts) -> Iterator[Found]:
    """An episode's list of people without any host, where the channel names one: it replaces the channel's whole."""
    if not any(is_host(person.attribute("role") or "host") for person in node.children("podcast:person")):
        return
    for item in node.children("item"):
        people = item.children("podcast:person")
        if people and not any(is_host(person.attribute("role") or "host") for person in people):
            yield people[0], ""


def transcripts_out_of_order(node: Node, _facts: Facts) -> Iterator[Found]:
    """A transcript in the feed's language that stands behind another language's."""
    language = node.text_of("language")
    for item in node.children("item"):
        files = item.children("podcast:transcript")
        matches = [same_language(file.attribute("language") or language, language) for file in files]
        if language and any(matches) and not matches[0]:
            yield files[0], shown(files[0].attribute("language") or "")


def numbers_disagree(node: Node, _facts: Facts) -> Iterator[Found]:
    """itunes: and podcast: name different numbers of one episode."""
    for item in node.children("item"):
        for name in ("episode", "season"):
            ours, apples = item.first(f"podcast:{name}"), item.first(f"itunes:{name}")
            if ours and apples and is_whole(ours.value) and is_whole(apples.value) and ours.value != apples.value:
                yield ours, f"{ours.value}, and itunes:{name} is {apples.value}"


def two_defaults(node: Node, _facts: Facts) -> Iterator[Found]:
    """A second alternate enclosure that says it is the preferred one."""
    for item in node.children("item"):
        found = [one for one in item.children("podcast:alternateEnclosure") if one.attribute("default") == "true"]
        yield from ((one, "") for one in found[1:])
