"""The checklist of a kit: what to click, what to paste, what was checked, in one language; as values for templates.

Rule: plain strings, tuples and dictionaries; the templates do the escaping.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from castkit.kits.checks import Checked, Note
from castkit.kits.rules import ERROR, REPORTED, WARNING, Platform, Step
from castkit.kits.sections import Section
from castkit.kits.texts import Texts
from castkit.kits.words import HEADINGS, heading, limit_text, measure_name, measured, name_of, note_text, remedy, what
from castkit.model.language import language_name, worded_in


@dataclass(frozen=True, slots=True)
class Kit:
    """Everything a checklist speaks of; `files` by kind (media, covers, captions).

    `language` is that of the texts, `spoken` that of the sound, as BCP 47 tags.
    """

    platform: Platform
    episode: str
    texts: Texts
    files: Mapping[str, tuple[Path, ...]]
    checked: tuple[Checked, ...]
    notes: tuple[Note, ...]
    language: str
    spoken: str


def view(kit: Kit, language: str) -> dict[str, Any]:
    """The values for a checklist in `language`."""
    platform = kit.platform
    name = worded_in(platform.name, language)
    found = blocks(kit, language)
    return {
        "language": language,
        "text_language": kit.language,
        "labels": {code: heading(code, language) for code in HEADINGS["en"]},
        "heading": heading("title", language).format(platform=name, episode=kit.episode),
        "steps": tuple(_step(kit, step, language, found) for step in platform.steps),
        "rich": _rich(kit.texts.sections) if platform.has_rich_text else (),
        "warnings": tuple(_warnings(kit, language)),
        "checks": tuple(_row(checked, language) for checked in kit.checked),
        "files": tuple(
            {"kind": name_of(kind, language), "name": path.name} for kind, paths in kit.files.items() for path in paths
        ),
        "rules": {
            "date": platform.checked.isoformat(),
            "sources": platform.sources,
            "is_reported": any(checked.limit.certainty == REPORTED for checked in kit.checked),
            "unpublished": heading("list", language).join(
                measure_name(code, language) for code in platform.unpublished
            ),
        },
    }


def blocks(kit: Kit, language: str) -> dict[str, str]:
    """What is pasted, by name; an empty text is nothing to paste."""
    texts = kit.texts
    machine = f"{texts.declaration}\n" if texts.declaration else ""
    declaration = worded_in(kit.platform.synthetic, language)
    return {
        "title": texts.title,
        "short-title": texts.short_title,
        "description": texts.description,
        "shownotes": texts.description,
        "chapters": texts.chapters,
        "tags": ("," if language == "en" or kit.platform.slug == "youtube" else " ").join(texts.tags),
        "category": texts.category,
        "language": language_name(kit.spoken, language),
        "licence": texts.licence,
        "declaration": f"{machine}{'' if machine else heading('no-declaration', language) + chr(10)}{declaration}",
    }


def _step(kit: Kit, step: Step, language: str, found: Mapping[str, str]) -> dict[str, Any]:
    pasted = [(name, found[name]) for name in step.pasted if found[name]]
    return {
        "text": worded_in(step.words, language),
        "blocks": tuple(
            {
                "name": name_of(name, language),
                "text": text,
                "is_copied": name not in ("declaration", "category", "language"),
                "is_rich": name == "shownotes" and kit.platform.has_rich_text,
            }
            for name, text in pasted
        ),
        "files": tuple(path.name for kind in step.files for path in kit.files.get(kind, ())),
    }


def _warnings(kit: Kit, language: str) -> Iterator[dict[str, str]]:
    """Errors first, then what was noted of this episode, then what is always so on this platform."""
    for level in (ERROR, WARNING):
        for checked in kit.checked:
            if not checked.is_met and checked.limit.level == level:
                row = _row(checked, language)
                text = f"{row['what']}{heading('colon', language)}{row['found']}, {row['limit']}"
                yield {"level": level, "text": text, "remedy": row["remedy"]}
    for note in kit.notes:
        yield {"level": WARNING, "text": note_text(note, language), "remedy": ""}
    for words in kit.platform.warnings:
        yield {"level": "always", "text": worded_in(words, language), "remedy": ""}


def _row(checked: Checked, language: str) -> dict[str, str]:
    limit = checked.limit
    level = "passed" if checked.is_met else limit.level
    return {
        "code": limit.code,
        "what": what(checked, language),
        "found": measured(limit.of, checked.found, limit.unit, language),
        "limit": limit_text(checked, language),
        "level": level,
        "result": heading(level, language),
        "certainty": heading(limit.certainty, language),
        "source": limit.source,
        "remedy": "" if checked.is_met else remedy(checked, language),
    }


def _rich(sections: Sequence[Section]) -> tuple[dict[str, Any], ...]:
    return tuple(
        {
            "name": section.name,
            "heading": section.heading,
            "is_list": section.is_list,
            "lines": tuple({"text": line.text, "url": line.url} for line in section.lines),
        }
        for section in sections
    )
