from __future__ import annotations

import json
import shutil
from typing import Any

import pytest

import sounds
from castkit import ffmpeg
from castkit.engine import events
from castkit.engine.fleet_of_one import run
from castkit.engine.place import Place, lock
from castkit.errors import CastkitError, ToolMissing
from castkit.model.transcript import Transcript
from castkit.speech.recognise import Recognition
from castkit.steps import edit, ingest, survey, transcribe
from castkit.steps.files import load_programme

RAW = f"episodes/{sounds.SLUG}/raw"
CHINESE = sounds.EPISODES / "episode-02/raw/interview.mp3"


def _with(context, *, languages=None, language=None, **speech: Any):
    """The same episode under other settings."""
    show, episode = context.show, context.episode
    info = show.show.model_copy(update={"languages": languages} if languages else {})
    show = show.model_copy(update={"show": info, "speech": show.speech.model_copy(update={"beam_size": 1, **speech})})
    episode = episode.model_copy(update={"language": language} if language else {})
    return type(context)(context.workspace, show, context.slug, episode)


def _build(context) -> list[events.Event]:
    return sounds.build(context, ingest.STEP, survey.STEP, transcribe.STEP)


def _transcript(context) -> Transcript:
    return Transcript.from_json(json.loads(context.paths.transcript.read_text("utf-8")))


@pytest.fixture(scope="module")
def talked(tmp_path_factory):
    """Host and guest on a track each, the guest's begun later, after an intro; built once."""
    root = tmp_path_factory.mktemp("show")
    sounds.speech(root / RAW / "host.flac", seconds=5, start=7)
    sounds.speech(root / RAW / "guest.m4a", seconds=4, start=12, filters="volume=-15dB")
    sounds.synthetic(root / "assets/intro.wav", "sine=d=3")
    guest = {"path": "raw/guest.m4a", "speaker": "guest", "offset_ms": 6000}
    context = sounds.talk(
        root, {"path": "raw/host.flac", "speaker": "host"}, guest, intro="assets/intro.wav", crossfade_ms=400
    )
    context = _with(context)
    return context, _build(context)


def test_words_on_the_recordings_clock_with_their_speakers(talked):
    context, seen = talked
    found = _transcript(context)
    assert (found.language, found.engine, found.model) == ("en", "faster-whisper", "base")
    assert found.duration_ms == pytest.approx(6000 + 4000, abs=15)
    assert found.translation == ()
    assert "".join(word.text for word in found.words if word.speaker == "host").strip().startswith("I am your host")
    first_of = {name: next(word for word in found.words if word.speaker == name) for name in ("host", "guest")}
    # In the host's recording "I am your host" begins at 7.70 s and "Today" at 12.13 s.
    assert first_of["host"].start_ms == pytest.approx(7700 - 7000, abs=200)
    assert first_of["guest"].start_ms == pytest.approx(12_130 - 12_000 + 6000, abs=200)
    shares = [event.fraction for event in seen if isinstance(event, events.Progress) and event.step == "transcribe"]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert found.coverage is not None
    assert found.coverage.speech_ms > 5000
    assert found.coverage.gaps == ()
    assert not context.paths.hearing.exists()


def test_an_edit_and_an_intro_move_the_words_and_nothing_is_heard_again(talked):
    context, _ = talked
    before = context.paths.transcript.read_bytes()
    cut = sounds.changed(context, cut=[["00:00.5", "00:02"]])
    assert sounds.ran(sounds.build(cut, ingest.STEP, survey.STEP, edit.STEP, transcribe.STEP)) == ["edit"]
    assert context.paths.transcript.read_bytes() == before
    recorded, programme = _transcript(cut), load_programme(cut)
    moved = recorded.through(programme.timeline, programme.duration_ms)
    assert programme.duration_ms == pytest.approx(2600 + 10_000 - 1500, abs=15)
    later = [word for word in recorded.words if word.start_ms >= 2000]
    assert later
    assert [word.start_ms + 2600 - 1500 for word in later] == [word.start_ms for word in moved.words][-len(later) :]
    context.paths.programme.unlink()


def test_what_made_it_is_recorded(talked):
    context, _ = talked
    tools = json.loads(context.paths.receipts.read_text("utf-8"))["stages"]["transcribe"]["tools"]
    assert tools["faster-whisper"]
    assert tools["base model.bin sha256"].startswith("d01c3014")


def test_the_same_bytes_again_and_nothing_runs_twice(talked):
    context, _ = talked
    before = context.paths.transcript.read_bytes()
    assert before.endswith(b"}\n")
    assert b"\r" not in before
    assert sounds.ran(_build(context)) == []
    context.paths.transcript.unlink()
    assert sounds.ran(_build(context)) == ["transcribe"]
    assert context.paths.transcript.read_bytes() == before


def test_accepting_subtitles_hears_nothing_again(talked):
    context, _ = talked
    accepted = context.paths.accepted("en")
    accepted.parent.mkdir(exist_ok=True)
    accepted.write_text("1\n00:00:01,000 --> 00:00:02,000\nA person's words\n", "utf-8")
    assert sounds.ran(_build(context)) == []


