"""What an episode brought from another host keeps of it: the guid by which apps know it, byte for byte.

Rule: a guid is any text at all; castkit's own identity of the episode follows from that text and from nothing else.
"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID, uuid5

from pydantic import Field, StringConstraints

from castkit.model.section import Section

_ELSEWHERE = UUID("3f0d3b52-6ef5-5a0e-9f0a-6b1f0c2a7d11")  # the namespace of identities made from others' guids

# As it stands in the feed, blanks at its ends included: an app that compares bytes must find the same.
ForeignGuid = Annotated[str, StringConstraints(strip_whitespace=False, min_length=1)]


class Imported(Section):
    """`[imported]` of an episode: written by `castkit import`, and never to be changed."""

    guid: ForeignGuid = Field(description="the guid in the feed it came from; apps know the episode by it")
    permalink: bool = Field(False, description="whether that guid is the address of the episode's page")


def identity_of(guid: str) -> UUID:
    """The UUID of an episode with this guid in the feed it came from.

    A UUID written as castkit writes one is itself; any other text gives a UUIDv5 of it.
    """
    try:
        found = UUID(guid)
    except ValueError:
        return uuid5(_ELSEWHERE, guid)
    return found if str(found) == guid else uuid5(_ELSEWHERE, guid)
