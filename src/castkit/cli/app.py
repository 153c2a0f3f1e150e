"""What every command is handed: where to look for the workspace."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from castkit.model.show import Show
    from castkit.workspace import Workspace


@dataclass(frozen=True, slots=True)
class App:
    """The global options that commands need; `directory` is where `-C` points, else the current folder."""

    directory: Path

    def workspace(self) -> Workspace:
        """The workspace around `directory`; CastkitError where there is none."""
        from castkit.workspace import Workspace  # noqa: PLC0415

        return Workspace.find(self.directory)

    def load(self) -> tuple[Workspace, Show]:
        """The workspace and its show; ConfigError with every problem where castkit.toml is wrong."""
        from castkit.config import load_show  # noqa: PLC0415

        workspace = self.workspace()
        return workspace, load_show(workspace)


def user() -> str:
    """This system's name of the person at work."""
    import getpass  # noqa: PLC0415

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container without users
        return "unknown"
