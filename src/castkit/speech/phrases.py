"""What Whisper is known to write where nobody speaks: credits and closings of the subtitles it learned from.

Rule: a phrase is only recognised here, never judged; people do say "thank you", and it is the sound that decides.
Sources: openai/whisper discussions 679, 928, 1606 and 1873, SYSTRAN/faster-whisper 850, ggml-org/whisper.cpp 887, 1592
and 2629, Vexa-ai/vexa 155 and 619, dyphire/mpv-sub-fastwhisper 9, and the tables of the tools built on them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from castkit.model.transcript import Word

# Credits: nobody says them. A few more letters of the sentence around one of these belong to it, because the names
# change; who says much more speaks about subtitles.
CREDITS: dict[str, str] = {
    "any": (
        "amara.org | castingwords | steamteamextra | www.mooji.org | otter.ai | soustitreur.com | "
        "opensubtitles.org | yoyo television series exclusive | dimatorzok | alimmenta.com | www.multi-moto.eu | "
        "beadaholique.com"
    ),
    "zh-Hans": (
        "字幕由amara.org社区提供 | 由amara.org社群提供的字幕 | 请不吝点赞订阅转发打赏支持明镜与点点栏目 | "
        "请不吝点赞 | 打赏支持明镜 | 明镜与点点栏目 | 明镜需要您的支持 | 欢迎订阅明镜 | 欢迎收看订阅明镜 | "
        "中文字幕志愿者 | 字幕志愿者 | 中文字幕李宗盛 | 优优独播剧场 | 独播剧场 | 字幕by索兰娅 | 字幕制作时间轴 | "
        "词曲李宗盛 | 作词李宗盛 | 作曲李宗盛 | 编曲李宗盛"
    ),
    "zh-Hant": (
        "字幕由amara.org社區提供 | 由amara.org社群提供的字幕 | 請不吝點贊訂閱轉發打賞支持明鏡與點點欄目 | "
        "請不吝點贊 | 請不吝點讚 | 打賞支持明鏡 | 明鏡與點點欄目 | 明鏡需要您的支持 | 歡迎訂閱明鏡 | "
        "歡迎收看訂閱明鏡 | 中文字幕志願者 | 字幕志願者 | 中文字幕李宗盛 | 優優獨播劇場 | 獨播劇場 | 字幕by索蘭婭 | "
        "字幕製作時間軸 | 詞曲李宗盛 | 作詞李宗盛 | 作曲李宗盛 | 編曲李宗盛"
    ),
    "en": (
        "subtitles by the | subtitled by | captions by | captioned by | transcription by | transcribed by | "
        "ming pao canada | ming pao toronto"
    ),
    "de": (
        "untertitel im auftrag | untertitelung im auftrag | untertitelung des zdf | untertitelung aufgrund | "
        "untertitel von | untertitel der | copyright wdr | swr 2020 | swr 2021 | deutsche bibelgesellschaft"
    ),
    "fr": (
        "sous-titres réalisés | sous-titres par | sous-titres fait | sous-titrage st' 501 | "
        "sous-titrage société radio-canada"
    ),
    "es": (
        "subtítulos realizados | subtítulos por | subtítulos hechos | subtítulos creados | "
        "subtítulos en español de | subtitulado por"
    ),
    "pt": "legendas pela | legendas por | transcrição e legendas",
    "it": "sottotitoli creati | sottotitoli e revisione | sottotitoli a cura",
    "nl": "ondertitels ingediend | ondertiteld door | ondertiteling door",
    "da, nb, sv": "danske tekster af | undertekster av | tekstet av | undertexter från",
    "pl, cs, lv": (
        "napisy stworzone przez | napisy wykonane przez | napisy robione przez | tłumaczenie i napisy | "
        "titulky vytvořil | subtitrus sagatavoja"
    ),
    "tr, el, vi": "altyazı m.k | υπότιτλοι authorwave | ghiền mì gõ",
    "ru": (
        "субтитры сделал | субтитры создавал | субтитры делал | субтитры подготовлены | редактор субтитров | "
        "корректор а.егорова"
    ),
}

# The prompts that set Chinese style (recognise.STYLE) and their likes, read back: no sound has these words.
PROMPTS: dict[str, str] = {
    "zh-Hans": "以下是普通话 | 普通话的句子 | 以下是广东话 | 以下系广东话 | 广东话嘅句子",
    "zh-Hant": "以下是普通話 | 普通話的句子 | 以下是廣東話 | 以下係廣東話 | 廣東話嘅句子",
}

# Closings: people do say them, and Whisper ends its silence with them. A sentence that is one of these, nothing else.
CLOSINGS: dict[str, str] = {
    "zh-Hans": (
        "谢谢大家 | 谢谢大家再见 | 大家再见 | 谢谢 | 谢谢观看 | 谢谢收看 | 谢谢收听 | 感谢观看 | 感谢收看 | 感谢收听 | "
        "谢谢大家观看 | 谢谢大家收看 | 感谢您的观看 | 感谢您的收看 | 感谢大家的观看 | 我们下期再见 | 下期再见 | "
        "下集再见 | 我们下次再见 | 谢谢观看下集再见 | 再见 | 拜拜 | 请订阅 | 点赞订阅 | 欢迎订阅 | 欢迎订阅我的频道 | "
        "订阅转发 | 多谢收睇"
    ),
    "zh-Hant": (
        "謝謝大家 | 謝謝大家再見 | 大家再見 | 謝謝 | 謝謝觀看 | 謝謝收看 | 謝謝收聽 | 感謝觀看 | 感謝收看 | 感謝收聽 | "
        "謝謝大家觀看 | 謝謝大家收看 | 感謝您的觀看 | 感謝您的收看 | 感謝大家的觀看 | 我們下期再見 | 下期再見 | "
        "下集再見 | 我們下次再見 | 謝謝觀看下集再見 | 再見 | 拜拜 | 請訂閱 | 點贊訂閱 | 點讚訂閱 | 按讚訂閱 | "
        "歡迎訂閱 | 歡迎訂閱我的頻道 | 訂閱轉發 | 多謝收睇"
    ),
    "en": (
        "thank you | thank you very much | thank you so much | thanks | thank you for watching | "
        "thanks for watching | thank you so much for watching | thanks for watching this video | "
        "thank you for watching this video | thanks for watching and please subscribe | "
        "thank you for watching please subscribe | please subscribe | please like and subscribe | "
        "like and subscribe | don't forget to like and subscribe | subscribe to my channel | "
        "please subscribe to my channel | please subscribe to our channel | see you next time | "
        "i'll see you next time | see you in the next video | see you next video | i'll see you in the next video | "
        "i'll see you in the next one | thanks for listening | thank you for listening | we'll be right back | bye | "
        "bye bye | goodbye | the end | god bless you | have a great day"
    ),
    "de": (
        "vielen dank | vielen dank fürs zuschauen | vielen dank für's zuschauen | danke fürs zuschauen | "
        "danke schön | bis zum nächsten mal | bis zum nächsten video"
    ),
    "nl": "bedankt | bedankt voor het kijken | dank u wel | tot de volgende keer",
    "fr": (
        "merci | merci d'avoir regardé | merci d'avoir regardé cette vidéo | "
        "merci d'avoir regardé cette vidéo et à bientôt | à bientôt | abonnez-vous | abonnez-vous à ma chaîne"
    ),
    "es": (
        "gracias | muchas gracias | gracias por ver el video | gracias por ver el vídeo | suscríbete | "
        "suscríbete al canal | hasta la próxima"
    ),
    "pt": (
        "obrigado | obrigada | obrigado por assistir | obrigado por assistir ao vídeo | inscreva-se no canal | "
        "até a próxima"
    ),
    "it": "grazie | grazie per aver guardato il video | grazie per la visione | iscriviti al canale",
    "pl": "dziękuję | dziękuję za obejrzenie | dziękuję za uwagę | dzięki za oglądanie",
    "tr": ("teşekkürler | abone olmayı unutmayın | izlediğiniz için teşekkürler | izlediğiniz için teşekkür ederim"),
    "id, vi": (
        "terima kasih | terima kasih telah menonton | cảm ơn các bạn đã xem video | cảm ơn các bạn đã theo dõi | "
        "hẹn gặp lại các bạn trong những video tiếp theo"
    ),
    "ru": (
        "спасибо | спасибо за просмотр | спасибо за внимание | продолжение следует | подписывайтесь на канал | "
        "подписывайтесь на мой канал | до новых встреч"
    ),
    "el, ar, he, hi": (
        "ευχαριστώ που παρακολουθήσατε | شكرا | شكرا على المشاهدة | اشتركوا في القناة | תודה | תודה רבה | धन्यवाद"
    ),
    "ja": (
        "ご視聴ありがとうございました | ご視聴ありがとうございます | ありがとうございました | おやすみなさい | "
        "見てくれてありがとう | 最後までご視聴いただきありがとうございました | "
        "最後までご視聴いただきありがとうございます | 次の動画でお会いしましょう | チャンネル登録お願いします | "
        "チャンネル登録よろしくお願いします | チャンネル登録をお願いいたします"
    ),
    "ko": (
        "시청해주셔서 감사합니다 | 감사합니다 | 구독과 좋아요 부탁드립니다 | 다음 영상에서 만나요 | "
        "다음 시간에 만나요 | mbc 뉴스"
    ),
}

# What a click or a breath becomes: only where a window has no other word.
FILLERS: dict[str, str] = {
    "en": (
        "you | the | so | oh | okay | ok | yeah | uh | um | hmm | mm | mhm | i | i don't know | i'm sorry | music | "
        "applause | laughter | blank audio | silence"
    ),
    "zh": "嗯 | 啊 | 呃 | 哦 | 好 | 音乐 | 音樂 | 掌声 | 掌聲 | 字幕 | 字幕by",
    "other": "musik | musique | música | музыка | аплодисменты | 音楽 | 拍手 | はい | 음악 | 네",
}

SHORTEST_ECHO = 6  # letters of the prompt that are no chance: a name alone may well be said
AROUND = (30, 30)  # letters before and after a credit that belong to it: a name, "and revision"
AROUND_WIDE = (6, 12)  # the same in Chinese, where no full stop may lie between it and real words
SHORTEST_TAIL = 4  # characters of a closing that is looked for at the end of a text without punctuation
SENTENCE_END = frozenset(".!?。！？…")
PAUSE_MS = 600


def bare(text: str) -> str:
    """The text's letters and digits alone, for comparing."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def is_wide(text: str) -> bool:
    """Whether any of it is Chinese, kana or hangul, which may stand without spaces and punctuation."""
    return any(unicodedata.east_asian_width(c) == "W" for c in text)


