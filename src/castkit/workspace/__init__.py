"""The only room that knows the names of folders and files in a show's workspace.

Rule: it names paths and finds them; it does not read what is in them.
"""

from castkit.workspace.episode import EpisodePaths
from castkit.workspace.links import files_below, inside, leads_out
from castkit.workspace.show import MARKER, Workspace

__all__ = ["MARKER", "EpisodePaths", "Workspace", "files_below", "inside", "leads_out"]
