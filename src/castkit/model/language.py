"""Languages: BCP 47 tags for what people read, Whisper's codes for what was spoken.

Rule: a tag is compared whole first, then by its primary language; `zh` alone is Chinese in simplified script.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TypeVar

T = TypeVar("T")

# The languages of openai-whisper's tokenizer (whisper/tokenizer.py, LANGUAGES), without their English names.
WHISPER_LANGUAGES = frozenset(
    "af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha haw he hi hr ht hu hy id "
    "is it ja jw ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn no oc pa pl ps pt ro ru sa sd si "
    "sk sl sn so sq sr su sv sw ta te tg th tk tl tr tt uk ur uz vi yi yo yue zh".split()
)

# Tags that are known to be in their usual form, so that most shows need no table of all languages, which takes a tenth
# of a second to load; a test holds them against it.
USUAL = (WHISPER_LANGUAGES - {"jw", "tl"}) | frozenset(
    "zh-Hans zh-Hant zh-CN zh-TW zh-HK zh-SG en-US en-GB en-AU en-CA en-IN pt-BR pt-PT es-ES es-MX fr-FR fr-CA de-DE "
    "de-AT de-CH it-IT ja-JP ko-KR".split()
)

# ISO 639-2 of the languages most often spoken on shows, for the same reason and held in the same way.
THREE_LETTERS = {
    "ar": "ara", "bn": "ben", "de": "deu", "en": "eng", "es": "spa", "fa": "fas", "fr": "fra", "hi": "hin",
    "id": "ind", "it": "ita", "ja": "jpn", "ko": "kor", "nl": "nld", "pt": "por", "ru": "rus", "sw": "swa",
    "th": "tha", "tr": "tur", "ur": "urd", "vi": "vie", "yue": "yue", "zh": "zho",
}  # fmt: skip

_RIGHT_TO_LEFT = frozenset("ar dv fa he ku ps sd ug ur yi".split())

# What people write for the languages most often spoken on shows.
NAMES = {
    "arabic": "ar", "bengali": "bn", "cantonese": "yue", "chinese": "zh", "dutch": "nl", "english": "en",
    "french": "fr", "german": "de", "hindi": "hi", "indonesian": "id", "italian": "it", "japanese": "ja",
    "korean": "ko", "mandarin": "zh", "persian": "fa", "portuguese": "pt", "russian": "ru", "spanish": "es",
    "swahili": "sw", "thai": "th", "turkish": "tr", "urdu": "ur", "vietnamese": "vi",
}  # fmt: skip


def primary(tag: str) -> str:
    """The primary language of a BCP 47 tag: `zh` of `zh-Hans`."""
    return tag.split("-", maxsplit=1)[0].lower()


def same_language(one: str, other: str) -> bool:
    """Whether two tags name one language, whatever their script or region."""
    return primary(one) == primary(other)


def best_match(tag: str, available: Iterable[str]) -> str | None:
    """The tag of `available` a reader of `tag` wants: the same, else the first of the same language, else None."""
    offered = tuple(available)
    if tag in offered:
        return tag
    return next((other for other in offered if same_language(tag, other)), None)


def cue_language(spoken: str, show_languages: Iterable[str]) -> str:
    """The tag under which cues of the spoken language are kept: the show's own tag for it, else the tag itself."""
    return best_match(spoken, show_languages) or spoken


def is_chinese(tag: str) -> bool:
    """Whether the language is written in Chinese characters by OpenCC's rules."""
    return primary(tag) in ("zh", "yue")


def is_traditional(tag: str) -> bool:
    """Whether a Chinese tag asks for traditional script (`Hant`, or a region that writes it)."""
    parts = tag.split("-")[1:]
    return "Hant" in parts or ("Hans" not in parts and any(part in ("TW", "HK", "MO") for part in parts))


def canonical(tag: str) -> str | None:
    """The usual form of a BCP 47 tag (`zh-Hans` for `zh-hans`), or None where it names no one language that is read.

    Validity and form are those of langcodes (RFC 5646 and CLDR); `und`, `mul`, `zxx` and private codes are refused.
    """
    if tag in USUAL:
        return tag
    import langcodes  # noqa: PLC0415

    try:
        if not langcodes.tag_is_valid(tag):
            return None
        usual = langcodes.standardize_tag(tag)
    except ValueError:  # langcodes.LanguageTagError
        return None
    return None if _is_reserved(primary(usual)) else usual


def _is_reserved(code: str) -> bool:
    return code in ("und", "mul", "mis", "zxx", "x") or (len(code) == 3 and "qaa" <= code <= "qtz")


def is_spoken(tag: str) -> bool:
    """Whether Whisper knows the language of this tag; its own codes count even where CLDR prefers others (`jw`)."""
    return primary(tag) in WHISPER_LANGUAGES and (tag in WHISPER_LANGUAGES or canonical(tag) == tag)


def worded_in(table: Mapping[str, T], reader: str) -> T:
    """The entry of a table of wordings for a reader of this language: Chinese by its script, else English's."""
    tag = "zh" if is_chinese(reader) else primary(reader)
    if tag == "zh":
        tag = "zh-Hant" if is_traditional(reader) else "zh-Hans"
    return table.get(tag, table["en"])


@lru_cache(maxsize=1024)  # a feed of 5,000 episodes asks for the same few names 20,000 times
def language_name(tag: str, reader: str) -> str:
    """What readers of `reader` call the language `tag` (CLDR's names), or the tag: `anglais` for `en` in `fr`."""
    import langcodes  # noqa: PLC0415

    try:
        return langcodes.Language.get(tag).display_name(reader)
    except ValueError:
        return tag


def iso639_2(tag: str) -> str:
    """The three letters by which media files name a language (`zho` for `zh-Hans`); `und` where there are none."""
    if known := THREE_LETTERS.get(primary(tag) if tag in USUAL else tag):
        return known
    import langcodes  # noqa: PLC0415

    try:
        return langcodes.Language.get(tag).to_alpha3()
    except (LookupError, ValueError):
        return "und"


def direction(language: str) -> str:
    """The way the language is written, as HTML's `dir` names it."""
    return "rtl" if primary(language) in _RIGHT_TO_LEFT else "ltr"