def test_chinese_is_translated_where_the_show_wants_english(tmp_path):
    (tmp_path / RAW).mkdir(parents=True)
    ffmpeg.run(["-t", "10", "-i", CHINESE, tmp_path / RAW / "one.wav"], doing="cutting")
    context = _with(sounds.talk(tmp_path, "raw/one.wav"), languages=("zh-Hans", "en"), language="auto")
    _build(context)
    found = _transcript(context)
    assert found.language == "zh"
    assert "主持人" in "".join(word.text for word in found.words)
    assert found.translation
    assert "".join(word.text for word in found.translation[0].words).isascii()
    assert found.words[0].speaker is None
    only_chinese = _with(context, languages=("zh-Hans",), language="zh")
    assert sounds.ran(_build(only_chinese)) == ["transcribe"]
    assert _transcript(only_chinese).translation == ()


def test_a_recording_without_speech_is_told(tmp_path):
    sounds.synthetic(tmp_path / RAW / "one.wav", "sine=frequency=330:sample_rate=48000:d=3")
    context = _with(sounds.talk(tmp_path, "raw/one.wav"))
    seen = _build(context)
    assert _transcript(context).utterances == ()
    assert sounds.notes(seen, "transcribe") == ["no speech was found in the recordings"]


def test_a_model_that_is_not_here(tmp_path, monkeypatch):
    monkeypatch.setenv("CASTKIT_MODELS", str(tmp_path / "none"))
    sounds.speech(tmp_path / RAW / "one.wav", seconds=2)
    context = _with(sounds.talk(tmp_path, "raw/one.wav"))
    with pytest.raises(ToolMissing, match="base") as caught:
        _build(context)
    assert caught.value.hint == "run: castkit models fetch base"
    assert not context.paths.transcript.exists()


def test_a_language_the_model_does_not_know(tmp_path):
    sounds.speech(tmp_path / RAW / "one.wav", seconds=2)
    context = _with(sounds.talk(tmp_path, "raw/one.wav"), language="yue")
    with pytest.raises(CastkitError, match="'yue'"):
        _build(context)
    assert not context.paths.transcript.exists()


def test_a_track_that_is_no_sound(talked, tmp_path):
    context, _ = talked
    copied = shutil.copytree(context.workspace.root, tmp_path / "copy")
    broken = type(context)(type(context.workspace)(copied), context.show, context.slug, context.episode)
    broken.paths.track(1).write_bytes(b"RIFF and nothing more")
    with pytest.raises(CastkitError, match=r"1\.wav"):
        sounds.build(broken, transcribe.STEP)


@pytest.mark.parametrize(
    ("languages", "heard", "able", "told"),
    [
        (("en", "zh-Hans"), "zh", False, True),
        (("en", "zh-Hans"), "zh", True, False),
        (("en", "zh-Hans"), "en", False, False),
        (("zh-Hans",), "zh", False, False),
    ],
)
def test_a_model_that_cannot_translate_is_told_where_it_matters(languages, heard, able, told, talked):
    context = _with(talked[0], languages=languages, language="auto", model="large-v3-turbo")
    notes = transcribe._notes(context, Recognition(heard, (1,), (), ()), able=able)
    assert bool(notes) == told
    assert all("large-v3-turbo" in note for note in notes)


def test_settings_that_change_the_words_are_keyed(talked):
    context, _ = talked
    plain = transcribe.STEP.settings(context)
    assert plain["batch_size"] is None
    for change in (
        {"batch_size": 2},
        {"hints": ("solidarity",)},
        {"model": "small"},
        {"beam_size": 5},
        {"engine": "openai-whisper"},
    ):
        assert transcribe.STEP.settings(_with(context, **change)) != plain
    assert json.loads(json.dumps(plain)) == plain


def test_a_run_that_broke_off_goes_on_where_it_was(talked, tmp_path):
    context, _ = talked
    root = shutil.copytree(context.workspace.root, tmp_path / "copy")
    copied = type(context)(type(context.workspace)(root), context.show, context.slug, context.episode)
    copied = _with(copied, batch_size=1)
    with pytest.raises(CastkitError, match="broke off"):
        _broken_off(copied)
    assert copied.paths.hearing.read_bytes().count(b"\n") == 1 + 1
    shares = [event for event in _build(copied) if isinstance(event, events.Progress) and event.step == "transcribe"]
    assert shares[0].fraction > 0
    assert shares[0].left_s is None  # there is no pace yet
    assert not copied.paths.hearing.exists()
    assert _transcript(copied).utterances == _transcript(context).utterances


def _broken_off(context) -> None:
    """The same build, until a first batch is heard."""

    def report(event: events.Event) -> None:
        if isinstance(event, events.Progress) and event.step == "transcribe" and event.fraction > 0:
            raise CastkitError("broke off", "")

    paths = context.paths
    place = Place(context.slug, context.workspace.root, paths.build, paths.receipts, paths.lock)
    with lock(place):
        run((ingest.STEP, survey.STEP, transcribe.STEP), context, place, report)
