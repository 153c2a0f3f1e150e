"""A limit to what is sent: over time, by several threads, and never to what is only read."""

from __future__ import annotations

from castkit.storage.pace import Pace, PacedBody


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def paced(rate: float) -> tuple[Clock, Pace]:
    clock = Clock()
    return clock, Pace(rate, clock=clock, sleep=clock.sleep)


def test_so_many_bytes_take_so_long() -> None:
    clock, pace = paced(1_000)
    for _ in range(10):
        pace.take(500)
    assert clock.now == 105.0


def test_what_was_not_used_is_not_saved_up() -> None:
    clock, pace = paced(1_000)
    pace.take(1_000)
    clock.now += 60
    pace.take(1_000)
    assert clock.now == 162.0


def test_two_bodies_share_the_rate() -> None:
    clock, pace = paced(1_000_000)
    bodies = [PacedBody(bytes(300_000), pace) for _ in range(2)]
    for body in bodies:
        body.is_sending = True
    while bodies[0].read() + bodies[1].read():
        pass
    assert round(clock.now, 3) == 100.6


def test_reading_for_the_signature_takes_no_time() -> None:
    clock, pace = paced(1)
    body = PacedBody(b"0123456789", pace)
    assert body.read() == b"0123456789"
    assert (body.seek(0), body.tell(), len(body)) == (0, 0, 10)
    assert body.read(4) == b"0123"
    assert body.seek(-2, 2) == 8
    assert body.read(None) == b"89"
    assert clock.now == 100.0