@dataclass(frozen=True, slots=True)
class Run:
    """Words `start` to `stop` (excluded) of a window."""

    start: int
    stop: int

    def of(self, words: Sequence[Word]) -> Sequence[Word]:
        return words[self.start : self.stop]


def text_of(words: Sequence[Word]) -> str:
    """What these words say together."""
    return "".join(word.text for word in words).strip()


def sentences(words: Sequence[Word], breaks: Collection[int] = ()) -> Iterator[Run]:
    """The sentences of a window: up to a full stop, a pause that ends an utterance, or a word whose index is given."""
    start = 0
    for index, word in enumerate(words):
        is_last = index + 1 == len(words) or index + 1 in breaks
        ends = word.text.rstrip(" \"'”’」』)）")[-1:] in SENTENCE_END
        if is_last or ends or words[index + 1].start_ms - word.end_ms >= PAUSE_MS:
            yield Run(start, index + 1)
            start = index + 1


def known(words: Sequence[Word], *, prompt: str = "", breaks: Collection[int] = ()) -> tuple[Run, ...]:
    """The words of a window that are a known phrase, in order and apart from one another.

    All of them are one where they say no more than what the model was given as `prompt`. `breaks` are words before
    which there is a pause.
    """
    said = bare(text_of(words))
    if is_filler(words) or (len(said) >= SHORTEST_ECHO and said in bare(prompt)):
        return (Run(0, len(words)),)
    found = (_known_in(words, sentence) for sentence in sentences(words, breaks))
    return tuple(run for run in found if run)


