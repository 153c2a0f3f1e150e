"""One zip for a translator without castkit: light sound or video, the file, its source, terms, and an offline player.

Rule: the same episode gives the same bytes; the media are made before anything is written down, and the zip is whole
under its name or not there.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path, PurePosixPath

from castkit.errors import CastkitError
from castkit.model.language import language_name
from castkit.steps.hand_out import Handed, Ready, cut_out, known, place_for, prepared, recorded
from castkit.steps.hand_out_notes import Guidance, as_markdown, guidance
from castkit.steps.light_media import LightCopy, Progress, light_copy
from castkit.steps.remembering import Remembered
from castkit.steps.subtitle_desk import Desk, Stand
from castkit.subtitles.history import BILINGUAL, Role
from castkit.subtitles.incoming.archive import is_archive, members, names
from castkit.subtitles.outgoing.archive import safe_stem, write_archive
from castkit.subtitles.outgoing.kinds import cannot_carry
from castkit.subtitles.outgoing.terms import terms_csv
from castkit.subtitles.outgoing.texts import srt_bytes
from castkit.subtitles.player.page import Agreed, PlayerView, Proposal, render

_PAGE, _NOTES, _TERMS, _SOUND, _VIDEO = "index.html", "notes.txt", "glossary.csv", "sound.m4a", "video.mp4"


def hand_out_package(
    desk: Desk, target: Path | None, progress: Progress, *, is_bilingual: bool = False, is_sound_only: bool = False
) -> Handed:
    """Writes the zip; `progress` is told the share (0 to 1) of the media that is made.

    CastkitError where the episode's sound or video is not built, or where something lies there already that castkit
    did not hand out.
    """
    ready = prepared(desk, "srt", is_bilingual=is_bilingual)
    path = place_for(desk, target, "zip")
    _protect(desk, path)
    about = guidance(desk)
    notes = as_markdown(desk, ready.found, about, cannot_carry("srt")).replace("\n", "\r\n").encode("utf-8-sig")
    beside = {Role.NOTES: notes}
    if ready.source:
        beside[Role.ORIGINAL] = srt_bytes(ready.source)
    if about.terms:
        beside[Role.TERMS] = _glossary(desk, about.terms)
    media = light_copy(desk.context, progress, is_sound_only=is_sound_only)
    page = render(_view(desk, ready, about, media)).encode()
    revision = recorded(desk, ready, path.name, beside)
    texts = {_PAGE: page, _file_name(desk): ready.data}
    named = {Role.ORIGINAL: _source_name(desk), Role.TERMS: _TERMS, Role.NOTES: _NOTES}
    texts |= {name: beside[role] for role, name in named.items() if role in beside}
    folder, name = safe_stem(f"{desk.context.slug}.{desk.language}"), _media_name(media)
    write_archive(path, folder, {**texts, name: media.path})
    told = (*cut_out(ready.found), f"{name} and the player are in the zip: {path.stat().st_size / 1e6:.1f} MB")
    return Handed(path, None, ready.found.stand, len(ready.found.cues), revision.rev, told)


def _file_name(desk: Desk) -> str:
    return safe_stem(f"{desk.context.slug}.{desk.language}.srt")


def _source_name(desk: Desk) -> str:
    return f"source.{desk.spoken}.srt"


def _media_name(media: LightCopy) -> str:
    return _VIDEO if media.has_picture else _SOUND


def _protect(desk: Desk, path: Path) -> None:
    """Refuses to put the package in the place of anything but a package in which nobody changed a text."""
    if not path.exists():
        return
    ours = {_PAGE, _file_name(desk), _source_name(desk), _NOTES, _TERMS, _SOUND, _VIDEO}
    try:
        is_ours = path.is_file() and is_archive(path) and {PurePosixPath(one).name for one in names(path)} <= ours
        there = known(desk)
        is_known = is_ours and all(sha256(one.data).hexdigest() in there for one in members(path))
    except CastkitError:
        is_known = False
    if not is_known:
        raise CastkitError(
            f"{path} is there already, and is not as castkit handed it out",
            f"if it is a translator's work: castkit subs import {desk.context.slug} {desk.language} {path}; "
            "else name another file with --to",
        )


def _view(desk: Desk, ready: Ready, about: Guidance, media: LightCopy) -> PlayerView:
    show, title_language = desk.context.show.show, desk.spoken
    fallbacks = desk.context.show.languages
    return PlayerView(
        title=desk.context.episode.title.in_(title_language, fallbacks),
        show=show.title.in_(title_language, fallbacks),
        title_language=title_language,
        language=desk.language,
        source_language="" if desk.is_spoken else desk.spoken,
        cues=() if ready.found.stand is Stand.SOURCE and not desk.is_spoken else ready.found.cues,
        source=ready.source,
        profile=about.profile,
        stand=ready.found.stand.value,
        file=_file_name(desk),
        media=_media_name(media),
        is_video=media.has_picture,
        source_file=_source_name(desk) if ready.source else "",
        is_bilingual=ready.kind == BILINGUAL,
        terms=about.terms,
        before=tuple(_proposal(one) for one in about.before),
    )


def _proposal(one: Remembered) -> Proposal:
    return Proposal(one.start_ms, one.text, one.translation, one.like, round(one.score), one.origin)


def _glossary(desk: Desk, terms: tuple[Agreed, ...]) -> bytes:
    heads = (language_name(desk.spoken, "en"), language_name(desk.language, "en"), "Also fine", "Note")
    rows = [(one.word, one.agreed, ", ".join(one.forms), one.note) for one in terms]
    return terms_csv([heads, *rows])
