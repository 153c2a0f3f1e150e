"""Rules of the podcast namespace for the show: identity, people, places, money, what it is and how often.

Rule: a row for each, from the page of its tag; what is about an episode's files is in `rules_media`.
"""

from __future__ import annotations

from collections.abc import Iterator

from castkit.feed.check import crossing
from castkit.feed.check.claims import attribute, is_blank, lacks, lacks_attribute, measured, shown, text
from castkit.feed.check.facts import Facts
from castkit.feed.check.node import Node
from castkit.feed.check.rule import TAXONOMY, E, Found, N, Rule, W, family
from castkit.feed.check.rule import namespace as page
from castkit.feed.check.rules_channel import characters_of
from castkit.feed.check.values import (
    any_case,
    at_most,
    is_above_zero,
    is_address,
    is_any_address,
    is_date,
    is_e_mail,
    is_geo,
    is_iso_date,
    is_number,
    is_osm,
    is_ratio,
    is_recurrence,
    is_uuid,
    is_uuid5,
    is_whole,
    one_of,
)
from castkit.model.licences import LICENCES
from castkit.model.roles import GROUP_OF

_MEDIUMS = ("podcast", "music", "video", "film", "audiobook", "newsletter", "blog", "publisher", "course")
MEDIUMS = frozenset([*_MEDIUMS, *(f"{name}L" for name in _MEDIUMS), "mixed"])
_ROLES, _GROUPS = frozenset(GROUP_OF), frozenset(GROUP_OF.values())
_ABSOLUTE = ("is no absolute http(s) address in ASCII", "write it whole, with https://")
_YES_NO = one_of(("yes", "no"))
_TRUE_FALSE = one_of(("true", "false"))


def _custom_licence(node: Node, _facts: Facts) -> Iterator[Found]:
    if node.value and node.value.lower() not in LICENCES and not node.attribute("url"):
        yield node, shown(node.value)


def _counted_without_start(node: Node, _facts: Facts) -> Iterator[Found]:
    if "COUNT=" in (node.attribute("rrule") or "") and not node.attribute("dtstart"):
        yield node, ""


def _no_thread(node: Node, _facts: Facts) -> Iterator[Found]:
    if node.attribute("protocol") not in (None, "disabled") and not node.attribute("uri"):
        yield node, ""


def _list_with_items(node: Node, _facts: Facts) -> Iterator[Found]:
    channel = node.parent
    if channel is not None and node.value in MEDIUMS and (node.value.endswith("L") or node.value == "mixed"):
        yield from ((item, node.value) for item in channel.children("item")[:1])


def _not_one_publisher(node: Node, _facts: Facts) -> Iterator[Found]:
    items = node.children("podcast:remoteItem")
    if len(items) != 1 or items[0].attribute("medium") != "publisher":
        yield node, ""


