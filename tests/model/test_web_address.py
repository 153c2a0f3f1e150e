"""Which addresses lead to this machine itself."""

from __future__ import annotations

import pytest

from castkit.model.web_address import is_loopback


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://127.9.9.9", True),
        ("http://localhost:1", True),
        ("http://show.localhost", True),
        ("http://[::1]:8000/x", True),
        ("http://0.0.0.0:8000", True),
        ("http://192.168.1.5:8000", False),
        ("https://localhost.example.org", False),
        ("https://cast.example", False),
        ("https://10.0.0.127", False),
    ],
)
def test_loopback(url: str, expected: bool) -> None:
    assert is_loopback(url) is expected
