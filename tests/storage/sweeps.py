"""The threads in which a bucket's store looks for stale uploads, waited for: nothing that is sent waits for them."""

from __future__ import annotations

import threading

from castkit.storage.s3_parts import SWEEP


def swept() -> None:
    """Returns when every sweep of this process is over."""
    for thread in threading.enumerate():
        if thread.name == SWEEP:
            thread.join()
