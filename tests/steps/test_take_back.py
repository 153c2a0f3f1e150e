"""What comes back from translators: every word and time of theirs stands, whatever happened meanwhile."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from translators import Office, cues, reworded
from worded_episode import lay, worded

from castkit.errors import CastkitError
from castkit.model.cue import Cue
from castkit.steps.accepted import made_of
from castkit.steps.take_back import Wishes, take_back
from castkit.subtitles.history import Role, State, What

WHOLE, CUT = ((0, 167_448),), ((0, 7000), (16_000, 167_448))


@pytest.fixture
def office(tmp_path: Path) -> Office:
    episode = worded(tmp_path / "show")
    episode.go()
    return Office(episode, tmp_path)


def test_a_file_in_an_editors_form_becomes_the_accepted_one_and_its_bytes_are_kept(office: Office) -> None:
    given = cues(office.export().path)
    edited = [reworded(given[0], "Good morning — and welcome."), *given[1:]]
    taken = office.send(edited)
    assert taken.changed == {"same": 42, "text": 1}
    assert office.accepted.read_bytes().startswith("1\n00:00:00,620 --> 00:00:06,480\nGood morning — and".encode())
    desk = office.desk()
    line = desk.history.find(taken.revision or 0)
    assert (line.what, line.state, line.base, line.encoding) == (What.IMPORT, State.ACCEPTED, 1, "utf-8")
    assert desk.history.bytes_of(line, Role.RECEIVED) == (office.folder / "back from ann.srt").read_bytes()
    assert desk.history.bytes_of(line, Role.CUES) == office.accepted.read_bytes()
    assert made_of(desk.context, "en").clock == desk.today
    office.episode.go()
    assert office.texts()[0] in office.episode.paths.srt("en").read_text("utf-8")


def test_the_same_file_twice_changes_nothing(office: Office) -> None:
    given = cues(office.export().path)
    edited = [reworded(given[0], "Hello."), *given[1:]]
    office.send(edited)
    before, history = office.accepted.read_bytes(), office.episode.paths.subtitle_log("en").read_bytes()
    again = office.send(edited)
    assert not again.is_new
    assert office.accepted.read_bytes() == before
    assert office.episode.paths.subtitle_log("en").read_bytes() == history


def test_splits_merges_times_and_deletions_are_counted_and_taken(office: Office) -> None:
    given = cues(office.export().path)
    third = given[2]
    words = third.text.split("\n")
    split = [replace(third, end_ms=13_000, text=words[0]), replace(third, start_ms=13_083, text=words[1])]
    merged = Cue(given[5].start_ms, given[6].end_ms, f"{given[5].text}\n{given[6].text}")
    moved = replace(given[8], start_ms=given[8].start_ms + 120)
    taken = office.send([*given[:2], *split, *given[3:5], merged, given[7], moved, *given[10:]])
    assert taken.changed == {"same": 38, "times": 1, "split": 1, "merged": 1, "deleted": 1}
    assert len(cues(office.accepted)) == 42


@pytest.mark.parametrize("kind", ["xlsx", "vtt", "ass", "ttml", "xliff"])
def test_every_kind_goes_out_and_comes_back_without_an_edit(office: Office, kind: str) -> None:
    made = office.export(f"out.{kind}", kind=kind)
    taken = office.send(made.path.read_bytes())
    assert taken.changed == {"same": 43}
    assert tuple(cues(office.accepted)) == tuple(cues(office.episode.paths.srt("en")))


def test_the_sources_lines_of_a_file_in_two_languages_are_taken_out(office: Office) -> None:
    made = office.export("both.srt", is_bilingual=True)
    text = made.path.read_text("utf-8-sig").replace("Welcome to the show.", "Welcome, one and all.")
    taken = office.send(text.encode("gb18030"), wishes=Wishes(encoding="gb18030"))
    assert taken.changed == {"same": 42, "text": 1}
    assert office.texts()[0] == "Welcome, one and all. I am the host."
    assert not any("\u4e00" <= sign <= "\u9fff" for sign in office.accepted.read_text("utf-8"))


def test_a_file_in_one_language_is_not_told_to_lack_the_other(office: Office) -> None:
    """Both kinds were handed out; the one that came back is the one in one language."""
    plain = office.export("plain.srt").path.read_bytes()
    office.export("both.srt", is_bilingual=True)
    taken = office.send(plain)
    assert taken.changed == {"same": 43}
    assert not [note for note in taken.notes if "no line of the source" in note]


def test_a_file_handed_out_in_two_languages_that_comes_back_in_one_is_told_once(office: Office) -> None:
    office.export("both.srt", is_bilingual=True)
    taken = office.send(cues(office.episode.paths.srt("en")))
    assert taken.changed == {"same": 43}
    (note,) = [note for note in taken.notes if "no line of the source" in note]
    assert note.startswith("lines 1, ")


def test_a_file_that_cannot_be_read_changes_nothing_and_is_kept(office: Office) -> None:
    office.send(cues(office.export().path))
    before = office.accepted.read_bytes()
    page = b"<!doctype html><html><body>404 Not Found</body></html>"
    for _ in range(2):
        with pytest.raises(CastkitError, match=r"back from ann\.srt"):
            office.send(page)
    assert office.accepted.read_bytes() == before
    last = office.desk().history.revisions[-1]
    assert last.what is What.REFUSED
    assert office.desk().history.bytes_of(last, Role.RECEIVED) == page
    assert len([one for one in office.desk().history.revisions if one.what is What.REFUSED]) == 1


def test_a_file_that_is_not_there_is_an_error(office: Office) -> None:
    with pytest.raises(CastkitError, match="cannot be read: No such file"):
        take_back(office.desk(), office.folder / "none.srt", Wishes())


def test_a_draft_is_kept_handed_out_next_and_not_published(office: Office) -> None:
    given = cues(office.export().path)
    taken = office.send([reworded(given[0], "half done"), *given[1:]], wishes=Wishes(is_draft=True))
    assert taken.path is None
    assert not office.accepted.exists()
    again = cues(office.export("again.srt").path)
    assert again[0].text == "half done"
    office.send([again[0], reworded(again[1], "all done"), *again[2:]])
    assert office.texts()[:2] == ["half done", "all done"]


def test_a_cue_without_words_in_a_draft_is_still_to_be_done_and_in_a_finished_file_taken_out(office: Office) -> None:
    made = office.export()
    text = made.path.read_text("utf-8-sig").replace("Welcome to the show. I am the host.", "")
    taken = office.send(text.encode(), wishes=Wishes(is_draft=True))
    assert taken.cues == 43
    taken = office.send(text.encode())
    assert (taken.cues, taken.changed) == (42, {"same": 42, "deleted": 1})


def test_the_second_of_two_people_is_merged_and_both_stand(office: Office) -> None:
    given = cues(office.export().path)
    office.send([reworded(given[0], "ann's"), *given[1:]], "ann")
    moved = replace(given[1], end_ms=given[1].end_ms + 200)
    taken = office.send([given[0], moved, reworded(given[2], "bob's"), *given[3:]], "bob")
    assert not taken.conflicts
    assert office.texts()[0] == "ann's"
    assert cues(office.accepted)[1] == moved
    assert office.texts()[2] == "bob's"


def test_where_two_people_exclude_each_other_nothing_is_written_and_both_are_kept(office: Office) -> None:
    given = cues(office.export().path)
    office.send([reworded(given[0], "ann's"), *given[1:]], "ann")
    before = office.accepted.read_bytes()
    bobs = [reworded(given[0], "bob's"), reworded(given[1], "bob's too"), *given[2:]]
    taken = office.send(bobs, "bob")
    (conflict,) = taken.conflicts
    assert ([cue.text for cue in conflict.one], [cue.text for cue in conflict.other]) == (["ann's"], ["bob's"])
    assert office.accepted.read_bytes() == before
    last = office.desk().history.revisions[-1]
    assert last.what is What.REFUSED
    assert b"bob's too" in (office.desk().history.bytes_of(last, Role.READ) or b"")
    office.send(bobs, "bob", Wishes(prefer="standing"))
    assert office.texts()[:2] == ["ann's", "bob's too"]
    office.send(bobs, "bob", Wishes(prefer="incoming"))
    assert office.texts()[:2] == ["bob's", "bob's too"]


def test_the_same_person_goes_on_from_what_they_sent(office: Office) -> None:
    given = cues(office.export().path)
    first = [reworded(given[0], "Welcome."), reworded(given[1], "The second one."), *given[2:]]
    office.send(first)
    taken = office.send([reworded(given[0], "Be welcome."), *first[1:]])
    assert not taken.conflicts
    assert office.texts()[:2] == ["Be welcome.", "The second one."]


def test_after_a_cut_what_comes_back_moves_with_the_edit_and_what_was_cut_out_is_named(office: Office) -> None:
    given = cues(office.export().path)
    gone, kept = given[2], given[4]
    lay(office.episode.paths, CUT)
    office.episode.go()
    edited = [reworded(cue, f"human {n}") for n, cue in enumerate(given)]
    taken = office.send(edited)
    assert any("human 2" in note and "cut" in note for note in taken.notes), gone
    moved = next(cue for cue in cues(office.accepted) if cue.text == "human 4")
    assert moved.start_ms == kept.start_ms - 9000
    assert "human 2" not in office.texts()
    desk = office.desk()
    assert made_of(desk.context, "en").clock == desk.today
    assert b"human 2" in (desk.history.bytes_of(desk.history.find(taken.revision or 0), Role.READ) or b"")


def test_where_the_source_changed_meanwhile_the_persons_cue_stays_and_is_named_as_stale(office: Office) -> None:
    given = cues(office.export().path)
    chinese = office.episode.paths.srt("zh-Hans")
    chinese.write_text(chinese.read_text("utf-8").replace("我们的第二期节目", "我们最后一次谈养老金"), "utf-8")
    taken = office.send([given[0], reworded(given[1], "Our second episode."), *given[2:]])
    (stale,) = taken.stale
    assert stale.cue.text == "Our second episode."
    assert (stale.stale.old, stale.stale.new) == ("今天是我们的第二期节目。", "今天是我们最后一次谈养老金。")
    assert "Our second episode." in office.texts()


def test_what_resembles_nothing_is_taken_where_nothing_stands_and_else_only_on_demand(office: Office) -> None:
    strange = [Cue(1010, 2020, "Something else altogether"), Cue(5005, 6006, "And more of it")]
    taken = office.send(strange)
    assert taken.base is None
    assert any("resembles nothing" in note for note in taken.notes)
    other = [Cue(900, 1900, "A third thing"), Cue(7007, 8008, "By a third person")]
    with pytest.raises(CastkitError, match="resembles nothing that was handed out") as error:
        office.send(other)
    assert "--prefer incoming" in error.value.hint
    assert office.texts() == [cue.text for cue in strange]
    office.send(other, wishes=Wishes(prefer="incoming"))
    assert office.texts() == [cue.text for cue in other]


def test_a_file_from_the_build_folder_that_was_never_handed_out_has_a_base_too(office: Office) -> None:
    given = cues(office.episode.paths.srt("en"))
    taken = office.send([reworded(given[0], "Hello."), *given[1:]])
    assert taken.changed == {"same": 42, "text": 1}
    assert office.desk().history.find(taken.base or 0).what is What.EXPORT


def test_what_a_person_laid_in_its_place_by_hand_is_in_the_history_before_it_is_replaced(office: Office) -> None:
    given = cues(office.export().path)
    by_hand = "1\r\n00:00:01,000 --> 00:00:02,000\r\nBy hand.\r\n".encode("utf-8-sig")
    office.episode.accept("en", by_hand)
    office.send([reworded(given[0], "Hello."), *given[1:]], wishes=Wishes(prefer="incoming"))
    history = office.desk().history
    found = next(one for one in history.revisions if one.what is What.FOUND)
    assert history.bytes_of(found, Role.CUES) == by_hand


def test_corrections_of_the_spoken_language_outlive_a_new_recognition(office: Office) -> None:
    office.language = "zh-Hans"
    given = cues(office.export().path)
    office.send([reworded(given[0], "大家好。"), *given[1:]])
    office.episode.go()
    again = cues(office.export("again.srt").path)
    assert again[0].text == "大家好。"
    transcript = office.episode.paths.transcript
    transcript.write_text(transcript.read_text("utf-8").replace("第二", "第九"), "utf-8")
    office.episode.go()
    assert not any("第九" in text for text in office.texts())
    taken = office.send([*again[:-1], reworded(again[-1], "再见了。")])
    assert not taken.conflicts
    assert (office.texts()[0], office.texts()[-1]) == ("大家好。", "再见了。")
    assert any("第九" in text for text in office.texts())  # nobody had changed that cue: the machine's new words stand
