"""Step "package": the files a listener downloads, tagged, and the report of what is in them.

Rule: nothing is said of a file that was not measured or read from it; what fell short is a note, not a silence.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from castkit import ffmpeg
from castkit.artwork.embedded import embedded_cover
from castkit.audio.chapters import podcast_chapters
from castkit.audio.m4a import m4a_arguments
from castkit.audio.tags import Lyrics, Tags, write_opus_tags, write_tags
from castkit.engine.claims import GB, Claim
from castkit.engine.stage import Job, Stage
from castkit.model.chapters import Mark, marks
from castkit.model.language import iso639_2
from castkit.model.licences import licence_url
from castkit.model.programme import Programme
from castkit.model.text import one_line
from castkit.model.transcript import Transcript
from castkit.steps.context import EpisodeContext, is_for_people
from castkit.steps.files import BuiltTrack, Tracks, load_as, load_programme, load_tracks, write_json
from castkit.steps.package_video import beside, make_video, mp4_tags, picture_of
from castkit.steps.subtitle import built_cues
from castkit.subtitles.profile import profile_for


def described(context: EpisodeContext) -> Tags:
    """The tags that follow from what people wrote: those of the MP3 but for cover, chapters, lyrics and language."""
    show, episode, main = context.show.show, context.episode, context.show.main_language
    others = context.show.languages
    owner = show.copyright or one_line(show.author.in_(main, others))
    return Tags(
        title=one_line(episode.title.in_(main, others)),
        artist=one_line(show.author.in_(main, others)),
        album=one_line(show.title.in_(main, others)),
        date=episode.date,
        language="",
        text_language=iso639_2(main),
        number=episode.number,
        season=episode.season,
        comment=one_line(episode.summary.in_(main, others)),
        copyright=f"{episode.date.year} {one_line(owner)}",  # ID3 wants the year first
        licence_url=licence_url(show.licence),
        link=quote(show.link, safe=":/?#[]@!$&'()*+,;=%~"),  # ID3's addresses are Latin-1
    )


def lyrics(context: EpisodeContext, tracks: Sequence[BuiltTrack]) -> tuple[Lyrics, ...]:
    """The words of every track, a cue a line, under the label where a machine translated them."""
    found = []
    for track in tracks:
        profile = profile_for(track.language)
        lines = [profile.flowing(cue.text) for cue in built_cues(context.paths.srt(track.language))]
        text = "\n".join([track.label, *lines] if track.label else lines)
        if lines:  # a person may have emptied the file
            found.append(Lyrics(track.language, iso639_2(track.language), text))
    return tuple(found)


def placed(context: EpisodeContext, programme: Programme, duration_ms: int, language: str) -> tuple[Mark, ...]:
    """The chapters in a language; CastkitError where one lies beyond the end."""
    languages = (language, *context.show.languages)
    return marks(context.episode.chapters, programme, duration_ms=duration_ms, languages=languages)


def run(context: EpisodeContext, job: Job) -> None:
    paths, main = context.paths, context.show.main_language
    job.tool("ffmpeg", ffmpeg.version(ffmpeg.find_tools().ffmpeg))
    programme, tracks = load_programme(context), load_tracks(context)
    duration_ms = ffmpeg.probe(paths.master).duration_ms
    chapters = placed(context, programme, duration_ms, main)  # before anything is written: it may refuse
    tags = replace(described(context), language=iso639_2(tracks.spoken), chapters=chapters)
    tags = replace(tags, cover=embedded_cover(cover_path(context)))
    _make_audio(context, job, replace(tags, lyrics=lyrics(context, tracks.worded)))
    _make_others(context, job, tags)
    job.progress(0.2)
    for language in context.show.languages if chapters else ():
        _make_chapters(context, job, placed(context, programme, duration_ms, language), language)
    has_picture = picture_of(programme) is not None
    video = make_video(context, job, programme, tags) if has_picture else None
    write_json(job.output(paths.report), _report(context, programme, duration_ms, video))


def _make_audio(context: EpisodeContext, job: Job, tags: Tags) -> None:
    output = job.output(context.paths.audio)
    shutil.copyfile(context.paths.master, output)
    write_tags(output, tags)


def _make_others(context: EpisodeContext, job: Job, tags: Tags) -> None:
    """The formats made by choice, with the same tags."""
    paths = context.paths
    for codec in other_formats(context):
        output = job.output(paths.audio_in(codec))
        if codec == "opus":
            shutil.copyfile(paths.master_in(codec), output)
            write_opus_tags(output, tags)
            continue
        with beside(output, "cover.jpg") as cover, beside(output, "described.txt") as described_by:
            cover.write_bytes(tags.cover)
            described_by.write_text(ffmpeg.metadata(mp4_tags(tags), tags.chapters), encoding="utf-8", newline="\n")
            arguments = m4a_arguments(paths.master_in(codec), described_by, cover, output)
            ffmpeg.run(arguments, doing=f"tagging {paths.audio_in(codec).name}")


def other_formats(context: EpisodeContext) -> tuple[str, ...]:
    """The formats that are made beside the MP3."""
    return tuple(codec for codec in ("m4a", "opus") if codec in context.audio.formats)


def _make_chapters(context: EpisodeContext, job: Job, chapters: Sequence[Mark], language: str) -> None:
    others = context.show.languages
    title, podcast = context.episode.title.in_(language, others), context.show.show.title.in_(language, others)
    value = podcast_chapters(chapters, title=one_line(title), podcast=one_line(podcast))
    write_json(job.output(context.paths.chapters_json(language)), value)


def cover_path(context: EpisodeContext) -> Path:
    """The show's picture."""
    return context.workspace.root / context.show.show.image


