"""The history: what stands can be reopened, restored and merged, and no kill at any moment loses a word."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from translators import Office, cues, reworded
from worded_episode import lay, worded

from castkit.errors import CastkitError
from castkit.model.cue import Cue
from castkit.steps.accepted import accepted_cues, clock_of
from castkit.steps.subtitle_desk import Stand, adopt_all, source_cues, standing
from castkit.steps.subtitle_diff import difference
from castkit.steps.subtitle_history import accept, merge_source, reopen, restore, stale, stale_notes
from castkit.steps.take_back import Wishes
from castkit.subtitles.differences_page import page
from castkit.subtitles.files import read_srt
from castkit.subtitles.history import History, Revision, Role, State, What

CUT = ((0, 7000), (16_000, 167_448))


@pytest.fixture
def office(tmp_path: Path) -> Office:
    episode = worded(tmp_path / "show")
    episode.go()
    return Office(episode, tmp_path)


@pytest.fixture
def edited(office: Office) -> list[Cue]:
    """The draft as handed out, with a person's words in its first two cues."""
    given = cues(office.export().path)
    return [reworded(given[0], "Hello."), reworded(given[1], "Second talk."), *given[2:]]


def test_a_line_cut_short_is_left_out_told_and_stays_on_its_line(tmp_path: Path) -> None:
    history = History(tmp_path / "en.jsonl")
    digest = history.keep(b"words")
    history.append(Revision(What.EXPORT, "ann", files={Role.HANDED_OUT: digest}))
    whole = history.file.read_bytes()
    history.file.write_bytes(whole + whole[:40])
    again = History(history.file)
    assert [one.rev for one in again.revisions] == [1]
    assert again.problems == ("en.jsonl, line 2 was cut short and is left out; its bytes are in objects/",)
    again.append(Revision(What.ACCEPT, "bob", state=State.ACCEPTED))
    last = History(history.file)
    assert [one.rev for one in last.revisions] == [1, 2]
    assert last.file.read_bytes().startswith(whole + whole[:40] + b"\n")


def test_lines_that_a_bad_merge_of_git_left_are_told_and_the_others_read(tmp_path: Path) -> None:
    history = History(tmp_path / "en.jsonl")
    history.append(Revision(What.ACCEPT, "ann"))
    history.file.write_bytes(b"<<<<<<< HEAD\n" + history.file.read_bytes() + b'{"rev": 9}\n')
    again = History(history.file)
    assert [one.who for one in again.revisions] == ["ann"]
    assert len(again.problems) == 2


def test_lost_and_damaged_bytes_are_named_and_git_leaves_them_alone(tmp_path: Path) -> None:
    history = History(tmp_path / "en.jsonl")
    digest = history.keep(b"words")
    line = history.append(Revision(What.EXPORT, "ann", files={Role.CUES: digest}))
    assert (tmp_path / ".gitattributes").read_text("utf-8").endswith("* -text\n")
    path = tmp_path / "objects" / digest
    path.write_bytes(b"word")
    with pytest.raises(CastkitError, match="is damaged"):
        history.bytes_of(line, Role.CUES)
    assert history.keep(b"words") == digest
    assert history.bytes_of(line, Role.CUES) == b"words"
    path.unlink()
    with pytest.raises(CastkitError, match="is missing"):
        history.bytes_of(line, Role.CUES)
    with pytest.raises(CastkitError, match="has no revision 7"):
        history.find(7)


def test_a_machines_draft_that_was_read_is_accepted_as_it_is(office: Office) -> None:
    accept(office.desk("eve"))
    assert read_srt(office.accepted) == read_srt(office.episode.paths.srt("en"))
    line = office.desk().history.revisions[-1]
    assert (line.what, line.who, line.state) == (What.ACCEPT, "eve", State.ACCEPTED)
    assert not accept(office.desk()).is_new
    office.episode.go()
    english = next(track for track in office.episode.tracks["tracks"] if track["language"] == "en")
    assert english["is_reviewed"]


def test_reopened_the_machines_draft_is_published_and_the_persons_words_go_out_next(
    office: Office, edited: list[Cue]
) -> None:
    office.send(edited)
    before = office.accepted.read_bytes()
    reopen(office.desk())
    assert not office.accepted.exists()
    office.episode.go()
    english = next(track for track in office.episode.tracks["tracks"] if track["language"] == "en")
    assert not english["is_reviewed"]
    assert standing(office.desk()).stand is Stand.DRAFT
    assert cues(office.export("again.srt").path)[0].text == "Hello."
    accept(office.desk())
    assert office.accepted.read_bytes() == before
    reopen(office.desk())
    with pytest.raises(CastkitError, match="no accepted subtitles in en"):
        reopen(office.desk())


