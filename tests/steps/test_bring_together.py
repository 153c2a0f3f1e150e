"""Two people, a new cut and a new source at once, by chance: every human word stands, is told, or is contested."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from castkit.model.cue import Cue
from castkit.model.timeline import Timeline, joined
from castkit.steps.bring_together import HandedOut, Meanwhile, Timed, as_given, together
from castkit.steps.subtitle_desk import as_srt

WORDS = (
    "pension people rural labour platform insured coverage growth county worker office record family income benefit"
).split()
LENGTH_MS = 60_000


def sentence(chance: Random, mark: str) -> str:
    return f"{mark} {' '.join(chance.sample(WORDS, 5))}"


def edited(chance: Random, given: list[Cue], who: str) -> list[Cue]:
    """What a person makes of cues: their words bear their name."""
    made: list[Cue] = []
    for number, cue in enumerate(given):
        act = chance.choice(["leave"] * 6 + ["text", "time", "split", "delete", "both"])
        if act == "text":
            made.append(replace(cue, text=f"{cue.text} {who}{number}"))
        elif act == "time":
            made.append(replace(cue, end_ms=cue.end_ms + chance.randrange(50, 300)))
        elif act == "both":
            made.append(replace(cue, start_ms=cue.start_ms + 80, text=sentence(chance, f"{who}{number}")))
        elif act == "split":
            middle = (cue.start_ms + cue.end_ms) // 2
            made.append(Cue(cue.start_ms, middle - 40, f"{cue.text[:20]} {who}{number}a"))
            made.append(Cue(middle + 40, cue.end_ms, f"{cue.text[20:]} {who}{number}b"))
        elif act == "leave":
            made.append(cue)
    return made


def recut(chance: Random) -> Timeline:
    start = chance.randrange(5_000, 40_000)
    return joined([(0, start), (start + chance.randrange(2_000, 9_000), LENGTH_MS)], 0)


@pytest.mark.parametrize("seed", range(200))
def test_no_human_word_is_lost(seed: int) -> None:
    chance = Random(seed)
    old = joined([(0, LENGTH_MS)], 0)
    starts = range(0, LENGTH_MS - 4000, 4000)
    source = tuple(Cue(at, at + 3500, sentence(chance, f"s{at}")) for at in starts)
    given = tuple(Cue(at, at + 3500, sentence(chance, f"t{at}")) for at in starts)
    theirs = as_given(given, edited(chance, list(given), "bob"))
    held = Timed(tuple(edited(chance, list(given), "ann")), old) if chance.random() < 0.6 else None
    clock = recut(chance) if chance.random() < 0.6 else old
    now_said = tuple(replace(cue, text=sentence(chance, "new")) if chance.random() < 0.2 else cue for cue in source)
    base = HandedOut(Timed(given, old), Timed(source, old), Timed(given, old))
    prefer = chance.choice(["", "incoming", "standing"])
    now = Meanwhile((), now_said, clock, held)
    made = together(base, theirs, now, is_accepted=chance.random() < 0.5, prefer=prefer)
    told = "\n".join(made.notes).replace(" / ", "\n")
    contested = "\n".join(cue.text for one in made.conflicts for cue in (*one.one, *one.other))
    shown = "\n".join(cue.text for cue in made.cues)
    machines = {cue.text for cue in given}
    for cue in (*theirs, *(held.cues if held else ())):
        if cue.text in machines:
            continue  # only its time may be a person's, which a cut may take
        assert cue.text in shown or cue.text in told or cue.text in contested, cue
    if not made.conflicts:
        as_srt(made.cues)
