"""The one legacy code page of each language, and the letters it writes with.

Rule: a table, nothing else; the pages are those that Windows set for the language, the letters those of CLDR's main
and auxiliary exemplars.
"""

from __future__ import annotations

from functools import cache

from castkit.model.language import is_chinese, is_traditional, primary

# Letters that loan words and names bring into every language written in Latin letters.
_LOANS = "éèêëáàâäãåíìîïóòôöõøúùûüñçæœ"
_WESTERN = "en de fr es it pt nl sv da nb nn no fi is fo ga gd eu ca gl id ms sw af tl cy br lb oc rm la so zu xh"
_PAGES = {
    "cp1252": _WESTERN,
    "cp1250": "pl cs sk hu sl hr bs ro sq",
    "cp1251": "ru uk be bg mk sr kk ky mn tg",
    "cp1253": "el",
    "cp1254": "tr az",
    "cp1255": "he yi",
    "cp1256": "ar fa ur ps",
    "cp1257": "et lv lt",
    "cp1258": "vi",
    "cp874": "th",
    "cp932": "ja",
    "cp949": "ko",
}
_PAGE_OF = {language: page for page, languages in _PAGES.items() for language in languages.split()}
_OWN_LETTERS = {
    "de": "ß", "fr": "ÿ", "is": "ýðþ", "fo": "ýð", "fi": "šž", "cy": "ŵŷ", "ca": "·", "tr": "ğışİ", "az": "ğışəİ",
    "pl": "ąćęłńóśźż", "cs": "čďěňřšťůýž", "sk": "čďĺľňŕšťýž", "hu": "őű", "sl": "čšž", "hr": "čćđšž", "bs": "čćđšž",
    "ro": "ăâîşţșț", "et": "šž", "lv": "āčēģīķļņōŗšūž", "lt": "ąčęėįšųūž", "vi": "ăđĩũơư\u0300\u0301\u0303\u0309\u0323",
    "ru": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя", "be": "абвгдеёжзійклмнопрстуўфхцчшыьэюя'",
    "uk": "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя", "bg": "абвгдежзийклмнопрстуфхцчшщъьюя",
    "mk": "абвгдѓежзѕијклљмнњопрстќуфхцчџш", "sr": "абвгдђежзијклљмнњопрстћуфхцчџш",
}  # fmt: skip
# Scripts told by their blocks: the first and last character of each.
_BLOCKS = {
    "zh": ("\u3400\u4dbf", "\u4e00\u9fff", "\U00020000\U0003ffff"),
    "yue": ("\u3400\u4dbf", "\u4e00\u9fff", "\U00020000\U0003ffff"),
    "ja": ("\u3040\u30ff", "\u4e00\u9fff"),
    "ko": ("\uac00\ud7a3",),
    "el": ("\u0386\u03ce",),
    "he": ("\u05d0\u05ea",),
    "yi": ("\u05d0\u05ea",),
    "ar": ("\u0621\u06d3",),
    "fa": ("\u0621\u06d3",),
    "ur": ("\u0621\u06d3",),
    "ps": ("\u0621\u06d3",),
    "th": ("\u0e01\u0e4e",),
    "kk": ("\u0400\u04ff",),
    "ky": ("\u0400\u04ff",),
    "mn": ("\u0400\u04ff",),
    "tg": ("\u0400\u04ff",),
}
# Signs that typists and editors set in every language; no other that is not ASCII is taken on trust.
SIGNS = frozenset("“”„‘’‚«»‹›–—―…•·°€£¥©®™¿¡№½¼¾×\u00a0\u200c\u200d\u200e\u200f\u2028")


def legacy_page(language: str) -> str | None:
    """The name that Python gives to the language's code page; None where it has no single one."""
    if not language:
        return None
    if not is_chinese(language):
        return _PAGE_OF.get(primary(language))
    if not is_traditional(language) and primary(language) != "yue":
        return "gb18030"
    is_hong_kong = primary(language) == "yue" or any(part in ("HK", "MO") for part in language.split("-"))
    return "big5hkscs" if is_hong_kong else "cp950"


def is_latin(language: str) -> bool:
    """Whether the language is written in Latin letters, as far as the table knows it."""
    code = primary(language)
    return code in _PAGE_OF and code not in _BLOCKS and _PAGE_OF[code] != "cp1251"


@cache
def _letters_of(code: str, *, with_loans: bool) -> frozenset[str]:
    return frozenset(_OWN_LETTERS.get(code, "") + (_LOANS if with_loans else ""))


def letters(language: str, text: str) -> int:
    """How many characters of the text beyond ASCII are letters that the language is written with."""
    code = primary(language)
    blocks = _BLOCKS.get(code, ())
    if blocks:
        return sum(any(block[0] <= char <= block[1] for block in blocks) for char in text if char > "\x7f")
    own = _letters_of(code, with_loans=is_latin(language))
    return sum(char in own or char.lower() in own for char in text if char > "\x7f")
