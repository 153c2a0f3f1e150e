"""What a translator has to know beside the file: limits, the terms that occur, what was accepted before.

Rule: it is told from the episode alone, so that the same hand-out has the same note.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from castkit.config import load_glossary
from castkit.model.glossary import in_script
from castkit.model.language import language_name
from castkit.steps.limits import limits
from castkit.steps.remembering import Remembered, for_episode
from castkit.steps.subtitle_desk import Desk, Stand, Standing, source_cues
from castkit.subtitles.player.page import Agreed
from castkit.subtitles.profile import Profile
from castkit.timecode import clock
from castkit.translate.script import convert
from castkit.wording.glossary_forms import occurrences

_HEADS = {
    Stand.ACCEPTED: "the subtitles that a person accepted",
    Stand.DRAFT: "a person's draft, not finished yet",
    Stand.MACHINE: "a machine's draft that nobody has read",
    Stand.SOURCE: "the source's words, to be replaced by their translation",
}


@dataclass(frozen=True, slots=True)
class Guidance:
    """The limits of the language, the terms that are spoken, and what people accepted for sentences like these."""

    profile: Profile
    terms: tuple[Agreed, ...]
    before: tuple[Remembered, ...]


def guidance(desk: Desk) -> Guidance:
    """What there is to know for this language of the episode."""
    before = () if desk.is_spoken else for_episode(desk.context, desk.language)
    return Guidance(limits(desk.context.show, desk.language), tuple(_terms(desk)), before)


def as_markdown(desk: Desk, found: Standing, about: Guidance, lost: Sequence[str]) -> str:
    """The note; `lost` are phrases of what the kind of file cannot carry."""
    names = [language_name(tag, "en") for tag in (desk.spoken, desk.language)]
    way = names[1] if desk.is_spoken else f"{names[0]} to {names[1]}"
    lines = [
        f"# {desk.context.slug}: {way}",
        "",
        f"The file holds {_HEADS[found.stand]}, in {len(found.cues)} cues. Texts and times may be changed, cues",
        "split, joined, taken out and added. Any editor and any encoding will do. Send the file back whole;",
        f"it comes in with: `castkit subs import {desk.context.slug} {desk.language} FILE`",
        *_section("Limits", _limits(about.profile)),
        *_section("Terms that occur", (_term(one) for one in about.terms)),
        *_section("Accepted before, in other episodes", (_proposal(one) for one in about.before)),
        *_section("What this kind of file cannot carry", (f"- {one}" for one in lost)),
    ]
    return "\n".join(lines) + "\n"


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield from ("", f"## {title}", "", *found)


def _limits(one: Profile) -> Iterator[str]:
    wide = " (a full-width character is 1, any other a half)" if one.is_wide else ""
    yield f"- a line: at most {one.line_width} characters{wide}; at most {one.lines} lines"
    yield f"- reading speed: at most {one.characters_per_second:g} characters a second, punctuation and spaces included"
    yield f"- a cue: {one.shortest_ms / 1000:g} to {one.longest_ms / 1000:g} seconds; {one.gap_ms} ms between two cues"
    yield f"- the profile is `{one.name}`; `castkit subs check` lists what is beyond it"


def _terms(desk: Desk) -> Iterator[Agreed]:
    """Terms that are spoken in the episode, in the order of their first time, as agreed in the other language."""
    glossary = load_glossary(desk.context.workspace, desk.context.show)
    for tag in (desk.spoken, desk.language):
        glossary = in_script(glossary, tag, convert)
    said = " ".join(cue.text.replace("\n", " ") for cue in source_cues(desk))
    places = sorted(occurrences(said, glossary, desk.spoken), key=lambda one: one.start)
    for index in dict.fromkeys(one.term for one in places):
        term = glossary.terms[index]
        agreed = term.agreed(desk.language)
        if agreed:
            others = tuple(one for one in term.forms(desk.language) if one != agreed)
            yield Agreed(term.agreed(desk.spoken), agreed, others, term.advice(desk.language))


def _term(one: Agreed) -> str:
    pair = one.agreed if one.agreed == one.word else f"{one.word} → {one.agreed}"
    others = f" (also: {_plain(', '.join(one.forms))})" if one.forms else ""
    return f"- {_plain(pair)}{others}{f': {_plain(one.note)}' if one.note else ''}"


def _proposal(one: Remembered) -> str:
    like = f" (for “{_plain(one.like)}”, {one.score:.0f} % like it)" if one.like else ""
    return f"- {clock(one.start_ms)} “{_plain(one.text)}” → “{_plain(one.translation)}”{like}; {_plain(one.origin)}"


def _plain(text: str) -> str:
    """A text on one line, its own markup shown and not obeyed."""
    line = " ".join(text.split())
    return "".join(f"\\{one}" if one in "\\`*_[]<>#|" else one for one in line)
