"""A translation without an agreed term is found, and one that has it in any shape is not accused."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import srt
from glossary_made import DEMO, glossary

from castkit.translate.script import convert
from castkit.wording.glossary_check import Passage, TermMismatch, missing_terms

ROOT = Path(__file__).parent.parent.parent
TERMS = glossary(
    *({"term": dict(one.term.root), "accept": dict(one.accept.root)} for one in DEMO.terms),
    {"term": {"en": "Social Insurance Law", "zh-Hans": "社会保险法"}, "case": True},
    {"term": "GitLab"},
)

# (source language, source, translation, the terms that it misses)
MISTAKES = (
    ("en", "What is a sickness benefit?", "什么是病假工资？", ("sickness benefit",)),
    ("en", "Sickness benefits are income.", "患病补助是收入。", ("sickness benefit",)),
    ("en", "SICKNESS BENEFITS ARE INCOME.", "患病补助是收入。", ("sickness benefit",)),
    ("en", "After a short waiting period.", "经过短暂的等候。", ("waiting period",)),
    ("en", "Does social insurance reach them?", "社会保障能覆盖到他们吗？", ("social insurance",)),
    ("en", "That is the idea of social insurance.", "这是社会保险法的理念。", ("social insurance",)),
    ("en", "The Social Insurance Law helps.", "社会保险有帮助。", ("Social Insurance Law",)),
    ("en", "The Social Insurance Law and social insurance.", "社会保险法。", ("social insurance",)),
    ("en", "Welcome to Social Protection Dialogues.", "欢迎收听社会保障。", ("Social Protection Dialogues",)),
    ("en", "Social security for all.", "人人享有社会安全。", ("social protection",)),
    ("en", "All contributions go into one fund.", "所有款项进入一个基金。", ("contribution",)),
    ("en", "A pooled fund pays.", "一个共同的基金支付。", ("pooled fund",)),
    ("en", "We call that solidarity.", "我们称之为团结。", ("solidarity",)),
    ("en", "Platform workers could join.", "平台工人可以参加。", ("platform worker",)),
    ("en", "The platform worker's share.", "平台员工的那一份。", ("platform worker",)),
    ("en", "A delivery rider falls ill.", "一名送餐员生病了。", ("delivery rider",)),
    ("en", "They are self employed.", "他们是自由职业者。", ("self-employed",)),
    ("en", "A pilot in three provinces.", "三个省的飞行员。", ("pilot",)),
    ("en", "Sickness benefits and solidarity.", "病假工资和团结。", ("sickness benefit", "solidarity")),
    ("en", "GitLab keeps the data.", "极狐保存数据。", ("GitLab",)),
    ("zh-Hans", "今天谈养老保险。", "Today we talk about caring for the old.", ("养老保险",)),
    ("zh-Hans", "平台劳动者和快递员。", "Platform employees and couriers.", ("平台劳动者",)),
    ("zh-Hans", "缴费比例太高。", "The fee is too high.", ("缴费",)),
    ("zh-Hans", "网约车司机。", "Taxi drivers.", ("网约车",)),
    ("zh-Hans", "三个省的试点。", "Three points of the province.", ("试点",)),
    ("zh-Hans", "社保很重要。", "Social media matters.", ("社会保障",)),
)
FINE = (
    ("en", "Sickness benefits are paid.", "支付疾病津贴。"),
    ("en", "The benefit pays a delivery rider.", "津贴付给骑手。"),
    ("en", "The riders' trust.", "人们的信任。"),
    ("en", "The Social Insurance Law covers social insurance.", "《社会保险法》涵盖社会保险。"),
    ("en", "Special protection is no pilotage.", "特别保护不是领航。"),
    ("zh-Hans", "按订单缴费。", "Contributing order by order."),
    ("zh-Hans", "平台劳动者的养老保险。", "The platform workers’ pensions."),
    ("zh-Hans", "试点的效果。", "What the pilots showed."),
    ("zh-Hans", "个体经营者。", "The self employed."),
    ("zh-Hans", "考试点名。", "A roll call at the exam."),
    ("zh-Hans", "骑着手推车。", "On a barrow."),
    ("zh-Hans", "自动缴纳。", "Deducted by itself."),
)


def missed(language: str, source: str, target: str, around: str = "") -> tuple[str, ...]:
    other = "en" if language != "en" else "zh-Hans"
    found = missing_terms(Passage(source, language), Passage(target, other, around), glossary=TERMS)
    return tuple(one.term for one in found)


@pytest.mark.parametrize(("language", "source", "target", "terms"), MISTAKES)
def test_seeded_mistakes_are_found(language: str, source: str, target: str, terms: tuple[str, ...]) -> None:
    assert missed(language, source, target) == terms


@pytest.mark.parametrize(("language", "source", "target"), FINE)
def test_what_is_fine_is_not_accused(language: str, source: str, target: str) -> None:
    assert missed(language, source, target) == ()


def test_a_term_in_the_sentence_beside_counts() -> None:
    assert missed("en", "The solidarity of all.", "大家的", around="互助共济。") == ()


def test_a_mismatch_says_what_was_expected() -> None:
    found = missing_terms(Passage("Short Waiting Periods.", "en"), Passage("等一下。", "zh-Hans"), glossary=DEMO)
    assert found == (TermMismatch("waiting period", "Waiting Periods", ("待遇等待期", "等待期")),)


def test_chinese_in_either_script(accepted_pairs: list[tuple[str, str]]) -> None:
    wrong = Passage("疾病補貼。", "zh-Hant")
    source = Passage("A sickness benefit.", "en")
    assert missing_terms(source, wrong, glossary=DEMO) == ()  # nothing is agreed in that script
    assert [one.term for one in missing_terms(source, wrong, glossary=DEMO, convert=convert)] == ["sickness benefit"]
    for english, chinese in accepted_pairs:
        traditional = Passage(convert(chinese, "zh-Hant"), "zh-Hant")
        assert missing_terms(Passage(english, "en"), traditional, glossary=DEMO, convert=convert) == ()
        mixed = Passage(convert(chinese, "zh-Hant"), "zh-Hans")
        assert missing_terms(Passage(english, "en"), mixed, glossary=DEMO, convert=convert) == ()


@pytest.fixture(scope="module")
def accepted_pairs(truth) -> list[tuple[str, str]]:
    """Each turn of episode 1 in English, as it was said, and in the Chinese that a person accepted."""
    text = (ROOT / "episodes/episode-01/subtitles/episode-01.zh-Hans.srt").read_text("utf-8")
    jingle = timedelta(milliseconds=2004)  # the accepted file is on the master's clock
    pairs = []
    for turn in truth["episode-01"]["turns"]:
        start, end = (timedelta(milliseconds=turn[key]) + jingle for key in ("start_ms", "end_ms"))
        own = [cue for cue in srt.parse(text) if start <= (cue.start + cue.end) / 2 <= end]
        pairs.append((turn["text"], "".join(cue.content.replace("\n", "") for cue in own)))
    assert all(chinese for _, chinese in pairs)
    return pairs


def test_the_accepted_translation_is_clean_both_ways(accepted_pairs: list[tuple[str, str]]) -> None:
    for english, chinese in accepted_pairs:
        one, other = Passage(english, "en"), Passage(chinese, "zh-Hans")
        assert missing_terms(one, other, glossary=DEMO) == ()
        assert missing_terms(other, one, glossary=DEMO) == ()


def test_a_term_taken_out_of_the_accepted_translation_is_missed(accepted_pairs: list[tuple[str, str]]) -> None:
    """The clean result above is not for want of terms: each one blotted out of its sentence is told."""
    told = 0
    for english, chinese in accepted_pairs:
        source = Passage(english, "en")
        for term in DEMO.terms:
            blotted = chinese
            for form in sorted(term.forms("zh-Hans"), key=len, reverse=True):
                blotted = blotted.replace(form, "某物")
            if blotted != chinese:
                found = missing_terms(source, Passage(blotted, "zh-Hans"), glossary=DEMO)
                told += term.agreed("en") in [one.term for one in found]
    assert told >= 12
