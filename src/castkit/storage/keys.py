"""Where things lie in a store: keys that mean the same in a folder on any system and in a bucket.

Rule: what one of them cannot hold, none of them takes; a key never leads out of the store.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from castkit.atomic import is_part
from castkit.errors import StoreError

LONGEST_KEY = 1024  # bytes: S3's limit
_LONGEST_PART = 255  # bytes: every file system's
_FORBIDDEN = frozenset('<>:"|?*\\')  # Windows; a colon also names a drive or a stream there
_DEVICES = frozenset(["con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10))])
_PUBLISHED = re.compile(r"episodes/([^/]+)/published\.json")
_PAGE = r"(?:\.page-([1-9][0-9]{0,5}))?"
_FEED = re.compile(rf"feeds/([^/]+?){_PAGE}\.xml")
_SHOW_PAGE = re.compile(rf"index(?:\.(?!page-[0-9])([A-Za-z0-9-]+))?{_PAGE}\.html")


def feed_key(name: str, page: int = 0) -> str:
    """Where a feed (`en`, `en.video`) lies in the store, or its page of older episodes, counted from the oldest (1)."""
    return f"feeds/{name}.page-{page}.xml" if page else f"feeds/{name}.xml"


def feed_page(key: str) -> tuple[str, int] | None:
    """The feed's name and the page (0: the feed itself) that `feed_key` puts under this key, or None for any other."""
    found = _FEED.fullmatch(key)
    return (found[1], int(found[2] or 0)) if found else None


def show_page_key(language: str, main_language: str, page: int = 0) -> str:
    """Where the show's page in this language lies in the store: `index.html` in the show's main language.

    `page` is one of older episodes, counted from the oldest (1).
    """
    parts = ("index", *(() if language == main_language else (language,)), *([f"page-{page}"] if page else ()))
    return f"{'.'.join(parts)}.html"


def show_page(key: str) -> tuple[str, int] | None:
    """The language ("" for the show's main one) and the page that `show_page_key` puts under this key, or None."""
    found = _SHOW_PAGE.fullmatch(key)
    return (found[1] or "", int(found[2] or 0)) if found else None


def published_key(slug: str) -> str:
    """Where an episode's published.json lies in the store."""
    return f"episodes/{slug}/published.json"


def published_slug(key: str) -> str | None:
    """The slug of the episode whose published.json this key is, or None for any other key."""
    found = _PUBLISHED.fullmatch(key)
    return found[1] if found else None


def checked(key: str) -> str:
    """The key itself; StoreError saying what is wrong with it."""
    if problem := _problem(key):
        raise StoreError(f"{key!r} cannot be a name in the store: {problem}", "use letters, digits, '-', '_' and '.'")
    return key


def _problem(key: str) -> str:
    if not key or len(key.encode(errors="surrogatepass")) > LONGEST_KEY:
        return f"a name has 1 to {LONGEST_KEY} bytes"
    return next((found for part in key.split("/") if (found := _part_problem(part))), "")


def _part_problem(part: str) -> str:
    rules = (
        (part in ("", ".", ".."), "it has an empty part, '.' or '..'"),
        (any(character in _FORBIDDEN for character in part), 'Windows allows none of < > : " | ? * \\ in it'),
        (
            any(ord(character) < 32 or 0xD800 <= ord(character) < 0xE000 for character in part),
            "it has a control character",
        ),
        (part.endswith((".", " ")), "Windows drops a dot or space at the end"),
        (part.partition(".")[0].lower() in _DEVICES, "it is the name of a device on Windows"),
        (is_part(part), "castkit's unfinished files are named so"),
        (len(part.encode(errors="surrogatepass")) > _LONGEST_PART, f"a part is longer than {_LONGEST_PART} bytes"),
    )
    return next((text for is_broken, text in rules if is_broken), "")


def public_url(base_url: str, key: str) -> str:
    """The key's address below `base_url`, percent-encoded as UTF-8."""
    return f"{base_url.rstrip('/')}/{quote(checked(key), safe='/')}"
