"""What the show's page says, as values for its template, for one language.

Rule: plain strings, tuples and dictionaries only, in the page's language; files of the store are named relative to the
page, and a picture that lies on another host is left out, for a page asks no third party for anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from castkit.model import origins
from castkit.model.language import language_name
from castkit.model.published import Published, StoredFile
from castkit.model.show import Organisation
from castkit.model.text import LocalText, one_line
from castkit.site.show_labels import duration_in_words, show_labels
from castkit.site.show_site import ShowSite, web_address

_LONGEST_SUMMARY = 400  # characters: an imported feed may have its whole notes there


@dataclass(frozen=True, slots=True)
class Reader:
    """The site for readers of one language."""

    site: ShowSite
    language: str

    @property
    def labels(self) -> dict[str, str]:
        return show_labels(self.language)

    def text(self, text: LocalText) -> str:
        return text.in_(self.language, self.site.show.languages)

    def said(self, text: LocalText, most: int = 0) -> dict[str, str]:
        """The text on one line, and its language where that is not the page's."""
        found = one_line(self.text(text))
        return {"text": shortened(found, most) if most else found, "lang": self._foreign(text)}

    def _foreign(self, text: LocalText) -> str:
        if text.own(self.language):
            return ""
        return next((tag for tag in self.site.show.languages if text.own(tag)), "")


def shortened(text: str, most: int) -> str:
    """The text, or its beginning up to a word's end and an ellipsis."""
    if len(text) <= most:
        return text
    head = text[: most - 1]
    return f"{head.rpartition(' ')[0] if ' ' in head[most // 2 :] else head}…"


def groups(reader: Reader, episodes: Sequence[Published]) -> tuple[dict[str, Any], ...]:
    """The episodes by season, in the order in which the seasons appear.

    A season that is the page's only one is named where castkit.toml gives it a name.
    """
    seasons: dict[int | None, list[Published]] = {}
    for episode in episodes:
        seasons.setdefault(episode.season, []).append(episode)
    return tuple(
        {
            "name": _given_name(reader, season) or (_season(reader, season) if len(seasons) > 1 else ""),
            "episodes": tuple(episode_view(reader, episode) for episode in found),
        }
        for season, found in seasons.items()
    )


def _given_name(reader: Reader, season: int | None) -> str:
    named = next((one.name for one in reader.site.show.feeds.seasons if one.number == season), None)
    return reader.text(named) if named else ""


def _season(reader: Reader, season: int | None) -> str:
    return reader.labels["season"].format(season=season) if season else reader.labels["others"]


def episode_view(reader: Reader, episode: Published) -> dict[str, Any]:
    """One episode of the list."""
    labels, site = reader.labels, reader.site
    names = (one_line(reader.text(person.name)) for person in episode.people)
    return {
        "id": episode.slug,
        "title": reader.said(episode.title),
        "summary": reader.said(episode.summary or episode.description, _LONGEST_SUMMARY),
        "link": _link(reader, episode),
        "date": site.wording.date(episode.date, reader.language),
        "datetime": episode.date.date().isoformat(),
        "number": _number(reader, episode),
        "duration": duration_in_words(episode.duration_ms, reader.language),
        "picture": next((quote(file.key) for file in _pictures(episode) if not file.is_elsewhere), ""),
        "people": labels["list"].join(dict.fromkeys(filter(None, names))),
        "has_video": episode.video is not None,
        "transcripts": labels["parts"].join(_transcripts(reader, episode)),
        "is_draft": site.drafts is not None and episode.slug in site.drafts,
    }


def _link(reader: Reader, episode: Published) -> dict[str, str]:
    """Where the title leads: the episode's page, else its page elsewhere, else its sound; and what to say of it."""
    if page := episode.page_for(reader.language):
        tag, file = page
        return {"url": place(file), "lang": "" if tag == reader.language else tag, "note": ""}
    link = web_address(episode.imported.link) if episode.imported else ""
    note = "elsewhere" if link else "sound"
    return {"url": link or place(episode.audio), "lang": "", "note": reader.labels[note]}


def place(file: StoredFile) -> str:
    """A file as the page links to it: below the page where the store holds it, else its address."""
    return web_address(file.url) if file.is_elsewhere else quote(file.key)


def _number(reader: Reader, episode: Published) -> str:
    if episode.type in ("trailer", "bonus"):
        return reader.labels[episode.type]
    shown = reader.text(episode.number_shown) or (str(episode.number) if episode.number else "")
    return reader.labels["episode"].format(number=one_line(shown)) if shown else ""


def _pictures(episode: Published) -> Iterator[StoredFile]:
    if episode.image:
        yield episode.image
    yield from (chapter.image for chapter in episode.chapters if chapter.image)


def _transcripts(reader: Reader, episode: Published) -> Iterator[str]:
    """The languages of its transcripts, the page's first; of one that no person has read, that too."""
    tracks = {one.language: one.origin for one in reversed(episode.transcripts)}
    for tag in sorted(tracks, key=lambda tag: (tag != reader.language, tag)):
        name, origin = language_name(tag, reader.language), tracks[tag]
        how = origins.in_words(origin, reader.language)
        yield name if origin.is_reviewed else reader.labels["unread"].format(language=name, how=how)


def footer(reader: Reader) -> dict[str, Any]:
    """Who stands behind the show, on what terms, and how to reach them."""
    show, (licence, licence_url) = reader.site.show, reader.site.wording.licence
    return {
        "partners": _organisations(reader, show.partners),
        "funders": _organisations(reader, show.funders),
        "funding_statement": reader.text(show.show.funding_statement),
        "disclaimer": reader.text(show.show.disclaimer),
        "licence": {"name": licence, "url": web_address(licence_url)},
        "copyright": one_line(show.show.copyright),
        "contact": one_line(show.show.owner_email),
        "support": tuple({"text": reader.text(one.text), "url": web_address(one.url)} for one in show.feeds.funding),
    }


def _organisations(reader: Reader, found: Iterable[Organisation]) -> tuple[Mapping[str, str], ...]:
    return tuple({"name": reader.text(one.name), "url": web_address(one.href)} for one in found)
