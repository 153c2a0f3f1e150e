"""Says what would happen to the store and the feeds: for a person in tables and sentences, for programs in JSON lines.

Rule: what comes from the live feed is from outside: it is shown on one line, shortened, and without control characters.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from castkit.cli.console import echo_json, echo_table
from castkit.model.text import one_line

if TYPE_CHECKING:
    from castkit.feed.difference import Change, FeedDifference, ItemDifference
    from castkit.steps.forecast import EpisodeForecast, Forecast
    from castkit.steps.forecast_feeds import FeedsForecast
    from castkit.steps.forecast_objects import Stop, Touched

_WIDE = 60  # characters of a value that are shown; JSON has it whole
_MANY = 12  # objects of a kind in one folder, or episodes of one feed, that are listed one by one
_ACTIONS = {"add": "add", "replace": "replace", "there": "is there", "delete": "delete"}


def echo_forecast(found: Forecast, *, as_json: bool) -> None:
    """The whole plan: objects, their bytes, feeds, what is noticed, findings, clearance, what stands in the way."""
    if as_json:
        for row in _as_json(found):
            echo_json(row)
        return
    for episode in found.episodes:
        _echo_episode(episode)
    if found.feeds:
        echo_feeds(found.feeds)
        _echo_total(found.objects)
    for stop in found.every_stop:
        _echo_stop(stop)


def _echo_episode(episode: EpisodeForecast) -> None:
    click.echo()
    if episode.held:
        click.echo(f"{episode.slug} would be built and kept back, nothing sent: {episode.held}")
        return
    if episode.to_run:
        steps = ", ".join(episode.to_run)
        if not episode.objects:
            click.echo(f"{episode.slug}: {steps} must run first; what would be sent is known after that")
            return
        click.echo(f"{episode.slug}: {steps} must run first; the plan below is of the last build")
    if episode.objects:
        click.echo(f"objects of {episode.slug}:")
        echo_objects(episode.objects)
    for text in episode.warnings:
        click.echo(f"warning: {text}")
    for one in episode.clearance:
        click.echo(f"clearance, {one.role}: {one}")


def echo_objects(objects: Iterable[Touched]) -> None:
    """A table of objects; many of one folder with one fate, such as a stream's, are one row."""
    rows = [(_ACTIONS[one.action], f"{one.size:,}", one.key, one.why) for one in _folded(objects)]
    echo_table(rows, ("what", "bytes", "object", "why"))


def _folded(objects: Iterable[Touched]) -> Iterator[Touched]:
    from castkit.steps.forecast_objects import Touched  # noqa: PLC0415

    groups: dict[tuple[str, str], list[Touched]] = {}
    for one in objects:
        folder = one.key.rpartition("/")[0]
        groups.setdefault((folder if "/hls-" in folder else one.key, one.action), []).append(one)
    for (name, _), rows in groups.items():
        if len(rows) > _MANY:
            yield Touched(f"{name}/ ({len(rows)} files)", sum(one.size for one in rows), rows[0].action, rows[0].why)
        else:
            yield from rows


def _echo_total(objects: Sequence[Touched]) -> None:
    sent = [one for one in objects if one.is_sent]
    there = sum(one.action == "there" for one in objects)
    click.echo(
        f"\nin all: {_objects(len(sent))} to send, {sum(one.size for one in sent):,} bytes; "
        f"{_objects(there)} there already"
    )


def echo_feeds(feeds: FeedsForecast) -> None:
    """What changes in each feed, what listeners notice of it, and what the gate finds, but for what stops the feeds."""
    click.echo("\nfeeds and pages of the show:" if feeds.site or feeds.left else "\nfeeds:")
    echo_objects(feeds.objects)
    for one in feeds.differences:
        _echo_difference(one)
    click.echo("\nwhat listeners will notice:")
    for text in feeds.noticed:
        click.echo(f"  {shown(text, 400)}")
    for text in feeds.warnings:
        click.echo(f"warning: {text}")


def _echo_difference(feed: FeedDifference) -> None:
    if feed.is_same:
        click.echo(f"\nfeed {feed.name}: nothing changes")
        return
    count = "1 episode" if feed.episodes == 1 else f"{feed.episodes} episodes"
    click.echo(f"\nfeed {feed.name}, {count}" + (": a new feed" if feed.is_new else ":"))
    if feed.problem:
        click.echo(f"  the feed in the store {shown(feed.problem)}: it is replaced, and cannot be compared")
    _echo_changes(feed.channel, "  show, ")
    for item in feed.items[:_MANY]:
        _echo_item(item)
    if len(feed.items) > _MANY:
        click.echo(f"  and {len(feed.items) - _MANY} more episodes that differ (--json lists all)")


