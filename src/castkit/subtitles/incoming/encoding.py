"""Bytes into text: in the encoding that the file itself shows, or the one that a person names.

Rule: byte order mark, strict UTF-8, the one code page of the expected language; nothing further is tried, and where a
second opinion or the letters speak against it, the person is asked.
"""

from __future__ import annotations

import codecs
import contextlib
import re
from collections.abc import Iterator

from castkit.errors import CastkitError
from castkit.subtitles.incoming.alphabets import SIGNS, is_latin, legacy_page, letters
from castkit.subtitles.incoming.received import Findings

_MARKS = (  # UTF-32's before UTF-16's, which it begins with
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
# What every subtitle file holds, and what no text in a wrong byte order does.
_ASCII_SIGNS = re.compile(r"\d:\d|<\w|\[\w")
_SEVEN_BIT = ((re.compile(r"\x1b[$(]"), "iso2022_jp"), (re.compile(r"~\{[!-~]+~\}"), "hz"))
# Codecs that Python has and no editor saves in.
_NO_PAGES = frozenset("idna punycode undefined unicode-escape raw-unicode-escape mbcs oem".split())
_PAGES = "gb18030 for simplified Chinese, big5 for traditional, cp1252 for Western languages"
_MULTIBYTE = ("gb18030", "cp950", "big5hkscs", "cp932", "cp949")
_KANA, _HAN = re.compile("[\u3040-\u30ff\uac00-\ud7a3\uff61-\uff9f]"), re.compile("[\u3400-\u9fff]")
_NEIGHBOURS = {**dict.fromkeys(_MULTIBYTE, _KANA), "cp949": _HAN, "cp932": re.compile("[\uff61-\uff9f\uac00-\ud7a3]")}
_WORD = re.compile(r"[^\W\d_]{2,}")
_MIXED = re.compile(r"[A-Za-z][^\x00-\x7f]|[^\x00-\x7f][A-Za-z]")
_COMMON = {"gb18030": ("gb2312", 0xB0, 0xD7), "cp950": ("big5", 0xA4, 0xC6), "big5hkscs": ("big5", 0xA4, 0xC6)}
_SAME_PAGE = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "cp950", "shift_jis": "cp932", "euc_kr": "cp949"}


def decoded(data: bytes, findings: Findings, *, language: str = "", encoding: str = "") -> tuple[str, str]:
    """The text of a file and the encoding it was read in; `language` is the BCP 47 tag of what it should hold.

    `encoding` is what a person said it is, and settles it. Raises CastkitError where the bytes do not show it.
    """
    if encoding:
        return _as_told(data, findings, encoding), encoding
    mark, marked = next(((mark, name) for mark, name in _MARKS if data.startswith(mark)), (b"", ""))
    if marked:
        return _strict(data[len(mark) :], marked, findings, f"although it begins with the mark of {marked}"), marked
    if b"\0" in data:
        return _wide(data, findings)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _legacy(data, findings, language, error)
    _check_seven_bit(text, findings)
    _check_encoded_once(text, findings, language)
    return text, "utf-8"


def _as_told(data: bytes, findings: Findings, encoding: str) -> str:
    name = _codec(encoding)
    # UTF-8's mark is also put before files of another encoding, by programs that add it to all they save.
    own = [mark for mark, marked in _MARKS if marked == name] + [codecs.BOM_UTF8]
    mark = next((mark for mark in own if data.startswith(mark)), b"")
    text = _strict(data[len(mark) :], name, findings, "as asked")
    if not data.isascii() and name not in ("utf-8", "utf-8-sig") and _is_utf8(data):
        findings.note(f"the file is in UTF-8 by all signs, but is read as {encoding}, as asked")
    return text


def _codec(encoding: str) -> str:
    """Python's name for the encoding that a person named."""
    try:
        name = codecs.lookup(encoding.strip()).name
        with contextlib.suppress(UnicodeError):
            b"0".decode(name)
    except (LookupError, ValueError) as error:
        raise CastkitError(f"there is no encoding of the name {encoding!r}", f"name one such as {_PAGES}") from error
    if name in _NO_PAGES:
        raise CastkitError(f"{encoding!r} is no encoding of files", f"name one such as {_PAGES}")
    return _SAME_PAGE.get(name, name)


