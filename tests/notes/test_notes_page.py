"""The page of the notes: its player, its captions, and what there is to download."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import notes_samples as samples
import pytest

from castkit.notes import html, templates
from castkit.notes.page import Files, files_view
from castkit.notes.view import view

NOWHERE = Path(__file__).parent / "no-such-folder"
Found = list[tuple[str, dict[str, str | None]]]


def page(language: str, files: Files, text: str = "# Title\n\nFirst.\n") -> str:
    values = {**view(samples.material(), language), "files": files_view(files, language)}
    return templates.render_html(templates.load(NOWHERE), templates.PAGE, values, html.body(text))


def tags_of(text: str) -> Found:
    found: Found = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: found.append((tag, dict(attrs)))  # type: ignore[method-assign]
    parser.feed(text)
    return found


def only(found: Found, tag: str) -> dict[str, str | None]:
    (one,) = [attributes for name, attributes in found if name == tag]
    return one


def test_sound_has_a_native_player_that_fetches_nothing_yet() -> None:
    found = tags_of(page("en", samples.files()))
    player = only(found, "audio")
    assert player == {
        "controls": None, "preload": "none", "src": "talk-aaaaaaaaaaaa.mp3", "aria-label": "Sound: Who pays? *Not* me",
    }  # fmt: skip
    assert not {tag for tag, _ in found} & {"video", "track", "script"}


@pytest.mark.parametrize(
    ("language", "order"),
    [("en", ["en", "fr", "zh-Hans"]), ("zh-Hans", ["zh-Hans", "fr", "en"]), ("zh-HK", ["zh-Hans", "fr", "en"])],
)
def test_video_has_captions_with_those_of_the_page_on(language: str, order: list[str]) -> None:
    found = tags_of(page(language, samples.files(has_video=True)))
    player = only(found, "video")
    assert (player["src"], player["preload"], "controls" in player) == ("talk-bbbbbbbbbbbb.mp4", "none", True)
    tracks = [attributes for tag, attributes in found if tag == "track"]
    assert [track["srclang"] for track in tracks] == order
    assert ["default" in track for track in tracks] == [True, False, False]
    assert all(track["kind"] == "captions" and track["label"] for track in tracks)
    assert (tracks[0]["src"] or "").endswith(f".{order[0]}.vtt")


def test_no_captions_are_on_where_none_are_in_the_pages_language() -> None:
    files = samples.files(has_video=True)
    found = tags_of(page("es", files))
    assert not [tag for tag, attributes in found if tag == "track" and "default" in attributes]


def test_everything_can_be_downloaded_from_beside_the_page() -> None:
    found = tags_of(page("en", samples.files(has_video=True)))
    names = [attributes["href"] or "" for tag, attributes in found if tag == "a" and "href" in attributes]
    names = [name for name in names if name.startswith("talk-")]
    endings = [f"{tag}.{ending}" for tag in ("en", "fr", "zh-Hans") for ending in ("vtt", "srt", "json")]
    assert [name.partition(".")[2] for name in names] == ["mp4", "mp3", *endings]
    assert not [name for name in names if "/" in name]


def test_other_formats_and_the_stream_stand_beside_the_first() -> None:
    files = replace(
        samples.files(has_video=True),
        other_audio=("talk-cccccccccccc.m4a", "talk-dddddddddddd.opus"),
        stream="hls-eeeeeeeeeeee/master.m3u8",
    )
    text = page("fr", files)
    links = [attributes for tag, attributes in tags_of(text) if tag == "a" and "type" not in attributes]
    named = [(one["href"], one["aria-label"]) for one in links if "aria-label" in one][:4]
    assert named == [
        ("talk-bbbbbbbbbbbb.mp4", "Vidéo : MP4"),
        ("talk-aaaaaaaaaaaa.mp3", "Son : MP3"),
        ("talk-cccccccccccc.m4a", "Son : M4A"),
        ("talk-dddddddddddd.opus", "Son : Opus"),
    ]
    (stream,) = [one for tag, one in tags_of(text) if tag == "a" and "type" in one]
    assert stream == {
        "href": "hls-eeeeeeeeeeee/master.m3u8", "type": "application/vnd.apple.mpegurl", "aria-label": "Vidéo : HLS",
    }  # fmt: skip
    assert only(tags_of(text), "video")["src"] == "talk-bbbbbbbbbbbb.mp4", "every browser plays it"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Chinese (Simplified): ", "unreviewed machine translation", "Downloads", "Sound: "]),
        ("zh-Hans", ["英语：", "已由人工审校", "下载音频和文字稿", "音频："]),
        ("zh-Hant", ["法文：", "機器聽寫，未經審校", "下載音訊和文字稿"]),
        ("fr", ["anglais", "traduction automatique, non relue", "Télécharger le son et les transcriptions"]),
        ("es", ["inglés", "traducción automática, sin revisar", "Descargar el audio y las transcripciones"]),
    ],
)
def test_the_page_speaks_its_language(language: str, words: list[str]) -> None:
    text = page(language, samples.files())
    assert [word for word in words if word not in text] == []


def test_player_comes_after_the_title_and_before_the_text() -> None:
    text = page("en", samples.files())
    assert text.index("</h1>") < text.index("<audio") < text.index("<p>First.") < text.index('<h2 id="files"')


@pytest.mark.parametrize("markdown", ["", "No title.\n", "Text.\n\n# Late title\n"])
def test_player_comes_first_where_a_person_removed_the_title(markdown: str) -> None:
    text = page("en", samples.files(), markdown)
    article = text.partition("<article>")[2].strip()
    assert article.startswith('<div class="player">')
    assert html.body(markdown) in article


def test_without_words_nothing_is_said_of_transcripts() -> None:
    text = page("en", Files("talk-aaaaaaaaaaaa.mp3", "", ()))
    assert "ranscript" not in text
    assert "built-in" not in text
