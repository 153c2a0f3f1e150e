"""What a translator is handed: the right cues, in a form that opens right, with a note; and all of it on record."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from translators import Office, cues, reworded
from worded_episode import lay, worded

from castkit.errors import CastkitError
from castkit.model.show import SubtitleSettings
from castkit.steps.hand_out import hand_out
from castkit.steps.subtitle_desk import Stand, cues_of
from castkit.steps.take_back import Wishes
from castkit.subtitles.files import read_srt
from castkit.subtitles.history import Role, What


@pytest.fixture
def office(tmp_path: Path) -> Office:
    episode = worded(tmp_path / "show")
    episode.go()
    return Office(episode, tmp_path)


def test_a_machines_draft_goes_out_as_windows_opens_it_and_is_on_record(office: Office) -> None:
    made = office.export()
    data = made.path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf1\r\n00:00:")
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert tuple(cues(made.path)) == read_srt(office.episode.paths.srt("en"))
    (line,) = office.desk().history.revisions
    assert (line.rev, line.what, line.who, line.handed, line.kind) == (1, What.EXPORT, "ann", "machine", "srt")
    desk = office.desk()
    assert desk.history.bytes_of(line, Role.HANDED_OUT) == data
    assert cues_of(desk, line, Role.CUES) == tuple(cues(made.path))
    assert cues_of(desk, line, Role.SOURCE) == read_srt(office.episode.paths.srt("zh-Hans"))
    assert line.clock == desk.today


def test_handed_out_twice_alike_it_is_one_revision(office: Office) -> None:
    assert office.export().revision == office.export("again.srt").revision == 1
    assert office.export(kind="vtt", name="out.vtt").revision == 2


def test_the_source_stands_above_or_below_as_the_show_wants_it(office: Office) -> None:
    above = cues(office.export("b.srt", is_bilingual=True).path)[0].lines
    assert above == ("欢迎收听社会保障对话节目，", "我是主持人。", "Welcome to the show. I am the host.")
    show = office.episode.context.show
    settings = SubtitleSettings(bilingual_order="translation-first")
    office.episode.context = replace(office.episode.context, show=show.model_copy(update={"subtitles": settings}))
    assert cues(office.export("c.srt", is_bilingual=True).path)[0].lines == (above[2], above[0], above[1])


def test_the_note_has_limits_terms_that_occur_and_what_was_accepted_before(office: Office) -> None:
    paths, workspace = office.episode.paths, office.episode.context.workspace
    workspace.glossary.write_text(
        '[[terms]]\nterm = { en = "pilot", zh-Hans = "试点" }\naccept = { en = ["trial"] }\nnote = "never *test*"\n'
        '[[terms]]\nterm = { en = "sea lion", zh-Hans = "海狮" }\n',
        "utf-8",
    )
    before = workspace.episode("before")
    before.build.mkdir(parents=True)
    (before.root / "episode.toml").touch()
    paths.toml.touch()
    before.programme.write_bytes(paths.programme.read_bytes())
    before.srt("zh-Hans").write_text("1\n00:00:04,000 --> 00:00:08,000\n我们研究了四个省的试点。\n", "utf-8")
    before.accepted("en").parent.mkdir()
    before.accepted("en").write_text("1\n00:00:04,000 --> 00:00:08,000\nFour provinces ran pilots.\n", "utf-8")
    office.export("for ann.srt")
    text = (office.folder / "for ann.notes.md").read_text("utf-8")
    assert "at most 42 characters; at most 2 lines" in text
    assert "- 试点 → pilot (also: trial): never \\*test\\*" in text
    assert "sea lion" not in text
    assert "→ “Four provinces ran pilots.” (for “我们研究了四个省的试点。”" in text
    assert "castkit subs import talk en FILE" in text


def test_a_language_nobody_here_can_translate_goes_out_as_the_sources_words(tmp_path: Path) -> None:
    episode = worded(tmp_path / "show", languages=("fr", "zh-Hans"))
    episode.go()
    office = Office(episode, tmp_path, "fr")
    made = office.export()
    assert made.stand is Stand.SOURCE
    assert tuple(cues(made.path)) == read_srt(episode.paths.srt("zh-Hans"))
    taken = office.send([reworded(cue, f"phrase {n}") for n, cue in enumerate(cues(made.path))])
    assert taken.base == made.revision
    assert office.texts()[:2] == ["phrase 0", "phrase 1"]


def test_a_draft_of_a_person_goes_out_before_what_is_accepted_and_on_todays_clock(office: Office) -> None:
    given = cues(office.export().path)
    office.send([reworded(given[0], "accepted"), *given[1:]])
    office.send([reworded(given[0], "a draft"), *given[1:]], wishes=Wishes(is_draft=True, prefer="incoming"))
    lay(office.episode.paths, ((0, 167_448),), lead_ms=700)
    made = office.export("again.srt")
    assert made.stand is Stand.DRAFT
    first = cues(made.path)[0]
    assert (first.text, first.start_ms) == ("a draft", given[0].start_ms + 700)
    assert office.texts()[0] == "accepted"


def test_what_a_translator_saved_there_is_not_overwritten(office: Office) -> None:
    made = office.export()
    edited = made.path.read_bytes().replace(b"Welcome", b"A warm welcome")
    made.path.write_bytes(edited)
    with pytest.raises(CastkitError, match="is not as castkit handed it out") as error:
        office.export()
    assert "castkit subs import talk en" in error.value.hint
    assert made.path.read_bytes() == edited
    accepted = office.accepted
    with pytest.raises(CastkitError, match="is the accepted file itself"):
        hand_out(office.desk(), accepted)


def test_what_somebody_wrote_into_the_note_is_not_overwritten(office: Office) -> None:
    office.export()
    notes = office.folder / "out.notes.md"
    written = notes.read_bytes() + b"\nAnn: is it 64 or 46 %?\n"
    notes.write_bytes(written)
    (office.folder / "out.srt").unlink()
    with pytest.raises(CastkitError, match=r"out\.notes\.md is there already, and is not as castkit wrote it") as error:
        office.export()
    assert "keep it under another name" in error.value.hint
    assert notes.read_bytes() == written
    assert not (office.folder / "out.srt").exists()
    assert len(office.desk().history.revisions) == 1
    notes.unlink()
    assert office.export().revision == 1
    office.episode.context.workspace.glossary.write_text(
        '[[terms]]\nterm = { en = "pilot", zh-Hans = "试点" }\n', "utf-8"
    )
    assert office.export().revision == 2
    assert "试点 → pilot" in notes.read_text("utf-8")


def test_an_episode_that_is_not_built_and_a_language_it_does_not_have_are_errors(
    tmp_path: Path, office: Office
) -> None:
    with pytest.raises(CastkitError, match="not built yet"):
        Office(worded(tmp_path / "other"), tmp_path).export()
    with pytest.raises(CastkitError, match="no subtitles in 'de'"):
        Office(office.episode, tmp_path, "de").export()
    with pytest.raises(CastkitError, match="is the source itself"):
        Office(office.episode, tmp_path, "zh-Hans").export(is_bilingual=True)
