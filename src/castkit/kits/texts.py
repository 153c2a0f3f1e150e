"""The texts a person pastes into a platform's page: title, description with time-stamps, tags.

Rule: what has no room is left out whole and named, in a fixed order; funding statement, disclaimer and what a machine
made are never left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from castkit.kits.checks import Note
from castkit.kits.counting import length, only_allowed, shortened
from castkit.kits.rules import Platform
from castkit.kits.sections import NOTHING, Line, Section, plain, time_stamp, without_addresses

# What goes first where there is no room for all.
_LEFT_OUT = ("documents", "partners", "people", "licence", "chapters")
_INSTEAD = str.maketrans("<>", "‹›")


@dataclass(frozen=True, slots=True)
class Material:
    """What there is to say of an episode, in one language and as people are to read it; times in ms.

    `labels` are headings by name; `machine_made` says what of this kit no person has read, a sentence each.
    """

    language: str
    title: str
    show: str
    summary: str
    description: tuple[str, ...]
    chapters: tuple[tuple[int, str], ...]
    duration_ms: int
    people: tuple[str, ...] = ()
    documents: tuple[Line, ...] = ()
    partners: tuple[Line, ...] = ()
    funding: tuple[str, ...] = ()
    disclaimer: str = ""
    licence: Line = NOTHING
    keywords: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    machine_made: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Texts:
    """What is pasted; `sections` are those of the description, for a platform that takes formatting."""

    title: str
    short_title: str
    description: str
    sections: tuple[Section, ...]
    chapters: str
    tags: tuple[str, ...]
    category: str
    licence: str
    declaration: str


def compose(platform: Platform, material: Material) -> tuple[Texts, tuple[Note, ...]]:
    """The texts for one platform, and what a person should know of them."""
    notes: list[Note] = []
    title = _title(platform, material.title, notes)
    short = _short_title(platform, material, notes)
    tags = _tags(platform, material, notes)
    sections = _sections(platform, material, tags, notes)
    chapters = plain([section for section in sections if section.name == "chapters"], heading=False)
    sections, description = _description(platform, sections, notes)
    texts = Texts(
        title=title,
        short_title=short,
        description=description,
        sections=sections,
        chapters=chapters,
        tags=tags,
        category=category_of(platform, material.categories),
        licence=plain([Section("licence", "", (material.licence,))]).strip(),
        declaration="\n".join(material.machine_made),
    )
    return texts, tuple(notes)


def measures(platform: Platform, texts: Texts) -> dict[str, float]:
    """What limits are held against, in the units that `checks.check` looks for."""
    units = ("characters", "utf16", "bytes")
    named = {"title": texts.title, "description": texts.description}
    if texts.short_title:
        named["short-title"] = texts.short_title
    found: dict[str, float] = {f"{name}/{unit}": length(text, unit) for name, text in named.items() for unit in units}
    if platform.limit("tags-count") or platform.limit("tags-total"):
        found |= {"tags-count": len(texts.tags), "tags-total": tags_length(texts.tags)}
        found["tag-length"] = max((len(tag) for tag in texts.tags), default=0)
    return found


def tags_length(tags: Sequence[str]) -> int:
    """As YouTube counts them: with the commas between them, and quotes around those that have a space."""
    return sum(len(tag) + (2 if " " in tag else 0) for tag in tags) + max(0, len(tags) - 1)


def category_of(platform: Platform, categories: Iterable[str]) -> str:
    """The platform's category for the show's first one that it has a counterpart for."""
    tops = (name.split(">")[0].strip() for name in categories)
    return next(
        (platform.categories[top] for top in tops if top in platform.categories), platform.categories["default"]
    )


def _title(platform: Platform, title: str, notes: list[Note]) -> str:
    title = _allowed(platform, title, notes)
    limit = platform.refused_above("title")
    if limit is None or limit.most is None:
        return title
    kept = shortened(title, int(limit.most), limit.unit)
    if kept != title:
        notes.append(Note("title-shortened", {"title": title}))
    return kept


def _short_title(platform: Platform, material: Material, notes: list[Note]) -> str:
    """The title within a second, tighter limit; empty where the platform has none or it would say nothing."""
    if platform.short_title_allowed is None:
        return ""
    most, least = platform.limit("short-title"), platform.limit("short-title-fewest")
    title = only_allowed(material.title, platform.short_title_allowed)
    if most and most.most is not None and len(title) > most.most:
        # The ellipsis is no letter, and the form does not take it.
        title = shortened(title, int(most.most) + 1, "characters").rstrip("…").rstrip()
        notes.append(Note("short-title-shortened", {"title": material.title}))
    if least and least.least is not None and len(title) < least.least:
        notes.append(Note("short-title-too-short", {"title": material.title}))
        return ""
    return title


def _tags(platform: Platform, material: Material, notes: list[Note]) -> tuple[str, ...]:
    """The keywords in the platform's script first; what has no room is left out and named."""
    longest, count, total = (platform.refused_above(code) for code in ("tag-length", "tags-count", "tags-total"))
    is_chinese = material.language.startswith("zh")
    words = dict.fromkeys(_allowed(platform, word, notes) for word in material.keywords)
    kept: list[str] = []
    for word in sorted(words, key=lambda word: is_chinese and word.isascii()):
        tried = [*kept, word]
        is_fine = not (longest and longest.most is not None and len(word) > longest.most)
        is_fine &= not (count and count.most is not None and len(tried) > count.most)
        is_fine &= not (total and total.most is not None and tags_length(tried) > total.most)
        if is_fine:
            kept = tried
    if left := [word for word in words if word not in kept]:
        notes.append(Note("tags-left-out", {"tags": ", ".join(left)}))
    return tuple(kept)


