"""A new show: a commented castkit.toml and glossary.toml, a cover, and the folders that go with them.

Rule: castkit.toml is written last, so that a folder is a workspace only when all else is in place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


def render_glossary(languages: Sequence[str]) -> str:
    """The glossary.toml of a new show: remarks alone."""
    return _GLOSSARY.format(
        term=inline(dict.fromkeys(languages, "…")),
        others="{ " + ", ".join(f'{language} = ["…"]' for language in languages) + " }",
    )


def write_show(root: Path, draft: ShowDraft, text: str) -> str:
    """Makes the show in the folder `root`, which may exist; gives back the title's characters no font here can draw.

    What is there already stays: a .gitignore is added to, a cover and a glossary kept. CastkitError where a show is
    there, or the folder cannot be written to.
    """
    workspace = Workspace(root)
    undrawn = ""
    try:
        if workspace.toml.exists():
            raise CastkitError(f"{workspace.toml} already exists: this folder has a show", "name another folder")
        for folder in (root, workspace.episodes, workspace.feeds):
            folder.mkdir(parents=True, exist_ok=True)
        ignore_what_is_made(root / ".gitignore")
        if not (root / COVER).exists():
            undrawn = _cover(root / COVER, draft.title)
        if not workspace.glossary.exists():
            atomic.write_bytes(workspace.glossary, render_glossary(draft.languages).encode())
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


def ignore_what_is_made(path: Path) -> None:
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
# Names and terms that the speakers use stand in glossary.toml.
[speech]
engine = "faster-whisper"
model = {model}

# [audio]
# intro = "assets/intro.wav"
# outro = "assets/outro.wav"

# [subtitles]
# require_review = {review}  # publishing stops until a person has accepted these languages
# profile = "netflix"  # limits of length and reading speed; or "bbc", "ted", "podcast"
# numbers = "as-heard"  # or "digits", "words"

# Drafts of other languages by machine, until a person has translated. As it stands nothing leaves this machine:
# Whisper puts what it hears into English. With url the words go to a service that speaks OpenAI's protocol; its key
# is no setting, but the environment variable CASTKIT_TRANSLATION_KEY.
# [translation]
# url = "http://127.0.0.1:11434/v1"
# model = "the service's name for its model"
# models = ["models/translate-en_zh.argosmodel"]  # Argos packages: translation on this machine

# Feeds: one for each language, and a second one for video where an episode has a picture. A service such as OP3 can
# count downloads once base_url is public, and then sees every listener: its address goes into statistics_prefix.
# [feeds]
# kinds = ["audio", "video"]
# only_own_language = true  # no notes and transcripts of other languages, for apps that mix them up
# page_size = 500  # episodes of a page of older ones; the feed has the newest, this many up to twice as many
# [[feeds.funding]]
# url = "https://…"
# text = "Support the show"
# [feeds.frequency]
# text = "Every other Wednesday"
# rrule = "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE"

# WebSub hubs are told when a feed has changed, so that apps see a new episode within minutes.
# [notify]
# hubs = ["https://pubsubhubbub.appspot.com/"]
"""

_GLOSSARY = """\
# The show's terms and names: the recogniser is told to expect them, what it mishears of them is put right, and
# translations are checked for them. castkit never changes this file. Take away the # to use what stands below.

# [[terms]]
# term = {term}  # as it should be written; "…" alone is the same in every language
# accept = {others}  # other forms that are fine
# heard = {others}  # what the recogniser makes of it: always corrected
# case = true  # capitals matter, as in a name
# note = "for translators"
"""
