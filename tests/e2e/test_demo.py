"""The demonstration show as published: sound at its level, cues within limits, feeds that readers understand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import feedparser
import podcastparser
import pytest
import srt

SLUGS = ("episode-01", "episode-02", "episode-03")
TITLES = {"en": "Social Protection Dialogues", "zh-Hans": "社会保障对话"}


def published(show: Path, slug: str) -> dict[str, Any]:
    return json.loads((show / "episodes" / slug / "build/published.json").read_text("utf-8"))


def in_store(show: Path, key: str) -> Path:
    return show / "public" / key


@pytest.mark.parametrize("slug", SLUGS)
def test_every_generated_cue_keeps_its_limits_or_is_listed(published_demo: Path, slug: str) -> None:
    from castkit.subtitles.profile import profile_for  # noqa: PLC0415

    build = published_demo / "episodes" / slug / "build"
    report = json.loads((build / "report.json").read_text("utf-8"))
    for track in report["tracks"]:
        if track["origin"] == "accepted":
            continue
        profile = profile_for(track["language"])
        listed = {(exception["index"], exception["rule"]) for exception in track["exceptions"]}
        cues = list(srt.parse((build / f"{slug}.{track['language']}.srt").read_text("utf-8")))
        assert cues
        for index, cue in enumerate(cues):
            seconds = (cue.end - cue.start).total_seconds()
            assert 0.833 <= round(seconds, 3) <= 7.0, cue
            lines = cue.content.split("\n")
            assert len(lines) <= profile.lines, cue
            cps = len(cue.content.replace("\n", "")) / seconds
            if cps > profile.cps:
                assert {number for number, _ in listed} & {index, index + 1}, f"{cue} at {cps:.1f} cps is not listed"


def entry_of(feed: Any, slug: str, show: Path) -> Any:
    guid = published(show, slug)["guid"]
    return next(entry for entry in feed if (entry.get("guid") or entry.get("id")) == guid)


@pytest.mark.parametrize("language", TITLES)
def test_podcast_readers_understand_the_feed(published_demo: Path, language: str) -> None:
    path = published_demo / "public/feeds" / f"{language}.xml"
    assert path.read_bytes() == (published_demo / "feeds" / path.name).read_bytes()
    parsed = feedparser.parse(path.read_bytes())
    assert parsed.bozo is False
    assert TITLES[language] in parsed.feed.title
    assert len(parsed.entries) == 3
    with path.open("rb") as stream:
        pod = podcastparser.parse(f"http://127.0.0.1:8000/feeds/{path.name}", stream)
    for slug in SLUGS:
        facts = published(published_demo, slug)
        entry = entry_of(parsed.entries, slug, published_demo)
        enclosure = entry.enclosures[0]
        media = in_store(published_demo, facts["audio"]["key"])
        assert enclosure.href == facts["audio"]["url"]
        assert int(enclosure.length) == media.stat().st_size
        assert enclosure.type == "audio/mpeg"
        episode = entry_of(pod["episodes"], slug, published_demo)
        assert episode["enclosures"][0]["file_size"] == media.stat().st_size
        assert abs(episode["total_time"] - facts["duration_ms"] / 1000) <= 1


@pytest.mark.parametrize("slug", SLUGS)
def test_every_object_a_feed_names_is_in_the_store(published_demo: Path, slug: str) -> None:
    base = "http://127.0.0.1:8000/"
    import re  # noqa: PLC0415

    for feed in (published_demo / "public/feeds").glob("*.xml"):
        for url in re.findall(rf'{base}[^"<&\s]+', feed.read_text("utf-8")):
            assert in_store(published_demo, url.removeprefix(base)).is_file(), url
    facts = published(published_demo, slug)
    assert in_store(published_demo, facts["audio"]["key"]).stat().st_size == facts["audio"]["length"]


def test_a_machine_translation_is_labelled_wherever_a_listener_meets_it(published_demo: Path) -> None:
    slug, label = "episode-02", "nreviewed machine translation"
    facts = published(published_demo, slug)
    for transcript in facts["transcripts"]:
        if transcript["language"] == "en":
            assert label in in_store(published_demo, transcript["file"]["key"]).read_text("utf-8"), transcript
    assert label in in_store(published_demo, facts["notes"]["en"]["key"]).read_text("utf-8")
    for language in TITLES:
        entry = entry_of(
            feedparser.parse((published_demo / f"public/feeds/{language}.xml").read_bytes()).entries,
            slug,
            published_demo,
        )
        assert "machine" in str(entry).lower() or "机器" in str(entry)
    clean = (published_demo / f"episodes/{slug}/build/{slug}.en.srt").read_text("utf-8")
    assert label not in clean, "what a translator gets carries no label"


def test_english_to_chinese_is_said_plainly_and_left_for_a_person(published_demo: Path) -> None:
    build = published_demo / "episodes/episode-03/build"
    report = json.loads((build / "report.json").read_text("utf-8"))
    assert "zh-Hans" not in {track["language"] for track in report["tracks"]}
    left = (build / "episode-03.zh-Hans.to-translate.srt").read_text("utf-8")
    assert "riders" in left
    assert "zh-Hans" not in {one["language"] for one in published(published_demo, "episode-03")["transcripts"]}


def test_the_accepted_chinese_is_published_word_for_word(published_demo: Path) -> None:
    folder = published_demo / "episodes/episode-01"
    accepted = list(srt.parse((folder / "subtitles/episode-01.zh-Hans.srt").read_text("utf-8-sig")))
    made = list(srt.parse((folder / "build/episode-01.zh-Hans.srt").read_text("utf-8")))
    assert [(cue.start, cue.end, cue.content) for cue in made] == [
        (cue.start, cue.end, cue.content) for cue in accepted
    ]
