"""Show notes: what listeners read beside the sound, in every language of the show, as Markdown and as HTML."""

from castkit.notes.html import fragment

__all__ = ["fragment"]
