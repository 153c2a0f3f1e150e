"""From castkit.toml and the episode.toml files to checked values, or to one error with every problem in them.

Rule: each file is judged by its types and by its rules at once, so that a wrong type hides no other mistake.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from castkit.config import source, types
from castkit.config.feed_rules import FEED_EPISODE_RULES, FEED_RELATIONS, FEED_SHOW_RULES
from castkit.config.problems import Finding, Problem, closest, did_you_mean, raise_all
from castkit.config.relations import EPISODE_RELATIONS, SHOW_RELATIONS, people_of, table, texts_of
from castkit.config.rules import EPISODE_RULES, SHOW_RULES, Facts, by_place
from castkit.config.source import Source
from castkit.config.texts import EPISODE_TEXTS, SHOW_TEXTS, texts
from castkit.errors import CastkitError
from castkit.model.episode import SLUG, Episode
from castkit.model.language import canonical
from castkit.model.show import Show
from castkit.workspace import Workspace

M = TypeVar("M", bound=BaseModel)


def load_show(workspace: Workspace) -> Show:
    """The show of castkit.toml; ConfigError with every problem in it."""
    show, problems = _show(_read(workspace, workspace.toml), workspace)
    raise_all(problems)
    return _sure(show)


def load_episode(workspace: Workspace, show: Show, slug: str) -> Episode:
    """The episode of this slug; CastkitError where there is none, ConfigError with every problem in its file.

    Another episode's mistakes do not matter here, unless it has the same guid or name.
    """
    slugs = _known(workspace, [slug])
    facts = replace(
        _facts(workspace, {"show": {"languages": list(show.languages), "type": show.show.type}}),
        people=tuple(person.id for person in show.people),
    )
    sources = {one: _read(workspace, workspace.episode(one).toml) for one in workspace.slugs()}
    episodes, problems = _episodes(sources, slugs, facts)
    raise_all(problems)
    return episodes[slug]


def load_episodes(workspace: Workspace, slugs: Iterable[str]) -> tuple[Show, dict[str, Episode]]:
    """The show and these episodes, in this order; errors as of `load_episode`, those of castkit.toml among them."""
    read = _read(workspace, workspace.toml)
    show, problems = _show(read, workspace)
    wanted = _known(workspace, slugs)
    sources = {slug: _read(workspace, workspace.episode(slug).toml) for slug in workspace.slugs()}
    episodes, found = _episodes(sources, wanted, _facts(workspace, read.data or {}))
    raise_all([*problems, *found])
    return _sure(show), episodes


def load_all(workspace: Workspace) -> tuple[Show, dict[str, Episode]]:
    """The show and all its episodes by slug; ConfigError with every problem in every file."""
    return load_episodes(workspace, workspace.slugs())


def check_show_languages(tags: Iterable[str], folder: Path) -> None:
    """Raises CastkitError where one of these cannot be a language of a show."""
    facts = Facts(folder, folder)
    for tag in tags:
        if fault := SHOW_RULES["show.languages[]"](tag, facts):
            raise CastkitError(f"{tag!r} is not a language tag{did_you_mean(fault.guess)}", f"use {fault.allowed}")


def check_backup_place(to: str, folder: Path) -> None:
    """Raises CastkitError where this cannot be the place of a backup of the show in this folder."""
    if fault := SHOW_RULES["backup.to"](to, Facts(folder, folder)):
        raise CastkitError(f"{to} cannot be the place of a backup", f"name {fault.allowed}")


def check_show_text(workspace: Workspace, text: str) -> None:
    """Raises ConfigError with every problem of a castkit.toml with this text."""
    raise_all(_show(source.parse(text, workspace.toml.name), workspace)[1])


def check_episode_text(workspace: Workspace, show_text: str, *, slug: str, text: str) -> None:
    """Raises ConfigError with every problem that this text would have as the episode.toml of `slug`.

    `show_text` is the castkit.toml it goes with.
    """
    facts = _facts(workspace, source.parse(show_text, workspace.toml.name).data or {})
    name = workspace.episode(slug).toml.relative_to(workspace.root).as_posix()
    raise_all(_episode(source.parse(text, name), slug, facts)[1])


def _read(workspace: Workspace, path: Path) -> Source:
    return source.read(path, path.relative_to(workspace.root).as_posix())


def _facts(workspace: Workspace, show: dict[str, Any]) -> Facts:
    """What episodes are judged by, as far as castkit.toml can be understood; it may have mistakes of its own."""
    info = table(show, "show")
    are_people_readable = isinstance(show.get("people", []), list)
    return Facts(
        root=workspace.root,
        folder=workspace.root,
        languages=tuple(dict.fromkeys(canonical(tag) or tag for tag in texts_of(info.get("languages")))),
        people=people_of(show) if are_people_readable and show else None,
        is_serial=info.get("type") == "serial",
    )


def _show(read: Source, workspace: Workspace) -> tuple[Show | None, list[Problem]]:
    if read.data is None:
        return None, list(read.failures)
    facts = _facts(workspace, read.data)
    value, found = _typed(Show, read.data)
    found += by_place(read.data, {**SHOW_RULES, **FEED_SHOW_RULES}, facts)
    found += texts(read.data, SHOW_TEXTS, facts)
    for relation in (*SHOW_RELATIONS, *FEED_RELATIONS):
        found += relation(read.data, facts)
    return value, read.place(found)


def _episode(read: Source, slug: str, facts: Facts) -> tuple[Episode | None, list[Problem]]:
    problems = list(read.failures)
    if re.fullmatch(SLUG, slug) is None:
        guess = re.sub(r"[^a-z0-9]+", "-", unicodedata.normalize("NFKD", slug).lower())[:200].strip("-")
        words = "the folder's name is part of web addresses; allowed: at most 200 small letters, digits and hyphens"
        problems.append(Problem(read.name, words + did_you_mean(guess)))
    if read.data is None:
        return None, problems
    facts = replace(facts, folder=facts.root / "episodes" / slug)
    value, found = _typed(Episode, read.data)
    found += by_place(read.data, {**EPISODE_RULES, **FEED_EPISODE_RULES}, facts)
    found += texts(read.data, EPISODE_TEXTS, facts)
    for relation in EPISODE_RELATIONS:
        found += relation(read.data, facts)
    return value, problems + read.place(found)


def _episodes(
    sources: dict[str, Source], wanted: Sequence[str], facts: Facts
) -> tuple[dict[str, Episode], list[Problem]]:
    """The wanted ones of all episodes, and what is wrong with them."""
    problems: list[Problem] = []
    episodes: dict[str, Episode] = {}
    for slug in wanted:
        episode, found = _episode(sources[slug], slug, facts)
        problems += found
        if episode is not None:
            episodes[slug] = episode
    problems += [problem for problem, concerned in _twins(sources) if not concerned.isdisjoint(wanted)]
    return episodes, problems


def _typed(model: type[M], data: dict[str, Any]) -> tuple[M | None, list[Finding]]:
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        return None, list(types.findings(error, model))


def _sure(value: M | None) -> M:
    if value is None:
        raise TypeError("a file without problems gave no value")  # a bug of ours, not of the file's
    return value


def _twins(sources: dict[str, Source]) -> Iterator[tuple[Problem, set[str]]]:
    """Episodes that share what only one may have, with the two slugs concerned."""
    guids: dict[str, str] = {}
    names: dict[str, str] = {}
    for slug, read in sources.items():
        guid = (read.data or {}).get("guid")
        if isinstance(guid, str):
            bare = re.sub("[^0-9a-f]", "", guid.lower().removeprefix("urn:uuid:"))
            other = guids.setdefault(bare, slug)
            if other != slug:
                words = (
                    "each episode has a guid of its own, since apps tell episodes apart by it; `castkit new` gives one"
                )
                found = Finding(("guid",), words, fault=f'"{guid}" is also the guid in {sources[other].name}')
                yield read.place([found])[0], {slug, other}
        name = unicodedata.normalize("NFKC", slug).casefold()
        other = names.setdefault(name, slug)
        if other != slug:
            words = f"{other} and {slug} are one name on macOS and Windows; rename one of the folders"
            yield Problem(read.name, words), {slug, other}


def _known(workspace: Workspace, slugs: Iterable[str]) -> list[str]:
    """These slugs, each once; CastkitError for those that no episode has."""
    known = workspace.slugs()
    wanted = list(dict.fromkeys(slugs))
    unknown = [slug for slug in wanted if slug not in known]
    if not unknown:
        return wanted
    guesses = list(dict.fromkeys(filter(None, (closest(slug, known) for slug in unknown))))
    if guesses:
        hint = f"did you mean {' and '.join(guesses)}?"
    elif known:
        hint = f"there are: {_some(known)}"
    else:
        hint = "start one with: castkit new SLUG --recording PATH --language L --title T"
    raise CastkitError(f"there is no episode {' and no '.join(unknown)} in {workspace.episodes}", hint)


def _some(slugs: Sequence[str]) -> str:
    return ", ".join(slugs[:10]) + (f" and {len(slugs) - 10} more" if len(slugs) > 10 else "")
