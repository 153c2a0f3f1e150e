"""Files that are not here and known to be away: what was made of them stands, and what needs them says so."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from toy import Toy, go, ran

from castkit.engine import away
from castkit.engine.receipts import Digests
from castkit.errors import CastkitError


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    """Built, then without its source and one of the files made of it, as after a restore."""
    (tmp_path / "letters.txt").write_text("abc", "utf-8")
    made = Toy(tmp_path)
    go(made)
    digests = Digests(tmp_path, tmp_path / "cache.json")
    paths = (tmp_path / "letters.txt", made.build / "upper.txt")
    away.write(made.place.away, {digests.name(path): str(digests.of(path)) for path in paths})
    for path in paths:
        path.unlink()
    (made.build / ".digests.json").unlink(missing_ok=True)
    return made


def test_what_was_made_stands(toy: Toy) -> None:
    assert ran(go(toy)) == {}
    assert not (toy.build / "upper.txt").exists()


def test_what_needs_it_says_so(toy: Toy) -> None:
    other = dataclasses.replace(toy, languages=("en", "zh"))
    with pytest.raises(CastkitError, match=r"page has to run again .* build/upper\.txt") as caught:
        go(other)
    assert "bring letters.txt back" in caught.value.hint
    assert "--redo upper" in caught.value.hint
    (toy.root / "letters.txt").write_text("abc", "utf-8")
    assert ran(go(other, redo=("upper",))).keys() == {"upper", "page"}
    assert (toy.build / "page.zh.txt").read_text("utf-8") == "zh: ABC (3)"


def test_another_file_in_its_place_counts_as_it_is(toy: Toy) -> None:
    (toy.root / "letters.txt").write_text("other", "utf-8")
    assert ran(go(toy))["upper"] == "inputs changed: letters.txt"
    assert (toy.build / "upper.txt").read_text("utf-8") == "OTHER"


def test_a_torn_note_means_missing(toy: Toy) -> None:
    toy.place.away.write_text("{", "utf-8")
    (toy.root / "letters.txt").write_text("abc", "utf-8")
    assert ran(go(toy)) == {"upper": "output missing: upper.txt"}
