"""The reference of what castkit holds in tables: the steps, the feed's rules, the speech models, in Markdown.

Rule: the tables themselves are read, so that a new row is in the documentation by itself.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

from made_commands import plain

from castkit.feed.check.table import LISTED
from castkit.pipeline import CARRIED, EPISODE, SHOW
from castkit.speech.models import GB, MB, MODELS


def steps() -> str:
    """Every step of the three roads, with what it comes after."""
    roads = {"An episode with recordings": EPISODE, "An episode that was imported": CARRIED, "The show": SHOW}
    return "\n\n".join(f"## {name}\n\n{_road(stages)}" for name, stages in roads.items())


def feed_rules() -> str:
    """Every rule of the gate, in the order in which they are looked at."""
    rows = ((f"`{one.code}`", str(one.severity), f"`{one.at}` {one.what}", one.remedy) for one in LISTED)
    return _table(("rule", "severity", "what is wrong", "remedy"), rows)


def models() -> str:
    """The models that `castkit models fetch` knows."""
    rows = (
        (
            f"`{one.name}`",
            f"{one.size / MB:.0f} MB",
            f"{one.memory / GB:.1f} GB",
            "yes" if one.translates else "no",
            one.remark,
        )
        for one in MODELS
    )
    return _table(("model", "download", "memory", "English of other languages", "remark"), rows)


def _road(stages: Iterable[object]) -> str:
    rows = []
    for stage in stages:
        text = (sys.modules[stage.run.__module__].__doc__ or "").partition("\n\n")[0]  # type: ignore[attr-defined]
        said = " ".join(text.split()).partition(": ")[2] or text
        after = ", ".join(f"`{one}`" for one in stage.after)  # type: ignore[attr-defined]
        rows.append((f"`{stage.name}`", said, after))  # type: ignore[attr-defined]
    return _table(("step", "what it makes", "after"), rows)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = (f"| {' | '.join(plain(cell) for cell in row)} |" for row in rows)
    return "\n".join((f"| {' | '.join(head)} |", "|---" * len(head) + "|", *lines))
