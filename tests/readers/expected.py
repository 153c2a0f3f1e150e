"""What each public reader must find in a feed, told from the episode model alone; castkit.feed is not asked.

Rule: whole values, so that a tag too many is as wrong as one that is missing.
"""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC
from email.utils import format_datetime
from typing import Any

from castkit.model.published import Published, StoredFile
from castkit.model.roles import GROUP_OF
from castkit.model.show import Show

_KINDS = ("text/vtt", "application/x-subrip", "application/json", "text/html")
_PREFIX = "https://op3.example/e/"


class Expected:
    """One episode as a reader of one feed should see it; `show` has the sample's people, all named in episodes."""

    def __init__(self, show: Show, episode: Published, language: str, *, is_video: bool = False) -> None:
        self.show, self.episode, self.language, self.is_video = show, episode, language, is_video

    def text(self, value: Any) -> str:
        return str(value.root[self.language])

    def media(self, file: StoredFile) -> str:
        return _PREFIX + file.url.removeprefix("https://") if self.show.feeds.statistics_prefix else file.url

    @property
    def enclosure(self) -> StoredFile:
        assert not self.is_video or self.episode.video
        return self.episode.video if self.is_video and self.episode.video else self.episode.audio

    @property
    def notes(self) -> str:
        html = self.episode.content_html
        others = [tag for tag in sorted(html) if tag != self.language]
        if self.show.feeds.only_own_language:
            return html[self.language]
        return "\n".join([html[self.language], *(f'<hr><div lang="{tag}">{html[tag]}</div>' for tag in others)])

    def transcripts(self) -> list[tuple[str, str, str]]:
        """Language, type and address; the feed's language first, then the one spoken."""
        found = [(one.language, one.file.type.partition(";")[0], one.file.url) for one in self.episode.transcripts]
        if self.show.feeds.only_own_language:
            found = [one for one in found if one[0] == self.language]
        order = {self.language: 0, self.episode.spoken: 1}
        return sorted(found, key=lambda one: (order.get(one[0], 2), order.get(one[0]) is None, _KINDS.index(one[1])))

    def alternates(self) -> list[dict[str, Any]]:
        """What is there besides the enclosure, the stream last."""
        episode, made = self.episode, []
        others = [one for one in (episode.audio, *episode.other_audio, episode.video) if one and one != self.enclosure]
        for file in others:
            digest = b64encode(bytes.fromhex(file.sha256)).decode()
            bare, _, codecs = file.type.partition("; codecs=")
            made.append(
                {
                    "type": bare,
                    "length": file.length,
                    "bitrate": file.length * 8000 // episode.duration_ms,
                    "lang": episode.spoken,
                    "sources": [{"uri": self.media(file), "contentType": bare}],
                    "integrity": {"type": "sri", "value": f"sha256-{digest}"},
                    **({"codecs": codecs} if codecs else {}),
                    **({"height": episode.video_height} if file == episode.video else {}),
                }
            )
        if episode.hls:
            kind = "application/x-mpegURL"
            source = {"uri": self.media(episode.hls), "contentType": kind}
            made.append({"type": kind, "height": episode.video_height, "lang": episode.spoken, "sources": [source]})
        return made

    def persons(self) -> list[dict[str, str]]:
        found = []
        for person in self.episode.people:
            role = person.role.lower()
            entry = {"display": self.text(person.name), "role": role, "group": GROUP_OF[role]}
            found.append({**entry, **({"href": person.href} if person.href else {})})
        return found

    def numbers(self) -> dict[str, Any]:
        """Season and episode with the names that listeners see."""
        episode = self.episode
        names = {one.number: self.text(one.name) for one in self.show.feeds.seasons}
        found: dict[str, Any] = {}
        if episode.season:
            found["season"] = {"number": episode.season} | (
                {"name": names[episode.season]} if episode.season in names else {}
            )
        if episode.number:
            display = {"display": self.text(episode.number_shown)} if episode.number_shown else {}
            found["episode"] = {"number": episode.number} | display
        return found

    def podcast(self) -> dict[str, Any]:
        """The namespace's tags as feedsmith names them, without texts that castkit words itself."""
        episode = self.episode
        found: dict[str, Any] = {
            "transcripts": [
                {"url": url, "type": kind, "language": language}
                | ({"rel": "captions"} if kind in ("text/vtt", "application/x-subrip") else {})
                for language, kind, url in self.transcripts()
            ],
            "chapters": {"url": episode.chapter_files[self.language].url, "type": "application/json+chapters"},
            "persons": self.persons(),
            **self.numbers(),
        }
        if episode.soundbites:
            found["soundbites"] = [
                {"startTime": one.start_ms / 1000, "duration": one.duration_ms / 1000, "display": self.text(one.title)}
                for one in episode.soundbites
            ]
        if episode.locations:
            found["locations"] = [
                {
                    "display": self.text(one.name),
                    "rel": one.rel,
                    "geo": f"geo:{one.geo}",
                    "country": one.country.lower(),
                }
                for one in episode.locations
            ]
        if episode.licence:
            found["license"] = {"display": episode.licence}
        if episode.image:
            alt = self.text(episode.title)
            found["images"] = [{"href": episode.image.url, "alt": alt, "aspectRatio": "1/1", "purpose": "artwork"}]
        if alternates := self.alternates():
            found["alternateEnclosures"] = alternates
        return found

    def itunes(self) -> dict[str, Any]:
        episode = self.episode
        found = {
            "duration": (episode.duration_ms + 500) // 1000,
            "explicit": episode.explicit,
            "title": self.text(episode.title),
            "season": episode.season,
            "episode": episode.number,
            "episodeType": episode.type,
            "keywords": list(episode.keywords),
            "image": episode.image.url if episode.image else None,
        }
        return {key: value for key, value in found.items() if value is not None}

    def feedsmith(self) -> dict[str, Any]:
        """An item whole, but for its description and podcast:txt."""
        episode, file = self.episode, self.enclosure
        return {
            "title": self.text(episode.title),
            "link": episode.notes[self.language].url,
            "guid": {"value": str(episode.guid), "isPermaLink": False},
            "pubDate": format_datetime(episode.date),
            "enclosures": [{"url": self.media(file), "length": file.length, "type": file.type}],
            "content": {"encoded": self.notes},
            "itunes": self.itunes(),
            "podcast": self.podcast(),
        }

    def partytime(self) -> dict[str, Any]:
        """The same as podcast-partytime names it, which reads one location, and no stream without a length."""
        episode, file, tags, itunes = self.episode, self.enclosure, self.podcast(), self.itunes()
        found: dict[str, Any] = {
            "guid": str(episode.guid),
            "title": self.text(episode.title),
            "link": episode.notes[self.language].url,
            "pubDate": episode.date.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "enclosure": {"url": self.media(file), "length": file.length, "type": file.type},
            "duration": itunes["duration"],
            "explicit": episode.explicit,
            "itunesEpisodeType": episode.type,
            "keywords": list(episode.keywords),
            "content": self.notes,
            "podcastTranscripts": [
                {**one, "type": one["type"].replace("x-subrip", "srt")} for one in tags["transcripts"]
            ],
            "podcastChapters": tags["chapters"],
            "podcastPeople": [_as_partytime(one) for one in tags["persons"]],
        }
        if episode.season:
            found |= {"itunesSeason": episode.season, "podcastSeason": tags["season"]}
        if episode.number:
            found |= {"itunesEpisode": episode.number, "podcastEpisode": tags["episode"]}
        if episode.image:
            found |= {"itunesImage": episode.image.url, "image": episode.image.url}
        if episode.soundbites:
            renamed = [{**one, "title": one["display"]} for one in tags["soundbites"]]
            found["podcastSoundbites"] = [
                {key: one[key] for key in ("startTime", "duration", "title")} for one in renamed
            ]
        if episode.locations:
            found["podcastLocation"] = {
                "name": tags["locations"][-1]["display"], "geo": tags["locations"][-1]["geo"],
            }  # fmt: skip
        if episode.licence:
            found["license"] = {"identifier": episode.licence}
        if files := [one for one in tags.get("alternateEnclosures", ()) if "length" in one]:
            found["alternativeEnclosures"] = [
                {**{key: value for key, value in one.items() if key != "sources"}, "source": one["sources"],
                 "default": False}
                for one in files
            ]  # fmt: skip
        return found

    def podcastparser(self) -> dict[str, Any]:
        """An item whole, but for the notes as plain text."""
        episode, file = self.episode, self.enclosure
        found = {
            "title": self.text(episode.title),
            "link": episode.notes[self.language].url,
            "guid": str(episode.guid),
            "published": int(episode.date.timestamp()),
            "total_time": (episode.duration_ms + 500) // 1000,
            "enclosures": [{"url": self.media(file), "file_size": file.length, "mime_type": file.type}],
            "description_html": self.notes,
            "episode_art_url": episode.image.url if episode.image else None,
            "season": episode.season,
            "number": episode.number,
            "type": episode.type,
            "explicit": episode.explicit,
            "payment_url": None,
        }
        return {key: value for key, value in found.items() if value is not None or key == "payment_url"}


def _as_partytime(person: dict[str, str]) -> dict[str, str]:
    """Roles and groups with capitals, as its table has them."""
    renamed = {"name": person["display"], "role": person["role"].title(), "group": person["group"].title()}
    return renamed | ({"href": person["href"]} if "href" in person else {})