def _allowed(platform: Platform, text: str, notes: list[Note]) -> str:
    """The text with something like them in the place of characters that the platform refuses."""
    if not any(char in text for char in platform.forbidden):
        return text
    note = Note("forbidden-characters", {"characters": " ".join(platform.forbidden)})
    if note not in notes:
        notes.append(note)
    return text.translate(_INSTEAD)


def _sections(platform: Platform, material: Material, tags: Sequence[str], notes: list[Note]) -> tuple[Section, ...]:
    """Everything there is to say, in its order; addresses only where the platform takes them."""
    labels = material.labels
    rows = (
        Section("title", "", (Line("" if platform.has_title else material.title),)),
        Section("summary", "", (Line(material.summary),)),
        Section("description", "", tuple(Line(text) for text in material.description)),
        Section("chapters", labels.get("chapters", ""), tuple(_chapters(platform, material, notes)), is_list=True),
        Section("people", labels.get("people", ""), tuple(Line(text) for text in material.people), is_list=True),
        Section("documents", labels.get("documents", ""), material.documents, is_list=True),
        Section("partners", labels.get("partners", ""), material.partners, is_list=True),
        Section("declaration", "", tuple(Line(text) for text in material.machine_made)),
        Section("funding", labels.get("funding", ""), tuple(Line(text) for text in material.funding)),
        Section("disclaimer", labels.get("disclaimer", ""), (Line(material.disclaimer),)),
        Section("licence", labels.get("licence", ""), (material.licence,)),
        Section("hashtags", "", (Line(_hashtags(tags) if platform.has_hashtags else ""),)),
    )
    found = [section for section in map(Section.worded, rows) if section.lines]
    if not platform.has_links:
        found = [without_addresses(section, notes) for section in found]
    return tuple(_forgiving(platform, section, notes) for section in found)


def _forgiving(platform: Platform, section: Section, notes: list[Note]) -> Section:
    lines = tuple(replace(line, text=_allowed(platform, line.text, notes)) for line in section.lines)
    return replace(section, lines=lines)


def _hashtags(tags: Sequence[str]) -> str:
    """A topic ends at the first space or sign."""
    return " ".join(f"#{''.join(char for char in tag if char.isalnum())}" for tag in tags)


def _chapters(platform: Platform, material: Material, notes: list[Note]) -> Iterator[Line]:
    """Time-stamps, the first at 00:00; none where the platform would not take them for chapters."""
    starts = [at for at, _ in material.chapters]
    if not starts:
        return
    rule = platform.chapters
    shortest_ms = min(end - start for start, end in pairwise([*starts, material.duration_ms]))
    if starts[0] != 0 or len(starts) < rule.fewest or shortest_ms < rule.shortest_s * 1000:
        values = {"fewest": str(rule.fewest), "seconds": str(rule.shortest_s)}
        notes.append(Note("chapters-left-out", values))
        return
    for at, title in material.chapters:
        yield Line(f"{time_stamp(at)} {title}")


def _description(
    platform: Platform, sections: tuple[Section, ...], notes: list[Note]
) -> tuple[tuple[Section, ...], str]:
    """The sections that have room, and their text."""
    limit = platform.refused_above("description")
    if limit is None or limit.most is None:
        return sections, plain(sections)
    most = int(limit.most)
    left_out: list[str] = []
    for kept, name in _shorter(sections):
        left_out += [name] if name and name not in left_out else []
        text = plain(kept)
        if length(text, limit.unit) <= most:
            notes.extend(Note("section-left-out", {"section": one}) for one in left_out)
            return kept, text
    notes.extend(Note("section-left-out", {"section": one}) for one in left_out)
    return _with_less_summary(kept, most, limit.unit, notes)


def _with_less_summary(
    kept: tuple[Section, ...], most: int, unit: str, notes: list[Note]
) -> tuple[tuple[Section, ...], str]:
    """The summary in what room the sections leave that have to stay; as it is where they leave none."""
    room = most - length(plain([one for one in kept if one.name != "summary"]), unit) - length("\n\n", unit)
    for number, section in enumerate(kept):
        if section.name == "summary" and (summary := shortened(section.lines[0].text, room, unit)):
            notes.append(Note("summary-shortened"))
            fewer = (*kept[:number], replace(section, lines=(Line(summary),)), *kept[number + 1 :])
            return fewer, plain(fewer)
    notes.append(Note("description-no-room", {"most": str(most)}))
    return kept, plain(kept)


def _shorter(sections: tuple[Section, ...]) -> Iterator[tuple[tuple[Section, ...], str]]:
    """All, then ever less: the longer description from its end, then whole sections; with what went last."""
    yield sections, ""
    kept = sections
    while described := next((one for one in kept if one.name == "description"), None):
        fewer = replace(described, lines=described.lines[:-1])
        kept = tuple(fewer if one is described else one for one in kept if one is not described or fewer.lines)
        yield kept, "description"
    for name in _LEFT_OUT:
        if any(one.name == name for one in kept):
            kept = tuple(one for one in kept if one.name != name)
            yield kept, name
