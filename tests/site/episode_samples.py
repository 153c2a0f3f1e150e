"""An episode with everything its page can show, as `castkit.site.episode_page` is given it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from castkit import templating
from castkit.model.cue import Origin
from castkit.model.episode import Episode
from castkit.model.language import is_chinese
from castkit.model.show import Show
from castkit.notes import html
from castkit.notes.view import common
from castkit.site.episode_files import Files, Words
from castkit.site.episode_page import TEMPLATES, Addresses, Chapter, EpisodePage, compose
from castkit.site.episode_transcript import Said, Track
from castkit.site.structured import EpisodeFacts, Media, Series, Somebody

NOWHERE = Path(__file__).parent / "no-such-folder"
SHOW = """
[show]
title = { en = "Dialogues", zh-Hans = "对话" }
description = "A show."
author = "Institute of Examples"
owner_email = "podcast@example.org"
link = "https://example.org/dialogues?a=1&b=2"
categories = ["Government"]
languages = ["en", "zh-Hans"]
"""
EPISODE = """
guid = "9bbcf94d-32f4-4189-9b88-29010fd18b11"
language = "en"
date = 2026-09-02T09:00:00+02:00
number = 2
title = { en = "Who pays? *Not* me", zh-Hans = "谁来买单？" }
summary = { en = "One <b>bold</b> idea.", zh-Hans = "一个想法。" }

[[recordings]]
path = "raw/a.wav"
"""
NOTES = """# Who pays?

*Episode 2 · 2 September 2026*

The first paragraph.

The second one.

## Chapters

- 00:00:00 Welcome
- 00:01:30 The end

## Funding

Paid for by the Fund.
"""
CHAPTERS = (Chapter(0, "Welcome"), Chapter(90_000, "The end", "https://example.org/end", "chapter-eeeeeeeeeeee.png"))
AT = "https://cdn.example.org/a/episodes/talk"


def files(*, has_video: bool = False, languages: tuple[str, ...] = ("fr", "zh-Hans", "en")) -> Files:
    """What the page offers, in another order than either page wants."""
    origins = {"fr": Origin.RECOGNITION, "zh-Hans": Origin.MACHINE_TRANSLATION, "en": Origin.ACCEPTED}
    words = tuple(
        Words(tag, origins[tag], *(f"talk-{number}23456789abc.{tag}.{kind}" for kind in ("vtt", "srt", "json")))
        for number, tag in enumerate(languages)
    )
    return Files("talk-aaaaaaaaaaaa.mp3", "talk-bbbbbbbbbbbb.mp4" if has_video else "", words)


def tracks() -> list[Track]:
    """Two languages, of which the second cuts its sentences elsewhere."""
    english = (
        Said(1000, 4000, "Welcome to the show.", "Host"),
        Said(4200, 9000, "Who pays?", "Host"),
        Said(10_000, 20_000, "A fund </script> pays & shares.", "Guest"),
        Said(91_000, 95_000, "Goodbye.", "Host"),
    )
    chinese = (
        Said(1000, 8800, "欢迎。谁付钱？", "主持人"),
        Said(9500, 20_000, "基金。", "嘉宾"),
        Said(91_000, 95_000, "再见。", "主持人"),
    )
    return [Track("en", Origin.ACCEPTED, english), Track("zh-Hans", Origin.MACHINE_TRANSLATION, chinese)]


def facts(**changes: Any) -> EpisodeFacts:
    values: dict[str, Any] = {
        "url": f"{AT}/notes.en.html", "name": "Who pays?", "description": "One idea.", "language": "en",
        "spoken": "en", "date": "2026-09-02T09:00:00+02:00", "duration_ms": 3_723_400,
        "series": Series("Dialogues", "https://cdn.example.org/a/index.html", "https://cdn.example.org/a/en.xml", "Us"),
        "image": f"{AT}/talk-cccccccccccc.share.en.png",
        "media": [Media(f"{AT}/talk-aaaaaaaaaaaa.mp3", "audio/mpeg", transcript=f"{AT}/talk-1.en.transcript.html")],
        "people": [Somebody("A. Host", "Host", "Institute"), Somebody("T. R.", "Translator", is_heard=False)],
        "chapters": [(0, "Welcome"), (90_000, "The end")], "season": 1, "number": 2,
        "licence": "https://creativecommons.org/licenses/by/4.0/", "keywords": ["work"],
    }  # fmt: skip
    return EpisodeFacts(**{**values, **changes})


def page(language: str = "en", *, notes: str = NOTES, **changes: Any) -> EpisodePage:
    """The page's material; `notes` is its Markdown, `show` and `episode` change what people wrote."""
    told_show = tomllib.loads(SHOW)
    told_show["show"].update(changes.pop("show", {}))
    told = tomllib.loads(EPISODE) | changes.pop("episode", {})
    names = {tag: f"notes.{tag}.html" for tag in ("en", "zh-Hans")}
    addresses = Addresses(
        pages={tag: f"{AT}/{name}" for tag, name in names.items()},
        beside=names,
        show_page="../../index.html",
        share_image=f"{AT}/talk-cccccccccccc.share.{language}.png",
        feeds={tag: f"https://cdn.example.org/a/feeds/{tag}.xml" for tag in ("en", "zh-Hans", "en.video")},
    )
    values: dict[str, Any] = {
        "told": common(Show.model_validate(told_show), Episode.model_validate(told), language),
        "content": html.body(notes),
        "files": files(),
        "tracks": tracks()[:: -1 if is_chinese(language) else 1],
        "chapters": CHAPTERS,
        "addresses": addresses,
        "facts": facts(),
    }
    return EpisodePage(language, **{**values, **changes})


def made(language: str = "en", *, folder: Path = NOWHERE, **changes: Any) -> str:
    """The page itself."""
    return compose(page(language, **changes), templating.load(folder, TEMPLATES))
