"""What is live held against what was published: every object at its public address, and the feeds.

Rule: nothing is changed; what the store's published.json files say is the truth, and the public web is asked as an app
would ask it. It is gentle, a few requests at once, and ends in time whatever the servers do.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from castkit.artwork.check import LARGEST_FILE, cover_problems
from castkit.errors import CastkitError
from castkit.feed.check import Facts, Finding, Severity, check
from castkit.feed.check.files import LARGEST as LARGEST_TEXT
from castkit.feed.check.files import problem
from castkit.feed.check.parsed import LARGEST as LARGEST_FEED
from castkit.feed.findings import files_of
from castkit.feed.media import counted
from castkit.model.media_types import bare, media_type
from castkit.model.published import Published
from castkit.model.web_address import is_loopback
from castkit.site.show_pages import NOT_FOUND
from castkit.steps.feed_identity import cover_key
from castkit.steps.gate import Document, facts, feeds_to_be
from castkit.steps.show_context import ShowContext
from castkit.steps.site_made import picture_keys, show_site, site_documents
from castkit.storage.served import Expected, Fault, Kind, Live, faults
from castkit.storage.web import Unreachable, Web

AT_ONCE = 4  # requests side by side: a cron job must not be an attack
_TAIL = 2  # bytes asked for, the last ones: an object cut short has none there
_DAYS = 14  # a certificate that ends so soon was not renewed in time
_KINDS: Mapping[str, Kind] = {
    "text/vtt": "text",
    "application/x-subrip": "text",
    "application/json": "text",
    "application/json+chapters": "text",
    "text/html": "page",
    "image/png": "picture",
    "image/jpeg": "picture",
}
_UNREACHABLE = "check the address and the server; then run this again"
Progress = Callable[[int, int], None]  # told how many of how many objects have been looked at


@dataclass(frozen=True, slots=True)
class Checked:
    """A published object, and everything wrong with it as listeners get it."""

    expected: Expected
    faults: tuple[Fault, ...]


def verify(context: ShowContext, slugs: Collection[str], web: Web, progress: Progress) -> tuple[Checked, ...]:
    """Every object of these episodes, of all where none is named; then the cover, the feeds and the show's pages.

    CastkitError for an episode that is not published.
    """
    published = {slug: one.published for slug, one in context.episodes.items()}
    if missing := sorted(set(slugs) - set(published)):
        raise CastkitError(
            f"{', '.join(missing)}: not published", f"published are: {', '.join(published) or 'none yet'}"
        )
    wanted = [episode for slug, episode in published.items() if not slugs or slug in slugs]
    objects = list(dict.fromkeys(one for episode in wanted for one in _objects(context, episode)))
    documents = list(feeds_to_be(context, tuple(published.values())))
    pages = list(_pages_to_be(context, published.values()))
    pictures = [_cover(context), *_site_pictures(context)]
    whole = len(objects) + len(documents) + len(pages) + len(pictures)
    found: list[Checked] = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for one in pool.map(lambda expected: _look(expected, web), [*objects, *pictures]):
            found.append(one)
            progress(len(found), whole)
        known = facts(context.show, published.values())
        for one in pool.map(lambda document: _look_at_feed(document, context, known, web), documents):
            found.append(one)
            progress(len(found), whole)
        for one in pool.map(lambda page: _look_at_page(page, context, web), pages):
            found.append(one)
            progress(len(found), whole)
    return (*found, *_certificates(found, web))


def _objects(context: ShowContext, episode: Published) -> Iterator[Expected]:
    for file in files_of(episode):
        yield Expected(episode.slug, _KINDS.get(bare(file.type), "media"), file.url, file.length, file.type)
    prefixed = counted(episode.audio, context.show)
    if prefixed != episode.audio.url:
        yield Expected(episode.slug, "media", prefixed, episode.audio.length, episode.audio.type, is_counted=True)


def _cover(context: ShowContext) -> Expected:
    cover = context.workspace.root / context.show.show.image
    key = cover_key(cover)
    return Expected("show", "picture", context.store.url(key), cover.stat().st_size, media_type(key))


def _site_pictures(context: ShowContext) -> Iterator[Expected]:
    for key in picture_keys(context.workspace, context.show) if context.show.site.enabled else ():
        yield Expected("site", "picture", context.store.url(key), None, media_type(key))


def _look(expected: Expected, web: Web) -> Checked:
    try:
        head = web.head(expected.url)
        part = None
        if expected.length:
            part = web.part(expected.url, max(expected.length - _TAIL, 0), expected.length - 1)
        wrong = faults(Live(expected, head, part))
        if not any(one.code == "status" for one in wrong):
            wrong = (*wrong, *_content(expected, web))
    except Unreachable as error:
        wrong = (_unreachable(error, expected.url),)
    return Checked(expected, wrong)


def _unreachable(error: Unreachable, url: str) -> Fault:
    code = "certificate" if error.is_certificate else "unreachable"
    remedy = "start castkit serve in another window, then run this again" if is_loopback(url) else _UNREACHABLE
    return Fault(code, "error", error.why, remedy)


def _content(expected: Expected, web: Web) -> Iterator[Fault]:
    """What is wrong inside: of texts that apps read by themselves, and of the cover."""
    if expected.kind == "text":
        words = problem(web.get(expected.url, LARGEST_TEXT + 1).body, expected.type)
    elif expected.kind == "picture" and expected.subject == "show":
        words = _picture_problem(web.get(expected.url, LARGEST_FILE + 1).body, expected.url)
    else:
        return
    if words:
        yield Fault("content", "error", f"its content is damaged: {words}", "publish again")


def _picture_problem(data: bytes, url: str) -> str:
    with tempfile.TemporaryDirectory(prefix="castkit-verify-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / f"cover{Path(urlsplit(url).path).suffix}"
        path.write_bytes(data)
        return "; ".join(cover_problems(path))


def _look_at_feed(document: Document, context: ShowContext, known: Facts, web: Web) -> Checked:
    """The live feed: its headers, that it is the one in the store, and that it passes the gate."""
    expected = Expected("feed", "feed", document.url, None, media_type(document.key))
    if context.store.head(document.key, digest=False) is None:
        return Checked(expected, (Fault("feed-missing", "error", "it is not in the store", "castkit feed"),))
    try:
        got = web.get(document.url, LARGEST_FEED + 1)
        wrong = faults(Live(expected, web.head(document.url), replace(got, body=b"")))
    except Unreachable as error:
        return Checked(expected, (_unreachable(error, document.url),))
    if got.status != 200:
        return Checked(expected, wrong)
    found = check(got.body, replace(known, feed_url=document.url))
    versions = _versions(got.body, context.store.get(document.key), document.data)
    return Checked(expected, (*wrong, *versions, *map(_as_fault, _telling(found))))


def _pages_to_be(context: ShowContext, episodes: Iterable[Published]) -> Iterator[Document]:
    """The show's pages and what search engines read, as they would be sent; that for lost addresses has no own one."""
    if not context.show.site.enabled:
        return
    site = show_site(context.workspace, context.show, episodes, context.store.url)
    for key, data in site_documents(site, context.workspace).items():
        if key != NOT_FOUND:
            yield Document(key, context.store.url(key), data, context.workspace.site(key))


