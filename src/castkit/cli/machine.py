"""What this machine has, asked of the operating system without a library."""

from __future__ import annotations

import os
import sys


def memory_bytes() -> int:
    """The machine's memory in bytes, or 0 where the system does not tell."""
    return _windows_memory() if sys.platform == "win32" else _posix_memory()


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
