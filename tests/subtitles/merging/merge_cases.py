"""Episodes that never were: words, cues, translations, a person's edits, a new recognition and a new cut.

Nothing here is castkit's but its plain types: what must come out of a merge is known by how the case was made.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace

from castkit.model.cue import Cue

EN = """the a of to and in that it we you they was for on with as this but not are from have one what there so can out
about who time up into just some could people other than then now look only come its over think also back after use two
how our work first well way even new want because any these give day most us sound bridge river market voice paper
station winter harbour teacher garden letter window kitchen engine island ticket summer doctor silver mountain history
language music record train village question answer morning evening borrow listen carry follow remember forget gather
quiet narrow bright ancient gentle heavy golden simple strange careful eleven twelve thirty hundred thousand""".split()
ZH = """我们 你们 他们 这个 那个 时候 声音 桥 河 市场 报纸 车站 冬天 港口 老师 花园 信 窗户
厨房 机器 岛 车票 夏天 医生 银 山 历史 语言 音乐 录音 火车 村子 问题 回答 早上 晚上
借 听 带 跟着 记得 忘记 收集 安静 窄 明亮 古老 温柔 重 金色 简单 奇怪 小心 十一
十二 三十 一百 一千 的 了 是 在 有 和 也 就 都 说 去 来 看 想
做 好 大 小 多 少 会 能 要 过 给 对 从 把 被 让 因为 所以
但是 如果 可以 应该 已经 还是 非常 一起 开始 结束 之前 之后 里面 外面""".split()


@dataclass(frozen=True)
class Said:
    """A word of the recording: what it is in either language, and when (ms); `number` is None where it is new."""

    number: int | None
    word: str
    translated: str
    start_ms: int
    end_ms: int


@dataclass
class Returned:
    """A cue of the person's file, and whether they touched it."""

    cue: Cue
    is_human: bool = False


@dataclass
class Case:
    """`cut`: spans of the old clock that are gone; `grid`: by base cue, the numbers of its words."""

    base: list[Cue]
    source: list[Cue]
    grid: list[tuple[int, ...]]
    new: list[Cue] = field(default_factory=list)
    new_source: list[Cue] = field(default_factory=list)
    new_grid: list[tuple[Said, ...]] = field(default_factory=list)
    cut: list[tuple[int, int]] = field(default_factory=list)
    later_ms: int = 0  # what the new edit puts before everything
    length_ms: int = 0
    theirs: list[Returned] = field(default_factory=list)
    deleted: list[int] = field(default_factory=list)  # base cues that were taken out, where that is plain
    touched: set[int] = field(default_factory=set)  # base cues that are not as they were
    edits: int = 0

    def at(self, ms: int) -> int:
        """A moment of the old clock on the new one, by plain arithmetic; one that was cut lies where the cut is."""
        gone = sum(max(0, min(end, ms) - start) for start, end in self.cut if start < ms)
        return ms - gone + self.later_ms

    def left_ms(self, cue: Cue) -> int:
        """How much of a cue's time the new cut leaves."""
        gone = sum(max(0, min(end, cue.end_ms) - max(start, cue.start_ms)) for start, end in self.cut)
        return cue.duration_ms - gone


