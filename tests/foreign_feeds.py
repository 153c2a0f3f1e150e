"""Feeds as other hosts write them, made up: their namespaces, guids, habits and faults, for any number of episodes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from html import escape

START = datetime(2019, 1, 7, 6, 30, tzinfo=UTC)
_NAMESPACES = (
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:podcast="https://podcastindex.org/namespace/1.0" '
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:psc="http://podlove.org/simple-chapters" xmlns:dc="http://purl.org/dc/elements/1.1/"'
)


@dataclass(frozen=True)
class Item:
    """What a test knows of one episode of a feed made here."""

    guid: str
    is_permalink: bool
    date: datetime
    url: str
    length: int
    type: str
    title: str
    text: str


def castopod(number: int, base: str) -> Item:
    """Guids are addresses of pages; podcast tags of every kind; HTML notes."""
    guid, url = f"{base}/@show/episodes/episode-{number}", f"{base}/audio/@show/episode-{number}.mp3?_from=rss"
    date = (START + timedelta(days=7 * number)).astimezone(timezone(timedelta(hours=2)))
    title, length, guest = f"Épisode {number}: eau & climat", 20_000_000 + number, f"Guest {number % 7}"
    text = f"""<item><title>{escape(title)}</title><enclosure url="{url}" length="{length}" type="audio/mpeg"/>
