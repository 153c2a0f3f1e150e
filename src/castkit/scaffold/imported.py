"""castkit.toml and episode.toml of a show that was brought from another host.

Rule: pure text; whatever the feed said is quoted, and nothing of it can be anything but a value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from castkit.model.placeholder import BASE_URL
from castkit.scaffold.toml import inline, listed, quoted


@dataclass(frozen=True, slots=True)
class ShowTexts:
    """What the channel said, already in castkit's words; an empty text is left out.

    `funding` are (address, text), `txt` (purpose, text), `frequency` (words, rule), `places` tables of places.
    """

    title: str
    description: str
    author: str
    owner_email: str
    link: str
    image: str
    categories: tuple[str, ...]
    language: str
    explicit: bool
    type: str
    licence: str
    copyright: str
    locked: bool
    hidden: bool
    complete: bool
    people: tuple[Mapping[str, str], ...]
    funding: tuple[tuple[str, str], ...]
    txt: tuple[tuple[str, str], ...]
    places: tuple[Mapping[str, str], ...]
    frequency: tuple[str, str]


@dataclass(frozen=True, slots=True)
class EpisodeTexts:
    """What an item said; `people` are ids of castkit.toml, or whole people, in the order of the credits."""

    guid: str
    came_with: str
    is_permalink: bool
    title: str
    summary: str
    language: str
    date: datetime
    season: int | None
    number: int | None
    type: str
    explicit: bool
    people: tuple[str | Mapping[str, str], ...]
    keywords: tuple[str, ...]
    licence: str
    places: tuple[Mapping[str, str], ...]


def render_imported_show(show: ShowTexts, model: str) -> str:
    """The castkit.toml of an imported show; `model` is the speech model for episodes to come."""
    settings = [
        f"title = {quoted(show.title)}",
        f"author = {quoted(show.author)}",
        f"owner_email = {quoted(show.owner_email)}",
        f"link = {quoted(show.link)}",
        f"image = {quoted(show.image)}",
        f"categories = {listed(show.categories)}",
        f"languages = {listed([show.language])}",
        f"explicit = {_truth(show.explicit)}",
        f"type = {quoted(show.type)}",
        *_given("licence", show.licence),
        *_given("copyright", show.copyright),
        f"locked = {_truth(show.locked)}  # whether other hosts must ask before they import the feed",
        f"description = {quoted(show.description)}",
    ]
    people = [
        "\n".join(["[[people]]", *(f"{key} = {quoted(text)}" for key, text in one.items())]) for one in show.people
    ]
    store = f'[store]\nkind = "folder"\npath = "public"\nbase_url = {quoted(BASE_URL)}'
    blocks = [
        _SHOW_HEAD + "\n".join(settings),
        *people,
        _STORE_HEAD + store,
        *_feeds(show),
        f'[speech]\nengine = "faster-whisper"\nmodel = {quoted(model)}',
    ]
    return "\n\n".join(blocks) + "\n"


def render_imported_episode(episode: EpisodeTexts) -> str:
    """The episode.toml of an imported episode, which has no recordings."""
    lines = [
        f"guid = {quoted(episode.guid)}  # castkit's own name for the episode; never change it",
        f"title = {quoted(episode.title)}",
        f"summary = {quoted(episode.summary)}",
        f"language = {quoted(episode.language)}",
        f"date = {episode.date.isoformat(timespec='seconds').replace('+00:00', 'Z')}",
        *([f"season = {episode.season}"] if episode.season else []),
        *([f"number = {episode.number}"] if episode.number else []),
        *([f"type = {quoted(episode.type)}"] if episode.type != "full" else []),
        f"explicit = {_truth(episode.explicit)}",
        f"people = {_people(episode.people)}",
        *([f"keywords = {listed(episode.keywords)}"] if episode.keywords else []),
        *_given("licence", episode.licence),
        *([f"locations = [{', '.join(inline(one) for one in episode.places)}]"] if episode.places else []),
        "",
        "[imported]  # by this guid apps know the episode; never change it",
        f"guid = {quoted(episode.came_with)}",
        f"permalink = {_truth(episode.is_permalink)}",
    ]
    return _EPISODE_HEAD + "\n".join(lines) + "\n"


def _feeds(show: ShowTexts) -> Iterable[str]:
    settings = ["hidden = true  # directories are asked not to show the feed"] if show.hidden else []
    blocks = ["\n".join(["[feeds]", *settings])] if settings else []
    words, rule = show.frequency
    if words or show.complete:
        ended = ["complete = true  # the show has ended"] if show.complete else []
        often = [f"text = {quoted(words or 'Complete')}", *_given("rrule", rule if words else ""), *ended]
        blocks.append("\n".join(["[feeds.frequency]", *often]))
    blocks += [f"[[feeds.funding]]\nurl = {quoted(url)}\ntext = {quoted(text)}" for url, text in show.funding]
    blocks += [f"[[feeds.txt]]\npurpose = {quoted(purpose)}\ntext = {quoted(text)}" for purpose, text in show.txt]
    return blocks + [
        "\n".join(["[[feeds.locations]]", *(f"{key} = {quoted(text)}" for key, text in one.items())])
        for one in show.places
    ]


def _people(people: Sequence[str | Mapping[str, str]]) -> str:
    """One a line, where there are several."""
    written = [quoted(one) if isinstance(one, str) else inline(one) for one in people]
    return f"[{', '.join(written)}]" if len(written) < 2 else "[\n" + "".join(f"  {one},\n" for one in written) + "]"


def _given(key: str, text: str) -> list[str]:
    return [f"{key} = {quoted(text)}"] if text else []


def _truth(value: bool) -> str:
    return "true" if value else "false"


_SHOW_HEAD = """\
# Brought here by castkit import, from the feed named in feeds/imported.json.
# After a change, `castkit status` says what is affected. `castkit schema show` lists every setting.

[show]
"""
_STORE_HEAD = """\
# Where published files go. As it stands: into the folder public, which `castkit serve` shows. For a bucket:
# kind = "s3", bucket, endpoint, and as base_url the address at which listeners find it.
"""
_EPISODE_HEAD = """\
# Brought here by castkit import. It is published as it came: sound, transcripts and notes are those of imported.json.
# What stands below may be corrected. To make the episode anew from its recordings, add them as [[recordings]].

"""
