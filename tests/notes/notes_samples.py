"""A show and an episode with everything the notes can print."""

from __future__ import annotations

import tomllib
from typing import Any

from castkit.model.cue import Origin
from castkit.model.episode import Episode
from castkit.model.programme import Programme
from castkit.model.show import Show
from castkit.model.timeline import joined
from castkit.notes.view import Material

SHOW_TOML = """
[show]
title = { en = "Dialogues", zh-Hans = "对话" }
description = "A show."
author = { en = "Institute of Examples", zh-Hans = "示例研究所" }
owner_email = "podcast@example.org"
link = "https://example.org/dialogues?a=1&b=2"
categories = ["Government"]
languages = ["en", "zh-Hans"]
licence = "cc-by-4.0"
copyright = "© 2026 Institute of Examples"
funding_statement = { en = "Paid for by the Fund.", zh-Hans = "由基金资助。" }
disclaimer = { en = "Views are the speakers' own.", zh-Hans = "仅代表发言人观点。" }

[[partners]]
name = "Partner & Co"
href = "https://partner.example.org"

[[funders]]
name = { en = "The Fund", zh-Hans = "基金" }
"""

EPISODE_TOML = """
guid = "9bbcf94d-32f4-4189-9b88-29010fd18b11"
language = "en"
date = 2026-09-02T09:00:00+02:00
season = 1
number = 2
keywords = ["social protection", "养老保险"]
title = { en = "Who pays? *Not* me", zh-Hans = "谁来买单？" }
summary = { en = "One <b>bold</b> idea.", zh-Hans = "一个想法。" }
description = { en = "First part.\\n\\nSecond part.", zh-Hans = "第一段。\\n\\n第二段。" }

[[people]]
id = "host"
name = { en = "A. Host", zh-Hans = "主持" }
role = "host"
organisation = { en = "Institute", zh-Hans = "研究所" }
href = "https://example.org/host"

[[people]]
id = "translator"
name = "T. Ranslator"
role = "translator"

[[recordings]]
path = "raw/a.wav"

[[chapters]]
start = "00:40"
title = { en = "1. Why [now]?", zh-Hans = "为什么" }

[[chapters]]
start = "00:00"
title = { en = "Welcome", zh-Hans = "开场" }

[[links]]
kind = "policy-brief"
title = "A brief"
url = { en = "https://example.org/brief(1).pdf", zh-Hans = "https://example.org/简报.pdf" }

[[links]]
kind = "study"
title = "Not for clicking"
url = "https://example.org/study"
"""


def show(**changes: Any) -> Show:
    value = tomllib.loads(SHOW_TOML)
    value["show"].update(changes)
    return Show.model_validate(value)


def episode(**changes: Any) -> Episode:
    return Episode.model_validate({**tomllib.loads(EPISODE_TOML), **changes})


def laid(lead_ms: int) -> Programme:
    """A programme of 100 s behind an intro."""
    return Programme((), joined([(0, 100_000 - lead_ms)], lead_ms), (), 100_000)


def material(*, lead_ms: int = 4500, show_changes: dict[str, Any] | None = None, **changes: Any) -> Material:
    """The sample, with other values in the episode; the intro is 4.5 s long."""
    told = episode(**changes)
    people = tuple(person for person in told.people if not isinstance(person, str))
    tracks = (("en", Origin.ACCEPTED), ("zh-Hans", Origin.MACHINE_TRANSLATION))
    return Material(
        show(**(show_changes or {})),
        told,
        people,
        laid(lead_ms),
        tracks,
    )
