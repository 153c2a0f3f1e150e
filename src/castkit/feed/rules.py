"""What must hold before a feed is rendered and uploaded: every problem found, at once.

Rule: a rule is a row (code, what is wrong, what to do, how to find it). An `ERROR` stops the upload: an app or a
directory would refuse the feed or an episode; a `WARNING` is said and the feed goes out.
Sources: Apple's podcast requirements, PSP-1, and seeded defects that public validators let pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from castkit.errors import CastkitError
from castkit.feed import findings as find
from castkit.feed.findings import Planned
from castkit.feed.texts import DESCRIPTION_BYTES


class Level(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """A rule broken at a place: `where` is castkit.toml's key or an episode's slug, with what was found there."""

    code: str
    level: Level
    where: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


@dataclass(frozen=True, slots=True)
class Rule:
    code: str
    level: Level
    message: str
    remedy: str
    broken: Callable[[Planned], Iterable[str]]  # the places where it is broken


def problems(planned: Planned) -> tuple[Problem, ...]:
    """Everything wrong, in the order of the rules."""
    return tuple(
        Problem(rule.code, rule.level, where, rule.message, rule.remedy)
        for rule in RULES
        for where in rule.broken(planned)
    )


def hold(planned: Planned) -> tuple[Problem, ...]:
    """The warnings; one CastkitError with every error, if there are any."""
    found = problems(planned)
    errors = [problem for problem in found if problem.level is Level.ERROR]
    if errors:
        lines = "\n".join(f"  {problem} [{problem.code}]" for problem in errors)
        remedies = dict.fromkeys(problem.remedy for problem in errors)
        raise CastkitError(f"the feed was not renewed, because apps would refuse it:\n{lines}", "; ".join(remedies))
    return found


_AGAIN = "publish the episode again; if this comes back, report it"
_CATEGORIES_PAGE = "https://podcasters.apple.com/support/1691-apple-podcasts-categories"
E, W = Level.ERROR, Level.WARNING

RULES: tuple[Rule, ...] = (
    Rule("image-missing", E, "the show has no cover", "name a square PNG or JPEG as image", find.no_image),
    Rule("text-missing", E, "the text is empty", "write it in castkit.toml or episode.toml", find.untitled),
    Rule("category-missing", E, "no category is given", "name one of Apple's categories", find.no_category),
    Rule(
        "category-unknown", E, "Apple has no such category", f"take one of {_CATEGORIES_PAGE}", find.unknown_categories
    ),
    Rule("language-bad", E, "is not a language tag", "write a BCP 47 tag such as en or zh-Hans", find.bad_languages),
    Rule(
        "description-long",
        W,
        f"is longer than {DESCRIPTION_BYTES} bytes, and is cut in the feed",
        "shorten it; a Chinese character has three bytes",
        find.long_descriptions,
    ),
    Rule(
        "address-bad",
        E,
        "is not an absolute http(s) address in ASCII",
        "write it whole, as in https://example.org/page",
        find.bad_addresses,
    ),
    Rule("link-is-feed", E, "links to the feed itself", "link to a page that people can read", find.links_to_feed),
    Rule("owner-missing", E, "the owner has no e-mail address", "write owner_email in castkit.toml", find.no_owner),
    Rule(
        "role-unknown", E, "is no role of the Podcast Taxonomy", "write host, guest, translator …", find.unknown_roles
    ),
    Rule("person-nameless", E, "the person has no name", "write a name, or the role as a name", find.nameless),
    Rule("file-empty", E, "the file is empty", _AGAIN, find.empty_files),
    Rule("enclosure-type", E, "apps do not play this type under this name", _AGAIN, find.wrong_media),
    Rule("enclosure-twice", E, "two episodes have one media file", _AGAIN, find.shared_media),
    Rule("guid-twice", E, "two episodes have one guid", "give the newer one a guid of its own", find.shared_guids),
    Rule("duration-none", E, "the episode has no duration", _AGAIN, find.no_duration),
    Rule("soundbite-stray", E, "lies outside the episode", "correct it in episode.toml", find.stray_soundbites),
    Rule("number-zero", E, "season and number start at 1", "correct them in episode.toml", find.zero_numbers),
    Rule("number-missing", E, "a serial show's episodes need numbers", "write number in episode.toml", find.no_number),
    Rule("type-unknown", E, "an episode is full, trailer or bonus", "correct type in episode.toml", find.unknown_types),
    Rule("transcript-type", E, "is no type of a transcript", _AGAIN, find.wrong_transcripts),
    Rule("chapters-type", E, "is not the type of chapters", _AGAIN, find.wrong_chapters),
)
