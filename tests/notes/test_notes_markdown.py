"""Whatever a person types reads as typed, in Markdown and in the HTML made of it."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from castkit.model.text import one_line
from castkit.notes import markdown

HOSTILE = (
    "# not a heading", "#hash", "- not a list", "+ plus", "* star", "1. not a list", "12) nor this", "1986. A year",
    "> no quote", "=== no heading", "---", "***", "___", "```", "~~~ fence", "`code`", "*em* **strong** _em_ __st__",
    "[link](https://x.example)", "![image](https://x.example/a.png)", "[ref]: https://x.example", "[a][b]",
    "<b>bold</b>", "<script>alert(1)</script>", "<!-- comment -->", "<https://x.example>", "https://x.example",
    "&amp; &lt; &#65; &copy; &copy AT&T R&D", "back\\slash \\* \\", "a  \nb", "a\\\nb", "tab\tand\u00a0nbsp",
    "    indented",
    "| a | b |", "~~gone~~", "**", "*", "_", "a_b_c", "2 * 3 * 4", "snake_case_name", "（虚构）**强调**", "😀 *emoji*",
    "{{ jinja }} {% raw %}", "\x00\x07control", "]]>", "](x", "term\n: definition", "$x$", "^1^", "C#", "#",
    "\u2028# x",
)  # fmt: skip


def read(source: str) -> str:
    """The text of one paragraph of HTML made from Markdown; AssertionError where it is anything else."""
    html = MarkdownIt("commonmark").render(source)
    found = re.fullmatch(r"<p>([^<]*)</p>\n?", html)
    assert found is not None, html
    return unescape(found[1])


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text(text: str) -> None:
    assert read(markdown.escape(text)) == one_line(text)


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=80))
def test_any_text_is_text(text: str) -> None:
    line = one_line(text).strip()
    if line:
        assert read(markdown.escape(line)) == line


@given(st.text(st.sampled_from("*_`#<>&;\\[]()!-+=~1.) \na|:"), min_size=1, max_size=24))
def test_any_mark_is_text(text: str) -> None:
    if line := one_line(text):
        assert read(markdown.escape(text)) == line
        assert MarkdownIt("commonmark").render(f"- {markdown.escape(text)}").count("<li>") == 1


def test_ordinary_text_stays_readable() -> None:
    text = "Who pays, and why? It's 3.5% – (see p. 12); R&D at AT&T: “yes”!"
    assert markdown.escape(text) == text


@pytest.mark.parametrize(
    ("url", "href"),
    [
        ("https://example.org/a(1)_b.pdf", "https://example.org/a(1)_b.pdf"),
        ("https://example.org/?a=1&copy=2&amp;b", "https://example.org/?a=1&copy=2&amp;b"),
        ("https://example.org/简报.pdf", "https://example.org/%E7%AE%80%E6%8A%A5.pdf"),
        ("https://example.org/a b<c>\\d", "https://example.org/a%20b%3Cc%3E%5Cd"),
        ("mailto:podcast@example.org", "mailto:podcast@example.org"),
    ],
)
def test_links_lead_where_they_say(url: str, href: str) -> None:
    html = MarkdownIt("commonmark").render(markdown.link("a [b] *c*", url))
    found = re.fullmatch(r'<p><a href="([^"]*)">a \[b\] \*c\*</a></p>\n', html)
    assert found is not None, html
    assert unescape(found[1]) == href


@pytest.mark.parametrize(
    "url", ["", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "/relative", "ftp://x"]
)
def test_other_addresses_are_no_links(url: str) -> None:
    assert markdown.link("text", url) == "text"
