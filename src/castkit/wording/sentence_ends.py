"""The ends of sentences in languages with capital letters, where a recogniser left a sign out.

Rule: only where an utterance ends without a sign, a long pause follows and a capital letter begins the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from castkit.model.language import is_chinese, primary
from castkit.model.transcript import Utterance
from castkit.wording.edits import Edit, letters

PAUSE_MS = 1_000
# Their nouns have capitals, so that a capital begins no sentence.
_NOUN_CAPITALS = frozenset(("de", "lb"))
# Words that no sentence ends with, and the one word that is always written large.
_OPEN = frozenset(
    "a an the and or but of to in on at by for from with as is are was were that which who because if than".split()
)
_ALWAYS_LARGE = re.compile(r"I\b")
_QUESTION = re.compile(
    r"(?:and |but |so )?(?:(?:what|why|how|where|when|who|which)(?: \w+)? )?"
    r"(?:is|are|was|were|do|does|did|can|could|will|would|should|have|has) "
    r"(?:you|we|they|it|he|she|there|this|that|these|those|i|the|your|our|their)\b",
    re.IGNORECASE,
)


def latin_edits(utterances: Sequence[Utterance], languages: Sequence[str]) -> Iterator[tuple[int, Edit]]:
    """The stops to add, each with the number of its utterance; `languages` has one tag for each utterance."""
    for number, (one, two) in enumerate(pairwise(utterances)):
        tag = primary(languages[number])
        if is_chinese(tag) or tag in _NOUN_CAPITALS or not one.words or not two.words:
            continue
        text = letters(one)
        bare, following = text.strip(), two.text
        pause = two.start_ms - one.end_ms
        if pause < PAUSE_MS or not following[:1].isupper() or _ALWAYS_LARGE.match(following):
            continue
        if not bare[-1:].isalnum() or bare.split()[-1].lower() in _OPEN:
            continue
        end = len(text.rstrip())
        sign = "?" if tag == "en" and _QUESTION.match(bare) else "."
        yield number, Edit(end, end, sign, f"a pause of {pause} ms before a capital letter")
