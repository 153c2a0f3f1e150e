"""The model behind the capacity plan: nothing is used twice, nothing begins too early, and its ends are known sums."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))

import capacity
import capacity_model
from capacity_model import OWN, Fleet, Outcome, Step, simulate

from castkit.cluster import executor, travel
from castkit.engine import fleet as engine

# The speech.py beside it would hide the folder tests/speech from the tests that are read after these.
sys.path[:] = [path for path in sys.path if path != str(Path(capacity.__file__).parent)]

ROAD = (
    Step("ingest", (), 4.0, 4.0, needs={OWN: 1_000}, made=100),
    Step("master", ("ingest",), 6.0, 6.0, memory=2, needs={OWN: 1_000, "ingest": 100}, made=50),
    Step("transcribe", ("ingest",), 10.0, 10.0, memory=8, needs={"ingest": 100}, made=10),
    Step("package", ("master", "transcribe"), 1.0, 1.0, memory=2, needs={"master": 50, "transcribe": 10}, made=50),
)
UPLOAD = Step("upload", ("package",), 3.0, 0.0, made=50, files_out=1, sends=True)
SERIAL_S, CRITICAL_S = 21.0, 15.0
AMPLE = 1_000

fleets = st.builds(
    Fleet,
    machines=st.integers(1, 4),
    cores=st.sampled_from((1.0, 2.0, 8.0)),
    workers=st.integers(1, 3),
    memory=st.sampled_from((8.0, 10.0, 100.0)),
    link=st.sampled_from((100.0, 10_000.0)),
    store=st.sampled_from((300.0, float("inf"))),
    answer_s=st.sampled_from((0.0, 0.5)),
    begun=st.integers(1, 6),
    errands=st.integers(1, 8),
)


def wide(**more: float) -> Fleet:
    return Fleet(AMPLE, 1.0, 1, begun=AMPLE, errands=10 * AMPLE, **more)


def serial(episodes: int) -> Outcome:
    return simulate(ROAD, Fleet(1, 1.0, 1, is_one=True), episodes)


def test_one_worker_takes_the_sum_of_all_steps() -> None:
    found = serial(5)
    assert found.wall_s == pytest.approx(5 * SERIAL_S)
    assert found.busy["workers"] == pytest.approx(1.0)
    assert found.busy["workers' cores"] == pytest.approx(1.0)


def test_more_workers_than_steps_take_the_longest_way_through_an_episode() -> None:
    assert simulate(ROAD, wide(), 40).wall_s == pytest.approx(CRITICAL_S)


def test_workers_on_one_core_are_no_faster_than_one() -> None:
    found = simulate(ROAD, Fleet(1, 1.0, 4, is_one=True), 6)
    assert found.wall_s == pytest.approx(6 * SERIAL_S)


def test_a_step_that_waits_half_the_time_leaves_half_the_core() -> None:
    half = Step("fetch", (), 10.0, 5.0)
    assert simulate([half], Fleet(1, 1.0, 2, is_one=True), 2).wall_s == pytest.approx(10)
    assert simulate([half], Fleet(1, 1.0, 4, is_one=True), 4).wall_s == pytest.approx(20)


def test_what_the_first_run_on_a_worker_takes_besides_is_taken_once() -> None:
    cold = Step("transcribe", (), 2.0, 2.0, first_s=3.0)
    assert simulate([cold], Fleet(1, 1.0, 1, is_one=True), 4).wall_s == pytest.approx(4 * 2 + 3)


@settings(max_examples=40, deadline=None)
@given(fleets, st.integers(1, 6))
def test_nothing_is_used_twice_and_nothing_begins_too_early(fleet: Fleet, episodes: int) -> None:
    road = (*ROAD, UPLOAD)
    found = simulate(road, fleet, episodes)
    assert len(found.runs) == len(road) * episodes == len({(one.episode, one.step) for one in found.runs})
    ended = {(one.episode, one.step): one.ended for one in found.runs}
    after = {step.name: step.after for step in road}
    for one in found.runs:
        assert all(ended[one.episode, name] <= one.began for name in after[one.step])
    for place in {(one.machine, one.worker) for one in found.runs}:
        turns = sorted((one.began, one.ended) for one in found.runs if (one.machine, one.worker) == place)
        assert all(first[1] <= second[0] for first, second in pairwise(turns))
    memory = {step.name: step.memory for step in road}
    for machine in range(fleet.machines):
        here = [one for one in found.runs if one.machine == machine]
        for now in here:
            held = sum(memory[one.step] for one in here if one.began <= now.began < one.ended)
            assert held <= fleet.memory
    assert all(share <= 1 + 1e-9 for share in found.busy.values())
    work = sum(step.cpu_s for step in ROAD) * episodes
    assert found.busy["workers' cores"] * found.wall_s * fleet.machines * fleet.cores == pytest.approx(work)
    sent = [one.episode for one in found.runs if one.step == "upload"]
    assert sent == sorted(sent)


def test_uploads_go_one_after_the_other_and_are_named_when_they_hold_all_up() -> None:
    fleet = wide()
    found = simulate((*ROAD, UPLOAD), fleet, 100)
    assert found.wall_s == pytest.approx(CRITICAL_S + 100 * UPLOAD.seconds)
    assert found.first_saturated(fleet.begun) == "coordinator's uploads"


def test_the_coordinators_processor_is_one_however_many_machines() -> None:
    asked = tuple(replace(step, office_s=1.0) for step in ROAD)
    found = simulate(asked, wide(), 50)
    assert found.wall_s >= 50 * len(ROAD)
    assert found.first_saturated(AMPLE) == "coordinator's processor"
    assert simulate(asked, replace(wide(), office=0.5), 50).wall_s >= 2 * 50 * len(ROAD)


def test_files_wait_for_a_narrow_store() -> None:
    narrow = simulate(ROAD, wide(link=1e6, store=100.0), 20)
    assert narrow.wall_s >= narrow.carried / 100.0
    assert narrow.first_saturated(AMPLE) == "private store"


def test_a_worker_keeps_what_it_has_brought_and_made() -> None:
    sources, ingest, master, transcribe, package = 1_000, 100, 50, 10, 50
    there_and_back = 2 * (ingest + master + transcribe + package)
    alone = simulate(ROAD, Fleet(1, 1.0, 1, link=1e6), 1)
    assert alone.carried == 2 * sources + there_and_back  # sent by the coordinator, brought once
    apart = simulate(ROAD, Fleet(4, 1.0, 1, link=1e6), 1)
    assert apart.carried > alone.carried


def test_castkits_own_limit_is_named_where_nothing_else_is_full() -> None:
    found = simulate(ROAD, Fleet(AMPLE, 1.0, 1, begun=2), 40)
    assert found.first_saturated(2) == "episodes begun at once (2)"
    assert found.wall_s == pytest.approx(20 * CRITICAL_S)


def test_a_step_that_no_machine_has_the_memory_for_is_said() -> None:
    with pytest.raises(ValueError, match="more memory than any machine has"):
        simulate(ROAD, Fleet(2, 1.0, 1, memory=7), 1)


def test_the_same_figures_give_the_same_answer() -> None:
    fleet = Fleet(3, 2.0, 2, link=300.0, answer_s=0.1, begun=4)
    assert simulate((*ROAD, UPLOAD), fleet, 12) == simulate((*ROAD, UPLOAD), fleet, 12)


def test_errands_at_once_are_no_more_than_castkit_has() -> None:
    assert simulate(ROAD, replace(wide(), errands=1), 3).wall_s == pytest.approx(3 * SERIAL_S)


def test_the_limits_are_castkits_own() -> None:
    fleet = Fleet(1, 1.0, 1)
    assert (fleet.begun, fleet.errands) == (engine.MOST_BEGUN, executor._MOST)
    assert (capacity_model._FILES_AT_ONCE, capacity_model._PIECE) == (travel._AT_ONCE, travel._PIECE)


@pytest.mark.parametrize("machines", [1, 8, 64])
def test_the_pace_of_some_episodes_tells_of_all(machines: int) -> None:
    fleet = Fleet(machines, 2.0, 2, link=1_000.0, answer_s=0.1)
    some, every = simulate((*ROAD, UPLOAD), fleet, 400), simulate((*ROAD, UPLOAD), fleet, 1_200)
    assert capacity.whole(some, 1_200) == pytest.approx(every.wall_s, rel=0.02)


def figures(path: Path) -> Path:
    """As `measure` writes them: the long episode takes twice what the short one does, and is published."""
    twice = [replace(step, seconds=2 * step.seconds, cpu_s=2 * step.cpu_s, office_s=0.5) for step in ROAD]
    short = {"seconds": 60, "episodes": 4, "steps": [asdict(replace(step, office_s=0.25)) for step in ROAD]}
    walls = {"1": 84.0, "2": 45.0, "4": 44.0, capacity.ALONE: 84.0}
    said = {
        "date": "2026-11-22", "command": "measure", "cores": 2, "processor": "-", "load": 0.0, "model": "base",
        "short": short, "long": {"seconds": 120, "steps": [asdict(step) for step in (*twice, UPLOAD)]},
        "walls": walls, "office_s": dict.fromkeys(walls, 4.0), "errands_s": dict.fromkeys(walls, 80.0),
        "start_s": 3.0, "end_s": 1.0, "worker_start_s": 0.5, "feeds": {"500": 0.5, "5000": 5.0},
    }  # fmt: skip
    path.write_text(json.dumps(said), "utf-8")
    return path


def test_a_longer_episode_lies_on_the_line_through_the_two_that_were_measured(tmp_path: Path) -> None:
    found = capacity.Figures.read(figures(tmp_path / "figures.json"))
    seconds = {step.name: step.seconds for step in found.at(3)}
    assert seconds == {"ingest": 12, "master": 18, "transcribe": 30, "package": 3, "upload": 3}
    assert [step.made for step in found.at(3) if step.sends] == [75]
    assert found.feed_s(10_000) == pytest.approx(10.0)
    always, each = found.idle
    assert always + each == pytest.approx(0.5 / 20.5)


def test_one_worker_is_predicted_as_it_was_measured(tmp_path: Path) -> None:
    found = capacity.Figures.read(figures(tmp_path / "figures.json"))
    assert capacity.predicted(found, 1) == pytest.approx(3 + 4 * (SERIAL_S + 4 * 0.25) + 1)


def test_the_plan_is_a_table_with_a_row_for_each_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sizes = ("--machines", "1", "4", "--cores", "2", "--episodes", "50", "--price", "2", "--unit", "crowns")
    monkeypatch.setattr(sys, "argv", ["capacity.py", "plan", str(figures(tmp_path / "figures.json")), *sizes])
    capacity.main()
    lines = capsys.readouterr().out.splitlines()
    assert "cost (2 crowns a core hour)" in "".join(lines)
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    one, four = (row for row in rows if row[0] in {"1", "4"})
    assert float(one[2]) > float(four[2]) > 0
    assert one[-1] == "workers' cores"
