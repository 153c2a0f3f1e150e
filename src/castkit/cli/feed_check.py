"""`castkit feed check`: a feed held against every rule of Apple, PSP-1 and the podcast namespace.

Rule: nothing is changed and nothing is sent; a stranger's feed is bytes to be judged, within bounds of size and time.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from castkit.cli.app import App
from castkit.cli.console import echo_json, echo_table
from castkit.cli.main import EXIT_ERROR
from castkit.errors import CastkitError

if TYPE_CHECKING:
    from castkit.feed.check import Finding

_WITHIN_S = 60.0  # for a feed of 50 MB on a slow line
_SHOWN = 4  # findings of one rule: the rest is counted; --json has all
_COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}


@click.command()
@click.argument("source", metavar="[FILE|URL]", required=False)
@click.option("--strict", is_flag=True, help="End with 1 for warnings too.")
@click.option("--json", "as_json", is_flag=True, help="JSON lines on stdout, for programs.")
@click.pass_obj
def check(app: App, /, source: str | None, *, strict: bool, as_json: bool) -> int:
    """Hold a feed against every rule of apps and directories.

    Without FILE or URL: the show's own feeds, as they would be sent now. Ends
    with 1 where there are errors.

    Example: castkit feed check https://example.org/feed.xml
    """
    if source is None:
        found = _own(app)
    elif "://" in source:
        found = _fetched(source)
    else:
        found = _read(app.directory / source)
    tell = _tell_json if as_json else _tell
    tell(found)
    counts = _counts([one for rows in found.values() for one in rows])
    return EXIT_ERROR if counts["error"] or (strict and counts["warning"]) else 0


@click.command()
@click.argument("code", required=False)
@click.option("--json", "as_json", is_flag=True, help="JSON lines on stdout, for programs.")
def rules(code: str | None, *, as_json: bool) -> None:
    """List the rules, or say what one CODE means and who asks for it.

    Example: castkit feed rules enclosure-ending
    """
    from castkit.feed.check.table import LISTED  # noqa: PLC0415

    found = [rule for rule in LISTED if code in (None, rule.code)]
    if not found:
        raise CastkitError(f"there is no rule {code}", "castkit feed rules lists them all")
    if as_json:
        for rule in found:
            echo_json(
                {
                    "event": "rule", "code": rule.code, "severity": str(rule.severity), "at": rule.at,
                    "what": rule.what, "remedy": rule.remedy, "source": rule.source,
                }
            )  # fmt: skip
    elif code:
        for rule in found:
            click.echo(f"{rule.severity} at {rule.at}: {rule.what}\n    {rule.remedy}\n    {rule.source}")
    else:
        rows = [(rule.code, str(rule.severity), rule.at, rule.what) for rule in found]
        echo_table(rows, ("rule", "severity", "at", "what is wrong"))


def _own(app: App) -> Mapping[str, Sequence[Finding]]:
    """The feeds as they would be sent now, the cover looked at too."""
    from castkit.artwork.check import cover_problems  # noqa: PLC0415
    from castkit.steps.feed_identity import cover_key  # noqa: PLC0415
    from castkit.steps.gate import facts, feeds_to_be, findings  # noqa: PLC0415
    from castkit.steps.show_context import ShowContext  # noqa: PLC0415

    workspace, show = app.load()
    context = ShowContext.open(workspace, show)
    episodes = tuple(one.published for one in context.episodes.values())
    cover = workspace.root / show.show.image
    problems = {context.store.url(cover_key(cover)): words for words in cover_problems(cover)}
    return findings(feeds_to_be(context, episodes), facts(show, episodes, problems))


def _read(path: Path) -> Mapping[str, Sequence[Finding]]:
    from castkit.feed.check import Facts, check  # noqa: PLC0415
    from castkit.feed.check.parsed import LARGEST  # noqa: PLC0415

    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise CastkitError(
            f"{path}: {error.strerror or error}", "name a file that is there, or an address with https://"
        ) from error
    return {str(path): check(data, Facts(now=datetime.now(UTC)))}


def _fetched(url: str) -> Mapping[str, Sequence[Finding]]:
    from castkit.feed.check import Facts, check  # noqa: PLC0415
    from castkit.feed.check.parsed import LARGEST  # noqa: PLC0415
    from castkit.feed.reading.pages import shown  # noqa: PLC0415
    from castkit.storage.web import Unreachable, Web  # noqa: PLC0415

    if not url.lower().startswith(("http://", "https://")):
        raise CastkitError(f"{shown(url)} is no web address", "give one that begins with https://, or a file's name")
    try:
        answer = Web(within_s=_WITHIN_S).get(url, LARGEST + 1)
    except Unreachable as error:
        hint = "check the address, and that this machine is on line"
        raise CastkitError(f"{shown(url)}: {error.why}", hint) from error
    if answer.status != 200:
        hint = "open it in a browser; a feed may ask for no password"
        raise CastkitError(f"{shown(url)} answers {answer.status}", hint)
    return {shown(url): check(answer.body, Facts(feed_url=answer.url, now=datetime.now(UTC)))}


def _counts(found: Sequence[Finding]) -> Counter[str]:
    return Counter(str(one.severity) for one in found)


def _tell_json(found: Mapping[str, Sequence[Finding]]) -> None:
    for name, rows in found.items():
        for one in rows:
            echo_json(
                {
                    "event": "finding", "feed": name, "code": one.code, "severity": str(one.severity), "line": one.line,
                    "where": one.where, "what": one.what, "remedy": one.remedy, "source": one.source,
                    "episode": one.episode,
                }
            )  # fmt: skip
        counts = _counts(rows)
        echo_json(
            {"event": "checked", "feed": name, **{f"{kind}s": counts[kind] for kind in ("error", "warning", "note")}}
        )


def _tell(found: Mapping[str, Sequence[Finding]]) -> None:
    for name, rows in found.items():
        for kind in ("error", "warning", "note"):
            for line in _lines([one for one in rows if one.severity == kind]):
                click.echo(line)
        counts = _counts(rows)
        words = ", ".join(_counted(counts[kind], kind) for kind in ("error", "warning", "note"))
        click.echo(f"{name}: {words if rows else 'nothing to say'}")


def _lines(rows: Sequence[Finding]) -> Iterator[str]:
    """Each finding, grouped by rule; below a group what to do about it, and who asks for it."""
    groups: dict[str, list[Finding]] = defaultdict(list)
    for one in rows:
        groups[one.code].append(one)
    for code, group in groups.items():
        first = group[0]
        label = click.style(str(first.severity), fg=_COLOURS[str(first.severity)], bold=True)
        for one in group[:_SHOWN]:
            place = f"line {one.line}: " if one.line else ""
            yield f"{label} {place}{one.where} {one.what} [{code}]"
        if len(group) > _SHOWN:
            yield f"{label} and {len(group) - _SHOWN} more [{code}]"
        yield f"    {first.remedy}"
        yield f"    {click.style(first.source, dim=True)}"


def _counted(number: int, kind: str) -> str:
    return f"{number} {kind}{'' if number == 1 else 's'}"
