"""Clearance: those whom castkit.toml names have approved an episode as it is about to be published.

Rule: an approval holds for these very bytes and words alone; whatever of sound, subtitles or notes changes reopens it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from html import escape
from pathlib import Path, PurePosixPath
from typing import Any

from castkit import atomic
from castkit.errors import DAMAGED, CastkitError
from castkit.steps.context import EpisodeContext
from castkit.steps.files import json_text
from castkit.steps.publication import Item, Publication, described, publication
from castkit.storage.folder import sha256_of

VERSION = 1
_QR_CODE = re.compile(r'<span class="qr-code".*?</svg></span>', re.DOTALL)  # an address as a picture
_TEXTS = "title, summary, people"  # what published.json says that no file does


@dataclass(frozen=True, slots=True)
class Approval:
    """One line of approvals.jsonl: `role` is one of `[clearance] required`, `who` a person, `when` UTC in ISO 8601.

    `parts` are the SHA-256 of everything approved, by name; `is_withdrawn` takes back what the role said before.
    """

    role: str
    who: str
    when: str
    parts: Mapping[str, str]
    is_withdrawn: bool = False
    version: int = VERSION


@dataclass(frozen=True, slots=True)
class Standing:
    """What a role has said: its last approval, or None; and the parts that changed since."""

    role: str
    approval: Approval | None
    changed: tuple[str, ...] = ()

    @property
    def is_cleared(self) -> bool:
        return self.approval is not None and not self.changed

    def __str__(self) -> str:
        if self.approval is None:
            return "not approved"
        said = f"approved by {self.approval.who}, {self.approval.when}"
        return f"{said}, but changed since: {', '.join(self.changed)}" if self.changed else said


def standings(context: EpisodeContext, made: Publication | None = None) -> tuple[Standing, ...]:
    """What each required role has said of the episode as it is built, in the order of castkit.toml.

    Empty where none is required. CastkitError where the episode is not built, or approvals.jsonl is damaged.
    """
    required = context.show.clearance.required
    if not required:
        return ()
    today, said = parts(context, made or publication(context, str)), load(context.paths.approvals)
    return tuple(_standing(role, said.get(role), today) for role in required)


def refuse_uncleared(context: EpisodeContext, made: Publication) -> None:
    """CastkitError where a required approval is missing, or was given for something else."""
    waiting = [one for one in standings(context, made) if not one.is_cleared]
    if waiting:
        lines = "\n".join(f"  {one.role}: {one}" for one in waiting)
        raise CastkitError(
            f"nothing of {context.slug} was sent: clearance asks for approval first:\n{lines}",
            f"look and listen with castkit serve --drafts, then: "
            f"castkit approve {context.slug} --by {waiting[0].role}; then publish again",
        )


def approve(context: EpisodeContext, role: str, who: str, when: str) -> Approval:
    """Writes down that the role approves the episode as it is built; the caller holds the episode's lock."""
    return _say(context, Approval(role, who, when, parts(context, publication(context, str))))


def withdraw(context: EpisodeContext, role: str, who: str, when: str) -> Approval:
    """Writes down that the role takes its approval back; CastkitError where it gave none."""
    if role not in load(context.paths.approvals):
        raise CastkitError(f"{role} has not approved {context.slug}", "there is nothing to withdraw")
    return _say(context, Approval(role, who, when, {}, is_withdrawn=True))


def parts(context: EpisodeContext, made: Publication) -> dict[str, str]:
    """SHA-256 of all that listeners and readers get, by the file's own name; addresses and hashes in names left out."""
    found = {_name(context, item.path): _digest(context, item) for item in made.items}
    chapters = [one.model_dump(mode="json", exclude={"image": {"url"}}) for one in made.published.chapters]
    texts = {**described(context), "chapters": chapters}
    texts["soundbites"] = _plain(made.published.soundbites)
    return dict(sorted(found.items())) | {_TEXTS: sha256(json_text(texts).encode()).hexdigest()}


def load(path: Path) -> dict[str, Approval]:
    """The approval that stands, by role; CastkitError with the line that is no approval."""
    found: dict[str, Approval] = {}
    for number, line in enumerate(_lines(path), start=1):
        approval = _parsed(path, number, line)
        found.pop(approval.role, None)
        if not approval.is_withdrawn:
            found[approval.role] = approval
    return found


def _standing(role: str, approval: Approval | None, today: Mapping[str, str]) -> Standing:
    before: Mapping[str, str] = approval.parts if approval else {}
    names = [*today, *(name for name in before if name not in today)]
    return Standing(role, approval, tuple(name for name in names if approval and before.get(name) != today.get(name)))


def _say(context: EpisodeContext, approval: Approval) -> Approval:
    path = context.paths.approvals
    lines = [*_lines(path), json.dumps(asdict(approval), ensure_ascii=False, sort_keys=True)]
    atomic.write_bytes(path, "".join(f"{line}\n" for line in lines).encode())
    return approval


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8").splitlines() if path.is_file() else []
    except (OSError, UnicodeDecodeError) as error:
        raise CastkitError(f"{path}: cannot be read: {error}", "take the file back from version control") from error


def _parsed(path: Path, number: int, line: str) -> Approval:
    try:
        value = json.loads(line)
        approval = Approval(**value)
        if approval.version > VERSION or not all(isinstance(one, str) for one in (approval.role, approval.who)):
            raise ValueError
        return Approval(**{**value, "parts": {str(name): str(digest) for name, digest in approval.parts.items()}})
    except DAMAGED as error:
        raise CastkitError(
            f"{path}, line {number}: is no approval that this castkit can read",
            "take the file back from version control, or delete it and have the episode approved again",
        ) from error


def _name(context: EpisodeContext, path: Path) -> str:
    """By its place among what was built; a picture by its place in the episode's folder."""
    if path.name.endswith(".chapters.json"):
        return path.name
    home = context.paths.build if path.is_relative_to(context.paths.build) else context.paths.root
    return PurePosixPath(*path.relative_to(home).parts).as_posix()


def _digest(context: EpisodeContext, item: Item) -> str:
    """Of chapters as they were built: what is published of them may hold the store's addresses. Pages without them."""
    languages = context.show.languages
    if item.path in {context.paths.published_chapters(one) for one in languages}:
        return sha256_of(context.paths.build / item.path.name)
    if item.path in {context.paths.notes_html(one) for one in languages}:
        page = item.path.read_text("utf-8", errors="surrogateescape")
        said = _without_address(page, context.show.store.base_url.rstrip("/"))
        return sha256(said.encode(errors="surrogateescape")).hexdigest()
    return item.file.sha256


def _without_address(page: str, base_url: str) -> str:
    """The page without the store's address, as HTML and as JSON write it, and drawn."""
    for form in (escape(base_url), base_url.replace("&", "\\u0026")):
        page = page.replace(form, "")
    return _QR_CODE.sub("", page)


def _plain(values: Sequence[Any]) -> list[Any]:
    return [value.model_dump(mode="json") for value in values]
