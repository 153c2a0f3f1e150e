"""Kits to hand an episode over to a platform without a feed: media, cover, texts, captions and a checklist.

Rule: it is made of what the last build left, and touches nothing of it; what a platform would refuse stops the kit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from castkit.errors import CastkitError
from castkit.kits import checklist, fit, texts, words
from castkit.kits.checks import Checked, Note, check
from castkit.kits.rules import Platform
from castkit.model.language import best_match
from castkit.steps import kit_folder
from castkit.steps.captions import BILINGUAL, burnt_languages
from castkit.steps.context import EpisodeContext
from castkit.steps.files import BuiltTrack, load_programme, load_tracks
from castkit.steps.kit_files import Draft, draw_covers, write_captions, write_checklists, write_texts
from castkit.steps.kit_material import gathered, language_of
from castkit.steps.kit_media import Finished, Media, Progress, facts_of, finished, planned
from castkit.steps.work_folder import work_folder

_OLD_DAYS = 365


@dataclass(frozen=True, slots=True)
class Made:
    """A kit as it lies there: its files with the checklist first, what was checked, and what to know of it.

    `is_new` is false where nothing changed; `aside` is where a kit that somebody had changed was put.
    """

    platform: Platform
    folder: Path
    files: tuple[Path, ...]
    checked: tuple[Checked, ...]
    notes: tuple[Note, ...]
    is_new: bool
    is_encoded: bool
    aside: Path | None = None

    def problems(self, language: str) -> Iterator[tuple[str, str]]:
        """Level and sentence of everything that is to be looked at, as in the checklist; not what is always so."""
        for one in self.checked:
            if not one.is_met:
                yield one.limit.level, said(one, language)
        for note in self.notes:
            yield "warning", words.note_text(note, language)


def make_kit(  # noqa: PLR0913 - what is asked for, and the day, which tests give
    context: EpisodeContext,
    platform: Platform,
    progress: Progress,
    *,
    language: str = "",
    folder: Path | None = None,
    today: date | None = None,
) -> Made:
    """Makes the kit of one platform; the caller holds the episode's lock.

    CastkitError where the episode is not built, the folder is no place for a kit, or the platform would refuse what
    can be made: with everything it would refuse, and what to do.
    """
    target = place_of(context, platform, folder)
    before = kit_folder.read(target)
    if before is not None and before.episode != context.slug:
        raise CastkitError(f"{target} holds the kit of {before.episode}", "name another folder with --to")
    there = finished(context, load_programme(context), is_video=platform.is_video)
    _refuse_length(context, platform, there)
    read_in = language_of(context, platform, language)
    tracks = _tracks(context, platform, read_in)
    material, notes = gathered(context, read_in, tracks, there.duration_ms)
    composed, more = texts.compose(platform, material)
    with work_folder(kit_folder.work_path(target), "the kit") as work:
        draft = Draft(work, notes=[*notes, *more, *_of_captions(platform, tracks, read_in)])
        draft.found |= texts.measures(platform, composed)
        burnt = [track.language for track in tracks] if platform.captions == "burnt" else []
        media = planned(context, platform, there, burnt, read_in)
        kept, is_encoded = _put_media(draft, media, target, before, progress)
        draw_covers(context, platform, draft, (material.show, material.title))
        write_captions(context, platform, draft, tracks, read_in)
        _check(context, platform, draft, today=today)
        kit = checklist.Kit(
            platform=platform,
            episode=material.title,
            texts=composed,
            files=draft.files,
            checked=tuple(draft.checked),
            notes=tuple(draft.notes),
            language=read_in,
            spoken=load_tracks(context).spoken,
        )
        write_texts(draft, kit)
        write_checklists(context, draft, kit)
        about = {"platform": platform.slug, "episode": context.slug, "language": read_in}
        about |= {"rules_checked": platform.checked.isoformat()}
        written = kit_folder.write_receipt(work, about, {media.name: kept})
        is_new = not kit_folder.is_same(work, before)
        aside = kit_folder.swap_in(work, target, before) if is_new else None
    files = tuple(target / name for name in sorted(written, key=_checklist_first))
    return Made(platform, target, files, kit.checked, kit.notes, is_new, is_encoded, aside)


def place_of(context: EpisodeContext, platform: Platform, folder: Path | None) -> Path:
    """Where the kit goes; CastkitError for a place among the episode's sources."""
    own = context.paths.kits / platform.slug
    if folder is None:
        return own
    place = folder.absolute() / platform.slug
    episodes, resolved = context.workspace.episodes.resolve(), place.resolve()
    if resolved.is_relative_to(episodes) and not resolved.is_relative_to(context.paths.kits.resolve()):
        raise CastkitError(f"{folder} is no place for a kit", f"leave out --to; kits go to {context.paths.kits}")
    return place


