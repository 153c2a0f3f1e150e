"""What was typed reaches the history once and whole, whatever happens between; others' files are merged."""

from __future__ import annotations

import json
import shutil
import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import reviewed_show
from reviewed_show import Tab, session

from castkit.cli.road import episode_place
from castkit.engine.place import lock
from castkit.errors import CastkitError
from castkit.model.timeline import joined
from castkit.review.rows import BadRequest, Placed
from castkit.review.session import Busy
from castkit.steps.files import load_programme
from castkit.steps.subtitle_desk import open_desk
from castkit.steps.take_back import Wishes, take_back
from castkit.subtitles.files import parse_srt
from castkit.subtitles.history import Role, State, What
from castkit.translate.memory import Pair
from castkit.translate.tmx import to_tmx
from castkit.workspace import Workspace


@pytest.fixture
def show(tmp_path: Path) -> Workspace:
    return reviewed_show.make(tmp_path / "show")


def whats(show: Workspace) -> list[What]:
    return [one.what for one in reviewed_show.history(show).revisions]


def standing_texts(show: Workspace) -> list[str]:
    found = reviewed_show.history(show)
    assert found.standing
    data = found.bytes_of(found.standing, Role.CUES)
    return [cue.text for cue in parse_srt((data or b"").decode(), "what stands")]


def come_in(show: Workspace, old: str, new: str, *, who: str = "bo", is_draft: bool = False) -> None:
    """Somebody else sends in a file of the machine's cues with one text changed."""
    text = reviewed_show.DRAFT
    assert old in text
    path = show.root / "back.srt"
    path.write_text(text.replace(old, new), "utf-8")
    context = reviewed_show.context(show)
    with lock(episode_place(context)):
        take_back(open_desk(context, "en", who=who), path, Wishes(is_draft=is_draft))


def test_the_page_shows_the_machines_cues_beside_their_source(show: Workspace) -> None:
    found = session(show).document()
    assert [cue["text"] for cue in found["cues"]] == ["Coverage rose to 64%.", "Thanks to all.", "Goodbye."]
    assert {cue["by"] for cue in found["cues"]} == {"machine"}
    assert (found["state"], found["language"], found["spoken"]) == ("machine", "en", "zh-Hans")
    assert [cue["text"] for cue in found["source"]] == ["参保率上升到64%。", "谢谢大家。", "再见。"]
    assert found["limits"]["charactersPerSecond"] == 20
    assert found["durationMs"] == 62_000


def test_opening_and_closing_the_page_changes_nothing(show: Workspace) -> None:
    assert session(show).close() == ""
    assert session(show).close() == ""
    assert whats(show) == []


def test_what_was_typed_becomes_a_draft_and_then_the_accepted_file(show: Workspace) -> None:
    open_page = session(show)
    tab = Tab(open_page)
    tab.write("c3", "Farewell.")
    assert tab.poll()["state"] == "draft"
    assert open_page.accept(is_draft=True)["state"] == "draft"
    found = reviewed_show.history(show)
    assert [(one.what, one.who, one.state) for one in found.revisions] == [
        (What.EXPORT, "ann", None),
        (What.REVIEW, "ann", State.DRAFT),
    ]
    assert found.revisions[1].base == 1
    done = open_page.accept(is_draft=False)
    assert done["state"] == "accepted"
    accepted = show.episode("talk").accepted("en").read_text("utf-8")
    assert accepted == reviewed_show.DRAFT.replace("Goodbye", "Farewell")
    assert reviewed_show.history(show).standing.rev == done["rev"]  # type: ignore[union-attr]
    assert {cue["by"] for cue in open_page.document()["cues"]} == {"person"}
    assert [*tab.cues] == [cue["id"] for cue in open_page.document()["cues"]]


def test_undone_edits_make_no_revision(show: Workspace) -> None:
    open_page = session(show)
    tab = Tab(open_page)
    tab.write("c1", "Something else.")
    tab.poll()
    tab.write("c1", "Coverage rose to 64%.")
    assert tab.poll()["state"] == "machine"
    assert open_page.close() == ""
    assert whats(show) == []


