"""`[feeds]` and `[notify]`: what passes, and that every mistake is named with its key and what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

import built_show
from castkit.config import load_episode, load_show
from castkit.config.feed_rules import FEED_EPISODE_RULES, FEED_SHOW_RULES
from castkit.errors import ConfigError
from castkit.model.episode import Episode
from castkit.model.show import Show

GOOD = """
[feeds]
kinds = ["audio"]
languages = ["zh-Hans"]
only_own_language = true
page_size = 100
hidden = true
blocked = ["amazon"]
allowed = ["podcastindex"]

[feeds.moved_to]
en = "https://elsewhere.example/en.xml"
"en.video" = "https://elsewhere.example/video.xml"

[feeds.frequency]
text = { en = "Weekly", zh-Hans = "每周" }
rrule = "FREQ=WEEKLY;COUNT=10;BYDAY=MO,WE"
starts = "2026-09-02"

[[feeds.seasons]]
number = 1
name = "One"

[[feeds.funding]]
url = "https://institute.example/support"
text = "Support us"

[[feeds.locations]]
name = { en = "Beijing", zh-Hans = "北京" }
geo = "39.9042, 116.4074"
osm = "R912940"
country = "CN"

[[feeds.txt]]
purpose = "applepodcastsverify"
text = "abc"

