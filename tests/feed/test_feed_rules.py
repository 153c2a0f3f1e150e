"""The gate before the upload: every seeded defect is caught, all at once, and the sample passes."""

from __future__ import annotations

import dataclasses
from typing import Any

import feed_samples as samples
import pytest

from castkit.errors import CastkitError
from castkit.feed import rules
from castkit.feed.findings import Planned
from castkit.model.published import Published


def planned(*episodes: Published, **show: Any) -> Planned:
    feeds = (samples.address("en"), samples.address("zh-Hans"))
    return Planned(samples.show(**show), episodes or samples.episodes(), feeds)


def codes(plan: Planned) -> list[str]:
    return [problem.code for problem in rules.problems(plan)]


def test_sample_passes() -> None:
    assert rules.hold(planned()) == ()


def audio(**changes: Any) -> dict[str, Any]:
    return {**samples.episode(1).audio.model_dump(), **changes}


def first_transcript(**changes: Any) -> list[Any]:
    transcript = samples.episode(1).transcripts[0].model_dump()
    return [{**transcript, "file": {**transcript["file"], **changes}}]


def person(**changes: Any) -> list[Any]:
    return [{**samples.episode(1).people[0].model_dump(), **changes}]


def soundbite(start_ms: int, duration_ms: int) -> list[Any]:
    return [{"start_ms": start_ms, "duration_ms": duration_ms, "title": {}}]


EPISODE_DEFECTS = {
    "empty audio": ({"audio": audio(length=0)}, "file-empty"),
    "empty transcript": ({"transcripts": first_transcript(length=0)}, "file-empty"),
    "relative address": ({"audio": audio(url="/episodes/1.mp3")}, "address-bad"),
    "no address": ({"audio": audio(url="")}, "address-bad"),
    "blank in address": ({"audio": audio(url="https://example.org/a b.mp3")}, "address-bad"),
    "chinese in address": ({"audio": audio(url="https://example.org/节目.mp3")}, "address-bad"),
    "ftp": ({"audio": audio(url="ftp://example.org/a.mp3")}, "address-bad"),
    "broken IPv6": ({"audio": audio(url="https://[::1/a.mp3")}, "address-bad"),
    "page of a person": ({"people": person(href="www.example.org")}, "address-bad"),
    "ogg": ({"audio": audio(type="audio/ogg")}, "enclosure-type"),
    "m4a called audio/mp4": ({"audio": audio(type="audio/mp4", url="https://example.org/a.m4a")}, "enclosure-type"),
    "mp3 under another name": ({"audio": audio(url="https://example.org/a")}, "enclosure-type"),
    "no title": ({"title": {}}, "text-missing"),
    "title of controls": ({"title": {"en": "\x08"}}, "text-missing"),
    "no duration": ({"duration_ms": 0}, "duration-none"),
    "episode 0": ({"number": 0}, "number-zero"),
    "season 0": ({"season": 0}, "number-zero"),
    "unknown type": ({"type": "special"}, "type-unknown"),
    "unknown role": ({"people": person(role="wizard")}, "role-unknown"),
    "nameless": ({"people": person(name={})}, "person-nameless"),
    "soundbite past the end": ({"soundbites": soundbite(300_000, 600)}, "soundbite-stray"),
    "soundbite of nothing": ({"soundbites": soundbite(1000, 0)}, "soundbite-stray"),
    "transcript without type": ({"transcripts": first_transcript(type="")}, "transcript-type"),
    "transcript of octets": ({"transcripts": first_transcript(type="application/octet-stream")}, "transcript-type"),
    "chapters as JSON": ({"chapter_files": {"en": samples.stored("e", "c.json", "application/json")}}, "chapters-type"),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "code"), EPISODE_DEFECTS.values(), ids=EPISODE_DEFECTS.keys())
def test_defect_of_an_episode(changes: dict[str, Any], code: str) -> None:
    plan = planned(Published.model_validate({**samples.episode(1).model_dump(), **changes}))
    assert code in codes(plan)
    with pytest.raises(CastkitError, match="episode-01") as caught:
        rules.hold(plan)
    assert caught.value.hint


SHOW_DEFECTS = {
    "no category": ({"categories": ("",)}, "category-unknown"),
    "unknown category": ({"categories": ("Goverment",)}, "category-unknown"),
    "unknown subcategory": ({"categories": ("Education > Cooking",)}, "category-unknown"),
    "bad language": ({"languages": ("english",)}, "language-bad"),
    "underscore": ({"languages": ("en_GB",)}, "language-bad"),
    "link to the feed": ({"link": f"{samples.BASE}/feeds/en.xml"}, "link-is-feed"),
    "relative link": ({"link": "dialogues.html"}, "address-bad"),
    "no owner": ({"owner_email": ""}, "owner-missing"),
    "no title": ({"title": {}}, "text-missing"),
    "blank description": ({"description": {"en": " \x08"}}, "text-missing"),
    "long description": ({"description": {"en": "é" * 2001}}, "description-long"),
}


@pytest.mark.parametrize(("changes", "code"), SHOW_DEFECTS.values(), ids=SHOW_DEFECTS.keys())
def test_defect_of_the_show(changes: dict[str, Any], code: str) -> None:
    assert code in codes(planned(**changes))


def test_no_cover() -> None:
    plan = planned()
    bare = tuple(dataclasses.replace(feed, image_url="") for feed in plan.feeds)
    assert codes(dataclasses.replace(plan, feeds=bare)) == ["image-missing", "image-missing"]


def test_no_category_at_all() -> None:
    show = samples.show()
    bare = show.model_copy(update={"show": show.show.model_copy(update={"categories": ()})})
    assert codes(dataclasses.replace(planned(), show=bare)) == ["category-missing"]


def test_twins() -> None:
    one = samples.episode(1)
    plan = planned(one, one.model_copy(update={"slug": "episode-09"}))
    assert codes(plan) == ["enclosure-twice", "guid-twice"]
    assert "episode-01, episode-09" in rules.problems(plan)[0].where


def test_serial_needs_numbers() -> None:
    assert codes(planned(samples.episode(1, number=None), type="serial")) == ["number-missing"]
    assert codes(planned(samples.episode(1, number=None, type="bonus"), type="serial")) == []


def test_a_near_category_is_suggested() -> None:
    assert "did you mean 'Government'" in rules.problems(planned(categories=("Goverment",)))[0].where


def test_a_long_description_warns_and_does_not_stop() -> None:
    (warning,) = rules.hold(planned(description={"en": "字" * 1334, "zh-Hans": "短"}))
    assert warning.level is rules.Level.WARNING
    assert warning.where == "show.description (en)"


def test_all_at_once() -> None:
    plan = planned(samples.episode(1, number=0, duration_ms=0), categories=("Nonsense",))
    with pytest.raises(CastkitError) as caught:
        rules.hold(plan)
    assert all(code in caught.value.message for code in ("number-zero", "duration-none", "category-unknown"))
    assert "Traceback" not in caught.value.message


def test_codes_are_unique() -> None:
    names = [rule.code for rule in rules.RULES]
    assert len(set(names)) == len(names)
