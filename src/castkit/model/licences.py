"""Licences under which a podcast can be given to the world.

Rule: an identifier is SPDX's in lower case, as the Podcasting 2.0 namespace wants it; `arr` is "all rights reserved".
"""

from __future__ import annotations

import re

_CC_KINDS = ("by", "by-sa", "by-nc", "by-nc-sa", "by-nd", "by-nc-nd")
_CC_VERSIONS = ("4.0", "3.0", "2.5", "2.0", "1.0")

# spdx.org/licenses: those for works that are not software; `arr` and `pod-v4v-1.0` are the namespace's own
# (podcast-namespace, license/licenseslugs.txt). The IGO ports are those that SPDX lists.
LICENCES: tuple[str, ...] = (
    *(f"cc-{kind}-{version}" for version in _CC_VERSIONS for kind in _CC_KINDS),
    "cc-by-3.0-igo",
    "cc-by-nc-sa-3.0-igo",
    "cc-by-nc-nd-3.0-igo",
    "cc-by-sa-3.0-igo",
    "cc0-1.0",
    "cc-pdm-1.0",
    "cc-pddc",
    "gfdl-1.3-or-later",
    "lal-1.3",
    "arr",
    "pod-v4v-1.0",
)

_CREATIVE_COMMONS = "https://creativecommons.org"


def licence_url(identifier: str) -> str:
    """Where a Creative Commons licence can be read; empty for the others, whose texts have no one address."""
    if identifier == "cc0-1.0":
        return f"{_CREATIVE_COMMONS}/publicdomain/zero/1.0/"
    if identifier == "cc-pdm-1.0":
        return f"{_CREATIVE_COMMONS}/publicdomain/mark/1.0/"
    found = re.fullmatch(r"cc-((?:by|nc|nd|sa)(?:-(?:nc|nd|sa))*)-(\d\.\d)(-igo)?", identifier)
    return f"{_CREATIVE_COMMONS}/licenses/{found[1]}/{found[2]}/{'igo/' if found[3] else ''}" if found else ""
