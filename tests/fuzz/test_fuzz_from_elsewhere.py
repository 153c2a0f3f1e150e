"""What comes over the network or from other programs: feeds to import, memories, answers of services, chapter files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import fuzzing
import pytest

import foreign_feeds
from castkit.config.read import check_episode_text, check_show_text
from castkit.errors import CastkitError, ConfigError
from castkit.feed.check.checking import check
from castkit.feed.check.files import problem
from castkit.feed.reading.pages import parse_feed
from castkit.model.question import Unusable
from castkit.scaffold.imported import render_imported_show
from castkit.steps.files import json_text
from castkit.steps.foreign_episodes import foreign_episodes
from castkit.steps.foreign_show import foreign_show
from castkit.translate import answers, replies
from castkit.translate.exchange import Reply
from castkit.translate.memory import Pair
from castkit.translate.tmx import from_tmx, to_tmx
from castkit.workspace import Workspace

BASE = "https://old.example"
FEEDS = tuple(foreign_feeds.feed(voice, foreign_feeds.items(voice, 2, BASE), BASE) for voice in foreign_feeds.VOICES)
HEADERS = ("retry-after", "date", "location", "content-type")
CHAT = {"choices": [{"message": {"content": '{"translations": []}'}, "finish_reason": "stop"}]}
ERROR = {"error": {"message": "no such model", "code": "insufficient_quota"}}
ANSWER = {"translations": [{"id": 1, "text": "一"}, {"id": 2, "text": "二"}]}
TRANSCRIPT = {"version": "1.0.0", "segments": [{"startTime": 0.0, "endTime": 1.5, "body": "Hello", "speaker": "Anna"}]}
CHAPTERS = {
    "version": "1.2.0",
    "chapters": [{"startTime": 0, "endTime": 9, "title": "Start", "img": "https://a/b.png"}],
}
SRT, VTT = (b"1\n00:00:01,000 --> 00:00:02,000\nHello\n\n", b"WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n\n")
TMX = to_tmx([Pair("How old?", "多大？", "talk"), Pair("Sixty.", "六十。", "talk")], "en", "zh-Hans")


class PLACE:
    """A folder for what is only read from files."""

    folder: Path


def setup(folder: Path) -> None:
    """Sets it."""
    PLACE.folder = folder


@pytest.fixture(scope="module", autouse=True)
def _place(tmp_path_factory: pytest.TempPathFactory) -> None:
    setup(tmp_path_factory.mktemp("elsewhere"))


def _nothing_further(url: str) -> tuple[bytes, str]:
    raise CastkitError(f"{url} is not there", "nothing is, in this test")


def _imported(data: bytes) -> object:
    """Everything that an import does before it writes; what is told of a file's texts is refused there, in words."""
    feed = parse_feed(data, f"{BASE}/feed.xml", _nothing_further)
    show = foreign_show(feed, f"{BASE}/feed.xml", language="en")
    episodes, told = foreign_episodes(feed.episodes, show, {})
    workspace = Workspace(PLACE.folder)
    text = render_imported_show(show.texts, "base")
    for one in episodes:
        json_text(one.published.model_dump(mode="json")).encode()
        assert ".." not in one.slug
        assert "/" not in one.slug
        try:
            check_episode_text(workspace, text, slug=one.slug, text=one.toml)
        except ConfigError:
            continue  # told, and left out
    check_show_text(workspace, text)
    return told


def _checked(data: bytes) -> object:
    return [(one.what, one.line) for one in check(data)]


def _memory(data: bytes) -> object:
    path = PLACE.folder / "memory.tmx"
    path.write_bytes(data)
    return from_tmx(path, "en", "zh-Hans")


def _replied(status: int) -> Callable[[bytes], object]:
    """A service's answer of this status; its headers are cut out of the body, so that they are odd too."""

    def reader(data: bytes) -> object:
        text = data.decode("utf-8", "replace")
        headers = {name: text[number * 7 : number * 7 + 40] for number, name in enumerate(HEADERS)}
        for value in (*headers.values(), "Wed, 21 Oct 99999 07:28:00 GMT", "Mon, 01 Jan 0001 00:00:00 +2359"):
            replies.retry_after({"retry-after": value, "date": headers["date"]})
        return replies.said(Reply(status, headers, data))

    return reader


def _answered(data: bytes) -> object:
    return answers.texts_by_id(answers.json_value(data.decode("utf-8", "replace")), [1, 2])


def _file(media_type: str) -> Callable[[bytes], object]:
    return lambda data: problem(data, media_type)


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


SERVICE = (replies.AskAgain, replies.Refused)
PARSERS = (
    fuzzing.Parser("feed to import", _imported, FEEDS, "xml", examples=80),
    fuzzing.Parser("feed to check", _checked, FEEDS, "xml", examples=80),
    fuzzing.Parser("tmx", _memory, (TMX,), "xml"),
    *(
        fuzzing.Parser(f"reply {status}", _replied(status), (_json(CHAT), _json(ERROR)), "json", SERVICE, examples=40)
        for status in (200, 302, 400, 429, 503)
    ),
    fuzzing.Parser("answer", _answered, (_json(ANSWER),), "json", (Unusable,)),
    fuzzing.Parser("transcript.json", _file("application/json"), (_json(TRANSCRIPT),), "json"),
    fuzzing.Parser("chapters.json", _file("application/json+chapters"), (_json(CHAPTERS),), "json"),
    fuzzing.Parser("elsewhere.srt", _file("application/x-subrip"), (SRT,), "cues", examples=30),
    fuzzing.Parser("elsewhere.vtt", _file("text/vtt"), (VTT,), "cues", examples=30),
)


@pytest.mark.soak
@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_nothing_from_elsewhere_makes_the_reader_stumble(parser: fuzzing.Parser) -> None:
    parser.sweep()


@pytest.mark.parametrize(("parser", "data"), fuzzing.cases(PARSERS))
def test_what_was_found_once_is_refused_in_words(parser: fuzzing.Parser, data: bytes) -> None:
    parser.accepts(data)


@pytest.mark.parametrize("data", FEEDS, ids=foreign_feeds.VOICES)
def test_the_seeds_are_feeds(data: bytes) -> None:
    assert parse_feed(data, f"{BASE}/feed.xml", _nothing_further).episodes
    _imported(data)
