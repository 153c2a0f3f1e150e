"""A page may load its own style and script, by their hashes, and nothing else."""

from __future__ import annotations

import base64
import hashlib

from castkit.site.policy import policy


def test_every_text_is_named_by_its_hash() -> None:
    found = policy(["p { color: red }"], ["a()", "b()"])
    digest = base64.b64encode(hashlib.sha256(b"b()").digest()).decode()
    (scripts,) = [part for part in found.split("; ") if part.startswith("script-src")]
    assert scripts.endswith(f" 'sha256-{digest}'")
    assert len(scripts.split()) == 3
    assert found.startswith("default-src 'none'")
    assert "unsafe" not in found


def test_without_a_script_none_may_run() -> None:
    assert "script-src 'none'" in policy([], [])
