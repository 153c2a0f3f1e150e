"""Step: cues in the show's other languages, as far as this machine can; else a file for a translator."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from castkit.config import closest
from castkit.engine.claims import GB, Claim
from castkit.engine.stage import Job, Stage
from castkit.model.cue import CueTrack, Origin
from castkit.model.language import NAMES, WHISPER_LANGUAGES, best_match, language_name, primary
from castkit.model.transcript import Transcript
from castkit.steps import accepted, stale_cues
from castkit.steps.bring_together import StaleCue
from castkit.steps.context import EpisodeContext, is_for_people
from castkit.steps.drafting import Source, drafted, is_drawn_on, means, memory_files, model_files
from castkit.steps.files import load_as, load_transcript, write_json
from castkit.steps.limits import limits_of
from castkit.steps.subtitle import built_cues, described, note_exceptions
from castkit.subtitles.files import write_srt
from castkit.translate.routes import Route, Way, routes
from castkit.translate.script import convert_cues
from castkit.translate.whisper_english import english_utterances


def load_spoken(path: Path) -> dict[str, Any]:
    """What the step before said of the spoken language's track."""
    keys = ("language", "origin", "is_reviewed", "cues", "exceptions")
    return load_as(path, lambda value: {key: value[key] for key in keys} | {"stale": value.get("stale", [])})


def planned(context: EpisodeContext, transcript: Transcript) -> tuple[Route, ...]:
    """The way to every show language that is not spoken; where nothing was said there is nothing to translate."""
    paths, wanted = context.paths, context.show.languages
    track = load_spoken(paths.spoken_track)
    spoken = track["language"]
    has_file = [language for language in wanted if language != spoken and paths.accepted(language).is_file()]
    has_english = bool(english_utterances(transcript))
    found = routes(spoken, wanted, accepted=has_file, has_english=has_english, means=means(context))
    return tuple(route for route in found if track["cues"] or route.way is Way.ACCEPTED)


def _source(context: EpisodeContext, route: Route, spoken: str) -> Source:
    """The cues a route starts from: as built in the spoken language, a person's corrections included, else accepted."""
    if route.source == spoken:
        return Source(spoken, built_cues(context.paths.srt(spoken)))
    return Source(route.source, accepted.accepted_cues(context, route.source).cues)


@dataclass(frozen=True, slots=True)
class _Made:
    """The cues of a route, the stale ones among them, and what to tell people about them."""

    track: CueTrack
    notes: tuple[str, ...] = ()
    stale: tuple[StaleCue, ...] = ()


def _made(context: EpisodeContext, job: Job, route: Route, transcript: Transcript, spoken: str) -> _Made:
    if route.way is Way.ACCEPTED:
        track, notes = accepted.accepted_track(context, route.target)
        found, told = stale_cues.told(context, route.target, built_cues(context.paths.srt(spoken)))
        return _Made(track, (*notes, *told), found)
    source = _source(context, route, spoken)
    if route.way is Way.SCRIPT:
        return _Made(CueTrack(route.target, Origin.SCRIPT_CONVERSION, convert_cues(source.cues, route.target)))
    draft = drafted(context, job, route, source, transcript)
    counts = f"{draft.remembered} of {draft.sentences} sentences were accepted before, elsewhere"
    return _Made(draft.track, (f"{route.target}: {counts}",) if draft.remembered else ())


def _missing(context: EpisodeContext, route: Route) -> dict[str, str]:
    """What to tell of a language nobody here can translate into; paths are relative to the workspace."""
    root = context.workspace.root
    source, target = language_name(route.source, "en"), language_name(route.target, "en")
    return {
        "language": route.target,
        "why": f"{source} → {target}: no translator here",
        "file": context.paths.to_translate(route.target).relative_to(root).as_posix(),
        "save_as": context.paths.accepted(route.target).relative_to(root).as_posix(),
    }


def _languages(context: EpisodeContext) -> tuple[str, ...]:
    """Every language whose accepted subtitles are looked for: the show's, and the spoken one."""
    return tuple(dict.fromkeys([*context.show.languages, load_spoken(context.paths.spoken_track)["language"]]))


def unclaimed_subtitles(context: EpisodeContext) -> tuple[str, ...]:
    """The names of the SRT files among the accepted ones that no language of the episode has a use for."""
    claimed = [path for path in map(context.paths.accepted, _languages(context)) if path.is_file()]
    found = context.paths.accepted("*").parent.glob("[!.]*")
    lying = [path for path in found if path.suffix.lower() == ".srt" and path.is_file()]
    # One file under two spellings, where the file system does not tell them apart, is claimed under both.
    return tuple(sorted(path.name for path in lying if not any(path.samefile(one) for one in claimed)))


