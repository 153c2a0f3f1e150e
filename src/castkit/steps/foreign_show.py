"""A show on another host as a show of castkit's: every value carried over, and word of every value that is not.

Rule: pure; guid, date and enclosure of an episode are exactly what the feed said, and no name of a file comes from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from castkit.errors import CastkitError
from castkit.feed import ledger, texts
from castkit.feed.reading.said import SaidFeed, SaidPerson, SaidPlace, SaidShow
from castkit.model.categories import is_known
from castkit.model.language import canonical
from castkit.model.licences import LICENCES
from castkit.model.placeholder import EMAIL, LINK, description_for
from castkit.model.roles import canonical as canonical_role
from castkit.model.text import one_line
from castkit.model.web_address import is_loopback
from castkit.notes.foreign import words_of
from castkit.scaffold.imported import ShowTexts
from castkit.scaffold.raw import ascii_name

SHOW = "show"
_CATEGORY = "Society & Culture"  # where the feed has none that Apple knows
_ALSO_CALLED = {  # until 2019
    "sports & recreation": "Sports",
    "games & hobbies": "Leisure",
    "government & organizations": "Government",
    "science & medicine": "Science",
    "health": "Health & Fitness",
}


@dataclass(frozen=True, slots=True)
class Told:
    """Something that is not as it was: `where` is a slug, "show", or "item N" for an item that was left out.

    `kind` is "left" for what is not carried over, "changed" for what is carried over otherwise, "note" for the rest.
    """

    where: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class ForeignShow:
    """The show's texts, its podcast:guid or None, the people by id, the address of its cover, and what to tell."""

    texts: ShowTexts
    guid: UUID | None
    image_url: str
    told: tuple[Told, ...]


def foreign_show(feed: SaidFeed, source: str, *, language: str = "") -> ForeignShow:
    """The show that this feed from `source` (an address, or empty for a file) describes.

    `language` is what a person said, for a feed that names none. CastkitError where nobody says which it is.
    """
    said = feed.show
    told = [Told(SHOW, "changed", f"the feed was not well-formed: {what}") for what in feed.mended]
    tag = _language(said, language)
    people = [_person(one, told, SHOW) for one in said.people]
    found = ShowTexts(
        title=texts.plain(said.title),
        description=_description(said, tag, told),
        author=texts.plain(said.author or said.title),
        owner_email=_email(said, told),
        link=said.link or _left(told, "the feed names no page of the show", LINK),
        image="cover.png",
        categories=_categories(said, told),
        language=tag,
        explicit=said.explicit,
        type=said.type,
        licence=known_licence(said.licence, told, SHOW),
        copyright=said.copyright,
        locked=said.locked is not False,
        hidden=said.is_blocked,
        complete=said.is_complete,
        people=tuple(with_ids(people, ())),
        funding=tuple((url, texts.plain(text or url, texts.NAME_CHARACTERS)) for url, text in said.funding),
        txt=tuple((purpose[:128], texts.plain(text, texts.TXT_CHARACTERS)) for purpose, text in said.txt),
        places=places(said.places),
        frequency=said.frequency,
    )
    told += [Told(SHOW, "left", name) for name in said.left]
    if said.moved_to:
        told.append(Told(SHOW, "note", f"the feed says that it has moved to {said.moved_to}: import that one"))
    return ForeignShow(found, _guid(said, source, told), said.image, tuple(told))


def _language(said: SaidShow, given: str) -> str:
    tag = canonical((given or said.language).replace("_", "-"))
    if tag is None:
        what = f"“{given or said.language}” is no language" if given or said.language else "the feed names no language"
        raise CastkitError(what, "say which it is in: --language en")
    return tag


def _description(said: SaidShow, tag: str, told: list[Told]) -> str:
    words = words_of(said.description)
    if not words:
        told.append(Told(SHOW, "note", "the feed does not describe the show: castkit.toml has a placeholder"))
        return description_for(tag)
    short = texts.shorten(words, texts.DESCRIPTION_BYTES)
    if short != words:
        told.append(Told(SHOW, "changed", "the description, cut to Apple's 4000 bytes"))
    return short


def _email(said: SaidShow, told: list[Told]) -> str:
    email = said.owner_email.strip()
    name, at, host = email.partition("@")
    is_fine = at and name and "." in host and not set(email) & set(' \t\n<>"(),;:') and "@" not in host
    if is_fine and ".." not in host and not host.startswith(".") and not host.endswith("."):
        return email
    told.append(Told(SHOW, "note", "the feed has no e-mail address of its owner: castkit.toml has a placeholder"))
    return EMAIL


