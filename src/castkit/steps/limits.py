"""The limits of cues as this show sets them."""

from __future__ import annotations

from typing import Any

from castkit.model.show import Show, SubtitleSettings
from castkit.subtitles.profile import Profile, profile_for


def limits(show: Show, language: str) -> Profile:
    """The show's profile for a BCP 47 tag."""
    wishes = show.subtitles
    return profile_for(language, name=wishes.profile, own=wishes.profiles)


def limits_of(wishes: SubtitleSettings) -> Any:
    """What a step's settings say of the profile: its name, and what it is where it is the show's own."""
    own = wishes.profiles.get(wishes.profile)
    return {"name": wishes.profile} | ({"own": own.model_dump(exclude_none=True)} if own else {})