def is_filler(words: Sequence[Word]) -> bool:
    """Whether these words are no more than what a click or a breath becomes."""
    return bare(text_of(words)) in _FILLERS


def is_prompt(words: Sequence[Word]) -> bool:
    """Whether one of castkit's own prompts is in these words."""
    said = bare(text_of(words))
    return any(one in said for one in _PROMPTS)


def _known_in(words: Sequence[Word], sentence: Run) -> Run | None:
    text = text_of(sentence.of(words))
    said = bare(text)
    if said in _CLOSINGS:
        return sentence
    if credit := _credit_in(text):
        start, stop = credit[0], credit[0] + credit[1]
        before, after = AROUND_WIDE if is_wide(said) else AROUND
        start = 0 if start <= before else start
        stop = len(said) if len(said) - stop <= after else stop
        return _at(words, sentence, start, stop - start)
    if is_wide(said):
        length = max((len(one) for one in _CLOSINGS if len(one) >= SHORTEST_TAIL and said.endswith(one)), default=0)
        return _at(words, sentence, len(said) - length, length) if length else None
    return None


def _credit_in(text: str) -> tuple[int, int] | None:
    """Offset and length, in the text's bare letters, of its longest credit; it begins a word where words are spaced."""
    said = bare(text)
    inside = [(said.index(credit), len(credit)) for credit in _CREDITS | _PROMPTS if credit in said]
    if not is_wide(said):
        starts = {len(bare(text[:index])) for index in range(len(text)) if not text[index - 1 : index].isalnum()}
        inside = [(offset, length) for offset, length in inside if offset in starts]
    return max(inside, key=lambda one: (one[1], -one[0]), default=None)


def _at(words: Sequence[Word], sentence: Run, offset: int, length: int) -> Run:
    """The words that hold these letters of the sentence."""
    ends: list[int] = []
    for word in sentence.of(words):
        ends.append((ends[-1] if ends else 0) + len(bare(word.text)))
    start = next(index for index, end in enumerate(ends) if end > offset)
    stop = next(index for index, end in enumerate(ends) if end >= offset + length)
    return Run(sentence.start + start, sentence.start + stop + 1)


def _table(phrases: dict[str, str]) -> frozenset[str]:
    return frozenset(bare(phrase) for listed in phrases.values() for phrase in listed.split(" | "))


_CREDITS, _PROMPTS, _CLOSINGS, _FILLERS = map(_table, (CREDITS, PROMPTS, CLOSINGS, FILLERS))
