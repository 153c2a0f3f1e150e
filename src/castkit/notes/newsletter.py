"""What the templates of the newsletter can say: every value, for each language of the mail in its order.

Rule: pure, and made of what is published alone, so that two people make the same mail; templates do the escaping.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from castkit.model import origins
from castkit.model.feeds import Kind
from castkit.model.language import best_match, direction, language_name
from castkit.model.published import Published, PublishedPerson
from castkit.model.show import Organisation, Show
from castkit.model.text import LocalText, one_line
from castkit.notes.labels import date_in_words, labels_for
from castkit.notes.licences import licence_name
from castkit.notes.markdown import safe_address
from castkit.notes.newsletter_labels import newsletter_labels
from castkit.notes.roles import role_name
from castkit.notes.view import own_first

_PREHEADER = 140  # characters: no inbox shows more of what follows the subject
_MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Letter:
    """A newsletter: the show, the episodes it tells of (the newest first), and its languages, the first one first.

    `feeds` are the feeds' public addresses by language and kind; `cover` is that of the show's cover; `subject` is a
    person's own, or empty.
    """

    show: Show
    episodes: tuple[Published, ...]
    languages: tuple[str, ...]
    feeds: Mapping[tuple[str, Kind], str]
    cover: str = ""
    subject: str = ""

    def text(self, value: LocalText, language: str) -> str:
        return value.in_(language, self.show.languages)


def letter_view(letter: Letter) -> dict[str, Any]:
    """The values for both templates: `subject`, `preheader` and the languages' `parts`."""
    return {
        "language": letter.languages[0],
        "direction": direction(letter.languages[0]),
        "subject": subject(letter),
        "preheader": _preheader(letter),
        "parts": tuple(_part(letter, language) for language in letter.languages),
    }


def subject(letter: Letter) -> str:
    """The subject: a person's own, else the show with the episode's title or their number, in every language once."""
    if letter.subject:
        return one_line(letter.subject)
    said = (_subject_in(letter, language) for language in letter.languages)
    return " / ".join(dict.fromkeys(said))


def _subject_in(letter: Letter, language: str) -> str:
    title = _heading(letter, language)
    if len(letter.episodes) == 1:
        title = letter.text(letter.episodes[0].title, language)
    show = letter.text(letter.show.show.title, language)
    return one_line(newsletter_labels(language)["subject"].format(show=show, title=title))


def _heading(letter: Letter, language: str) -> str:
    labels, count = newsletter_labels(language), len(letter.episodes)
    return labels["new_one"] if count == 1 else labels["new_many"].format(count=count)


def _preheader(letter: Letter) -> str:
    """What an inbox shows beside the subject: the summary of one episode, the titles of several."""
    language = letter.languages[0]
    if len(letter.episodes) == 1:
        found = letter.text(letter.episodes[0].summary, language)
    else:
        found = " · ".join(letter.text(one.title, language) for one in letter.episodes)
    line = one_line(found)
    return line if len(line) <= _PREHEADER else f"{line[: _PREHEADER - 1].rstrip()}…"


def _part(letter: Letter, language: str) -> dict[str, Any]:
    show, info = letter.show, letter.show.show
    labels = newsletter_labels(language)
    licence, licence_url = licence_name(info.licence)
    return {
        "language": language,
        "direction": direction(language),
        "labels": {**labels_for(language), **labels},
        "show": {
            "title": letter.text(info.title, language),
            "author": letter.text(info.author, language),
            "url": safe_address(info.link),
            "copyright": one_line(info.copyright),
        },
        "cover": letter.cover if letter.cover.startswith("https://") else "",
        "heading": _heading(letter, language),
        "episodes": tuple(_episode(letter, one, language) for one in letter.episodes),
        "feeds": _feeds(letter, language),
        "funding_statement": letter.text(info.funding_statement, language),
        "disclaimer": letter.text(info.disclaimer, language),
        "partners": _organisations(letter, show.partners, language),
        "funders": _organisations(letter, show.funders, language),
        "licence": {"name": licence, "url": licence_url},
    }


def _episode(letter: Letter, one: Published, language: str) -> dict[str, Any]:
    labels = newsletter_labels(language)
    licence, licence_url = licence_name(one.licence if one.licence != letter.show.show.licence else "")
    minutes = max(1, round(one.duration_ms / _MINUTE_MS))
    return {
        "title": letter.text(one.title, language),
        "about": " · ".join(
            filter(
                None,
                (
                    _number(letter, one, language),
                    date_in_words(one.date, language),
                    labels["duration"].format(minutes=minutes) if one.duration_ms else "",
                ),
            )
        ),
        "summary": letter.text(one.summary, language),
        "description": letter.text(one.description, language) if len(letter.episodes) == 1 else "",
        "people": tuple(_person(letter, person, language) for person in one.people),
        "documents": _documents(letter, one, language),
        "transcripts": _transcripts(one, language),
        "licence": {"name": licence, "url": licence_url},
        "url": read_at(one, language),
    }


def read_at(one: Published, language: str) -> str:
    """Where the episode can be read about: its page for this language, else that of its old host, else its sound."""
    if found := one.page_for(language):
        return safe_address(found[1].url)
    return safe_address((one.imported.link if one.imported else "") or one.audio.url)


def _number(letter: Letter, one: Published, language: str) -> str:
    labels = labels_for(language)
    if shown := letter.text(one.number_shown, language):
        return shown
    if one.type != "full":
        return labels.get(one.type, "")
    if one.number is None:
        return ""
    return labels["season" if one.season else "episode"].format(season=one.season, number=one.number)


def _person(letter: Letter, person: PublishedPerson, language: str) -> dict[str, str]:
    return {
        "name": letter.text(person.name, language),
        "role": role_name(person.role, language),
        "organisation": letter.text(person.organisation, language),
        "url": safe_address(person.href),
    }


def _documents(letter: Letter, one: Published, language: str) -> tuple[dict[str, str], ...]:
    labels = labels_for(language)
    return tuple(
        {
            "kind": labels.get(link.kind, labels["other"]),
            "title": letter.text(link.title, language),
            "url": safe_address(letter.text(link.url, language)),
        }
        for link in one.links
    )


def _transcripts(one: Published, language: str) -> tuple[dict[str, str], ...]:
    """Each language once, the reader's own first; words that no person has read are called so."""
    tracks = dict.fromkeys((track.language, track.origin) for track in one.transcripts)
    return tuple(
        {"language": language_name(tag, language), "note": origins.in_words(origin, language)}
        for tag, origin in own_first(tracks, language)
    )


def _feeds(letter: Letter, language: str) -> tuple[dict[str, str], ...]:
    """The feeds in this language; those of the show's first feed where it has none."""
    tag = best_match(language, [tag for tag, _ in letter.feeds]) or next((tag for tag, _ in letter.feeds), "")
    labels = newsletter_labels(language)
    own = {kind: url for (one, kind), url in letter.feeds.items() if one == tag}
    return tuple({"kind": labels[kind] if len(own) > 1 else "", "url": safe_address(url)} for kind, url in own.items())


def _organisations(letter: Letter, found: Sequence[Organisation], language: str) -> tuple[dict[str, str], ...]:
    return tuple({"name": letter.text(one.name, language), "url": safe_address(one.href)} for one in found)
