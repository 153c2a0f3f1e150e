"""An item of a feed: what it says of an episode.

Rule: pure; the first tag of a name counts, as in podcast apps, and a tag that is not read is named.
"""

from __future__ import annotations

from base64 import b64decode
from datetime import datetime

from castkit.feed.check.node import Node
from castkit.feed.reading import values
from castkit.feed.reading.channel import read_licence, read_people, read_places, unread
from castkit.feed.reading.said import SaidBite, SaidChapter, SaidEpisode, SaidFile

MOST_BYTES = 2**50  # of a file
_MOST_NUMBER = 100_000  # of seasons and episodes
_MANY = 1000  # chapters, keywords, files of one episode
_PSC = "{http://podlove.org/simple-chapters}"
_DC_DATE = "{http://purl.org/dc/elements/1.1/}date"
_READ = frozenset(
    "title guid link pubDate description enclosure content:encoded itunes:title itunes:summary itunes:subtitle "
    "itunes:duration itunes:image itunes:season itunes:episode itunes:episodeType itunes:explicit itunes:keywords "
    "podcast:season podcast:episode podcast:person podcast:transcript podcast:chapters podcast:soundbite "
    "podcast:alternateEnclosure podcast:location podcast:license podcast:image podcast:images "
    "atom:updated atom:published".split()
) | {_DC_DATE, f"{_PSC}chapters"}
# What nothing depends on: the author again, and what apps ignore or castkit writes itself.
_OF_THE_HOST = frozenset(
    "itunes:author author source comments category atom:link {http://purl.org/dc/elements/1.1/}creator".split()
)
# Types by which hosts have named SubRip and others; the files are the same.
_SAME_TYPE = {
    "application/srt": "application/x-subrip",
    "text/srt": "application/x-subrip",
    "application/subrip": "application/x-subrip",
}


def read_item(item: Node, place: int) -> SaidEpisode:
    """What the item says; `place` is which it is, from 1."""
    wrong: list[str] = []
    guid, image = item.first("guid"), item.first("itunes:image")
    enclosures = item.children("enclosure")
    enclosure = next((one for one in map(_file, enclosures) if one), None)
    return SaidEpisode(
        place=place,
        guid=guid.text if guid and guid.value else None,
        is_permalink=guid is not None and (guid.attribute("isPermaLink") or "true").lower() != "false",
        title=values.line(item.text_of("title") or item.text_of("itunes:title")),
        date=_date(item, wrong),
        enclosure=enclosure,
        duration_ms=_duration_ms(item, wrong),
        description=item.text_of("description"),
        content=item.text_of("content:encoded"),
        summary=item.text_of("itunes:summary") or item.text_of("itunes:subtitle"),
        link=values.public_address(item.text_of("link")),
        image=values.address(image.attribute("href") if image else ""),
        season=_number(item, ("itunes:season", "podcast:season"), wrong),
        number=_number(item, ("itunes:episode", "podcast:episode"), wrong),
        type=_type(item, wrong),
        explicit=values.truth(item.text_of("itunes:explicit")),
        keywords=_keywords(item),
        people=read_people(item),
        transcripts=tuple(_files(item, "podcast:transcript", wrong)),
        chapters_file=next(iter(_files(item, "podcast:chapters", wrong)), None),
        chapters=_chapters(item),
        soundbites=_soundbites(item, wrong),
        alternates=_alternates(item, wrong),
        licence=read_licence(item),
        places=read_places(item),
        left=(*unread(item, _READ | _OF_THE_HOST), *(["enclosure (all but the first)"] if len(enclosures) > 1 else [])),
        wrong=tuple(wrong),
    )


def _file(node: Node) -> SaidFile | None:
    url = values.address(node.attribute("url"))
    if not url:
        return None
    kind = " ".join((node.attribute("type") or "").lower().split())
    length = values.number(node.attribute("length") or "", MOST_BYTES) or 0
    return SaidFile(url, _SAME_TYPE.get(kind, kind), length, node.attribute("language") or "")


