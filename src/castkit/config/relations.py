"""How the values of a file must fit one another: order, uniqueness, names that refer to people.

Rule: like the checks of single values, these look at raw values of any type and never raise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import time
from typing import Any

from castkit.config.problems import Finding, Path, closest, shown
from castkit.config.rules import Facts
from castkit.model.imported import identity_of
from castkit.storage.s3_presets import lacks
from castkit.subtitles.profiles import GUIDES
from castkit.timecode import parse_clock

Relation = Callable[[dict[str, Any], Facts], Iterator[Finding]]


def tables(data: dict[str, Any], key: str) -> list[tuple[int, dict[str, Any]]]:
    """The tables of a list with their indices; what is of another type is left out."""
    found = data.get(key)
    return [(i, one) for i, one in enumerate(found) if isinstance(one, dict)] if isinstance(found, list) else []


def table(data: dict[str, Any], key: str) -> dict[str, Any]:
    """The table of this name, or an empty one."""
    found = data.get(key)
    return found if isinstance(found, dict) else {}


def texts_of(found: Any) -> list[str]:
    """The texts of a list; what is of another type is left out."""
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


def people_of(data: dict[str, Any]) -> tuple[str, ...]:
    """The ids of the people in a file, whole or only named."""
    whole = [one["id"] for _, one in tables(data, "people") if isinstance(one.get("id"), str)]
    return (*texts_of(data.get("people")), *whole)


def _languages_once(data: dict[str, Any], _: Facts) -> Iterator[Finding]:
    languages = texts_of(table(data, "show").get("languages"))
    for index, language in enumerate(languages):
        if language in languages[:index]:
            yield Finding(("show", "languages", index), "each language once", shown(language))


def _people_once(data: dict[str, Any], _: Facts) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, person in tables(data, "people"):
        identity = person.get("id")
        if isinstance(identity, str):
            if identity in seen:
                yield Finding(("people", index, "id"), "an id of its own for each person", shown(identity))
            seen.add(identity)


def _bucket_named(data: dict[str, Any], _: Facts) -> Iterator[Finding]:
    store = table(data, "store")
    preset = store.get("preset")
    kind = store.get("kind", "s3" if preset else "folder")
    if kind == "s3" and not store.get("bucket"):
        yield Finding(("store", "bucket"), 'the name of the bucket, since kind = "s3"')
    if kind == "folder" and preset:
        yield Finding(("store", "kind"), f'kind = "s3", or none, beside preset = "{preset}"', shown(kind))


def _preset_whole(data: dict[str, Any], _: Facts) -> Iterator[Finding]:
    """What a service's address is made of must be given with its preset."""
    store = table(data, "store")
    preset = store.get("preset")
    if not isinstance(preset, str):
        return
    for key in lacks(preset, has_endpoint=bool(store.get("endpoint")), has_region=bool(store.get("region"))):
        about = "the service's address" if key == "endpoint" else "the bucket's region"
        yield Finding(("store", key), f'{about}, since preset = "{preset}"')


def _service_whole(data: dict[str, Any], _: Facts) -> Iterator[Finding]:
    """An address goes with the name of a model, and who wants a service says which."""
    wishes = table(data, "translation")
    if wishes.get("use") == "endpoint" and not wishes.get("url"):
        yield Finding(("translation", "url"), 'the address of the service, since use = "endpoint"')
    if (wishes.get("use") == "endpoint" or wishes.get("url")) and not wishes.get("model"):
        yield Finding(("translation", "model"), "the service's name for its model, beside its url")


def _profile_known(data: dict[str, Any], _: Facts) -> Iterator[Finding]:
    wishes = table(data, "subtitles")
    name, own = wishes.get("profile"), table(wishes, "profiles")
    if isinstance(name, str) and name.strip() not in (known := (*GUIDES, *own)):
        allowed = f"{', '.join(known)}, or a name of your own under [subtitles.profiles]"
        yield Finding(("subtitles", "profile"), allowed, shown(name), closest(name, known))


def _cast_once(data: dict[str, Any], facts: Facts) -> Iterator[Finding]:
    """In an episode a person is named once, and described only where castkit.toml does not."""
    people = data.get("people")
    seen: set[str] = set()
    for index, person in enumerate(people if isinstance(people, list) else []):
        identity = person.get("id") if isinstance(person, dict) else person
        if not isinstance(identity, str):
            continue
        if identity in seen:
            yield Finding(("people", index), "each person once", shown(identity))
        elif isinstance(person, dict) and identity in (facts.people or ()):
            yield Finding(
                ("people", index, "id"), "only the id: this person is described in castkit.toml", shown(identity)
            )
        seen.add(identity)


def _speakers_known(data: dict[str, Any], facts: Facts) -> Iterator[Finding]:
    for index, recording in tables(data, "recordings"):
        yield from _in_cast(data, facts, ("recordings", index, "speaker"), recording.get("speaker", ""))


