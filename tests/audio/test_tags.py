"""ID3 tags, chapters and lyrics are read back by two readers that castkit does not use for writing them."""

from __future__ import annotations

import io
import json
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from mutagen.id3 import ID3, CTOCFlags
from mutagen.mp3 import MP3
from PIL import Image

from castkit.audio.chapters import podcast_chapters
from castkit.audio.tags import Lyrics, Tags, write_tags
from castkit.ffmpeg import find_tools
from castkit.model.chapters import Mark

HOSTILE = (
    'quotes " and & <b>html</b> \\ backslash',
    "emoji 🎙️ and 𠮷, beyond the first plane",
    "العربية and 日本語 and e\u0301",
    "AC/DC; a=b #c, %s {x}",
    "长" * 3000,
    "ends in a backslash \\",
)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sound") / "tone.mp3"
    make = [
        find_tools().ffmpeg,
        "-v",
        "error",
        "-f",
        "lavfi",
        "-i",
        "sine=440:d=3",
        "-c:a",
        "libmp3lame",
        "-b:a",
        "64k",
    ]
    subprocess.run([*make, "-metadata", "title=old", "-write_id3v1", "1", str(path)], check=True)
    return path


@pytest.fixture
def mp3(sound: Path, tmp_path: Path) -> Path:
    path = tmp_path / "episode.mp3"
    path.write_bytes(sound.read_bytes())
    return path


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (300, 300), "teal").save(out, "JPEG")
    return out.getvalue()


MARKS = (Mark(0, 1000, "Welcome"), Mark(1000, 2000, "什么是疾病津贴？"), Mark(2000, 3024, "Advice"))
TAGS = Tags(
    title="外卖骑手生病了，谁来买单？",
    artist="社会保障对话（虚构节目）",
    album="社会保障对话",
    date=datetime(2026, 9, 2, 7, tzinfo=UTC),
    language="eng",
    text_language="zho",
    number=1,
    season=2,
    comment="疾病津贴与平台劳动者。",
    copyright="2026 Dedicated to the public domain",
    licence_url="https://creativecommons.org/publicdomain/zero/1.0/",
    link="https://example.org/show",
    cover=jpeg(),
    chapters=MARKS,
    lyrics=(Lyrics("en", "eng", "Welcome.\nThank you."), Lyrics("zh-Hans", "zho", "欢迎收听。\n谢谢。")),
)


def ffprobe(path: Path) -> dict[str, Any]:
    ask = [
        find_tools().ffprobe,
        "-v",
        "error",
        "-show_format",
        "-show_chapters",
        "-show_streams",
        "-of",
        "json",
        str(path),
    ]
    value: dict[str, Any] = json.loads(subprocess.run(ask, check=True, capture_output=True).stdout)
    return value


def decoded(path: Path) -> bytes:
    ask = [find_tools().ffmpeg, "-v", "error", "-i", str(path), "-map", "0:a", "-f", "md5", "-"]
    return subprocess.run(ask, check=True, capture_output=True).stdout


def test_every_tag_is_read_back_by_mutagen(mp3: Path) -> None:
    write_tags(mp3, TAGS)
    found = ID3(mp3, translate=False)
    assert found.version == (2, 3, 0)
    texts = {key: str(found[key]) for key in ("TIT2", "TPE1", "TALB", "TRCK", "TPOS", "TCON", "TLAN", "TCOP", "TYER")}
    assert texts == {
        "TIT2": TAGS.title,
        "TPE1": TAGS.artist,
        "TALB": TAGS.album,
        "TRCK": "1",
        "TPOS": "2",
        "TCON": "Podcast",
        "TLAN": "eng",
        "TCOP": TAGS.copyright,
        "TYER": "2026",
    }
    assert str(found["TDAT"]) == "0209"
    assert str(found["COMM::zho"]) == TAGS.comment
    assert found["WCOP"].url == TAGS.licence_url
    assert found["WOAF"].url == TAGS.link


def test_cover_chapters_and_lyrics_are_read_back_by_mutagen(mp3: Path) -> None:
    write_tags(mp3, TAGS)
    found = ID3(mp3)
    picture = found["APIC:"]
    assert (picture.mime, picture.type, picture.data) == ("image/jpeg", 3, TAGS.cover)
    table = found["CTOC:toc"]
    assert table.flags == CTOCFlags.TOP_LEVEL | CTOCFlags.ORDERED
    chapters = [found[f"CHAP:{name}"] for name in table.child_element_ids]
    assert [(c.start_time, c.end_time, str(c.sub_frames["TIT2"])) for c in chapters] == [
        (mark.start_ms, mark.end_ms, mark.title) for mark in MARKS
    ]
    assert {(one.lang, one.desc): one.text for one in found.getall("USLT")} == {
        ("eng", "en"): "Welcome.\nThank you.",
        ("zho", "zh-Hans"): "欢迎收听。\n谢谢。",
    }


