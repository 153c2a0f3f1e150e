"""What the steps claim of a machine, and what they wait for in episodes that were asked for earlier."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from built_show import build, context, make_show, write
from castkit.engine.claims import GB, Claim
from castkit.pipeline import EPISODE, STEP_NAMES
from castkit.steps import burn, edit, hls, package, transcribe, translate, upload
from castkit.steps.context import EpisodeContext


def episode(root: Path, *, video: bool = False, more: str = "") -> EpisodeContext:
    workspace = make_show(root, more=more)
    build(workspace, video=video)
    return context(workspace)


def accepted(context: EpisodeContext) -> EpisodeContext:
    write(context.paths.accepted("zh-Hans"), b"1\n00:00:01,000 --> 00:00:02,000\nok\n")
    return context


def test_every_step_can_say_what_it_claims_once_its_inputs_are_there(tmp_path: Path) -> None:
    found = episode(tmp_path)
    for stage in EPISODE:
        claim = stage.claim(found)
        assert claim.cores > 0, stage.name
        assert claim.memory > 0, stage.name


def test_a_picture_takes_more_and_recognition_what_its_model_needs(tmp_path: Path) -> None:
    sound, picture = episode(tmp_path / "sound"), episode(tmp_path / "picture", video=True)
    assert package.STEP.claim(sound) == Claim()
    assert package.STEP.claim(picture).memory > Claim().memory
    streamed = episode(tmp_path / "streamed", video=True, more='\n[video]\nhls = true\nburn = "en"\n')
    assert hls.STEP.claim(picture) == burn.STEP.claim(picture) == Claim()
    assert hls.STEP.claim(streamed).cores == 4.0
    speech = sound.show.speech.model_copy(update={"model": "medium", "device": "cpu"})
    heavy = replace(sound, show=sound.show.model_copy(update={"speech": speech}))
    assert transcribe.STEP.claim(heavy).memory > 4 * GB
    assert transcribe.STEP.claim(heavy).gpu == 0
    speech = speech.model_copy(update={"device": "cuda"})
    heard = replace(sound, show=sound.show.model_copy(update={"speech": speech}))
    assert transcribe.STEP.claim(heard).gpu == 1


def test_drafts_wait_for_earlier_episodes_whose_sentences_they_may_take(tmp_path: Path) -> None:
    plain, other = episode(tmp_path / "plain"), accepted(episode(tmp_path / "other"))
    assert translate.STEP.waits_for(plain, other) == ("translate",)
    assert translate.STEP.waits_for(other, plain) == ()
    assert edit.STEP.waits_for(other, plain) == ("translate",), "the earlier draft sees this one as it was"
    assert edit.STEP.waits_for(plain, other) == ()
    assert {*translate.STEP.waits_for(plain, other)} <= set(STEP_NAMES)


def test_nothing_waits_where_the_memory_is_off_and_what_sends_always_does(tmp_path: Path) -> None:
    off = accepted(episode(tmp_path, more="\n[translation]\nmemory = false\n"))
    assert translate.STEP.waits_for(off, off) == edit.STEP.waits_for(off, off) == ()
    assert upload.STEP.sends
