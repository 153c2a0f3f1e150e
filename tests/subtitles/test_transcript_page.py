"""A transcript as a page: its three tags, who speaks, when, and no text that is taken for markup."""

from __future__ import annotations

from html.parser import HTMLParser

from castkit.model.cue import Cue
from castkit.subtitles.profile import profile_for
from castkit.subtitles.transcript_page import Heading, compose_html

NAMES = {"host": "The <host>", "guest": "嘉宾"}


class Found(HTMLParser):
    """The page's tags with their texts, as a browser reads them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.rows.append((tag, ""))

    def handle_data(self, data: str) -> None:
        if self.rows and data.strip():
            self.rows[-1] = (self.rows[-1][0], self.rows[-1][1] + data.strip())


def page(*cues: Cue, language: str = "en") -> list[tuple[str, str]]:
    made = compose_html(cues, profile_for(language), lambda one: NAMES.get(one, one), Heading("talk & walk", language))
    assert made.startswith(f'<!doctype html>\n<html lang="{language}">')
    return Found(made).rows


def cue(start_ms: int, text: str, speaker: str | None = "host") -> Cue:
    return Cue(start_ms, start_ms + 2_000, text, speaker)


def test_a_turn_is_a_paragraph_and_the_speaker_is_named_once() -> None:
    rows = page(cue(0, "Who pays\nfor <b>this</b>?"), cue(2_000, "Tell us."), cue(4_500, "R&D does.", "guest"))
    assert rows[-6:] == [
        ("cite", "The <host>:"), ("time", "00:00:00"), ("p", "Who pays for <b>this</b>? Tell us."),
        ("cite", "嘉宾:"), ("time", "00:00:04"), ("p", "R&D does."),
    ]  # fmt: skip


def test_a_long_turn_is_parted_where_a_sentence_ends() -> None:
    cues = [cue(n * 10_000, "and on" if n == 5 else "A sentence.") for n in range(8)]
    times = [text for tag, text in page(*cues) if tag == "time"]
    assert times == ["00:00:00", "00:00:50"]


def test_chinese_is_joined_without_spaces() -> None:
    assert page(cue(0, "谁来\n买单"), cue(2_000, "谁来付"), language="zh-Hans")[-1] == ("p", "谁来买单谁来付")


def test_a_cue_of_nobody_has_no_name() -> None:
    assert [tag for tag, _ in page(cue(0, "Music.", None))][-2:] == ["time", "p"]