def test_an_earlier_revision_stands_again_to_the_byte_and_on_its_own_clock(office: Office, edited: list[Cue]) -> None:
    first = office.send(edited)
    before, clock = office.accepted.read_bytes(), clock_of(office.episode.context, "en")
    lay(office.episode.paths, CUT)
    office.episode.go()
    again = cues(office.export("again.srt").path)
    office.send([reworded(again[0], "Hello again."), *again[1:]])
    assert clock_of(office.episode.context, "en") != clock
    restore(office.desk(), first.revision or 0)
    assert office.accepted.read_bytes() == before
    assert clock_of(office.episode.context, "en") == clock
    assert not restore(office.desk(), first.revision or 0).is_new
    with pytest.raises(CastkitError, match="revision 1 is what was handed out") as error:
        restore(office.desk(), 1)
    assert "these can: 3, " in error.value.hint


def test_nothing_is_ever_taken_out_of_the_history(office: Office, edited: list[Cue]) -> None:
    lines: list[bytes] = []
    for act in (
        lambda: office.send(edited),
        lambda: reopen(office.desk()),
        lambda: accept(office.desk()),
        lambda: restore(office.desk(), 3),
        lambda: office.send([reworded(edited[0], "Bye."), *edited[1:]], wishes=Wishes(is_draft=True)),
    ):
        act()
        now = office.episode.paths.subtitle_log("en").read_bytes().splitlines()
        assert now[: len(lines)] == lines
        lines = now
    named = {digest for line in lines for digest in json.loads(line).get("files", {}).values()}
    objects = {path.name: path for path in (office.episode.paths.subtitle_history / "objects").iterdir()}
    assert named <= set(objects)
    assert all(sha256(path.read_bytes()).hexdigest() == name for name, path in objects.items())


def test_stale_cues_are_named_with_both_sources_until_a_person_has_read_them_again(
    office: Office, edited: list[Cue]
) -> None:
    office.send(edited)
    paths = office.episode.paths

    def found() -> list[str]:
        desk = office.desk()
        return [one.stale.new for one in stale(paths, "en", source_cues(desk), desk.today)]

    assert found() == []
    chinese = paths.srt("zh-Hans")
    chinese.write_text(chinese.read_text("utf-8").replace("我们的第二期节目", "我们最后一次谈养老金"), "utf-8")
    assert found() == ["今天是我们最后一次谈养老金。"]
    desk = office.desk()
    (note,) = stale_notes("en", stale(paths, "en", source_cues(desk), desk.today))
    assert note.startswith(
        "en: 1 accepted cue says something whose source has changed since: at 00:00:07 “Second talk.”"
    )
    assert "read against today's source" in accept(office.desk()).notes[0]
    assert found() == []


def test_a_file_laid_there_by_hand_is_written_down_once_and_can_become_stale(office: Office) -> None:
    context, paths = office.episode.context, office.episode.paths
    adopt_all(context)
    assert not paths.subtitle_log("en").exists()
    office.episode.accept("en", paths.srt("en").read_bytes())
    adopt_all(context)
    adopt_all(context)
    (line,) = office.desk().history.revisions
    assert (line.what, line.state) == (What.FOUND, State.ACCEPTED)
    chinese = paths.srt("zh-Hans")
    chinese.write_text(chinese.read_text("utf-8").replace("我们的第二期节目", "我们最后一次谈养老金"), "utf-8")
    desk = office.desk()
    assert len(stale(paths, "en", source_cues(desk), desk.today)) == 1


def test_only_a_cut_makes_nothing_stale(office: Office, edited: list[Cue]) -> None:
    office.send(edited)
    lay(office.episode.paths, CUT)
    office.episode.go()
    desk = office.desk()
    assert stale(office.episode.paths, "en", source_cues(desk), desk.today) == ()


def test_a_merge_writes_the_accepted_cues_on_todays_clock(office: Office, edited: list[Cue]) -> None:
    office.send(edited)
    assert not merge_source(office.desk()).is_new
    lay(office.episode.paths, CUT)
    office.episode.go()
    shown = accepted_cues(office.episode.context, "en").cues
    done = merge_source(office.desk())
    assert done.is_new
    assert read_srt(office.accepted) == shown
    assert accepted_cues(office.episode.context, "en").cues == shown
    assert any("cut out of the episode" in note for note in done.notes)


