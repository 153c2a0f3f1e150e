"""A model that proposes notes, well or badly, and lines for it to read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from castkit.model.transcript import Transcript
from castkit.notes.draft import Line
from castkit.translate.sentences import sentences

HEARD = Path(__file__).parent.parent / "data" / "transcripts"
WORDS = {"en": "Riders and their pension", "zh-Hans": "骑手与养老金"}


def transcript(slug: str) -> Transcript:
    return Transcript.from_json(json.loads((HEARD / f"{slug}.json").read_text("utf-8")))


def lines(slug: str, language: str) -> tuple[Line, ...]:
    """The sentences of a demonstration episode, as it was really heard."""
    found = sentences(transcript(slug).utterances, language)
    return tuple(Line(one.start_ms, one.end_ms, one.text, one.speaker or "") for one in found)


def proposed(data: dict[str, Any]) -> dict[str, Any]:
    """What a model that does as it is told answers to the data of a question."""
    return _of_a_part(data) if "sentences" in data else _of_all(data)


def _of_a_part(data: dict[str, Any]) -> dict[str, Any]:
    ids = [one["id"] for one in data["sentences"]]
    places = ids[:: max(1, len(ids) // data["most_chapters"] + 1)][: data["most_chapters"]]
    chapters = [
        {"sentence": one, "titles": {tag: f"{WORDS[tag]} {one}" for tag in data["languages"]}} for one in places
    ]
    gist = {"text": f"{WORDS[next(iter(data['languages']))]} {ids[0]}", "sentences": [ids[-1], ids[0]]}
    return {"gist": gist, "chapters": chapters}


def _of_all(data: dict[str, Any]) -> dict[str, Any]:
    known = data["gists"][0]["sentences"]
    return {
        tag: {
            "title": {"text": WORDS[tag], "sentences": known[:1]},
            "summary": {"text": f"{WORDS[tag]}: {WORDS[tag]}.", "sentences": known},
            "keywords": {"words": [WORDS[tag], f"{WORDS[tag]} 2"], "sentences": known},
        }
        for tag in data["languages"]
    }
