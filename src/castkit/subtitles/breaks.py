"""How well a text may be broken between two words.

Rule: a break is judged by the words around it alone; the lists are data, by language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from castkit.model.language import primary

SENTENCE = 0.0
CLAUSE = 1.0
BEFORE_CONJUNCTION = 2.5
BEFORE_PREPOSITION = 4.0
AFTER_PHRASE = 4.0
PLAIN = 6.0
AFTER_ADJECTIVE = 20.0
BEFORE_PARTICLE = 15.0
INSIDE_GROUP = 22.0

_CLOSERS = "\"'”’»）)\\]』」》"
_SENTENCE_END = re.compile(rf"[.!?。！？…．][{_CLOSERS}]*$")
_CLAUSE_END = re.compile(rf"[,;:，；：、–—)）][{_CLOSERS}]*$")
_NUMBER = re.compile(r"^[\d.,]*\d$")
_ABBREVIATIONS = frozenset("mr. mrs. ms. dr. prof. st. vs. e.g. i.e. no. fig. approx. m. mme. sr. sra. z.b.".split())


@dataclass(frozen=True, slots=True)
class Words:
    """Words of one language that hold on to a neighbour; a break before a conjunction or preposition reads well.

    `determiners` and `holds_next` belong to the word after them (article and noun, auxiliary and verb), and so do
    conjunctions and prepositions; `adjectives` do unless a new phrase begins there; `holds_previous` to the one before.
    After one of `ends_phrase` a phrase is over. `numbers` belong to what they count, `particles` to the verb before
    them, and so does the second of each of `pairs` to the first.
    """

    conjunctions: frozenset[str] = frozenset()
    prepositions: frozenset[str] = frozenset()
    determiners: frozenset[str] = frozenset()
    holds_next: frozenset[str] = frozenset()
    adjectives: frozenset[str] = frozenset()
    holds_previous: frozenset[str] = frozenset()
    ends_phrase: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    particles: frozenset[str] = frozenset()
    pairs: frozenset[tuple[str, str]] = frozenset()


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _pairs(text: str) -> frozenset[tuple[str, str]]:
    """`verb:one,other` as pairs, for all the verb's forms that are given: `look looks:at,for`."""
    found = set()
    for row in text.split("; "):
        verbs, _, others = row.partition(":")
        found |= {(verb, other) for verb in verbs.split() for other in others.split(",")}
    return frozenset(found)


_EN = Words(
    conjunctions=_words(
        "and but or nor so yet because if when while although though unless until since whether than that which who "
        "whom whose where why how"
    ),
    prepositions=_words(
        "in on at as for with without by from to into onto over under after before about between among during through "
        "against across around behind beyond within toward towards per despite"
    ),
    determiners=_words("a an the this these those my your his her its our their each every another"),
    holds_next=_words(
        "of i you he she it we they is am are was were be been being has have had do does did will would shall should "
        "can could may might must cannot don't doesn't didn't isn't aren't wasn't won't can't it's i'm you're we're "
        "they're let not never mr mrs ms dr very too quite rather"
    ),
    adjectives=_words(
        "some any no all both many much most few several other such same more less only just also there new old good "
        "bad small large big short long high low young older public social common own main whole mobile little"
    ),
    holds_previous=_words("not n't ago percent else"),
    numbers=_words(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion "
        "first second third fourth fifth next last half"
    ),
    particles=_words("up out off down away aside back"),
    # Verbs whose preposition is half of their meaning; elsewhere a break before a preposition reads well.
    pairs=_pairs(
        "look looks looked looking:at,for,after,into; fill fills filled:in; listen listens listened:to; "
        "depend depends depended:on; consist consists:of; rely relies relied:on; deal deals dealt:with; "
        "bring brings brought:in,about; take takes took:on,over,in; carry carries carried:on; keep keeps kept:on; "
        "go goes went:on; talk talks talked:about; think thinks thought:about,of; wait waits waited:for; "
        "ask asks asked:for; care cares cared:about,for; belong belongs belonged:to; begin begins began:with; "
        "agree agrees agreed:on,with; pay pays paid:for; according:to; because:of; such:as; instead:of; due:to; "
        "as:well; each:other; at:least,all; out:of; kind sort lot part:of"
    ),
)
_FR = Words(
    conjunctions=_words("et ou mais donc car ni si que qui dont où quand lorsque puisque parce comme"),
    prepositions=_words("à de en dans sur sous avec sans pour par vers chez entre pendant après avant depuis contre"),
    determiners=_words(
        "le la les l' un une des du au aux ce cet cette ces mon ma mes son sa ses notre nos votre vos leur"
    ),
    holds_next=_words(
        "je tu il elle on nous vous ils elles ne se me te y est sont était ai as a avons avez ont suis es"
    ),
    adjectives=_words("très plus"),
    holds_previous=_words("pas jamais"),
)
_ES = Words(
    conjunctions=_words("y e o u pero sino porque si que quien cuando donde como aunque mientras"),
    prepositions=_words("a de en con sin por para sobre entre desde hasta hacia contra según durante del al"),
    determiners=_words(
        "el la los las un una unos unas lo este esta estos estas ese esa mi tu su nuestro nuestra sus mis"
    ),
    holds_next=_words("no se me te nos le les es son está están era ha han he hay ser"),
    adjectives=_words("muy más"),
)
_DE = Words(
    conjunctions=_words("und oder aber denn sondern weil dass wenn ob als obwohl während damit"),
    prepositions=_words(
        "in an auf aus bei mit nach von zu für durch gegen ohne um über unter vor zwischen wie im am zum zur vom beim"
    ),
    determiners=_words("der die das den dem des ein eine einen einem einer eines kein keine mein sein ihr unser"),
    holds_next=_words("ich du er sie es wir"),
    adjectives=_words("sehr"),
    holds_previous=_words("nicht"),
)
_ZH = Words(
    conjunctions=_words(
        "但是 但 可是 不过 所以 因此 因为 由于 如果 而且 并且 或者 还是 然后 那么 虽然 "
        "尽管 以及 而 还有 只要 只有 比如 例如 另外 其中"
    ),
    prepositions=_words("和 与 及 为了 通过 根据 按照 对于 关于 对 在 把 被 从 向 给 为 跟 使 让"),
    holds_next=_words(
        "是 很 太 更 最 不 没 没有 不能 不会 也 都 就 还 又 再 要 会 能 可以 应该 必须 需要 愿意 "
        "这 那 这个 那个 这些 那些 每 每个 各 第 "
        "一个 个 地 得 之 我 你 您 他 她 它 我们 你们 他们 于 以 请 有 到 所 已经 正在"
    ),
    adjectives=_words("的"),
    holds_previous=_words(
        "的 地 得 了 着 过 吗 呢 吧 啊 们 之 等 里 上 中 内 时 来说 以后 之后 以前 之前 一下 以上 以下 左右 者 们的"
    ),
    ends_phrase=_words("以后 之后 以前 之前 来说 而言 的话 时 时候 里 中 上 下 一下 以上 以下 左右 了 吗 呢 吧 起来"),
)
_BY_LANGUAGE = {"en": _EN, "fr": _FR, "es": _ES, "de": _DE, "zh": _ZH, "yue": _ZH}
_NONE = Words()


