from __future__ import annotations

import pytest

from castkit.speech.checkpoint import Checkpoint, digest


@pytest.fixture
def path(tmp_path):
    kept = Checkpoint(tmp_path / "build/hearing.jsonl", "model")
    assert kept.resume("plan") == ()
    kept.add([{"text": "一"}])
    kept.add([])
    return tmp_path / "build/hearing.jsonl"


def test_batches_come_back_in_order_and_more_are_added(path):
    kept = Checkpoint(path, "model")
    assert kept.resume("plan") == ([{"text": "一"}], [])
    kept.add(["three"])
    assert Checkpoint(path, "model").resume("plan") == ([{"text": "一"}], [], ["three"])


@pytest.mark.parametrize(("key", "plan"), [("other", "plan"), ("model", "other")])
def test_of_another_plan_nothing_comes_back_and_nothing_stays(path, key, plan):
    assert Checkpoint(path, key).resume(plan) == ()
    assert Checkpoint(path, "model").resume("plan") == ()


def test_wherever_a_write_was_cut_off_whole_batches_come_back(path):
    data = path.read_bytes()
    for length in range(len(data) + 1):
        path.write_bytes(data[:length])
        kept = Checkpoint(path, "model")
        found = kept.resume("plan")
        assert found == ([{"text": "一"}], [])[: max(0, data[:length].count(b"\n") - 1)]
        kept.add("next")
        assert Checkpoint(path, "model").resume("plan") == (*found, "next")


def test_a_damaged_line_ends_what_is_believed(path):
    path.write_bytes(path.read_bytes().replace(b"[]", b"[\xff"))
    assert Checkpoint(path, "model").resume("plan") == ([{"text": "一"}],)


def test_removed_and_without_a_file(path):
    Checkpoint(path, "model").remove()
    assert not path.exists()
    assert Checkpoint(path, "model").resume("plan") == ()
    nothing = Checkpoint()
    nothing.add("x")
    nothing.remove()
    assert nothing.resume("plan") == ()


def test_a_digest_tells_parts_apart():
    assert digest(("ab", "c")) != digest(("a", "bc"))
    assert digest((1, "a")) == digest((1, "a"))
