"""How recognition shares the machine with what runs beside it (mastering, other programmes, other people).

Rule: to be called before anything imports ctranslate2, whose OpenMP reads its settings when it is loaded.
"""

from __future__ import annotations

import os

# Results do not depend on it (measured with 1, 2 and 4); more threads than there are cores is slower.
COUNT = min(8, os.cpu_count() or 1)


def wait_politely() -> None:
    """Has OpenMP's threads sleep while they wait for each other, unless the user's environment says otherwise.

    By default they spin, and two recognitions on two cores then take ten times as long as one.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