def _files(item: Node, name: str, wrong: list[str]) -> list[SaidFile]:
    found = []
    for node in item.children(name)[:_MANY]:
        file = _file(node)
        if file and file.type:
            found.append(file)
        else:
            wrong.append(f"{name} without an address and a type")
    return found


def _alternates(item: Node, wrong: list[str]) -> tuple[SaidFile, ...]:
    """Other forms of the medium, each by its first source that a browser could fetch."""
    found = []
    for node in item.children("podcast:alternateEnclosure")[:_MANY]:
        urls = (values.address(one.attribute("uri")) for one in node.children("podcast:source"))
        url = next(filter(None, urls), "")
        kind = (node.attribute("type") or "").strip().lower()
        if not url or not kind:
            wrong.append("podcast:alternateEnclosure without a source on the web")
            continue
        length = values.number(node.attribute("length") or "", MOST_BYTES) or 0
        height = values.number(node.attribute("height") or "", 100_000) or 0
        found.append(SaidFile(url, kind, length, node.attribute("lang") or "", height, _sha256(node)))
    return tuple(found)


def _sha256(node: Node) -> str:
    """The checksum that goes with a medium; empty where there is none of this kind."""
    for one in node.children("podcast:integrity"):
        algorithm, _, digest = (one.attribute("value") or "").partition("-")
        try:
            raw = b64decode(digest, validate=True)
        except ValueError:
            continue
        if (one.attribute("type"), algorithm, len(raw)) == ("sri", "sha256", 32):
            return raw.hex()
    return ""


def _date(item: Node, wrong: list[str]) -> datetime | None:
    texts = [item.text_of(name) for name in ("pubDate", _DC_DATE, "atom:published", "atom:updated")]
    found = next((one for one in map(values.moment, filter(None, texts)) if one), None)
    if found is None:
        wrong.append(f"pubDate {_shown(texts[0])}" if texts[0] else "pubDate is missing")
    return found


def _duration_ms(item: Node, wrong: list[str]) -> int:
    text = item.text_of("itunes:duration")
    found = values.duration_ms(text)
    if text and not found:
        wrong.append(f"itunes:duration {_shown(text)}")
    return found


def _number(item: Node, names: tuple[str, ...], wrong: list[str]) -> int | None:
    for name in names:
        if text := item.text_of(name):
            found = values.number(text, _MOST_NUMBER)
            if found:
                return found
            wrong.append(f"{name} {_shown(text)}")
    return None


def _type(item: Node, wrong: list[str]) -> str:
    text = item.text_of("itunes:episodeType").lower()
    if text in ("", "full", "trailer", "bonus"):
        return text or "full"
    wrong.append(f"itunes:episodeType {_shown(text)}")
    return "full"


def _keywords(item: Node) -> tuple[str, ...]:
    words = (values.line(word) for word in item.text_of("itunes:keywords").split(","))
    return tuple(dict.fromkeys(word for word in words if word))[:_MANY]


def _chapters(item: Node) -> tuple[SaidChapter, ...]:
    """Podlove Simple Chapters, in order of time; those without a title or at the time of another are left out."""
    whole = item.first(f"{_PSC}chapters")
    found: dict[int, str] = {}
    for node in whole.children(f"{_PSC}chapter")[:_MANY] if whole else ():
        title, start = values.line(node.attribute("title") or ""), node.attribute("start") or ""
        if title and start:
            found.setdefault(values.duration_ms(start), title)
    return tuple(SaidChapter(start, found[start]) for start in sorted(found))


def _soundbites(item: Node, wrong: list[str]) -> tuple[SaidBite, ...]:
    found = []
    for node in item.children("podcast:soundbite")[:_MANY]:
        start, long = (values.duration_ms(node.attribute(name) or "") for name in ("startTime", "duration"))
        if long:
            found.append(SaidBite(start, long, values.line(node.value)))
        else:
            wrong.append("podcast:soundbite without a duration")
    return tuple(found)


def _shown(text: str) -> str:
    """A value from outside, short and on one line."""
    text = values.line(text)
    return f"“{text[:60]}…”" if len(text) > 60 else f"“{text}”"
