"""Languages: BCP 47 tags for what people read, Whisper's codes for what was spoken.

Rule: a tag is compared whole first, then by its primary language; `zh` alone is Chinese in simplified script.
"""

from __future__ import annotations

from collections.abc import Iterable

# The languages of openai-whisper's tokenizer (whisper/tokenizer.py, LANGUAGES), without their English names.
WHISPER_LANGUAGES = frozenset(
    "af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha haw he hi hr ht hu hy id "
    "is it ja jw ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn no oc pa pl ps pt ro ru sa sd si "
    "sk sl sn so sq sr su sv sw ta te tg th tk tl tr tt uk ur uz vi yi yo yue zh".split()
)


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
