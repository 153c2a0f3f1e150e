"""The newsletter as files: HTML, plain text, and both in one mail that opens as a draft.

Rule: the same letter gives the same bytes; what a mail program makes up itself (date, Message-ID, the parts' boundary)
comes from the episodes' dates and from the content. No recipient is named.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from pathlib import Path

from castkit import templating
from castkit.errors import CastkitError
from castkit.model.text import one_line
from castkit.notes.newsletter import Letter, letter_view, subject
from castkit.notes.newsletter_text import wrapped
from castkit.templating import Source

HTML, TEXT = "newsletter.html.j2", "newsletter.txt.j2"
_MOSTLY_ASCII = 0.85  # from this share on quoted-printable is shorter than base64, and can be read by eye


@dataclass(frozen=True, slots=True)
class Newsletter:
    """A letter written out: its subject, its two forms, and the whole mail as bytes of an .eml file."""

    subject: str
    html: str
    text: str
    eml: bytes


def write_newsletter(letter: Letter, folder: Path) -> Newsletter:
    """The letter by the templates of `folder`, else the packaged ones.

    CastkitError for a template's mistake, and for an address of the owner that no mail can come from.
    """
    sources = templating.load(folder, (HTML, TEXT))
    values = letter_view(letter)
    html = templating.render_html(sources, HTML, values)
    text = _plain(sources, values)
    return Newsletter(values["subject"], html, text, _mail(letter, html, text))


def _plain(sources: Mapping[str, Source], values: Mapping[str, object]) -> str:
    markup = templating.Markup(lambda value: value)
    text = wrapped(templating.render(sources, TEXT, values, markup))
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n"


def _mail(letter: Letter, html: str, text: str) -> bytes:
    sender = _sender(letter)
    digest = sha256("\0".join((subject(letter), html, text)).encode()).hexdigest()
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = subject(letter)
    mail["From"] = sender
    mail["Reply-To"] = sender
    mail["Date"] = max(one.date for one in letter.episodes)
    mail["Message-ID"] = f"<{digest[:32]}@{sender.domain}>"
    mail["Content-Language"] = ", ".join(letter.languages)
    mail["X-Unsent"] = "1"  # Outlook then opens the file as a draft, to be addressed and sent
    mail.set_content(text, cte=_encoding(text))
    mail.add_alternative(html, subtype="html", cte=_encoding(html))
    mail.set_boundary(f"=_{digest[32:]}")
    return mail.as_bytes()


def _encoding(text: str) -> str:
    ascii_share = sum(character.isascii() for character in text) / max(1, len(text))
    return "quoted-printable" if ascii_share >= _MOSTLY_ASCII else "base64"


def _sender(letter: Letter) -> Address:
    info = letter.show.show
    name = one_line(letter.text(info.author, letter.languages[0]))
    user, _, domain = info.owner_email.rpartition("@")
    try:
        if not user.isascii():
            raise ValueError("what stands before the @ has letters outside ASCII")
        return Address(name, username=user, domain=domain.encode("idna").decode("ascii"))
    except (MessageError, ValueError) as error:
        raise CastkitError(
            f"no mail can come from {info.owner_email!r}: {error}", "correct owner_email in castkit.toml"
        ) from error
