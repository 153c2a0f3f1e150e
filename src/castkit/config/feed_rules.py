"""What the values of `[feeds]` and `[notify]` must be beyond their types, and how they must fit the rest.

Rule: as in `rules.py` and `relations.py`: a check looks at raw values of any type and never raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from castkit.config.problems import Finding, closest, shown
from castkit.config.relations import Relation, table, tables, texts_of
from castkit.config.rules import Check, Facts, Fault, licence, nearest_language, only_file, web, web_or_nothing
from castkit.model.feeds import KINDS, SERVICES, feed_name
from castkit.model.web_address import is_loopback

# RFC 5545, 3.3.10: the names of a rule's parts; FREQ is the only one it must have.
_PARTS = frozenset(
    "FREQ UNTIL COUNT INTERVAL BYSECOND BYMINUTE BYHOUR BYDAY BYMONTHDAY BYYEARDAY BYWEEKNO BYMONTH BYSETPOS "
    "WKST".split()
)
_FREQUENCIES = frozenset("SECONDLY MINUTELY HOURLY DAILY WEEKLY MONTHLY YEARLY".split())
_GEO = re.compile(r"(?:geo:)?(-?\d{1,2}(?:\.\d+)?),(-?\d{1,3}(?:\.\d+)?)")


def _of_show(value: str, facts: Facts) -> Fault | None:
    if not facts.languages or value in facts.languages:
        return None
    return Fault(f"one of the show's languages: {', '.join(facts.languages)}", nearest_language(value, facts))


def _service(value: str, _: Facts) -> Fault | None:
    if value in SERVICES:
        return None
    return Fault("a service as the podcast namespace names it, such as apple or spotify", closest(value, SERVICES))


def _prefix(value: str, facts: Facts) -> Fault | None:
    if not value:
        return None
    if fault := web(value, facts):
        return fault
    return None if value.endswith("/") else Fault("an address that ends with a slash", f"{value}/")


def _rrule(value: str, _: Facts) -> Fault | None:
    if not value:
        return None
    parts = dict(part.partition("=")[::2] for part in value.split(";"))
    is_rule = parts.get("FREQ") in _FREQUENCIES and set(parts) <= _PARTS and all(parts.values())
    return None if is_rule else Fault('a recurrence rule of iCalendar, such as "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE"')


def _starts(value: str, _: Facts) -> Fault | None:
    try:
        datetime.fromisoformat(value or "2000-01-01")
    except ValueError:
        return Fault("a date in quotation marks, such as 2026-09-02")
    return None


def _geo(value: str, _: Facts) -> Fault | None:
    found = _GEO.fullmatch(value.replace(" ", ""))
    if not value or (found and abs(float(found[1])) <= 90 and abs(float(found[2])) <= 180):
        return None
    return Fault('latitude and longitude in degrees, such as "39.9042,116.4074"')


def _osm(value: str, _: Facts) -> Fault | None:
    is_object = not value or re.fullmatch(r"[NWR]\d+(#\d+)?", value)
    return None if is_object else Fault("N, W or R and the number of the object in OpenStreetMap, such as R912940")


def _country(value: str, _: Facts) -> Fault | None:
    is_code = not value or re.fullmatch("[A-Za-z]{2}", value)
    return None if is_code else Fault("two letters of ISO 3166, such as CN")


def _picture(value: str, facts: Facts) -> Fault | None:
    if not value:
        return None
    is_picture = value.lower().endswith((".png", ".jpg", ".jpeg"))
    return only_file(value, facts) if is_picture else Fault("the path of a PNG or JPEG picture")


FEED_SHOW_RULES: dict[str, Check] = {
    "feeds.languages[]": _of_show,
    "feeds.statistics_prefix": _prefix,
    "feeds.blocked[]": _service,
    "feeds.allowed[]": _service,
    "feeds.moved_to.*": web,
    "feeds.frequency.rrule": _rrule,
    "feeds.frequency.starts": _starts,
    "feeds.funding[].url": web,
    "feeds.locations[].geo": _geo,
    "feeds.locations[].osm": _osm,
    "feeds.locations[].country": _country,
    "notify.hubs[]": web,
}
FEED_EPISODE_RULES: dict[str, Check] = {
    "image": _picture,
    "licence": licence,
    "locations[].geo": _geo,
    "locations[].osm": _osm,
    "locations[].country": _country,
    "chapters[].url": web_or_nothing,
    "chapters[].image": _picture,
}


def _known_version(data: dict[str, Any], _: Facts) -> Iterator[Finding]:
    version = data.get("version")
    if isinstance(version, int) and not isinstance(version, bool) and version > 1:
        yield Finding(("version",), "1; a newer castkit wrote this file: install that one", shown(version))


def _feeds_known(data: dict[str, Any], facts: Facts) -> Iterator[Finding]:
    """A feed that has moved is one that the show has."""
    names = [feed_name(language, kind) for kind in KINDS for language in facts.languages]
    for name in table(table(data, "feeds"), "moved_to"):
        if facts.languages and name not in names:
            yield Finding(("feeds", "moved_to", name), ", ".join(names), "no such feed", closest(name, names))


def _seasons_once(data: dict[str, Any], _: Facts) -> Iterator[Finding]:
    seen: set[object] = set()
    for index, season in tables(table(data, "feeds"), "seasons"):
        number = season.get("number")
        if isinstance(number, int) and number in seen:
            yield Finding(("feeds", "seasons", index, "number"), "each season once", shown(number))
        seen.add(number if isinstance(number, int) else None)


def _rule_has_a_beginning(data: dict[str, Any], _: Facts) -> Iterator[Finding]:
    frequency = table(table(data, "feeds"), "frequency")
    if "COUNT=" in str(frequency.get("rrule", "")) and not frequency.get("starts"):
        yield Finding(("feeds", "frequency", "starts"), "the date on which the rule begins, since it has COUNT")
    if frequency and not frequency.get("text") and (frequency.get("rrule") or frequency.get("complete")):
        yield Finding(("feeds", "frequency", "text"), "how often episodes appear, in words")


def _counted_in_public(data: dict[str, Any], _: Facts) -> Iterator[Finding]:
    """A service that counts sends listeners on to the store; it cannot lead them to this machine."""
    base_url = table(data, "store").get("base_url", "http://127.0.0.1:8000")
    prefix = table(data, "feeds").get("statistics_prefix")
    if prefix and isinstance(base_url, str) and _is_here(base_url):
        yield Finding(("feeds", "statistics_prefix"), f"nothing, as long as the store is at {base_url}", shown(prefix))


def _is_here(base_url: str) -> bool:
    try:
        return is_loopback(base_url)
    except ValueError:  # told as a wrong address
        return False


def _allowed_of_hidden(data: dict[str, Any], _: Facts) -> Iterator[Finding]:
    feeds = table(data, "feeds")
    if texts_of(feeds.get("allowed")) and feeds.get("hidden") is not True:
        yield Finding(("feeds", "allowed"), "hidden = true beside it: of a feed that is not hidden all may take it")


FEED_RELATIONS: tuple[Relation, ...] = (
    _known_version,
    _feeds_known,
    _seasons_once,
    _rule_has_a_beginning,
    _counted_in_public,
    _allowed_of_hidden,
)
