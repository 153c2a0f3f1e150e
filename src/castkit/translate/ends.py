"""Where sentences and clauses end in a text, by its punctuation.

Rule: joining two sentences does little harm, tearing one does; where a full stop may be something else, it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from castkit.model.language import primary

# Full stops, question and exclamation marks, also those of Arabic, Urdu, Hindi and Armenian.
TERMINATORS = "。！？｡．.!?…؟۔।॥։"
_CLOSERS = "”’」』）)]】》〉\"'»›"
_CLAUSE_MARKS = "，,、；;：:—–،؛"

_TERMINATED = re.compile(f"[{re.escape(TERMINATORS)}]+[{re.escape(_CLOSERS)}]*")
_CLAUSE = re.compile(f"[{re.escape(_CLAUSE_MARKS)}][{re.escape(_CLOSERS)}]*")
_WIDE_SPACE = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef]) (?=[\u3000-\u9fff\uff00-\uffef])")

# A full stop after these never ends a sentence; after the second kind only where no number follows.
_TITLES = frozenset(
    "mr mrs ms dr prof st sr jr rev hon gen col capt lt sgt gov sen rep vs viz cf approx e.g i.e "
    "bzw z.b u.a d.h mme mlle ing sra srta dra dott sig".split()
)
_BEFORE_NUMBERS = frozenset("no nos nr fig figs vol vols p pp art sec ch eq ed ca núm nº".split())
# Languages that write an ordinal as a number with a full stop.
_ORDINALS = frozenset("de da nb nn no fi et cs sk sl hr hu pl lv tr is".split())

_LAST_WORD = re.compile(r"[^\W_][\w.]*\Z")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]\Z")
_WINDOW = 40  # characters around a full stop that are looked at


def is_wide(character: str) -> bool:
    """Whether a character takes two columns, as those of Chinese, Japanese and Korean do."""
    return unicodedata.east_asian_width(character) in "WF"


def is_unspaced(character: str) -> bool:
    """Whether a character belongs to a script without spaces between words (Korean has them)."""
    return is_wide(character) and not "가" <= character <= "힣"


def trails_off(character: str) -> bool:
    """Whether a speaker means to go on after a text that ends like this."""
    return character in _CLAUSE_MARKS


def clause_cuts(text: str) -> Iterator[int]:
    """The positions behind each clause: marks between numbers (1,000) end none, a space between Chinese words does."""
    for found in _CLAUSE.finditer(text):
        following = text[found.end() : found.end() + 1]
        if is_wide(found[0][0]) or (following and (following.isspace() or is_wide(following))):
            yield found.end()
    for found in _WIDE_SPACE.finditer(text):
        yield found.end()


def sentence_ends(text: str, language: str) -> Iterator[int]:
    """The positions behind each sentence's last character, closing quotes included; the text's own end only if marked.

    `language` is a BCP 47 tag.
    """
    for found in _TERMINATED.finditer(text):
        if _ends(text, found, primary(language)):
            yield found.end()


def halves(text: str) -> tuple[str, str] | None:
    """A text in two parts of about the same length, at a clause if there is one, else between words; None for one word.

    A text without spaces is parted between two characters in its middle.
    """
    spaces = [found.end() for found in re.finditer(r"\s+", text)]
    anywhere = [len(text) // 2] if len(text) > _WINDOW and not spaces else []
    for places in (list(clause_cuts(text)), spaces, anywhere):
        within = [at for at in places if text[:at].strip() and text[at:].strip()]
        if within:
            at = min(within, key=lambda at: abs(2 * at - len(text)))
            return text[:at].strip(), text[at:].strip()
    return None


def is_question(text: str) -> bool:
    """Whether the text's last mark, closing quotes and space aside, asks."""
    return text.rstrip().rstrip(_CLOSERS).endswith(("?", "？", "؟"))


def _ends(text: str, found: re.Match[str], language: str) -> bool:
    marks, behind = found[0], text[found.end() : found.end() + _WINDOW]
    following = behind.lstrip()
    if not following:
        return True
    if following[0].islower():
        return False  # "Really?" he said.
    if not behind[0].isspace() and not is_wide(behind[0]) and not is_wide(marks[0]):
        return False  # 3.5, castkit.org
    if marks.rstrip(_CLOSERS) != ".":
        return True
    return _is_full_stop(text[max(found.start() - _WINDOW, 0) : found.start()], following, language)


def _is_full_stop(before: str, following: str, language: str) -> bool:
    last = _LAST_WORD.search(before)
    if last is None:
        return True
    word = last[0].lower()
    if word in _TITLES or (word in _BEFORE_NUMBERS and following[0].isdecimal()):
        return False
    if word.isdecimal():
        return language not in _ORDINALS or len(word) > 2
    return is_wide(word[-1]) or _INITIALS.fullmatch(last[0]) is None
