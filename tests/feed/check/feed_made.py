"""A feed without a fault that uses every tag the gate knows, and what a store would say of its files."""

# ruff: noqa: E501 - a tag a line, as feeds have it

from __future__ import annotations

from datetime import UTC, datetime

from castkit.feed.check import Facts, Stored

URL = "https://example.org/feeds/en.xml"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SRI = "sha256-PdS3FN0+L4fszp3uAYgJRGcuNZ8lmdMr4ynC/zaxvAY="
GUIDS = ("9bbcf94d-32f4-4189-9b88-29010fd18b11", "a40a42ad-83ac-4727-bf9a-c67bfa5d47ac")

GOOD = f"""\
<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"
     xmlns:podcast="https://podcastindex.org/namespace/1.0" xmlns:atom="http://www.w3.org/2005/Atom"
     xmlns:content="http://purl.org/rss/1.0/modules/content/">
  <channel>
    <title>Dialogues 社会保障对话</title>
    <link>https://example.org/dialogues</link>
    <description>Conversations on work &amp; security.</description>
    <language>en</language>
    <atom:link href="{URL}" rel="self" type="application/rss+xml"/>
    <atom:link href="https://hub.example.org/" rel="hub"/>
    <pubDate>Wed, 30 Sep 2026 09:00:00 +0200</pubDate>
    <lastBuildDate>Wed, 30 Sep 2026 09:00:00 +0200</lastBuildDate>
    <ttl>60</ttl>
    <image>
      <url>https://example.org/cover.png</url>
      <title>Dialogues</title>
      <link>https://example.org/dialogues</link>
    </image>
    <itunes:author>Institute of Examples</itunes:author>
    <itunes:category text="Government"/>
    <itunes:category text="Education"><itunes:category text="Courses"/></itunes:category>
    <itunes:image href="https://example.org/cover.png"/>
    <itunes:explicit>false</itunes:explicit>
    <itunes:type>serial</itunes:type>
    <itunes:owner><itunes:name>Institute</itunes:name><itunes:email>us@example.org</itunes:email></itunes:owner>
    <itunes:block>No</itunes:block>
    <itunes:complete>Yes</itunes:complete>
    <itunes:new-feed-url>https://example.org/feeds/new.xml</itunes:new-feed-url>
    <podcast:guid>9b024349-ccf0-5f69-a609-6b82873eab3c</podcast:guid>
    <podcast:locked owner="us@example.org">yes</podcast:locked>
    <podcast:medium>podcast</podcast:medium>
    <podcast:license>cc-by-4.0</podcast:license>
    <podcast:location geo="geo:39.9042,116.4074" osm="R912940" country="cn" rel="subject">Beijing</podcast:location>
    <podcast:txt purpose="verify">S6lpp-7ZCn8</podcast:txt>
    <podcast:updateFrequency rrule="FREQ=WEEKLY;COUNT=10;BYDAY=MO" dtstart="2026-09-02" complete="false">Weekly</podcast:updateFrequency>
    <podcast:trailer url="https://example.org/trailer.mp3" pubdate="Wed, 02 Sep 2026 09:00:00 GMT" length="1000" type="audio/mpeg" season="1">What is to come</podcast:trailer>
    <podcast:funding url="https://example.org/give">Support the show</podcast:funding>
    <podcast:block id="amazon">yes</podcast:block>
    <podcast:image href="https://example.org/wide.png" aspect-ratio="16/9" width="1600" height="900" purpose="social"/>
    <podcast:podping usesPodping="true"/>
    <podcast:podroll>
      <podcast:remoteItem feedGuid="29cdca4a-32d8-56ba-b48b-09a011c5daa9" feedUrl="https://example.org/o.xml" medium="podcast"/>
    </podcast:podroll>
    <podcast:publisher>
      <podcast:remoteItem feedGuid="003af0a0-6a45-55cf-b765-68e3d349551a" medium="publisher"/>
    </podcast:publisher>
    <podcast:person role="host" group="cast" img="https://example.org/h.jpg" href="https://example.org/h">The host</podcast:person>
    <podcast:value type="lightning" method="keysend" suggested="0.00000005">
      <podcast:valueRecipient name="show" type="node" address="02d5c1" split="100"/>
    </podcast:value>
    <podcast:chat server="irc.example.org" protocol="irc"/>
    <item>
      <title>A pension for platform workers</title>
      <link>https://example.org/two</link>
      <description>&lt;p&gt;About pensions.&lt;/p&gt;</description>
      <content:encoded>&lt;p&gt;Notes&lt;/p&gt;</content:encoded>
      <guid isPermaLink="false">{GUIDS[1]}</guid>
      <enclosure url="https://example.org/media/two-0123456789ab.mp3" length="2000" type="audio/mpeg"/>
      <pubDate>Wed, 16 Sep 2026 09:00:00 +0200</pubDate>
      <itunes:duration>300</itunes:duration>
      <itunes:season>1</itunes:season>
      <itunes:episode>2</itunes:episode>
      <itunes:episodeType>full</itunes:episodeType>
      <itunes:explicit>false</itunes:explicit>
      <itunes:image href="https://example.org/two.jpg"/>
      <itunes:order>1</itunes:order>
      <podcast:season name="The first">1</podcast:season>
      <podcast:episode display="Two">2</podcast:episode>
      <podcast:person role="Host">The host</podcast:person>
      <podcast:person role="guest" group="cast">The guest</podcast:person>
      <podcast:chapters url="https://example.org/media/two.chapters.json" type="application/json+chapters"/>
      <podcast:soundbite startTime="73.0" duration="60.0">Who pays?</podcast:soundbite>
      <podcast:transcript url="https://example.org/media/two.en.vtt" type="text/vtt" language="en" rel="captions"/>
      <podcast:transcript url="https://example.org/media/two.zh.srt" type="application/x-subrip" language="zh-Hans"/>
      <podcast:alternateEnclosure type="video/mp4" length="9000" bitrate="160000.5" height="720" lang="en" title="Video" rel="default" codecs="avc1" default="true">
        <podcast:source uri="https://example.org/media/two.mp4" contentType="video/mp4"/>
        <podcast:source uri="ipfs://QmX33FYehk6ckGQ6g1D9D3FqZPix5JpKstKQKbaS8quUFb"/>
        <podcast:integrity type="sri" value="{SRI}"/>
      </podcast:alternateEnclosure>
      <podcast:alternateEnclosure type="audio/opus" length="500">
        <podcast:source uri="https://example.org/media/two.opus"/>
      </podcast:alternateEnclosure>
      <podcast:socialInteract protocol="activitypub" uri="https://social.example.org/@us/1" priority="1"/>
      <podcast:contentLink href="https://example.org/watch">Watch</podcast:contentLink>
    </item>
    <item>
      <title>Who pays when a rider falls ill?</title>
      <link>https://example.org/one</link>
      <description>About riders.</description>
      <guid>https://example.org/one</guid>
      <enclosure url="https://example.org/media/one-0123456789ab.m4a" length="1000" type="audio/x-m4a"/>
      <pubDate>Wed, 02 Sep 2026 07:00:00 GMT</pubDate>
      <itunes:duration>0:05:00</itunes:duration>
      <itunes:season>1</itunes:season>
      <itunes:episode>1</itunes:episode>
    </item>
    <podcast:liveItem status="pending" start="2026-12-01T09:00:00Z">
      <title>Live</title>
      <guid>live-1</guid>
      <enclosure url="https://example.org/live.mp3" length="1" type="audio/mpeg"/>
    </podcast:liveItem>
  </channel>
</rss>
"""

MEDIA = "https://example.org/media/"
FACTS = Facts(
    feed_url=URL,
    now=NOW,
    base=MEDIA,
    objects={
        f"{MEDIA}two-0123456789ab.mp3": Stored(2000, "audio/mpeg"),
        f"{MEDIA}one-0123456789ab.m4a": Stored(1000, "audio/mp4"),
        f"{MEDIA}two.chapters.json": Stored(70, "application/json+chapters"),
        f"{MEDIA}two.en.vtt": Stored(50, "text/vtt; charset=utf-8"),
        f"{MEDIA}two.zh.srt": Stored(50, "application/x-subrip"),
        f"{MEDIA}two.mp4": Stored(9000, "video/mp4"),
        f"{MEDIA}two.opus": Stored(500, "audio/ogg; codecs=opus"),
    },
)
