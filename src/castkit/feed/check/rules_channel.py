"""Rules of the channel: what RSS, Apple and PSP-1 ask of the show.

Rule: a row for each; what the podcast namespace asks is in `rules_podcast`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from castkit.feed.check.addresses import is_the_feed
from castkit.feed.check.claims import (
    attribute,
    has,
    is_blank,
    is_untrimmed,
    lacks,
    lacks_attribute,
    measured,
    shown,
    text,
)
from castkit.feed.check.facts import Facts
from castkit.feed.check.node import Node
from castkit.feed.check.rule import (
    APPLE,
    APPLE_ART,
    APPLE_CATEGORIES,
    APPLE_TAGS,
    ATOM_SOURCE,
    PSP1,
    RSS,
    E,
    Found,
    N,
    Rule,
    W,
    family,
)
from castkit.feed.check.values import (
    any_case,
    at_most,
    at_most_bytes,
    ending,
    is_address,
    is_date,
    is_e_mail,
    is_language,
    is_whole,
    one_of,
)
from castkit.feed.texts import DESCRIPTION_BYTES, PLAIN_CHARACTERS, byte_length
from castkit.model.categories import CATEGORIES, SEPARATOR, is_known

_PICTURES = (".jpg", ".jpeg", ".png")
_OLD_EXPLICIT = ("yes", "no", "clean", "explicit")
_DAMAGED = "\ufffd"


def _no_self(node: Node, _facts: Facts) -> Iterator[Found]:
    if not any(link.attribute("rel") == "self" for link in node.children("atom:link")):
        yield node, ""


def _other_self(node: Node, facts: Facts) -> Iterator[Found]:
    for link in node.children("atom:link"):
        href = link.attribute("href") or ""
        if facts.feed_url and link.attribute("rel") == "self" and href and href != facts.feed_url:
            yield link, f"{shown(href)}, and the feed is at {facts.feed_url}"


def _category(node: Node) -> str:
    """A category as castkit.toml writes it, its parent's name before it."""
    own = " ".join((node.attribute("text") or "").split())
    parent = node.parent
    if parent is not None and parent.name == "itunes:category":
        return f"{_category(parent)} {SEPARATOR} {own}"
    return own


def _unknown_category(node: Node, _facts: Facts) -> Iterator[Found]:
    name = _category(node)
    if not node.attribute("text") or is_known(name):
        return
    if node.parent is not None and node.parent.name == "itunes:category" and not is_known(_category(node.parent)):
        return  # said of the parent
    near = difflib.get_close_matches(name, CATEGORIES, 1)
    yield node, shown(name) + (f"; did you mean {near[0]!r}?" if near else "")


def _no_episodes(node: Node, _facts: Facts) -> Iterator[Found]:
    if not node.children("item") and not node.children("podcast:liveItem"):
        yield node, ""


def _damaged(node: Node, _facts: Facts) -> Iterator[Found]:
    for name in ("title", "description", "itunes:author"):
        yield from ((child, "") for child in node.children(name) if _DAMAGED in child.text)


def bytes_of(value: str) -> str:
    return f"{byte_length(value)} bytes"


def characters_of(value: str) -> str:
    return f"{len(value)} characters"


def picture(value: str) -> bool:
    """Whether the address may be art: by its file's extension, or without one."""
    return ending(value) in ("", *_PICTURES)


_DATE = 'write it as in "Wed, 30 Sep 2026 09:00:00 +0200"'
_FLAG = "write Yes, or leave the tag out"

