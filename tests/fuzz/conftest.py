"""After a whole sweep, how much was tried."""

from __future__ import annotations

import fuzzing
import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A line for each parser, where the sweep was whole; processes side by side (-n) keep theirs to themselves."""
    if fuzzing.WHOLE and fuzzing.TRIED:
        terminalreporter.section(f"{sum(fuzzing.TRIED.values()):,} examples tried")
        for name, count in sorted(fuzzing.TRIED.items()):
            terminalreporter.line(f"{count:8,}  {name}")
