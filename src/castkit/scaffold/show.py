"""A new show: a commented castkit.toml, a cover, and the folders that go with them.

Rule: castkit.toml is written last, so that a folder is a workspace only when all else is in place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from castkit import atomic
from castkit.artwork import draw_cover
from castkit.errors import CastkitError
from castkit.model.placeholder import BASE_URL, EMAIL, LINK, description_for
from castkit.scaffold.toml import inline, listed, quoted
from castkit.workspace import Workspace

COVER = "cover.png"
CATEGORY = "Education"
IGNORED = ("/public/", "/.castkit/", "/feeds/*.xml", "/episodes/*/build/")


@dataclass(frozen=True, slots=True)
class ShowDraft:
    """What a person says about a show they start; `languages` are BCP 47 tags, the main one first."""

    title: str
    languages: tuple[str, ...]
    model: str = "base"


def render_show(draft: ShowDraft) -> str:
    """The castkit.toml of a new show, with what it does not say as placeholders."""
    texts: Mapping[str, str] = {language: description_for(language) for language in draft.languages}
    pattern = ", ".join(f'{language} = "…"' for language in draft.languages)
    return _SHOW.format(
        title=quoted(draft.title),
        pattern=pattern,
        description="\n".join(f"{language} = {quoted(text)}" for language, text in texts.items()),
        commented="\n".join(f'# {language} = "…"' for language in draft.languages),
        people=inline(dict.fromkeys(draft.languages, "…")),
        email=quoted(EMAIL),
        link=quoted(LINK),
        cover=quoted(COVER),
        category=listed([CATEGORY]),
        languages=listed(draft.languages),
        base_url=quoted(BASE_URL),
        model=quoted(draft.model),
        review=listed(draft.languages[-1:]),
    )


def write_show(root: Path, draft: ShowDraft, text: str) -> str:
    """Makes the show in the folder `root`, which may exist; gives back the title's characters no font here can draw.

    What is there already stays: a .gitignore is added to, a cover kept. CastkitError where a show is there, or the
    folder cannot be written to.
    """
    workspace = Workspace(root)
    undrawn = ""
    try:
        if workspace.toml.exists():
            raise CastkitError(f"{workspace.toml} already exists: this folder has a show", "name another folder")
        for folder in (root, workspace.episodes, workspace.feeds):
            folder.mkdir(parents=True, exist_ok=True)
        _ignore(root / ".gitignore")
        if not (root / COVER).exists():
            undrawn = _cover(root / COVER, draft.title)
        atomic.write_bytes(workspace.toml, text.encode())
    except OSError as error:
        raise CastkitError(
            f"{root} cannot be made into a show: {error.strerror or error}", "name a folder you may write to"
        ) from None
    return undrawn


def _cover(path: Path, title: str) -> str:
    part = atomic.part_of(path)
    try:
        undrawn = draw_cover(part, [title], is_placeholder=True)
        atomic.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return undrawn


def _ignore(path: Path) -> None:
    """Has git ignore what castkit makes; what the file says already stays."""
    text = path.read_text("utf-8", "surrogateescape") if path.exists() else ""
    missing = [line for line in IGNORED if line not in text.splitlines()]
    if missing:
        joint = "" if not text or text.endswith("\n") else "\n"
        content = text + joint + "# made by castkit, from what is kept\n" + "\n".join(missing) + "\n"
        atomic.write_bytes(path, content.encode("utf-8", "surrogateescape"))


_SHOW = """\
# What listeners see of the show, and how it is made. Lines that start with # are remarks, and settings not in use.
# A text may be the same for all languages, title = "…", or differ: title = {{ {pattern} }}
# After a change, `castkit status` says what is affected. `castkit schema show` lists every setting.

[show]
title = {title}
author = {title}  # the organisation or person behind the show
owner_email = {email}  # podcast directories write to this address, and everybody can read it
link = {link}  # the show's page on the web
image = {cover}  # square, 1400 to 3000 pixels, PNG or JPEG
categories = {category}  # Apple's list; a subcategory as "Education > Courses"
languages = {languages}  # the main language first; there is one feed for each
explicit = false
# licence = "cc-by-4.0"
# copyright = "© 2026 …"

[show.description]
{description}

# Printed in the notes of every episode, where your institution or funder asks for it.
# [show.funding_statement]
{commented}
# [show.disclaimer]
{commented}

# Everybody who is heard. `castkit new … --recording FILE=NAME` adds them here.
# [[people]]
# id = "host"
# name = {people}
# role = "host"
# organisation = "…"

# Organisations named in the notes of every episode.
# [[partners]]
# name = "…"
# href = "https://…"
# [[funders]]
# name = "…"

# Where published files go. As it stands: into the folder public, which `castkit serve` shows.
[store]
kind = "folder"
path = "public"
base_url = {base_url}  # the address at which the world finds the store
# For an S3 bucket; the credentials stay in your environment, never here:
# kind = "s3"
# bucket = "…"
# endpoint = "https://…"  # left out for AWS
# base_url = "https://media.…"

# Recognition of speech. Larger models hear and translate better, and take longer:
# tiny, base, small, medium, large-v3. `castkit models list` says which are on this machine.
[speech]
engine = "faster-whisper"
model = {model}
# hints = ["names and terms that the speakers use"]

# [audio]
# intro = "assets/intro.wav"
# outro = "assets/outro.wav"

# Publishing stops until a person has accepted the subtitles of these languages.
# [subtitles]
# require_review = {review}
"""