def _report(
    context: EpisodeContext, programme: Programme, duration_ms: int, video: dict[str, Any] | None
) -> dict[str, Any]:
    """Plain values: times in ms, loudness in LUFS, peaks in dBTP."""
    master, loudness = load_as(context.paths.master_report, _mastered)
    tracks = load_tracks(context)
    return {
        "version": 1,
        "episode": context.slug,
        "duration_ms": duration_ms,
        "lead_ms": programme.lead_ms,
        "loudness": loudness,
        "master": master,
        "recordings": [asdict(track) for track in programme.tracks],
        "recognition": _recognition(context, programme),
        "spoken": tracks.spoken,
        "subtitles": [_described(track) for track in tracks.worded],
        "missing": list(tracks.missing),
        "chapters": [asdict(mark) for mark in placed(context, programme, duration_ms, context.show.main_language)],
        "video": video,
        "notes": [*master["notes"], *_notes(tracks, video)],
    }


def _mastered(value: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The master's report, which must have notes, and what it says of the loudness."""
    loudness = {**value["measured"], "target_lufs": value["target"]["loudness_lufs"]}
    return {**value, "notes": [*value["notes"]]}, loudness


def _recognition(context: EpisodeContext, programme: Programme) -> dict[str, Any]:
    """How much of the speech got words, and which texts may be invented; times on the master's clock."""
    heard = load_as(context.paths.transcript, Transcript.from_json).through(programme.timeline, programme.duration_ms)
    coverage = asdict(heard.coverage) if heard.coverage else None
    return {"coverage": coverage, "flags": [asdict(flag) for flag in heard.flags]}


def _described(track: BuiltTrack) -> dict[str, Any]:
    return {**asdict(track), "is_reviewed": track.origin.is_reviewed}


def _notes(tracks: Tracks, video: dict[str, Any] | None) -> Iterator[str]:
    """What a person should look at, in sentences."""
    for track in tracks.worded:
        if not track.origin.is_reviewed:
            yield f"{track.language}: no person has read these subtitles ({track.origin})"
        if track.exceptions:
            yield f"{track.language}: {len(track.exceptions)} breaches of a limit, listed under subtitles"
        if track.stale:
            yield f"{track.language}: cues whose source has changed since: {len(track.stale)}, listed under subtitles"
    yield from video["notes"] if video else ()
    for gap in tracks.missing:
        yield f"{gap['why']}; translate {gap['file']} and save it as {gap['save_as']}"


def reads(context: EpisodeContext) -> Iterator[Path]:
    paths = context.paths
    yield from (paths.master, paths.master_report, paths.programme, paths.transcript, paths.tracks, cover_path(context))
    yield from (paths.master_in(codec) for codec in other_formats(context))
    for track in load_tracks(context).worded:
        yield from (paths.srt(track.language), paths.published_srt(track.language))
    if picture := picture_of(load_programme(context)):
        yield from (paths.root / picture.path, paths.master_in("m4a"))


def writes(context: EpisodeContext) -> Iterator[Path]:
    paths = context.paths
    yield from (paths.audio, paths.report, *(paths.audio_in(codec) for codec in other_formats(context)))
    if picture_of(load_programme(context)):
        yield paths.video
    if context.episode.chapters:
        yield from (paths.chapters_json(language) for language in context.show.languages)


def settings(context: EpisodeContext) -> dict[str, Any]:
    """What people wrote that goes into the files."""
    show, episode, audio = context.show.show, context.episode, context.audio
    tags = described(context)
    return {
        "tags": [tags.title, tags.artist, tags.album, tags.comment, tags.copyright, tags.licence_url, tags.link],
        "numbers": [tags.season, tags.number],
        "date": episode.date.isoformat(),
        "titles": [show.title.model_dump(), episode.title.model_dump()],
        "chapters": [[chapter.start, chapter.title.model_dump()] for chapter in episode.chapters],
        "languages": list(context.show.languages),
        "target": [audio.loudness, audio.true_peak],
        "formats": list(other_formats(context)),
    }


def _claim(context: EpisodeContext) -> Claim:
    """x264's threads, and the frames they hold."""
    return Claim(4.0, GB) if picture_of(load_programme(context)) else Claim()


STEP = Stage[EpisodeContext](
    name="package",
    version=3,
    after=("master", "transcripts"),
    reads=reads,
    writes=writes,
    settings=settings,
    run=run,
    is_editable=is_for_people,
    claim=_claim,
)
