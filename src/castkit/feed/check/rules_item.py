"""Rules of an episode: what RSS, Apple and PSP-1 ask of an item.

Rule: a row for each; what the podcast namespace asks is in `rules_podcast` and `rules_media`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import unquote, urlsplit

from castkit.feed.check import crossing
from castkit.feed.check.addresses import is_the_feed
from castkit.feed.check.claims import attribute, is_blank, is_untrimmed, lacks, lacks_attribute, measured, shown, text
from castkit.feed.check.facts import Facts
from castkit.feed.check.node import Node
from castkit.feed.check.rule import APPLE, APPLE_TAGS, PSP1, RSS, E, Found, N, Rule, W, family
from castkit.feed.check.rules_channel import bytes_of, characters_of
from castkit.feed.check.values import (
    any_case,
    at_most,
    at_most_bytes,
    ending,
    has_right_weekday,
    is_above_zero,
    is_address,
    is_date,
    is_duration,
    is_whole,
    moment,
    one_of,
    seconds,
)
from castkit.feed.texts import DESCRIPTION_BYTES, PLAIN_CHARACTERS
from castkit.model.media_types import bare

# Apple's list of media, and the endings of each: "the URL's extension decides".
MEDIA = {
    "audio/mpeg": (".mp3",),
    "audio/x-m4a": (".m4a",),
    "audio/mp4": (".m4a", ".mp4"),
    "video/mp4": (".mp4", ".m4v"),
    "video/quicktime": (".mov",),
    "video/x-m4v": (".m4v",),
}
_APPLE = frozenset(MEDIA) - {"audio/mp4"}
_PLAYLISTS = ("application/x-mpegurl", "application/vnd.apple.mpegurl", "audio/mpegurl", "application/dash+xml")
_CLOCKS_DIFFER = timedelta(minutes=15)
_NUMBERED = re.compile(
    r"(?:ep(?:isode)?[\s.#:-]*\d+|s\d+\s*e\d+|#\d+|folge\s+\d+|第\s*[\d一二三四五六七八九十百]+\s*[期集回])",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"</?(?:b|i|em|strong|p|br|span|div|a)\b[^>]*>|&(?:amp|lt|gt|quot|#\d+);", re.IGNORECASE)
_ACTIVE = re.compile(r"<\s*(?:script|iframe|object|embed|form|style)\b|\son\w+\s*=\s*[\"']|javascript:", re.IGNORECASE)
_PLAIN_NAME = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@%/-]*")


def _is_media(value: str) -> bool:
    return bare(value).startswith(("audio/", "video/")) or bare(value) in _PLAYLISTS


def _is_no_playlist(value: str) -> bool:
    return bare(value) not in _PLAYLISTS


def _is_apples(value: str) -> bool:
    return bare(value) in _APPLE or not _is_media(value) or not _is_no_playlist(value)


def _wrong_ending(node: Node, _facts: Facts) -> Iterator[Found]:
    kind, url = bare(node.attribute("type") or ""), node.attribute("url") or ""
    if is_address(url) and kind in MEDIA and ending(url) not in MEDIA[kind]:
        yield node, f"{ending(url) or 'no extension'} for {kind}"


def _foreign_name(node: Node, _facts: Facts) -> Iterator[Found]:
    url = node.attribute("url") or ""
    if is_address(url) and not _PLAIN_NAME.fullmatch(unquote(urlsplit(url).path)):
        yield node, shown(unquote(urlsplit(url).path).rpartition("/")[2])


def _future(node: Node, facts: Facts) -> Iterator[Found]:
    when = moment(node.value)
    if facts.now and when and is_date(node.value) and when > facts.now + _CLOCKS_DIFFER:
        yield node, shown(node.value)


def _guid_no_address(node: Node, _facts: Facts) -> Iterator[Found]:
    if (node.attribute("isPermaLink") or "true").lower() == "true" and node.value and not is_address(node.value):
        yield node, shown(node.value)


def _zero(node: Node, _facts: Facts) -> Iterator[Found]:
    if seconds(node.value) == 0:
        yield node, ""


def _show_in_title(node: Node, _facts: Facts) -> Iterator[Found]:
    channel = node.parent.parent if node.parent else None
    name = channel.text_of("title").casefold() if channel else ""
    if len(name) > 3 and node.value.casefold() != name and node.value.casefold().startswith((name + ":", name + " -")):
        yield node, shown(node.value)


def _is_plain(value: str) -> bool:
    return not _MARKUP.search(value)


def _is_still(value: str) -> bool:
    return not _ACTIVE.search(value)


_DATE = 'write it as in "Wed, 30 Sep 2026 09:00:00 +0200"'
_NUMBER = "write a whole number from 1"
_ABSOLUTE = ("is no absolute http(s) address in ASCII", "write it whole, with https://")

RULES: tuple[Rule, ...] = (
    *family(
        APPLE, "item",
        (E, "item-title-missing", "has no title", "give the episode a title", lacks("title", "itunes:title")),
        (E, "enclosure-missing", "has no enclosure, so that no app shows it", "name its media file",
         lacks("enclosure")),
        (E, "guid-missing", "has no guid; a moved file makes it a new episode", "give it one that never changes",
         lacks("guid")),
        (W, "date-missing", "has no pubDate", _DATE, lacks("pubDate")),
        (W, "item-description-missing", "has no description", "say what the episode is about",
         lacks("description", "content:encoded", "itunes:summary")),
        (W, "duration-missing", "has no itunes:duration", "write its length in whole seconds",
         lacks("itunes:duration")),
    ),
    *family(
        PSP1, "item",
        (W, "item-link-missing", "has no link", "link to the episode's page", lacks("link")),
    ),
    *family(
        APPLE, "channel",
        (E, "guid-twice", "is the guid of another episode too", "give the newer one a guid of its own",
         crossing.shared_guids),
        (E, "enclosure-twice", "has the media file of another episode too", "give each episode its own file",
         crossing.shared_enclosures),
        (W, "number-twice", "has the number of another episode of the season", "number them one by one",
         crossing.shared_numbers),
        (E, "number-missing", "has no itunes:episode, and the show is serial", "number the episodes",
         crossing.unnumbered),
        (N, "order-odd", "is newer than the episode above it", "put the newest first", crossing.out_of_order),
    ),
    *family(
        APPLE_TAGS, "item/title",
        (E, "item-title-blank", "is empty", "give the episode a title", is_blank),
        (W, "item-title-long", "is longer than PSP-1 allows", f"keep to {PLAIN_CHARACTERS} characters",
         measured(at_most(PLAIN_CHARACTERS), characters_of)),
        (N, "item-title-number", "begins with the episode's number, and Apple asks for it in itunes:episode",
         "take it out of the title", text(lambda value: not _NUMBERED.match(value))),
        (N, "item-title-show", "begins with the show's name, which apps show beside it", "take it out",
         _show_in_title),
        (W, "item-title-markup", "holds markup, which apps show as it stands", "write plain text", text(_is_plain)),
        (W, "item-title-untrimmed", "has blanks at its ends", "take them away", is_untrimmed),
    ),
    *family(
        APPLE_TAGS, "item/description",
        (E, "item-description-long", f"is longer than {DESCRIPTION_BYTES} bytes, and Apple cuts it",
         "shorten it; the whole notes belong in content:encoded",
         measured(at_most_bytes(DESCRIPTION_BYTES), bytes_of)),
        (W, "item-description-blank", "is empty", "say what the episode is about", is_blank),
        (W, "description-active", "holds scripts or frames, which apps take out or run", "write p, ol, ul, li and a",
         text(_is_still)),
    ),
    *family(
        APPLE_TAGS, "content:encoded",
        (W, "notes-active", "holds scripts or frames, which apps take out or run", "write plain HTML",
         text(_is_still)),
    ),
    *family(
        RSS, "item/link",
        (E, "item-link-bad", *_ABSOLUTE, text(is_address)),
        (E, "item-link-is-feed", "links to the feed itself", "link to the episode's page", is_the_feed),
    ),
    *family(
        APPLE, "item/enclosure",
        (E, "enclosure-url-missing", "has no url", "write the media file's address", lacks_attribute("url")),
        (E, "enclosure-url-bad", *_ABSOLUTE, attribute("url", is_address)),
        (E, "enclosure-length-missing", "has no length", "write the file's length in bytes",
         lacks_attribute("length")),
        (E, "enclosure-length-bad", "has a length that is no number of bytes above zero",
         "write the file's length in bytes", attribute("length", is_above_zero)),
        (E, "enclosure-type-missing", "has no type", "write audio/mpeg for an MP3", lacks_attribute("type")),
        (E, "enclosure-type-bad", "has a type that is neither sound nor picture", "write audio/mpeg for an MP3",
         attribute("type", _is_media)),
        (E, "enclosure-stream", "is a playlist, and apps need a file", ("put an MP3 or MP4 here and the stream "
         "into podcast:alternateEnclosure"), attribute("type", _is_no_playlist)),
        (W, "enclosure-type-odd", "has a type that Apple does not list", ("MP3 (audio/mpeg) plays everywhere; for M4A "
         "write audio/x-m4a"), attribute("type", _is_apples)),
        (E, "enclosure-ending", "has a file name whose extension is not that of its type", ("name the file as its type "
         "asks"), _wrong_ending),
        (W, "enclosure-name", "has a file name with other letters than a-z, A-Z and 0-9", "rename the file",
         _foreign_name),
    ),
    *family(
        RSS, "item/guid",
        (E, "guid-blank", "is empty", "give the episode a guid that never changes", is_blank),
        (W, "guid-permalink", "claims to be an address, and is none", 'write isPermaLink="false"', _guid_no_address),
        (W, "guid-permalink-bad", "has an isPermaLink that is neither true nor false", "write false",
         attribute("isPermaLink", one_of(("true", "false")))),
        (W, "guid-untrimmed", "has blanks at its ends, which some apps count", "take them away", is_untrimmed),
    ),
    *family(
        APPLE, "item/pubDate",
        (E, "date-blank", "is empty", _DATE, is_blank),
        (E, "date-bad", "is no date of RFC 2822", _DATE, text(is_date)),
        (W, "date-weekday", "names another day of the week than its date has", "correct the one that is wrong",
         text(has_right_weekday)),
        (E, "date-future", "lies in the future; some apps show the episode at once, others never",
         "keep it out of the feed until then", _future),
    ),
    *family(
        APPLE_TAGS, "itunes:duration",
        (E, "duration-bad", "is no length of time", "write whole seconds", text(is_duration)),
        (E, "duration-zero", "is zero, and some apps hide the episode", "write its length in whole seconds", _zero),
        (W, "duration-blank", "is empty", "write its length in whole seconds", is_blank),
    ),
    *family(
        APPLE_TAGS, "itunes:episode",
        (E, "episode-bad", "is no whole number from 1", _NUMBER, text(is_above_zero)),
        (E, "episode-blank", "is empty", _NUMBER, is_blank),
    ),
    *family(
        APPLE_TAGS, "itunes:season",
        (E, "season-bad", "is no whole number from 1", _NUMBER, text(is_above_zero)),
        (E, "season-blank", "is empty", _NUMBER, is_blank),
    ),
    *family(
        APPLE_TAGS, "itunes:episodeType",
        (E, "episode-type-bad", "is none of full, trailer and bonus", "write one of them",
         text(any_case(("full", "trailer", "bonus")))),
    ),
    *family(
        APPLE_TAGS, "itunes:order",
        (W, "order-bad", "is no whole number", "leave it out; it is not read any more", text(is_whole)),
    ),
    *family(
        RSS, "item/source",
        (W, "source-bad", "has a url that is no absolute address", "write it whole", attribute("url", is_address)),
    ),
)  # fmt: skip