def _unclaimed(context: EpisodeContext, name: str) -> str:
    languages = _languages(context)
    meant = _meant(context, name, languages)
    remark = f"did you mean {meant.name}?" if meant else f"it has {', '.join(languages)}"
    return f"subtitles/{name} belongs to no language of this episode; {remark}"


def _meant(context: EpisodeContext, name: str, languages: tuple[str, ...]) -> Path | None:
    """The path a person probably meant, by the tag in the name, else by the whole name; none that is taken."""
    tag = name[: -len(".srt")].rpartition(".")[2]
    tag = NAMES.get(tag.lower(), tag)
    language = best_match(tag, languages) or closest(tag, languages)
    if not language and primary(tag) not in WHISPER_LANGUAGES:  # French subtitles are not meant to be English ones
        names = {context.paths.accepted(one).name: one for one in languages}
        language = names.get(closest(name, names), "")
    path = context.paths.accepted(language) if language else None
    return None if path and path.is_file() else path


def reads(context: EpisodeContext) -> Iterable[Path]:
    paths = context.paths
    spoken = load_spoken(paths.spoken_track)["language"]
    others = [language for language in context.show.languages if language != spoken]
    sources = (paths.words, paths.spoken_track, paths.srt(spoken), *accepted.reads(context, others))
    return (*sources, context.workspace.glossary, *model_files(context), *memory_files(context))


def writes(context: EpisodeContext) -> Iterable[Path]:
    paths = context.paths
    plan = planned(context, load_transcript(context))
    tracks = (paths.to_translate(route.target) if route.way is Way.NONE else paths.srt(route.target) for route in plan)
    return (paths.tracks, *tracks)


def settings(context: EpisodeContext) -> Any:
    """The languages, and the subtitles of none: a folder's list is no file, so it could not be among what is read."""
    unclaimed = list(unclaimed_subtitles(context))
    wishes, subtitles = context.show.translation, context.show.subtitles
    return {
        "languages": list(context.show.languages),
        "translation": {"use": wishes.use, "models": list(wishes.models), "url": wishes.url, "model": wishes.model},
        "memory": wishes.memory and [path.name for path in memory_files(context)],
        "profile": limits_of(subtitles),
        "accepted_on": accepted.settings(context, context.show.languages),
        "accepted": stale_cues.settings(context, context.show.languages),
    } | ({"unclaimed_subtitles": unclaimed} if unclaimed else {})


def run(context: EpisodeContext, job: Job) -> None:
    paths = context.paths
    transcript = load_transcript(context)
    spoken = load_spoken(paths.spoken_track)
    tracks, missing = [spoken], []
    for name in unclaimed_subtitles(context):
        job.note(_unclaimed(context, name))
    for route in planned(context, transcript):
        if route.way is Way.NONE:
            gap = _missing(context, route)
            write_srt(job.output(paths.to_translate(route.target)), built_cues(paths.srt(route.source)))
            job.note(f"{gap['why']}; a file for the translator is {gap['file']}; save it as {gap['save_as']} when done")
            missing.append(gap)
            continue
        made = _made(context, job, route, transcript, spoken["language"])
        for note in made.notes:
            job.note(note)
        note_exceptions(job, made.track)
        write_srt(job.output(paths.srt(route.target)), made.track.cues)
        tracks.append(described(made.track, made.stale))
    order = {language: number for number, language in enumerate(context.show.languages)}
    tracks.sort(key=lambda track: order.get(track["language"], len(order)))
    value = {"version": 1, "spoken": spoken["language"], "tracks": tracks, "missing": missing}
    write_json(job.output(paths.tracks), value)


def claim(context: EpisodeContext) -> Claim:
    """A model of this machine's own keeps two cores busy; all else waits for an answer, or is quick."""
    return Claim(2.0, GB) if context.show.translation.models else Claim()


STEP = Stage[EpisodeContext](
    name="translate",
    version=2,
    after=("subtitle",),
    reads=reads,
    writes=writes,
    settings=settings,
    run=run,
    is_editable=is_for_people,
    claim=claim,
    # A draft takes what was accepted in the show's other episodes: in those asked for earlier as they are made now.
    waits_for=lambda _, earlier: ("translate",) if is_drawn_on(earlier) else (),
)
