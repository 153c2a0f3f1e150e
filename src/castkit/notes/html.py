"""Markdown as sanitised HTML: a fragment for feeds, and the body of a page.

Rule: both come from the same Markdown, which a person may have edited; HTML typed into it is shown, not obeyed.
"""

from __future__ import annotations

from typing import Any

# What Apple and the other directories let through in content:encoded.
_FEED = frozenset(["p", "ol", "ul", "li", "a", "h3", "strong", "em", "br"])
_PAGE = _FEED | {"h1", "h2", "h4", "blockquote", "code", "pre", "hr"}
_SCHEMES = frozenset(["http", "https", "mailto"])


def fragment(markdown: str) -> str:
    """The notes for a feed: without the title, which the feed has already, and with headings of one size."""
    parser, tokens = _parse(markdown)
    if len(tokens) >= 3 and tokens[0].type == "heading_open" and tokens[0].tag == "h1":
        tokens = tokens[3:]  # open, text, close
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = "h3"
    return _clean(parser.renderer.render(tokens, parser.options, {}), _FEED)


def body(markdown: str) -> str:
    """The notes for a page: all of it, from the title down."""
    parser, tokens = _parse(markdown)
    return _clean(parser.renderer.render(tokens, parser.options, {}), _PAGE)


def cleaned(html: str, *, tags: frozenset[str] = _FEED) -> str:
    """The HTML with these tags alone (those that feeds let through), its links to the web and to mail only."""
    return _clean(html, tags)


def _parse(markdown: str) -> tuple[Any, list[Any]]:
    from markdown_it import MarkdownIt  # noqa: PLC0415

    parser = MarkdownIt("commonmark", {"html": False})
    return parser, parser.parse(markdown)


def _clean(html: str, tags: frozenset[str]) -> str:
    import nh3  # noqa: PLC0415

    return nh3.clean(
        html, tags=set(tags), attributes={"a": {"href"}}, url_schemes=set(_SCHEMES), url_relative="deny", link_rel=None
    ).strip()
