"""Punctuation put where a recogniser left it out: Chinese from pauses and words, elsewhere the end of a sentence.

Rule: letters, words and the signs that stand stay as they are; a sign is added only where many words follow one
another without any, or where the speaker plainly stopped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from castkit.model.language import is_chinese
from castkit.model.proofread import Change
from castkit.model.transcript import Utterance
from castkit.wording import clauses
from castkit.wording.edits import Edit, edited
from castkit.wording.places import Place, places, weight
from castkit.wording.segments import Segment
from castkit.wording.sentence_ends import latin_edits

CODE = "punctuation"

LONGEST_RUN = 30  # characters: good Chinese punctuation leaves no more of them without a sign
PAUSE_MS = 200  # a clause ends at such a pause
CUE_MS = 110  # the same where words say so, too
LEAST_MS = 60  # a clause too long to read is cut at such a pause
SELDOM_MS = 600  # the same after words that hardly end one
STOP_MS = 800  # a sentence ends
SURE_MS = 1_200  # a sentence ends in any case, even where punctuation is good
LENGTH_MS = 8  # for every character beyond twenty the pause that ends a sentence is so much shorter
LEAST_STOP_MS = 300  # but never shorter than this
LIKELY_STOP_MS = 450  # a sentence ends if the next words begin one
SPACE_MS = 300  # what a recogniser's space between Chinese characters counts for
MOST_SPACED = 0.2  # where more places than this have a space, it says nothing
FAREWELLS = frozenset("大家 各位 您 收听 收看 观看 邀请 参与".split())
_CLASSIFIERS = "个次期天年位种步点部项件条名章节届代批集类轮级阶季周月线产手方时流人是的大步批"
_LONGEST_MEMBER = 6  # words of a member of a list
_STOPS = "。？！.?!…"


def restored(utterances: Sequence[Utterance], language: str) -> tuple[tuple[Utterance, ...], tuple[Change, ...]]:
    """The utterances with the signs they lack, and every change; utterances in order of time.

    `language` is the transcript's (a tag or Whisper's code); words may name another. Chinese is best in simplified
    script, which the dictionary knows. Full-width signs stand in Chinese.
    """
    spoken = [next((word.language for word in one.words if word.language), language) for one in utterances]
    chinese = [number for number, tag in enumerate(spoken) if is_chinese(tag) and utterances[number].words]
    edits: dict[int, list[Edit]] = {number: [] for number in range(len(utterances))}
    for number, edit in _chinese_edits(places(utterances, chinese)):
        edits[number].append(edit)
    for number, edit in latin_edits(utterances, spoken):
        edits[number].append(edit)
    done = [edited(one, edits[number], CODE) for number, one in enumerate(utterances)]
    return tuple(one for one, _ in done), tuple(change for _, changes in done for change in changes)


@dataclass(slots=True)
class _Sentence:
    """What has been said since the last stop, and since the last sign."""

    words: list[Segment] = field(default_factory=list)
    text: str = ""
    clause: int = 0  # weight of the words since the last sign
    signs: int = 0

    def add(self, segment: Segment) -> None:
        self.words.append(segment)
        self.text += segment.text
        self.clause += weight(segment)


def _chinese_edits(found: list[Place]) -> Iterator[tuple[int, Edit]]:
    if not found:
        return
    _mark_starved(found)
    if sum(place.is_spaced for place in found) > MOST_SPACED * len(found):
        for place in found:
            place.is_spaced = False
    series = _series(found)
    whys: dict[int, str] = {}
    sentence = _Sentence()
    for number, place in enumerate(found):
        sentence.add(place.left)
        if not place.sign and (why := _why_break(place, sentence, is_in_series=number in series)):
            place.sign = _sign(place, sentence)
            whys[number] = why
        if place.sign and place.sign[-1] in _STOPS:
            sentence = _Sentence()
        elif place.sign:
            sentence.clause = 0
            sentence.signs += 1
            sentence.text += "，"
    whys.update(_cut_long(found))
    _enumerate(found, whys)
    for number, why in whys.items():
        place = found[number]
        yield place.utterance, Edit(place.at, place.at, place.sign, why)


def _mark_starved(found: Sequence[Place]) -> None:
    """Marks the places of every run of words that is too long to have lost no sign."""
    run: list[Place] = []
    size = 0
    for place in found:
        run.append(place)
        size += weight(place.left)
        if place.sign or place is found[-1]:
            for one in run:
                one.is_starved = size > LONGEST_RUN
            run, size = [], 0


def _series(found: Sequence[Place]) -> frozenset[int]:
    """The places after 第一, 第二 … where these count points and not things (第一期 counts a thing)."""
    points = [
        number
        for number, place in enumerate(found)
        if place.left.text[0] == "第" and len(place.left.text) == 2
        if place.right is not None and place.right.text[0] not in _CLASSIFIERS
    ]
    near = [(one, two) for one, two in pairwise(points) if found[one].left.text != found[two].left.text]
    return frozenset(number for one, two in near if two - one < 60 for number in (one, two))


def _why_break(place: Place, sentence: _Sentence, *, is_in_series: bool) -> str:
    """Why a sign belongs here, for people; empty where none does."""
    if not place.is_possible or place.left.text in clauses.NEVER_END:
        return ""
    if place.right is None:
        return "the speaker stops"
    if place.right.text in clauses.NO_START and place.pause_ms < SELDOM_MS:
        return ""
    if place.is_starved:
        return _by_words(place, sentence, is_in_series=is_in_series) or _by_pause(place, sentence)
    if place.pause_ms >= SURE_MS:
        return f"a pause of {place.pause_ms} ms"
    return "a space between Chinese words" if place.is_spaced and _may_end(place) else ""


def _by_words(place: Place, sentence: _Sentence, *, is_in_series: bool) -> str:
    """Why the words alone ask for a sign here; empty where they do not."""
    following = place.right.text if place.right else ""
    if place.left.text == "吗" or (is_in_series and len(sentence.words) == 1):
        return f"after {place.left.text}"
    is_farewell = following == "再见" and place.left.text in FAREWELLS
    return f"before {following}" if is_farewell or _is_before_connective(place, sentence) else ""


def _by_pause(place: Place, sentence: _Sentence) -> str:
    """Why what was heard asks for a sign here; empty where the pause is too short for these words."""
    if place.pause_ms + (SPACE_MS if place.is_spaced else 0) < _needed_ms(place, sentence):
        return ""
    return f"a pause of {place.pause_ms} ms" if place.pause_ms else "a space between Chinese words"


def _may_end(place: Place) -> bool:
    return place.left.text not in clauses.SELDOM_END


def _is_before_connective(place: Place, sentence: _Sentence) -> bool:
    """Whether a clause begins here by its first word alone."""
    if place.right is None or place.right.text not in clauses.SURE_CONNECTIVES:
        return False
    is_pronoun = place.left.kind == "r" and len(sentence.words) == 1
    return (_may_end(place) and not is_pronoun and place.left.kind not in ("d", "c")) or place.left.text == "可以"


def _needed_ms(place: Place, sentence: _Sentence) -> int:
    """The pause at which a clause ends here."""
    if not _may_end(place) or place.left.kind == "p":
        return SELDOM_MS
    words = clauses.CONNECTIVES | clauses.STARTERS
    is_opening = place.right is not None and place.right.text in words and sentence.clause > 2
    if is_opening or place.left.text in clauses.CLOSERS:
        return CUE_MS
    return PAUSE_MS if sentence.clause > 1 else 2 * PAUSE_MS


def _sign(place: Place, sentence: _Sentence) -> str:
    if not _is_stop(place, sentence):
        return "，"
    return "？" if clauses.is_question(sentence.text) else "。"


def _is_stop(place: Place, sentence: _Sentence) -> bool:
    if place.right is None or place.left.text == "吗":
        return True
    waits = sentence.words[0].text in clauses.SUBORDINATES and not sentence.signs
    if waits or place.right.text in clauses.CONTINUERS:
        return place.pause_ms >= SURE_MS
    longed_for = max(LEAST_STOP_MS, STOP_MS - LENGTH_MS * max(0, len(sentence.text) - 20))
    if place.pause_ms >= longed_for or (place.pause_ms >= PAUSE_MS and clauses.is_question(sentence.text)):
        return True
    return place.pause_ms >= LIKELY_STOP_MS and len(sentence.text) >= 12 and place.right.text in clauses.STARTERS


def _cut_long(found: Sequence[Place]) -> Iterator[tuple[int, str]]:
    """Puts a comma at the longest pause within each clause that is too long to be read at one go."""
    start = size = 0
    for number, place in enumerate(found):
        size += weight(place.left)
        if not place.sign and place.right is not None:
            continue
        if place.is_starved and size > LONGEST_RUN:
            inner = [one for one in range(start + 2, number - 2) if _may_be_cut(found[one])]
            best = max(inner, key=lambda one: found[one].pause_ms, default=None)
            if best is not None and found[best].pause_ms >= LEAST_MS:
                found[best].sign = "，"
                yield best, "a long clause"
        start, size = number + 1, 0


def _may_be_cut(place: Place) -> bool:
    if not place.is_possible or place.right is None or place.right.text in clauses.NO_START:
        return False
    return place.left.text not in clauses.NEVER_END and _may_end(place) and place.left.kind not in ("p", "c")


def _enumerate(found: Sequence[Place], whys: dict[int, str]) -> None:
    """Turns new commas into 、 in lists such as 比如甲，乙和丙: short nouns, named as a list, the last two joined."""
    for number in sorted(whys, reverse=True):
        if found[number].sign == "，" and _is_list_before(found, number) and _is_list_after(found, number + 1):
            found[number].sign = "、"


def _is_list_before(found: Sequence[Place], number: int) -> bool:
    """Whether what stands before the place goes back to 比如, 包括 … over nothing but short nouns and commas."""
    run: list[Segment] = [found[number].left]
    for earlier in range(number - 1, -1, -1):
        place = found[earlier]
        if place.left.text in clauses.ENUMERATING:
            return not place.sign and clauses.is_member(run)
        if place.sign:
            if place.sign not in ("，", "、") or not clauses.is_member(run):
                return False
            run = []
        run.insert(0, place.left)
        if len(run) > _LONGEST_MEMBER:
            return False
    return False


def _is_list_after(found: Sequence[Place], number: int) -> bool:
    """Whether a short noun follows and then 和 with another, or the next member of such a list."""
    run: list[Segment] = []
    for at in range(number, min(number + _LONGEST_MEMBER, len(found) - 1)):
        if found[at].left.text in clauses.JOINING:
            return clauses.is_member(run) and _is_member_after(found, at + 1)
        run.append(found[at].left)
        if found[at].sign:
            return found[at].sign == "、" and clauses.is_member(run)
    return False


def _is_member_after(found: Sequence[Place], number: int) -> bool:
    """Whether a noun, or a clause that is no more than one, follows."""
    run: list[Segment] = []
    for at in range(number, min(number + _LONGEST_MEMBER, len(found))):
        run.append(found[at].left)
        if found[at].sign or clauses.is_noun(found[number].left):
            return clauses.is_member(run)
    return False
