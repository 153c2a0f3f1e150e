"""The demonstration show as published: sound at its level, cues within limits, feeds that readers understand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

import feedparser
import podcastparser
import pytest
import srt

import bs1770
from readers.feedsmith_reader import feedsmith

SLUGS = ("episode-01", "episode-02", "episode-03")
TITLES = {"en": "Social Protection Dialogues", "zh-Hans": "社会保障对话"}


def published(show: Path, slug: str) -> dict[str, Any]:
    return json.loads((show / "episodes" / slug / "build/published.json").read_text("utf-8"))


def in_store(show: Path, key: str) -> Path:
    return show / "public" / key


# characters in a line, lines, characters a second (Netflix's guides); half-width signs count half in Chinese
LIMITS = {"en": (42, 2, 20), "zh-Hans": (16, 2, 9)}


def width(text: str, language: str) -> float:
    is_chinese = language == "zh-Hans"
    return sum(0.5 if is_chinese and east_asian_width(sign) in ("Na", "H", "N") else 1.0 for sign in text)


@pytest.mark.parametrize("slug", SLUGS)
def test_every_generated_cue_keeps_its_limits_or_is_listed(published_demo: Path, slug: str) -> None:
    build = published_demo / "episodes" / slug / "build"
    report = json.loads((build / "report.json").read_text("utf-8"))
    for track in report["subtitles"]:
        if track["origin"] == "accepted":
            continue
        language = track["language"]
        longest, most, fastest = LIMITS[language]
        listed = {exception["index"] for exception in track["exceptions"]}
        assert all(exception["reason"] for exception in track["exceptions"])
        cues = list(srt.parse((build / f"{slug}.{language}.srt").read_text("utf-8")))
        assert len(cues) == track["cues"] > 0
        for index, cue in enumerate(cues, 1):
            seconds = (cue.end - cue.start).total_seconds()
            assert 5 / 6 <= seconds <= 7, cue
            lines = cue.content.split("\n")
            speed = width((" " if language == "en" else "").join(lines), language) / seconds
            is_within = (
                len(lines) <= most and speed <= fastest and max(width(line, language) for line in lines) <= longest
            )
            assert is_within or index in listed, f"{cue} at {speed:.1f} characters a second is not listed"


@pytest.mark.parametrize("slug", SLUGS)
def test_masters_hold_their_level_as_decoded_from_the_published_files(published_demo: Path, slug: str) -> None:
    """Measured by a meter that castkit does not use, on the files in the store; mono counts as dual mono."""
    facts = published(published_demo, slug)
    for media in filter(None, (facts["audio"], facts["video"])):
        sound, rate = bs1770.decode(in_store(published_demo, media["key"]))
        assert -16.3 <= bs1770.integrated(sound, rate) <= -15.7
        assert bs1770.true_peak(sound, rate) <= -1.0


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


@pytest.mark.parametrize("language", TITLES)
def test_feedsmith_reads_transcripts_chapters_and_people(
    published_demo: Path, feedsmith_folder: Path, language: str
) -> None:
    feed = feedsmith(feedsmith_folder, (published_demo / f"public/feeds/{language}.xml").read_bytes())
    assert feed["podcast"]["guid"]
    for slug in SLUGS:
        facts = published(published_demo, slug)
        item = next(item for item in feed["items"] if item["guid"]["value"] == facts["guid"])
        (enclosure,) = item["enclosures"]
        assert (enclosure["url"], enclosure["length"]) == (facts["audio"]["url"], facts["audio"]["length"])
        read = {(one["language"], one["type"]) for one in item["podcast"]["transcripts"]}
        assert read == {(one["language"], one["file"]["type"].split(";")[0]) for one in facts["transcripts"]}
        assert {tag for tag, _ in read} == ({"en"} if slug == "episode-03" else {"en", "zh-Hans"})
        assert item["podcast"]["transcripts"][0]["language"] == (language if (language, "text/vtt") in read else "en")
        assert item["podcast"]["chapters"]["url"] == facts["chapter_files"][language]["url"]
        people = [one["display"] for one in item["podcast"]["persons"]]
        assert people == [person["name"][language] for person in facts["people"]]
        videos = item["podcast"].get("alternateEnclosures", [])
        assert [one["type"] for one in videos] == (["video/mp4"] if facts["video"] else [])


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
        spoken = {"en": "unreviewed machine translation", "zh-Hans": "机器翻译"}[language]
        assert spoken in entry.summary.lower(), entry.summary
    clean = (published_demo / f"episodes/{slug}/build/{slug}.en.srt").read_text("utf-8")
    assert label not in clean, "what a translator gets carries no label"


def test_english_to_chinese_is_said_plainly_and_left_for_a_person(published_demo: Path) -> None:
    build = published_demo / "episodes/episode-03/build"
    report = json.loads((build / "report.json").read_text("utf-8"))
    assert "zh-Hans" not in {track["language"] for track in report["subtitles"]}
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