def _left(told: list[Told], why: str, placeholder: str) -> str:
    told.append(Told(SHOW, "note", f"{why}: castkit.toml has a placeholder"))
    return placeholder


def _categories(said: SaidShow, told: list[Told]) -> tuple[str, ...]:
    meant = [_ALSO_CALLED.get(one.lower(), one) for one in said.categories]
    told += [
        Told(SHOW, "left", f"category “{one[:80]}”, which Apple has no more") for one in meant if not is_known(one)
    ]
    found = tuple(dict.fromkeys(one for one in meant if is_known(one)))
    if not found:
        told.append(Told(SHOW, "changed", f"no category of Apple's: castkit.toml has {_CATEGORY}"))
    return found or (_CATEGORY,)


def known_licence(said: str, told: list[Told], where: str) -> str:
    """The licence as castkit writes it; empty for one that it does not know."""
    if said and said.lower() not in LICENCES:
        told.append(Told(where, "left", f"licence “{one_line(said)[:80]}”, which castkit does not know"))
        return ""
    return said.lower()


def places(said: Iterable[SaidPlace]) -> tuple[Mapping[str, str], ...]:
    """The places as tables, without what is empty."""
    return tuple(
        {
            "name": texts.plain(one.name, texts.NAME_CHARACTERS),
            "rel": one.rel,
            **{key: text for key in ("geo", "osm", "country") if (text := getattr(one, key))},
        }
        for one in said
    )


def _guid(said: SaidShow, source: str, told: list[Told]) -> UUID | None:
    """The feed's podcast:guid, kept for ever; else what the namespace's rule gives for the address it has now."""
    try:
        return UUID(said.guid)
    except ValueError:
        if said.guid:
            told.append(Told(SHOW, "left", f"podcast:guid “{said.guid[:80]}”, which is no UUID"))
    url = said.self_url or source
    if not url.startswith(("http://", "https://")) or is_loopback(url):
        return None
    told.append(Told(SHOW, "note", f"the feed has no podcast:guid; it gets the one that follows from {url[:200]}"))
    return ledger.podcast_guid(url)


def _person(said: SaidPerson, told: list[Told], where: str) -> dict[str, str]:
    role = canonical_role(said.role)
    if role is None:
        told.append(
            Told(where, "changed", f"{said.name[:60]}: “{said.role[:60]}” is no role of the taxonomy; now a guest")
        )
    found = {"name": texts.plain(said.name, texts.NAME_CHARACTERS), "role": role or "guest"}
    return found | {key: text for key, text in (("href", said.href), ("img", said.img)) if text}


def with_ids(people: Iterable[Mapping[str, str]], taken: Iterable[str]) -> list[dict[str, str]]:
    """The people, each with an id made from their name that is none of these."""
    used, found = set(taken), []
    for one in people:
        wanted = ascii_name(one["name"], "person")[:40].strip("-")
        number, candidate = 2, wanted
        while candidate in used:
            candidate, number = f"{wanted}-{number}", number + 1
        used.add(candidate)
        found.append({"id": candidate, **one})
    return found


def cast(
    people: Iterable[SaidPerson], show: ShowTexts, told: list[Told], where: str
) -> tuple[str | Mapping[str, str], ...]:
    """An episode's people: those who stand in castkit.toml by their id, the others whole."""
    known = {tuple(sorted((key, text) for key, text in one.items() if key != "id")): one["id"] for one in show.people}
    found: dict[int, str | Mapping[str, str]] = {}
    strangers: list[tuple[int, dict[str, str]]] = []
    for place, said in enumerate(people):
        person = _person(said, told, where)
        if identity := known.get(tuple(sorted(person.items()))):
            found[place] = identity
        else:
            strangers.append((place, person))
    ids = with_ids((person for _, person in strangers), (one["id"] for one in show.people))
    found |= {place: person for (place, _), person in zip(strangers, ids, strict=True)}
    return _once([found[place] for place in sorted(found)])


def _once(people: list[str | Mapping[str, str]]) -> tuple[str | Mapping[str, str], ...]:
    seen: set[str] = set()
    kept = []
    for one in people:
        identity = one if isinstance(one, str) else one["id"]
        if identity not in seen:
            kept.append(one)
        seen.add(identity)
    return tuple(kept)


def with_cover(show: ForeignShow, name: str) -> ForeignShow:
    """The same with its cover under this name."""
    return replace(show, texts=replace(show.texts, image=name))
