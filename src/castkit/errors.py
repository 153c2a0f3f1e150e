"""The one root for errors a person can act on; everything else is a bug.

Rule: nothing here prints, and every error survives pickling (steps may run in other processes).
"""

from __future__ import annotations

# What making sense of a JSON value raises where it is not as castkit wrote it: a wrong type, a missing key, an infinite
# or enormous number, lists within lists without end.
DAMAGED = (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, RecursionError)


class CastkitError(Exception):
    """What went wrong and where (`message`), and what to do about it (`hint`)."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return self.message


def by_newer(where: object, more: str = "") -> CastkitError:
    """That a newer castkit wrote what lies there, and this one would misread it; `more` is another way out."""
    remedy = "install the castkit that wrote it, from its own repository"
    return CastkitError(f"{where} was written by a newer castkit", f"{remedy}; {more}" if more else remedy)


class ConfigError(CastkitError):
    """Every problem found in a castkit.toml or episode.toml, all at once."""


class ToolMissing(CastkitError):
    """A program, font, model or optional package is not on this machine."""


class StoreError(CastkitError):
    """The store refused, or could not be reached."""
