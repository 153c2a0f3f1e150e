"""The proofread step: what was heard stays, what is read is listed with what stood there before."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from worded_episode import Worded, worded

from castkit.model.transcript import Transcript, Utterance, Word
from castkit.steps.context import EpisodeContext
from castkit.steps.files import write_json

GLOSSARY = '[[terms]]\nterm = { zh-Hans = "缴费" }\n'


def words(path: Path) -> Transcript:
    return Transcript.from_json(json.loads(path.read_text("utf-8")))


def changes(episode: Worded) -> list[dict[str, Any]]:
    value: dict[str, Any] = json.loads(episode.paths.proofread.read_text("utf-8"))
    return list(value["changes"])


def wishing(episode: Worded, **wishes: Any) -> Worded:
    context = episode.context
    subtitles = context.show.subtitles.model_copy(update=wishes)
    show = context.show.model_copy(update={"subtitles": subtitles})
    return Worded(EpisodeContext(context.workspace, show, context.slug, context.episode))


def own(episode: Worded, **keys: Any) -> Worded:
    context = episode.context
    changed = context.episode.model_copy(update=keys)
    return Worded(EpisodeContext(context.workspace, context.show, context.slug, changed))


def test_what_was_heard_stays_and_every_change_says_what_was_there(tmp_path: Path) -> None:
    episode = worded(tmp_path)
    before = episode.paths.transcript.read_bytes()
    episode.context.workspace.glossary.write_text(GLOSSARY, "utf-8")
    episode.go()
    assert episode.paths.transcript.read_bytes() == before
    found = [one for one in changes(episode) if one["code"] == "glossary"]
    assert {(one["before"], one["after"]) for one in found} == {("角费", "缴费")}
    read = "".join(one.text for one in words(episode.paths.words).utterances)
    assert "角费" not in read
    assert read.count("缴费") == len(found) == 2
    assert any("corrected by the glossary: 角费 → 缴费" in note for note in episode.notes)


def test_a_correction_is_undone_by_the_episode(tmp_path: Path) -> None:
    episode = worded(tmp_path)
    episode.context.workspace.glossary.write_text(GLOSSARY, "utf-8")
    glossary = episode.context.episode.glossary.model_copy(update={"keep": ("角费",)})
    kept = own(episode, glossary=glossary)
    kept.go()
    assert [one for one in changes(kept) if one["code"] == "glossary"] == []
    assert "角费" in "".join(one.text for one in words(kept.paths.words).utterances)


def test_turns_name_speakers_and_survive_another_recognition(tmp_path: Path) -> None:
    episode = own(worded(tmp_path), turns=((0, "host"), (11_000, "presenter")))
    episode.go()
    first = words(episode.paths.words).utterances
    assert {one.speaker for one in first if one.end_ms < 10_500} == {"host"}
    assert {one.speaker for one in first if one.start_ms >= 11_000} == {"presenter"}
    again = json.loads(episode.paths.transcript.read_text("utf-8"))
    for utterance in again["utterances"]:  # recognised anew, everything a little later
        for word in utterance["words"]:
            word["start_ms"], word["end_ms"] = word["start_ms"] + 40, word["end_ms"] + 40
    episode.paths.transcript.write_text(json.dumps(again), "utf-8")
    episode.go()
    assert [one.speaker for one in words(episode.paths.words).utterances] == [one.speaker for one in first]


def test_numbers_in_words_or_in_digits(tmp_path: Path) -> None:
    episode = worded(tmp_path)
    texts = {}
    for style in ("as-heard", "words", "digits"):
        asked = wishing(episode, numbers=style)
        asked.go()
        texts[style] = "".join(one.text for one in words(asked.paths.words).utterances)
    assert "8400万" in texts["as-heard"]
    assert "八千四百万" in texts["words"]
    assert "8400万" in texts["digits"]


def test_punctuation_is_restored_unless_it_is_not_wanted(tmp_path: Path) -> None:
    episode = worded(tmp_path)
    value = json.loads(episode.paths.transcript.read_text("utf-8"))
    for utterance in value["utterances"]:
        for word in utterance["words"]:
            word["text"] = "".join(c for c in word["text"] if c not in ",.?!，。？！、")
        utterance["words"] = [word for word in utterance["words"] if word["text"].strip()]
    episode.paths.transcript.write_text(json.dumps(value, ensure_ascii=False), "utf-8")
    counts = {}
    for is_wanted in (True, False):
        asked = wishing(episode, punctuation=is_wanted)
        asked.go()
        text = "".join(one.text for one in words(asked.paths.words).utterances)
        counts[is_wanted] = sum(c in "，。？！" for c in text)
    assert counts[True] > 40
    assert counts[False] == 0


def test_another_language_within_the_programme_is_read_by_its_own_rules(tmp_path: Path) -> None:
    episode = worded(tmp_path)
    english = Utterance(
        tuple(Word(at, at + 300, text, 0.9, None, "en") for at, text in ((9000, " Well,"), (9400, " yes.")))
    )
    chinese = Utterance((Word(0, 400, "這個", 0.9), Word(400, 900, "問題,好", 0.9)))
    write_json(episode.paths.transcript, Transcript("zh", "-", "-", 12_000, (chinese, english)).to_json())
    episode.go()
    assert [one.text for one in words(episode.paths.words).utterances] == ["这个问题，好。", "Well, yes."]


def test_a_word_of_four_characters_is_known_by_its_sound_without_a_glossary(tmp_path: Path) -> None:
    """What the show itself writes so stays."""
    episode = worded(tmp_path)
    heard = words(episode.paths.transcript)
    said = [Word(200 * at, 200 * at + 180, one, 0.4) for at, one in enumerate("参加阳劳保险")]
    write_json(episode.paths.transcript, replace(heard, utterances=(Utterance(tuple(said)),)).to_json())
    episode.go()
    (found,) = [one for one in changes(episode) if one["code"] == "homophone"]
    assert (found["before"], found["after"], found["start_ms"]) == ("阳劳保险", "养老保险", 400)
    assert any("corrected by their sound: 阳劳保险 → 养老保险" in note for note in episode.notes)
    episode.context.workspace.glossary.write_text('[[terms]]\nterm = { zh-Hans = "阳劳保险" }\n', "utf-8")
    episode.go()
    assert [one for one in changes(episode) if one["code"] == "homophone"] == []
