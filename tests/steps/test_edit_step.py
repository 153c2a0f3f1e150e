"""Step "edit": what is kept, where it lies in the master, and what else has to be done anew when that changes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import sounds
from castkit.engine.stage import Job
from castkit.errors import CastkitError
from castkit.model.programme import Programme
from castkit.model.transcript import Transcript, Utterance, Word
from castkit.steps import edit, ingest, proofread, subtitle, survey, transcribe, transcripts, translate
from castkit.steps.context import EpisodeContext
from castkit.steps.files import load_programme, write_json
from castkit.subtitles.files import read_srt

RAW = f"episodes/{sounds.SLUG}/raw"
ROAD = (ingest.STEP, survey.STEP, edit.STEP)
# Silence to 1.5 s, a voice to 4.5 s, silence to 8.5 s, the voice to 11 s, silence to 13 s; a room's noise in all.
SPOKEN = ((1500, 4500), (8500, 11_000))
LENGTH = 13_000
TWO_STRETCHES = (
    "asplit[a][b];[a]atrim=0:3,adelay=1500,apad=pad_dur=4[x];"
    "[b]atrim=4.35:6.85,asetpts=PTS-STARTPTS,apad=pad_dur=2[y];[x][y]concat=v=0:a=1,aeval=val(0)+0.0006*(random(0)-0.5)"
)


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> EpisodeContext:
    root = tmp_path_factory.mktemp("show")
    sounds.speech(root / RAW / "one.wav", seconds=7, start=3.35, filters=TWO_STRETCHES)
    sounds.synthetic(root / "intro.wav", "sine=d=2:r=48000")
    sounds.synthetic(root / "outro.wav", "sine=d=1:r=48000")
    context = sounds.talk(root, "raw/one.wav")
    sounds.build(context, *ROAD)
    return context


def _go(context: EpisodeContext) -> tuple[Programme, list[str]]:
    notes = sounds.notes(sounds.build(context, *ROAD), "edit")
    return load_programme(context), notes


def _pieces(programme: Programme) -> list[tuple[int, int, int]]:
    return [(piece.start_ms, piece.end_ms, piece.at_ms) for piece in programme.timeline.pieces]


def test_without_wishes_everything_is_kept(talk: EpisodeContext) -> None:
    programme, notes = _go(talk)
    assert _pieces(programme) == [(0, LENGTH, 0)]
    assert (programme.duration_ms, programme.removed, programme.lead_ms, notes) == (LENGTH, (), 0, [])


def test_a_cut_leaves_out_what_it_names_and_says_so(talk: EpisodeContext) -> None:
    programme, notes = _go(sounds.changed(talk, cut=[["00:00", "00:01"], ["00:05", "00:07.5"]]))
    assert _pieces(programme) == [(1000, 5000, 0), (7500, LENGTH, 4000)]
    assert programme.duration_ms == LENGTH - 3500
    assert [(one.start_ms, one.end_ms, one.reason) for one in programme.removed] == [
        (0, 1000, "cut"),
        (5000, 7500, "cut"),
    ]
    assert notes == ["left out: cut: 00:00:00 to 00:00:01, 00:00:05 to 00:00:07.500"]


def test_keep_leaves_nothing_else_and_cut_goes_before_it(talk: EpisodeContext) -> None:
    programme, _ = _go(sounds.changed(talk, keep=[["00:01", "00:05"], ["00:08", "00:12"]], cut=[["00:04", "00:09"]]))
    assert _pieces(programme) == [(1000, 4000, 0), (9000, 12_000, 3000)]


def test_trim_takes_the_silence_at_both_ends_and_no_sound(talk: EpisodeContext) -> None:
    programme, notes = _go(sounds.changed(talk, audio={"trim": True}))
    ((start, end, at),) = _pieces(programme)
    assert at == 0
    assert 400 <= start <= SPOKEN[0][0]
    assert SPOKEN[1][1] <= end <= LENGTH - 400
    removed_s = (LENGTH - programme.duration_ms) / 1000
    assert notes == [f"left out: {removed_s:.1f} s of silence at the ends"]


def test_a_long_pause_is_shortened_from_its_middle(talk: EpisodeContext) -> None:
    programme, notes = _go(sounds.changed(talk, audio={"longest_pause_ms": 1500}))
    (first, gone_from, _), (goes_on, last, _) = _pieces(programme)
    assert (first, last) == (0, LENGTH)
    assert SPOKEN[0][1] + 500 < gone_from < goes_on < SPOKEN[1][0] - 500
    left_ms = SPOKEN[1][0] - SPOKEN[0][1] - (goes_on - gone_from)
    assert 1500 <= left_ms <= 2700  # a breath, and the word's dying away, are no pause
    assert notes == [f"left out: {(goes_on - gone_from) / 1000:.1f} s of long pauses"]


def test_an_episodes_own_word_comes_before_the_shows(talk: EpisodeContext) -> None:
    show = {"longest_pause_ms": 1500, "trim": True}
    assert len(_pieces(_go(sounds.changed(talk, audio=show))[0])) == 2
    own = sounds.changed(talk, audio={"longest_pause_ms": 0, "trim": False})
    episode = own.episode.model_validate(
        own.episode.model_dump(mode="json", exclude_unset=True) | {"audio": {"longest_pause_ms": 1500}}
    )
    programme, notes = _go(EpisodeContext(own.workspace, own.show, own.slug, episode))
    assert len(_pieces(programme)) == 2
    assert "long pauses" in notes[0]
    assert "silence" not in notes[0]


def test_intro_and_outro_move_the_programme(talk: EpisodeContext) -> None:
    jingles = {"intro": "intro.wav", "outro": "outro.wav", "crossfade_ms": 400}
    programme, _ = _go(sounds.changed(talk, audio=jingles, cut=[["00:05", "00:07.5"]]))
    assert _pieces(programme) == [(0, 5000, 1600), (7500, LENGTH, 6600)]
    assert (programme.lead_ms, programme.duration_ms) == (1600, 1600 + LENGTH - 2500 + 600)


def test_a_jingle_out_of_the_workspace_or_silent_is_refused(talk: EpisodeContext) -> None:
    sounds.speech(talk.workspace.root.parent / "outside.wav", seconds=1)
    with pytest.raises(CastkitError, match=r"castkit\.toml: \.\./outside\.wav is outside"):
        _go(sounds.changed(talk, audio={"intro": "../outside.wav"}))
    with pytest.raises(CastkitError, match=r"none\.wav does not exist"):
        _go(sounds.changed(talk, audio={"intro": "none.wav"}))
    sounds.synthetic(talk.workspace.root / "mute.wav", "anullsrc=d=1")
    with pytest.raises(CastkitError, match=r"mute\.wav is silent"):
        _go(sounds.changed(talk, audio={"outro": "mute.wav"}))


def test_a_recording_that_begins_before_the_first_is_in_the_programme(tmp_path: Path) -> None:
    for name in ("one", "two"):
        sounds.speech(tmp_path / RAW / f"{name}.wav", seconds=2)
    programme, _ = _go(sounds.talk(tmp_path, "raw/one.wav", {"path": "raw/two.wav", "offset_ms": -700}))
    assert _pieces(programme) == [(-700, 2000, 0)]


def _chapters(*starts: str) -> list[dict[str, str]]:
    return [{"start": start, "title": f"At {start}"} for start in starts]


def test_chapters_move_with_the_edit(talk: EpisodeContext) -> None:
    """The one whose whole stretch was cut is left out; one that starts in a cut starts where the sound goes on."""
    from castkit.model.chapters import marks  # noqa: PLC0415

    context = sounds.changed(
        talk, cut=[["00:02", "00:06"]], chapters=_chapters("00:00", "00:03", "00:04", "00:05", "00:09")
    )
    programme, _ = _go(context)
    found = marks(context.episode.chapters, programme, duration_ms=programme.duration_ms, languages=("en",))
    assert [(mark.start_ms, mark.title) for mark in found] == [(0, "At 00:00"), (2000, "At 00:05"), (5000, "At 00:09")]


@pytest.mark.parametrize("cut", [[], [["00:00", "00:05"]]])
def test_a_chapter_beyond_the_end_is_refused_before_anything_is_recognised(
    talk: EpisodeContext, cut: list[list[str]]
) -> None:
    before = talk.paths.programme.read_bytes()
    late = sounds.changed(talk, chapters=_chapters("00:00", "00:14"), cut=cut)
    with pytest.raises(CastkitError, match="“At 00:14” starts at 00:00:14") as caught:
        _go(late)
    assert "episode.toml" in caught.value.hint
    assert talk.paths.programme.read_bytes() == before


def test_an_edit_that_leaves_nothing_is_refused(talk: EpisodeContext) -> None:
    with pytest.raises(CastkitError, match="leaves nothing of the recordings, which end at 00:00:13") as caught:
        _go(sounds.changed(talk, keep=[["00:01", "00:02"]], cut=[["00:00", "00:10"]]))
    assert "cut and keep in episode.toml" in caught.value.hint


@pytest.mark.parametrize("key", ["cut", "keep"])
def test_a_span_past_the_end_is_a_slip_and_refused(talk: EpisodeContext, key: str) -> None:
    with pytest.raises(CastkitError, match=f"{key} from 00:01:00 lies after the recordings' end at 00:00:13") as caught:
        _go(sounds.changed(talk, **{key: [["01:00", "02:00"]]}))
    assert "episode.toml" in caught.value.hint


WORDS = ((1600, "one"), (2600, "two."), (3600, "three."), (8600, "four"), (9600, "five."), (10_600, "six."))


def _recognise(context: EpisodeContext, job: Job) -> None:
    """What a model might have heard, a word a second; the rest of the step is the real one's."""
    words = tuple(Word(at, at + 800, f" {text}", 0.9, None) for at, text in WORDS)
    found = Transcript("en", "-", "-", LENGTH, (Utterance(words[:3]), Utterance(words[3:])))
    write_json(job.output(context.paths.transcript), found.to_json())


