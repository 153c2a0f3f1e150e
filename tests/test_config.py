"""The gate for what people write: every mistake is named, all at once, and nothing makes it stumble."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from castkit.config import (
    check_episode_text,
    check_show_languages,
    closest,
    load_all,
    load_episode,
    load_episodes,
    load_show,
    placeholders,
)
from castkit.config.relations import people_of
from castkit.config.rules import EPISODE_RULES, SHOW_RULES
from castkit.config.source import line_of_keys, parse
from castkit.config.texts import EPISODE_TEXTS, SHOW_TEXTS
from castkit.errors import CastkitError, ConfigError
from castkit.model.episode import Episode
from castkit.model.show import Show
from castkit.model.text import LocalText
from castkit.workspace import Workspace

SHOW = """\
[show]
title = { en = "Dialogues", zh-Hans = "对话" }
description = "About work."
author = "An Institute"
owner_email = "podcast@institute.org"
link = "https://institute.org/podcast"
categories = ["Government", "Education > Courses"]
languages = ["en", "zh-Hans"]
licence = "cc-by-4.0"

[[people]]
id = "host"
name = "Host"

[[people]]
id = "guest"
name = { en = "Guest", zh-Hans = "嘉宾" }
role = "Guest"

[store]
base_url = "https://media.institute.org/podcast"
"""
EPISODE = """\
guid = "11111111-1111-4111-8111-111111111111"
title = "First"
summary = { en = "In short." }
language = "zh"
date = 2026-05-01T09:00:00+02:00
people = ["host", { id = "expert", name = "Expert", role = "consultant" }]

[[recordings]]
path = "raw/host.wav"
speaker = "host"

[[chapters]]
start = "00:00"
title = "Start"

