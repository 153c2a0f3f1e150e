"""What mail programs would drop, break or cut off in a newsletter, found before it is sent.

Rule: rules are data; nothing is changed, because the template is a person's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html.parser import HTMLParser

CLIPPED = 102 * 1024  # bytes of HTML: Gmail shows no more, and puts the rest behind a link

_FORBIDDEN = frozenset(
    "script link iframe object embed applet form input textarea select video audio source svg canvas base".split()
)
# Not drawn by Outlook for Windows, which lays out as Word does, or dropped by Gmail (caniemail.com).
_STYLES = re.compile(
    r"display\s*:\s*(?:inline-)?(?:flex|grid)|position\s*:|float\s*:|url\s*\(|var\s*\(|@import|calc\s*\(", re.IGNORECASE
)
_WEB, _MAIL = ("https://", "http://"), "mailto:"

Attributes = Mapping[str, str]

# what to say ({0} is where), and whether a tag with these attributes is at fault
_RULES: tuple[tuple[str, Callable[[str, Attributes], bool]], ...] = (
    ("{0}: mail programs take it out", lambda tag, _: tag in _FORBIDDEN),
    ("{0}: a script in an attribute is taken out", lambda _, given: any(name.startswith("on") for name in given)),
    ("{0}: Outlook or Gmail does not know this style", lambda _, given: bool(_STYLES.search(given.get("style", "")))),
    (
        "{0}: the link is no whole address, so it leads nowhere from a mail",
        lambda tag, given: tag == "a" and not given.get("href", "").lower().startswith((*_WEB, _MAIL)),
    ),
    (
        "{0}: a picture needs a whole https address",
        lambda tag, given: tag == "img" and not given.get("src", "").lower().startswith("https://"),
    ),
    (
        "{0}: a picture needs an alt text, as many readers see no pictures",
        lambda tag, a: tag == "img" and "alt" not in a,
    ),
    (
        "{0}: a picture needs a width, or Outlook shows it at its full size",
        lambda t, a: t == "img" and "width" not in a,
    ),
)


def mail_problems(html: str) -> tuple[str, ...]:
    """What is wrong with this HTML as a mail, each once; empty where nothing is."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    found = [*reader.found]
    size = len(html.encode())
    if size > CLIPPED:
        found.append(
            f"the mail has {size / 1024:.0f} KB, and Gmail cuts off what is beyond {CLIPPED // 1024} KB: "
            "take a later --since, or one --language"
        )
    return tuple(dict.fromkeys(found))


class _Reader(HTMLParser):
    """Holds every start tag, and the text of every style element, against the rules."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._is_in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        where = f"<{tag}> in line {self.getpos()[0]}"
        self.found += [text.format(where) for text, is_broken in _RULES if is_broken(tag, given)]
        self._is_in_style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        if tag == "style":
            self._is_in_style = False

    def handle_data(self, data: str) -> None:
        if self._is_in_style and re.search(r"@import|url\s*\(", data):
            self.found.append(f"<style> in line {self.getpos()[0]}: mail programs fetch nothing for a style")
