"""Which language is spoken: Whisper's codes, the prompt each is heard with, and the decision window by window.

Rule: a short or doubtful window takes its neighbours' language, for one guess wrong is a window of nonsense.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from unicodedata import east_asian_width

from castkit.model.language import primary

# Whisper's codes for languages that BCP 47 names otherwise.
WHISPER_CODES = {"nb": "no", "jv": "jw", "cmn": "zh", "fil": "tl", "iw": "he"}

# A window has no past, so the prompt sets the style: without one, Chinese has no punctuation and is in either script.
STYLE = {"zh": "以下是普通话的句子。", "yue": "以下係廣東話嘅句子。"}
WITHOUT_SPACES = frozenset(("zh", "yue", "ja"))

# Languages full of words that sound alike: there a beam finds fewer wrong ones than a greedy pass (in Chinese 3.0 % of
# characters instead of 3.4, in English no difference worth its time; benchmarks/RESULTS.md).
ALIKE = WITHOUT_SPACES
BEAM = 5

SURE = 0.7  # probability of a language above which a window decides for itself
LONG_ENOUGH_MS = 3_000  # of speech, for it to do so


def whisper_code(tag: str) -> str:
    """Whisper's code for a BCP 47 tag."""
    return WHISPER_CODES.get(primary(tag), primary(tag))


def prompt(language: str, hints: Sequence[str]) -> str:
    """The text a window is given as its past: the language's style, then the hints as a sentence.

    A show's hints serve all its languages: those in another script are left out, names of one word excepted.
    """
    wide = language in WITHOUT_SPACES
    fitting = [hint for hint in hints if (_is_wide(hint) or " " not in hint if wide else not _is_wide(hint))]
    listed = ("、" if wide else ", ").join(fitting)
    if not listed:
        return STYLE.get(language, "")
    return STYLE.get(language, "") + listed + "。" if wide else f" {listed}."


def beam_size(language: str, usual: int) -> int:
    """The beam a transcript in this language is worth, where `usual` ones are enough for others."""
    return max(usual, BEAM) if language in ALIKE else usual


def _is_wide(text: str) -> bool:
    return any(east_asian_width(c) == "W" for c in text)


def decided(
    found: Sequence[Mapping[str, float]],
    speech_ms: Sequence[int],
    before: str | None,
    *,
    shortest_ms: int = LONG_ENOUGH_MS,
) -> tuple[str, ...]:
    """The language of each window of a batch; `found` are the probabilities by Whisper code.

    A sure one decides for itself, another takes that of the nearest sure one, the earlier of two; where a batch has
    none, that of the batch `before` it, else what is most probable over all its speech. `shortest_ms` is the least
    speech that decides.
    """
    guesses = [max(one, key=lambda code: (one[code], code)) for one in found]
    sure = [
        number
        for number, (one, code) in enumerate(zip(found, guesses, strict=True))
        if one[code] >= SURE and speech_ms[number] >= shortest_ms
    ]
    if not sure:
        return (before or most_spoken(found, speech_ms),) * len(found)
    return tuple(guesses[min(sure, key=lambda other: (abs(other - number), other))] for number in range(len(found)))


def most_spoken(found: Sequence[Mapping[str, float]], speech_ms: Sequence[int]) -> str:
    """The Whisper code most probable over all this speech; English where nobody speaks."""
    votes: dict[str, float] = {"en": 0.0}
    for one, weight in zip(found, speech_ms, strict=True):
        for code, probability in one.items():
            votes[code] = votes.get(code, 0.0) + probability * weight
    return max(votes, key=lambda code: (votes[code], code))