[notify]
hubs = ["https://hub.example/"]
timeout_s = 3.5
"""


def test_all_of_it_is_read(tmp_path: Path) -> None:
    show = load_show(built_show.make_show(tmp_path, more=GOOD))
    assert show.feed_languages == ("zh-Hans",)
    assert show.feeds.frequency.text.own("zh-Hans") == "每周"
    assert (show.notify.hubs, show.notify.timeout_s) == (("https://hub.example/",), 3.5)


def test_a_file_from_before_there_were_feeds_reads_as_it_did(tmp_path: Path) -> None:
    show = load_show(built_show.make_show(tmp_path))
    assert (show.version, show.feed_languages, show.feeds.kinds) == (1, ("en", "zh-Hans"), ("audio", "video"))
    assert not show.notify.hubs


# what is written, and what the message must say
WRONG = {
    "kind": ('[feeds]\nkinds = ["radio"]', ("feeds.kinds", '"audio" or "video"')),
    "no kind": ("[feeds]\nkinds = []", ("feeds.kinds", "at least 1")),
    "language": ('[feeds]\nlanguages = ["zh"]', ("feeds.languages[0]", "zh-Hans")),
    "unknown key": ("[feeds]\npagesize = 3", ("feeds.pagesize", "unknown key", '"page_size"')),
    "page size": ("[feeds]\npage_size = 5", ("feeds.page_size", "at least 10")),
    "prefix on this machine": ('[feeds]\nstatistics_prefix = "https://op3.dev/e/"', ("statistics_prefix", "127.0.0.1")),
    "prefix without slash": (
        '[feeds]\nstatistics_prefix = "https://op3.dev/e"\n[store]\nbase_url = "https://media.example"',
        ("feeds.statistics_prefix", '"https://op3.dev/e/"'),
    ),
    "service": ('[feeds]\nblocked = ["spotfy"]', ("feeds.blocked[0]", '"spotify"')),
    "allowed of what is not hidden": ('[feeds]\nallowed = ["spotify"]', ("feeds.allowed", "hidden = true")),
    "moved feed": ('[feeds.moved_to]\n"en.vidio" = "https://x.example/"', ("moved_to", "no such feed", '"en.video"')),
    "moved address": ('[feeds.moved_to]\nen = "elsewhere.example/en.xml"', ("moved_to.en", "https://elsewhere")),
    "rule": ('[feeds.frequency]\ntext = "x"\nrrule = "weekly"', ("frequency.rrule", "FREQ=WEEKLY")),
    "rule with a wrong part": ('[feeds.frequency]\ntext = "x"\nrrule = "FREQ=DAILY;DAYS=3"', ("frequency.rrule",)),
    "rule without words": ('[feeds.frequency]\nrrule = "FREQ=DAILY"', ("feeds.frequency.text", "in words")),
    "count without beginning": (
        '[feeds.frequency]\ntext = "x"\nrrule = "FREQ=DAILY;COUNT=3"',
        ("feeds.frequency.starts", "COUNT"),
    ),
    "beginning": ('[feeds.frequency]\nstarts = "in May"', ("frequency.starts", "2026-09-02")),
    "season twice": (
        '[[feeds.seasons]]\nnumber = 1\nname = "a"\n[[feeds.seasons]]\nnumber = 1\nname = "b"',
        ("feeds.seasons[1].number", "once"),
    ),
    "season without name": ("[[feeds.seasons]]\nnumber = 1", ("feeds.seasons[0].name", "missing")),
    "funding": ('[[feeds.funding]]\nurl = "x"\ntext = "y"', ("feeds.funding[0].url", "https://")),
    "place": ('[[feeds.locations]]\nname = "x"\ngeo = "139,39"', ("locations[0].geo", "latitude")),
    "object": ('[[feeds.locations]]\nname = "x"\nosm = "912940"', ("locations[0].osm", "R912940")),
    "country": ('[[feeds.locations]]\nname = "x"\ncountry = "China"', ("locations[0].country", "CN")),
    "name too long": (f'[[feeds.locations]]\nname = "{"x" * 129}"', ("locations[0].name", "128")),
    "hub": ('[notify]\nhubs = ["hub.example"]', ("notify.hubs[0]", '"https://hub.example"')),
    "newer file": ("version = 2", ("version", "newer castkit")),
}  # fmt: skip


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG.keys())
def test_a_mistake_is_named(tmp_path: Path, text: str, said: tuple[str, ...]) -> None:
    workspace = built_show.make_show(tmp_path)
    whole = workspace.toml.read_text("utf-8")
    workspace.toml.write_text(f"{text}\n{whole}" if text.startswith("version") else f"{whole}\n{text}\n", "utf-8")
    with pytest.raises(ConfigError) as caught:
        load_show(workspace)
    assert all(part in caught.value.message for part in said), caught.value.message
    assert "castkit.toml" in caught.value.message


EPISODE_WRONG = {
    "picture": ('image = "cover.gif"', ("image", "PNG or JPEG")),
    "picture elsewhere": ('image = "../../../cover.png"', ("image", "workspace")),
    "licence": ('licence = "CC-BY-4.0"', ("licence", '"cc-by-4.0"')),
    "shown number": (f'number_shown = "{"x" * 33}"', ("number_shown", "32")),
    "place": ('locations = [{ name = "x", geo = "here" }]', ("locations[0].geo", "latitude")),
}


@pytest.mark.parametrize(("line", "said"), EPISODE_WRONG.values(), ids=EPISODE_WRONG.keys())
def test_a_mistake_in_an_episode_is_named(tmp_path: Path, line: str, said: tuple[str, ...]) -> None:
    workspace = built_show.make_show(tmp_path)
    path = workspace.episode("talk").toml
    path.write_text(f"{line}\n{path.read_text('utf-8')}", "utf-8")
    with pytest.raises(ConfigError) as caught:
        load_episode(workspace, load_show(workspace), "talk")
    assert all(part in caught.value.message for part in said), caught.value.message


@pytest.mark.parametrize(("model", "rules"), [(Show, FEED_SHOW_RULES), (Episode, FEED_EPISODE_RULES)])
def test_every_rule_watches_over_a_key_that_there_is(model: type, rules: dict[str, object]) -> None:
    schema = model.model_json_schema()

    def at(part: dict, keys: list[str]) -> bool:
        part = schema["$defs"][part["$ref"].rsplit("/", 1)[1]] if "$ref" in part else part
        if not keys:
            return True
        key, _, many = keys[0].partition("[]")
        inner = part.get("properties", {}).get(key)
        if inner is None:
            return key == "*" and "additionalProperties" in part
        return at(inner["items"] if "[]" in keys[0] else inner, keys[1:]) and not many

    assert [rule for rule in rules if not at(schema, rule.split("."))] == []
