"""The first page of a preview that is sent round, and the notice on top of the pages it leads to.

Rule: pure; the page says what it is, that it is not published, who has agreed, and what would be published.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from castkit import templating
from castkit.model import origins
from castkit.model.language import best_match, direction, language_name
from castkit.model.published import Published
from castkit.model.show import Show
from castkit.notes.labels import date_in_words, labels_for
from castkit.notes.preview_labels import preview_labels
from castkit.notes.view import own_first
from castkit.timecode import clock

_TEMPLATE, _STYLE = "preview.html.j2", "site.css"
_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Approval:
    """What a role that must agree has said: nothing (`who` is empty), or who, when, and whether it changed since."""

    role: str
    who: str = ""
    when: str = ""
    is_changed: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """What the preview holds: the pages' and the files' places in it, with sizes in bytes, and what was left out."""

    show: Show
    published: Published
    pages: Mapping[str, str]  # of the episode, by language
    indexes: Mapping[str, str]  # these first pages themselves, by language
    files: Mapping[str, int]
    left_out: Sequence[str]
    approvals: Sequence[Approval]
    is_light: bool
    is_earlier_published: bool


def index_page(preview: Preview, language: str, folder: Path) -> str:
    """The first page in this language, by the template of `folder`, else the packaged one."""
    sources = templating.load(folder, (_TEMPLATE, _STYLE))
    return templating.render_html(sources, _TEMPLATE, _view(preview, language))


def with_notice(page: str, language: str, index: str) -> str:
    """A page of the episode with the notice as its first element; as it is where it has no body.

    An element without a style of its own leaves the page's Content-Security-Policy true.
    """
    labels = preview_labels(language)
    link = f'<a href="{escape(index)}">{escape(labels["all"])}</a>'
    notice = (
        f'\n<p class="site-header" role="note" lang="{escape(language)}" dir="{direction(language)}">'
        f"<strong>{escape(labels['notice'])}</strong> {link}</p>"
    )
    return _BODY.sub(lambda found: found[0] + notice, page, count=1)


def _view(preview: Preview, language: str) -> dict[str, Any]:
    show, published = preview.show, preview.published
    labels = {
        **preview_labels(language),
        "comma": labels_for(language)["comma"],
        "colon": labels_for(language)["colon"],
    }
    return {
        "language": language,
        "direction": direction(language),
        "labels": labels,
        "show": show.show.title.in_(language, show.languages),
        "title": published.title.in_(language, show.languages),
        "summary": published.summary.in_(language, show.languages),
        "others": _links(preview.indexes, {one: language_name(one, one) for one in preview.indexes if one != language}),
        "pages": _links(
            preview.pages, {one: published.title.in_(one, show.languages) for one in preview.pages}, language
        ),
        "titles": tuple(
            {"tag": one, "language": language_name(one, language), "text": published.title.in_(one, show.languages)}
            for one in show.languages
        ),
        "date": f"{date_in_words(published.date, language)} ({published.date.isoformat()})",
        "guid": published.imported.guid if published.imported else str(published.guid),
        "duration": clock(published.duration_ms),
        "transcripts": _transcripts(published, language),
        "approvals": tuple(_approval(one, labels) for one in preview.approvals),
        "files": tuple({"name": name, "url": quote(name), "size": _size(size)} for name, size in preview.files.items()),
        "left_out": tuple(preview.left_out),
        "is_light": preview.is_light,
        "is_earlier_published": preview.is_earlier_published,
    }


def _links(places: Mapping[str, str], texts: Mapping[str, str], first: str = "") -> tuple[dict[str, str], ...]:
    """Links to the places that have a text, the one in the reader's own language first."""
    own = best_match(first, texts) if first else None
    return tuple(
        {"tag": tag, "language": language_name(tag, tag), "text": text, "url": quote(places[tag])}
        for tag, text in sorted(texts.items(), key=lambda one: one[0] != own)
    )


def _transcripts(published: Published, language: str) -> tuple[dict[str, str], ...]:
    tracks = dict.fromkeys((track.language, track.origin) for track in published.transcripts)
    return tuple(
        {"language": language_name(tag, language), "note": origins.in_words(origin, language)}
        for tag, origin in own_first(tracks, language)
    )


def _approval(one: Approval, labels: Mapping[str, str]) -> dict[str, str]:
    key = "waiting" if not one.who else "changed" if one.is_changed else "cleared"
    return {"role": one.role, "state": labels[key].format(who=one.who, when=one.when)}


def _size(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{size / 1e3:.1f} kB"
