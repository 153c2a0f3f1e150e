"""The offline player, one HTML page: cues beside the sound, limits, terms, and a translator's own file from their disk.

Rule: the page opens by a double click and asks for nothing but the sound beside it; texts go in as JSON that no reader
of HTML can take for markup, and the script puts them on the page as text.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from castkit.model.cue import Cue
from castkit.model.language import language_name
from castkit.model.text import one_line, printable
from castkit.subtitles.player.wide import wide_ranges
from castkit.subtitles.profile import Profile

_TEMPLATES = Path(__file__).parent.parent.parent / "templates"
_SCRIPTS = ("player_reading.js", "player_measuring.js", "player.js")
_READERS = {"en": "en", "zh": "zh-Hans"}  # the languages that the page itself speaks
# Opened from a folder, a page has no origin: `file:` gives it the sound beside it, and `'self'` does so on a server.
_POLICY = (
    "default-src 'none'; media-src file: 'self'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; "
    "base-uri 'none'; form-action 'none'"
)
# Within a script element a reader of HTML looks for `<` alone; `]]>` ends CDATA in XML, and the two separators were
# line ends in JavaScript once. JSON may write all of them as escapes.
_ESCAPED = str.maketrans({one: f"\\u{ord(one):04x}" for one in "<>&\u2028\u2029"})


@dataclass(frozen=True, slots=True)
class Agreed:
    """A term of the glossary: as it is spoken, as agreed in the other language, other forms that are fine, a note."""

    word: str
    agreed: str
    forms: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a person accepted before for the sentence at `at_ms`, or for one like it (`like`, by `score` of 100)."""

    at_ms: int
    text: str
    translation: str
    like: str
    score: int
    origin: str


@dataclass(frozen=True, slots=True)
class PlayerView:
    """What the page shows. `media`, `file` and `source_file` name what lies beside it; times on the sound's clock.

    `source_language` is empty, and there are no source cues, where the language is the spoken one. `stand` says whose
    the cues are: accepted, draft, machine or source.
    """

    title: str
    show: str
    title_language: str
    language: str
    source_language: str
    cues: Sequence[Cue]
    source: Sequence[Cue]
    profile: Profile
    stand: str
    file: str
    media: str
    is_video: bool
    source_file: str = ""
    is_bilingual: bool = False
    terms: Sequence[Agreed] = ()
    before: Sequence[Proposal] = ()


def render(view: PlayerView) -> str:
    """The page; the same view gives the same text."""
    style = (_TEMPLATES / "player.css").read_text("utf-8")
    script = "".join((_TEMPLATES / name).read_text("utf-8") for name in _SCRIPTS)
    page = Template((_TEMPLATES / "player.html").read_text("utf-8")).substitute(
        policy=_POLICY.format(style=_digest(style), script=_digest(script)),
        title=escape(one_line(view.title)),
        style=style,
        media=_element(view),
        data=safe_json(_data(view)),
        script=script,
    )
    return printable(page).rstrip("\n") + "\n"


def safe_json(value: Any) -> str:
    """A value as JSON that may stand in an element of script, whatever its texts hold."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPED)


def _digest(text: str) -> str:
    return base64.b64encode(sha256(text.encode()).digest()).decode()


def _element(view: PlayerView) -> str:
    source = escape(f"./{view.media}")
    if view.is_video:
        return f'<video id="media" controls playsinline preload="metadata" src="{source}"></video>'
    return f'<audio id="media" controls preload="metadata" src="{source}"></audio>'


def _data(view: PlayerView) -> dict[str, Any]:
    return {
        "title": one_line(view.title),
        "show": one_line(view.show),
        "titleLanguage": view.title_language,
        "language": view.language,
        "sourceLanguage": view.source_language,
        "names": {reader: _names(view, tag) for reader, tag in _READERS.items()},
        "file": view.file,
        "sourceFile": view.source_file,
        "media": view.media,
        "stand": view.stand,
        "isBilingual": view.is_bilingual,
        "limits": _limits(view.profile),
        "wide": wide_ranges(),
        "cues": _rows(view.cues),
        "source": _rows(view.source),
        "terms": [[one.word, one.agreed, ", ".join(one.forms), one_line(one.note)] for one in view.terms],
        "before": [_proposal(one) for one in view.before],
        "texts": json.loads((_TEMPLATES / "player.texts.json").read_text("utf-8")),
    }


def _names(view: PlayerView, reader: str) -> dict[str, str]:
    source = language_name(view.source_language, reader) if view.source_language else ""
    return {"language": language_name(view.language, reader), "source": source}


def _limits(profile: Profile) -> dict[str, Any]:
    return {
        "width": profile.line_width,
        "speed": profile.characters_per_second,
        "lines": profile.lines,
        "shortest": profile.shortest_ms,
        "longest": profile.longest_ms,
        "gap": profile.gap_ms,
        "isWide": profile.is_wide,
        "isSpaced": profile.is_spaced,
    }


def _rows(cues: Sequence[Cue]) -> list[tuple[int, int, str]]:
    return [(cue.start_ms, cue.end_ms, printable(cue.text)) for cue in cues]


def _proposal(one: Proposal) -> dict[str, Any]:
    return {
        "at": one.at_ms,
        "text": one.text,
        "translation": one.translation,
        "like": one.like,
        "score": one.score,
        "origin": one.origin,
    }
