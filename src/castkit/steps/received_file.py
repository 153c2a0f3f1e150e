"""What a person names as having come back: a subtitle file, or a zip or folder with one that was worked on.

Rule: of several files that somebody changed, none is chosen for them.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from castkit.errors import CastkitError
from castkit.steps.subtitle_desk import Desk
from castkit.subtitles.history import Role
from castkit.subtitles.incoming.archive import Member, is_archive, members
from castkit.subtitles.incoming.kinds import LARGEST

_GIVEN = (Role.HANDED_OUT, Role.ORIGINAL)


def received(desk: Desk, file: Path) -> tuple[bytes, str]:
    """The bytes and the name of the subtitles; CastkitError where there are none, several, or too much of them."""
    try:
        if not is_archive(file):
            if file.stat().st_size > LARGEST:
                raise CastkitError(f"{file}: is larger than {LARGEST // 10**6} MB", "send the subtitles alone")
            return file.read_bytes(), file.name
    except OSError as error:
        raise CastkitError(f"{file}: cannot be read: {error.strerror}", "name a file that is there") from error
    member = _edited(desk, file)
    return member.data, f"{file.name}/{member.name}"


def _edited(desk: Desk, file: Path) -> Member:
    """The one subtitle file that is not as it was handed out; the same bytes under two names are one."""
    given = {one.files[role] for one in desk.history.revisions for role in _GIVEN if role in one.files}
    untouched: list[str] = []
    edited: dict[str, Member] = {}
    for member in members(file):
        digest = sha256(member.data).hexdigest()
        if digest in given:
            untouched.append(member.name)
        else:
            edited.setdefault(digest, member)
    if len(edited) == 1:
        return next(iter(edited.values()))
    if edited:
        named = ", ".join(one.name for one in edited.values())
        raise CastkitError(
            f"{file} holds several subtitle files that were worked on: {named}",
            "unpack it, and name the one that counts" if file.is_file() else "name the one that counts",
        )
    if untouched:
        accept = f"castkit subs accept {desk.context.slug} {desk.language}"
        raise CastkitError(
            f"{file}: the subtitles in it are as they were handed out: {', '.join(untouched)}",
            f"ask for the file that was worked on; if it is right as it stands: {accept}",
        )
    raise CastkitError(f"{file} holds no subtitle file", "ask for the file that was worked on")
