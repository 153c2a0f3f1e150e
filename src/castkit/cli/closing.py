"""The end of a run: what was done to each episode, the notes, what failed and what to do about it, the addresses.

Rule: the order is that of the episodes asked for, whichever was ready first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from castkit.cli import road
from castkit.cli.console import Row, Tally, echo_json, echo_table, length_of_time
from castkit.cli.main import EXIT_ERROR, EXIT_SOME_FAILED, show_error
from castkit.engine.fleet import Failure
from castkit.errors import CastkitError
from castkit.steps.show_context import ShowContext

if TYPE_CHECKING:
    from castkit.steps.context import EpisodeContext


_NAMED = 4  # steps of an episode that are named in its line


@dataclass(frozen=True, slots=True)
class Closing:
    """What a run was asked for, and what came of it."""

    contexts: Sequence[EpisodeContext]
    failed: Sequence[Failure]
    tally: Tally
    is_sending: bool

    @property
    def results(self) -> Mapping[str, Mapping[str, str]]:
        """By episode that did not fail, what there is of it now, by what to call it."""
        names = {one.subject for one in self.failed}
        return {one.slug: self._result(one) for one in self.contexts if one.slug not in names}

    @property
    def feeds(self) -> Mapping[str, str]:
        """The addresses of the feeds, where they were renewed."""
        names = {one.subject for one in self.failed}
        if not self.is_sending or "show" in names or all(one.slug in names for one in self.contexts):
            return {}
        return ShowContext.open(self.contexts[0].workspace, self.contexts[0].show).feed_urls

    @property
    def notes(self) -> list[str]:
        """The notes, those of one episode together."""
        order = {one.slug: number for number, one in enumerate(self.contexts)}
        return sorted(self.tally.notes, key=lambda text: order.get(text.partition(":")[0].partition(",")[0], -1))

    def is_held_back(self, context: EpisodeContext) -> bool:
        return self.is_sending and road.held_back(context.episode) is not None

    def _result(self, context: EpisodeContext) -> dict[str, str]:
        """Public addresses once it is published, files before."""
        paths = context.paths
        if self.is_sending and not self.is_held_back(context) and paths.published.is_file():
            from castkit.model.published import published_from  # noqa: PLC0415

            remedy = f"castkit publish {context.slug} --redo upload"
            published = published_from(paths.published.read_bytes(), str(paths.published), remedy)
            found = {"audio": published.audio.url}
            if published.video:
                found["video"] = published.video.url
            return found | {f"notes ({language})": file.url for language, file in published.notes.items()}
        return {} if context.episode.is_carried else {"built": str(paths.build)}


def finish(closing: Closing, *, as_json: bool) -> int:
    """Says how it ended, and gives the exit code; what failed by a bug of ours is raised when all else is said."""
    if as_json:
        summary = {"event": "summary", "notes": closing.notes, "errors": errors_of(closing.failed)}
        echo_json(summary | {"results": closing.results, "feeds": dict(closing.feeds)})
    else:
        _say(closing)
    return exit_code(len(closing.contexts), closing.failed)


def _say(closing: Closing) -> None:
    is_one = len(closing.contexts) == 1
    if is_one:
        rows = [(row.subject, row.step, row.time, row.why) for row in closing.tally.rows]
        echo_table(rows, ("episode", "step", "seconds", "why it ran or was skipped"))
    else:
        echo_table(list(_rows(closing)), ("episode", "result", "time", "steps that ran"))
    for text in closing.notes:
        click.echo(f"note: {text}")
    show_failures(closing.failed, closing.tally, episodes=[one.slug for one in closing.contexts])
    for lines in closing.results.values() if is_one else ():
        for label, value in lines.items():
            click.echo(f"{label}: {value}")
    for language, url in closing.feeds.items():
        click.echo(f"feed ({language}): {url}")


def _rows(closing: Closing) -> Iterator[tuple[str, str, str, str]]:
    """A line for each episode, and for the show where its steps were come to."""
    by_subject: dict[str, list[Row]] = {}
    for row in closing.tally.rows:
        by_subject.setdefault(row.subject, []).append(row)
    failed = {one.subject for one in closing.failed}
    done = {one.slug: "kept back" if closing.is_held_back(one) else "" for one in closing.contexts}
    for subject in [*done, *(["show"] if "show" in by_subject else [])]:
        ran = [row for row in by_subject.get(subject, ()) if row.outcome == "ran"]
        usual = "renewed" if subject == "show" else "published" if closing.is_sending else "built"
        result = "failed" if subject in failed else done.get(subject) or (usual if ran else "up to date")
        seconds = closing.tally.seconds.get(subject, sum(row.seconds for row in ran))
        yield subject, result, length_of_time(seconds) if ran else "-", _steps(ran)


def _steps(ran: Sequence[Row]) -> str:
    """The steps that ran, the first few of them by name, and why the first one did."""
    if not ran:
        return "-"
    names = [f"{ran[0].step} ({ran[0].why})", *(row.step for row in ran[1:_NAMED])]
    more = f" and {len(ran) - _NAMED} more" if len(ran) > _NAMED else ""
    return ", ".join(names) + more


def show_failures(failed: Sequence[Failure], tally: Tally, *, episodes: Collection[str] = ()) -> None:
    """What failed, where, why, and what to do about it, on stderr; of how many `episodes`, where they are several."""
    places = {row.subject: f" at {row.step}" for row in tally.rows if row.outcome == "failed"}
    count = sum(one.subject in episodes for one in failed)
    if len(episodes) > 1 and count:
        rest = "; the others are done" if count < len(episodes) else ""
        click.echo(f"{count} of {len(episodes)} episodes failed{rest}:", err=True)
    for one in failed:
        click.echo(f"{one.subject}: failed{places.get(one.subject, '')}", err=True)
        show_error(_in_words(one.error))


def errors_of(failed: Sequence[Failure]) -> list[dict[str, Any]]:
    """The failures for programs."""
    said = [(one.subject, _in_words(one.error)) for one in failed]
    return [{"subject": subject, "message": error.message, "hint": error.hint} for subject, error in said]


def _in_words(error: Exception) -> CastkitError:
    if isinstance(error, CastkitError):
        return error
    return CastkitError(f"{type(error).__name__}: {error}")


def exit_code(asked: int, failed: Sequence[Failure]) -> int:
    """0 when all went well, 1 for one episode that failed, 3 when some of several did; raises what is a bug of ours."""
    for one in failed:
        if not isinstance(one.error, CastkitError):
            raise one.error
    if not failed:
        return 0
    return EXIT_SOME_FAILED if asked > 1 else EXIT_ERROR
