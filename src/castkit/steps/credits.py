"""Who is named as an episode's translator: in the feed and in its notes.

Rule: only a person who was named for it, with --translator; the name under which somebody works stays in the history.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from castkit.errors import CastkitError
from castkit.model.show import Person
from castkit.model.text import LocalText, one_line
from castkit.steps.context import EpisodeContext
from castkit.subtitles.history import History, Revision, State, What

_LONGEST = 100  # characters of a name; the feed has no room for more
_ROLE = "translator"


def credited(context: EpisodeContext) -> tuple[Person, ...]:
    """The episode's people, and the translators named for its accepted files who are not among them."""
    people = list(context.people)
    for language in context.show.languages:
        if not context.paths.accepted(language).is_file():
            continue
        for number, said in enumerate(named(History(context.paths.subtitle_log(language))), 1):
            person = _person(context, said, f"{_ROLE}-{language.lower()}-{number}")
            if not any(person.id == one.id or _names(person) & _names(one) for one in people):
                people.append(person)
    return tuple(people)


def named(history: History) -> tuple[str, ...]:
    """Who is named for the file accepted last, as they were named: a person's id, or a name; nobody where none is."""
    last = next((one for one in reversed(history.revisions) if one.state is State.ACCEPTED), None)
    return named_by(history, last)


def named_by(history: History, revision: Revision | None) -> tuple[str, ...]:
    """Who is named for the cues of a revision: a line that names nobody leaves it as it was."""
    while revision and revision.translators is None:
        revision = _before(history, revision)
    return revision.translators or () if revision else ()


def checked(said: Sequence[str], *, is_spoken: bool = False) -> tuple[str, ...] | None:
    """Names as a person gave them on the command line, each once; None where none was given, and () of an empty one.

    CastkitError for a name that no feed has room for, and for the language that is spoken.
    """
    if not said:
        return None
    names = tuple(dict.fromkeys(name for name in map(one_line, said) if name))
    if names and is_spoken:
        raise CastkitError(
            "this language is the one spoken, which nobody translates",
            'who corrected what was heard can stand among the people of episode.toml, as role = "transcriber"',
        )
    for name in names:
        if len(name) > _LONGEST:
            raise CastkitError(
                f"a translator's name of {len(name)} characters: {name[:30]}…", f"at most {_LONGEST} characters"
            )
    return names


def _before(history: History, revision: Revision) -> Revision | None:
    """The revision whose translators hold for this one too: the one that stood before, or that was put back."""
    earlier = history.revisions[: history.revisions.index(revision)]
    if revision.what is What.RESTORE:
        return next((one for one in reversed(earlier) if one.rev == revision.base), None)
    wanted = (State.ACCEPTED,) if revision.what is What.FOUND else (State.ACCEPTED, State.DRAFT)
    return next((one for one in reversed(earlier) if one.state in wanted), None)


def _person(context: EpisodeContext, said: str, new_id: str) -> Person:
    """A person of episode.toml or castkit.toml by their id or name, else somebody of this name in every language."""
    own = tuple(one for one in context.episode.people if isinstance(one, Person))
    known = (*own, *context.show.people)
    by_id = (one for one in known if one.id == said)
    by_name = (one for one in known if _folded(said) in _names(one))
    found = next(by_id, None) or next(by_name, None)
    if found:
        return found.model_copy(update={"role": _ROLE})
    return Person(id=new_id, name=LocalText.model_validate(said), role=_ROLE)


def _names(person: Person) -> set[str]:
    return {_folded(name) for name in person.name.root.values()} - {""}


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", one_line(name)).casefold()
