"""The reader of castkit.toml, glossary.toml and episode.toml: the one gate through which a person's settings come in.

Rule: what passes is right by every rule that can be judged without opening media or reaching the network.
"""

from castkit.config.glossary import load_glossary
from castkit.config.placeholders import placeholders
from castkit.config.problems import closest
from castkit.config.read import (
    check_backup_place,
    check_episode_text,
    check_show_languages,
    check_show_text,
    load_all,
    load_episode,
    load_episodes,
    load_show,
)

__all__ = [
    "check_backup_place",
    "check_episode_text",
    "check_show_languages",
    "check_show_text",
    "closest",
    "load_all",
    "load_episode",
    "load_episodes",
    "load_glossary",
    "load_show",
    "placeholders",
]
