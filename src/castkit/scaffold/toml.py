"""TOML as castkit writes it for people: their texts quoted, their comments kept.

Rule: a file that a person wrote is changed only where it is added to. (The ledger, castkit's own, is feed/ledger.py's.)
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
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


def add_chapters(text: str, chapters: Sequence[Mapping[str, Any]]) -> str:
    """The episode.toml `text`, which has no chapters, with these; a title is a table of texts by language."""
    if changed := _added(text, "chapters", chapters):
        return changed
    raise CastkitError("episode.toml has its chapters in a form that cannot be added to", "copy them there by hand")


def fill_texts(text: str, key: str, texts: Mapping[str, str]) -> str:
    """The episode.toml `text` with these texts by language under `key`.

    Another language's text there stays, and so do comments; a text for all languages is replaced. Raises CastkitError
    where that cannot be done without changing anything else.
    """
    import tomlkit  # noqa: PLC0415

    def filled(plain: str) -> str:
        document: Any = tomlkit.parse(plain)
        if isinstance(document.get(key), dict):
            for language, one in texts.items():
                document[key][language] = one
        else:
            document[key] = tomlkit.value(inline(texts))
        return tomlkit.dumps(document)

    before = tomllib.loads(text.replace("\r\n", "\n")).get(key)
    value = {**before, **texts} if isinstance(before, dict) else dict(texts)
    return _sure(_changed(text, {key: value}, [filled]), key, inline(texts))


def fill_list(text: str, key: str, texts: Sequence[str]) -> str:
    """The episode.toml `text` with this list under `key`, where it has none or an empty one; else as `fill_texts`."""
    import tomlkit  # noqa: PLC0415

    def filled(plain: str) -> str:
        document: Any = tomlkit.parse(plain)
        document[key] = tomlkit.value(listed(texts))
        return tomlkit.dumps(document)

    def below(mark: str) -> Callable[[str], str]:
        line = f"{key} = {listed(texts)}\n"
        return lambda plain: re.sub(rf"(?m)^{mark}.*\n", lambda found: found[0] + line, plain, count=1)

    # Below the line that `castkit new` wrote for it, else below the date, which is on one line among the first keys.
    candidates = [below(rf"#\s*{key}\s*="), below(r"date\s*="), filled]
    return _sure(_changed(text, {key: list(texts)}, candidates), key, listed(texts))


def set_draft(text: str, *, is_draft: bool) -> str:
    """The episode.toml `text` with `draft` as given, comments and all else as they were; the text itself where it is.

    Raises CastkitError where that cannot be done without changing anything else.
    """
    import tomlkit  # noqa: PLC0415

    if tomllib.loads(text.replace("\r\n", "\n")).get("draft", False) is is_draft:
        return text
    value = "true" if is_draft else "false"

    def in_place(plain: str) -> str:
        return re.sub(r"(?m)^(draft\s*=\s*)(?:true|false)", rf"\g<1>{value}", plain, count=1)

    def below_the_date(plain: str) -> str:
        return re.sub(r"(?m)^date\s*=.*\n", lambda found: f"{found[0]}draft = {value}\n", plain, count=1)

    def filled(plain: str) -> str:
        document: Any = tomlkit.parse(plain)
        document["draft"] = is_draft
        return tomlkit.dumps(document)

    return _sure(_changed(text, {"draft": is_draft}, [in_place, below_the_date, filled]), "draft", f"draft = {value}")


def set_values(text: str, table: str, values: Mapping[str, str | int]) -> str:
    """The castkit.toml `text` with these keys in its `table`; CastkitError where that would change anything else."""
    import tomlkit  # noqa: PLC0415

    def changed(plain: str) -> str:
        document: Any = tomlkit.parse(plain)
        if table in document:
            document[table].update(values)
            return tomlkit.dumps(document)
        written = "\n".join(f"{key} = {tomlkit.item(value).as_string()}" for key, value in values.items())
        return f"{plain.rstrip()}\n\n[{table}]\n{written}\n"

    before = tomllib.loads(text.replace("\r\n", "\n")).get(table, {})
    if found := _changed(text, {table: {**before, **values}}, [changed]):
        return found
    by_hand = ", ".join(f"{key} = {value!r}" for key, value in values.items())
    raise CastkitError(f"castkit.toml has its [{table}] in a form that cannot be changed", f"write there: {by_hand}")


def _sure(changed: str, key: str, by_hand: str) -> str:
    if changed:
        return changed
    raise CastkitError(f"episode.toml has its {key} in a form that cannot be filled", f"write by hand: {by_hand}")


def _added(text: str, key: str, tables: Sequence[Mapping[str, Any]]) -> str:
    """The text with these tables added to its array `key`; empty where that cannot be done."""
    before = tomllib.loads(text.replace("\r\n", "\n")).get(key, [])

    def beside(plain: str) -> str:
        return _beside_the_others(plain, key, tables)

    def at_the_end(plain: str) -> str:
        return _at_the_end(plain, key, tables)

    return _changed(text, {key: [*before, *tables]}, [beside, at_the_end])


def _changed(text: str, wanted: Mapping[str, Any], candidates: Sequence[Callable[[str], str]]) -> str:
    """What the first of these makes of the text that changes it to these values and nothing else; else empty."""
    plain = text.replace("\r\n", "\n")
    after = {**tomllib.loads(plain), **wanted}
    for candidate in candidates:
        changed = candidate(plain)
        if _means(changed, after):
            return changed.replace("\n", "\r\n") if "\r\n" in text else changed
    return ""


def _means(text: str, wanted: Mapping[str, Any]) -> bool:
    try:
        return tomllib.loads(text) == wanted
    except tomllib.TOMLDecodeError:
        return False


def _beside_the_others(text: str, key: str, tables: Sequence[Mapping[str, Any]]) -> str:
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


def _at_the_end(text: str, key: str, tables: Sequence[Mapping[str, Any]]) -> str:
    written = ["\n".join([f"[[{key}]]", *(f"{k} = {_value(v)}" for k, v in one.items())]) for one in tables]
    return text.rstrip("\n") + "\n\n" + "\n\n".join(written) + "\n"


def _value(value: str | Mapping[str, str]) -> str:
    return inline(value) if isinstance(value, Mapping) else quoted(value)
