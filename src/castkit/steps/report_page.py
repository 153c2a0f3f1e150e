"""The page of the step "report": what was done to the sound, track by track, from the files of the steps before.

Rule: every figure is one that a step before measured; nothing is worked out here that another file says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from castkit.audio.arrays import read_curves
from castkit.audio.excerpt import MEDIA_TYPE, busiest, write_excerpts
from castkit.audio.mixdown import mix_down
from castkit.model.condition import Condition as Measured
from castkit.model.programme import Loudness, Programme
from castkit.model.text import one_line
from castkit.model.transcript import Transcript
from castkit.report import view
from castkit.report.page import render
from castkit.steps.context import EpisodeContext
from castkit.steps.files import load_as, load_json, load_programme, load_tracks
from castkit.steps.mixing import own_spans, raw_plan
from castkit.steps.package import placed
from castkit.steps.surveyed import Survey, load_levels, load_survey
from castkit.steps.treatment import Treated, treated
from castkit.timecode import clock

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


_NO_NOISE_DBFS = -100.0  # less is the rounding of 16 bits
_MOST_FAULTS = 3  # of one kind in one recording, named one by one; all of them stand beside the recording


def page(context: EpisodeContext) -> str:
    """The page as HTML."""
    programme, survey = load_programme(context), load_survey(context)
    tracks = treated(context, survey, context.audio) if not context.episode.master else ()
    told = load_json(context.paths.report)
    heard = load_as(context.paths.transcript, Transcript.from_json).through(programme.timeline, programme.duration_ms)
    seen = view.ReportView(
        title=_title(context),
        show=one_line(context.show.show.title.in_(context.show.main_language, context.show.languages)),
        slug=context.slug,
        language=context.show.main_language,
        duration_ms=programme.duration_ms,
        tracks=tuple(_track(context, survey, one) for one in tracks),
        master=_master(context, told["master"]),
        timeline=programme.timeline,
        removed=programme.removed,
        chapters=tuple(
            view.Mark(mark.start_ms, mark.title)
            for mark in placed(context, programme, programme.duration_ms, context.show.main_language)
        ),
        warnings=tuple(_warnings(programme, survey, told)),
        coverage=heard.coverage,
        flags=heard.flags,
        subtitles=tuple(_subtitles(context)),
        video=tuple(_video(told["video"])),
        players=_players(context, programme, tracks),
    )
    return render(seen)


def _title(context: EpisodeContext) -> str:
    return one_line(context.episode.title.in_(context.show.main_language, context.show.languages))


def _track(context: EpisodeContext, survey: Survey, one: Treated) -> view.TrackView:
    levels = load_levels(context, one.number)
    condition = survey.conditions[one.number]
    people = {person.id: person.name for person in context.people}
    name = people.get(one.track.speaker)
    main = context.show.main_language
    return view.TrackView(
        path=one.track.path,
        speaker=name.in_(main, context.show.languages) if name else one.track.speaker,
        duration_ms=one.track.duration_ms,
        peaks_dbtp=levels[:, 2],
        short_term_lufs=levels[:, 1],
        gain_db=_each_second(one.gain_db),
        offset_ms=one.track.offset_ms,
        drift_ppm=one.track.drift_ppm,
        loudness=one.track.loudness,
        speech=own_spans(context, one),
        condition=_condition(condition) if condition else view.Condition(),
        cleaning=one.reasons,
        alignment=survey.placed[one.number],
        faults=tuple(
            view.Fault(fault.kind, one.track.on_clock(fault.start_ms), one.track.on_clock(fault.end_ms))
            for fault in (condition.faults if condition else ())
        ),
    )


def _condition(found: Measured) -> view.Condition:
    hum = ""
    if found.hum:
        tones = len(found.hum.lines)
        hum = f"{found.hum.mains_hz:.2f} Hz, {tones} {'tone' if tones == 1 else 'tones'}"
    is_heard = found.noise.is_heard_alone and found.noise.level_dbfs > _NO_NOISE_DBFS
    if not is_heard:
        return view.Condition(hum=hum)
    return view.Condition(found.noise.level_dbfs, found.snr_db, hum=hum)


def _each_second(gain_db: Any) -> NDArray[np.float32]:
    """A curve of 100 values a second as one a second; none where the gain is the same throughout."""
    import numpy as np  # noqa: PLC0415

    if isinstance(gain_db, int | float) or not len(gain_db):
        return np.zeros(0, np.float32)
    return np.asarray(gain_db[::100], np.float32)


def _master(context: EpisodeContext, told: dict[str, Any]) -> view.MasterView:
    curves = read_curves(context.paths.master_curves)
    return view.MasterView(
        peaks_dbtp=curves[:, 2],
        short_term_lufs=curves[:, 1],
        target_lufs=told["target"]["loudness_lufs"],
        ceiling_dbtp=told["target"]["true_peak_dbtp"],
        outputs=tuple(_output(context, one) for one in told["outputs"]),
    )


def _output(context: EpisodeContext, one: dict[str, Any]) -> view.Output:
    path = context.paths.audio if one["codec"] == "mp3" else context.paths.audio_in(one["codec"])
    if not path.is_file():  # the sound of the video only
        path = context.paths.video
    return view.Output(
        one["codec"].upper(),
        path.relative_to(context.paths.build).as_posix(),
        one["bitrate_kbps"],
        path.stat().st_size,
        Loudness(**one["measured"]),
        one["limited_db"],
        one["rounds"],
    )


def _warnings(programme: Programme, survey: Survey, told: dict[str, Any]) -> Iterator[view.Mark]:
    """What a person should look at, with its moment where it has one."""
    for track, condition in zip(survey.tracks, survey.conditions, strict=True):
        for kind in ("clipping", "dropout"):
            faults = [fault for fault in (condition.faults if condition else ()) if fault.kind == kind]
            marks = [(programme.timeline.to_master(track.on_clock(fault.start_ms)), fault) for fault in faults]
            left = [(at_ms, fault) for at_ms, fault in marks if at_ms is not None]
            if len(left) > _MOST_FAULTS:
                yield view.Mark(left[0][0], f"{kind} in {track.path}, in {len(left)} places, first here")
                continue
            for at_ms, fault in left:
                yield view.Mark(at_ms, f"{kind} in {track.path}, {fault.end_ms - fault.start_ms} ms")
    for text in told["notes"]:
        yield view.Mark(None, text)


def _subtitles(context: EpisodeContext) -> Iterator[view.Subtitles]:
    for track in load_tracks(context).worded:
        broken = (f"cue {one['index']}: {one['rule']}, {one['found']}" for one in track.exceptions)
        old = (
            f"{clock(one['start_ms'])}, “{one['text']}”: made for “{one['old']}”, now it is “{one['new']}”"
            for one in track.stale
        )
        yield view.Subtitles(track.language, track.origin, track.cues, (*broken, *old))


def _video(told: dict[str, Any] | None) -> Iterator[tuple[str, str]]:
    if told:
        yield "size", f"{told['width']} x {told['height']}"
        why = "; ".join(told["picture"]["why_encoded"])
        yield "picture", f"encoded: {why}" if why else f"copied untouched ({told['picture']['codec']})"
        yield "subtitle tracks", ", ".join(told["subtitles"]) or "none"


def _players(context: EpisodeContext, programme: Programme, tracks: Sequence[Treated]) -> view.Players:
    after = context.paths.audio.name
    if not tracks:
        return view.Players(after=after)
    piece = max(programme.timeline.pieces, key=lambda one: one.duration_ms)
    start, end = busiest((piece.start_ms, piece.end_ms), [own_spans(context, one) for one in tracks])
    plan = replace(raw_plan(context, programme, tracks), kept=((start, end),))
    at_ms = piece.at_ms + start - piece.start_ms
    with TemporaryDirectory(prefix="castkit-excerpt-") as folder:
        raw = mix_down(plan, Path(folder) / "raw")
        before, heard = write_excerpts(raw, context.paths.audio, at_ms=at_ms, folder=Path(folder))
    return view.Players(after=after, excerpt=view.Excerpt(before, heard, MEDIA_TYPE, at_ms))
