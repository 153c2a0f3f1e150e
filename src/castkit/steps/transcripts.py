"""Step: the transcripts that listeners get, labelled where no person has read them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from castkit.engine.stage import Job, Stage
from castkit.model.cue import Cue
from castkit.steps.context import EpisodeContext, is_for_people
from castkit.steps.files import BuiltTrack, load_tracks, load_transcript
from castkit.steps.subtitle import built_cues
from castkit.subtitles.bilingual import two_languages, upper_first
from castkit.subtitles.bilingual_vtt import Side, compose_bilingual_vtt
from castkit.subtitles.files import write_srt
from castkit.subtitles.labels import with_label
from castkit.subtitles.lettering import named_for
from castkit.subtitles.profile import profile_for
from castkit.subtitles.speakers import with_speakers
from castkit.subtitles.transcript_files import compose_podcast_json, compose_vtt
from castkit.subtitles.transcript_page import Heading, compose_html
from castkit.video.ass import Captions, script
from castkit.video.shape import Size

PICTURE = Size(1920, 1080)  # what the ASS file's sizes are for; players scale them to the picture they have


def labelled(cues: tuple[Cue, ...], track: BuiltTrack) -> tuple[Cue, ...]:
    """The cues as published: with a label where the words are an unreviewed machine's."""
    return with_label(cues, track.label, profile_for(track.language)) if track.label else cues


def _naming(context: EpisodeContext, language: str) -> Callable[[str], str]:
    names = {person.id: person.name.in_(language, context.show.languages) for person in context.people}
    return lambda speaker: names.get(speaker) or speaker


def reads(context: EpisodeContext) -> Iterable[Path]:
    paths = context.paths
    return (
        paths.words,
        paths.programme,
        paths.tracks,
        *(paths.srt(track.language) for track in load_tracks(context).worded),
    )


def writes(context: EpisodeContext) -> Iterable[Path]:
    paths = context.paths
    tracks = load_tracks(context).worded
    for track in tracks:
        language = track.language
        yield from (paths.vtt(language), paths.transcript_json(language), paths.published_srt(language))
        yield paths.transcript_html(language)
    if len(tracks) > 1:
        yield from (paths.bilingual_srt, paths.bilingual_vtt, paths.bilingual_ass)


def settings(context: EpisodeContext) -> Any:
    """Names and labels as readers see them."""
    names = {person.id: person.name.model_dump() for person in context.people}
    return {"names": names, "languages": list(context.show.languages)}


def run(context: EpisodeContext, job: Job) -> None:
    paths = context.paths
    words = load_transcript(context).words
    tracks = load_tracks(context).worded
    cues = {track.language: built_cues(paths.srt(track.language)) for track in tracks}
    for track in tracks:
        language = track.language
        profile, name_of = profile_for(language), _naming(context, language)
        shown = labelled(with_speakers(cues[language], words), track)
        vtt = compose_vtt(shown, profile, name_of, note=track.label)
        _write(job.output(paths.vtt(language)), vtt)
        _write(job.output(paths.transcript_json(language)), compose_podcast_json(shown, profile, name_of))
        write_srt(job.output(paths.published_srt(language)), shown)
        page = compose_html(shown, profile, name_of, Heading(context.slug, language))
        _write(job.output(paths.transcript_html(language)), page)
    if len(tracks) > 1:
        _write_bilingual(context, job, cues, tracks[:2])


def _write_bilingual(
    context: EpisodeContext, job: Job, cues: Mapping[str, tuple[Cue, ...]], tracks: Sequence[BuiltTrack]
) -> None:
    """Both languages in one file, Chinese above: for players with one track (SRT), for the web (VTT), to draw (ASS)."""
    paths = context.paths
    one, other = tracks
    write_srt(job.output(paths.bilingual_srt), bilingual(one, cues[one.language], other, cues[other.language]))
    first, _ = upper_first(one.language, other.language)
    above, below = tracks if first == one.language else (other, one)
    shown = {track.language: labelled(cues[track.language], track) for track in tracks}
    sides = [
        Side(track.language, shown[track.language], profile_for(track.language), _naming(context, track.language))
        for track in (above, below)
    ]
    label = "; ".join(track.label for track in tracks if track.label)
    _write(job.output(paths.bilingual_vtt), compose_bilingual_vtt(*sides, note=label))
    captions = [Captions(side.cues, named_for(side.language)) for side in sides]
    _write(job.output(paths.bilingual_ass), script(captions, PICTURE))


def bilingual(
    one: BuiltTrack, its_cues: tuple[Cue, ...], other: BuiltTrack, others_cues: tuple[Cue, ...]
) -> tuple[Cue, ...]:
    """Both tracks in one, Chinese above; labelled where either half is an unreviewed machine's."""
    upper, _ = upper_first(one.language, other.language)
    pair = (its_cues, others_cues) if upper == one.language else (others_cues, its_cues)
    both = two_languages(*pair)
    for track in (one, other):
        both = labelled(both, track)
    return both


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


STEP = Stage[EpisodeContext](
    name="transcripts",
    version=3,
    after=("translate",),
    reads=reads,
    writes=writes,
    settings=settings,
    run=run,
    is_editable=is_for_people,
)
