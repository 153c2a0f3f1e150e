"""Where Chinese clauses begin and end, and which sentences are questions: words as data.

Rule: simplified script; a word stands here for how it is used most, and what is doubtful stands nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from castkit.wording.segments import Segment

# They open a clause wherever they stand, without any pause before them.
CONNECTIVES = frozenset(
    "但是 但 可是 然而 不过 所以 因此 因为 由于 如果 假如 要是 虽然 尽管 即使 哪怕 既然 而且 并且 此外 另外 于是 "
    "否则 不然 比如 比如说 例如 譬如 也就是说 换句话说 总之 总的来说 其实 反正 除非 不管 无论 甚至 从而 同时 "
    "首先 其次 再次 最后 然后 接着 因而 至于 当然 那么".split()
)

# The surest of them: a comma stands before them even where nobody heard a pause.
SURE_CONNECTIVES = frozenset(
    "但是 但 可是 然而 所以 因此 如果 虽然 尽管 而且 此外 另外 于是 否则 比如 例如 也就是说 换句话说".split()
)

# A short pause after them is a comma: what has been named stands before what is said of it.
CLOSERS = frozenset(
    "的话 来说 而言 来讲 来看 说来 时候 以后 之后 以前 之前 之外 以外 下 中 里 上 来 首先 其次 最后 另外 此外 总之 "
    "其实 当然 那么 然后 同时 好 对 是的 好的 说 了 呢 吧 啊 嘛 呀 啦".split()
)

# What needs more after it: no clause ends here.
NEVER_END = frozenset(
    "和 与 及 以及 或 或者 跟 把 被 从 向 往 为了 让 使 将 以 由 按 按照 根据 通过 关于 这些 那些 一些 各 某 该 "
    "如果 虽然 而 并 并且 由于 即使 无论 不管 第 约 大约 叫 很 太 最 更 非常 比较 每 地 就是 一个 这个 那个".split()
)

# The same, unless the speaker stopped altogether.
SELDOM_END = frozenset(
    "但 的 得 同 在 是 对 给 为 于 不 没 就 都 也 还 又 再 才 只 已经 正在 会 能 要 可以 应该 必须 可能 这 那 哪 "
    "我的 你的 他的 几个 什么 怎么 为什么 如何 多少 因为 但是 可是 而且 所以 因此 比如 例如 大概 超过 至 到 等于 请 像 "
    "没有 有".split()
)

# What belongs to the words before it: no clause begins here.
NO_START = frozenset(
    "的 地 得 了 着 过 们 之 等 等等 吗 呢 吧 啊 呀 嘛 啦 么 来说 而言 来讲 来看 的话 时候 时 上 里 中 下 内 外 左右 "
    "以上 以下 之间 起来 下来 下去 出来 一下 一点 多 个 % ％ 和 与 及 以及 或 是".split()
)

# Sentences that go on begin with one of these, however long the pause before them.
CONTINUERS = frozenset("但是 但 可是 所以 因此 而且 并且 然而 以及 从而 因为 同时 否则 比如 例如 甚至".split())

# A clause that begins with one of these waits for another.
SUBORDINATES = frozenset("如果 假如 要是 虽然 尽管 即使 哪怕 既然 因为 由于 只要 只有 除非 无论 不管 当".split())

STARTERS = frozenset("我 我们 你 你们 您 他 他们 她 她们 它 它们 这 那 大家 这个 这些 首先 其次 最后 今天 现在".split())

ENUMERATING = frozenset("比如 比如说 例如 包括 像 有 如 包含 譬如".split())
JOINING = frozenset("和 与 及 以及 跟 或 或者".split())

_QUESTION_END = re.compile(r"(?<!干)(吗|么)$")
_QUESTION = re.compile(
    r"什么|怎么|怎样|如何|多少|为何|哪[里儿些个位种年天]|哪$|(?<!的)几[个位种点年天次岁]|谁|多[久长大远]$"
    r"|是不是|是否|能否|可否|有没有|会不会|能不能|要不要|可不可以|对不对|好不好|行不行|愿不愿意|应不应该|值不值得|够不够|算不算"
)
# Before a question word they make a statement of it: 我们研究了为什么…
_EMBEDDING = re.compile(
    r"(知道|清楚|明白|了解|理解|研究|讨论|解释|说明|决定|告诉|看看|看到|谈谈|谈一谈|说说|想想|发现|关于|取决于|不管|无论|不论|回答|学会|学习|思考|确定)"
)
# Question words that ask nothing.
_ASKING_NOTHING = re.compile(
    r"没(有)?什么|什么(都|也|的$|样的)|(谁|哪里|怎么|多少)(都|也)|(不|没)(怎么|多少)|多少有|几个(月|人|小时)?(以)?[前后来]|(有|这|那|好|十|想|说|做)(着)?什么就"
)
_ADDRESSED = re.compile(r"您|你|请问")


def is_question(sentence: str) -> bool:
    """Whether a sentence without its final sign asks: by its last particle, or a question word in its last clause."""
    if _QUESTION_END.search(sentence):
        return True
    clause = re.split(r"[，,；：]", sentence)[-1]
    found = _QUESTION.search(_ASKING_NOTHING.sub("", clause))
    if sentence.endswith("呢"):
        return len(sentence) <= 6 or found is not None
    if found is None or sentence.endswith(("的", "了", "吧")):
        return False
    embedding = _EMBEDDING.search(clause)
    if embedding is None or embedding.start() > found.start():
        return True
    return _ADDRESSED.search(clause[: embedding.start()]) is not None and "不" not in clause[: embedding.end()]


def is_noun(segment: Segment) -> bool:
    """Whether this may stand in a list of things (jieba's noun tags, and words it does not know)."""
    return segment.kind.startswith("n") or segment.kind in ("vn", "l", "j", "eng", "zg", "an")


def is_member(run: Sequence[Segment]) -> bool:
    """Whether a run of words can be a member of a list: short, and a noun with what describes it."""
    size = sum(len(segment.text) for segment in run)
    return 0 < size <= 8 and is_noun(run[-1]) and all(is_noun(one) or one.kind in ("v", "a", "b") for one in run)
