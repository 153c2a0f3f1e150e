"""Source text left in a translation, and what only looks like it."""

from __future__ import annotations

import pytest

from castkit.wording.leftovers import leftover

EN = "Only in part. When we compared nine countries in Asia, seven had a law on sickness benefits for employees."
ZH = "我们比较了亚洲九个国家，其中七个国家立法规定了雇员的疾病津贴。"


@pytest.mark.parametrize(
    ("source", "one", "target", "other", "found"),
    [
        (
            EN,
            "en",
            "When we compared nine countries in Asia, 其中七个",
            "zh-Hans",
            "When we compared nine countries in Asia",
        ),
        (
            EN,
            "en",
            "只有一部分。seven had a\nlaw on sickness benefits",
            "zh-Hans",
            "seven had a\nlaw on sickness benefits",
        ),
        (EN, "en", ZH, "zh-Hans", ""),
        (EN, "en", "国际劳工组织（International Labour Organization）", "zh-Hans", ""),
        (EN, "en", "亚洲 sickness benefits for 雇员", "zh-Hans", ""),
        (ZH, "zh", "We compared 亚洲九个国家, and seven", "en", "亚洲九个国家"),
        (ZH, "zh-Hant", "We compared nine countries.", "en", ""),
        (ZH, "zh-Hans", ZH, "zh-Hant", ""),
        (ZH, "zh-Hans", "アジアの九個国家を比べた。", "ja", ""),
        (
            "Nous avons comparé neuf pays d'Asie.",
            "fr",
            "We nous avons comparé neuf pays.",
            "en",
            "nous avons comparé neuf pays",
        ),
        ("", "en", "其中", "zh-Hans", ""),
    ],
)
def test_what_was_left(source: str, one: str, target: str, other: str, found: str) -> None:
    assert leftover(source, one, target, other) == found