def _in_cast(data: dict[str, Any], facts: Facts, place: Path, speaker: Any) -> Iterator[Finding]:
    """A speaker who is none of the episode's people; nobody in particular is empty."""
    people = people_of(data)
    if not isinstance(speaker, str) or not speaker or speaker in people:
        return
    allowed = f"one of the episode's people ({', '.join(people) or 'none yet'})"
    if speaker in (facts.people or ()):
        allowed += f"; {speaker} is in castkit.toml and can be added to people"
    yield Finding(place, allowed, shown(speaker), closest(speaker, people))


def _turns_in_order(data: dict[str, Any], facts: Facts) -> Iterator[Finding]:
    """Turns go forward in time, and name people of the episode."""
    found, before = data.get("turns"), -1
    for index, turn in enumerate(found if isinstance(found, list) else []):
        if not isinstance(turn, list) or len(turn) != 2:  # told as a wrong type
            continue
        start = _milliseconds(turn[0])
        if start is not None and start <= before:
            yield Finding(("turns", index), "a time later than the turn before", shown(turn[0]))
        before = before if start is None else max(before, start)
        yield from _in_cast(data, facts, ("turns", index), turn[1])


def _recordings_once(data: dict[str, Any], _: Facts) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, recording in tables(data, "recordings"):
        path = recording.get("path")
        if isinstance(path, str) and path:
            if path in seen:
                yield Finding(("recordings", index, "path"), "each recording once", shown(path))
            seen.add(path)


def _chapters_in_order(data: dict[str, Any], _: Facts) -> Iterator[Finding]:
    before: int | None = None
    for index, chapter in tables(data, "chapters"):
        start = _milliseconds(chapter.get("start"))
        if start is None:
            return  # told as a wrong type; the order of the rest is judged when it can be read
        place = ("chapters", index, "start")
        if before is None and start != 0:
            yield Finding(place, "00:00 for the first chapter, as Apple Podcasts asks", shown(chapter["start"]))
        elif before is not None and start <= before:
            yield Finding(place, "a time later than the chapter before", shown(chapter["start"]))
        before = start


def _milliseconds(value: Any) -> int | None:
    text = value.isoformat("milliseconds") if isinstance(value, time) else value
    try:
        return parse_clock(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _spans_in_order(data: dict[str, Any], _: Facts) -> Iterator[Finding]:
    """What is cut, kept or shared ends after it starts."""
    for key in ("cut", "keep"):
        spans = data.get(key)
        for index, span in enumerate(spans if isinstance(spans, list) else []):
            if isinstance(span, list) and len(span) == 2:
                yield from _ends_later((key, index), span[0], span[1])
    for index, bite in tables(data, "soundbites"):
        yield from _ends_later(("soundbites", index), bite.get("start"), bite.get("end"))


def _ends_later(place: Path, start: Any, end: Any) -> Iterator[Finding]:
    one, other = _milliseconds(start), _milliseconds(end)
    if one is not None and other is not None and one >= other:
        yield Finding(place, "an end that is later than the start", shown(f"{start} to {end}"))


def _edited_once(data: dict[str, Any], _: Facts) -> Iterator[Finding]:
    """An engineer's own master is cut already."""
    for key in ("cut", "keep"):
        if data.get("master") and data.get(key):
            yield Finding((key,), "no edit list beside master: what it leaves out is left out", "an edit list")


def _first_track_fixed(data: dict[str, Any], _: Facts) -> Iterator[Finding]:
    recordings = tables(data, "recordings")
    if recordings and recordings[0][1].get("offset_ms") == "auto":
        yield Finding(
            ("recordings", 0, "offset_ms"), "no offset for the first recording: the others are found against it"
        )


def _numbered_in_serial(data: dict[str, Any], facts: Facts) -> Iterator[Finding]:
    if "imported" in data:
        return  # another host let it through
    if facts.is_serial and data.get("type", "full") == "full" and "number" not in data:
        yield Finding(("number",), 'the episode\'s number, since the show has type = "serial"')


def _recorded_or_imported(data: dict[str, Any], _: Facts) -> Iterator[Finding]:
    """Only what was brought from another host lives without a recording."""
    if "recordings" not in data and "imported" not in data:
        yield Finding(("recordings",), "the raw files, at least one: [[recordings]] with its path")


def _identity_kept(data: dict[str, Any], _: Facts) -> Iterator[Finding]:
    """The guid of an imported episode follows from the one that apps know it by."""
    came_with, guid = table(data, "imported").get("guid"), data.get("guid")
    if not isinstance(came_with, str) or not isinstance(guid, str) or not came_with:
        return
    if (identity := str(identity_of(came_with))) != guid:
        words = f"the guid the episode came with; this one would need guid = {shown(identity)}"
        yield Finding(("imported", "guid"), words, shown(came_with))


SHOW_RELATIONS: tuple[Relation, ...] = (
    _languages_once,
    _people_once,
    _bucket_named,
    _preset_whole,
    _service_whole,
    _profile_known,
)
EPISODE_RELATIONS: tuple[Relation, ...] = (
    _cast_once,
    _speakers_known,
    _turns_in_order,
    _recordings_once,
    _chapters_in_order,
    _spans_in_order,
    _edited_once,
    _first_track_fixed,
    _numbered_in_serial,
    _recorded_or_imported,
    _identity_kept,
)
