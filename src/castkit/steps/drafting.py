"""A language that nobody has translated yet: which way it can be drafted here, and the draft as cues.

Rule: what people accepted in the show's other episodes is looked up when a draft is made, but is no reason to make one
again: a draft that was published must not change because another episode was translated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from castkit.config import load_glossary
from castkit.engine.stage import Job
from castkit.errors import CastkitError
from castkit.model.cue import Cue, CueTrack, Origin
from castkit.model.sentence import Sentence
from castkit.model.transcript import Transcript
from castkit.steps.accepted import accepted_cues
from castkit.steps.context import EpisodeContext
from castkit.steps.limits import limits
from castkit.subtitles.files import read_srt
from castkit.subtitles.shared_times import laid_out
from castkit.translate.drafting import draft
from castkit.translate.endpoint import EndpointTranslator
from castkit.translate.local import local_translator
from castkit.translate.memory import Memory, Pair, pairs_of, remembered
from castkit.translate.packages import Package, chain, open_package
from castkit.translate.routes import Means, Route, Way
from castkit.translate.sentences import sentences_of_cues
from castkit.translate.tmx import from_tmx
from castkit.translate.translator import Request, Translator
from castkit.translate.whisper_english import english_sentences
from castkit.wording.glossary_hints import agreed
from castkit.workspace import inside


@dataclass(frozen=True, slots=True)
class Source:
    """What a draft is made from: cues in the route's language, on the master's clock."""

    language: str
    cues: tuple[Cue, ...]


@dataclass(frozen=True, slots=True)
class Drafted:
    """The cues, and how many sentences came from what a person accepted before, of all."""

    track: CueTrack
    remembered: int
    sentences: int


def model_files(context: EpisodeContext) -> Iterator[Path]:
    """The translation models of the show, as files: of a folder, the one that holds its weights."""
    for name in context.show.translation.models:
        path = context.workspace.root / name
        yield (
            path / "model" / "model.bin" if (path / "model").is_dir() else path / "model.bin" if path.is_dir() else path
        )


def means(context: EpisodeContext) -> Means:
    """What this show may translate with; CastkitError where a model it names is missing or none."""
    wishes = context.show.translation
    packages = _packages(context) if wishes.use in ("auto", "local") else ()
    return Means(
        wishes.use, has_endpoint=bool(wishes.url), has_local=lambda one, other: bool(chain(packages, one, other))
    )


def drafted(context: EpisodeContext, job: Job, route: Route, source: Source, transcript: Transcript) -> Drafted:
    """The cues of a machine's route, sharing the times of the source's where they can."""
    said = sentences_of_cues(source.cues, source.language)
    memory = memory_of(context, route.source, route.target)
    if route.way is Way.WHISPER:
        sentences = _whisper(transcript, said, memory)
    else:
        sentences = draft(said, _request(context, job, route), memory, _translator(context, job, route))
    profile = limits(context.show, route.target)
    cues, exceptions = laid_out(sentences, source.cues, profile, transcript.duration_ms)
    known = {pair.origin for pair in memory.pairs}
    track = CueTrack(route.target, Origin.MACHINE_TRANSLATION, cues, exceptions)
    return Drafted(track, sum(one.origin in known for one in sentences), len(sentences))


def _whisper(transcript: Transcript, said: tuple[Sentence, ...], memory: Memory) -> tuple[Sentence, ...]:
    """Whisper's English; where all that was said meanwhile was accepted in English before, that."""
    known = {(one.start_ms, one.end_ms): pair for one in said if (pair := memory.exact(one.text))}
    found = english_sentences(transcript, said)
    return tuple(
        remembered(one, known[one.start_ms, one.end_ms]) if (one.start_ms, one.end_ms) in known else one
        for one in found
    )


def memory_of(context: EpisodeContext, source: str, target: str) -> Memory:
    """What people accepted from one language into the other: in memory/*.tmx, and in the show's other episodes."""
    if not context.show.translation.memory:
        return Memory()
    workspace = context.workspace
    given = [pair for path in memory_files(context) for pair in from_tmx(path, source, target)]
    own = [pair for slug in workspace.slugs() if slug != context.slug for pair in _pairs(context, slug, source, target)]
    return Memory((*given, *own))


def is_drawn_on(context: EpisodeContext) -> bool:
    """Whether drafts of the show's other episodes may take sentences from this one."""
    return context.show.translation.memory and any(context.paths.accepted("x").parent.glob("*.srt"))


def memory_files(context: EpisodeContext) -> tuple[Path, ...]:
    root = context.workspace.root
    return tuple(inside(path, root) for path in sorted(context.workspace.memory.glob("*.tmx")))


def _pairs(context: EpisodeContext, slug: str, source: str, target: str) -> tuple[Pair, ...]:
    """What was accepted in an episode's target language, beside its source: accepted too, else as it was built."""
    other = replace(context, slug=slug)  # only its files are looked at
    paths = other.paths
    if not paths.accepted(target).is_file():
        return ()
    try:
        has_source = paths.accepted(source).is_file()
        said = accepted_cues(other, source).cues if has_source else read_srt(paths.srt(source))
        return pairs_of(said, accepted_cues(other, target).cues, languages=(source, target), episode=slug)
    except CastkitError:  # not built here, or no SRT: told when that episode is built
        return ()


def _request(context: EpisodeContext, job: Job, route: Route) -> Request:
    glossary = load_glossary(context.workspace, context.show)
    terms = tuple((one, other) for one, other, _ in agreed(glossary, route.source, route.target))
    return Request(route.source, route.target, terms, progress=job.progress, note=job.note)


def _translator(context: EpisodeContext, job: Job, route: Route) -> Translator:
    from castkit.wording.number_check import mismatches  # noqa: PLC0415 - reads numbers, and few runs draft anything

    def differ(source: str, target: str) -> bool:
        return bool(mismatches(source, route.source, target, route.target))

    if route.way is Way.ENDPOINT:
        kept_in = context.workspace.answers
        translator: Translator = EndpointTranslator(context.show.translation, kept_in, numbers_differ=differ)
    else:
        translator = local_translator(chain(_packages(context), route.source, route.target))
    job.tool("translator", translator.name)
    return translator


def _packages(context: EpisodeContext) -> tuple[Package, ...]:
    return tuple(open_package(context.workspace.root / name) for name in context.show.translation.models)
