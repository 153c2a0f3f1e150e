"""What fits into a machine beside what runs there, and how a machine, or a container on it, is measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from castkit.engine import machine
from castkit.engine.claims import KEPT, MB, Claim, Room, Taken

ROOM = Room(cores=2.0, memory=4000 * MB, gpu=1)
HEARING = Claim(cores=1.5, memory=1500 * MB)


def taken(*claims: Claim, room: Room = ROOM) -> Taken:
    found = Taken(room)
    for claim in claims:
        found.take(claim)
    return found


def test_two_cores_recognise_and_master_side_by_side_and_recognise_once() -> None:
    assert taken(HEARING).fits(Claim())
    assert not taken(HEARING).fits(HEARING)
    assert not taken(HEARING, Claim()).fits(Claim())


def test_memory_is_counted_to_the_byte() -> None:
    held = taken(Claim(0.1, 2500 * MB))
    assert held.fits(Claim(0.1, 1500 * MB))
    assert not held.fits(Claim(0.1, 1500 * MB + 1))


def test_what_is_larger_than_the_room_has_it_to_itself() -> None:
    huge = Claim(cores=64.0, memory=10**15, gpu=9)
    assert taken().fits(huge)
    assert not taken(Claim(0.1, 0)).fits(huge)
    assert not taken(huge).fits(Claim(0.1, 0))


def test_more_cores_than_there_are_leave_room_for_little_beside() -> None:
    video = Claim(cores=16.0, memory=1000 * MB)
    assert taken(video).fits(Claim(0.5, 0))
    assert not taken(video).fits(Claim())
    assert not taken(Claim(0.6, 0)).fits(video)


def test_what_comes_first_keeps_its_room() -> None:
    assert taken().fits(HEARING)
    assert taken(Claim()).fits(HEARING)
    assert not taken(Claim()).fits(HEARING, beside=(HEARING,))
    assert not taken().fits(HEARING, beside=(HEARING,))


def test_one_gpu_at_a_time_and_what_is_given_back_is_free() -> None:
    hearing = Claim(1.0, 100 * MB, gpu=1)
    held = taken(hearing)
    assert not held.fits(hearing)
    held.give_back(hearing)
    assert held.fits(hearing)


def test_this_machine_is_measured() -> None:
    room = Room.measured()
    assert room.cores == max(2, machine.cores())
    assert 0 < room.memory <= (machine.memory_bytes() or 2**50)


@pytest.fixture
def groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A system of control groups of this test's own."""
    monkeypatch.setattr(machine, "_CGROUPS", tmp_path / "cgroup")
    monkeypatch.setattr(machine, "_SELF", tmp_path / "self")
    return tmp_path


def put(groups: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = groups / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def test_a_container_is_as_large_as_it_is_allowed_to_be(groups: Path) -> None:
    put(groups, {
        "self": "0::/box/inner\n",
        "cgroup/box/memory.max": f"{300 * MB}\n",
        "cgroup/box/inner/memory.max": "max\n",
        "cgroup/box/cpu.max": "50000 100000\n",
        "cgroup/box/inner/cpu.max": "max 100000\n",
    })  # fmt: skip
    assert machine.memory_bytes() == 300 * MB
    assert machine.cores() == 1
    assert Room.measured() == Room(2.0, int(300 * MB * (1 - KEPT)))


def test_the_older_control_groups_too_where_the_path_is_the_hosts(groups: Path) -> None:
    put(groups, {
        "self": "4:memory:/docker/0123\n3:cpu,cpuacct:/docker/0123\n",
        "cgroup/memory/memory.limit_in_bytes": f"{200 * MB}\n",
        "cgroup/cpu/cpu.cfs_quota_us": "100000\n",
        "cgroup/cpu/cpu.cfs_period_us": "100000\n",
    })  # fmt: skip
    assert machine.memory_bytes() == 200 * MB
    assert machine.cores() == 1


@pytest.mark.parametrize("torn", ["", "max\n", "x\n", "-1\n", "9223372036854771712\n"])
def test_no_limit_is_no_limit(groups: Path, torn: str) -> None:
    whole, all_cores = machine.memory_bytes(), machine.cores()
    put(groups, {
        "self": "9:memory:/\n8:cpu:/\n0::/\n",
        "cgroup/memory.max": "max\n",
        "cgroup/memory/memory.limit_in_bytes": torn,
        "cgroup/cpu.max": torn,
        "cgroup/cpu/cpu.cfs_quota_us": "-1\n",
        "cgroup/cpu/cpu.cfs_period_us": "100000\n",
    })  # fmt: skip
    assert machine.memory_bytes() == whole
    assert machine.cores() == all_cores
