"""What the page shows beside the cues and nobody edits there: the source, the limits, the terms, where there is speech.

Rule: all of it is as the last build left it; what is missing there is left out, and the page works without.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from castkit.config import load_glossary
from castkit.errors import CastkitError
from castkit.model.cue import Cue
from castkit.model.glossary import in_script
from castkit.model.language import is_chinese, language_name, primary
from castkit.model.programme import Programme
from castkit.speech.spans import speech_spans
from castkit.steps.context import EpisodeContext
from castkit.steps.files import load_programme, load_transcript
from castkit.steps.limits import limits
from castkit.steps.subtitle_desk import Desk, source_cues
from castkit.steps.surveyed import load_activity
from castkit.subtitles.speakers import with_speakers
from castkit.translate.script import convert

_RIGHT_TO_LEFT = frozenset("ar arc dv fa ha he khw ks ku ps sd ug ur yi".split())
_SAME_SPEECH_MS = 200  # a shorter pause is within a word or a breath: nobody puts the edge of a cue there


@dataclass(frozen=True, slots=True)
class Facts:
    """As JSON values, but for the source's cues."""

    source: tuple[Cue, ...]
    shown: dict[str, Any]


def facts(desk: Desk) -> Facts:
    """What stands beside the cues; CastkitError where the episode is not built."""
    context, programme = desk.context, load_programme(desk.context)
    source, reader = source_cues(desk), context.show.main_language
    names = {tag: language_name(tag, reader) for tag in (desk.language, desk.spoken)}
    title = context.episode.title.in_(desk.language, context.show.languages)
    shown = {
        "slug": context.slug,
        "title": title,
        "language": desk.language,
        "spoken": desk.spoken,
        "languageName": names[desk.language],
        "spokenName": names[desk.spoken],
        "direction": "rtl" if primary(desk.language) in _RIGHT_TO_LEFT else "ltr",
        "interface": "zh" if is_chinese(reader) else "en",
        "video": has_video(context),
        "durationMs": programme.duration_ms,
        "mediaVersion": _version(media_of(context)),
        "limits": _limits(desk),
        "glossary": list(_glossary(desk)),
        "speech": _speech(context, programme),
        "source": list(_source(context, source)),
    }
    return Facts(source, shown)


def has_video(context: EpisodeContext) -> bool:
    return context.paths.video.is_file() and any(track.has_video for track in load_programme(context).tracks)


def media_of(context: EpisodeContext) -> Path:
    """The file that the page plays: the video, else the finished sound; CastkitError where there is neither."""
    return context.paths.video if has_video(context) else sound_of(context)


def sound_of(context: EpisodeContext) -> Path:
    """The finished sound; CastkitError where there is none."""
    found = next((path for path in (context.paths.audio, context.paths.master) if path.is_file()), None)
    if found is None:
        raise CastkitError(f"{context.slug} has no sound yet: {context.paths.audio} is missing", "run: castkit build")
    return found


def _version(path: Path) -> str:
    """By what a browser sees that the file is another than the one it has."""
    stat = path.stat()
    return f"{stat.st_size:x}-{stat.st_mtime_ns:x}"


def _limits(desk: Desk) -> dict[str, Any]:
    one = limits(desk.context.show, desk.language)
    return {
        "lineWidth": one.line_width,
        "lines": one.lines,
        "charactersPerSecond": one.characters_per_second,
        "shortestMs": one.shortest_ms,
        "longestMs": one.longest_ms,
        "gapMs": one.gap_ms,
        "isWide": one.is_wide,
    }


def _glossary(desk: Desk) -> Iterator[dict[str, Any]]:
    """The terms that have a name in both languages, with the forms in which the spoken one has them."""
    glossary = load_glossary(desk.context.workspace, desk.context.show)
    for tag in (desk.spoken, desk.language):
        glossary = in_script(glossary, tag, convert)
    for term in glossary.terms:
        source, target = term.agreed(desk.spoken), term.agreed(desk.language)
        if source and target:
            forms = list(term.forms(desk.spoken))
            yield {"source": source, "forms": forms, "target": target, "note": term.advice(desk.language)}


def _source(context: EpisodeContext, cues: Sequence[Cue]) -> Iterator[dict[str, Any]]:
    """The source's cues, with the names of who says them where that is known."""
    if context.paths.words.is_file():
        cues = with_speakers(cues, load_transcript(context).words)
    names = {one.id: one.name.in_(context.show.main_language, context.show.languages) for one in context.people}
    for cue in cues:
        speaker = names.get(cue.speaker or "", cue.speaker)
        yield {"startMs": cue.start_ms, "endMs": cue.end_ms, "text": cue.text, "speaker": speaker}


def _speech(context: EpisodeContext, programme: Programme) -> list[list[int]]:
    """Stretches with speech on the master's clock: by the detector, else by the words; neither: none."""
    return merged([*_detected(context, programme)] or [*_worded(context)])


def _detected(context: EpisodeContext, programme: Programme) -> Iterator[tuple[int, int]]:
    for number, track in enumerate(programme.tracks):
        if track.has_sound and context.paths.activity(number).is_file():
            for span in speech_spans(load_activity(context, number).own.tolist()):
                there = programme.timeline.span(track.on_clock(span.start_ms), track.on_clock(span.end_ms))
                if there:
                    yield there


def _worded(context: EpisodeContext) -> Iterator[tuple[int, int]]:
    if context.paths.words.is_file():
        yield from ((word.start_ms, word.end_ms) for word in load_transcript(context).words)


def merged(spans: Iterable[tuple[int, int]]) -> list[list[int]]:
    """The stretches in order; those with hardly a pause between them as one."""
    found: list[list[int]] = []
    for start_ms, end_ms in sorted(spans):
        if found and start_ms - found[-1][1] < _SAME_SPEECH_MS:
            found[-1][1] = max(found[-1][1], end_ms)
        else:
            found.append([start_ms, end_ms])
    return found
