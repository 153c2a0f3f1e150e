"""Captions as bilibili's own format has them: BCC, a JSON of lines with times in seconds.

Rule: times and words are those of the cues; colours and size are the ones that bilibili's own editor writes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from castkit.model.cue import Cue

_LOOK = {
    "font_size": 0.4,
    "font_color": "#FFFFFF",
    "background_alpha": 0.5,
    "background_color": "#9C27B0",
    "Stroke": "none",
}
_BELOW = 2  # the place on the picture: the middle of its lower edge


def compose_bcc(cues: Sequence[Cue]) -> str:
    """The cues as BCC, UTF-8 text that ends in a newline."""
    body = [
        {"from": cue.start_ms / 1000, "to": cue.end_ms / 1000, "location": _BELOW, "content": cue.text} for cue in cues
    ]
    return json.dumps({**_LOOK, "body": body}, ensure_ascii=False, indent=1) + "\n"
