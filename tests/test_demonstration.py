"""The demonstration show: valid, honest about being made up, and within every limit that castkit holds others to."""

from __future__ import annotations

import importlib.util
import re
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from PIL import Image

from castkit.audio.listen import measure
from castkit.config import load_all
from castkit.feed import ledger
from castkit.ffmpeg import find_tools
from castkit.model.episode import Episode
from castkit.model.show import Show
from castkit.subtitles.files import read_srt
from castkit.subtitles.profile import breaches, profile_for
from castkit.workspace import Workspace

ROOT = Path(__file__).parent.parent
WORKSPACE = Workspace(ROOT)
LANGUAGES = ("en", "zh-Hans")


@pytest.fixture(scope="module")
def loaded() -> tuple[Show, dict[str, Episode]]:
    show, episodes = load_all(WORKSPACE)
    return show, dict(episodes)


def addresses(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [found for one in value.values() for found in addresses(one)]
    if isinstance(value, list | tuple):
        return [found for one in value for found in addresses(one)]
    return [value] if isinstance(value, str) and value.startswith("http") else []


def test_three_episodes_load_without_a_problem(loaded: tuple[Show, dict[str, Episode]]) -> None:
    assert list(loaded[1]) == ["episode-01", "episode-02", "episode-03"]


def test_it_says_in_both_languages_that_it_is_made_up_and_the_voices_synthetic(
    loaded: tuple[Show, dict[str, Episode]],
) -> None:
    about = loaded[0].show.description
    assert re.search(r"made up.*voices are synthetic", about.own("en"), re.DOTALL)
    assert re.search(r"虚构.*声音均由计算机合成", about.own("zh-Hans"), re.DOTALL)
    for episode in loaded[1].values():
        assert "invented" in episode.description.own("en")
        assert "虚构" in episode.description.own("zh-Hans")


def test_nobody_real_is_named(loaded: tuple[Show, dict[str, Episode]]) -> None:
    show, episodes = loaded
    assert {person.name.own("en") for person in show.people} == {"Host", "Guest", "Presenter"}
    for organisation in (*show.partners, *show.funders, *(person.organisation for person in show.people)):
        name = getattr(organisation, "name", organisation)
        assert "(invented)" in name.own("en")
        assert "（虚构）" in name.own("zh-Hans")
    everything = [show.model_dump(exclude={"store"}), *(episode.model_dump() for episode in episodes.values())]
    assert {urlsplit(address).hostname for address in addresses(everything)} == {"example.org"}
    assert show.show.owner_email.endswith("@example.org")


def test_everything_is_said_in_both_languages(loaded: tuple[Show, dict[str, Episode]]) -> None:
    show, episodes = loaded
    texts = [
        show.show.title,
        show.show.description,
        show.show.author,
        show.show.funding_statement,
        show.show.disclaimer,
    ]
    for episode in episodes.values():
        texts += [episode.title, episode.summary, episode.description]
        texts += [one.title for one in (*episode.chapters, *episode.links)]
    for text in texts:
        assert set(text.root) == set(LANGUAGES)
        assert all(text.root.values())
        assert re.search("[\u4e00-\u9fff]", text.root["zh-Hans"])


def test_chapters_start_in_pauses_and_never_within_a_turn(
    loaded: tuple[Show, dict[str, Episode]], truth: dict[str, Any]
) -> None:
    for slug, episode in loaded[1].items():
        turns = truth[slug]["turns"]
        assert len(episode.chapters) >= 3
        for chapter in episode.chapters:
            assert not [t for t in turns if t["start_ms"] < chapter.start < t["end_ms"]], (slug, chapter)
            assert chapter.start < turns[-1]["start_ms"]


def test_recordings_are_there_and_named_by_role(loaded: tuple[Show, dict[str, Episode]]) -> None:
    found = {
        slug: {recording.path: recording.speaker for recording in episode.recordings}
        for slug, episode in loaded[1].items()
    }
    assert found == {
        "episode-01": {"raw/host.flac": "host", "raw/guest.m4a": "guest"},
        "episode-02": {"raw/interview.mp3": ""},
        "episode-03": {"raw/camera.mp4": "presenter"},
    }
    assert all((WORKSPACE.episode(slug).root / path).is_file() for slug, paths in found.items() for path in paths)


def test_the_ledger_agrees(loaded: tuple[Show, dict[str, Episode]]) -> None:
    show, episodes = loaded
    known = ledger.read(WORKSPACE.ledger)
    names = [f"{language}{kind}" for language in LANGUAGES for kind in ("", ".video")]
    assert dict(known.feeds) == {name: ledger.podcast_guid(f"{show.store.base_url}/feeds/{name}.xml") for name in names}
    assert dict(known.episodes) == {
        slug: ledger.Identity(episode.guid, episode.date) for slug, episode in episodes.items()
    }


def test_the_cover_is_what_apple_asks_for(loaded: tuple[Show, dict[str, Episode]]) -> None:
    path = ROOT / loaded[0].show.image
    with Image.open(path) as picture:
        assert (picture.format, picture.mode) == ("PNG", "RGB")
        assert picture.width == picture.height
        assert 1400 <= picture.width <= 3000
    assert path.stat().st_size < 500_000


def test_the_cover_keeps_its_contrast_at_the_size_of_a_list(loaded: tuple[Show, dict[str, Episode]]) -> None:
    """At 55 pixels, letters in both bubbles still differ from their ground by WCAG's 3:1 for large text."""
    with Image.open(ROOT / loaded[0].show.image) as picture:
        small = picture.resize((55, 55), Image.Resampling.LANCZOS)
    for box in ((6, 4, 48, 29), (7, 38, 50, 47)):
        pixels = iter(small.crop(box).tobytes())
        levels = sorted(luminance(pixel) for pixel in zip(pixels, pixels, pixels, strict=True))
        dark, light = levels[len(levels) // 20], levels[-len(levels) // 20]
        assert (light + 0.05) / (dark + 0.05) >= 3, box


def luminance(pixel: tuple[int, ...]) -> float:
    linear = [(value / 255) ** 2.2 for value in pixel]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("name", ["intro", "outro"])
def test_the_jingles_are_short_small_and_not_clipped(loaded: tuple[Show, dict[str, Episode]], name: str) -> None:
    path = ROOT / getattr(loaded[0].audio, name)
    heard = measure(path, 3000)
    assert 2000 <= heard.duration_ms <= 3000
    assert -25 <= heard.loudness.integrated_lufs <= -14
    assert heard.loudness.true_peak_dbtp <= -3
    assert path.stat().st_size < 400_000


def test_the_accepted_translation_breaks_no_limit() -> None:
    cues = read_srt(WORKSPACE.episode("episode-01").accepted("zh-Hans"))
    assert list(breaches(cues, profile_for("zh-Hans"))) == []


def test_the_accepted_translation_has_the_layout_of_professional_subtitles() -> None:
    """Counted here from the guide's numbers, not with castkit's own profile (Netflix, zh-Hans)."""
    text = WORKSPACE.episode("episode-01").accepted("zh-Hans").read_text("utf-8")
    times = [[clock(one) for one in row] for row in re.findall(r"(\S+) --> (\S+)", text)]
    texts = [block.split("\n")[2:] for block in text.strip().split("\n\n")]
    assert len(times) == len(texts) == 69
    for (start, end), lines in zip(times, texts, strict=True):
        assert 1 <= len(lines) <= 2
        assert all(len(line) <= 16 for line in lines)
        assert 833 <= end - start <= 7000
        assert len("".join(lines)) * 1000 / (end - start) <= 9
        assert not any(line[0] in "，。？！、：；》" for line in lines)
    assert all(later[0] - earlier[1] >= 83 for earlier, later in pairwise(times))


def clock(text: str) -> int:
    hours, minutes, seconds = text.replace(",", ".").split(":")
    return round((int(hours) * 3600 + int(minutes) * 60 + float(seconds)) * 1000)


def test_the_accepted_translation_covers_every_turn_and_no_silence(
    loaded: tuple[Show, dict[str, Episode]], truth: dict[str, Any]
) -> None:
    cues = read_srt(WORKSPACE.episode("episode-01").accepted("zh-Hans"))
    lead_ms = measure(ROOT / loaded[0].audio.intro, 3000).duration_ms - loaded[0].audio.crossfade_ms
    turns = [(turn["start_ms"] + lead_ms, turn["end_ms"] + lead_ms) for turn in truth["episode-01"]["turns"]]
    for start, end in turns:
        inside = [cue for cue in cues if start - 100 <= cue.start_ms <= end]
        assert inside
        assert abs(inside[0].start_ms - start) <= 100
        assert -200 <= inside[-1].end_ms - end <= 1000
    for cue in cues:
        assert any(start - 100 <= cue.start_ms < end for start, end in turns), cue


def test_the_accepted_translation_uses_the_field_s_terms_throughout() -> None:
    text = WORKSPACE.episode("episode-01").accepted("zh-Hans").read_text("utf-8")
    for term, least in {
        "疾病津贴": 2,
        "待遇等待期": 3,
        "平台劳动者": 1,
        "缴费": 2,
        "统筹": 2,
        "参保": 6,
        "骑手": 4,
    }.items():
        assert text.count(term) >= least, term
    for figure in ("60%至80%", "40栋", "2%", "11%", "64%", "18个月", "2020年", "九个国家"):
        assert figure in text


def test_the_art_can_be_made_again() -> None:
    """The sound is the same everywhere; the drawing depends on the fonts of the machine and is not compared."""
    spec = importlib.util.spec_from_file_location("make_demo_art", ROOT / "scripts" / "make_demo_art.py")
    assert spec
    assert spec.loader
    art = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(art)
    for name, notes, seconds in (
        ("intro", art.INTRO, art.INTRO_SECONDS),
        ("outro", art.OUTRO, art.OUTRO_SECONDS),
    ):
        pcm = subprocess.run(
            [find_tools().ffmpeg, "-v", "error", "-i", str(ROOT / "assets" / f"{name}.flac"), "-f", "s16le", "-"],
            check=True,
            capture_output=True,
        ).stdout
        made = art.chime(notes, seconds).tobytes()
        assert len(pcm) == len(made)
        differences = [abs(a - b) for a, b in zip(memoryview(pcm).cast("h"), memoryview(made).cast("h"), strict=True)]
        assert max(differences) <= 1
