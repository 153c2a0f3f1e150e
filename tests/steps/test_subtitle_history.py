"""The history: what stands can be reopened, restored and merged, and no kill at any moment loses a word."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
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
from castkit.steps.accepted import accepted_cues, made_of
from castkit.steps.stale_cues import notes, stale
from castkit.steps.subtitle_check import check
from castkit.steps.subtitle_desk import Stand, as_srt, remember, source_cues, standing
from castkit.steps.subtitle_diff import difference
from castkit.steps.subtitle_history import accept, merge_source, reopen, restore
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


def test_what_two_people_went_on_with_is_all_there_when_git_has_merged_it(tmp_path: Path) -> None:
    """Both people's lines stay, the bytes that they name too, and each line still knows what it comes from."""

    def git(folder: Path, *arguments: str) -> None:
        identity = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main")
        subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)

    def add(folder: Path, text: bytes, base: int | None) -> int:
        history = History(folder / "history" / "en.jsonl")
        files = {Role.CUES: history.keep(text)}
        return history.append(Revision(What.IMPORT, folder.name, State.ACCEPTED, files, base=base)).rev

    ann, bob = tmp_path / "ann", tmp_path / "bob"
    (ann / "history").mkdir(parents=True)
    first = add(ann, b"common", None)
    git(ann, "init", "-q")
    git(ann, "add", "-A")
    git(ann, "commit", "-q", "-m", "begun")
    git(tmp_path, "clone", "-q", "ann", "bob")
    add(ann, b"ann's", first)
    for text in (b"bob's", b"bob's again", b"bob's last"):
        first = add(bob, text, first)
    for folder in (ann, bob):
        git(folder, "add", "-A")
        git(folder, "commit", "-q", "-m", "gone on")
    git(ann, "pull", "-q", "--no-rebase", "../bob")
    after = add(ann, b"together", 5)
    merged = History(ann / "history" / "en.jsonl")
    told = [(one.rev, one.base, one.who, merged.bytes_of(one, Role.CUES)) for one in merged.revisions]
    assert told == [
        (1, None, "ann", b"common"),
        (2, 1, "ann", b"ann's"),
        (3, 1, "bob", b"bob's"),
        (4, 3, "bob", b"bob's again"),
        (5, 4, "bob", b"bob's last"),
        (6, 5, "ann", b"together"),
    ]
    assert after == 6
    assert merged.problems == ()


def test_of_two_colleagues_files_that_git_cannot_join_one_is_kept_and_the_other_taken_in(
    office: Office, edited: list[Cue], tmp_path: Path
) -> None:
    """Each took in a file of their own; then their histories are joined, and the SRT and clocks of one are kept."""
    subtitles = office.episode.paths.subtitle_history.parent
    shutil.copytree(subtitles, tmp_path / "begun")
    given = cues(tmp_path / "out.srt")
    office.send([*given[:4], reworded(given[4], "Of the other."), *given[5:]], "bob")
    theirs, log = office.accepted.read_bytes(), office.episode.paths.subtitle_log("en")
    begun, their_lines = (tmp_path / "begun" / "history" / log.name).read_bytes(), log.read_bytes()
    objects = tmp_path / "theirs"
    shutil.move(subtitles, objects)
    shutil.copytree(tmp_path / "begun", subtitles)
    office.send(edited, "ann")
    log.write_bytes(log.read_bytes() + their_lines.removeprefix(begun))
    shutil.copytree(objects / "history" / "objects", log.parent / "objects", dirs_exist_ok=True)
    office.send(theirs, "ann")
    assert office.texts()[:2] == ["Hello.", "Second talk."]
    assert office.texts()[4] == "Of the other."
    numbers = [one.rev for one in office.desk().history.revisions]
    assert numbers == list(range(1, len(numbers) + 1))


def test_lost_and_damaged_bytes_are_named_and_git_leaves_them_alone(tmp_path: Path) -> None:
    history = History(tmp_path / "en.jsonl")
    digest = history.keep(b"words")
    line = history.append(Revision(What.EXPORT, "ann", files={Role.CUES: digest}))
    assert "\n* -text\n" in (tmp_path / ".gitattributes").read_text("utf-8")
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
    before, clock = office.accepted.read_bytes(), made_of(office.episode.context, "en").clock
    lay(office.episode.paths, CUT)
    office.episode.go()
    again = cues(office.export("again.srt").path)
    office.send([reworded(again[0], "Hello again."), *again[1:]])
    assert made_of(office.episode.context, "en").clock != clock
    restore(office.desk(), first.revision or 0)
    assert office.accepted.read_bytes() == before
    assert made_of(office.episode.context, "en").clock == clock
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


