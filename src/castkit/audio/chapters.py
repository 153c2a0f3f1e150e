"""Chapters as podcast apps fetch them: Podcasting 2.0's JSON.

Rule: times are seconds with at most three decimals, in ascending order (jsonChapters.md of the podcast namespace).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from castkit.model.chapters import Mark


def podcast_chapters(marks: Sequence[Mark], *, title: str, podcast: str) -> dict[str, Any]:
    """The chapters file (version 1.2.0) of the episode `title` of the show `podcast`, as a value for json.dump."""
    return {
        "version": "1.2.0",
        "title": title,
        "podcastName": podcast,
        "chapters": [{"startTime": mark.start_ms / 1000, "title": mark.title} for mark in marks],
    }
