"""What a licence is called and where it is explained."""

from __future__ import annotations

import re

_CC = re.compile(r"cc-(by(?:-nc)?(?:-sa|-nd)?)-(\d\.\d)(?:-([a-z]{2,3}))?")
_OTHERS = {
    "cc0-1.0": ("CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    "cc-pdm-1.0": ("Public Domain Mark 1.0", "https://creativecommons.org/publicdomain/mark/1.0/"),
    "arr": ("All rights reserved", ""),
}


def licence_name(licence: str) -> tuple[str, str]:
    """The usual name and the address of a licence given by its SPDX identifier in lower case, or by its address."""
    if licence.startswith(("http://", "https://")):
        return licence, licence
    if licence in _OTHERS:
        return _OTHERS[licence]
    found = _CC.fullmatch(licence)
    if found is None:
        return licence.upper(), ""
    kind, version, port = found.groups()
    address = "/".join(part for part in ("https://creativecommons.org/licenses", kind, version, port) if part)
    return " ".join(part for part in ("CC", kind.upper(), version, port and port.upper()) if part), f"{address}/"