def changed(office: Office, old: str = "我们的第二期节目", new: str = "我们最后一次谈养老金") -> None:
    """Somebody corrects the spoken language's built subtitles by hand."""
    chinese = office.episode.paths.srt("zh-Hans")
    before = chinese.read_text("utf-8")
    assert old in before
    chinese.write_text(before.replace(old, new), "utf-8")


def found(office: Office) -> list[tuple[str, str]]:
    """The stale cues, each with what is said there now."""
    source = read_srt(office.episode.paths.srt("zh-Hans"))
    return [(one.cue.text, one.stale.new) for one in stale(office.episode.context, "en", source)]


def test_stale_cues_are_named_with_both_sources_until_a_person_has_read_them_again(
    office: Office, edited: list[Cue]
) -> None:
    office.send(edited)
    assert found(office) == []
    changed(office)
    assert found(office) == [("Second talk.", "今天是我们最后一次谈养老金。")]
    office.episode.go()
    (note,) = [one for one in office.episode.notes if "was made for" in one]
    assert note.startswith(
        "en: the cue at 00:00:07 “Second talk.” was made for “今天是我们的第二期节目。”, now it is “今"
    )
    (track,) = [one for one in office.episode.tracks["tracks"] if one["language"] == "en"]
    assert [one["text"] for one in track["stale"]] == ["Second talk."]
    (listed,) = [one for one in check(office.episode.context, "en") if one.code == "stale"]
    assert (listed.index, listed.found) == (2, "made for: 今天是我们的第二期节目。")
    assert listed.limit == "said now: 今天是我们最后一次谈养老金。"
    assert "read against today's source" in accept(office.desk()).notes[0]
    assert found(office) == []
    office.episode.go()
    assert not [one for one in office.episode.notes if "was made for" in one]


def test_of_many_stale_cues_a_build_names_the_first_ten(office: Office, edited: list[Cue]) -> None:
    office.send(edited)
    source = [replace(cue, text="别的话。") for cue in read_srt(office.episode.paths.srt("zh-Hans"))]
    all_of_them = stale(office.episode.context, "en", source)
    told = list(notes("en", all_of_them))
    assert len(all_of_them) > 20
    assert len(told) == 11
    assert told[-1].startswith(f"en: {len(all_of_them) - 10} more accepted cues")


def test_a_cue_written_again_after_the_change_is_stale_no_more_and_the_others_are(
    office: Office, edited: list[Cue]
) -> None:
    """By hand in its place, by a file from a new hand-out, and by a file from the old one."""
    office.send(edited)
    changed(office)
    changed(office, "我是主持人", "我是主讲人")
    assert [text for text, _ in found(office)] == ["Hello.", "Second talk."]
    office.episode.accept("en", office.accepted.read_text("utf-8").replace("Second talk.", "Our last talk."))
    office.desk()
    assert [text for text, _ in found(office)] == ["Hello."]
    given = cues(office.export("again.srt").path)
    office.send([*given[:4], reworded(given[4], "Something else."), *given[5:]])
    assert [text for text, _ in found(office)] == ["Hello."]
    office.send([reworded(given[0], "Hello, says the presenter."), *given[1:]])
    assert found(office) == []


def test_what_comes_back_from_before_the_change_is_stale(office: Office, edited: list[Cue]) -> None:
    changed(office)
    office.send(edited)
    assert [text for text, _ in found(office)] == ["Second talk."]
    reopen(office.desk())
    accept(office.desk())
    assert [text for text, _ in found(office)] == ["Second talk."]


