"""A good feed passes without a word; every rule, broken alone, is found by its own name and no other."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from feed_made import FACTS, GOOD, MEDIA, NOW, URL
from seeded import SEEDS

from castkit.feed.check import Facts, Finding, Severity, Stored, check
from castkit.feed.check.rules_document import REFUSALS
from castkit.feed.check.table import RULES

FEED = Facts(feed_url=URL, now=NOW)  # what is known of the feed alone: no object
BLOCKS = {  # several lines at once
    "channel-missing": (r"<channel>.*</channel>", ""),
    "episodes-missing": (r"<item>.*</podcast:liveItem>", ""),
    "category-missing": (r"<itunes:category.*</itunes:category>\n", ""),
    "podroll-empty": (r"<podcast:podroll>.*?</podcast:podroll>", "<podcast:podroll/>"),
}


def codes(feed: str, facts: Facts = FEED) -> set[str]:
    encoding = "utf-16" if 'encoding="UTF-16"' in feed else "utf-8"
    return {finding.code for finding in check(feed.encode(encoding), facts)}


def seeded(old: str, new: str) -> str:
    assert old in GOOD, f"the seed's place is gone: {old}"
    return GOOD.replace(old, new, 1)


@pytest.mark.parametrize("facts", [Facts(), FEED, FACTS], ids=["alone", "dated", "stored"])
def test_a_good_feed_passes(facts: Facts) -> None:
    assert check(GOOD.encode(), facts) == ()


@pytest.mark.parametrize(("code", "old", "new"), SEEDS, ids=[f"{n}-{seed[0]}" for n, seed in enumerate(SEEDS)])
def test_a_seeded_defect_is_found_and_no_other(code: str, old: str, new: str) -> None:
    assert codes(seeded(old, new)) == {code}


@pytest.mark.parametrize("code", BLOCKS)
def test_a_missing_block_is_found(code: str) -> None:
    pattern, new = BLOCKS[code]
    feed, count = re.subn(pattern, new, GOOD, count=1, flags=re.DOTALL)
    assert count == 1
    assert codes(feed) == {code}


def test_a_feed_without_apples_namespace_or_the_others() -> None:
    plain = re.sub(r'\s*xmlns:\w+="[^"]*"', "", GOOD)
    bare = re.sub(r"<(/?)(?:itunes|podcast|atom|content):\w[\w-]*[^>]*>", "", plain)
    assert {"namespace-itunes-missing", "namespace-missing"} <= codes(bare)


STORED = (
    ("enclosure-not-there", f"{MEDIA}two-0123456789ab.mp3", None),
    ("enclosure-type-served", f"{MEDIA}two-0123456789ab.mp3", Stored(2000, "application/octet-stream")),
    ("enclosure-length-served", f"{MEDIA}two-0123456789ab.mp3", Stored(1999, "audio/mpeg")),
    ("transcript-not-there", f"{MEDIA}two.en.vtt", None),
    ("transcript-type-served", f"{MEDIA}two.zh.srt", Stored(50, "text/plain")),
    ("chapters-not-there", f"{MEDIA}two.chapters.json", None),
    ("chapters-type-served", f"{MEDIA}two.chapters.json", Stored(70, "application/json")),
    ("source-not-there", f"{MEDIA}two.opus", None),
    ("source-type-served", f"{MEDIA}two.mp4", Stored(9000, "audio/mp4")),
    ("alternate-length-served", f"{MEDIA}two.mp4", Stored(9001, "video/mp4")),
)


@pytest.mark.parametrize(("code", "url", "stored"), STORED, ids=[row[0] for row in STORED])
def test_what_the_store_says_is_held_against_the_feed(code: str, url: str, stored: Stored | None) -> None:
    objects = {**FACTS.objects, **({url: stored} if stored else {})}
    if stored is None:
        del objects[url]
    assert codes(GOOD, replace(FACTS, objects=objects)) == {code}


PROBLEMS = (
    ("transcript-damaged", f"{MEDIA}two.en.vtt"),
    ("chapters-damaged", f"{MEDIA}two.chapters.json"),
    ("image-bad", "https://example.org/cover.png"),
)


@pytest.mark.parametrize(("code", "url"), PROBLEMS)
def test_a_file_that_the_caller_knows_to_be_bad(code: str, url: str) -> None:
    assert codes(GOOD, replace(FACTS, problems={url: "it is a GIF"})) == {code}


def test_the_trailer_and_the_art_in_the_store() -> None:
    base = "https://example.org/"
    kept = {
        found: Stored(1, "")
        for found in re.findall(r'(?:url|uri|href)="(https://example\.org/[^"]*)"', GOOD)
        if found not in FACTS.objects
    }
    facts = replace(FACTS, base=base, objects={**kept, **FACTS.objects, f"{base}trailer.mp3": Stored(999, "")})
    lengths = {f"{base}live.mp3": Stored(1, "")}
    assert codes(GOOD, replace(facts, objects={**facts.objects, **lengths})) == {"trailer-length-served"}
    for name, code in (("trailer.mp3", "trailer-not-there"), ("two.jpg", "image-not-there")):
        left = {url: one for url, one in facts.objects.items() if not url.endswith(f"/{name}")}
        assert code in codes(GOOD, replace(facts, objects=left))


def test_every_rule_has_a_seed() -> None:
    tried = {seed[0] for seed in SEEDS} | set(BLOCKS) | {row[0] for row in STORED} | {row[0] for row in PROBLEMS}
    elsewhere = {
        "namespace-itunes-missing", "namespace-missing", "trailer-length-served", "trailer-not-there",
        "image-not-there",
    }  # fmt: skip
    assert {rule.code for rule in RULES} - tried - elsewhere == set()


def test_every_rule_says_what_to_do_and_who_asks() -> None:
    for rule in RULES:
        assert rule.what, rule.code
        assert rule.remedy, rule.code
        assert rule.source.startswith("https://"), rule.code
    rows = [(rule.code, rule.at) for rule in RULES]
    assert len(set(rows)) == len(rows)
    assert not {rule.code for rule in RULES} & set(REFUSALS)


def test_a_finding_names_line_place_and_severity() -> None:
    line = next(n for n, text in enumerate(GOOD.splitlines(), 1) if 'length="2000"' in text)
    (found,) = check(seeded('length="2000"', 'length="0"').encode(), FEED)
    assert isinstance(found, Finding)
    assert (found.line, found.severity) == (line, Severity.ERROR)
    assert found.where == 'episode "A pension for platform workers": enclosure'
    assert found.episode == "a40a42ad-83ac-4727-bf9a-c67bfa5d47ac"
    assert "length='0'" in found.what


def test_a_near_name_is_proposed() -> None:
    (found,) = check(seeded('text="Government"', 'text="Goverment"').encode(), FEED)
    assert "did you mean 'Government'" in found.what


def test_prefixes_do_not_count_but_namespaces_do() -> None:
    """The same feed with other prefixes, and with the namespace's old address, is the same feed."""
    other = re.sub(r"\bpodcast:(?=[a-z])", "p:", GOOD.replace("xmlns:podcast", "xmlns:p"))
    assert check(other.encode(), FEED) == ()
    old = "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md"
    assert check(GOOD.replace("https://podcastindex.org/namespace/1.0", old).encode(), FEED) == ()


def test_one_defect_does_not_hide_another() -> None:
    feed = GOOD
    for _, old, new in (SEEDS[5], SEEDS[30], SEEDS[70], SEEDS[130], SEEDS[170]):
        feed = feed.replace(old, new, 1)
    assert codes(feed) == {SEEDS[n][0] for n in (5, 30, 70, 130, 170)}
