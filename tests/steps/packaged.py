"""Packages as translators get them: zips in memory and on the disk, and an episode whose sound is there to be heard."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path
from typing import Any

from translators import Office
from worded_episode import Worded, worded

from castkit import ffmpeg
from castkit.steps.context import EpisodeContext
from castkit.steps.files import load_programme
from castkit.steps.hand_out import Handed
from castkit.steps.hand_out_package import hand_out_package
from castkit.steps.light_media import light_copy
from castkit.workspace import Workspace

RECORDING = Path(__file__).parent.parent.parent / "episodes/episode-02/raw/interview.mp3"
GLOSSARY = (
    '[[terms]]\nterm = { en = "pilot", zh-Hans = "试点" }\naccept = { en = ["trial"] }\nnote = "=never <b>test</b>"\n'
    '[[terms]]\nterm = { en = "sea lion", zh-Hans = "海狮" }\n'
)


def heard_office(folder: Path, language: str = "en", *, is_real: bool = False) -> Office:
    """The second demonstration episode: Chinese, 2:47, drafted in English; its master is a tone, or its recording."""
    episode = worded(folder / "show")
    episode.go()
    paths = episode.paths
    paths.master.parent.mkdir()
    seconds = load_programme(episode.context).duration_ms / 1000
    source = ["-i", RECORDING] if is_real else ["-f", "lavfi", "-i", "sine=330:r=16000"]
    sound = ["-af", "apad", "-t", f"{seconds:.3f}", "-b:a", "48k", "-ac", "1"]
    ffmpeg.run([*source, *sound, "-fflags", "+bitexact", "-flags", "+bitexact", paths.master], doing="making a master")
    episode.context.workspace.glossary.write_text(GLOSSARY, "utf-8")
    return Office(episode, folder, language)


def moved(office: Office, folder: Path) -> Office:
    """The same office in another folder, with a light copy of its sound that is made already."""
    context = office.episode.context
    light_copy(context, lambda _: None, is_sound_only=True)
    shutil.copytree(context.workspace.root, folder / "show")
    there = EpisodeContext(Workspace(folder / "show"), context.show, context.slug, context.episode)
    return Office(Worded(there), folder, office.language)


def package(office: Office, name: str = "for ann.zip", **options: Any) -> Handed:
    return hand_out_package(office.desk(), office.folder / name, lambda _: None, **options)


def contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    """A zip as a person's system makes it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path
