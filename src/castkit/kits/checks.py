"""What is in a kit held against a platform's limits, and what else a person should know of it.

Rule: limits are data, and so is what is said of them; an error is what the platform would refuse, a warning the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from castkit.kits.rules import ERROR, Limit, Platform


@dataclass(frozen=True, slots=True)
class Checked:
    """A limit, and what was found: in the limit's unit, s, bytes, pixels, kbit/s, Hz, LUFS or dBTP."""

    limit: Limit
    found: float

    @property
    def is_met(self) -> bool:
        limit = self.limit
        return (limit.most is None or self.found <= limit.most) and (limit.least is None or self.found >= limit.least)

    @property
    def is_error(self) -> bool:
        return not self.is_met and self.limit.level == ERROR


@dataclass(frozen=True, slots=True)
class Note:
    """Something that no limit says: a code of `words.NOTES`, and what stands in its sentence."""

    code: str
    values: Mapping[str, str] = field(default_factory=dict)


def check(platform: Platform, found: Mapping[str, float]) -> tuple[Checked, ...]:
    """Every limit of which something was found, in the order of the rules' file.

    `found` is by what limits are `of`; texts stand there once for each unit, as `title/utf16`.
    """
    return tuple(_checked(platform.limits, found))


def _checked(limits: Iterable[Limit], found: Mapping[str, float]) -> Iterable[Checked]:
    for limit in limits:
        for name in (limit.of, f"{limit.of}/{limit.unit}"):
            if name in found:
                yield Checked(limit, found[name])
                break
