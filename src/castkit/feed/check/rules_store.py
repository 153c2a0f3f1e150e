"""Rules that need more than the feed: the objects it names, as the store or a server has them.

Rule: only what the caller's facts say is judged; an address that they do not name is not, unless it lies below `base`.
"""

from __future__ import annotations

from collections.abc import Iterator

from castkit.feed.check.facts import Facts
from castkit.feed.check.node import Node
from castkit.feed.check.rule import (
    APPLE,
    APPLE_ART,
    CHAPTER_FILES,
    TRANSCRIPT_FILES,
    Check,
    E,
    Found,
    Row,
    Rule,
    W,
    family,
)
from castkit.model.media_types import same_type

_AGAIN = "publish the episode again"


def _missing(name: str) -> Check:
    def check(node: Node, facts: Facts) -> Iterator[Found]:
        url = node.attribute(name) or ""
        if facts.base and url.startswith(facts.base) and url not in facts.objects:
            yield node, url

    return check


def _length(name: str) -> Check:
    def check(node: Node, facts: Facts) -> Iterator[Found]:
        stored, said = facts.objects.get(node.attribute(name) or ""), node.attribute("length")
        if stored and said and said.isdigit() and int(said) != 0 and int(said) != stored.length:
            yield node, f"{said}, and the object has {stored.length} bytes"

    return check


def _type(name: str, said_in: str = "type") -> Check:
    def check(node: Node, facts: Facts) -> Iterator[Found]:
        stored, said = facts.objects.get(node.attribute(name) or ""), node.attribute(said_in)
        if stored and said and stored.type and not same_type(said, stored.type):
            yield node, f"{said}, and the object is served as {stored.type}"

    return check


def _alternate(node: Node, facts: Facts) -> Iterator[Found]:
    said = node.attribute("length")
    for source in node.children("podcast:source"):
        stored = facts.objects.get(source.attribute("uri") or "")
        if stored and said and said.isdigit() and int(said) != 0 and int(said) != stored.length:
            yield node, f"{said}, and the object has {stored.length} bytes"


def _problem(name: str) -> Check:
    def check(node: Node, facts: Facts) -> Iterator[Found]:
        if words := facts.problems.get(node.attribute(name) or ""):
            yield node, words

    return check


def _there(prefix: str, name: str) -> Row:
    return (E, f"{prefix}-not-there", "names an object that is not there", _AGAIN, _missing(name))


def _typed(prefix: str, name: str) -> Row:
    return (E, f"{prefix}-type-served", "has another type than its object", ("correct the object's Content-Type, or "
            "publish again"), _type(name))  # fmt: skip


RULES: tuple[Rule, ...] = (
    *family(
        APPLE, "item/enclosure",
        _there("enclosure", "url"),
        _typed("enclosure", "url"),
        (E, "enclosure-length-served", "has another length than its object", _AGAIN, _length("url")),
    ),
    *family(
        TRANSCRIPT_FILES, "podcast:transcript",
        _there("transcript", "url"),
        _typed("transcript", "url"),
        (E, "transcript-damaged", "names a file that is no such transcript", "correct it, and publish again",
         _problem("url")),
    ),
    *family(
        CHAPTER_FILES, "podcast:chapters",
        _there("chapters", "url"),
        _typed("chapters", "url"),
        (E, "chapters-damaged", "names a file that is no list of chapters", "correct it, and publish again",
         _problem("url")),
    ),
    *family(
        APPLE, "podcast:source",
        _there("source", "uri"),
        (E, "source-type-served", "has another type than its object", ("correct the object's Content-Type, or publish "
         "again"), _type("uri", "contentType")),
    ),
    *family(
        APPLE, "podcast:alternateEnclosure",
        (E, "alternate-length-served", "has another length than its object", _AGAIN, _alternate),
    ),
    *family(
        APPLE_ART, "itunes:image",
        _there("image", "href"),
        (E, "image-bad", "is a picture that directories refuse", ("give a square PNG or JPEG of 1400 to 3000 pixels, "
         "in RGB"), _problem("href")),
    ),
    *family(
        APPLE, "podcast:trailer",
        _there("trailer", "url"),
        (W, "trailer-length-served", "has another length than its object", _AGAIN, _length("url")),
    ),
)  # fmt: skip
