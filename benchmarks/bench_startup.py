"""How long `castkit --help` takes, as a ratio to `python -c pass`, in the same run (at most 6 is asked for)."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

ROUNDS = 21


def seconds(*arguments: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def main() -> None:
    pairs = [(seconds("-m", "castkit", "--help"), seconds("-c", "pass")) for _ in range(ROUNDS)]
    ratios = sorted(help_ / nothing for help_, nothing in pairs)
    print(
        f"castkit --help : python -c pass = {statistics.median(ratios):.1f} (from {ratios[0]:.1f} to {ratios[-1]:.1f})"
    )


if __name__ == "__main__":
    main()
