"""The gate itself: a feed's bytes in, findings out.

Rule: pure and in one walk; the findings come in the order of the feed's lines, and of one line in the rules' order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from castkit.feed.check.facts import NOTHING, Facts
from castkit.feed.check.finding import Finding, Severity
from castkit.feed.check.node import Node
from castkit.feed.check.parsed import Refused, parsed
from castkit.feed.check.rule import Rule
from castkit.feed.check.rules_document import REFUSALS
from castkit.feed.check.table import RULES

_TITLE = 40  # characters of an episode's title in a finding


def check(data: bytes, facts: Facts = NOTHING) -> tuple[Finding, ...]:
    """Every rule that this feed breaks; where the file is refused, that one finding."""
    try:
        root = parsed(data)
    except Refused as refused:
        what, remedy, source = REFUSALS[refused.code]
        words = f"{what} ({refused.found})" if refused.found else what
        return (Finding(refused.code, Severity.ERROR, refused.line, "the file", words, remedy, source),)
    places = _by_place()
    return tuple(sorted(_findings(root, facts, places), key=lambda found: found.line))


def _by_place() -> Mapping[str, list[Rule]]:
    found: dict[str, list[Rule]] = defaultdict(list)
    for rule in RULES:
        found[rule.at].append(rule)
    return found


def _findings(node: Node, facts: Facts, places: Mapping[str, list[Rule]]) -> Iterator[Finding]:
    yield from _broken(node, facts, places.get(node.name, ()))
    if node.parent is not None:
        yield from _broken(node, facts, places.get(f"{node.parent.name}/{node.name}", ()))
    for child in node.every():
        if child.name != "channel" or child is node.first("channel"):  # apps read the first
            yield from _findings(child, facts, places)


def _broken(node: Node, facts: Facts, rules: list[Rule] | tuple[()]) -> Iterator[Finding]:
    for rule in rules:
        for place, found in rule.check(node, facts):
            what = f"{rule.what}: {found}" if found else rule.what
            item = _item_of(place)
            guid = item.text_of("guid") if item else ""
            yield Finding(
                rule.code, rule.severity, place.line, where(place), what, rule.remedy, rule.source, guid
            )  # fmt: skip


def _item_of(node: Node) -> Node | None:
    above: Node | None = node
    while above is not None and above.name not in ("item", "podcast:liveItem"):
        above = above.parent
    return above


def where(node: Node) -> str:
    """An element in words: `episode "Who pays?": enclosure`."""
    above = _item_of(node)
    if above is None:
        return node.name
    title = " ".join((above.text_of("title") or above.text_of("itunes:title") or above.text_of("guid")).split())
    short = title if len(title) <= _TITLE else title[: _TITLE - 1] + "…"
    episode = f'episode "{short}"' if short else "an episode without a title"
    return episode if above is node else f"{episode}: {node.name}"
