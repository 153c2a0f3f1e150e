"""The page of an episode as it is written: head, player, captions, downloads, and nothing that breaks out."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import episode_samples as samples
import pytest
from episode_samples import AT, made

from castkit.errors import CastkitError
from castkit.site.episode_files import Files
from castkit.site.episode_labels import LABELS
from castkit.site.episode_page import Chapter

Found = list[tuple[str, dict[str, str | None]]]


class Tags(HTMLParser):
    """Collects start tags with attributes, and complains of tags that are not closed."""

    VOID = frozenset(["meta", "br", "hr", "track", "link", "img", "input", "path"])

    def __init__(self) -> None:
        super().__init__()
        self.found: Found = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def tags_of(text: str) -> Found:
    parser = Tags()
    parser.feed(text)
    assert parser.open == []
    return parser.found


def only(found: Found, tag: str) -> dict[str, str | None]:
    (one,) = [attributes for name, attributes in found if name == tag]
    return one


def meta(text: str, key: str) -> str:
    (one,) = [dict(attrs) for tag, attrs in tags_of(text) if tag == "meta" and key in attrs.values()]
    return one["content"] or ""


def test_sound_has_a_native_player_that_fetches_nothing_yet() -> None:
    found = tags_of(made())
    assert only(found, "audio") == {
        "id": "media", "controls": None, "preload": "none", "src": "talk-aaaaaaaaaaaa.mp3",
        "aria-label": "Sound: Who pays? *Not* me",
    }  # fmt: skip
    assert not {tag for tag, _ in found} & {"video", "track", "iframe", "object", "base", "form"}


@pytest.mark.parametrize(
    ("language", "order"),
    [("en", ["en", "fr", "zh-Hans"]), ("zh-Hans", ["zh-Hans", "fr", "en"])],
)
def test_video_has_captions_with_those_of_the_page_on(language: str, order: list[str]) -> None:
    found = tags_of(made(language, files=samples.files(has_video=True)))
    player = only(found, "video")
    assert (player["src"], player["preload"], "controls" in player) == ("talk-bbbbbbbbbbbb.mp4", "none", True)
    tracks = [attributes for tag, attributes in found if tag == "track"]
    assert [track["srclang"] for track in tracks] == order
    assert ["default" in track for track in tracks] == [True, False, False]
    assert all(track["kind"] == "captions" and track["label"] for track in tracks)
    assert (tracks[0]["src"] or "").endswith(f".{order[0]}.vtt")


def test_no_captions_are_on_where_none_are_in_the_pages_language() -> None:
    found = tags_of(made("zh-Hans", files=samples.files(has_video=True, languages=("fr", "en"))))
    assert not [tag for tag, attributes in found if tag == "track" and "default" in attributes]


def test_everything_can_be_downloaded_from_beside_the_page() -> None:
    files = replace(
        samples.files(has_video=True),
        other_audio=("talk-cccccccccccc.m4a", "talk-dddddddddddd.opus"),
        stream="hls-eeeeeeeeeeee/master.m3u8",
    )
    text = made(files=files).partition('<section class="files"')[2].partition("</section>")[0]
    links = [attributes["href"] or "" for tag, attributes in tags_of(f"<p>{text}</p>"[3:-4]) if tag == "a"]
    endings = [f"{tag}.{ending}" for tag in ("en", "fr", "zh-Hans") for ending in ("vtt", "srt", "json")]
    assert [link.partition(".")[2] for link in links] == ["mp4", "m3u8", "mp3", "m4a", "opus", *endings]
    assert [link for link in links if "/" in link] == ["hls-eeeeeeeeeeee/master.m3u8"]
    assert 'aria-label="Sound: Opus"' in text


def test_the_head_tells_chats_search_engines_and_apps() -> None:
    text = made("zh-Hans")
    share = f"{AT}/talk-cccccccccccc.share.zh-Hans.png"
    for key in ("og:image", "image"):
        assert meta(text, key) == share
    assert meta(text, "og:url") == f"{AT}/notes.en.html".replace(".en.", ".zh-Hans.")
    assert meta(text, "og:title") == "谁来买单？"
    assert meta(text, "twitter:card") == "summary_large_image"
    links = [attributes for tag, attributes in tags_of(text) if tag == "link"]
    told = [(one["rel"], one.get("hreflang"), one["href"]) for one in links if one["rel"] != "icon"]
    feeds = "https://cdn.example.org/a/feeds"
    assert told == [
        ("canonical", None, f"{AT}/notes.zh-Hans.html"),
        ("alternate", "en", f"{AT}/notes.en.html"),
        ("alternate", "zh-Hans", f"{AT}/notes.zh-Hans.html"),
        ("alternate", "x-default", f"{AT}/notes.en.html"),
        ("alternate", "zh-Hans", f"{feeds}/zh-Hans.xml"),
        ("alternate", "en", f"{feeds}/en.xml"),
        ("alternate", "en", f"{feeds}/en.video.xml"),
    ]
    assert [one["title"] for one in links if "title" in one] == [
        "对话 – 中文（简体）",
        "对话 – 英语",
        "对话 – 英语、视频",
    ]
    assert "noindex" not in text
    assert 'content="noindex"' in made(is_hidden=True)


def test_the_policy_names_each_style_and_script_and_nothing_is_inline_but_them() -> None:
    text = made()
    policy = meta(text, "Content-Security-Policy")
    for tag in ("style", "script"):
        bodies = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert len(bodies) == 2
        for body in bodies:
            digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in policy
    for tag, attributes in tags_of(text):
        assert "style" not in attributes, tag
        assert not [name for name in attributes if name.startswith("on")], tag
        address = attributes.get("src") or ""
        assert "//" not in address, "nothing is fetched from another place"


HOSTILE = "</script><script>alert(1)</script> \"onload='x' {{ title }} \x00 \u2028 & ]]> <!--"


def test_hostile_texts_break_out_nowhere() -> None:
    local = {"en": HOSTILE}
    said = replace(samples.tracks()[0].cues[0], text=HOSTILE, speaker=HOSTILE)
    text = made(
        show={"title": local, "author": local},
        episode={"title": local, "summary": local},
        notes=f"# {HOSTILE}\n\n*{HOSTILE}*\n\n{HOSTILE}\n\n- 00:00:10 {HOSTILE}\n",
        chapters=[replace(samples.CHAPTERS[1], title=HOSTILE)],
        tracks=[replace(samples.tracks()[0], cues=(said,))],
        facts=samples.facts(name=HOSTILE, description=HOSTILE),
    )
    assert {tag for tag, _ in tags_of(text)} <= {tag for tag, _ in tags_of(made())} | {"em"}
    assert text.count("<script") == made().count("<script")
    assert "\x00" not in text
    data = json.loads(text.partition('application/ld+json">')[2].partition("</script>")[0])
    assert data["name"] == HOSTILE.replace("\x00", "\\u0000") or data["name"] == HOSTILE


def test_chapters_lead_into_the_sound_and_show_their_pictures_and_pages() -> None:
    text = made().partition('<nav class="chapters"')[2].partition("</nav>")[0]
    links = [attrs["href"] for tag, attrs in tags_of(text.partition(">")[2]) if tag == "a"]
    assert links == ["#t=0", "#t=90", "https://example.org/end"]
    (picture,) = [attrs["src"] for tag, attrs in tags_of(text.partition(">")[2]) if tag == "img"]
    assert picture == "chapter-eeeeeeeeeeee.png"


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_unreviewed_words_are_called_so_above_their_column(language: str) -> None:
    text = made(language)
    origins = text.partition('<div class="origins">')[2].partition("</div>")[0]
    drafts = re.findall(r'<b lang="([^"]+)">[^<]*</b> <span class="badge draft">([^<]+)<', origins)
    assert drafts == [("zh-Hans", {"en": "unreviewed machine translation", "zh-Hans": "机器翻译，未经审校"}[language])]


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ["Chinese (Simplified): ", "Downloads", "Transcript", "62 min"]),
     ("zh-Hans", ["英语：", "已由人工审校", "下载音频和文字稿", "音频：", "文字稿", "62分钟", "订阅"])],
)  # fmt: skip
def test_the_page_speaks_its_language(language: str, words: list[str]) -> None:
    text = made(language)
    assert [word for word in words if word not in text] == []


def test_every_language_has_every_label_and_none_is_idle() -> None:
    assert all(labels.keys() == LABELS["en"].keys() for labels in LABELS.values())
    template = Path("src/castkit/templates/episode.html.j2").read_text("utf-8")
    used = set(re.findall(r"words\.(\w+)", template)) | {"minutes", "cover"}
    assert used == LABELS["en"].keys()


def test_title_and_first_paragraph_stand_above_the_player_and_the_rest_below() -> None:
    text = made()
    order = ["<h1>Who pays?</h1>", "Episode 2 ·", "The first paragraph.", "<audio", "The second one.", "Paid for by"]
    assert [text.index(one) for one in order] == sorted(text.index(one) for one in order)
    assert text.count("00:01:30 The end") == 0, "the list of chapters is not said twice"


@pytest.mark.parametrize("markdown", ["", "No title.\n", "Text.\n\n# Late title\n"])
def test_notes_that_a_person_wrote_otherwise_are_all_there(markdown: str) -> None:
    text = made(notes=markdown)
    assert "<h1>Who pays? *Not* me</h1>" in text
    for word in ("No title.", "Late title", "Text."):
        assert (word in text) == (word in markdown)


def test_without_words_nothing_is_said_of_transcripts() -> None:
    text = made(files=Files("talk-aaaaaaaaaaaa.mp3", "", ()), tracks=[]).partition("<body>")[2].partition("<script>")[0]
    assert "ranscript" not in text


def test_the_workspaces_own_template_wins_and_its_mistakes_are_named(tmp_path: Path) -> None:
    path = tmp_path / "episode.html.j2"
    path.write_text("{{ episode.summary }}|{{ transcript.rows | length }}", "utf-8")
    assert made(folder=tmp_path) == "One &lt;b&gt;bold&lt;/b&gt; idea.|3\n"
    path.write_text("a\n{{ episode.titel }}", "utf-8")
    with pytest.raises(CastkitError, match=r"episode\.html\.j2, line 2: .*titel"):
        made(folder=tmp_path)


def test_the_same_material_gives_the_same_bytes() -> None:
    assert made("zh-Hans") == made("zh-Hans")


def test_a_name_stands_for_one_place_and_every_chapter_has_one() -> None:
    """Two chapters at one moment, for what lay between was cut out, and one after the last word."""
    chapters = (*samples.CHAPTERS[:1], Chapter(91_000, "Cut out"), Chapter(91_000, "The end"), Chapter(99_000, "Music"))
    text = made(chapters=chapters)
    found = [attributes["id"] for _, attributes in tags_of(text) if "id" in attributes]
    assert len(found) == len(set(found))
    assert {"t=0", "t=91", "t=99"} <= set(found)
    assert re.findall(r'<h3 class="part"[^>]*>([^<]*)', text) == ["Welcome", "Cut out", "The end", "Music"]
