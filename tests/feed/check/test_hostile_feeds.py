"""What is no feed, or an attack, is refused by name, at once, and with nothing else said."""

from __future__ import annotations

import gzip
import re
import tracemalloc
from xml.sax.saxutils import quoteattr

import pytest
from feed_made import GOOD
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from castkit.feed.check import Facts, check
from castkit.feed.check.parsed import LARGEST
from castkit.feed.check.rules_document import REFUSALS

_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
BOMB = f'<!DOCTYPE rss [<!ENTITY l0 "ha">{_LAUGHS}]><rss version="2.0"><channel>&l11;</channel></rss>'
QUADRATIC = f'<!DOCTYPE rss [<!ENTITY a "{"a" * 100_000}">]><rss>{"&a;" * 10_000}</rss>'
OUTSIDE = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]><rss version="2.0"><channel>&x;</channel></rss>'
NETWORK = '<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/rss.dtd"><rss version="2.0"/>'
PARAMETER = '<!DOCTYPE rss [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]><rss version="2.0"/>'

HOSTILE = {
    "a bomb of entities": (BOMB.encode(), "feed-doctype"),
    "a quadratic bomb": (QUADRATIC.encode(), "feed-doctype"),
    "an external entity": (OUTSIDE.encode(), "feed-doctype"),
    "an external entity in UTF-16": (OUTSIDE.encode("utf-16"), "feed-doctype"),
    "a bomb in UTF-16": (BOMB.encode("utf-16"), "feed-doctype"),
    "a DTD from the network": (NETWORK.encode(), "feed-doctype"),
    "a parameter entity": (PARAMETER.encode(), "feed-doctype"),
    "an entity that nobody declared": (GOOD.replace("Dialogues", "Dialogues&nbsp;", 1).encode(), "feed-damaged"),
    "nothing": (b"", "feed-empty"),
    "blanks": (b"\xef\xbb\xbf \n\t", "feed-empty"),
    "gzip": (gzip.compress(GOOD.encode()), "feed-compressed"),
    "zip": (b"PK\x03\x04" + bytes(100), "feed-compressed"),
    "a web page": (b"<!DOCTYPE html><html><body>Sign in</body></html>", "feed-html"),
    "XHTML": (b'<?xml version="1.0"?>\n<html xmlns="http://www.w3.org/1999/xhtml"/>', "feed-html"),
    "a JSON feed": (b'{"version": "https://jsonfeed.org/version/1.1"}', "feed-json"),
    "plain words": (b"There is no such feed.", "feed-not-xml"),
    "an MP3": (b"ID3\x04\x00" + bytes(5000), "feed-not-xml"),
    "Atom": (b'<feed xmlns="http://www.w3.org/2005/Atom"/>', "feed-atom"),
    "RSS 1.0": (b'<RDF xmlns="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>', "feed-rdf"),
    "OPML": (b'<opml version="2.0"/>', "feed-opml"),
    "a sitemap": (b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"/>', "feed-not-rss"),
    "rss in capitals": (b'<RSS version="2.0"/>', "feed-not-rss"),
    "Latin-1 that says it is UTF-8": ("<rss>Université</rss>".encode("latin-1"), "feed-encoding"),
    "GB 18030 that says it is UTF-8": (GOOD.encode("gb18030"), "feed-encoding"),
    "an encoding that nobody knows": (GOOD.replace("UTF-8", "KLINGON-1", 1).encode(), "feed-encoding"),
    "cut off": (GOOD.encode()[:2000], "feed-damaged"),
    "an ampersand": (GOOD.replace("&amp;", "&", 1).encode(), "feed-damaged"),
    "a control character": (GOOD.replace("Dialogues", "Dia\x0blogues", 1).encode(), "feed-damaged"),
    "NUL": (GOOD.replace("Dialogues", "Dia\x00logues", 1).encode(), "feed-damaged"),
    "a prefix that is not declared": (GOOD.replace("<itunes:type>", "<itune:type>", 1).encode(), "feed-damaged"),
    "two roots": (GOOD.encode() + b"<rss/>", "feed-damaged"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_refused_by_name(name: str) -> None:
    data, code = HOSTILE[name]
    (found,) = check(data)
    assert found.code == code, found
    assert found.where == "the file"
    assert found.remedy


def test_no_file_is_read_and_nothing_is_shown_of_it() -> None:
    (found,) = check(OUTSIDE.encode())
    assert "hostname" not in str(found)


def test_fifty_megabytes_are_refused_before_they_are_parsed() -> None:
    data = b"<rss>" + b" " * LARGEST
    tracemalloc.start()
    (found,) = check(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.code == "feed-large"
    assert peak < 1_000_000


def test_a_deep_nest_is_refused() -> None:
    (found,) = check(b"<rss>" + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</rss>")
    assert found.code == "feed-damaged"


def test_a_nest_just_within_the_parsers_bounds_is_walked() -> None:
    nest = "<itunes:category text='Arts'>" * 200 + "</itunes:category>" * 200
    assert {one.code for one in check(GOOD.replace("<ttl>", f"{nest}<ttl>", 1).encode())} == {"category-unknown"}


def test_ten_thousand_attributes_and_a_long_text() -> None:
    attributes = " ".join(f'a{n}="1"' for n in range(10_000))
    feed = GOOD.replace("<ttl>", f"<podcast:txt {attributes}>x</podcast:txt><ttl>", 1)
    assert check(feed.encode()) == ()
    (found,) = check(GOOD.replace("S6lpp-7ZCn8", "x" * 5_000_000, 1).encode())
    assert found.code == "txt-long"


def test_a_document_type_in_somebodys_notes_is_text() -> None:
    notes = "<content:encoded><![CDATA[<!DOCTYPE html><p>Notes</p>]]></content:encoded>"
    feed = GOOD.replace("<content:encoded>&lt;p&gt;Notes&lt;/p&gt;</content:encoded>", notes)
    assert feed != GOOD
    assert check(feed.encode()) == ()


def test_every_refusal_has_been_tried() -> None:
    assert {code for _, code in HOSTILE.values()} | {"feed-large"} == set(REFUSALS)


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_bytes_never_break_it(data: bytes) -> None:
    assert check(data)


@given(st.integers(0, len(GOOD.encode())), st.binary(min_size=1, max_size=8))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_feed_with_a_few_bytes_changed_never_breaks_it(at: int, new: bytes) -> None:
    data = GOOD.encode()
    for finding in check(data[:at] + new + data[at + len(new) :], Facts()):
        assert finding.code
        assert len(str(finding)) < 2000


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_in_every_value(text: str) -> None:
    """Whatever stands in attributes and texts is judged, and none of it breaks a judge."""
    value = "".join(one for one in text if one in "\t\n\r" or " " <= one <= "\ud7ff" or "\ue000" <= one <= "\ufffd")
    quoted = quoteattr(value)
    feed = re.sub(r'(?<=[a-z])="[^"]*"(?=[^?]*?>)', lambda found: f"={quoted}", GOOD.partition("<channel>")[2])
    check((GOOD.partition("<channel>")[0] + "<channel>" + feed).encode(), Facts())