def ends_sentence(text: str) -> bool:
    """Whether a sentence ends with this word."""
    return _SENTENCE_END.search(text) is not None and text.strip().lower() not in _ABBREVIATIONS


def ends_clause(text: str) -> bool:
    """Whether a comma or its like, or the end of a sentence, stands after this word."""
    return _CLAUSE_END.search(text) is not None or ends_sentence(text)


def break_cost(left: str, right: str, language: str, *, earlier: str = "") -> float:
    """The harm done by breaking between two words: 0 after a sentence, 22 between an article and its noun.

    `earlier` is the word before `left`: after an article, a word is more often followed by its noun than not.
    """
    if ends_clause(left):
        return SENTENCE if ends_sentence(left) else CLAUSE
    table = _BY_LANGUAGE.get(primary(language), _NONE)
    before, after = _bare(left), _bare(right)
    if _hold_together(left, right, table):
        return INSIDE_GROUP
    costs = (
        (after in table.particles and before not in table.prepositions, BEFORE_PARTICLE),
        (after in table.conjunctions, BEFORE_CONJUNCTION),
        (after in table.prepositions, BEFORE_PREPOSITION),
        (before in table.ends_phrase, AFTER_PHRASE),
        (before in table.adjectives or _is_in_noun_phrase(earlier, after, table), AFTER_ADJECTIVE),
    )
    return next((cost for holds, cost in costs if holds), PLAIN)


def _hold_together(left: str, right: str, table: Words) -> bool:
    """Whether a reader would stumble over a break here: article and noun, number and unit, first and last name."""
    before, after = _bare(left), _bare(right)
    if before in table.determiners | table.holds_next | table.conjunctions | table.prepositions:
        return True
    if (before, after) in table.pairs:
        return True
    is_open = after not in table.conjunctions | table.prepositions  # "one of", "the first to come"
    is_number = (_NUMBER.match(before) is not None or before in table.numbers) and is_open
    return after in table.holds_previous or is_number or left.endswith(".") or (_is_name(left) and _is_name(right))


def _is_in_noun_phrase(earlier: str, after: str, table: Words) -> bool:
    """Whether the word between these is rather an adjective than a noun: it follows an article, and no verb it."""
    return _bare(earlier) in table.determiners and after not in table.holds_next


def _is_name(word: str) -> bool:
    return word.strip()[:1].isupper()


def _bare(word: str) -> str:
    return word.strip().strip("\"'“”‘’«»()（）《》.,;:!?，。；：！？、").replace("’", "'").lower()
