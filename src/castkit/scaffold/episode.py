"""A new episode: a commented episode.toml.

Rule: pure text; the guid is given here once and never again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from castkit.scaffold.toml import listed, quoted


@dataclass(frozen=True, slots=True)
class EpisodeDraft:
    """What a person says about an episode they start, and what castkit gives it.

    `recordings` are (path relative to the episode's folder, speaker's id or an empty string).
    """

    guid: UUID
    title: str
    language: str
    date: datetime
    recordings: tuple[tuple[str, str], ...]
    show_languages: tuple[str, ...]
    season: int | None = None
    number: int | None = None

    @property
    def people(self) -> tuple[str, ...]:
        """The speakers' ids, each once, in the order of the recordings."""
        return tuple(dict.fromkeys(speaker for _, speaker in self.recordings if speaker))


def render_episode(draft: EpisodeDraft) -> str:
    """The episode.toml of a new episode; summary is the title until a person writes one."""
    return _EPISODE.format(
        guid=quoted(str(draft.guid)),
        title=quoted(draft.title),
        pattern=", ".join(f'{language} = "…"' for language in draft.show_languages),
        language=quoted(draft.language),
        date=draft.date.isoformat(timespec="seconds").replace("+00:00", "Z"),
        season=_number("season", draft.season),
        number=_number("number", draft.number),
        people=listed(draft.people),
        recordings="\n".join(_recording(path, speaker) for path, speaker in draft.recordings),
    )


def _number(key: str, value: int | None) -> str:
    return f"# {key} = 1" if value is None else f"{key} = {value}"


def _recording(path: str, speaker: str) -> str:
    lines = ["[[recordings]]", f"path = {quoted(path)}"]
    if speaker:
        lines.append(f"speaker = {quoted(speaker)}")
    return "\n".join([*lines, ""])


_EPISODE = """\
# One episode. Lines that start with # are remarks, and settings not in use.
# A text may be the same for all languages, title = "…", or differ: title = {{ {pattern} }}

guid = {guid}  # never change it: apps know the episode by it
title = {title}
summary = {title}  # one or two sentences that make someone press play
# description = "the longer text of the show notes"
language = {language}  # the language spoken, or "auto"
date = {date}  # when the episode appears; before that it is not published
{season}
{number}
people = {people}  # ids from castkit.toml, in the order of the credits
# keywords = ["…"]
# draft = true  # built, but not published; so is an episode whose date has not come
# image = "cover.png"  # a cover of the episode's own, as the show's, in its folder
# Who speaks from when on, where several share a recording; `castkit turns` lists what is said.
# turns = [["00:00", "…"], ["00:12.5", "…"]]

# The raw files, never touched. With a file for each speaker, `speaker` says who is heard in it.
{recordings}
# Parts that listeners can jump to; the first starts at 00:00.
# [[chapters]]
# start = "00:00"
# title = "…"
# url = "https://…"  # a page about what is said here
# image = "chapter.png"  # a picture shown meanwhile

# A place the episode is about; rel = "creator" where it was made.
# [[locations]]
# name = "…"
# geo = "39.9042,116.4074"

# Related documents: policy-brief, study, report, slides, news, website, video or other.
# [[links]]
# kind = "policy-brief"
# title = "…"
# url = "https://…"

# Words that glossary.toml would correct, and that stay as they were heard; build/proofread.json lists what it changed.
# [glossary]
# keep = ["…"]
"""
