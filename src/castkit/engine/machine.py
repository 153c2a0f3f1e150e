"""What this machine has, asked of the operating system without a library.

Rule: what counts is what this process may use: a container's limits are smaller than the machine it is on.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from math import ceil
from pathlib import Path

_CGROUPS = Path("/sys/fs/cgroup")
_SELF = Path("/proc/self/cgroup")
_COUNTLESS = 1 << 20  # open files: more than any program has


def memory_bytes() -> int:
    """The memory that this process may use, in bytes, or 0 where the system does not tell."""
    found = _windows_memory() if sys.platform == "win32" else _posix_memory()
    names = ("memory.max", "memory.limit_in_bytes")  # of version 2 and of version 1 (cgroups(7))
    limits = [limit for folder in _groups("memory") for name in names for limit in _numbers(folder / name)]
    return min([one for one in (found, *limits) if one > 0], default=0)


def cores() -> int:
    """The cores that this process may keep busy, at least 1."""
    counted = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min([counted, *_quotas()]))


def open_files() -> int:
    """How many files this process may have open at once, or 0 where the system does not tell (Windows)."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return 0
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _COUNTLESS if soft == resource.RLIM_INFINITY else soft


def _quotas() -> Iterator[int]:
    """The cores that a container is given, begun ones counted whole."""
    for folder in _groups("cpu"):
        old = (*_numbers(folder / "cpu.cfs_quota_us"), *_numbers(folder / "cpu.cfs_period_us"))
        for share in (_numbers(folder / "cpu.max"), old):
            if len(share) == 2 and min(share) > 0:
                yield ceil(share[0] / share[1])


def _numbers(path: Path) -> tuple[int, ...]:
    """The numbers in this file; none where it says "max", or is not there.

    A group without a limit says so, or has a number larger than any machine: neither is less than what is there.
    """
    try:
        return tuple(int(word) for word in path.read_text("ascii").split())
    except (OSError, ValueError):
        return ()


def _groups(controller: str) -> Iterator[Path]:
    """The folders of the groups that this process is in, from its own up to the root."""
    try:
        lines = _SELF.read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return
    for line in lines:
        _, kinds, path = line.split(":", 2)
        if kinds and controller not in kinds.split(","):
            continue
        base = _CGROUPS / controller if kinds else _CGROUPS
        inner = base / path.lstrip("/")
        # In a container the path is often that of the host, and the limits lie at the root of what is mounted.
        yield from (folder for folder in (inner, *inner.parents) if folder.is_relative_to(base))


def _posix_memory() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 0


def _windows_memory() -> int:
    """GlobalMemoryStatusEx of kernel32 (learn.microsoft.com, MEMORYSTATUSEX)."""
    import ctypes  # noqa: PLC0415

    class MemoryStatus(ctypes.Structure):
        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            ("total", ctypes.c_ulonglong),
            *((f"other{number}", ctypes.c_ulonglong) for number in range(6)),
        )

    status = MemoryStatus(length=ctypes.sizeof(MemoryStatus))
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 - the name is not there for a type checker elsewhere
    return int(status.total) if kernel.GlobalMemoryStatusEx(ctypes.byref(status)) else 0