def said(checked: Checked, language: str) -> str:
    """`length 09:00:00, at most 08:00:00`."""
    limit, colon = checked.limit, words.heading("colon", language)
    found = words.measured(limit.of, checked.found, limit.unit, language)
    return f"{words.what(checked, language)}{colon}{found}, {words.limit_text(checked, language)}"


def _refuse_length(context: EpisodeContext, platform: Platform, there: Finished) -> None:
    """Before anything is encoded: no encoding makes an episode shorter."""
    _refuse(context, platform, check(platform, {"length": there.duration_ms / 1000}))


def _refuse(context: EpisodeContext, platform: Platform, checked: Sequence[Checked]) -> None:
    if wrong := [one for one in checked if one.is_error]:
        remedies = dict.fromkeys(filter(None, (words.remedy(one, "en") for one in wrong)))
        raise CastkitError(
            f"{platform.name['en']} would refuse {context.slug}: {'; '.join(said(one, 'en') for one in wrong)}",
            "; ".join(remedies) or "see docs/how-to/kits.md",
        )


def _tracks(context: EpisodeContext, platform: Platform, language: str) -> tuple[BuiltTrack, ...]:
    """The subtitle tracks that go along: into the picture the platform's and one more, as files all."""
    found = load_tracks(context).worded
    if platform.captions == "none" or platform.captions != "burnt":
        return () if platform.captions == "none" else found
    by_tag = {track.language: track for track in found}
    wanted = best_match(language, tuple(by_tag))
    pair = burnt_languages(context, BILINGUAL)
    if wanted and wanted not in pair:
        pair = (wanted,)
    return tuple(by_tag[tag] for tag in pair)


def _of_captions(platform: Platform, tracks: Sequence[BuiltTrack], language: str) -> Iterator[Note]:
    """What is to be said of the captions: missing in the language of the platform, or read by nobody."""
    if platform.captions == "none":
        return
    tags = tuple(track.language for track in tracks)
    if not best_match(language, tags):
        yield Note("captions-missing", {"language": language, "others": " ".join(tags)})
    for track in tracks:
        if not track.origin.is_reviewed:
            yield Note("captions-unread", {"language": track.language, "origin": str(track.origin)})


def _put_media(
    draft: Draft, media: Media, target: Path, before: kit_folder.Before | None, progress: Progress
) -> tuple[kit_folder.Kept, bool]:
    """Puts sound or video there: what was measured of it, and whether anything was encoded for it."""
    path = draft.work / media.name
    kits = [*([before] if before else []), *kit_folder.neighbours(target)]
    found = next(filter(None, (kit.made_of(media.key) for kit in kits)), None)
    if found:
        made, kept = found
        kit_folder.copy(made, path)
    else:
        loudness, note = media.make(path, progress)
        kept = kit_folder.Kept(media.key, fit.measures(facts_of(path, loudness, media.kbps)), note)
    draft.notes += [Note("note", {"text": kept.note})] if kept.note else []
    draft.files["media"] = (path,)
    draft.found |= kept.measured
    return kept, found is None and media.source is None


def _check(context: EpisodeContext, platform: Platform, draft: Draft, *, today: date | None) -> None:
    """Everything held against the rules; CastkitError where the platform would refuse something."""
    draft.checked[:0] = check(platform, draft.found)
    _refuse(context, platform, draft.checked)
    if (today or date.today()).toordinal() - platform.checked.toordinal() > _OLD_DAYS:  # noqa: DTZ011 - a day
        draft.notes.append(Note("outdated"))


def _checklist_first(name: str) -> tuple[bool, str]:
    return (name != "checklist.html", name)