RULES: tuple[Rule, ...] = (
    *family(
        APPLE, "channel",
        (E, "title-missing", "has no title", "give the show a title", lacks("title")),
        (E, "description-missing", "has no description", "say what the show is about", lacks("description")),
        (E, "image-missing", "has no itunes:image", "name a square JPEG or PNG of 1400 to 3000 pixels",
         lacks("itunes:image")),
        (E, "language-missing", "has no language", "write a BCP 47 tag such as en or zh-Hans", lacks("language")),
        (E, "category-missing", "has no itunes:category", "name one of Apple's", lacks("itunes:category")),
        (E, "explicit-missing", "has no itunes:explicit", "write true or false", lacks("itunes:explicit")),
        (W, "author-missing", "has no itunes:author", "name who makes the show", lacks("itunes:author")),
        (N, "episodes-missing", "has no episode; directories take a show with its first one", "publish an episode",
         _no_episodes),
        (W, "text-damaged", "holds the mark of a character that could not be read", ("correct the text where it comes "
         "from, and write UTF-8"), _damaged),
    ),
    *family(
        PSP1, "channel",
        (E, "link-missing", "has no link", "link to the show's page", lacks("link")),
        (E, "self-missing", "has no atom:link with rel=\"self\"", "write the feed's own address there", _no_self),
        (W, "self-elsewhere", "names another address as the feed's own", "write the address at which it is read",
         _other_self),
        (W, "guid-feed-missing", "has no podcast:guid", "give the show one, once and for ever", lacks("podcast:guid")),
        (W, "locked-missing", "has no podcast:locked", "write yes, so that nobody else can move the show",
         lacks("podcast:locked")),
    ),
    *family(
        APPLE, "channel/title",
        (E, "title-blank", "is empty", "give the show a title", is_blank),
        (W, "title-long", "is longer than PSP-1 allows", f"keep to {PLAIN_CHARACTERS} characters",
         measured(at_most(PLAIN_CHARACTERS), characters_of)),
        (W, "title-untrimmed", "has blanks at its ends", "take them away", is_untrimmed),
    ),
    *family(
        APPLE_TAGS, "channel/description",
        (E, "description-blank", "is empty", "say what the show is about", is_blank),
        (E, "description-long", f"is longer than {DESCRIPTION_BYTES} bytes, and Apple refuses it or cuts it",
         "shorten it; a Chinese character has three bytes", measured(at_most_bytes(DESCRIPTION_BYTES), bytes_of)),
    ),
    *family(
        RSS, "channel/link",
        (E, "link-blank", "is empty", "link to the show's page", is_blank),
        (E, "link-bad", "is no absolute http(s) address in ASCII", "write it whole, with https://", text(is_address)),
        (E, "link-is-feed", "links to the feed itself", "link to a page that people can read", is_the_feed),
    ),
    *family(
        APPLE, "channel/language",
        (E, "language-blank", "is empty", "write a BCP 47 tag such as en or zh-Hans", is_blank),
        (E, "language-bad", "is no language tag", "write a BCP 47 tag such as en or zh-Hans", text(is_language)),
    ),
    *family(
        APPLE_ART, "itunes:image",
        (E, "image-address-missing", "has no href", "write the picture's address as href", lacks_attribute("href")),
        (E, "image-address-bad", "is no absolute http(s) address in ASCII", "write it whole, with https://",
         attribute("href", is_address)),
        (E, "image-kind", "is no JPEG or PNG by its name", "save it as .jpg or .png, and name that",
         attribute("href", picture)),
    ),
    *family(
        APPLE_CATEGORIES, "itunes:category",
        (E, "category-blank", "has no text", "name one of Apple's categories", lacks_attribute("text")),
        (E, "category-unknown", "is none of Apple's categories", "take one from Apple's list, to the letter",
         _unknown_category),
    ),
    *family(
        APPLE_TAGS, "itunes:explicit",
        (E, "explicit-bad", "is neither true nor false", "write true or false",
         text(any_case(("true", "false", *_OLD_EXPLICIT)))),
        (E, "explicit-blank", "is empty", "write true or false", is_blank),
        (W, "explicit-old", "is written as it was years ago", "write true or false",
         text(lambda value: value.lower() not in _OLD_EXPLICIT)),
    ),
    *family(
        APPLE_TAGS, "itunes:author",
        (W, "author-blank", "is empty", "name who makes the show", is_blank),
        (W, "author-long", "is longer than PSP-1 allows", f"keep to {PLAIN_CHARACTERS} characters",
         measured(at_most(PLAIN_CHARACTERS), characters_of)),
    ),
    *family(
        APPLE_TAGS, "itunes:owner",
        (N, "owner-e-mail-missing", "has no e-mail address; some directories verify by it", "write itunes:email",
         lacks("itunes:email")),
    ),
    *family(
        APPLE_TAGS, "itunes:email",
        (E, "owner-e-mail-bad", "is no e-mail address", "write one that is read", text(is_e_mail)),
    ),
    *family(
        APPLE_TAGS, "itunes:type",
        (E, "type-bad", "is neither episodic nor serial", "write episodic or serial",
         text(any_case(("episodic", "serial")))),
    ),
    *family(
        APPLE_TAGS, "itunes:block",
        (W, "block-bad", "has no effect: only Yes has", _FLAG, text(one_of(("Yes", "yes", "No", "no")))),
        (N, "block-on", "hides this from Apple Podcasts", "take the tag out to have it shown",
         text(lambda value: value.lower() != "yes")),
    ),
    *family(
        APPLE_TAGS, "itunes:complete",
        (W, "complete-bad", "has no effect: only Yes has", _FLAG, text(one_of(("Yes", "yes", "No", "no")))),
    ),
    *family(
        APPLE_TAGS, "itunes:new-feed-url",
        (E, "new-feed-url-bad", "is no absolute http(s) address in ASCII", "write the new feed's whole address",
         text(is_address)),
        (E, "new-feed-url-blank", "is empty", "write the new feed's whole address, or take the tag out", is_blank),
    ),
    *family(
        ATOM_SOURCE, "channel/atom:link",
        (E, "atom-link-blank", "has no href", "write the address as href", lacks_attribute("href")),
        (E, "atom-link-bad", "is no absolute http(s) address in ASCII", "write it whole, with https://",
         attribute("href", is_address)),
    ),
    *family(
        RSS, "channel/pubDate",
        (E, "date-feed-bad", "is no date of RFC 2822", _DATE, text(is_date)),
    ),
    *family(
        RSS, "channel/lastBuildDate",
        (E, "date-built-bad", "is no date of RFC 2822", _DATE, text(is_date)),
    ),
    *family(
        RSS, "channel/ttl",
        (W, "ttl-bad", "is no whole number of minutes", "write a number such as 60", text(is_whole)),
    ),
    *family(
        RSS, "channel/image",
        (W, "rss-image-url", "has no url", "write the picture's address", lacks("url")),
        (W, "rss-image-title", "has no title", "write the show's title", lacks("title")),
        (W, "rss-image-link", "has no link", "write the show's link", lacks("link")),
    ),
    *family(
        RSS, "image/url",
        (W, "rss-image-bad", "is no absolute http(s) address in ASCII", "write it whole, with https://",
         text(is_address)),
    ),
    *family(
        APPLE, "channel",
        (W, "enclosure-misplaced", "stands outside the episodes", "move it into its item", has("enclosure")),
    ),
)  # fmt: skip
