"""Rules of the document: what is no feed at all, its encoding, its namespaces, its channel.

Rule: a file that is refused has one finding, by its own name, and no other.
"""

from __future__ import annotations

from collections.abc import Iterator

from castkit.feed.check.claims import attribute, lacks, lacks_attribute, repeats
from castkit.feed.check.facts import Facts
from castkit.feed.check.node import ATOM, CONTENT, ITUNES, PODCAST, PREFIXES, Node
from castkit.feed.check.parsed import encoding_of
from castkit.feed.check.rule import APPLE, PSP1, RSS, XML, E, Found, Rule, W, family
from castkit.feed.check.values import one_of

_AGAIN = "take the feed from where it is made, and send it as it is"
# code: (what is wrong, what to do, whose rule): what `castkit.feed.check.parsed` refuses
REFUSALS: dict[str, tuple[str, str, str]] = {
    "feed-empty": ("is empty", _AGAIN, RSS),
    "feed-large": ("is larger than 50 MB", "page it (RFC 5005), or leave old episodes' notes out", APPLE),
    "feed-compressed": ("is compressed", "unpack it; a server names compression in Content-Encoding", RSS),
    "feed-html": ("is a web page and no feed", "give the feed's own address, which ends in .xml or /rss", RSS),
    "feed-not-xml": ("is no XML, and no feed", "give the file or the address of an RSS feed", RSS),
    "feed-json": ("is JSON and no feed", "give the RSS feed's address", RSS),
    "feed-opml": ("is a list of subscriptions (OPML) and no feed", "take one of the addresses in it", RSS),
    "feed-atom": ("is an Atom feed; podcast apps and directories need RSS 2.0", "give the RSS feed's address", APPLE),
    "feed-rdf": ("is an RSS 1.0 feed; podcast apps and directories need RSS 2.0", "publish RSS 2.0", APPLE),
    "feed-not-rss": ("is XML, and no RSS feed", "publish RSS 2.0, whose first element is rss", RSS),
    "feed-doctype": (
        "declares a document type or entities, which can be used for an attack",
        "take the DOCTYPE out; RSS needs none",
        XML,
    ),
    "feed-encoding": ("is not in the encoding that it declares", "write it in UTF-8, and declare that", XML),
    "feed-damaged": ("is not well-formed XML", "escape & and < in texts; look at the line named", XML),
}
_USUAL = {"itunes": ITUNES, "podcast": PODCAST, "atom": ATOM, "content": CONTENT}


def _foreign_encoding(node: Node, _facts: Facts) -> Iterator[Found]:
    found = encoding_of(node)
    if found not in ("UTF-8", "UTF8", "US-ASCII", "ASCII"):
        yield node, found


def _declared(node: Node) -> dict[str, str]:
    """Every namespace declared at the root or at the channel: prefix and URI."""
    found = {prefix or "": uri for prefix, uri in node.element.nsmap.items()}
    for channel in node.children("channel"):
        found |= {prefix or "": uri for prefix, uri in channel.element.nsmap.items()}
    return found


def _wrong_namespaces(node: Node, _facts: Facts) -> Iterator[Found]:
    for prefix, uri in _declared(node).items():
        if prefix in _USUAL and PREFIXES.get(uri) != f"{prefix}:":
            yield node, f"xmlns:{prefix}={uri!r}, and must be {_USUAL[prefix]}"


def _no_itunes(node: Node, _facts: Facts) -> Iterator[Found]:
    declared = _declared(node)
    if ITUNES not in declared.values() and "itunes" not in declared:
        yield node, ITUNES


def _no_namespaces(node: Node, _facts: Facts) -> Iterator[Found]:
    declared = _declared(node)
    for prefix in ("podcast", "atom"):
        if prefix not in declared and not any(PREFIXES.get(uri) == f"{prefix}:" for uri in declared.values()):
            yield node, _USUAL[prefix]


RULES: tuple[Rule, ...] = (
    *family(
        APPLE, "rss",
        (W, "encoding-not-utf8", "is not in UTF-8", "write it in UTF-8, and declare that", _foreign_encoding),
        (E, "namespace-wrong", "binds a usual prefix to another namespace, so that apps see none of its tags",
         "write the namespace to the letter", _wrong_namespaces),
        (E, "namespace-itunes-missing", "does not declare Apple's namespace", "declare xmlns:itunes", _no_itunes),
    ),
    *family(
        PSP1, "rss",
        (W, "namespace-missing", "does not declare a namespace that PSP-1 asks for", "declare it", _no_namespaces),
    ),
    *family(
        RSS, "rss",
        (E, "version-missing", "has no version", 'write version="2.0"', lacks_attribute("version")),
        (E, "version-wrong", "is not RSS 2.0", 'write version="2.0"', attribute("version", one_of(("2.0",)))),
        (E, "channel-missing", "has no channel", "put the show into one channel", lacks("channel")),
        (E, "channel-twice", "is a second channel; apps read the first", "leave one", repeats("channel")),
    ),
)  # fmt: skip
