"""How long whoever fetches an object may keep it, by its name.

Rule: only a name that holds a hash of the content is kept for ever; all others may get other content.
"""

from __future__ import annotations

import re

FOREVER = "public, max-age=31536000, immutable"  # a name with a hash of the content never gets other content
SHORT = "public, max-age=300"  # feeds, notes, published.json: five minutes

# The name, or the folder of a stream, whose files name each other and so keep their names.
_HASHED = re.compile(r"-[0-9a-f]{12}\.[^/]+$|^episodes/[^/]+/hls-[0-9a-f]{12}/[^/]+$")


def cache_control(key: str) -> str:
    """The Cache-Control of an object of this name: for ever if the name holds a hash of the content, else minutes."""
    return FOREVER if _HASHED.search(key) else SHORT