def test_a_file_laid_there_by_hand_can_become_stale_without_a_line_in_the_history(office: Office) -> None:
    context, paths = office.episode.context, office.episode.paths
    remember(context)
    assert not paths.subtitle_history.exists()
    office.episode.accept("en", paths.srt("en").read_bytes())
    remember(context)
    written = {path: path.read_bytes() for path in paths.subtitle_history.parent.rglob("*") if path.is_file()}
    assert not paths.subtitle_log("en").exists()
    remember(context)
    assert written == {path: path.read_bytes() for path in paths.subtitle_history.parent.rglob("*") if path.is_file()}
    assert found(office) == []
    changed(office)
    remember(context)
    assert [new for _, new in found(office)] == ["今天是我们最后一次谈养老金。"]
    (line,) = office.desk().history.revisions
    assert (line.what, line.state) == (What.FOUND, State.ACCEPTED)
    assert [new for _, new in found(office)] == ["今天是我们最后一次谈养老金。"]
    accept(office.desk())
    assert found(office) == []


def test_a_correction_by_hand_keeps_its_source_and_one_without_a_source_stays_without(office: Office) -> None:
    context, paths = office.episode.context, office.episode.paths
    office.episode.accept("en", paths.srt("en").read_bytes())
    remember(context)
    changed(office)
    office.episode.accept("en", paths.srt("en").read_text("utf-8").replace("presenter", "host"))
    remember(context)
    assert [new for _, new in found(office)] == ["今天是我们最后一次谈养老金。"]
    record = json.loads(paths.clocks.read_text("utf-8"))
    del record["files"]["en"]["source"]
    paths.clocks.write_text(json.dumps(record), "utf-8")
    before = paths.clocks.read_bytes()
    remember(context)
    assert found(office) == []
    assert paths.clocks.read_bytes() == before  # as in a show whose files were accepted before sources were kept


def test_a_file_corrected_by_hand_goes_into_a_history_that_there_is(office: Office, edited: list[Cue]) -> None:
    office.send(edited)
    office.accepted.write_text(office.accepted.read_text("utf-8").replace("Hello.", "Hi."), "utf-8")
    remember(office.episode.context)
    assert History(office.episode.paths.subtitle_log("en")).revisions[-1].what is What.FOUND


def test_the_spoken_languages_accepted_cues_can_become_stale_too(office: Office) -> None:
    office.language = "zh-Hans"
    given = cues(office.export().path)
    office.send([reworded(given[0], "大家好。"), *given[1:]])
    transcript = office.episode.paths.transcript
    transcript.write_text(transcript.read_text("utf-8").replace("第二", "第九"), "utf-8")
    office.episode.go()
    told = [one for one in office.episode.notes if "was made for" in one]
    assert told
    assert all("第二" in one and "第九" in one for one in told)


@pytest.mark.parametrize("is_in_the_history", [True, False])
def test_a_history_that_was_not_committed_stops_no_build(
    office: Office, edited: list[Cue], *, is_in_the_history: bool
) -> None:
    if is_in_the_history:
        office.send(edited)
    else:
        office.episode.accept("en", office.episode.paths.srt("en").read_bytes())
        remember(office.episode.context)
    shutil.rmtree(office.episode.paths.subtitle_history / "objects")
    office.episode.go()
    (note,) = [one for one in office.episode.notes if "are stale" in one]
    assert note.startswith("en: it cannot be told which accepted cues are stale: ")
    assert "bring it back" in note


def test_only_a_cut_makes_nothing_stale(office: Office, edited: list[Cue]) -> None:
    office.send(edited)
    lay(office.episode.paths, CUT)
    office.episode.go()
    assert found(office) == []


def test_what_the_review_page_says_is_right_is_stale_no_more(office: Office, edited: list[Cue]) -> None:
    """It lays today's source under the cues that a person settled; the others keep theirs."""
    office.send(edited)
    changed(office)
    changed(office, "我是主持人", "我是主讲人")
    desk = office.desk()
    standing_line = desk.history.revisions[-1]
    old, today = desk.past.source(standing_line).cues, source_cues(desk)
    both = [now if "养老金" in now.text else was for was, now in zip(old, today, strict=True)]
    files = {Role.CUES: standing_line.files[Role.CUES], Role.SOURCE: desk.history.keep(as_srt(both))}
    line = replace(standing_line, what=What.REVIEW, files=files, source_clock=desk.today, base=standing_line.rev)
    desk.history.append(line)
    assert [text for text, _ in found(office)] == ["Hello."]


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
        assert made_of(desk.context, "en").clock == desk.today
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
