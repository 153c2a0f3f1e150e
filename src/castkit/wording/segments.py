"""Chinese text cut into words of a dictionary, with their parts of speech.

Rule: joined, the segments are the text, letter for letter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

# Letters of one sound in the two scripts that the tables of this toolbox use, so that they read either.
_TRADITIONAL = (
    "們這個為爲麼嗎還誰樣幾時後過說對從給讓將與沒會裡裏來現當實雖儘盡無論則於並總換點"
    "萬億兩號歲謝見請問話開聽導關數難辦發覺釋條該種億負"
)
_SIMPLIFIED = (
    "们这个为为么吗还谁样几时后过说对从给让将与没会里里来现当实虽尽尽无论则于并总换点"
    "万亿两号岁谢见请问话开听导关数难办发觉释条该种亿负"
)
_TO_SIMPLIFIED = str.maketrans(_TRADITIONAL, _SIMPLIFIED)


@dataclass(frozen=True, slots=True)
class Segment:
    """A word from `start` on; `kind` is jieba's part-of-speech tag (n, v, m, r, c, uj …)."""

    text: str
    kind: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def simplified(text: str) -> str:
    """The text with the commonest traditional letters in simplified script, each in its place."""
    return text.translate(_TO_SIMPLIFIED)


def is_han(character: str) -> bool:
    """Whether this is a Chinese character (CJK unified ideographs, with extension A and 〇)."""
    return "\u4e00" <= character <= "\u9fff" or "\u3400" <= character <= "\u4dbf" or character == "〇"


def segments(text: str, *, guesses: bool = True) -> Iterator[Segment]:
    """The words of a text in order; white space is in none of them.

    With guesses, characters that the dictionary does not list together may still make a word.
    """
    import rjieba  # noqa: PLC0415

    position = 0
    for word, kind in rjieba.tag(text, guesses):
        bare = word.strip()
        if bare:
            position = text.index(bare, position)
            yield Segment(bare, kind, position)
            position += len(bare)
