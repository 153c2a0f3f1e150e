"""Encodings: what a file shows or a person says; never a silent guess."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from castkit.errors import CastkitError
from castkit.model.cue import Cue
from castkit.subtitles.files import compose_srt
from castkit.subtitles.incoming.kinds import read

TEXTS = {
    "zh-Hans": ("gb18030", "欢迎收听《社会保障对话》，", "外卖骑手生病了，谁来买单？"),
    "zh-Hant": ("cp950", "歡迎收聽《社會保障對話》，", "外賣騎手生病了，誰來買單？"),
    "zh-HK": ("big5hkscs", "歡迎收聽節目，", "佢哋嘅外賣騎手生病了，誰來買單？"),
    "en": ("cp1252", "It’s a “simple” question –", "who pays at the café?"),
    "fr": ("cp1252", "Ça va être une journée très chargée", "à l’école, dit-elle."),
    "de": ("cp1252", "Schöne Grüße aus München,", "sagt der Übersetzer – für alle."),
    "es": ("cp1252", "¿Quién paga mañana?", "Él no lo sabe todavía."),
    "pl": ("cp1250", "Zażółć gęślą jaźń,", "powiedział łódzki tłumacz."),
    "cs": ("cp1250", "Příliš žluťoučký kůň", "úpěl ďábelské ódy."),
    "ru": ("cp1251", "Добро пожаловать на передачу,", "кто заплатит за этот день?"),
    "el": ("cp1253", "Καλώς ήρθατε στην εκπομπή,", "ποιος πληρώνει σήμερα;"),
    "tr": ("cp1254", "Hoş geldiniz, bugün kim", "İzmir’de ödeyecek diye soruyoruz, değil mi?"),
    "he": (
        "cp1255",
        "ברוכים הבאים לתוכנית שלנו על העבודה והביטחון הסוציאלי",
        "מי ישלם היום כאשר השליח חולה, ואיש אינו יודע את התשובה?",
    ),
    "ja": (
        "cp932",
        "社会保障についての番組へようこそ。私が司会の者です。",
        "配達の仕事をする人が病気になったら、誰がお金を払うのでしょうか？",
    ),
    "ko": ("cp949", "프로그램에 오신 것을 환영합니다,", "오늘은 누가 내나요?"),
    "th": ("cp874", "ยินดีต้อนรับสู่รายการ", "วันนี้ใครจะจ่าย"),
}
LANGUAGES = pytest.mark.parametrize("language", TEXTS)


def cues(language: str, times: int = 3) -> tuple[Cue, ...]:
    _, *texts = TEXTS[language]
    return tuple(Cue(n * 2000, n * 2000 + 1500, texts[n % 2]) for n in range(2 * times))


@LANGUAGES
def test_the_code_page_of_the_expected_language_is_read_and_named(language: str) -> None:
    page = TEXTS[language][0]
    incoming = read(compose_srt(cues(language)).encode(page), "a.srt", language=language)
    assert incoming.cues == cues(language)
    assert incoming.encoding == page
    assert any(page in note for note in incoming.notes)


@LANGUAGES
@pytest.mark.parametrize("expected", ["en", "zh-Hans", "ru", "ja", "pl"])
def test_a_page_of_another_language_is_never_read_as_something_else(language: str, expected: str) -> None:
    """Right by luck, or refused: never other words than those written."""
    page = TEXTS[language][0]
    try:
        incoming = read(compose_srt(cues(language)).encode(page), "a.srt", language=expected)
    except CastkitError as error:
        assert "--encoding" in error.hint  # noqa: PT017
    else:
        assert incoming.cues == cues(language)


@pytest.mark.parametrize("expected", ["en", "fr", "de", "zh-Hans", "ru"])
@pytest.mark.parametrize(
    ("page", "text"),
    [("mac-roman", "Ça va être une journée très chargée, à l’école"), ("koi8-r", "Добро пожаловать на передачу"),
     ("cp866", "Добро пожаловать на передачу"), ("big5", "外賣騎手生病了，誰來買單？這件事"),
     ("euc-jp", "番組へようこそ、今日は誰が"), ("cp1250", "Zażółć gęślą jaźń, powiedział"),
     ("cp850", "Ça va être déjà")],
)  # fmt: skip
def test_pages_that_no_language_expects_are_refused(page: str, text: str, expected: str) -> None:
    data = compose_srt([Cue(0, 1000, text), Cue(2000, 3000, text)]).encode(page, "replace")
    with pytest.raises(CastkitError, match="UTF-8") as caught:
        read(data, "a.srt", language=expected)
    assert "--encoding" in caught.value.hint


@pytest.mark.parametrize("length", range(1, 14))
def test_a_short_chinese_file_is_read_right_or_refused(length: int) -> None:
    """charset-normalizer takes some of these for Big5 or Japanese."""
    text = "这件事谁来买单没有人知道"[:length]
    try:
        incoming = read(compose_srt([Cue(0, 1000, text)]).encode("gb18030"), "a.srt", language="zh-Hans")
    except CastkitError as error:
        assert "--encoding" in error.hint  # noqa: PT017
    else:
        assert incoming.cues[0].text == text


@pytest.mark.parametrize("name", ["mac-roman", "koi8-r", "GB2312", "Big5", "shift_jis", "utf-16", "UTF-8", "latin-1"])
def test_an_encoding_that_a_person_names_settles_it(name: str) -> None:
    text = {"GB2312": "谁来买单", "Big5": "誰來買單", "shift_jis": "誰が払う", "koi8-r": "кто платит"}.get(name, "été")
    data = compose_srt([Cue(0, 1000, text)]).encode(name)
    assert read(data, "a.srt", language="en", encoding=name).cues[0].text == text


@pytest.mark.parametrize("name", ["hex", "rot13", "no such", "idna", "unicode_escape", "\0", "zlib", "undefined"])
def test_what_is_no_encoding_is_refused(name: str) -> None:
    with pytest.raises(CastkitError, match="encoding"):
        read(b"1\n00:00:00,000 --> 00:00:01,000\nHi\n", "a.srt", language="en", encoding=name)


REFUSED: dict[str, tuple[bytes, str, str]] = {
    "no page known": (compose_srt(cues("ru")).encode("cp1251"), "xx", "line 3: is not in UTF-8 .byte 0xc4"),
    "no language": (compose_srt(cues("ru")).encode("cp1251"), "", "line 3: is not in UTF-8"),
    "UTF-8 cut in a letter": ("1\n00:00:00,000 --> 00:00:01,000\n谁来".encode()[:-1], "zh-Hans", "line 3"),
    "UTF-8 with one bad byte": ("1\n00:00:00,000 --> 00:00:01,000\n谁来\xff付".encode() + b"\xff", "zh-Hans", "line 3"),
    "marked UTF-8 that is none": (b"\xef\xbb\xbf1\n00:00:00,000 --> 00:00:01,000\n\xcb.\n", "zh-Hans", "line 3"),
    "UTF-16 of odd length": (b"\xff\xfe" + compose_srt(cues("zh-Hans")).encode("utf-16-le") + b"\x00", "en", "utf-16"),
    "zero bytes": (b"1\n00:00:00,000 --> 00:00:01,000\nHi\0\n", "en", "zero bytes"),
    "ISO-2022-JP": (compose_srt(cues("ja")).encode("iso2022_jp"), "ja", "iso2022_jp"),
    "HZ": (compose_srt(cues("zh-Hans")).encode("hz"), "zh-Hans", "hz"),
    "two encodings in one file": (compose_srt(cues("zh-Hans")).encode() + "谁来".encode("gb18030"), "zh-Hans", "line"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "language", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_its_bytes_do_not_show_is_refused(data: bytes, language: str, reason: str) -> None:
    with pytest.raises(CastkitError, match=reason) as caught:
        read(data, "a.srt", language=language)
    assert caught.value.hint


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=12, max_size=40))
def test_random_characters_in_big5_are_never_read_as_others(text: str) -> None:
    data = compose_srt([Cue(0, 1000, text)]).encode("big5", "ignore")
    written = data.decode("big5")
    try:
        incoming = read(data, "a.srt", language="zh-Hans")
    except CastkitError:
        return
    assert incoming.cues[0].text in written
