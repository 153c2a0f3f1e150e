"""What can be a translation and what cannot: good ones pass, whatever they are like; others do not."""

from __future__ import annotations

import pytest

from castkit.translate.answers import Asked, Rules, doubts, fault
from castkit.translate.letters import is_written_in
from castkit.translate.prompts import ECHOES

# Chinese, English: as people translate.
PAIRS = (
    ("好的。", "OK."),
    ("对。", "Yes, that is quite right."),
    ("八千四百万。", "84 million."),
    ("8400万", "84 million"),
    ("2024年", "2024"),
    ("3%。", "3%."),
    ("……", "…"),
    ("谢谢邀请。这个话题和很多人有关系。", "Thank you for having me. This concerns many people."),
    ("今天我们来谈一谈平台劳动者的养老保险。", "Today we talk about pension insurance for platform workers."),
    ("欢迎收听社会保障对话节目。我是主持人。", "Welcome to Social Protection Dialogues. I am your host."),
    ("首先请您介绍一下，什么是平台劳动者？", "First of all, what is a platform worker?"),
    ("人力资源和社会保障部发布了通知。", "The Ministry of Human Resources and Social Security has published a notice."),
    ("他们的工作时间比较灵活，但是收入不太稳定。", "Their hours are flexible, but their income is not very stable."),
    ("OpenAI和DeepMind都发表了GPT-4的评测。", "OpenAI and DeepMind both published evaluations of GPT-4."),
    ("汉字“福”是好运的意思。", "The character 福 means good luck."),
    ("不是吗？", "Isn't it?"),
)
OTHERS = (
    (
        "en",
        "fr",
        "Welcome to the dialogues on social protection.",
        "Bienvenue aux dialogues sur la protection sociale.",
    ),
    ("en", "de", "Insurance.", "Krankenversicherungsbeitrag."),
    ("en", "de", "No.", "Nein."),
    ("fr", "en", "Information.", "Information."),
    ("en", "ru", "Who pays when a rider falls ill?", "Кто платит, когда курьер заболел?"),
    ("ja", "en", "社会保障についてお話しします。", "We will talk about social security."),
    ("en", "ja", "We will talk about social security.", "社会保障についてお話しします。"),
    ("en", "ko", "We will talk about social security.", "사회 보장에 대해 이야기하겠습니다."),
    ("en", "ar", "Who pays when a rider falls ill?", "من يدفع عندما يمرض السائق؟"),
    ("en", "sr", "Who pays when a rider falls ill?", "Ko plaća kada se vozač razboli?"),
    ("en", "zh-Hans", "Google, Microsoft and Amazon", "Google、Microsoft和Amazon"),
)


def why(source: str, target: str, text: str, translation: str) -> str:
    return fault(translation, Asked(text, ()), Rules(source, target, 0, ECHOES))


@pytest.mark.parametrize(("chinese", "english"), PAIRS)
def test_what_people_translate_passes_both_ways(chinese: str, english: str) -> None:
    assert why("zh-Hans", "en", chinese, english) == ""
    assert why("en", "zh-Hans", english, chinese) == ""


@pytest.mark.parametrize(("source", "target", "text", "translation"), OTHERS)
def test_other_languages_pass(source: str, target: str, text: str, translation: str) -> None:
    assert why(source, target, text, translation) == ""


@pytest.mark.parametrize(
    ("source", "target", "text", "translation"),
    [
        ("zh-Hans", "en", "今天我们来谈一谈平台劳动者的养老保险。", "今天我们来谈一谈平台劳动者的养老保险。"),
        ("zh-Hans", "en", "今天我们来谈一谈平台劳动者的养老保险。", "HACKED"),
        ("zh-Hans", "en", "今天我们来谈一谈平台劳动者的养老保险。", "Today 我们来谈一谈平台劳动者的养老保险。"),
        ("zh-Hans", "en", "好的。", "Of course! " * 20),
        ("en", "zh-Hans", "Who pays when a rider falls ill on the road?", "Who pays when a rider falls ill?"),
        ("en", "zh-Hans", "Who pays when a rider falls ill on the road?", "付"),
        ("en", "zh-Hans", "Who pays when a rider falls ill?", "Кто платит, когда курьер заболел?"),
        ("en", "ru", "Who pays when a rider falls ill?", "Who pays?"),
        ("en", "ja", "Who pays when a rider falls ill?", "Who pays when a rider falls ill?"),
        ("en", "fr", "Who pays when a rider falls ill?", "Who pays when a rider falls ill?"),
        ("en", "fr", "Who pays when a rider falls ill?", '{"id": 1, "text": "Qui paie quand un livreur est malade ?"}'),
    ],
)
def test_what_is_none_does_not(source: str, target: str, text: str, translation: str) -> None:
    assert why(source, target, text, translation)


def test_doubts_are_told_in_words() -> None:
    rules = Rules("zh-Hans", "en", 20, ECHOES, lambda source, text: "84" not in text)
    asked = Asked("骑手有8400万人。", (("骑手", "delivery rider"),))
    assert doubts("84m delivery riders.", asked, rules) == ()
    assert doubts("There are many 骑手, I have heard.", asked, rules) == (
        "longer than 20 characters",
        "numbers differ from the source",
        "words of the source language are left in it",
        "the agreed term “delivery rider” is not used",
    )


def test_scripts() -> None:
    assert is_written_in("１２３ … !", "zh")
    assert not is_written_in("abc", "zh")
    assert is_written_in("abc", "sr")  # written in two scripts: not judged
    assert is_written_in("ＯＫ", "en")