def test_a_killed_page_loses_nothing_and_goes_on_under_the_same_ids(show: Workspace) -> None:
    tab = Tab(session(show))
    tab.write("c1", "Coverage is 64%.")
    tab.edit([], [Placed(None, 13_000, 14_000, "One more.")])
    again = session(show)  # nobody closed the first
    assert Tab(again).texts() == ["Coverage is 64%.", "Thanks to all.", "Goodbye.", "One more."]
    assert [cue["id"] for cue in again.document()["cues"]] == ["c1", "c2", "c3", "c4"]
    assert "in the history (revision 2)" in again.document()["notes"][0]
    assert again.changes(tab.version)["reload"]
    assert standing_texts(show) == Tab(again).texts()
    session(show)
    assert whats(show) == [What.EXPORT, What.REVIEW]


def test_a_kill_between_history_and_journal_doubles_nothing(show: Workspace) -> None:
    open_page = session(show)
    tab = Tab(open_page)
    tab.write("c1", "Coverage is 64%.")
    tab.edit([], [Placed(None, 13_000, 14_000, "One more.")])
    journal = show.episode("talk").review_journal("en")
    shutil.copy(journal, journal.with_suffix(".before"))
    open_page.accept(is_draft=True)
    shutil.move(journal.with_suffix(".before"), journal)  # as if the journal had not been begun anew
    again = session(show)
    assert Tab(again).texts() == ["Coverage is 64%.", "Thanks to all.", "Goodbye.", "One more."]
    assert whats(show) == [What.EXPORT, What.REVIEW]


def test_an_edit_that_comes_twice_is_done_once_even_after_a_restart(show: Workspace) -> None:
    open_page = session(show)
    tab = Tab(open_page)
    first = tab.edit([], [Placed(None, 13_000, 14_000, "One more.")], "mine")
    assert tab.edit([], [Placed(None, 13_000, 14_000, "One more.")], "mine") == first
    again = Tab(session(show))
    assert again.edit([], [Placed(None, 13_000, 14_000, "One more.")], "mine") == first
    assert again.texts().count("One more.") == 1


def test_a_file_that_comes_in_meanwhile_is_merged(show: Workspace) -> None:
    open_page = session(show)
    tab = Tab(open_page)
    tab.write("c1", "Coverage is 64%.")
    come_in(show, "Goodbye", "Farewell")
    open_page.look_around()
    found = tab.poll()
    assert tab.texts() == ["Coverage is 64%.", "Thanks to all.", "Farewell."]
    assert [*tab.cues] == ["c1", "c2", "c3"]
    assert found["state"] == "draft"
    assert "of bo came in meanwhile" in found["notes"][0]
    assert standing_texts(show) == tab.texts()
    accepted = show.episode("talk").accepted("en").read_text("utf-8")
    assert "64%" in accepted
    assert "Coverage is" not in accepted


def test_a_file_that_comes_in_while_nothing_is_typed_is_shown(show: Workspace) -> None:
    open_page = session(show)
    tab = Tab(open_page)
    come_in(show, "Goodbye", "Farewell")
    open_page.look_around()
    assert tab.poll()["state"] == "accepted"
    assert tab.cues["c3"]["text"] == "Farewell."
    assert What.REVIEW not in whats(show)


def test_the_same_cue_in_a_file_and_on_the_page_keeps_both(show: Workspace) -> None:
    open_page = session(show)
    tab = Tab(open_page)
    tab.write("c3", "See you.")
    tab.write("c1", "Coverage is 64%.")
    come_in(show, "Goodbye", "Farewell")
    open_page.look_around()
    found = tab.poll()
    assert tab.texts() == ["Coverage is 64%.", "Thanks to all.", "Farewell."]
    (conflict,) = found["conflicts"]
    assert conflict["mine"] == [{"startMs": 9000, "endMs": 12_000, "text": "See you."}]
    assert (conflict["ids"], conflict["theirs"][0]["text"]) == (["c3"], "Farewell.")
    assert open_page.document()["conflicts"] == [conflict]
    refused = next(one for one in reviewed_show.history(show).revisions if one.what is What.REFUSED)
    assert "See you." in (reviewed_show.history(show).bytes_of(refused, Role.RECEIVED) or b"").decode()
    mine = Placed("c3", 9000, 12_000, "See you.")
    assert tab.edit([tab.seen("c3")], [mine])["status"] == "done"
    assert tab.texts()[2] == "See you."