RULES: tuple[Rule, ...] = (
    *family(
        page("person"), "podcast:person",
        (E, "person-blank", "has no name", "write the person's name", is_blank),
        (W, "person-long", "is longer than 128 characters, and apps cut it", "shorten it",
         measured(at_most(128), characters_of)),
        (E, "person-img-bad", "has an img that is no absolute http(s) address", "write it whole, with https://",
         attribute("img", is_address)),
        (E, "person-href-bad", "has an href that is no absolute http(s) address", "write it whole, with https://",
         attribute("href", is_address)),
    ),
    *family(
        TAXONOMY, "podcast:person",
        (E, "person-role-unknown", "has a role that the Podcast Taxonomy does not know", ("write host, guest, "
         "translator …"), attribute("role", any_case(_ROLES))),
        (E, "person-group-unknown", "has a group that the Podcast Taxonomy does not know", "write cast, writing …",
         attribute("group", any_case(_GROUPS))),
    ),
    *family(
        page("person"), "channel",
        (W, "hosts-lost", "and the people beside it replace the channel's, and no host is among them",
         "name the hosts again", crossing.hosts_lost),
    ),
    *family(
        page("guid"), "podcast:guid",
        (E, "guid-feed-blank", "is empty", "write the show's UUID", is_blank),
        (E, "guid-feed-bad", "is no UUID", "write the UUIDv5 of the feed's first address", text(is_uuid)),
        (W, "guid-feed-version", "is no UUID of version 5", "keep it if the show has always had it", text(is_uuid5)),
    ),
    *family(
        page("locked"), "podcast:locked",
        (E, "locked-bad", "is neither yes nor no", "write yes or no", text(_YES_NO)),
        (E, "locked-blank", "is empty", "write yes or no", is_blank),
        (W, "locked-owner-bad", "has an owner that is no e-mail address", "write the owner's e-mail address",
         attribute("owner", is_e_mail)),
    ),
    *family(
        page("medium"), "podcast:medium",
        (E, "medium-unknown", "is no medium of the namespace", "write podcast or video", text(one_of(MEDIUMS))),
        (E, "medium-blank", "is empty", "write podcast or video", is_blank),
        (W, "medium-list", "is an episode in a list of other feeds' episodes", "write the medium without its L",
         _list_with_items),
    ),
    *family(
        page("location"), "podcast:location",
        (E, "location-blank", "has no name", "name the place", is_blank),
        (W, "location-long", "is longer than 128 characters, and apps cut it", "shorten it",
         measured(at_most(128), characters_of)),
        (E, "location-geo-bad", "has a geo that is no geo: address", "write geo:LATITUDE,LONGITUDE",
         attribute("geo", is_geo)),
        (E, "location-osm-bad", "has an osm that is no name of OpenStreetMap", "write N, W or R and the number",
         attribute("osm", is_osm)),
        (W, "location-rel-bad", "has a rel that is neither subject nor creator", "write one of them",
         attribute("rel", one_of(("subject", "creator")))),
        (W, "location-country-bad", "has a country that is no code of two letters", "write it as in de or cn",
         attribute("country", lambda value: len(value) == 2 and value.isascii() and value.isalpha())),
    ),
    *family(
        page("license"), "podcast:license",
        (E, "licence-blank", "is empty", "write an SPDX name in small letters", is_blank),
        (E, "licence-url-missing", "is no known licence, and has no url", "write the url of its text",
         _custom_licence),
        (W, "licence-case", "is not in small letters", "write it in small letters",
         text(lambda value: value.islower() or value.lower() not in LICENCES)),
        (E, "licence-url-bad", "has a url that is no absolute http(s) address", "write it whole",
         attribute("url", is_address)),
    ),
    *family(
        page("txt"), "podcast:txt",
        (W, "txt-blank", "is empty", "write a text, or take it out", is_blank),
        (W, "txt-long", "is longer than 4000 characters, and apps cut it", "shorten it",
         measured(at_most(4000), characters_of)),
        (W, "txt-purpose-long", "has a purpose longer than 128 characters", "shorten it",
         attribute("purpose", at_most(128))),
    ),
    *family(
        page("update-frequency"), "podcast:updateFrequency",
        (W, "frequency-blank", "has no text", "write it for people, as in Weekly", is_blank),
        (W, "frequency-long", "is longer than 128 characters, and apps cut it", "shorten it",
         measured(at_most(128), characters_of)),
        (E, "frequency-rrule-bad", "has an rrule that is none of RFC 5545", "write it as in FREQ=WEEKLY",
         attribute("rrule", is_recurrence)),
        (E, "frequency-start-bad", "has a dtstart that is no ISO 8601 date", "write it as in 2026-09-30",
         attribute("dtstart", is_iso_date)),
        (E, "frequency-start-missing", "counts episodes (COUNT) and has no dtstart", "write the first date",
         _counted_without_start),
        (W, "frequency-complete-bad", "has a complete that is neither true nor false", "write true or false",
         attribute("complete", _TRUE_FALSE)),
    ),
    *family(
        page("trailer"), "podcast:trailer",
        (E, "trailer-url-missing", "has no url", "write the media file's address", lacks_attribute("url")),
        (E, "trailer-url-bad", *_ABSOLUTE, attribute("url", is_address)),
        (E, "trailer-date-missing", "has no pubdate", "write the date it was published",
         lacks_attribute("pubdate")),
        (E, "trailer-date-bad", "has a pubdate that is no date of RFC 2822", "write it as pubDate is",
         attribute("pubdate", is_date)),
        (E, "trailer-blank", "has no title", "write its title", is_blank),
        (W, "trailer-long", "is longer than 128 characters, and apps cut it", "shorten it",
         measured(at_most(128), characters_of)),
        (E, "trailer-length-bad", "has a length that is no number of bytes above zero", "write the file's length",
         attribute("length", is_above_zero)),
        (E, "trailer-season-bad", "has a season that is no number", "write the season's number",
         attribute("season", is_whole)),
    ),
    *family(
        page("funding"), "podcast:funding",
        (E, "funding-url-missing", "has no url", "write where one can give", lacks_attribute("url")),
        (E, "funding-url-bad", *_ABSOLUTE, attribute("url", is_address)),
        (W, "funding-blank", "has no text", "write what the link says", is_blank),
        (W, "funding-long", "is longer than 128 characters, and apps cut it", "shorten it",
         measured(at_most(128), characters_of)),
    ),
    *family(
        page("block"), "podcast:block",
        (E, "block-value-bad", "is neither yes nor no", "write yes or no", text(_YES_NO)),
        (E, "block-blank", "is empty", "write yes or no", is_blank),
    ),
    *family(
        page("image"), "podcast:image",
        (E, "picture-address-missing", "has no href", "write the picture's address", lacks_attribute("href")),
        (E, "picture-address-bad", *_ABSOLUTE, attribute("href", is_address)),
        (W, "picture-ratio-bad", "has an aspect-ratio that is none", "write it as in 16/9",
         attribute("aspect-ratio", is_ratio)),
        (W, "picture-width-bad", "has a width that is no number of pixels", "write the pixels alone",
         attribute("width", is_above_zero)),
        (W, "picture-height-bad", "has a height that is no number of pixels", "write the pixels alone",
         attribute("height", is_above_zero)),
        (W, "picture-purpose-long", "has a purpose longer than 128 characters", "shorten it",
         attribute("purpose", at_most(128))),
    ),
    *family(
        page("images-(deprecated)"), "podcast:images",
        (N, "images-old", "is the old form of podcast:image", "write podcast:image", lacks("podcast:image")),
    ),
    *family(
        page("remote-item"), "podcast:remoteItem",
        (E, "remote-guid-missing", "has no feedGuid", "write the podcast:guid of the feed meant",
         lacks_attribute("feedGuid")),
        (E, "remote-guid-bad", "has a feedGuid that is no UUID", "write the podcast:guid of the feed meant",
         attribute("feedGuid", is_uuid)),
        (E, "remote-url-bad", "has a feedUrl that is no absolute http(s) address", "write it whole",
         attribute("feedUrl", is_address)),
        (E, "remote-medium-unknown", "has a medium that the namespace does not know", "write podcast",
         attribute("medium", one_of(MEDIUMS))),
    ),
    *family(
        page("podroll"), "podcast:podroll",
        (E, "podroll-empty", "names no other show", "put podcast:remoteItem into it", lacks("podcast:remoteItem")),
    ),
    *family(
        page("publisher"), "podcast:publisher",
        (E, "publisher-bad", 'must hold one podcast:remoteItem with medium="publisher"', "write that",
         _not_one_publisher),
    ),
    *family(
        page("podping"), "podcast:podping",
        (W, "podping-bad", "has a usesPodping that is neither true nor false", "write true or false",
         attribute("usesPodping", _TRUE_FALSE)),
    ),
    *family(
        page("social-interact"), "podcast:socialInteract",
        (E, "social-protocol-missing", "has no protocol", "write activitypub, or disabled",
         lacks_attribute("protocol")),
        (E, "social-uri-missing", "has no uri", "write the address of the thread's first post", _no_thread),
        (E, "social-uri-bad", "has a uri that is no absolute address", "write it whole",
         attribute("uri", is_any_address)),
        (W, "social-priority-bad", "has a priority that is no whole number", "write 1 for the first",
         attribute("priority", is_whole)),
    ),
    *family(
        page("value"), "podcast:value",
        (E, "value-type-missing", "has no type", "write lightning", lacks_attribute("type")),
        (E, "value-method-missing", "has no method", "write keysend", lacks_attribute("method")),
        (E, "value-recipient-missing", "names no recipient", "put podcast:valueRecipient into it",
         lacks("podcast:valueRecipient")),
    ),
    *family(
        page("value-recipient"), "podcast:valueRecipient",
        (E, "recipient-type-missing", "has no type", "write node", lacks_attribute("type")),
        (E, "recipient-address-missing", "has no address", "write where the money goes",
         lacks_attribute("address")),
        (E, "recipient-split-missing", "has no split", "write its share", lacks_attribute("split")),
        (E, "recipient-split-bad", "has a split that is no whole number", "write its share as a whole number",
         attribute("split", is_whole)),
    ),
    *family(
        page("season"), "podcast:season",
        (E, "season-number-bad", "is no whole number", "write the season's number", text(is_whole)),
        (E, "season-number-blank", "is empty", "write the season's number", is_blank),
        (W, "season-name-long", "has a name longer than 128 characters", "shorten it",
         attribute("name", at_most(128))),
    ),
    *family(
        page("episode"), "podcast:episode",
        (E, "episode-number-bad", "is no number", "write a number such as 3 or 3.5", text(is_number)),
        (E, "episode-number-blank", "is empty", "write the episode's number", is_blank),
        (W, "episode-display-long", "has a display longer than 32 characters", "shorten it",
         attribute("display", at_most(32))),
    ),
    *family(
        page("episode"), "channel",
        (W, "numbers-disagree", "differs from Apple's tag", "write the same number in both",
         crossing.numbers_disagree),
    ),
)  # fmt: skip
