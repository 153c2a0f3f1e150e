"""Accepted proposals go from notes-draft.toml into episode.toml.

Rule: episode.toml is a person's; only what is empty there is filled, and the file is right as a whole, or as it was.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from castkit import atomic
from castkit.config import check_episode_text
from castkit.config.source import LARGEST
from castkit.errors import CastkitError, ConfigError
from castkit.notes.draft import ChapterProposal
from castkit.scaffold.notes_draft import Accepted, read_draft, written
from castkit.scaffold.toml import add_chapters, fill_list, fill_texts
from castkit.steps.context import EpisodeContext

_EMPTY = ("", "…")  # the second is what castkit's remarks have in the place of a text


@dataclass(slots=True)
class Filled:
    """What was written into episode.toml, and what was left alone and why; each as words for people."""

    written: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def accept_notes(context: EpisodeContext) -> Filled:
    """Fills what is empty in episode.toml with what notes-draft.toml proposes; the caller holds the episode's lock.

    CastkitError where there is no draft, nothing of it can be accepted, or episode.toml would not be right with it.
    """
    draft, path = _draft(context), context.paths.toml
    try:
        before = path.read_bytes()
        text = before.decode("utf-8-sig")
    except OSError as error:
        raise CastkitError(f"{path} cannot be read: {error.strerror}", "check its permissions") from error
    filled = Filled()
    after = _filled(text, draft, filled)
    if not filled.written:
        why = "; ".join(filled.left) or "it proposes nothing"
        hint = f"write what is missing into {context.paths.notes_draft.name}, or empty a field in episode.toml"
        raise CastkitError(f"nothing to accept: {why}", hint)
    _check(context, after)
    try:
        if path.read_bytes() != before:
            raise CastkitError(f"{path.name} was changed meanwhile: nothing is accepted", "run the same command again")
        atomic.write_bytes(path, after.encode())
    except OSError as error:
        raise CastkitError(f"{path} cannot be written: {error.strerror}", "check its permissions") from error
    return filled


def _draft(context: EpisodeContext) -> Accepted:
    path = context.paths.notes_draft
    try:
        if path.stat().st_size > LARGEST:
            raise CastkitError(f"{path} is larger than 1 MiB", "a draft of notes is text that a person writes")
        return read_draft(path.read_text("utf-8-sig"), path.name)
    except FileNotFoundError:
        hint = f"have one made with: castkit notes draft {context.slug}"
        raise CastkitError(f"nothing to accept: there is no {path}", hint) from None
    except (OSError, UnicodeDecodeError) as error:
        raise CastkitError(f"{path} cannot be read: {error}", "see that it is a file of text in UTF-8") from error


def _check(context: EpisodeContext, text: str) -> None:
    show_text = context.workspace.toml.read_text("utf-8-sig")
    try:
        check_episode_text(context.workspace, show_text, slug=context.slug, text=text)
    except ConfigError as error:
        message = f"the draft cannot be accepted as it is, episode.toml would be wrong: {error.message}"
        raise CastkitError(message, f"correct {context.paths.notes_draft.name}; nothing was changed") from error


def _filled(text: str, draft: Accepted, filled: Filled) -> str:
    now = tomllib.loads(text.replace("\r\n", "\n"))
    for key, proposed in (("title", draft.titles), ("summary", draft.summaries)):
        if wanted := _wanted(now, key, proposed, filled):
            text = fill_texts(text, key, wanted)
            filled.written.append(f"{key} ({', '.join(wanted)})")
    if draft.keywords and all(one in _EMPTY for one in now.get("keywords", [])):
        text = fill_list(text, "keywords", draft.keywords)
        filled.written.append(f"keywords ({len(draft.keywords)})")
    elif draft.keywords:
        filled.left.append("keywords are written already")
    if draft.untitled:
        count = f"{draft.untitled} chapter" + ("s have" if draft.untitled > 1 else " has")
        filled.left.append(f"{count} no title yet")
    if draft.chapters and not now.get("chapters"):
        text = add_chapters(text, _tables(draft.chapters))
        filled.written.append(f"chapters ({len(draft.chapters)})")
    elif draft.chapters:
        filled.left.append("chapters are written already")
    return text


def _wanted(now: Mapping[str, Any], key: str, proposed: Mapping[str, str], filled: Filled) -> dict[str, str]:
    """The proposals for languages in which nobody has written anything."""
    found = {language: text for language, text in proposed.items() if _is_empty(now, key, language)}
    if kept := [language for language in proposed if language not in found]:
        filled.left.append(f"{key} is written already ({', '.join(kept)})")
    return found


def _is_empty(now: Mapping[str, Any], key: str, language: str) -> bool:
    """Whether a text is missing, or a placeholder: `castkit new` writes the title where the summary will be."""
    value = now.get(key, "")
    own = value.get(language, "") if isinstance(value, dict) else value
    if own.strip() in _EMPTY:
        return True
    title = now.get("title")
    return key == "summary" and own == (title.get(language) if isinstance(title, dict) else title)


def _tables(chapters: Sequence[ChapterProposal]) -> list[dict[str, Any]]:
    """A title that is for all languages stands under an empty tag."""
    return [{"start": written(one.start_ms), "title": one.titles.get("") or dict(one.titles)} for one in chapters]