def test_chapters_and_lyrics_lie_in_the_order_given_and_the_picture_last(mp3: Path) -> None:
    """Many players show the first lyrics and the chapters as they come, whatever the table of contents says."""
    long_first = (Lyrics("en", "eng", "long " * 500), Lyrics("zh-Hans", "zho", "短"))
    marks = (Mark(0, 1000, "a long title, so that it would be sorted last"), Mark(1000, 3024, "B"))
    write_tags(mp3, replace(TAGS, lyrics=long_first, chapters=marks))
    data = mp3.read_bytes()
    places = [data.index(part) for part in (b"eng\xff\xfee\0n", b"zho\xff\xfez\0h", b"chp0\0\0", b"chp1\0\0", b"APIC")]
    assert places == sorted(places)


def test_ffprobe_reads_the_same(mp3: Path) -> None:
    write_tags(mp3, TAGS)
    found = ffprobe(mp3)
    tags = found["format"]["tags"]
    assert (tags["title"], tags["album"], tags["artist"], tags["track"]) == (TAGS.title, TAGS.album, TAGS.artist, "1")
    assert tags["date"].startswith("2026")
    assert [(c["start"], c["end"], c["tags"]["title"]) for c in found["chapters"]] == [
        (mark.start_ms, mark.end_ms, mark.title) for mark in MARKS
    ]
    picture = next(stream for stream in found["streams"] if stream["codec_type"] == "video")
    assert picture["disposition"]["attached_pic"] == 1
    assert any(key.startswith("lyrics") and "谢谢" in text for key, text in tags.items())


def test_sound_is_not_touched_and_old_tags_are_gone(mp3: Path) -> None:
    before, length = decoded(mp3), MP3(mp3).info.length
    write_tags(mp3, replace(TAGS, title="new"))
    assert decoded(mp3) == before
    assert MP3(mp3).info.length == pytest.approx(length, abs=0.001)
    assert b"old" not in mp3.read_bytes()[-128:]
    assert "TSSE" not in ID3(mp3)


def test_the_same_tags_give_the_same_bytes_over_any_old_tags(mp3: Path, sound: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.mp3"
    other.write_bytes(sound.read_bytes())
    write_tags(other, replace(TAGS, title="something else", comment="x" * 5000))
    write_tags(mp3, TAGS)
    write_tags(other, TAGS)
    assert mp3.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_comes_back_whole(mp3: Path, text: str) -> None:
    marks = (Mark(0, 3024, text),)
    write_tags(mp3, replace(TAGS, title=text, comment=text, chapters=marks, lyrics=(Lyrics("en", "eng", text),)))
    found = ID3(mp3)
    assert str(found["TIT2"]) == text
    assert str(found["COMM::zho"]) == text
    assert str(found["CHAP:chp0"].sub_frames["TIT2"]) == text
    assert found.getall("USLT")[0].text == text
    assert ffprobe(mp3)["chapters"][0]["tags"]["title"] == text


def test_what_is_not_given_is_left_out(mp3: Path) -> None:
    write_tags(mp3, Tags("t", "a", "s", TAGS.date, language="", text_language="eng"))
    found = ID3(mp3)
    assert set(found) == {"TIT2", "TPE1", "TALB", "TDRC", "TCON"}
    assert ffprobe(mp3)["chapters"] == []


def test_more_chapters_than_a_table_of_contents_can_count(mp3: Path) -> None:
    marks = tuple(Mark(10 * i, 10 * i + 10, f"{i}") for i in range(300))
    write_tags(mp3, replace(TAGS, chapters=marks))
    assert len(ffprobe(mp3)["chapters"]) == 300


def test_podcast_chapters_have_seconds_with_at_most_three_decimals() -> None:
    marks = (Mark(0, 1234, "A"), Mark(1234, 3_600_001, "“乙”"), Mark(3_600_001, 3_700_000, "C"))
    value = podcast_chapters(marks, title="T", podcast="P")
    assert value["version"] == "1.2.0"
    starts = json.loads(json.dumps([chapter["startTime"] for chapter in value["chapters"]]))
    assert starts == [0, 1.234, 3600.001]
    assert [chapter["title"] for chapter in value["chapters"]] == ["A", "“乙”", "C"]
