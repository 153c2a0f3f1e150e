"""What is wrong with an episode's subtitles: limits broken, terms, numbers and texts that differ, stale cues.

Rule: nothing is changed and nothing is guessed at; a finding names the cue, what was found and what was expected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from castkit.config import load_glossary
from castkit.errors import CastkitError
from castkit.model.cue import Cue
from castkit.model.language import same_language
from castkit.steps import stale_cues
from castkit.steps.accepted import accepted_cues
from castkit.steps.context import EpisodeContext
from castkit.steps.files import BuiltTrack, Tracks, load_tracks, load_transcript
from castkit.steps.limits import limits
from castkit.steps.subtitle import built_cues, recognised_track
from castkit.subtitles.groups import Group, groups
from castkit.subtitles.profile import breaches
from castkit.translate.script import convert
from castkit.wording.glossary_check import Passage, missing_terms
from castkit.wording.leftovers import leftover
from castkit.wording.number_check import mismatches


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with cue `index` (from 1, as in its file) of a language, at `start_ms` on the master's clock.

    `limit` is what is allowed or expected; `text` is the cue's.
    """

    code: str
    language: str
    index: int
    start_ms: int
    found: str
    limit: str
    text: str


Pair = tuple[str, str]  # a group's text in the source, and in the translation
Compare = Callable[[Pair, str], Iterator[tuple[str, str, str]]]  # gives codes, what was found, what was expected


def check(context: EpisodeContext, language: str = "") -> tuple[Finding, ...]:
    """The findings of one language's subtitles, or of all, in order of language and time.

    The accepted file is looked at where there is one, else what the last build made. Raises CastkitError where the
    episode is not built, or has no subtitles in that language.
    """
    tracks = load_tracks(context)
    wanted = [track for track in tracks.worded if language in ("", track.language)]
    if language and not wanted:
        known = ", ".join(track.language for track in tracks.worded) or "none"
        raise CastkitError(f"{context.slug} has no subtitles in {language!r}", f"its subtitles: {known}")
    return tuple(finding for track in wanted for finding in _of_track(context, tracks, track))


def check_cues(
    context: EpisodeContext, source: tuple[str, Sequence[Cue]], target: tuple[str, Sequence[Cue]]
) -> tuple[Finding, ...]:
    """The findings of cues that need not be in any file: `target`, beside what is spoken (`source`).

    Both are a language and its cues on the master's clock; where they are the same language only limits are looked at.
    """
    found = list(_limits_broken(context, *target))
    if target[0] != source[0]:
        found += _differences(context, source, target)
    return tuple(sorted(found, key=lambda one: (one.start_ms, one.index)))


def _of_track(context: EpisodeContext, tracks: Tracks, track: BuiltTrack) -> Iterator[Finding]:
    spoken, cues = tracks.spoken, _cues(context, track.language)
    source = cues if track.language == spoken else _cues(context, spoken)
    found = [*check_cues(context, (spoken, source), (track.language, cues)), *_stale(context, spoken, track, cues)]
    yield from sorted(found, key=lambda one: (one.start_ms, one.index))


def _stale(context: EpisodeContext, spoken: str, track: BuiltTrack, cues: Sequence[Cue]) -> Iterator[Finding]:
    """Accepted cues under which something else is said than when they were written."""
    if not context.paths.accepted(track.language).is_file():
        return
    if track.language == spoken:
        profile = limits(context.show, spoken)
        source = recognised_track(load_transcript(context), spoken, profile).cues
    else:
        source = built_cues(context.paths.srt(spoken))
    numbers = {(cue.start_ms, cue.end_ms, cue.text): number for number, cue in enumerate(cues, 1)}
    for one in stale_cues.told(context, track.language, source)[0]:
        cue = one.cue
        number = numbers.get((cue.start_ms, cue.end_ms, cue.text), 0)
        was, now = f"made for: {one.stale.old}", f"said now: {one.stale.new}"
        yield Finding("stale", track.language, number, cue.start_ms, was, now, cue.text)


def _cues(context: EpisodeContext, language: str) -> tuple[Cue, ...]:
    if context.paths.accepted(language).is_file():
        return accepted_cues(context, language).cues
    return built_cues(context.paths.srt(language))


def _limits_broken(context: EpisodeContext, language: str, cues: Sequence[Cue]) -> Iterator[Finding]:
    for breach in breaches(cues, limits(context.show, language)):
        cue = breach.cue
        yield Finding(breach.rule, language, breach.index, cue.start_ms, breach.found, breach.limit, cue.text)


def _differences(
    context: EpisodeContext, source: tuple[str, Sequence[Cue]], target: tuple[str, Sequence[Cue]]
) -> Iterator[Finding]:
    """What the translation lacks, has too much of, or says otherwise."""
    (spoken, said), (language, cues) = source, target
    compared = groups(said, cues)
    texts = [(_text(said, group.source), _text(cues, group.target)) for group in compared]
    compare = _compare(context, spoken, language)
    for number, (group, pair) in enumerate(zip(compared, texts, strict=True)):
        if not group.target:
            cue = said[group.source[0]]
            where = next((at for at, one in enumerate(cues, 1) if one.start_ms >= cue.start_ms), len(cues))
            yield Finding("missing", language, where, cue.start_ms, "no cue", f"a translation of: {pair[0]}", "")
            continue
        near = " ".join(target for _, target in texts[max(0, number - 1) : number + 2])
        index, cue = _first(cues, group)
        for code, what, limit in compare(pair, near):
            yield Finding(code, language, index, cue.start_ms, what, limit, pair[1])


def _compare(context: EpisodeContext, spoken: str, language: str) -> Compare:
    glossary = load_glossary(context.workspace, context.show)
    is_same = same_language(spoken, language)

    def compare(pair: Pair, near: str) -> Iterator[tuple[str, str, str]]:
        source, target = pair
        if is_same:  # the other script of the same words
            return
        if rest := leftover(source, spoken, target, language):  # whose numbers and terms are the source's
            yield "leftover", rest, "nothing in the source's words"
            return
        for number in mismatches(source, spoken, target, language):
            yield "number", number.why, f"as in: {source}"
        passages = Passage(source, spoken), Passage(target, language, near)
        for term in missing_terms(*passages, glossary=glossary, convert=convert):
            yield "term", f"nothing for {term.found}", " or ".join(term.expected)

    return compare


def _text(cues: Sequence[Cue], indices: Sequence[int]) -> str:
    return " ".join(cues[index].text.replace("\n", " ") for index in indices)


def _first(cues: Sequence[Cue], group: Group) -> tuple[int, Cue]:
    return group.target[0] + 1, cues[group.target[0]]
