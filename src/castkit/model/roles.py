"""The roles people have in a podcast: the Podcast Taxonomy Project's, which podcast:person speaks.

Rule: a role is kept in lower case and in the taxonomy's words; what people write for it is mapped here.
Source: taxonomy.json of github.com/Podcastindex-org/podcast-namespace.
"""

from __future__ import annotations

# Where a role is in two groups (editor), the first is meant.
_GROUPS = {
    "creative direction": "director | assistant director | executive producer | senior producer | producer "
    "| associate producer | development producer | creative director",
    "cast": "host | co-host | guest host | guest | voice actor | narrator | announcer | reporter",
    "writing": "author | editorial director | co-writer | writer | songwriter | guest writer | story editor "
    "| managing editor | script editor | script coordinator | researcher | editor | fact checker | translator "
    "| transcriber | logger",
    "audio production": "studio coordinator | technical director | technical manager | audio engineer "
    "| remote recording engineer | post production engineer",
    "audio post-production": "audio editor | sound designer | foley artist | composer | theme music | music production "
    "| music contributor",
    "administration": "production coordinator | booking coordinator | production assistant | content manager "
    "| marketing manager | sales representative | sales manager",
    "visuals": "graphic designer | cover art designer",
    "community": "social media manager",
    "misc.": "consultant | intern",
    "video production": "camera operator | lighting designer | camera grip | assistant camera",
    "video post-production": "assistant editor",
}
GROUP_OF: dict[str, str] = {role.strip(): group for group, roles in _GROUPS.items() for role in roles.split("|")}
ROLES: tuple[str, ...] = tuple(GROUP_OF)

# What institutions call the same people.
_SAME = {
    "cohost": "co-host",
    "presenter": "host",
    "moderator": "host",
    "interviewer": "host",
    "anchor": "host",
    "expert": "guest",
    "speaker": "guest",
    "interviewee": "guest",
    "panelist": "guest",
    "panellist": "guest",
    "sound engineer": "audio engineer",
    "video editor": "assistant editor",
    "proofreader": "editor",
    "interpreter": "translator",
    "subtitler": "transcriber",
    "photographer": "graphic designer",
}

HOSTS = frozenset(["host", "co-host", "guest host"])


def canonical(role: str) -> str | None:
    """The taxonomy's word for a role, or None where it has none."""
    name = " ".join(role.lower().replace("_", " ").split())
    name = _SAME.get(name, name)
    return name if name in GROUP_OF else None


def is_host(role: str) -> bool:
    """Whether somebody of this role leads the conversation."""
    return canonical(role) in HOSTS