def _look_at_page(page: Document, context: ShowContext, web: Web) -> Checked:
    """A page of the show, live: its headers, and that it is the one that the episodes make."""
    expected = Expected("site", "page", page.url, None, media_type(page.key))
    if context.store.head(page.key, digest=False) is None:
        return Checked(expected, (Fault("page-missing", "error", "it is not in the store", "castkit feed"),))
    try:
        got = web.get(page.url, LARGEST_FEED + 1)
        wrong = faults(Live(expected, web.head(page.url), replace(got, body=b"")))
    except Unreachable as error:
        return Checked(expected, (_unreachable(error, page.url),))
    if got.status != 200:
        return Checked(expected, wrong)
    return Checked(expected, (*wrong, *_versions(got.body, context.store.get(page.key), page.data, "page")))


def _versions(live: bytes, stored: bytes, renewed: bytes, what: str = "feed") -> Iterator[Fault]:
    """Whether listeners have the feed, or page, that the store has, and that one says what the episodes say."""
    if live != stored:
        remedy = "wait until the caches before the store are over (five minutes), then run this again"
        yield Fault(f"{what}-other", "warning", f"what is live is not the {what} in the store", remedy)
    elif stored != renewed:
        yield Fault(f"{what}-old", "warning", "it is not what the episodes in the store make now", "castkit feed")


def _telling(found: Iterable[Finding]) -> list[Finding]:
    return [one for one in found if one.severity is not Severity.NOTE]


def _as_fault(finding: Finding) -> Fault:
    is_error = finding.severity is Severity.ERROR
    return Fault(
        finding.code,
        "error" if is_error else "warning",
        f"line {finding.line}: {finding.where} {finding.what}",
        finding.remedy,
    )


def _certificates(found: Iterable[Checked], web: Web) -> Iterator[Checked]:
    """Each server whose certificate ends soon; one that is refused already has been named at every object."""
    hosts = {f"https://{urlsplit(one.expected.url).netloc}/": None for one in found if _is_safe(one.expected.url)}
    for url in hosts:
        try:
            days = web.certificate_days(url)
        except Unreachable:
            continue
        if days is not None and days < _DAYS:
            expected = Expected("server", "page", url, None, "")
            words = f"its certificate ends in {days} days"
            yield Checked(expected, (Fault("certificate-ends", "warning", words, "renew the certificate"),))


def _is_safe(url: str) -> bool:
    return url.startswith("https://")
