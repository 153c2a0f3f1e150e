"""notes-draft.toml: what is written reads back, and what a person makes of it is understood or named."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castkit.errors import CastkitError
from castkit.notes.draft import ChapterProposal, Keywords, NotesDraft, Proposal
from castkit.scaffold.notes_draft import read_draft, render_draft

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40).filter(str.strip)
TIMES = st.integers(0, 36_000_000)
DRAFT = NotesDraft(
    "toy-1 at 127.0.0.1",
    {"en": Proposal("Who “pays”?", (12_000, 65_300)), "zh-Hans": Proposal('谁来"买单"？', (12_000,))},
    {"en": Proposal("A summary.", (0,))},
    {"en": Keywords(("pension", "riders"), (0,)), "zh-Hans": Keywords(("骑手", "Pension"), (0,))},
    (
        ChapterProposal(0, {"en": "Start", "zh-Hans": "开始"}, "Welcome\u2028\x7f to"),
        ChapterProposal(61_500, {"en": "B"}),
    ),
)


def test_what_a_person_reads() -> None:
    text = render_draft(DRAFT, "talk", ("en", "zh-Hans"))
    assert text.startswith(
        "# Proposals for the notes of this episode, by toy-1 at 127.0.0.1. A draft: nothing of it is"
    )
    assert "castkit notes accept talk" in text
    data = tomllib.loads(text)
    assert data["draft"] is True
    assert data["title"]["en"] == {"text": "Who “pays”?", "at": ["00:00:12", "00:01:05.300"]}
    assert data["chapters"][1] == {"start": "00:01:01.500", "title": {"en": "B"}}
    assert "# begins with: Welcome to\n" in text


def test_what_is_written_is_read() -> None:
    found = read_draft(render_draft(DRAFT, "talk", ("en", "zh-Hans")), "notes-draft.toml")
    assert found.titles == {"en": "Who “pays”?", "zh-Hans": '谁来"买单"？'}
    assert found.summaries == {"en": "A summary."}
    assert found.keywords == ("pension", "riders", "骑手")  # each once
    assert [(one.start_ms, dict(one.titles)) for one in found.chapters] == [
        (0, {"en": "Start", "zh-Hans": "开始"}), (61_500, {"en": "B"}),
    ]  # fmt: skip
    assert found.untitled == 0


@given(TEXTS, TEXTS, TIMES, TEXTS)
def test_any_text_reads_back(text: str, made_by: str, at_ms: int, said: str) -> None:
    one = NotesDraft(made_by, {"en": Proposal(text, (at_ms,))}, chapters=(ChapterProposal(at_ms, {"en": text}, said),))
    found = read_draft(render_draft(one, "talk", ("en",)), "notes-draft.toml")
    assert found.titles == {"en": text.strip()}
    assert [(chapter.start_ms, dict(chapter.titles)) for chapter in found.chapters] == [(at_ms, {"en": text.strip()})]


def test_untitled_chapters_wait_for_a_title() -> None:
    one = NotesDraft("pauses", chapters=(ChapterProposal(0, {}, "Hello"), ChapterProposal(90_000, {}, "And now")))
    text = render_draft(one, "talk", ("en", "zh-Hans"))
    assert "A chapter without a title is not accepted" in text
    assert text.count('title = { en = "", zh-Hans = "" }') == 2
    found = read_draft(text.replace('en = ""', 'en = "Hello"', 1), "notes-draft.toml")
    assert (len(found.chapters), found.untitled) == (1, 1)


def test_a_person_may_write_more_plainly() -> None:
    found = read_draft(
        'summary = { en = "Short." }\nkeywords = { en = ["a"] }\n[title]\nen = "T"\nzh-Hans = ""\n'
        '[[chapters]]\nstart = 00:01:00\ntitle = "B"\n[[chapters]]\nstart = "0:00"\ntitle = "A"\n',
        "notes-draft.toml",
    )
    assert (found.titles, found.summaries, found.keywords) == ({"en": "T"}, {"en": "Short."}, ("a",))
    assert [one.start_ms for one in found.chapters] == [0, 60_000]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("title = [", "is not TOML"),
        ("[sumary.en]\ntext = 'x'", "sumary"),
        ("title = 3", "title is no table"),
        ("[title.en]\ntxt = 'x'", "title.en has no text"),
        ("[keywords.en]\nwords = 'x'", "keywords.en has no list"),
        ("[keywords.en]\nwords = [1]", "keywords.en has no list"),
        ("chapters = 3", "chapters is no list"),
        ("chapters = [3]", "chapter 1 is no table"),
        ("[[chapters]]\nstart = 90\ntitle = 'x'", "chapter 1 has no start"),
        ("[[chapters]]\nstart = 'soon'\ntitle = 'x'", "chapter 1 has no start"),
        ("[[chapters]]\nstart = '0:00'\ntitle = { en = 3 }", "title that is no text"),
    ],
)
def test_what_cannot_be_understood_is_named(text: str, place: str) -> None:
    with pytest.raises(CastkitError, match=place) as refused:
        read_draft(text, "notes-draft.toml")
    assert refused.value.message.startswith("notes-draft.toml")
    assert refused.value.hint
