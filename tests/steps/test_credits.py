"""Translators stand in the feed and the notes where a person named them for it, and nobody's user name ever does."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree
from translators import Office, cues, reworded
from worded_episode import worded

import built_show
from castkit.errors import CastkitError
from castkit.feed.address import FeedAddress
from castkit.feed.render import render
from castkit.model.show import Person
from castkit.notes.view import Material, view
from castkit.steps import notes
from castkit.steps.credits import checked, credited
from castkit.steps.files import load_programme
from castkit.steps.publication import publication
from castkit.steps.subtitle_history import accept, reopen, restore
from castkit.steps.take_back import Wishes

DRAFT = "1\n00:00:01,000 --> 00:00:04,000\nCoverage rose to 64%.\n\n2\n00:00:05,000 --> 00:00:08,000\nThanks.\n"
SOURCE = "1\n00:00:01,000 --> 00:00:04,000\n参保率上升到64%。\n\n2\n00:00:05,000 --> 00:00:08,000\n谢谢。\n"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    episode = worded(tmp_path / "show")
    episode.go()
    return Office(episode, tmp_path)


def people(office: Office) -> list[tuple[str, str]]:
    return [(one.name.in_("en"), one.role) for one in credited(office.episode.context)[2:]]  # after the episode's own


def sent(office: Office, text: str, *names: str, who: str = "ann", is_draft: bool = False) -> int:
    given = cues(office.folder / "out.srt")
    made = [reworded(given[0], text), *given[1:]]
    return office.send(made, who, Wishes(is_draft=is_draft, translators=checked(names))).revision or 0


def test_only_who_is_named_for_it_is_named(office: Office) -> None:
    office.export()
    sent(office, "Hello.", who="maria.rossi")
    assert people(office) == []
    accept(office.desk("root"), translators=("Maria Rossi",))
    assert people(office) == [("Maria Rossi", "translator")]


def test_two_translators_of_one_file_are_both_named_and_a_third_in_their_place(office: Office) -> None:
    office.export()
    first = sent(office, "Hello.", "Ann Lee")
    given = cues(office.folder / "out.srt")
    both = office.send([*given[:3], reworded(given[3], "Yes."), *given[4:]], "bob", Wishes(translators=("Bob Ho",)))
    assert people(office) == [("Ann Lee", "translator"), ("Bob Ho", "translator")]
    assert both.translators == ("Ann Lee", "Bob Ho")
    restore(office.desk(), first)
    assert people(office) == [("Ann Lee", "translator")]
    accept(office.desk(), translators=("Cy Lo",))
    assert people(office) == [("Cy Lo", "translator")]
    assert not accept(office.desk(), translators=("Cy Lo",)).is_new
    accept(office.desk(), translators=checked([""]))
    assert people(office) == []


def test_the_name_follows_the_words_through_drafts_and_corrections(office: Office) -> None:
    office.export()
    sent(office, "Hello.", "Ann Lee", is_draft=True)
    assert people(office) == []  # nothing of hers is published yet
    accept(office.desk())
    assert people(office) == [("Ann Lee", "translator")]
    office.accepted.write_text(office.accepted.read_text("utf-8").replace("Hello.", "Hello!"), "utf-8")
    office.desk()
    assert people(office) == [("Ann Lee", "translator")]
    given = cues(office.folder / "out.srt")
    made = [given[0], reworded(given[1], "Hi."), *given[2:]]
    office.send(made, "bob", Wishes(is_draft=True, translators=("Bob Ho",)))  # the accepted file is still hers alone
    assert people(office) == [("Ann Lee", "translator")]
    reopen(office.desk())
    assert people(office) == []
    accept(office.desk())
    assert people(office) == [("Ann Lee", "translator"), ("Bob Ho", "translator")]


def test_a_file_of_somebody_else_put_in_its_place_does_not_keep_the_name(office: Office) -> None:
    office.export()
    sent(office, "Hello.", "Ann Lee")
    other = b"1\n01:00:01,000 --> 01:00:02,500\nQuite another text.\n"
    office.send(other, "bob", Wishes(prefer="incoming"))
    assert people(office) == []


def test_a_name_that_changes_nothing_else_is_written_down_and_naming_does_not_say_that_all_was_read(
    office: Office,
) -> None:
    office.export()
    sent(office, "Hello.")
    rev = sent(office, "Hello.", "Ann Lee")
    assert people(office) == [("Ann Lee", "translator")]
    assert sent(office, "Hello.", "Ann Lee") == rev
    chinese = office.episode.paths.srt("zh-Hans")
    chinese.write_text(chinese.read_text("utf-8").replace("我是主持人", "我是主讲人"), "utf-8")
    accept(office.desk(), translators=("Bob Ho",))
    assert "1 stale cue read" in accept(office.desk()).notes[0]


def test_people_of_the_show_are_named_as_they_are_described_and_the_episodes_own_not_twice(office: Office) -> None:
    office.export()
    show = office.episode.context.show
    described = {"id": "ann", "name": {"en": "Ann Lee", "zh-Hans": "李安"}, "href": "https://ann.example"}
    people_now = (*show.people, Person.model_validate(described))
    office.episode.context = type(office.episode.context)(
        office.episode.context.workspace,
        show.model_copy(update={"people": people_now}),
        "talk",
        office.episode.context.episode,
    )
    sent(office, "Hello.", "Host", "ann", "ANN  LEE", "李安")
    (ann,) = credited(office.episode.context)[2:]
    assert (ann.name.in_("zh-Hans"), ann.href, ann.role) == ("李安", "https://ann.example", "translator")


def test_what_no_feed_has_room_for_and_the_spoken_language_are_refused() -> None:
    assert checked(["  Ann\n Lee\x07 ", "Ann Lee"]) == ("Ann Lee",)
    assert checked([]) is None
    assert checked([" "]) == ()
    with pytest.raises(CastkitError, match="101 characters"):
        checked(["x" * 101])
    with pytest.raises(CastkitError, match="is the one spoken") as error:
        checked(["Ann"], is_spoken=True)
    assert "transcriber" in error.value.hint


def test_the_translator_stands_in_the_feed_and_in_the_notes_of_every_language(tmp_path: Path) -> None:
    workspace = built_show.make_show(tmp_path / "show")
    built_show.build(workspace, origin="accepted")
    context = built_show.context(workspace)
    for language, text in (("zh-Hans", SOURCE), ("en", DRAFT)):
        context.paths.srt(language).write_text(text, "utf-8")
    before = notes.texts_of(context)
    office = Office(worded(tmp_path / "other"), tmp_path)
    office.episode.context = context
    accept(office.desk("os-user"), translators=("Ann <Lee>",))
    assert notes.texts_of(context) != before  # so the notes are made again
    made = publication(context, lambda key: f"https://store.example/{key}").published
    address = FeedAddress("en", made.guid, "https://store.example/en.xml", "https://store.example/cover.png")
    feed = render(context.show, (made,), address)
    names = {"podcast": "https://podcastindex.org/namespace/1.0"}
    found = etree.fromstring(feed).findall(".//item/podcast:person", names)
    assert [(one.text, one.get("role"), one.get("group")) for one in found] == [
        ("Host", "host", "cast"),
        ("Ann <Lee>", "translator", "writing"),
    ]
    assert b"os-user" not in feed
    material = Material(context.show, context.episode, credited(context), load_programme(context), ())
    assert [(one["name"], one["role"]) for one in view(material, "zh-Hans")["people"]] == [
        ("主持人", "主持人"),
        ("Ann <Lee>", "翻译"),
    ]