def _strict(data: bytes, encoding: str, findings: Findings, why: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        where = f"line {_line(data, error.start, encoding)}"
        raise CastkitError(
            f"{findings.name}, {where}: is not in {encoding} {why} (byte 0x{data[error.start]:02x})",
            f"ask for it anew in UTF-8, or name its encoding with --encoding: {_PAGES}",
        ) from error
    return _without_zeros(text, findings)


def _line(data: bytes, position: int, encoding: str) -> int:
    before = data[:position].decode(encoding, "ignore").replace("\r\n", "\n").replace("\r", "\n")
    return before.count("\n") + 1


def _without_zeros(text: str, findings: Findings) -> str:
    if "\0" in text:
        raise CastkitError(
            f"{findings.name}: holds zero bytes, so it is no text file", "save the subtitles as UTF-8 text (.srt)"
        )
    return text


def _wide(data: bytes, findings: Findings) -> tuple[str, str]:
    """UTF-16 or UTF-32 without a mark, shown by the ASCII signs that come out in one byte order alone."""
    found = list(_wide_readings(data))
    if len(found) != 1:
        return _without_zeros(data.decode("latin-1"), findings), ""
    text, encoding = found[0]
    findings.note(f"has no byte order mark; read as {encoding}")
    return text, encoding


def _wide_readings(data: bytes) -> Iterator[tuple[str, str]]:
    for encoding in _WIDE:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text and _ASCII_SIGNS.search(text):
            yield text, encoding


def _legacy(data: bytes, findings: Findings, language: str, error: UnicodeDecodeError) -> tuple[str, str]:
    """The text in the one code page of the language, where nothing speaks against it."""
    where = f"{findings.name}, line {_line(data, error.start, 'latin-1')}"
    shown = f"is not in UTF-8 (byte 0x{data[error.start]:02x})"
    page = legacy_page(language)
    remedy = f"save it as UTF-8 in the editor it was written with, or name its encoding with --encoding: {_PAGES}"
    if page is None:
        raise CastkitError(f"{where}: {shown}", remedy)
    try:
        text = data.decode(page)
    except UnicodeDecodeError:
        raise CastkitError(f"{where}: {shown}, nor in {page}, the code page of {language}", remedy) from error
    if against := _against(text, data, page, language):
        raise CastkitError(f"{where}: {shown}, and read in {page}, the code page of {language}, {against}", remedy)
    findings.note(f"is not in UTF-8; read in {page}, the code page of {language}")
    return _without_zeros(text, findings), page


def _against(text: str, data: bytes, page: str, language: str) -> str:
    """What speaks against this reading; empty where nothing does."""
    return next(filter(None, _doubts(text, data, page, language)), "")


def _doubts(text: str, data: bytes, page: str, language: str) -> Iterator[str]:
    own = letters(language, text)
    if not own and not is_latin(language):
        yield "it holds none of the language's letters"
    if any("\ue000" <= char <= "\uf8ff" for char in text):
        yield "it holds characters that no font has"
    if page in _MULTIBYTE:
        if sum(bool(_NEIGHBOURS[page].match(char)) for char in text) > 0.2 * own:
            yield "it holds too many letters of another language"
        if page in _COMMON and _common(text, page) < 0.7 * own:
            yield "most of its characters are rare ones"
        if page == "cp932" and sum("\u3041" <= char <= "\u3096" for char in text) > 0.3 * own:
            return  # hiragana in Shift JIS is nothing else's common letters; the detector calls it Korean
    else:
        odd = [char for char in text if char > "\x7f" and char not in SIGNS and not letters(language, char)]
        if odd:
            yield f"it holds {odd[0]!r}, which the language is not written with"
        yield _strange_words(text, language, own)
    yield _second_opinion(text, data, language, own)


def _strange_words(text: str, language: str, own: int) -> str:
    words = _WORD.findall(text)
    if is_latin(language) and own > sum(char.isalpha() and char.isascii() for char in text):
        return "it holds more accented letters than plain ones"
    if not is_latin(language) and sum(bool(_MIXED.search(word)) for word in words) > 0.1 * len(words):
        return "its words mix Latin letters with others"
    if sum(word[0].islower() and any(char.isupper() for char in word) for word in words) > 0.1 * len(words):
        return "its words begin with small letters and go on with capitals"
    return ""


def _common(text: str, page: str) -> int:
    """How many Chinese characters are of the page's level of common ones, which make up nearly all of any text."""
    base, first, last = _COMMON[page]
    encoded = (char.encode(base, "ignore") for char in text if char >= "\u3400")
    return sum(len(code) == 2 and first <= code[0] <= last for code in encoded)


def _second_opinion(text: str, data: bytes, language: str, own: int) -> str:
    """What charset-normalizer reads instead; empty where it agrees in most letters.

    It takes French in cp1252 for Baltic; so for languages in Latin letters, where the table of letters says more than
    it does, another reading counts only where that has about as many letters of the language.
    """
    from charset_normalizer import from_bytes  # noqa: PLC0415

    best = from_bytes(data).best()
    other = "" if best is None else str(best)
    if best is None or other == text or not own:
        return ""
    if len(other) == len(text):
        same = sum(one == two for one, two in zip(text, other, strict=True) if letters(language, one))
        if same >= 0.6 * own and not is_latin(language):
            return ""
    if is_latin(language) and letters(language, other) < 0.8 * own:
        return ""
    return f"it reads differently than in {best.encoding}, which is as likely"


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _check_seven_bit(text: str, findings: Findings) -> None:
    for pattern, encoding in _SEVEN_BIT:
        if text.isascii() and pattern.search(text):
            raise CastkitError(
                f"{findings.name}: looks like a text in {encoding}, whose letters are written as ASCII signs",
                f"name its encoding with --encoding {encoding}, or --encoding utf-8 where it is meant as it stands",
            )


def _check_encoded_once(text: str, findings: Findings, language: str) -> None:
    """Refuses a text whose UTF-8 was taken for a Western page and saved as UTF-8 again: `cafÃ©`, `è°æ¥`."""
    if text.isascii():
        return
    for page in ("cp1252", "latin-1"):
        try:
            once = text.lstrip("\ufeff").encode(page).decode("utf-8")
        except UnicodeError:
            continue
        if len(once) < len(text) and letters(language, once) >= (letters(language, text) if language else 0):
            line = next((n for n, one in enumerate(text.split("\n"), 1) if not one.isascii()), 1)
            raise CastkitError(
                f"{findings.name}, line {line}: its letters were encoded twice by some program",
                "ask for the file as it was before, or name --encoding utf-8 where it is meant as it stands",
            )
