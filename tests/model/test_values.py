"""The models of show and episode, and the tables behind them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from pydantic import ValidationError

from castkit.model.categories import CATEGORIES, is_known, split
from castkit.model.episode import Chapter, Episode, Recording
from castkit.model.licences import LICENCES
from castkit.model.placeholder import DESCRIPTIONS, description_for
from castkit.model.roles import GROUP_OF, ROLES, canonical
from castkit.model.show import Person
from castkit.model.text import LocalText

EPISODE = {
    "guid": "11111111-1111-4111-8111-111111111111",
    "title": "First",
    "summary": "In short.",
    "language": "en",
    "date": datetime(2026, 5, 1, tzinfo=UTC),
    "recordings": [{"path": "raw/a.wav"}],
}


def test_apples_categories_are_complete() -> None:
    assert len([name for name in CATEGORIES if ">" not in name]) == 19
    assert all(is_known(name) for name in CATEGORIES)
    assert len(CATEGORIES) == len(set(CATEGORIES)) == 110
    assert split("Education > Courses") == ("Education", "Courses")
    assert split("True Crime") == ("True Crime", "")


def test_roles() -> None:
    assert len(ROLES) == len(set(ROLES))
    assert all(role == role.lower().strip() == canonical(role) for role in ROLES)
    assert GROUP_OF["translator"] == "writing"
    assert GROUP_OF["guest"] == "cast"
    assert Person(id="a", name=LocalText("A"), role="Fact Checker").role == "fact checker"


def test_licences_are_in_small_letters() -> None:
    assert {"cc-by-4.0", "cc0-1.0", "arr"} <= set(LICENCES)
    assert all(name == name.lower() for name in LICENCES)


@pytest.mark.parametrize("start", [0, "00:00", time(0, 0)])
def test_a_chapter_starts_however_the_time_is_written(start: object) -> None:
    assert Chapter.model_validate({"start": start, "title": "T"}).start == 0


def test_a_clock_time_of_toml_is_hours_minutes_seconds() -> None:
    assert Chapter.model_validate({"start": time(0, 1, 30, 500_000), "title": "T"}).start == 90_500


@pytest.mark.parametrize("start", [-1, True, 1.5, "1:2:3:4", None])
def test_what_is_no_time_is_refused(start: object) -> None:
    with pytest.raises(ValidationError):
        Chapter.model_validate({"start": start, "title": "T"})


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (date(2026, 5, 1), datetime(2026, 5, 1, tzinfo=UTC)),
        (datetime(2026, 5, 1, 9, 0, 0, 999), datetime(2026, 5, 1, 9, tzinfo=UTC)),  # noqa: DTZ001 - that is the case
        ("2026-05-01T11:00:00+02:00", datetime(2026, 5, 1, 9, tzinfo=UTC)),
    ],
)
def test_dates(given: object, meant: datetime) -> None:
    assert Episode.model_validate({**EPISODE, "date": given}).date == meant


@pytest.mark.parametrize(
    "wrong",
    [
        {"date": 1790000000},
        {"date": "soon"},
        {"number": "3"},
        {"number": 0},
        {"draft": "yes"},
        {"draft": 1},
        {"keywords": "a, b"},
        {"recordings": []},
        {"people": ["Not An Id"]},
        {"guid": 7},
        {"unknown": 1},
    ],
)
def test_types_are_not_bent(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Episode.model_validate({**EPISODE, **wrong})


def test_values_are_frozen() -> None:
    with pytest.raises(ValidationError):
        Recording(path="raw/a.wav").path = "b"  # type: ignore[misc]


def test_texts_by_language() -> None:
    text = LocalText({"en": "Hello", "zh-Hans": "你好", "fr": ""})
    assert text.own("zh") == "你好"
    assert text.own("de") == ""
    assert text.in_("de", ["fr", "zh-Hans"]) == "你好"
    assert text.in_("de") == "Hello"
    assert LocalText({"fr": "", "en": "x"}).in_("fr") == "x"
    assert LocalText("  same ").own("de") == "same"
    assert not LocalText({"en": ""})


def test_placeholder_descriptions() -> None:
    assert description_for("zh") == description_for("zh-Hans") == DESCRIPTIONS["zh-Hans"]
    assert description_for("sw") == DESCRIPTIONS["en"]
