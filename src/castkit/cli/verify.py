"""`castkit verify`: what is live held against what was published.

Rule: nothing is changed; it ends in time, and with 1 where listeners do not get what was published.
"""

from __future__ import annotations

import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from castkit.cli import road
from castkit.cli.app import App
from castkit.cli.console import echo_json, echo_table
from castkit.cli.main import EXIT_ERROR

if TYPE_CHECKING:
    from castkit.steps.verify import Checked
    from castkit.storage.served import Fault

_SHOWN = 4  # objects with the same fault: the rest is counted; --json has all
_COLOURS = {"error": "red", "warning": "yellow"}


@click.command()
@click.argument("slugs", metavar="[SLUG]...", nargs=-1, shell_complete=road.complete_slug)
@click.option("--all", "every", is_flag=True, help="Every published episode; so without SLUG too.")
@click.option("--timeout", type=click.FloatRange(1, 600), default=20, show_default=True, help="Seconds for a request.")
@click.option("--within", type=click.FloatRange(1), default=900, show_default=True, help="Seconds for everything.")
@click.option("--strict", is_flag=True, help="End with 1 for warnings too.")
@click.option("--quiet", is_flag=True, help="Say nothing where all is well, as cron wants it.")
@click.option("--json", "as_json", is_flag=True, help="JSON lines on stdout, for programs.")
@click.pass_obj
def verify(
    app: App,
    /,
    slugs: tuple[str, ...],
    *,
    every: bool,
    timeout: float,
    within: float,
    strict: bool,
    quiet: bool,
    as_json: bool,
) -> int:
    """Check what is live against what was published.

    Every object is asked for at its public address, as an app asks: length,
    type, byte ranges, CORS, redirects, certificate; transcripts, chapters, the
    cover and the feeds are read. Ends with 1 where something is wrong.

    Example, for cron: castkit verify --all --quiet
    """
    from castkit.steps.show_context import ShowContext  # noqa: PLC0415
    from castkit.steps.verify import verify as run  # noqa: PLC0415
    from castkit.storage.web import Web  # noqa: PLC0415

    if slugs and every:
        raise click.UsageError("name episodes, or give --all")
    workspace, show = app.load()
    web = Web(within_s=timeout, until=time.monotonic() + within)
    context = ShowContext.open(workspace, show)
    is_seen = sys.stderr.isatty() and not (quiet or as_json)
    found = run(context, slugs, web, _count if is_seen else lambda _done, _whole: None)
    counts = Counter(fault.severity for one in found for fault in one.faults)
    is_bad = bool(counts["error"] or (strict and counts["warning"]))
    if as_json:
        _tell_json(found)
    elif not quiet or counts:
        _tell(found)
    return EXIT_ERROR if is_bad else 0


def _count(done: int, whole: int) -> None:
    click.echo(f"\r{done} of {whole}" + ("\n" if done == whole else ""), err=True, nl=False)


def _tell_json(found: Sequence[Checked]) -> None:
    for one in found:
        expected = one.expected
        problems = [
            {"code": fault.code, "severity": fault.severity, "what": fault.what, "remedy": fault.remedy}
            for fault in one.faults
        ]
        echo_json(
            {
                "event": "object", "subject": expected.subject, "kind": expected.kind, "url": expected.url,
                "length": expected.length, "type": expected.type, "problems": problems,
            }
        )  # fmt: skip
    counts = Counter(fault.severity for one in found for fault in one.faults)
    echo_json(
        {"event": "summary", "objects": len(found), "errors": counts["error"], "warnings": counts["warning"]}
    )  # fmt: skip


def _tell(found: Sequence[Checked]) -> None:
    subjects: dict[str, list[Checked]] = defaultdict(list)
    for one in found:
        subjects[one.expected.subject].append(one)
    rows = [(subject, str(len(group)), _said(group)) for subject, group in subjects.items()]
    echo_table(rows, ("what", "objects", "found"))
    for line in _lines(found):
        click.echo(line)


def _said(group: Sequence[Checked]) -> str:
    counts = Counter(fault.severity for one in group for fault in one.faults)
    words = [f"{counts[kind]} {kind}{'s' if counts[kind] > 1 else ''}" for kind in ("error", "warning") if counts[kind]]
    return ", ".join(words) or "as published"


def _lines(found: Sequence[Checked]) -> Iterator[str]:
    """Each kind of fault with its objects, errors first; below it what to do."""
    groups: dict[tuple[str, str], list[tuple[str, Fault]]] = defaultdict(list)
    for one in found:
        for fault in one.faults:
            groups[fault.severity, fault.code].append((one.expected.url, fault))
    for (severity, code), rows in sorted(groups.items()):
        label = click.style(severity, fg=_COLOURS[severity], bold=True)
        yield ""
        for url, fault in rows[:_SHOWN]:
            yield f"{label} {url}: {fault.what} [{code}]"
        if len(rows) > _SHOWN:
            yield f"{label} and {len(rows) - _SHOWN} more [{code}]"
        yield f"    {rows[0][1].remedy}"