def test_two_tabs_in_the_same_cue_keep_both_in_the_history(show: Workspace) -> None:
    open_page = session(show)
    one, other = Tab(open_page, "one"), Tab(open_page, "other")
    one.write("c2", "Thank you.")
    answer = other.write("c2", "Many thanks.")
    assert (answer["status"], answer["theirs"][0]["text"]) == ("conflict", "Thank you.")
    open_page.close()
    assert standing_texts(show)[1] == "Thank you."
    found = reviewed_show.history(show)
    refused = next(each for each in found.revisions if each.what is What.REFUSED)
    assert "Many thanks." in (found.bytes_of(refused, Role.RECEIVED) or b"").decode()
    Tab(session(show))
    assert whats(show).count(What.REFUSED) == 1


def test_an_import_between_a_kill_and_the_next_start_is_merged(show: Workspace) -> None:
    Tab(session(show)).write("c1", "Coverage is 64%.")
    come_in(show, "Goodbye", "Farewell")
    assert Tab(session(show)).texts() == ["Coverage is 64%.", "Thanks to all.", "Farewell."]


def test_a_file_laid_in_its_place_by_hand_is_taken_in(show: Workspace) -> None:
    open_page = session(show)
    tab = Tab(open_page)
    tab.write("c1", "Coverage is 64%.")
    path = show.episode("talk").accepted("en")
    path.parent.mkdir(exist_ok=True)
    path.write_text(reviewed_show.DRAFT.replace("Thanks to all.", "Thanks, everybody."), "utf-8")
    open_page.look_around()
    assert tab.texts() == ["Coverage is 64%.", "Thanks, everybody.", "Goodbye."]


def test_after_a_new_cut_the_cues_lie_on_its_clock(show: Workspace) -> None:
    open_page = session(show)
    tab = Tab(open_page)
    tab.write("c3", "Farewell.")
    paths = show.episode("talk")
    context = reviewed_show.context(show)
    cut = joined([(3_000, 60_000)], 2_000)
    paths.programme.write_text(json.dumps(replace(load_programme(context), timeline=cut).to_json()), "utf-8")
    open_page.look_around()
    assert tab.poll()["reload"]
    assert [(cue["startMs"], cue["text"]) for cue in tab.cues.values()][-1] == (6000, "Farewell.")
    assert standing_texts(show)[-1] == "Farewell."


def test_while_another_castkit_works_edits_go_on_and_accepting_waits(show: Workspace) -> None:
    open_page = session(show)
    tab = Tab(open_page)
    open_page.idle_s = -1.0
    with lock(episode_place(reviewed_show.context(show))):
        assert tab.write("c1", "Coverage is 64%.")["status"] == "done"
        open_page.look_around()
        assert whats(show) == []
        with pytest.raises(Busy, match="another castkit is working on talk"):
            open_page.checkpoint()
    open_page.look_around()
    assert whats(show) == [What.EXPORT, What.REVIEW]
    assert tab.poll()["notes"] == []


def test_nothing_translated_yet_shows_empty_cues_to_be_written(tmp_path: Path) -> None:
    show = reviewed_show.make(tmp_path / "show", is_translated=False)
    open_page = session(show)
    tab = Tab(open_page)
    assert open_page.document()["state"] == "source"
    assert [(cue["startMs"], cue["text"]) for cue in tab.cues.values()] == [(1000, ""), (5000, ""), (9000, "")]
    with pytest.raises(CastkitError, match="nothing in en to accept"):
        open_page.accept(is_draft=False)
    tab.write("c2", "Thank you all.")
    open_page.accept(is_draft=True)
    assert standing_texts(show) == ["Thank you all."]
    assert [cue["id"] for cue in open_page.document()["cues"]] == ["c1", "c2", "c3"]
    again = session(show)
    assert Tab(again).texts() == ["", "Thank you all.", ""]
    assert [one["id"] for one in again.findings() if one["rule"] == "missing"] == ["c1", "c3"]
    done = again.accept(is_draft=False)
    assert done["notes"] == ["2 cues without a text are left out of the file"]
    assert Tab(again).texts() == ["", "Thank you all.", ""]


def test_taking_every_cue_out_is_a_draft_too(show: Workspace) -> None:
    open_page = session(show)
    tab = Tab(open_page)
    tab.edit([tab.seen(own) for own in tab.cues], [])
    assert open_page.accept(is_draft=True)["state"] == "draft"
    assert Tab(session(show)).texts() == []


