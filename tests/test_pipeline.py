"""The drawing above the tables of the pipeline shows every step, behind those it waits for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from castkit import pipeline

RIGHT, DOWN, UP = (0, 1), (1, 0), (-1, 0)
LINES = "─┬┴└┘▶"
# A sign of the drawing, by the way one comes to it: where one goes on. Nothing runs to the left.
TURNS = {
    "─": {RIGHT: (RIGHT,)},
    "▶": {RIGHT: (RIGHT,)},
    "┬": {RIGHT: (RIGHT, DOWN), UP: (RIGHT,)},
    "┴": {RIGHT: (RIGHT,), DOWN: (RIGHT,)},
    "└": {DOWN: (RIGHT,)},
    "┘": {RIGHT: (UP,)},
}
WORDS = re.compile(f"[^ {LINES}]+(?: [^ {LINES}]+)*")
DRAWING = [line for line in (pipeline.__doc__ or "").splitlines() if "─" in line]


def reached(row: int, column: int, way: tuple[int, int]) -> Iterator[str]:
    """The words that the lines from here lead to."""
    sign = DRAWING[row][column]
    if sign == " ":
        found = WORDS.match(DRAWING[row], column + 1)
        assert found, f"a line of the drawing ends nowhere: {DRAWING[row]}"
        yield found.group()
    for turn in TURNS.get(sign, {}).get(way, ()):
        yield from reached(row + turn[0], column + turn[1], turn)


def drawn() -> dict[str, set[str]]:
    """What follows on what in the drawing: steps, and the files between them."""
    arrows: dict[str, set[str]] = {}
    for row, line in enumerate(DRAWING):
        for words in WORDS.finditer(line):
            begun = line[words.end() : words.end() + 2].strip()
            after = reached(row, words.end() + 1, RIGHT) if begun else ()
            arrows.setdefault(words.group(), set()).update(after)
    return arrows


def ancestors(name: str, waits: dict[str, set[str]]) -> set[str]:
    return waits[name].union(*(ancestors(one, waits) for one in waits[name]))


def test_every_step_is_drawn_right_behind_those_it_waits_for() -> None:
    roads = (pipeline.EPISODE, pipeline.CARRIED, pipeline.SHOW)
    waits = {step.name: set(step.after) for road in roads for step in road}
    arrows = drawn()
    assert waits.keys() <= arrows.keys()
    found: dict[str, set[str]] = {name: set() for name in waits}
    for name in waits:
        for after in arrows[name]:  # a file between two steps is no step
            for one in (after,) if after in waits else arrows[after]:
                found[one].add(name)
    for name, before in waits.items():
        nearest = before - set().union(*(ancestors(one, waits) for one in before))
        assert found[name] == nearest, name