def test_a_merge_of_the_spoken_language_keeps_the_person_and_renews_the_machine(office: Office) -> None:
    office.language = "zh-Hans"
    given = cues(office.export().path)
    office.send([reworded(given[0], "大家好。"), *given[1:]])
    transcript = office.episode.paths.transcript
    transcript.write_text(transcript.read_text("utf-8").replace("第二", "第九"), "utf-8")
    office.episode.go()
    merge_source(office.desk())
    assert office.texts()[0] == "大家好。"
    assert any("第九" in text for text in office.texts())
    assert office.desk().history.revisions[-1].what is What.MERGE


def test_what_a_person_changed_is_shown_word_by_word_and_as_a_page_that_runs_nothing(office: Office) -> None:
    given = cues(office.export().path)
    evil = "Welcome to the <script>alert(1)</script> show. I am the host."
    office.send([reworded(given[0], evil), replace(given[1], end_ms=given[1].end_ms + 40), *given[3:]])
    found = difference(office.desk())
    assert [row.kind.value for row in found.rows] == ["text", "times", "deleted"]
    assert found.untouched == 40
    before, after = found.rows[0].parts
    assert "".join(part.text for part in after[0]) == evil
    assert [part.text for part in before[0] if part.is_own] == []
    assert "script" in "".join(part.text for part in after[0] if part.is_own)
    made = page("talk & en", ("en", "en"), found.rows, ("by <ann>",))
    assert "<script>" not in made
    assert made.count("&lt;") > 2
    assert "talk &amp; en" in made
    assert "by &lt;ann&gt;" in made
    assert made == page("talk & en", ("en", "en"), found.rows, ("by <ann>",))


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot fork")
def test_killed_at_any_write_nothing_is_lost_and_the_next_import_ends_alike(
    office: Office, edited: list[Cue], tmp_path: Path
) -> None:
    office.send(edited)
    old = office.accepted.read_bytes()
    new = [reworded(edited[0], "Good morning."), *edited[1:]]
    folder, aside = office.episode.paths.root / "subtitles", tmp_path / "aside"
    folder.rename(aside)
    expected, moments = None, 0
    while True:
        _copy(aside, folder)
        is_over = _killed(moments + 1, folder, lambda: office.send(new))
        assert _lies(folder, old), f"killed at write {moments + 1}"
        if office.accepted.read_bytes() != old:
            assert "Good morning." in office.accepted.read_text("utf-8")
        office.send(new)
        expected = expected or office.accepted.read_bytes()
        assert office.accepted.read_bytes() == expected
        desk = office.desk()
        assert clock_of(desk.context, "en") == desk.today
        received = [desk.history.bytes_of(one, Role.RECEIVED) for one in desk.history.revisions]
        assert (tmp_path / "back from ann.srt").read_bytes() in received
        if is_over:
            break
        moments += 1
    assert moments > 10


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot fork")
def test_killed_while_it_is_reopened_or_restored_nothing_is_lost(
    office: Office, edited: list[Cue], tmp_path: Path
) -> None:
    office.send(edited)
    old = office.accepted.read_bytes()
    folder, aside = office.episode.paths.root / "subtitles", tmp_path / "aside"
    folder.rename(aside)
    reopened = tmp_path / "reopened"
    for begin, act in (
        (aside, lambda: reopen(office.desk())),
        (reopened, lambda: accept(office.desk())),
        (reopened, lambda: restore(office.desk(), 3)),
    ):
        moments, is_over = 0, False
        while not is_over:
            moments += 1
            _copy(begin, folder)
            is_over = _killed(moments, folder, act)
            assert _lies(folder, old)
            if not is_over:
                act()
            assert _lies(folder, old)
            assert office.accepted.exists() == (begin != aside)
        assert moments > 2
        if begin == aside:
            _copy(folder, reopened)


def _copy(source: Path, target: Path) -> None:
    import shutil  # noqa: PLC0415

    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)


def _lies(folder: Path, data: bytes) -> bool:
    """Whether bytes are in a file of the folder."""
    return any(path.read_bytes() == data for path in folder.rglob("*") if path.is_file())


def _killed(moment: int, folder: Path, act: Callable[[], Any]) -> bool:
    """Does something in a process that dies before its write of this number (from 1); whether it was over by then."""
    child = os.fork()
    if child == 0:
        seen = 0

        def hook(event: str, arguments: tuple[Any, ...]) -> None:
            nonlocal seen
            if event == "open":
                is_write = isinstance(arguments[1], str) and any(one in arguments[1] for one in "wa+")
            else:
                is_write = event in ("os.rename", "os.remove", "os.truncate")
            if is_write and str(arguments[0]).startswith(str(folder)):
                seen += 1
                if seen == moment:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)
        try:
            act()
        except BaseException:  # noqa: BLE001 - nothing of the test's may go on in the child
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return not os.WIFSIGNALED(status)
