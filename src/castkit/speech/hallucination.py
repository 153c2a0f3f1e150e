"""Text that Whisper is known to invent where nobody speaks, and loops it falls into.

Rule: words are taken out only where the sound gives no evidence for them, and what was taken out is told.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from castkit.model.transcript import Word
from castkit.speech.transcriber import Heard

# From openai-whisper's and faster-whisper's issue trackers, compared without case, spaces and punctuation: the credits
# and closings of the subtitles the models were trained on, Chinese ones in both scripts.
PHRASES = (
    "thank you", "thank you for watching", "thanks for watching", "thank you very much", "please subscribe",
    "thanks for watching and please subscribe", "like and subscribe", "see you next time", "bye", "bye bye", "you",
    "subtitles by the amara.org community", "transcription by castingwords", "subtitles by steamteamextra",
    "字幕由amara.org社区提供", "字幕由amara.org社區提供", "中文字幕志愿者杨茜茜", "字幕志愿者李宗盛",
    "字幕志願者李宗盛", "请不吝点赞订阅转发打赏支持明镜与点点栏目", "請不吝點贊訂閱轉發打賞支持明鏡與點點欄目",
    "请不吝点赞订阅", "請不吝點贊訂閱", "谢谢大家", "謝謝大家", "谢谢观看", "謝謝觀看", "谢谢收看", "謝謝收看",
    "感谢观看", "感謝觀看", "感谢收看", "感謝收看",
    "优优独播剧场yoyotelevisionseriesexclusive", "優優獨播劇場yoyotelevisionseriesexclusive", "by索兰娅", "by索蘭婭",
    "sous-titres réalisés par la communauté d'amara.org", "sous-titrage st' 501", "merci d'avoir regardé cette vidéo",
    "untertitel der amara.org-community", "untertitel im auftrag des zdf für funk, 2017", "vielen dank fürs zuschauen",
    "subtítulos realizados por la comunidad de amara.org", "¡gracias por ver el vídeo!",
    "ご視聴ありがとうございました", "시청해주셔서 감사합니다", "продолжение следует", "субтитры сделал dimatorzok",
)  # fmt: skip

SURE = 0.6  # mean probability of speech above which a stretch is certainly somebody's voice
DOUBTED = -0.8  # mean log probability below which the model itself hardly believes its words
FASTEST_LETTERS = 30  # a second; nobody speaks faster
FASTEST_CHARACTERS = 12  # the same for Chinese characters, kana and hangul
LONGEST_UNIT = 24  # words (characters in Chinese) that a loop may repeat
FEWEST_TURNS = 4  # in a text that repeats itself by its compression ratio
CERTAIN_TURNS = 7  # anywhere: nobody says one thing seven times running, and a loop may hide in a longer text


def bare(text: str) -> str:
    """The text's letters and digits alone, for comparing."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


_PHRASES = frozenset(bare(phrase) for phrase in PHRASES)


@dataclass(frozen=True, slots=True)
class Evidence:
    """How much speech the sound of a window holds: milliseconds, and the mean probability within them."""

    speech_ms: int
    probability: float


def believed(heard: Heard, evidence: Evidence) -> tuple[tuple[Word, ...], str]:
    """The words the sound gives reason for, and what was left out and why (empty where nothing was)."""
    words = without_loops(heard.words, FEWEST_TURNS if heard.repeats_itself else CERTAIN_TURNS)
    if len(words) < len(heard.words):
        return words, f"a loop of {len(heard.words) - len(words)} words"
    if bare(heard.text) in _PHRASES and not _is_spoken(heard, evidence):
        return (), f"{heard.text!r}, which Whisper invents in silence"
    return heard.words, ""


def _is_spoken(heard: Heard, evidence: Evidence) -> bool:
    letters = bare(heard.text)
    wide = sum(1 for c in letters if unicodedata.east_asian_width(c) == "W")
    needed_s = wide / FASTEST_CHARACTERS + (len(letters) - wide) / FASTEST_LETTERS
    return evidence.speech_ms >= 1000 * needed_s and evidence.probability >= SURE and heard.log_probability >= DOUBTED


def without_loops(words: Sequence[Word], fewest_turns: int = FEWEST_TURNS) -> tuple[Word, ...]:
    """The words, every run of at least `fewest_turns` equal units reduced to its first turn."""
    kept: list[Word] = []
    index = 0
    while index < len(words):
        unit, turns = _loop_at(words, index, fewest_turns)
        kept.extend(words[index : index + unit])
        index += unit * turns
    return tuple(kept)


def _loop_at(words: Sequence[Word], start: int, fewest_turns: int) -> tuple[int, int]:
    """Length and number of turns of the shortest loop that begins here; (1, 1) where there is none."""
    texts = [bare(word.text) for word in words[start : start + LONGEST_UNIT * fewest_turns]]
    for unit in range(1, min(LONGEST_UNIT, len(texts) // fewest_turns) + 1):
        if texts[:unit] * fewest_turns == texts[: unit * fewest_turns]:
            rest = [bare(word.text) for word in words[start:]]
            turns = fewest_turns
            while rest[turns * unit : (turns + 1) * unit] == rest[:unit]:
                turns += 1
            return unit, turns
    return 1, 1
