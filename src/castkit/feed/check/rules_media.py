"""Rules of the podcast namespace for an episode's files: transcripts, chapters, soundbites, other forms of the media.

Rule: a row for each, from the page of its tag.
"""

from __future__ import annotations

from collections.abc import Iterator

from castkit.feed.check import crossing
from castkit.feed.check.claims import attribute, lacks, lacks_attribute, measured, shown
from castkit.feed.check.facts import Facts
from castkit.feed.check.node import Node
from castkit.feed.check.rule import TRANSCRIPT_FILES, E, Found, Rule, W, family
from castkit.feed.check.rule import namespace as page
from castkit.feed.check.rules_channel import characters_of
from castkit.feed.check.values import (
    at_most,
    ending,
    is_above_zero,
    is_address,
    is_any_address,
    is_date,
    is_integrity,
    is_iso_date,
    is_language,
    is_media_type,
    is_number,
    one_of,
    seconds,
)
from castkit.model.media_types import bare

# The namespace's list, and the endings of each that servers get right.
TRANSCRIPTS = {
    "text/vtt": (".vtt",),
    "application/x-subrip": (".srt",),
    "application/json": (".json",),
    "text/html": (".html", ".htm"),
    "text/plain": (".txt",),
}
_CHAPTERS = "application/json+chapters"
SHORTEST_S, LONGEST_S = 15, 120  # of a soundbite, recommended
_ABSOLUTE = ("is no absolute http(s) address in ASCII", "write it whole, with https://")


def _is_transcript(value: str) -> bool:
    return bare(value) in TRANSCRIPTS


def _wrong_ending(node: Node, _facts: Facts) -> Iterator[Found]:
    kind, found = bare(node.attribute("type") or ""), ending(node.attribute("url") or "")
    known = {one for endings in TRANSCRIPTS.values() for one in endings}
    if found in known and found not in TRANSCRIPTS.get(kind, (found,)):
        yield node, f"{found} for {kind}"


def _same_address(node: Node, _facts: Facts) -> Iterator[Found]:
    seen: set[str] = set()
    for transcript in node.children("podcast:transcript"):
        url = transcript.attribute("url") or ""
        if url and url in seen:
            yield transcript, ""
        seen.add(url)


def _odd_length(node: Node, _facts: Facts) -> Iterator[Found]:
    value = node.attribute("duration") or ""
    if is_number(value) and float(value) > 0 and not SHORTEST_S <= float(value) <= LONGEST_S:
        yield node, f"{value} s"


def _no_length(node: Node, _facts: Facts) -> Iterator[Found]:
    value = node.attribute("duration") or ""
    if value and (not is_number(value) or float(value) <= 0):
        yield node, repr(value)


def _outside(node: Node, _facts: Facts) -> Iterator[Found]:
    start, length = node.attribute("startTime") or "", node.attribute("duration") or ""
    whole = seconds(node.parent.text_of("itunes:duration")) if node.parent else None
    if whole and is_number(start) and is_number(length) and float(start) + float(length) > whole + 1:
        yield node, f"it ends at {float(start) + float(length):g} s, and the episode at {whole} s"


def _bad_digest(node: Node, _facts: Facts) -> Iterator[Found]:
    value = node.attribute("value") or ""
    if node.attribute("type") == "sri" and value and not is_integrity(value):
        yield node, shown(value)


