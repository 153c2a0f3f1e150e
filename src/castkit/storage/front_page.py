"""The page at `/` of `castkit serve` where the store holds no page of the show: the feeds, and how to get one.

Rule: pure; every text is escaped, and every address is relative, so that the page works on whatever port it is served.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from urllib.parse import quote

_PAGE = """\
<!doctype html>
<html lang="{language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title></head>
<body>
<h1>{title}</h1>
<p lang="en">The store holds no page of this show. Where [site] in castkit.toml has not switched it off, castkit feed
makes it. The feeds:</p>
<ul>
{feeds}
</ul>
</body>
</html>
"""


def front_page(title: str, language: str, feeds: Iterable[str]) -> bytes:
    """The page as HTML in UTF-8; `feeds` are keys in the store."""
    items = (f'<li><a href="{escape(quote(key))}">{escape(key)}</a></li>' for key in feeds)
    return _PAGE.format(title=escape(title), language=escape(language), feeds="\n".join(items)).encode()