def test_the_name_of_the_person_goes_into_the_history_and_is_remembered(show: Workspace) -> None:
    open_page = session(show, who="")
    tab = Tab(open_page)
    assert open_page.rename("  Ms Li ") == "Ms Li"
    tab.write("c1", "One.")
    open_page.rename("Mr Bo")
    tab.poll()
    tab.write("c2", "Two.")
    open_page.close()
    drafts = [one.who for one in reviewed_show.history(show).revisions if one.what is What.REVIEW]
    assert drafts == ["Ms Li", "Mr Bo"]
    assert session(show, who="").who == "Mr Bo"
    assert session(show, who="ann").who == "ann"
    with pytest.raises(BadRequest):
        open_page.rename("x" * 101)


def test_checks_of_the_cues_as_they_stand_name_them_by_id(show: Workspace) -> None:
    open_page = session(show)
    tab = Tab(open_page)
    assert open_page.findings() == []
    tab.write("c1", "Coverage rose to 46%.")
    tab.write("c2", "谢谢大家。")
    assert [(one["id"], one["rule"]) for one in open_page.findings()] == [("c1", "number"), ("c2", "leftover")]


def test_what_another_episode_has_accepted_is_proposed(show: Workspace) -> None:
    (show.root / "memory").mkdir()
    pairs = [Pair("谢谢大家。", "Thank you, everyone.", "")]
    (show.root / "memory" / "old.tmx").write_bytes(to_tmx(pairs, "zh-Hans", "en"))
    open_page = session(show)
    (found,) = open_page.proposals("c2")
    assert (found["text"], found["score"]) == ("Thank you, everyone.", 100.0)
    assert open_page.proposals("c3") == []
    tab = Tab(open_page)
    tab.edit([tab.seen("c2")], [])
    assert open_page.proposals("c2") == []  # asked for at the moment when it was taken out
    with pytest.raises(BadRequest):
        open_page.proposals("c99")


def test_a_cue_whose_source_changed_is_marked_until_it_is_written_anew(show: Workspace) -> None:
    tab = Tab(session(show))
    tab.write("c2", "Thank you all.")
    tab.session.accept(is_draft=False)
    paths = show.episode("talk")
    paths.srt("zh-Hans").write_text(reviewed_show.SOURCE.replace("谢谢大家", "请大家提问，有问题吗"), "utf-8")
    open_page = session(show)
    tab = Tab(open_page)
    assert tab.cues["c2"]["stale"] == {"old": "谢谢大家。", "new": "请大家提问，有问题吗。"}
    assert tab.cues["c1"]["stale"] is None
    tab.write("c2", "Any questions?")
    assert tab.poll()["cues"][0]["stale"] is None
    open_page.close()
    assert Tab(session(show)).cues["c2"]["stale"] is None


def test_blanks_that_no_file_keeps_are_no_changes(show: Workspace) -> None:
    open_page = session(show)
    tab = Tab(open_page)
    tab.write("c1", "Coverage \n\nis 64%. ")
    open_page.accept(is_draft=True)
    assert standing_texts(show)[0] == "Coverage\nis 64%."
    tab.poll()
    assert tab.write("c1", "Coverage is 65%.")["status"] == "done"


def test_people_go_on_typing_while_the_history_is_written_and_files_come_in(show: Workspace) -> None:
    open_page = session(show)
    wanted: set[str] = set()
    failed: list[object] = []
    done = threading.Event()

    def type_on(name: str) -> None:
        tab, at = Tab(open_page, name), 0
        while not done.is_set():
            text, at = f"{name} {at}.", at + 1
            start_ms = 20_000 + 10 * at + (5 if name == "one" else 0)
            answer = tab.edit([], [Placed(None, start_ms, start_ms + 5, text)])
            if answer["status"] != "done":
                failed.append(answer)
            wanted.add(text)

    typing = [threading.Thread(target=type_on, args=(name,)) for name in ("one", "two")]
    for thread in typing:
        thread.start()
    for turn in range(12):
        open_page.checkpoint()
        if turn == 2:
            come_in(show, "Goodbye", "Farewell")
    done.set()
    for thread in typing:
        thread.join()
    assert not failed
    assert len(wanted) > 20
    assert Counter(Tab(open_page).texts()) == Counter(["Coverage rose to 64%.", "Thanks to all.", "Farewell.", *wanted])
    assert Counter(Tab(session(show)).texts()) == Counter(Tab(open_page).texts())
    assert Counter(standing_texts(show)) == Counter(Tab(open_page).texts())
