"""What the page shows beside the cues: speech to snap to, who speaks, the show's terms, sound or video."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import reviewed_show

import built_show
from castkit.audio.arrays import write_curves
from castkit.model.transcript import Transcript, Utterance, Word
from castkit.review.facts import facts, media_of, merged
from castkit.steps.context import EpisodeContext
from castkit.steps.subtitle_desk import open_desk

TERMS = (
    '[[terms]]\nterm = { en = "coverage", zh-Hans = "参保率" }\naccept = { zh-Hans = ["参保水平"] }\nnote = "Of all."\n'
)


def shown(context: EpisodeContext) -> dict[str, object]:
    return facts(open_desk(context, "en", who="ann")).shown


def hear(context: EpisodeContext) -> None:
    """Words of the host from 1 s to 2 s and of somebody unknown from 9 s, on the recordings' clock."""
    said = (Word(1000, 1400, "参", 0.9, "host"), Word(1400, 2000, "保", 0.9, "host"))
    later = (Word(9000, 9500, "再", 0.9, None),)
    heard = Transcript("zh", "-", "-", 60_000, (Utterance(said, "host"), Utterance(later)))
    built_show.write_json(context.paths.words, heard.to_json())


def test_speech_is_the_detectors_else_the_words(tmp_path: Path) -> None:
    context = reviewed_show.context(reviewed_show.make(tmp_path / "show"))
    assert shown(context)["speech"] == []
    hear(context)
    assert shown(context)["speech"] == [[3000, 4000], [11_000, 11_500]]  # the recordings begin at 2 s
    frames = np.zeros((600, 3), np.float32)
    frames[100:150] = 0.9
    context.paths.activity(0).parent.mkdir()
    write_curves(context.paths.activity(0), frames)
    ((start_ms, end_ms),) = shown(context)["speech"]  # type: ignore[misc,attr-defined]
    assert abs(start_ms - 5200) < 100
    assert abs(end_ms - 6800) < 200


def test_stretches_with_hardly_a_pause_between_are_one() -> None:
    assert merged([(500, 900), (0, 350), (1000, 1200), (2000, 2100)]) == [[0, 1200], [2000, 2100]]


def test_who_speaks_is_named_beside_the_source(tmp_path: Path) -> None:
    context = reviewed_show.context(reviewed_show.make(tmp_path / "show"))
    hear(context)
    source = shown(context)["source"]
    assert [one["speaker"] for one in source] == ["Host", None, None]  # type: ignore[attr-defined]


def test_terms_stand_with_their_forms_and_note(tmp_path: Path) -> None:
    workspace = reviewed_show.make(tmp_path / "show")
    workspace.glossary.write_text(TERMS, "utf-8")
    (term,) = shown(reviewed_show.context(workspace))["glossary"]  # type: ignore[misc]
    assert term == {"source": "参保率", "forms": ["参保率", "参保水平"], "target": "coverage", "note": "Of all."}


def test_a_video_is_played_where_there_is_one(tmp_path: Path) -> None:
    workspace = reviewed_show.make(tmp_path / "show")
    context = reviewed_show.context(workspace)
    assert (shown(context)["video"], media_of(context)) == (False, context.paths.audio)
    version = shown(context)["mediaVersion"]
    built_show.build(workspace, video=True)
    context.paths.srt("en").write_text(reviewed_show.DRAFT, "utf-8")
    context.paths.srt("zh-Hans").write_text(reviewed_show.SOURCE, "utf-8")
    assert (shown(context)["video"], media_of(context)) == (True, context.paths.video)
    assert shown(context)["mediaVersion"] != version
