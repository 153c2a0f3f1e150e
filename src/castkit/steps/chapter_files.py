"""The chapters' files as listeners get them: with links and pictures, whose addresses are known only now.

Rule: the MP3 does not change because a link did: the file that the package step made stays, a richer one goes out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from castkit import atomic
from castkit.errors import CastkitError
from castkit.steps.context import EpisodeContext
from castkit.steps.files import json_text
from castkit.steps.pictures import Picture, in_chapters


def published_chapters(
    context: EpisodeContext, address: Callable[[Picture], str], into: Path | None = None
) -> dict[str, Path]:
    """The file of every language of the show that has one.

    Where it says more than titles it is made in the folder `into`, else in build/public.
    """
    files = {language: context.paths.chapters_json(language) for language in context.show.languages}
    files = {language: path for language, path in files.items() if path.is_file()}
    chapters = in_chapters(context)
    if not any(chapter.url or picture for _, chapter, picture in chapters):
        return files
    more = [
        {key: value for key, value in (("img", address(picture) if picture else ""), ("url", chapter.url)) if value}
        for _, chapter, picture in chapters
    ]
    targets = {language: context.paths.published_chapters(language) for language in files}
    made = {language: into / target.name if into else target for language, target in targets.items()}
    for language, path in files.items():
        _write_richer(context, path, more, made[language])
    return made


def _write_richer(context: EpisodeContext, path: Path, more: Sequence[Mapping[str, str]], target: Path) -> None:
    """The file with what is known besides of each chapter; CastkitError where it was made for other chapters."""
    value = json.loads(path.read_text("utf-8"))
    if len(value["chapters"]) != len(more):
        raise CastkitError(f"{path.name} has other chapters than episode.toml", f"castkit build {context.slug}")
    value["chapters"] = [{**one, **new} for one, new in zip(value["chapters"], more, strict=True)]
    target.parent.mkdir(parents=True, exist_ok=True)
    atomic.write_bytes(target, json_text(value).encode())
