"""The packaged templates: golden files, and what each part says."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import notes_samples as samples
import pytest

from castkit import notes
from castkit.model import roles
from castkit.model.cue import Origin
from castkit.notes import templates
from castkit.notes.labels import LABELS, date_in_words
from castkit.notes.licences import licence_name
from castkit.notes.roles import role_name
from castkit.notes.view import view

GOLDEN = Path(__file__).parent / "golden"
NOWHERE = Path(__file__).parent / "no-such-folder"


def made(language: str = "en", **changes: Any) -> dict[str, str]:
    """The files of a language, by the ending of their names."""
    sources = templates.load(NOWHERE)
    values = view(samples.material(**changes), language)
    text = templates.render_markdown(sources, values)
    return {
        "md": text,
        "fragment.html": notes.fragment(text) + "\n",
    }


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
@pytest.mark.parametrize("ending", ["md", "fragment.html"])
def test_golden(language: str, ending: str) -> None:
    assert made(language)[ending] == (GOLDEN / f"{language}.{ending}").read_text("utf-8")


class Tags(HTMLParser):
    """Collects start tags with attributes; complains of tags that are not closed."""

    VOID = frozenset(["meta", "br", "hr", "track"])

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def tags_of(text: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = Tags()
    parser.feed(text)
    assert parser.open == []
    return parser.found


HOSTILE = "<script>alert(1)</script> *x* [y](javascript:alert(2)) {{ title }} \x00 \" ' & ]]>"


def test_hostile_texts_break_out_nowhere() -> None:
    local = {"en": HOSTILE}
    person = {
        "id": "x",
        "name": local,
        "role": "host",
        "organisation": local,
        "href": "https://example.org/\"onclick='x'",
    }
    changes = {
        "title": local, "summary": local, "description": local, "keywords": [HOSTILE], "people": [person],
        "chapters": [{"start": 0, "title": local}],
        "links": [{"kind": "other", "title": local, "url": "https://example.org/\"><script>"}],
    }  # fmt: skip
    show = {"title": local, "author": local, "funding_statement": local, "disclaimer": local, "copyright": HOSTILE}
    clean, text = made()["fragment.html"], made(show_changes=show, **changes)["fragment.html"]
    names = {tag for tag, _ in tags_of(clean)}
    assert {tag for tag, _ in tags_of(text)} <= names
    for tag, attributes in tags_of(text):
        assert not [name for name in attributes if name.startswith("on")], tag
        assert not (attributes.get("href") or "").lower().startswith("javascript")
    assert "\x00" not in text


def test_fragment_has_only_what_directories_let_through() -> None:
    for language in ("en", "zh-Hans"):
        found = {tag for tag, _ in tags_of(made(language)["fragment.html"])}
        assert found <= {"p", "ol", "ul", "li", "a", "h3", "strong", "em", "br"}
        assert {"p", "ul", "li", "a", "h3", "strong"} <= found


EDITED = """# Title *by hand*

