"""What a browser sends is taken field by field, or refused whole."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reviewed_show import row

from castkit.model.cue import Cue
from castkit.review.rows import BadRequest, Row, ops_from_json, row_from_json, row_to_json
from castkit.review.working import Outcome, outcome_from_json, outcome_to_json
from castkit.subtitles.merge.result import Stale

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["client", "ops", "op", "remove", "put", "id", "startMs", "endMs", "text"]),
            inner,
            max_size=4,
        )
    ),
)


@settings(deadline=None)
@given(JSON)
def test_no_json_at_all_is_a_bug(value: object) -> None:
    with contextlib.suppress(BadRequest):
        ops_from_json(value)


def test_every_way_to_break_a_line_becomes_one() -> None:
    text = "a\r\nb\rc\u2028d\u2029e\x0bf\x0cg\x85h\ni"
    (op,) = ops_from_json({"client": "x", "ops": [{"op": "1", "put": [{"startMs": 0, "endMs": 1, "text": text}]}]})
    assert op.put[0].text == "a\nb\nc\nd\ne\nf\ng\nh\ni"


@pytest.mark.parametrize("own", ["", "c0", "c01", "c-1", "17", "c1/../x", "c" + "9" * 20, "C1", "c1\n", 7])
def test_an_id_is_none_but_ours(own: object) -> None:
    with pytest.raises(BadRequest):
        ops_from_json(
            {"client": "x", "ops": [{"op": "1", "remove": [{"id": own, "startMs": 0, "endMs": 1, "text": ""}]}]}
        )


def test_rows_and_outcomes_go_through_the_journal_unchanged() -> None:
    stale = Row("c7", Cue(1, 2, "Text\n“”", "host"), "machine", Stale("old", "new"))
    assert row_from_json(row_to_json(stale)) == stale
    outcome = Outcome("merged", "why", ("c7", "c8"), (stale,), ("c3",), (row("c9", 0, 5, "theirs"),))
    assert outcome_from_json(outcome_to_json(outcome)) == outcome
