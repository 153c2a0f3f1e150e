"""TOML as castkit writes it for people: their texts quoted, their comments kept.

Rule: a file that a person wrote is changed only where it is added to. (The ledger, castkit's own, is feed/ledger.py's.)
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from castkit.errors import CastkitError


def quoted(text: str) -> str:
    """The text as a TOML string on one line."""
    import tomlkit  # noqa: PLC0415

    return tomlkit.string(text).as_string()


def inline(texts: Mapping[str, str]) -> str:
    """Texts by language as an inline table."""
    return "{ " + ", ".join(f"{language} = {quoted(text)}" for language, text in texts.items()) + " }"


def listed(texts: Sequence[str]) -> str:
    """Texts as a list on one line."""
    return "[" + ", ".join(quoted(text) for text in texts) + "]"


def add_people(text: str, people: Sequence[Mapping[str, str]]) -> str:
    """The castkit.toml `text` with these tables added to its people; comments, order and line ends stay as they are.

    Raises CastkitError where that cannot be done without changing anything else.
    """
    if not people:
        return text
    if changed := _added(text, "people", people):
        return changed
    names = ", ".join(person["id"] for person in people)
    raise CastkitError(f"castkit.toml has its people in a form that cannot be added to: {names}", "add them by hand")


def add_soundbite(text: str, soundbite: Mapping[str, str]) -> str:
    """The episode.toml `text` with this table added to its soundbites, in the same way."""
    if changed := _added(text, "soundbites", [soundbite]):
        return changed
    by_hand = inline(soundbite)
    raise CastkitError("episode.toml has its soundbites in a form that cannot be added to", f"add by hand: {by_hand}")


def _added(text: str, key: str, tables: Sequence[Mapping[str, str]]) -> str:
    """The text with these tables added to its array `key`; empty where that cannot be done."""
    plain = text.replace("\r\n", "\n")
    before = tomllib.loads(plain)
    wanted = {**before, key: [*before.get(key, []), *tables]}
    for candidate in (_beside_the_others, _at_the_end):
        changed = candidate(plain, key, tables)
        if _means(changed, wanted):
            return changed.replace("\n", "\r\n") if "\r\n" in text else changed
    return ""


def _means(text: str, wanted: Mapping[str, Any]) -> bool:
    try:
        return tomllib.loads(text) == wanted
    except tomllib.TOMLDecodeError:
        return False


def _beside_the_others(text: str, key: str, tables: Sequence[Mapping[str, str]]) -> str:
    import tomlkit  # noqa: PLC0415
    from tomlkit.items import AoT, Array, Comment, Whitespace  # noqa: PLC0415

    document = tomlkit.parse(text)
    found = document.get(key)
    if isinstance(found, Array):
        for one in tables:
            table = tomlkit.inline_table()
            table.update(one)
            found.append(table)
        return tomlkit.dumps(document)
    if not isinstance(found, AoT) or not found:
        return _at_the_end(text, key, tables)
    # What stands below the last table's keys announces what comes next, and stays in front of that.
    body = found.body[-1].value.body
    below: list[Any] = []
    while body and isinstance(body[-1][1], Comment | Whitespace):
        below.insert(0, body.pop())
    body.append((None, Whitespace("\n")))
    for number, one in enumerate(tables, 1):
        table_of_one = tomlkit.table()
        table_of_one.update(one)
        if number < len(tables):
            table_of_one.add(tomlkit.nl())
        found.append(table_of_one)
    found.body[-1].value.body.extend(below)
    return tomlkit.dumps(document)


def _at_the_end(text: str, key: str, tables: Sequence[Mapping[str, str]]) -> str:
    written = ["\n".join([f"[[{key}]]", *(f"{k} = {quoted(v)}" for k, v in one.items())]) for one in tables]
    return text.rstrip("\n") + "\n\n" + "\n\n".join(written) + "\n"
