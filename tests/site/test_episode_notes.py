"""The parts of the notes on a page: nothing of them is lost, and nothing is said twice."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from castkit.site.episode_notes import Notes, split, with_moments, without_list

LIST = "<h2>Chapters</h2>\n<ul>\n<li>00:00:00 Who &amp; what</li>\n<li>00:01:30 End</li>\n</ul>\n"
LINES = ["00:00:00 Who & what", "00:01:30 End"]


def test_title_line_and_first_paragraph_come_first() -> None:
    content = "<h1>T</h1>\n<p><em>No. 1</em></p>\n<p>Lead.</p>\n<p>More.</p>"
    assert split(content) == Notes("<h1>T</h1>", "<p><em>No. 1</em></p>", "<p>Lead.</p>", "<p>More.</p>")


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        ("<p>No title.</p>", Notes("", "", "", "<p>No title.</p>")),
        ("<h1>T</h1>\n<p>No <em>line</em>.</p>", Notes("<h1>T</h1>", "", "", "<p>No <em>line</em>.</p>")),
        ("<h1>T</h1>\n<p><em>a</em> or <em>b</em></p>", Notes("<h1>T</h1>", "", "", "<p><em>a</em> or <em>b</em></p>")),
        ("", Notes("", "", "", "")),
    ],
)
def test_notes_written_otherwise_stay_below(content: str, parts: Notes) -> None:
    assert split(content) == parts


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["<h1>T</h1>", "<p><em>x</em></p>", "<p>p</p>", "<h2>H</h2>", "<ul>\n</ul>"])))
def test_no_word_is_lost(blocks: list[str]) -> None:
    parts = split("\n".join(blocks))
    assert "".join((parts.title, parts.line, parts.lead, parts.rest)).replace("\n", "") == "".join(blocks).replace(
        "\n", ""
    )


def test_a_list_that_the_page_shows_already_is_left_out() -> None:
    assert without_list(f"<p>a</p>\n{LIST}<h2>Funding</h2>", "Chapters", LINES) == "<p>a</p>\n<h2>Funding</h2>"
    assert without_list(LIST, "Chapters", LINES) == ""


@pytest.mark.parametrize(
    "content",
    [
        LIST.replace("End", "The end"), LIST.replace("Chapters", "Parts"), LIST + "<p>And more.</p>",
        LIST.replace("<li>00:01:30 End</li>\n", ""), "<p>Chapters</p>",
    ],
)  # fmt: skip
def test_a_list_that_a_person_changed_stays(content: str) -> None:
    assert without_list(content, "Chapters", LINES) == content


def test_times_in_lists_lead_into_the_sound() -> None:
    content = "<ul>\n<li>01:02:03 Far</li>\n<li>02:05 Near</li>\n<li>In 02:05 minutes</li>\n</ul>"
    assert with_moments(content) == (
        '<ul>\n<li><a href="#t=3723">01:02:03</a> Far</li>\n<li><a href="#t=125">02:05</a> Near</li>\n'
        "<li>In 02:05 minutes</li>\n</ul>"
    )
