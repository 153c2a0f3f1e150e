"""The player's page: texts are data, nothing is fetched, and every wording is there in both languages."""

from __future__ import annotations

import base64
import json
import re
import unicodedata
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

from castkit import subtitles
from castkit.model.cue import Cue
from castkit.subtitles.outgoing.archive import safe_stem
from castkit.subtitles.outgoing.terms import terms_csv
from castkit.subtitles.player.page import Agreed, PlayerView, Proposal, render
from castkit.subtitles.player.wide import wide_ranges
from castkit.subtitles.profile import is_wide, profile_for

TEMPLATES = Path(subtitles.__file__).parent.parent / "templates"
HOSTILE = "</script><script>alert(1)</script>]]><!-- \u2028\u2029 & {file} $style <b>"
VIEW = PlayerView(
    title="A talk", show="Dialogues", title_language="zh-Hans", language="en", source_language="zh-Hans",
    cues=(Cue(0, 1000, "One."),), source=(Cue(0, 1000, "一。"),), profile=profile_for("en"), stand="machine",
    file="talk.en.srt", media="sound.m4a", is_video=False, source_file="source.zh-Hans.srt",
)  # fmt: skip


class Elements(HTMLParser):
    """What a reader of HTML finds: every element with its attributes, and the text of the scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self._tag = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self._tag = tag

    def handle_endtag(self, tag: str) -> None:
        self._tag = ""

    def handle_data(self, data: str) -> None:
        if self._tag in ("script", "style"):
            self.scripts.append(data)

    def values(self) -> Any:
        return json.loads(self.scripts[1])


def hostile() -> PlayerView:
    return replace(
        VIEW, title=HOSTILE, show=HOSTILE, file=HOSTILE, media=HOSTILE, source_file=HOSTILE,
        cues=(Cue(0, 1000, HOSTILE),), source=(Cue(0, 1000, HOSTILE),),
        terms=(Agreed(HOSTILE, HOSTILE, (HOSTILE,), HOSTILE),),
        before=(Proposal(0, HOSTILE, HOSTILE, HOSTILE, 80, HOSTILE),),
    )  # fmt: skip


def test_texts_stay_data_whatever_they_hold() -> None:
    plain, found = Elements(render(VIEW)), Elements(render(hostile()))
    assert [tag for tag, _ in found.found] == [tag for tag, _ in plain.found]
    assert len(found.scripts) == 3
    assert found.scripts[0] == plain.scripts[0]
    assert found.scripts[2] == plain.scripts[2]
    assert not re.search("[<>&\u2028\u2029]", found.scripts[1])
    assert found.values()["cues"] == [[0, 1000, HOSTILE]]
    assert dict(found.found)["audio"]["src"] == f"./{HOSTILE}"


def test_the_policy_lets_the_page_run_itself_and_nothing_else() -> None:
    found = Elements(render(VIEW))
    policy = next(attrs["content"] or "" for tag, attrs in found.found if attrs.get("http-equiv"))
    style, _, script = found.scripts
    digests = [base64.b64encode(sha256(text.encode()).digest()).decode() for text in (style, script)]
    assert policy == (
        f"default-src 'none'; media-src file: 'self'; style-src 'sha256-{digests[0]}'; "
        f"script-src 'sha256-{digests[1]}'; base-uri 'none'; form-action 'none'"
    )
    assert not [attrs for _, attrs in found.found if any(name.startswith("on") or name == "style" for name in attrs)]
    sources = [attrs["src"] for _, attrs in found.found if "src" in attrs]
    assert sources == ["./sound.m4a"]
    for word in ("innerHTML", "insertAdjacentHTML", "document.write", "fetch(", "XMLHttpRequest", "import ", "eval("):
        assert word not in script


def test_the_same_view_gives_the_same_page_and_a_video_is_shown_as_one() -> None:
    assert render(VIEW) == render(VIEW)
    page = render(replace(VIEW, is_video=True, media="video.mp4"))
    assert '<video id="media" controls playsinline preload="metadata" src="./video.mp4">' in page
    assert "$" not in re.sub(r"\$\{|\$1|\$`|\$/|\$\b", "", re.sub(r"(?s)<script.*", "", page))


def test_every_wording_is_there_in_both_languages_and_is_used() -> None:
    texts = json.loads((TEMPLATES / "player.texts.json").read_text("utf-8"))
    assert texts["en"].keys() == texts["zh"].keys()
    for key, text in texts["en"].items():
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", texts["zh"][key])), key
    scripts = "".join((TEMPLATES / name).read_text("utf-8") for name in ("player.js", "player_reading.js"))
    page = (TEMPLATES / "player.html").read_text("utf-8")
    quoted = set(re.findall(r'"([\w.]+)"', scripts)) | set(re.findall(r'data-(?:text|label)="(\w+)"', page))
    kinds = {"problem": "line lines speed short long overlap same empty", "stand": "accepted draft machine source"}
    made = {f"{kind}.{one}" for kind, ones in kinds.items() for one in ones.split()}
    assert set(texts["en"]) <= quoted | made
    asked = set(re.findall(r'say\("([\w.]+)"', scripts)) | set(re.findall(r'data-(?:text|label)="(\w+)"', page))
    assert asked <= set(texts["en"])


def assigned(code: int) -> bool:
    return unicodedata.category(chr(code)) != "Cn"


def test_the_table_of_wide_characters_says_what_the_profile_says() -> None:
    ranges = wide_ranges()
    assert all(first <= last for first, last in ranges)
    assert all(one[1] < other[0] for one, other in pairwise(ranges))
    held = {code for first, last in ranges for code in range(first, min(last, 0x20000) + 1)}
    assert not [code for code in range(0x20000) if assigned(code) and (code in held) != is_wide(chr(code))]
    assert len(ranges) < 250


def test_a_glossary_for_office_programs_holds_no_formula() -> None:
    rows = [("a", 'say "yes", or\nno'), ("=1+1", "@x"), ("-x", "\t+y")]
    assert terms_csv(rows) == b'\xef\xbb\xbfa,"say ""yes"", or no"\r\n\'=1+1,\'@x\r\n\'-x,\'+y\r\n'


def test_no_name_is_a_device_on_windows() -> None:
    assert [safe_stem(one) for one in ("con.en", "talk.en", "com1.en", "conference.en")] == [
        "_con.en", "talk.en", "_com1.en", "conference.en",
    ]  # fmt: skip
