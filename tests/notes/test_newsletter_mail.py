"""The newsletter as files: what it says, what no mail program may choke on, and the mail read back."""

from __future__ import annotations

import email
import email.policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import newsletter_samples as samples
import pytest

from castkit.errors import CastkitError
from castkit.notes.newsletter import Letter, letter_view, read_at
from castkit.notes.newsletter_check import CLIPPED, mail_problems
from castkit.notes.newsletter_labels import NEWSLETTER_LABELS
from castkit.notes.newsletter_mail import HTML, Newsletter, write_newsletter
from castkit.notes.newsletter_text import WIDTH, columns

NOWHERE = Path(__file__).parent / "no-such-folder"
HOSTILE = "<script>alert(1)</script> {{ title }} \x00 \" ' & \r\nBcc: all@example.org"


def written(letter: Letter, folder: Path = NOWHERE) -> Newsletter:
    return write_newsletter(letter, folder)


def read_back(made: Newsletter) -> EmailMessage:
    found = email.message_from_bytes(made.eml, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    assert not found.defects
    return found


def part(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body((kind,))
    assert found is not None
    text = found.get_content()
    assert isinstance(text, str)
    return text.replace("\r\n", "\n")


def test_it_says_everything_in_both_languages_the_main_one_first() -> None:
    made = written(samples.letter())
    for text in (made.html, made.text):
        for said in (
            "A. Host", "Institute", "Policy brief", "A brief", "Season 1, episode 2", "2 September 2026", "21 min",
            "First part.", "Paid for by the Fund.", "Views are the speakers&#39; own.", "CC BY 4.0",
            "© 2026 Institute of Examples", "https://cdn.example.org/a/feeds/en.xml", "Partner &amp; Co", "The Fund",
            "https://cdn.example.org/a/episodes/talk/talk.en.html", "English: reviewed by a person", "下文为中文",
            "，主持人，研究所", "第二段。", "由基金资助。", "仅代表发言人观点。", "21分钟", "第1季第2期",
            "https://cdn.example.org/a/episodes/talk/talk.zh-Hans.html", "中文（简体）：机器翻译，未经审校",
            "https://example.org/%E7%AE%80%E6%8A%A5.pdf", "https://cdn.example.org/a/feeds/zh-Hans.video.xml",
        ):  # fmt: skip
            plain = said.replace("&#39;", "'").replace("&amp;", "&")
            assert (said if text is made.html else plain) in text, said
        assert text.index("First part.") < text.index("第二段。")
    assert "One &lt;b&gt;bold&lt;/b&gt; idea." in made.html
    assert "One <b>bold</b> idea." in made.text


def test_one_language_alone_says_nothing_of_the_other() -> None:
    made = written(samples.letter(languages=("zh-Hans",)))
    assert '<html lang="zh-Hans"' in made.html
    assert "First part." not in made.text
    assert "Season" not in made.html
    assert "下文" not in made.text
    assert made.subject == "对话：谁来买单？"


def test_several_episodes_have_summaries_and_no_long_texts() -> None:
    other = samples.published(slug="walk", title={"en": "A walk", "zh-Hans": "散步"}, date="2026-09-09T09:00:00+02:00")
    made = written(samples.letter(other, samples.published()))
    assert "First part." not in made.html
    assert "2 new episodes" in made.html
    assert "2期新节目" in made.text
    assert made.text.index("A walk") < made.text.index("Who pays?")
    assert made.subject == "Dialogues: 2 new episodes / 对话：2期新节目"
    assert "A walk · Who pays? *Not* me" in made.html, "what an inbox shows beside the subject"


def test_the_mail_read_back_is_the_mail_that_was_meant() -> None:
    made = written(samples.letter())
    mail = read_back(made)
    assert mail.get_content_type() == "multipart/alternative"
    assert [one.get_content_type() for one in mail.iter_parts()] == ["text/plain", "text/html"], "the best one last"
    assert part(mail, "plain") == made.text
    assert part(mail, "html") == made.html
    assert mail["Subject"] == made.subject == "Dialogues: Who pays? *Not* me / 对话：谁来买单？"
    assert mail["From"].addresses[0].addr_spec == "podcast@example.org"
    assert mail["From"].addresses[0].display_name == "Institute of Examples"
    assert mail["Reply-To"] == mail["From"]
    assert mail["Date"].datetime.isoformat() == "2026-09-02T09:00:00+02:00"
    assert mail["X-Unsent"] == "1"
    assert mail["MIME-Version"] == "1.0"
    assert mail["Message-ID"].endswith("@example.org>")
    assert mail["To"] is None
    assert {one["Content-Transfer-Encoding"] for one in mail.iter_parts()} <= {"quoted-printable", "base64"}


def test_the_bytes_are_what_rfc_5322_allows() -> None:
    raw = written(samples.letter()).eml
    lines = raw.split(b"\r\n")
    assert raw.isascii()
    assert b"\n" not in b"".join(lines)
    assert b"\r" not in b"".join(lines)
    assert max(map(len, lines)) <= 78


def test_the_same_letter_gives_the_same_bytes_and_another_another_id() -> None:
    one, same = (written(samples.letter()) for _ in range(2))
    assert one == same
    other = written(samples.letter(samples.published(summary="Another.")))
    assert read_back(one)["Message-ID"] != read_back(other)["Message-ID"]


@pytest.mark.parametrize(
    "name",
    ["对话研究所", "Institute, Fund & Friends (a made-up show)", 'He said "so"', "研究所" * 40, "Long name " * 20, "é"],
)
def test_any_name_stands_in_the_header(name: str) -> None:
    raw = email.message_from_bytes(written(samples.letter(author=name)).eml)["From"]
    # by the older reader: the newer one of Python 3.11 puts blanks between encoded words of a name
    assert parseaddr(str(make_header(decode_header(raw)))) == (name.strip(), "podcast@example.org")


@pytest.mark.parametrize("owner", ["é@example.org", f"a@{'x' * 64}.org"])
def test_an_address_that_no_mail_can_come_from_is_refused(owner: str) -> None:
    with pytest.raises(CastkitError, match="no mail can come from") as caught:
        written(samples.letter(owner_email=owner))
    assert "owner_email" in caught.value.hint


def test_a_domain_with_letters_of_any_script_becomes_what_mail_knows() -> None:
    mail = read_back(written(samples.letter(owner_email="us@示例.example")))
    assert mail["From"].addresses[0].addr_spec == "us@xn--fsq092h.example"


def test_hostile_texts_stay_texts() -> None:
    local = {"en": HOSTILE}
    person = {"id": "x", "name": local, "role": "host", "organisation": local, "href": "javascript:alert(1)"}
    link = {"kind": "other", "title": local, "url": 'https://example.org/"><script>'}
    hostile = samples.published(title=local, summary=local, description=local, people=[person], links=[link])
    changes: dict[str, Any] = dict.fromkeys(("title", "funding_statement", "disclaimer"), local)
    made = written(samples.letter(hostile, copyright=HOSTILE, subject=HOSTILE, author=local, **changes))
    mail = read_back(made)
    assert "<script" not in made.html
    assert "javascript:" not in made.html
    assert "\x00" not in made.html + made.text
    assert mail["Bcc"] is None
    assert "Bcc: all@example.org" in mail["Subject"]
    assert mail_problems(made.html) == ()


@pytest.mark.parametrize("languages", [("en", "zh-Hans"), ("zh-Hans",)])
def test_html_has_nothing_that_mail_programs_drop(languages: tuple[str, ...]) -> None:
    html = written(samples.letter(languages=languages)).html
    assert mail_problems(html) == ()
    assert html.count('width="600"') == 2, "the table, and the one that Outlook needs around it"
    assert html.count('role="presentation"') == html.count("<table")
    assert len(html.encode()) < CLIPPED / 4


def test_text_keeps_to_its_width() -> None:
    for line in written(samples.letter()).text.splitlines():
        assert columns(line) <= WIDTH or "://" in line


@pytest.mark.parametrize(
    ("html", "what"),
    [
        ("<script></script>", "<script> in line 1: mail programs take it out"),
        ('\n<link rel="stylesheet" href="https://example.org/a.css">', "<link> in line 2"),
        ('<p style="display:flex">', "does not know this style"),
        ('<p style="position: absolute">', "does not know this style"),
        ('<td style="background:url(https://example.org/a.png)">', "does not know this style"),
        ('<a href="episodes/talk.html">', "no whole address"),
        ('<a href="javascript:x">', "no whole address"),
        ("<a>", "no whole address"),
        ('<img src="cover.png" alt="" width="1">', "a whole https address"),
        ('<img src="http://example.org/a.png" alt="" width="1">', "a whole https address"),
        ('<img src="https://example.org/a.png" width="1">', "an alt text"),
        ('<img src="https://example.org/a.png" alt="">', "a width"),
        ('<p onclick="x">', "a script in an attribute"),
        ("<style>@import 'https://example.org/a.css';</style>", "fetch nothing for a style"),
        ("x" * (CLIPPED + 1), "Gmail cuts off"),
    ],
)
def test_what_would_be_dropped_is_said(html: str, what: str) -> None:
    found = mail_problems(html)
    assert len(found) == 1
    assert what in found[0]


def test_a_cover_that_is_not_on_https_is_left_out() -> None:
    sample = samples.letter()
    plain = Letter(sample.show, sample.episodes, sample.languages, sample.feeds, "http://127.0.0.1:8000/cover.png")
    assert "<img" in written(sample).html
    assert "<img" not in written(plain).html


def test_an_imported_episode_leads_to_its_old_page() -> None:
    elsewhere = {**samples.stored("x.mp3"), "key": "", "url": "https://old.example/x.mp3"}
    old = {"guid": "g", "link": "https://old.example/x"}
    came = samples.published(notes={}, audio=elsewhere, transcripts=[], imported=old, description={})
    assert read_at(came, "en") == "https://old.example/x"
    assert read_at(came.model_copy(update={"imported": None}), "en") == "https://old.example/x.mp3"
    made = written(samples.letter(came))
    assert 'href="https://old.example/x"' in made.html
    assert "Transcripts" not in made.text


def test_a_bare_episode_has_no_empty_headings() -> None:
    bare = samples.published(people=[], links=[], transcripts=[], description={}, season=None, number=None)
    changes: dict[str, Any] = {"funding_statement": {}, "disclaimer": {}, "licence": "", "copyright": ""}
    made = written(samples.letter(bare, languages=("en",), **changes))
    for heading in ("People", "Related documents", "Transcripts", "Licence"):
        assert heading not in made.html
        assert heading not in made.text
    assert "\n\n\n" not in made.text


def test_a_workspaces_own_template_wins_and_is_told_what_mail_programs_drop(tmp_path: Path) -> None:
    (tmp_path / HTML).write_text("<div style='display:grid'>{{ parts[0].episodes[0].title }}</div>", "utf-8")
    made = written(samples.letter(), tmp_path)
    assert made.html == "<div style='display:grid'>Who pays? *Not* me</div>\n"
    assert "does not know this style" in mail_problems(made.html)[0]
    assert "Who pays? *Not* me" in made.text


def test_every_language_has_every_label() -> None:
    keys = {language: set(labels) for language, labels in NEWSLETTER_LABELS.items()}
    assert all(found == keys["en"] for found in keys.values())
    for language in keys:
        said = letter_view(samples.letter(languages=(language,)))["parts"][0]["labels"]
        assert all(said.values())