def case(seed: int) -> Case:
    """A whole case; the same for the same seed."""
    chance = random.Random(seed)
    languages = chance.choice([(EN, ZH), (ZH, EN), (EN, EN), (ZH, ZH)])
    is_transcript = languages[0] is languages[1]
    words = _said(chance, languages, is_transcript)
    rows = _rows(chance, words)
    made = Case(_cues(rows, languages[1], "translated"), _cues(rows, languages[0], "word"), [])
    made.grid = [tuple(word.number for word in row if word.number is not None) for row in rows]
    made.length_ms = words[-1].end_ms + 2000
    if chance.random() < 0.7:
        made.cut, made.later_ms = _cut(chance, made.length_ms), chance.choice([0, 0, 1500, 4000])
    heard = _heard_again(chance, words, languages, is_transcript)
    new = [
        _moved(made, word)
        for word in heard
        if not any(s <= (word.start_ms + word.end_ms) // 2 < e for s, e in made.cut)
    ]
    new_rows = _rows(chance, new)
    made.new, made.new_source = _cues(new_rows, languages[1], "translated"), _cues(new_rows, languages[0], "word")
    made.new_grid = [tuple(row) for row in new_rows]
    _edit(chance, made, languages[1])
    return made


def _said(chance: random.Random, languages: tuple[list[str], list[str]], is_transcript: bool) -> list[Said]:
    at, words = 1000, []
    pairs = {word: word if is_transcript else chance.choice(languages[1]) for word in languages[0]}
    for number in range(chance.randint(250, 700)):
        at += chance.choice([0, 0, 0, 30, 120]) if chance.random() < 0.93 else chance.randint(500, 3000)
        end = at + chance.randint(140, 480)
        word = chance.choice(languages[0])
        words.append(Said(number, word, pairs[word], at, end))
        at = end
    return words


def _rows(chance: random.Random, words: list[Said]) -> list[list[Said]]:
    """Words by cue: broken at pauses, and after 4 to 13 words."""
    rows: list[list[Said]] = []
    most = 0
    for word in words:
        if not rows or len(rows[-1]) >= most or word.start_ms - rows[-1][-1].end_ms > 600:
            rows.append([])
            most = chance.randint(4, 13)
        rows[-1].append(word)
    return rows


def _cues(rows: list[list[Said]], language: list[str], what: str) -> list[Cue]:
    cues = []
    for index, row in enumerate(rows):
        after = rows[index + 1][0].start_ms if index + 1 < len(rows) else row[-1].end_ms + 1000
        cues.append(
            Cue(row[0].start_ms, min(after, row[-1].end_ms + 300), text([getattr(w, what) for w in row], language))
        )
    return cues


def text(words: list[str], language: list[str]) -> str:
    """Words as a cue shows them: in two lines where they are many."""
    half = (len(words) + 1) // 2 if len(words) > 7 else len(words)
    space, stop = ("", "。") if language is ZH else (" ", ".")
    return "\n".join(filter(None, (space.join(words[:half]), space.join(words[half:])))) + stop


def _heard_again(
    chance: random.Random, words: list[Said], languages: tuple[list[str], list[str]], is_transcript: bool
) -> list[Said]:
    other, wording = chance.choice([0.0, 0.03, 0.12]), 0.0 if is_transcript else chance.choice([0.0, 0.05, 0.3])
    heard: list[Said] = []
    for word in words:
        luck = chance.random()
        if other <= luck < other + 0.01:
            continue
        now = word
        if luck < other:
            new = chance.choice(languages[0])
            now = replace(word, number=None, word=new, translated=new if is_transcript else chance.choice(languages[1]))
        elif chance.random() < wording:
            now = replace(word, translated=chance.choice(languages[1]))
        shift = chance.randint(-60, 60)
        start = max(heard[-1].end_ms if heard else 0, word.start_ms + shift)
        heard.append(replace(now, start_ms=start, end_ms=max(start + 60, word.end_ms + shift)))
    return heard


def _cut(chance: random.Random, length_ms: int) -> list[tuple[int, int]]:
    cuts: list[tuple[int, int]] = []
    for _ in range(chance.randint(0, 3)):
        start = chance.randint(3000, length_ms - 30_000)
        end = start + chance.randint(800, 20_000)
        if all(end + 3000 < one or start > other + 3000 for one, other in cuts):
            cuts.append((start, end))
    return sorted(cuts)


def _moved(made: Case, word: Said) -> Said:
    return replace(word, start_ms=made.at(word.start_ms), end_ms=made.at(word.end_ms))


def _edit(chance: random.Random, made: Case, language: list[str]) -> None:
    """4 to 20 edits of all kinds, each on cues that no other touches; now and then the whole file is shifted."""
    slots: list[list[Returned]] = [[Returned(cue)] for cue in made.base]
    free = list(range(len(slots)))
    chance.shuffle(free)
    edits = [_reword, _rewrite, _split, _join, _delete, _insert, _retime, _reword_and_retime, _carry]
    for _ in range(chance.randint(4, 20)):
        index = next((one for one in free if one not in made.touched and one + 1 not in made.touched), None)
        if index is None or index + 1 >= len(slots):
            continue
        chance.choice(edits)(chance, made, slots, index, language)
        free.remove(index)
        made.edits += 1
    made.theirs = [one for slot in slots for one in slot]
    made.deleted = [one for one in made.deleted if _is_plain(made, one)]
    if chance.random() < 0.05:
        by = chance.randint(100, 3000)
        made.theirs = [
            Returned(replace(one.cue, start_ms=one.cue.start_ms + by, end_ms=one.cue.end_ms + by), is_human=True)
            for one in made.theirs
        ]
        made.touched, made.deleted = set(range(len(made.base))), []
    if chance.random() < 0.5:  # as often as not the person's program sorts the file
        made.theirs.sort(key=lambda one: one.cue.start_ms)


def _is_plain(made: Case, index: int) -> bool:
    """A deletion that can be nothing else: not a rewriting (something stands there now), nor half of a merge."""
    cue = made.base[index]
    human = [one.cue for one in made.theirs if one.is_human]
    is_empty = not any(one.start_ms < cue.end_ms and cue.start_ms < one.end_ms for one in human)
    is_gone = not any(cue.text in one.text for one in human)  # of two cues of the same words either may be the one
    return is_empty and is_gone and not {index - 1, index + 1} & (made.touched - set(made.deleted))


def _words(chance: random.Random, language: list[str], count: int) -> list[str]:
    return [chance.choice(language) for _ in range(count)]


def _reword(chance, made, slots, index, language) -> None:
    """A word or two are others."""
    cue = made.base[index]
    new = cue.text[: len(cue.text) // 2] + text(_words(chance, language, 2), language)
    slots[index] = [Returned(replace(cue, text=new + "!"), is_human=True)]
    made.touched.add(index)


def _rewrite(chance, made, slots, index, language) -> None:
    new = text(_words(chance, language, chance.randint(2, 12)), language)
    slots[index] = [Returned(replace(made.base[index], text=new + "?"), is_human=True)]
    made.touched.add(index)


def _split(chance, made, slots, index, language) -> None:
    cue = made.base[index]
    at = max(1, round(len(cue.text) * chance.uniform(0.3, 0.7)))
    middle = cue.start_ms + cue.duration_ms * at // len(cue.text)
    first, second = cue.text[:at].strip() or "…", cue.text[at:].strip() or "…"
    if chance.random() < 0.3:
        second = text(_words(chance, language, 4), language)
    gap = chance.choice([0, 80])
    parts = [Cue(cue.start_ms, middle - gap, first), Cue(middle, cue.end_ms, second)]
    slots[index] = [Returned(one, is_human=True) for one in parts]
    made.touched.add(index)


def _join(chance, made, slots, index, language) -> None:
    one, other = made.base[index], made.base[index + 1]
    new = (
        f"{one.text}\n{other.text}"
        if chance.random() < 0.7
        else f"{one.text}\n{text(_words(chance, language, 3), language)}"
    )
    slots[index] = [Returned(Cue(one.start_ms, other.end_ms, new), is_human=True)]
    slots[index + 1] = []
    made.touched |= {index, index + 1}


def _delete(chance, made, slots, index, language) -> None:
    slots[index] = []
    made.touched.add(index)
    made.deleted.append(index)


def _insert(chance, made, slots, index, language) -> None:
    """In a pause where there is one, otherwise over what is there."""
    cue, after = made.base[index], made.base[index + 1]
    start = cue.end_ms + chance.choice([0, 40, 200])
    end = after.start_ms if after.start_ms - start > 500 else start + chance.randint(300, 1200)
    new = Cue(start, end, f"[{text(_words(chance, language, 3), language)}]")
    slots[index].append(Returned(new, is_human=True))


def _retime(chance, made, slots, index, language) -> None:
    cue = slots[index][0].cue
    start = max(0, cue.start_ms + chance.choice([-700, -240, -41, 3, 90, 400]))
    end = max(start + 120, cue.end_ms + chance.choice([-500, -120, 0, 7, 80, 650]))
    slots[index] = [Returned(replace(cue, start_ms=start, end_ms=end), is_human=True)]
    made.touched.add(index)


def _reword_and_retime(chance, made, slots, index, language) -> None:
    _reword(chance, made, slots, index, language)
    _retime(chance, made, slots, index, language)


def _carry(chance, made, slots, index, language) -> None:
    """To another place altogether."""
    cue = made.base[index]
    by = chance.choice([-1, 1]) * chance.randint(4000, 40_000)
    start = min(max(0, cue.start_ms + by), made.length_ms - cue.duration_ms)
    slots[index] = [Returned(replace(cue, start_ms=start, end_ms=start + cue.duration_ms), is_human=True)]
    made.touched.add(index)
