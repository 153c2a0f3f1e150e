"""Through a proxy where the environment names one, and never to this machine itself."""

from __future__ import annotations

import pytest

from castkit.proxies import connections, proxy_for


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy"):
        for form in (name, name.upper()):
            monkeypatch.setenv(form, "proxy.example:3128")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "left.example")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://cast.example/a", "http://proxy.example:3128"),
        ("HTTP://cast.example/a", "http://proxy.example:3128"),
        ("ftp://cast.example/a", ""),
        ("https://left.example/a", ""),
        ("http://localhost:11434/v1", ""),
        ("http://127.0.0.1:8000", ""),
        ("http://127.0.1.1:8000", ""),
        ("http://show.localhost:8000", ""),
        ("http://[::1]:8000", ""),
    ],
)
def test_which_way(url: str, expected: str) -> None:
    assert proxy_for(url) == expected


def test_a_proxy_that_wants_a_name_and_password() -> None:
    """As an address has to have them: what stands for something else there is encoded."""
    made = connections("http://na%40me:p%3Aw@proxy.example:3128", maxsize=2)
    assert made.proxy_headers == {"proxy-authorization": "Basic bmFAbWU6cDp3"}  # na@me:p:w
    assert not hasattr(connections(""), "proxy_headers")