RULES: tuple[Rule, ...] = (
    *family(
        page("transcript"), "podcast:transcript",
        (E, "transcript-url-missing", "has no url", "write the file's address", lacks_attribute("url")),
        (E, "transcript-url-bad", *_ABSOLUTE, attribute("url", is_address)),
        (E, "transcript-type-missing", "has no type, and apps pass it over", "write text/vtt or application/x-subrip",
         lacks_attribute("type")),
        (E, "transcript-type-bad", "has a type that apps do not know", f"write one of {', '.join(TRANSCRIPTS)}",
         attribute("type", _is_transcript)),
        (E, "transcript-language-bad", "has a language that is no language tag", "write a BCP 47 tag such as zh-Hans",
         attribute("language", is_language)),
        (W, "transcript-rel-bad", "has a rel that is not captions", "write captions, or leave it out",
         attribute("rel", one_of(("captions",)))),
    ),
    *family(
        TRANSCRIPT_FILES, "podcast:transcript",
        (W, "transcript-ending", "has a file name of another kind than its type", "correct the one that is wrong",
         _wrong_ending),
    ),
    *family(
        page("transcript"), "item",
        (W, "transcript-twice", "names a file that is named already", "leave one", _same_address),
    ),
    *family(
        page("transcript"), "channel",
        (W, "transcript-order", ("stands before the one in the feed's language, and some apps take the first whatever "
         "its language"), "put the feed's own language first", crossing.transcripts_out_of_order),
    ),
    *family(
        page("chapters"), "podcast:chapters",
        (E, "chapters-url-missing", "has no url", "write the file's address", lacks_attribute("url")),
        (E, "chapters-url-bad", *_ABSOLUTE, attribute("url", is_address)),
        (E, "chapters-type-missing", "has no type", f"write {_CHAPTERS}", lacks_attribute("type")),
        (E, "chapters-type-bad", f"has another type than {_CHAPTERS}", f"write {_CHAPTERS}",
         attribute("type", lambda value: bare(value) == _CHAPTERS)),
    ),
    *family(
        page("soundbite"), "podcast:soundbite",
        (E, "soundbite-start-missing", "has no startTime", "write where it begins, in seconds",
         lacks_attribute("startTime")),
        (E, "soundbite-start-bad", "has a startTime that is no number of seconds", "write where it begins, in seconds",
         attribute("startTime", is_number)),
        (E, "soundbite-duration-missing", "has no duration", "write how long it is, in seconds",
         lacks_attribute("duration")),
        (E, "soundbite-duration-bad", "has a duration that is no number of seconds above zero",
         "write how long it is, in seconds", _no_length),
        (W, "soundbite-length", f"is not between {SHORTEST_S} and {LONGEST_S} seconds long", "choose another stretch",
         _odd_length),
        (E, "soundbite-outside", "ends after the episode", "correct its times", _outside),
        (W, "soundbite-long", "is longer than 128 characters, and apps cut it", "shorten it",
         measured(at_most(128), characters_of)),
    ),
    *family(
        page("alternate-enclosure"), "podcast:alternateEnclosure",
        (E, "alternate-type-missing", "has no type", "write the media type, as in video/mp4", lacks_attribute("type")),
        (E, "alternate-type-bad", "has a type that is no media type", "write it as in video/mp4",
         attribute("type", is_media_type)),
        (E, "alternate-source-missing", "has no podcast:source", "put the file's address into one",
         lacks("podcast:source")),
        (E, "alternate-length-bad", "has a length that is no number of bytes above zero",
         "write the file's length in bytes", attribute("length", is_above_zero)),
        (E, "alternate-bitrate-bad", "has a bitrate that is no number", "write bits per second",
         attribute("bitrate", is_number)),
        (E, "alternate-height-bad", "has a height that is no number of pixels", "write the pixels alone",
         attribute("height", is_above_zero)),
        (E, "alternate-lang-bad", "has a lang that is no language tag", "write a BCP 47 tag such as zh-Hans",
         attribute("lang", is_language)),
        (W, "alternate-title-long", "has a title longer than 32 characters, and apps cut it", "shorten it",
         attribute("title", at_most(32))),
        (W, "alternate-rel-long", "has a rel longer than 32 characters", "shorten it", attribute("rel", at_most(32))),
        (W, "alternate-default-bad", "has a default that is neither true nor false", "write true or false",
         attribute("default", one_of(("true", "false")))),
    ),
    *family(
        page("alternate-enclosure"), "channel",
        (W, "alternate-defaults", "is a second one with default=\"true\"", "leave one", crossing.two_defaults),
    ),
    *family(
        page("source"), "podcast:source",
        (E, "source-uri-missing", "has no uri", "write the file's address", lacks_attribute("uri")),
        (E, "source-uri-bad", "has a uri that is no absolute address", "write it whole, with https://",
         attribute("uri", is_any_address)),
        (E, "source-type-bad", "has a contentType that is no media type", "write it as in video/mp4",
         attribute("contentType", is_media_type)),
    ),
    *family(
        page("integrity"), "podcast:integrity",
        (E, "integrity-type-missing", "has no type", "write sri", lacks_attribute("type")),
        (E, "integrity-type-bad", "has a type that is neither sri nor pgp-signature", "write sri",
         attribute("type", one_of(("sri", "pgp-signature")))),
        (E, "integrity-value-missing", "has no value", "write the digest", lacks_attribute("value")),
        (E, "integrity-value-bad", "has a value that is no digest as SRI writes it", ("write sha256- and the digest in "
         "base64"), _bad_digest),
    ),
    *family(
        page("live-item"), "podcast:liveItem",
        (E, "live-status-missing", "has no status", "write pending, live or ended", lacks_attribute("status")),
        (E, "live-status-bad", "has a status that is none of pending, live and ended", "write one of them",
         attribute("status", one_of(("pending", "live", "ended")))),
        (E, "live-start-missing", "has no start", "write when it begins, in ISO 8601", lacks_attribute("start")),
        (E, "live-start-bad", "has a start that is no ISO 8601 date", "write it as in 2026-09-30T09:00:00Z",
         attribute("start", lambda value: is_iso_date(value) or is_date(value))),
    ),
    *family(
        page("content-link"), "podcast:contentLink",
        (E, "content-link-missing", "has no href", "write the address", lacks_attribute("href")),
        (E, "content-link-bad", *_ABSOLUTE, attribute("href", is_address)),
    ),
    *family(
        page("chat"), "podcast:chat",
        (E, "chat-server-missing", "has no server", "write the chat's server", lacks_attribute("server")),
        (E, "chat-protocol-missing", "has no protocol", "write the chat's protocol", lacks_attribute("protocol")),
    ),
)  # fmt: skip