[[chapters]]
start = 00:01:30
title = "Middle"
"""


def make(root: Path, show: str = SHOW, **episodes: str) -> Workspace:
    (root / "castkit.toml").write_text(show, "utf-8")
    for slug, text in episodes.items():
        folder = root / "episodes" / slug.replace("_", "-")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "episode.toml").write_text(text, "utf-8")
    return Workspace(root)


def problems_of(action: Callable[[], object]) -> list[str]:
    """The lines of the ConfigError that the action raises, one for each problem."""
    with pytest.raises(ConfigError) as caught:
        action()
    assert caught.value.hint
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # noqa: S301 - our own
    first, *rest = caught.value.message.split("\n  ")
    assert not rest or first == f"{len(rest)} problems in the show's files:"
    return rest or [first]


def test_a_good_show_and_episode_load(tmp_path: Path) -> None:
    workspace = make(tmp_path, one=EPISODE)
    show, episodes = load_all(workspace)
    assert show == load_show(workspace)
    assert episodes["one"] == load_episode(workspace, show, "one")
    assert show.people[1].role == "guest"
    assert [chapter.start for chapter in episodes["one"].chapters] == [0, 90_000]
    assert episodes["one"].date == datetime(2026, 5, 1, 7, tzinfo=UTC)
    assert placeholders(workspace, show) == []


@pytest.mark.parametrize("text", ["2026-05-01T09:00:00", "2026-05-01T09:00:00.75Z", '"2026-05-01T09:00:00+00:00"'])
def test_a_date_without_a_zone_is_utc_and_seconds_are_whole(tmp_path: Path, text: str) -> None:
    workspace = make(tmp_path, one=EPISODE.replace("2026-05-01T09:00:00+02:00", text))
    assert load_all(workspace)[1]["one"].date == datetime(2026, 5, 1, 9, tzinfo=UTC)


# (what stands in castkit.toml, what stands there instead, parts of the one line that must be said)
WRONG_SHOW: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("[show]\n", "[show\n", ("castkit.toml, line 1", "not TOML, column 6", "Expected ']'")),
    ('"podcast@institute.org"', "“podcast@institute.org”", ("line 5", "not TOML", "straight ones")),
    ("licence =", "license =", ("line 9", "show.license: unknown key", 'mean "licence"?')),
    ("[store]", "[stor]", ("line 20: stor: unknown key", 'did you mean "store"?')),
    ('role = "Guest"', 'role = "gest"', ('people[1].role: found "gest"', 'did you mean "guest"?')),
    ('role = "Guest"', 'role = "presenter"', ("people[1].role", 'did you mean "host"?')),
    ('"An Institute"', "7", ("line 4: show.author: found 7", "text in quotation marks")),
    ('"An Institute"', '""', ('show.author: found ""', "not empty")),
    ('"An Institute"', "{}", ("show.author: found an empty table",)),
    ('author = "An Institute"\n', "", ("line 1: show.author: missing", "the organisation or person")),
    ("podcast@", "podcast at ", ("show.owner_email", "an e-mail address")),
    ('"https://institute.org/podcast"', '"institute.org/x"', ("show.link", 'mean "https://institute.org/x"?')),
    ('"https://institute.org/podcast"', '"ftp://institute.org"', ("show.link", "https:// or http://")),
    ('"https://institute.org/podcast"', '"http://[::1"', ("show.link", "https:// or http://")),
    ('"https://institute.org/podcast"', '"http://a:b@c.org"', ("show.link", "without a name and password")),
    ('"Government"', '"Goverment"', ("show.categories[0]", 'did you mean "Government"?')),
    ('"Education > Courses"', '"Politics"', ("show.categories[1]", 'did you mean "News > Politics"?')),
    ('["Government", "Education > Courses"]', "[]", ("line 7: show.categories", "at least 1")),
    ('["Government", "Education > Courses"]', '"Government"', ("show.categories", "a list in square brackets")),
    ('["en", "zh-Hans"]', '["en", "zh-hans"]', ("line 8: show.languages[1]", 'did you mean "zh-Hans"?')),
    ('["en", "zh-Hans"]', '["en", "zh_Hans"]', ("show.languages[1]", 'did you mean "zh-Hans"?')),
    ('["en", "zh-Hans"]', '["English", "zh-Hans", "en"]', ("show.languages[0]", 'did you mean "en"?')),
    ('["en", "zh-Hans"]', '["en", "zh-Hans", "und"]', ("show.languages[2]", "BCP 47")),
    ('["en", "zh-Hans"]', '["en", "zh-Hans", "en"]', ("show.languages[2]", "each language once")),
    ("zh-Hans = \"对话\"", "zh = \"对话\"", ("show.title.zh: not a language of the show", 'mean "zh-Hans"?')),
    ('"cc-by-4.0"', '"CC BY 4.0"', ("show.licence", 'did you mean "cc-by-4.0"?')),
    ('id = "guest"', 'id = "host"', ("people[1].id", "an id of its own")),
    ('id = "guest"', 'id = "Der Gast"', ("line 16: people[1].id", "small letters")),
    ("[store]", '[store]\nkind = "ftp"', ("store.kind", '"folder" or "s3"')),
    ("[store]", '[store]\nkind = "s3"', ("line 20: store.bucket: missing",)),
    ("[store]", '[store]\npreset = "oss"\nbucket = "b"', ("store.region: missing", 'preset = "oss"')),
    ("[store]", '[store]\npreset = "aws"', ("store.bucket: missing",)),
    ("[store]", '[store]\npreset = "r2"\nbucket = "b"', ("store.endpoint: missing", 'preset = "r2"')),
    ("[store]", '[store]\npreset = "aws"\nkind = "folder"', ("store.kind", "beside preset")),
    ("[store]", '[store]\npreset = "alioss"\nbucket = "b"', ("store.preset", '"oss"')),
    ("[store]", "[store]\nbandwidth_limit = -1.0", ("store.bandwidth_limit", "at least 0")),
    ("[store]", '[store]\npath = "."', ("store.path", "a folder of its own")),
    ("[store]", '[store]\npath = "episodes/x"', ("store.path", "a folder of its own")),
    ("[store]", '[store]\nprefix = "/a//b/"', ("store.prefix", 'did you mean "a/b"?')),
    ("[store]", "[store]\ngrace_days = 0", ("store.grace_days",)),
    ("[store]", '[backup]\nto = "backup"\n\n[store]', ("backup.to", "a folder outside the show's")),
    ("[store]", '[backup]\nto = "s3:///show"\n\n[store]', ("backup.to", "s3://bucket/prefix")),
    ("[store]", '[backup]\nto = "https://x.example"\n\n[store]', ("backup.to", "s3://bucket/prefix")),
    ("media.institute.org/podcast\"\n", 'media.institute.org/podcast?x=1"\n', ("store.base_url", "without ? and #")),
    ("[store]", "[audio]\nloudness = 3\n[store]", ("audio.loudness: found 3", "at most -8")),
    ("[store]", '[audio]\nbitrate = "128"\n[store]', ("audio.bitrate", "without quotation marks")),
    ("[store]", '[audio]\nintro = "../intro.wav"\n[store]', ("audio.intro", "within the workspace")),
    ("[store]", '[audio]\nintro = "/intro.wav"\n[store]', ("audio.intro", "relative")),
    ("[store]", '[audio]\nbed = "/music.wav"\n[store]', ("audio.bed", "relative")),
    ("[store]", "[audio]\nlongest_pause_ms = 400\n[store]", ("audio.longest_pause_ms", "at least 1000")),
    ("[store]", '[audio]\npreset = "interveiw"\n[store]', ("audio.preset", 'mean "interview"?')),
    ("[store]", '[audio]\nformats = ["mp3", "wav"]\n[store]', ("audio.formats[1]", '"opus"')),
    ("[store]", '[video]\nburn = "zh_Hans"\n[store]', ("video.burn", 'mean "zh-Hans"?')),
    ("[store]", '[video]\nburn = "bilingal"\n[store]', ("video.burn", 'mean "bilingual"?')),
    ("[store]", '[video]\nshape = "4:3"\n[store]', ("video.shape", '"9:16"')),
    ("[store]", '[subtitles]\nrequire_review = ["zh_Hans"]\n[store]', ("require_review[0]", 'mean "zh-Hans"?')),
    ("[store]", '[show.disclaimer]\nen = "a\\u0007b"\n[store]', ("show.disclaimer.en", "U+0007")),
    ("[store]", '[speech]\ncompute_type = "int9"\n[store]', ("speech.compute_type", "did you mean")),
    ("[store]", '[subtitles]\nprofile = "netflx"\n[store]', ("line 21: subtitles.profile", 'mean "netflix"?')),
    ("[store]", '[subtitles]\nprofile = "howse"\n[subtitles.profiles.house]\n[store]', ('mean "house"?', "podcast")),
    ("[store]", '[subtitles.profiles.house]\nbase = "nflx"\n[store]', ("profiles.house.base", 'mean "netflix"?')),
    ("[store]", '[translation]\nuse = "endpiont"\n[store]', ("translation.use", 'mean "endpoint"?')),
    ("[store]", '[translation]\nuse = "endpoint"\nmodel = "m"\n[store]', ("line 20: translation.url: missing",)),
    ("[store]", '[translation]\nuse = "endpoint"\nurl = "http://a.org/v1"\n[store]', ("translation.model: missing",)),
    ("[store]", '[translation]\nurl = "http://a.org/v1"\n[store]', ("translation.model: missing", "beside its url")),
    ("[store]", '[translation]\nurl = "a.org/v1"\nmodel = "m"\n[store]', ("url", 'mean "https://a.org/v1"?')),
    ("[store]", '[translation]\nurl = "https://a.org/v1?k=1"\nmodel = "m"\n[store]', ("without ? and #",)),
    ("[store]", '[translation]\nurl = "file:///v1"\nmodel = "m"\n[store]', ("translation.url", "https:// or http://")),
    ('"About work."', f'"{"界" * 1400}"', ("show.description", "at most 4000 bytes in UTF-8, not 4200")),
)  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), WRONG_SHOW, ids=[row[1][:40] for row in WRONG_SHOW])
def test_a_wrong_show_is_told_in_one_line(tmp_path: Path, old: str, new: str, said: tuple[str, ...]) -> None:
    assert old in SHOW
    lines = problems_of(lambda: load_show(make(tmp_path, SHOW.replace(old, new, 1))))
    assert len(lines) == 1, lines
    assert lines[0].startswith("castkit.toml")
    for part in said:
        assert part in lines[0]


@pytest.mark.parametrize(
    "text",
    ['url = "https://me:hush-5@a.org/v1"\nmodel = "m"', 'key_variable = "hush-5"', 'key_variable = "hush_5"'],
)
def test_a_secret_in_the_wrong_place_is_refused_and_not_repeated(tmp_path: Path, text: str) -> None:
    (line,) = problems_of(lambda: load_show(make(tmp_path, f"{SHOW}\n[translation]\n{text}\n")))
    assert "environment" in line
    assert "hush" not in line


@pytest.mark.parametrize(
    "text",
    [
        '[translation]\nurl = ""\nmodel = ""',
        '[translation]\nuse = "endpoint"\nurl = "http://[::1]:8080/v1/"\nmodel = "m"\nkey_variable = "KEY_2"',
        '[translation]\nuse = "local"\nmodels = ["models/translate-en_zh-1_9.argosmodel"]',
        '[subtitles]\nprofile = "podcast"\nnumbers = "digits"',
        '[subtitles]\nprofile = "house"\n[subtitles.profiles.house]\nbase = "bbc"\nlines = 1',
    ],
)
def test_a_show_with_translation_and_profiles_loads(tmp_path: Path, text: str) -> None:
    assert load_show(make(tmp_path, f"{SHOW}\n{text}\n"))


WRONG_EPISODE: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("11111111-1111-4111-8111-111111111111", "first", ("line 1: guid", "castkit new")),
    ('title = "First"', 'title = "  "', ("line 2: title", "not empty")),
    ('title = "First"', 'title = { en = "A", zh-Hans = "" }', ('line 2: title.zh-Hans: found ""',)),
    ('title = "First"', 'title = { de = "A" }', ("title.de: not a language of the show", "en, zh-Hans")),
    ('title = "First"\n', "", ("title: missing",)),
    ('language = "zh"', 'language = "klingon"', ("line 4: language", '"auto"', "Whisper")),
    ('language = "zh"', 'language = "chinese"', ("language", 'did you mean "zh"?')),
    ('language = "zh"', 'language = "zh_CN"', ("language", 'did you mean "zh-CN"?')),
    ('language = "zh"', 'language = "tlh"', ("language", "Whisper")),
    ('language = "zh"', 'langauge = "zh"\nlanguage = "zh"', ("unknown key", 'did you mean "language"?')),
    ("2026-05-01T09:00:00+02:00", '"next week"', ("line 5: date", "2026-05-01T09:00:00+02:00")),
    ("2026-05-01T09:00:00+02:00", "2026", ("line 5: date: found 2026",)),
    ("2026-05-01T09:00:00+02:00", "0001-01-01T00:00:00+14:00", ("date", "from 1970")),
    ('people = ["host",', 'people = ["hots", "host",', ("people[0]", 'did you mean "host"?')),
    ('people = ["host",', 'people = ["host", "host",', ("people[1]", "each person once")),
    ('id = "expert"', 'id = "guest"', ("people[1].id", "only the id")),
    ('id = "expert", ', "", ("people[1].id: missing",)),
    ('role = "consultant"', 'rolle = "consultant"', ("line 6: people[1].rolle", 'mean "role"?')),
    ('"raw/host.wav"', '"../../../etc/passwd"', ("line 9: recordings[0].path", "within the workspace")),
    ('"raw/host.wav"', '"/etc/passwd"', ("recordings[0].path", "relative")),
    ('"raw/host.wav"', '"C:/x.wav"', ("recordings[0].path", "relative")),
    ('"raw/host.wav"', "'raw\\host.wav'", ("recordings[0].path", 'did you mean "raw/host.wav"?')),
    ('"raw/host.wav"', '"raw/a\\u0000b"', ("recordings[0].path",)),
    ('"raw/host.wav"', '"raw/host.wav"\noffset_ms = -90000000', ("offset_ms", "at least -86400000")),
    ('"raw/host.wav"', '"raw/host.wav"\noffset_ms = "atuo"', ("offset_ms", 'found "atuo"', '"auto"')),
    ('"raw/host.wav"', '"raw/host.wav"\noffset_ms = "auto"', ("recordings[0].offset_ms", "found against it")),
    ('language = "zh"', 'language = "zh"\ncut = [["00:10", "00:05"]]', ("cut[0]", "later than the start")),
    ('language = "zh"', 'language = "zh"\ncut = ["00:10", "00:20"]', ("cut[0]", "a list in square brackets")),
    ('language = "zh"', 'language = "zh"\ncut = [["00:10"]]', ("cut[0][1]: missing",)),
    ('language = "zh"', 'language = "zh"\nturns = [["00:10", "host"], ["00:05", "host"]]', ("turns[1]", "later than")),
    ('language = "zh"', 'language = "zh"\nturns = [["00:10", "gast"]]', ("turns[0]", '"gast"', "people")),
    ('language = "zh"', 'language = "zh"\nturns = [[10, "host"]]', ("turns[0][0]", "quotation marks")),
    ('language = "zh"', 'language = "zh"\ncut = [["00:01", "00:02", "00:03"]]', ("cut[0]", "at most 2")),
    ('language = "zh"', 'language = "zh"\nkeep = [["0:99", "02:00"]]', ("keep[0][0]", "is not a time")),
    ('language = "zh"', 'language = "zh"\nmaster = "../../../x.wav"', ("master", "within the workspace")),
    ('speaker = "host"', 'speaker = "hst"', ("recordings[0].speaker", "(host, expert)", 'did you mean "host"?')),
    ('speaker = "host"', 'speaker = "guest"', ("recordings[0].speaker", "can be added to people")),
    ('start = "00:00"', 'start = "00:05"', ("chapters[0].start", "00:00 for the first")),
    ("start = 00:01:30", 'start = "00:00"', ("line 17: chapters[1].start", "later than the chapter before")),
    ("start = 00:01:30", 'start = "1:99"', ("chapters[1].start", "is not a time; write MM:SS")),
    ("start = 00:01:30", "start = 90", ("chapters[1].start", 'in quotation marks, such as "01:30"')),
    ("[[chapters]]", '[[links]]\nkind = "policy"\ntitle = "T"\nurl = "https://a.org"\n[[chapters]]', ("policy-brief",)),
    ("[[chapters]]", '[[links]]\ntitle = "T"\nurl = { en = "a.org/x" }\n[[chapters]]', ('mean "https://a.org/x"?',)),
    ("[[chapters]]", "season = 0\n[[chapters]]", ("recordings[0].season: unknown key",)),
)  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), WRONG_EPISODE, ids=[row[1][:40] for row in WRONG_EPISODE])
def test_a_wrong_episode_is_told(tmp_path: Path, old: str, new: str, said: tuple[str, ...]) -> None:
    assert old in EPISODE
    workspace = make(tmp_path, one=EPISODE.replace(old, new, 1))
    lines = problems_of(lambda: load_episode(workspace, load_show(workspace), "one"))
    told = [line for line in lines if all(part in line for part in said)]
    assert len(told) == 1, lines
    assert told[0].startswith("episodes/one/episode.toml")
    assert lines == problems_of(lambda: load_all(workspace))


def test_everything_wrong_in_several_files_is_told_at_once(tmp_path: Path) -> None:
    show = SHOW.replace("podcast@", "").replace('"en", "zh-Hans"', '"en", "zh-hans"')
    bad = EPISODE.replace('"zh"', '"xx"').replace('"hots"', '"host"').replace("First", "")
    workspace = make(tmp_path, show, one=bad, two="this is not TOML")
    lines = problems_of(lambda: load_all(workspace))
    assert [line.split(":")[0] for line in lines] == [
        "castkit.toml, line 5",
        "castkit.toml, line 8",
        "episodes/one/episode.toml, line 2",
        "episodes/one/episode.toml, line 4",
        "episodes/two/episode.toml, line 1",
    ]
    assert len(problems_of(lambda: load_episodes(workspace, ["one"]))) == 4


def test_a_guid_that_two_episodes_share_names_both_files(tmp_path: Path) -> None:
    other = EPISODE.replace("11111111-1111", "{11111111-1111").replace('111111111111"', '111111111111}"')
    workspace = make(tmp_path, one=EPISODE, two=other, three=EPISODE.replace("-8111-", "-8112-"))
    for action in (
        lambda: load_all(workspace),
        lambda: load_episodes(workspace, ["one"]),
        lambda: load_episode(workspace, load_show(workspace), "two"),
    ):
        (line,) = problems_of(action)
        assert "episodes/one/episode.toml" in line
        assert "episodes/two/episode.toml, line 1: guid" in line
    assert load_episodes(workspace, ["three"])[1]["three"].title.own("en") == "First"


def test_another_episodes_mistake_stops_nobody(tmp_path: Path) -> None:
    workspace = make(tmp_path, one=EPISODE, two="][")
    assert load_episode(workspace, load_show(workspace), "one")
    assert list(load_episodes(workspace, ["one", "one"])[1]) == ["one"]


@pytest.mark.parametrize("slug", ["Talk", "my talk", "talk_1", "-x", "été"])
def test_a_folder_name_that_cannot_be_an_address_is_refused(tmp_path: Path, slug: str) -> None:
    workspace = make(tmp_path)
    (tmp_path / "episodes" / slug).mkdir(parents=True)
    (tmp_path / "episodes" / slug / "episode.toml").write_text(EPISODE, "utf-8")
    (line,) = problems_of(lambda: load_all(workspace))
    assert "small letters, digits and hyphens" in line


@pytest.mark.skipif(os.name == "nt", reason="the file system knows no such pair of names")
def test_two_folders_that_are_one_name_elsewhere_are_told(tmp_path: Path) -> None:
    workspace = make(tmp_path, talk=EPISODE, TALK=EPISODE.replace("-8111-", "-8112-"))
    lines = problems_of(lambda: load_episodes(workspace, ["talk"]))
    assert any("one name on macOS and Windows" in line for line in lines)


@pytest.mark.parametrize(
    ("slug", "hint"),
    [("episode-2", "did you mean episode-02?"), ("xyz", "there are: episode-01, episode-02"), ("../x", "there are")],
)
def test_an_unknown_episode_is_met_with_a_guess(tmp_path: Path, slug: str, hint: str) -> None:
    workspace = make(tmp_path, episode_01=EPISODE, episode_02=EPISODE.replace("-8111-", "-8112-"))
    with pytest.raises(CastkitError, match="no episode") as caught:
        load_episode(workspace, load_show(workspace), slug)
    assert hint in caught.value.hint


def test_a_show_without_episodes_says_how_to_start_one(tmp_path: Path) -> None:
    with pytest.raises(CastkitError) as caught:
        load_episodes(make(tmp_path), ["one"])
    assert "castkit new" in caught.value.hint


@pytest.mark.skipif(not hasattr(os, "symlink") or os.name == "nt", reason="links need rights on Windows")
def test_a_link_out_of_the_workspace_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "show").mkdir()
    workspace = make(tmp_path / "show", one=EPISODE)
    (tmp_path / "show/episodes/one/raw").symlink_to(tmp_path / "elsewhere")
    (line,) = problems_of(lambda: load_all(workspace))
    assert "recordings[0].path" in line
    assert f"raw is a link to {tmp_path / 'elsewhere'}" in line
    (tmp_path / "show/episodes/one/raw").unlink()
    (tmp_path / "show/episodes/one/raw").mkdir()
    (tmp_path / "elsewhere/host.wav").touch()
    (tmp_path / "show/episodes/one/raw/host.wav").symlink_to(tmp_path / "elsewhere/host.wav")
    (line,) = problems_of(lambda: load_all(workspace))
    assert "copy the file into it, host.wav is a link to" in line
    (tmp_path / "show/episodes/one/raw/host.wav").unlink()
    (tmp_path / "show/episodes/one/raw").rmdir()
    (tmp_path / "show/shared").mkdir()
    (tmp_path / "show/episodes/one/raw").symlink_to(tmp_path / "show/shared")
    assert load_all(workspace)


@pytest.mark.parametrize("path", ["raw", "raw/", ".", "../.."])
def test_a_folder_is_no_recording(tmp_path: Path, path: str) -> None:
    workspace = make(tmp_path, one=EPISODE.replace("raw/host.wav", path))
    (tmp_path / "episodes/one/raw").mkdir()
    (line,) = problems_of(lambda: load_all(workspace))
    assert f'recordings[0].path: found "{path}"' in line
    assert "this is a folder, name each file" in line


def test_a_serial_show_numbers_its_episodes(tmp_path: Path) -> None:
    show = SHOW.replace("licence", 'type = "serial"\nlicence')
    (line,) = problems_of(lambda: load_all(make(tmp_path, show, one=EPISODE)))
    assert "number: missing" in line
    assert load_all(make(tmp_path, show, one='type = "trailer"\n' + EPISODE))


RAW: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xfe[\x00s\x00", "not UTF-8"),
    (b'title = "caf\xe9"\n', "line 1: not UTF-8"),
    (b"#" * (1024 * 1024 + 1), "larger than 1 MiB"),
    (b"x = " + b"[" * 5000, "castkit.toml"),
    (b"x = " + b"9" * 5000, "castkit.toml"),
    (b"a.b = 1\na.b = 2", "line 2"),
    (b"", "show: missing"),
)


@pytest.mark.parametrize(("raw", "said"), RAW, ids=[row[0][:20] for row in RAW])
def test_hostile_bytes_are_one_problem(tmp_path: Path, raw: bytes, said: str) -> None:
    (tmp_path / "castkit.toml").write_bytes(raw)
    (line,) = problems_of(lambda: load_show(Workspace(tmp_path)))
    assert said in line


def test_files_of_windows_editors_load(tmp_path: Path) -> None:
    workspace = make(tmp_path, one=EPISODE)
    (tmp_path / "castkit.toml").write_bytes(b"\xef\xbb\xbf" + SHOW.replace("\n", "\r\n").encode())
    assert load_all(workspace)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "castkit.toml").mkdir()
    (line,) = problems_of(lambda: load_show(Workspace(tmp_path)))
    assert "cannot be read" in line


values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "en", "x"]), inner, max_size=3),
    max_leaves=6,
)


def as_toml(value: object) -> str:
    import tomlkit  # noqa: PLC0415

    return tomlkit.dumps({"x": value})[4:].strip() if not isinstance(value, dict) else tomlkit.item(value).as_string()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "ignore")))
def test_no_bytes_make_the_reader_stumble(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "castkit.toml").write_bytes(raw)
    with pytest.raises(ConfigError):
        load_show(Workspace(tmp_path))


EPISODE_LINES = EPISODE.splitlines(keepends=True)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(line=st.integers(0, len(EPISODE_LINES) - 1), value=values.filter(lambda one: one is not None))
def test_no_value_makes_the_reader_stumble(tmp_path: Path, line: int, value: object) -> None:
    """Any value in the place of any other: loaded, or told; never anything else."""
    import tomlkit  # noqa: PLC0415

    key, equals, _ = EPISODE_LINES[line].partition(" = ")
    try:
        text = tomlkit.item(value).as_string()  # type: ignore[call-overload]
    except (ValueError, TypeError):
        return
    changed = f"{key}{equals}{text}\n" if equals else EPISODE_LINES[line]
    workspace = make(tmp_path, one="".join([*EPISODE_LINES[:line], changed, *EPISODE_LINES[line + 1 :]]))
    try:
        load_all(workspace)
    except ConfigError as error:
        told = error.message
    else:
        told = "episodes/one/episode.toml"
    assert "episodes/one/episode.toml" in told


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab[]{}=\"'#.,\n\\ 1", max_size=80))
def test_line_numbers_never_stumble_on_valid_toml(text: str) -> None:
    read = parse(text, "x")
    if read.data is not None:
        for path, line in line_of_keys(text.replace("\r\n", "\n")).items():
            assert 1 <= line <= text.count("\n") + 1
            value: object = read.data
            for key in path:
                value = value[key]  # type: ignore[index]


def test_line_numbers_skip_what_lies_in_strings_and_lists() -> None:
    text = 'a = """\nb = 1\n\\"""\n"""\nc = [\n  { d = 1 },\n  # ]\n]\n"e f".g = 2\n'
    text += "[h.i]\nj = '''\nk = 1'''\n[[l]]\n[[l]]\n[[l.m]]\nn = 1\n"
    found = line_of_keys(text)
    assert found == {
        ("a",): 1, ("c",): 5, ("e f",): 9, ("e f", "g"): 9, ("h", "i"): 10, ("h", "i", "j"): 11,
        ("l", 0): 13, ("l", 1): 14, ("l", 1, "m", 0): 15, ("l", 1, "m", 0, "n"): 16,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("model", "rules"), [(Show, {*SHOW_RULES, *SHOW_TEXTS}), (Episode, {*EPISODE_RULES, *EPISODE_TEXTS})]
)
def test_every_rule_has_its_place_in_the_models(model: type, rules: set[str]) -> None:
    """A rule for a key that was renamed would watch over nothing."""
    schema = model.model_json_schema()

    def places(part: dict, place: str = "") -> set[str]:
        part = schema["$defs"][part["$ref"].rsplit("/", 1)[1]] if "$ref" in part else part
        found = {place}
        for key, inner in part.get("properties", {}).items():
            found |= places(inner, f"{place}.{key}" if place else key)
        if "items" in part:
            found |= places(part["items"], f"{place}[]")
        for inner in part.get("prefixItems", ()):
            found |= places(inner, f"{place}[]")
        for inner in [*part.get("oneOf", ()), *part.get("anyOf", ())]:
            found |= places(inner, place)
        return found

    known = places(schema)
    assert {rule.removesuffix(".*") for rule in rules} <= known, rules - known


def test_every_text_by_language_has_a_rule() -> None:
    def texts(model: type, place: str = "") -> set[str]:
        from castkit.config.types import _models  # noqa: PLC0415

        found: set[str] = set()
        for key, field in model.model_fields.items():
            inner = next(_models(field.annotation), None)
            many = "[]" if "tuple" in str(field.annotation) else ""
            here = f"{place}{key}{many}"
            if inner is LocalText:
                found.add(here)
            elif inner is not None:
                found |= texts(inner, f"{here}.")
        return found

    assert texts(Show) == set(SHOW_TEXTS)
    assert texts(Episode) == set(EPISODE_TEXTS)


@pytest.mark.parametrize(
    ("word", "choices", "meant"),
    [
        ("tilte", ["title", "type"], "title"),
        ("Policy", ["policy-brief", "study"], "policy-brief"),
        ("", ["title"], ""),
        ("xyz", ["title"], ""),
        ("a", [], ""),
    ],
)
def test_guesses_are_near_or_none(word: str, choices: list[str], meant: str) -> None:
    assert closest(word, choices) == meant


def test_an_episode_is_checked_before_it_is_written(tmp_path: Path) -> None:
    workspace = make(tmp_path)
    check_episode_text(workspace, SHOW, slug="new", text=EPISODE)
    (line,) = problems_of(
        lambda: check_episode_text(workspace, SHOW, slug="new", text=EPISODE.replace('language = "zh"', "language = 1"))
    )
    assert "episodes/new/episode.toml, line 4" in line
    assert not (tmp_path / "episodes/new").exists()


def test_languages_of_a_show_are_checked_alone(tmp_path: Path) -> None:
    check_show_languages(["en", "zh-Hans", "pt-BR"], tmp_path)
    with pytest.raises(CastkitError, match=r'did you mean "zh-Hans"\?'):
        check_show_languages(["zh-HANS"], tmp_path)


def test_people_are_found_in_whatever_form() -> None:
    assert people_of({"people": ["a", {"id": "b"}, {"id": 3}, 4]}) == ("a", "b")
    assert people_of({"people": {"id": "a"}}) == ()


def test_the_demonstration_show_is_right(demo_raw: Path) -> None:
    show, episodes = load_all(Workspace(demo_raw.parent))
    assert show.languages == ("en", "zh-Hans")
    assert len(episodes) == 3
