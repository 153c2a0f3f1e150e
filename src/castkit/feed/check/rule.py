"""What a rule of the gate is: a row of data.

Rule: a row says at which elements it looks (`at`), what is wrong there in words that follow the element's name, what
to do, whose rule it is, and how to find it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from castkit.feed.check.facts import Facts
from castkit.feed.check.finding import Severity
from castkit.feed.check.node import Node

Found = tuple[Node, str]  # the element at fault, and what was found there ("" where the message says all)
Check = Callable[[Node, Facts], Iterator[Found]]
Row = tuple[Severity, str, str, str, Check]  # severity, code, what, remedy, check

E, W, N = Severity.ERROR, Severity.WARNING, Severity.NOTE

APPLE = "https://podcasters.apple.com/support/823-podcast-requirements"
APPLE_TAGS = "https://help.apple.com/itc/podcasts_connect/#/itcb54353390"
APPLE_CATEGORIES = "https://podcasters.apple.com/support/1691-apple-podcasts-categories"
APPLE_ART = "https://podcasters.apple.com/support/896-artwork-requirements"
PSP1 = "https://github.com/Podcast-Standards-Project/PSP-1-Podcast-RSS-Specification"
RSS = "https://www.rssboard.org/rss-specification"
XML = "https://www.w3.org/TR/xml/"
ATOM_SOURCE = "https://www.rfc-editor.org/rfc/rfc4287"
TAXONOMY = "https://podcasttaxonomy.com"
_NAMESPACE = "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs"


def namespace(tag: str) -> str:
    """The page of the podcast namespace about a tag, by that page's name."""
    return f"{_NAMESPACE}/tags/{tag}.md"


NAMESPACE = f"{_NAMESPACE}/1.0.md"
TRANSCRIPT_FILES = f"{_NAMESPACE}/examples/transcripts/transcripts.md"
CHAPTER_FILES = f"{_NAMESPACE}/examples/chapters/jsonChapters.md"


@dataclass(frozen=True, slots=True)
class Rule:
    """`at` is an element's name, `parent/name` for one place only, or `rss`, `channel`, `item`."""

    code: str
    severity: Severity
    at: str
    what: str
    remedy: str
    source: str
    check: Check


def family(source: str, at: str, *rows: Row) -> tuple[Rule, ...]:
    """The rules of one source about one element."""
    return tuple(Rule(code, severity, at, what, remedy, source, check) for severity, code, what, remedy, check in rows)