_SIGNS = {"added": "+", "removed": "-", "changed": "~"}


def _echo_item(item: ItemDifference) -> None:
    place = f", place {item.place}" if item.kind == "added" or item.is_moved else ""
    moved = " and moved" if item.is_moved else ""
    click.echo(f"  {_SIGNS[item.kind]} {shown(item.title)} ({item.kind}{moved}{place})")
    if item.kind == "changed":
        _echo_changes(item.changes, "      ")


def _echo_changes(changes: Iterable[Change], before: str) -> None:
    for change in changes:
        name = shown(change.field)
        if change.old is None:
            click.echo(f"{before}{name}: added {shown(change.new or '')}".rstrip())
        elif change.new is None:
            click.echo(f"{before}{name}: removed {shown(change.old)}".rstrip())
        else:
            old, new = _around(change.old, change.new)
            click.echo(f"{before}{name}: {old or 'nothing'} -> {new or 'nothing'}")


def _around(old: str, new: str) -> tuple[str, str]:
    """Both shortened to where they differ: what they begin with in common is mostly left out."""
    old, new = one_line(old), one_line(new)
    same = next((at for at, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), 0)
    start = 0 if max(len(old), len(new)) <= _WIDE else max(same - _WIDE // 4, 0)
    return tuple(("…" if start else "") + shown(text[start:]) for text in (old, new))  # type: ignore[return-value]


def shown(text: str, width: int = _WIDE) -> str:
    """A value from outside on one line, without what a terminal would take for a command."""
    safe = "".join("�" if unicodedata.category(one) in ("Cc", "Cf", "Cs") else one for one in one_line(text))
    return safe if len(safe) <= width else f"{safe[: width - 1]}…"


def _objects(count: int) -> str:
    return "1 object" if count == 1 else f"{count} objects"


def _echo_stop(stop: Stop) -> None:
    click.echo(f"\n{stop.subject} would stop here: {stop.message}")
    if stop.hint:
        click.echo(f"  hint: {stop.hint}")


def _as_json(found: Forecast) -> Iterator[dict[str, Any]]:
    for episode in found.episodes:
        subject = episode.slug
        if episode.held:
            yield {"event": "held", "subject": subject, "reason": episode.held}
        if episode.to_run:
            yield {"event": "first", "subject": subject, "steps": list(episode.to_run)}
        yield from objects_as_json(subject, episode.objects)
        yield from ({"event": "finding", "subject": subject, "text": text} for text in episode.warnings)
        for one in episode.clearance:
            yield {"event": "clearance", "subject": subject, "role": one.role, "cleared": one.is_cleared}
        yield from map(_stop_as_json, episode.stops)
    if found.feeds:
        yield from feeds_as_json(found.feeds)
    yield from map(_stop_as_json, found.stops)
    sent = [one.size for one in found.objects if one.is_sent]
    yield {"event": "total", "objects": len(sent), "bytes": sum(sent)}


def objects_as_json(subject: str, objects: Iterable[Touched]) -> Iterator[dict[str, Any]]:
    """A line for each object."""
    for one in objects:
        row = {"key": one.key, "size": one.size, "action": one.action, "why": one.why}
        yield {"event": "object", "subject": subject, **row}


def feeds_as_json(feeds: FeedsForecast) -> Iterator[dict[str, Any]]:
    """A line for each object, each feed, each sentence and each finding."""
    from dataclasses import asdict  # noqa: PLC0415

    yield from objects_as_json("show", feeds.objects)
    for one in feeds.differences:
        yield {"event": "feed", **asdict(one)}
    yield from ({"event": "noticed", "text": text} for text in feeds.noticed)
    yield from ({"event": "finding", "subject": "show", "text": text} for text in feeds.warnings)
    if feeds.stop:
        yield _stop_as_json(feeds.stop)


def _stop_as_json(stop: Stop) -> dict[str, Any]:
    return {"event": "stop", "subject": stop.subject, "message": stop.message, "hint": stop.hint}
