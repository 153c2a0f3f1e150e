"""What a person should still replace before the world sees the show."""

from __future__ import annotations

from castkit.artwork import is_generated_cover
from castkit.model.placeholder import BASE_URL, DESCRIPTIONS, EMAIL, LINK
from castkit.model.show import Show
from castkit.workspace import Workspace


def placeholders(workspace: Workspace, show: Show) -> list[str]:
    """In words, what is left of what `castkit init` wrote; an empty list where nothing is.

    Looks at the show's settings, and at the first bytes of its cover where there is one.
    """
    info = show.show
    texts = info.description.root.values()
    left = (
        (any(text in DESCRIPTIONS.values() for text in texts), "show.description is the text of castkit init"),
        (info.owner_email == EMAIL, f"show.owner_email is {EMAIL}"),
        (info.link == LINK, f"show.link is {LINK}"),
        (show.store.base_url.rstrip("/") == BASE_URL, f"store.base_url is {BASE_URL}, where castkit serve answers"),
        (is_generated_cover(workspace.root / info.image), f"show.image, {info.image}, was drawn by castkit init"),
    )
    return [words for is_left, words in left if is_left]
