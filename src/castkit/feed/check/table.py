"""All rules of the gate in one table.

Rule: a code stands once, and names one fault whatever the tag it is found at.
"""

from __future__ import annotations

from collections.abc import Iterator

from castkit.feed.check import (
    addresses,
    rules_channel,
    rules_document,
    rules_item,
    rules_media,
    rules_podcast,
    rules_store,
    tags_known,
)
from castkit.feed.check.facts import Facts
from castkit.feed.check.node import Node
from castkit.feed.check.rule import E, Found, Rule

RULES: tuple[Rule, ...] = (
    *rules_document.RULES,
    *tags_known.RULES,
    *rules_channel.RULES,
    *rules_item.RULES,
    *rules_podcast.RULES,
    *rules_media.RULES,
    *addresses.RULES,
    *rules_store.RULES,
)


def _nowhere(_node: Node, _facts: Facts) -> Iterator[Found]:
    """The parser finds it, before there is an element to look at."""
    return iter(())


# With those by which a whole file is refused, for a person to look up.
LISTED: tuple[Rule, ...] = (
    *(
        Rule(code, E, "file", what, remedy, source, _nowhere)
        for code, (what, remedy, source) in rules_document.REFUSALS.items()
    ),
    *RULES,
)
