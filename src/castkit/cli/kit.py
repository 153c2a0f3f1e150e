"""`castkit kit`: an episode made ready for platforms that take no feed.

Rule: files alone are made; no account is touched, and nothing is sent.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from castkit.cli import road
from castkit.cli.app import App
from castkit.cli.console import echo_json, echo_table, open_console
from castkit.cli.main import EXIT_SOME_FAILED, show_error
from castkit.cli.publish import json_option
from castkit.engine import events
from castkit.errors import CastkitError
from castkit.kits import rules, words

if TYPE_CHECKING:
    from castkit.kits.rules import Platform
    from castkit.steps.context import EpisodeContext
    from castkit.steps.kit import Made

EVERY = "all"


@click.command()
@click.argument("slug", required=False, shell_complete=road.complete_slug)
@click.option(
    "--for",
    "names",
    metavar="PLATFORM",
    multiple=True,
    type=click.Choice((*rules.slugs(), EVERY)),
    help="Platform, more than once if you like, or all; castkit kit --list.",
)
@click.option("--language", default="", metavar="L", help="Language of the texts; else the platform's own.")
@click.option(
    "--to",
    "folder",
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the kits; else build/kits.",
)
@click.option("--list", "is_list", is_flag=True, help="List the platforms, their limits, and the rules' date.")
@json_option
@click.pass_obj
def kit(
    app: App,
    /,
    slug: str | None,
    *,
    names: tuple[str, ...],
    language: str,
    folder: Path | None,
    is_list: bool,
    as_json: bool,
) -> int:
    """Make an episode ready for platforms that take no feed.

    A kit is a folder with sound or video, covers, texts, captions and a
    checklist, in the platform's language, held against its dated rules. You
    upload it; castkit sends nothing. The episode has to be built.

    Example: castkit kit episode-02 --for bilibili --for xiaoyuzhou
    """
    if is_list:
        _list(as_json=as_json)
        return 0
    if not slug:
        raise click.UsageError("name an episode, or give --list")
    if not names:
        raise click.UsageError(f"say for which platform, with --for: {', '.join(rules.slugs())}, or all")
    wanted = rules.slugs() if EVERY in names else tuple(dict.fromkeys(names))
    (context,) = road.load_contexts(app, [slug])
    asked = _language(context, language)
    return _make(context, [rules.platform(name) for name in wanted], asked, folder, as_json=as_json)


def _language(context: EpisodeContext, asked: str) -> str:
    """The language asked for, as the show writes it; CastkitError for one that the show does not have."""
    from castkit.model.language import best_match  # noqa: PLC0415

    languages = context.show.languages
    if not asked:
        return ""
    found = best_match(asked, languages)
    if not found:
        raise CastkitError(f"the show has no texts in {asked!r}", f"its languages: {', '.join(languages)}")
    return asked if found.split("-")[0] == "zh" and "-" in asked else found


def _make(
    context: EpisodeContext, platforms: list[Platform], language: str, folder: Path | None, *, as_json: bool
) -> int:
    """Each kit in turn; what is refused for one platform does not keep the others from being made.

    Gives back the exit code.
    """
    from castkit.engine.place import lock  # noqa: PLC0415
    from castkit.steps.kit import make_kit  # noqa: PLC0415

    made: list[Made] = []
    refused: list[CastkitError] = []
    with open_console(as_json=as_json) as console, lock(road.episode_place(context)):
        for platform in platforms:
            name, began = f"kit for {platform.slug}", time.monotonic()
            console.report(events.Started(context.slug, name, "asked for"))

            def further(share: float, name: str = name) -> None:
                console.report(events.Progress(context.slug, name, share))

            try:
                made.append(make_kit(context, platform, further, language=language, folder=folder))
            except CastkitError as error:
                if len(platforms) == 1:
                    raise
                refused.append(error)
                console.report(events.Failed(context.slug, name, error.message, error.hint))
                continue
            console.report(events.Finished(context.slug, name, time.monotonic() - began, "asked for"))
    for one in made:
        _tell(one, as_json=as_json)
    for warning in _not_ready(context):
        click.echo(f"note: {warning}", err=True)
    for one_refused in refused:
        show_error(one_refused)
    return EXIT_SOME_FAILED if refused else 0


def _tell(made: Made, *, as_json: bool) -> None:
    problems = list(made.problems("en"))
    if as_json:
        echo_json(
            {
                "event": "kit",
                "platform": made.platform.slug,
                "folder": str(made.folder),
                "files": [str(path) for path in made.files],
                "checks": [_row(one.limit, one.found, is_met=one.is_met) for one in made.checked],
                "notes": [{"level": level, "text": text} for level, text in problems],
                "rules_checked": made.platform.checked.isoformat(),
                "is_new": made.is_new,
                "is_encoded": made.is_encoded,
                "set_aside": str(made.aside) if made.aside else None,
            }
        )
        return
    click.echo(made.files[0])
    state = "" if made.is_new else "as it was; "
    passed = sum(one.is_met for one in made.checked)
    click.echo(f"  {state}{len(made.files)} files, {passed} of {len(made.checked)} checks fine")
    for _, text in problems:
        click.echo(f"  {click.style('look at it', fg='yellow')}: {text}")
    if made.aside:
        click.echo(f"  the kit that somebody had changed is now {made.aside}")


def _row(limit: rules.Limit, found: float, *, is_met: bool) -> dict[str, Any]:
    return {**_limit(limit), "found": found, "is_met": is_met}


def _limit(limit: rules.Limit) -> dict[str, Any]:
    kept = ("code", "of", "most", "least", "unit", "level", "certainty", "source")
    return {name: getattr(limit, name) for name in kept}


def _not_ready(context: EpisodeContext) -> Iterator[str]:
    """What a person should know before they upload a kit: it is stale, held back, or not cleared."""
    from castkit.pipeline import BUILD  # noqa: PLC0415
    from castkit.steps import clearance  # noqa: PLC0415

    if due := [one.stage.name for one in road.plan_episode(context, BUILD) if one.reason]:
        yield f"{context.slug} changed since it was built ({', '.join(due)}): castkit build {context.slug} first"
    if why := road.held_back(context.episode):
        yield f"{context.slug} is not to be published yet: {why}"
    for standing in clearance.standings(context):
        if not standing.is_cleared:
            yield f"{context.slug} is not cleared by {standing.role}: castkit approve {context.slug}"


def _list(*, as_json: bool) -> None:
    platforms = [rules.platform(slug) for slug in rules.slugs()]
    if as_json:
        for one in platforms:
            echo_json(
                {
                    "event": "platform",
                    "platform": one.slug,
                    "name": dict(one.name),
                    "media": "video" if one.is_video else "audio",
                    "captions": one.captions,
                    "rules_checked": one.checked.isoformat(),
                    "limits": [_limit(limit) for limit in one.limits],
                    "covers": [[cover.width, cover.height] for cover in one.covers],
                    "unpublished": list(one.unpublished),
                }
            )
        return
    rows = [_listed(one) for one in platforms]
    echo_table(rows, ("platform", "takes", "captions", "title", "description", "length", "covers", "checked"))
    click.echo(
        "\nFigures marked ? are reported by users, those with ~ castkit's own; the checklist of each kit has all."
    )


def _listed(one: Platform) -> tuple[str, ...]:
    covers = ", ".join(f"{cover.width}x{cover.height}" for cover in one.covers)
    texts = (_figure(one, "title" if one.limit("title") else "short-title"), _figure(one, "description"))
    media = "video" if one.is_video else "sound"
    return (one.slug, media, one.captions, *texts, _figure(one, "length"), covers, one.checked.isoformat())


def _figure(one: Platform, code: str) -> str:
    limit = one.limit(code)
    if limit is None or limit.most is None:
        return "not known"
    mark = {rules.REPORTED: "?", rules.HOUSE: "~"}.get(limit.certainty, "")
    unit = {"bytes": " bytes"}.get(limit.unit, "")
    if code == "length":
        return f"{words.measured(code, limit.most, limit.unit, 'en')}{mark}"
    return f"{limit.most:.0f}{unit}{mark}"