Intro with <b>HTML</b> & a [good](https://example.org) and a [bad](javascript:alert(1)) link.

> quoted

#### Small heading

1. one
2. two

![picture](https://example.org/a.png) `code`
"""


def test_fragment_of_edited_markdown() -> None:
    assert notes.fragment(EDITED) == (
        '<p>Intro with &lt;b&gt;HTML&lt;/b&gt; &amp; a <a href="https://example.org">good</a> and a '
        "[bad](javascript:alert(1)) link.</p>\n\n<p>quoted</p>\n\n<h3>Small heading</h3>\n"
        "<ol>\n<li>one</li>\n<li>two</li>\n</ol>\n<p> code</p>"
    )


@pytest.mark.parametrize("text", ["", "\n", "#", "# Only a title\n", "plain"])
def test_fragment_of_little(text: str) -> None:
    assert notes.fragment(text) in ("", "<p>plain</p>")


def test_chapters_are_on_the_finished_sounds_clock() -> None:
    assert "- 00:00:00 Welcome\n- 00:00:44 1\\. Why \\[now\\]?\n" in made()["md"]
    assert "- 00:00:40 1\\. Why" in made(lead_ms=0)["md"]


@pytest.mark.parametrize(
    ("language", "origin", "line"),
    [
        ("en", Origin.MACHINE_TRANSLATION, "- French: unreviewed machine translation"),
        ("en", Origin.RECOGNITION, "- French: machine transcript, not reviewed"),
        ("en", Origin.ACCEPTED, "- French: reviewed by a person"),
        ("zh-Hans", Origin.MACHINE_TRANSLATION, "- 法语：机器翻译，未经审校"),
        ("zh-Hans", Origin.RECOGNITION, "- 法语：机器听写，未经审校"),
    ],
)
def test_unreviewed_words_are_called_so(language: str, origin: Origin, line: str) -> None:
    sample = samples.material()
    values = view(type(sample)(sample.show, sample.episode, (), sample.programme, (("fr", origin),)), language)
    assert line in templates.render_markdown(templates.load(NOWHERE), values).splitlines()


def test_own_language_is_named_first() -> None:
    lines = made("zh-Hans")["md"].split("## 文字稿")[1].strip().splitlines()
    assert lines[0].startswith("- 中文（简体）")
    assert lines[1].startswith("- 英语")


def test_bare_episode_has_no_empty_headings() -> None:
    text = made(
        people=[], chapters=[], links=[], keywords=[], description={}, season=None, number=None,
        show_changes={"funding_statement": {}, "disclaimer": {}, "licence": "", "copyright": ""},
    )["md"]  # fmt: skip
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert headings == ["Transcripts", "Partners", "Funding"]
    assert "\n*2 September 2026*\n" in text
    assert "\n\n\n" not in text


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"season": None, "number": 7}, "*Episode 7 · 2 September 2026*"),
        ({"type": "trailer"}, "*Trailer · 2 September 2026*"),
        ({"number": None}, "*2 September 2026*"),
    ],
)
def test_number_line(changes: dict[str, Any], line: str) -> None:
    assert line in made(**changes)["md"].splitlines()


def test_every_language_has_every_label() -> None:
    keys = {language: set(labels) for language, labels in LABELS.items()}
    assert all(found == keys["en"] for found in keys.values())
    kinds = {"policy-brief", "study", "report", "slides", "news", "website", "video", "other"}
    assert kinds <= keys["en"]


@pytest.mark.parametrize("role", roles.ROLES)
def test_every_role_has_a_chinese_name(role: str) -> None:
    for language in ("zh-Hans", "zh-Hant", "zh-TW", "fr", "es"):
        assert role_name(role, language)
    assert re.fullmatch("[\u4e00-\u9fff]+", role_name(role, "zh-Hans"))
    assert role_name(role, "de") == role.capitalize()


def test_a_role_of_ones_own_is_left_as_it_is() -> None:
    assert role_name("Chief of wonders", "zh-Hans") == "Chief of wonders"
    assert role_name("moderator", "zh-Hans") == "主持人"


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "2 September 2026"), ("de", "2 September 2026"), ("zh-Hans", "2026年9月2日"), ("zh-HK", "2026年9月2日"),
     ("fr", "2 septembre 2026"), ("es", "2 de septiembre de 2026")],
)  # fmt: skip
def test_dates(language: str, words: str) -> None:
    assert date_in_words(samples.episode().date, language) == words


@pytest.mark.parametrize(
    ("licence", "found"),
    [
        ("cc-by-4.0", ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/")),
        ("cc-by-nc-nd-3.0-igo", ("CC BY-NC-ND 3.0 IGO", "https://creativecommons.org/licenses/by-nc-nd/3.0/igo/")),
        ("cc0-1.0", ("CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/")),
        ("arr", ("All rights reserved", "")),
        ("lal-1.3", ("LAL-1.3", "")),
        ("https://example.org/l", ("https://example.org/l", "https://example.org/l")),
        ("", ("", "")),
    ],
)
def test_licences(licence: str, found: tuple[str, str]) -> None:
    assert licence_name(licence) == found
