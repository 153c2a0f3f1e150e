"""What a public page may load: its own style and script by their hashes, its own files, and nothing of others.

Rule: pure. The policy stands in the page, since a bucket sends no headers of ours (Content Security Policy 3, <meta>).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable


def policy(styles: Iterable[str], scripts: Iterable[str]) -> str:
    """The Content-Security-Policy of a page with these inline texts, each exactly as it stands there.

    `file:` is for a page that was sent round and is opened from a folder, where nothing has an origin.
    """
    return "; ".join(
        (
            "default-src 'none'",
            "img-src 'self' data: file:",
            "media-src 'self' file:",
            f"style-src {_hashes(styles)}",
            f"script-src {_hashes(scripts)}",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _hashes(texts: Iterable[str]) -> str:
    digests = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts)
    return " ".join(f"'sha256-{digest}'" for digest in digests) or "'none'"
