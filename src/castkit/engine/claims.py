"""What a stage takes of a machine while it runs, and what a machine has to give.

Rule: memory is never given twice; cores may be, a little, because most stages wait for a disk or a lock now and then.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from castkit.engine.machine import cores, memory_bytes

MB = 1_000_000
GB = 1_000_000_000

SLACK = 1.25  # of the cores: recognition keeps four fifths of its threads busy (benchmarks/RESULTS.md)
KEPT = 0.25  # of the memory: for the system, castkit itself, and the disk's cache
LEAST = 2 * GB  # where the system does not say how much memory there is


@dataclass(frozen=True, slots=True)
class Claim:
    """What a stage takes while it runs: `cores` it keeps busy, `memory` in bytes at its peak, and GPUs.

    The usual one is a step that reads, writes and encodes sound in blocks (150 MB whatever the length).
    """

    cores: float = 1.0
    memory: int = 200 * MB
    gpu: int = 0


@dataclass(frozen=True, slots=True)
class Room:
    """What a machine, or a worker on it, has for stages: cores, memory in bytes, GPUs."""

    cores: float
    memory: int
    gpu: int = 1  # nothing asks for one but where its engine has found it, and an engine takes the first

    @classmethod
    def measured(cls) -> Room:
        """This machine's, as far as this process may use it (affinity, and the limits of a container)."""
        # Two cores at least: of two steps one often waits for the disk.
        return cls(max(2.0, cores()), int((memory_bytes() or LEAST / (1 - KEPT)) * (1 - KEPT)))


@dataclass(slots=True)
class Taken:
    """What is taken of a room by the stages that run in it; for one thread."""

    room: Room
    held: list[Claim] = field(default_factory=list)

    def fits(self, claim: Claim, *, beside: tuple[Claim, ...] = ()) -> bool:
        """Whether there is room for this claim beside those held, and those `beside` that shall come first.

        One that is larger than the whole room fits when it is alone there.
        """
        others = (*self.held, *beside)
        if not others:
            return True
        room = self.room
        if claim.memory > room.memory or claim.gpu > room.gpu:
            return False
        wanted = (*others, claim)
        return (
            sum(min(one.cores, room.cores) for one in wanted) <= room.cores * SLACK
            and sum(one.memory for one in wanted) <= room.memory
            and sum(one.gpu for one in wanted) <= room.gpu
        )

    def take(self, claim: Claim) -> None:
        self.held.append(claim)

    def give_back(self, claim: Claim) -> None:
        self.held.remove(claim)
