"""notes-draft.toml: proposals for an episode's notes as a person reads, corrects and accepts them.

Rule: what is written here reads back as what it was; what a person made of it is read strictly, by name of the place.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any

from castkit.errors import CastkitError
from castkit.model.nesting import has_deep_keys
from castkit.notes.draft import ChapterProposal, NotesDraft
from castkit.scaffold.toml import inline, listed, quoted
from castkit.timecode import clock, parse_clock, vtt_time

_HEAD = """\
# Proposals for the notes of this episode, by {made_by}. A draft: nothing of it is published.
# Correct what you like and delete what you do not want, then run: castkit notes accept {slug}
# That fills what is still empty in episode.toml, and leaves alone what you have written there.
# Times are on the clock of the recordings, as in episode.toml; at = […] says where a proposal comes from.

draft = true
"""
_KEYS = ("draft", "title", "summary", "keywords", "chapters")
_HINT = "correct it, or delete the file and run: castkit notes draft"


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a person left of the proposals: texts by language, keywords of all languages, chapters with a title."""

    titles: Mapping[str, str]
    summaries: Mapping[str, str]
    keywords: tuple[str, ...]
    chapters: tuple[ChapterProposal, ...]
    untitled: int  # chapters without a title


def render_draft(draft: NotesDraft, slug: str, languages: Sequence[str]) -> str:
    """The file's text; `languages` are the show's, for the titles of chapters that have none yet."""
    blocks = [_HEAD.format(made_by=_remark(draft.made_by), slug=slug)]
    for key, proposals in (("title", draft.titles), ("summary", draft.summaries)):
        for language, one in proposals.items():
            blocks.append(f"[{key}.{language}]\ntext = {quoted(one.text)}\nat = {listed(_times(one.at_ms))}\n")
    for language, words in draft.keywords.items():
        at = listed(_times(words.at_ms))
        blocks.append(f"[keywords.{language}]\nwords = {listed(words.words)}\nat = {at}\n")
    if draft.chapters and not any(one.titles for one in draft.chapters):
        blocks.append("# A chapter without a title is not accepted: write one for each that you want to keep.\n")
    blocks += [_chapter(one, languages) for one in draft.chapters]
    return "\n".join(blocks)


def _chapter(one: ChapterProposal, languages: Sequence[str]) -> str:
    titles = one.titles or dict.fromkeys(languages, "")
    said = f"# begins with: {_remark(one.said)}\n" if one.said else ""
    return f"[[chapters]]\n{said}start = {quoted(written(one.start_ms))}\ntitle = {inline(titles)}\n"


def written(ms: int) -> str:
    """A time as people write it, with milliseconds where there are any."""
    return vtt_time(ms) if ms % 1000 else clock(ms)


def _times(at_ms: Sequence[int]) -> list[str]:
    return [written(ms) for ms in at_ms]


def _remark(text: str) -> str:
    """What can stand in a TOML comment."""
    return "".join(character for character in text if character.isprintable())


def read_draft(text: str, name: str) -> Accepted:
    """What the file `name` with this text proposes; CastkitError with the place that cannot be understood."""
    try:
        if has_deep_keys(text):
            raise ValueError("a key of too many parts")
        data = tomllib.loads(text.replace("\r\n", "\n"))
    except (ValueError, RecursionError) as error:  # ValueError: no TOML, or an integer of more than 4300 digits
        raise CastkitError(f"{name} is not TOML: {error}", _HINT) from error
    if unknown := [key for key in data if key not in _KEYS]:
        raise CastkitError(f"{name}: {unknown[0]} is nothing that can be accepted", f"there are {', '.join(_KEYS[1:])}")
    chapters = list(_chapters(data.get("chapters", []), name))
    titled = sorted((one for one in chapters if one.titles), key=lambda one: one.start_ms)
    return Accepted(
        _texts(data, "title", name),
        _texts(data, "summary", name),
        tuple(_words(data, name)),
        tuple(titled),
        len(chapters) - len(titled),
    )


def _texts(data: Mapping[str, Any], key: str, name: str) -> dict[str, str]:
    """The texts by language; a person may write them plainly, or leave some empty."""
    found = {}
    for language, value in _table(data.get(key, {}), f"{name}: {key}").items():
        text = value.get("text") if isinstance(value, dict) else value
        if not isinstance(text, str):
            raise CastkitError(f"{name}: {key}.{language} has no text", _HINT)
        if text.strip():
            found[language] = text.strip()
    return found


def _words(data: Mapping[str, Any], name: str) -> Iterator[str]:
    """Keywords of every language, each once."""
    seen: set[str] = set()
    for language, value in _table(data.get("keywords", {}), f"{name}: keywords").items():
        words = value.get("words") if isinstance(value, dict) else value
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise CastkitError(f"{name}: keywords.{language} has no list of words", _HINT)
        for word in filter(None, map(str.strip, words)):
            if word.casefold() not in seen:
                seen.add(word.casefold())
                yield word


def _chapters(value: Any, name: str) -> Iterator[ChapterProposal]:
    if not isinstance(value, list):
        raise CastkitError(f"{name}: chapters is no list of tables", _HINT)
    for number, one in enumerate(value, 1):
        place = f"{name}: chapter {number}"
        chapter = _table(one, place)
        start, title = chapter.get("start"), chapter.get("title", {})
        text = start.isoformat("milliseconds") if isinstance(start, time) else start
        try:
            start_ms = parse_clock(text if isinstance(text, str) else "")
        except ValueError:
            raise CastkitError(f'{place} has no start such as "01:30"', _HINT) from None
        titles = {"": title} if isinstance(title, str) else _table(title, f"{place}: title")
        if not all(isinstance(one, str) for one in titles.values()):
            raise CastkitError(f"{place} has a title that is no text", _HINT)
        yield ChapterProposal(start_ms, {key: one.strip() for key, one in titles.items() if one.strip()})


def _table(value: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise CastkitError(f"{place} is no table", _HINT)
    return value
