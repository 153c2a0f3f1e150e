"""Rules of addresses that hold for every tag: the feed itself, this machine, and names in the clear.

Rule: an address is judged by its letters; nothing is looked up.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from castkit.feed.check.facts import Facts
from castkit.feed.check.node import Node
from castkit.feed.check.rule import APPLE, Check, Found, N, Rule, W, family

# Where addresses stand: element, attribute ("" for its text).
PLACES = (
    ("channel/link", ""), ("item/link", ""), ("item/enclosure", "url"), ("itunes:image", "href"),
    ("podcast:transcript", "url"), ("podcast:chapters", "url"),
    ("podcast:source", "uri"), ("podcast:trailer", "url"), ("podcast:image", "href"),
)  # fmt: skip


def is_the_feed(node: Node, facts: Facts) -> Iterator[Found]:
    """A link to one of the feed's own addresses, whatever its scheme and trailing slash."""
    value = node.value
    if value and _bare(value) in _own(node, facts):
        yield node, value


def _bare(url: str) -> str:
    return url.partition("://")[2].rstrip("/") or url


def _own(node: Node, facts: Facts) -> set[str]:
    channel = node.parent if node.parent and node.parent.name == "channel" else node.parent and node.parent.parent
    found = {_bare(facts.feed_url)} if facts.feed_url else set()
    if channel is not None:
        links = channel.children("atom:link")
        found |= {_bare(link.attribute("href") or "") for link in links if link.attribute("rel") == "self"}
    return found - {""}


def is_local(url: str) -> bool:
    """Whether only this machine, or its own network, can reach the address."""
    try:
        return _is_local_host(urlsplit(url).hostname or "")
    except ValueError:
        return False


@lru_cache(maxsize=256)
def _is_local_host(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local"))
    return not address.is_global


def _address(node: Node, attribute: str) -> str:
    return (node.attribute(attribute) or "") if attribute else node.value


def _local(attribute: str) -> Check:
    def check(node: Node, facts: Facts) -> Iterator[Found]:
        url = _address(node, attribute)
        if facts.feed_url and not is_local(facts.feed_url) and is_local(url):
            yield node, url

    return check


def _unencrypted(attribute: str) -> Check:
    def check(node: Node, _facts: Facts) -> Iterator[Found]:
        url = _address(node, attribute)
        if url.lower().startswith("http://") and not is_local(url):
            yield node, url

    return check


RULES: tuple[Rule, ...] = tuple(
    rule
    for at, attribute in PLACES
    for rule in family(
        APPLE, at,
        (W, "address-local", "names an address that only this machine can reach",
         "write base_url in castkit.toml as listeners reach it", _local(attribute)),
        (N, "address-unencrypted", "is not encrypted (http), and some apps refuse that", "use https",
         _unencrypted(attribute)),
    )
)  # fmt: skip
