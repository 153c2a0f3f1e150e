"""The files of a kit beside its sound or video: covers, captions, texts to paste, and the checklist.

Rule: the same material gives the same bytes; each file is written into the work folder, under its final name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from castkit import templating
from castkit.artwork.card import Frame, draw_card
from castkit.artwork.jpeg import write_jpeg
from castkit.kits import checklist
from castkit.kits.bcc import compose_bcc
from castkit.kits.checks import Checked, Note
from castkit.kits.covers import layout_of
from castkit.kits.fence import MARKDOWN
from castkit.kits.rules import CoverRule, Limit, Platform
from castkit.site.policy import policy
from castkit.steps.context import EpisodeContext
from castkit.steps.files import BuiltTrack
from castkit.steps.kit_media import in_script
from castkit.steps.package import cover_path
from castkit.steps.subtitle import built_cues
from castkit.subtitles.files import write_srt

TEMPLATES = ("kit.html.j2", "kit.md.j2", "kit.css", "kit.js")


@dataclass(slots=True)
class Draft:
    """A kit in the making: its files by kind, and what is measured and noted on the way."""

    work: Path
    files: dict[str, tuple[Path, ...]] = field(default_factory=dict)
    found: dict[str, float] = field(default_factory=dict)
    checked: list[Checked] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def draw_covers(context: EpisodeContext, platform: Platform, draft: Draft, titles: Sequence[str]) -> None:
    """The episode's own picture, or the show's, and the titles, in every size the platform wants."""
    own = context.episode.image
    art = context.paths.root / own if own else cover_path(context)
    drawn = tuple(_draw_cover(draft, rule, art, titles) for rule in platform.covers)
    draft.files["covers"] = drawn
    for rule, path in zip(platform.covers, drawn, strict=True):
        limit = Limit("cover-size", "cover-size", rule.most_bytes, None, "bytes", "error", rule.certainty, rule.source)
        draft.checked.append(Checked(limit, path.stat().st_size))


def _draw_cover(draft: Draft, rule: CoverRule, art: Path, titles: Sequence[str]) -> Path:
    layout = layout_of(rule.width, rule.height)
    path = draft.work / f"{rule.name}.jpg"
    still = path.with_suffix(".png")
    try:
        frame = Frame(layout.size, layout.cover, layout.titles, layout.is_centred)
        card = draw_card(still, art, titles=titles, frame=frame)
        write_jpeg(still, path, most_bytes=rule.most_bytes)
    finally:
        still.unlink(missing_ok=True)
    note = Note("cover-undrawn", {"characters": card.undrawn})
    if card.undrawn and note not in draft.notes:
        draft.notes.append(note)
    return path


def write_captions(
    context: EpisodeContext, platform: Platform, draft: Draft, tracks: Sequence[BuiltTrack], language: str
) -> None:
    """Captions as files, named as the platform names languages; none where it takes no files."""
    if platform.captions not in ("srt", "bcc"):
        return
    written: list[Path] = []
    for track in tracks:
        cues = in_script(built_cues(context.paths.published_srt(track.language)), track.language, language)
        tag = platform.caption_languages.get(track.language, track.language)
        srt = draft.work / f"{context.slug}.{tag}.srt"
        write_srt(srt, cues)
        written.append(srt)
        if platform.captions == "bcc":
            bcc = srt.with_suffix(".json")
            bcc.write_text(compose_bcc(cues), encoding="utf-8", newline="\n")
            written.append(bcc)
    draft.files["captions"] = tuple(written)


def write_texts(draft: Draft, kit: checklist.Kit) -> None:
    """Each text to paste as a file of its own, for those who rather open a file than a page."""
    language = kit.platform.checklist[0]
    pasted = dict.fromkeys(name for step in kit.platform.steps for name in step.pasted)
    for name in pasted:
        text = checklist.blocks(kit, language)[name]
        if text and name not in ("declaration", "category", "language"):
            (draft.work / f"{name}.txt").write_text(text + "\n", encoding="utf-8", newline="\n")


def write_checklists(context: EpisodeContext, draft: Draft, kit: checklist.Kit) -> None:
    """A page and a text in each of the platform's languages; the first one's page is `checklist.html`."""
    sources = templating.load(context.workspace.templates, TEMPLATES)
    style, script = sources["kit.css"].text, sources["kit.js"].text
    for number, language in enumerate(kit.platform.checklist):
        values = checklist.view(kit, language)
        values |= {"style": templating.safe(style), "script": templating.safe(script)}
        values |= {"policy": policy([style], [script])}
        page = draft.work / (f"checklist.{language}.html" if number else "checklist.html")
        _write(page, templating.render_html(sources, "kit.html.j2", values))
        text = templating.render(sources, "kit.md.j2", values, MARKDOWN).strip("\n") + "\n"
        _write(draft.work / f"checklist.{language}.md", text)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