WORDED = (
    *ROAD,
    replace(transcribe.STEP, run=_recognise),
    proofread.STEP,
    subtitle.STEP,
    translate.STEP,
    transcripts.STEP,
)


def test_a_new_cut_moves_the_subtitles_and_recognises_nothing_again(talk: EpisodeContext) -> None:
    def cues(context: EpisodeContext) -> list[tuple[int, str]]:
        return [(cue.start_ms, cue.text) for cue in read_srt(context.paths.published_srt("en"))]

    whole = sounds.changed(talk)
    sounds.build(whole, *WORDED)
    before = cues(whole)
    assert before[0][0] == pytest.approx(1600, abs=100)
    assert before[-1][0] >= 8500
    cut = sounds.changed(talk, cut=[["00:00", "00:01"], ["00:05", "00:07.5"]])
    assert sounds.ran(sounds.build(cut, *WORDED)) == ["edit", "subtitle", "translate", "transcripts"]
    moved = cues(cut)
    assert [text for _, text in moved] == [text for _, text in before]
    gone = [1000 if at < 5000 else 3500 for at, _ in before]
    assert [at for at, _ in moved] == pytest.approx([at - less for (at, _), less in zip(before, gone, strict=True)])
    without = sounds.changed(talk, keep=[["00:07.5", "00:13"]])
    sounds.build(without, *WORDED)
    assert " ".join(text for _, text in cues(without)) == "four five. six."
    assert cues(without)[0][0] == pytest.approx(8600 - 7500, abs=100)


def test_only_what_the_edit_depends_on_runs_it_again(talk: EpisodeContext) -> None:
    _go(talk)

    def again(**changes: Any) -> list[str]:
        return sounds.ran(sounds.build(sounds.changed(talk, **changes), *ROAD))

    assert again(audio={"loudness": -19.0, "bed": "", "cleaning": "off"}) == []
    assert again(title="Another") == []
    assert again(cut=[["00:00", "00:01"]]) == ["edit"]


@pytest.mark.parametrize("text", [None, "", "{", "[]", '{"tracks": [{}]}'])
def test_a_missing_or_damaged_survey_is_named(tmp_path: Path, text: str | None) -> None:
    context = sounds.talk(tmp_path, "raw/one.wav")
    context.paths.build.mkdir(parents=True)
    if text is not None:
        context.paths.survey.write_text(text, "utf-8")
    with pytest.raises(CastkitError, match=r"survey\.json is (missing|not as castkit wrote it)") as caught:
        sounds.build(context, edit.STEP)
    assert "castkit build" in caught.value.hint