<guid>{guid}</guid><pubDate>{format_datetime(date)}</pubDate><link>{guid}</link>
<description><![CDATA[<p>Notes of <b>{number}</b> &amp; a <a href="https://example.org/?a=1&b=2">link</a>.</p>]]></description>
<itunes:duration>{1800 + number}</itunes:duration><itunes:explicit>false</itunes:explicit>
<itunes:image href="{base}/media/{number}_feed.jpg?v=2"/>
<itunes:season>{1 + number // 50}</itunes:season><itunes:episode>{number}</itunes:episode>
<podcast:person role="host" group="cast" href="{base}/people/anna">Anna Example</podcast:person>
<podcast:person role="guest" group="cast" href="{base}/p/{number % 7}">{guest}</podcast:person>
<podcast:transcript url="{base}/t/{number}.srt" type="application/srt" rel="captions" language="fr"/>
<podcast:transcript url="{base}/t/{number}.vtt" type="text/vtt" language="fr"/>
<podcast:chapters url="{base}/c/{number}.json" type="application/json+chapters"/>
<podcast:soundbite startTime="12.5" duration="30.0">A bite</podcast:soundbite>
<podcast:socialInteract uri="{guid}" protocol="activitypub"/></item>"""
    return Item(guid, True, date, url, length, "audio/mpeg", title, text)


def buzzsprout(number: int, base: str) -> Item:
    """Guids with the host's name, plain words in one place and HTML in another, Podlove's chapters."""
    guid, url = f"Buzzsprout-{8_000_000 + number}", f"{base}/1234/episodes/{8_000_000 + number}-a-talk.mp3"
    date = (START + timedelta(days=3 * number, minutes=number)).replace(tzinfo=timezone(timedelta(hours=-4)))
    title, length = f"A talk, the {number}th", 33_000_000 + number
    text = f"""<item><itunes:title>{title}</itunes:title><title>{title}</title>
<description><![CDATA[Plain words & a < b.\n\nSecond paragraph.]]></description>
<content:encoded><![CDATA[<h2>Notes</h2><p>Words.</p><img src="x.png" onerror="alert(1)">]]></content:encoded>
<itunes:author>Somebody</itunes:author>
<enclosure url="{url}" length="{length}" type="audio/mpeg" /><guid isPermaLink="false">{guid}</guid>
<pubDate>{format_datetime(date)}</pubDate>
<psc:chapters><psc:chapter start="0:00" title="Hello"/><psc:chapter start="1:01.5" title="Middle"/></psc:chapters>
<podcast:transcript url="{base}/{number}/transcript" type="text/html" />
<podcast:transcript url="{base}/{number}/transcript.json" type="application/json" />
<itunes:duration>00:{number % 60:02d}:05</itunes:duration><itunes:keywords>water, climate</itunes:keywords>
<itunes:episodeType>{"trailer" if number == 1 else "full"}</itunes:episodeType><itunes:explicit>clean</itunes:explicit>
</item>"""
    return Item(guid, False, date, url, length, "audio/mpeg", title, text)


def anchor(number: int, base: str) -> Item:
    """UUIDs in capitals and M4A behind an address in an address; a length of 0 now and then."""
    guid = f"6B29FC40-CA47-1067-B31D-{number:012X}"
    url = f"{base}/s/1/podcast/play/{number}/https%3A%2F%2Fcdn.example.net%2Fstaging%2F{number}.m4a"
    date = START + timedelta(days=number, seconds=59)
    title, length = f"第{number}期：养老保险", 0 if number % 97 == 0 else 9_000_000 + number
    text = f"""<item><title><![CDATA[{title}]]></title><description><![CDATA[<p>Weekly.</p>]]></description>
<link>https://podcasters.example.com/e/{number}</link><guid isPermaLink="false">{guid}</guid><dc:creator>Me</dc:creator>
<pubDate>{format_datetime(date, usegmt=True)}</pubDate><enclosure url="{url}" length="{length}" type="audio/x-m4a"/>
<itunes:summary>&lt;p&gt;Weekly.&lt;/p&gt;</itunes:summary><itunes:explicit>No</itunes:explicit>
<itunes:duration>00:31:{number % 60:02d}</itunes:duration><itunes:image href="{base}/{number}.jpg"/></item>"""
    return Item(guid, False, date, url, length, "audio/x-m4a", title, text)


VOICES: dict[str, Callable[[int, str], Item]] = {"castopod": castopod, "buzzsprout": buzzsprout, "anchor": anchor}
LANGUAGES = {"castopod": "fr", "buzzsprout": "en-us", "anchor": "zh-CN"}


def items(voice: str, count: int, base: str) -> list[Item]:
    """The newest first, as hosts list them."""
    return [VOICES[voice](number, base) for number in range(count, 0, -1)]


def feed(voice: str, parts: str | list[Item], base: str, *, head: str = "", lead_on: str = "") -> bytes:
    """A feed of these items, or of this text; or a page of one that leads on to the address `lead_on`."""
    further = f'<atom:link rel="next" href="{lead_on}"/>' if lead_on else ""
    whole = parts if isinstance(parts, str) else "".join(one.text for one in parts)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" {_NAMESPACES}><channel>
<atom:link href="{base}/feed.xml" rel="self" type="application/rss+xml"/>{further}
<title>A show from {voice}</title><link>https://example.org/show</link><language>{LANGUAGES[voice]}</language>
<description><![CDATA[<p>About <em>water</em> &amp; climate.</p>]]></description>
<itunes:author>Institute</itunes:author><itunes:type>episodic</itunes:type><itunes:explicit>false</itunes:explicit>
<itunes:owner><itunes:name>Institute</itunes:name><itunes:email>show@example.org</itunes:email></itunes:owner>
<itunes:image href="{base}/cover.png"/><copyright>(c) Institute</copyright>
<itunes:category text="Science"><itunes:category text="Earth Sciences"/></itunes:category>
<itunes:category text="Games &amp; Hobbies"/><podcast:guid>9b024349-ccf0-5f69-a609-6b82873eab3c</podcast:guid>
<podcast:locked owner="show@example.org">no</podcast:locked><podcast:value type="lightning" method="keysend"/>
<podcast:person role="host" href="{base}/people/anna">Anna Example</podcast:person>
<podcast:funding url="https://example.org/give">Support us</podcast:funding>
<generator>{voice}</generator>{head}{whole}</channel></rss>""".encode()


def item(
    inside: str, *, guid: str = "<guid>g</guid>", url: str = "https://media.example.org/1.mp3", title: str = "T"
) -> str:
    """An item that has what it needs, and what stands inside it."""
    enclosure = f'<enclosure url="{url}" length="1" type="audio/mpeg"/>' if url else ""
    date = "<pubDate>Mon, 07 Oct 2024 08:30:00 +0200</pubDate>"
    return f"<item><title>{title}</title>{guid}{enclosure}{date if 'pubDate' not in inside else ''}{inside}</item>"
