"""Cover art: drawing one for a new show, and checking the one a show has.

Rule: Pillow is imported when used, so that a command that needs no picture loads none of it.
"""

from castkit.artwork.check import check_cover, cover_problems
from castkit.artwork.cover import draw_cover, is_generated_cover

__all__ = ["check_cover", "cover_problems", "draw_cover", "is_generated_cover"]
